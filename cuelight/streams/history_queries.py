"""Looking back at streams: how each went, in figures and minute by minute. Authorise first.

A real stream counts what was real while it ran, a rehearsal what was rehearsed. Events are found by the platforms' own
time; the day they came in, by which their table is parted, is bounded with it, so that no other day is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, TypedDict

from django.db import connection
from django.db.models import QuerySet

from cuelight.streams.models import Event, Stream

#: What people write.
COMMENTS = ["chat", "question"]
#: A platform's clock may be ahead of ours; after a break, what was missed comes in late.
CLOCKS_DIFFER, COMES_LATE = timedelta(hours=1), timedelta(days=1)
#: Platforms tell how many watch every minute or so: a number counts until the next, but no longer than this.
CARRIED = 3
MINUTE = timedelta(minutes=1)
MOST_CHATTERS = 10

_SPANS = """
    FROM unnest(%(ids)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(rehearsal)s::bool[])
        AS s (id, since, until, rehearsal)
"""
_EVENTS = f"""
    {_SPANS}
    JOIN streams_event e ON e.studio_id = %(studio)s AND e.at >= s.since AND e.at < s.until
        AND e.received_at >= s.since - %(early)s AND e.received_at < s.until + %(late)s
        AND e.rehearsal = s.rehearsal AND e.hidden_at IS NULL
"""


class Moment(NamedTuple):
    """How many watched in one minute: the most on each platform, and on all of them."""

    at: datetime
    total: int
    by: dict[str, int]


class Figures(NamedTuple):
    """Of one stream. ``peak`` and ``average`` None: no platform told how many watched. ``gifts`` counts pieces."""

    peak: int | None = None
    average: int | None = None
    messages: int = 0
    followers: int = 0
    gifts: int = 0


class ActivityRow(TypedDict):
    """All of one kind that happened, in one currency or none: how often, how many pieces, what it was worth in minor
    units (or in a platform's own unit)."""

    kind: str
    currency: str
    times: int
    pieces: int
    value: int


class ChatterRow(TypedDict):
    platform: str
    name: str
    messages: int


def received_between(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """When that came in which happened within this time."""
    return since - CLOCKS_DIFFER, until + COMES_LATE


def streams(
    studio_id: int, *, rehearsal: bool, since: datetime | None, until: datetime | None, limit: int
) -> tuple[list[Stream], int]:
    """The newest streams that began within this time, and how many there are in all."""
    found = Stream.objects.filter(studio_id=studio_id, rehearsal=rehearsal)
    if since is not None:
        found = found.filter(started_at__gte=since)
    if until is not None:
        found = found.filter(started_at__lt=until)
    return list(found.order_by("-started_at", "-id")[:limit]), found.count()


def stream(studio_id: int, stream_id: int) -> Stream | None:
    return Stream.objects.filter(studio_id=studio_id, id=stream_id).first()


def studio_of(stream_id: int) -> int | None:
    """The studio of a stream; None when there is none. For the gate of its pages."""
    return (
        None if stream_id >= 2**63 else Stream.objects.filter(id=stream_id).values_list("studio_id", flat=True).first()
    )


def figures(studio_id: int, streams: Sequence[Stream], *, now: datetime) -> dict[int, Figures]:
    """Stream id → its figures. Two queries for any number of streams."""
    found = {one.id: Figures() for one in streams}
    for stream_id, kind, times, pieces in _run(
        f"""SELECT s.id, e.kind, count(*), sum(greatest(coalesce((e.body->>'count')::numeric, 1), 1)) {_EVENTS}
            WHERE e.kind = ANY(%(kinds)s) GROUP BY 1, 2""",
        studio_id, streams, now, kinds=[*COMMENTS, "follow", "gift"],
    ):  # fmt: skip
        one = found[stream_id]
        if kind in COMMENTS:
            found[stream_id] = one._replace(messages=one.messages + times)
        elif kind == "follow":
            found[stream_id] = one._replace(followers=times)
        else:
            found[stream_id] = one._replace(gifts=int(pieces))
    for stream_id, (most, average) in _watched(studio_id, streams, now).items():
        if most:
            found[stream_id] = found[stream_id]._replace(
                peak=max(moment.total for moment in most),
                average=round(sum(moment.total for moment in average) / len(average)),
            )
    return found


def viewers(studio_id: int, stream: Stream, *, now: datetime) -> list[Moment]:
    """How many watched a stream, minute by minute; minutes of which nothing is known are left out."""
    return _watched(studio_id, [stream], now)[stream.id][0]


def messages(studio_id: int, stream: Stream, *, now: datetime) -> dict[datetime, int]:
    """Minute → how much was written in it; minutes without are absent."""
    rows = _run(
        f"""SELECT date_trunc('minute', e.at), count(*) {_EVENTS}
            WHERE e.kind = ANY(%(kinds)s) GROUP BY 1 ORDER BY 1""",
        studio_id, [stream], now, kinds=COMMENTS,
    )  # fmt: skip
    return dict(rows)


def activity(studio_id: int, stream: Stream, *, now: datetime) -> list[ActivityRow]:
    """What happened beside the talk, by kind and currency."""
    rows = _run(
        f"""SELECT e.kind, coalesce(e.body->'amount'->>'currency', ''), count(*),
                sum(greatest(coalesce((e.body->>'count')::numeric, 1), 1)),
                coalesce(sum((e.body->'amount'->>'value')::numeric), 0) {_EVENTS}
            WHERE e.kind <> ALL(%(kinds)s) GROUP BY 1, 2 ORDER BY 1, 2""",
        studio_id, [stream], now, kinds=[*COMMENTS, "system", "join"],
    )  # fmt: skip
    return [
        {"kind": kind, "currency": currency, "times": times, "pieces": int(pieces), "value": int(value)}
        for kind, currency, times, pieces, value in rows
    ]


def chatters(studio_id: int, stream: Stream, *, now: datetime) -> tuple[list[ChatterRow], int]:
    """Who wrote most, and how many wrote at all."""
    rows = _run(
        f"""SELECT e.platform, max(e.body->'user'->>'name'), count(*), count(*) OVER () {_EVENTS}
            WHERE e.kind = ANY(%(kinds)s) AND e.user_id <> ''
            GROUP BY e.platform, e.user_id ORDER BY 3 DESC, 2, 1 LIMIT {MOST_CHATTERS}""",
        studio_id, [stream], now, kinds=COMMENTS,
    )  # fmt: skip
    listed: list[ChatterRow] = [
        {"platform": platform, "name": name or "Somebody", "messages": count} for platform, name, count, _ in rows
    ]
    return listed, rows[0][3] if rows else 0


def happened(studio_id: int, stream: Stream, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Everything of a stream that is to be seen, by the platforms' own time, a piece at a time: ``at``, ``platform``,
    ``platform_id``, ``kind`` and ``body``. What moderation has hidden is left out."""
    rows = _shown(studio_id, stream, now).order_by("at", "id")
    for row in rows.values("at", "platform", "platform_id", "kind", "body").iterator(chunk_size=1_000):
        yield {**row}


def happenings(studio_id: int, stream: Stream, *, now: datetime) -> int:
    """How many ``happened`` has."""
    return _shown(studio_id, stream, now).count()


def _shown(studio_id: int, stream: Stream, now: datetime) -> "QuerySet[Event]":
    since, until = stream.started_at, stream.ended_at or now
    came, gone = received_between(since, until)
    return Event.objects.filter(
        studio_id=studio_id, at__gte=since, at__lt=until, received_at__gte=came, received_at__lt=gone,
        rehearsal=stream.rehearsal, hidden_at=None,
    )  # fmt: skip


def _watched(studio_id: int, streams: Sequence[Stream], now: datetime) -> dict[int, tuple[list[Moment], list[Moment]]]:
    """Stream id → how many watched, minute by minute: at most, and on average."""
    rows = _run(
        f"""SELECT s.id, v.platform, date_trunc('minute', v.at), max(v.viewers), avg(v.viewers) {_SPANS}
            JOIN streams_viewercount v ON v.studio_id = %(studio)s AND v.at >= s.since AND v.at < s.until
                AND v.rehearsal = s.rehearsal
            GROUP BY 1, 2, 3 ORDER BY 1, 3""",
        studio_id, streams, now,
    )  # fmt: skip
    by_stream: dict[int, list[tuple[datetime, str, int, float]]] = {one.id: [] for one in streams}
    for stream_id, platform, at, most, average in rows:
        by_stream[stream_id].append((at, platform, most, float(average)))
    return {
        stream_id: (
            curve((at, platform, most) for at, platform, most, _ in told),
            curve((at, platform, average) for at, platform, _, average in told),
        )
        for stream_id, told in by_stream.items()
    }


def curve(told: Iterable[tuple[datetime, str, float]]) -> list[Moment]:
    """``(minute, platform, viewers)``, oldest first → every minute that something is known of. Nobody watches any more
    on a platform that is silent for `CARRIED` minutes. Pure."""
    by_minute: dict[datetime, dict[str, float]] = {}
    for at, platform, viewers in told:
        by_minute.setdefault(at, {})[platform] = viewers
    moments: list[Moment] = []
    newest: dict[str, tuple[datetime, float]] = {}
    for at, until in pairwise([*by_minute, datetime.max.replace(tzinfo=UTC)]):
        newest |= {platform: (at, viewers) for platform, viewers in by_minute[at].items()}
        for minutes in range(CARRIED):
            minute = at + minutes * MINUTE
            heard = {name: count for name, (when, count) in newest.items() if minute - when < CARRIED * MINUTE}
            # The last of all is not carried on: the stream is over then.
            if minute < until and (not minutes or until.year < MAXYEAR):
                by = {name: round(count) for name, count in heard.items()}
                moments.append(Moment(minute, round(sum(heard.values())), by))
    return moments


def _run(sql: str, studio_id: int, streams: Sequence[Stream], now: datetime, **more: Any) -> list[Any]:
    values = {
        "studio": studio_id,
        "ids": [one.id for one in streams],
        "since": [one.started_at for one in streams],
        "until": [one.ended_at or now for one in streams],
        "rehearsal": [one.rehearsal for one in streams],
        "early": CLOCKS_DIFFER,
        "late": COMES_LATE,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
