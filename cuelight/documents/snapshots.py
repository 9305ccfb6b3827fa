"""A document as it was at every fiftieth version, made by a job and never while somebody waits for their change.

A snapshot follows from the one before and the log, so it may be made at any time, by any worker, twice.
"""

import zlib
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import F

from cuelight.documents import authorship, folding, html, queries
from cuelight.documents.authorship import NOBODY, Authors
from cuelight.documents.delta import Delta
from cuelight.documents.document_kind import EMPTY
from cuelight.documents.lines import visible
from cuelight.documents.models import Document, Snapshot
from cuelight.documents.queries import Logged
from cuelight.jobs import enqueue_all
from cuelight.live.broadcast import broadcast

#: Versions from one snapshot to the next.
EVERY = 50
#: Days after which only every tenth is kept; those with a name always are.
DENSE_DAYS = 7
KEPT_OF = 10


def mark_due(document_id: int, before: int, after: int) -> None:
    """Asks for the snapshots between two versions, in the present transaction."""
    if before // EVERY < after // EVERY:
        ask_for([document_id])


def ask_for(document_ids: Sequence[int]) -> None:
    """Asks for the snapshots that these documents lack, in one call."""
    enqueue_all("documents.make_snapshots", [{"document_id": document_id} for document_id in document_ids])


def make_due(document_id: int) -> list[int]:
    """Makes the snapshots that a document lacks since the last one; returns their versions. Those from before there
    were authors get theirs.

    Broadcasts ``checksum {version, crc}`` of the newest. Of two workers at it one makes the row.
    """
    head = _head(document_id)
    if head is None:
        return []
    _fill_in(document_id)
    at = newest_regular(document_id)
    if head - at < EVERY:
        return []
    made: list[int] = []
    contents, authors = signed_at(document_id, at)
    for version in range(at + EVERY, head + 1, EVERY):
        contents, authors = _after(contents, authors, queries.entries_between(document_id, at, version))
        at = version
        if keep(document_id, version, contents, authors) is not None:
            made.append(version)
    return made


def newest_regular(document_id: int) -> int:
    """The version of the newest snapshot that was due, not named; 0: there is none."""
    regular = Snapshot.objects.filter(document_id=document_id).annotate(over=F("version") % EVERY).filter(over=0)
    return regular.order_by("-version").values_list("version", flat=True).first() or 0


def keep(document_id: int, version: int, contents: Delta, authors: Authors) -> int | None:
    """Stores a snapshot and returns its crc; None: there is one, or the document has been removed meanwhile, or the
    version has been folded."""
    with transaction.atomic():
        document = held(document_id)
        if document is None or version <= document.floor:
            return None
        return store(document_id, version, contents, authors)


def held(document_id: int) -> Document | None:
    """Locks a document's row: while it is held no version is folded, and the document stays."""
    return Document.objects.select_for_update(no_key=True).filter(pk=document_id).first()


def store(document_id: int, version: int, contents: Delta, authors: Authors) -> int | None:
    """The snapshot's row, of a document that is held; None: there is one."""
    if Snapshot.objects.filter(document_id=document_id, version=version).exists():
        return None
    checksum = crc(contents)
    Snapshot(
        document_id=document_id,
        version=version,
        contents=_json(contents),
        authors=_json(authors),
        html=html.render(contents),
        crc=checksum,
    ).save(force_insert=True)
    broadcast(f"document:{document_id}", "checksum", {"version": version, "crc": checksum})
    return checksum


def crc(document: Delta) -> int:
    """CRC-32 of what can be seen of a document: canonical JSON (sorted keys, no spaces, UTF-8) of its canonical runs,
    with attributes of lines on newlines only and those of text elsewhere only."""
    return zlib.crc32(orjson.dumps(visible(document), option=orjson.OPT_SORT_KEYS))


def contents_at(document_id: int, version: int) -> Delta:
    """A document at any version up to the newest: the nearest snapshot before and the changes since."""
    at, stored = _nearest(document_id, version, "contents")
    contents = EMPTY if stored is None else orjson.loads(stored[0])
    return folding.upon(contents, folding.together(queries.changes_between(document_id, at, version)))


def signed_at(document_id: int, version: int) -> tuple[Delta, Authors]:
    """The contents at a version, and who wrote them."""
    at, stored = _nearest(document_id, version, "contents", "authors")
    contents, authors = (EMPTY, NOBODY) if stored is None else map(orjson.loads, stored)
    return _after(contents, authors, queries.entries_between(document_id, at, version))


def encoded_at(document_id: int, version: int) -> tuple[bytes, bytes]:
    """The same as JSON: of a snapshot the bytes as they are stored."""
    at, stored = _nearest(document_id, version, "contents", "authors")
    if at == version and stored is not None:
        return stored[0], stored[1]
    contents, authors = (EMPTY, NOBODY) if stored is None else map(orjson.loads, stored)
    contents, authors = _after(contents, authors, queries.entries_between(document_id, at, version))
    return orjson.dumps(contents), orjson.dumps(authors)


def _nearest(document_id: int, version: int, *columns: str) -> tuple[int, list[bytes] | None]:
    """The newest snapshot up to a version that has all of these columns: its version, and they; 0 and None where there
    is none."""
    rows = Snapshot.objects.filter(document_id=document_id, version__lte=version)
    found = rows.exclude(authors=None) if "authors" in columns else rows
    row = found.order_by("-version").values_list("version", *columns).first()
    return (0, None) if row is None else (row[0], [bytes(column) for column in row[1:]])


def _after(contents: Delta, authors: Authors, entries: list[Logged]) -> tuple[Delta, Authors]:
    one = folding.together([authorship.signed(entry.change, entry.user_id) for entry in entries])
    return folding.upon(contents, authorship.unsigned(one)), authorship.after(authors, one)


def _fill_in(document_id: int) -> None:
    """The authors of snapshots from before there were any, each from the one before it."""
    lacking = Snapshot.objects.filter(document_id=document_id, authors=None).order_by("version")
    for version in list(lacking.values_list("version", flat=True)):
        authors = _json(signed_at(document_id, version)[1])
        Snapshot.objects.filter(document_id=document_id, version=version).update(authors=authors)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def behind() -> list[int]:
    """Documents that lack a snapshot, since the process that should have asked for it was killed in between, or the
    authors of one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id FROM documents_document d JOIN live_aggregate a ON a.id = 'document:' || d.id
            WHERE a.deleted_at IS NULL AND (a.version >= %(every)s AND NOT EXISTS (
                SELECT FROM documents_snapshot s
                WHERE s.document_id = d.id AND s.version = a.version / %(every)s * %(every)s)
                OR d.id IN (SELECT document_id FROM documents_snapshot WHERE authors IS NULL))
            """,
            {"every": EVERY},
        )
        return [document_id for (document_id,) in cursor.fetchall()]


def thin() -> int:
    """Removes snapshots older than a week but every tenth, the newest and those with a name; returns how many.

    No version is lost: the log leads from the snapshot before to each.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM documents_snapshot s
            WHERE name = '' AND at < now() - make_interval(days => %s) AND version %% %s <> 0
                AND EXISTS (SELECT FROM documents_snapshot n WHERE n.document_id = s.document_id
                            AND n.version > s.version AND n.version %% %s = 0)
            """,
            [DENSE_DAYS, EVERY * KEPT_OF, EVERY],
        )
        return int(cursor.rowcount)


def _head(document_id: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version FROM live_aggregate WHERE id = %s AND deleted_at IS NULL", [f"document:{document_id}"]
        )
        found = cursor.fetchone()
    return None if found is None else int(found[0])
