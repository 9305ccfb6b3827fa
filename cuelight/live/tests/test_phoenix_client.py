"""The official phoenix client from npm, in Node, against the real server."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from cuelight.live.relay_postgres import PostgresCarrier
from cuelight.live.tests.ports import free_port
from cuelight.live.tests.rooms import Room
from cuelight.live.tests.serving import Studio, serve, until
from cuelight.settings import ROOT

PATIENCE_S = 15
SCRIPT = Path(__file__).parent / "node" / "client.mjs"


def node_modules() -> Path:
    """Where phoenix and ws are installed; the front end's folder unless told otherwise."""
    return Path(os.environ.get("CUELIGHT_TEST_NODE_MODULES", ROOT / "frontend" / "node_modules"))


class Phoenix:
    """A phoenix Socket in a process of its own."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self._changed = asyncio.Event()

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            "node",
            str(SCRIPT),
            str(node_modules().parent),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self.reading = asyncio.create_task(self._read())

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        await self.reading

    async def do(self, command: str, **rest: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps({"command": command, **rest}) + b"\n")
        await self.process.stdin.drain()

    async def hear(self, what: str, **wanted: Any) -> dict[str, Any]:
        """The next thing told that is like this; what came before it is passed over."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                while self.told:
                    event = self.told.pop(0)
                    if event["what"] == what and all(event.get(key) == value for key, value in wanted.items()):
                        return event
                self._changed.clear()
                await self._changed.wait()

    async def connect(self, studio: Studio, name: str = "ann", **options: Any) -> None:
        url = f"ws://127.0.0.1:{studio.port}/socket"
        await self.do("connect", url=url, params={"name": name}, options=options)
        await self.hear("open")

    async def push(self, topic: str, event: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
        await self.do("push", topic=topic, event=event, payload=payload or {})
        return await self.hear("reply")

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.told.append(orjson.loads(line))
            self._changed.set()


@pytest.fixture
async def ann() -> AsyncIterator[Phoenix]:
    if shutil.which("node") is None or not (node_modules() / "phoenix").is_dir():
        pytest.skip("no Node or no phoenix package: run npm ci to test with the official client")
    client = Phoenix()
    await client.start()
    yield client
    await client.stop()


@pytest.fixture
async def bob(ann: Phoenix) -> AsyncIterator[Phoenix]:
    client = Phoenix()
    await client.start()
    yield client
    await client.stop()


async def test_joins_pushes_hears_and_leaves(ann: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio)
        await ann.do("join", topic="room:1")
        assert (await ann.hear("joined"))["response"] == {"number": 1, "you": "ann"}
        reply = await ann.push("room:1", "echo", {"text": "grüße 👍🏽"})
        assert reply == {"what": "reply", "status": "ok", "response": {"text": "grüße 👍🏽"}}
        assert (await ann.push("room:1", "nothing"))["response"]["reason"] == "unknown_event"
        studio.hub.broadcast("room:1", "told", {"a": [1, None]})
        assert (await ann.hear("message", event="told"))["payload"] == {"a": [1, None]}
        await ann.do("ping")
        await ann.hear("pong")
        await ann.do("leave", topic="room:1")
        await ann.hear("left", topic="room:1")
        await until(lambda: studio.hub.topics() == [])


async def test_a_token_travels_as_subprotocol(ann: Phoenix) -> None:
    seen: list[Any] = []

    async def look(handshake: Any) -> Any:
        seen.append(handshake.token)
        return type("Somebody", (), {"key": "person:1", "name": "ann", "via": ""})()

    async with serve(authenticate=look) as studio:
        await ann.connect(studio, authToken="a-token-of-48-characters_0123456789")
        await ann.do("join", topic="room:1")
        await ann.hear("joined")
    assert seen == ["a-token-of-48-characters_0123456789"]


async def test_a_refused_join_is_tried_again_until_it_works(ann: Phoenix) -> None:
    Room.banned.add("ann")
    async with serve() as studio:
        await ann.connect(studio)
        await ann.do("join", topic="room:1")
        assert (await ann.hear("join_refused"))["response"] == {"reason": "forbidden", "message": "You are banned."}
        await ann.hear("join_refused")
        Room.banned.clear()
        await ann.hear("joined")


async def test_a_crashed_channel_is_rejoined(ann: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio)
        await ann.do("join", topic="room:1")
        await ann.hear("joined")
        await ann.do("push", topic="room:1", event="crash", payload={})
        await ann.hear("channel_error")
        await ann.hear("joined")
        assert (await ann.push("room:1", "echo"))["status"] == "ok"


async def test_a_revoked_channel_is_closed_and_not_rejoined(ann: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio)
        await ann.do("join", topic="room:1")
        await ann.hear("joined")
        Room.banned.add("ann")
        studio.node.recheck("person:ann")
        await ann.hear("channel_close", topic="room:1")
        joins = studio.hub.counts.joins
        await ann.do("join", topic="lobby:a")
        await ann.hear("joined", topic="lobby:a")
        await ann.do("ping")
        await ann.hear("pong")
        assert studio.hub.counts.joins == joins + 1


async def test_one_topic_joined_twice_ends_with_one_subscription(ann: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio)
        await ann.do("join_twice", topic="room:1")
        await ann.hear("joined")
        await ann.do("ping")
        await ann.hear("pong")
        [connection] = studio.hub.connections()
        assert len(connection.seats()) == 1
        assert (await ann.push("room:1", "echo"))["status"] == "ok"


async def test_a_restarted_server_is_found_again_and_rejoined(ann: Phoenix) -> None:
    port = free_port()
    async with serve(port=port) as studio:
        await ann.connect(studio)
        await ann.do("join", topic="room:1")
        await ann.hear("joined")
    assert (await ann.hear("close"))["code"] == 1012
    # A push made while away waits in the client and is sent after the rejoin.
    await ann.do("push", topic="room:1", event="echo", payload={"sent": "while away"})
    async with serve(port=port) as studio:
        await ann.hear("open")
        await ann.hear("joined")
        assert (await ann.hear("reply"))["response"] == {"sent": "while away"}
        studio.hub.broadcast("room:1", "told", {"again": True})
        assert (await ann.hear("message", event="told"))["payload"] == {"again": True}


async def test_a_cut_connection_is_opened_again(ann: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio)
        await ann.do("join", topic="room:1")
        await ann.hear("joined")
        for _ in range(3):
            [connection] = studio.hub.connections()
            connection.abort()
            assert (await ann.hear("close"))["code"] == 1006
            await ann.hear("joined")
        assert (await ann.push("room:1", "echo"))["status"] == "ok"


async def test_heartbeats_keep_a_quiet_client_connected(ann: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio, heartbeatIntervalMs=40)
        await until(lambda: bool(list(studio.hub.connections())))
        [connection] = studio.hub.connections()
        first = connection.heard_at
        await until(lambda: connection.heard_at > first + 0.2)
        assert connection.is_open
        assert [event for event in ann.told if event["what"] == "close"] == []


async def test_presence_follows_arrivals_tabs_and_departures(ann: Phoenix, bob: Phoenix) -> None:
    async with serve() as studio:
        await ann.connect(studio, "ann")
        await ann.do("join", topic="lobby:a", params={"page": "host"})
        await ann.do("present", topic="lobby:a")
        await ann.hear("presence", here={"person:ann": ["host"]})
        await bob.connect(studio, "bob")
        await bob.do("join", topic="lobby:a", params={"page": "producer"})
        await bob.do("present", topic="lobby:a")
        both = {"person:ann": ["host"], "person:bob": ["producer"]}
        await ann.hear("presence", here=both)
        await bob.hear("presence", here=both)
        await bob.do("push", topic="lobby:a", event="move", payload={"page": "host"})
        await ann.hear("presence", here={"person:ann": ["host"], "person:bob": ["host"]})
        await bob.do("disconnect")
        await ann.hear("departed", key="person:bob", gone=True)
        await ann.hear("presence", here={"person:ann": ["host"]})


async def test_presence_is_right_again_after_a_restart(ann: Phoenix, bob: Phoenix) -> None:
    port = free_port()
    async with serve(port=port) as studio:
        for client, name in ((ann, "ann"), (bob, "bob")):
            await client.connect(studio, name)
            await client.do("join", topic="lobby:a", params={"page": "host"})
            await client.do("present", topic="lobby:a")
        await ann.hear("presence", here={"person:ann": ["host"], "person:bob": ["host"]})
    await bob.stop()
    async with serve(port=port):
        await ann.hear("joined")
        await ann.hear("presence", here={"person:ann": ["host"]})


async def test_presence_over_two_processes(ann: Phoenix, bob: Phoenix, database_url: str) -> None:
    both = {"person:ann": ["host"], "person:bob": ["producer"]}
    async with (
        serve(carrier=PostgresCarrier(database_url)) as one,
        serve(carrier=PostgresCarrier(database_url)) as other,
    ):
        await ann.connect(one, "ann")
        await ann.do("join", topic="lobby:a", params={"page": "host"})
        await ann.do("present", topic="lobby:a")
        await bob.connect(other, "bob")
        await bob.do("join", topic="lobby:a", params={"page": "producer"})
        await bob.do("present", topic="lobby:a")
        await ann.hear("presence", here=both)
        await bob.hear("presence", here=both)
        await bob.stop()
        await ann.hear("presence", here={"person:ann": ["host"]})
