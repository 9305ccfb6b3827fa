"""Making an account: an address is confirmed by mail, and nobody learns who has one already."""

from time import time
from unittest import mock

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import signing
from django.test import Client
from pytest_django import Settings

from cuelight.accounts import actions, adapter, queries
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.tests.mailbox import is_in, mails

pytestmark = pytest.mark.django_db

FORM = {"name": "Mia Producer", "email": "Mia@Studio.example", "password1": "a long secret phrase"}


@pytest.fixture(autouse=True)
def not_the_demo(settings: Settings) -> None:
    settings.DEMO = False


def test_an_account_opens_when_its_address_is_confirmed(client: Client) -> None:
    done = client.post("/sign-up", FORM)
    assert (done.status_code, done["Location"]) == (302, "/confirm-email")
    assert b"Open the link in it" in client.get("/confirm-email").content
    assert client.get("/home")["Location"] == "/sign-in?next=/home"
    [mail] = mails()
    assert (mail.to, mail.subject) == ("mia@studio.example", "Confirm your address")
    assert b"Is <strong" in client.get(mail.link()).content
    assert not is_in(client)  # looking at the link is not yet confirming
    done = client.post(mail.link())
    assert (done.status_code, done["Location"]) == (302, "/home")
    assert is_in(client)
    assert list(AuditEntry.objects.order_by("id").values_list("kind", flat=True)) == [
        "studio_created",
        "signed_up",
        "email_confirmed",
        "sign_in",
    ]


def test_somebody_new_has_a_studio_of_their_own(client: Client) -> None:
    Studio.objects.create(name="Mia", slug="mia-producer")
    client.post("/sign-up", FORM)
    person = Person.objects.get(email="mia@studio.example")
    [(studio_id, roles)] = queries.roles_by_studio(person.pk).items()
    studio = queries.studio(studio_id)
    assert (roles, studio["name"], studio["slug"]) == (
        frozenset({"admin"}),
        "Mia Producer's studio",
        "mia-producer-2",
    )


def test_an_unconfirmed_address_does_not_sign_in_and_is_sent_another_link(client: Client) -> None:
    client.post("/sign-up", FORM)
    other = Client()
    done = other.post("/sign-in", {"login": "mia@studio.example", "password": FORM["password1"]})
    assert (done.status_code, done["Location"]) == (302, "/confirm-email")
    assert not is_in(other)
    assert len(mails()) == 1  # not within three minutes of the first


def test_confirming_in_another_browser_confirms_and_signs_nobody_in(client: Client) -> None:
    """A link that was stolen from a mailbox gives no way in."""
    client.post("/sign-up", FORM)
    thief = Client()
    done = thief.post(mails()[0].link())
    assert done["Location"].startswith("/sign-in")
    assert not is_in(thief)
    assert EmailAddress.objects.get().verified


def test_a_link_confirms_once(client: Client) -> None:
    client.post("/sign-up", FORM)
    link = mails()[0].link()
    client.post(link)
    again = Client()
    assert b"not good any more" in again.get(link).content
    assert again.post(link).status_code == 422
    assert not is_in(again)


@pytest.mark.parametrize("change", ["shorter", "longer", "another"])
def test_a_changed_link_confirms_nothing(client: Client, change: str) -> None:
    client.post("/sign-up", FORM)
    link = mails()[0].link()
    link = {"shorter": link[:-1], "longer": f"{link}x", "another": link.replace(":", "-")}[change]
    assert b"not good any more" in client.get(link).content
    client.post(link)
    assert not EmailAddress.objects.get().verified


def test_a_link_confirms_for_three_days(client: Client) -> None:
    client.post("/sign-up", FORM)
    link = mails()[0].link()
    now = time()
    with mock.patch("django.core.signing.time.time", return_value=now + 3 * 86400 + 1):
        assert b"not good any more" in client.get(link).content
        client.post(link)
    assert not EmailAddress.objects.get().verified


def test_a_link_is_good_for_its_own_address_only(client: Client) -> None:
    client.post("/sign-up", FORM)
    address = EmailAddress.objects.get()
    forged = signing.dumps(address.pk, salt="something else")
    assert EmailConfirmationHMAC.from_key(forged) is None


def test_who_has_an_account_already_is_told_by_mail_only(client: Client) -> None:
    actions.create_person("taken@studio.example", "Tom", "a long secret phrase")
    new = client.post("/sign-up", FORM)
    taken = Client().post("/sign-up", FORM | {"email": "taken@studio.example"})
    assert (new.status_code, new["Location"], new.content) == (taken.status_code, taken["Location"], taken.content)
    first, second = mails()
    assert (second.to, second.subject) == ("taken@studio.example", "You have an account already")
    assert Person.objects.filter(email="taken@studio.example").count() == 1
    assert first.to == "mia@studio.example"


def test_of_two_at_once_the_later_is_told_by_mail(client: Client) -> None:
    actions.create_person("mia@studio.example", "Tom", "a long secret phrase")
    with mock.patch("allauth.account.internal.flows.manage_email.email_already_exists") as check:
        check.side_effect = lambda email, **_: (email, False)  # as it was a moment ago
        done = client.post("/sign-up", FORM)
    assert (done.status_code, done["Location"]) == (302, "/confirm-email")
    assert mails()[-1].subject == "You have an account already"
    assert Person.objects.count() == 1


def test_a_taken_address_costs_as_many_hashes_as_a_new_one(client: Client) -> None:
    actions.create_person("taken@studio.example", "Tom", "a long secret phrase")
    counts = []
    for email in ("taken@studio.example", "new@studio.example"):
        with mock.patch(
            "django.contrib.auth.hashers.Argon2PasswordHasher.encode", autospec=True, return_value="argon2$x"
        ) as encode:
            assert Client().post("/sign-up", FORM | {"email": email}).status_code == 302
        counts.append(encode.call_count)
    assert counts == [1, 1]


def test_what_is_posted_beside_the_form_changes_nothing(client: Client) -> None:
    more = {"is_staff": "on", "is_superuser": "on", "kind": "station", "is_active": "", "verified": "on", "id": "1"}
    more |= {"email_verified": "1", "primary": "1", "role": "admin", "user": "1", "joined_at": "2001-01-01"}
    client.post("/sign-up", FORM | more)
    person = Person.objects.get()
    assert (person.is_staff, person.is_superuser, person.kind, person.is_active) == (False, False, "person", True)
    assert not EmailAddress.objects.get().verified
    assert person.joined_at.year > 2020


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", b"This field is required."),
        ("name", "\u200b\u2060", b"letters that can be seen"),
        ("name", "x" * 101, b"at most 100 characters"),
        ("email", "no address", b"Enter a valid email address."),
        ("email", "a@b.example\nBcc: all@b.example", b"Enter a valid email address."),
        ("password1", "short", b"too short"),
        ("password1", "password123", b"too common"),
        ("password1", "mia@studio.exa", b"too similar"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field(client: Client, field: str, value: str, sentence: bytes) -> None:
    answer = client.post("/sign-up", FORM | {field: value})
    assert (answer.status_code, sentence in answer.content) == (422, True)
    assert not Person.objects.exists()
    assert mails() == []


def test_a_name_is_one_line_and_gets_into_no_mail(client: Client) -> None:
    client.post("/sign-up", FORM | {"name": "Mia\r\nBcc: all@elsewhere.example  \x07 see http://evil.example"})
    assert Person.objects.get().name == "Mia Bcc: all@elsewhere.example see http://evil.example"
    assert "evil" not in mails()[0].body + mails()[0].subject + mails()[0].to


def test_by_invitation_only(client: Client, settings: Settings) -> None:
    settings.SIGN_UP = "invited"
    for answer in (client.get("/sign-up"), client.post("/sign-up", FORM)):
        assert (answer.status_code, b"by invitation only" in answer.content) == (403, True)
    assert b"Create an account" not in client.get("/sign-in").content
    session = client.session
    session[adapter.INVITATION] = 7
    session.save()
    assert client.get("/sign-up").status_code == 200
    assert client.post("/sign-up", FORM).status_code == 302
    assert Person.objects.count() == 1


def test_without_a_mail_server_nobody_is_promised_a_mail(client: Client, settings: Settings) -> None:
    settings.MAIL_FOLDER = None
    settings.CONTACT = "ops@studio.example"
    answer = client.post("/sign-up", FORM)
    assert (answer.status_code, b"cannot send mail" in answer.content) == (403, True)
    assert b"ops@studio.example" in answer.content
    assert not Person.objects.exists()
    assert b"cannot send mail" in client.get("/password-reset").content
    assert client.get("/sign-in").status_code == 200


def test_without_a_mail_server_an_invitation_that_came_by_mail_still_makes_an_account(
    client: Client, settings: Settings
) -> None:
    settings.MAIL_FOLDER = None
    session = client.session
    session["account_verified_email"] = FORM["email"]
    session.save()
    assert client.get("/sign-up").status_code == 200
    client.post("/sign-up", FORM)
    assert is_in(client)


def test_the_page_says_in_which_folder_the_mail_is(client: Client, settings: Settings) -> None:
    client.post("/sign-up", FORM)
    assert str(settings.MAIL_FOLDER).encode() in client.get("/confirm-email").content
    settings.REACHABLE = True  # not to strangers
    assert str(settings.MAIL_FOLDER).encode() not in client.get("/confirm-email").content


def test_an_address_that_an_invitation_has_proven_needs_no_mail(client: Client) -> None:
    session = client.session
    session["account_verified_email"] = "mia@studio.example"
    session.save()
    done = client.post("/sign-up", FORM)
    assert (done.status_code, done["Location"]) == (302, "/home")
    assert is_in(client)
    assert mails() == []


def test_an_invitation_proves_its_own_address_only(client: Client) -> None:
    session = client.session
    session["account_verified_email"] = "tom@studio.example"
    session.save()
    assert client.post("/sign-up", FORM)["Location"] == "/confirm-email"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("mia@studio.example", False)]


def test_too_many_accounts_from_one_place(client: Client) -> None:
    for n in range(20):
        assert client.post("/sign-up", FORM | {"email": f"x{n}", "password1": "short"}).status_code == 422
    answer = client.post("/sign-up", FORM)
    assert (answer.status_code, b"Too many tries" in answer.content) == (429, True)
    assert not Person.objects.exists()


def test_who_is_signed_in_makes_no_second_account(client: Client, producer: Person) -> None:
    client.force_login(producer)
    assert client.get("/sign-up")["Location"] == "/home"
