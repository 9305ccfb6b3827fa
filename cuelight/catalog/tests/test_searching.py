import json
import random
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, facets, sampling, search_index, searching, words
from cuelight.catalog.models import Brand, Product
from cuelight.catalog.searching import Filters, find_products

Add = Callable[..., int]


@pytest.fixture
def add(studio: Studio, brand_id: int) -> Add:
    def make(name: str, **fields: object) -> int:
        return actions.create_product(studio.pk, brand_id, name=name, **{"original_price_cents": 100, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture
def shelf(studio: Studio, add: Add) -> int:
    add("Gold huggie hoops", display_number=2, pid="1729001", sku="PV-100", tags=["earrings"], stock=3)
    add("Silver chain", display_number=1, pid="1730002", sku="PV-200", tags=["necklaces"], stock=0)
    add("Ring, rose gold", sku="xx-100", description="Looks like a huggie", original_price_cents=900)
    add("Crème Brûlée candle", sku="cr.33.7", variants=[{"title": "Vanilla", "sku": "CR-V1", "barcode": "40123"}])
    return studio.pk


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten products are many: searches go the way they go in a big studio."""
    monkeypatch.setattr(sampling, "SMALL", 2)
    sampling.forget()


def names(studio_id: int, text: str, filters: Filters | None = None, **options: object) -> list[str]:
    return [row["name"] for row in find_products(studio_id, text, filters, **options)["products"]]  # type: ignore[arg-type]


HUGGIE, CHAIN, RING, CANDLE = "Gold huggie hoops", "Silver chain", "Ring, rose gold", "Crème Brûlée candle"


@pytest.mark.parametrize("way", ["few", "many"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gold", [HUGGIE, RING]),
        ("GOLD", [HUGGIE, RING]),
        ("hug go", [HUGGIE, RING]),
        ("huggie", [HUGGIE, RING]),
        ("looks", [RING]),
        ("pv-", [HUGGIE, CHAIN]),
        ("PV-2", [CHAIN, HUGGIE]),
        ("pv200", [CHAIN]),
        ("100", [RING, HUGGIE]),
        ("cr.33", [CANDLE]),
        ("CR-V1", [CANDLE]),
        ("4012", [CANDLE]),
        ("vanilla", [CANDLE]),
        ("creme brulee", [CANDLE]),
        ("BRÛ", [CANDLE]),
        ("1729", [HUGGIE]),
        ("Earrings", [HUGGIE]),
        ("pavoi chain", [CHAIN]),
        ("platinum", []),
        ("'; --", []),
        ("a & | ! (", [RING]),
        ("\x00", []),
        ("_", []),
        ("%", []),
    ],
)
def test_finds_by_all_a_product_is_called(
    shelf: int, text: str, found: list[str], way: str, request: pytest.FixtureRequest
) -> None:
    if way == "many":
        request.getfixturevalue("many")
    assert names(shelf, text) == found


def test_without_words_all_are_listed_by_number(shelf: int) -> None:
    assert names(shelf, "") == names(shelf, "   ") == [CHAIN, HUGGIE, RING, CANDLE]
    assert names(shelf, "", sort="name") == [CANDLE, HUGGIE, RING, CHAIN]
    assert names(shelf, "", sort="newest") == [CANDLE, RING, CHAIN, HUGGIE]
    assert names(shelf, "", sort="price")[-1] == RING
    assert names(shelf, "", sort="stock")[:2] == [CHAIN, HUGGIE]


@pytest.mark.parametrize("way", ["few", "many"])
def test_sorts_what_it_finds(shelf: int, way: str, request: pytest.FixtureRequest) -> None:
    if way == "many":
        request.getfixturevalue("many")
    assert names(shelf, "p", sort="name") == [CANDLE, HUGGIE, RING, CHAIN]
    assert names(shelf, "gold", sort="price") == [HUGGIE, RING]
    assert names(shelf, "gold", sort="newest") == [RING, HUGGIE]
    assert names(shelf, "p", sort="stock")[:2] == [CHAIN, HUGGIE]


@pytest.mark.parametrize("way", ["few", "many"])
def test_that_number_or_id_comes_first(add: Add, studio: Studio, way: str, request: pytest.FixtureRequest) -> None:
    by_word = add("Hoops 23 mm")
    by_number = add("Ring", display_number=23)
    by_sku = add("Chain", sku="23")
    by_beginning = add("Bangle", pid="2399")
    if way == "many":
        request.getfixturevalue("many")
    found = [row["id"] for row in find_products(studio.pk, "23")["products"]]
    assert found == [by_number, by_sku, by_beginning, by_word]


def test_words_of_the_name_count_more_than_others(add: Add, studio: Studio) -> None:
    add("Ring", description="with pearl")
    add("Earrings with pearl")
    add("Pearl chain")
    add("Bangle", tags=["pearl"])
    assert names(studio.pk, "pearl") == ["Pearl chain", "Earrings with pearl", "Bangle", "Ring"]


def test_filters_narrow_what_words_find(shelf: int, brand_id: int, many: None) -> None:
    assert names(shelf, "gold", Filters(stock="in")) == [HUGGIE]
    assert names(shelf, "gold", Filters(tag=" Earrings ")) == [HUGGIE]
    assert names(shelf, "gold", Filters(brand_id=brand_id + 1)) == []
    assert names(shelf, "gold", Filters(price_least=500)) == [RING]
    assert names(shelf, "gold", Filters(has_picture=True)) == []
    assert names(shelf, "", Filters(price_most=500, stock="unknown")) == [CANDLE]
    assert names(shelf, "goldd", Filters(stock="out")) == []


def test_what_the_database_fills_in_is_no_word(add: Add) -> None:
    assert Product.objects.get(pk=add("Hoops")).search_text == " hoops \n pavoi"


def test_pages_hold_each_product_once(add: Add, studio: Studio) -> None:
    made = {add(f"Gold ring {number}", display_number=number, tags=["gold"]) for number in range(1, 24)}
    for text in ("gold", "", "ring 1"):
        pages = [find_products(studio.pk, text, limit=5, offset=offset) for offset in range(0, 30, 5)]
        ids = [row["id"] for page in pages for row in page["products"]]
        assert len(ids) == len(set(ids))
        assert set(ids) <= made
        whole = [row["id"] for row in find_products(studio.pk, text, limit=200)["products"]]
        assert ids == whole
        assert [page["more"] for page in pages] == [len(whole) > offset + 5 for offset in range(0, 30, 5)]
    assert find_products(studio.pk, "gold", offset=searching.LAST_FOUND) == {
        "products": [],
        "more": False,
        "meant": None,
        "as_typed": True,
    }


def test_finds_nothing_of_another_studio(shelf: int, other_studio: Studio) -> None:
    theirs = actions.create_brand(other_studio.pk, name="Theirs")
    actions.create_product(other_studio.pk, theirs, name="Gold secret", original_price_cents=1, display_number=2)
    assert names(other_studio.pk, "gold") == ["Gold secret"]
    assert "Gold secret" not in names(shelf, "gold") + names(shelf, "2") + names(shelf, "secret")
    assert names(other_studio.pk, "hoosp") == []


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("hopps", "hoops", [HUGGIE]),
        ("hugige", "huggie", [HUGGIE, RING]),
        ("glod hoops", "gold hoops", [HUGGIE]),
        ("gxld", "gold", [HUGGIE, RING]),
        ("siilver chian", "silver chain", [CHAIN]),
        ("erarings", "earrings", [HUGGIE]),
        ("candel", "candle", [CANDLE]),
        ("vanila", "vanilla", [CANDLE]),
        ("gold chian", None, []),
        ("zzzzzz", None, []),
        ("PV-109", None, []),
    ],
)
def test_mistyped_words_are_taken_for_the_nearest(shelf: int, typed: str, meant: str | None, found: list[str]) -> None:
    answer = find_products(shelf, typed)
    assert (answer["meant"], [row["name"] for row in answer["products"]]) == (meant, found)


def test_of_two_near_words_the_one_with_more_products_is_meant(add: Add, studio: Studio) -> None:
    for name in ("Shops", "Hoops large", "Hoops small"):
        add(name)
    assert find_products(studio.pk, "hops")["meant"] == "hoops"


def test_what_hardly_any_has_may_be_mistyped_too(add: Add, studio: Studio) -> None:
    for name in ("Hopper", *(f"Hoops {number}" for number in range(6))):
        add(name)
    answer = find_products(studio.pk, "hops")
    assert (answer["meant"], answer["as_typed"]) == ("hoops", False)
    answer = find_products(studio.pk, "hopp")
    assert [row["name"] for row in answer["products"]][:2] == ["Hopper", "Hoops 0"]
    assert (answer["meant"], answer["as_typed"], len(answer["products"])) == ("hoops", True, 7)


@pytest.mark.parametrize("typed", ["hopper", "hoo"])
def test_a_word_that_is_one_or_that_five_have_is_taken_as_it_is(add: Add, studio: Studio, typed: str) -> None:
    for name in ("Hopper", *(f"Hoops {number}" for number in range(5))):
        add(name)
    answer = find_products(studio.pk, typed)
    assert (answer["meant"], answer["as_typed"]) == (None, True)
    assert all(typed in row["name"].lower() for row in answer["products"])


def test_a_word_that_fits_no_other_is_taken_for_one_that_does(add: Add, studio: Studio) -> None:
    add("Gold hoops")
    add("Beer hops")
    assert find_products(studio.pk, "gold hops")["meant"] == "gold hoops"


def test_words_follow_every_change(shelf: int, studio: Studio, brand_id: int) -> None:
    product = Product.objects.get(name=CHAIN)
    change_set_id = actions.open_set(shelf, "bulk")
    actions.update_product(shelf, product.pk, name="Platinum chain", change_set_id=change_set_id)
    assert (names(shelf, "platinum"), names(shelf, "silver")) == (["Platinum chain"], [])
    assert find_products(shelf, "platinmu")["meant"] == "platinum"
    actions.revert(shelf, change_set_id)
    assert (names(shelf, "platinum"), names(shelf, "silver")) == ([], [CHAIN])
    deletion = actions.delete_product(shelf, product.pk)
    assert names(shelf, "silver") == []
    actions.revert(shelf, deletion)
    assert names(shelf, "silver chain pavoi") == [CHAIN]


def test_a_brand_that_is_renamed_is_found_by_its_new_name(shelf: int, studio: Studio, brand_id: int) -> None:
    actions.update_brand(shelf, brand_id, name="Aurora")
    search_index.refresh_brand(brand_id)
    assert (names(shelf, "aurora chain"), names(shelf, "pavoi")) == ([CHAIN], [])


def test_the_brands_products_are_worked_out_by_a_job(shelf: int, brand_id: int) -> None:
    actions.update_brand(shelf, brand_id, notes="Nice")
    assert jobs("catalog.refresh_brand") == []
    actions.update_brand(shelf, brand_id, name="Aurora")
    assert jobs("catalog.refresh_brand") == [{"brand_id": brand_id}]


def test_old_products_are_found_by_name_until_their_words_are_there(
    studio: Studio, products: Callable[..., list[Product]]
) -> None:
    made = products(3, sku="OLD-1")
    assert names(studio.pk, "product 2") == ["Product 2"]
    assert names(studio.pk, "old-1 produ") == []
    assert search_index.fill_missing() == len(made)
    assert names(studio.pk, "produ old-1") == ["Product 3", "Product 2", "Product 1"]
    assert find_products(studio.pk, "prodict")["meant"] == "product"
    assert search_index.fill_missing() == 0


def test_a_product_without_any_word_is_not_worked_out_again_and_again(add: Add, studio: Studio) -> None:
    product_id = add("★★★")
    Product.objects.filter(pk=product_id).update(search_text="")
    Brand.objects.update(name="—")
    assert (search_index.fill_missing(), search_index.fill_missing()) == (1, 0)


def test_the_index_keeps_words_of_studios_and_names_apart(shelf: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT catalog_search_starts(7, %s)", [words.search_text({"name": "Gold X"}, "Pavoi")])
        [kept] = cursor.fetchone()
        assert set(kept.replace("'", "").split()) == {
            *("7/go", "7/gold", "7/x", "7/pa", "7/pavo", "7/pavoi"),
            *("7n/go", "7n/gold", "7n/x"),
        }
        cursor.execute("SELECT catalog_search_starts(7, '')::text, catalog_search_starts(7, %s)::text", [" \n"])
        assert cursor.fetchone() == ("", "")


def test_a_search_leaves_the_settings_of_its_transaction_alone(shelf: int, many: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        find_products(shelf, "gold")
        for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
            cursor.execute(f"SHOW {setting}")
            assert cursor.fetchone() == ("on",)


def test_facets_count_brands_and_tags(shelf: int, add: Add) -> None:
    actions.create_brand(shelf, name="Aurora")
    add("Studs", tags=["earrings", "gold"])
    found = facets.of_studio(shelf)
    assert [(brand["name"], brand["count"]) for brand in found["brands"]] == [("Aurora", 0), ("Pavoi", 5)]
    assert found["tags"] == [
        {"tag": "earrings", "count": 2},
        {"tag": "gold", "count": 1},
        {"tag": "necklaces", "count": 1},
    ]
    assert (found["of_newest"], found["counted"]) == (5, 1000)


def test_a_sample_tells_how_common_words_are(add: Add, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "SMALL", 2)
    for number in range(40):
        add("Gold ring" if number % 4 else "Silver ring")
    sampling.forget()
    sample = sampling.sample_of(studio.pk)
    assert sample is not None
    assert sample.share(sample.with_word("ri")) == 1
    assert 0.6 < sample.share(sample.with_word("gold", of_name=True)) < 0.9
    assert (len(sample.with_word("pavoi")), len(sample.with_word("pavoi", of_name=True))) == (len(sample.texts), 0)
    assert 30 <= sample.size <= 50
    assert sampling.sample_of(studio.pk + 1) is None


NAMES = st.lists(st.text("abcdeéfğhklmnøorstuß", min_size=2, max_size=9), min_size=1, max_size=4)
PROPERTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@PROPERTY
@given(st.lists(NAMES, min_size=1, max_size=5), st.data())
def test_any_beginning_of_any_word_of_a_name_finds_it(
    studio: Studio, brand_id: int, all_names: list[list[str]], data: st.DataObject
) -> None:
    with rolled_back():
        for parts in all_names:
            name = " ".join(parts)
            product_id = actions.create_product(studio.pk, brand_id, name=name, original_price_cents=1)
            word = data.draw(st.sampled_from(parts))
            prefix = word[: data.draw(st.integers(2, len(word)))]
            found = find_products(studio.pk, prefix, limit=200)
            assert product_id in [row["id"] for row in found["products"]]
            assert found["as_typed"]


@PROPERTY
@given(st.text(string.ascii_lowercase, min_size=5, max_size=12), st.integers(0, 10**6))
def test_one_wrong_letter_finds_it_still(studio: Studio, brand_id: int, word: str, seed: int) -> None:
    typed = edited(word, random.Random(seed))
    assume(len(typed) >= 4 and not word.startswith(typed))
    with rolled_back():
        product_id = actions.create_product(studio.pk, brand_id, name=f"{word} 14k", original_price_cents=1)
        actions.create_product(studio.pk, brand_id, name="Xylophones", original_price_cents=1)
        found = find_products(studio.pk, typed)
        if not words.edits(typed, "xylophones")[1] <= 2 and not words.edits(typed, "pavoi")[0] <= 2:
            assert product_id in [row["id"] for row in found["products"]]
            assert found["meant"] == word


def edited(word: str, chance: random.Random) -> str:
    place, letter = chance.randrange(len(word) - 1), chance.choice(string.ascii_lowercase)
    return chance.choice(
        [
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


@contextmanager
def rolled_back() -> Iterator[None]:
    """A block whose writes are gone afterwards: the examples of a property share one test's transaction."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    sampling.forget()


def jobs(name: str) -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [name])
        return [json.loads(args) for (args,) in cursor.fetchall()]
