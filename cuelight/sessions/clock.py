"""The show clock: how long the item on air has been there. Pure.

A clock belongs to one stay of an item on air. It follows from the entries and stands in no patch, so that an undo
never fails because a clock has been paused since. What it replaces is remembered for a while: an undo that brings an
item back brings its clock back, as if it had gone on all the time.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from cuelight.errors import Invalid, Refused
from cuelight.live.kind import Entry
from cuelight.sessions.lineup import Clock, Former, Live, SessionState

#: Where time passes.
RUNNING = frozenset({"live", "rehearsal"})
#: How far a clock may be moved from the plan, in seconds, either way.
MOST_ADDED = 3600
#: How many clocks are remembered for undo. They are in the head, which every key press writes.
KEPT = 10


def paused(state: SessionState, at: datetime) -> dict[str, Any]:
    clock = running(state)
    return {} if clock.paused_at else {"live.clock.paused_at": at.isoformat()}


def resumed(state: SessionState, at: datetime) -> dict[str, Any]:
    """``since`` moves on by as long as the pause was."""
    clock = running(state)
    if clock.paused_at is None or clock.since is None:
        return {}
    # Another process may have paused it by a clock that is ahead of ours.
    pause = max(at - datetime.fromisoformat(clock.paused_at), timedelta())
    since = datetime.fromisoformat(clock.since) + pause
    return {"live.clock.since": since.isoformat(), "live.clock.paused_at": None}


def with_time(state: SessionState, seconds: int) -> dict[str, Any]:
    """More time for the item on air, or less. Raises Invalid for none, Refused ``too_much_time`` beyond an hour."""
    if seconds == 0:
        raise Invalid("invalid", "Say how many seconds to add, or to take away with a minus")
    added = running(state).added_seconds + seconds
    if abs(added) > MOST_ADDED:
        raise Refused("too_much_time", "At most one hour can be added to a product's time, or taken away from it")
    return {"live.clock.added_seconds": added}


def running(state: SessionState) -> Clock:
    """The clock of the item on air. Raises Refused ``no_products`` or ``clock_not_running``."""
    if state.live.status not in RUNNING:
        raise Refused("clock_not_running", "The clock runs once the show is live")
    if state.on_air is None:
        raise Refused("no_products", "This session has no products yet")
    if state.live.clock.since is None:  # it was on air already when this version took over
        raise Refused("clock_not_running", "The clock runs from the next product on")
    return state.live.clock


def evolve(before: SessionState, after: SessionState, entry: Entry) -> SessionState:
    """``after`` with the clock that follows, and what is armed while that still means something."""
    was, now = before.live, after.live
    if now.item_id == was.item_id and now.status == was.status:
        return _armed_item_gone(after) if after.items is not before.items else after
    former = before.former
    if was.clock.since is not None:
        former = (*former, Former(entry.version, was.item_id, was.clock))[-KEPT:]
    stays_armed = now.item_id == was.item_id and now.status in RUNNING
    live = structs.replace(now, clock=_clock(before, now, entry), armed=now.armed if stays_armed else None)
    return _armed_item_gone(structs.replace(after, live=live, former=former))


def _clock(before: SessionState, now: Live, entry: Entry) -> Clock:
    if now.status not in RUNNING or now.item_id is None:
        return Clock()
    replaced = entry.event.reverses  # the entry that put another clock in this one's place
    for former in before.former:
        if former.version == replaced and former.item_id == now.item_id:
            return former.clock
    return Clock(since=entry.at.isoformat())


def _armed_item_gone(state: SessionState) -> SessionState:
    armed = state.live.armed
    if armed is None or str(armed.item_id) in state.items:
        return state
    return structs.replace(state, live=structs.replace(state.live, armed=None))
