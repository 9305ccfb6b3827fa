"""A show's history as CSV that opens in Excel by a double click. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from cuelight.sessions.history import Airtime, HistoryEntry, SentMessage
from cuelight.sessions.history_filter import person_name
from cuelight.sessions.history_words import GROUPS, clock
from cuelight.ui.spreadsheet import BOM, Cell, lines

People = Mapping[int, str]


def entries(chosen: Iterable[HistoryEntry], people: People) -> str:
    """The list, one line per entry."""
    head = ["Time (UTC)", "Since start", "Who", "Kind", "What", "Details", "Rehearsal", "Taken back", "Source"]
    rows = (
        [
            _moment(entry.at),
            _since(entry.since_start),
            person_name(entry.actor_id, people),
            GROUPS[entry.group],
            entry.text,
            details(entry, people),
            "yes" if entry.is_rehearsal else "",
            "yes" if entry.is_undone else "",
            entry.source,
        ]
        for entry in chosen
    )
    return _written(head, rows)


def products(shown: Iterable[Airtime]) -> str:
    """Seconds on air per product. A product on two lines has both its numbers in one cell."""
    head = ["Number", "Product", "Times on air", "Seconds on air", "Planned seconds", "On air now"]
    rows = (
        [
            _number(one.numbers),
            one.name,
            one.times,
            round(one.on_air.total_seconds()),
            one.planned_seconds,
            "so far" if one.is_on_air else "",
        ]
        for one in shown
    )
    return _written(head, rows)


def messages(sent: Iterable[SentMessage], people: People) -> str:
    """The messages to the host and what became of them."""
    head = ["Sent at (UTC)", "Since start", "From", "Color", "Message", "Seen", "Seen at (UTC)", "Seen by", "Rehearsal"]
    rows = (
        [
            _moment(one.sent_at),
            _since(one.since_start),
            person_name(one.actor_id, people),
            one.color,
            one.text,
            one.receipt,
            _moment(one.acked_at) if one.acked_at else "",
            person_name(one.acked_by, people) if one.acked_at else "",
            "yes" if one.is_rehearsal else "",
        ]
        for one in sent
    )
    return _written(head, rows)


def details(entry: HistoryEntry, people: People) -> str:
    """What stands behind an entry's sentence: the values it replaced, its note, the message's receipt, whose it was."""
    parts = [f"{change.label}: {change.before} → {change.after}" for change in entry.changes]
    if entry.note:
        parts.append(entry.note)
    if entry.message and entry.kind == "send_message":
        parts.append(f"{entry.message.color}, {entry.message.receipt}")
    if entry.of_actor_id is not None:
        parts.append(f"the change was by {person_name(entry.of_actor_id, people)}")
    return "; ".join(parts)


def _written(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    return BOM + lines([head]) + lines(rows)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _since(span: timedelta | None) -> str:
    return "" if span is None else clock(span)


def _number(numbers: Sequence[int]) -> Cell:
    return numbers[0] if len(numbers) == 1 else ", ".join(map(str, numbers)) or "–"
