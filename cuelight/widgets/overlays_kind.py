"""A studio's overlays as the journal carries them. The rules are in ``state.py``."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from cuelight.live.kind import Entry, Event, Facts, Publication, Row, Statement
from cuelight.widgets import state as rules
from cuelight.widgets.state import OverlaysCommand, OverlaysState


class OverlaysKind:
    """``overlays:{studio_id}``."""

    name = "overlays"
    format = 1
    queries: Sequence[str] = ()

    def load(self, head: Row, rows: Sequence[Sequence[Row]]) -> OverlaysState:
        return msgspec.json.decode(head["state"], type=OverlaysState)

    def dump(self, state: OverlaysState) -> bytes:
        return msgspec.json.encode(state)

    def decide(self, state: OverlaysState, command: OverlaysCommand, facts: Facts, at: datetime) -> Event | None:
        return rules.decide(state, command, at)

    def evolve(self, state: OverlaysState, entry: Entry) -> OverlaysState:
        return rules.evolve(state, entry)

    def mend(self, before: OverlaysState, event: Event) -> Event:
        return event

    def project(self, before: OverlaysState, after: OverlaysState) -> list[Statement]:
        return []

    def publish(self, before: OverlaysState, after: OverlaysState, entry: Entry, facts: Facts) -> Iterator[Publication]:
        topic = f"overlays:{after.studio_id}"
        yield Publication(topic, "overlays_changed", payload(after), entry.version, everywhere=True)

    def needs(self, state: OverlaysState) -> frozenset[int]:
        return frozenset()

    def read_facts(self, keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
        return {}


def payload(state: OverlaysState) -> dict[str, Any]:
    """What every overlay and every dock is told: ``{version, panic: {at} | null, hidden: [type]}``."""
    return {
        "version": state.version,
        "panic": {"at": state.panic.at} if state.panic else None,
        "hidden": sorted(state.hidden),
    }
