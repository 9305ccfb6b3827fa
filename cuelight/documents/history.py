"""What a document was, who wrote what, and which versions have a name."""

from datetime import datetime
from typing import Any, TypedDict

from django.db import connection, transaction

from cuelight.accounts import queries as accounts
from cuelight.documents import authorship, delta, difference, folding, queries, snapshots
from cuelight.documents.delta import Delta
from cuelight.documents.models import Snapshot
from cuelight.errors import Invalid, NotFound

#: Minutes without a change that end a stretch of somebody's work.
PAUSE_MINUTES = 5
#: Stretches in one answer; steps of play-back, the versions they are made of, and units they insert.
MOST_STRETCHES = 200
MOST_STEPS = 200
MOST_PLAYED = 2_000
MOST_INSERTED = 1_000_000
LONGEST_NAME = 200
#: Colors that authors are told apart by; who comes later shares one.
COLORS = 8


class Stretch(TypedDict):
    """Versions ``first`` to ``last``, by one person without a pause."""

    first: int
    last: int
    user_id: int | None
    source: str
    began_at: str
    ended_at: str


class Author(TypedDict):
    """``color`` 0 to 7, by who came first."""

    id: int | None
    name: str
    color: int


def newest_version(document_id: int) -> int:
    """Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version FROM live_aggregate WHERE id = %s AND deleted_at IS NULL", [f"document:{document_id}"]
        )
        found = cursor.fetchone()
    if found is None:
        raise NotFound()
    return int(found[0])


def contents_at(document_id: int, version: int) -> Delta:
    """Raises Invalid for a version there never was."""
    _require(document_id, version)
    return snapshots.contents_at(document_id, version)


def encoded_at(document_id: int, version: int) -> bytes:
    """JSON ``{version, ops, authors}`` of a version, or where that was folded of the nearest one before, which
    ``version`` names; ``authors`` as in `authorship`. Raises Invalid for a version there never was."""
    _require(document_id, version)
    version = queries.kept_version(document_id, version)
    contents, authors = snapshots.encoded_at(document_id, version)
    return b'{"version":%d,"ops":%b,"authors":%b}' % (version, contents, authors)


def versions(document_id: int, *, before: int | None = None) -> list[Stretch]:
    """Stretches of work, newest first, 200 at most; ``before`` a version, for the next page."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH entries AS (
                SELECT version, actor_id, source, at,
                    CASE WHEN actor_id IS NOT DISTINCT FROM lag(actor_id) OVER newer
                        AND (source IN ('restore', 'import')) = (lag(source) OVER newer IN ('restore', 'import'))
                        AND at - lag(at) OVER newer < make_interval(mins => %s) THEN 0 ELSE 1 END AS begins
                FROM journal WHERE aggregate_id = %s AND event->>'delta' IS NOT NULL AND version < %s
                WINDOW newer AS (ORDER BY version)
            ), numbered AS (SELECT *, sum(begins) OVER (ORDER BY version) AS stretch FROM entries)
            SELECT min(version), max(version), min(actor_id), min(source), min(at), max(at)
            FROM numbered GROUP BY stretch ORDER BY stretch DESC LIMIT %s
            """,
            [PAUSE_MINUTES, f"document:{document_id}", before or 2**62, MOST_STRETCHES],
        )
        return [
            {
                "first": first,
                "last": last,
                "user_id": user,
                "source": source,
                "began_at": _stamp(began),
                "ended_at": _stamp(ended),
            }
            for first, last, user, source, began, ended in cursor.fetchall()
        ]


def steps(document_id: int, *, after: int = 0, every: int = 1) -> list[dict[str, Any]]:
    """For play-back: ``{version, change}`` of what came after a version, oldest first, ``every`` so many versions one
    change. Each insert has the attribute ``by``: the id of who wrote it, or 0. 200 steps and 2,000 versions at most,
    fewer where much was inserted; none at the end."""
    entries = queries.entries_between(document_id, after, after + min(MOST_STEPS * every, MOST_PLAYED))
    found: list[dict[str, Any]] = []
    inserted = 0
    for some in (entries[start : start + every] for start in range(0, len(entries), every)):
        change = folding.together([authorship.signed(entry.change, entry.user_id) for entry in some])
        found.append({"version": some[-1].version, "change": change})
        inserted += sum(delta.op_length(op) for op in change if "insert" in op)
        if inserted > MOST_INSERTED:
            break
    return found


def blame(document_id: int, version: int) -> list[dict[str, Any]]:
    """The contents at a version, each op with ``by``: the id of who wrote it, None for nobody that is known."""
    _require(document_id, version)
    return authorship.written(*snapshots.signed_at(document_id, version))


def authors(document_id: int) -> list[Author]:
    """Everybody who ever changed it, by who came first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_id FROM journal WHERE aggregate_id = %s AND event->>'delta' IS NOT NULL"
            " GROUP BY actor_id ORDER BY min(version)",
            [f"document:{document_id}"],
        )
        ids = [user for (user,) in cursor.fetchall()]
    names = accounts.names([user for user in ids if user is not None])
    return [
        {"id": user, "name": names.get(user, "Somebody who has left"), "color": number % COLORS}
        for number, user in enumerate(ids)
    ]


def changed(document_id: int, before: int, after: int) -> list[dict[str, Any]]:
    """What differs between two versions: ops, each perhaps with ``mark`` added, removed or changed."""
    old, new = contents_at(document_id, before), contents_at(document_id, after)
    return difference.shown(old, difference.difference(old, new))


def named_versions(document_id: int) -> list[dict[str, Any]]:
    """``{version, name, user_id, at}``, newest first."""
    rows = Snapshot.objects.filter(document_id=document_id).exclude(name="").order_by("-version")
    return [
        {"version": version, "name": name, "user_id": author, "at": _stamp(at)}
        for version, name, author, at in rows.values_list("version", "name", "author_id", "at")
    ]


def name_version(document_id: int, version: int, name: str, *, by: int | None) -> None:
    """Gives a version a name, which keeps it for ever; with ``""`` takes it away. Of a version that was folded the
    nearest one before gets it. Raises Invalid."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid("invalid_name", f"The name of a version has {LONGEST_NAME} characters at most.")
    _require(document_id, version)
    with transaction.atomic():
        # Held before anything is read: from now on this version cannot be folded.
        snapshots.held(document_id)
        version = queries.kept_version(document_id, version)
        rows = Snapshot.objects.filter(document_id=document_id, version=version)
        if name and not rows.exists():
            snapshots.store(document_id, version, *snapshots.signed_at(document_id, version))
        rows.update(name=name, author_id=by)


def _require(document_id: int, version: int) -> None:
    newest = newest_version(document_id)
    if not 0 <= version <= newest:
        raise Invalid("no_such_version", f"This document has versions 0 to {newest:,}.")


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
