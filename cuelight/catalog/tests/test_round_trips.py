"""What is written out comes back as it is: exported, imported again with every option on, nothing changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, files, importing
from cuelight.catalog.models import Brand, PictureToFetch, Product, ProductImage
from cuelight.errors import CuelightError

BASE = "https://studio.example"

_NASTY = ["=1+1", "+49", "-5", "@cmd", "'=1", "''+", '"', '""a', ",", ";", "\t", "\r\n", "\r", "\n", "#N/A", " ", "é",
          "👍🏽", "\u2028", "\u00a0", "＝A1", "sep=;", "a\\nb", "-", "- ", "•", "<b>", "&amp;", "  "]  # fmt: skip
texts = st.lists(
    st.one_of(
        st.sampled_from(_NASTY), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
    ),
    max_size=6,
).map("".join)
names = texts.filter(lambda text: bool(text.split())).map(lambda text: text[:200])
tags = st.lists(texts.map(lambda text: text[:20]).filter(lambda text: bool(text.split())), max_size=4)
ids = st.one_of(
    st.just(""), st.from_regex(r"[A-Z]{2}-[0-9]{1,6}", fullmatch=True), st.sampled_from(["-5", "=A", "007"])
)
cents = st.integers(1, 10**9)
variant = st.fixed_dictionaries(
    {
        "title": names, "sku": ids, "barcode": st.just(""), "price_cents": cents, "compare_at_cents": st.none(),
        "stock": st.none() | st.integers(0, 99),
    }
)  # fmt: skip
extras = st.dictionaries(
    st.one_of(st.sampled_from(["Colour", "Price", "name", "Column 3", " Size ", "=x", "sep=;", "Type"]), names),
    st.one_of(texts, st.integers(), st.lists(st.integers(), max_size=2)),
    max_size=3,
)
product = st.fixed_dictionaries(
    {
        "name": names, "short_name": texts.map(lambda text: text[:90]), "description": texts,
        "talking_points_md": texts, "prices": st.tuples(cents, st.none() | cents), "pid": ids, "sku": ids,
        "stock": st.none() | st.integers(0, 9999),
        "tags": tags, "extra": extras, "cost_cents": st.none() | st.integers(0, 10**6), "is_featured": st.booleans(),
        "barcode": st.sampled_from(["", "0012345678905", "-1"]), "variants": st.lists(variant, max_size=3),
        "display_number": st.none() | st.integers(1, 500), "external_url": st.sampled_from(["", "https://x.example/a,b?c=\"d"]),
    }
)  # fmt: skip


def stored(studio_id: int, brand_id: int, given: dict[str, Any]) -> int | None:
    """Whatever our own actions take; None for what they refuse."""
    given = dict(given)
    low, high = given.pop("prices")
    original, sale = (max(low, high), min(low, high)) if high else (low, None)
    try:
        return actions.create_product(
            studio_id,
            brand_id,
            original_price_cents=original,
            sale_price_cents=sale,
            **(given | {"pid": given["pid"] or None}),
        )
    except CuelightError:
        return None


def came_back(
    studio: Studio, brand: Brand, folder: Path, format_key: str, **options: Any
) -> tuple[tuple[int, int, int], list[Any]]:
    """(new, updated, unchanged) of importing what was exported, and what differs."""
    path = folder / f"{format_key}.csv"
    with path.open("wb") as file:
        file.writelines(files.parts(files.choose(studio.pk, base=BASE), format_key))
    with importing.read(path, currency=studio.currency) as plan, transaction.atomic():
        assert plan.format == format_key
        try:
            result = importing.rehearse(plan, studio_id=studio.pk, brand_id=brand.pk, upsert=True, **options)
        except importing.RowsRefused as refused:
            raise AssertionError(refused.findings.errors.facts()) from refused
    assert result.fetching == 0
    listed = result.differences["listed"] if result.differences else []
    return (result.new, result.updated, result.unchanged), listed


@pytest.fixture
def clean(studio: Studio, brand: Brand) -> Iterator[tuple[Studio, Brand]]:
    yield studio, brand
    Product.objects.all().delete()


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(product, min_size=1, max_size=5), st.sampled_from(["USD", "JPY", "KWD", "EUR"]), st.booleans())
def test_our_own_list_comes_back_whole(
    clean: tuple[Studio, Brand], tmp_path: Path, given: list[dict[str, Any]], currency: str, clear_blank: bool
) -> None:
    studio, brand = clean
    with transaction.atomic():
        Studio.objects.filter(pk=studio.pk).update(currency=currency)
        studio.currency = currency
        made = [pk for each in given if (pk := stored(studio.pk, brand.pk, each)) is not None]
        if made:
            assert came_back(studio, brand, tmp_path, "cuelight", clear_blank=clear_blank) == ((0, 0, len(made)), [])
        transaction.set_rollback(True)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(product, min_size=1, max_size=4), st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_shopify_list_comes_back_whole(
    clean: tuple[Studio, Brand], tmp_path: Path, given: list[dict[str, Any]], currency: str
) -> None:
    """Shopify has no prices of a product beside those of its variants: here the first variant has them."""
    studio, brand = clean
    with transaction.atomic():
        Studio.objects.filter(pk=studio.pk).update(currency=currency)
        studio.currency = currency
        made = 0
        for each in given:
            if each["variants"]:
                first = each["variants"][0]
                stocks = [variant["stock"] for variant in each["variants"] if variant["stock"] is not None]
                titles = {" ".join(variant["title"].split()) for variant in each["variants"]}
                if len(titles) < len(each["variants"]) or any(len(title) > 250 for title in titles):
                    continue
                for variant in each["variants"]:
                    variant["title"] = " ".join(variant["title"].split())
                    variant["sku"] = variant["sku"].strip()
                each |= {
                    "prices": (first["price_cents"], None),
                    "sku": first["sku"],
                    "barcode": "",
                    "stock": sum(stocks) if stocks else None,
                }
            made += stored(studio.pk, brand.pk, each) is not None
        if made:
            assert came_back(studio, brand, tmp_path, "shopify") == ((0, 0, made), [])
        transaction.set_rollback(True)


def test_a_whatnot_list_comes_back_whole(studio: Studio, brand: Brand, tmp_path: Path) -> None:
    """As far as Whatnot holds it: titles of 80 characters, a quantity of one or more."""
    for name, fields in {
        "Hoops": {"sku": "H-1", "stock": 4, "sale_price_cents": 2999},
        "=Chain, gold": {"stock": 1, "extra": {"Category": "Jewelry", "Type": "Auction"}, "description": "a\nb"},
    }.items():
        actions.create_product(studio.pk, brand.pk, name=name, original_price_cents=4999, **fields)
    assert came_back(studio, brand, tmp_path, "whatnot") == ((0, 0, 2), [])


def test_a_product_of_the_shop_keeps_its_handle(studio: Studio, brand: Brand, tmp_path: Path) -> None:
    actions.create_product(
        studio.pk,
        brand.pk,
        name="Hoops",
        original_price_cents=4999,
        external_key="shopify:gold-hoops",
        tags=["draft", "new"],
    )
    [head, line] = b"".join(files.parts(files.choose(studio.pk, base=BASE), "shopify")).decode("utf-8-sig").splitlines()
    row = dict(zip(head.split(","), line.split(","), strict=True))
    assert (row["URL handle"], row["Status"], row["Tags"], row["Price"]) == ("gold-hoops", "Draft", "new", "49.99")
    assert came_back(studio, brand, tmp_path, "shopify") == ((0, 0, 1), [])


@pytest.mark.parametrize("format_key", ["cuelight", "shopify", "whatnot"])
def test_pictures_that_are_here_are_not_fetched_again(
    studio: Studio, brand: Brand, tmp_path: Path, format_key: str
) -> None:
    product_id = actions.create_product(studio.pk, brand.pk, name="Hoops", original_price_cents=4999, sku="H", stock=1)
    for place, url in enumerate(["", "https://cdn.example/a/gold.jpg?v=1"]):
        ProductImage.objects.create(
            product_id=product_id, position=place, path=f"products/1/full/{place:032x}.jpg", source_url=url
        )
    assert came_back(studio, brand, tmp_path, format_key)[0] == (0, 0, 1)
    path = tmp_path / f"{format_key}.csv"
    path.write_bytes(path.read_bytes().replace(b"cdn.example/a/gold.jpg?v=1", b"other-cdn.example/a/gold.jpg?v=2"))
    with importing.read(path) as plan, transaction.atomic():
        importing.write(plan, studio_id=studio.pk, brand_id=brand.pk, upsert=True)
    assert not PictureToFetch.objects.exists()
