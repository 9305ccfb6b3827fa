"""What the page of a product's pictures asks for: who may, what is answered, what is refused."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import secret_of_token, sign_in, who
from cuelight.catalog import actions, jobs, queries
from cuelight.catalog.models import ProductImage, RemovedImage
from cuelight.catalog.tests.conftest import picture_bytes
from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.live.db import run_db
from cuelight.live.testing import connect

JSON = {"Accept": "application/json"}


def picture(number: int = 0, **options: Any) -> bytes:
    return picture_bytes((300, 200), color=(number, 90, 160), **options)


@pytest.fixture
def mia(client: Client, producer: Person, media_folder: Path) -> Client:
    sign_in(client, producer)
    return client


@pytest.fixture
def three(product_id: int, media_folder: Path) -> list[int]:
    return [actions.add_image(product_id, BytesIO(picture(number))) for number in (1, 2, 3)]


def send(client: Client, product_id: int, data: bytes, name: str = "hoop.jpg") -> Any:
    return client.post(f"/products/{product_id}/images", {"file": SimpleUploadedFile(name, data)}, headers=JSON)


def ids(product_id: int) -> list[int]:
    return [one["id"] for one in queries.product_images(product_id)]


def test_a_file_becomes_a_picture_and_the_same_file_is_that_picture(mia: Client, product_id: int) -> None:
    answer = send(mia, product_id, picture())
    assert answer.status_code == 201
    assert answer.json()["is_new"] is True
    assert answer.json()["image"]["url"].startswith(f"/media/products/{product_id}/full/")
    again = send(mia, product_id, picture())
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert again.json()["image"]["id"] == answer.json()["image"]["id"]
    listed = mia.get(f"/products/{product_id}/images").json()
    assert [one["id"] for one in listed["images"]] == [answer.json()["image"]["id"]]
    assert (listed["name"], listed["most"], listed["largest_bytes"]) == ("Huggie hoops", 50, 25 << 20)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"<svg onload='alert(1)'/>", "hoop.jpg", "invalid_image"),
        (b"%PDF-1.7", "hoop.png", "invalid_image"),
        (b"", "hoop.jpg", "invalid_image"),
        (picture()[:500], "hoop.jpg", "invalid_image"),
    ],
)
def test_a_file_that_lies_is_refused_in_json_and_leaves_nothing(
    mia: Client, product_id: int, media_folder: Path, data: bytes, name: str, reason: str
) -> None:
    answer = send(mia, product_id, data, name)
    assert (answer.status_code, answer.json()["reason"]) == (422, reason)
    assert answer.json()["message"].endswith(".")
    assert not ProductImage.objects.exists()
    assert not list(media_folder.rglob("*.*"))


def test_a_picture_is_what_it_is_and_not_what_its_name_says(mia: Client, product_id: int) -> None:
    answer = send(mia, product_id, picture(kind="PNG"), "../../etc/passwd.html")
    assert answer.json()["image"]["url"].endswith(".png")
    assert "passwd" not in answer.content.decode()


def test_the_fifty_first_picture_is_refused_and_its_file_is_gone(
    mia: Client, product_id: int, media_folder: Path
) -> None:
    ProductImage.objects.bulk_create(ProductImage(product_id=product_id, position=n, path=f"{n}") for n in range(50))
    answer = send(mia, product_id, picture())
    assert (answer.status_code, answer.json()["message"]) == (422, "A product has 50 pictures at most.")
    assert not list(media_folder.rglob("*.*"))


def test_moving_describing_removing_and_restoring_answer_what_is_there_now(
    mia: Client, product_id: int, three: list[int]
) -> None:
    one, two, last = three
    answer = mia.post(f"/images/{last}/move", {"index": "0"}, headers=JSON)
    assert [image["id"] for image in answer.json()["images"]] == [last, one, two] == ids(product_id)
    answer = mia.post(f"/images/{one}", {"alt": "  On the ear "}, headers=JSON)
    assert answer.json()["image"]["alt"] == "On the ear"
    answer = mia.post(f"/images/{one}/remove", headers=JSON)
    assert [image["id"] for image in answer.json()["images"]] == [last, two]
    answer = mia.post(f"/images/{one}/restore", headers=JSON)
    assert [(image["id"], image["alt"]) for image in answer.json()["images"]] == [
        (last, ""),
        (one, "On the ear"),
        (two, ""),
    ]
    assert mia.post(f"/images/{one}/restore", headers=JSON).status_code == 200, "twice is once"


@pytest.mark.parametrize("index", ["-1", "1.5", "x", "", "99999", "١"])
def test_a_place_is_a_number(mia: Client, three: list[int], index: str) -> None:
    assert mia.post(f"/images/{three[0]}/move", {"index": index}, headers=JSON).status_code == 422


def test_a_description_has_its_bounds(mia: Client, three: list[int]) -> None:
    path = f"/images/{three[0]}"
    assert mia.post(path, {"alt": "x" * 300}, headers=JSON).status_code == 200
    assert mia.post(path, {"alt": "x" * 301}, headers=JSON).status_code == 422
    assert mia.post(path, {"alt": "a\0b"}, headers=JSON).status_code == 400
    assert mia.post(path, {}, headers=JSON).status_code == 422
    assert ProductImage.objects.get(pk=three[0]).alt_text == "x" * 300


def test_of_another_studio_nothing_is_there(
    client: Client, stranger: Person, product_id: int, three: list[int], media_folder: Path
) -> None:
    sign_in(client, stranger)
    assert client.get(f"/products/{product_id}/pictures").status_code == 404
    assert client.get(f"/products/{product_id}/images").status_code == 404
    assert send(client, product_id, picture(9)).status_code == 404
    for path in ("", "/move", "/remove", "/restore"):
        assert client.post(f"/images/{three[0]}{path}", {"index": "1", "alt": "x"}).status_code == 404
    assert ids(product_id) == three
    actions.remove_image(three[0])
    assert client.post(f"/images/{three[0]}/restore").status_code == 404


def test_nothing_is_changed_without_a_token_of_the_form(producer: Person, product_id: int, three: list[int]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(producer)
    for path in (f"/products/{product_id}/images", f"/images/{three[0]}", f"/images/{three[0]}/remove"):
        answer = browser.post(path, headers=JSON)
        assert (answer.status_code, answer.json()["reason"]) == (403, "csrf")
    assert ids(product_id) == three


def test_a_token_for_the_catalogue_uploads_too(
    client: Client, studio: Studio, product_id: int, media_folder: Path
) -> None:
    headers = {**JSON, "Authorization": f"Bearer {secret_of_token(studio.pk, 'catalog')}"}
    file = {"file": SimpleUploadedFile("a.jpg", picture())}
    assert client.post(f"/products/{product_id}/images", file, headers=headers).status_code == 201


# --- taking off and putting back


def test_a_picture_comes_back_to_where_it_was_with_all_it_had(product_id: int, three: list[int]) -> None:
    actions.make_thumbnails(three[1])
    actions.make_sizes(three[1])
    actions.update_image(three[1], alt_text="The box")
    before = queries.product_images(product_id)
    actions.remove_image(three[1])
    assert ids(product_id) == [three[0], three[2]]
    actions.restore_image(three[1])
    assert queries.product_images(product_id) == before
    assert not RemovedImage.objects.exists()


def test_what_was_added_again_meanwhile_stays_as_it_is(product_id: int, three: list[int]) -> None:
    actions.remove_image(three[0])
    again = actions.add_image(product_id, BytesIO(picture(1)))
    with pytest.raises(Conflict) as refused:
        actions.restore_image(three[0])
    assert refused.value.reason == "image_there"
    assert ids(product_id) == [three[1], three[2], again]


def test_where_there_is_no_room_a_picture_does_not_come_back(product_id: int, three: list[int]) -> None:
    actions.remove_image(three[0])
    ProductImage.objects.bulk_create(ProductImage(product_id=product_id, position=n, path=f"{n}") for n in range(2, 50))
    with pytest.raises(Invalid, match="50 pictures at most"):
        actions.restore_image(three[0])


def test_what_was_never_there_does_not_come_back(db: None) -> None:
    with pytest.raises(NotFound):
        actions.restore_image(7)


# --- the other sizes


def test_the_job_makes_all_sizes_once(product_id: int, three: list[int], media_folder: Path) -> None:
    jobs.make_thumbnails(image_id=three[0])
    image = ProductImage.objects.get(pk=three[0])
    assert set(image.sizes) == {"300"}
    files = sorted(media_folder.rglob("*.*"))
    jobs.make_thumbnails(image_id=three[0])
    assert sorted(media_folder.rglob("*.*")) == files
    jobs.make_thumbnails(image_id=999)


def test_what_lacks_a_size_gets_it_and_one_broken_file_does_not_stop_the_others(
    product_id: int, media_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuelight.catalog.actions.images.BATCH", 2)
    made = [actions.add_image(product_id, BytesIO(picture_bytes((700, 500), color=(n, 0, 90)))) for n in range(5)]
    (media_folder / ProductImage.objects.get(pk=made[1]).path).unlink()
    (media_folder / ProductImage.objects.get(pk=made[3]).path).write_bytes(b"\xff\xd8\xffbroken")
    after, rounds = actions.make_missing_sizes(), 1
    while after is not None:
        after, rounds = actions.make_missing_sizes(after), rounds + 1
    assert rounds == 3
    done = set(ProductImage.objects.exclude(sizes={}).exclude(thumbnail_path="").values_list("id", flat=True))
    assert done == {made[0], made[2], made[4]}
    assert queries.product_images(product_id)[0]["srcset"] is not None
    assert queries.product_images(product_id)[1]["srcset"] is None


def test_sources_are_named_narrowest_first() -> None:
    assert queries.srcset({"1280": "b.webp", "640": "a.webp", "1600": "c.jpg"}) == (
        "/media/a.webp 640w, /media/b.webp 1280w, /media/c.jpg 1600w"
    )
    assert queries.srcset({"500": "a.webp"}) is None
    assert queries.srcset({}) is None


# --- who is told


@pytest.mark.usefixtures("empty_queue")
async def test_whoever_may_see_the_catalogue_is_told_of_a_change_and_nobody_else(
    live: None, studio: Studio, producer: Person, host: Person, stranger: Person, products: Callable[..., Any],
    media_folder: Path,
) -> None:  # fmt: skip
    [product] = await run_db(products, 1)
    topic = f"catalog:{studio.pk}"
    async with connect(who(producer)) as mia, connect(who(host)) as tom, connect(who(stranger)) as eve:
        assert (await mia.join(topic)).status == "ok"
        assert (await tom.join(topic)).response["reason"] in ("not_found", "forbidden")
        assert (await eve.join(topic)).response["reason"] == "not_found"
        assert (await mia.join("catalog:999999")).response["reason"] == "not_found"
        image_id = await run_db(actions.add_image, product.pk, BytesIO(picture()))
        assert await mia.receive(topic, "product_changed") == {"product_ids": [product.pk]}
        await run_db(actions.remove_image, image_id)
        assert await mia.receive(topic, "product_changed") == {"product_ids": [product.pk]}
        assert tom.unseen(topic, "product_changed") == []
