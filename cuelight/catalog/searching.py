"""Finding products: by words, and by what they are.

Whatever is typed, a search does bounded work. What few products have is asked of the index of words; what many have
("a", "gold") is found soonest by looking at product after product in the order of the list, until a page is full.
Which of the two it is, a sample of the studio's products tells (`sampling`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict

from django.contrib.postgres.search import SearchVectorField
from django.db import connection, transaction
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import Combinable, OrderBy, RawSQL
from django.db.models.functions import Collate, Left, Upper
from psycopg.sql import SQL

from cuelight.catalog import sampling, search_ways, spelling, uses, words
from cuelight.catalog.models import HEAD_LENGTH, Brand, Product, ProductImage
from cuelight.catalog.queries import MOST_LISTED, ProductRow, product_rows
from cuelight.catalog.search_ways import Key, Way

#: The last product of a search that can be paged to, and of a list without words. Beyond, one narrows it.
LAST_FOUND = 1_000
LAST_LISTED = 10_000
#: Filters that leave less than this part of the products narrow a search more than its words do.
NARROW = 0.01


class _ByBytes(OrderBy):
    """The order that an index with text_pattern_ops has. Django looks for ASC and takes what is before it."""

    template = "%(expression)s USING ~<~ /* ASC */"

    def __init__(self, column: str) -> None:
        super().__init__(F(column))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of products is narrowed to; the defaults narrow nothing. Prices are minor units, and of what is
    charged. ``stock`` is in, out or unknown; ``used``: yes, no or the id of a session as text."""

    brand_id: int | None = None
    tag: str = ""
    stock: str = ""
    price_least: int | None = None
    price_most: int | None = None
    has_picture: bool | None = None
    is_featured: bool | None = None
    used: str = ""


class Found(TypedDict):
    """A page of what was found; ``more``: there is another. ``meant``: hardly anything has the words that were typed,
    and these were looked for, too; ``as_typed``: some have those that were typed, and stand first."""

    products: list[ProductRow]
    more: bool
    meant: str | None
    as_typed: bool


#: Sorting → columns; nulls last. With words to look for ``number`` is: what fits best first.
SORTS: dict[str, Sequence[str]] = {
    "number": ("brand__name", "display_number"),
    "name": ("head", "id"),
    "newest": ("-studio_id", "-id"),
    "price": ("original_price_cents", "id"),
    "stock": ("stock", "id"),
}
_HEAD = Collate(Left("search_text", HEAD_LENGTH), "C")
_STARTS = Func(F("studio"), F("search_text"), function="catalog_search_starts", output_field=SearchVectorField())
_NAME = Func(F("search_text"), Value("\n"), Value(1), function="split_part", output_field=TextField())
#: First in an order it keeps PostgreSQL from walking along an index in that order: a search that finds little would go
#: through all products.
_NO_INDEX = Case(When(pk=0, then=Value(1)), default=Value(0))
_BY_BRAND = SQL(
    "SELECT p.id FROM catalog_brand b CROSS JOIN LATERAL ({}) p WHERE b.studio_id = %s"
    " ORDER BY b.name, b.id, p.display_number NULLS LAST, p.id LIMIT %s"
)
_PLAN = {"jit": "off", "enable_seqscan": "off", "max_parallel_workers_per_gather": "0"}
_WALK = {"enable_bitmapscan": "off", "enable_sort": "off", "enable_incremental_sort": "off"}


def find_products(
    studio_id: int,
    text: str = "",
    filters: Filters | None = None,
    *,
    sort: str = "number",
    limit: int = 50,
    offset: int = 0,
) -> Found:
    """Products that have, for every word of ``text``, a word that begins with it, narrowed by ``filters``: that number
    or id first, then those so named, then the rest, the newest first. If there are hardly any, also those with the
    nearest words.

    Ends after a thousand products (`LAST_FOUND`), without words after ten thousand.
    """
    filters = filters or Filters()
    most = max(0, min(limit, MOST_LISTED))
    typed = words.typed_words(text.replace("\0", " "))
    if text.strip() and not typed:
        return _page(studio_id, [], offset, most)
    last = LAST_FOUND if typed else LAST_LISTED
    need = min(offset + most + 1, last)
    if offset >= last:
        return _page(studio_id, [], offset, most)
    with _planned(_PLAN):
        if not typed:
            return _page(studio_id, _listed(studio_id, filters, sort, need), offset, most)
        search = Search(studio_id, filters)
        ids = search.ids(typed, sort, need, text)
        if len(ids) >= spelling.FEW:
            return _page(studio_id, ids, offset, most)
        count = Search(studio_id, Filters()).count
        meant = spelling.meant(studio_id, typed, count, found=bool(ids))
        also = search.ids(meant, sort, need) if meant else []
        both = list(dict.fromkeys([*ids, *also]))[:need]
        return _page(studio_id, both, offset, most, " ".join(meant) if meant and also else None, as_typed=bool(ids))


class Search:
    """One studio's products, narrowed, and ways to find words in them."""

    def __init__(self, studio_id: int, filters: Filters) -> None:
        self.studio_id = studio_id
        self.products = narrowed(studio_id, filters).alias(head=_HEAD, own_name=_NAME)
        self.filters = filters
        self.sample = sampling.sample_of(studio_id)
        self.among: frozenset[int] | None = None
        if self.sample is not None and filters != Filters():
            self.among = self.sample.narrowed(
                filters, lambda ids: self.products.filter(pk__in=ids).values_list("id", flat=True)
            )

    @cached_property
    def in_order(self) -> QuerySet[Any]:
        return narrowed(self.studio_id, self.filters, in_order=True).alias(head=_HEAD, own_name=_NAME)

    def ids(self, typed: list[str], sort: str, need: int, text: str = "") -> list[int]:
        """The first ``need`` ids in the order of a sorting. ``text``: as it was typed, for what is an id."""
        found: dict[int, None] = {}
        for some in self._best(typed, text, need) if sort == "number" else self._sorted(typed, sort, need):
            found.update(dict.fromkeys(some))
            if len(found) >= need:
                break
        else:
            found.update(dict.fromkeys(self._not_searchable(text, need)))
        return list(found)[:need]

    def count(self, typed: list[str]) -> int:
        """How many have these words, counted up to fifty."""
        return len(self._holding(typed, SORTS["newest"], 50))

    def _best(self, typed: list[str], text: str, need: int) -> Iterator[list[int]]:
        yield self._with_id(text, need)
        if not self._is_narrow():
            start = f" {' '.join(typed)}"[:HEAD_LENGTH]
            yield _ids(self.products.filter(head__startswith=start).order_by("head", "-id"), need)
        if not self._way(typed, False, need).keys:
            yield self._holding(typed, SORTS["newest"], need, of_name=True)
        yield self._holding(typed, SORTS["newest"], need, by_name=True)

    def _sorted(self, typed: list[str], sort: str, need: int) -> Iterator[list[int]]:
        yield self._holding(typed, SORTS.get(sort, SORTS["newest"]), need)

    def _with_id(self, text: str, need: int) -> list[int]:
        """That number, SKU or PID; then those whose SKU or PID begins like it, if it looks like one."""
        written = " ".join(text.upper().split())
        if not written or len(written) > 100:
            return []
        found: list[int] = []
        if written.isascii() and written.isdecimal() and len(written) <= 9:
            brands = Brand.objects.filter(studio_id=self.studio_id).values("id")
            numbered = self.products.filter(brand__in=brands, display_number=int(written))
            found += _ids(numbered.order_by(_NO_INDEX, "-id"), need)
        looks_like_one = len(written) > 1 and not written.replace(" ", "").isalpha()
        lookup = "startswith" if looks_like_one else "exact"
        # Several words without a digit are no id: nothing to ask for.
        for column in ("sku", "pid") if looks_like_one else ("sku",) if " " not in written else ():
            has_id = self.products.alias(written=Upper(column)).filter(**{f"written__{lookup}": written})
            orders = [_NO_INDEX] if self._is_narrow() else []
            found += _ids(has_id.order_by(*orders, _ByBytes("written"), "-id"), need)
        return found

    def _holding(
        self, typed: list[str], order: Sequence[str], need: int, *, of_name: bool = False, by_name: bool = False
    ) -> list[int]:
        """Ids of the products with words (``of_name``: in their names) that begin with each of ``typed``.

        ``by_name``: first those so named, which costs nothing where all that were found are sorted anyway.
        """
        way = self._way(typed, of_name, need)
        walks = not way.keys and order[0].removeprefix("-") != "stock"
        products = self.in_order if walks and order == SORTS["newest"] else self.products
        for word in way.compared:
            products = products.filter(search_text__contains=f" {word}")
        for word in way.compared if of_name else ():
            products = products.filter(own_name__contains=f" {word}")
        if walks:
            with _planned(_WALK):
                return _ids(products.order_by(*_ordering(order)), need)
        if way.keys:
            products = products.filter(_has(self.studio_id, way.keys, of_name))
        first: Combinable = _NO_INDEX
        if by_name or of_name:
            begins = When(head__startswith=f" {' '.join(typed)}"[:HEAD_LENGTH], then=Value(0))
            named = When(Q(*(Q(own_name__contains=f" {word}") for word in typed)), then=Value(1))
            first = Case(begins, named, default=Value(2))
        return _ids(products.order_by(first, *_ordering(order)), need)

    def _way(self, typed: list[str], of_name: bool, need: int) -> Way:
        if self.sample is None:
            return search_ways.everything_asked(typed)
        return search_ways.soonest(self.sample, typed, need, of_name=of_name, among=self.among)

    def _is_narrow(self) -> bool:
        """Whether the filters leave so few that going through names in order would pass over most of them."""
        return self.sample is not None and self.among is not None and self.sample.share(self.among) < NARROW

    def _not_searchable(self, text: str, need: int) -> list[int]:
        """By name alone, of products whose words a job has not worked out yet."""
        waiting = Product.objects.filter(studio_id=self.studio_id, search_text="")
        parts = text.split()[: words.MOST_TYPED]
        if not parts or not waiting.exists():
            return []
        named = self.products.filter(search_text="")
        for part in parts:
            named = named.filter(name__icontains=part)
        return _ids(named.order_by(_NO_INDEX, "-id"), need)


def narrowed(studio_id: int, filters: Filters, *, in_order: bool = False) -> QuerySet[Product]:
    """The studio's products that the filters leave; ``in_order``: to be gone through by `SORTS` ``newest``."""
    # Of one studio, PostgreSQL would take the order of the ids from the primary key, and so go through the products of
    # all studios. From a range of studios, which is this one, it can take it from the index of both only.
    of_studio = {"studio_id__gte": studio_id, "studio_id__lte": studio_id} if in_order else {"studio_id": studio_id}
    products = Product.objects.filter(**of_studio)
    if filters.brand_id is not None:
        products = products.filter(brand_id=filters.brand_id)
    if filters.tag:
        products = products.filter(tags__contains=[" ".join(filters.tag.split()).lower()])
    match filters.stock:
        case "in":
            products = products.filter(stock__gt=0)
        case "out":
            products = products.filter(stock=0)
        case "unknown":
            products = products.filter(stock__isnull=True)
    charged = Q(sale_price_cents__isnull=True)
    if filters.price_least is not None:
        least = filters.price_least
        products = products.filter(Q(sale_price_cents__gte=least) | charged & Q(original_price_cents__gte=least))
    if filters.price_most is not None:
        most = filters.price_most
        products = products.filter(Q(sale_price_cents__lte=most) | charged & Q(original_price_cents__lte=most))
    if filters.has_picture is not None:
        pictured = Q(pk__in=ProductImage.objects.filter(product__studio_id=studio_id).values("product_id"))
        products = products.filter(pictured if filters.has_picture else ~pictured)
    if filters.is_featured is not None:
        products = products.filter(is_featured=filters.is_featured)
    return _used(products, studio_id, filters.used)


def _used(products: QuerySet[Product], studio_id: int, used: str) -> QuerySet[Product]:
    if not used:
        return products
    anywhere = uses.product_ids(studio_id, int(used) if used.isdecimal() else None)
    somewhere = Q(pk__in=[])
    for ids in anywhere:
        somewhere |= Q(pk__in=ids)
    return products.filter(~somewhere if used == "no" else somewhere)


def _listed(studio_id: int, filters: Filters, sort: str, need: int) -> list[int]:
    """The first ids of a list without words."""
    if sort not in SORTS or sort == "number":
        return _by_number(studio_id, filters, need)
    products = narrowed(studio_id, filters, in_order=sort == "newest").alias(head=_HEAD)
    return _ids(products.order_by(*_ordering(SORTS[sort])), need)


def _by_number(studio_id: int, filters: Filters, need: int) -> list[int]:
    """By brand and number. Brand after brand, each no further than the page may reach: sorted all together a million
    products would be read for fifty."""
    of_brand = narrowed(studio_id, filters).filter(brand_id=RawSQL("b.id", []))
    numbered = of_brand.order_by(F("display_number").asc(nulls_last=True), "id").values_list("id", "display_number")
    sql, parameters = numbered[:need].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_BY_BRAND.format(SQL(sql)), [*parameters, studio_id, need])
        return [product_id for (product_id,) in cursor.fetchall()]


def _page(
    studio_id: int, ids: list[int], offset: int, most: int, meant: str | None = None, *, as_typed: bool = True
) -> Found:
    wanted = ids[offset : offset + most]
    products = Product.objects.filter(studio_id=studio_id, pk__in=wanted)
    rows = {row["id"]: row for row in product_rows(products)} if wanted else {}
    return {
        "products": [rows[product_id] for product_id in wanted if product_id in rows],
        "more": len(ids) > offset + most,
        "meant": meant,
        "as_typed": as_typed,
    }


def _has(studio_id: int, keys: Sequence[Key], of_name: bool) -> Func:
    """The condition that the index of words answers. Words are letters and digits: nothing in them is an operator."""
    space = f"{studio_id}n" if of_name else f"{studio_id}"
    operands = (f"'{space}/{key.start}'" + ("" if key.is_kept else ":*") for key in keys)
    asked = Value(" & ".join(operands))
    return Func(_STARTS, asked, template="(%(expressions)s::tsquery)", arg_joiner=" @@ ", output_field=BooleanField())


def _ordering(columns: Sequence[str]) -> list[OrderBy]:
    return [
        F(column.removeprefix("-")).desc() if column[0] == "-" else F(column).asc(nulls_last=column == "stock" or None)
        for column in columns
    ]


def _ids(products: QuerySet[Product], most: int) -> list[int]:
    return list(products.values_list("id", flat=True)[:most])


@contextmanager
def _planned(settings: dict[str, str]) -> Iterator[None]:
    """Plans without what a short search does not need; the estimates of PostgreSQL are wrong here (`sampling`)."""
    ends_here = not connection.in_atomic_block
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in settings.items()))
        yield
        if not ends_here:
            cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in settings))
