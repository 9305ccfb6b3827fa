"""Opening a socket: where, from which page, as whom; and that a bad request leaves nothing behind."""

import asyncio
import base64
from typing import Any

import pytest
from websockets.asyncio.client import connect as open_client
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from cuelight.errors import Unavailable
from cuelight.live.channel import Identity
from cuelight.live.handshake import Door, Handshake, is_allowed
from cuelight.live.limits import Limits
from cuelight.live.testing import Person
from cuelight.live.tests.serving import Studio, ask, serve, until


async def refused(studio: Studio, path: str, **options: Any) -> int:
    """Tries to open a socket; returns the HTTP status it was refused with."""
    with pytest.raises(InvalidStatus) as caught:
        async with open_client(f"ws://127.0.0.1:{studio.port}{path}", **options):
            pass
    return caught.value.response.status_code


async def raw(studio: Studio, request: bytes) -> bytes:
    """Sends bytes of any kind and returns everything that comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer


def upgrade(*headers: str, path: str = "/socket/websocket?vsn=2.0.0&name=ann") -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "Sec-WebSocket-Version: 13"


async def test_other_paths_and_versions_are_refused() -> None:
    async with serve() as studio:
        assert await refused(studio, "/socket/other?vsn=2.0.0&name=ann") == 404
        assert await refused(studio, "/?vsn=2.0.0&name=ann") == 404
        assert await refused(studio, "/socket/websocket?vsn=1.0.0&name=ann") == 400
        assert await refused(studio, "/socket/websocket?name=ann") == 400
        assert await refused(studio, "/socket/websocket?vsn=2.0.0" + "&a=1" * 60) == 400


async def test_nobody_is_refused() -> None:
    async with serve() as studio:
        assert await refused(studio, "/socket/websocket?vsn=2.0.0") == 403
        assert studio.hub.connection_count() == 0


async def test_a_page_of_another_origin_is_refused() -> None:
    path = "/socket/websocket?vsn=2.0.0&name=ann"
    async with serve() as studio:
        assert await refused(studio, path, origin="http://evil.example") == 403
        assert await refused(studio, path, origin="null") == 403
        async with studio.open(origin=f"http://127.0.0.1:{studio.port}") as client:
            assert (await ask(client, None, "1", "phoenix", "heartbeat", {}))["status"] == "ok"


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("https://live.example", "live.example", True),
        ("https://live.example", "live.example:443", True),
        ("http://live.example:4000", "live.example:4000", True),
        ("http://[::1]:4000", "[::1]:4000", True),
        ("https://LIVE.example", "live.example", True),
        ("https://listed.example", "live.example", True),
        ("http://live.example", "live.example:4000", False),
        ("https://live.example.evil.example", "live.example", False),
        ("https://evil.example", "live.example@evil.example", True),  # no browser sends such a Host
        ("file://", "live.example", False),
        ("null", "", False),
        ("http://", "", False),
        ("http://live.example:port", "live.example", False),
        ("http://[broken", "live.example", False),
    ],
)
def test_which_origins_are_allowed(origin: str, host: str, allowed: bool) -> None:
    assert is_allowed(origin, host, Door(frozenset({"https://listed.example"}))) is allowed


async def test_phoenix_is_chosen_when_offered_and_nothing_otherwise() -> None:
    async with serve() as studio:
        token = "base64url.bearer.phx." + base64.urlsafe_b64encode(b"secret").decode().rstrip("=")
        async with studio.open(subprotocols=["phoenix", token]) as client:
            assert client.subprotocol == "phoenix"
        async with studio.open() as client:
            assert client.subprotocol is None
        async with studio.open(subprotocols=["graphql-ws"]) as client:
            assert client.subprotocol is None


async def test_authenticate_sees_cookies_token_and_query() -> None:
    seen: list[Handshake] = []

    async def look(handshake: Handshake) -> Identity:
        seen.append(handshake)
        return Person()

    async with serve(authenticate=look) as studio:
        path = f"ws://127.0.0.1:{studio.port}/socket/websocket?vsn=2.0.0&token=from-query"
        protocol = "base64url.bearer.phx." + base64.urlsafe_b64encode("gehe\u00fc".encode()).decode().rstrip("=")
        offers = [Subprotocol("phoenix"), Subprotocol(protocol)]
        cookies = [("Cookie", "sessionid=one; theme=dark"), ("Cookie", "csrftoken=two")]
        here = Origin(f"http://127.0.0.1:{studio.port}")
        async with open_client(path, additional_headers=cookies, subprotocols=offers, origin=here):
            pass
        async with open_client(path, additional_headers={"Authorization": "Bearer from-header"}):
            pass
        async with open_client(path, subprotocols=[Subprotocol("base64url.bearer.phx.!!!")]):
            pass
        async with open_client(path):
            pass
    assert seen[0].cookies == {"sessionid": "one", "theme": "dark", "csrftoken": "two"}
    assert [handshake.token for handshake in seen] == ["geheü", "from-header", None, "from-query"]
    assert seen[0].query == {"vsn": "2.0.0", "token": "from-query"}


async def test_bad_handshakes_are_answered_and_leave_no_entry() -> None:
    async with serve() as studio:
        connections = studio.server.server_state.connections
        bad = [
            upgrade(VERSION),
            upgrade(KEY),
            upgrade(KEY, KEY, VERSION),
            upgrade(KEY, "Sec-WebSocket-Version: 8"),
            upgrade("Sec-WebSocket-Key: short", VERSION),
            upgrade(KEY, VERSION, "Sec-WebSocket-Protocol: ,;=,"),
            upgrade(KEY, VERSION, "Origin: http://a", "Origin: http://b"),
            upgrade(KEY, VERSION, path="/socket/websocket?vsn=2.0.0&name=%ff%fe" + "&" * 3000),
            upgrade(KEY, VERSION, "Cookie: \xff=\xfe", "Cookie: =;=;;", path="/socket/websocket?vsn=2.0.0"),
            upgrade(KEY, VERSION, *[f"X-{number}: y" for number in range(300)]),
            upgrade(KEY, VERSION).replace(b"GET", b"POST"),
            b"\x00\x01garbage\r\n\r\n",
        ]
        answers = [await raw(studio, request) for request in bad]
        assert [answer[:10] for answer in answers if not answer.startswith(b"HTTP/1.1 4")] == []
        await until(lambda: not connections)
        async with studio.open() as client:
            assert (await ask(client, None, "1", "phoenix", "heartbeat", {}))["status"] == "ok"


async def test_frames_sent_before_the_answer_are_read_after_it() -> None:
    gate = asyncio.Event()

    async def slow(handshake: Handshake) -> Identity:
        await gate.wait()
        return Person()

    async with serve(authenticate=slow) as studio:
        reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
        writer.write(upgrade(KEY, VERSION))
        await until(lambda: len(studio.node.endpoint.tasks) == 1)
        writer.write(b"\x89\x84\0\0\0\0ping")
        await writer.drain()
        gate.set()
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert head.startswith(b"HTTP/1.1 101")
        assert await asyncio.wait_for(reader.readexactly(6), 10) == b"\x8a\x04ping"
        writer.close()


async def test_a_client_that_floods_its_handshake_is_cut_off() -> None:
    async def never(handshake: Handshake) -> Identity:
        await asyncio.Event().wait()
        raise AssertionError

    async with serve(authenticate=never) as studio:
        reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
        writer.write(upgrade(KEY, VERSION))
        await until(lambda: len(studio.node.endpoint.tasks) == 1)
        writer.write(b"x" * 100_000)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await asyncio.wait_for(reader.readexactly(1), 10)
        writer.close()
        await until(lambda: not studio.server.server_state.connections)


async def test_a_handshake_has_a_time_limit() -> None:
    async def never(handshake: Handshake) -> Identity:
        await asyncio.Event().wait()
        raise AssertionError

    async with serve(authenticate=never, limits=Limits(handshake_s=0.1)) as studio:
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            reader, writer = await asyncio.open_connection("127.0.0.1", studio.port)
            writer.write(upgrade(KEY, VERSION))
            await asyncio.wait_for(reader.readexactly(1), 10)
        await until(lambda: not studio.server.server_state.connections)


async def test_an_authenticate_that_breaks_is_a_500_and_one_without_database_a_503() -> None:
    async def broken(handshake: Handshake) -> Identity:
        raise Unavailable if handshake.query.get("name") == "away" else RuntimeError("broken, as it was asked to")

    async with serve(authenticate=broken) as studio:
        assert await refused(studio, "/socket/websocket?vsn=2.0.0&name=ann") == 500
        assert await refused(studio, "/socket/websocket?vsn=2.0.0&name=away") == 503


async def test_rights_that_change_during_the_handshake_are_asked_again() -> None:
    answers: list[Person | None] = [Person(), None]
    gate = asyncio.Event()

    async def revoked_meanwhile(handshake: Handshake) -> Identity | None:
        answer = answers.pop(0)
        await gate.wait()
        return answer

    async with serve(authenticate=revoked_meanwhile) as studio:
        opening = asyncio.create_task(refused(studio, "/socket/websocket?vsn=2.0.0"))
        await until(lambda: len(answers) == 1)
        studio.hub.recheck("person:1")
        gate.set()
        assert await opening == 403
