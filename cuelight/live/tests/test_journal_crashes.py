"""Several processes, kills, and a database that goes away: nothing acknowledged is lost, nothing applied twice."""

import asyncio
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from cuelight.errors import Unavailable
from cuelight.live.tests.desk import Add, acknowledged, eventually, journal, make_desks
from cuelight.postgres import embedded

ROOT = Path(__file__).resolve().parents[3]


def start_hammer(url: str, node: str, *, desks: int, waiters: int, commands: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "cuelight.live.tests.desk", url, node, str(desks), str(waiters), str(commands)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


async def check(url: str, acks: list[tuple[int, int, UUID]]) -> int:
    """Every acknowledged command is in the journal once, at its version; versions have no gap; heads agree."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT aggregate_id, version, op_id FROM journal ORDER BY aggregate_id, version")
    heads = await connection.fetch("SELECT id, version, state->'channels'->>'a' AS level FROM live_aggregate")
    await connection.close()
    written = {(int(row["aggregate_id"][5:]), row["version"], row["op_id"]) for row in rows}
    assert set(acks) <= written
    assert max(Counter(op_id for _, _, op_id in written).values()) == 1
    counts = Counter(row["aggregate_id"] for row in rows)
    for head in heads:
        assert head["version"] == counts[head["id"]] == int(head["level"] or 0)
        versions = [row["version"] for row in rows if row["aggregate_id"] == head["id"]]
        assert versions == list(range(1, head["version"] + 1))
    return len(rows)


@pytest.fixture
async def desks_url(database_url: str) -> str:
    connection = await asyncpg.connect(database_url)
    await make_desks(connection, 40)
    await connection.close()
    return database_url


async def test_two_processes_hammer_the_same_forty_desks(desks_url: str) -> None:
    hammers = [start_hammer(desks_url, node, desks=40, waiters=40, commands=60) for node in ("one", "two")]
    outputs = [await asyncio.to_thread(hammer.communicate) for hammer in hammers]
    acks = [ack for output, _ in outputs for ack in acknowledged(output)]
    assert len(acks) == 2 * 40 * 60
    assert await check(desks_url, acks) == len(acks)


async def test_killed_in_the_middle_of_load_again_and_again(desks_url: str) -> None:
    acks: list[tuple[int, int, UUID]] = []
    for round_number in range(5):
        hammer = start_hammer(desks_url, f"round {round_number}", desks=40, waiters=20, commands=100_000)
        assert hammer.stdout is not None
        output = await asyncio.to_thread(hammer.stdout.readline)  # it is at work
        enough = time.monotonic() + 0.2 + round_number * 0.05
        while time.monotonic() < enough:
            output += await asyncio.to_thread(hammer.stdout.readline)
        hammer.kill()
        output += await asyncio.to_thread(hammer.stdout.read)
        hammer.wait()
        hammer.stdout.close()
        acks += acknowledged(output)
    assert len(acks) > 100
    assert await check(desks_url, acks) >= len(acks)


async def more(acks: list[Any], count: int) -> None:
    """Waits until so many more commands have been acknowledged."""
    enough = len(acks) + count
    await eventually(lambda: len(acks) >= enough)


async def test_the_database_restarts_under_load(tmp_path: Path, migrated: Any) -> None:
    """Commands wait for up to two seconds; who waited longer is told; afterwards all goes on by itself."""
    cluster = await asyncio.to_thread(embedded.start, tmp_path / "data")
    try:
        url = await asyncio.to_thread(migrated, cluster)
        connection = await asyncpg.connect(url)
        await make_desks(connection, 5)
        await connection.close()
        desk_journal = journal(url)
        await desk_journal.start()
        acks: list[tuple[int, int, UUID]] = []
        refused: list[str] = []
        running = True

        async def work(number: int) -> None:
            while running:
                op_id = uuid4()
                try:
                    outcome = await desk_journal.submit(f"desk:{number}", Add("a"), actor_id=1, op_id=op_id)
                except Unavailable as refusal:
                    refused.append(refusal.reason)
                else:
                    acks.append((number, outcome.version, op_id))

        workers = [asyncio.create_task(work(number)) for number in (1, 2, 3, 4, 5) for _ in range(4)]
        for _ in range(3):
            await more(acks, 200)
            await asyncio.to_thread(cluster.restart)
        await asyncio.to_thread(cluster.halt)
        await eventually(lambda: len(refused) >= 20)  # everyone has been refused with a sentence
        await asyncio.to_thread(cluster.resume)
        await more(acks, 200)
        running = False
        await asyncio.gather(*workers)
        await desk_journal.stop()
        assert set(refused) == {"unavailable"}
        await check(url, acks)
    finally:
        await asyncio.to_thread(cluster.destroy)
