"""Order files with a real worker in a process of its own, also one that is killed in the middle."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import importing
from cuelight.streams.orders.progress import State
from cuelight.streams.tests.orders import access, kept, line, looked_at, stands, written
from cuelight.tests.installation import ROOT, Installation, until

pytestmark = pytest.mark.usefixtures("empty_queue")
LINES = 2_500
Worker = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def worker(data_folder: Path) -> Iterator[Worker]:
    """Starts a worker on the test's database and data folder."""
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "cuelight", "worker"]
        environment = Installation(data_folder, url()).environment
        with (data_folder / "worker.log").open("a") as log:
            processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.terminate()
            assert process.wait(20) == 0


def url() -> str:
    settings = connection.settings_dict
    return f"postgresql:///{settings['NAME']}?host={settings['HOST']}&user={settings['USER']}"


@contextmanager
def held(statement: str) -> Iterator[None]:
    """Whoever needs what this statement takes waits until the end of the block."""
    with psycopg.connect(url()) as outside:
        outside.execute(statement.encode())
        yield
        outside.rollback()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9, and as long after it that everybody knows."""
    process.kill()
    process.wait()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


def is_at(made: int, state: State, step: str = "") -> bool:
    return OrderImport.objects.filter(pk=made, state=state, step=step).exists()


def test_a_file_goes_its_way_through_a_worker_that_is_killed_twice(
    worker: Worker, studio: Studio, data_folder: Path
) -> None:
    content = written(line(f"#{number}", "A" * 400) for number in range(LINES))
    made = looked_at(studio.pk, content)
    assert kept(data_folder) == [f"{made}.upload"]
    with held("LOCK TABLE streams_orderline IN ACCESS EXCLUSIVE MODE"):
        first = worker()
        until(lambda: is_at(made, State.READING, "compare"), "the comparison")
        kill(first)
    assert f"{made}.upload" not in kept(data_folder)
    second = worker()
    until(lambda: is_at(made, State.PREVIEW), "the preview")
    assert OrderImport.objects.get(pk=made).counts["added"] == LINES
    assert importing.apply(made, access=access(studio.pk)) is None
    # Nobody writes a line; what the job has written of the import itself is not committed.
    with held("LOCK TABLE streams_orderline IN SHARE MODE"):
        until(lambda: is_at(made, State.APPLYING, "write"), "the writing")
        kill(second)
    assert (stands(studio.pk), kept(data_folder)) == ([], [f"{made}.jsonl"])
    worker()
    until(lambda: is_at(made, State.DONE), "the end")
    assert len(stands(studio.pk)) == LINES
    until(lambda: kept(data_folder) == [], "the file's end")
