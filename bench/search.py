"""Finding products among many: one studio with a million of them, two hundred small studios beside it.

``SEARCH_PRODUCTS=1000000`` asks for the million; without it there are as many as ``make bench`` has time for.
"""

import json
import os
import random
import string
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from arena import Arena, median, server

PRODUCTS = int(os.environ.get("SEARCH_PRODUCTS", "200000"))
SMALL_STUDIOS = 200
OF_SMALL = 100
QUERIES = 600
MISTYPED = 240
WARMING = 400
REQUESTS = 200
BRANDS = 400


def _of(words: str) -> list[str]:
    return words.split()


_THINGS = _of(
    """hoop hoops huggie huggies earring earrings stud studs ring rings necklace necklaces chain chains bracelet
bracelets bangle anklet pendant charm charms locket choker watch brooch set sets cuff band bands signet
lipstick serum cream cleanser toner mask balm gloss mascara palette brush candle diffuser blanket pillow mug
tumbler bottle lamp throw dress blouse skirt jacket cardigan sweater leggings jeans shorts scarf hat beanie
gloves socks belt tote bag backpack wallet clutch sneaker sandal boot slipper"""
)
_KINDS = _of(
    """gold silver rose white black yellow plated filled sterling vermeil diamond pearl crystal cubic zirconia opal
moissanite emerald sapphire ruby turquoise onyx leather cotton linen silk velvet wool cashmere satin chunky
dainty mini large small classic vintage modern twisted braided hammered polished matte glossy stackable
layered adjustable hypoallergenic waterproof lightweight organic vegan handmade everyday statement
minimalist engraved personalized"""
)
_SYLLABLES = _of(
    """ba be bi bo bra ca ce co cre da de do dra e fa fi flo ga ge gra ha he ho i ja jo ka ki la le li lo lu ma me
mi mo na ne ni no o pa pe pi po pra ra re ri ro ru sa se si so sta ta te ti to tra u va ve vi vo za zi"""
)


class Shelf:
    """Believable products: few words are in many of them, and many in few."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        rare = sorted({self._coined() for _ in range(60_000)})
        self.chance.shuffle(rare)
        self.words = [*_KINDS, *_THINGS, *rare]
        self.weights = _running(1 / (place + 5) for place in range(len(self.words)))
        self.brands = [" ".join(self._coined().capitalize() for _ in range(1 + n % 2)) for n in range(BRANDS)]
        self.brand_weights = _running(1 / (place + 2) for place in range(BRANDS))

    def _coined(self) -> str:
        return "".join(self.chance.choice(_SYLLABLES) for _ in range(self.chance.randint(2, 4)))

    def some(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def product(self, number: int) -> dict[str, Any]:
        chance = self.chance
        brand = chance.choices(range(BRANDS), cum_weights=self.brand_weights)[0]
        thing = [chance.choice(_THINGS), chance.choice(_THINGS)][: chance.randint(1, 2)]
        name = [*self.some(chance.randint(1, 4)), *thing]
        return {
            "brand": brand,
            "name": " ".join(name).title() + chance.choice(["", "", "", " 14K", " 18K", f" {chance.randint(2, 60)}mm"]),
            "short_name": "",
            "display_number": number // 7 + 1 if number % 3 == 0 else None,
            "sku": f"{self.brands[brand][:2].upper()}-{chance.randint(100, 99999)}-{chance.choice('SMLX')}",
            "pid": f"17{10**17 + number * 977}",
            "barcode": f"0{chance.randint(10**11, 10**12 - 1)}",
            "tags": sorted(set(self.some(3))),
            "description": " ".join(self.some(chance.randint(5, 30))),
            "variants": [],
        }


def measure(arena: Arena) -> Iterator[str]:
    from cuelight.catalog.searching import Found, find_products

    started = time.perf_counter()
    studio_id, words = build()
    took_s = time.perf_counter() - started
    beside = f"{SMALL_STUDIOS} studios of {OF_SMALL} beside"
    yield f"{PRODUCTS:,} products with {words:,} words, {beside}: {took_s:.0f} s to build"
    chance = random.Random(7)
    typed = [prefixes(chance, product) for product in examples(studio_id, QUERIES)]
    wrong = [mistyped(chance, product) for product in examples(studio_id, MISTYPED)]

    def find(text: str, offset: int = 0, of: int = studio_id) -> Found:
        return find_products(of, text, offset=offset)

    # A database that has been asked for a while: other products' words, so that nothing is answered from memory alone.
    timed(find, [prefixes(chance, product) for product in examples(studio_id, WARMING)])
    looked_up = timed(by_key(studio_id), [product["id"] for product in examples(studio_id, 200)])
    bare = median(looked_up)
    yield f"50 rows by primary key: p50 {bare:.1f} ms"
    yield f"{len(typed)} prefixes of 1–3 words: {figures(timed(find, typed), bare)} (bar: p95 30 ms)"
    took = timed(find, wrong)
    meant = sum(1 for text in wrong if find(text)["meant"])
    yield f"{len(wrong)} mistyped: {figures(took, bare)} (bar: 100 ms); {meant} of them answered with what was meant"
    yield f"the tenth page: {figures(timed(lambda text: find(text, offset=450), typed[:100]), bare)}"
    small = other_studios()[0]
    yield f"a small studio beside it: {figures(timed(lambda text: find(text, of=small), typed[:100]), bare)}"
    with server(arena) as (port, _):
        token = token_of(studio_id)
        took = timed(lambda text: over_http(port, token, text), typed[:REQUESTS])
        yield f"{REQUESTS} through HTTP: {figures(took, bare)}"


def build() -> tuple[int, int]:
    """Fills the studios by COPY, the indexes after the rows; returns the big one's id and how many words it has."""
    from django.db import connection

    from cuelight.accounts.models import Studio

    shelf = Shelf(1)
    big = Studio.objects.create(name="A million", slug="million")
    studios = [(big, PRODUCTS)]
    studios += [(Studio.objects.create(name=f"Small {n}", slug=f"small-{n}"), OF_SMALL) for n in range(SMALL_STUDIOS)]
    with connection.cursor() as cursor, indexes_later(cursor):
        counts = [fill(cursor, shelf, studio.pk, count) for studio, count in studios]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_product, catalog_brand, catalog_searchword")
    return big.pk, counts[0]


def indexes_later(cursor: Any) -> Any:
    """Without the indexes that no constraint needs, until the block is over."""
    from contextlib import contextmanager

    @contextmanager
    def without() -> Iterator[None]:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('catalog_product', 'catalog_searchword')"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in found:
            cursor.execute(definition)

    return without()


def fill(cursor: Any, shelf: Shelf, studio_id: int, count: int) -> int:
    from cuelight.catalog import words
    from cuelight.catalog.models import Brand

    rows = [Brand(studio_id=studio_id, name=name, slug=f"brand-{n}") for n, name in enumerate(shelf.brands)]
    brands = Brand.objects.bulk_create(rows if count > OF_SMALL else rows[:1])
    columns = _of("name short_name display_number sku pid barcode tags description")
    texts: set[str] = set()
    numbers: dict[int, int] = {}
    into = (
        f"COPY catalog_product (studio_id, brand_id, {', '.join(columns)}, talking_points_md, original_price_cents,"
        " stock, is_featured, external_url, extra, search_text, created_at, updated_at) FROM STDIN"
    )
    with cursor.copy(into) as copy:
        for number in range(count):
            product = shelf.product(number)
            brand = brands[product["brand"] % len(brands)]
            if product["display_number"] is not None:
                numbers[brand.pk] = product["display_number"] = numbers.get(brand.pk, 0) + 1
            text = words.search_text(product, brand.name)
            texts.update(text.split())
            values = [product[column] for column in columns]
            price, stock = shelf.chance.randint(500, 90_000), shelf.chance.choice([None, 0, 3, 50])
            copy.write_row([studio_id, brand.pk, *values, "", price, stock, False, "", "{}", text, "now", "now"])
    known = sorted(filter(words.is_correctable, texts))
    with cursor.copy("COPY catalog_searchword (studio_id, word, trigrams) FROM STDIN") as copy:
        for word in known:
            copy.write_row([studio_id, word, [f"{studio_id}/{part}" for part in words.trigrams(word)]])
    return len(known)


def examples(studio_id: int, count: int) -> list[dict[str, Any]]:
    """Products from all over the studio, the same ones in every run."""
    from django.db.models import Max, Min

    from cuelight.catalog.models import Product

    products = Product.objects.filter(studio_id=studio_id)
    ends = products.aggregate(first=Min("id"), last=Max("id"))
    chance = random.Random(count)
    ids = [chance.randint(ends["first"], ends["last"]) for _ in range(count)]
    rows = products.filter(id__in=ids).order_by("id").values("id", "name", "sku", "pid", "brand__name", "tags")
    found: list[dict[str, Any]] = [dict(row) for row in rows]
    chance.shuffle(found)
    return found


def prefixes(chance: random.Random, product: dict[str, Any]) -> str:
    """What somebody types who looks for this product: the beginning of a word or of a few, of an id at times."""
    kind = chance.random()
    if kind < 0.12:
        return str(product["sku"][: chance.randint(3, len(product["sku"]))])
    if kind < 0.16:
        return str(product["pid"][: chance.randint(2, 19)])
    known = [*product["name"].split(), *(product["brand__name"].split() if kind > 0.85 else [])]
    if kind < 0.4:
        return str(chance.choice(known)[: chance.randint(1, 2)])
    some = chance.sample(known, min(len(known), chance.randint(1, 3)))
    some[-1] = some[-1][: chance.randint(1, len(some[-1]))]
    return " ".join(some)


def mistyped(chance: random.Random, product: dict[str, Any]) -> str:
    """One or two words of the name, one of them with a letter too many, too few, another one, or two swapped."""
    known = [word for word in product["name"].lower().split() if word.isalpha()]
    wrong = max(known, key=len)
    place = chance.randint(1, max(1, len(wrong) - 2))
    letter = chance.choice(string.ascii_lowercase)
    broken = chance.choice(
        [
            wrong[:place] + letter + wrong[place:],
            wrong[:place] + wrong[place + 1 :],
            wrong[:place] + letter + wrong[place + 1 :],
            wrong[:place] + wrong[place + 1 : place + 2] + wrong[place] + wrong[place + 2 :],
        ]
    )
    others = [word for word in known if word != wrong]
    return " ".join([*others[: chance.randint(0, 1)], broken])


def by_key(studio_id: int) -> Callable[[int], object]:
    """Reads the fifty products behind one, by their ids: the rows of a page without a search."""
    from cuelight.catalog.models import Product
    from cuelight.catalog.queries import product_rows

    return lambda first: product_rows(Product.objects.filter(pk__in=range(first, first + 50)))


def timed(function: Callable[[Any], object], values: Iterable[Any]) -> list[float]:
    took = []
    for value in values:
        started = time.perf_counter()
        function(value)
        took.append((time.perf_counter() - started) * 1000)
    return took


def figures(took: list[float], bare: float) -> str:
    ordered = sorted(took)
    p50, p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99))
    return f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f} ms, p50 {p50 / bare:.1f} × the rows alone"


def other_studios() -> list[int]:
    from cuelight.accounts.models import Studio

    return list(Studio.objects.filter(slug__startswith="small-").values_list("id", flat=True))


def token_of(studio_id: int) -> str:
    from cuelight.accounts import actions

    _, secret = actions.create_token(studio_id, name="search", scopes=["catalog"], by=None)
    return secret


def over_http(port: int, token: str, text: str) -> None:
    address = f"http://localhost:{port}/products/search?{urllib.parse.urlencode({'q': text})}"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        json.load(answer)


def _running(weights: Iterable[float]) -> list[float]:
    total, sums = 0.0, []
    for weight in weights:
        total += weight
        sums.append(total)
    return sums
