"""The addresses of pictures that a file has: what is not here yet is asked for, to be fetched after the commit."""

from django.db import connection
from psycopg.sql import SQL

from cuelight.jobs import enqueue

# Hosts of pictures rotate and add what they like behind the question mark: a picture is known by its path. An address
# whose path is no file's name is known by all of it but its host.
_PLACE = SQL(
    r"CASE WHEN split_part({0}, '?', 1) ~* '\.(jpe?g|png|webp|gif|avif|heic)$'"
    r" THEN regexp_replace(split_part({0}, '?', 1), '^https?://[^/]*', '', 'i')"
    r" ELSE regexp_replace({0}, '^https?://[^/]*', '', 'i') END"
)
_WANTED = SQL(
    """FROM catalog_import s, jsonb_array_elements(s.pictures) WITH ORDINALITY n(picture, place)
    WHERE s.pictures IS NOT NULL AND (s.is_new OR %s) AND NOT EXISTS (
        SELECT FROM catalog_productimage i WHERE i.product_id = s.product_id
          AND ((i.source_url <> '' AND {stored} = {given}) OR '/media/' || i.path = {given})
    )"""
).format(stored=_PLACE.format(SQL("i.source_url")), given=_PLACE.format(SQL("(n.picture->>'url')")))


def ask_for(studio_id: int, *, upsert: bool) -> int:
    """Puts the pictures of ``catalog_import`` that are not here on the list and asks for them to be fetched, in the
    transaction of the import; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM catalog_import WHERE pictures IS NOT NULL)")
        if cursor.fetchone() == (False,):
            return 0
        cursor.execute(
            SQL(
                """INSERT INTO catalog_picturetofetch (
                    studio_id, product_id, position, url, alt_text, error, created_at
                )
                SELECT %s, s.product_id, n.place, n.picture->>'url', n.picture->>'alt', '', now() {}
                ORDER BY s.ordinal, n.place
                ON CONFLICT (product_id, url) DO UPDATE SET error = '', taken_at = NULL"""
            ).format(_WANTED),
            [studio_id, upsert],
        )
        asked = int(cursor.rowcount)
    if asked:
        enqueue("catalog.fetch_pictures", studio_id=studio_id)
    return asked


def count(*, upsert: bool) -> int:
    """How many `ask_for` would put on the list."""
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT count(*) {}").format(_WANTED), [upsert])
        return int(cursor.fetchone()[0])
