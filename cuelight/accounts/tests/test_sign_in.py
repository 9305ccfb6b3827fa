"""Signing in and out: by click in the demo studio, by link, by password, by token."""

import re
from collections.abc import Callable
from ipaddress import ip_network
from time import time
from unittest import mock

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cuelight.accounts import actions, links, queries
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.tests.mailbox import is_in

PASSWORD = "a long secret phrase"


@pytest.fixture
def demo(studio: Studio) -> dict[str, int]:
    return actions.create_demo_people(studio.pk)


@pytest.fixture
def mia(studio: Studio, settings: Settings) -> Person:
    settings.DEMO = False
    return Person.objects.get(pk=actions.create_person("Mia@Studio.example", "Mia", PASSWORD))


def sign_in(browser: Client, email: str = "mia@studio.example", password: str = PASSWORD, **more: str) -> object:
    return browser.post("/sign-in", {"login": email, "password": password} | more)


def test_a_page_asks_who_one_is_and_leads_back_to_itself(client: Client, demo: dict[str, int]) -> None:
    answer = client.get("/sessions?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=/sessions%3Fx%3D1")
    page = client.get(answer["Location"]).content.decode()
    assert re.findall(r'name="role" value="(\w+)"', page) == ["producer", "host", "admin"]
    done = client.post("/sign-in", {"role": "producer", "next": "/sessions?x=1"})
    assert (done.status_code, done["Location"]) == (302, "/sessions?x=1")
    assert client.get("/sessions").status_code == 200


def test_the_session_gets_a_new_key_when_somebody_signs_in(client: Client, demo: dict[str, int]) -> None:
    client.get("/sign-in")
    client.session["planted"] = "x"
    before = client.session.session_key
    client.post("/sign-in", {"role": "host"})
    assert client.session.session_key != before


@pytest.mark.parametrize("way", ["password", "link", "click"])
def test_a_session_that_was_there_before_is_of_no_use_afterwards(
    client: Client, mia: Person, demo: dict[str, int], settings: Settings, way: str
) -> None:
    """Somebody plants a cookie of their own in another's browser, and waits until it is signed in."""
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = str(session.session_key)
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    if way == "password":
        sign_in(client)
    elif way == "link":
        client.get(links.make(mia.pk, "/"))
    else:
        settings.DEMO = True
        client.post("/sign-in", {"role": "host"})
    assert is_in(client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(thief)


def test_one_click_is_for_the_demo_studio_only(client: Client, demo: dict[str, int], settings: Settings) -> None:
    settings.DEMO = False
    assert b'name="role"' not in client.get("/sign-in").content
    assert client.post("/sign-in", {"role": "producer"}).status_code == 404
    assert client.post("/sign-in", {"role": "no such role"}).status_code == 404


def test_an_unknown_role_is_not_found(client: Client, demo: dict[str, int]) -> None:
    assert client.post("/sign-in", {"role": "cataloger"}).status_code == 404


def test_a_demo_studio_takes_a_password_too(client: Client, studio: Studio) -> None:
    actions.create_person("mia@studio.example", "Mia", PASSWORD)
    assert b'name="login"' in client.get("/sign-in?form=1").content
    wrong = sign_in(client, password="wrong")
    assert b'name="login"' in wrong.content  # type: ignore[attr-defined]
    sign_in(client)
    assert is_in(client)


def test_a_password_signs_in_and_a_wrong_one_says_no_more_than_that(client: Client, mia: Person) -> None:
    for email, password in (("mia@studio.example", "not it at all"), ("nobody@studio.example", PASSWORD)):
        answer = client.post("/sign-in", {"login": email, "password": password})
        assert (answer.status_code, b"E-mail or password is wrong." in answer.content) == (422, True)
        assert f'value="{email}"'.encode() in answer.content  # what was typed is kept
        assert password.encode() not in answer.content
    done = client.post("/sign-in", {"login": "MIA@studio.example", "password": PASSWORD})
    assert (done.status_code, done["Location"]) == (302, "/home")
    assert list(AuditEntry.objects.order_by("id").values_list("kind", "person_id", "detail")) == [
        ("sign_in_failed", None, {"method": "password"}),
        ("sign_in_failed", None, {"method": "password"}),
        ("sign_in", mia.pk, {"method": "password"}),
    ]


def test_a_wrong_password_costs_as_much_as_an_unknown_address(client: Client, mia: Person) -> None:
    """Same answer, same number of hashes, same number of queries: nothing tells who has an account."""
    costs = []
    for email in ("mia@studio.example", "nobody@studio.example"):
        hashed = mock.Mock()
        with (
            CaptureQueriesContext(connection) as asked,
            mock.patch.object(Argon2PasswordHasher, "encode", _counting(Argon2PasswordHasher.encode, hashed)),
            mock.patch.object(Argon2PasswordHasher, "verify", _counting(Argon2PasswordHasher.verify, hashed)),
        ):
            sign_in(Client(), email, "wrong")
        costs.append((hashed.call_count, len(asked)))
    assert costs[0] == costs[1]
    assert costs[0][0] == 1


def _counting(function: Callable[..., object], counter: mock.Mock) -> Callable[..., object]:
    def counted(*args: object, **kwargs: object) -> object:
        counter()
        return function(*args, **kwargs)

    return counted


@pytest.mark.parametrize("kind", [Person.Kind.STATION, Person.Kind.GUEST])
def test_stations_and_guests_have_no_password(client: Client, mia: Person, kind: str) -> None:
    Person.objects.update(kind=kind)
    assert b"E-mail or password is wrong." in sign_in(client).content  # type: ignore[attr-defined]
    assert not is_in(client)


def test_a_closed_account_does_not_open(client: Client, mia: Person) -> None:
    Person.objects.update(is_active=False)
    assert sign_in(client)["Location"] == "/sign-in/inactive"  # type: ignore[index]
    assert not is_in(client)


def test_after_five_wrong_passwords_the_right_one_waits_too(client: Client, mia: Person) -> None:
    for _ in range(5):
        assert b"is wrong" in sign_in(Client(), password="wrong").content  # type: ignore[attr-defined]
    assert b"Too many tries" in sign_in(client).content  # type: ignore[attr-defined]
    assert not is_in(client)
    assert AuditEntry.objects.filter(kind="locked_out").count() == 1
    assert AuditEntry.objects.filter(kind="sign_in_failed").count() == 5
    sign_in(client, "tom@studio.example")
    cache.clear()  # as when the five minutes are over
    sign_in(client)
    assert is_in(client)


def test_an_unknown_address_is_locked_like_a_known_one(client: Client, mia: Person) -> None:
    for _ in range(5):
        sign_in(client, "nobody@studio.example", "wrong")
    answer = sign_in(client, "nobody@studio.example", "wrong")
    assert b"Too many tries" in answer.content  # type: ignore[attr-defined]


def test_the_lock_is_by_the_address_that_our_proxy_says(client: Client, mia: Person, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/m/ip"}
    for n in range(3):
        client.post(
            "/sign-in", {"login": f"x{n}@a.example", "password": "x"}, headers={"X-Forwarded-For": f"10.0.0.{n}"}
        )
    assert b"Too many tries" in sign_in(client).content  # type: ignore[attr-defined]  # anybody may say so
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    client.post(
        "/sign-in", {"login": "mia@studio.example", "password": PASSWORD}, headers={"X-Forwarded-For": "203.0.113.9"}
    )
    assert is_in(client)


def test_the_lock_is_shared_by_all_processes(mia: Person, client: Client) -> None:
    sign_in(client, password="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\t//e.x",
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-in?form=1", "/sign-up", "/password-reset", "/reauthenticate"])
def test_nobody_is_led_elsewhere(client: Client, mia: Person, path: str, elsewhere: str) -> None:
    if path == "/reauthenticate":
        client.force_login(mia)
    page = client.get(path, {"next": elsewhere, "form": "1"}).content.decode()
    assert "evil.example" not in page.replace("%2F", "/")
    if path.startswith("/sign-in"):
        assert sign_in(client, next=elsewhere)["Location"] == "/home"  # type: ignore[index]
    elif path == "/reauthenticate":
        assert client.post(path, {"password": PASSWORD, "next": elsewhere})["Location"] == "/home"
    elif path == "/sign-up":
        form = {"name": "Tom", "email": "tom@studio.example", "password1": PASSWORD, "next": elsewhere}
        assert client.post(path, form)["Location"] == "/confirm-email"
    else:
        form = {"email": "mia@studio.example", "next": elsewhere}
        assert client.post(path, form)["Location"] == "/password-reset/sent"


def test_a_link_signs_in_and_leads_to_its_page(client: Client, demo: dict[str, int]) -> None:
    done = client.get(links.make(demo["host"], "/sessions/1/host"))
    assert (done.status_code, done["Location"]) == (302, "/sessions/1/host")
    assert client.get("/sessions").status_code == 200
    assert AuditEntry.objects.get(kind="sign_in").detail == {"method": "link"}


def test_a_link_that_was_changed_or_whose_person_is_gone_is_refused(client: Client, demo: dict[str, int]) -> None:
    link = links.make(demo["host"], "/sessions/1/host")
    assert client.get(link[:-2]).status_code == 422
    Person.objects.filter(pk=demo["host"]).update(is_active=False)
    answer = client.get(link)
    assert (answer.status_code, b"can no longer sign in" in answer.content) == (422, True)


def test_a_link_that_has_run_out_or_was_signed_for_something_else_is_refused(
    client: Client, demo: dict[str, int]
) -> None:
    link = links.make(demo["host"], "/")
    with mock.patch("django.core.signing.time.time", return_value=time() + links.MAX_AGE_S + 1):
        answer = client.get(link)
    assert (answer.status_code, b"has run out" in answer.content) == (422, True)
    for salt in ("account", "django.core.signing", "invitation"):
        assert client.get(f"/enter/{signing.dumps([demo['host'], '/'], salt=salt)}").status_code == 422
    assert not is_in(client)


def test_a_page_can_ask_whether_anybody_is_signed_in(client: Client, demo: dict[str, int]) -> None:
    assert client.get("/signed-in").json() == {"signed_in": False}
    client.post("/sign-in", {"role": "producer"})
    assert client.get("/signed-in").json() == {"signed_in": True}


def test_signing_out_ends_it(client: Client, demo: dict[str, int]) -> None:
    client.post("/sign-in", {"role": "producer"})
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/sessions").status_code == 302
    assert AuditEntry.objects.get(kind="sign_out").person_id == demo["producer"]


def test_a_token_is_as_good_as_a_cookie_over_http(client: Client, demo: dict[str, int]) -> None:
    studio_id = queries.studio_by_slug()["id"]
    token_id, secret = actions.create_token(studio_id, name="Deck", scopes=["watch"], by=demo["producer"])
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/sessions", headers=headers).status_code == 200
    for wrong in ("Bearer x", "Bearer ", f"Bearer {secret}x"):
        assert client.get("/sessions", headers={"Authorization": wrong}).status_code == 401
    actions.revoke_token(studio_id, token_id)
    assert client.get("/sessions", headers=headers).status_code == 401


def test_a_token_has_no_account(client: Client, demo: dict[str, int]) -> None:
    studio_id = queries.studio_by_slug()["id"]
    _, secret = actions.create_token(studio_id, name="Deck", scopes=["control"], by=demo["producer"])
    for path in ("/account", "/account/email", "/account/devices", "/account/erase", "/reauthenticate"):
        assert client.get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 404


def test_a_form_without_its_token_is_refused(demo: dict[str, int]) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in", {"role": "producer"})
    assert (answer.status_code, b"open for too long" in answer.content) == (403, True)


def test_signing_out_takes_from_the_browser_what_it_had_kept(client: Client, producer: Person) -> None:
    client.force_login(producer)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
