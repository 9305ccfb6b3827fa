"""Rights that change while somebody is connected."""

import asyncio

from cuelight.live.tests.rooms import Room
from cuelight.live.tests.serving import ask, hear, join, send, serve, until


async def test_a_revoked_client_is_put_out_for_good() -> None:
    async with serve() as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        await join(ann, "room:1")
        await join(bob, "room:1")
        Room.banned.add("ann")
        studio.node.recheck("person:ann")
        assert await hear(ann) == ["1", "1", "room:1", "phx_close", {}]
        await until(lambda: Room.log == ["left ann"])
        studio.hub.broadcast("room:1", "secret", {})
        assert (await hear(bob))[3] == "secret"
        assert (await ask(ann, "1", "2", "room:1", "echo", {}))["response"]["reason"] == "unmatched topic"
        assert (await join(ann, "room:1", "3"))["response"]["reason"] == "forbidden"


async def test_a_recheck_that_finds_nothing_changes_nothing() -> None:
    async with serve() as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        await join(ann, "room:1")
        await join(bob, "room:1")
        studio.node.recheck("person:ann")
        studio.node.recheck("person:nobody")
        assert (await ask(ann, "1", "2", "room:1", "echo", {}))["status"] == "ok"
        studio.hub.broadcast("room:1", "told", {})
        assert [(await hear(ann))[3], (await hear(bob))[3]] == ["told", "told"]


async def test_only_the_topics_that_refuse_are_closed() -> None:
    async with serve() as studio, studio.open("ann") as ann:
        await join(ann, "room:1", "1")
        await join(ann, "lobby:a", "2")
        await hear(ann)  # presence_state
        Room.banned.add("ann")
        studio.node.recheck("person:ann")
        closed = [await hear(ann), await hear(ann)]
        assert ["1", "1", "room:1", "phx_close", {}] in closed
        assert (await ask(ann, "2", "3", "lobby:a", "move", {"page": "x"}))["status"] == "ok"


async def test_a_handler_that_takes_long_does_not_keep_a_revoked_client_in() -> None:
    Room.gates["slow_echo"] = asyncio.Event()
    async with serve() as studio, studio.open("ann") as ann:
        await join(ann, "room:1")
        await send(ann, "1", "2", "room:1", "slow_echo", {})
        await send(ann, "1", "3", "room:1", "echo", {})
        await until(lambda: "at slow_echo" in Room.log)
        Room.banned.add("ann")
        studio.node.recheck("person:ann")
        assert (await hear(ann))[3] == "phx_close"
        Room.gates["slow_echo"].set()
        assert (await hear(ann))[1] == "2"  # it was allowed when it began; what waited behind it was not done
        assert (await ask(ann, None, "4", "phoenix", "heartbeat", {}))["status"] == "ok"


async def test_a_client_revoked_during_its_join_never_gets_in() -> None:
    Room.gates["authorise"] = asyncio.Event()
    async with serve() as studio, studio.open("ann") as ann:
        await send(ann, "1", "1", "room:1", "phx_join", {})
        await until(lambda: Room.log == ["at authorise"])
        studio.node.recheck("person:ann")
        await until(lambda: Room.log == ["at authorise"] * 2)
        Room.banned.add("ann")
        Room.gates["authorise"].set()
        answer = await hear(ann)
        assert answer[3] == "phx_close" or answer[4]["status"] == "error"
        assert studio.hub.topics() == []


async def test_a_role_that_changes_moves_the_client_to_its_audience() -> None:
    async with serve() as studio, studio.open("crew-ann") as ann:
        await join(ann, "room:1")
        [connection] = studio.hub.connections()
        # The same person, no longer crew.
        [seat] = connection.seats()
        seat.channel.identity = seat.channel.identity._replace(name="ann")
        studio.node.recheck("person:crew-ann")
        assert (await ask(ann, "1", "2", "room:1", "echo", {}))["status"] == "ok"
        await until(lambda: studio.hub.topics() == ["room:1", "room:1#public"])
        studio.hub.broadcast("room:1", "notes", {"cost": 3}, audience="crew")
        studio.hub.broadcast("room:1", "notes", {}, audience="public")
        assert (await hear(ann))[4] == {}


async def test_who_remembers_rights_forgets_them_before_they_are_asked_again() -> None:
    async with serve() as studio:
        forgotten: list[str] = []
        studio.hub.on_recheck(forgotten.append)
        async with studio.open("ann") as ann:
            await join(ann, "room:1")
        await until(lambda: studio.hub.connection_count() == 0)
        studio.node.recheck("person:bob")
        assert forgotten == ["person:bob"]
        studio.hub.recheck_all()  # ann is gone, but what is known of her may be out of date
        assert forgotten == ["person:bob", "person:ann"]
