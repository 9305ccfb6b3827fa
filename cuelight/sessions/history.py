"""What happened in a show, folded from its journal. Pure: the entries come in, the names of products, and ``now``.

A journal holds patches, so nothing here decides anything: the fold puts each patch into a plain picture of the session
and looks at what it did. Time on air is time on the screen: what was undone a moment later was seen for that moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cuelight.live.kind import Entry
from cuelight.live.patch import ABSENT, Changes
from cuelight.sessions import history_words as words
from cuelight.sessions.history_words import Change, Line, Names

NO_TIME = timedelta()


@dataclass(slots=True)
class SentMessage:
    """A message to the host and what became of it. ``over`` is how it left the screen: cleared, replaced or undone."""

    id: str
    text: str
    color: str
    sent_at: datetime
    actor_id: int | None
    is_live: bool
    is_rehearsal: bool
    since_start: timedelta | None
    acked_at: datetime | None = None
    acked_by: int | None = None
    over: str = ""

    @property
    def receipt(self) -> str:
        if self.acked_at:
            return f"seen after {words.span(self.acked_at - self.sent_at)}"
        return {"cleared": "cleared unseen", "undone": "taken back unseen"}.get(self.over, "not seen")


@dataclass(slots=True)
class HistoryEntry:
    """One thing that somebody did. ``since_start`` is None before the show began; ``of_actor_id`` is whose change an
    undo or redo took back or did again; ``is_undone`` says that this one was taken back and stayed so."""

    version: int
    at: datetime
    kind: str
    group: str
    actor_id: int | None
    source: str
    text: str
    note: str
    changes: tuple[Change, ...]
    products: str
    since_start: timedelta | None
    is_rehearsal: bool
    message: SentMessage | None = None
    of_actor_id: int | None = None
    is_undone: bool = False


@dataclass(slots=True)
class Airtime:
    """One product's time on the screen during the show. ``numbers`` are today's, of every line that shows it."""

    product_id: int
    name: str
    numbers: tuple[int, ...]
    times: int
    on_air: timedelta
    planned_seconds: int | None
    is_on_air: bool

    @property
    def of_plan(self) -> float | None:
        """How much of the planned time it took, 1.0 is all of it; None with nothing planned."""
        return self.on_air.total_seconds() / self.planned_seconds if self.planned_seconds else None


@dataclass(slots=True)
class History:
    """The whole of it. Totals are of the time on air; ``began`` is None for a show that never was. ``nothing_shown``
    is the time on air without a product: with the products' it adds up to ``on_air``."""

    began: datetime | None
    ended: datetime | None
    on_air: timedelta
    nothing_shown: timedelta
    is_live: bool
    products: list[Airtime]
    not_shown: list[str]
    messages: list[SentMessage]
    moves: int
    entries: list[HistoryEntry]

    @property
    def product_count(self) -> int:
        return len(self.products) + len(self.not_shown)

    @property
    def each(self) -> timedelta | None:
        """How long a product that was shown was on air, on average."""
        return (self.on_air - self.nothing_shown) / len(self.products) if self.products else None

    @property
    def sent(self) -> int:
        return sum(message.is_live for message in self.messages)

    @property
    def seen(self) -> int:
        return sum(message.is_live and message.acked_at is not None for message in self.messages)

    @property
    def has_rehearsal(self) -> bool:
        return any(entry.is_rehearsal for entry in self.entries)


def fold(entries: Iterable[Entry], names: Mapping[int, str], *, currency: str, now: datetime) -> History:
    """The history of a session from its whole journal, oldest entry first. ``names`` are the products' own, by id."""
    replay = _Replay(names, currency)
    for entry in entries:
        replay.add(entry)
    return replay.history(now)


def product_ids(entries: Iterable[Entry]) -> set[int]:
    """The products that ever were in the lineup: those whose names a fold needs."""
    return {
        line["product_id"]
        for entry in entries
        for path, values in entry.event.changes.items()
        if path.startswith("items.")
        for line in values
        if isinstance(line, dict) and "product_id" in line
    }


@dataclass(slots=True)
class _Stopwatch:
    """How long what was on air, by product; None is the time with nothing to show."""

    since: datetime | None = None
    product: int | None = None
    spans: dict[int | None, timedelta] = field(default_factory=dict)
    times: dict[int | None, int] = field(default_factory=dict)

    def stop(self, at: datetime) -> None:
        if self.since is not None:
            self.spans[self.product] = self.spans.get(self.product, NO_TIME) + (at - self.since)
        self.since = None

    def start(self, product: int | None, at: datetime) -> None:
        self.since, self.product = at, product
        self.times[product] = self.times.get(product, 0) + 1


class _Replay:
    """The session as far as it has been replayed, and what was noted on the way."""

    def __init__(self, names: Mapping[int, str], currency: str) -> None:
        self._product_names = names
        self._state: dict[str, Any] = {"live": {"status": "draft"}, "settings": {}, "items": {}}
        #: Every line that ever was, as it was last.
        self._lines: dict[int, Line] = {}
        self._adding: Changes = {}
        self._names = Names(self._line, self._name, lambda: self._state["live"].get("item_id"), currency)
        self._watch = _Stopwatch()
        self._at: datetime | None = None
        self._began: datetime | None = None
        self._ended: datetime | None = None
        self._moves = 0
        self._messages: list[SentMessage] = []
        self._message_by_id: dict[str, SentMessage] = {}
        self._entries: dict[int, HistoryEntry] = {}
        #: Version of an undo or redo → version of the change that the chain began with.
        self._origins: dict[int, int] = {}

    def add(self, entry: Entry) -> None:
        # Two processes' clocks may differ by a little; time on air never runs backwards.
        at = max(self._at, entry.at) if self._at else entry.at
        self._at = at
        self._adding = entry.event.changes
        said = self._said(entry, at)
        before, item_before = self._status, self._state["live"].get("item_id")
        message_before = self._state["live"].get("message")
        for path, (_, after) in entry.event.changes.items():
            _put(self._state, path.split("."), after)
        self._remember_lines(entry.event.changes)
        self._time(before, item_before, at)
        said.is_rehearsal = self._status == "rehearsal" or (before == "rehearsal" and self._status != "live")
        said.since_start = at - self._began if self._began else None
        said.message = self._follow_message(message_before, entry, said)
        if self._status == "live" and said.group == "moves" and self._state["live"].get("item_id") != item_before:
            self._moves += 1
        self._entries[entry.version] = said

    def history(self, now: datetime) -> History:
        until = max(now, self._at) if self._at else now
        is_live = self._watch.since is not None
        on_air_now = self._watch.product if is_live else None
        self._watch.stop(until)
        products = self._airtimes(on_air_now)
        return History(
            began=self._began,
            ended=None if is_live else self._ended,
            on_air=sum(self._watch.spans.values(), NO_TIME),
            nothing_shown=self._watch.spans.get(None, NO_TIME),
            is_live=is_live,
            products=products,
            not_shown=self._not_shown({one.product_id for one in products}),
            messages=self._messages,
            moves=self._moves,
            entries=list(self._entries.values()),
        )

    @property
    def _status(self) -> str:
        return str(self._state["live"].get("status", "draft"))

    # The lineup

    def _line(self, item_id: int) -> Line | None:
        """A line as it is, was last, or is about to be."""
        known = self._lines.get(item_id)
        if known is None and (added := self._adding.get(f"items.{item_id}")) and added[1] != ABSENT:
            known = added[1]
        return known

    def _name(self, line: Line) -> str:
        return line.get("name") or self._product_names.get(line.get("product_id", 0)) or words.UNKNOWN_NAME

    def _remember_lines(self, changes: Changes) -> None:
        """A line that goes keeps what the patch says it was; what changed in a line is in the picture already."""
        for path, (before, _) in changes.items():
            parts = path.split(".")
            if parts[0] != "items":
                continue
            line = self._state["items"].get(parts[1], before)
            if isinstance(line, dict) and line != ABSENT:
                self._lines[int(parts[1])] = line

    def _product_of(self, item_id: int | None) -> int | None:
        line = self._lines.get(item_id) if item_id is not None else None
        return line.get("product_id") if line else None

    # Time on air

    def _time(self, before: str, item_before: int | None, at: datetime) -> None:
        """Starts, stops and changes the watch as status and the item on air say."""
        is_live, was_live = self._status == "live", before == "live"
        item = self._state["live"].get("item_id")
        if not is_live and not was_live:
            return
        if is_live and was_live and item == item_before:
            return
        self._watch.stop(at)
        if is_live:
            self._began = self._began or at
            self._watch.start(self._product_of(item), at)
        else:
            self._ended = at

    def _airtimes(self, on_air_now: int | None) -> list[Airtime]:
        """The products that were on air, the first shown first."""
        lines = self._lines_by_product()
        return [
            Airtime(
                product_id=product,
                name=self._name(lines[product][-1]),
                numbers=tuple(sorted(line["position"] for line in lines[product] if self._is_in(line))),
                times=self._watch.times[product],
                on_air=self._watch.spans.get(product, NO_TIME),
                planned_seconds=self._planned(lines[product]),
                is_on_air=product == on_air_now,
            )
            for product in self._watch.times
            if product is not None
        ]

    def _planned(self, lines: list[Line]) -> int | None:
        """What is planned for the lines of a product that are in the lineup; of those that were, when none is left."""
        counted = [line for line in lines if self._is_in(line)] or lines
        planned = [seconds for line in counted if (seconds := line.get("planned_seconds"))]
        return sum(planned) if planned else None

    def _lines_by_product(self) -> dict[int, list[Line]]:
        """Every line that ever was, by product; those still in the lineup last, by number."""
        lines: dict[int, list[Line]] = {}
        for line in sorted(self._lines.values(), key=lambda line: (self._is_in(line), line["position"])):
            lines.setdefault(line["product_id"], []).append(line)
        return lines

    def _is_in(self, line: Line) -> bool:
        return str(line["id"]) in self._state["items"]

    def _not_shown(self, shown: set[int]) -> list[str]:
        lines = sorted(self._state["items"].values(), key=lambda line: line["position"])
        first = {line["product_id"]: line["id"] for line in reversed(lines)}
        left = {line_id for product_id, line_id in first.items() if product_id not in shown}
        return [self._names.label(line["id"]) for line in lines if line["id"] in left]

    # Words

    def _said(self, entry: Entry, at: datetime) -> HistoryEntry:
        event = entry.event
        own = words.phrase(event.kind, event.changes, self._names)
        said = HistoryEntry(
            version=entry.version,
            at=at,
            kind=event.kind,
            group=words.group_of(event.changes),
            actor_id=entry.actor_id,
            source=entry.source,
            text=own.text,
            note="",
            changes=own.changes,
            products=" ".join(self._names.label(item_id) for item_id in own.lines),
            since_start=None,
            is_rehearsal=False,
        )
        if event.kind in ("undo", "redo") and event.reverses is not None:
            self._of_undo(said, event.reverses)
            said.note = words.aftermath(event.changes, self._names)
        if event.kind == "approve_flash":
            said.of_actor_id = words.offered_by(event.changes)
        return said

    def _of_undo(self, said: HistoryEntry, reverses: int) -> None:
        """An undo is said by what it took back, a redo by what it did again."""
        origin_version = self._origins.get(reverses, reverses)
        self._origins[said.version] = origin_version
        origin = self._entries.get(origin_version)
        verb = "Took back" if said.kind == "undo" else "Did again"
        if origin is None:
            said.text = f"{verb} an earlier change: {said.text}"
            return
        origin.is_undone = said.kind == "undo"
        said.text = f"{verb}: {origin.text}"
        said.group = origin.group
        said.products = f"{origin.products} {said.products}"
        said.of_actor_id = origin.actor_id if origin.actor_id != said.actor_id else None

    # Messages

    def _follow_message(self, before: dict[str, Any] | None, entry: Entry, said: HistoryEntry) -> SentMessage | None:
        """The message that an entry sent, saw, cleared or brought back."""
        after = self._state["live"].get("message")
        if after == before:
            return None
        known = self._message_by_id.get(before["id"]) if before else None
        if after is None:
            if known:
                known.over = "undone" if entry.event.kind == "undo" else "cleared"
            return known
        is_other = (before["id"] if before else None) != after["id"]
        if is_other and known:
            known.over = "undone" if entry.event.kind == "undo" else "replaced"
        message = self._message_by_id.get(after["id"])
        if message is None or entry.event.kind == "send_message":
            message = self._sent(after, said)
        elif is_other:
            message.over = ""
        if after.get("acked_at") and message.acked_at is None:
            message.acked_at, message.acked_by = datetime.fromisoformat(after["acked_at"]), entry.actor_id
            said.note = said.note or f"after {words.span(message.acked_at - message.sent_at)}"
        return message

    def _sent(self, values: dict[str, Any], said: HistoryEntry) -> SentMessage:
        message = SentMessage(
            id=values["id"],
            text=values["text"],
            color=values["color"],
            sent_at=datetime.fromisoformat(values["sent_at"]),
            actor_id=said.actor_id,
            is_live=self._status == "live",
            is_rehearsal=said.is_rehearsal,
            since_start=said.since_start,
        )
        self._messages.append(message)
        self._message_by_id[message.id] = message
        return message


def _put(node: dict[str, Any], names: list[str], value: Any) -> None:
    """Puts a patch's value into a plain picture. What lies deeper than its first level is the entries' own: copied."""
    *way, last = names
    for depth, name in enumerate(way):
        found = node.get(name, {})
        if depth:
            node[name] = found = dict(found or {})
        node = found
    if value == ABSENT:
        node.pop(last, None)
    else:
        node[last] = value
