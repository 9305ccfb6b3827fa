"""The rules of an alert queue: what a command changes. Pure; no clock, no database.

One alert shows at a time. Exactly once: it counts as shown when an overlay has said that it draws it; else, after a
break, it is the next one again. What the rules must know of the studio's settings comes in as ``facts``: studio id →
``{gap_ms, wait_minutes}``.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs

from cuelight.errors import Invalid, NotFound, Refused
from cuelight.live import patch
from cuelight.live.kind import Entry, Event, Facts
from cuelight.live.patch import ABSENT
from cuelight.streams.alert_command_types import (
    Advance,
    AlertCommand,
    Approve,
    Begun,
    Clear,
    Dismiss,
    Enqueue,
    Hold,
    Pause,
    Release,
    Replay,
    Resume,
    Skip,
    Withdraw,
)
from cuelight.streams.alert_state import (
    MOST_RECENT,
    MOST_WAITING,
    Alert,
    AlertsState,
    Latest,
    Pace,
    Past,
    Showing,
    alive,
    in_order,
    moment,
)

#: After so many tries without an overlay that draws it, an alert is missed.
MOST_TRIES = 3
#: What a crowd of follows does not push out.
PRECIOUS = frozenset({"donation", "raid"})
#: What becomes of what leaves the queue, by the event that it left with. What moderation takes away leaves no trace.
_HOW = {
    "enqueue": "missed",
    "advance": "missed",
    "begun": "shown",
    "skip": "skipped",
    "clear": "dismissed",
    "dismiss": "dismissed",
    "redo": "dismissed",
}

Values = dict[str, Any]


def decide(state: AlertsState, command: AlertCommand, facts: Facts, at: datetime) -> Event | None:
    """What one command changes in a queue; None when it changes nothing. Raises Refused, NotFound or Invalid."""
    changes = patch.change(state, new_values(state, command, pace_of(state, facts), at))
    kind = command.__struct_config__.tag
    return Event(kind=str(kind), changes=changes, undoable=command.undoable) if changes else None


def evolve(before: AlertsState, entry: Entry) -> AlertsState:
    """The queue after an entry. What has left it is recent, what came back is not."""
    after = patch.apply(before, entry.event.changes)
    recent = dict(after.recent)
    there = alive(after)
    for alert_id, alert in alive(before).items():
        how = _how(before, alert_id, entry.event.kind)
        if alert_id not in there and how:
            recent.pop(str(alert_id), None)
            recent[str(alert_id)] = Past(alert, how, entry.at.isoformat())
    kept = [(key, past) for key, past in recent.items() if int(key) not in there]
    latest = Latest(entry.version, entry.actor_id, entry.event.kind, entry.at.isoformat())
    return structs.replace(after, recent=dict(kept[-MOST_RECENT:]), latest=latest)


def mend(state: AlertsState, event: Event) -> Event:
    """An undo or redo as it can be done now: what was put away comes back, unless it has been shown or taken away
    since, and as much of it as there is room for. Raises Refused."""
    changes = dict(event.changes)
    wanted = [path for path, (_, after) in changes.items() if path.startswith("queue.") and after != ABSENT]
    back = []
    for path in wanted:
        past = state.recent.get(path.removeprefix("queue."))
        if past is not None and past.how == "dismissed":
            back.append(past.alert)
        del changes[path]
    back.sort(key=lambda alert: (-alert.rank, -alert.priority, alert.id))
    for alert in back[: MOST_WAITING - len(state.queue)]:
        # As it was when it left for the last time: it may have been shown again by hand in between.
        changes[f"queue.{alert.id}"] = [ABSENT, msgspec.to_builtins(alert)]
    if wanted and not changes:
        raise Refused("superseded", "These alerts have been shown or taken away since")
    return structs.replace(event, changes=changes)


def new_values(state: AlertsState, command: AlertCommand, pace: Pace, at: datetime) -> Values:  # noqa: C901
    """Every command and its rule, in one table."""
    match command:
        case Enqueue():
            return enqueue(state, command, at)
        case Advance():
            return {} if state.held_at else advance(state, command, pace, at)
        case Begun(id=alert_id, run=run):
            return begun(state, alert_id, run)
        case Pause():
            return {"paused": True}
        case Resume():
            return {"paused": False}
        case Skip(id=wanted):
            return skip(state, wanted, pace, at)
        case Clear():
            return {f"queue.{alert_id}": ABSENT for alert_id in state.queue}
        case Replay(id=alert_id):
            return replay(state, alert_id, at)
        case Approve(id=alert_id):
            return approve(state, alert_id)
        case Dismiss(id=alert_id):
            return dismiss(state, alert_id)
        case Hold():
            return {} if state.held_at else {"held_at": at.isoformat()}
        case Release():
            return release(state, at)
        case Withdraw(ids=ids):
            return withdraw(state, ids, pace, at)
    raise Invalid("unknown_command", f"An alert queue knows no command {type(command).__name__}.")


# What waits


def enqueue(state: AlertsState, command: Enqueue, at: datetime) -> Values:
    """At their places; where there is no more room, the least of all gives way."""
    known = alive(state).keys() | {int(key) for key in state.recent}
    fresh = {alert.id: alert for alert in command.alerts if alert.id not in known}
    if command.head:
        fresh = {key: structs.replace(alert, rank=head(state)) for key, alert in fresh.items()}
    return _with(state, fresh.values(), at)


def _with(state: AlertsState, fresh: Iterable[Alert], at: datetime) -> Values:
    values: Values = {}
    waiting = {alert.id: alert for alert in state.queue.values()}
    for alert in fresh:
        waiting[alert.id] = alert
        values[f"queue.{alert.id}"] = alert
        if len(waiting) > MOST_WAITING:
            least = gives_way(list(waiting.values()), alert)
            del waiting[least.id]
            if str(least.id) in state.queue:
                values[f"queue.{least.id}"] = ABSENT
            else:
                del values[f"queue.{least.id}"]
                values[f"recent.{least.id}"] = Past(least, "missed", at.isoformat())
    return values


def gives_way(waiting: list[Alert], newest: Alert) -> Alert:
    """The lowest priority, of those the oldest. A crowd of follows pushes out no raid and no donation."""
    spared = PRECIOUS if newest.kind == "follow" else frozenset[str]()
    return min(
        (alert for alert in waiting if alert.kind not in spared),
        key=lambda alert: (alert.rank, alert.priority, alert.id),
    )


def head(state: AlertsState) -> int:
    """The rank that goes before all that waits."""
    return max((alert.rank for alert in state.queue.values()), default=0) + 1


def dismiss(state: AlertsState, alert_id: int) -> Values:
    if state.showing is not None and state.showing.alert.id == alert_id:
        raise Refused("shows_now", "This alert shows now; skip it instead")
    waits(state, alert_id)
    return {f"queue.{alert_id}": ABSENT}


def approve(state: AlertsState, alert_id: int) -> Values:
    """What shows already gets its text, too."""
    showing = state.showing
    if showing is not None and showing.alert.id == alert_id:
        return {"showing.alert.text": True}
    alert = waits(state, alert_id)
    return {f"queue.{alert_id}": structs.replace(alert, text=True, stopped=False)}


def waits(state: AlertsState, alert_id: int) -> Alert:
    """Raises NotFound for what does not wait (any more)."""
    found = state.queue.get(str(alert_id))
    if found is None:
        raise NotFound("This alert does not wait any more.")
    return found


def replay(state: AlertsState, alert_id: int, at: datetime) -> Values:
    if alert_id in alive(state):
        return {}
    past = state.recent.get(str(alert_id))
    if past is None:
        raise NotFound("This alert is too long ago to be shown again.")
    again = structs.replace(past.alert, since=at.isoformat(), rank=head(state), run=past.alert.run + 1, tries=0)
    return _with(state, [again], at)


def withdraw(state: AlertsState, ids: Iterable[int], pace: Pace, at: datetime) -> Values:
    values: Values = {}
    for alert_id in ids:
        for place, there in (("queue", state.queue), ("recent", state.recent)):
            if str(alert_id) in there:
                values[f"{place}.{alert_id}"] = ABSENT
        if state.showing is not None and state.showing.alert.id == alert_id:
            values |= off(state, pace, at)
    return values


# What shows


def advance(state: AlertsState, command: Advance, pace: Pace, at: datetime) -> Values:
    """All that has become due, in one event."""
    values: Values = {}
    queue = dict(state.queue)
    showing = state.showing
    if showing is not None and is_over(showing, command, pace, at):
        values["showing"] = showing = None
        if (again := once_more(state, command)) is not None:
            queue[str(again.id)] = again
    for key, alert in state.queue.items():
        waited = at - moment(alert.since)
        if waited > timedelta(minutes=pace.wait_minutes) or (alert.rehearsal and not command.rehearsals):
            del queue[key]
    if showing is None and not state.paused and (state.free_at is None or at >= moment(state.free_at)):
        started = next((one for one in in_order(structs.replace(state, queue=queue)) if can_start(one, command)), None)
        if started is not None:
            del queue[str(started.id)]
            until = at + timedelta(seconds=started.seconds)
            values["showing"] = Showing(started, at.isoformat(), until.isoformat())
            values["free_at"] = None
    values |= {f"queue.{key}": ABSENT for key in state.queue.keys() - queue.keys()}
    return values | {f"queue.{key}": alert for key, alert in queue.items() if alert is not state.queue.get(key)}


def is_over(showing: Showing, command: Advance, pace: Pace, at: datetime) -> bool:
    if showing.alert.rehearsal and not command.rehearsals:
        return True
    return at >= moment(showing.until) + timedelta(milliseconds=pace.gap_ms)


def once_more(state: AlertsState, command: Advance) -> Alert | None:
    """What was sent to overlays of which none has drawn it, as the next one again: the line to them was cut. A test
    is over all the same: somebody was only trying."""
    showing = state.showing
    if showing is None or showing.begun or showing.alert.is_test:
        return None
    alert = structs.replace(showing.alert, tries=showing.alert.tries + 1, rank=head(state))
    is_wanted = alert.tries < MOST_TRIES and (command.rehearsals or not alert.rehearsal)
    return alert if is_wanted and len(state.queue) < MOST_WAITING else None


def can_start(alert: Alert, command: Advance) -> bool:
    """Whether somebody is there to draw it, and nobody must look at it first."""
    return not alert.stopped and (command.overlays or (alert.is_test and command.tests))


def begun(state: AlertsState, alert_id: int, run: int) -> Values:
    """An overlay that was cut off says it late: what it has drawn is not drawn again."""
    showing, waiting, past = state.showing, state.queue.get(str(alert_id)), state.recent.get(str(alert_id))
    if showing is not None and (showing.alert.id, showing.alert.run) == (alert_id, run):
        return {"showing.begun": True}
    if waiting is not None and waiting.run == run and waiting.tries:
        return {f"queue.{alert_id}": ABSENT}
    if past is not None and past.how == "missed" and past.alert.run == run and past.alert.tries:
        return {f"recent.{alert_id}.how": "shown"}
    return {}


def skip(state: AlertsState, wanted: int | None, pace: Pace, at: datetime) -> Values:
    showing = state.showing
    if wanted is not None and (showing is None or showing.alert.id != wanted):
        return {}
    if showing is None:
        raise Refused("nothing_shows", "No alert shows now")
    return off(state, pace, at)


def off(state: AlertsState, pace: Pace, at: datetime) -> Values:
    """Nothing shows now; the next one keeps its distance, by a clock that stands still while everything does."""
    now = moment(state.held_at) if state.held_at else at
    return {"showing": None, "free_at": (now + timedelta(milliseconds=pace.gap_ms)).isoformat()}


def release(state: AlertsState, at: datetime) -> Values:
    """Every time that runs goes on where it stood."""
    if state.held_at is None:
        return {}
    held = moment(state.held_at)

    def later(text: str) -> str:
        return (moment(text) + (at - held)).isoformat()

    values: Values = {"held_at": None}
    for key, alert in state.queue.items():
        # What came while everything stood still waits from now on.
        values[f"queue.{key}.since"] = at.isoformat() if moment(alert.since) > held else later(alert.since)
    if state.showing is not None:
        values |= {"showing.since": later(state.showing.since), "showing.until": later(state.showing.until)}
    if state.free_at is not None:
        values["free_at"] = later(state.free_at)
    return values


def pace_of(state: AlertsState, facts: Facts) -> Pace:
    return msgspec.convert(facts.get(state.studio_id, {}), Pace)


def _how(before: AlertsState, alert_id: int, kind: str) -> str:
    """What became of an alert that is gone; nothing where moderation took it."""
    showing = before.showing
    if kind == "advance" and showing is not None and showing.alert.id == alert_id:
        return "shown" if showing.begun or showing.alert.is_test else "missed"
    return _HOW.get(kind, "")
