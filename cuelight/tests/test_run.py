"""``cuelight run``: what it starts, what it survives, and that nothing is left when it stops."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect

from cuelight.postgres import embedded
from cuelight.tests.installation import Installation, is_running, postgres_of, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the sample studio in it: only the first test pays for making it."""
    folder = tmp_path_factory.mktemp("data")
    yield folder
    embedded.Cluster(folder).destroy()


@pytest.fixture
def installation(folder: Path) -> Iterator[Installation]:
    installation = Installation(folder)
    yield installation
    if installation.process is not None:
        installation.stop()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_the_links_answers_and_stops_without_a_trace(
    installation: Installation, number: signal.Signals
) -> None:
    printed = installation.start()
    assert any(f"http://localhost:{installation.port}/enter/" in line for line in printed)
    health = until(lambda: (installation.health() or {}).get("status") == "ok" and installation.health())
    assert (health["database"], health["jobs"]["ok"]) == (True, True)
    # The sample's pictures are drawn at the first start; a job that a stop breaks off is told of.
    with psycopg.connect(embedded.Cluster(installation.folder).url(), autocommit=True) as database:
        at_work = "SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        until(lambda: database.execute(at_work).rowcount == 0, "the jobs of the first start")
    postgres = postgres_of(installation.folder)
    assert postgres is not None
    running = [postgres, *installation.children().values()]
    before = len(installation.log())
    assert installation.stop(number) == 0
    assert [pid for pid in running if is_running(pid)] == []
    assert installation.log()[before:] == ""


def test_whoever_dies_comes_back(installation: Installation) -> None:
    installation.start()
    before = installation.children()
    postgres = postgres_of(installation.folder)
    assert postgres is not None
    for name in ("server", "worker"):
        os.kill(before[name], signal.SIGKILL)
    until(lambda: {"server", "worker"} <= installation.children().keys(), "a new server and a new worker")
    os.kill(postgres, signal.SIGQUIT)
    until(lambda: postgres_of(installation.folder) not in (None, postgres), "a new PostgreSQL")
    until(lambda: (installation.health() or {}).get("database") is True, "the new server's answer")
    after = installation.children()
    assert after["server"] != before["server"]
    until(lambda: (installation.health() or {}).get("status") == "ok", "the new worker's heartbeat")
    for name, how in (("server 1", "SIGKILL"), ("worker", "SIGKILL"), ("PostgreSQL", "")):
        told = [line for line in installation.log().splitlines() if f"{name} ended; starting again" in line]
        assert any(how in line for line in told)
    # The heartbeat may be the old worker's: a job that is done is no memory.
    with psycopg.connect(embedded.Cluster(installation.folder).url(), autocommit=True) as database:
        query = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, %s) RETURNING id"
        asked = database.execute(query, ["jobs.remove_finished", '{"timestamp": 1}']).fetchone()
        done = "SELECT FROM procrastinate_jobs WHERE id = %s AND status = 'succeeded'"
        until(lambda: database.execute(done, asked).rowcount, "the job after the crash")


def test_a_second_ctrl_c_changes_nothing(installation: Installation) -> None:
    installation.start()
    assert installation.process is not None
    for _ in range(3):
        installation.process.send_signal(signal.SIGINT)
    assert installation.stop(signal.SIGINT) == 0
    assert postgres_of(installation.folder) is None


def test_a_stop_before_it_runs_leaves_nothing(installation: Installation) -> None:
    process = installation.launch()
    until(lambda: postgres_of(installation.folder), "its PostgreSQL")
    process.send_signal(signal.SIGTERM)
    assert installation.stop() == 0
    assert postgres_of(installation.folder) is None


def test_it_starts_for_a_studio_in_which_nobody_is_producer(installation: Installation) -> None:
    cluster = embedded.start(installation.folder)
    try:
        with psycopg.connect(cluster.url(), autocommit=True) as database:
            database.execute("UPDATE accounts_membership SET role = 'cataloger' WHERE role = 'host'")
            printed = installation.start()
            database.execute("UPDATE accounts_membership SET role = 'host' WHERE role = 'cataloger'")
    finally:
        cluster.stop()
    assert [line.split()[0] for line in printed if "/enter/" in line] == ["Producer"]


def test_after_a_kill_the_children_end_and_the_next_start_adopts_the_database(installation: Installation) -> None:
    installation.start()
    children, postgres = installation.children(), postgres_of(installation.folder)
    assert installation.process is not None
    installation.process.kill()
    until(lambda: not any(is_running(children[name]) for name in ("server", "worker")), "the end of the children")
    assert postgres_of(installation.folder) == postgres
    installation.process.wait()
    installation.start()
    assert postgres_of(installation.folder) == postgres
    assert installation.stop() == 0
    assert postgres_of(installation.folder) is None


def test_a_second_start_on_the_same_port_says_so(installation: Installation) -> None:
    installation.start()
    second = installation.command("run")
    assert second.returncode == 1
    assert second.stderr.startswith(f"cuelight: port {installation.port} of 127.0.0.1 cannot be used")
    assert f"PORT={installation.port + 1}" in second.stderr
    assert (installation.health() or {}).get("database") is True


def test_a_second_start_on_another_port_shares_the_database_and_leaves_it_running(
    installation: Installation, folder: Path
) -> None:
    installation.start()
    postgres = postgres_of(folder)
    other = Installation(folder)
    other.start()
    assert other.stop(signal.SIGHUP) == 0, "a closed terminal is a stop, too"
    assert postgres_of(folder) == postgres
    assert (installation.health() or {}).get("database") is True


async def talk(socket: ClientConnection, ref: str, topic: str, event: str, payload: dict[str, Any]) -> Any:
    """Sends one frame; returns the reply's payload."""
    await socket.send(orjson.dumps(["1", ref, topic, event, payload]).decode())
    while True:
        frame = orjson.loads(await asyncio.wait_for(socket.recv(), 10))
        if frame[1] == ref and frame[3] == "phx_reply":
            return frame[4]


async def hears(socket: ClientConnection, event: str) -> Any:
    while True:
        frame = orjson.loads(await asyncio.wait_for(socket.recv(), 10))
        if frame[3] == event:
            return frame[4]


def test_two_processes_are_one_studio(installation: Installation) -> None:
    installation.start("--processes", "2")
    until(lambda: "server 2" in installation.children(), "a second server")
    token = installation.command("token", "--scope", "control").stdout.strip()
    address = f"ws://localhost:{installation.port}/socket/websocket?vsn=2.0.0&token={token}"
    topic = "session:1:state"

    async def many() -> None:
        # The kernel hands connections to either process: eight, all in one process, would be 1 in 128.
        sockets = [await connect(address) for _ in range(8)]
        for socket in sockets:
            assert (await talk(socket, "1", topic, "phx_join", {}))["status"] == "ok"
        versions = set()
        for number, socket in enumerate(sockets, start=1):
            answer = await talk(socket, "2", topic, "jump", {"number": 1 + number % 8})
            assert answer["status"] == "ok", answer
            version = answer["response"]["version"]
            versions.add(version)
            for other in sockets:
                if other is not socket:
                    while (await hears(other, "state_changed"))["version"] < version:
                        pass
        assert len(versions) == 8
        for socket in sockets:
            await socket.close()

    asyncio.run(many())
