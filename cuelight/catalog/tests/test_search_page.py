from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.catalog import actions


@pytest.fixture
def shelf(studio: Studio, brand_id: int) -> list[int]:
    return [
        actions.create_product(
            studio.pk, brand_id, name=name, original_price_cents=price, stock=stock, tags=tags, is_featured=featured
        )
        for name, price, stock, tags, featured in (
            ("Gold hoops", 4900, 3, ["earrings", "rose gold"], True),
            ("Gold chain", 9900, 0, ["necklaces"], False),
            ("Pearl ring", 1900, None, [], False),
        )
    ]


@pytest.fixture
def page(client: Client, producer: Person) -> Client:
    sign_in(client, producer)
    return client


def get(page: Client, path: str = "search", **given: Any) -> dict[str, Any]:
    response = page.get(f"/products/{path}?{urlencode(given)}")
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def names(page: Client, **given: Any) -> list[str]:
    return [product["name"] for product in get(page, "search", **given)["products"]]


def test_answers_with_products_and_what_was_meant(page: Client, shelf: list[int]) -> None:
    found = get(page, q="gold")
    assert ([product["id"] for product in found["products"]], found["more"], found["meant"]) == (
        [shelf[1], shelf[0]],
        False,
        None,
    )
    assert get(page, q="gold hopos")["meant"] == "gold hoops"
    first = get(page, q="gold", limit=1)
    assert (len(first["products"]), first["more"]) == (1, True)
    assert [product["id"] for product in get(page, q="gold", limit=1, offset=1)["products"]] == [shelf[0]]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"tag": "Rose Gold"}, ["Gold hoops"]),
        ({"stock": "in"}, ["Gold hoops"]),
        ({"stock": "out"}, ["Gold chain"]),
        ({"stock": "unknown"}, ["Pearl ring"]),
        ({"least": 2000, "most": 5000}, ["Gold hoops"]),
        ({"featured": "yes"}, ["Gold hoops"]),
        ({"featured": "no", "q": "gold"}, ["Gold chain"]),
        ({"picture": "yes"}, []),
        ({"used": "yes"}, []),
        ({"used": "12"}, []),
        ({"sort": "price"}, ["Pearl ring", "Gold hoops", "Gold chain"]),
        ({"sort": "name", "used": "no", "picture": "no"}, ["Gold chain", "Gold hoops", "Pearl ring"]),
    ],
)
def test_narrows_and_sorts(page: Client, shelf: list[int], given: dict[str, Any], found: list[str]) -> None:
    assert [product["name"] for product in get(page, **given)["products"]] == found


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"brand": "pavoi"}, '"brand" must be a whole number from 0 to 9223372036854775807.'),
        ({"brand": str(2**63)}, '"brand" must be a whole number from 0 to 9223372036854775807.'),
        ({"limit": "0"}, '"limit" must be a whole number from 1 to 200.'),
        ({"limit": "201"}, '"limit" must be a whole number from 1 to 200.'),
        ({"offset": "-1"}, '"offset" must be a whole number from 0 to 10000.'),
        ({"offset": "10001"}, '"offset" must be a whole number from 0 to 10000.'),
        ({"stock": "some"}, '"stock" must be one of: in, out, unknown.'),
        ({"picture": "1"}, '"picture" must be one of: yes, no.'),
        ({"sort": "best"}, '"sort" must be one of: number, name, newest, price, stock.'),
        ({"used": "maybe"}, '"used" must be yes, no or the id of a session.'),
        ({"used": "٣"}, '"used" must be a whole number'),
        ({"least": "9", "most": "8"}, "The highest price (most) is below the lowest one (least)."),
        ({"least": "1.5"}, '"least" must be a whole number from 0 to 1000000000000.'),
        ({"tag": "x" * 51}, '"tag" has 50 characters at most.'),
        ({"q": "x" * 501}, '"q" has 500 characters at most.'),
    ],
)
def test_says_what_is_wrong_with_what_was_asked(page: Client, given: dict[str, object], sentence: str) -> None:
    response = page.get(f"/products/search?{urlencode(given)}", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["message"].startswith(sentence)


def test_facets_are_of_the_studio_of_who_asks(page: Client, shelf: list[int], brand_id: int) -> None:
    found = get(page, "facets")
    assert found["brands"] == [{"id": brand_id, "name": "Pavoi", "count": 3}]
    assert {tag["tag"] for tag in found["tags"]} == {"earrings", "necklaces", "rose gold"}


def test_another_studio_finds_nothing_of_it(client: Client, stranger: Person, shelf: list[int]) -> None:
    sign_in(client, stranger)
    assert names(client, q="gold") == []
    assert get(client, "facets")["brands"] == []


@pytest.mark.parametrize("path", ["search", "facets"])
def test_a_host_has_no_catalogue_to_search(client: Client, host: Person, shelf: list[int], path: str) -> None:
    sign_in(client, host)
    assert client.get(f"/products/{path}?q=gold").status_code in (403, 404)
