"""Broadcasts to many: order, slices, crew first, and sockets that do not keep up."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import connect as open_client

from cuelight.live.backlog import Backlog
from cuelight.live.limits import Limits
from cuelight.live.testing import Person, connect, running
from cuelight.live.tests.rooms import ROOMS
from cuelight.live.tests.serving import Studio, ask, hear, hear_event, join, serve, until
from cuelight.live.topic import SLICE, Outgoing, Topic


class Listener:
    """Stands for a seat and its connection, where only the walk over them is looked at."""

    def __init__(self, name: str, heard: list[tuple[str, bytes]], crew: bool = False) -> None:
        self.name = name
        self.heard = heard
        self.connection = self
        self.channel = self
        self.crew = crew
        self.backlog: Any = None
        self.parked: list[bytes] = []

    def transport_write(self, data: bytes) -> None:
        self.heard.append((self.name, data))

    def park(self, seat: Any, outgoing: Outgoing) -> None:
        self.parked.append(outgoing.data)


async def a_topic(size: int, *, crew: int = 0) -> tuple[Any, list[Listener], list[tuple[str, bytes]]]:
    topic: Any = Topic("room:1", {}, asyncio.get_running_loop())
    heard: list[tuple[str, bytes]] = []
    listeners = [Listener(f"l{number}", heard) for number in range(size)]
    listeners += [Listener(f"crew{number}", heard, crew=True) for number in range(crew)]
    for listener in listeners:
        topic.add(listener)
    return topic, listeners, heard


async def turns(count: int = 400) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_small_topic_is_written_at_once() -> None:
    topic, listeners, heard = await a_topic(SLICE)
    topic.send(Outgoing(b"a"))
    assert heard == [(listener.name, b"a") for listener in listeners]


async def test_a_large_topic_gives_the_loop_back_after_each_slice_and_crew_comes_first() -> None:
    topic, _, heard = await a_topic(SLICE * 3, crew=2)
    topic.send(Outgoing(b"a"))
    assert len(heard) == SLICE
    assert [name for name, _ in heard[:2]] == ["crew0", "crew1"]
    lengths = []
    for _ in range(4):
        await asyncio.sleep(0)
        lengths.append(len(heard))
    assert lengths == sorted(lengths)
    assert lengths[-1] == SLICE * 3 + 2
    assert {data for _, data in heard} == {b"a"}


async def test_every_socket_of_a_large_topic_hears_everything_once_and_in_order() -> None:
    topic, listeners, heard = await a_topic(SLICE * 2 + 7)
    for number in range(30):
        topic.send(Outgoing(b"%02d" % number))
        if number % 7 == 0:
            await asyncio.sleep(0)
    await turns()
    whole = b"".join(b"%02d" % number for number in range(30))
    for listener in listeners:
        assert b"".join(data for name, data in heard if name == listener.name) == whole


async def test_frames_that_wait_for_a_walk_go_out_in_one_write() -> None:
    topic, _, heard = await a_topic(SLICE + 1)
    for data in (b"a", b"b", b"c"):
        topic.send(Outgoing(data))
    await turns()
    assert [data for name, data in heard if name == "l0"] == [b"a", b"bc"]


async def test_an_excluded_socket_is_left_out_of_that_frame_only() -> None:
    topic, listeners, heard = await a_topic(SLICE + 1)
    topic.send(Outgoing(b"a"))
    topic.send(Outgoing(b"b", exclude=listeners[0]))  # type: ignore[arg-type]
    topic.send(Outgoing(b"c"))
    await turns()
    assert b"".join(data for name, data in heard if name == "l0") == b"ac"
    assert b"".join(data for name, data in heard if name == "l1") == b"abc"


async def test_who_leaves_in_the_middle_of_a_walk_is_not_written_to() -> None:
    topic, listeners, heard = await a_topic(SLICE * 2)
    topic.send(Outgoing(b"a"))
    topic.remove(listeners[-1])
    await turns()
    assert (listeners[-1].name, b"a") not in heard
    assert len(heard) == SLICE * 2 - 1


async def test_who_becomes_slow_in_the_middle_of_a_walk_gets_the_frame_parked() -> None:
    topic, listeners, heard = await a_topic(SLICE * 2)
    slow = listeners[-1]
    topic.send(Outgoing(b"a"))
    topic.send(Outgoing(b"b"))
    topic.remove(slow)
    slow.backlog = object()
    topic.add(slow)
    await turns()
    assert slow.parked == [b"a", b"b"]
    assert all(name != slow.name for name, _ in heard)


async def test_who_recovers_in_the_middle_of_a_walk_gets_no_frame_twice() -> None:
    topic, listeners, heard = await a_topic(SLICE * 2)
    slow = listeners[-1]
    topic.remove(slow)
    slow.backlog = object()
    topic.add(slow)
    topic.send(Outgoing(b"a"))
    assert slow.parked == [b"a"]
    topic.remove(slow)
    slow.backlog = None
    topic.add(slow)
    topic.send(Outgoing(b"b"))
    await turns()
    assert [data for name, data in heard if name == slow.name] == [b"b"]


async def test_everybody_may_leave_in_the_middle_of_a_walk() -> None:
    topic, listeners, _ = await a_topic(SLICE * 2)
    topic.send(Outgoing(b"a"))
    topic.send(Outgoing(b"b"))
    for listener in listeners:
        topic.remove(listener)
    await turns()
    assert len(topic) == 0
    topic.add(listeners[0])
    topic.send(Outgoing(b"c"))
    assert listeners[0].heard[-1] == ("l0", b"c")


def test_a_backlog_keeps_the_newest_state_and_every_log_event() -> None:
    backlog = Backlog(0.0)
    state: Any = object()
    log: Any = object()
    for version in (1, 2, 4, 3):
        backlog.add(state, Outgoing(b"state %d" % version, version))
        backlog.add(log, Outgoing(b"log %d" % version))
    assert backlog.size == len(b"state 4") + 4 * len(b"log 1")
    assert list(backlog.take()) == [b"log 1", b"log 2", b"state 4", b"log 4", b"log 3"]
    assert backlog.size == 0


def test_a_backlog_forgets_what_was_for_a_left_topic() -> None:
    backlog = Backlog(0.0)
    state: Any = object()
    log: Any = object()
    backlog.add(state, Outgoing(b"state", 1))
    backlog.add(log, Outgoing(b"log"))
    backlog.add(log, Outgoing(b"log"))
    backlog.discard(log)
    assert backlog.size == 5
    assert list(backlog.take()) == [b"state"]


# --- real sockets that are slow

BIG = "x" * 20_000


class StuckSocket:
    """A joined client that reads only when told to, with as little room for unread bytes as the kernel allows."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.buffer = b""

    async def __aenter__(self) -> "StuckSocket":
        loop = asyncio.get_running_loop()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setblocking(False)
        await loop.sock_connect(self.socket, ("127.0.0.1", self.studio.port))
        await loop.sock_sendall(
            self.socket,
            b"GET /socket/websocket?vsn=2.0.0&name=stuck HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        )
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += await loop.sock_recv(self.socket, 4096)
        self.buffer = self.buffer.partition(b"\r\n\r\n")[2]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.socket.close()

    async def send(self, *frame: Any) -> None:
        body = orjson.dumps(frame)
        await asyncio.get_running_loop().sock_sendall(self.socket, bytes([0x81, 0x80 | len(body)]) + b"\0" * 4 + body)

    async def read(self) -> Any:
        """The next frame, or None at the end."""
        while (frame := self._next()) is None:
            try:
                data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 65536), 10)
            except ConnectionError:
                return None
            if not data:
                return None
            self.buffer += data
        return frame

    async def read_until(self, done: Callable[[Any], bool]) -> list[Any]:
        frames = [await self.read()]
        while not done(frames[-1]):
            assert frames[-1] is not None
            frames.append(await self.read())
        return frames

    def _next(self) -> Any:
        if len(self.buffer) < 4:
            return None
        size, start = self.buffer[1], 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(self.buffer[2:start], "big")
        if len(self.buffer) < start + size:
            return None
        body, self.buffer = self.buffer[start : start + size], self.buffer[start + size :]
        return orjson.loads(body)


def connection_of(studio: Studio, name: str) -> Any:
    [found] = [connection for connection in studio.hub.connections() if connection.identity.name == name]
    return found


async def fill(studio: Studio, witness: Any = None) -> int:
    """Broadcasts states until the stuck socket is known to be slow; returns the last version."""
    connection = connection_of(studio, "stuck")
    version = 0
    async with asyncio.timeout(10):
        while connection.backlog is None:
            version += 1
            await show(studio, version, witness)
    return version


async def show(studio: Studio, version: int, witness: Any = None) -> None:
    """Broadcasts a big state; a witness that reads must get it."""
    studio.hub.broadcast("room:1", "shown", {"version": version, "text": BIG}, version=version)
    if witness is None:
        await asyncio.sleep(0)
    else:
        assert (await hear_event(witness, "shown"))[4]["version"] == version


async def test_a_slow_socket_gets_the_newest_state_and_the_others_get_all() -> None:
    async with serve() as studio, StuckSocket(studio) as stuck, studio.open("ann") as ann:
        await stuck.send("1", "1", "room:1", "phx_join", {})
        assert (await stuck.read())[4]["status"] == "ok"
        await join(ann, "room:1")
        full_at = await fill(studio, ann)
        last = full_at + 200
        for version in range(full_at + 1, last + 1):
            await show(studio, version, ann)
        assert connection_of(studio, "stuck").backlog.size < 2 * len(BIG)
        frames = await stuck.read_until(lambda frame: frame[4].get("version") == last)
        versions = [frame[4]["version"] for frame in frames]
        assert versions == [*range(1, full_at + 1), last]
        # Back among the quick ones.
        await until(lambda: connection_of(studio, "stuck").backlog is None)
        studio.hub.broadcast("room:1", "shown", {"version": last + 1}, version=last + 1)
        assert (await stuck.read())[4] == {"version": last + 1}


async def test_a_slow_socket_loses_no_log_event_while_they_fit() -> None:
    async with serve() as studio, StuckSocket(studio) as stuck:
        await stuck.send("1", "1", "room:1", "phx_join", {})
        await stuck.read()
        await fill(studio)
        for number in range(100):
            studio.hub.broadcast("room:1", "logged", {"number": number})
        frames = await stuck.read_until(lambda frame: frame[3] == "logged" and frame[4]["number"] == 99)
        assert [frame[4]["number"] for frame in frames if frame[3] == "logged"] == list(range(100))


async def test_a_log_topic_that_overflows_is_dropped_so_that_the_client_rejoins() -> None:
    async with serve(limits=Limits(backlog_bytes=100_000)) as studio, StuckSocket(studio) as stuck:
        await stuck.send("1", "1", "room:1", "phx_join", {})
        await stuck.read()
        await stuck.send("2", "2", "room:2", "phx_join", {})
        await stuck.read()
        await fill(studio)
        for number in range(10):
            studio.hub.broadcast("room:2", "logged", {"number": number, "text": BIG})
        studio.hub.broadcast("room:1", "shown", {"version": 10_000}, version=10_000)
        assert studio.hub.counts.overflows == 1
        assert connection_of(studio, "stuck").backlog.size < 100_000
        frames = await stuck.read_until(lambda frame: frame[4].get("version") == 10_000)
        assert [frame for frame in frames if frame[2] == "room:2"] == [["2", "2", "room:2", "phx_error", {}]]
        await stuck.send("3", "3", "room:2", "phx_join", {})
        assert (await stuck.read())[4]["status"] == "ok"


async def test_a_socket_that_takes_nothing_for_too_long_is_cut_off() -> None:
    limits = Limits(slow_s=0.2, sweep_s=0.02)
    async with serve(limits=limits) as studio, StuckSocket(studio) as stuck:
        await stuck.send("1", "1", "room:1", "phx_join", {})
        await stuck.read()
        await fill(studio)
        await until(lambda: studio.hub.connection_count() == 0)
        assert studio.hub.counts.slow_closed == 1
        await until(lambda: not studio.server.server_state.connections)


async def test_a_client_that_asks_but_does_not_read_is_cut_off() -> None:
    limits = Limits(buffered_bytes=200_000, push_burst=10_000)
    async with serve(limits=limits) as studio, StuckSocket(studio) as stuck:
        await stuck.send("1", "1", "room:1", "phx_join", {})
        await stuck.read()
        await fill(studio)
        with pytest.raises((ConnectionError, asyncio.TimeoutError)):
            async with asyncio.timeout(10):
                for number in range(100_000):
                    await stuck.send("1", str(number), "room:1", "echo", {"a": "y" * 60})
        await until(lambda: studio.hub.connection_count() == 0)
        assert studio.hub.counts.slow_closed == 1


async def test_a_slow_socket_does_not_hold_up_the_others() -> None:
    async with serve() as studio, StuckSocket(studio) as stuck, studio.open("ann") as ann:
        await stuck.send("1", "1", "room:1", "phx_join", {})
        await stuck.read()
        await join(ann, "room:1")
        await fill(studio)
        assert (await ask(ann, "1", "2", "room:1", "show", {"version": 99_999}))["status"] == "ok"


async def test_a_broadcast_to_hundreds_reaches_all_in_order() -> None:
    async with running(ROOMS) as node:
        clients = []
        try:
            for number in range(300):
                context = connect(Person(f"person:{number}"), node)
                clients.append((context, await context.__aenter__()))
            for _, client in clients:
                assert (await client.join("room:1")).status == "ok"
            for version in (1, 2, 3):
                node.hub.broadcast("room:1", "shown", {"version": version}, version=version)
            for _, client in clients:
                assert [(await client.receive("room:1", "shown"))["version"] for _ in range(3)] == [1, 2, 3]
        finally:
            for context, _ in clients:
                await context.__aexit__(None, None, None)


async def test_the_port_speaks_http_too() -> None:
    async with serve() as studio:
        reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"page" in await reader.read()
        writer.close()


async def test_sockets_of_one_process_are_many() -> None:
    async with serve() as studio:
        clients = [await open_client(f"{studio.url}&name=p{number}", compression=None) for number in range(100)]
        for client in clients:
            await join(client, "room:1")
        studio.hub.broadcast("room:1", "told", {"a": 1})
        assert [(await hear(client))[3] for client in clients] == ["told"] * 100
        for client in clients:
            await client.close()
        await until(lambda: studio.hub.topics() == [])
