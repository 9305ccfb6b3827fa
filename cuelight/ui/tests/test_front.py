"""What everybody may read without signing in."""

import pytest
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.models import Person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/terms", "/privacy", "/sign-in", "/sign-up", "/password-reset", "/offline"])
def test_a_page_for_everybody_needs_no_sign_in(client: Client, settings: Settings, path: str) -> None:
    settings.DEMO = False
    answer = client.get(path)
    assert (answer.status_code, b"<h1" in answer.content) == (200, True)


@pytest.mark.parametrize("path", ["/home", "/dashboard", "/sessions", "/imports", "/account"])
def test_the_studio_asks_who_one_is(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/sign-in?next={path}"


def test_who_is_signed_in_goes_on_to_the_studio(client: Client, producer: Person) -> None:
    client.force_login(producer)
    assert client.get("/")["Location"] == "/home"
    assert client.get("/terms").status_code == 200


def test_the_front_page_leads_to_what_there_is(client: Client, settings: Settings) -> None:
    assert b"Open the demo" in client.get("/").content
    settings.DEMO = False
    page = client.get("/").content
    assert (b'href="/sign-up"' in page, b'href="/sign-in"' in page, b"Open the demo" in page) == (True, True, False)
    settings.SIGN_UP = "invited"
    assert b'href="/sign-up"' not in client.get("/").content


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("ops@studio.example", b'href="mailto:ops@studio.example"'),
        ("https://studio.example/imprint", b'href="https://studio.example/imprint"'),
        ("Room 12", b"Room 12"),
        ("<b>x", b"&lt;b&gt;x"),
    ],
)
def test_whoever_runs_it_can_be_reached(client: Client, settings: Settings, contact: str, shown: bytes) -> None:
    settings.CONTACT = contact
    for path in ("/terms", "/privacy", "/"):
        assert shown in client.get(path).content
