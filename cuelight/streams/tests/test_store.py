"""Events go in once, in order, whoever brings them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuelight.live import db
from cuelight.live.db import run_db
from cuelight.live.wire import Encoded
from cuelight.streams import queries, store, upkeep
from cuelight.streams.events import Event, User, bounded
from cuelight.streams.ingest import Ingest
from cuelight.streams.models import Event as Row
from cuelight.streams.models import Seen, StreamSettings

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def chat(number: int | str, text: str = "gold?", *, platform: str = "twitch", **more: Any) -> Event:
    user = User(id="7", name="Nia")
    return Event(platform=platform, platform_id=f"m{number}", kind="chat", at=NOW, user=user, text=text, **more)


class Told:
    """What screens were told: (topic, event name, platform ids)."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, str, list[str]]] = []

    def __call__(self, topic: str, event: str, payload: Encoded) -> None:
        self.frames.append((topic, event, [one["platform_id"] for one in orjson.loads(payload.json)["events"]]))

    def ids(self, topic: str) -> list[str]:
        return [platform_id for name, _, ids in self.frames if name == topic for platform_id in ids]


@pytest.fixture
async def told() -> Told:
    return Told()


@pytest.fixture
async def ingest(told: Told) -> AsyncIterator[Ingest]:
    made = Ingest(db.asyncpg_arguments(), spread=told)
    await made.start()
    yield made
    await made.stop()


async def test_an_event_is_stored_and_told_once(ingest: Ingest, told: Told) -> None:
    [first] = await ingest.put(1, [chat(1)])
    assert await ingest.put(1, [chat(1, "again")]) == []
    assert told.frames == [("chat:1", "events", ["m1"])]
    rows = await run_db(lambda: list(Row.objects.values_list("id", "studio_id", "body__text")))
    assert rows == [(first.id, 1, "gold?")]
    assert (ingest.counts.stored, ingest.counts.repeats) == (1, 1)


async def test_a_repeat_within_one_batch_falls_out(ingest: Ingest, told: Told) -> None:
    stored = await ingest.put(1, [chat(1, "first"), chat(2), chat(1, "second")])
    assert [one.incoming.event.text for one in stored] == ["first", "gold?"]
    assert told.ids("chat:1") == ["m1", "m2"]


async def test_the_same_id_on_another_platform_or_in_another_studio_is_another_event(ingest: Ingest) -> None:
    await ingest.put(1, [chat(1), chat(1, platform="kick")])
    await ingest.put(2, [chat(1)])
    assert await run_db(Row.objects.count) == 3


async def test_talk_and_activities_go_to_their_topics(ingest: Ingest, told: Told) -> None:
    follow = Event(platform="twitch", platform_id="f1", kind="follow", at=NOW)
    await ingest.put(1, [chat(1), follow, chat(2)])
    assert told.frames == [("chat:1", "events", ["m1", "m2"]), ("stream:1", "activity", ["f1"])]


async def test_many_at_once_keep_their_order_and_share_statements(ingest: Ingest, told: Told) -> None:
    await asyncio.gather(*(ingest.put(1, [chat(f"{feed}-{n}") for n in range(5)]) for feed in range(60)))
    told_ids = told.ids("chat:1")
    assert len(told_ids) == 300
    for feed in range(60):
        assert [one for one in told_ids if one.startswith(f"m{feed}-")] == [f"m{feed}-{n}" for n in range(5)]
    assert ingest.counts.statements < 10
    ids = await run_db(lambda: list(Row.objects.order_by("id").values_list("platform_id", flat=True)))
    assert ids == told_ids


async def test_two_processes_that_bring_the_same_events_store_each_once(told: Told) -> None:
    others = Told()
    ours = Ingest(db.asyncpg_arguments(), spread=told)
    theirs = Ingest(db.asyncpg_arguments(), spread=others)
    await ours.start()
    await theirs.start()
    try:
        events = [chat(n) for n in range(400)]
        backwards = events[::-1]
        parts = [events[n : n + 40] for n in range(0, 400, 40)]
        reversed_parts = [backwards[n : n + 40] for n in range(0, 400, 40)]
        await asyncio.gather(*(ours.put(1, part) for part in parts), *(theirs.put(1, part) for part in reversed_parts))
    finally:
        await ours.stop()
        await theirs.stop()
    assert sorted(told.ids("chat:1") + others.ids("chat:1")) == sorted(f"m{n}" for n in range(400))
    assert await run_db(Row.objects.count) == 400


async def test_what_waits_for_a_database_that_went_away_is_stored_when_it_is_back(ingest: Ingest, told: Told) -> None:
    await ingest.put(1, [chat(1)])
    assert ingest._connection is not None
    pid = ingest._connection.get_server_pid()
    other = await asyncpg.connect(**db.asyncpg_arguments())
    try:
        await other.fetchval("SELECT pg_terminate_backend($1)", pid)
    finally:
        await other.close()
    async with asyncio.timeout(60):
        assert len(await ingest.put(1, [chat(2)])) == 1
    assert told.ids("chat:1") == ["m1", "m2"]


async def test_characters_that_no_database_takes_are_left_out_and_lose_nothing(ingest: Ingest) -> None:
    hostile = chat(1, "a\0b\ud800c", detail={"x": "\0", "y": "\\u0000"}, raw={"z": "\0", "back": "\\\\u0000\0"})
    await ingest.put(1, [hostile, chat(2)])
    rows = await run_db(lambda: list(Row.objects.order_by("id").values_list("body", "raw")))
    assert rows[0][0]["text"] == "abc"
    assert rows[0][0]["detail"] == {"x": "", "y": "\\u0000"}
    assert rows[0][1] == {"z": "", "back": "\\\\u0000"}
    assert rows[1][0]["text"] == "gold?"


async def test_an_event_without_an_id_is_left_out_and_said_so(ingest: Ingest) -> None:
    nameless = Event(platform="twitch", platform_id="", kind="chat", at=NOW)
    assert len(await ingest.put(1, [nameless, chat(1)])) == 1
    assert ingest.counts.refused == 1


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(min_size=1), st.text())
def test_whatever_strangers_write_is_bounded_and_can_be_encoded(text: str, name: str, color: str) -> None:
    event = bounded(
        Event(platform="x", platform_id="1", kind="chat", at=NOW, user=User(id=name, name=name, color=color), text=text)
    )
    assert event.user is not None
    assert len(event.text) <= 2_000
    assert len(event.user.name) <= 100
    assert event.user.color == "" or len(event.user.color) == 7
    assert "\0" not in event.text + event.user.name
    orjson.dumps([event.text, event.user.name])


def test_days_are_made_ahead_and_events_land_in_theirs() -> None:
    now = datetime.now(UTC)
    put = (
        "INSERT INTO streams_event (id, studio_id, received_at, at, platform, platform_id, kind, user_id, body,"
        " rehearsal) VALUES (%s, 1, now(), now(), 'x', '1', 'chat', '', '{}', false)"
    )
    with connection.cursor() as cursor:
        for day in store.days_ahead(now):
            cursor.execute(f"DROP TABLE IF EXISTS {store.partition(day)}")
        # Before its day had a table it lay in the one for what has none.
        cursor.execute(put, [1])
        cursor.execute("SELECT tableoid::regclass::text FROM streams_event")
        assert cursor.fetchone() == ("streams_event_other",)
        upkeep.make_days(now)
        upkeep.make_days(now)
        cursor.execute(put, [2])
        cursor.execute("SELECT id, tableoid::regclass::text FROM streams_event ORDER BY id")
        today = store.partition(now.date())
        assert cursor.fetchall() == [(1, today), (2, today)]
        for day in store.days_ahead(now):
            cursor.execute(f"DROP TABLE {store.partition(day)}")


async def test_a_studio_keeps_events_as_long_as_it_has_said(studio: Any, ingest: Ingest) -> None:
    await ingest.put(studio.pk, [chat(1), chat(2, raw={"a": 1})])
    await ingest.put(0, [chat(1)])

    def age_and_forget() -> list[tuple[int, Any]]:
        now = datetime.now(UTC)
        StreamSettings.objects.create(studio=studio, keep_days=30)
        Row.objects.filter(platform_id="m1").update(received_at=now - timedelta(days=40))
        Row.objects.filter(platform_id="m2").update(received_at=now - timedelta(days=8))
        Seen.objects.update(received_at=now - timedelta(days=8))
        upkeep.forget_old(now)
        return sorted(Row.objects.values_list("studio_id", "raw"), key=lambda row: row[0] == 0)

    assert await run_db(age_and_forget) == [(studio.pk, None), (0, None)]
    assert await run_db(Seen.objects.count) == 0


async def test_recent_talk_leaves_out_what_is_hidden_and_other_studios(ingest: Ingest) -> None:
    await ingest.put(1, [chat(n) for n in range(5)])
    await ingest.put(2, [chat(9)])

    def shown() -> list[str]:
        Row.objects.filter(platform_id="m2").update(hidden_at=NOW)
        return [orjson.loads(body)["platform_id"] for body in queries.recent_talk(1, limit=3)]

    assert await run_db(shown) == ["m1", "m3", "m4"]
