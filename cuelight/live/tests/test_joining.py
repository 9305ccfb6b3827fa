"""Joins, pushes and leaves: who is in, in which order, and what the client hears."""

import asyncio

import pytest

from cuelight.live.tests.rooms import Room
from cuelight.live.tests.serving import ask, hear, hear_event, join, send, serve, until


async def test_a_join_answers_with_its_snapshot() -> None:
    async with serve() as studio, studio.open() as client:
        await send(client, "7", "7", "room:1", "phx_join", {})
        assert await hear(client) == [
            "7", "7", "room:1", "phx_reply", {"status": "ok", "response": {"number": 1, "you": "ann"}},
        ]  # fmt: skip


@pytest.mark.parametrize("topic", ["room:0", "room:01", "room:-1", "room:9223372036854775808", "room:abc"])
async def test_an_id_that_is_no_row_number_is_not_found(topic: str) -> None:
    async with serve() as studio, studio.open() as client:
        assert (await join(client, topic))["response"]["reason"] == "not_found"


@pytest.mark.parametrize("topic", ["nothing:1", "room:", "room:1:x", "room:1#crew", "phoenix", "x"])
async def test_an_unknown_topic_is_unmatched(topic: str) -> None:
    async with serve() as studio, studio.open() as client:
        assert (await join(client, topic))["response"]["reason"] == "unmatched topic"


async def test_a_channel_that_does_not_authorise_lets_nobody_in() -> None:
    async with serve() as studio, studio.open() as client:
        assert (await join(client, "locked:door"))["response"]["reason"] == "forbidden"
        assert studio.hub.topics() == []


async def test_a_refused_join_leaves_nothing_behind_and_may_be_repeated() -> None:
    Room.banned.add("ann")
    async with serve() as studio, studio.open() as client:
        reply = await join(client, "room:1")
        assert reply == {"status": "error", "response": {"reason": "forbidden", "message": "You are banned."}}
        assert (await ask(client, "1", "2", "room:1", "echo", {}))["response"]["reason"] == "unmatched topic"
        assert studio.hub.topics() == []
        Room.banned.clear()
        assert (await join(client, "room:1", "3"))["status"] == "ok"


async def test_a_join_that_breaks_is_an_error_and_the_socket_lives() -> None:
    async with serve() as studio, studio.open() as client:
        assert (await ask(client, "1", "1", "room:1", "phx_join", {"crash": 1}))["response"][
            "reason"
        ] == "internal_error"
        assert (await ask(client, "2", "2", "room:1", "phx_join", {"refuse": 1}))["response"]["reason"] == "invalid"
        assert studio.hub.topics() == []
        assert (await join(client, "room:1", "3"))["status"] == "ok"


async def test_pushes_without_a_matching_join_are_refused() -> None:
    async with serve() as studio, studio.open() as client:
        before = await ask(client, "1", "2", "room:1", "echo", {})
        null = await ask(client, None, "3", "room:1", "echo", {})
        await join(client, "room:1", "4")
        stale = await ask(client, "1", "5", "room:1", "echo", {})
        null_after = await ask(client, None, "6", "room:1", "echo", {})
        assert {reply["response"]["reason"] for reply in (before, null, stale, null_after)} == {"unmatched topic"}
        assert await ask(client, "4", "7", "room:1", "echo", {"a": 1}) == {"status": "ok", "response": {"a": 1}}


async def test_a_join_without_refs_is_refused() -> None:
    async with serve() as studio, studio.open() as client:
        assert (await ask(client, None, "1", "room:1", "phx_join", {}))["response"]["reason"] == "invalid"
        await send(client, None, None, "room:1", "phx_join", {})
        assert (await hear(client))[4]["response"]["reason"] == "invalid"


async def test_a_second_join_closes_the_first() -> None:
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1", "1")
        await send(client, "2", "2", "room:1", "phx_join", {})
        assert await hear(client) == ["1", "1", "room:1", "phx_close", {}]
        assert (await hear(client))[:4] == ["2", "2", "room:1", "phx_reply"]
        await until(lambda: Room.log == ["left ann"])
        assert (await ask(client, "1", "3", "room:1", "echo", {}))["response"]["reason"] == "unmatched topic"
        assert (await ask(client, "2", "4", "room:1", "echo", {}))["status"] == "ok"
        studio.hub.broadcast("room:1", "told", {})
        assert (await hear(client))[3] == "told"
        assert (await ask(client, "2", "5", "room:1", "echo", {}))["status"] == "ok"


async def test_many_double_joins_end_in_one() -> None:
    async with serve() as studio, studio.open() as client:
        for number in range(60):
            await send(client, str(number), str(number), "room:1", "phx_join", {})
        while (await hear_event(client, "phx_reply"))[0] != "59":
            pass
        studio.hub.broadcast("room:1", "told", {})
        await hear_event(client, "told")
        await send(client, "59", "last", "room:1", "echo", {})
        assert (await hear(client))[:2] == ["59", "last"]  # and not "told" once more


async def test_a_leave_is_answered_closed_and_final() -> None:
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1")
        await send(client, "1", "2", "room:1", "phx_leave", {})
        assert await hear(client) == ["1", "2", "room:1", "phx_reply", {"status": "ok", "response": {}}]
        assert await hear(client) == ["1", "1", "room:1", "phx_close", {}]
        await until(lambda: Room.log == ["left ann"])
        assert studio.hub.topics() == []
        assert (await ask(client, "1", "3", "room:1", "echo", {}))["response"]["reason"] == "unmatched topic"
        assert (await ask(client, "1", "4", "room:1", "phx_leave", {}))["status"] == "ok"


async def test_a_late_leave_of_an_old_join_does_not_end_the_new_one() -> None:
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1", "1")
        await join(client, "room:1", "2")
        assert (await ask(client, "1", "3", "room:1", "phx_leave", {}))["status"] == "ok"
        assert (await ask(client, "2", "4", "room:1", "echo", {}))["status"] == "ok"
        assert studio.hub.topics() == ["room:1", "room:1#public"]


async def test_a_leave_that_overtakes_its_join_leaves_no_subscription() -> None:
    Room.gates["authorise"] = asyncio.Event()
    async with serve() as studio, studio.open() as client:
        await send(client, "1", "1", "room:1", "phx_join", {})
        await until(lambda: Room.log == ["at authorise"])
        await send(client, "1", "2", "room:1", "phx_leave", {})
        await ask(client, None, "3", "phoenix", "heartbeat", {})
        Room.gates["authorise"].set()
        assert (await hear(client))[:4] == ["1", "2", "room:1", "phx_reply"]
        assert studio.hub.topics() == []


async def test_a_socket_lost_during_its_join_leaves_no_subscription() -> None:
    for gate in ("authorise", "join"):
        Room.gates.clear()
        Room.log.clear()
        Room.gates[gate] = asyncio.Event()
        async with serve() as studio:
            async with studio.open() as client:
                await send(client, "1", "1", "room:1", "phx_join", {})
                await until(lambda gate=gate: f"at {gate}" in Room.log)  # type: ignore[misc]
            await until(lambda: studio.hub.connection_count() == 0)
            Room.gates[gate].set()
            if gate == "join":
                await until(lambda: "left ann" in Room.log)
            await until(lambda: studio.hub.topics() == [])


async def test_pushes_run_one_after_the_other_and_in_order() -> None:
    Room.gates["slow_echo"] = asyncio.Event()
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1")
        await send(client, "1", "2", "room:1", "slow_echo", {"n": 1})
        await send(client, "1", "3", "room:1", "echo", {"n": 2})
        await ask(client, None, "4", "phoenix", "heartbeat", {})
        Room.gates["slow_echo"].set()
        assert [(await hear(client))[1], (await hear(client))[1]] == ["2", "3"]


async def test_a_slow_topic_does_not_hold_up_another_of_the_same_socket() -> None:
    Room.gates["slow_echo"] = asyncio.Event()
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1")
        await join(client, "room:2", "2")
        await send(client, "1", "3", "room:1", "slow_echo", {})
        assert (await ask(client, "2", "4", "room:2", "echo", {}))["status"] == "ok"
        Room.gates["slow_echo"].set()


async def test_pushes_before_the_joins_reply_wait_for_it() -> None:
    Room.gates["join"] = asyncio.Event()
    async with serve() as studio, studio.open() as client:
        await send(client, "1", "1", "room:1", "phx_join", {})
        await send(client, "1", "2", "room:1", "echo", {})
        await ask(client, None, "3", "phoenix", "heartbeat", {})
        Room.gates["join"].set()
        assert [(await hear(client))[1], (await hear(client))[1]] == ["1", "2"]


async def test_a_broadcast_during_the_join_is_not_lost() -> None:
    Room.gates["join"] = asyncio.Event()
    async with serve() as studio, studio.open() as client:
        await send(client, "1", "1", "room:1", "phx_join", {})
        await until(lambda: "at join" in Room.log)
        studio.hub.broadcast("room:1", "told", {})
        Room.gates["join"].set()
        assert [(await hear(client))[3], (await hear(client))[3]] == ["told", "phx_reply"]


async def test_an_unknown_event_is_refused() -> None:
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1")
        for event in ("nothing", "join", "authorise", "__init__", "phx_close", "phx_reply", "phx_error"):
            assert (await ask(client, "1", event, "room:1", event, {}))["response"]["reason"] == "unknown_event"


@pytest.mark.parametrize("event", ["crash", "unencodable"])
async def test_a_handler_that_breaks_makes_the_client_rejoin(event: str) -> None:
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1")
        await join(client, "room:2", "2")
        await send(client, "1", "3", "room:1", event, {})
        assert await hear(client) == ["1", "1", "room:1", "phx_error", {}]
        await until(lambda: Room.log == ["left ann"])
        assert (await ask(client, "2", "4", "room:2", "echo", {}))["status"] == "ok"
        assert (await join(client, "room:1", "5"))["status"] == "ok"


async def test_a_broadcast_leaves_out_its_sender_when_asked() -> None:
    async with serve() as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        await join(ann, "room:1")
        await join(bob, "room:1")
        await send(ann, "1", "2", "room:1", "say", {"text": "hello"})
        assert await hear(bob) == [None, None, "room:1", "said", {"text": "hello"}]
        assert (await hear(ann))[3] == "phx_reply"
        assert (await ask(ann, "1", "3", "room:1", "echo", {}))["status"] == "ok"


async def test_an_audience_hears_what_is_meant_for_it() -> None:
    async with serve() as studio, studio.open("crew-ann") as crew, studio.open("bob") as public:
        await join(crew, "room:1")
        await join(public, "room:1")
        studio.hub.broadcast("room:1", "notes", {"cost": 3}, audience="crew")
        studio.hub.broadcast("room:1", "notes", {}, audience="public")
        assert (await hear(crew))[4] == {"cost": 3}
        assert (await hear(public))[4] == {}
        studio.hub.broadcast("room:1", "both", {})
        assert [(await hear(crew))[3], (await hear(public))[3]] == ["both", "both"]


async def test_heartbeats_are_answered() -> None:
    async with serve() as studio, studio.open() as client:
        await send(client, None, "9", "phoenix", "heartbeat", {})
        assert await hear(client) == [None, "9", "phoenix", "phx_reply", {"status": "ok", "response": {}}]
