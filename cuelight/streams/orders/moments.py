"""Moments as shops write them. Which of two numbers is the month is proven by the file or said by a person, and never
guessed. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from cuelight.errors import Invalid

#: "" where the file proves it, or has its dates year first.
Order = Literal["", "day", "month"]

_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_REGIONAL = re.compile(
    r"(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<year>\d{4}),?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<seconds>\d{2}))?\s*(?P<half>[AaPp])?(?:\.?[Mm]\.?)?"
)
_NO_DATE = "This date cannot be read"
_NO_SUCH = "There is no such day or time"


@dataclass(frozen=True, slots=True)
class Clock:
    """How dates of a file are read: which number is first, and which zone they are in where they do not say."""

    order: Order = ""
    zone: ZoneInfo | None = None


@dataclass(slots=True)
class Proof:
    """What the dates of a file prove together. Lines are the first that proves it."""

    says_day_first: int = 0
    says_month_first: int = 0
    open: int = 0
    """The first line whose date may be read both ways."""
    without_zone: int = 0
    seen: int = field(default=0)

    def add(self, text: str, line: int) -> None:
        if match := _YEAR_FIRST.fullmatch(text):
            self.seen += 1
            if not match["zone"]:
                self.without_zone = self.without_zone or line
            return
        if match := _REGIONAL.fullmatch(text):
            self.seen += 1
            self.without_zone = self.without_zone or line
            first, second = int(match["first"]), int(match["second"])
            if first > 12 >= second:
                self.says_day_first = self.says_day_first or line
            elif second > 12 >= first:
                self.says_month_first = self.says_month_first or line
            else:
                self.open = self.open or line

    def clock(self, chosen: Order, zone: ZoneInfo | None) -> Clock:
        """How to read the file. Raises Invalid with a question that a person must answer first."""
        if self.says_day_first and self.says_month_first:
            raise Invalid(
                "dates_disagree",
                f"Line {self.says_day_first} has the day first and line {self.says_month_first} the month. "
                "Export the file again; a spreadsheet has changed its dates.",
            )
        proven: Order = "day" if self.says_day_first else "month" if self.says_month_first else ""
        if proven and chosen and chosen != proven:
            line = self.says_day_first or self.says_month_first
            raise Invalid("dates_proven", f"Line {line} proves that the {proven} comes first in this file.")
        if self.open and not (proven or chosen):
            raise Invalid(
                "which_is_first",
                f"Line {self.open} may be read both ways. Choose below whether day or month comes first.",
            )
        if self.without_zone and zone is None:
            raise Invalid("which_zone", "The times in this file do not say their time zone. Choose it below.")
        return Clock(proven or chosen, zone)


def proof(dates: Iterable[tuple[int, str]]) -> Proof:
    """What all dates of a file prove; ``(line, text)`` each."""
    found = Proof()
    for line, text in dates:
        found.add(text, line)
    return found


def moment(text: str, clock: Clock) -> datetime:
    """A moment in UTC. Raises Invalid; the sentence does not repeat the text."""
    if match := _YEAR_FIRST.fullmatch(text):
        parts = match.groupdict()
        return _moment(parts, int(parts["hour"]), parts["second"], _zone(parts["zone"], clock))
    match = _REGIONAL.fullmatch(text)
    if match is None or not clock.order:
        raise Invalid("no_date", _NO_DATE)
    parts = match.groupdict()
    parts["day"], parts["month"] = (
        (parts["first"], parts["second"]) if clock.order == "day" else (parts["second"], parts["first"])
    )
    return _moment(parts, _hour(parts["hour"], parts["half"]), parts["seconds"], _zone(None, clock))


def _moment(parts: dict[str, str | None], hour: int, second: str | None, zone: ZoneInfo | timezone) -> datetime:
    year, month, day = (int(parts[name] or 0) for name in ("year", "month", "day"))
    try:
        local = datetime(year, month, day, hour, int(parts["minute"] or 0), int(second or 0), tzinfo=zone)
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("no_date", _NO_SUCH) from error


def _hour(text: str, half: str | None) -> int:
    hour = int(text)
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise Invalid("no_date", _NO_SUCH)
    return hour % 12 + (12 if half in "Pp" else 0)


def _zone(text: str | None, clock: Clock) -> ZoneInfo | timezone:
    if text in ("Z", "UTC"):
        return UTC
    if text:
        digits = text.replace(":", "")
        away = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
        if away >= timedelta(hours=24):
            raise Invalid("no_date", _NO_SUCH)
        return timezone(-away if digits[0] == "-" else away)
    if clock.zone is None:
        raise Invalid("no_date", "This time does not say its time zone")
    return clock.zone
