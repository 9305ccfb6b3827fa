"""The page of the platforms: the simulated audience, and how long what is kept."""

import pytest
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.streams import keeping
from cuelight.streams.models import PlatformAccount, StreamSettings

PAGE, SIMULATOR, KEEPING = "/dashboard/platforms", "/dashboard/platforms/simulator", "/dashboard/platforms/keeping"


@pytest.fixture
def client(admin: Person) -> Client:
    made = Client()
    sign_in(made, admin)
    return made


def test_the_audience_is_switched_and_set(settings: Settings, client: Client, studio: Studio) -> None:
    settings.SIMULATOR = True
    client.post(SIMULATOR, {"on": "1", "rate": "20"})
    account = PlatformAccount.objects.get(studio=studio)
    assert (account.platform, account.state, account.settings["rate"]) == ("simulator", "connected", 20)
    page = client.get(PAGE).content.decode()
    assert '<option value="20" selected>' in page
    client.post(SIMULATOR, {"on": "0", "rate": "20"})
    account.refresh_from_db()
    assert account.state == "off"
    assert "Switch on" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("rate", ["100000", "-1", "nan", ""])
def test_a_rate_that_is_not_offered_is_refused(settings: Settings, client: Client, rate: str) -> None:
    settings.SIMULATOR = True
    answer = client.post(SIMULATOR, {"on": "1", "rate": rate}, follow=True)
    assert "at one of the rates that are offered" in answer.content.decode()
    assert not PlatformAccount.objects.exists()


def test_where_nobody_may_be_simulated_there_is_no_such_thing(client: Client) -> None:
    answer = client.post(SIMULATOR, {"on": "1", "rate": "1.5"}, follow=True)
    assert "There is no such platform here." in answer.content.decode()
    assert "Simulated audience" not in client.get(PAGE).content.decode()
    assert not PlatformAccount.objects.exists()


def test_how_long_what_is_kept(client: Client, studio: Studio, admin: Person) -> None:
    assert keeping.kept(studio.pk) == (90, 7)
    answer = client.post(KEEPING, {"events": " 30 ", "raw": "2"}, follow=True)
    assert "kept for 30 days" in answer.content.decode()
    assert keeping.kept(studio.pk) == (30, 2)
    entry = AuditEntry.objects.get(kind="stream_keeping")
    assert (entry.person_id, entry.studio_id) == (admin.pk, studio.pk)


@pytest.mark.parametrize(
    ("events", "raw", "says"),
    [
        ("0", "7", "Chat and events are kept for 1 to 3,650 days."),
        ("9999999999", "7", "Chat and events are kept for 1 to 3,650 days."),
        ("soon", "7", "Chat and events are kept for 1 to 3,650 days."),
        ("٣", "7", "Chat and events are kept for 1 to 3,650 days."),
        ("90", "91", "What the platforms sent word for word is kept for 1 to 90 days."),
    ],
)
def test_days_that_are_none_are_refused(client: Client, events: str, raw: str, says: str) -> None:
    assert says in client.post(KEEPING, {"events": events, "raw": raw}, follow=True).content.decode()
    assert not StreamSettings.objects.exists()


def test_a_producer_sees_and_does_not_set(settings: Settings, studio: Studio, producer: Person) -> None:
    settings.SIMULATOR = True
    browser = Client()
    sign_in(browser, producer)
    page = browser.get(PAGE).content.decode()
    assert "Chat and events for 90 days" in page
    assert "<form" not in page.split('id="content"')[1].split("</main>")[0]
    for path in (SIMULATOR, KEEPING):
        assert browser.post(path, {"on": "1", "rate": "5", "events": "1", "raw": "1"}).status_code in (403, 404)
    assert not PlatformAccount.objects.exists()
    assert not StreamSettings.objects.exists()


def test_a_host_is_shown_no_way_to_pages_that_are_not_theirs(host: Person) -> None:
    browser = Client()
    sign_in(browser, host)
    page = browser.get(PAGE).content.decode()
    assert 'href="/dashboard/orders"' not in page
    assert 'href="/dashboard"' in page
