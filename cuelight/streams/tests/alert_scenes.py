"""An alert queue as the journal would carry it, without a database; and scenes of it, one for each command."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from cuelight.live import undo
from cuelight.live.kind import Command, Entry, Redo, Undo
from cuelight.streams import alert_payloads
from cuelight.streams.alert_command_types import (
    Advance,
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
from cuelight.streams.alert_samples import sample
from cuelight.streams.alert_state import KINDS, Alert, AlertsState, Pace
from cuelight.streams.alert_watch import SOURCE
from cuelight.streams.alerts_kind import AlertsKind

START = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
KIND = AlertsKind()
MIA = 3
PACE = Pace()
FACTS = {1: {"gap_ms": PACE.gap_ms, "wait_minutes": PACE.wait_minutes}}
#: The clock's, with and without somebody who draws.
GO = Advance(overlays=True, tests=False, rehearsals=True)
NOBODY = Advance(overlays=False, tests=False, rehearsals=True)


class At(Command, frozen=True, tag="at"):
    """Not a command: so many seconds pass."""

    seconds: float


def alert(number: int, kind: str = "follow", **fields: Any) -> Alert:
    """One that has just come."""
    return Alert(number, kind, START.isoformat(), fields.pop("seconds", 8), **fields)


def words(numbers: int = 60) -> dict[int, dict[str, Any]]:
    """What alerts 1, 2, 3 … say: as the tests do, each its own kind in turn."""
    return {
        number: {
            "id": number,
            "event_id": 1000 + number,
            "body": msgspec.to_builtins(sample(KINDS[number % len(KINDS)], f"e{number}", START)),
        }
        for number in range(1, numbers + 1)
    }


class Recorder:
    """One queue."""

    def __init__(self) -> None:
        self.state = AlertsState(1, facts=frozenset((1,)))
        self.stacks = undo.Stacks()
        self.entries: list[Entry] = []
        self.told: list[dict[str, Any]] = []
        self.now = START

    def do(self, command: Command) -> bool:
        """Whether it changed anything. Raises what the rules refuse."""
        if isinstance(command, At):
            self.now += timedelta(seconds=command.seconds)
            return False
        if isinstance(command, Undo | Redo):
            event = KIND.mend(self.state, undo.decide(self.state, command, MIA, self.stacks))
        else:
            decided = KIND.decide(self.state, command, FACTS, self.now)  # type: ignore[arg-type]
            if decided is None:
                return False
            event = decided
        version = self.state.latest.version + 1
        by_clock, by_platform = isinstance(command, Advance), isinstance(command, Enqueue | Withdraw)
        source = SOURCE if by_clock else "platform" if by_platform else "key"
        actor = None if by_clock or by_platform else MIA
        entry = Entry(version, event, actor, source, self.now, UUID(int=version))
        self.state = KIND.evolve(self.state, entry)
        self.stacks.add(entry)
        self.entries.append(entry)
        self.told.append(self.crew())
        return True

    def crew(self) -> dict[str, Any]:
        return alert_payloads.crew(self.state, words(), PACE, overlays=1)

    def overlay(self) -> dict[str, Any]:
        return alert_payloads.overlay(self.state, words(), PACE)


THREE: Command = Enqueue([alert(1, priority=0), alert(2, "subscription", priority=1), alert(3, "donation", priority=2)])
SHOWS: list[Command] = [THREE, GO, Begun(3)]

#: What led there, and what is recorded.
SCENES: dict[str, tuple[list[Command], list[Command]]] = {
    "enqueue": ([], [THREE]),
    "enqueue_a_test": ([THREE], [Enqueue([alert(4, "raid", is_test=True)], head=True)]),
    "advance": ([THREE], [GO]),
    "advance_to_the_next": (SHOWS, [At(8.25), GO]),
    "advance_after_a_cut": ([THREE, GO], [At(8.25), GO]),
    "advance_to_nothing": ([Enqueue([alert(1)]), GO, Begun(1)], [At(8.25), NOBODY]),
    "waited_too_long": ([THREE], [At(601), NOBODY]),
    "begun": ([THREE, GO], [Begun(3)]),
    "begun_said_late": ([THREE, GO, At(9), NOBODY], [Begun(3)]),
    "pause": (SHOWS, [Pause()]),
    "resume": ([*SHOWS, Pause()], [Resume()]),
    "skip": (SHOWS, [At(2), Skip(3)]),
    "clear": (SHOWS, [Clear()]),
    "undo_of_clear": ([*SHOWS, Clear()], [Undo()]),
    "redo_of_clear": ([*SHOWS, Clear(), Undo()], [Redo()]),
    "replay": ([*SHOWS, At(9), GO], [Replay(3)]),
    "approve": ([Enqueue([alert(1, "donation", text=False, stopped=True)])], [Approve(1)]),
    "approve_what_shows": ([Enqueue([alert(3, "donation", text=False)]), GO], [Approve(3)]),
    "dismiss": ([THREE], [Dismiss(2)]),
    "undo_of_dismiss": ([THREE, Dismiss(2)], [Undo()]),
    "hold": (SHOWS, [At(3), Hold()]),
    "release": ([*SHOWS, At(3), Hold()], [At(60), Release()]),
    "withdraw": (SHOWS, [Withdraw([1])]),
    "withdraw_what_shows": (SHOWS, [At(1), Withdraw([3])]),
}
