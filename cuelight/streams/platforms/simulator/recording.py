"""Recorded shows: an event a line, JSON with ``t``, the second of the show it came in; and playing one again. Pure but
for reading its file.

The other fields are those of `events.Event`; what a line says besides is passed over, ``raw`` is not recorded.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Struct, field

from cuelight.errors import Invalid
from cuelight.streams.events import LONGEST_ID, Amount, Event, Fragment, Kind, User, bounded
from cuelight.streams.platforms.simulator.happenings import KEY
from cuelight.streams.platforms.simulator.moments import Moment

#: Bytes of a line, seconds of a show, and how large the numbers in it may be.
LONGEST_LINE, LONGEST_SHOW_S, MOST = 32_000, 7 * 86_400, 10**12
#: Lines that are handed over at once, however many are due.
MOST_AT_ONCE = 1_000
#: What names another event of the same recording.
REFERENCES = ("reply_to", "order_id")
_BOM = b"\xef\xbb\xbf"
#: What is said of one that was played to its end, and of all of them.
OVER, NOTHING_COUNTS = "The recording is over.", "Nothing of it counts."
#: What a detail may be: nothing that nests.
Plain = str | Annotated[int, Meta(ge=-MOST, le=MOST)] | float | bool | None


class Recorded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. ``platform_id`` may be missing where a file is written by hand."""

    t: Annotated[float, Meta(ge=0, le=LONGEST_SHOW_S)]
    kind: Kind
    platform: str = ""
    platform_id: str = ""
    at: datetime | None = None
    channel: str = ""
    user: User | None = None
    text: str = ""
    fragments: tuple[Fragment, ...] = ()
    amount: Amount | None = None
    count: Annotated[int, Meta(ge=0, le=MOST)] = 0
    detail: dict[str, Plain] = field(default_factory=dict)
    rehearsal: bool = False


_PLAIN = (str, int, float, bool, type(None))
_decoder = msgspec.json.Decoder(Recorded)


class Measured(NamedTuple):
    """How much there is in a recording: events, the second of the last, and when the first was, if it says."""

    events: int
    seconds: float
    began: datetime | None


def record(events: Iterable[Event], began: datetime) -> Iterator[bytes]:
    """Events as lines, in the order of their times; what was before the beginning is at 0."""
    for event in sorted(events, key=lambda event: event.at):
        yield line(event, began)


def line(event: Event, began: datetime) -> bytes:
    """One event as a line of a recording that began then. Of its details only plain ones."""
    second = round(max(0.0, (event.at - began).total_seconds()), 3)
    fields = {name: getattr(event, name) for name in Recorded.__struct_fields__ if name != "t"}
    plain = {name: value for name, value in event.detail.items() if isinstance(value, _PLAIN)}
    written = msgspec.json.encode(Recorded(t=second, **fields | {"detail": plain}))
    if len(written) >= LONGEST_LINE:  # pieces say again what the text says
        written = msgspec.json.encode(Recorded(t=second, **fields | {"fragments": (), "detail": {}}))
    return written + b"\n"


def read(path: Path) -> Iterator[Recorded]:
    """The lines of a file, one after the other. Raises Invalid with a sentence that names the line."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise _broken(number, f"it is longer than {LONGEST_LINE:,} bytes")
            line = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
            if line:
                yield parse(line, number)


def check(path: Path) -> int:
    """Reads a file to its end, so that no show breaks off on air; how many events it has. Raises Invalid."""
    return measure(path).events


def measure(path: Path) -> Measured:
    """As `check`, with how long it is and when it was."""
    count, last, began = 0, 0.0, None
    for recorded in read(path):
        if not count and recorded.at is not None and recorded.at.tzinfo is not None:
            began = recorded.at
        count, last = count + 1, max(last, recorded.t)
    if not count:
        raise Invalid("empty_recording", "There is nothing in the recording.")
    return Measured(count, last, began)


def parse(line: bytes, number: int) -> Recorded:
    """One line. Raises Invalid."""
    try:
        recorded = _decoder.decode(line)
        line.decode()  # a string that msgspec passes over is looked at, too
    except msgspec.ValidationError as error:
        raise _broken(number, _plain(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _broken(number, "it is not JSON") from error
    if recorded.amount is not None and abs(recorded.amount.value) > MOST:
        raise _broken(number, "its amount is too large")
    return recorded


class Replay:
    """A recording, played again: what is due in each moment, as a new event of this platform that comes now.

    ``run`` goes before every id, so that a second replay is no repeat of the first. ``speed``: how much faster than
    it was. ``name`` and ``length_s`` are for people.
    """

    def __init__(
        self,
        recorded: Iterator[Recorded],
        *,
        run: str,
        speed: float = 1.0,
        channel: str = "",
        name: str = "",
        length_s: float = 0.0,
    ) -> None:
        self._recorded = recorded
        self._prefix = f"replay-{run}-"
        self._speed = speed
        self._channel = channel
        self._name = name
        self._length_s = length_s
        self._place = 0
        self._next: Recorded | None = None
        self._read_on()

    @property
    def is_over(self) -> bool:
        return self._next is None

    def says(self, second: float) -> str:
        """What plays and how far it is, so many seconds after it began."""
        if self.is_over:
            return OVER
        far = min(second * self._speed, self._length_s)
        speed = "as it was" if self._speed == 1 else f"{self._speed:g} times as fast"
        # How far it is comes first: a narrow column cuts the rest.
        return f"At {_clock(far)} of {_clock(self._length_s)}, played {speed}: {self._name}. {NOTHING_COUNTS}"

    def tick(self, moment: Moment) -> list[Event]:
        """What came since the moment before. A line that is earlier than the one before it comes with it."""
        made: list[Event] = []
        while self._next is not None and self._next.t <= moment.second * self._speed and len(made) < MOST_AT_ONCE:
            event = self._again(self._next, moment.at)
            if event.user is None or event.user.id not in moment.silent:
                made.append(event)
            self._read_on()
        return made

    def viewers(self, moment: Moment) -> int | None:
        """No recording says."""
        return None

    def _read_on(self) -> None:
        self._next = next(self._recorded, None)
        self._place += 1

    def _again(self, recorded: Recorded, at: datetime) -> Event:
        detail: dict[str, Any] = dict(recorded.detail)
        for name in REFERENCES:
            if name in detail:
                detail[name] = f"{self._prefix}{detail[name]}"[:LONGEST_ID]
        platform_id = self._prefix + (recorded.platform_id or f"line-{self._place}")
        if len(platform_id) > LONGEST_ID:
            platform_id = f"{self._prefix}line-{self._place}"
        # Always ours, whoever's it was: a ban must not reach somebody at another platform.
        event = Event(
            platform=KEY,
            platform_id=platform_id,
            kind=recorded.kind,
            at=at,
            channel=self._channel,
            user=recorded.user,
            text=recorded.text,
            fragments=recorded.fragments,
            amount=recorded.amount,
            count=recorded.count,
            detail=detail,
            rehearsal=True,
        )
        return bounded(event)


def _clock(seconds: float) -> str:
    """As pages write a length: "0:03:20"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _plain(error: msgspec.ValidationError) -> str:
    """What msgspec says, without its marks: "Expected `float`, got `str` - at `$.t`" → "t: expected float, got str"."""
    told, _, where = str(error).replace("`", "").partition(" - at $.")
    told = told[:1].lower() + told[1:]
    return f"{where}: {told}" if where else told


def _broken(number: int, why: str) -> Invalid:
    return Invalid("broken_recording", f"Line {number} of the recording cannot be read: {why}.")
