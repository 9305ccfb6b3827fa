"""Nothing a client sends ends the process, or costs the others more than a moment."""

import asyncio
import gc
import json
import time
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuelight.live.limits import Limits
from cuelight.live.testing import connect, running
from cuelight.live.tests.rooms import ROOMS
from cuelight.live.tests.serving import Studio, ask, closing, hear, join, send, serve, until
from cuelight.live.tests.test_frames import client_frame, streams


async def raw_socket(studio: Studio) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A TCP connection after the handshake, for bytes that no library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
    writer.write(
        b"GET /socket/websocket?vsn=2.0.0&name=mallory HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b" 101 " in await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    return reader, writer


async def closed_with(studio: Studio, data: bytes) -> int:
    """Sends bytes and returns the code of the close frame that answers them."""
    reader, writer = await raw_socket(studio)
    writer.write(data)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answer[0] == 0x88, answer[:60]
    return int.from_bytes(answer[2:4], "big")


async def is_well(studio: Studio) -> None:
    """The process still serves others."""
    async with studio.open("other") as other:
        assert (await join(other, "room:9"))["status"] == "ok"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("bad JSON", client_frame(1, b"{nope"), 1007),
        ("wrong arity", client_frame(1, b'["1","1","room:1"]'), 1007),
        ("wrong types", client_frame(1, b"[1,2,3,4,5]"), 1007),
        ("deep nesting", client_frame(1, b'["1","1","a","b",{"a":' + b"[" * 60_000), 1007),
        ("invalid UTF-8", client_frame(1, b'["1","1","room:\xff","echo",{}]'), 1007),
        ("invalid UTF-8 over two fragments", client_frame(1, b'["\xc3', fin=False) + client_frame(0, b'("]'), 1007),
        ("binary", client_frame(2, b"\0\1\1\6\4"), 1003),
        ("unmasked", client_frame(1, b"[]", masked=False), 1002),
        ("reserved bit", client_frame(1, b"[]", rsv=4), 1002),
        ("unknown opcode", client_frame(3, b"[]"), 1002),
        ("continuation of nothing", client_frame(0, b"[]"), 1002),
        ("a new message inside another", client_frame(1, b"[", fin=False) + client_frame(1, b"]"), 1002),
        ("long ping", client_frame(9, b"p" * 126), 1002),
        ("fragmented ping", client_frame(9, b"p", fin=False), 1002),
        ("short close", client_frame(8, b"\x03"), 1002),
        ("forbidden close code", client_frame(8, b"\x03\xee"), 1002),
        ("close reason is no UTF-8", client_frame(8, b"\x03\xe8\xff"), 1007),
        ("huge frame", client_frame(1, b"x" * 300_000), 1009),
        ("a frame said to have 2^63 bytes", b"\x81\xff\x80\0\0\0\0\0\0\0" + b"mask", 1009),
        ("huge in fragments", client_frame(1, b"x" * 200_000, fin=False) + client_frame(0, b"x" * 200_000), 1009),
        ("clean close", client_frame(8, b"\x03\xe8bye"), 1000),
    ],
)  # fmt: skip
async def test_what_breaks_the_protocol_closes_that_socket_alone(name: str, data: bytes, code: int) -> None:
    async with serve() as studio:
        assert await closed_with(studio, data) == code
        await is_well(studio)


async def test_an_empty_close_is_answered_with_an_empty_one() -> None:
    async with serve() as studio:
        reader, writer = await raw_socket(studio)
        writer.write(client_frame(8, b""))
        assert await asyncio.wait_for(reader.read(), 10) == b"\x88\0"
        writer.close()


async def test_what_came_before_the_break_is_answered() -> None:
    async with serve() as studio:
        reader, writer = await raw_socket(studio)
        writer.write(client_frame(1, b'[null,"1","phoenix","heartbeat",{}]') + client_frame(3, b""))
        answer = await asyncio.wait_for(reader.read(), 10)
        assert b'"phx_reply"' in answer
        assert answer[-20:].find(b"\x88") >= 0
        writer.close()


async def test_fragments_with_a_ping_between_them_make_one_message() -> None:
    async with serve() as studio:
        reader, writer = await raw_socket(studio)
        message = '[null,"ü","phoenix","heartbeat",{}]'.encode()
        for part in (
            client_frame(1, message[:8], fin=False),
            client_frame(9, b"still there?"),
            client_frame(0, b"", fin=False),
            client_frame(0, message[8:]),
        ):
            for byte in part:
                writer.write(bytes([byte]))
        assert await asyncio.wait_for(reader.readexactly(14), 10) == b"\x8a\x0cstill there?"
        head = await asyncio.wait_for(reader.readexactly(2), 10)
        assert orjson.loads(await reader.readexactly(head[1]))[1] == "ü"
        writer.close()


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(streams, min_size=10, max_size=30))
def test_any_stream_of_frames_leaves_the_process_well(attacks: list[list[bytes]]) -> None:
    async def attack() -> None:
        async with serve() as studio:
            for parts in attacks:
                _, writer = await raw_socket(studio)
                writer.write(b"".join(parts))
                writer.close()
            await is_well(studio)

    asyncio.run(attack())


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["room:1", "room:2", "lobby:a", "locked:a", "phoenix", "nothing", "room:x"]) | st.text(
    max_size=5
)
events = st.sampled_from(
    ["phx_join", "phx_leave", "echo", "say", "show", "crash", "heartbeat", "move", "unencodable"]
) | st.text(max_size=5)
refs = st.sampled_from([None, "1", "2"]) | st.text(max_size=3)
sequences = st.lists(st.tuples(refs, refs, names, events, st.dictionaries(st.text(max_size=5), values, max_size=3)))


@settings(max_examples=200, deadline=None)
@given(sequences)
def test_any_sequence_of_frames_leaves_no_entry_behind(sequence: list[tuple[Any, ...]]) -> None:
    async def attack() -> None:
        async with running(ROOMS) as node:
            async with connect(Somebody(), node) as client:
                for frame in sequence:
                    if client.close_code is None:
                        await client.send_text(json.dumps(frame).encode())
            async with asyncio.timeout(5):
                while node.hub.topics() or node.presence.state("lobby:a"):
                    await asyncio.sleep(0.001)
            assert node.hub.connection_count() == 0

    asyncio.run(attack())


async def test_ten_thousand_joins_of_one_socket_do_not_slow_another() -> None:
    async with serve() as studio, studio.open("mallory") as mallory, studio.open("ann") as ann:
        await join(ann, "room:1")

        async def storm() -> None:
            for number in range(10_000):
                await send(mallory, str(number), str(number), f"room:{number + 1}", "phx_join", {})

        async def read() -> None:
            while True:
                await mallory.recv()

        tasks = [asyncio.create_task(storm()), asyncio.create_task(read())]
        slowest = 0.0
        for number in range(100):
            start = time.perf_counter()
            assert (await ask(ann, "1", str(number + 2), "room:1", "echo", {}))["status"] == "ok"
            slowest = max(slowest, time.perf_counter() - start)
        for task in tasks:
            task.cancel()
        # The client's half of the storm runs in this loop, too; what must not happen is a wait for all of it.
        assert slowest < 1.0
        assert len(studio.hub.topics()) <= 2 * 65


async def test_a_socket_may_join_so_many_topics_and_no_more() -> None:
    limits = Limits(topics=3)
    async with serve(limits=limits) as studio, studio.open() as client:
        for number in (1, 2, 3):
            assert (await join(client, f"room:{number}", str(number)))["status"] == "ok"
        assert (await join(client, "room:4", "4"))["response"]["reason"] == "too_many_topics"
        assert (await join(client, "room:3", "5"))["status"] == "ok"
        await ask(client, "1", "6", "room:1", "phx_leave", {})
        assert (await join(client, "room:4", "7"))["status"] == "ok"


async def test_joins_are_limited_by_rate() -> None:
    async with serve(limits=Limits(join_burst=2, join_rate=0.001)) as studio, studio.open() as client:
        replies = [await join(client, f"room:{number}", str(number)) for number in (1, 2, 3)]
        assert [reply["status"] for reply in replies] == ["ok", "ok", "error"]
        assert replies[2]["response"]["reason"] == "rate_limited"


async def test_pushes_over_the_limit_are_refused_with_a_reason() -> None:
    async with serve(limits=Limits(push_burst=5, push_rate=0.001)) as studio, studio.open() as client:
        await join(client, "room:1")
        replies = [await ask(client, "1", str(number), "room:1", "echo", {}) for number in range(2, 9)]
        assert [reply["status"] for reply in replies] == ["ok"] * 4 + ["error"] * 3
        assert replies[-1]["response"]["reason"] == "rate_limited"


async def test_a_flood_is_not_listened_to_for_a_while_and_then_again() -> None:
    limits = Limits(push_burst=5, push_rate=2, refusals=3, refusal_pause_s=0.5)
    async with serve(limits=limits) as studio, studio.open() as client:
        for number in range(20):
            await send(client, None, str(number), "phoenix", "heartbeat", {})
        answers = [(await hear(client))[4]["status"] for _ in range(20)]
        # Five, three refusals, then pauses of half a second in which one token comes back.
        assert answers[:8] == ["ok"] * 5 + ["error"] * 3
        assert answers[8:].count("ok") >= 3


async def test_a_flood_of_pings_is_not_listened_to_for_a_while() -> None:
    limits = Limits(push_burst=5, push_rate=0.001, refusals=3, refusal_pause_s=60)
    async with serve(limits=limits) as studio:
        reader, writer = await raw_socket(studio)
        writer.write(client_frame(9, b"!") * 1_000)
        assert await asyncio.wait_for(reader.readexactly(15), 10) == b"\x8a\x01!" * 5
        assert studio.hub.counts.rate_limited == 3
        writer.close()


async def test_big_messages_cost_more_and_too_many_close_the_socket() -> None:
    async with serve(limits=Limits(push_burst=50, push_rate=0.001)) as studio, studio.open() as client:
        await join(client, "room:1")
        big = {"text": "x" * 100_000}  # 25 of the 50
        assert (await ask(client, "1", "2", "room:1", "echo", big))["status"] == "ok"
        await send(client, "1", "3", "room:1", "echo", big)
        assert await closing(client) == 1008
        await is_well(studio)


async def test_one_message_of_the_largest_size_is_always_allowed() -> None:
    async with serve(limits=Limits(push_burst=5, push_rate=1_000)) as studio, studio.open() as client:
        await join(client, "room:1")
        await asyncio.to_thread(time.sleep, 0.01)  # until the bucket is full again
        assert (await ask(client, "1", "2", "room:1", "echo", {"text": "x" * 200_000}))["status"] == "ok"


async def test_endless_fragments_close_the_socket() -> None:
    async with serve() as studio:
        assert (
            await closed_with(studio, client_frame(1, b"", fin=False) + client_frame(0, b"", fin=False) * 1_000) == 1008
        )


async def test_sockets_that_came_and_went_leave_nothing_to_the_collector() -> None:
    async with serve() as studio:
        await is_well(studio)
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        try:
            for number in range(20):
                reader, writer = await raw_socket(studio)
                writer.write(client_frame(1, b'["1","1","room:1","phx_join",{}]'))
                writer.write(client_frame(1, b'["2","2","locked:1","phx_join",{}]'))
                writer.write(client_frame(1, b'["3","3","lobby:%d","phx_join",{}]' % number))
                await asyncio.wait_for(reader.readexactly(200), 10)
                writer.close()
            await until(lambda: studio.hub.connection_count() == 0 and studio.hub.topics() == [])
            gc.collect()
            ours = [
                thing
                for thing in gc.garbage
                if type(thing).__module__.startswith(("cuelight", "uvicorn", "websockets"))
            ]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()
        assert ours == []


async def test_a_channels_inbox_is_bounded() -> None:
    async with serve(limits=Limits(inbox=3)) as studio, studio.open() as client:
        ROOMS[0].gates["slow_echo"] = asyncio.Event()  # type: ignore[attr-defined]
        await join(client, "room:1")
        await send(client, "1", "first", "room:1", "slow_echo", {})
        await ask(client, None, "beat", "phoenix", "heartbeat", {})
        for number in range(4):
            await send(client, "1", str(number), "room:1", "echo", {})
        refused = await hear(client)
        assert (refused[1], refused[4]["response"]["reason"]) == ("3", "rate_limited")
        ROOMS[0].gates["slow_echo"].set()  # type: ignore[attr-defined]
        assert [(await hear(client))[1] for _ in range(4)] == ["first", "0", "1", "2"]


async def test_a_silent_socket_is_closed_and_a_beating_one_is_not() -> None:
    limits = Limits(idle_s=0.4, sweep_s=0.02)
    async with serve(limits=limits) as studio, studio.open("silent") as silent, studio.open("ann") as ann:
        async with asyncio.timeout(10):
            while silent.close_code is None:
                await ask(ann, None, "1", "phoenix", "heartbeat", {})
                await asyncio.sleep(0.02)
        assert await closing(silent) == 1001
        assert (await ask(ann, None, "2", "phoenix", "heartbeat", {}))["status"] == "ok"


async def test_clients_of_a_stopping_server_see_1012() -> None:
    async with serve() as studio:
        client = await studio.open()
        await join(client, "room:1")
        studio.server.should_exit = True
        assert await closing(client) == 1012


async def test_a_huge_answerable_message_is_read() -> None:
    async with serve() as studio, studio.open() as client:
        await join(client, "room:1")
        payload = {"text": "ü" * 100_000}
        assert (await ask(client, "1", "2", "room:1", "echo", payload))["response"] == payload


class Somebody:
    """An identity that is no tuple."""

    key = "person:9"
    name = "mallory"
    via = ""
