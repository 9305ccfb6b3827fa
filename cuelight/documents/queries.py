"""Reads of documents: what a page, a join or a job needs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from cuelight.documents.delta import Delta
from cuelight.documents.document_kind import EMPTY
from cuelight.documents.models import Document, Snapshot
from cuelight.live.models import Aggregate

#: Operations in one answer; who has missed more asks again, and beyond `MOST_MISSED` loads the document anew.
MOST_AT_ONCE = 1_000
MOST_MISSED = 20_000
#: The kind of an event whose change is part of a later one now.
FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Logged:
    """One operation of the journal, as a client hears of it."""

    version: int
    change: Delta
    op_id: UUID
    user_id: int | None

    def payload(self) -> dict[str, Any]:
        return {"change": self.change, "version": self.version, "op_id": str(self.op_id), "user_id": self.user_id}


def studio_of(document_id: int) -> int | None:
    """For the gate; None: there is no such document."""
    return Document.objects.filter(pk=document_id).values_list("studio_id", flat=True).first()


def logged(document_id: int, after: int, *, most: int = MOST_AT_ONCE) -> list[Logged]:
    """The operations after a version, oldest first, for who follows the document: none of those that were folded, over
    which nothing can be rewritten. Where the first is not the next one, the contents must be loaded."""
    return _read(
        "version > greatest(%s, (SELECT floor FROM documents_document WHERE id = %s)) ORDER BY version LIMIT %s",
        document_id,
        after,
        document_id,
        most,
    )


def floor(document_id: int) -> int:
    """The newest version whose changes were folded; 0: none were."""
    return Document.objects.filter(pk=document_id).values_list("floor", flat=True).first() or 0


def kept_version(document_id: int, version: int) -> int:
    """The version, or if its change was folded into a later one the newest before it that was not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version FROM journal WHERE aggregate_id = %s AND version <= %s AND event->>'kind' <> %s"
            " ORDER BY version DESC LIMIT 1",
            [f"document:{document_id}", version, FOLDED],
        )
        found = cursor.fetchone()
    return 0 if found is None else int(found[0])


def entry_with(document_id: int, op_id: UUID) -> Logged | None:
    """The operation that has this id."""
    found = _read("op_id = %s", document_id, op_id)
    return found[0] if found else None


def entries_between(document_id: int, after: int, until: int) -> list[Logged]:
    """The operations from the version after ``after`` up to ``until``, oldest first, for looking back: where they were
    folded, several in the last of them and the others empty."""
    return _read("version > %s AND version <= %s ORDER BY version", document_id, after, until)


def changes_between(document_id: int, after: int, until: int) -> list[Delta]:
    """Their changes."""
    return [entry.change for entry in entries_between(document_id, after, until)]


def newest_version(document_id: int) -> int:
    """The version the database has; 0 for a document that is not there."""
    found = Aggregate.objects.filter(pk=f"document:{document_id}").values_list("version", flat=True).first()
    return found or 0


def newest_snapshot(document_id: int) -> tuple[int, bytes]:
    """Version and contents (JSON) of the newest snapshot; an empty document at 0 where there is none."""
    found = Snapshot.objects.filter(document_id=document_id).order_by("-version").values_list("version", "contents")
    version, contents = found.first() or (0, orjson.dumps(EMPTY))
    return version, bytes(contents)


def _read(condition: str, document_id: int, *values: Any) -> list[Logged]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, event->>'delta', op_id, actor_id FROM journal"  # noqa: S608  (conditions of this module)
            f" WHERE aggregate_id = %s AND event->>'delta' IS NOT NULL AND {condition}",
            [f"document:{document_id}", *values],
        )
        return [
            Logged(version, orjson.loads(change), op_id, user) for version, change, op_id, user in cursor.fetchall()
        ]
