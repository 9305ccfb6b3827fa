"""What happens to a journal while it looks the other way: a held row, news during a read, a mistake, a lost commit."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from cuelight.errors import Newer, Unavailable
from cuelight.live import connections
from cuelight.live import journal as journals
from cuelight.live.aggregate import Aggregate
from cuelight.live.connections import Connection
from cuelight.live.journal import Journal
from cuelight.live.journal_sql import ENTRIES_AFTER
from cuelight.live.kind import Statement
from cuelight.live.tests.desk import Add, Desk, DeskKind, Put, eventually, journal, make_desks, no_thread

MIA = 1
SOON_S = 5.0


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """A connection of the test's own, to a database with three desks."""
    connection = await asyncpg.connect(database_url)
    await make_desks(connection, 3)
    yield connection
    await connection.close()


@pytest.fixture
async def desks(database_url: str, database: Any) -> AsyncIterator[Journal]:
    desk_journal = journal(database_url)
    yield desk_journal
    await desk_journal.stop()


async def test_an_aggregate_whose_row_an_import_holds_keeps_no_other_waiting(desks: Journal, database: Any) -> None:
    held = await desks.aggregate("desk:1")
    async with database.transaction():
        await database.execute("SELECT 1 FROM live_aggregate WHERE id = 'desk:1' FOR UPDATE")
        one = asyncio.create_task(desks.submit("desk:1", Add("a"), actor_id=MIA))
        await eventually(lambda: held.busy)
        async with asyncio.timeout(SOON_S):
            other = await desks.submit("desk:2", Add("a"), actor_id=MIA)
        assert not one.done()
    assert (other.version, (await one).version) == (1, 1)


async def test_an_aggregate_that_lost_a_lock_before_waits_for_the_next_one_apart(
    desks: Journal, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.SETTINGS, "lock_timeout", "30s")
    held = await desks.aggregate("desk:1")
    held.careful = True
    async with database.transaction():
        await database.execute("SELECT 1 FROM live_aggregate WHERE id = 'desk:1' FOR UPDATE")
        one = asyncio.create_task(desks.submit("desk:1", Add("a"), actor_id=MIA))
        await eventually(lambda: held.busy)
        async with asyncio.timeout(SOON_S):
            assert (await desks.submit("desk:2", Add("a"), actor_id=MIA)).version == 1
        assert not one.done()
    assert (await one).version == 1


async def test_a_row_that_is_held_too_long_is_said_to_be_unavailable(
    desks: Journal, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "PATIENCE", 0.1)
    async with database.transaction():
        await database.execute("SELECT 1 FROM live_aggregate WHERE id = 'desk:1' FOR UPDATE")
        with pytest.raises(Unavailable):
            async with asyncio.timeout(SOON_S):
                await desks.submit("desk:1", Add("a"), actor_id=MIA)
    assert (await desks.submit("desk:1", Add("a"), actor_id=MIA)).version == 1


async def test_what_is_heard_during_a_catch_up_is_caught_up_too(
    desks: Journal, database_url: str, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []
    other = journal(database_url, relay=Told(told))
    followed = await desks.aggregate("desk:1")
    for _ in range(2):  # of the first nobody is told, so that the second is a gap
        await other.submit("desk:1", Add("a"), actor_id=MIA)
    read = Connection.fetch

    async def then_one_more(connection: Connection, sql: str, *values: Any) -> list[Any]:
        rows = await read(connection, sql, *values)
        if sql is ENTRIES_AFTER and len(told) == 2:
            await other.submit("desk:1", Add("a"), actor_id=MIA)
            desks.learn(told[2])
        return rows

    monkeypatch.setattr(Connection, "fetch", then_one_more)
    desks.learn(told[1])
    await eventually(lambda: followed.version == 3, SOON_S)
    assert followed.state.channels == {"a": 3}
    await other.stop()


class ClumsyDeskKind(DeskKind):
    """A desk whose projection breaks on a channel called ``broken``."""

    def project(self, before: Desk, after: Desk) -> list[Statement]:
        if "broken" in after.channels:
            raise RuntimeError("a mistake of ours")
        return super().project(before, after)


async def test_a_projection_that_breaks_fails_alone(database_url: str, database: Any) -> None:
    clumsy = Journal(database_url, [ClumsyDeskKind()], deliver=lambda _: None, run=no_thread)
    async with asyncio.timeout(SOON_S):
        answers = await asyncio.gather(
            clumsy.submit("desk:1", Add("a"), actor_id=MIA),
            clumsy.submit("desk:1", Add("a"), actor_id=MIA),
            clumsy.submit("desk:1", Put("broken", 1), actor_id=MIA),
            clumsy.submit("desk:1", Add("a"), actor_id=MIA),
            clumsy.submit("desk:2", Add("a"), actor_id=MIA),
            return_exceptions=True,
        )
    assert isinstance(answers[2], RuntimeError)
    assert [answer.version for answer in answers if not isinstance(answer, BaseException)] == [1, 2, 3, 1]
    await clumsy.stop()


async def test_an_aggregate_that_was_loaded_this_moment_is_not_idle(
    desks: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever waited for it follows an aggregate that hears of nothing any more."""
    load = desks._load

    async def load_as_the_clock_strikes(aggregate_id: str) -> Aggregate:
        loaded = await load(aggregate_id)
        desks._forget_idle()
        return loaded

    monkeypatch.setattr(journals, "KEPT", 1.0)
    monkeypatch.setattr(desks, "_load", load_as_the_clock_strikes)
    followed = await desks.aggregate("desk:1")
    assert desks.loaded("desk") == [followed]


async def test_a_database_that_went_back_makes_screens_load_anew(database_url: str, database: Any) -> None:
    """A failover to a standby that lacked the newest commit."""
    outgrown: list[str] = []
    desks = Journal(database_url, [DeskKind()], deliver=lambda _: None, run=no_thread, outgrown=outgrown.append)
    for _ in range(3):
        await desks.submit("desk:1", Add("a"), actor_id=MIA)
    before = '{"channels": {"a": 2}, "version": 2}'
    await database.execute("DELETE FROM journal WHERE aggregate_id = 'desk:1' AND version = 3")
    await database.execute("UPDATE live_aggregate SET version = 2, state = $1::jsonb WHERE id = 'desk:1'", before)
    with pytest.raises(Newer):
        async with asyncio.timeout(SOON_S):
            await desks.submit("desk:1", Add("a"), actor_id=MIA)
    assert outgrown == ["desk:1"]
    assert (await desks.submit("desk:1", Add("a", 5), actor_id=MIA)).version == 3
    assert (await desks.aggregate("desk:1")).state.channels == {"a": 7}
    await desks.stop()


async def test_a_database_that_went_back_is_noticed_by_an_idle_show(database_url: str, database: Any) -> None:
    outgrown: list[str] = []
    desks = Journal(database_url, [DeskKind()], deliver=lambda _: None, run=no_thread, outgrown=outgrown.append)
    await desks.submit("desk:1", Add("a"), actor_id=MIA)
    await database.execute("DELETE FROM journal WHERE aggregate_id = 'desk:1'")
    await database.execute("UPDATE live_aggregate SET version = 0, state = '{}' WHERE id = 'desk:1'")
    await desks.compare_heads()
    await eventually(lambda: outgrown == ["desk:1"])
    await desks.stop()


class Told:
    """A relay to nobody, which keeps what it is told."""

    alone = False

    def __init__(self, told: list[dict[str, Any]]) -> None:
        self._told = told

    def publish(self, kind: str, body: Any) -> None:
        self._told.append(body)
