"""Jobs: asked for in a transaction, done once it is committed, tried again when they fail."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product, ProductImage
from cuelight.jobs import housekeeping
from cuelight.jobs import worker as worker_process
from cuelight.jobs.queue import enqueue
from cuelight.tests.installation import ROOT, Installation, until

pytestmark = pytest.mark.usefixtures("empty_queue")


def waiting(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [name])
        return int(cursor.fetchone()[0])


def test_a_job_is_asked_for_with_its_transaction_or_not_at_all() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("catalog.make_thumbnails", image_id=1)
        raise RuntimeError
    assert waiting("catalog.make_thumbnails") == 0
    with transaction.atomic():
        enqueue("catalog.make_thumbnails", image_id=1)
    assert waiting("catalog.make_thumbnails") == 1


Worker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    """Starts a real worker process on the test's database, or the one that has the tests' own jobs, too."""
    environment = Installation(tmp_path, url()).environment | {"DJANGO_SETTINGS_MODULE": "cuelight.settings"}
    processes: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", *(words or ("cuelight.jobs.tests.worker_with_jobs",))]
        with (tmp_path / "worker.log").open("a") as log:
            processes.append(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log))
        return processes[-1]

    yield start
    for process in processes:
        if process.poll() is None:
            process.terminate()
            assert process.wait(20) == 0


def ask_for(name: str, **values: Any) -> int:
    """What ``enqueue`` does, for jobs that this process does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, %s) RETURNING id",
            [name, json.dumps(values)],
        )
        return int(cursor.fetchone()[0])


def url() -> str:
    settings = connection.settings_dict
    return f"postgresql:///{settings['NAME']}?host={settings['HOST']}&user={settings['USER']}"


def lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


def statuses() -> dict[int, tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text, attempts FROM procrastinate_jobs")
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def test_a_worker_does_what_waits_gives_up_on_what_nobody_knows_and_is_seen(
    worker: Worker, studio: Studio, products: Callable[..., list[Product]]
) -> None:
    assert housekeeping.health() == {"ok": False, "waiting": 0}
    [product] = products(1)
    image = ProductImage.objects.create(product=product, position=0, path="products/1/full/gone.jpg")
    gone = enqueue("catalog.make_thumbnails", image_id=image.pk + 1000)
    unknown = ask_for("no.such.job")
    worker("cuelight", "worker")
    until(lambda: statuses()[gone][0] == "succeeded", "the job")
    until(lambda: statuses()[unknown][0] == "failed", "the end of a job nobody knows")
    until(lambda: housekeeping.health()["ok"], "the worker's heartbeat")


def test_a_worker_hears_of_a_job_when_its_transaction_commits(worker: Worker, tmp_path: Path) -> None:
    worker()
    mine, other = tmp_path / "mine", tmp_path / "other"
    with transaction.atomic():
        ask_for("tests.note", file=str(mine))
        with psycopg.connect(url(), autocommit=True) as outside:
            query = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'tests.note', %s)"
            outside.execute(query, [json.dumps({"file": str(other)})])
        # The later one is done, so the worker has looked.
        until(lambda: lines(other) == 1, "the job that was committed")
        assert lines(mine) == 0
    until(lambda: lines(mine) == 1, "the job of the transaction")


def test_a_job_that_fails_is_tried_again_and_told_of(worker: Worker, tmp_path: Path) -> None:
    worker()
    failing = ask_for("tests.fail_once", file=str(tmp_path / "notes"))
    until(lambda: statuses()[failing][0] == "succeeded", "the second attempt")
    assert (lines(tmp_path / "notes"), statuses()[failing][1]) == (2, 2)
    assert "RuntimeError: not yet" in (tmp_path / "worker.log").read_text()


def test_a_job_that_does_not_end_is_left_to_the_next_worker(worker: Worker, tmp_path: Path) -> None:
    first = worker()
    ask_for("tests.never_end", file=str(tmp_path / "notes"))
    until(lambda: lines(tmp_path / "notes") == 1, "the job's start")
    first.terminate()
    assert first.wait(20) == 0
    second = worker()
    until(lambda: lines(tmp_path / "notes") == 2, "the job's second start")
    second.kill()
    second.wait()


def test_a_job_that_brings_down_its_workers_is_given_up(worker: Worker, tmp_path: Path) -> None:
    deadly = ask_for("tests.bring_down", file=str(tmp_path / "notes"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = %s", [housekeeping.ATTEMPTS - 2])
        for times in (1, 2):
            assert worker().wait(20) == -signal.SIGKILL
            assert lines(tmp_path / "notes") == times
            cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    worker()
    until(lambda: statuses()[deadly][0] == "failed", "the end of it")
    assert lines(tmp_path / "notes") == 2


def test_old_finished_jobs_are_forgotten() -> None:
    with connection.cursor() as cursor:
        for days in (1, 8):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
                " VALUES ('default', 'x', %s, 'succeeded') RETURNING id",
                [json.dumps({"days": days})],
            )
            [job_id] = cursor.fetchone()
            cursor.execute("DELETE FROM procrastinate_events WHERE job_id = %s", [job_id])
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at)"
                " VALUES (%s, 'succeeded', now() - make_interval(days => %s))",
                [job_id, days],
            )
    assert housekeeping.remove_finished() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'days' FROM procrastinate_jobs")
        assert cursor.fetchall() == [("1",)]


def test_of_finished_jobs_the_newest_ten_thousand_are_kept() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " SELECT 'default', 'x', jsonb_build_object('number', number),"
            " (CASE number WHEN 1 THEN 'todo' ELSE 'succeeded' END)::procrastinate_job_status"
            " FROM generate_series(1, 10003) number ORDER BY number"
        )
    assert housekeeping.remove_finished() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT (args ->> 'number')::int FROM procrastinate_jobs ORDER BY id LIMIT 2")
        # What waits is no finished one, however old.
        assert cursor.fetchall() == [(1,), (4,)]


def test_every_job_has_a_queue_that_somebody_works_at() -> None:
    queues = {task.queue for task in app.tasks.values() if not task.name.startswith("builtin")}
    assert queues <= worker_process.QUEUES.keys()
    assert worker_process.QUEUES == {"default": 10, "snapshots": 2}
