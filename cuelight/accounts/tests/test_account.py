"""One's own account: name, addresses, password, and the way out."""

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from cuelight.accounts import actions, links, queries
from cuelight.accounts.models import AuditEntry, Membership, Person, Studio
from cuelight.accounts.tests.mailbox import is_in, mails

pytestmark = pytest.mark.django_db

PASSWORD = "a long secret phrase"
PAGES = (
    "/account",
    "/account/email",
    "/account/password",
    "/account/codes",
    "/account/devices",
    "/account/connections",
    "/account/erase",
)


@pytest.fixture
def mia(settings: Settings) -> Person:
    settings.DEMO = False
    return Person.objects.get(pk=actions.create_person("mia@studio.example", "Mia", PASSWORD))


@pytest.fixture
def browser(mia: Person) -> Client:
    client = Client()
    client.post("/sign-in", {"login": "mia@studio.example", "password": PASSWORD})
    return client


@pytest.fixture
def sure(browser: Client) -> Client:
    """Mia, who has typed her password a moment ago."""
    browser.post("/reauthenticate", {"password": PASSWORD})
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_ones_own_pages_are_for_people_who_are_signed_in(browser: Client, mia: Person, path: str) -> None:
    assert browser.get(path).status_code == 200
    assert Client().get(path)["Location"] == f"/sign-in?next={path}"
    for kind in (Person.Kind.STATION, Person.Kind.GUEST):
        Person.objects.update(kind=kind)
        assert browser.get(path).status_code == 403


def test_a_name_is_changed(browser: Client, mia: Person) -> None:
    assert browser.post("/account", {"name": "  Mia\nMüller "})["Location"] == "/account"
    assert Person.objects.get().name == "Mia Müller"
    assert b"Your name was changed." in browser.get("/account").content
    refused = browser.post("/account", {"name": "", "is_staff": "on", "email": "x@y.example"})
    assert (refused.status_code, b"This field is required." in refused.content) == (422, True)
    assert Person.objects.values_list("name", "is_staff", "email").get() == ("Mia Müller", False, "mia@studio.example")


def test_another_address_is_confirmed_before_it_can_be_the_main_one(sure: Client, mia: Person) -> None:
    assert sure.post("/account/email", {"action_add": "", "email": "mia@home.example"})["Location"] == "/account/email"
    assert b"Not confirmed" in sure.get("/account/email").content
    sure.post("/account/email", {"action_primary": "", "email": "mia@home.example"})
    assert Person.objects.get().email == "mia@studio.example"
    sure.post(mails()[-1].link())
    sure.post("/account/email", {"action_primary": "", "email": "mia@home.example"})
    assert Person.objects.get().email == "mia@home.example"
    assert (mails()[-1].to, mails()[-1].subject) == ("mia@studio.example", "Your main address was changed")
    assert AuditEntry.objects.filter(kind="email_changed", person_id=mia.pk).exists()
    sure.post("/account/email", {"action_remove": "", "email": "mia@home.example"})
    assert EmailAddress.objects.count() == 2  # the main one stays
    sure.post("/account/email", {"action_remove": "", "email": "mia@studio.example"})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["mia@home.example"]


def test_addresses_are_changed_by_who_has_just_typed_the_password(browser: Client, mia: Person) -> None:
    done = browser.post("/account/email", {"action_add": "", "email": "mia@home.example"})
    assert done["Location"].startswith("/reauthenticate")
    assert EmailAddress.objects.count() == 1
    done = browser.post("/reauthenticate", {"password": PASSWORD, "next": "/account/email"})
    assert done["Location"] == "/account/email"
    assert EmailAddress.objects.count() == 2  # what was asked for before is done now


def test_somebody_elses_address_is_not_taken_and_not_told(sure: Client, mia: Person) -> None:
    actions.create_person("tom@studio.example", "Tom", PASSWORD)
    known = sure.post("/account/email", {"action_add": "", "email": "tom@studio.example"})
    unknown = sure.post("/account/email", {"action_add": "", "email": "new@studio.example"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    cache.clear()
    link = next(mail.link() for mail in mails() if mail.to == "tom@studio.example")
    sure.post(link)  # even if Tom's mailbox were read
    assert EmailAddress.objects.get(email="tom@studio.example", verified=True).user.name == "Tom"


def test_nobody_touches_somebody_elses_address(sure: Client, mia: Person) -> None:
    actions.create_person("tom@studio.example", "Tom", PASSWORD)
    for action in ("action_remove", "action_primary", "action_send"):
        sure.post("/account/email", {action: "", "email": "tom@studio.example"})
    tom = EmailAddress.objects.get(email="tom@studio.example")
    assert (tom.user.name, tom.primary, tom.verified) == ("Tom", True, True)


def test_a_changed_password_signs_out_everywhere_else(browser: Client, mia: Person) -> None:
    elsewhere, by_link = Client(), Client()
    elsewhere.post("/sign-in", {"login": "mia@studio.example", "password": PASSWORD})
    by_link.get(links.make(mia.pk, "/"))
    wrong = browser.post("/account/password", {"oldpassword": "wrong", "password1": "quite another phrase"})
    assert (wrong.status_code, b"not your present password" in wrong.content) == (422, True)
    form = {"oldpassword": PASSWORD, "password1": "quite another phrase"}
    assert browser.post("/account/password", form)["Location"] == "/account"
    assert is_in(browser)
    assert not is_in(elsewhere)
    assert not is_in(by_link)
    assert mails()[-1].subject == "Your password was changed"
    assert AuditEntry.objects.filter(kind="password_changed", person_id=mia.pk).count() == 1


def test_who_came_by_a_link_sets_a_first_password(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    client.get(links.make(actions.create_person("tom@studio.example", "Tom"), "/"))
    assert client.get("/account/password")["Location"] == "/account/password/first"
    assert client.post("/account/password/first", {"password1": "short"}).status_code == 422
    assert client.post("/account/password/first", {"password1": PASSWORD})["Location"] == "/account"
    fresh = Client()
    fresh.post("/sign-in", {"login": "tom@studio.example", "password": PASSWORD})
    assert is_in(fresh)


def test_passwords_are_kept_by_argon2(mia: Person) -> None:
    assert mia.password.startswith("argon2$argon2id$")


# Erasing


def test_an_erased_account_is_nobodys(browser: Client, mia: Person, studio: Studio, admin: Person) -> None:
    own = actions.create_personal_studio(mia.pk)
    Membership.objects.create(person=mia, studio=studio, role="host")
    wrong = browser.post("/account/erase", {"proof": "wrong"})
    assert (wrong.status_code, b"That is not your password." in wrong.content) == (422, True)
    done = browser.post("/account/erase", {"proof": PASSWORD})
    assert (done.status_code, done["Location"]) == (302, "/sign-in")
    assert done["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(browser)
    gone = Person.objects.get(pk=mia.pk)
    assert (gone.name, gone.email, gone.is_active, gone.has_usable_password()) == ("Erased person", None, False, False)
    assert not EmailAddress.objects.exists()
    assert not UserSession.objects.exists()
    assert not any(row.get_decoded().get("_auth_user_id") for row in Session.objects.all())
    assert queries.roles_by_studio(mia.pk) == {}
    assert Studio.objects.get(pk=own).deleted_at is not None
    assert Studio.objects.get(pk=studio.pk).deleted_at is None
    assert AuditEntry.objects.filter(kind="account_erased", person_id=mia.pk).count() == 1
    assert "mia@studio.example" not in str(list(AuditEntry.objects.values_list()))
    assert Client().get(links.make(mia.pk, "/")).status_code == 422


def test_the_address_of_an_erased_account_is_free(browser: Client, mia: Person) -> None:
    browser.post("/account/erase", {"proof": PASSWORD})
    Client().post("/sign-up", {"name": "Mia", "email": "mia@studio.example", "password1": PASSWORD})
    assert mails()[-1].subject == "Confirm your address"


def test_the_only_admin_of_others_stays(browser: Client, mia: Person, studio: Studio, host: Person) -> None:
    Membership.objects.create(person=mia, studio=studio, role="admin")
    answer = browser.post("/account/erase", {"proof": PASSWORD})
    assert (answer.status_code, b"You are the only admin of Pavoi Live." in answer.content) == (422, True)
    assert Person.objects.get(pk=mia.pk).is_active
    Membership.objects.create(person=host, studio=studio, role="admin")
    assert browser.post("/account/erase", {"proof": PASSWORD}).status_code == 302


def test_a_studios_devices_are_nobody_who_could_run_it(
    browser: Client, mia: Person, studio: Studio, host: Person
) -> None:
    Membership.objects.create(person=mia, studio=studio, role="admin")
    Person.objects.filter(pk=host.pk).update(kind=Person.Kind.STATION, email=None)
    browser.post("/account/erase", {"proof": PASSWORD})
    assert Studio.objects.get(pk=studio.pk).deleted_at is not None
    assert queries.roles(host.pk, studio.pk) == frozenset()


def test_who_has_no_password_types_the_address(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    tom = actions.create_person("tom@studio.example", "Tom")
    client.get(links.make(tom, "/"))
    assert b"Type tom@studio.example to go on" in client.get("/account/erase").content
    assert client.post("/account/erase", {"proof": "something"}).status_code == 422
    assert client.post("/account/erase", {"proof": "Tom@studio.example"}).status_code == 302
    assert not Person.objects.get(pk=tom).is_active


def test_nobody_tries_all_passwords_on_it(browser: Client, mia: Person) -> None:
    for _ in range(10):
        browser.post("/account/erase", {"proof": "wrong"})
    assert browser.post("/account/erase", {"proof": PASSWORD}).status_code == 429
    assert Person.objects.get().is_active


def test_looking_erases_nothing(browser: Client, mia: Person) -> None:
    assert b"This cannot be undone." in browser.get("/account/erase").content
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/account/erase", {"proof": PASSWORD}).status_code == 403
    assert Person.objects.get().is_active
