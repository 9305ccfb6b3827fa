"""Searching a million products: each studio's words on their own, and an index for each order of a list."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

# " gold hoops \n pavoi" of studio 7 → '7n/gold' '7n/hoops' '7/gold' '7/hoops' '7/pavoi'
MAKE_WORDS = """
CREATE FUNCTION catalog_search_words(studio bigint, search_text text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(string_to_array(ltrim(
        replace(rtrim(split_part(search_text, chr(10), 1)), ' ', ' ' || studio::text || 'n/')
        || replace(replace(search_text, ' ' || chr(10), ''), ' ', ' ' || studio::text || '/')
    ), ' '))
$$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_cache"), ("catalog", "0003_removed_pictures")]

    operations = [
        migrations.RunSQL(MAKE_WORDS, "DROP FUNCTION catalog_search_words(bigint, text)"),
        migrations.RemoveIndex(model_name="product", name="product_words"),
        migrations.AlterField(
            model_name='product',
            name='search_text',
            field=models.TextField(blank=True, db_default='', help_text='Its words without accents (words.py); empty: not worked out yet'),
        ),
        migrations.AlterField(
            model_name='searchword',
            name='trigrams',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), help_text='With its studio before each: 7/gol', size=None),
        ),
        migrations.AddIndex(
            model_name='product',
            index=django.contrib.postgres.indexes.GinIndex(models.Func(models.F('studio'), models.F('search_text'), function='catalog_search_words', output_field=django.contrib.postgres.search.SearchVectorField()), gin_pending_list_limit=256, name='product_words'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['studio', 'id'], name='product_newest'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(models.F('studio'), django.db.models.functions.comparison.Collate(django.db.models.functions.text.Left('search_text', 64), 'C'), name='product_by_name'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['studio', 'original_price_cents'], name='product_by_price'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['brand', 'display_number', 'id'], name='product_by_number'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(condition=models.Q(('search_text', '')), fields=['studio'], name='product_not_searchable'),
        ),
        # Only now: the new indexes serve what theirs did.
        migrations.AlterField(
            model_name='product',
            name='brand',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.brand'),
        ),
        migrations.AlterField(
            model_name='product',
            name='studio',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.studio'),
        ),
    ]
