"""An alert queue as screens are told of it: the JSON of snapshots and broadcasts. Pure.

An overlay is public: it gets what shows now, of that what viewers may see, and how many wait. The crew gets all of it.
"""

from collections.abc import Mapping
from typing import Any

from cuelight.streams.alert_state import Alert, AlertsState, Pace, in_order

#: What alerts say, by id, as `alert_queries.words` has it.
Words = Mapping[int, Mapping[str, Any]]

#: Alerts that are over, as the crew gets them.
RECENT_SHOWN = 30
#: What viewers may see of an event, of who caused it, and of what only some kinds have. No order has a number here, and
#: nobody who ordered a name.
_PUBLIC = ("kind", "at", "platform", "text", "fragments", "amount", "count", "rehearsal")
_PUBLIC_USER = ("name", "avatar", "color")
_PUBLIC_DETAIL = ("tier", "months", "is_gift", "is_anonymous", "item")


def ids(state: AlertsState, *, for_crew: bool = True) -> list[int]:
    """Whose words a screen needs."""
    shown = [state.showing.alert.id] if state.showing else []
    if not for_crew:
        return shown
    recent = [past.alert.id for past in [*state.recent.values()][-RECENT_SHOWN:]]
    return [*shown, *(alert.id for alert in state.queue.values()), *recent]


def overlay(state: AlertsState, words: Words, pace: Pace) -> dict[str, Any]:
    """``alerts_changed`` for an overlay."""
    return {**_both(state, pace), "showing": _showing(state, words, for_crew=False)}


def crew(state: AlertsState, words: Words, pace: Pace, *, overlays: int) -> dict[str, Any]:
    """``alerts_changed`` for the crew. What is kept no longer is left out."""
    waiting = [row(alert, words, state="waiting") for alert in in_order(state) if alert.id in words]
    over = [*state.recent.values()][: -RECENT_SHOWN - 1 : -1]
    recent = [{**row(past.alert, words, state=past.how), "over_at": past.at} for past in over if past.alert.id in words]
    return {
        **_both(state, pace),
        "showing": _showing(state, words, for_crew=True),
        "queue": waiting,
        "recent": recent,
        "overlays": overlays,
        "actor_id": state.latest.actor_id,
        "last": state.latest.kind,
    }


def row(alert: Alert, words: Words, *, state: str) -> dict[str, Any]:
    """One alert of the queue, or one that is over, as the crew reads it: with its text."""
    return {
        "id": alert.id,
        "kind": alert.kind,
        "event": event(alert, words, for_crew=True),
        "state": state,
        "since": alert.since,
        "seconds": alert.seconds,
        "priority": alert.priority,
        "is_test": alert.is_test,
        "rehearsal": alert.rehearsal,
        "text_approved": alert.text,
        "stopped": alert.stopped,
        "tries": alert.tries,
    }


def event(alert: Alert, words: Words, *, for_crew: bool) -> dict[str, Any]:
    """What happened, in the shape of `events.shown`; its id is 0 where it is no event."""
    found = words.get(alert.id, {})
    body: Mapping[str, Any] = found.get("body") or {"kind": alert.kind, "at": alert.since, "platform": ""}
    if for_crew:
        return {"id": found.get("event_id") or 0, "platform_id": "", **body}
    public = {name: body[name] for name in _PUBLIC if name in body}
    if not alert.text:
        public.pop("text", None)
        public.pop("fragments", None)
    detail = {name: value for name, value in (body.get("detail") or {}).items() if name in _PUBLIC_DETAIL}
    user = body.get("user")
    if user and alert.kind != "order" and not detail.get("is_anonymous"):
        public["user"] = {"id": "", **{name: user[name] for name in _PUBLIC_USER if name in user}}
    return {"id": 0, "platform_id": "", **public, **({"detail": detail} if detail else {})}


def _both(state: AlertsState, pace: Pace) -> dict[str, Any]:
    return {
        "version": state.latest.version,
        "paused": state.paused,
        "held": state.held_at is not None,
        "held_at": state.held_at,
        "gap_ms": pace.gap_ms,
        "waiting": len(state.queue),
    }


def _showing(state: AlertsState, words: Words, *, for_crew: bool) -> dict[str, Any] | None:
    showing = state.showing
    if showing is None:
        return None
    alert = showing.alert
    return {
        "id": alert.id,
        "run": alert.run,
        "kind": alert.kind,
        "event": event(alert, words, for_crew=for_crew),
        "since": showing.since,
        "until": showing.until,
        "seconds": alert.seconds,
        "begun": showing.begun,
        "is_test": alert.is_test,
        "rehearsal": alert.rehearsal,
        "text_approved": alert.text,
    }
