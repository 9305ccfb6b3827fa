"""A show on paper: its lines under their sections, and when each is planned to begin. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

#: A line that the plan leaves nothing for still gets this many seconds, as in the console's clock.
LEAST_SHARE = 60
#: What can be left out, in the order of the page.
PARTS = {
    "pictures": "Pictures",
    "points": "Talking points",
    "time": "Times",
    "price": "Prices",
    "ids": "PID & SKU",
    "stock": "Stock",
    "notes": "Notes",
}
COLUMNS = ("time", "price", "ids", "stock", "notes")


class PaperLine(NamedTuple):
    """One product. ``item`` is as ``payloads.item`` has it; ``after_s`` seconds after the show began it is planned."""

    item: Mapping[str, Any]
    is_on_air: bool
    planned_s: int
    is_share: bool
    after_s: int
    at: datetime | None


class Section(NamedTuple):
    """Lines that follow each other under one heading; the heading may be empty."""

    name: str
    lines: list[PaperLine]
    at: datetime | None
    after_s: int
    planned_s: int
    #: Of the lines that will be shown.
    products: int


class Paper(NamedTuple):
    """The whole show. ``ends_at`` is by the plan of its lines; None where nobody knows when it begins."""

    sections: list[Section]
    planned_s: int
    begins_at: datetime | None
    ends_at: datetime | None
    products: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Options:
    """What stands on the paper."""

    parts: frozenset[str] = frozenset(PARTS)

    def query(self, turned: str = "") -> str:
        """The address behind the question mark, with one part more or less."""
        parts = self.parts ^ {turned} if turned else self.parts
        values = [(name, "no") for name in ("pictures", "points") if name not in parts]
        columns = [name for name in COLUMNS if name in parts]
        if len(columns) < len(COLUMNS):
            values.append(("columns", ",".join(columns) or "none"))
        return urlencode(values, safe=",")


def options(asked: Mapping[str, str]) -> Options:
    """``pictures=no``, ``points=no``, ``columns=time,price``; without a word everything is there."""
    parts = {name for name in ("pictures", "points") if asked.get(name) != "no"}
    columns = asked.get("columns")
    wanted = COLUMNS if columns is None else columns.split(",")
    return Options(frozenset(parts | {name for name in COLUMNS if name in wanted}))


def lay_out(
    items: Sequence[Mapping[str, Any]], *, duration_minutes: int, begins_at: datetime | None, on_air: int | None
) -> Paper:
    """The lines with their times. What is passed over takes none and is there all the same: somebody may ask for it."""
    lines = list(_lines(items, duration_minutes, begins_at, on_air))
    sections = [_section(name, list(group)) for name, group in groupby(lines, lambda line: str(line.item["section"]))]
    planned_s = sum(section.planned_s for section in sections)
    products = sum(section.products for section in sections)
    ends_at = begins_at + timedelta(seconds=planned_s) if begins_at else None
    return Paper(sections, planned_s, begins_at, ends_at, products, len(lines) - products)


def _lines(
    items: Sequence[Mapping[str, Any]], duration_minutes: int, begins_at: datetime | None, on_air: int | None
) -> Iterator[PaperLine]:
    shares = _shares(items, duration_minutes)
    after_s = 0
    for item in items:
        own = item["planned_seconds"]
        planned_s = 0 if item["skipped"] else next(shares) if own is None else own
        at = begins_at + timedelta(seconds=after_s) if begins_at else None
        yield PaperLine(item, item["id"] == on_air, planned_s, own is None, after_s, at)
        after_s += planned_s


def _shares(items: Sequence[Mapping[str, Any]], duration_minutes: int) -> Iterator[int]:
    """Seconds for each line without a time of its own: an even share of what the own ones leave of the show.

    The first ones take the seconds that are left over, so that together they are as long as the show.
    """
    shown = [item["planned_seconds"] for item in items if not item["skipped"]]
    others = shown.count(None)
    spoken = sum(seconds or 0 for seconds in shown)
    share, over = divmod(duration_minutes * 60 - spoken, others or 1)
    return (LEAST_SHARE if share < LEAST_SHARE else share + (place < over) for place in range(others))


def _section(name: str, lines: list[PaperLine]) -> Section:
    shown = [line for line in lines if not line.item["skipped"]]
    return Section(name, lines, lines[0].at, lines[0].after_s, sum(line.planned_s for line in shown), len(shown))
