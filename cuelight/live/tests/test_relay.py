"""Messages between processes, over each carrier there is."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from cuelight.live import relay_postgres
from cuelight.live.relay import Carrier, Relay, cut, read_cut
from cuelight.live.relay_postgres import PostgresCarrier
from cuelight.live.relay_redis import RedisCarrier
from cuelight.live.testing import LocalCarrier
from cuelight.live.tests.ports import free_port
from cuelight.live.tests.serving import until


class RedisServer:
    """A Redis of the test's own, on loopback, that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url, retry=redis.retry.Retry(redis.backoff.ConstantBackoff(0.02), 500))
        client.ping()
        client.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server on PATH: install it to test several processes over Redis")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


Carriers = Callable[[], Carrier]


@pytest.fixture(params=["local", "postgres", "redis"])
def carriers(request: pytest.FixtureRequest) -> Carriers:
    """Makes one end after the other of the same line."""
    if request.param == "local":
        bus: list[LocalCarrier] = []
        return lambda: LocalCarrier(bus)
    if request.param == "redis":
        server = request.getfixturevalue("redis_server")
        return lambda: RedisCarrier(server.url, "test")
    url = request.getfixturevalue("database_url")
    return lambda: PostgresCarrier(url)


@asynccontextmanager
async def processes(carriers: Carriers, count: int) -> AsyncIterator[list[Relay]]:
    """Relays that know each other."""
    relays = [Relay(carriers(), beat_s=0.05, silent_s=0.5) for _ in range(count)]
    try:
        for relay in relays:
            await relay.start()
        await until(lambda: all(len(relay._peers) == count - 1 for relay in relays))
        yield relays
    finally:
        for relay in relays:
            await relay.stop()


def collect(relay: Relay, kind: str = "test") -> list[Any]:
    heard: list[Any] = []
    relay.on(kind, heard.append)
    return heard


async def test_the_others_hear_it_in_order_and_the_sender_does_not(carriers: Carriers) -> None:
    async with processes(carriers, 3) as [first, second, third]:
        heard = [collect(relay) for relay in (first, second, third)]
        for number in range(300):
            first.publish("test", {"number": number, "text": "ü"})
        await until(lambda: len(heard[1]) == len(heard[2]) == 300)
        assert [body["number"] for body in heard[1]] == list(range(300))
        assert heard[1] == heard[2]
        assert heard[0] == []


async def test_a_long_body_arrives_whole(carriers: Carriers) -> None:
    async with processes(carriers, 2) as [first, second]:
        heard = collect(second)
        long = {"text": "aü€🎬" * 80_000}
        first.publish("test", long)
        first.publish("test", {"text": "short"})
        await until(lambda: len(heard) == 2)
        assert heard == [long, {"text": "short"}]


async def test_equal_messages_are_not_merged(carriers: Carriers) -> None:
    async with processes(carriers, 2) as [first, second]:
        heard = collect(second)
        for _ in range(20):
            first.publish("test", {"same": 1})
        await until(lambda: len(heard) == 20)


async def test_a_process_alone_sends_only_beats(carriers: Carriers) -> None:
    sent: list[str] = []
    carrier = carriers()
    whole_send = carrier.send

    async def note(texts: list[str]) -> None:
        sent.extend(read_cut(text).kind for text in texts)
        await whole_send(texts)

    carrier.send = note  # type: ignore[method-assign]
    relay = Relay(carrier, beat_s=0.02)
    await relay.start()
    assert relay.alone
    relay.publish("test", {})
    await until(lambda: len(sent) > 3)
    await relay.stop()
    assert set(sent) == {"hello", "here", "bye"}


async def test_a_process_that_stops_is_forgotten_at_once(carriers: Carriers) -> None:
    async with processes(carriers, 2) as [first, second]:
        lost: list[str] = []
        first.on_peer_lost(lost.append)
        await second.stop()
        await until(lambda: lost == [second.node])
        assert first.alone


async def test_a_process_that_falls_silent_is_forgotten(carriers: Carriers) -> None:
    async with processes(carriers, 2) as [first, second]:
        lost: list[str] = []
        first.on_peer_lost(lost.append)
        for task in second._tasks:
            task.cancel()
        await until(lambda: lost == [second.node])


async def test_a_handler_that_breaks_does_not_stop_the_line(carriers: Carriers) -> None:
    async with processes(carriers, 2) as [first, second]:

        def breaks(body: Any) -> None:
            if body["number"] == 0:
                raise RuntimeError("broken, as it was asked to")

        second.on("test", breaks)
        heard = collect(second)
        first.publish("test", {"number": 0})
        first.publish("test", {"number": 1})
        await until(lambda: {"number": 1} in heard)


async def test_a_lost_postgres_connection_comes_back_and_says_so(database_url: str) -> None:
    async with processes(lambda: PostgresCarrier(database_url), 2) as [first, second]:
        heard = collect(second)
        reconnected: list[str] = []
        second.on_reconnect(lambda: reconnected.append("second"))
        admin = await asyncpg.connect(database_url)
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                            " AND datname = current_database()")  # fmt: skip
        await admin.close()
        await until(lambda: reconnected == ["second"] and first.is_up and second.is_up)
        await until(lambda: not first.alone and not second.alone)
        first.publish("test", {"after": 1})
        await until(lambda: heard == [{"after": 1}])


async def test_what_is_published_while_the_connection_is_away_is_sent_later(database_url: str) -> None:
    async with processes(lambda: PostgresCarrier(database_url), 2) as [first, second]:
        heard = collect(second)
        carrier: Any = first._carrier
        backend = carrier._connection.get_server_pid()
        admin = await asyncpg.connect(database_url)
        await admin.execute("SELECT pg_terminate_backend($1)", backend)
        for number in range(10):
            first.publish("test", {"number": number})
        await admin.close()
        await until(lambda: len({body["number"] for body in heard}) == 10)


async def test_a_line_that_has_gone_dead_is_opened_anew(database_url: str) -> None:
    async with processes(lambda: PostgresCarrier(database_url), 2) as [first, second]:
        heard = collect(second)
        reconnected: list[int] = []
        second.on_reconnect(lambda: reconnected.append(1))
        carrier: Any = second._carrier
        await carrier._connection.execute("UNLISTEN *")
        await until(lambda: reconnected == [1] and not first.alone)
        first.publish("test", {"after": 1})
        await until(lambda: heard == [{"after": 1}])


async def test_a_redis_that_restarts_is_found_again(redis_server: RedisServer) -> None:
    async with processes(lambda: RedisCarrier(redis_server.url, "test"), 2) as [first, second]:
        heard = collect(second)
        reconnected: list[int] = []
        second.on_reconnect(lambda: reconnected.append(1))
        redis_server.stop()
        await until(lambda: not first.is_up and not second.is_up)
        redis_server.start()
        await until(lambda: first.is_up and second.is_up and reconnected == [1])
        await until(lambda: not first.alone)
        first.publish("test", {"after": 1})
        await until(lambda: heard == [{"after": 1}])


async def test_a_start_without_a_carrier_raises() -> None:
    relay = Relay(PostgresCarrier(f"postgresql://nobody@127.0.0.1:{free_port()}/none"))
    with pytest.raises(OSError):  # noqa: PT011  (whatever the system calls it)
        await relay.start()


async def test_code_without_a_loop_is_heard(database_url: str) -> None:
    relay = Relay(PostgresCarrier(database_url))
    heard = collect(relay)
    await relay.start()
    connection = await asyncpg.connect(database_url)
    texts = cut("sync", "test", "n1", b'{"from":"worker"}', PostgresCarrier.part_bytes)
    await connection.execute(relay_postgres.SEND, texts)
    await connection.close()
    await until(lambda: heard == [{"from": "worker"}])
    await relay.stop()
    assert relay.alone  # it is nobody to answer to


@given(st.text(max_size=400), st.integers(60, 200))
def test_cut_parts_fit_and_join_to_the_same(text: str, part_bytes: int) -> None:
    texts = cut("abcdef012345", "kind", "17", text.encode(), part_bytes)
    assert all(len(part.encode()) <= part_bytes for part in texts)
    assert "".join(read_cut(part).chunk for part in texts) == text


async def test_an_incomplete_message_is_given_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cuelight.live.relay.PART_AGE_S", 0.1)
    relay = Relay(PostgresCarrier(database_url), beat_s=0.02)
    await relay.start()
    relay._receive(cut("other", "test", "1", b'"' + b"x" * 9_000 + b'"', 7_500)[0])
    assert len(relay._parts) == 1
    await until(lambda: not relay._parts)
    await relay.stop()


async def test_texts_of_strangers_are_ignored() -> None:
    relay = Relay(LocalCarrier())
    heard = collect(relay)
    for text in ("", "one two", "a test 1 0 1 {not json", "a test 1 x y {}"):
        relay._receive(text)
    relay._receive('a test 1 0 1 {"ok":1}')
    assert heard == [{"ok": 1}]
    await asyncio.sleep(0)
