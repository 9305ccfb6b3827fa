"""An earlier version again, and that taken back: changes like any other, which others' work survives."""

from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from cuelight.documents import delta, folding, queries, snapshots
from cuelight.documents import difference as differing
from cuelight.documents.delta import Delta
from cuelight.documents.document_kind import DocumentKind
from cuelight.documents.state import Update
from cuelight.errors import Conflict, Invalid
from cuelight.live.transactional import state_of, submit_all_in

RESTORE = "restore"
#: Changes that may have come since, for a restore to be taken back.
MOST_SINCE = 1_000


def restore(document_id: int, version: int, *, by: int | None, op_id: UUID) -> dict[str, Any]:
    """Makes the text what it was at a version: ``{version, first, last}``, the versions that did it (where the text is
    like that already none: ``first`` is after ``last``). The same ``op_id`` again does nothing more.

    Raises Invalid for a version there never was, NotFound, Gone.
    """
    done = _done(document_id, op_id, by)
    if done is not None:
        return done
    now, state = state_of(connection, _aggregate(document_id))
    if not 0 <= version <= now:
        raise Invalid("no_such_version", f"This document has versions 0 to {now:,}.")
    change = differing.difference(state.text.contents(), snapshots.contents_at(document_id, version))
    return _submit(document_id, change, now, by, op_id)


def take_back(document_id: int, first: int, last: int, *, by: int | None, op_id: UUID) -> dict[str, Any]:
    """Takes the versions of one restore back: the same shape. What was written since stays.

    Raises Invalid when they are no restore, Conflict ``superseded`` when too much came after it.
    """
    done = _done(document_id, op_id, by)
    if done is not None:
        return done
    if not _is_one_restore(document_id, first, last):
        raise Invalid("not_a_restore", "This was no restore, so it cannot be taken back here.")
    head, _ = state_of(connection, _aggregate(document_id))
    if head - last > MOST_SINCE or first <= queries.floor(document_id):
        raise Conflict("superseded", "Too much was written since. Restore the version from before instead.")
    before = snapshots.contents_at(document_id, first - 1)
    change = folding.together(queries.changes_between(document_id, first - 1, last))
    inverse = delta.invert(change, before)
    for since in queries.changes_between(document_id, last, head):
        inverse = delta.transform(since, inverse, True)
    return _submit(document_id, inverse, head, by, op_id)


def _submit(document_id: int, change: Delta, base: int, by: int | None, op_id: UUID) -> dict[str, Any]:
    """All parts build on one version; each follows those before it, and what others did meanwhile."""
    commands = []
    for number, part in enumerate(differing.parts(change)):
        delta.validate_shape(part)
        commands.append((Update(part, base), op_id if number == 0 else uuid5(op_id, str(number))))
    with transaction.atomic():
        outcomes = submit_all_in(connection, _aggregate(document_id), commands, actor_id=by, source=RESTORE)
        made = [outcome.version for outcome in outcomes] or [base]
        snapshots.mark_due(document_id, base, made[-1])
    return {"version": made[-1], "first": made[0] if outcomes else base + 1, "last": made[-1]}


def _done(document_id: int, op_id: UUID, by: int | None) -> dict[str, Any] | None:
    """The answer to a request that came before."""
    found = queries.entry_with(document_id, op_id)
    if found is None:
        return None
    if found.user_id != by:
        raise Conflict("op_id_reused", "This op_id was used for another command.")
    last = found.version
    while queries.entry_with(document_id, uuid5(op_id, str(last - found.version + 1))) is not None:
        last += 1
    return {"version": last, "first": found.version, "last": last}


def _is_one_restore(document_id: int, first: int, last: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM journal WHERE aggregate_id = %s AND version BETWEEN %s AND %s AND source = %s",
            [_aggregate(document_id), first, last, RESTORE],
        )
        return 0 < first <= last and cursor.fetchone()[0] == last - first + 1


def _aggregate(document_id: int) -> str:
    return f"{DocumentKind.name}:{document_id}"
