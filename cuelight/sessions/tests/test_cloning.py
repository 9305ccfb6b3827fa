"""Copies of a session: what they take over, what they leave, and that a button pressed twice makes one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.catalog.models import Product
from cuelight.errors import Gone, Invalid, Refused
from cuelight.live.kind import Undo
from cuelight.live.models import Aggregate, JournalEntry
from cuelight.live.transactional import state_of, submit_in
from cuelight.sessions import actions, cloning
from cuelight.sessions.command_types import (
    AddItems,
    Delete,
    Next,
    OverrideItem,
    SendMessage,
    SetStatus,
    UpdateSettings,
)
from cuelight.sessions.lineup import Item, Live, SessionState, Settings
from cuelight.sessions.models import LineupItem, Session, SessionHost

SETTINGS: dict[str, Any] = {
    "wrap": True,
    "host_may_drive": True,
    "skip_sold_out": True,
    "card_theme": "bold",
    "approve_prices": True,
    "arming": True,
    "warn_seconds": 90,
    "danger_seconds": 30,
    "freeze_at_zero": True,
    "duration_minutes": 150,
    "notes": "Ask Ada",
    "presets": [{"text": "Show the clasp", "color": "purple"}],
}
OWN = {
    "section": "Opening",
    "notes": "last box",
    "name": "Only tonight",
    "talking_points_md": "- one",
    "original_price_cents": 5000,
    "sale_price_cents": 4250,
    "planned_seconds": 270,
    "warn_seconds": 45,
    "danger_seconds": 20,
    "skipped": True,
}


def do(session_id: int, *commands: Any, by: Person | None = None) -> None:
    with transaction.atomic():
        for command in commands:
            submit_in(connection, f"session:{session_id}", command, actor_id=by.pk if by else None)


def state(session_id: int) -> SessionState:
    found: SessionState = state_of(connection, f"session:{session_id}")[1]
    return found


def lines(session_id: int) -> list[dict[str, Any]]:
    """The rows of a lineup by number, without what makes each row itself."""
    rows = LineupItem.objects.filter(session_id=session_id).order_by("position").values()
    return [{name: value for name, value in row.items() if name not in ("id", "session_id")} for row in rows]


@pytest.fixture
def rich(session: Session, producer: Person, host: Person) -> Session:
    """A session with everything set that can be, and a show that went on."""
    first = session.items.order_by("position").first()
    assert first is not None
    hosts = [{"person_id": host.pk}, {"person_id": producer.pk, "role": "co_host"}]
    do(session.pk, UpdateSettings({**SETTINGS, "hosts": hosts}), OverrideItem(first.pk, OWN), by=producer)
    do(session.pk, SetStatus("live"), Next(), SendMessage(str(uuid4()), "Slow down"), by=producer)
    return session


def test_a_copy_has_the_lineup_the_settings_and_the_hosts(rich: Session, studio: Studio, producer: Person) -> None:
    copy_id = cloning.clone_session(rich.pk, studio.pk, actor_id=producer.pk)
    copy = Session.objects.get(pk=copy_id)
    assert (copy.name, copy.slug, copy.status) == ("Spring Sparkle (copy)", "spring-sparkle-copy", "draft")
    assert {name: getattr(copy, name) for name in SETTINGS} == SETTINGS
    assert lines(copy_id) == lines(rich.pk)
    assert {name: lines(copy_id)[0][name] for name in OWN} == OWN
    roles = SessionHost.objects.filter(session_id=copy_id).order_by("pk").values_list("person__name", "role")
    assert list(roles) == [("Tom", "primary"), ("Mia", "co_host")]
    ids = [set(LineupItem.objects.filter(session_id=pk).values_list("id", flat=True)) for pk in (copy_id, rich.pk)]
    assert ids[0].isdisjoint(ids[1])


def test_a_copy_knows_nothing_of_what_happened_on_air(rich: Session, studio: Studio, producer: Person) -> None:
    copy_id = cloning.clone_session(rich.pk, studio.pk, actor_id=producer.pk)
    live = state(copy_id).live
    first = LineupItem.objects.filter(session_id=copy_id).order_by("position").first()
    assert first is not None
    assert live == Live(item_id=first.pk)
    kinds = JournalEntry.objects.filter(aggregate_id=f"session:{copy_id}").order_by("version")
    assert [entry.event["kind"] for entry in kinds] == ["update_settings", "add_items"]


def test_the_original_stays_as_it_is(rich: Session, studio: Studio, producer: Person) -> None:
    before = state_of(connection, f"session:{rich.pk}")
    copy_id = cloning.clone_session(rich.pk, studio.pk, actor_id=producer.pk)
    do(copy_id, OverrideItem(state(copy_id).order[0].id, {"sale_price_cents": 100}), by=producer)
    assert state_of(connection, f"session:{rich.pk}") == before


def test_undo_does_not_empty_a_copy(rich: Session, studio: Studio, producer: Person) -> None:
    copy_id = cloning.clone_session(rich.pk, studio.pk, actor_id=producer.pk)
    with pytest.raises(Refused, match="Nothing to undo"):
        do(copy_id, Undo(), by=producer)
    assert len(lines(copy_id)) == 3


def test_a_template_never_goes_on_air_and_a_session_of_it_does(rich: Session, studio: Studio, producer: Person) -> None:
    template_id = cloning.clone_session(rich.pk, studio.pk, actor_id=producer.pk, as_template=True)
    template = Session.objects.get(pk=template_id)
    assert (template.name, template.is_template, template.scheduled_at) == ("Spring Sparkle", True, None)
    for status in ("live", "rehearsal"):
        with pytest.raises(Refused, match="A template never goes on air"):
            do(template_id, SetStatus(status), by=producer)
    friday = datetime(2026, 11, 27, 18, tzinfo=UTC)
    made_id = cloning.clone_session(
        template_id, studio.pk, actor_id=producer.pk, day="27 Nov 2026", scheduled_at=friday
    )
    made = Session.objects.get(pk=made_id)
    assert (made.name, made.is_template, made.scheduled_at) == ("Spring Sparkle, 27 Nov 2026", False, friday)
    assert lines(made_id) == lines(rich.pk)
    do(made_id, SetStatus("live"), by=producer)


@pytest.mark.parametrize(
    ("is_template", "as_template", "day", "taken", "expected"),
    [
        (False, False, "", set(), "Gold (copy)"),
        (False, False, "", {"Gold (copy)", "Gold (copy 2)"}, "Gold (copy 3)"),
        (False, True, "", set(), "Gold"),
        (False, True, "", {"Gold"}, "Gold (2)"),
        (True, True, "", set(), "Gold (copy)"),
        (True, False, "1 Dec 2026", set(), "Gold, 1 Dec 2026"),
        (True, False, "1 Dec 2026", {"Gold, 1 Dec 2026"}, "Gold, 1 Dec 2026 (2)"),
        (True, False, "", set(), "Gold"),
    ],
)
def test_a_copy_is_told_from_the_others_by_its_name(
    is_template: bool, as_template: bool, day: str, taken: set[str], expected: str
) -> None:
    settings = Settings("Gold", "gold", is_template=is_template)
    assert cloning.name_of(settings, taken, as_template=as_template, day=day) == expected


def test_a_long_name_stays_within_its_length() -> None:
    named = cloning.name_of(Settings("é" * 200, "e"), set(), as_template=False, day="")
    assert (len(named), named[-7:]) == (200, " (copy)")


def test_who_has_left_the_studio_is_no_host_of_a_copy(rich: Session, studio: Studio, host: Person) -> None:
    host.memberships.all().delete()
    copy_id = cloning.clone_session(rich.pk, studio.pk, actor_id=None)
    assert [one.role for one in state(copy_id).settings.hosts.values()] == ["co_host"]


def test_times_that_an_undo_has_left_the_wrong_way_round_do_not_stop_a_copy(
    session: Session, studio: Studio, producer: Person, host: Person
) -> None:
    do(session.pk, UpdateSettings({"warn_seconds": 90}), by=producer)
    do(session.pk, UpdateSettings({"danger_seconds": 80}), by=host)
    do(session.pk, Undo(), by=producer)
    assert (state(session.pk).settings.warn_seconds, state(session.pk).settings.danger_seconds) == (60, 80)
    settings = state(cloning.clone_session(session.pk, studio.pk, actor_id=None)).settings
    assert (settings.warn_seconds, settings.danger_seconds) == (60, 60)


def test_a_copy_of_2000_items_is_whole_and_one_transaction(
    session: Session, studio: Studio, products: Callable[..., list[Product]], producer: Person
) -> None:
    product = session.items.order_by("position").values_list("product_id", flat=True)[0]
    first = LineupItem.objects.order_by("-id").values_list("id", flat=True)[0]
    many = [Item(first + number, product, number + 100, notes=f"Note {number}") for number in range(1, 1998)]
    do(session.pk, AddItems(many))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('live_sessions_lineupitem', 'id'), %s)", [first + 3000])
    copy_id = cloning.clone_session(session.pk, studio.pk, actor_id=producer.pk)
    assert len(lines(copy_id)) == 2000
    assert lines(copy_id) == lines(session.pk)
    transactions = LineupItem.objects.filter(session_id=copy_id).extra(select={"by": "xmin::text"})
    rows = Session.objects.filter(pk=copy_id).extra(select={"by": "xmin::text"})
    assert {row.by for row in transactions} == {row.by for row in rows}


def test_nothing_is_left_of_a_copy_that_fails(
    session: Session, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (Session.objects.count(), Aggregate.objects.count(), JournalEntry.objects.count())
    monkeypatch.setattr("cuelight.sessions.state.MOST_ITEMS", 2)
    with pytest.raises(Refused, match="at most 2 items"):
        cloning.clone_session(session.pk, studio.pk, actor_id=None)
    assert (Session.objects.count(), Aggregate.objects.count(), JournalEntry.objects.count()) == before


def test_a_deleted_session_is_not_copied(session: Session, studio: Studio) -> None:
    do(session.pk, Delete())
    with pytest.raises(Gone):
        cloning.clone_session(session.pk, studio.pk, actor_id=None)


def test_one_op_makes_one_copy_also_when_it_comes_twice_at_once(
    session: Session, studio: Studio, producer: Person
) -> None:
    op_id, session_id = uuid4(), session.pk

    def clone(_: int) -> int:
        try:
            return cloning.clone_session(session_id, studio.pk, actor_id=producer.pk, op_id=op_id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(clone, range(4)))
    assert len(made) == 1
    assert Session.objects.filter(name="Spring Sparkle (copy)").count() == 1


def test_two_of_the_same_name_at_once_get_different_short_names(transactional_db: None, studio: Studio) -> None:
    def make(_: int) -> int:
        try:
            return actions.create_session(studio.pk, name="Gold night", op_id=uuid4())
        finally:
            connections.close_all()

    # Each attempt that loses sees one name more; with as many makers as attempts nobody runs out of them.
    with ThreadPoolExecutor(3) as threads:
        made = list(threads.map(make, range(3)))
    assert set(Session.objects.filter(pk__in=made).values_list("slug", flat=True)) == {
        "gold-night",
        "gold-night-2",
        "gold-night-3",
    }


def test_the_page_makes_a_copy_once_and_leads_to_it(client: Client, session: Session, producer: Person) -> None:
    client.force_login(producer)
    sent = {"op_id": str(uuid4())}
    answers = [client.post(f"/sessions/{session.pk}/clone", sent) for _ in range(2)]
    copy = Session.objects.get(name="Spring Sparkle (copy)")
    assert [answer["Location"] for answer in answers] == [f"/sessions/{copy.pk}/edit"] * 2
    template = client.post(f"/sessions/{session.pk}/clone", sent | {"template": "1"}, follow=True)
    assert template.redirect_chain == [("/sessions?tab=templates", 302)]
    assert Session.objects.filter(is_template=True, name="Spring Sparkle").count() == 1


def test_a_button_that_cannot_be_read_makes_nothing(client: Client, session: Session, producer: Person) -> None:
    client.force_login(producer)
    for sent in ({"op_id": "x"}, {"utc_offset": "99999"}):
        assert client.post(f"/sessions/{session.pk}/clone", sent).status_code == 422
    assert Session.objects.count() == 1


def test_a_host_copies_nothing(client: Client, session: Session, host: Person, stranger: Person) -> None:
    for person, status in ((host, 403), (stranger, 404)):
        client.force_login(person)
        assert client.post(f"/sessions/{session.pk}/clone", {}).status_code == status
    assert Session.objects.count() == 1


def test_a_name_must_be_one(session: Session, studio: Studio) -> None:
    with pytest.raises(Invalid):
        cloning.clone_session(session.pk, studio.pk, actor_id=None, name="x" * 201)
