"""The door to a studio's overlays: hide everything, hide one kind of widget, take that back."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from cuelight.accounts.access import Access
from cuelight.errors import NotFound
from cuelight.live import process, transactional
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.live.kind import Command
from cuelight.widgets.state import OverlaysState


async def overlays_of(studio_id: int) -> Aggregate:
    """The studio's overlays; made when they are first asked for."""
    name = f"overlays:{studio_id}"
    try:
        return await process.journal.aggregate(name)
    except NotFound:
        await run_db(_ensure, studio_id)
        return await process.journal.aggregate(name)


async def submit(access: Access, command: Command, *, op_id: UUID | None = None, source: str = "") -> dict[str, Any]:
    """Does a command as this person or token. Returns ``{version}``. Raises Forbidden, and what the journal raises."""
    access.require("overlay.hide")
    await overlays_of(access.studio_id)
    outcome = await process.journal.submit(
        f"overlays:{access.studio_id}",
        command,
        actor_id=access.person_id,
        op_id=op_id,
        source=source or access.source,
    )
    return {"version": outcome.version, **({"undone": outcome.undone} if outcome.undone else {})}


def _ensure(studio_id: int) -> None:
    with transaction.atomic():
        transactional.ensure_in(
            connection, f"overlays:{studio_id}", studio_id=studio_id, state=OverlaysState(studio_id)
        )
