"""An alert queue as the journal carries it. The rules themselves are in ``alerts.py``."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from cuelight.live.kind import Entry, Event, Facts, Publication, Row, Statement
from cuelight.streams import alert_queries, alerts
from cuelight.streams.alert_command_types import AlertCommand
from cuelight.streams.alert_state import Alert, AlertsState, Latest, Past, Showing


class Head(Struct, omit_defaults=True):
    """All of it: there are no rows beside the head that the rules need."""

    paused: bool = False
    held_at: str | None = None
    free_at: str | None = None
    showing: Showing | None = None
    queue: dict[str, Alert] = {}
    recent: list[Past] = []
    latest: Latest = Latest()


class AlertsKind:
    """``alerts:{studio_id}``."""

    name = "alerts"
    format = 1
    queries: Sequence[str] = ()

    def load(self, head: Row, rows: Sequence[Sequence[Row]]) -> AlertsState:
        small = msgspec.json.decode(head["state"], type=Head)
        studio_id = head["studio_id"]
        return AlertsState(
            studio_id=studio_id,
            paused=small.paused,
            held_at=small.held_at,
            free_at=small.free_at,
            showing=small.showing,
            queue=small.queue,
            # A list: jsonb keeps no order of keys, and these are in the order in which they were over.
            recent={str(past.alert.id): past for past in small.recent},
            latest=small.latest,
            facts=frozenset((studio_id,)),
        )

    def dump(self, state: AlertsState) -> bytes:
        return msgspec.json.encode(
            Head(
                state.paused, state.held_at, state.free_at, state.showing, state.queue, list(state.recent.values()),
                state.latest,
            )
        )  # fmt: skip

    def decide(self, before: AlertsState, command: AlertCommand, facts: Facts, at: datetime) -> Event | None:
        return alerts.decide(before, command, facts, at)

    def evolve(self, before: AlertsState, entry: Entry) -> AlertsState:
        return alerts.evolve(before, entry)

    def mend(self, before: AlertsState, event: Event) -> Event:
        return alerts.mend(before, event)

    def project(self, before: AlertsState, after: AlertsState) -> list[Statement]:
        return []

    def publish(self, before: AlertsState, after: AlertsState, entry: Entry, facts: Facts) -> Iterator[Publication]:
        """Inside only: the words are in a table, and each process reads them for its own screens (`alert_words`)."""
        moved = {"version": entry.version}
        yield Publication(f"alertqueue:{after.studio_id}", "moved", moved, entry.version, inside=True)

    def needs(self, state: AlertsState) -> frozenset[int]:
        return state.facts

    def read_facts(self, keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
        return {
            studio_id: {"gap_ms": rules.gap_ms, "wait_minutes": rules.wait_minutes}
            for studio_id, rules in alert_queries.rules_of(keys).items()
        }
