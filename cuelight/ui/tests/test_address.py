"""Where a request comes from: what a proxy says counts if the proxy is one of ours, and nobody else's word does."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from cuelight.live.proxies import came_encrypted, read_address
from cuelight.ui.address import NOWHERE, client_address, resolve

OURS = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]


@pytest.fixture(autouse=True)
def proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = OURS


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # no proxy of ours: anybody can write the header
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "127.0.0.1, 203.0.113.9", "203.0.113.9"),  # what is left of it the client made up
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2, 10.0.0.3", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),  # somebody inside
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:54321", "203.0.113.9"),
        ("10.0.0.1", "[2001:db9::7]:54321", "2001:db9::7"),
        ("10.0.0.1", "2001:db9::7", "2001:db9::7"),
        ("2001:db8::1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),  # a socket for both kinds
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        ("", "", NOWHERE),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours(peer: str, forwarded: str, client: str) -> None:
    assert resolve(peer, forwarded) == client


def test_without_proxies_of_ours_the_header_is_never_read(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    assert resolve("127.0.0.1", "203.0.113.9") == "127.0.0.1"


def test_two_people_behind_one_proxy_are_two(settings: Settings) -> None:
    """T20: a lock by address must not lock the whole studio."""
    ask = RequestFactory()
    found = [
        client_address(ask.get("/sign-in", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": who}))
        for who in ("203.0.113.9", "203.0.113.10", "1.1.1.1, 203.0.113.9")
    ]
    assert found == ["203.0.113.9", "203.0.113.10", "203.0.113.9"]


def test_the_header_is_the_one_that_was_configured(settings: Settings) -> None:
    settings.PROXY_HEADER = "CF-Connecting-IP"
    sent = {"x-forwarded-for": "1.1.1.1", "cf-connecting-ip": "203.0.113.9"}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=sent)) == "203.0.113.9"


@given(st.text(max_size=60), st.text(max_size=200))
def test_whatever_is_sent_there_is_an_address(peer: str, forwarded: str) -> None:
    found = resolve(peer, forwarded)
    assert read_address(found) is not None


@given(st.text(max_size=100))
def test_nobody_outside_becomes_somebody_else(forwarded: str) -> None:
    assert resolve("203.0.113.9", forwarded) == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "said", "encrypted"),
    [
        ("10.0.0.1", "https", True),
        ("10.0.0.1", "HTTPS", True),
        ("10.0.0.1", "https, https", True),
        ("::ffff:10.0.0.1", "https", True),
        ("10.0.0.1", "", False),
        ("10.0.0.1", "http", False),
        ("10.0.0.1", "https,http", False),
        ("10.0.0.1", "http,https", False),
        ("10.0.0.1", "https,", False),
        ("203.0.113.9", "https", False),
        ("", "https", False),
    ],
)
def test_encrypted_is_what_every_proxy_says_is(peer: str, said: str, encrypted: bool) -> None:
    assert came_encrypted(peer, said, OURS) is encrypted
