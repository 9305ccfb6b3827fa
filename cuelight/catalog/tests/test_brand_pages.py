import json

import pytest
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.catalog import actions
from cuelight.catalog.models import Brand


@pytest.fixture
def browser(client: Client, cataloger: Person) -> Client:
    client.force_login(cataloger)
    return client


def test_a_brand_is_made_changed_and_deleted(browser: Client, studio: Studio) -> None:
    browser.post("/brands", {"name": "North Star", "slug": "", "notes": "Rings"})
    brand = Brand.objects.get()
    assert (brand.name, brand.slug, brand.notes) == ("North Star", "north-star", "Rings")
    browser.post(f"/brands/{brand.pk}/edit", {"name": "North", "slug": "north", "notes": ""})
    brand.refresh_from_db()
    assert (brand.name, brand.slug, brand.notes) == ("North", "north", "")
    page = browser.post(f"/brands/{brand.pk}/delete", follow=True)
    assert "North is deleted." in page.content.decode()
    assert not Brand.objects.exists()
    undo = page.context["undo"]
    browser.post(undo["path"], {"undo": undo["value"]})
    assert Brand.objects.values_list("name", "slug", "notes").get() == ("North", "north", "")


def test_what_is_wrong_stands_beside_its_field(browser: Client, brand: Brand) -> None:
    for sent, sentence in (
        ({"name": ""}, "This field is required."),
        ({"name": "pavoi"}, "There is a brand &quot;pavoi&quot; already."),
        ({"name": "Other", "slug": "pavoi"}, "There is a brand with this name or short name already."),
        ({"name": "Other", "slug": "no slug!"}, "valid"),
    ):
        page = browser.post("/brands", sent)
        assert (page.status_code, sentence in page.content.decode()) == (422, True), sent
    assert Brand.objects.count() == 1


def test_a_brand_with_products_stays(browser: Client, brand: Brand, product_id: int) -> None:
    page = browser.post(f"/brands/{brand.pk}/delete", follow=True)
    assert "still has 1 product; move or delete them first." in page.content.decode()
    assert Brand.objects.exists()


def test_an_island_makes_a_brand(browser: Client) -> None:
    answer = browser.post(
        "/brands",
        json.dumps({"name": " New "}),
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert (answer.status_code, answer.json()) == (201, {"id": Brand.objects.get().pk, "name": "New"})


def test_a_brands_address_is_its_products(browser: Client, brand: Brand) -> None:
    assert browser.get(f"/brands/{brand.pk}")["Location"] == f"/products?brand={brand.pk}"


def test_a_brand_of_another_studio_is_not_there(client: Client, brand: Brand, stranger: Person) -> None:
    client.force_login(stranger)
    assert client.get(f"/brands/{brand.pk}").status_code == 404
    assert client.get(f"/brands/{brand.pk}/edit").status_code == 404
    assert client.post(f"/brands/{brand.pk}/delete").status_code == 404
    assert Brand.objects.filter(pk=brand.pk).exists()


def test_an_undo_of_elsewhere_is_refused(browser: Client, studio: Studio) -> None:
    assert browser.post("/brands/undo", {"undo": "forged"}).status_code == 422
    assert not Brand.objects.exists()


def test_the_list_tells_how_many_products(browser: Client, studio: Studio, brand: Brand) -> None:
    actions.create_product(studio.pk, brand.pk, name="One", original_price_cents=100)
    assert [row["product_count"] for row in browser.get("/brands").context["brands"]] == [1]
