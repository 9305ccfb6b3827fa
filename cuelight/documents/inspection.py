"""How one document stands, in lines for the console."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from cuelight.documents import reading, sharing
from cuelight.documents.models import Document, Share, Snapshot
from cuelight.errors import Gone, NotFound
from cuelight.live import studio_log
from cuelight.live.transactional import state_of

#: Operations that are looked at to say who has written last, and the snapshots that are listed.
MOST_LOOKED_AT = 200
MOST_LISTED = 5
#: Somebody who wrote within it is said to be writing.
LATELY = timedelta(minutes=5)


def told(document_id: int, *, with_text: bool = False) -> Iterator[str]:
    """State, version, length, who, snapshots and the jobs that wait for it; with ``with_text`` its text. Raises
    NotFound."""
    aggregate_id = f"document:{document_id}"
    document = Document.objects.select_related("studio", "created_by").filter(pk=document_id).first()
    try:
        version, state = state_of(connection, aggregate_id)
    except Gone:
        yield f"Document {document_id} was deleted; {studio_log.length(aggregate_id)} versions."
        yield from _jobs(document_id)
        return
    if document is None:
        raise NotFound(f"There is no document {document_id}.")
    where = f"in the bin since {document.trashed_at:%Y-%m-%d %H:%M} UTC" if document.trashed_at else "in use"
    yield f"Document {document_id} “{document.title}” of {document.studio.name}, {where}"
    yield f"Version    {version:,}; {state.text.length:,} units, {_memory(state)}"
    if document.floor:
        yield f"Folded     up to version {document.floor:,}"
    yield from _who(document)
    yield from _snapshots(document_id, version)
    yield from _jobs(document_id)
    if with_text:
        yield ""
        yield from reading.lines(document_id)


def _memory(state: Any) -> str:
    runs = sum(1 for _ in state.text.contents())
    return f"{runs:,} runs, {len(state.tail):,} operations kept for late ones"


def _who(document: Document) -> Iterator[str]:
    maker = document.created_by.name if document.created_by else "nobody that is known"
    yield f"Made by    {maker}, {document.created_at:%Y-%m-%d %H:%M} UTC"
    yield f"Everyone   may {document.everyone or 'do nothing'}"
    for share in Share.objects.filter(document=document).select_related("person").order_by("pk"):
        only = " (as one of the studio)" if share.as_member else ""
        yield f"Shared     {share.person.name} may {share.right}{only}"
    links = sharing.open_links(document.pk)
    yield f"Open       {links.filter(email='').count()} links, {links.exclude(email='').count()} letters"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(p.name, 'nobody'), count(*), max(j.at) FROM"
            " (SELECT actor_id, at FROM journal WHERE aggregate_id = %s ORDER BY version DESC LIMIT %s) j"
            " LEFT JOIN accounts_person p ON p.id = j.actor_id GROUP BY 1 ORDER BY 3 DESC",
            [f"document:{document.pk}", MOST_LOOKED_AT],
        )
        for name, count, last in cursor.fetchall():
            now = ", is writing" if last > timezone.now() - LATELY else ""
            yield f"Wrote      {name}: {count:,} of the last {MOST_LOOKED_AT}, {last:%Y-%m-%d %H:%M:%S} UTC{now}"


def _snapshots(document_id: int, version: int) -> Iterator[str]:
    found = Snapshot.objects.filter(document_id=document_id).order_by("-version")
    yield f"Snapshots  {found.count():,}"
    for one in found.defer("contents", "html")[:MOST_LISTED]:
        name = f" “{one.name}”" if one.name else ""
        yield f"           version {one.version:,}{name}, {version - one.version:,} behind, crc {one.crc:08x}"


def _jobs(document_id: int) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text, count(*) FROM procrastinate_jobs"
            " WHERE task_name LIKE 'documents.%%' AND args->>'document_id' = %s GROUP BY 1, 2 ORDER BY 1, 2",
            [str(document_id)],
        )
        rows = cursor.fetchall()
    yield f"Jobs       {sum(count for _, _, count in rows):,}"
    for name, status, count in rows:
        yield f"           {name}: {count:,} {status}"
