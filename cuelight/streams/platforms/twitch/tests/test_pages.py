"""An admin connects the studio's Twitch account in a browser, and lets go of it; nobody else does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.streams.models import Feed, PlatformAccount
from cuelight.streams.platforms.twitch import connecting, faults, tokens
from cuelight.streams.platforms.twitch.tests.conftest import point
from cuelight.streams.platforms.twitch.tests.fake.threaded import InThread

pytestmark = pytest.mark.django_db

PAGE, CONNECT = "/dashboard/platforms", "/dashboard/platforms/twitch/connect"
CALLBACK, DISCONNECT = "/dashboard/platforms/twitch/callback", "/dashboard/platforms/twitch/disconnect"


@pytest.fixture
def fake(settings: Settings) -> Iterator[InThread]:
    with InThread() as fake:
        point(settings, fake.twitch)
        yield fake


@pytest.fixture
def browser(admin: Person) -> Client:
    client = Client()
    sign_in(client, admin)
    return client


def to_twitch(client: Client) -> str:
    """Presses the button; where it leads."""
    answer = client.post(CONNECT)
    assert answer.status_code == 302, answer
    return str(answer["Location"])


def back(location: str) -> str:
    """The person allows it; where Twitch sends them."""
    answer = httpx.get(location, trust_env=False)
    assert answer.status_code == 302, answer.text
    sent = urlsplit(answer.headers["Location"])
    assert sent.path == CALLBACK
    return f"{sent.path}?{sent.query}"


def connect(client: Client) -> str:
    """All the way; the page afterwards."""
    answer = client.get(back(to_twitch(client)), follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    return str(answer.content.decode())


def test_an_account_is_connected_sealed_and_written_down(
    fake: InThread, browser: Client, studio: Studio, admin: Person
) -> None:
    assert "Not connected" in browser.get(PAGE).content.decode()
    location = to_twitch(browser)
    asked = parse_qs(urlsplit(location).query)
    assert asked["scope"] == [" ".join(faults.SCOPES)]
    assert asked["redirect_uri"] == [f"http://localhost:4000{CALLBACK}"]
    assert len(asked["state"][0]) >= 32
    page = browser.get(back(location), follow=True).content.decode()
    assert "Twitch is connected as Pavoi." in page
    row = PlatformAccount.objects.get(studio=studio, platform="twitch")
    assert (row.channel_id, row.login, row.name) == ("1001", "pavoi", "Pavoi")
    assert (row.state, set(row.scopes), row.connected_by) == ("connected", set(faults.SCOPES), admin)
    assert tokens.opened(row.access_token) in fake.twitch.oauth.tokens
    assert tokens.opened(row.refresh_token) in fake.twitch.oauth.refreshes
    assert tokens.opened(row.access_token) not in row.access_token
    entry = AuditEntry.objects.get(kind="platform_connected")
    assert (entry.studio_id, entry.person_id, entry.target) == (studio.pk, admin.pk, "Twitch: Pavoi")
    secrets = [tokens.opened(row.access_token), tokens.opened(row.refresh_token)]
    assert not any(secret in page for secret in secrets)


def test_a_sign_in_counts_once(fake: InThread, browser: Client) -> None:
    location = to_twitch(browser)
    callback = back(location)
    browser.get(callback)
    PlatformAccount.objects.all().delete()
    page = browser.get(callback, follow=True).content.decode()
    assert "was not begun here, or it is over" in page
    assert not PlatformAccount.objects.exists()


@pytest.mark.parametrize("state", ["", "state=", "state=guessed", "state=%F0%9F%98%80"])
def test_another_state_is_refused_and_its_code_is_not_used(state: str, fake: InThread, browser: Client) -> None:
    to_twitch(browser)
    page = browser.get(f"{CALLBACK}?code=abc&{state}", follow=True).content.decode()
    assert "was not begun here, or it is over" in page
    assert fake.twitch.count("/oauth2/token") == 0
    assert not PlatformAccount.objects.exists()


def test_a_sign_in_of_another_browser_is_refused(
    fake: InThread, browser: Client, person: Callable[..., Person], studio: Studio
) -> None:
    """Nobody can have somebody else connect an account that is not theirs."""
    other = Client()
    sign_in(other, person("Ann", studio, "admin"))
    callback = back(to_twitch(other))
    assert "was not begun here" in browser.get(callback, follow=True).content.decode()
    assert not PlatformAccount.objects.exists()


def test_a_sign_in_for_another_studio_is_refused(fake: InThread, browser: Client, admin: Person) -> None:
    location = to_twitch(browser)
    begun = browser.session
    begun[connecting.BEGUN] = {**begun[connecting.BEGUN], "studio_id": 4711}
    begun.save()
    assert "begun for another studio" in browser.get(back(location), follow=True).content.decode()
    assert not PlatformAccount.objects.exists()


def test_a_sign_in_that_took_too_long_is_refused(fake: InThread, browser: Client) -> None:
    location = to_twitch(browser)
    begun = browser.session
    begun[connecting.BEGUN] = {**begun[connecting.BEGUN], "until": 1.0}
    begun.save()
    assert "or it is over" in browser.get(back(location), follow=True).content.decode()
    assert not PlatformAccount.objects.exists()


def test_who_does_not_allow_it_all_is_told_what_is_missing(fake: InThread, browser: Client) -> None:
    location = to_twitch(browser).replace("bits%3Aread", "").replace("user%3Awrite%3Achat", "")
    page = browser.get(back(location), follow=True).content.decode()
    assert "Twitch does not let Cuelight write into the chat and see cheers." in page
    assert not PlatformAccount.objects.exists()


def test_who_does_not_allow_it_at_all_is_told_so(fake: InThread, browser: Client) -> None:
    location = to_twitch(browser)
    fake.twitch.says = "access_denied"
    assert "You did not allow it at Twitch" in browser.get(back(location), follow=True).content.decode()
    assert not PlatformAccount.objects.exists()


@pytest.mark.parametrize("path", ["/oauth2/token", "/helix/users"])
@pytest.mark.parametrize("answer", ["html", "400", "garbage"])
def test_a_twitch_that_answers_nonsense_connects_nothing(
    path: str, answer: str, fake: InThread, browser: Client
) -> None:
    fake.do(lambda twitch: twitch.fail_always(path, answer))
    page = connect(browser)
    assert 'data-level="error"' in page
    assert "Twitch" in page
    assert not PlatformAccount.objects.exists()


def test_the_same_account_again_takes_the_place_of_its_tokens(fake: InThread, browser: Client, studio: Studio) -> None:
    connect(browser)
    before = PlatformAccount.objects.get()
    PlatformAccount.objects.update(state="needs_you", sentence="Twitch no longer takes our sign-in.")
    page = browser.get(PAGE).content.decode()
    assert "Needs you" in page
    assert "Twitch no longer takes our sign-in." in page
    assert "Connect again" in page
    connect(browser)
    after = PlatformAccount.objects.get()
    assert (after.pk, after.state, after.sentence) == (before.pk, "connected", "")
    assert after.connected_at > before.connected_at
    assert tokens.opened(after.access_token) != tokens.opened(before.access_token)


def test_another_account_takes_its_place_with_nothing_left_of_the_first(
    fake: InThread, browser: Client, studio: Studio
) -> None:
    connect(browser)
    Feed.objects.create(studio=studio, platform="twitch", title="Of the first", followers=12)
    fake.twitch.signed_in = fake.twitch.user("second", name="Second")
    connect(browser)
    row = PlatformAccount.objects.get()
    assert row.name == "Second"
    assert not Feed.objects.filter(title="Of the first").exists()


def test_letting_go_ends_the_token_and_is_written_down(fake: InThread, browser: Client, studio: Studio) -> None:
    connect(browser)
    token = tokens.opened(PlatformAccount.objects.get().access_token)
    page = browser.post(DISCONNECT, follow=True).content.decode()
    assert "Twitch is disconnected." in page
    assert not PlatformAccount.objects.exists()
    assert token not in fake.twitch.oauth.tokens
    assert AuditEntry.objects.filter(kind="platform_disconnected", studio=studio, target="Twitch: Pavoi").exists()
    assert "Twitch is not connected." in browser.post(DISCONNECT, follow=True).content.decode()
    assert AuditEntry.objects.filter(kind="platform_disconnected").count() == 1


def test_letting_go_works_without_twitch_and_says_what_is_left_to_do(fake: InThread, browser: Client) -> None:
    connect(browser)
    fake.do(lambda twitch: twitch.fail_always("/oauth2/revoke", "500"))
    page = browser.post(DISCONNECT, follow=True).content.decode()
    assert "also remove Cuelight there" in page
    assert not PlatformAccount.objects.exists()


@pytest.mark.parametrize("role", ["producer", "host", "cataloger", "stranger"])
def test_only_admins_connect(
    role: str, fake: InThread, browser: Client, request: pytest.FixtureRequest, studio: Studio
) -> None:
    connect(browser)
    client = Client()
    sign_in(client, request.getfixturevalue(role))
    refused = {403} if role in ("producer", "host") else {404}
    if role == "stranger":  # an admin, of another studio: it is that one they would connect
        assert client.post(DISCONNECT).status_code == 302
    else:
        assert {client.post(CONNECT).status_code, client.post(DISCONNECT).status_code} == refused
        assert {client.get(f"{CALLBACK}?code=a&state=b").status_code} == refused
    assert PlatformAccount.objects.get().studio == studio
    page = client.get(PAGE)
    if role in ("producer", "host"):
        assert "Pavoi" in page.content.decode()
        assert "<button" not in page.content.decode().partition('class="own-list"')[2].partition("</ul>")[0]


def test_a_button_is_no_link(fake: InThread, browser: Client) -> None:
    assert (browser.get(CONNECT).status_code, browser.get(DISCONNECT).status_code) == (405, 405)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(CONNECT).status_code == 403


def test_without_keys_it_is_said_what_is_missing(browser: Client, settings: Settings) -> None:
    settings.TWITCH_KEYS = ("", "")
    page = browser.get(PAGE).content.decode()
    assert "CUELIGHT_TWITCH_ID" in page
    assert CONNECT not in page
    assert "CUELIGHT_TWITCH_ID" in browser.post(CONNECT, follow=True).content.decode()


def test_the_page_says_how_it_is_doing(fake: InThread, browser: Client, studio: Studio) -> None:
    page = connect(browser)
    assert "It is read while somebody has the dashboard open" in page
    soon = timezone.now() + timedelta(seconds=30)
    feed = Feed.objects.create(studio=studio, platform="twitch", status="reconnecting", lease_until=soon, owner="x")
    Feed.objects.update(sentence="Twitch has gone silent. Trying again.")
    page = browser.get(PAGE).content.decode()
    assert "Reconnecting" in page
    assert "Twitch has gone silent. Trying again." in page
    Feed.objects.filter(pk=feed.pk).update(lease_until=timezone.now())
    assert "Reconnecting" not in browser.get(PAGE).content.decode(), "by a process that died"


def test_a_simulated_audience_is_listed_where_it_may_be(browser: Client, studio: Studio, settings: Settings) -> None:
    assert "Simulated audience" not in browser.get(PAGE).content.decode()
    settings.SIMULATOR = True
    row = PlatformAccount.objects.create(studio=studio, platform="simulator", channel_id="x")
    page = browser.get(PAGE).content.decode()
    assert "Simulated audience" in page
    assert "1.5 messages a second" in page, "what it has when nobody said"
    row.settings = {"rate": 3}
    row.save()
    assert "3 messages a second" in browser.get(PAGE).content.decode()
    settings.SIMULATOR = False
    assert "Simulated audience" not in browser.get(PAGE).content.decode()


def test_a_name_from_there_is_shown_as_text(fake: InThread, browser: Client) -> None:
    fake.twitch.signed_in = fake.twitch.user("evil", name="<script>alert(1)</script>")
    page = connect(browser)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
