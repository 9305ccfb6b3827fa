"""What a document is between two operations, and what an operation makes of it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cuelight.documents import delta, suggestions
from cuelight.documents.delta import Delta
from cuelight.documents.text import Text
from cuelight.errors import Conflict, Refused
from cuelight.live.kind import Command, Event

#: So many of the newest operations are kept to bring late ones up to date; who is further behind asks for them first.
TAIL = 256


class Update(Command, frozen=True, tag="update"):
    """A change made on the document as it was at version ``base``. Its shape has been validated."""

    change: list[dict[str, Any]]
    base: int
    #: Whoever may only suggest: what is left of the change must be a suggestion of theirs.
    suggests: int | None = None


class Delete(Command, frozen=True, tag="delete"):
    """The document ends."""


@dataclass(frozen=True, slots=True)
class Past:
    """An operation of the tail, and how long the document was before it."""

    change: Delta
    length: int


@dataclass(frozen=True, slots=True)
class DocumentState:
    """A document at a version. ``tail`` is what led to it, oldest first."""

    id: int
    studio_id: int
    version: int
    text: Text
    tail: tuple[Past, ...] = ()
    deleted: bool = False

    def since(self, base: int) -> tuple[Past, ...]:
        """The operations after a version. Raises Conflict ``version_ahead`` and ``too_old``."""
        if base > self.version:
            says = f"This change builds on version {base:,}; the newest is {self.version:,}."
            raise Conflict("version_ahead", says, version=self.version)
        missed = self.version - base
        if missed > len(self.tail):
            says = f"This change is {missed:,} versions behind; ask for what was missed first."
            raise Conflict("too_old", says, version=self.version)
        return self.tail[len(self.tail) - missed :]


def decide(state: DocumentState, command: Command, at: datetime) -> Event | None:
    """What the journal stores: the change rewritten to follow what its author had not seen.

    A change of which nothing is left is an event all the same: its author waits for its version.
    """
    match command:
        case Update(change, base, suggests):
            missed = state.since(base)
            delta.validate_fit(change, missed[0].length if missed else state.text.length)
            for past in missed:
                change = delta.transform(past.change, change, True)
            if suggests is not None:
                # As it follows the text that is there: what its author had seen may be somebody else's by now.
                suggestions.require_suggestion(change, state.text, suggests)
            return Event("update", {}, delta=change, base=base)
        case Delete():
            return Event("deleted", {})
    raise Refused("unknown_command", "A document cannot do this.")


def evolve(state: DocumentState, event: Event, version: int) -> DocumentState:
    """The document after an event. Raises Invalid when the change does not fit this text."""
    if event.delta is None:
        return DocumentState(state.id, state.studio_id, version, state.text, (), deleted=True)
    text = state.text.apply(event.delta) if event.delta else state.text
    tail = (*state.tail[-TAIL + 1 :], Past(event.delta, state.text.length))
    return DocumentState(state.id, state.studio_id, version, text, tail)


def grown(change: Delta) -> int:
    """By how many units a change makes a document longer."""
    total = 0
    for op in change:
        if "insert" in op:
            total += delta.op_length(op)
        elif "delete" in op:
            total -= op["delete"]
    return total
