"""Live commands of several sessions in words, for the studio's log: each entry by itself, without its show's history.

Lines of a lineup have the numbers of today; a line that is gone has the name it had when it was put in or taken out.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cuelight.accounts import queries as accounts
from cuelight.catalog import queries as catalog
from cuelight.live import patch
from cuelight.live.kind import Event
from cuelight.live.studio_log import StudioEntry
from cuelight.sessions.history_words import UNKNOWN_NAME, Line, Names, phrase
from cuelight.sessions.models import LineupItem, Session

_ITEM_PATHS = ("live.item_id", "live.armed", "live.offer")


class Said(NamedTuple):
    """One entry in words. ``href`` leads to where more of it is told; empty when it is gone."""

    text: str
    of: str
    href: str


def describe(studio_id: int, entries: Sequence[StudioEntry]) -> list[Said]:
    """What these entries of sessions say, in their order. Three queries for any number."""
    sessions = {int(entry.aggregate_id.partition(":")[2]) for entry in entries}
    names = dict(Session.objects.filter(studio_id=studio_id, id__in=sessions).values_list("id", "name"))
    columns = ("id", "product_id", "position", "name")
    wanted = {item_id for entry in entries for item_id in _items(entry.event)}
    today = {row["id"]: row for row in LineupItem.objects.filter(studio_id=studio_id, id__in=wanted).values(*columns)}
    lines: list[Line] = [*today.values(), *(line for entry in entries for line in _lines(entry.event).values())]
    products = catalog.product_names({line["product_id"] for line in lines if line.get("product_id")})
    currency = accounts.studio(studio_id)["currency"]

    def name_of(line: Line) -> str:
        return line.get("name") or products.get(line.get("product_id", 0), UNKNOWN_NAME)

    def said(entry: StudioEntry) -> Said:
        own = _lines(entry.event)
        known = Names(lambda item_id: today.get(item_id) or own.get(item_id), name_of, lambda: None, currency)
        session_id = int(entry.aggregate_id.partition(":")[2])
        of = names.get(session_id)
        return Said(_text(entry.event, known), of or "A session that is gone", _href(session_id) if of else "")

    return [said(entry) for entry in entries]


def _text(event: Event, names: Names) -> str:
    if event.kind == "deleted":
        return "Deleted the session"
    if event.kind not in ("undo", "redo"):
        return phrase(event.kind, event.changes, names).text
    verb, changes = (
        ("Took back", patch.reverse(event.changes)) if event.kind == "undo" else ("Did again", event.changes)
    )
    return f"{verb}: {phrase('', changes, names).text}".rstrip(": ")


def _href(session_id: int) -> str:
    return f"/sessions/{session_id}/history"


def _items(event: Event) -> Iterable[int]:
    """The lines that an entry speaks of."""
    for path, change in event.changes.items():
        if path.startswith("items."):
            yield int(path.split(".")[1])
        elif path.startswith("live.flashes."):
            yield int(path.split(".")[2])
        elif path in _ITEM_PATHS:
            for value in change:
                item_id = value.get("item_id") if isinstance(value, Mapping) else value
                if isinstance(item_id, int):
                    yield item_id


def _lines(event: Event) -> dict[int, Mapping[str, Any]]:
    """The lines that an entry holds whole: those it put in or took out."""
    return {
        int(path.split(".")[1]): value
        for path, change in event.changes.items()
        if path.startswith("items.") and path.count(".") == 1
        for value in change
        if isinstance(value, Mapping) and "product_id" in value
    }
