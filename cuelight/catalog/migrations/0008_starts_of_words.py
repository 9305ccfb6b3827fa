"""The index of words keeps the first two and four letters of each, too: what is typed is found in lists that are there,
and not put together from the lists of all words that begin so."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# " golden hoops \n pavoi" of studio 7 → '7n/golden' '7n/go' '7n/gold' '7n/hoops' … '7/golden' '7/go' … '7/pa' '7/pavo'.
# The lengths are `search_ways.KEPT`.
MAKE_STARTS = """
CREATE FUNCTION catalog_search_starts(studio bigint, search_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(
        string_to_array(ltrim(
            replace(rtrim(split_part(search_text, chr(10), 1)), ' ', ' ' || studio::text || 'n/')
            || replace(replace(search_text, ' ' || chr(10), ''), ' ', ' ' || studio::text || '/')
        ), ' ')
        || array(
            SELECT studio::text || '/' || left(word, size)
            FROM unnest(string_to_array(ltrim(replace(search_text, ' ' || chr(10), '')), ' ')) AS word,
                unnest('{2,4}'::int[]) AS size
        )
        || array(
            SELECT studio::text || 'n/' || left(word, size)
            FROM unnest(string_to_array(btrim(split_part(search_text, chr(10), 1)), ' ')) AS word,
                unnest('{2,4}'::int[]) AS size
        )
    )
$$
"""
DROP_STARTS = "DROP FUNCTION catalog_search_starts(bigint, text)"
MAKE_WORDS = """
CREATE FUNCTION catalog_search_words(studio bigint, search_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(string_to_array(ltrim(
        replace(rtrim(split_part(search_text, chr(10), 1)), ' ', ' ' || studio::text || 'n/')
        || replace(replace(search_text, ' ' || chr(10), ''), ' ', ' ' || studio::text || '/')
    ), ' '))
$$
"""
DROP_WORDS = "DROP FUNCTION catalog_search_words(bigint, text)"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_pictures_asked_by")]

    operations = [
        migrations.RunSQL(MAKE_STARTS, DROP_STARTS),
        migrations.AddIndex(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("studio"),
                    models.F("search_text"),
                    function="catalog_search_starts",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                gin_pending_list_limit=256,
                name="product_starts",
            ),
        ),
        migrations.RemoveIndex(model_name="product", name="product_words"),
        migrations.RunSQL(DROP_WORDS, MAKE_WORDS),
    ]
