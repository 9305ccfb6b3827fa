"""Time-based codes: after the password, each good once; and recovery codes for the day the phone is gone."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from cuelight.accounts import actions
from cuelight.accounts.models import AuditEntry, Person
from cuelight.accounts.tests.mailbox import is_in, mails

pytestmark = pytest.mark.django_db

PASSWORD = "a long secret phrase"


def code(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def mia(settings: Settings) -> Person:
    settings.DEMO = False
    return Person.objects.get(pk=actions.create_person("mia@studio.example", "Mia", PASSWORD))


def signed_in() -> Client:
    browser = Client()
    browser.post("/sign-in", {"login": "mia@studio.example", "password": PASSWORD})
    return browser


@pytest.fixture
def secret(mia: Person) -> str:
    """Mia's codes are on."""
    browser = signed_in()
    browser.post("/reauthenticate", {"password": PASSWORD})
    page = browser.get("/account/codes/on").content.decode()
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)
    assert found is not None
    done = browser.post("/account/codes/on", {"code": code(found[1])})
    assert (done.status_code, done["Location"]) == (302, "/account/codes/recovery")
    return found[1]


def recovery_codes() -> list[str]:
    row = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    unused: list[str] = row.wrap().get_unused_codes()
    return unused


def test_turning_codes_on_wants_the_password_first(client: Client, mia: Person) -> None:
    browser = signed_in()
    assert browser.get("/account/codes/on")["Location"] == "/reauthenticate?next=%2Faccount%2Fcodes%2Fon"
    wrong = browser.post("/reauthenticate", {"password": "wrong"})
    assert (wrong.status_code, b"That is not your password." in wrong.content) == (422, True)
    done = browser.post("/reauthenticate?next=/account/codes/on", {"password": PASSWORD})
    assert done["Location"] == "/account/codes/on"
    page = browser.get("/account/codes/on").content
    assert b'src="data:image/svg+xml;base64,' in page
    refused = browser.post("/account/codes/on", {"code": "000000"})
    assert (refused.status_code, b"That code is wrong" in refused.content) == (422, True)
    assert not Authenticator.objects.exists()


def test_the_secret_of_the_codes_is_kept_sealed(mia: Person, secret: str) -> None:
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in rows
    for one in recovery_codes():
        assert one not in rows


def test_codes_that_cannot_be_checked_let_nobody_in(mia: Person, secret: str) -> None:
    browser = signed_in()
    Authenticator.objects.filter(type="totp").update(data={"secret": "sealed by another installation"})
    answer = browser.post("/sign-in/code", {"code": code(secret)})
    assert (answer.status_code, b"cannot be checked" in answer.content) == (422, True)
    assert not is_in(browser)


@pytest.mark.django_db(transaction=True)
def test_after_the_password_comes_the_code(mia: Person, secret: str) -> None:
    cache.clear()
    browser = Client()
    done = browser.post("/sign-in", {"login": "mia@studio.example", "password": PASSWORD, "next": "/sessions"})
    assert (done.status_code, done["Location"]) == (302, "/sign-in/code")
    assert not is_in(browser)
    assert browser.get("/account").status_code == 302
    wrong = browser.post("/sign-in/code", {"code": "000000"})
    assert (wrong.status_code, b"That code is wrong" in wrong.content) == (422, True)
    done = browser.post("/sign-in/code", {"code": code(secret)})
    assert (done.status_code, done["Location"]) == (302, "/sessions")
    assert is_in(browser)
    assert AuditEntry.objects.filter(kind="sign_in").latest("id").detail == {"method": "password+codes"}
    assert AuditEntry.objects.filter(kind="codes_on", person_id=mia.pk).count() == 1
    assert mails()[-1].subject == "Codes are on"


def test_a_code_is_good_once(mia: Person, secret: str) -> None:
    """Whoever looks over a shoulder has nothing."""
    cache.clear()
    now = code(secret)
    signed_in().post("/sign-in/code", {"code": now})
    thief = signed_in()
    assert thief.post("/sign-in/code", {"code": now}).status_code == 422
    assert not is_in(thief)


@pytest.mark.parametrize("steps", [-3, 3, 100])
def test_an_old_code_is_none(mia: Person, secret: str, steps: int) -> None:
    browser = signed_in()
    assert browser.post("/sign-in/code", {"code": code(secret, steps=steps)}).status_code == 422
    assert not is_in(browser)


def test_nobody_tries_all_codes(mia: Person, secret: str) -> None:
    cache.clear()
    for n in range(5):
        assert signed_in().post("/sign-in/code", {"code": f"{n:06}"}).status_code == 422
    answer = signed_in().post("/sign-in/code", {"code": code(secret)})
    assert (answer.status_code, b"Too many tries" in answer.content) == (422, True)
    assert AuditEntry.objects.filter(kind="sign_in_failed", person_id=mia.pk).count() == 5


def test_a_recovery_code_is_as_good_as_the_phone_once(mia: Person, secret: str) -> None:
    [first, *_] = recovery_codes()
    browser = signed_in()
    browser.post("/sign-in/code", {"code": first})
    assert is_in(browser)
    again = signed_in()
    assert again.post("/sign-in/code", {"code": first}).status_code == 422
    assert first not in recovery_codes()


def test_the_page_of_the_code_is_for_who_gave_the_password(client: Client, mia: Person, secret: str) -> None:
    assert client.get("/sign-in/code")["Location"] == "/sign-in"
    assert client.post("/sign-in/code", {"code": code(secret)})["Location"] == "/sign-in"
    assert not is_in(client)


def test_recovery_codes_are_shown_to_who_has_just_proven_who_they_are(mia: Person, secret: str) -> None:
    browser = signed_in()
    browser.post("/sign-in/code", {"code": recovery_codes()[0]})
    shown = recovery_codes()[-1].encode()
    assert shown not in browser.get("/account/codes/recovery").content
    browser.post("/reauthenticate", {"password": PASSWORD})
    assert shown in browser.get("/account/codes/recovery").content
    assert shown in browser.get("/account/codes/recovery/file").content
    before = recovery_codes()
    assert browser.post("/account/codes/recovery/new")["Location"] == "/account/codes/recovery"
    assert not set(before) & set(recovery_codes())


def test_turning_codes_off_wants_the_password_first(mia: Person, secret: str) -> None:
    browser = signed_in()
    browser.post("/sign-in/code", {"code": recovery_codes()[0]})
    assert browser.post("/account/codes/off")["Location"].startswith("/reauthenticate")
    assert Authenticator.objects.exists()
    browser.post("/reauthenticate", {"password": PASSWORD})
    browser.post("/account/codes/off")
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.filter(kind="codes_off", person_id=mia.pk).count() == 1
    assert mails()[-1].subject == "Codes are off"
    assert is_in(signed_in())
