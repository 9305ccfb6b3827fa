"""Reads of what overlays may know of the audience, part by part (`audience`)."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from cuelight.catalog.pricing import minor_digits
from cuelight.sessions import air_queries
from cuelight.sessions.air_queries import OnAir
from cuelight.streams import on_air, tally_queries
from cuelight.streams import queries as streams
from cuelight.streams.rows import FeedRow
from cuelight.widgets import audience, queries
from cuelight.widgets.audience import ClockRow, CountRow, GoalRow, PinnedRow, SupporterRow

#: Parts that follow from a few rows, and those that are added up.
QUICK = frozenset({"rehearsal", "viewers", "followers", "question", "clock"})
SLOW = frozenset({"goals", "supporters"})
PARTS = QUICK | SLOW


class View(NamedTuple):
    """What all parts need. ``rehearsed``: whether what is shown is what the simulated audience does."""

    studio_id: int
    now: datetime
    feeds: list[FeedRow]
    on_air: OnAir | None
    rehearsed: bool


class Read(NamedTuple):
    """Parts by name, and whether they are rehearsed ones."""

    rehearsed: bool
    parts: dict[str, Any]


def read(studio_id: int, parts: Collection[str]) -> Read:
    """The named parts as they are now; a part is told under its name."""
    view = _view(studio_id)
    return Read(view.rehearsed, {name: _READERS[name](view) for name in sorted(parts)})


def snapshot(studio_id: int) -> tuple[Read, dict[str, Any]]:
    """All parts, and what a page gets when it comes: those, and the newest that happened."""
    found = read(studio_id, PARTS)
    return found, {**found.parts, "latest": latest(studio_id, rehearsal=found.rehearsed)}


def latest(studio_id: int, *, rehearsal: bool) -> list[dict[str, Any]]:
    """The newest that happened, the newest first."""
    rows = tally_queries.newest(studio_id, audience.PUBLIC_KINDS, audience.RECENT, rehearsal=rehearsal)
    return [told for row in rows if (told := audience.public_event(row)) is not None]


def _view(studio_id: int) -> View:
    feeds, session = streams.feeds(studio_id), air_queries.on_air(studio_id)
    rehearsed = audience.is_rehearsed(feeds, session.status if session else "")
    return View(studio_id, timezone.now(), feeds, session, rehearsed)


def _rehearsal(view: View) -> bool:
    return streams.air(view.studio_id)["lamp"] == on_air.REHEARSAL


def _viewers(view: View) -> CountRow | None:
    return audience.counted(view.feeds, "viewers", rehearsal=view.rehearsed)


def _followers(view: View) -> CountRow | None:
    return audience.counted(view.feeds, "followers", rehearsal=view.rehearsed)


def _goals(view: View) -> dict[str, GoalRow]:
    """By widget: there is one."""
    settings = queries.config(view.studio_id, "goal")["settings"]
    counts, currency = settings["counts"], settings["currency"] if settings["counts"] in _MONEY else ""
    factor = 10 ** minor_digits(currency) if len(currency) == 3 else 1
    value = _counted(view, settings)
    if counts != "followers":
        value += settings["start"] * factor
    row: GoalRow = {
        "title": settings["title"],
        "counts": counts,
        "value": value,
        "target": settings["target"] * factor,
        "currency": currency,
    }
    return {"goal": row}


_MONEY = ("donations", "revenue")


def _counted(view: View, settings: dict[str, Any]) -> int:
    counts, currency = settings["counts"], settings["currency"]
    if counts == "followers":
        followers = _followers(view)
        return followers["total"] if followers else 0
    since = audience.moment(settings["since_at"]) if settings["since"] == "moment" else None
    since = since or _since(view, settings["since"])
    studio_id, rehearsal = view.studio_id, view.rehearsed
    match counts:
        case "donations":
            return tally_queries.donated(studio_id, currency, since, rehearsal=rehearsal)
        case "revenue":
            return tally_queries.revenue(studio_id, currency, since, rehearsal=rehearsal)
        case "pieces":
            return tally_queries.ordered(studio_id, since, rehearsal=rehearsal)
        case "gifts":
            return tally_queries.pieces(studio_id, "gift", since, rehearsal=rehearsal)
    kind = "subscription" if counts == "subscriptions" else "follow"
    return tally_queries.happened(studio_id, kind, since, rehearsal=rehearsal)


def _supporters(view: View) -> list[SupporterRow]:
    settings = queries.config(view.studio_id, "supporters")["settings"]
    currency = settings["currency"] if settings["counts"] == "donations" else None
    givers = tally_queries.best_givers(
        view.studio_id,
        _since(view, settings["span"]),
        currency=currency,
        most=audience.MOST_SUPPORTERS,
        rehearsal=view.rehearsed,
    )
    return [
        {"name": giver.name, "platform": giver.platform, "value": giver.given, "currency": currency or ""}
        for giver in givers
    ]


def _since(view: View, span: str) -> datetime:
    began = tally_queries.stream_began(view.studio_id, rehearsal=view.rehearsed) if span == "stream" else None
    return audience.span_since(span, view.now, began, tally_queries.EVER)


def _shown(view: View) -> OnAir | None:
    """The session that runs, if the public may see anything of it: a rehearsal only where nobody real watches."""
    session = view.on_air
    if session is None or session.status == "live":
        return session
    is_live = any(feed["is_live"] for feed in view.feeds if not feed["rehearsal"])
    return None if is_live else session


def _question(view: View) -> PinnedRow | None:
    session = _shown(view)
    if session is None or session.question_id is None:
        return None
    if not queries.config(view.studio_id, "question")["settings"]["show_pinned"]:
        return None
    row = tally_queries.open_question(view.studio_id, session.question_id)
    if row is None or (row["rehearsal"] and not view.rehearsed):
        return None
    return {
        "platform": row["platform"],
        "user_name": row["user_name"],
        "text": row["text"],
        "asked": row["asked"],
        "number": row["number"],
        "product": row["product"],
    }


def _clock(view: View) -> ClockRow | None:
    """Of the session that runs, only what the timer is set to show."""
    session = _shown(view)
    mode = queries.config(view.studio_id, "timer")["settings"]["mode"]
    if session is None or mode == "moment":
        return None
    since, until = session.started_at, None
    if mode == "show":
        until = session.ends_at
    elif mode == "product":
        since, until = session.item_since, session.item_until
    if since is None or (mode != "up" and until is None):
        return None
    of_product = mode == "product"
    return {
        "since": audience.iso(since),
        "until": audience.iso(until),
        "paused_at": audience.iso(session.paused_at) if of_product else None,
        "warn_seconds": session.warn_seconds if of_product else None,
        "danger_seconds": session.danger_seconds if of_product else None,
    }


_READERS: dict[str, Callable[[View], Any]] = {
    "rehearsal": _rehearsal,
    "viewers": _viewers,
    "followers": _followers,
    "goals": _goals,
    "supporters": _supporters,
    "question": _question,
    "clock": _clock,
}
