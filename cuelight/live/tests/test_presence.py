"""Who is here, in one process and in several."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import connect as open_client

from cuelight.live.relay import Carrier
from cuelight.live.relay_postgres import PostgresCarrier
from cuelight.live.testing import LocalCarrier
from cuelight.live.tests.rooms import Room
from cuelight.live.tests.serving import Studio, ask, hear, hear_event, join, send, serve, until


def pages(metas: Any) -> list[str]:
    return sorted(meta["page"] for meta in metas["metas"])


def names(studio: Studio, topic: str = "lobby:a") -> dict[str, list[str]]:
    """Who this process thinks is on the topic, with their pages."""
    return {key: pages(metas) for key, metas in studio.node.presence.state(topic).items()}


async def enter(client: Any, page: str = "host", ref: str = "1") -> dict[str, Any]:
    """Joins the lobby; returns the presence_state that follows the reply."""
    assert (await ask(client, ref, ref, "lobby:a", "phx_join", {"page": page}))["status"] == "ok"
    [join_ref, _, _, event, state] = await hear(client)
    assert (join_ref, event) == (ref, "presence_state")
    found: dict[str, Any] = state
    return found


def deafen(carrier: LocalCarrier, to: Studio) -> Any:
    """Lets nothing of one process through; returns what puts it right again."""
    hear_texts: Any = carrier._hear
    carrier._hear = lambda text: None if text.startswith(to.node.relay.node) else hear_texts(text)
    return hear_texts


@asynccontextmanager
async def two(first: Carrier, second: Carrier) -> AsyncIterator[tuple[Studio, Studio]]:
    """Two servers that know of each other."""
    async with serve(carrier=first) as one, serve(carrier=second) as other:
        await until(lambda: not one.node.relay.alone and not other.node.relay.alone)
        yield one, other


async def test_the_state_follows_the_join_and_a_diff_tells_the_others() -> None:
    async with serve() as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        state = await enter(ann)
        [meta] = state["person:ann"]["metas"]
        assert (meta["name"], meta["page"]) == ("ann", "host")
        assert meta["phx_ref"]
        state = await enter(bob, "producer")
        assert set(state) == {"person:ann", "person:bob"}
        while not (diff := (await hear_event(ann, "presence_diff"))[4])["joins"].get("person:bob"):
            pass
        assert diff["leaves"] == {}


async def test_two_tabs_are_two_entries_and_the_first_to_go_takes_one() -> None:
    async with serve() as studio, studio.open("ann") as one, studio.open("ann") as other, studio.open("bob") as bob:
        await enter(one, "host")
        await enter(other, "producer")
        state = await enter(bob)
        assert pages(state["person:ann"]) == ["host", "producer"]
        await one.close()
        while not (diff := (await hear_event(bob, "presence_diff"))[4])["leaves"]:
            pass
        assert pages(diff["leaves"]["person:ann"]) == ["host"]
        assert names(studio) == {"person:ann": ["producer"], "person:bob": ["host"]}


async def test_a_new_meta_is_a_leave_and_a_join_with_another_ref() -> None:
    async with serve() as studio, studio.open("ann") as ann:
        before = (await enter(ann, "host"))["person:ann"]["metas"][0]["phx_ref"]
        await send(ann, "1", "2", "lobby:a", "move", {"page": "producer"})
        while not (diff := (await hear_event(ann, "presence_diff"))[4])["leaves"]:
            pass
        [left], [joined] = diff["leaves"]["person:ann"]["metas"], diff["joins"]["person:ann"]["metas"]
        assert (left["phx_ref"], joined["page"]) == (before, "producer")
        assert joined["phx_ref"] != before
        assert names(studio) == {"person:ann": ["producer"]}


async def test_leaving_the_topic_or_being_put_out_ends_the_entry() -> None:
    async with serve() as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        await enter(ann)
        await enter(bob)
        await send(ann, "1", "2", "lobby:a", "phx_leave", {})
        await until(lambda: set(names(studio)) == {"person:bob"})
        [connection] = [c for c in studio.hub.connections() if c.identity.name == "bob"]
        connection.seats()[0].drop("phx_error")
        await until(lambda: names(studio) == {})


async def test_a_storm_of_arrivals_makes_few_diffs() -> None:
    async with serve() as studio, studio.open("ann") as ann:
        await enter(ann)
        clients = [await studio.open(f"p{number}") for number in range(40)]
        await asyncio.gather(*[join(client, "lobby:a") for client in clients])
        seen: set[str] = set()
        diffs = 0
        while len(seen - {"person:ann"}) < 40:
            seen |= set((await hear_event(ann, "presence_diff"))[4]["joins"])
            diffs += 1
        assert diffs <= 20
        for client in clients:
            await client.close()


async def test_two_processes_show_the_same_people(database_url: str) -> None:
    async with two(PostgresCarrier(database_url), PostgresCarrier(database_url)) as (one, other):
        async with one.open("ann") as ann:
            await enter(ann)
            await until(lambda: names(other) == {"person:ann": ["host"]})
            async with other.open("bob") as bob:
                assert set(await enter(bob)) == {"person:ann", "person:bob"}
                while "person:bob" not in (await hear_event(ann, "presence_diff"))[4]["joins"]:
                    pass
            while "person:bob" not in (await hear_event(ann, "presence_diff"))[4]["leaves"]:
                pass
        await until(lambda: names(one) == names(other) == {})


async def test_a_process_that_starts_later_learns_who_is_here_already() -> None:
    bus: list[LocalCarrier] = []
    async with serve(carrier=LocalCarrier(bus)) as one, one.open("ann") as ann:
        await enter(ann)
        async with serve(carrier=LocalCarrier(bus)) as other:
            await until(lambda: names(other) == {"person:ann": ["host"]})


async def test_a_process_that_stops_takes_its_people_with_it() -> None:
    bus: list[LocalCarrier] = []
    async with serve(carrier=LocalCarrier(bus)) as one, one.open("ann") as ann:
        await enter(ann)
        async with serve(carrier=LocalCarrier(bus)) as other, other.open("bob") as bob:
            await enter(bob)
            await until(lambda: len(names(one)) == 2)
        await until(lambda: set(names(one)) == {"person:ann"})


async def test_a_missed_change_is_asked_for() -> None:
    bus: list[LocalCarrier] = []
    async with two(LocalCarrier(bus), LocalCarrier(bus)) as (one, other), one.open("ann") as ann:
        hear_texts = deafen(bus[1], one)
        await enter(ann)
        await until(lambda: one.node.presence._own.clock == 1)
        assert names(other) == {}
        bus[1]._hear = hear_texts
        await until(lambda: names(other) == {"person:ann": ["host"]})


async def test_a_process_that_was_thought_dead_is_taken_in_again() -> None:
    bus: list[LocalCarrier] = []
    async with two(LocalCarrier(bus), LocalCarrier(bus)) as (one, other), one.open("ann") as ann:
        await enter(ann)
        await until(lambda: len(names(other)) == 1)
        hear_texts = deafen(bus[1], one)
        await until(lambda: names(other) == {})
        bus[1]._hear = hear_texts
        await until(lambda: len(names(other)) == 1)


async def test_another_process_killed_in_the_middle_leaves_no_ghosts(database_url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "cuelight.live.tests.other_process"]
    process = await asyncio.to_thread(subprocess.Popen, command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        port = int(await asyncio.to_thread(process.stdout.readline))
        async with serve(carrier=PostgresCarrier(database_url)) as studio, studio.open("ann") as ann:
            await enter(ann)
            there = f"ws://127.0.0.1:{port}/socket/websocket?vsn=2.0.0&name=bob"
            async with open_client(there) as bob:
                assert set(await enter(bob)) <= {"person:ann", "person:bob"}
                await until(lambda: set(names(studio)) == {"person:ann", "person:bob"})
                # And a broadcast and a revocation cross over, too.
                await join(bob, "room:1", "2")
                studio.node.spread("room:1", "told", {"by": "ann"})
                assert (await hear_event(bob, "told"))[4] == {"by": "ann"}
                process.kill()
                await asyncio.to_thread(process.wait)
                await until(lambda: set(names(studio)) == {"person:ann"})
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def test_a_revocation_reaches_the_other_process_within_a_second(database_url: str) -> None:
    carriers = PostgresCarrier(database_url), PostgresCarrier(database_url)
    async with two(*carriers) as (one, other), other.open("bob") as bob:
        await join(bob, "room:1")
        Room.banned.add("bob")
        one.node.recheck("person:bob")
        assert (await asyncio.wait_for(hear(bob), 1.0))[3] == "phx_close"


async def test_a_revocation_missed_while_disconnected_is_made_up_for() -> None:
    bus: list[LocalCarrier] = []
    async with two(LocalCarrier(bus), LocalCarrier(bus)) as (_, other), other.open("bob") as bob:
        await join(bob, "room:1")
        Room.banned.add("bob")
        other.node.relay._lost()
        assert (await hear(bob))[3] == "phx_close"
