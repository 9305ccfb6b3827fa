"""One process's journal on real PostgreSQL: order, repeats, refusals, undo."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from cuelight.errors import Conflict, Gone, Newer, NotFound, Refused, Unavailable
from cuelight.live import patch
from cuelight.live.journal import Journal
from cuelight.live.kind import Entry, Publication, Redo, Undo
from cuelight.live.tests.desk import FULL, Add, Desk, DeskKind, Fail, Put, eventually, journal, make_desks, no_thread

MIA, TOM = 1, 2


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Any]:
    """A connection of the test's own, to a database with three desks."""
    connection = await asyncpg.connect(database_url)
    await make_desks(connection, 3)
    yield connection
    await connection.close()


@pytest.fixture
def heard() -> list[Publication]:
    return []


@pytest.fixture
async def desks(database_url: str, database: Any, heard: list[Publication]) -> AsyncIterator[Journal]:
    desk_journal = journal(database_url, heard.append)
    await desk_journal.start()
    yield desk_journal
    await desk_journal.stop()


async def rows(connection: Any, desk: str = "desk:1") -> list[Any]:
    found: list[Any] = await connection.fetch("SELECT * FROM journal WHERE aggregate_id = $1 ORDER BY version", desk)
    return found


def level(aggregate: Any, channel: str = "a") -> int:
    found: int = aggregate.state.channels.get(channel, 0)
    return found


async def test_a_command_is_in_the_database_before_anybody_hears_of_it(
    desks: Journal, database: Any, heard: list[Publication]
) -> None:
    outcome = await desks.submit("desk:1", Add("a", 3), actor_id=MIA)
    [row] = await rows(database)
    assert (row["version"], row["actor_id"], row["source"]) == (outcome.version, MIA, "key") == (1, MIA, "key")
    assert msgspec.json.decode(row["event"])["changes"] == {"channels.a": [patch.ABSENT, 3]}
    assert [publication.version for publication in heard] == [1]


async def test_many_commands_at_once_get_every_version_once(desks: Journal, database: Any) -> None:
    outcomes = await asyncio.gather(*[desks.submit("desk:1", Add("a"), actor_id=MIA) for _ in range(1200)])
    assert sorted(outcome.version for outcome in outcomes) == list(range(1, 1201))
    assert [row["version"] for row in await rows(database)] == list(range(1, 1201))
    assert level(await desks.aggregate("desk:1")) == 1200


async def test_broadcasts_go_out_in_version_order(desks: Journal, heard: list[Publication]) -> None:
    await asyncio.gather(*[desks.submit("desk:1", Add("a"), actor_id=MIA) for _ in range(300)])
    assert [publication.version for publication in heard] == list(range(1, 301))


async def test_the_same_op_id_moves_once(desks: Journal, database: Any) -> None:
    op_id = uuid4()
    both = await asyncio.gather(*[desks.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id) for _ in range(2)])
    later = await desks.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id)
    assert {outcome.version for outcome in [*both, later]} == {1}
    assert len(await rows(database)) == 1


async def test_an_op_id_is_known_for_ever(desks: Journal, database_url: str, database: Any) -> None:
    op_id = uuid4()
    await desks.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id)
    await desks.submit("desk:1", Add("a"), actor_id=MIA)
    other = journal(database_url)  # a process that has only just started
    assert (await other.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id)).version == 1
    assert len(await rows(database)) == 2
    await other.stop()


async def test_a_repeat_beside_new_commands_does_not_disturb_them(desks: Journal, database_url: str) -> None:
    op_id = uuid4()
    await desks.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id)
    other = journal(database_url)
    repeat, *new = await asyncio.gather(
        other.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id),
        *[other.submit(f"desk:{number}", Add("a"), actor_id=MIA) for number in (1, 1, 2, 3)],
    )
    assert repeat.version == 1
    assert [outcome.version for outcome in new] == [2, 3, 1, 1]
    await other.stop()


async def test_an_op_id_used_for_something_else_is_refused(desks: Journal) -> None:
    op_id = uuid4()
    await desks.submit("desk:1", Add("a"), actor_id=MIA, op_id=op_id)
    for command, actor_id in [(Add("b"), MIA), (Add("a"), TOM)]:
        with pytest.raises(Conflict) as caught:
            await desks.submit("desk:1", command, actor_id=actor_id, op_id=op_id)
        assert caught.value.reason == "op_id_reused"


async def test_a_refusal_and_a_no_op_are_not_journaled(desks: Journal, database: Any, heard: list[Publication]) -> None:
    await desks.submit("desk:1", Put("a", FULL), actor_id=MIA)
    with pytest.raises(Refused, match="full"):
        await desks.submit("desk:1", Add("a"), actor_id=MIA)
    assert (await desks.submit("desk:1", Put("a", FULL), actor_id=TOM)).version == 1
    assert len(await rows(database)) == len(heard) == 1


async def test_a_repeat_that_would_now_be_refused_gets_its_first_answer(desks: Journal, database_url: str) -> None:
    op_id = uuid4()
    await desks.submit("desk:1", Add("a", FULL), actor_id=MIA, op_id=op_id)
    other = journal(database_url)
    assert (await other.submit("desk:1", Add("a", FULL), actor_id=MIA, op_id=op_id)).version == 1
    await other.stop()


async def test_a_refusal_rests_on_the_newest_state_even_if_another_process_wrote_it(
    desks: Journal, database_url: str
) -> None:
    other = journal(database_url)
    await desks.submit("desk:1", Put("a", FULL), actor_id=MIA)
    assert level(await other.aggregate("desk:1")) == FULL
    await desks.submit("desk:1", Put("a", 0), actor_id=MIA)
    assert (await other.submit("desk:1", Add("a"), actor_id=TOM)).version == 3
    await other.stop()


async def test_a_head_that_moved_is_caught_up_and_nobody_else_waits(desks: Journal, database_url: str) -> None:
    other = journal(database_url)
    await other.aggregate("desk:1")
    await desks.submit("desk:1", Add("a", 10), actor_id=MIA)
    outcomes = await asyncio.gather(*[other.submit(f"desk:{number}", Add("a"), actor_id=TOM) for number in (1, 2, 3)])
    assert [outcome.version for outcome in outcomes] == [2, 1, 1]
    assert level(await other.aggregate("desk:1")) == 11
    await other.stop()


async def test_what_only_the_database_refuses_fails_alone(desks: Journal, database: Any) -> None:
    results = await asyncio.gather(
        desks.submit("desk:1", Add("a"), actor_id=MIA),
        desks.submit("desk:1", Fail(), actor_id=MIA),
        desks.submit("desk:1", Add("a"), actor_id=MIA),
        desks.submit("desk:2", Add("a"), actor_id=MIA),
        return_exceptions=True,
    )
    assert isinstance(results[1], Conflict)
    assert [result.version for result in results if not isinstance(result, BaseException)] == [1, 2, 1]
    assert level(await desks.aggregate("desk:1")) == len(await rows(database)) == 2


async def test_a_database_that_answers_and_cannot_write_is_waited_for_then_said_to_be_away(
    desks: Journal, database: Any
) -> None:
    await desks.submit("desk:1", Add("a"), actor_id=MIA)
    await database.execute("""
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON journal EXECUTE FUNCTION full_disk()""")
    with pytest.raises(Unavailable):
        await desks.submit("desk:1", Add("a"), actor_id=MIA)
    waiting = asyncio.create_task(desks.submit("desk:1", Add("b"), actor_id=MIA))
    await database.execute("DROP TRIGGER full_disk ON journal")
    assert (await waiting).version == 2
    assert (await desks.aggregate("desk:1")).state.channels == {"a": 1, "b": 1}


async def test_a_broadcast_that_breaks_stops_neither_the_show_nor_the_answer(database_url: str, database: Any) -> None:
    heard: list[int | None] = []

    def deliver(publication: Publication) -> None:
        if publication.version == 1:
            raise RuntimeError("a socket of ours is broken")
        heard.append(publication.version)

    desks = journal(database_url, deliver)
    versions = [(await desks.submit("desk:1", Add("a"), actor_id=MIA)).version for _ in range(3)]
    await desks.stop()
    assert versions == [1, 2, 3]
    assert heard == [2, 3]


async def test_unknown_and_deleted_aggregates_say_so(desks: Journal, database: Any) -> None:
    for unknown in ("desk:99", "lamp:1", "desk:x", "desk", f"desk:{2**70}"):
        with pytest.raises(NotFound):
            await desks.submit(unknown, Add("a"), actor_id=MIA)
    await desks.submit("desk:1", Add("a"), actor_id=MIA)
    await database.execute("UPDATE live_aggregate SET deleted_at = now() WHERE id IN ('desk:1', 'desk:2')")
    for number in (1, 2):  # one that this process holds, one that it does not
        with pytest.raises(Gone):
            await desks.submit(f"desk:{number}", Add("a"), actor_id=MIA)


async def test_undo_takes_back_ones_own_and_names_what(desks: Journal) -> None:
    await desks.submit("desk:1", Put("a", 5), actor_id=MIA)
    await desks.submit("desk:1", Put("b", 7), actor_id=TOM)
    outcome = await desks.submit("desk:1", Undo(), actor_id=MIA)
    assert outcome == (3, {"kind": "put", "version": 1})
    assert (await desks.aggregate("desk:1")).state.channels == {"b": 7}
    assert await desks.submit("desk:1", Redo(), actor_id=MIA) == (4, {"kind": "put", "version": 1})
    assert (await desks.aggregate("desk:1")).state.channels == {"a": 5, "b": 7}


async def test_undo_is_refused_where_somebody_went_on(desks: Journal) -> None:
    await desks.submit("desk:1", Put("a", 5), actor_id=MIA)
    await desks.submit("desk:1", Put("a", 6), actor_id=TOM)
    with pytest.raises(Refused) as caught:
        await desks.submit("desk:1", Undo(), actor_id=MIA)
    assert (caught.value.reason, getattr(caught.value, "actor_id", None)) == ("superseded", TOM)
    assert level(await desks.aggregate("desk:1")) == 6


async def test_undo_of_the_show_takes_back_anybodys_newest(desks: Journal) -> None:
    await desks.submit("desk:1", Put("a", 5), actor_id=MIA)
    await desks.submit("desk:1", Undo(scope="show"), actor_id=TOM)
    assert level(await desks.aggregate("desk:1")) == 0
    for who in (MIA, TOM):
        with pytest.raises(Refused, match="Nothing to undo"):
            await desks.submit("desk:1", Undo(scope="show"), actor_id=who)


async def test_undo_of_a_version_can_reach_past_newer_ones(desks: Journal) -> None:
    await desks.submit("desk:1", Put("a", 5), actor_id=MIA)
    await desks.submit("desk:1", Put("b", 5), actor_id=MIA)
    await desks.submit("desk:1", Undo(version=1), actor_id=TOM)
    assert (await desks.aggregate("desk:1")).state.channels == {"b": 5}
    with pytest.raises(Refused):
        await desks.submit("desk:1", Undo(version=1), actor_id=MIA)


async def test_redo_is_cleared_by_ones_own_next_command_only(desks: Journal) -> None:
    await desks.submit("desk:1", Put("a", 5), actor_id=MIA)
    await desks.submit("desk:1", Undo(), actor_id=MIA)
    await desks.submit("desk:1", Put("b", 1), actor_id=TOM)
    await desks.submit("desk:1", Redo(), actor_id=MIA)
    await desks.submit("desk:1", Undo(), actor_id=MIA)
    await desks.submit("desk:1", Put("c", 1), actor_id=MIA)
    with pytest.raises(Refused, match="Nothing to redo"):
        await desks.submit("desk:1", Redo(), actor_id=MIA)


async def test_two_undos_pressed_at_once_take_back_two(desks: Journal) -> None:
    for value in (1, 2, 3):
        await desks.submit("desk:1", Put("a", value), actor_id=MIA)
    outcomes = await asyncio.gather(*[desks.submit("desk:1", Undo(), actor_id=MIA) for _ in range(2)])
    assert [outcome.undone["version"] for outcome in outcomes if outcome.undone] == [3, 2]
    assert level(await desks.aggregate("desk:1")) == 1


async def test_what_a_platform_caused_cannot_be_undone(desks: Journal) -> None:
    await desks.submit("desk:1", Put("a", 5), actor_id=MIA, source="platform")
    with pytest.raises(Refused, match="Nothing to undo"):
        await desks.submit("desk:1", Undo(scope="show"), actor_id=MIA)


@pytest.mark.parametrize("seed", range(5))
async def test_undoing_200_random_commands_of_two_returns_what_is_ones_own_and_nothing_else(
    desks: Journal, seed: int
) -> None:
    """Mia works on channels a-d, Tom on e-h; both undo in random turns until nothing is left to undo."""
    chance = random.Random(seed)
    mine = {MIA: "abcd", TOM: "efgh"}
    for _ in range(200):
        who = chance.choice([MIA, TOM])
        command = chance.choice([Add(chance.choice(mine[who])), Put(chance.choice(mine[who]), chance.randint(0, 9))])
        await desks.submit("desk:1", command, actor_id=who)
    before = dict((await desks.aggregate("desk:1")).state.channels)
    await undo_all(desks, MIA)
    after = (await desks.aggregate("desk:1")).state.channels
    assert after == {channel: value for channel, value in before.items() if channel in mine[TOM]}
    await undo_all(desks, TOM)
    assert (await desks.aggregate("desk:1")).state.channels == {}


async def undo_all(desks: Journal, who: int) -> None:
    """Undoes until nothing is left; a refusal for another reason fails."""
    with pytest.raises(Refused, match="Nothing to undo"):
        while True:
            await desks.submit("desk:1", Undo(), actor_id=who)


async def test_the_journal_replayed_from_zero_is_the_state(desks: Journal, database: Any) -> None:
    chance = random.Random(7)
    for _ in range(60):
        who = chance.choice([MIA, TOM])
        command = chance.choice([Add(chance.choice("ab")), Put(chance.choice("ab"), chance.randint(0, 3)), Undo()])
        try:
            await desks.submit("desk:1", command, actor_id=who)
        except Refused:
            continue
    replayed: Any = {"channels": {}}
    for row in await rows(database):
        replayed = patch.apply(replayed, msgspec.json.decode(row["event"])["changes"])
    assert replayed["channels"] == (await desks.aggregate("desk:1")).state.channels
    head = await database.fetchval("SELECT state->'channels' FROM live_aggregate WHERE id = 'desk:1'")
    assert msgspec.json.decode(head) == replayed["channels"]


async def test_an_entry_heard_from_another_process_is_followed_and_a_gap_is_read(
    desks: Journal, database_url: str, database: Any, heard: list[Publication]
) -> None:
    told: list[dict[str, Any]] = []

    class Line:
        alone = False

        def publish(self, kind: str, body: Any) -> None:
            told.append(body)

    other = journal(database_url, relay=Line())
    await desks.aggregate("desk:1")
    for _ in range(4):
        await other.submit("desk:1", Add("a"), actor_id=TOM)
    desks.learn(told[0])
    assert level(await desks.aggregate("desk:1")) == 1
    desks.learn(told[0])  # twice is once
    desks.learn(told[3])  # 2 and 3 were lost
    await eventually(lambda: level(desks.loaded("desk")[0]) == 4)
    assert [publication.version for publication in heard] == [1, 2, 3, 4]
    assert UUID(told[3]["op_id"]) in desks.loaded("desk")[0].recent
    await other.stop()


async def test_an_entry_nobody_told_of_is_found_by_comparing_heads(desks: Journal, database_url: str) -> None:
    other = journal(database_url)
    await desks.aggregate("desk:1")
    await other.submit("desk:1", Add("a"), actor_id=TOM)
    await desks.compare_heads()
    await eventually(lambda: level(desks.loaded("desk")[0]) == 1)
    await other.stop()


async def test_whoever_gives_up_waiting_disturbs_nobody(desks: Journal, database: Any) -> None:
    await desks.submit("desk:1", Add("a"), actor_id=MIA)
    async with database.transaction():
        await database.execute("SELECT 1 FROM live_aggregate WHERE id = 'desk:1' FOR UPDATE")
        impatient = asyncio.create_task(desks.submit("desk:1", Add("a"), actor_id=MIA))
        async with asyncio.timeout(20):
            while not await database.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"):
                await asyncio.sleep(0.005)
        others = [asyncio.create_task(desks.submit("desk:1", Add("b"), actor_id=TOM)) for _ in range(3)]
        elsewhere = asyncio.create_task(desks.submit("desk:2", Add("a"), actor_id=TOM))
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
    assert sorted([(await other).version for other in others]) == [3, 4, 5]
    assert (await elsewhere).version == 1
    assert [row["version"] for row in await rows(database)] == [1, 2, 3, 4, 5]
    state = (await desks.aggregate("desk:1")).state
    assert state.channels == {"a": 2, "b": 3}


class ClumsyDeskKind(DeskKind):
    """A desk with mistakes of ours in it: level 13 cannot be written, level 14 not be followed."""

    def dump(self, state: Desk) -> bytes:
        if 13 in state.channels.values():
            raise RuntimeError("cannot be written")
        return super().dump(state)

    def evolve(self, state: Desk, entry: Entry) -> Desk:
        after = super().evolve(state, entry)
        if 14 in after.channels.values():
            raise RuntimeError("cannot be followed")
        return after


async def test_a_mistake_on_the_way_to_the_database_keeps_nobody_waiting(database_url: str, database: Any) -> None:
    desks = Journal(database_url, [ClumsyDeskKind()], deliver=lambda _: None, run=no_thread)
    async with asyncio.timeout(20):
        with pytest.raises(Unavailable):
            await desks.submit("desk:1", Put("a", 13), actor_id=MIA)
        assert (await desks.submit("desk:1", Add("a"), actor_id=MIA)).version == 1
        assert (await desks.submit("desk:2", Add("a"), actor_id=MIA)).version == 1
    await desks.stop()


async def test_entries_that_cannot_be_followed_make_screens_load_anew(database_url: str, database: Any) -> None:
    outgrown: list[str] = []
    other = journal(database_url)
    clumsy = Journal(database_url, [ClumsyDeskKind()], deliver=lambda _: None, run=no_thread, outgrown=outgrown.append)
    await clumsy.aggregate("desk:1")
    await other.submit("desk:1", Put("a", 14), actor_id=MIA)
    await clumsy.compare_heads()
    await eventually(lambda: outgrown == ["desk:1"])
    await other.submit("desk:1", Put("a", 15), actor_id=MIA)
    assert (await clumsy.submit("desk:1", Add("a"), actor_id=MIA)).version == 3
    await clumsy.stop()
    await other.stop()


class NewerDeskKind(DeskKind):
    """A desk as the next version of the software writes it."""

    format = 2


async def test_a_process_that_meets_a_newer_format_steps_back(database_url: str, database: Any) -> None:
    outgrown: list[str] = []
    heard: list[Publication] = []
    old = Journal(database_url, [DeskKind()], deliver=heard.append, run=no_thread, outgrown=outgrown.append)
    new = Journal(database_url, [NewerDeskKind()], deliver=lambda _: None, run=no_thread)
    await old.submit("desk:1", Add("a"), actor_id=MIA)
    await new.submit("desk:1", Add("a"), actor_id=MIA)  # what the old version wrote, the new one reads
    for _ in range(2):
        with pytest.raises(Newer) as caught:
            await old.submit("desk:1", Add("a"), actor_id=MIA)
    assert caught.value.reason == "reload"
    assert (outgrown, len(heard)) == (["desk:1"], 1)
    assert (await old.submit("desk:2", Add("a"), actor_id=MIA)).version == 1
    assert [row["format"] for row in await rows(database)] == [1, 2]
    assert await database.fetchval("SELECT format FROM live_aggregate WHERE id = 'desk:1'") == 2
    await old.stop()
    await new.stop()


async def test_a_newer_entry_that_is_heard_is_not_applied(database_url: str, database: Any) -> None:
    told: list[Any] = []
    relay = Told(told)
    new = Journal(database_url, [NewerDeskKind()], deliver=lambda _: None, relay=relay, run=no_thread)
    outgrown: list[str] = []
    old = Journal(database_url, [DeskKind()], deliver=lambda _: None, run=no_thread, outgrown=outgrown.append)
    await old.aggregate("desk:1")
    await new.submit("desk:1", Add("a"), actor_id=MIA)
    old.learn(told[0])
    await eventually(lambda: outgrown == ["desk:1"])
    with pytest.raises(Newer):
        await old.aggregate("desk:1")
    await old.stop()
    await new.stop()


class Told:
    """A relay to nobody, which keeps what it is told."""

    alone = False

    def __init__(self, told: list[Any]) -> None:
        self._told = told

    def publish(self, kind: str, body: Any) -> None:
        self._told.append(body)
