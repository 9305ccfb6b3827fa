"""Pictures come from public addresses only, whole, in order, and within bounds."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Thread
from typing import Any

import httpcore2
import pytest
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.catalog import downloading, fetching, pictures
from cuelight.catalog.models import PictureToFetch, ProductImage
from cuelight.catalog.tests.conftest import picture_bytes
from cuelight.errors import Invalid


class Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
            return
        if self.path == "/mine" and self.headers["Authorization"] != "Basic bWU6YSBi":
            self.send_error(401)
            return
        answers = {
            "/mine": b"mine",
            "/red.jpg": picture_bytes(),
            "/blue.png": picture_bytes(kind="PNG", color=(0, 0, 255)),
            "/page": b"<html>",
        }
        body = b"x" * (pictures.LARGEST_FILE + 5) if self.path == "/huge" else answers.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        with suppress(OSError):  # it may have read enough
            self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[str]:
    """Pictures at an address of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def may_fetch_here(settings: Settings) -> None:
    settings.PICTURE_NETWORKS = [ip_network("127.0.0.1/32")]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "2002:7f00:1::"],
)  # fmt: skip
def test_only_public_addresses_are_allowed(address: str) -> None:
    assert not downloading.allowed(ip_address(address))
    assert downloading.allowed(ip_address("93.184.216.34"))


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://", "http://[::1", "http://x:99999/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        downloading.download(url)


def test_this_machine_is_not_reached_by_name_nor_number(shop: str) -> None:
    for url in (f"{shop}/red.jpg", f"{shop.replace('127.0.0.1', 'localhost')}/red.jpg"):
        with pytest.raises(Invalid, match="not a public one"):
            downloading.download(url)


def test_a_redirect_is_looked_at_like_an_address(shop: str, may_fetch_here: None) -> None:
    assert downloading.download(f"{shop}/away?{shop}/red.jpg") == picture_bytes()
    with pytest.raises(Invalid, match="not a public one"):
        downloading.download(f"{shop}/away?http://169.254.169.254/latest/meta-data")
    with pytest.raises(Invalid, match="again and again"):
        downloading.download(f"{shop}/away?/away?/away?/away?/away?/red.jpg")


def test_a_name_and_a_password_of_the_address_are_told(shop: str, may_fetch_here: None) -> None:
    assert downloading.download(f"{shop.replace('//', '//me:a%20b@')}/mine") == b"mine"
    with pytest.raises(downloading.NotFetched, match="answers 401") as refused:
        downloading.download(f"{shop}/mine")
    assert not refused.value.may_pass


def test_too_much_is_too_much(shop: str, may_fetch_here: None) -> None:
    with pytest.raises(Invalid, match="larger than"):
        downloading.download(f"{shop}/huge")


def test_a_name_that_leads_into_our_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolves(host: str, port: int, **_: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("192.168.1.1", port))]

    connected: list[str] = []
    monkeypatch.setattr("socket.getaddrinfo", resolves)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", lambda _self, host, *_: connected.append(host))
    with pytest.raises(Invalid, match="not a public one"):
        downloading.download("https://cdn.shop.example/a.png")
    assert connected == []


def test_it_connects_to_the_address_it_has_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolves(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34", port))]

    def connects(_self: object, host: str, *_: object) -> None:
        asked.append(host)
        raise httpcore2.ConnectError("no network in tests")

    monkeypatch.setattr("socket.getaddrinfo", resolves)
    monkeypatch.setattr(httpcore2.SyncBackend, "connect_tcp", connects)
    with pytest.raises(downloading.NotFetched, match="Nothing answers") as refused:
        downloading.download("https://cdn.shop.example/a.png")
    assert refused.value.may_pass
    assert asked[:2] == ["cdn.shop.example", "93.184.216.34"]


def test_pictures_come_in_their_order_and_what_cannot_be_had_says_why(
    shop: str, may_fetch_here: None, studio: Studio, product_id: int, media_folder: Path
) -> None:
    for place, name in enumerate(["red.jpg", "page", "gone.jpg", "blue.png"], start=1):
        PictureToFetch.objects.create(
            studio=studio, product_id=product_id, position=place, url=f"{shop}/{name}", alt_text=name
        )
    assert fetching.fetch_some(studio.pk) == 4
    images = ProductImage.objects.filter(product_id=product_id).order_by("position")
    assert list(images.values_list("alt_text", "source_url")) == [
        ("red.jpg", f"{shop}/red.jpg"), ("blue.png", f"{shop}/blue.png"),
    ]  # fmt: skip
    assert dict(PictureToFetch.objects.values_list("alt_text", "error")) == {
        "page": "This is a web page, no picture that can be shown; use a JPEG, PNG or WebP.",
        "gone.jpg": "The address answers 404.",
    }
    assert fetching.fetch_some(studio.pk) == 0
