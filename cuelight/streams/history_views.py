"""Streams there were: ``/dashboard/streams`` and ``/dashboard/streams/{stream_id}``."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog.pricing import format_price
from cuelight.errors import NotFound
from cuelight.sessions import queries as sessions
from cuelight.streams import history_queries, recordings
from cuelight.streams.history_queries import MINUTE, ActivityRow, Moment
from cuelight.streams.models import Stream
from cuelight.streams.platforms import registry

MOST_STREAMS, MOST_REHEARSALS = 50, 20
#: Seconds after which the page of a stream that is being kept is loaded again.
REFRESH_S = 1
#: A table of minutes has about so many lines.
TABLE_LINES = 40
_DAYS = ((7, "7 days"), (30, "30 days"), (90, "90 days"))
_KINDS = {
    "follow": ("New follower", "New followers"),
    "subscription": ("Subscription", "Subscriptions"),
    "gift": ("Gift", "Gifts"),
    "donation": ("Donation", "Donations"),
    "raid": ("Raid", "Raids"),
    "like": ("Like", "Likes"),
    "order": ("Order", "Orders"),
}
_NAMES = {"youtube": "YouTube", "tiktok": "TikTok", "tiktok_shop": "TikTok Shop"}


@never_cache
@require_safe
@studio_page("stream.reports")
def stream_list(request: HttpRequest) -> HttpResponse:
    """The streams of a time, newest first; rehearsals apart, and in no total."""
    access, now = access_of(request), timezone.now()
    first, last = _day(request, "from"), _day(request, "to")
    since = _midnight(first) if first else None
    until = _midnight(last + timedelta(days=1)) if last and last.year < date.max.year else None
    real, total = history_queries.streams(
        access.studio_id, rehearsal=False, since=since, until=until, limit=MOST_STREAMS
    )
    rehearsed, rehearsed_total = history_queries.streams(
        access.studio_id, rehearsal=True, since=since, until=until, limit=MOST_REHEARSALS
    )
    found = history_queries.figures(access.studio_id, [*real, *rehearsed], now=now)
    rows = [_listed(one, found[one.id], now) for one in real]
    today = now.date()
    days = [(says, today - timedelta(days=count - 1)) for count, says in _DAYS]
    context = {
        "rows": rows,
        "total": total,
        "totals": _totals(rows) if rows else None,
        "rehearsals": [_listed(one, found[one.id], now) for one in rehearsed],
        "rehearsals_total": rehearsed_total,
        "first": first,
        "last": last,
        "chips": [("All", "", not first and not last)]
        + [(says, f"from={day}", first == day and not last) for says, day in days],
    }
    return render(request, "streams/history.html", context)


@never_cache
@require_safe
@studio_page("stream.reports", of=history_queries.studio_of)
def stream_page(request: HttpRequest, stream_id: int) -> HttpResponse:
    """How one stream went."""
    access, now = access_of(request), timezone.now()
    studio_id = access.studio_id
    one = history_queries.stream(studio_id, stream_id)
    if one is None:
        raise NotFound("There is no such stream.")
    figures = history_queries.figures(studio_id, [one], now=now)[one.id]
    viewers = history_queries.viewers(studio_id, one, now=now)
    written = history_queries.messages(studio_id, one, now=now)
    chatters, chatter_count = history_queries.chatters(studio_id, one, now=now)
    minutes = _minutes(one, viewers, written)
    context = {
        **_listed(one, figures, now),
        "session": _session(studio_id, one.session_id),
        "chart": _chart(minutes, viewers, written),
        "table": _table(minutes, viewers, written),
        "chatters": [{**row, "platform": platform_name(row["platform"])} for row in chatters],
        "chatter_count": chatter_count,
        "activity": [_said(row) for row in history_queries.activity(studio_id, one, now=now)],
    }
    if access.may("stream.connect"):
        context["may_keep"] = True
        context["recording"] = kept = recordings.of_stream(studio_id, stream_id)
        if kept is not None and kept.state == "keeping":
            answer = render(request, "streams/stream.html", context)
            # With a part of the page named, only another address loads it again.
            answer["Refresh"] = f"{REFRESH_S}; url={request.path}?at={int(now.timestamp())}#recording"
            return answer
    return render(request, "streams/stream.html", context)


def platform_name(key: str) -> str:
    """What a platform is called; of one that is not here any more its key."""
    known = registry.PLATFORMS.get(key)
    return known.name if known else _NAMES.get(key, key.replace("_", " ").title())


def _listed(one: Stream, figures: history_queries.Figures, now: datetime) -> dict[str, Any]:
    return {
        "it": one,
        "title": one.title or "Untitled stream",
        "length": (one.ended_at or now) - one.started_at,
        "platforms": [platform_name(key) for key in one.platforms],
        "figures": figures,
    }


def _totals(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of the streams that are listed. The average is that of all minutes, so a long stream weighs more."""
    told = [row for row in rows if row["figures"].average is not None]
    length = sum((row["length"] for row in rows), timedelta())
    weighed = sum(row["figures"].average * row["length"].total_seconds() for row in told)
    seconds = sum(row["length"].total_seconds() for row in told)
    return {
        "streams": len(rows),
        "length": length,
        "peak": max((row["figures"].peak for row in told), default=None),
        "average": round(weighed / seconds) if seconds else None,
        "messages": sum(row["figures"].messages for row in rows),
        "followers": sum(row["figures"].followers for row in rows),
        "gifts": sum(row["figures"].gifts for row in rows),
    }


def _minutes(one: Stream, viewers: Sequence[Moment], written: dict[datetime, int]) -> list[datetime]:
    """Every minute from the first to the last that something is known of."""
    known = {moment.at for moment in viewers} | written.keys()
    if not known:
        return []
    first, last = min(known), max(known)
    return [first + count * MINUTE for count in range(int((last - first) / MINUTE) + 1)]


def _chart(minutes: Sequence[datetime], viewers: Sequence[Moment], written: dict[datetime, int]) -> dict[str, Any]:
    """What the island draws: seconds since 1970, and a value or null for each."""
    known = {moment.at: moment for moment in viewers}
    platforms = sorted({platform for moment in viewers for platform in moment.by})
    return {
        "minutes": [int(at.timestamp()) for at in minutes],
        "viewers": [known[at].total if at in known else None for at in minutes],
        "platforms": [
            {"name": platform_name(key), "viewers": [known[at].by.get(key) if at in known else None for at in minutes]}
            for key in platforms
        ],
        "messages": [written.get(at, 0) for at in minutes],
    }


def _table(
    minutes: Sequence[datetime], viewers: Sequence[Moment], written: dict[datetime, int]
) -> list[tuple[datetime, int | None, int]]:
    """The chart in words: from when on, the most that watched, how much was written; some minutes a line."""
    step = max(1, -(-len(minutes) // TABLE_LINES))
    known = {moment.at: moment.total for moment in viewers}
    pieces = [minutes[start : start + step] for start in range(0, len(minutes), step)]
    return [
        (
            piece[0],
            max((known[at] for at in piece if at in known), default=None),
            sum(written.get(at, 0) for at in piece),
        )
        for piece in pieces
    ]


def _said(row: ActivityRow) -> dict[str, Any]:
    one, many = _KINDS.get(row["kind"], (row["kind"].title(), row["kind"].title()))
    currency, value = row["currency"], row["value"]
    is_money = len(currency) == 3 and currency.isalpha()
    worth = f"{format_price(value, currency)} {currency}" if is_money else f"{value} {currency.title()}"
    counts_pieces = row["kind"] in ("gift", "like", "order")
    return {
        "says": one if row["times"] == 1 and not counts_pieces else many,
        "count": row["pieces"] if counts_pieces else row["times"],
        "worth": worth if value and currency else "",
        "brought": row["pieces"] if row["kind"] == "raid" else None,
    }


def _session(studio_id: int, session_id: int | None) -> sessions.SessionRow | None:
    """The session that was shown; None when there was none, or it is deleted."""
    try:
        return sessions.session_in([studio_id], session_id) if session_id is not None else None
    except NotFound:
        return None


def _day(request: HttpRequest, name: str) -> date | None:
    """A day of the address; what is none is left out: an old link still opens."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
