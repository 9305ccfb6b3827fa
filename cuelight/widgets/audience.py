"""What overlays may know of the audience: figures, names that were public where they came from, and nothing else. Pure.

Real figures and rehearsed ones are never mixed. While a platform is live only what is real counts; what is simulated is
shown while there is nothing real that it could be taken for.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict

from cuelight.streams.rows import FeedRow

#: What is told as it happens, and how many of the newest a page gets when it comes.
PUBLIC_KINDS = ("follow", "subscription", "gift", "donation", "raid", "order")
RECENT = 30
#: Of what a platform says besides: nothing that names an order, a product or an account.
_PUBLIC_DETAIL = ("tier", "months", "is_gift", "is_anonymous", "item")
#: Who ordered is nobody's business.
_NAMELESS = "order"
#: Givers that are told; a widget shows as many as it is set to.
MOST_SUPPORTERS = 10

SPANS = {
    "stream": "This stream",
    "day": "24 hours",
    "week": "7 days",
    "month": "30 days",
    "all": "All that is kept",
}
_HOURS = {"day": 24, "week": 7 * 24, "month": 30 * 24}


class CountRow(TypedDict):
    """Viewers or followers: in all, and by platform."""

    total: int
    by: dict[str, int]


class GoalRow(TypedDict):
    """How far a goal has come. ``value`` and ``target`` in minor units where ``currency`` is given."""

    title: str
    counts: str
    value: int
    target: int
    currency: str


class SupporterRow(TypedDict):
    """Somebody who gave. ``value``: in minor units of ``currency``; pieces where there is none."""

    name: str
    platform: str
    value: int
    currency: str


class PinnedRow(TypedDict):
    """The question that the host answers. ``number``, ``product``: what it is about, as printed; ``asked``: how
    often."""

    platform: str
    user_name: str
    text: str
    asked: int
    number: int | None
    product: str


class ClockRow(TypedDict):
    """What a timer counts, ISO 8601 in UTC: down to ``until``, or up from ``since`` where there is no ``until``. It
    stands since ``paused_at``. ``warn_seconds``, ``danger_seconds``: before the end; None: as the widget is set."""

    since: str | None
    until: str | None
    paused_at: str | None
    warn_seconds: int | None
    danger_seconds: int | None


def is_rehearsed(feeds: Sequence[FeedRow], session_status: str) -> bool:
    """Whether overlays show what the simulated audience does. ``session_status``: of the session that runs, or ""."""
    real = [feed for feed in feeds if not feed["rehearsal"] and feed["status"] != "off"]
    if any(feed["is_live"] for feed in real) or not any(feed["rehearsal"] for feed in feeds):
        return False
    return not real or session_status == "rehearsal"


def counted(feeds: Sequence[FeedRow], what: str, *, rehearsal: bool) -> CountRow | None:
    """``what``: viewers or followers. None where no platform has said."""
    rows: Sequence[Mapping[str, Any]] = feeds
    by = {row["platform"]: int(row[what]) for row in rows if row["rehearsal"] == rehearsal and row[what] is not None}
    return {"total": sum(by.values()), "by": by} if by else None


def public_event(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """An event as the public may see it, in the shape in which screens get events; None for what is not told."""
    kind = body.get("kind")
    if kind not in PUBLIC_KINDS:
        return None
    told: dict[str, Any] = {name: body[name] for name in ("id", "platform", "kind", "at")}
    told |= {name: body[name] for name in ("amount", "count") if body.get(name)}
    detail = body.get("detail") or {}
    shown = {name: detail[name] for name in _PUBLIC_DETAIL if name in detail}
    if shown:
        told["detail"] = shown
    if kind == _NAMELESS or shown.get("is_anonymous"):
        return told
    if body.get("text"):
        told["text"] = body["text"]
    user = body.get("user")
    if user and user.get("name"):
        told["user"] = {"name": user["name"], **({"color": user["color"]} if user.get("color") else {})}
    return told


def span_since(span: str, now: datetime, stream_began: datetime | None, ever: datetime) -> datetime:
    """Since when a span counts. Without any stream nothing has been counted yet."""
    if span == "stream":
        return stream_began or now
    return now - timedelta(hours=_HOURS[span]) if span in _HOURS else ever


def moment(text: str) -> datetime | None:
    """``2026-11-22 18:00`` in UTC; None for nothing, or for what is no time."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
