"""Nothing that comes over a socket breaks a channel of the application, takes the process down or keeps others
waiting. Topics, pushes and the names of what they read come from the application, so what is added is in it by itself.

The frames themselves, and floods of one socket, are tried in ``live/tests/test_hostile.py``.
"""

import asyncio
import itertools
import json
import os
import random
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from structlog.testing import capture_logs

from cuelight.accounts.models import Person
from cuelight.accounts.testing import who
from cuelight.live import process
from cuelight.live.limits import Limits
from cuelight.live.testing import Reply, connect
from cuelight.live.tests.serving import ask, hear_event, join, send, serve, until
from cuelight.tests.entrances import channels
from cuelight.tests.installation import ROOT, Installation
from cuelight.tests.test_rights import world

__all__ = ["world"]

pytestmark = pytest.mark.timeout(300)

HOSTILE: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63 - 1,
    2**63,
    10**400,
    1.5,
    -0.0,
    1e308,
    "",
    "\0",
    "a\0b",
    "x" * 5_000,
    "<script>alert(1)</script>",
    "\u202e",
    "9" * 5_000,
    "00000000-0000-0000-0000-000000000000",
    [],
    {},
    [[[]]],
    {"$ne": 1},
    [None] * 500,
    {"": {"": {"": 0}}},
]
TOPICS = ["0", "-1", "1e9", "9" * 50, "٣", "../1", "", " ", "\0", "x" * 5_000, "1:state", "{session_id}", "😀"]
EVENTS = [
    "",
    "phx_reply",
    "phx_close",
    "phx_error",
    "presence_diff",
    "heartbeat",
    "__init__",
    "join",
    "x" * 5_000,
    "\0",
]


def names_in_sources() -> list[str]:
    """What pushes of ours call the values they read."""
    found: set[str] = set()
    for path in (ROOT / "cuelight").rglob("*.py"):
        if "/tests/" not in str(path):
            found |= set(
                re.findall(r"""(?:payload|fields|changes|values)(?:, |\.get\(|\[)\s*"(\w+)\"""", path.read_text())
            )
    return sorted(found | {"op_id"})


NAMES = names_in_sources()


def test_the_walk_knows_what_pushes_read() -> None:
    assert {"index", "item_id", "text", "scope"} <= set(NAMES)


def a_topic(pattern: str, world: dict[str, object]) -> str:
    return pattern.format(**{name: world.get(name, 1) for name in re.findall(r"{(\w+)}", pattern)})


class Intruder:
    """Somebody who may be there and says anything; comes back when the socket was ended for it."""

    def __init__(self, person: Person) -> None:
        self._identity = who(person)
        self._refs = itertools.count(1)

    async def __aenter__(self) -> Self:
        self._opened = connect(self._identity)
        self._client = await self._opened.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.__aexit__(None, None, None)

    async def ask(self, topic: str, event: str, payload: dict[str, Any], join_ref: str | None = "1") -> str:
        """The reason of the reply; "" for a good one, "closed" when the socket was ended."""
        if self._client.close_code is not None:
            await self.__aexit__()
            await self.__aenter__()
        ref = "1" if event == "phx_join" else f"r{next(self._refs)}"
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._client._replies[ref] = answer
        await self._client.send_text(json.dumps([join_ref, ref, topic, event, payload]).encode())
        await self._client.until(lambda: answer.done() or self._client.close_code is not None)
        return str(answer.result().response.get("reason", "")) if answer.done() else "closed"

    async def push(self, topic: str, event: str, payload: dict[str, Any]) -> str:
        """As ``ask``, joined before if need be."""
        reason = await self.ask(topic, event, payload)
        if reason == "unmatched topic" and await self.ask(topic, "phx_join", {}) == "":
            reason = await self.ask(topic, event, payload)
        return reason


def freely() -> None:
    """No limits: here it is about what is read, not how often."""
    assert process.node is not None
    process.node.hub.limits = Limits(push_rate=1e9, push_burst=1e9, join_rate=1e9, join_burst=1e9)


async def test_no_value_in_any_push_breaks_a_channel(
    live: None, world: dict[str, object], admin: Person, said: list[Any]
) -> None:
    freely()
    everything = [dict.fromkeys(NAMES, value) for value in HOSTILE]
    broken, answered = [], set()
    async with Intruder(admin) as intruder:
        for channel in channels():
            topic = a_topic(channel.topic, world)
            for payload in everything:
                joined = await intruder.ask(topic, "phx_join", payload)
                for event in channel.handlers:
                    reason = await intruder.push(topic, event, payload)
                    answered.add(reason)
                    if "internal_error" in (reason, joined):
                        broken.append((topic, event, str(payload)[:200]))
            for event in EVENTS:
                await intruder.push(topic, event, {})
    assert broken == []
    assert {"", "invalid"} <= answered
    assert process.node is not None
    assert process.node.hub.counts.crashes == 0
    assert complaints(said) == []


async def test_no_topic_breaks_anything(live: None, admin: Person, said: list[Any]) -> None:
    freely()
    async with Intruder(admin) as intruder:
        for channel in channels():
            for odd in TOPICS:
                topic = re.sub(r"{\w+}", odd, channel.topic) if "\\" not in odd else odd
                for event in channel.handlers:
                    assert await intruder.ask(topic, event, {}) in ("unmatched topic", "closed"), "before its join"
                reason = await intruder.ask(topic, "phx_join", {})
                assert reason in ("not_found", "unmatched topic", "invalid", "forbidden", "closed"), (topic, reason)
    assert complaints(said) == []


@pytest.fixture
def said() -> Iterator[list[Any]]:
    """What the application logs meanwhile."""
    with capture_logs() as found:
        yield found


def complaints(said: list[Any]) -> list[Any]:
    return [record for record in said if record["log_level"] in ("error", "critical")]


@pytest.mark.parametrize("seed", range(4))
async def test_no_sequence_of_frames_breaks_a_channel(
    live: None, world: dict[str, object], admin: Person, host: Person, seed: int, said: list[Any]
) -> None:
    """As admin and as host, on all topics, joined or not, in any order; the seed tells how it went."""
    freely()
    chance = random.Random(seed)
    known = channels()
    topics = [a_topic(channel.topic, world) for channel in known]
    events = [*sorted({event for channel in known for event in channel.handlers}), *["phx_join"] * 8, "phx_leave"]
    async with Intruder(admin) as first, Intruder(host) as second:
        for _ in range(500):
            names = chance.sample(NAMES, chance.randint(0, 4))
            payload = {name: chance.choice([*HOSTILE, chance.randint(-3, 20)]) for name in names}
            ref = chance.choice(["1", "1", "1", "2", None])
            intruder = chance.choice([first, second])
            reason = await intruder.ask(chance.choice(topics), chance.choice(events), payload, ref)
            assert reason != "internal_error"
        for intruder in (first, second):
            assert await intruder.ask(topics[0], "phx_join", {}) == ""
    assert process.node is not None
    assert process.node.hub.counts.crashes == 0
    assert complaints(said) == []


async def test_ten_thousand_joins_over_many_sockets_take_nothing_from_others() -> None:
    """While they come, another client gets each of its replies and each broadcast of its topic, in order."""
    sockets, each, rounds = 100, 100, 100
    async with serve() as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        await join(ann, "room:1")
        await join(bob, "room:1")

        async def storm(number: int) -> None:
            async with studio.open(f"mallory{number}") as mallory:
                reading = asyncio.create_task(drain(mallory))
                for one in range(each):
                    await send(mallory, str(one), str(one), f"room:{number * each + one + 2}", "phx_join", {})
                await asyncio.gather(reading, return_exceptions=True)

        async def drain(mallory: Any) -> None:
            for _ in range(each):
                await mallory.recv()

        storms = [asyncio.create_task(storm(number)) for number in range(sockets)]
        during = 0
        for number in range(rounds):
            during += any(not one.done() for one in storms)
            assert (await ask(ann, "1", str(number + 2), "room:1", "echo", {"n": number}))["response"] == {"n": number}
            await send(ann, "1", f"say{number}", "room:1", "say", {"n": number})
            assert (await hear_event(bob, "said"))[4] == {"n": number}
        assert during > 0, "the storm was over before anything was asked"
        await asyncio.wait_for(asyncio.gather(*storms), 60)
        await until(lambda: studio.hub.connection_count() == 2)
        assert {topic.partition("#")[0] for topic in studio.hub.topics()} == {"room:1"}
        assert studio.hub.counts.joins >= sockets * Limits().topics, "the rest is refused: so many topics are the most"
        assert studio.hub.counts.overflows == studio.hub.counts.slow_closed == 0


GARBAGE = [
    b"\0" * 1_000,
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000,
    b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
    b"GET /%00%ff/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /media/../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nHTTP2-Settings: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(500),
    b"GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nCookie: cuelight=\xff\r\n\r\n",
    b"GET /socket/websocket?vsn=2.0.0&token=\xff HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n"
    + b"\x81" * 100,
]


def test_a_running_studio_outlives_whatever_is_thrown_at_its_port(tmp_path: Path, database_url: str) -> None:
    installation = Installation(tmp_path, database_url)
    installation.start()
    try:
        server = installation.children()["server"]
        for data in GARBAGE:
            for cut in (len(data), len(data) // 2, 7):
                with socket.create_connection(("127.0.0.1", installation.port), timeout=10) as connection:
                    connection.sendall(data[:cut])
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(10)
                    try:
                        answer = connection.recv(1 << 16)
                    except ConnectionError:
                        answer = b""
                assert not re.match(rb"HTTP/1\.\d 5", answer), (data[:80], answer[:300])
            assert installation.health() is not None, data[:80]
        assert installation.children()["server"] == server
    finally:
        assert installation.stop() == 0
    assert "Traceback" not in installation.log()
