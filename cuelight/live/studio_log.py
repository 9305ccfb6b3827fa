"""All that changed live in one studio, newest first, however long its journal is; and one aggregate's, in pieces.

There is no index on the time of an entry: each command would pay for it. Versions of an aggregate are dense and its
times rise with them, so that the place of a moment is found by halving, about twenty rows for each aggregate.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from cuelight.live.kind import Event


class Place(NamedTuple):
    """Where an entry is among all of its studio."""

    at: datetime
    aggregate_id: str
    version: int


class StudioEntry(NamedTuple):
    """One entry of a studio's journal."""

    aggregate_id: str
    version: int
    event: Event
    actor_id: int | None
    source: str
    at: datetime

    @property
    def place(self) -> Place:
        return Place(self.at, self.aggregate_id, self.version)


# ``low`` ends as the greatest version whose time is not after ``moment``; 0: there is none. A row is looked up by a
# subquery, not a join: a planner that guesses wrong would read the whole journal at every step. Most aggregates lie on
# one side of the moment, which their head and their first row tell.
_NEWEST = """
WITH RECURSIVE search(id, is_upper, moment, low, high) AS (
    SELECT a.id, edge.is_upper, edge.moment,
        CASE WHEN edge.is_upper AND edge.moment >= a.updated_at THEN a.version ELSE 0 END,
        CASE WHEN edge.moment < (SELECT j.at FROM journal j WHERE j.aggregate_id = a.id AND j.version = 1) THEN 0
            ELSE a.version END
    FROM live_aggregate a
        CROSS JOIN (VALUES (true, %(upto)s::timestamptz), (false, %(since)s::timestamptz)) AS edge(is_upper, moment)
    WHERE a.studio_id = %(studio_id)s AND a.version > 0 AND a.kind <> ALL(%(without)s)
  UNION ALL
    SELECT id, is_upper, moment, CASE WHEN is_before THEN middle ELSE low END,
        CASE WHEN is_before THEN high ELSE middle - 1 END
    FROM (
        SELECT s.*, m.middle, coalesce(
            (SELECT j.at FROM journal j WHERE j.aggregate_id = s.id AND j.version = m.middle) <= s.moment, true
        ) AS is_before
        FROM search s CROSS JOIN LATERAL (SELECT (s.low + s.high + 1) / 2 AS middle) m
        WHERE s.low < s.high
    ) halved
), span AS (
    SELECT id, max(low) FILTER (WHERE is_upper) AS newest, max(low) FILTER (WHERE NOT is_upper) AS oldest
    FROM search WHERE low = high GROUP BY id
)
SELECT e.aggregate_id, e.version, e.event::text, e.actor_id, e.source, e.at
FROM span CROSS JOIN LATERAL (
    SELECT * FROM journal j
    WHERE j.aggregate_id = span.id AND j.version <= span.newest AND j.version > span.oldest
        AND j.at <= %(upto)s::timestamptz
        AND (%(before_id)s::text IS NULL OR (j.at, j.aggregate_id, j.version)
            < (%(upto)s::timestamptz, %(before_id)s::text, %(before_version)s::bigint))
        AND (%(actor_id)s::bigint IS NULL OR j.actor_id = %(actor_id)s::bigint)
        AND (%(source)s::text IS NULL OR j.source = %(source)s::text)
    ORDER BY j.version DESC LIMIT %(limit)s
) e
WHERE span.newest > span.oldest
ORDER BY e.at DESC, e.aggregate_id DESC, e.version DESC LIMIT %(limit)s
"""

_PIECE = """
SELECT aggregate_id, version, event::text, actor_id, source, at FROM journal
WHERE aggregate_id = %s AND version > %s ORDER BY version LIMIT %s
"""


def newest(
    studio_id: int,
    *,
    limit: int,
    before: Place | None = None,
    until: datetime | None = None,
    since: datetime | None = None,
    actor_id: int | None = None,
    source: str | None = None,
    without: Sequence[str] = (),
) -> list[StudioEntry]:
    """The newest entries of a studio: older than ``before``, not after ``until``, after ``since``, by somebody or from
    somewhere, ``without`` aggregates of some kinds. Clocks of several machines may differ by a little; so may the order
    of what they wrote."""
    upto = min((moment for moment in (before and before.at, until) if moment), default=None)
    if before is not None and upto != before.at:
        before = None  # it lies after the end of the days that are asked for
    values = {
        "studio_id": studio_id,
        "upto": upto or "infinity",
        "since": since or "-infinity",
        "before_id": before and before.aggregate_id,
        "before_version": before and before.version,
        "actor_id": actor_id,
        "source": source,
        "without": list(without),
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, values)
        return [_entry(row) for row in cursor.fetchall()]


def aggregates(studio_id: int, kind: str) -> list[str]:
    """The ids of a studio's aggregates of one kind, those that were deleted included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM live_aggregate WHERE studio_id = %s AND kind = %s ORDER BY id", [studio_id, kind]
        )
        return [row[0] for row in cursor.fetchall()]


def entries(aggregate_id: str, *, piece: int = 1000) -> Iterator[StudioEntry]:
    """All that ever changed in an aggregate, oldest first, never more than a piece of it in memory."""
    version = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_PIECE, [aggregate_id, version, piece])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from map(_entry, rows)
        version = rows[-1][1]


def length(aggregate_id: str) -> int:
    """How many entries an aggregate has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM live_aggregate WHERE id = %s", [aggregate_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _entry(row: tuple[Any, ...]) -> StudioEntry:
    aggregate_id, version, event, actor_id, source, at = row
    return StudioEntry(aggregate_id, version, msgspec.json.decode(event, type=Event), actor_id, source, at)
