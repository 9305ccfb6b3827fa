"""How long a request may be: Django keeps all of it on disk before it asks who sent it."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import secret_of_token
from cuelight.asgi import Application
from cuelight.live.db import run_db
from cuelight.request_limits import FORM_BYTES, limited

CHUNK = 1 << 20


class Upload:
    """The importer's form with a file of so many bytes on its way in, and what is answered."""

    def __init__(self, size: int, **headers: str) -> None:
        self.read = 0
        self.status: int | None = None
        brand = b'--x\r\nContent-Disposition: form-data; name="new_brand"\r\n\r\nNorth\r\n'
        file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="show.csv"\r\n\r\n'
        body = brand + file + b"n" * size + b"\r\n--x--\r\n"
        self._parts = self._cut(body)
        sent = {"host": "localhost", "content-type": "multipart/form-data; boundary=x", **headers}
        sent["content-length"] = str(len(body))
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "path": "/imports",
            "raw_path": b"/imports",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "server": ("localhost", 80),
            "client": ("203.0.113.9", 1),
        }

    async def receive(self) -> Mapping[str, Any]:
        part = next(self._parts, None)
        if part is None:
            await asyncio.Event().wait()  # the browser stays for the answer
            raise AssertionError("unreachable")
        self.read += len(part["body"])
        return part

    async def send(self, message: Mapping[str, Any]) -> None:
        self.status = message.get("status", self.status)

    @staticmethod
    def _cut(body: bytes) -> Iterator[Mapping[str, Any]]:
        for start in range(0, len(body), CHUNK):
            part = body[start : start + CHUNK]
            yield {"type": "http.request", "body": part, "more_body": start + CHUNK < len(body)}


async def test_a_strangers_long_request_is_hung_up_on() -> None:
    upload = Upload(12 * CHUNK)
    await Application()(upload.scope, upload.receive, upload.send)
    assert FORM_BYTES < upload.read <= FORM_BYTES + CHUNK
    assert upload.status is None


@pytest.mark.usefixtures("empty_queue")
async def test_who_is_signed_in_may_upload_a_long_file(producer: Person, tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    browser, csrf = Client(), "a" * 32
    await browser.aforce_login(producer)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    upload = Upload(2 * FORM_BYTES, **{"cookie": f"{cookies}; csrftoken={csrf}", "x-csrftoken": csrf})
    await Application()(upload.scope, upload.receive, upload.send)
    assert upload.status == 302
    assert [path.stat().st_size for path in (tmp_path / "imports").iterdir()] == [2 * FORM_BYTES]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": f"{settings.SESSION_COOKIE_NAME}=made-up"},
        {"authorization": "Bearer made-up"},
        {"authorization": "Basic bWlhOmh1c2g="},
    ],
)
async def test_who_only_looks_signed_in_is_hung_up_on(headers: dict[str, str]) -> None:
    upload = Upload(12 * CHUNK, **headers)
    await Application()(upload.scope, upload.receive, upload.send)
    assert FORM_BYTES < upload.read <= FORM_BYTES + CHUNK


@pytest.mark.django_db(transaction=True)
async def test_only_the_importer_takes_more_than_a_form(studio: Studio) -> None:
    secret = await run_db(secret_of_token, studio.pk, "catalog")
    upload = Upload(12 * CHUNK, authorization=f"Bearer {secret}")
    upload.scope |= {"path": "/sign-out", "raw_path": b"/sign-out"}
    await Application()(upload.scope, upload.receive, upload.send)
    assert upload.read <= FORM_BYTES + CHUNK


async def test_a_request_of_just_the_right_length_is_read_to_its_end() -> None:
    async def receive() -> Mapping[str, Any]:
        return {"type": "http.request", "body": bytes(FORM_BYTES // 2), "more_body": True}

    counted = limited({"path": "/sign-in", "headers": []}, receive)
    assert [(await counted())["type"] for _ in range(3)] == ["http.request", "http.request", "http.disconnect"]


@pytest.mark.usefixtures("empty_queue")
async def test_a_picture_may_be_as_long_as_pictures_are_and_no_longer(studio: Studio) -> None:
    secret = await run_db(secret_of_token, studio.pk, "catalog")
    for size, answered in ((25 * CHUNK, 404), (40 * CHUNK, None)):
        upload = Upload(size, authorization=f"Bearer {secret}", accept="application/json")
        upload.scope |= {"path": "/products/1/images", "raw_path": b"/products/1/images"}
        await Application()(upload.scope, upload.receive, upload.send)
        assert upload.status == answered
        assert upload.read <= 27 * CHUNK
    stranger = Upload(12 * CHUNK)
    stranger.scope |= {"path": "/products/1/images", "raw_path": b"/products/1/images"}
    await Application()(stranger.scope, stranger.receive, stranger.send)
    assert stranger.read <= FORM_BYTES + CHUNK
