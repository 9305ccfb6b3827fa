"""Jobs: asked for in a transaction, done once it is committed, tried again when they fail."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product, ProductImage
from cuelight.jobs import housekeeping
from cuelight.jobs.queue import enqueue
from cuelight.tests.installation import ROOT, Installation, until


@pytest.fixture(autouse=True)
def empty_queue(transactional_db: None) -> None:
    """The queue's tables are procrastinate's own; Django does not empty them between tests."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


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


@pytest.fixture
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], None]]:
    """Starts a real worker process on the test's database."""
    settings = connection.settings_dict
    url = f"postgresql:///{settings['NAME']}?host={settings['HOST']}&user={settings['USER']}"
    installation = Installation(tmp_path_factory.mktemp("worker"), url)
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "-m", "cuelight", "worker"]
        processes.append(subprocess.Popen(command, cwd=ROOT, env=installation.environment, stderr=subprocess.DEVNULL))

    yield start
    for process in processes:
        process.terminate()
        assert process.wait(20) == 0


def statuses() -> dict[int, tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text, attempts FROM procrastinate_jobs")
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def test_a_worker_does_what_waits_gives_up_on_what_nobody_knows_and_is_seen(
    worker: Callable[[], None], studio: Studio, products: Callable[..., list[Product]]
) -> None:
    assert housekeeping.health() == {"ok": False, "waiting": 0}
    [product] = products(1)
    image = ProductImage.objects.create(product=product, position=0, path="products/1/full/gone.jpg")
    gone = enqueue("catalog.make_thumbnails", image_id=image.pk + 1000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'no.such.job', '{}')"
            " RETURNING id"
        )
        unknown = int(cursor.fetchone()[0])
    worker()
    until(lambda: statuses()[gone][0] == "succeeded", "the job")
    until(lambda: statuses()[unknown][0] == "failed", "the end of a job nobody knows")
    until(lambda: housekeeping.health()["ok"], "the worker's heartbeat")


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
