"""A new session and the settings of one: what is typed, what is refused and where it is said, who hears of it."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client as Browser

from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.errors import Invalid, Refused
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.live.transactional import state_of, submit_in
from cuelight.sessions import actions, history_words
from cuelight.sessions.command_types import ChangeSlug, SetStatus, UpdateSettings
from cuelight.sessions.editing import hosts_after
from cuelight.sessions.lineup import Host, Item, Settings
from cuelight.sessions.models import Session, SessionHost
from cuelight.sessions.session_forms import SettingsForm, hosts_with
from cuelight.sessions.tests.conftest import joined, meta_of
from cuelight.sessions.tests.desk import Desk


def settings_of(session_id: int) -> Settings:
    found: Settings = state_of(connection, f"session:{session_id}")[1].settings
    return found


def page_of(browser: Browser, session: Session) -> dict[str, str]:
    """The form as a browser that changes nothing sends it."""
    text = browser.get(f"/sessions/{session.pk}/settings").content.decode()
    form = text.split("data-saves", 1)[1].split("</form>", 1)[0]
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_box = values.get("type") in ("checkbox", "radio")
        if values.get("name") and "disabled" not in tag and (not is_box or re.search(r"\bchecked\b", tag)):
            sent[values["name"]] = values.get("value", "on" if is_box else "")
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="(\w*)" selected', options)
        sent[name] = chosen[0] if chosen else ""
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = text.removeprefix("\n").replace("\n", "\r\n")
    return sent


def save(browser: Browser, session: Session, **changes: str) -> Any:
    sent = page_of(browser, session) | changes
    return browser.post(f"/sessions/{session.pk}/settings", {name: v for name, v in sent.items() if v is not None})


def undo_offered(browser: Browser, session: Session) -> str:
    found = re.findall(r'name="undo" value="([^"]+)"', browser.get(f"/sessions/{session.pk}/settings").content.decode())
    return str(found[0]) if found else ""


@pytest.fixture
def browser(client: Browser, producer: Person) -> Browser:
    client.force_login(producer)
    return client


# A new one


def test_a_name_is_enough(browser: Browser, studio: Studio, db: None) -> None:
    answer = browser.post("/sessions/new", {"name": " Gold night "})
    made = Session.objects.get()
    assert answer["Location"] == f"/sessions/{made.pk}/edit"
    assert (made.name, made.slug, made.duration_minutes, made.scheduled_at) == ("Gold night", "gold-night", 180, None)


def test_a_time_is_in_the_zone_of_who_types_it(browser: Browser, studio: Studio) -> None:
    for offset, hour in (("120", 16), ("-330", 23), ("", 18)):
        sent = {"name": f"at {hour}", "scheduled_local": "2026-11-27T18:00", "utc_offset": offset}
        browser.post("/sessions/new", sent)
        minute = 30 if hour == 23 else 0
        made = Session.objects.get(name=f"at {hour}")
        assert made.scheduled_at == datetime(2026, 11, 27, hour, minute, tzinfo=UTC)


def test_a_form_sent_twice_makes_one_session(browser: Browser, studio: Studio) -> None:
    sent = {"name": "Gold night", "op_id": str(uuid4())}
    first, second = (browser.post("/sessions/new", sent)["Location"] for _ in range(2))
    assert first == second
    assert Session.objects.count() == 1


def test_a_new_one_begins_as_an_earlier_one_was(browser: Browser, session: Session) -> None:
    page = browser.get(f"/sessions/new?source={session.pk}").content.decode()
    assert re.search(rf'value="{session.pk}" checked', page)
    browser.post("/sessions/new", {"name": "Again", "source": session.pk, "duration_minutes": "90"})
    made = Session.objects.get(name="Again")
    assert (made.items.count(), made.notes, made.duration_minutes) == (3, "Ask Ada", 90)


def test_a_copy_is_as_long_as_its_original_unless_somebody_says_else(browser: Browser, session: Session) -> None:
    with transaction.atomic():
        submit_in(connection, f"session:{session.pk}", UpdateSettings({"duration_minutes": 75}), actor_id=None)
    sent = {"name": "Again", "source": session.pk, "duration_minutes": "180", "initial-duration_minutes": "180"}
    browser.post("/sessions/new", sent)
    assert Session.objects.get(name="Again").duration_minutes == 75


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": "  "}, "Give the session a name."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "Gold", "duration_minutes": "1441"}, "between 1 minute and 24 hours"),
        ({"name": "Gold", "duration_minutes": "soon"}, "Enter a whole number."),
        ({"name": "Gold", "scheduled_local": "tomorrow"}, "Give a day and a time."),
        ({"name": "Gold", "scheduled_local": "0001-01-01T00:00", "utc_offset": "600"}, "cannot be that long ago"),
        ({"name": "Gold", "source": "999999"}, "The session to begin with is not there any more."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    browser: Browser, studio: Studio, sent: dict[str, str], says: str
) -> None:
    answer = browser.post("/sessions/new", sent)
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert sent["name"].strip() in answer.content.decode()
    assert Session.objects.count() == 0


def test_nobody_begins_with_a_session_of_elsewhere(browser: Browser, session: Session, stranger: Person) -> None:
    browser.force_login(stranger)
    answer = browser.post("/sessions/new", {"name": "Mine", "source": session.pk})
    assert (answer.status_code, Session.objects.count()) == (422, 1)


# Settings


def test_a_page_that_changes_nothing_changes_nothing(browser: Browser, session: Session) -> None:
    notes = "one\n\n  two & <three>"
    hosts = [{"person_id": Person.objects.get(name="Mia").pk, "role": "co_host"}]
    with transaction.atomic():
        changes = {"notes": notes, "scheduled_at": "2026-11-27T18:00:45Z", "hosts": hosts, "wrap": True}
        submit_in(connection, f"session:{session.pk}", UpdateSettings(changes), actor_id=None)
    before = state_of(connection, f"session:{session.pk}")
    page = save(browser, session, notes=notes.replace("\n", "\r\n"), **{"initial-notes": notes.replace("\n", "\r\n")})
    assert page["Location"] == f"/sessions/{session.pk}/settings"
    assert state_of(connection, f"session:{session.pk}") == before
    assert "Nothing was changed." in browser.get(page["Location"]).content.decode()


def test_what_is_changed_is_saved_said_and_can_be_taken_back(browser: Browser, session: Session, host: Person) -> None:
    before = settings_of(session.pk)
    save(
        browser, session, name="Silver day", slug="silver", wrap="on", skip_sold_out="on", card_theme="elegant",
        warn_seconds="90", scheduled_local="2026-11-27T19:00", utc_offset="60", **{f"host_{host.pk}": "primary"},
    )  # fmt: skip
    now = settings_of(session.pk)
    assert (now.name, now.slug, now.wrap, now.skip_sold_out, now.card_theme, now.warn_seconds) == (
        "Silver day", "silver", True, True, "elegant", 90,
    )  # fmt: skip
    assert now.scheduled_at == "2026-11-27T18:00:00+00:00"
    assert now.hosts == {str(host.pk): Host(host.pk, "primary")}
    page = browser.get(f"/sessions/{session.pk}/settings").content.decode()
    assert "Saved: " in page
    [value] = re.findall(r'name="undo" value="([^"]+)"', page)
    browser.post(f"/sessions/{session.pk}/undo", {"undo": value})
    assert settings_of(session.pk) == before
    assert not SessionHost.objects.filter(session=session).exists()


def test_what_somebody_else_changed_meanwhile_stays(browser: Browser, session: Session) -> None:
    sent = page_of(browser, session)
    with transaction.atomic():
        changes = {"notes": "Ask Bea", "duration_minutes": 45}
        submit_in(connection, f"session:{session.pk}", UpdateSettings(changes), actor_id=None)
    browser.post(f"/sessions/{session.pk}/settings", sent | {"wrap": "on"})
    now = settings_of(session.pk)
    assert (now.wrap, now.notes, now.duration_minutes) == (True, "Ask Bea", 45)


def test_an_undo_is_refused_when_somebody_changed_the_same_since(browser: Browser, session: Session) -> None:
    save(browser, session, name="Silver day")
    value = undo_offered(browser, session)
    with transaction.atomic():
        submit_in(connection, f"session:{session.pk}", UpdateSettings({"name": "Bronze"}), actor_id=None)
    page = browser.post(f"/sessions/{session.pk}/undo", {"undo": value}, follow=True).content.decode()
    assert "Somebody changed this since." in page
    assert settings_of(session.pk).name == "Bronze"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Give the session a name."),
        ({"slug": "Spring Sparkle"}, "lower-case letters and digits"),
        ({"slug": "a--b"}, "lower-case letters and digits"),
        ({"slug": "other"}, "There is already a session &#x27;other&#x27;."),
        ({"danger_seconds": "61"}, "Red at 61 s before the end would come before amber at 60 s."),
        ({"duration_minutes": "0"}, "between 1 minute and 24 hours"),
        ({"card_theme": "loud"}, "loud is not one of the available choices."),
    ],
)
def test_a_refusal_stands_on_the_page_and_nothing_is_saved(
    browser: Browser, studio: Studio, session: Session, changes: dict[str, str], says: str
) -> None:
    actions.create_session(studio.pk, name="Other", slug="other")
    before = state_of(connection, f"session:{session.pk}")
    answer = save(browser, session, wrap="on", **changes)
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    assert state_of(connection, f"session:{session.pk}") == before


def test_a_short_name_is_fixed_once_a_show_was_on(browser: Browser, session: Session) -> None:
    with transaction.atomic():
        submit_in(connection, f"session:{session.pk}", SetStatus("live"), actor_id=None)
    assert "It is fixed" in browser.get(f"/sessions/{session.pk}/settings").content.decode()
    save(browser, session, slug="silver", wrap="on")
    assert (settings_of(session.pk).slug, settings_of(session.pk).wrap) == ("spring", True)
    with pytest.raises(Refused, match="while the session is a draft"), transaction.atomic():
        submit_in(connection, f"session:{session.pk}", ChangeSlug("silver"), actor_id=None)


def test_the_short_name_in_the_table_is_the_one_in_the_state(browser: Browser, session: Session) -> None:
    save(browser, session, slug="silver-1")
    session.refresh_from_db()
    assert (session.slug, settings_of(session.pk).slug) == ("silver-1", "silver-1")


def test_a_short_name_that_was_taken_this_moment_is_refused(
    browser: Browser, studio: Studio, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unique index is what counts; whoever looked before it was taken hears the same sentence."""
    actions.create_session(studio.pk, name="Other", slug="other")
    monkeypatch.setattr("cuelight.sessions.queries.is_slug_taken", lambda studio_id, slug: False)
    answer = save(browser, session, slug="other", wrap="on")
    assert (answer.status_code, b"There is already a session" in answer.content) == (422, True)
    assert (settings_of(session.pk).slug, settings_of(session.pk).wrap) == ("spring", False)


def test_hosts_are_of_the_studio_and_each_is_there_once(
    browser: Browser, studio: Studio, session: Session, host: Person, producer: Person, stranger: Person
) -> None:
    access = Access(studio.pk, frozenset({"producer"}), producer.pk)
    with pytest.raises(Invalid, match="belongs to its studio"):
        actions.update_settings(session.pk, {"hosts": [{"person_id": stranger.pk}]}, access=access)
    twice = [{"person_id": host.pk}, {"person_id": host.pk, "role": "co_host"}]
    with pytest.raises(Invalid, match="is a host of the session already"):
        actions.update_settings(session.pk, {"hosts": twice}, access=access)


def test_one_host_is_changed_and_the_others_stay() -> None:
    members = {1: "Ada", 2: "Tom", 4: "Mia"}
    hosts = {"1": Host(1), "2": Host(2, "co_host"), "3": Host(3)}
    change = hosts_with(hosts, {4: "co_host", 1: ""}, members)
    assert change == {"1": None, "3": None, "4": "co_host"}, "who has left the studio goes"
    assert hosts_after(hosts, change) == {"2": Host(2, "co_host"), "4": Host(4, "co_host")}


def test_a_host_is_a_change_of_their_own_in_the_history() -> None:
    desk = Desk(Settings("Gold", "gold", hosts={"1": Host(1)}), [Item(101, 1, 1)], {})
    desk.do(UpdateSettings({"hosts": {"1": "co_host", "2": "primary"}}))
    desk.do(UpdateSettings({"hosts": [{"person_id": 2}]}))  # all of them
    names = history_words.Names(lambda _: None, lambda _: "", lambda: None, "USD")
    told = [history_words.phrase(one.event.kind, one.event.changes, names).changes for one in desk.entries[1:]]
    assert [[tuple(change) for change in changes] for changes in told] == [
        [("A host", "primary", "co-host"), ("A host", "none", "primary")],
        [("A host", "co-host", "none")],
    ]


def test_the_form_has_every_setting_that_people_set() -> None:
    form = SettingsForm(None, settings=Settings("Gold", "gold"), status="draft", members={})
    elsewhere = {"presets", "hosts", "scheduled_at", "is_template", "is_archived"}
    assert set(Settings.__struct_fields__) - elsewhere <= set(form.fields)


def test_only_the_desk_sets_a_session_up(client: Browser, session: Session, host: Person, stranger: Person) -> None:
    for person, status in ((host, 403), (stranger, 404)):
        client.force_login(person)
        for ask in (client.get, client.post):
            assert ask(f"/sessions/{session.pk}/settings").status_code == status


async def test_open_screens_hear_of_what_is_saved(
    live: None, session: Session, studio: Studio, producer: Person, host: Person
) -> None:
    access = Access(studio.pk, frozenset({"producer"}), producer.pk)
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        for socket in (console, screen):
            await joined(socket, meta_of(session))
        await run_db(actions.update_settings, session.pk, {"wrap": True, "notes": "psst"}, access=access)
        told = [await socket.receive(meta_of(session), "settings_changed") for socket in (console, screen)]
        assert [payload["session"]["wrap"] for payload in told] == [True, True]
        assert [payload["session"].get("notes") for payload in told] == ["psst", None]
        before = await run_db(actions.change_slug, session.pk, "silver", access=access)
        assert before == "spring"
        assert (await console.receive(meta_of(session), "settings_changed"))["session"]["slug"] == "silver"


def test_the_short_name_cannot_be_changed_by_a_push(session: Session) -> None:
    """The rules could not see that another session has it."""
    with pytest.raises(Invalid, match="There is no field 'slug'"), transaction.atomic():
        submit_in(connection, f"session:{session.pk}", UpdateSettings({"slug": "x"}), actor_id=None)


def test_a_change_of_the_short_name_is_not_on_the_undo_stack() -> None:
    desk = Desk(Settings("Gold", "gold"), [], {}).do(ChangeSlug("silver"))
    assert desk.state.settings.slug == "silver"
    assert desk.stacks.ahead(3) == (None, None)
    assert desk.refused(ChangeSlug("-x"))[0] == "invalid_slug"
