"""Products as a file, from the page."""

import asyncio
import csv
import io
from typing import Any

import pytest
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.catalog import actions, files
from cuelight.catalog.models import Brand
from cuelight.catalog.searching import Filters


@pytest.fixture
def three(studio: Studio, brand: Brand) -> list[int]:
    return [
        actions.create_product(
            studio.pk, brand.pk, name=name, original_price_cents=price, display_number=number, tags=tags
        )
        for name, price, number, tags in [
            ("=Ring", 100, 3, ["gold"]), ("Chain", 200, 1, ["silver"]), ("Hoop", 300, None, ["gold"]),
        ]
    ]  # fmt: skip


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def fetched(client: Client, query: str) -> Any:
    answer: Any = client.get(f"/products/export{query}")
    assert answer.status_code == 200, answer.content

    async def whole() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return answer, asyncio.run(whole())


@pytest.mark.django_db(transaction=True)
def test_a_cataloger_gets_all_products_by_number(client: Client, cataloger: Person, three: list[int]) -> None:
    client.force_login(cataloger)
    answer, content = fetched(client, "?format=cuelight")
    assert content.startswith(b"\xef\xbb\xbf")
    assert [row["Name"] for row in rows_of(content)] == ["Chain", "'=Ring", "Hoop"]
    assert "-products-cuelight-" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db(transaction=True)
def test_only_what_the_list_shows(client: Client, cataloger: Person, three: list[int]) -> None:
    client.force_login(cataloger)
    assert [row["Title"] for row in rows_of(fetched(client, "?format=shopify&tag=gold&most=200")[1])] == ["'=Ring"]
    assert [row["Title"] for row in rows_of(fetched(client, "?format=whatnot&q=hoo")[1])] == ["Hoop"]


@pytest.mark.parametrize("query", ["?format=excel", "?session=x", "?session=1&brand=abc"])
def test_what_makes_no_sense_is_refused(client: Client, cataloger: Person, query: str) -> None:
    client.force_login(cataloger)
    assert client.get(f"/products/export{query}").status_code in (400, 422)


def test_a_host_and_a_stranger_get_nothing(client: Client, host: Person) -> None:
    client.force_login(host)
    assert client.get("/products/export").status_code == 404
    client.logout()
    assert client.get("/products/export").status_code == 302


def test_another_studio_is_nowhere_in_it(studio: Studio, other_studio: Studio, three: list[int]) -> None:
    theirs = actions.create_brand(other_studio.pk, name="Theirs")
    actions.create_product(other_studio.pk, theirs, name="Secret", original_price_cents=100)
    chosen = files.choose(studio.pk, base="", filters=Filters(tag="gold"))
    assert sorted(chosen.ids) == sorted([three[0], three[2]])
    assert b"Secret" not in b"".join(files.parts(chosen, "cuelight"))
