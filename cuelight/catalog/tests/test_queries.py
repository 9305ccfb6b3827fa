import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.catalog import actions, queries, searching
from cuelight.catalog.models import ProductImage
from cuelight.catalog.tests.conftest import picture_bytes
from cuelight.errors import NotFound

Make = Callable[..., Person]


def test_a_lineup_gets_all_it_shows(studio: Studio, brand_id: int, media_folder: Path) -> None:
    product_id = actions.create_product(
        studio.pk,
        brand_id,
        name="Hoops",
        short_name="Hoop",
        original_price_cents=4999,
        sale_price_cents=2999,
        pid="123",
        sku="SK-1",
        stock=4,
        talking_points_md="- **gold**",
    )
    image_id = actions.add_image(product_id, BytesIO(picture_bytes()), alt_text="Front")
    facts = queries.lineup_products([product_id])[product_id]
    path = ProductImage.objects.get(pk=image_id).path
    assert facts == {
        "name": "Hoops",
        "short_name": "Hoop",
        "talking_points_md": "- **gold**",
        "talking_points_html": "<ul>\n<li><strong>gold</strong></li>\n</ul>",
        "original_price_cents": 4999,
        "sale_price_cents": 2999,
        "pid": "123",
        "sku": "SK-1",
        "stock": 4,
        "images": [
            {
                "id": image_id,
                "url": f"/media/{path}",
                "thumbnail_url": None,
                "placeholder_url": None,
                "alt": "Front",
                "width": 600,
                "height": 400,
            }
        ],
    }
    assert json.loads(json.dumps(facts)) == facts


def test_a_hundred_products_take_two_queries(
    studio: Studio, brand_id: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [
        actions.create_product(studio.pk, brand_id, name=f"Product {n}", original_price_cents=100) for n in range(100)
    ]
    for product_id in ids[:3]:
        for place in (1, 0):
            ProductImage.objects.create(product_id=product_id, position=place, path=f"p/{product_id}/{place}.jpg")
    with django_assert_num_queries(2):
        facts = queries.lineup_products(ids)
    assert list(facts) != []
    assert len(facts) == 100
    assert [image["url"] for image in facts[ids[0]]["images"]] == [
        f"/media/p/{ids[0]}/0.jpg",
        f"/media/p/{ids[0]}/1.jpg",
    ]


def test_no_products_take_no_query(django_assert_num_queries: DjangoAssertNumQueries, db: None) -> None:
    with django_assert_num_queries(0):
        assert queries.lineup_products([]) == {}


def test_moving_the_files_changes_every_address_and_no_row(
    product_id: int, media_folder: Path, settings: Settings
) -> None:
    actions.make_thumbnails(actions.add_image(product_id, BytesIO(picture_bytes())))
    before = list(ProductImage.objects.values())
    settings.MEDIA_URL = "https://cdn.example.org/shop/"
    [image] = queries.product_images(product_id)
    for url in (image["url"], image["thumbnail_url"], image["placeholder_url"]):
        assert url is not None
        assert url.startswith(f"https://cdn.example.org/shop/products/{product_id}/")
        assert "?" not in url
    assert list(ProductImage.objects.values()) == before


@pytest.mark.parametrize("role", ["admin", "producer", "cataloger"])
def test_who_works_with_products_reads_and_changes_them(
    person: Make, studio: Studio, brand_id: int, product_id: int, role: str
) -> None:
    somebody = person("Somebody", studio, role)
    for access in (
        queries.access_product(who(somebody), product_id),
        queries.access_brand(who(somebody), brand_id),
        queries.access_brand_by_slug(who(somebody), studio.pk, "pavoi")[0],
    ):
        assert (access.person_id, access.studio_id) == (somebody.pk, studio.pk)
        access.require("catalog.edit")


def test_a_host_has_no_catalogue(host: Person, studio: Studio, product_id: int) -> None:
    with pytest.raises(NotFound):
        queries.access_product(who(host), product_id)
    with pytest.raises(NotFound):
        queries.access_catalog(who(host), studio.pk)


def test_what_lies_in_another_studio_is_not_there(
    admin: Person, other_studio: Studio, studio: Studio, media_folder: Path
) -> None:
    theirs = actions.create_brand(other_studio.pk, name="Theirs")
    product_id = actions.create_product(other_studio.pk, theirs, name="Secret", original_price_cents=1)
    image_id = actions.add_image(product_id, BytesIO(picture_bytes()))
    for attempt in (
        lambda: queries.access_catalog(who(admin), other_studio.pk),
        lambda: queries.access_brand(who(admin), theirs),
        lambda: queries.access_brand_by_slug(who(admin), other_studio.pk, "theirs"),
        lambda: queries.access_brand_by_slug(who(admin), studio.pk, "theirs"),
        lambda: queries.access_product(who(admin), product_id),
        lambda: queries.access_image(who(admin), image_id),
        lambda: queries.access_product(who(admin), 10**12),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert queries.products_of_studio(studio.pk, [product_id]) == set()
    assert searching.find_products(studio.pk, "Secret")["products"] == []
    assert queries.list_products(studio.pk) == []


@pytest.fixture
def shelf(studio: Studio, brand_id: int) -> int:
    for number, name, pid, sku, tags, stock in (
        (2, "Gold huggie hoops", "1729001", "PV-100", ["earrings"], 3),
        (1, "Silver chain", "1730002", "PV-200", ["necklaces"], 0),
        (None, "Ring, rose gold", None, "xx-100", [], None),
    ):
        actions.create_product(
            studio.pk,
            brand_id,
            name=name,
            original_price_cents=100,
            display_number=number,
            pid=pid,
            sku=sku,
            tags=tags,
            stock=stock,
        )
    return studio.pk


def test_lists_by_number_and_filters(shelf: int, brand_id: int) -> None:
    def names(**filters: object) -> list[str]:
        return [row["name"] for row in queries.list_products(shelf, **filters)]  # type: ignore[arg-type]

    assert names() == ["Silver chain", "Gold huggie hoops", "Ring, rose gold"]
    assert names(limit=1, offset=1) == ["Gold huggie hoops"]
    assert names(tag="Necklaces") == ["Silver chain"]
    assert names(in_stock=False) == ["Silver chain"]
    assert names(in_stock=True) == ["Gold huggie hoops", "Ring, rose gold"]
    assert names(brand_id=brand_id + 1) == []


def test_a_list_takes_one_query(shelf: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        rows = queries.list_products(shelf)
    assert json.loads(json.dumps(rows)) == rows


def test_brands_come_with_their_number_of_products(shelf: int, studio: Studio) -> None:
    actions.create_brand(studio.pk, name="Aurora")
    assert [(row["name"], row["product_count"]) for row in queries.list_brands(studio.pk)] == [
        ("Aurora", 0),
        ("Pavoi", 3),
    ]


def test_a_list_counts_pictures_and_shows_the_first(studio: Studio, product_id: int) -> None:
    for place in (1, 0):
        ProductImage.objects.create(
            product_id=product_id, position=place, path=f"p/{place}.jpg", thumbnail_path=f"t/{place}.jpg"
        )
    [row] = queries.list_products(studio.pk)
    assert (row["image_count"], row["thumbnail_url"]) == (2, "/media/t/0.jpg")
