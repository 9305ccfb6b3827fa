"""Keeps what products are found by: the words of each, and the studio's list of words that mistyped ones are compared
with. A word that no product has any more stays in the list: a search finds nothing with it and takes the next nearest.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.expressions import DatabaseDefault

from cuelight.catalog import words
from cuelight.catalog.models import Brand, Product, SearchWord
from cuelight.jobs import enqueue

#: Products at a time.
BATCH = 1_000
#: Words that one job gets.
WORDS_AT_ONCE = 5_000

Thing = TypeVar("Thing")

_WORDS_OF = ("name", "short_name", "display_number", "sku", "pid", "barcode", "tags", "variants", "description")

_STAGE = """
    DROP TABLE IF EXISTS pg_temp.catalog_search;
    CREATE TEMPORARY TABLE catalog_search (id bigint PRIMARY KEY, search_text text NOT NULL DEFAULT '') ON COMMIT DROP;
    INSERT INTO catalog_search (id)
    SELECT product_id FROM catalog_import WHERE is_changed OR is_new AND number_taken
"""
_NEXT = "SELECT id FROM catalog_search WHERE id > %s ORDER BY id LIMIT %s"
_KEEP = """
    UPDATE catalog_search s SET search_text = given.text
    FROM unnest(%s::bigint[], %s::text[]) AS given(id, text) WHERE given.id = s.id
"""
_NEW_WORDS = """
    SELECT found.word FROM (
        SELECT regexp_split_to_table(search_text, '\\s+') AS word FROM catalog_import WHERE is_new
        UNION SELECT regexp_split_to_table(search_text, '\\s+') FROM catalog_search
    ) found WHERE length(found.word) BETWEEN 3 AND 30 AND NOT EXISTS (
        SELECT FROM catalog_searchword w WHERE w.studio_id = %s AND w.word = found.word
    )
"""


def text_of(values: Mapping[str, Any]) -> str:
    """The ``search_text`` of a product with these tracked columns. Looks its brand up."""
    brand = Brand.objects.filter(pk=values["brand_id"]).values_list("name", flat=True).first()
    # Of a product that is not stored yet, what the database fills in is no text.
    known = {name: value for name, value in values.items() if not isinstance(value, DatabaseDefault)}
    return words.search_text(known, brand or "")


def note_words(studio_id: int, found: Iterable[str]) -> None:
    """Adds words to the studio's list, within the caller's transaction. Those that are there already cost nothing."""
    rows = [
        SearchWord(studio_id=studio_id, word=word, trigrams=[f"{studio_id}/{part}" for part in words.trigrams(word)])
        for word in _missing(studio_id, set(filter(words.is_correctable, found)))
    ]
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)


def index_changed(studio_id: int) -> None:
    """The words of what an import has just changed, by its temporary table; streaming, within its transaction. What is
    new was stored with them, but for a number that was taken.

    New words get into the list by a job: until an import's commit nobody else could add the same ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        last = 0
        # By their ids, a thousand at a time: of what this transaction has written, PostgreSQL has no statistics, and a
        # join with it may take minutes.
        while ids := _ids(cursor, last):
            rows = list(_with_words(Product.objects.filter(pk__in=ids)))
            cursor.execute(_KEEP, [[row["id"] for row in rows], _store(rows)])
            last = ids[-1]
    with connection.chunked_cursor() as cursor:
        cursor.execute(_NEW_WORDS, [studio_id])
        for new in _batches((word for (word,) in cursor if words.is_correctable(word)), WORDS_AT_ONCE):
            enqueue("catalog.note_words", studio_id=studio_id, words=new)


def _ids(cursor: Any, last: int) -> list[int]:
    cursor.execute(_NEXT, [last, BATCH])
    return [pk for (pk,) in cursor.fetchall()]


def note_later(studio_id: int, texts: Iterable[str]) -> None:
    """As `note_words` with all words of some ``search_text``, by a job after the commit."""
    found = {word for text in texts for word in text.split() if words.is_correctable(word)}
    for some in _batches(_missing(studio_id, found), WORDS_AT_ONCE):
        enqueue("catalog.note_words", studio_id=studio_id, words=some)


def fill_missing() -> int:
    """Works out the words of products that have none yet, a thousand at a time; returns of how many. May run twice."""
    filled = 0
    while True:
        with transaction.atomic():
            waiting = Product.objects.select_for_update(skip_locked=True, of=("self",)).filter(search_text="")
            rows = list(_with_words(waiting)[:BATCH])
            _store_and_note(rows)
        filled += len(rows)
        if len(rows) < BATCH:
            return filled


def refresh_brand(brand_id: int) -> None:
    """Works the words of a brand's products out again: it is called otherwise now. May run twice."""
    ids = list(Product.objects.filter(brand_id=brand_id).order_by("id").values_list("id", flat=True))
    for some in _batches(ids):
        with transaction.atomic():
            locked = Product.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("id")
            _store_and_note(list(_with_words(locked)))


def refresh_products(studio_id: int, ids: Collection[int]) -> None:
    """Works the words of these products out again, within the caller's transaction, after SQL has written them."""
    for some in _batches(ids):
        note_later(studio_id, _store(list(_with_words(Product.objects.filter(studio_id=studio_id, pk__in=some)))))


def _with_words(products: QuerySet[Product]) -> QuerySet[Any, dict[str, Any]]:
    named: QuerySet[Any] = products.annotate(brand_name=F("brand__name"))
    return named.values("id", "studio_id", "brand_name", *_WORDS_OF)


def _store_and_note(rows: Collection[dict[str, Any]]) -> None:
    texts = _store(rows)
    by_studio: dict[int, list[str]] = {}
    for row, text in zip(rows, texts, strict=True):
        by_studio.setdefault(row["studio_id"], []).append(text)
    for studio_id, of_studio in by_studio.items():
        note_words(studio_id, chain.from_iterable(text.split() for text in of_studio))


def _store(rows: Collection[dict[str, Any]]) -> list[str]:
    texts = [words.search_text(row, row["brand_name"]) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_product p SET search_text = s.text FROM unnest(%s::bigint[], %s::text[]) s (id, text)"
            " WHERE p.id = s.id AND p.search_text <> s.text",
            [[row["id"] for row in rows], texts],
        )
    return texts


def _missing(studio_id: int, found: Collection[str]) -> list[str]:
    """Those that are not in the list, always in the same order: two that add the same do not wait for each other."""
    if not found:
        return []
    known = SearchWord.objects.filter(studio_id=studio_id, word__in=found).values_list("word", flat=True)
    return sorted(set(found).difference(known))


def _batches(things: Iterable[Thing], size: int = BATCH) -> Iterator[list[Thing]]:
    coming = iter(things)
    while some := list(islice(coming, size)):
        yield some
