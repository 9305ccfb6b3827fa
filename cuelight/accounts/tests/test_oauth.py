"""Signing in with Google, Twitch and GitHub: the whole way, over HTTP, against fakes of them on this machine."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from cuelight.accounts import actions, queries
from cuelight.accounts.models import AuditEntry, Person
from cuelight.accounts.tests.mailbox import is_in, mails
from e2e.fakes.sites import CLIENT, SECRET, SitesFake, Somebody

pytestmark = pytest.mark.django_db

SITES = ("google", "twitch", "github")
#: Those whose word about an address is taken.
VOUCHING = ("google", "github")


@pytest.fixture
def fake(settings: Settings) -> Iterator[SitesFake]:
    with SitesFake() as started:
        settings.DEMO = False
        settings.OAUTH_URLS = dict.fromkeys(SITES, started.base)
        settings.SOCIALACCOUNT_PROVIDERS = {
            site: values | {"APPS": [{"client_id": CLIENT, "secret": SECRET, "key": ""}]}
            for site, values in settings.SOCIALACCOUNT_PROVIDERS.items()
        }
        yield started


def through(browser: Client, site: str, **form: str) -> HttpResponse:
    """Presses the button, goes to the site and comes back with what it says; the answer to that."""
    return browser.get(back(browser, site, **form))  # type: ignore[return-value]


def back(browser: Client, site: str, **form: str) -> str:
    """The address that the site sends a browser back to."""
    to_site = browser.post(f"/oauth/{site}", {"process": "login"} | form)
    assert to_site.status_code == 302, to_site.content
    answer = requests.get(to_site["Location"], allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"http://localhost:4000/oauth/{site}/callback"
    return f"{parts.path}?{parts.query}"


def person(email: str, **fields: object) -> Person:
    return Person.objects.get(pk=actions.create_person(email, "Mia", "a long secret phrase"))


@pytest.mark.parametrize("site", VOUCHING)
def test_somebody_new_comes_in_by_a_site_that_knows_their_address(client: Client, fake: SitesFake, site: str) -> None:
    done = through(client, site, next="/sessions?x=1")
    assert (done.status_code, done["Location"]) == (302, "/sessions?x=1")
    mia = Person.objects.get()
    assert (mia.name, mia.email, mia.kind, mia.has_usable_password()) == (
        "Mia Producer",
        "mia@gmail.com",
        "person",
        False,
    )
    assert EmailAddress.objects.get().verified
    assert [*queries.roles_by_studio(mia.pk).values()] == [frozenset({"admin"})]
    assert AuditEntry.objects.get(kind="sign_in").detail == {"method": site}
    assert is_in(client)


def test_twitch_is_asked_who_it_is_and_the_address_is_confirmed_by_mail(client: Client, fake: SitesFake) -> None:
    done = through(client, "twitch")
    assert (done.status_code, done["Location"]) == (302, "/confirm-email")
    assert not is_in(client)
    assert client.post(mails()[0].link())["Location"] == "/home"
    assert is_in(client)
    assert Person.objects.get().email == "mia@gmail.com"


@pytest.mark.parametrize("site", SITES)
def test_the_second_time_it_is_the_same_person(client: Client, fake: SitesFake, site: str) -> None:
    through(client, site)
    if site not in VOUCHING:
        client.post(mails()[0].link())
    fake.somebody = Somebody(name="Mia Renamed", email="elsewhere@gmail.com")
    again = Client()
    through(again, site)
    assert is_in(again)
    assert Person.objects.get().name == "Mia Producer"
    assert SocialAccount.objects.get().uid == "4711"


@pytest.mark.parametrize("site", SITES)
def test_no_key_of_a_site_is_kept_and_proofs_are_sent_where_they_are_taken(
    client: Client, fake: SitesFake, site: str
) -> None:
    asked = parse_qs(urlsplit(client.post(f"/oauth/{site}", {"process": "login"})["Location"]).query)
    assert ("code_challenge" in asked) == (site != "twitch")
    assert len(asked["state"][0]) >= 16
    through(client, site)
    assert SocialToken.objects.count() == 0
    assert fake.tokens.popitem()[0] not in str(SocialAccount.objects.values_list())


def test_another_site_is_connected_to_the_same_person(client: Client, fake: SitesFake) -> None:
    through(client, "google")
    fake.somebody = Somebody(uid="99", name="mia_on_air", email="other@elsewhere.example")
    for site in ("twitch", "github"):
        done = through(client, site, process="connect")
        assert (done.status_code, done["Location"]) == (302, "/account/connections")
    mia = Person.objects.get()
    assert list(SocialAccount.objects.filter(user=mia).order_by("provider").values_list("provider", flat=True)) == [
        "github",
        "google",
        "twitch",
    ]
    assert mia.email == "mia@gmail.com"
    assert AuditEntry.objects.filter(kind="provider_connected", person_id=mia.pk).count() == 2
    fresh = Client()
    through(fresh, "twitch")
    assert is_in(fresh)
    assert Person.objects.count() == 1


def test_a_sites_account_belongs_to_one_person(client: Client, fake: SitesFake) -> None:
    through(Client(), "google")
    tom = person("tom@studio.example")
    client.force_login(tom)
    reauthenticate(client)
    through(client, "google", process="connect")
    assert b"belongs to somebody else" in client.get("/account/connections").content
    assert not SocialAccount.objects.filter(user=tom).exists()


def reauthenticate(browser: Client) -> None:
    assert browser.post("/reauthenticate", {"password": "a long secret phrase"}).status_code == 302


def test_connecting_wants_the_password_first(client: Client, fake: SitesFake) -> None:
    tom = person("tom@studio.example")
    client.force_login(tom)
    assert through(client, "github", process="connect")["Location"].startswith("/reauthenticate")
    assert not SocialAccount.objects.filter(user=tom).exists()
    done = client.post("/reauthenticate", {"password": "a long secret phrase"})
    assert done["Location"] == "/account/connections"
    assert SocialAccount.objects.filter(user=tom).get().provider == "github"


def test_connecting_is_for_who_is_signed_in(client: Client, fake: SitesFake) -> None:
    assert through(client, "github", process="connect")["Location"] == "/account/connections"
    assert not Person.objects.exists()
    assert not is_in(client)


# Whose account is it?


@pytest.mark.parametrize("site", VOUCHING)
def test_a_vouched_address_leads_to_the_person_who_confirmed_it(client: Client, fake: SitesFake, site: str) -> None:
    mia = person("mia@gmail.com")
    through(client, site)
    assert is_in(client)
    assert Person.objects.get() == mia
    assert SocialAccount.objects.filter(user=mia).get().provider == site
    assert mails()[-1].subject.endswith("was connected")


@pytest.mark.parametrize("site", SITES)
def test_an_address_the_site_does_not_vouch_for_takes_nobody_over(client: Client, fake: SitesFake, site: str) -> None:
    mia = person("mia@gmail.com")
    fake.somebody.verified = False
    assert through(client, site)["Location"] == "/confirm-email"
    assert not is_in(client)
    assert Person.objects.get() == mia
    assert not SocialAccount.objects.exists()
    assert mails()[-1].subject == "You have an account already"


def test_google_vouches_only_for_mailboxes_it_runs(client: Client, fake: SitesFake) -> None:
    """Another address it has only once sent a mail to; it may be somebody else's by now."""
    person("mia@studio.example")
    fake.somebody.email = "mia@studio.example"
    through(client, "google")
    assert not is_in(client)
    fake.somebody.hosted_domain = "studio.example"
    through(client, "google")
    assert is_in(client)
    assert Person.objects.count() == 1


def test_github_vouches_for_the_main_address_only(client: Client, fake: SitesFake) -> None:
    person("mia@gmail.com")
    fake.somebody = Somebody(email="now@elsewhere.example", more_emails=(("mia@gmail.com", True),))
    through(client, "github")
    assert SocialAccount.objects.filter(user__email="mia@gmail.com").count() == 0


@pytest.mark.parametrize("site", SITES)
def test_an_account_that_lies_in_wait_with_an_unconfirmed_address_gets_nobody(
    client: Client, fake: SitesFake, site: str
) -> None:
    attacker = Client()
    attacker.post("/sign-up", {"name": "Eve", "email": "mia@gmail.com", "password1": "a long secret phrase"})
    through(client, site)
    assert not is_in(client)
    assert not SocialAccount.objects.exists()
    assert EmailAddress.objects.get().verified is False


def test_what_was_put_into_an_account_to_lie_in_wait_goes_when_the_owner_resets(
    client: Client, fake: SitesFake
) -> None:
    through(Client(), "twitch")  # somebody claims the address over there, and never confirms it here
    assert SocialAccount.objects.count() == 1
    client.post("/password-reset", {"email": "mia@gmail.com"})
    link = mails()[-1].link()
    form = client.get(link)["Location"]
    client.post(form, {"password1": "quite another phrase"})
    assert SocialAccount.objects.count() == 0
    assert EmailAddress.objects.get().verified
    thief = Client()
    through(thief, "twitch")
    assert not is_in(thief)


@pytest.mark.parametrize("kind", [Person.Kind.STATION, Person.Kind.GUEST])
def test_stations_and_guests_come_in_by_no_site(client: Client, fake: SitesFake, kind: str) -> None:
    mia = person("mia@gmail.com")
    Person.objects.filter(pk=mia.pk).update(kind=kind)
    through(client, "google")
    assert not is_in(client)
    browser = Client()
    browser.force_login(mia)
    assert browser.get("/account/connections").status_code in (302, 403)


def test_a_closed_account_stays_closed(client: Client, fake: SitesFake) -> None:
    through(client, "google")
    Person.objects.update(is_active=False)
    fresh = Client()
    assert through(fresh, "google")["Location"] == "/sign-in/inactive"
    assert b"closed" in fresh.get("/sign-in/inactive").content
    assert not is_in(fresh)


# What can go wrong on the way


@pytest.mark.parametrize("site", SITES)
def test_who_says_no_over_there_is_told_so_here(client: Client, fake: SitesFake, site: str) -> None:
    fake.says[site] = "access_denied"
    done = through(client, site)
    assert (done.status_code, done["Location"]) == (302, "/sign-in/cancelled")
    assert b"You were not signed in" in client.get("/sign-in/cancelled").content
    assert not Person.objects.exists()


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    "trouble", ["token:500", "token:garbage", "user:500", "user:401", "user:garbage", "server_error", "code", "late"]
)
def test_a_site_in_trouble_signs_nobody_in(client: Client, fake: SitesFake, site: str, trouble: str) -> None:
    if trouble == "server_error":
        fake.says[site] = trouble
    elif trouble == "late":
        fake.code_s = -1
    elif ":" in trouble:
        fake.broken.add(trouble)
    address = back(client, site)
    if trouble == "code":
        address = address.replace("code=", "code=x")
    if site == "google" and trouble.startswith("user:"):
        assert client.get(address).status_code == 302  # it says who it is in its token; nothing else is asked
        return
    answer = client.get(address)
    assert (answer.status_code, b"did not say who you are" in answer.content) == (401, True)
    assert AuditEntry.objects.get(kind="sign_in_failed").detail == {"method": site}
    assert not Person.objects.exists()
    assert not is_in(client)


def test_a_code_is_good_once_and_so_is_the_way_back(client: Client, fake: SitesFake) -> None:
    address = back(client, "github")
    assert client.get(address).status_code == 302
    client.post("/sign-out")
    assert client.get(address).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("change", ["other", "none", "another browser", "another site"])
def test_a_way_back_that_did_not_begin_here_is_refused(client: Client, fake: SitesFake, change: str) -> None:
    """Or a page could sign somebody in as somebody else."""
    address = back(client, "github")
    if change == "other":
        address = address.replace("state=", "state=x")
    elif change == "none":
        address = address.partition("&state")[0] if "&state" in address else "/oauth/github/callback?code=x"
    elif change == "another site":
        address = address.replace("/github/", "/twitch/")
    browser = Client() if change == "another browser" else client
    assert browser.get(address).status_code == 401
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-app"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
    ],
)
def test_googles_word_is_looked_at(client: Client, fake: SitesFake, claims: dict[str, object]) -> None:
    fake.claims = dict(claims)
    assert through(client, "google").status_code == 401
    assert not Person.objects.exists()


def test_a_word_that_google_did_not_sign_is_nothing(client: Client, fake: SitesFake) -> None:
    fake.foreign_key = True
    assert through(client, "google").status_code == 401
    assert not Person.objects.exists()


@pytest.mark.parametrize("site", SITES)
def test_without_an_address_it_is_asked_for_and_confirmed(client: Client, fake: SitesFake, site: str) -> None:
    fake.somebody.email = None
    assert through(client, site)["Location"] == "/sign-up/site"
    assert b"Almost there" in client.get("/sign-up/site").content
    refused = client.post("/sign-up/site", {"name": "Mia", "email": "nothing", "is_staff": "on"})
    assert refused.status_code == 422
    done = client.post("/sign-up/site", {"name": "Mia", "email": "mia@studio.example", "is_staff": "on"})
    assert done["Location"] == "/confirm-email"
    assert not is_in(client)
    mia = Person.objects.get()
    assert (mia.name, mia.is_staff, [*queries.roles_by_studio(mia.pk).values()]) == (
        "Mia",
        False,
        [frozenset({"admin"})],
    )
    client.post(mails()[-1].link())
    assert is_in(client)


def test_an_address_given_by_hand_takes_nobody_over(client: Client, fake: SitesFake) -> None:
    person("taken@studio.example")
    fake.somebody.email = None
    through(client, "github")
    done = client.post("/sign-up/site", {"name": "Eve", "email": "taken@studio.example"})
    assert done["Location"] == "/confirm-email"
    assert mails()[-1].subject == "You have an account already"
    assert not SocialAccount.objects.exists()
    assert not is_in(client)


def test_github_without_its_list_of_addresses_asks_for_one(client: Client, fake: SitesFake) -> None:
    fake.broken.add("emails:404")
    assert through(client, "github")["Location"] == "/sign-up/site"


def test_nobody_lands_elsewhere_afterwards(client: Client, fake: SitesFake) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert through(Client(), "github", next=elsewhere)["Location"] == "/home"


def test_looking_at_the_address_of_a_site_goes_nowhere(client: Client, fake: SitesFake) -> None:
    answer = client.get("/oauth/github?process=login")
    assert (answer.status_code, b"Go on to GitHub" in answer.content) == (200, True)
    assert fake.asked == []
    assert Client(enforce_csrf_checks=True).post("/oauth/github", {"process": "login"}).status_code == 403


def test_a_request_cannot_ask_for_more_than_the_button(client: Client, fake: SitesFake) -> None:
    to_site = client.post("/oauth/github?scope=repo,admin:org&auth_params=login%3Deve", {"process": "login"})
    asked = parse_qs(urlsplit(to_site["Location"]).query)
    assert asked["scope"] == ["user:email"]
    assert "login" not in asked


def test_a_site_without_keys_has_no_button_and_no_page(client: Client, settings: Settings) -> None:
    settings.DEMO = False
    assert b"Continue with" not in client.get("/sign-in").content
    for site in SITES:
        assert client.post(f"/oauth/{site}", {"process": "login"}).status_code == 404
        assert client.get(f"/oauth/{site}/callback?code=x&state=y").status_code == 404


def test_each_site_with_keys_has_a_button(client: Client, fake: SitesFake) -> None:
    page = client.get("/sign-in?next=/sessions").content.decode()
    for name in ("Google", "Twitch", "GitHub"):
        assert f"Continue with {name}" in page
    assert page.count('name="next" value="/sessions"') == 4


def test_by_invitation_only_goes_for_sites_too(client: Client, fake: SitesFake, settings: Settings) -> None:
    settings.SIGN_UP = "invited"
    assert b"by invitation only" in through(client, "google").content
    assert not Person.objects.exists()


def test_an_address_a_site_vouches_for_needs_no_mail_server(
    client: Client, fake: SitesFake, settings: Settings
) -> None:
    settings.MAIL_FOLDER = None
    through(client, "google")
    assert is_in(client)
    fake.somebody = Somebody(uid="5", email="tom@elsewhere.example", verified=False)
    assert b"No new accounts here" in through(Client(), "github").content


def test_the_only_way_in_cannot_be_removed(client: Client, fake: SitesFake) -> None:
    through(client, "google")
    row = SocialAccount.objects.get()
    answer = client.post("/account/connections", {"account": row.pk})
    assert (answer.status_code, b"Set a password first" in answer.content) == (422, True)
    mia = Person.objects.get()
    mia.set_password("a long secret phrase")
    mia.save()
    client.force_login(mia)
    reauthenticate(client)
    assert client.post("/account/connections", {"account": row.pk})["Location"] == "/account/connections"
    assert not SocialAccount.objects.exists()
    assert AuditEntry.objects.filter(kind="provider_disconnected", target="google").count() == 1


def test_nobody_removes_somebody_elses_site(client: Client, fake: SitesFake) -> None:
    through(Client(), "google")
    client.force_login(person("eve@studio.example"))
    reauthenticate(client)
    assert client.post("/account/connections", {"account": SocialAccount.objects.get().pk}).status_code == 422
    assert SocialAccount.objects.count() == 1
