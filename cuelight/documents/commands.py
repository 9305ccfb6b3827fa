"""The door to a document's text for everyone outside its rules: channels, jobs, restore, imports of text."""

from typing import Any
from uuid import UUID

from cuelight.documents import asking, delta, queries
from cuelight.documents.access import DocumentAccess
from cuelight.documents.delta import Delta
from cuelight.documents.state import DocumentState, Update
from cuelight.errors import Conflict, Forbidden
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db

#: What somebody may change who may comment: the marks that comments hang on, and nothing else.
COMMENT = frozenset({"comment"})
#: Changes of one document that wait for the database: from here on clients are told to send less often.
CROWDED = 100
#: Milliseconds that each waiting change adds to the pause a client is asked to make.
PAUSE_MS = 2


def aggregate_id(document_id: int) -> str:
    return f"document:{document_id}"


async def opened(document_id: int) -> Aggregate:
    """The document as this process knows it. Raises NotFound, Gone, Unavailable."""
    return await process.journal.aggregate(aggregate_id(document_id))


async def update(access: DocumentAccess, change: Any, base: int, *, op_id: UUID, source: str = "") -> dict[str, Any]:
    """Does a change, durably: ``{version}``, and ``retry_after_ms`` when many wait.

    Raises Invalid for what can be no change, Forbidden, Conflict ``version_ahead``, ``too_old`` and ``op_id_reused``.
    """
    delta.validate_shape(change)
    suggests = None
    if not access.may("document.edit"):
        access.require("document.comment")
        if not _only_comments(change):
            if not access.may("document.suggest") or access.person_id is None:
                raise Forbidden("You may comment on this document, and not change its text.")
            suggests = access.person_id
    try:
        outcome = await process.journal.submit(
            aggregate_id(access.document_id),
            Update(change, base, suggests),
            actor_id=access.person_id,
            op_id=op_id,
            source=source or access.source,
        )
    except Conflict as conflict:
        if conflict.reason != "op_id_reused":
            raise
        version = await run_db(_same_change, access, change, base, op_id)
        if version is None:
            raise
        return {"version": version}
    asking.note(access.document_id, outcome.version)
    waiting = len((await opened(access.document_id)).waiting)
    return {"version": outcome.version} | ({"retry_after_ms": waiting * PAUSE_MS} if waiting > CROWDED else {})


async def state_of(document_id: int) -> DocumentState:
    """The newest state. Raises what ``opened`` raises."""
    state: DocumentState = (await opened(document_id)).state
    return state


def _same_change(access: DocumentAccess, change: Delta, base: int, op_id: UUID) -> int | None:
    """The version of an op that was sent before, on an older base: a client that came back has rewritten it to follow
    what it had missed, so it is the same if it becomes what is stored. None: it is another one, or somebody else's."""
    stored = queries.entry_with(access.document_id, op_id)
    if stored is None or stored.user_id != access.person_id or base >= stored.version:
        return None
    if base < queries.floor(access.document_id):
        return stored.version  # what it had to follow was folded: that it is theirs and older must do
    for missed in queries.changes_between(access.document_id, base, stored.version - 1):
        change = delta.transform(missed, change, True)
    return stored.version if delta.same(change, stored.change) else None


def _only_comments(change: Delta) -> bool:
    return all("retain" in op and op.get("attributes", {}).keys() <= COMMENT for op in change)
