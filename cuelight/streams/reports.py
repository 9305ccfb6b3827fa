"""What a show's items brought, one by one: time on air, talk, questions, requests and orders, against the show's own
rate.

*While on air* are seconds, comments and chatters: each comment belongs to what was on the screen when it was written,
so that the items' add up to the show's (chatters do not: one may talk about several). *Comments after* are those of the
90 seconds behind an item, of which the next item has the same; they are never added up. Questions belong to the item
they are about. Requests belong to the item that was asked for, whenever that was; ``requests_near`` are those while it
was on air or 90 seconds after. Orders are counted as `attribution` says: pieces and amounts add up to the show's.

Real shows count real rows, rehearsals those of a rehearsal; the two are never added.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from cuelight.sessions import queries as sessions
from cuelight.sessions.queries import OnAirSpan
from cuelight.streams.attribution import TAIL, Span, Timeline, tails
from cuelight.streams.history_queries import COMMENTS, received_between
from cuelight.streams.models import Question, Wanted
from cuelight.streams.orders import counted

_Any = TypeVar("_Any", bound=Model)


@dataclass(slots=True)
class Row:
    """One item of the lineup, or with ``item_id`` None the time in which nothing was to be seen. ``revenue``: minor
    units by currency; ``first_at``: when it was shown first."""

    item_id: int | None
    number: int | None
    name: str
    times: int = 0
    seconds: float = 0
    first_at: datetime | None = None
    comments: int = 0
    chatters: int = 0
    comments_after: int = 0
    questions: int = 0
    asked: int = 0
    requests: int = 0
    requests_near: int = 0
    orders: int = 0
    units: int = 0
    revenue: Counter[str] = field(default_factory=Counter)

    @property
    def comments_a_minute(self) -> float | None:
        return _a_minute(self.comments, self.seconds)

    @property
    def units_a_minute(self) -> float | None:
        return _a_minute(self.units, self.seconds)


@dataclass(slots=True)
class Report:
    """A whole show. ``totals`` is the show itself, counted on its own; ``is_rehearsal``: nothing of it was real;
    ``has_other``: there are rows of the other kind, real or rehearsed, in its time."""

    is_rehearsal: bool
    began: datetime | None
    ended: datetime | None
    is_running: bool
    rows: list[Row]
    totals: Row
    has_other: bool = False

    @property
    def currencies(self) -> list[str]:
        return sorted(self.totals.revenue)

    def comments_against_show(self, row: Row) -> float | None:
        """How many times the show's own comments a minute; 1.0 is as many. None: nothing to compare."""
        return _against(row.comments_a_minute, self.totals.comments_a_minute)

    def units_against_show(self, row: Row) -> float | None:
        return _against(row.units_a_minute, self.totals.units_a_minute)


def report(session_id: int, studio_id: int, *, now: datetime, rehearsal: bool | None = None) -> Report:
    """The report of a session; authorise first. ``rehearsal`` None: of the show if it ever was live, else of its
    rehearsal. Of a rehearsal all of the session's time counts, of a show only the time it was live."""
    spans = sessions.on_air_spans(session_id)
    if rehearsal is None:
        rehearsal = bool(spans) and all(span["is_rehearsal"] for span in spans)
    chosen = [span for span in spans if rehearsal or not span["is_rehearsal"]]
    timeline = Timeline([_span(span, now) for span in chosen])
    rows = _rows(chosen, timeline, session_id)
    found = Report(
        is_rehearsal=rehearsal,
        began=timeline.spans[0].starts_at if timeline.spans else None,
        ended=timeline.spans[-1].ends_at if timeline.spans else None,
        is_running=any(span["ends_at"] is None for span in chosen),
        rows=[],
        totals=Row(None, None, "", times=len(timeline.spans), seconds=timeline.seconds),
    )
    if timeline.spans:
        _count_comments(rows, found, timeline, studio_id)
        _count_questions(rows, found, timeline, session_id)
        _count_requests(rows, found, timeline, session_id)
        _count_orders(rows, found, timeline, studio_id)
    nothing = rows.pop(None)
    is_something = nothing.seconds or nothing.questions or nothing.requests or nothing.units
    found.rows = sorted(rows.values(), key=lambda row: (row.number is None, row.number, row.item_id))
    found.rows += [nothing] if is_something else []
    return found


def _rows(spans: Sequence[OnAirSpan], timeline: Timeline, session_id: int) -> dict[int | None, Row]:
    """An empty row for each item of the lineup, and each that was shown and is not in it any more."""
    rows: dict[int | None, Row] = {
        line["id"]: Row(line["id"], line["position"], line["name"]) for line in sessions.lineup(session_id)
    }
    rows[None] = Row(None, None, "Nothing on screen")
    for shown in spans:
        rows.setdefault(shown["item_id"], Row(shown["item_id"], shown["number"], shown["name"]))
    for span in timeline.spans:
        row = rows[span.item_id]
        row.times += 1
        row.seconds += (span.ends_at - span.starts_at).total_seconds()
        row.first_at = row.first_at or span.starts_at
    return rows


def _span(span: OnAirSpan, now: datetime) -> Span:
    return Span(span["item_id"], span["product_id"], span["starts_at"], max(span["ends_at"] or now, span["starts_at"]))


def _count_comments(rows: dict[int | None, Row], found: Report, timeline: Timeline, studio_id: int) -> None:
    keys = list(rows)
    places = {key: place for place, key in enumerate(keys)}
    on_air = [(places[span.item_id], span.starts_at, span.ends_at) for span in timeline.spans]
    behind = [
        (places[key], *piece)
        for key in keys
        for piece in tails([span for span in timeline.spans if span.item_id == key])
    ]
    rehearsal = found.is_rehearsal
    for place, comments, chatters in _comments(studio_id, on_air, rehearsal=rehearsal):
        rows[keys[place]].comments, rows[keys[place]].chatters = comments, chatters
    for place, comments, _ in _comments(studio_id, behind, rehearsal=rehearsal):
        rows[keys[place]].comments_after = comments
    whole = [(0, starts_at, ends_at) for _, starts_at, ends_at in on_air]
    for _, comments, chatters in _comments(studio_id, whole, rehearsal=rehearsal):
        found.totals.comments, found.totals.chatters = comments, chatters
    other = _comments(studio_id, whole, rehearsal=not rehearsal)
    found.has_other = any(comments for _, comments, _ in other)


def _comments(
    studio_id: int, pieces: Sequence[tuple[int, datetime, datetime]], *, rehearsal: bool
) -> list[tuple[int, int, int]]:
    """(place, comments, people who wrote them) by the places of these times; hidden ones count nowhere."""
    if not pieces:
        return []
    since, until = min(piece[1] for piece in pieces), max(piece[2] for piece in pieces)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT place, count(*), count(DISTINCT (platform, user_id)) FILTER (WHERE user_id <> '')
            FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) AS piece (place, since, until)
            JOIN streams_event e ON e.studio_id = %s AND e.at >= piece.since AND e.at < piece.until
            WHERE e.received_at >= %s AND e.received_at < %s AND e.kind = ANY(%s)
                AND e.rehearsal = %s AND e.hidden_at IS NULL
            GROUP BY place
            """,
            [*map(list, zip(*pieces, strict=True)), studio_id, *received_between(since, until), COMMENTS, rehearsal],
        )
        return [(int(place), int(comments), int(people)) for place, comments, people in cursor.fetchall()]


def _count_questions(rows: dict[int | None, Row], found: Report, timeline: Timeline, session_id: int) -> None:
    questions = _within(Question.objects.filter(session_id=session_id, rehearsal=found.is_rehearsal), found, "first_at")
    for item_id, at, asked in questions.values_list("item_id", "first_at", "asked"):
        if not timeline.holds(at):
            continue
        span = timeline.at(at)
        on_air = rows[span.item_id if span else None]
        for one in (rows.get(item_id, on_air) if item_id is not None else on_air, found.totals):
            one.questions += 1
            one.asked += asked


def _count_requests(rows: dict[int | None, Row], found: Report, timeline: Timeline, session_id: int) -> None:
    wanted = _within(Wanted.objects.filter(session_id=session_id, rehearsal=found.is_rehearsal), found, "at")
    for item_id, at in wanted.values_list("item_id", "at"):
        if not timeline.holds(at):
            continue
        is_near = timeline.is_near(item_id, at)
        for row in (rows.get(item_id, rows[None]), found.totals):
            row.requests += 1
            row.requests_near += is_near


def _count_orders(rows: dict[int | None, Row], found: Report, timeline: Timeline, studio_id: int) -> None:
    orders: dict[int | None, set[tuple[str, str]]] = {}
    every: set[tuple[str, str]] = set()
    lines = _within(counted.lines(studio_id, rehearsal=found.is_rehearsal), found, "at")
    values = lines.values_list("at", "product_id", "source", "order_id", "quantity", "amount_cents", "currency")
    for at, product_id, source, order_id, quantity, amount, currency in values.iterator():
        span = timeline.ordered(at, product_id)
        if span is None:
            continue
        for row in (rows[span.item_id], found.totals):
            row.units += quantity
            if amount:
                row.revenue[currency] += amount
        orders.setdefault(span.item_id, set()).add((source, order_id))
        every.add((source, order_id))
    for item_id, of_item in orders.items():
        rows[item_id].orders = len(of_item)
    found.totals.orders = len(every)


def _within(rows: "QuerySet[_Any]", found: Report, column: str) -> "QuerySet[_Any]":
    assert found.began is not None
    assert found.ended is not None
    return rows.filter(**{f"{column}__gte": found.began, f"{column}__lt": found.ended + TAIL})


def _a_minute(count: int, seconds: float) -> float | None:
    return count * 60 / seconds if seconds else None


def _against(own: float | None, show: float | None) -> float | None:
    return own / show if own is not None and show else None
