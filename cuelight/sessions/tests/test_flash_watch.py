"""Flash prices over real frames, and their end by themselves: (c) 15 and what must be true after a restart."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from cuelight.accounts import tokens
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import secret_of_token, who
from cuelight.live import db, process, transactional
from cuelight.live.db import run_db
from cuelight.live.journal import Journal
from cuelight.live.testing import Client, connect
from cuelight.live.tests.desk import eventually
from cuelight.sessions import actions, flash, flash_watch, queries
from cuelight.sessions.command_types import FlashOver
from cuelight.sessions.models import Session
from cuelight.sessions.tests.conftest import joined, meta_of, state_of
from cuelight.sessions.tests.test_channel import refused
from cuelight.sessions.tests.test_show_control import told

pytestmark = pytest.mark.usefixtures("live")

SPEC = {"percent": 20, "seconds": 60}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One second is long enough for a test."""
    monkeypatch.setattr(flash, "SHORTEST", 1)


async def gone_live(socket: Client, session: Session) -> None:
    await joined(socket, state_of(session))
    await told(socket, state_of(session), "set_status", status="live")


def kinds(session: Session) -> list[str]:
    entries = transactional.entries_of(connection, f"session:{session.pk}")
    return [entry.event.kind for entry in entries]


def due_at(session: Session) -> datetime | None:
    found: datetime | None = Session.objects.values_list("flash_due_at", flat=True).get(pk=session.pk)
    return found


async def test_a_flash_price_reaches_everybody_and_the_card(
    session: Session, producer: Person, host: Person, studio: Studio
) -> None:
    air = f"air:{studio.pk}"
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await gone_live(mia, session)
        await told(mia, state_of(session), "show_card")
        await joined(tom, state_of(session))
        await joined(tom, air)
        live = await told(mia, state_of(session), "flash_price", **SPEC)
        seen = await tom.receive(state_of(session), "state_changed")
        card = await tom.receive(air, "card_changed")
        [running] = live["flashes"].values()
        assert seen["flashes"] == live["flashes"]
        assert (running["price_cents"], running["was_cents"], running["by"]) == (800, 1000, f"person:{producer.pk}")
        length = datetime.fromisoformat(running["ends_at"]) - datetime.fromisoformat(running["started_at"])
        assert length == timedelta(seconds=60)
        assert card["product"]["flash"] == {"price_cents": 800, "ends_at": running["ends_at"]}
        assert "cost_cents" not in card["product"]
        assert await run_db(due_at, session) == datetime.fromisoformat(running["ends_at"])
        more = await told(mia, state_of(session), "extend_flash", seconds=30)
        assert await run_db(due_at, session) == datetime.fromisoformat(running["ends_at"]) + timedelta(seconds=30)
        assert next(iter(more["flashes"].values()))["id"] == running["id"]
        ended = await told(mia, state_of(session), "end_flash")
        assert ended["flashes"] == {}
        undone = await mia.push(state_of(session), "undo")
        assert undone.response["undone"]["kind"] == "end_flash"


async def test_it_goes_back_by_itself_within_the_second(session: Session, producer: Person, short: None) -> None:
    async with connect(who(producer)) as mia:
        await gone_live(mia, session)
        live = await told(mia, state_of(session), "flash_price", percent=20, seconds=1)
        [running] = live["flashes"].values()
        over = await mia.receive(state_of(session), "state_changed")
        assert (over["kind"], over["flashes"], over["actor_id"]) == ("flash_over", {}, None)
        late = datetime.fromisoformat(over["at"]) - datetime.fromisoformat(running["ends_at"])
        assert timedelta() <= late < timedelta(seconds=1)
        assert await run_db(due_at, session) is None
        # Ctrl+Z takes back what was before: nobody can want a time back that has passed.
        undone = await mia.push(state_of(session), "undo")
        assert undone.response["undone"]["kind"] == "set_status"


async def test_it_ends_where_nobody_has_the_session_open(session: Session, producer: Person, short: None) -> None:
    """As after a restart: the process knows nothing of the session, and nobody joins it."""
    async with connect(who(producer)) as mia:
        await gone_live(mia, session)
        await told(mia, state_of(session), "flash_price", percent=20, seconds=1)
    process.journal._loaded.clear()
    await flash_watch.hold_what_is_due()
    await eventually(lambda: not process.journal._loaded[f"session:{session.pk}"].state.live.flashes)
    assert (await run_db(kinds, session))[-1] == "flash_over"


async def test_a_far_end_is_not_held_in_memory(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await gone_live(mia, session)
        await told(mia, state_of(session), "flash_price", percent=20, seconds=3600)
    process.journal._loaded.clear()
    await flash_watch.hold_what_is_due()
    assert process.journal.loaded("session") == []
    soon = datetime.now(UTC) + timedelta(hours=2)
    assert await run_db(queries.sessions_with_flashes, before=soon) == [session.pk]


async def test_several_processes_end_it_once(
    session: Session, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flash_watch, "due", lambda now: [])
    monkeypatch.setattr(flash, "SHORTEST", 1)
    journals = [
        Journal(db.asyncpg_arguments(), transactional.kinds(), deliver=lambda _: None, run=db.run_db) for _ in range(3)
    ]
    try:
        async with connect(who(producer)) as mia:
            await gone_live(mia, session)
            live = await told(mia, state_of(session), "flash_price", percent=20, seconds=1)
            aggregate_id = f"session:{session.pk}"
            for journal in journals:
                await journal.aggregate(aggregate_id)
            ends_at = datetime.fromisoformat(next(iter(live["flashes"].values()))["ends_at"])
            await asyncio.sleep((ends_at - datetime.now(UTC)).total_seconds() + 0.01)
            outcomes = await asyncio.gather(
                *(journal.submit(aggregate_id, FlashOver(), actor_id=None, source="clock") for journal in journals),
                run_db(actions.end_flashes),
                return_exceptions=True,
            )
            assert [one for one in outcomes if isinstance(one, BaseException)] == []
        assert (await run_db(kinds, session)).count("flash_over") == 1
    finally:
        for journal in journals:
            with suppress(Exception):
                await journal.stop()


async def test_one_that_was_given_more_time_is_not_ended_by_a_process_that_has_not_heard_of_it(
    session: Session, producer: Person, short: None
) -> None:
    other = Journal(db.asyncpg_arguments(), transactional.kinds(), deliver=lambda _: None, run=db.run_db)
    try:
        async with connect(who(producer)) as mia:
            await gone_live(mia, session)
            await told(mia, state_of(session), "flash_price", percent=20, seconds=1)
            stale = await other.aggregate(f"session:{session.pk}")
            await told(mia, state_of(session), "extend_flash", seconds=600)
            ends_at = flash.due_at(stale.state)
            assert ends_at is not None
            await asyncio.sleep((ends_at - datetime.now(UTC)).total_seconds() + 0.01)
            await other.submit(stale.id, FlashOver(), actor_id=None, source="clock")
            assert len(stale.state.live.flashes) == 1
        assert "flash_over" not in await run_db(kinds, session)
    finally:
        await other.stop()


async def test_without_a_server_the_worker_ends_it(session: Session, producer: Person, short: None) -> None:
    async with connect(who(producer)) as mia:
        await gone_live(mia, session)
        await told(mia, state_of(session), "flash_price", percent=20, seconds=3600)
        await run_db(actions.end_flashes)
        assert (await run_db(kinds, session))[-1] == "flash_price"
        aggregate = await process.journal.aggregate(f"session:{session.pk}")
        await run_db(lambda: Session.objects.filter(pk=session.pk).update(flash_due_at=datetime.now(UTC)))
        await run_db(actions.end_flashes)  # the rules have the last word
        assert aggregate.state.live.flashes


@pytest.mark.parametrize(
    "payload",
    [
        {"percent": 20}, {"seconds": 60}, {"percent": "20", "seconds": 60}, {"percent": 20, "seconds": True},
        {"percent": 1.5, "seconds": 60}, {"price_cents": -1, "seconds": 60}, {"percent": 20, "seconds": 2**63},
        {"percent": 20, "seconds": 60, "item_id": "1"}, {"percent": 20, "seconds": 60, "item_id": 0},
    ],
)  # fmt: skip
async def test_what_makes_no_sense_changes_nothing(session: Session, producer: Person, payload: dict[str, Any]) -> None:
    async with connect(who(producer)) as mia:
        await gone_live(mia, session)
        reason, sentence = await refused(mia, state_of(session), "flash_price", **payload)
        assert reason == "invalid"
        assert sentence
        assert (await joined(mia, state_of(session)))["live"]["version"] == 2


async def test_the_same_op_id_begins_one(session: Session, producer: Person) -> None:
    op_id = "00000000-0000-4000-8000-00000000000f"
    async with connect(who(producer)) as mia:
        await gone_live(mia, session)
        first = await mia.push(state_of(session), "flash_price", {**SPEC, "op_id": op_id})
        again = await mia.push(state_of(session), "flash_price", {**SPEC, "op_id": op_id})
        assert first.response == again.response
        other = await refused(mia, state_of(session), "flash_price", **{**SPEC, "percent": 30, "op_id": op_id})
        assert other[0] == "op_id_reused"


async def test_a_host_has_no_say_in_prices(session: Session, producer: Person, host: Person) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await gone_live(mia, session)
        await joined(tom, state_of(session))
        await mia.push(meta_of(session), "update_settings", {"changes": {"host_may_drive": True}})
        for event, payload in (
            ("flash_price", SPEC), ("approve_flash", {}), ("decline_flash", {}), ("extend_flash", {"seconds": 30}),
            ("end_flash", {}),
        ):  # fmt: skip
            assert (await refused(tom, state_of(session), event, **payload))[0] == "forbidden", event


async def test_a_second_person_agrees_and_both_are_known(
    session: Session, producer: Person, admin: Person, studio: Studio
) -> None:
    secret = await run_db(secret_of_token, studio.pk, "control", by=producer)
    deck = await run_db(tokens.by_secret, secret)
    assert deck is not None
    async with connect(who(producer)) as mia, connect(who(admin)) as ada, connect(deck) as key:
        await gone_live(mia, session)
        await joined(mia, meta_of(session))
        for socket in (ada, key):
            await joined(socket, state_of(session))
        await mia.push(meta_of(session), "update_settings", {"changes": {"approve_prices": True}})
        await mia.receive(state_of(session), "state_changed")
        offered = await told(mia, state_of(session), "flash_price", **SPEC)
        assert (offered["flashes"], offered["offer"]["by"]) == ({}, f"person:{producer.pk}")
        assert (await refused(mia, state_of(session), "approve_flash"))[0] == "own_offer"
        agreed = await told(ada, state_of(session), "approve_flash", offer_id=offered["offer"]["id"])
        [running] = agreed["flashes"].values()
        assert (running["by"], running["approved_by"]) == (f"person:{producer.pk}", f"person:{admin.pk}")
        # Her token is she herself: neither agrees to what the other offers.
        offered = await told(key, state_of(session), "flash_price", percent=50, seconds=60)
        assert offered["offer"]["by"] == f"person:{producer.pk}"
        for hers in (mia, key):
            assert (await refused(hers, state_of(session), "approve_flash"))[0] == "own_offer"
        assert (await told(ada, state_of(session), "approve_flash"))["offer"] is None
        await told(mia, state_of(session), "flash_price", percent=40, seconds=60)
        assert (await refused(key, state_of(session), "approve_flash"))[0] == "own_offer"
        assert (await told(key, state_of(session), "decline_flash"))["offer"] is None
        declined = await told(mia, state_of(session), "flash_price", percent=60, seconds=60)
        assert declined["offer"]
        assert (await told(ada, state_of(session), "decline_flash"))["offer"] is None
        assert (await refused(ada, state_of(session), "approve_flash"))[0] == "no_offer"
    notes = await run_db(lambda: list(AuditEntry.objects.filter(kind="price_approved").order_by("id")))
    assert [(one.person_id, one.detail["offered_by"], one.detail["price_cents"]) for one in notes] == [
        (admin.pk, f"person:{producer.pk}", 800),
        (admin.pk, f"person:{producer.pk}", 500),
    ]


async def test_a_token_whose_maker_is_gone_is_somebody_of_its_own(
    session: Session, producer: Person, studio: Studio
) -> None:
    secret = await run_db(secret_of_token, studio.pk, "control", by=None)
    deck = await run_db(tokens.by_secret, secret)
    assert deck is not None
    assert deck.person_id is None
    async with connect(who(producer)) as mia, connect(deck) as key:
        await gone_live(mia, session)
        await joined(mia, meta_of(session))
        await joined(key, state_of(session))
        await mia.push(meta_of(session), "update_settings", {"changes": {"approve_prices": True}})
        await mia.receive(state_of(session), "state_changed")
        offered = await told(key, state_of(session), "flash_price", **SPEC)
        assert offered["offer"]["by"] == f"token:{deck.token_id}"
        assert (await refused(key, state_of(session), "approve_flash"))[0] == "own_offer"
        assert (await told(mia, state_of(session), "approve_flash"))["offer"] is None
