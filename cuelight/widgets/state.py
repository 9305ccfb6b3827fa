"""The rules of a studio's overlays as a live thing: panic, and which kinds of widget are hidden. Pure."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from cuelight.errors import Invalid
from cuelight.live import patch
from cuelight.live.kind import Command, Entry, Event
from cuelight.live.patch import ABSENT
from cuelight.widgets.kinds import KINDS


class Panic(Struct, frozen=True):
    """Every overlay is hidden, alerts and sound stand still. ``at``: since when, ISO 8601."""

    at: str


class OverlaysState(Struct, frozen=True):
    """``hidden``: kinds of widget that no overlay shows, by type."""

    studio_id: int
    version: int = 0
    panic: Panic | None = None
    hidden: dict[str, bool] = {}


class StartPanic(Command, frozen=True, tag="panic"):
    """Hides everything."""


class EndPanic(Command, frozen=True, tag="end_panic"):
    """Shows again exactly what was shown."""


class HideWidget(Command, frozen=True, tag="hide_widget"):
    """No overlay shows this kind of widget until it is shown again."""

    type: str


class ShowWidget(Command, frozen=True, tag="show_widget"):
    type: str


OverlaysCommand = StartPanic | EndPanic | HideWidget | ShowWidget


def decide(state: OverlaysState, command: OverlaysCommand, at: datetime) -> Event | None:
    """What one command changes; None when it changes nothing. Raises Invalid for a widget that is not there."""
    changes = patch.change(state, _values(state, command, at))
    kind = command.__struct_config__.tag
    return Event(kind=str(kind), changes=changes) if changes else None


def evolve(state: OverlaysState, entry: Entry) -> OverlaysState:
    after = patch.apply(state, entry.event.changes)
    return patch.apply(after, {"version": [state.version, entry.version]})


def _values(state: OverlaysState, command: OverlaysCommand, at: datetime) -> dict[str, Any]:
    match command:
        case StartPanic():
            return {} if state.panic else {"panic": Panic(at.isoformat())}
        case EndPanic():
            return {"panic": None}
        case HideWidget(widget):
            return {f"hidden.{_known(widget)}": True}
        case ShowWidget(widget):
            return {f"hidden.{_known(widget)}": ABSENT} if _known(widget) in state.hidden else {}


def _known(widget: str) -> str:
    if widget not in KINDS:
        raise Invalid("unknown_widget", f"There is no widget “{widget[:30]}”.")
    return widget
