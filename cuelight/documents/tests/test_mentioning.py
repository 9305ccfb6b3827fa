"""Who and what can be mentioned: the studio's people and products for its members, this document's people for
others."""

from collections.abc import Callable

import pytest
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.catalog import actions as catalog
from cuelight.catalog.models import Product
from cuelight.documents.models import Share

pytestmark = pytest.mark.django_db


def page(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def labels(person: Person, document_id: int, typed: str) -> list[tuple[str, str]]:
    answer = page(person).get(f"/documents/{document_id}/suggest", {"q": typed}).json()
    return [(result["kind"], result["label"]) for result in answer["results"]]


@pytest.fixture
def shelf(studio: Studio, products: Callable[..., list[Product]]) -> list[Product]:
    made = products(2)
    for product in made:
        catalog.update_product(studio.pk, product.pk, original_price_cents=4_900, sale_price_cents=None)
    return made


def test_people_come_by_any_beginning_of_their_name_and_products_as_the_search_finds_them(
    document_id: int, producer: Person, person: Callable[..., Person], studio: Studio, shelf: list[Product]
) -> None:
    person("Zoë Marín", studio, "host")
    person("Marisol", None)
    assert labels(producer, document_id, "mar") == [("person", "Zoë Marín")]
    assert labels(producer, document_id, "zoe") == [("person", "Zoë Marín")]
    assert labels(producer, document_id, "product 2") == [("product", shelf[1].name)]


def test_who_is_not_of_the_studio_is_offered_the_people_of_this_document_only(
    document_id: int, producer: Person, host: Person, stranger: Person, shelf: list[Product]
) -> None:
    Share.objects.create(document_id=document_id, person=stranger, right="edit")
    found = {label for _, label in labels(stranger, document_id, "")}
    assert found == {stranger.name}
    answer = page(stranger).get(f"/documents/{document_id}/products", {"ids": str(shelf[0].pk)})
    assert answer.json() == {"products": []}


def test_a_chip_shows_what_is_charged_now(document_id: int, producer: Person, shelf: list[Product]) -> None:
    first, second = shelf
    asked = {"ids": f"{first.pk},{second.pk},{10**9},x,-1,{'9' * 40}"}
    answer = page(producer).get(f"/documents/{document_id}/products", asked).json()
    assert [(card["id"], card["price_cents"], card["currency"]) for card in answer["products"]] == [
        (first.pk, 4_900, "USD"),
        (second.pk, 4_900, "USD"),
    ]
    Product.objects.filter(pk=first.pk).update(sale_price_cents=3_900)
    answer = page(producer).get(f"/documents/{document_id}/products", asked).json()
    assert answer["products"][0]["price_cents"] == 3_900


def test_products_of_another_studio_are_nobodys(document_id: int, producer: Person, other_studio: Studio) -> None:
    brand_id = catalog.create_brand(other_studio.pk, name="Theirs")
    theirs = catalog.create_product(other_studio.pk, brand_id, name="Secret hoop", original_price_cents=1)
    assert labels(producer, document_id, "secret") == []
    assert page(producer).get(f"/documents/{document_id}/products", {"ids": theirs}).json() == {"products": []}
