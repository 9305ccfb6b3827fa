"""The addresses of pictures that a file has: what is not here yet is asked for, to be fetched after the commit.

``asked_by`` is what a caller calls its import; by it, it hears what came of the pictures.
"""

from collections.abc import Callable, Iterable
from typing import TypedDict

from django.db import connection
from django.db.models import Count, Q
from psycopg.sql import SQL

from cuelight.catalog.models import PictureToFetch
from cuelight.errors import Conflict
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


MOST_LISTED = 100


class Missing(TypedDict):
    """A picture that could not be had, and why."""

    url: str
    product_id: int
    product: str
    why: str


class Outstanding(TypedDict):
    """Pictures that are not here: those still to be fetched, those that could not be had, and the first of these."""

    waiting: int
    failed: int
    listed: list[Missing]


_told: list[Callable[[str], None]] = []


def on_fetched(told: Callable[[str], None]) -> None:
    """``told(asked_by)`` is called, in the process that fetches, now and then while pictures come and when they are
    done with."""
    _told.append(told)


def tell_fetched(asked_by: Iterable[str]) -> None:
    for one in sorted(set(asked_by) - {""}):
        for told in _told:
            told(one)


def outstanding(asked_by: str) -> Outstanding:
    rows = PictureToFetch.objects.filter(asked_by=asked_by)
    numbers = rows.aggregate(waiting=Count("id", filter=Q(error="")), failed=Count("id", filter=~Q(error="")))
    failed = rows.exclude(error="").order_by("id").values_list("url", "product_id", "product__name", "error")
    listed = [
        Missing(url=url, product_id=product_id, product=name, why=why)
        for url, product_id, name, why in failed[:MOST_LISTED]
    ]
    return Outstanding(waiting=numbers["waiting"], failed=numbers["failed"], listed=listed)


def ask_again(studio_id: int, asked_by: str) -> int:
    """Has another try at what could not be had, within the caller's transaction; returns how many. Raises Conflict
    when there is none."""
    failed = PictureToFetch.objects.filter(studio_id=studio_id, asked_by=asked_by).exclude(error="")
    again = failed.update(error="", taken_at=None)
    if not again:
        raise Conflict("nothing_to_fetch", "No picture of this import is missing.")
    enqueue("catalog.fetch_pictures", studio_id=studio_id)
    return again


def ask_for(studio_id: int, *, upsert: bool, asked_by: str = "") -> int:
    """Puts the pictures of ``catalog_import`` that are not here on the list and asks for them to be fetched, in the
    transaction of the import; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM catalog_import WHERE pictures IS NOT NULL)")
        if cursor.fetchone() == (False,):
            return 0
        cursor.execute(
            SQL(
                """INSERT INTO catalog_picturetofetch (
                    studio_id, product_id, position, url, alt_text, error, asked_by, created_at
                )
                SELECT %s, s.product_id, n.place, n.picture->>'url', n.picture->>'alt', '', %s, now() {}
                ORDER BY s.ordinal, n.place
                ON CONFLICT (product_id, url)
                    DO UPDATE SET error = '', taken_at = NULL, asked_by = excluded.asked_by"""
            ).format(_WANTED),
            [studio_id, asked_by, upsert],
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
