"""The door to a studio's overlays: hide everything, hide one kind of widget, take that back.

Panic holds the alerts, too. They are an aggregate of their own, below this one: it is told after each change, and again
whenever somebody comes to the overlays and the two do not agree: a process may have died in between.
"""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from cuelight.accounts.access import Access
from cuelight.errors import NotFound
from cuelight.live import process, transactional
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.live.kind import Command
from cuelight.streams import alert_actions, alert_commands
from cuelight.widgets.state import OverlaysState


async def overlays_of(studio_id: int) -> Aggregate:
    """The studio's overlays; made when they are first asked for."""
    name = f"overlays:{studio_id}"
    try:
        found = await process.journal.aggregate(name)
    except NotFound:
        await run_db(_ensure, studio_id)
        found = await process.journal.aggregate(name)
    if ((await alert_commands.queue_of(studio_id)).state.held_at is not None) != (found.state.panic is not None):
        await _agree(studio_id, by=None, source="panic")
    return found


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
    await _agree(access.studio_id, by=access.person_id, source=source or access.source)
    return {"version": outcome.version, **({"undone": outcome.undone} if outcome.undone else {})}


async def _agree(studio_id: int, *, by: int | None, source: str) -> None:
    """Alerts stand still while everything is hidden, and at no other time. What was decided meanwhile counts."""
    told: bool | None = None
    while (wanted := await _in_panic(studio_id)) is not told:
        await run_db(_tell_alerts, studio_id, wanted, by, source)
        told = wanted


def _tell_alerts(studio_id: int, held: bool, by: int | None, source: str) -> None:
    tell = alert_actions.hold if held else alert_actions.release
    tell(studio_id, by=by, source=source)


async def _in_panic(studio_id: int) -> bool:
    state: OverlaysState = (await process.journal.aggregate(f"overlays:{studio_id}")).state
    return state.panic is not None


def _ensure(studio_id: int) -> None:
    with transaction.atomic():
        transactional.ensure_in(
            connection, f"overlays:{studio_id}", studio_id=studio_id, state=OverlaysState(studio_id)
        )
