"""Which entries of a show's history one asks for: what the page's address says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from cuelight.sessions.history import HistoryEntry
from cuelight.sessions.history_words import GROUPS

PAGE_SIZE = 200
MOST_TYPED = 200

#: Whom an entry is by: an id as text, or one of these.
LEFT, NOBODY = "left", "system"
LEFT_NAME, NOBODY_NAME = "Somebody who has left", "Cuelight"


class Page(NamedTuple):
    """One of ``pages``; ``number`` counts from 1, and there is always a first. ``total`` counts entries."""

    entries: Sequence[HistoryEntry]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty means all. ``people`` holds person keys (`person_key`); ``product`` is text, all of its words must be in
    the products that an entry speaks of."""

    kinds: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    product: str = ""
    with_rehearsal: bool = False

    def with_kind(self, kind: str) -> "Filter":
        return replace(self, kinds=self.kinds ^ {kind})

    def with_person(self, key: str) -> "Filter":
        return replace(self, people=self.people ^ {key})

    def with_rehearsal_turned(self) -> "Filter":
        return replace(self, with_rehearsal=not self.with_rehearsal)

    @property
    def is_narrowing(self) -> bool:
        return bool(self.kinds or self.people or self.product)

    def query(self, **more: str | int) -> str:
        """The address behind the question mark, in one order whatever was clicked first."""
        values: list[tuple[str, str | int]] = [("kind", kind) for kind in GROUPS if kind in self.kinds]
        values += [("person", key) for key in sorted(self.people)]
        values += [("product", self.product)] if self.product else []
        values += [("rehearsal", 1)] if self.with_rehearsal else []
        return urlencode([*values, *more.items()])


def parse(kinds: Iterable[str], people: Iterable[str], product: str, rehearsal: str) -> Filter:
    """A filter of what an address says. What is not known there is left out: an old link still opens."""
    return Filter(
        kinds=frozenset(kinds) & GROUPS.keys(),
        people=frozenset(key for key in people if key in (LEFT, NOBODY) or key.isdecimal()),
        product=product.replace("\0", "").strip()[:MOST_TYPED],
        with_rehearsal=rehearsal == "1",
    )


def chosen(entries: Iterable[HistoryEntry], wanted: Filter, names: Mapping[int, str]) -> list[HistoryEntry]:
    """The entries that are asked for, in their order. ``names`` are the people there are."""
    typed = wanted.product.casefold().split()
    return [
        entry
        for entry in entries
        if (wanted.with_rehearsal or not entry.is_rehearsal)
        and (not wanted.kinds or entry.group in wanted.kinds)
        and (not wanted.people or person_key(entry.actor_id, names) in wanted.people)
        and (not typed or all(word in entry.products.casefold() for word in typed))
    ]


def page(entries: Sequence[HistoryEntry], number: str) -> Page:
    """One page of entries; a number that there is not gives the nearest there is."""
    count = max(1, -(-len(entries) // PAGE_SIZE))
    at = min(max(int(number), 1), count) if number.isdecimal() and len(number) < 10 else 1
    return Page(entries[(at - 1) * PAGE_SIZE : at * PAGE_SIZE], at, count, len(entries))


def person_key(actor_id: int | None, names: Mapping[int, str]) -> str:
    """How an address names somebody. All who have left are one: nobody can tell them apart any more."""
    if actor_id is None:
        return NOBODY
    return str(actor_id) if actor_id in names else LEFT


def person_name(actor_id: int | None, names: Mapping[int, str]) -> str:
    return NOBODY_NAME if actor_id is None else names.get(actor_id, LEFT_NAME)
