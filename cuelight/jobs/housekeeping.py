"""What is kept of jobs that are over, and how the queue is doing."""

from typing import TypedDict

from django.db import connection

KEPT_DAYS = 7
KEPT_JOBS = 10_000
#: A worker beats every 10 s; silent for longer than this it is gone.
BEAT_S = 30


class QueueHealth(TypedDict):
    ok: bool
    waiting: int


def remove_finished() -> int:
    """Forgets finished jobs of more than seven days, or beyond the newest 10,000; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs WHERE id IN (
                SELECT id FROM (
                    SELECT j.id, row_number() OVER (ORDER BY j.id DESC) AS place,
                           (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id) AS over_at
                    FROM procrastinate_jobs j WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
                ) finished
                WHERE place > %s OR over_at < now() - make_interval(days => %s)
            )
            """,
            [KEPT_JOBS, KEPT_DAYS],
        )
        return int(cursor.rowcount)


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
