"""Old changes folded: what one person wrote within a minute becomes one change (ADR 14).

The change of the last of these versions is that of all; the others keep their rows and say nothing. So the log still
leads from any snapshot to any version that is left, and to who wrote what; a version in between is the one before the
minute. Nothing may be rewritten over folded changes: a client that is behind the document's floor loads it anew.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from cuelight.documents import delta, folding, snapshots
from cuelight.documents.delta import Delta
from cuelight.documents.models import Document, Snapshot
from cuelight.documents.queries import FOLDED
from cuelight.documents.state import TAIL
from cuelight.live.kind import Event
from cuelight.live.transactional import rewrite_in

#: Versions in one transaction.
BATCH = 2_000


class Old(NamedTuple):
    """A row of the journal, old enough."""

    version: int
    change: Delta
    actor_id: int | None
    source: str
    at: datetime

    @property
    def turn(self) -> tuple[int | None, str, datetime]:
        """Whose it is, by which way it came, and its minute: neighbours that have all in common are folded."""
        return self.actor_id, self.source, self.at.replace(second=0, microsecond=0)


def due() -> list[int]:
    """Documents that have changes to fold."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id FROM documents_document d
            JOIN journal j ON j.aggregate_id = 'document:' || d.id AND j.version = d.floor + 1
            WHERE j.at < %(before)s AND EXISTS (
                SELECT FROM documents_snapshot s
                WHERE s.document_id = d.id AND s.version %% %(every)s = 0 AND s.version - %(tail)s > d.floor)
            """,
            {"before": _before(), "every": snapshots.EVERY, "tail": TAIL},
        )
        return [document_id for (document_id,) in cursor.fetchall()]


def fold(document_id: int) -> int:
    """Folds what is old enough; returns how many versions are no longer there by themselves. Twice is once."""
    folded = 0
    while True:
        with transaction.atomic():
            # Held: nobody gives a name to a version that is just going.
            document = snapshots.held(document_id)
            if document is None:
                return folded
            rows = _old(document)
            if not rows:
                return folded
            folded += _fold(document_id, rows)
            Document.objects.filter(pk=document_id).update(floor=rows[-1].version)


def _old(document: Document) -> list[Old]:
    """The next rows above the floor. What led to the newest snapshot stays as it is as far as a cold load reads it, and
    so do all changes that an open document may hold."""
    until = snapshots.newest_regular(document.pk) - TAIL
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, event->>'delta', actor_id, source, at FROM journal"
            " WHERE aggregate_id = %s AND version > %s AND version <= %s ORDER BY version LIMIT %s",
            [f"document:{document.pk}", document.floor, until, BATCH],
        )
        found = [Old(version, orjson.loads(change), *rest) for version, change, *rest in cursor.fetchall()]
    before = _before()
    return found[: next((index for index, row in enumerate(found) if row.at >= before), len(found))]


def _fold(document_id: int, rows: list[Old]) -> int:
    within = {"version__gte": rows[0].version, "version__lte": rows[-1].version}
    kept = set(Snapshot.objects.filter(document_id=document_id, **within).values_list("version", flat=True))
    events: dict[int, Event] = {}
    for some in _stretches(rows, kept):
        *others, last = some
        if others:
            events |= {row.version: Event(FOLDED, {}, delta=[]) for row in others}
            events[last.version] = Event("update", {}, delta=folding.together([row.change for row in some]))
    rewrite_in(connection, f"document:{document_id}", events)
    return sum(event.kind == FOLDED for event in events.values())


def _stretches(rows: Iterable[Old], kept: set[int]) -> Iterator[list[Old]]:
    """Neighbours that become one. A version that has a snapshot ends a stretch, so that the log leads on from it; and
    none becomes larger than a change may be."""
    for _, turn in groupby(rows, key=lambda row: row.turn):
        some: list[Old] = []
        size = 0
        for row in turn:
            weight = _weight(row.change)
            if some and size + weight > delta.MOST_INSERTED:
                yield some
                some, size = [], 0
            some.append(row)
            size += weight
            if row.version in kept:
                yield some
                some, size = [], 0
        if some:
            yield some


def _weight(change: Delta) -> int:
    """Units that a change inserts; an operation counts as fifty at least, so that there are not too many of them."""
    inserted = sum(delta.op_length(op) for op in change if "insert" in op)
    return max(inserted, len(change) * delta.MOST_INSERTED // delta.MOST_OPS)


def _before() -> datetime:
    return timezone.now() - timedelta(days=settings.FOLD_AFTER_DAYS)
