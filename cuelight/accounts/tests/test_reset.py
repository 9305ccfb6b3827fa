"""A forgotten password: a link by mail, good once and for an hour, that ends every sign-in."""

from time import time
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cuelight.accounts import actions
from cuelight.accounts.models import AuditEntry, Person
from cuelight.accounts.tests.mailbox import is_in, mails

pytestmark = pytest.mark.django_db

OLD, NEW = "a long secret phrase", "quite another phrase"


@pytest.fixture
def mia(settings: Settings) -> Person:
    settings.DEMO = False
    return Person.objects.get(pk=actions.create_person("mia@studio.example", "Mia", OLD))


def link(browser: Client, email: str = "mia@studio.example") -> str:
    done = browser.post("/password-reset", {"email": email})
    assert (done.status_code, done["Location"]) == (302, "/password-reset/sent")
    return mails()[-1].link()


def sign_in(password: str) -> Client:
    browser = Client()
    browser.post("/sign-in", {"login": "mia@studio.example", "password": password})
    return browser


def test_a_new_password_by_a_link(client: Client, mia: Person) -> None:
    to_form = client.get(link(client))
    assert to_form.status_code == 302
    form = to_form["Location"]
    assert form.endswith("/set-password")  # the key leaves the address, and the history, at once
    assert b"New password" in client.get(form).content
    short = client.post(form, {"password1": "short"})
    assert (short.status_code, b"too short" in short.content) == (422, True)
    done = client.post(form, {"password1": NEW})
    assert (done.status_code, done["Location"]) == (302, "/password-reset/done")
    assert not is_in(client)
    assert not is_in(sign_in(OLD))
    assert is_in(sign_in(NEW))
    assert mails()[-1].subject == "Your password was changed"
    assert AuditEntry.objects.filter(kind="password_reset", person_id=mia.pk).count() == 1


def test_every_sign_in_ends_with_a_reset(client: Client, mia: Person) -> None:
    elsewhere = sign_in(OLD)
    assert is_in(elsewhere)
    client.post(client.get(link(client))["Location"], {"password1": NEW})
    assert not is_in(elsewhere)


def test_a_link_resets_once(client: Client, mia: Person) -> None:
    """Whoever finds it in a mailbox or a history later has nothing."""
    address = link(client)
    client.post(client.get(address)["Location"], {"password1": NEW})
    thief = Client()
    assert b"not good any more" in thief.get(address).content
    form = address.rpartition("/")[0] + "/set-password"
    assert b"not good any more" in thief.post(form, {"password1": "the phrase of a thief"}).content
    assert is_in(sign_in(NEW))


def test_the_form_is_of_no_use_without_the_link(client: Client, mia: Person) -> None:
    form = client.get(link(client))["Location"]
    assert b"not good any more" in Client().post(form, {"password1": NEW}).content
    assert is_in(sign_in(OLD))


def test_a_link_runs_out_after_an_hour_and_with_every_change(client: Client, mia: Person) -> None:
    address = link(client)
    with mock.patch("django.contrib.auth.tokens.PasswordResetTokenGenerator._now") as now:
        from datetime import datetime  # noqa: PLC0415

        now.return_value = datetime.fromtimestamp(time() + 3601)  # noqa: DTZ006
        assert b"not good any more" in client.get(address).content
    sign_in(OLD)  # a sign-in meanwhile: whoever remembers the password needs no reset
    assert b"not good any more" in client.get(address).content


@pytest.mark.parametrize("place", ["person", "key", "short"])
def test_a_changed_link_resets_nothing(client: Client, mia: Person, place: str) -> None:
    tom = Person.objects.get(pk=actions.create_person("tom@studio.example", "Tom", OLD))
    address = link(client)
    _, _, uid, key = address.split("/")
    changed = {
        "person": address.replace(f"/{uid}/", f"/{_base36(tom.pk)}/"),
        "key": address[:-1] + ("0" if key[-1] != "0" else "1"),
        "short": address[:-4],
    }[place]
    answer = client.get(changed)
    assert (answer.status_code, b"not good any more" in answer.content) == (200, True)


def _base36(number: int) -> str:
    from django.utils.http import int_to_base36  # noqa: PLC0415

    return int_to_base36(number)


def test_nobody_learns_who_has_an_account(client: Client, mia: Person) -> None:
    known = client.post("/password-reset", {"email": "mia@studio.example"})
    unknown = Client().post("/password-reset", {"email": "nobody@studio.example"})
    assert (known.status_code, known["Location"], known.content) == (
        unknown.status_code,
        unknown["Location"],
        unknown.content,
    )
    first, second = mails()
    assert (first.subject, second.subject) == ("A new password", "No account with this address")
    assert "/password-reset/" not in second.body


def test_asking_for_an_unknown_address_is_about_as_much_work(mia: Person) -> None:
    costs = []
    for email in ("mia@studio.example", "nobody@studio.example"):
        with (
            CaptureQueriesContext(connection) as asked,
            mock.patch("django.contrib.auth.hashers.Argon2PasswordHasher.encode") as hashed,
        ):
            Client().post("/password-reset", {"email": email})
        costs.append((len(asked), hashed.call_count))
    assert costs[0][1] == costs[1][1] == 0
    assert abs(costs[0][0] - costs[1][0]) <= 4, costs


def test_a_mailbox_that_was_only_typed_in_resets_nothing(client: Client, mia: Person) -> None:
    """Mia mistypes her second address: its owner must not get into her account."""
    EmailAddress.objects.create(user=mia, email="stranger@elsewhere.example", verified=False)
    client.post("/password-reset", {"email": "stranger@elsewhere.example"})
    assert mails()[-1].subject == "No account with this address"
    EmailAddress.objects.filter(email="stranger@elsewhere.example").update(verified=True)
    client.post("/password-reset", {"email": "stranger@elsewhere.example"})
    assert mails()[-1].subject == "A new password"


@pytest.mark.parametrize("change", [{"kind": "station"}, {"kind": "guest"}, {"is_active": False}])
def test_only_people_reset_a_password(client: Client, mia: Person, change: dict[str, object]) -> None:
    Person.objects.update(**change)
    client.post("/password-reset", {"email": "mia@studio.example"})
    assert mails()[-1].subject == "No account with this address"


def test_a_link_begins_with_our_own_address_whatever_the_request_calls_us(mia: Person, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Client().post("/password-reset", {"email": "mia@studio.example"}, headers={"Host": "evil.example"})
    assert "evil.example" not in mails()[-1].body


def test_nobodys_mailbox_is_flooded(client: Client, mia: Person) -> None:
    for _ in range(5):
        link(client)
    assert client.post("/password-reset", {"email": "mia@studio.example"}).status_code == 429
    assert len(mails()) == 5


def test_a_reset_opens_the_lock_of_wrong_passwords(client: Client, mia: Person) -> None:
    for _ in range(6):
        sign_in("wrong")
    assert not is_in(sign_in(OLD))
    client.post(client.get(link(client))["Location"], {"password1": NEW})
    assert is_in(sign_in(NEW))
