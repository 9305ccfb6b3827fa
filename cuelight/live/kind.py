"""What a live aggregate must say of itself for the journal to carry it. Types only.

A *kind* (session, document, alert queue …) is a pure set of rules: which SQL reads it, what a command does to it
(``decide``), what an event makes of it (``evolve``), which rows mirror it (``project``), who hears of it (``publish``).
It does no I/O and knows no clock.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from msgspec import Struct

from cuelight.live.patch import Changes

#: SQL text with $1-style parameters, and their values.
Statement = tuple[str, tuple[Any, ...]]
Row = Mapping[str, Any]
#: What a rule needs from ordinary tables, by the key that ``Kind.needs`` named.
Facts = Mapping[int, Mapping[str, Any]]


class Event(Struct, frozen=True, omit_defaults=True):
    """What one accepted command changed. ``reverses`` is the version that an undo or redo takes back. A document's is
    a ``delta``, made on the version ``base``."""

    kind: str
    changes: Changes
    reverses: int | None = None
    undoable: bool = True
    delta: list[dict[str, Any]] | None = None
    base: int | None = None


class Entry(Struct, frozen=True):
    """One row of the journal."""

    version: int
    event: Event
    actor_id: int | None
    source: str
    at: datetime
    op_id: UUID
    payload_hash: int = 0


class Command(Struct, frozen=True, tag_field="kind", tag=lambda name: name.lower()):
    """Something somebody wants of an aggregate. Subclasses are plain data."""


class Undo(Command, frozen=True, tag="undo"):
    """Take back the newest change: one's own (``mine``), anybody's (``show``), or the one of ``version``."""

    scope: str = "mine"
    version: int | None = None


class Redo(Command, frozen=True, tag="redo"):
    """Take back one's own newest undo, as long as one has done nothing since."""


class Outcome(NamedTuple):
    """What became of a command: the version it led to, and for undo and redo what was taken back."""

    version: int
    undone: Mapping[str, Any] | None = None


class Publication(NamedTuple):
    """One broadcast. ``version`` marks a state topic, where newer replaces older.

    Every process broadcasts what it hears of the aggregates it holds. ``everywhere`` is for topics whose listeners do
    not hold the aggregate (a studio's product card): the process that committed sends it to all. ``audience`` limits it
    to the channels that joined as such. ``inside``: nobody joins its topic, listeners of contexts above hear it.
    """

    topic: str
    event: str
    payload: Any
    version: int | None = None
    everywhere: bool = False
    audience: str | None = None
    inside: bool = False


class Kind(Protocol):
    """The rules of one kind of aggregate. ``State`` below is whatever type the kind uses."""

    name: str
    #: The format number written into new rows; ``load`` and ``evolve`` read every older one.
    format: int
    #: Statements that read the aggregate beside its head; $1 is the number behind the colon of its id.
    queries: Sequence[str]

    def load(self, head: Row, rows: Sequence[Sequence[Row]]) -> Any:
        """The state, from the head row and one list of rows for each of ``queries``."""

    def dump(self, state: Any) -> bytes:
        """The small part kept in the head, as JSON."""

    def decide(self, state: Any, command: Any, facts: Facts, at: datetime) -> Event | None:
        """What the command changes; None when it changes nothing. Raises CuelightError when the rules say no."""

    def evolve(self, state: Any, entry: Entry) -> Any:
        """The state after an entry."""

    def mend(self, before: Any, event: Event) -> Event:
        """The patch of an undo or redo, with what else must change for the state to make sense."""

    def project(self, before: Any, after: Any) -> list[Statement]:
        """What must be written into other tables in the same transaction. Empty for most key presses."""

    def publish(self, before: Any, after: Any, entry: Entry, facts: Facts) -> Iterable[Publication]:
        """Who hears what of it."""

    def needs(self, state: Any) -> frozenset[int]:
        """The keys of the facts that this state's rules and broadcasts use."""

    def read_facts(self, keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
        """Reads them; synchronous, runs in a thread with a database connection."""
