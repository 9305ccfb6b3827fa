from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cuelight.accounts.models import Person
from cuelight.accounts.testing import sign_in
from cuelight.catalog import actions, queries
from cuelight.catalog.tests.conftest import picture_bytes


@pytest.fixture
def url(product_id: int, media_folder: Path) -> str:
    actions.add_image(product_id, BytesIO(picture_bytes()))
    return queries.product_images(product_id)[0]["url"]


def test_anybody_may_fetch_a_picture_and_keep_it(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in response["Cache-Control"]
    assert response.content.startswith(b"\xff\xd8\xff")
    assert client.head(url).status_code == 200


def test_a_picture_asks_the_database_nothing_whoever_fetches_it(
    client: Client, url: str, producer: Person, django_assert_num_queries: Any
) -> None:
    sign_in(client, producer)
    with django_assert_num_queries(0):
        assert client.get(url).status_code == 200


def test_who_has_it_already_is_not_sent_it_again(client: Client, url: str) -> None:
    tag = client.get(url)["ETag"]
    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("known", ["W/{}", '"another", {}', "*"])
def test_a_tag_counts_however_a_proxy_has_written_it(client: Client, url: str, known: str) -> None:
    tag = client.get(url)["ETag"]
    again = client.get(url, headers={"If-None-Match": known.format(tag)})
    assert (again.status_code, "immutable" in again["Cache-Control"]) == (304, True)
    assert client.get(url, headers={"If-None-Match": '"another"'}).status_code == 200


def test_head_says_how_long_a_picture_is_and_keeps_it_to_itself(client: Client, url: str) -> None:
    whole, head = client.get(url), client.head(url)
    assert head["Content-Length"] == str(len(whole.content))
    assert head["ETag"] == whole["ETag"]
    assert head.content == b""
    assert "Vary" not in whole


@pytest.mark.parametrize("method", ["put", "delete", "post", "patch"])
def test_nobody_writes_there(client: Client, url: str, method: str) -> None:
    assert getattr(client, method)(url).status_code == 405
    assert client.get(url).status_code == 200


def test_nothing_else_is_served(client: Client, url: str, media_folder: Path) -> None:
    (media_folder.parent / "secret.txt").write_text("key")
    (media_folder / "products" / "notes.txt").write_text("key")
    folder, name = url.rsplit("/", 1)
    for wrong in (
        "/media/../secret.txt",
        "/media/%2e%2e/secret.txt",
        "/media/products/1/full/..%2f..%2f..%2f..%2fsecret.txt",
        "/media/products/notes.txt",
        "/media//etc/passwd",
        "/media/",
        f"{folder}/",
        folder,
        f"{folder}/{'0' * 32}.jpg",
        f"{folder}/{name}.txt",
        f"{folder}/{name}%00.jpg",
        f"{folder}/{name}%0a",
    ):
        assert client.get(wrong).status_code == 404, wrong
