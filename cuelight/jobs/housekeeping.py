"""What is kept of jobs that are over, and how the queue is doing."""

from typing import TypedDict

import structlog
from django.db import connection
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

log = structlog.get_logger(__name__)

KEPT_DAYS = 7
KEPT_JOBS = 10_000
OVER = ["succeeded", "failed", "cancelled", "aborted"]
#: A worker beats every 10 s; silent for longer than this it is gone.
BEAT_S = 30
#: A job that brought down so many workers is not given to another one.
ATTEMPTS = 5


class QueueHealth(TypedDict):
    ok: bool
    waiting: int


def remove_finished() -> int:
    """Forgets finished jobs of more than seven days, or beyond the newest 10,000; returns how many."""
    # Two statements that stay linear whatever the planner believes: a table that has just grown has no statistics.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs WHERE status = ANY(%s::procrastinate_job_status[]) AND id <= (
                SELECT id FROM procrastinate_jobs WHERE status = ANY(%s::procrastinate_job_status[])
                ORDER BY id DESC OFFSET %s LIMIT 1
            )
            """,
            [OVER, OVER, KEPT_JOBS],
        )
        beyond = int(cursor.rowcount)
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs USING (
                SELECT job_id, max(at) AS over_at FROM procrastinate_events GROUP BY job_id
            ) heard
            WHERE id = heard.job_id AND status = ANY(%s::procrastinate_job_status[])
                AND heard.over_at < now() - make_interval(days => %s)
            """,
            [OVER, KEPT_DAYS],
        )
        return beyond + int(cursor.rowcount)


def health() -> QueueHealth:
    """Whether a worker has been heard of lately, and how many jobs wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT 1 FROM procrastinate_workers
                           WHERE last_heartbeat > now() - make_interval(secs => %s)),
                   (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo')
            """,
            [BEAT_S],
        )
        ok, waiting = cursor.fetchone()
    return {"ok": ok, "waiting": waiting}


async def retry_stalled(app: App) -> None:
    """Jobs whose worker died in the middle start again; each is written so that twice is once."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=BEAT_S):
        try:
            await _retry(app, job)
        except ConnectorException as error:
            # Another worker has seen to it meanwhile, or its own has ended it after all.
            log.info("a stalled job is none any more", job=job.task_name, id=job.id, error=str(error))


async def _retry(app: App, job: Job) -> None:
    if job.attempts + 1 < ATTEMPTS:
        log.warning("a job's worker is gone; it starts again", job=job.task_name, id=job.id)
        await app.job_manager.retry_job(job)
    else:
        log.error("a job ended its worker too often", job=job.task_name, id=job.id, attempts=ATTEMPTS)
        await app.job_manager.finish_job(job=job, status=Status.FAILED, delete_job=False)
