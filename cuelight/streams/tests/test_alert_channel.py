"""Alerts over real frames and real commits: who may what, exactly once over every break, and what never gets out."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cuelight.accounts import tokens
from cuelight.accounts.identity import AnyIdentity
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import secret_of_token, who
from cuelight.errors import CuelightError
from cuelight.live import db, process, transactional
from cuelight.live.db import run_db
from cuelight.live.journal import Journal
from cuelight.live.testing import Client, connect
from cuelight.sessions import actions as sessions
from cuelight.streams import (
    alert_actions,
    alert_arriving,
    alert_commands,
    alert_rules,
    alert_watch,
    moderation,
    running,
)
from cuelight.streams.alert_command_types import Advance
from cuelight.streams.alert_rules import KindRule, Rules
from cuelight.streams.events import Amount, Event, User
from cuelight.streams.models import Alert
from cuelight.streams.models import Event as EventRow
from cuelight.streams.platforms.contract import Removal
from cuelight.streams.tests.puppet import Puppet, message, puppet

pytestmark = pytest.mark.usefixtures("live")

#: One second is long enough for a test.
QUICK = Rules(kinds={kind: KindRule(seconds=1) for kind in alert_rules.DEFAULTS}, gap_ms=0)


@pytest.fixture
def platform() -> Iterator[Puppet]:
    with puppet() as made:
        yield made


def happened(platform_id: str, kind: str = "follow", *, user_id: str = "nia", **fields: Any) -> Event:
    user = User(id=user_id, name=f"Viewer {user_id}")
    return Event(platform="puppet", platform_id=platform_id, kind=kind, at=datetime.now(UTC), user=user, **fields)  # type: ignore[arg-type]


async def token(studio: Studio, *scopes: str, session_id: int | None = None) -> AnyIdentity:
    secret = await run_db(secret_of_token, studio.pk, *scopes, session_id=session_id)
    found = await run_db(tokens.by_secret, secret)
    assert found is not None
    return found


def box(studio: Studio) -> str:
    return f"alertbox:{studio.pk}"


async def joined(socket: Client, studio: Studio, **payload: Any) -> dict[str, Any]:
    reply = await socket.join(box(studio), payload)
    assert reply.status == "ok", reply.response
    return reply.response


async def until(socket: Client, studio: Studio, holds: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The first ``alerts_changed`` for which it holds."""
    while True:
        told = await socket.receive(box(studio), "alerts_changed")
        if holds(told):
            return told


async def shown(socket: Client, studio: Studio, alert_id: int | None = None) -> dict[str, Any]:
    told = await until(
        socket, studio, lambda told: told["showing"] and (alert_id is None or told["showing"]["id"] == alert_id)
    )
    showing: dict[str, Any] = told["showing"]
    return showing


def kinds(studio: Studio) -> list[str]:
    return [entry.event.kind for entry in transactional.entries_of(connection, f"alerts:{studio.pk}")]


async def test_an_event_shows_on_the_overlay_and_the_crew_sees_the_queue(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia, connect(await token(studio, "overlay")) as overlay:
        first = await joined(mia, studio)
        assert (first["version"], first["showing"], first["queue"], first["overlays"]) == (0, None, [], 0)
        assert first["can"] == {"run": True, "rules": True, "begun": False}
        await joined(overlay, studio, **{"as": "overlay"})
        assert (await mia.receive(box(studio), "overlays_changed"))["overlays"] == 1
        gift = happened("1", "donation", amount=Amount(value=500, currency="USD"), text="hello", detail={"sku": "X"})
        await running.ingest.put(studio.pk, [gift])
        showing = await shown(overlay, studio)
        assert showing["event"]["text"] == "hello"
        assert showing["event"]["user"] == {"id": "", "name": "Viewer nia"}
        assert "detail" not in showing["event"]
        begun = await overlay.push(box(studio), "begun", {"id": showing["id"], "run": 0})
        assert begun.status == "ok"
        told = await until(mia, studio, lambda told: told["showing"] and told["showing"]["begun"])
        assert told["showing"]["event"]["detail"] == {"sku": "X"}
        assert overlay.unseen(box(studio), "overlays_changed") == []


async def test_strangers_and_tokens_of_elsewhere_are_refused(
    studio: Studio, stranger: Person, cataloger: Person
) -> None:
    elsewhere = await run_db(lambda: Studio.objects.get(slug="elsewhere"))
    session_id = await run_db(sessions.create_session, studio.pk, name="One")
    for identity, reason in (
        (who(stranger), "not_found"),
        (who(cataloger), "not_found"),
        (await token(elsewhere, "overlay"), "not_found"),
        (await token(studio, "catalog"), "not_found"),
        (await token(studio, "control", session_id=session_id), "not_found"),
    ):
        async with connect(identity) as socket:
            reply = await socket.join(box(studio))
            assert (reply.status, reply.response["reason"]) == ("error", reason)


async def test_a_host_and_an_overlay_follow_and_change_nothing(studio: Studio, host: Person) -> None:
    pushes: list[tuple[str, dict[str, Any]]] = [
        ("pause", {}), ("resume", {}), ("skip", {}), ("clear", {}), ("replay", {"id": 1}), ("approve", {"id": 1}),
        ("dismiss", {"id": 1}), ("test", {"kind": "follow"}), ("undo", {}), ("redo", {}),
    ]  # fmt: skip
    async with connect(who(host)) as tom, connect(await token(studio, "overlay")) as overlay:
        for socket in (tom, overlay):
            await joined(socket, studio)
            for event, payload in pushes:
                reply = await socket.push(box(studio), event, payload)
                assert (reply.status, reply.response["reason"]) == ("error", "forbidden"), event
        assert (await tom.push(box(studio), "begun", {"id": 1})).response["reason"] == "forbidden"


async def test_what_makes_no_sense_is_refused_in_words(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, studio)
        for event, payload in (
            ("replay", {}), ("replay", {"id": "1"}), ("replay", {"id": 7}), ("skip", {}), ("test", {"kind": "chat"}),
            ("dismiss", {"id": 0}), ("approve", {"id": -1}), ("undo", {"scope": "all"}),
        ):  # fmt: skip
            reply = await mia.push(box(studio), event, payload)
            assert reply.status == "error", event
            assert reply.response["message"]
    async with connect(await token(studio, "overlay")) as overlay:
        assert (await overlay.join(box(studio), {"begun": "1"})).response["reason"] == "invalid"


async def test_a_control_token_runs_the_queue(studio: Studio) -> None:
    async with connect(await token(studio, "control")) as deck:
        await joined(deck, studio)
        assert (await deck.push(box(studio), "pause")).response == {"version": 1}
        assert (await until(deck, studio, lambda told: told["paused"]))["version"] == 1
        undone = await deck.push(box(studio), "undo")
        assert undone.response["undone"]["kind"] == "pause"


async def test_the_same_event_never_comes_twice(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, studio)
        stored = await running.ingest.put(studio.pk, [happened("1"), happened("2")])
        await until(mia, studio, lambda told: told["waiting"] == 2)
        assert await run_db(alert_actions.from_store, studio.pk, stored) == 0
        assert await run_db(alert_actions.catch_up) == 0
        assert await run_db(Alert.objects.count) == 2


async def test_what_a_process_left_behind_is_found_by_the_next(
    studio: Studio, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ended between storing an event and putting it into the queue."""
    monkeypatch.setattr(alert_arriving, "KINDS", ())
    await running.ingest.put(studio.pk, [happened("1"), happened("2", "raid", count=9)])
    old = happened("3")
    await running.ingest.put(studio.pk, [old])
    long_ago = timezone.now() - timedelta(minutes=11)
    await run_db(lambda: EventRow.objects.filter(platform_id="3").update(received_at=long_ago))
    assert await run_db(alert_actions.catch_up) == 2
    assert await run_db(alert_actions.catch_up) == 0
    async with connect(who(producer)) as mia:
        assert [row["kind"] for row in (await joined(mia, studio))["queue"]] == ["raid", "follow"]


async def test_alerts_wait_for_an_overlay_and_go_on_when_it_is_back(studio: Studio, producer: Person) -> None:
    await run_db(alert_actions.save_rules, studio.pk, QUICK, by=None)
    overlay_token = await token(studio, "overlay")
    async with connect(who(producer)) as mia:
        await joined(mia, studio)
        await running.ingest.put(studio.pk, [happened("1"), happened("2")])
        waits = await until(mia, studio, lambda told: told["waiting"] == 2)
        assert (waits["showing"], waits["overlays"]) == (None, 0)
        first, second = (row["id"] for row in waits["queue"])
        async with connect(overlay_token) as overlay:
            await joined(overlay, studio)
            assert (await shown(overlay, studio))["id"] == first
            # The cable is pulled before it could draw anything.
        back = await until(mia, studio, lambda told: told["waiting"] == 2)
        assert back["showing"] is None
        assert [row["id"] for row in back["queue"]] == [first, second]
        async with connect(overlay_token) as overlay:
            await joined(overlay, studio)
            again = await shown(overlay, studio)
            assert again["id"] == first
            await overlay.push(box(studio), "begun", {"id": first})
            assert (await shown(overlay, studio, second))["id"] == second
        done = await until(mia, studio, lambda told: told["recent"] and told["recent"][0]["state"] == "shown")
        assert done["recent"][0]["id"] == first


async def test_one_that_was_drawn_while_nobody_heard_it_is_not_drawn_again(studio: Studio, producer: Person) -> None:
    await run_db(alert_actions.save_rules, studio.pk, QUICK, by=None)
    overlay_token = await token(studio, "overlay")
    async with connect(who(producer)) as mia:
        await joined(mia, studio)
        async with connect(overlay_token) as overlay:
            await joined(overlay, studio)
            await running.ingest.put(studio.pk, [happened("1")])
            alert_id = (await shown(overlay, studio))["id"]
        await until(mia, studio, lambda told: told["queue"] and told["queue"][0]["tries"] == 1)
        async with connect(overlay_token) as overlay:
            told = await joined(overlay, studio, begun=[{"id": alert_id, "run": 0}])
            assert (told["waiting"], told["showing"]) == (0, None)
        done = await until(mia, studio, lambda told: told["recent"])
        assert [(row["id"], row["state"]) for row in done["recent"]] == [(alert_id, "shown")]


async def test_two_overlays_draw_one_alert_once(studio: Studio) -> None:
    await run_db(alert_actions.save_rules, studio.pk, QUICK, by=None)
    async with connect(await token(studio, "overlay")) as one, connect(await token(studio, "overlay")) as two:
        for socket in (one, two):
            await joined(socket, studio)
        await running.ingest.put(studio.pk, [happened("1")])
        for socket in (one, two):
            showing = await shown(socket, studio)
            await socket.push(box(studio), "begun", {"id": showing["id"]})
        over = await until(one, studio, lambda told: told["showing"] is None)
        assert over["waiting"] == 0
        await two.until(lambda: bool(two.unseen(box(studio), "alerts_changed")))
    assert (await run_db(kinds, studio)).count("begun") == 1


async def test_a_process_that_starts_again_in_the_middle_goes_on_where_it_was(
    studio: Studio, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_db(alert_actions.save_rules, studio.pk, QUICK, by=None)
    async with connect(await token(studio, "overlay")) as overlay:
        await joined(overlay, studio)
        await running.ingest.put(studio.pk, [happened("1"), happened("2")])
        first = (await shown(overlay, studio))["id"]
        await overlay.push(box(studio), "begun", {"id": first})
    # As after a kill: this process knows nothing, and there is nothing but the database.
    process.journal._loaded.clear()
    async with connect(await token(studio, "overlay")) as overlay:
        await joined(overlay, studio)
        second = await until(overlay, studio, lambda told: told["showing"] and told["showing"]["id"] != first)
        await overlay.push(box(studio), "begun", {"id": second["showing"]["id"]})
        await until(overlay, studio, lambda told: told["showing"] is None and told["waiting"] == 0)
    async with connect(who(producer)) as mia:
        recent = (await joined(mia, studio))["recent"]
        assert [(row["id"], row["state"]) for row in recent] == [
            (second["showing"]["id"], "shown"), (first, "shown"),
        ]  # fmt: skip


async def test_several_processes_start_one(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    journals = [
        Journal(db.asyncpg_arguments(), transactional.kinds(), deliver=lambda _: None, run=db.run_db) for _ in range(3)
    ]
    try:
        monkeypatch.setattr(alert_arriving, "KINDS", ())
        stored = await running.ingest.put(studio.pk, [happened("1"), happened("2")])
        assert await run_db(alert_actions.from_store, studio.pk, stored) == 2
        for journal in journals:
            await journal.aggregate(f"alerts:{studio.pk}")
        command = Advance(overlays=True, tests=False, rehearsals=True)
        outcomes = await asyncio.gather(
            *(
                journal.submit(f"alerts:{studio.pk}", command, actor_id=None, source=alert_watch.SOURCE)
                for journal in journals
            ),
            return_exceptions=True,
        )
        assert [one for one in outcomes if isinstance(one, BaseException)] == []
        assert await run_db(kinds, studio) == ["enqueue", "advance"]
    finally:
        for journal in journals:
            with suppress(Exception):
                await journal.stop()


async def test_the_queue_is_made_once_by_whoever_comes_first(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await asyncio.gather(
            joined(mia, studio),
            *(run_db(alert_actions.ensure, studio.pk) for _ in range(4)),
            running.ingest.put(studio.pk, [happened("1")]),
        )
        assert (await until(mia, studio, lambda told: told["waiting"] == 1))["version"] == 1


async def test_what_is_hidden_disappears_at_once_while_it_shows(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia, connect(await token(studio, "overlay")) as overlay:
        await joined(mia, studio)
        await joined(overlay, studio)
        stored = await running.ingest.put(studio.pk, [happened("1", text="spam"), happened("2")])
        showing = await shown(overlay, studio)
        await run_db(moderation.hide, studio.pk, stored[0].id, by=None)
        gone = await until(overlay, studio, lambda told: not told["showing"] or told["showing"]["id"] != showing["id"])
        assert "spam" not in str(gone)
        told = await until(mia, studio, lambda told: told["last"] == "withdraw")
        assert all(row["id"] != showing["id"] for row in [*told["queue"], *told["recent"]])


async def test_whoever_is_shut_out_takes_their_alerts_along(studio: Studio, producer: Person, platform: Puppet) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, studio)
        [said] = await running.ingest.put(studio.pk, [message("m", user_id="troll")])
        await running.ingest.put(studio.pk, [happened("1", user_id="troll"), happened("2", user_id="nia")])
        await until(mia, studio, lambda told: told["waiting"] == 2)
        await run_db(moderation.shut_out, studio.pk, said.id, "ban", by=None)
        left = await until(mia, studio, lambda told: told["waiting"] == 1)
        assert left["queue"][0]["event"]["user"]["id"] == "nia"
        await running.ingest.put(studio.pk, [happened("3", user_id="bot")])
        await until(mia, studio, lambda told: told["waiting"] == 2)
        await run_db(moderation.heard, studio.pk, "puppet", Removal("ban", user_id="bot"))
        assert (await until(mia, studio, lambda told: told["waiting"] == 1))["queue"] == left["queue"]


async def test_an_event_that_was_hidden_first_is_no_alert(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_arriving, "KINDS", ())
    stored = await running.ingest.put(studio.pk, [happened("1")])
    await run_db(moderation.hide, studio.pk, stored[0].id, by=None)
    assert await run_db(alert_actions.from_store, studio.pk, stored) == 0


async def test_a_test_is_no_event_and_shows_where_only_tests_are_drawn(studio: Studio, producer: Person) -> None:
    await run_db(alert_actions.save_rules, studio.pk, QUICK, by=None)
    op_id = "00000000-0000-4000-8000-00000000000f"
    async with connect(who(producer)) as mia, connect(who(producer)) as preview:
        await joined(mia, studio)
        await joined(preview, studio, **{"as": "overlay"})
        await running.ingest.put(studio.pk, [happened("1")])
        await until(mia, studio, lambda told: told["waiting"] == 1)
        for _ in range(2):
            assert (await mia.push(box(studio), "test", {"kind": "raid", "op_id": op_id})).status == "ok"
        showing = await shown(preview, studio)
        assert (showing["kind"], showing["is_test"], showing["event"]["count"]) == ("raid", True, 42)
        over = await until(preview, studio, lambda told: told["showing"] is None)
        assert over["waiting"] == 1
    assert await run_db(lambda: list(EventRow.objects.values_list("kind", flat=True))) == ["follow"]
    assert await run_db(lambda: Alert.objects.filter(is_test=True).count()) == 1


async def test_panic_holds_what_shows_and_release_lets_it_go_on(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia, connect(await token(studio, "overlay")) as overlay:
        await joined(mia, studio)
        await joined(overlay, studio)
        await running.ingest.put(studio.pk, [happened("1")])
        showing = await shown(overlay, studio)
        await run_db(alert_actions.hold, studio.pk, by=producer.pk, source="key")
        held = await until(overlay, studio, lambda told: told["held"])
        await run_db(alert_actions.release, studio.pk, by=producer.pk, source="key")
        free = await until(overlay, studio, lambda told: not told["held"])
        left = datetime.fromisoformat(showing["until"]) - datetime.fromisoformat(held["held_at"])
        alerts = await alert_commands.access_alerts(who(producer), studio.pk)
        entries = await run_db(lambda: transactional.entries_of(connection, alerts.aggregate.id))
        assert datetime.fromisoformat(free["showing"]["until"]) - entries[-1].at == left


async def test_other_rules_hold_at_once(studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        assert (await joined(mia, studio))["gap_ms"] == 250
        await run_db(alert_actions.save_rules, studio.pk, Rules(gap_ms=3000), by=None)
        assert (await until(mia, studio, lambda told: told["gap_ms"] == 3000))["version"] == 0
        with pytest.raises(CuelightError):
            await run_db(alert_actions.save_rules, studio.pk, Rules(gap_ms=11_000), by=None)


async def test_a_rehearsal_never_shows_on_a_live_stream(
    studio: Studio, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_air = {"now": False}
    monkeypatch.setattr(alert_watch, "BELIEVED_S", 0.0)
    monkeypatch.setattr("cuelight.streams.alert_queries.is_on_air", lambda studio_id: on_air["now"])
    async with connect(who(producer)) as mia, connect(await token(studio, "overlay")) as overlay:
        await joined(mia, studio)
        await joined(overlay, studio)
        await running.ingest.put(studio.pk, [happened("1", rehearsal=True), happened("2", rehearsal=True)])
        assert (await shown(overlay, studio))["rehearsal"]
        on_air["now"] = True
        assert (await until(overlay, studio, lambda told: told["showing"] is None))["waiting"] == 0
        await running.ingest.put(studio.pk, [happened("3", rehearsal=True), happened("4")])
        assert not (await shown(overlay, studio))["rehearsal"]
        told = await until(mia, studio, lambda told: told["showing"] and not told["showing"]["rehearsal"])
        assert [row["state"] for row in told["recent"]] == ["missed", "missed"]
