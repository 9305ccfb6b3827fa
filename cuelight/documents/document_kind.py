"""A shared document as the journal carries it. The rules are in ``state.py``."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from cuelight.documents import state as rules
from cuelight.documents.delta import Delta
from cuelight.documents.state import DocumentState, Past
from cuelight.documents.text import Text
from cuelight.errors import Refused
from cuelight.live.kind import Command, Entry, Event, Facts, Publication, Row, Statement

SNAPSHOT = """
SELECT version, contents FROM documents_snapshot WHERE document_id = $1::bigint ORDER BY version DESC LIMIT 1
"""

# What led to the newest snapshot, as far as late operations may need it, and what came after it.
ENTRIES = f"""
SELECT version, event->'delta' AS delta FROM journal
WHERE aggregate_id = 'document:' || $1::bigint AND version > coalesce(
    (SELECT max(version) FROM documents_snapshot WHERE document_id = $1::bigint), 0) - {rules.TAIL}
ORDER BY version
"""  # noqa: S608  (a number of ours)

REMOVE = (
    "UPDATE live_aggregate SET deleted_at = now() WHERE id = 'document:' || $1::bigint",
    "DELETE FROM documents_snapshot WHERE document_id = $1::bigint",
    "DELETE FROM documents_share WHERE document_id = $1::bigint",
    "DELETE FROM documents_sharelink WHERE document_id = $1::bigint",
    """DELETE FROM documents_commentmessage WHERE thread_id IN
       (SELECT id FROM documents_commentthread WHERE document_id = $1::bigint)""",
    "DELETE FROM documents_commentthread WHERE document_id = $1::bigint",
    "DELETE FROM documents_document WHERE id = $1::bigint",
)

#: A new document: one empty line.
EMPTY: Delta = [{"insert": "\n"}]


class DocumentKind:
    """``document:{id}``."""

    name = "document"
    format = 1
    queries: Sequence[str] = (SNAPSHOT, ENTRIES)

    def load(self, head: Row, rows: Sequence[Sequence[Row]]) -> DocumentState:
        snapshots, entries = rows
        version, contents = 0, EMPTY
        for row in snapshots:
            version, contents = row["version"], orjson.loads(bytes(row["contents"]))
        text = Text.of(contents)
        before = [_delta(row["delta"]) for row in entries if row["version"] <= version]
        state = DocumentState(
            int(head["id"].partition(":")[2]), head["studio_id"], version, text, _tail(before, text.length)
        )
        for row in entries:
            if version < row["version"] <= head["version"]:
                state = rules.evolve(state, Event("update", {}, delta=_delta(row["delta"])), row["version"])
        return state

    def dump(self, state: DocumentState) -> bytes:
        return b'{"length":%d}' % state.text.length

    def decide(self, state: DocumentState, command: Command, facts: Facts, at: datetime) -> Event | None:
        return rules.decide(state, command, at)

    def evolve(self, state: DocumentState, entry: Entry) -> DocumentState:
        return rules.evolve(state, entry.event, entry.version)

    def mend(self, before: DocumentState, event: Event) -> Event:
        raise Refused("nothing_to_undo", "A document takes changes back by new changes, not by undo of the journal.")

    def project(self, before: DocumentState, after: DocumentState) -> list[Statement]:
        return [(sql, (after.id,)) for sql in REMOVE] if after.deleted else []

    def publish(self, before: DocumentState, after: DocumentState, entry: Entry, facts: Facts) -> Iterator[Publication]:
        topic = f"document:{after.id}"
        if after.deleted:
            yield Publication(topic, "document_deleted", {"version": entry.version})
            return
        yield Publication(
            topic,
            "remote_update",
            {
                "change": entry.event.delta,
                "version": entry.version,
                "op_id": str(entry.op_id),
                "user_id": entry.actor_id,
            },
        )

    def needs(self, state: DocumentState) -> frozenset[int]:
        return _NOTHING

    def read_facts(self, keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
        return {}


_NOTHING: frozenset[int] = frozenset()


def _delta(stored: Any) -> Delta:
    """As the driver gives jsonb: text, or read already."""
    change: Delta = orjson.loads(stored) if isinstance(stored, str | bytes) else stored
    return change


def _tail(changes: list[Delta], length: int) -> tuple[Past, ...]:
    """The tail that ends at a document of this length."""
    tail: list[Past] = []
    for change in reversed(changes):
        length -= rules.grown(change)
        tail.append(Past(change, length))
    return tuple(reversed(tail))
