"""A session driven by its own rules at times that a test sets, without a database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest

from cuelight.errors import CuelightError
from cuelight.live import undo
from cuelight.live.kind import Command, Entry, Event, Redo, Undo
from cuelight.sessions.command_types import AddItems
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.session_kind import SessionKind

START = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
KIND = SessionKind()
MIA, TOM = 3, 4

AnyDesk = TypeVar("AnyDesk", bound="Desk")


class Desk:
    """A show with these items on its lineup. Its clock stands still until ``wait``."""

    def __init__(self, settings: Settings, items: Sequence[Item], facts: Mapping[int, Mapping[str, Any]]) -> None:
        self.state = self.empty = SessionState(1, 1, "USD", settings)
        self.now = START
        self.entries: list[Entry] = []
        self.stacks = undo.Stacks()
        self._facts = facts
        self.do(AddItems(list(items)))

    def wait(self: AnyDesk, seconds: float) -> AnyDesk:
        self.now += timedelta(seconds=seconds)
        return self

    def do(self: AnyDesk, *commands: Command, by: int | None = MIA, source: str = "key") -> AnyDesk:
        for command in commands:
            event: Event | None
            if isinstance(command, Undo | Redo):
                event = KIND.mend(self.state, undo.decide(self.state, command, by, self.stacks))
            else:
                event = KIND.decide(self.state, command, self._facts, self.now)  # type: ignore[arg-type]
            if event is not None:
                self.write(event, by=by, source=source)
        return self

    def write(self: AnyDesk, event: Event, *, by: int | None = MIA, source: str = "key") -> AnyDesk:
        version = self.state.latest.version + 1
        entry = Entry(version, event, by, source, self.now, UUID(int=version))
        self.state = KIND.evolve(self.state, entry)
        self.stacks.add(entry)
        self.entries.append(entry)
        return self

    def refused(self, command: Command, by: int = MIA) -> tuple[str, str]:
        """Why a command is refused: reason and sentence."""
        with pytest.raises(CuelightError) as caught:
            self.do(command, by=by)
        return caught.value.reason, caught.value.message
