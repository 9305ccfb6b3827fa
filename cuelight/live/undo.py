"""Which change an undo or a redo takes back. Pure.

The journal is the undo stack: an undo is a new entry whose patch is the old one swapped and which names the version it
reverses. From the newest entries, oldest first, everybody's stacks follow. What a platform or an automation caused, and
what its event calls not undoable, is on nobody's stack.
"""

from collections.abc import Iterable
from typing import Any

from cuelight.errors import Refused
from cuelight.live import patch
from cuelight.live.kind import Entry, Event, Redo, Undo

#: Sources whose changes are facts about the world, not choices that somebody could want back: among them what a copy of
#: something began with.
NOT_A_PERSON = frozenset({"platform", "automation", "clone"})

#: The sources of what ends by itself, and of what ends because something outside of the aggregate did. It cannot be
#: taken back, nor can what it has ended.
CLOCK, ELSEWHERE = "clock", "elsewhere"
_ENDS = frozenset({CLOCK, ELSEWHERE})

#: Entries kept in memory for undo; older ones can no longer be taken back.
KEPT = 2000


class Stacks:
    """What each person can undo and redo, kept up entry by entry."""

    __slots__ = ("_done", "_undone", "entries")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[int, Entry] = {}
        self._done: dict[int, int | None] = {}
        self._undone: dict[int | None, list[int]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Takes in the next entry, in version order."""
        event = entry.event
        if event.kind == "undo":
            self._done.pop(event.reverses or 0, None)
            self._undone.setdefault(entry.actor_id, []).append(entry.version)
        elif event.kind == "redo":
            self._remove_undone(event.reverses or 0)
            self._done[entry.version] = entry.actor_id
        elif event.undoable and entry.source not in NOT_A_PERSON | _ENDS:
            self._done[entry.version] = entry.actor_id
            self._undone.pop(entry.actor_id, None)
        else:
            if entry.source in _ENDS:
                self._settle(entry)
            return
        self.entries[entry.version] = entry
        if len(self.entries) > KEPT:
            oldest = next(iter(self.entries))
            del self.entries[oldest]
            self._done.pop(oldest, None)
            self._remove_undone(oldest)

    @property
    def is_anything_done(self) -> bool:
        """Whether anybody has something left to undo."""
        return bool(self._done)

    def newest(self, actor_id: int | None, command: Undo) -> Entry:
        """The entry that an undo means. Raises Refused ``nothing_to_undo``."""
        if command.version is not None:
            if command.version in self._done:
                return self.entries[command.version]
            raise Refused("nothing_to_undo", "That change cannot be undone, or already is")
        for version, owner in reversed(self._done.items()):
            if command.scope == "show" or owner == actor_id:
                return self.entries[version]
        raise Refused("nothing_to_undo", "Nothing to undo")

    def newest_undone(self, actor_id: int | None) -> Entry:
        """The undo that a redo means. Raises Refused ``nothing_to_redo``."""
        versions = self._undone.get(actor_id)
        if not versions:
            raise Refused("nothing_to_redo", "Nothing to redo")
        return self.entries[versions[-1]]

    def ahead(self, actor_id: int | None) -> tuple[Entry | None, Entry | None]:
        """What one's own next undo would take back, and what one's next redo would do again."""
        owned = (self.entries[version] for version, owner in reversed(self._done.items()) if owner == actor_id)
        done, undone = next(owned, None), self._undone.get(actor_id)
        return done and self.original(done), self.original(self.entries[undone[-1]]) if undone else None

    def original(self, entry: Entry) -> Entry:
        """The change that a chain of undo and redo began with, as far as it is remembered."""
        while entry.event.reverses in self.entries:
            entry = self.entries[entry.event.reverses]
        return entry

    def writer_after(self, version: int, path: str) -> int | None:
        """Who changed ``path`` after ``version``, so that a refusal can name them."""
        for entry in reversed(self.entries.values()):
            if entry.version <= version:
                break
            before, after = entry.event.changes.get(path, (None, None))
            if before != after:  # the same where a change only holds while this stays
                return entry.actor_id
        return None

    def _settle(self, ended: Entry) -> None:
        """Forgets whose values have ended, and what those stood on: else the next Ctrl+Z would be refused for
        ever, in the place of what came before."""
        paths = touched(ended)
        over = paths.copy()
        for version in reversed(list(self._done)):
            if not over.isdisjoint(own := touched(self.entries[version])):
                over |= own
                del self._done[version]
        for versions in self._undone.values():
            versions[:] = [one for one in versions if paths.isdisjoint(touched(self.entries[one]))]

    def _remove_undone(self, version: int) -> None:
        for versions in self._undone.values():
            if version in versions:
                versions.remove(version)


def touched(entry: Entry) -> set[str]:
    """The places that an entry has changed."""
    return {path for path, (before, after) in entry.event.changes.items() if before != after}


class Superseded(Refused):
    """Somebody changed since what was to be taken back; ``actor_id`` is who, where it is known."""

    def __init__(self, actor_id: int | None) -> None:
        super().__init__("superseded", "Somebody changed this since")
        self.actor_id = actor_id


def decide(state: Any, command: Undo | Redo, actor_id: int | None, stacks: Stacks) -> Event:
    """The entry's patch swapped. Raises Refused ``nothing_to_undo``, ``nothing_to_redo`` or ``superseded``."""
    kind = "undo" if isinstance(command, Undo) else "redo"
    entry = stacks.newest(actor_id, command) if isinstance(command, Undo) else stacks.newest_undone(actor_id)
    path = patch.moved_on(state, entry.event.changes)
    if path is not None:
        raise Superseded(stacks.writer_after(entry.version, path))
    return Event(kind=kind, changes=patch.reverse(entry.event.changes), reverses=entry.version)
