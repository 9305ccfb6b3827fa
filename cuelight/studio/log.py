"""The audit log of a studio: what is written down for safety and every live command, in one list, newest first.

Read a page at a time from a place in it, so that the last page of a million entries costs what the first one does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.live import studio_log
from cuelight.live.studio_log import Place, StudioEntry
from cuelight.sessions.log_words import Said
from cuelight.studio.contexts import DESCRIBE

PAGE_SIZE = 100
#: Lines that a file reads at once.
PIECE = 500
LIVE = "live"
#: Kinds whose every entry is a few letters that somebody typed, of which a document's own history tells; or one of a
#: thousand alerts that came and went by themselves.
UNTOLD = ("document", "alerts")
GROUPS = {**audit.GROUPS, LIVE: "Live"}
LEFT_NAME, NOBODY_NAME, SYSTEM_NAME = "Somebody who has left", "Somebody", "Cuelight"

_TICK = timedelta(microseconds=1)


class Cursor(NamedTuple):
    """The last line that was seen. At the same moment what was written down comes before what was live."""

    at: datetime
    entry_id: int | None
    place: Place | None

    @property
    def text(self) -> str:
        rest = f"a~{self.entry_id}" if self.place is None else f"l~{self.place.aggregate_id}~{self.place.version}"
        return f"{self.at.astimezone(UTC).isoformat()}~{rest}"


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty means all. ``who`` is ``person:5`` or ``token:9``; ``first`` and ``last`` are days, UTC."""

    groups: frozenset[str] = frozenset()
    who: str = ""
    first: date | None = None
    last: date | None = None

    def with_group(self, group: str) -> "Filter":
        return replace(self, groups=self.groups ^ {group})

    def with_who(self, who: str) -> "Filter":
        return replace(self, who=who)

    @property
    def is_narrowing(self) -> bool:
        return bool(self.groups or self.who or self.first or self.last)

    def number_of(self, kind: str) -> int | None:
        """The number behind ``person`` or ``token``, if that is asked for."""
        name, _, number = self.who.partition(":")
        return int(number) if name == kind else None

    def query(self, **more: str) -> str:
        """The address behind the question mark, in one order whatever was clicked first."""
        values = [("kind", group) for group in GROUPS if group in self.groups]
        days = (("from", self.first), ("to", self.last))
        values += [("who", self.who)] if self.who else []
        values += [(name, day.isoformat()) for name, day in days if day]
        return urlencode([*values, *more.items()])


class Line(NamedTuple):
    """One line of the log as it is read. ``via``: the token or tool it came by; ``who_key`` filters by its doer."""

    at: datetime
    group: str
    kind: str
    who: str
    who_key: str
    has_left: bool
    what: str
    of: str
    href: str
    detail: str
    address: str
    via: str


class Page(NamedTuple):
    lines: list[Line]
    #: Where the next page begins; None: this is the last one.
    after: Cursor | None


def parse(asked: Mapping[str, Any], kinds: list[str]) -> Filter:
    """A filter of what an address says. What is not known there is left out: an old link still opens."""
    name, _, number = asked.get("who", "").partition(":")
    is_known = name in ("person", "token") and number.isdecimal() and len(number) < 19
    return Filter(
        groups=frozenset(kinds) & GROUPS.keys(),
        who=f"{name}:{int(number)}" if is_known else "",
        first=_day(asked.get("from", "")),
        last=_day(asked.get("to", "")),
    )


def parse_cursor(text: str) -> Cursor | None:
    """A cursor of what an address says; None for what is none."""
    parts = text.split("~")
    try:
        at = datetime.fromisoformat(parts[0]).astimezone(UTC)
        match parts[1:]:
            case ["a", number]:
                return Cursor(at, min(int(number), 2**62), None)
            case ["l", aggregate_id, number] if "\0" not in aggregate_id:
                return Cursor(at, None, Place(at, aggregate_id[:80], min(int(number), 2**62)))
    except (ValueError, OverflowError):
        pass
    return None


def page(studio_id: int, wanted: Filter, *, before: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
    """The next lines of a studio's log after a cursor; authorise first (``studio.audit``)."""
    written = _written(studio_id, wanted, before, size + 1)
    live = _live(studio_id, wanted, before, size + 1)
    # Both are in order; at the same moment what was written down comes first.
    keyed = [((row.at, 1), row) for row in written] + [((entry.at, 0), entry) for entry in live]
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    chosen = [row for _, row in keyed[:size]]
    after = _cursor(chosen[-1]) if len(keyed) > size else None
    return Page(_lines(studio_id, chosen), after)


def lines(studio_id: int, wanted: Filter) -> Iterator[list[Line]]:
    """All lines that are asked for, a piece at a time."""
    before = None
    while True:
        found = page(studio_id, wanted, before=before, size=PIECE)
        yield found.lines
        if found.after is None:
            return
        before = found.after


def _written(studio_id: int, wanted: Filter, before: Cursor | None, limit: int) -> list[audit.Seen]:
    groups = wanted.groups - {LIVE}
    if wanted.groups and not groups:
        return []
    return audit.newest(
        studio_id,
        limit=limit,
        before=None if before is None else (before.at, before.entry_id or 0),
        since=_begins(wanted.first),
        until=_ends(wanted.last),
        groups=groups,
        person_id=wanted.number_of("person"),
        token_id=wanted.number_of("token"),
    )


def _live(studio_id: int, wanted: Filter, before: Cursor | None, limit: int) -> list[StudioEntry]:
    if wanted.groups and LIVE not in wanted.groups:
        return []
    until = [moment for moment in (_ends(wanted.last), before and before.at) if moment]
    token_id = wanted.number_of("token")
    return studio_log.newest(
        studio_id,
        limit=limit,
        before=before and before.place,
        since=_begins(wanted.first),
        until=min(until, default=None),
        actor_id=wanted.number_of("person"),
        source=None if token_id is None else f"token:{token_id}",
        without=UNTOLD,
    )


def _cursor(row: audit.Seen | StudioEntry) -> Cursor:
    return Cursor(row.at, None, row.place) if isinstance(row, StudioEntry) else Cursor(row.at, row.id, None)


def _lines(studio_id: int, rows: list[audit.Seen | StudioEntry]) -> list[Line]:
    people = accounts.names({person_id for row in rows if (person_id := _doer(row)) is not None})
    tokens = accounts.token_names(studio_id)
    said = _said(studio_id, [row for row in rows if isinstance(row, StudioEntry)])
    return [
        _of_live(row, said[row.place], people, tokens)
        if isinstance(row, StudioEntry)
        else _of_written(row, people, tokens)
        for row in rows
    ]


def _doer(row: audit.Seen | StudioEntry) -> int | None:
    return row.actor_id if isinstance(row, StudioEntry) else row.person_id


def _said(studio_id: int, entries: list[StudioEntry]) -> dict[Place, Said]:
    by_kind: dict[str, list[StudioEntry]] = defaultdict(list)
    for entry in entries:
        by_kind[entry.aggregate_id.partition(":")[0]].append(entry)
    said: dict[Place, Said] = {}
    for kind, some in by_kind.items():
        words = DESCRIBE[kind](studio_id, some) if kind in DESCRIBE else map(_unknown, some)
        said.update(zip((entry.place for entry in some), words, strict=True))
    return said


def _unknown(entry: StudioEntry) -> Said:
    return Said(entry.event.kind.replace("_", " ").capitalize(), entry.aggregate_id, "")


def _of_live(entry: StudioEntry, said: Said, people: Mapping[int, str], tokens: Mapping[int, str]) -> Line:
    name, _, number = entry.source.partition(":")
    token_id = int(number) if name == "token" and number.isdecimal() else None
    via = "" if entry.source == "key" else entry.source if token_id is None else tokens.get(token_id, "a token")
    who, key, has_left = _who(entry.actor_id, token_id, people, tokens, SYSTEM_NAME)
    return Line(entry.at, LIVE, entry.event.kind, who, key, has_left, said.text, said.of, said.href, "", "", via)


def _of_written(row: audit.Seen, people: Mapping[int, str], tokens: Mapping[int, str]) -> Line:
    who, key, has_left = _who(row.person_id, row.token_id, people, tokens, NOBODY_NAME)
    via = tokens.get(row.token_id, "a token") if row.token_id is not None else ""
    what, group = audit.KINDS.get(row.kind, row.kind), audit.group_of(row.kind)
    return Line(
        row.at, group, row.kind, who, key, has_left, what, row.target, "", _detail(row.detail), row.address or "", via
    )


def _who(
    person_id: int | None, token_id: int | None, people: Mapping[int, str], tokens: Mapping[int, str], nobody: str
) -> tuple[str, str, bool]:
    if person_id is not None:
        return people.get(person_id, LEFT_NAME), f"person:{person_id}", person_id not in people
    if token_id is not None:
        return tokens.get(token_id, "A token"), f"token:{token_id}", False
    return nobody, "", False


def _detail(detail: Mapping[str, Any]) -> str:
    """Plain values in words: ``role: host · rows: 24``."""
    parts = []
    for name, value in detail.items():
        if value in (None, "", []):
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        parts.append(f"{name.replace('_', ' ')}: {text}")
    return " · ".join(parts)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(9000, 1, 1) else None


def _begins(day: date | None) -> datetime | None:
    """The last moment before a day."""
    return None if day is None else datetime.combine(day, time.min, UTC) - _TICK


def _ends(day: date | None) -> datetime | None:
    """The last moment of a day."""
    return None if day is None else datetime.combine(day, time.min, UTC) + timedelta(days=1) - _TICK
