"""Pictures in a bucket, against a server that speaks S3 over HTTP; and what nobody needs any more."""

import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import httpx2
import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.catalog import actions, picture_commands, queries
from cuelight.catalog.models import ChangeSet, Product, ProductImage, RemovedImage
from cuelight.catalog.storage import Folder, PlaceAway
from cuelight.catalog.tests.conftest import Told, picture_bytes
from cuelight.errors import Invalid, Unavailable
from cuelight.live.tests.ports import free_port
from cuelight.tests.installation import Installation
from cuelight.tests.test_settings import settings_with

Listening = Callable[[], AbstractContextManager[Told]]
KEY, SECRET = "AKIA-OF-THE-STUDIO", "hush-hush-hush"


class Store:
    """A bucket of its own on the server, and what lies in it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, self.bucket = endpoint, f"pictures-{uuid.uuid4().hex[:8]}"
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )
        self.client.create_bucket(Bucket=self.bucket)
        self.let_anybody("s3:GetObject")

    def let_anybody(self, *actions: str) -> None:
        """What the bucket's own policy allows without a key."""
        resource = f"arn:aws:s3:::{self.bucket}/*"
        statement = {"Effect": "Allow", "Principal": "*", "Action": list(actions), "Resource": resource}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client.put_bucket_policy(Bucket=self.bucket, Policy=json.dumps(policy))

    def names(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", ())]

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "CUELIGHT_S3_BUCKET": self.bucket,
            "CUELIGHT_S3_ENDPOINT": self.endpoint,
            "CUELIGHT_S3_ACCESS_KEY": KEY,
            "CUELIGHT_S3_SECRET_KEY": SECRET,
            "CUELIGHT_S3_PREFIX": "pavoi",
            "CUELIGHT_MEDIA_URL": f"{self.endpoint}/{self.bucket}/pavoi/",
            **more,
        }


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Pictures go where this environment says."""

    def use(environment: dict[str, str]) -> None:
        found = settings_with(monkeypatch, **environment)
        settings.STORAGES, settings.MEDIA_URL = found["STORAGES"], found["MEDIA_URL"]

    return use


@pytest.fixture
def store(server: str, use: Callable[[dict[str, str]], None]) -> Store:
    made = Store(server)
    use(made.environment())
    return made


@pytest.fixture
def away(use: Callable[[dict[str, str]], None], store: Store) -> None:
    """From now on nobody answers there."""
    use(store.environment(CUELIGHT_S3_ENDPOINT=f"http://127.0.0.1:{free_port()}"))


def add(product_id: int, data: bytes = b"") -> ProductImage:
    return ProductImage.objects.get(pk=actions.add_image(product_id, BytesIO(data or picture_bytes((900, 600)))))


def complete(product_id: int) -> ProductImage:
    image = add(product_id, picture_bytes((1600, 800)))
    actions.make_thumbnails(image.pk)
    actions.make_sizes(image.pk)
    image.refresh_from_db()
    return image


# --- in a bucket


def test_an_upload_lies_in_the_bucket_below_the_prefix_and_says_how_long_it_keeps(
    product_id: int, store: Store
) -> None:
    image = complete(product_id)
    paths = [image.path, image.thumbnail_path, image.placeholder_path, *image.sizes.values()]
    assert len(set(paths)) == 6  # full, thumbnail, placeholder, 640, 1280 and its own width
    assert sorted(store.names()) == sorted(f"pavoi/{path}" for path in paths)
    assert all(path.startswith(f"products/{product_id}/") for path in paths)
    for path in paths:
        head = store.client.head_object(Bucket=store.bucket, Key=f"pavoi/{path}")
        assert head["CacheControl"] == "public, max-age=31536000, immutable"
        assert head["ContentType"] == {"jpg": "image/jpeg", "webp": "image/webp"}[path.rpartition(".")[2]]


def test_the_public_address_of_a_picture_is_built_from_its_path(
    product_id: int, store: Store, settings: Settings
) -> None:
    image = complete(product_id)
    [facts] = queries.product_images(product_id)
    assert facts["url"] == f"{store.endpoint}/{store.bucket}/pavoi/{image.path}"
    assert "?" not in facts["url"]
    assert httpx2.get(facts["url"]).content[:3] == b"\xff\xd8\xff"
    settings.MEDIA_URL = "https://cdn.example/p/"
    [facts] = queries.product_images(product_id)
    links = [facts["url"], facts["thumbnail_url"], facts["placeholder_url"]]
    links += [part.strip().split(" ")[0] for part in (facts["srcset"] or "").split(",")]
    assert len(links) == 6
    assert all(link and link.startswith("https://cdn.example/p/products/") for link in links)


def test_anybody_reads_a_picture_and_nobody_without_the_key_writes_or_deletes_one(
    product_id: int, store: Store
) -> None:
    url = f"{queries.media_url(add(product_id).path)}"
    read = httpx2.get(url)
    assert read.status_code == 200
    assert httpx2.put(url, content=b"x").status_code == 403
    assert httpx2.delete(url).status_code == 403
    assert httpx2.get(url).content == read.content


def test_no_page_and_no_answer_names_the_key(client: Client, producer: Person, product_id: int, store: Store) -> None:
    complete(product_id)
    sign_in(client, producer)
    for path in (f"/products/{product_id}/pictures", f"/products/{product_id}/images"):
        said = client.get(path).content.decode()
        assert str(product_id) in said
        assert KEY not in said
        assert SECRET not in said


def test_without_a_public_address_the_studio_serves_what_lies_in_the_bucket(
    client: Client, product_id: int, store: Store, settings: Settings
) -> None:
    settings.MEDIA_URL = "/media/"
    image = add(product_id)
    answer = client.get(f"/media/{image.path}")
    assert answer.status_code == 200
    assert answer.content == store.client.get_object(Bucket=store.bucket, Key=f"pavoi/{image.path}")["Body"].read()
    assert client.get(f"/media/products/1/full/{'0' * 32}.jpg").status_code == 404


def test_a_bucket_that_is_away_is_told_in_a_sentence_and_leaves_no_row(
    client: Client, producer: Person, product_id: int, away: None
) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable) as refused:
        add(product_id)
    assert time.monotonic() - started < 30
    assert refused.value.reason == "storage_away"
    assert "place where pictures are kept does not answer" in refused.value.message
    assert not ProductImage.objects.exists()
    assert client.get(f"/media/products/1/full/{'0' * 32}.jpg").status_code == 503


def test_a_store_that_goes_away_in_the_middle_leaves_no_half_of_the_sizes(
    product_id: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = add(product_id, picture_bytes((1600, 800)))
    before = store.names()
    bucket: Any = storages["default"]
    put, calls = bucket.client.put_object, []

    def put_object(**options: Any) -> Any:
        calls.append(options["Key"])
        # The second of the three is for a bucket that is not there; the answer is the server's own.
        return put(**options | ({"Bucket": "no-such-bucket"} if len(calls) == 2 else {}))

    monkeypatch.setattr(bucket.client, "put_object", put_object)
    with pytest.raises(Unavailable):
        actions.make_sizes(image.pk)
    assert len(calls) == 2
    assert store.names() == before
    image.refresh_from_db()
    assert image.sizes == {}
    actions.make_sizes(image.pk)
    image.refresh_from_db()
    assert set(image.sizes) == {"640", "1280", "1600"}


def test_what_is_removed_leaves_the_bucket_in_all_its_sizes(product_id: int, store: Store) -> None:
    kept, gone = add(product_id), complete(product_id)
    actions.remove_image(gone.pk)
    assert actions.purge_removed_images() == 0
    assert len(store.names()) == 7
    RemovedImage.objects.update(removed_at=timezone.now() - timedelta(days=2))
    assert actions.purge_removed_images() == 1
    assert store.names() == [f"pavoi/{kept.path}"]
    assert actions.purge_removed_images() == 0


def test_a_bucket_that_is_away_while_files_go_costs_one_try(
    product_id: int, store: Store, use: Callable[[dict[str, str]], None], caplog: pytest.LogCaptureFixture
) -> None:
    actions.remove_image(complete(product_id).pk)
    RemovedImage.objects.update(removed_at=timezone.now() - timedelta(days=2))
    use(store.environment(CUELIGHT_S3_ENDPOINT=f"http://127.0.0.1:{free_port()}"))
    actions.purge_removed_images()
    assert [record.message for record in caplog.records if "could not be deleted" in record.message] == [
        next(record.message for record in caplog.records if "does not answer" in record.message)
    ]
    use(store.environment())
    assert len(store.names()) == 6  # the sweep's


def test_the_sweep_of_a_bucket_takes_old_files_that_no_row_names(
    product_id: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = complete(product_id)
    lost = f"products/{product_id}/full/{'a' * 32}.jpg"
    storages["default"].save(lost, BytesIO(b"x"))
    store.client.put_object(Bucket=store.bucket, Key=f"other/{lost}", Body=b"another's")
    assert actions.sweep_files() == 0  # a minute old
    monkeypatch.setattr("cuelight.catalog.actions.sweeping.KEPT", timedelta(seconds=-60))
    assert actions.sweep_files() == 1
    assert f"pavoi/{lost}" not in store.names()
    assert f"pavoi/{kept.path}" in store.names()
    assert f"other/{lost}" in store.names()
    assert len(store.names()) == 7


# --- in a folder


def old(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (time.time() - 3 * 86400,) * 2)


def test_the_sweep_of_a_folder_takes_old_files_that_no_row_names(
    studio: Studio, brand_id: int, product_id: int, media_folder: Path, listening: Listening
) -> None:
    kept = complete(product_id)
    removed = add(product_id, picture_bytes((50, 50), color=(1, 2, 3)))
    actions.remove_image(removed.pk)
    second = actions.create_product(studio.pk, brand_id, name="Ring", original_price_cents=100)
    of_deleted = complete(second)
    with listening():
        actions.delete_product(studio.pk, second)
    (media_folder / "products" / "9" / "full").mkdir(parents=True)
    lost = media_folder / "products" / "9" / "full" / f"{'b' * 32}.jpg"
    lost.write_bytes(b"x")
    (media_folder / "notes.txt").write_text("not a picture of ours")
    assert actions.sweep_files() == 0
    old(media_folder)
    assert actions.sweep_files() == 1
    left = {path.relative_to(media_folder).as_posix() for path in media_folder.rglob("*.*")}
    assert {kept.path, removed.path, of_deleted.path, "notes.txt", *kept.sizes.values()} <= left
    assert lost.relative_to(media_folder).as_posix() not in left
    assert actions.sweep_files() == 0


def test_a_removed_picture_of_a_product_that_is_deleted_is_swept(
    studio: Studio, product_id: int, media_folder: Path, listening: Listening
) -> None:
    image = add(product_id)
    actions.remove_image(image.pk)
    with listening():
        actions.delete_product(studio.pk, product_id)
    assert not RemovedImage.objects.exists()
    old(media_folder)
    assert actions.sweep_files() == 1
    ChangeSet.objects.all().delete()


def test_a_night_deletes_a_bounded_number(media_folder: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cuelight.catalog.actions.sweeping.MOST_A_NIGHT", 5)
    monkeypatch.setattr("cuelight.catalog.actions.sweeping.BATCH", 4)
    folder = media_folder / "products" / "1" / "full"
    folder.mkdir(parents=True)
    for number in range(9):
        (folder / f"{number:032}.jpg").write_bytes(b"x")
    old(media_folder)
    assert [actions.sweep_files(), actions.sweep_files(), actions.sweep_files()] == [5, 4, 0]


# --- from the command line


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"CUELIGHT_S3_BUCKET": "b"}, ["ACCESS_KEY", "SECRET_KEY", "ENDPOINT"]),
        ({"CUELIGHT_S3_SECRET_KEY": SECRET, "CUELIGHT_S3_REGION": "eu-west-1"}, ["BUCKET", "ACCESS_KEY"]),
        ({"CUELIGHT_S3_PREFIX": "pavoi"}, ["BUCKET", "ACCESS_KEY", "SECRET_KEY", "ENDPOINT"]),
    ],
)
def test_a_bucket_that_is_set_in_part_ends_the_start_with_what_is_missing(
    tmp_path: Path, given: dict[str, str], missing: list[str]
) -> None:
    done = Installation(tmp_path).command("run", **given)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"cuelight: environment variable CUELIGHT_S3_{name} is missing." for name in missing
    ]
    assert SECRET not in done.stderr


def test_nothing_of_a_bucket_is_missing_where_none_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings_with(monkeypatch)
    assert (found["MISSING"], found["STORAGES"]["default"]) == ([], {"BACKEND": "cuelight.catalog.storage.Folder"})


def test_the_command_line_says_that_a_bucket_works_or_why_it_does_not(tmp_path: Path, server: str) -> None:
    store, here = Store(server), Installation(tmp_path)
    here.environment |= store.environment()
    done = here.command("check-pictures")
    assert f"Pictures go to the bucket '{store.bucket}' at {server}, below pavoi/." in done.stdout
    assert done.returncode == 0, done.stderr
    assert "They can be written, read and deleted there." in done.stdout
    store.let_anybody("s3:GetObject", "s3:PutObject")
    done = here.command("check-pictures")
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith("cuelight: Anybody can write into the bucket: a file without a signature was taken.")
    store.let_anybody("s3:ListBucket")
    assert "is not found there (403)" in here.command("check-pictures").stderr
    store.let_anybody("s3:GetObject")
    assert store.names() == []
    done = here.command("check-pictures", CUELIGHT_MEDIA_URL=f"{server}/{store.bucket}/elsewhere/")
    assert "but a file just written is not found there (404)" in done.stderr
    done = here.command("check-pictures", CUELIGHT_S3_BUCKET="no-such-bucket")
    assert done.stderr.startswith(
        f"cuelight: Files cannot be written, read and deleted: There is no bucket 'no-such-bucket' at {server}."
    )
    done = here.command("check-pictures", CUELIGHT_S3_ENDPOINT=f"http://127.0.0.1:{free_port()}")
    assert "does not answer (EndpointConnectionError)" in done.stderr
    assert SECRET not in done.stderr


def test_the_local_folder_is_looked_at_too(media_folder: Path) -> None:
    assert list(picture_commands.problems()) == []
    assert not list(media_folder.rglob("*.png"))


def test_pictures_move_into_the_bucket_as_often_as_one_likes(
    product_id: int,
    media_folder: Path,
    server: str,
    use: Callable[[dict[str, str]], None],
) -> None:
    images = [complete(product_id), add(product_id, picture_bytes(color=(3, 4, 5)))]
    store = Store(server)
    with pytest.raises(Invalid, match="Name the bucket first"):
        picture_commands.move(print)
    use(store.environment())
    said: list[str] = []
    assert picture_commands.move(said.append) == 7
    assert said == ["7 files looked at, 7 copied."]
    assert picture_commands.move(said.append) == 0
    for image in images:
        assert httpx2.get(f"{queries.media_url(image.path)}").content == (media_folder / image.path).read_bytes()
    assert len([1 for _ in Folder().walk()]) == 7


def test_a_refused_key_is_named_as_such_and_never_quoted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket: Any = storages["default"]
    refusing = ThreadedRefusal()
    try:
        bucket.endpoint_url = refusing.address
        with pytest.raises(PlaceAway) as told:
            bucket.exists("products/1/full/x.jpg")
        with pytest.raises(PlaceAway) as told_of_writing:
            bucket.save("products/1/full/x.jpg", BytesIO(b"x"))
    finally:
        refusing.stop()
    assert "refuses the key" in str(told.value)
    assert "refuses the key" in str(told_of_writing.value)
    assert SECRET not in str(told.value)
    assert KEY not in str(told_of_writing.value)


class ThreadedRefusal:
    """A store that refuses everything, over HTTP."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                body = b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>"
                self.send_response(403)
                self.send_header("Content-Length", str(0 if self.command == "HEAD" else len(body)))
                self.end_headers()
                self.wfile.write(b"" if self.command == "HEAD" else body)

            do_PUT = do_GET = do_HEAD = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def test_products_of_a_studio_that_is_erased_leave_no_file(studio: Studio, product_id: int, store: Store) -> None:
    complete(product_id)
    actions.remove_image(add(product_id).pk)
    assert len(store.names()) == 7
    actions.erase_studio(studio.pk)
    assert store.names() == []
    assert not Product.objects.exists()
