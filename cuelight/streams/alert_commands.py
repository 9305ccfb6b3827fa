"""The door to a studio's alert queue for everyone outside its rules: the channel, the control API, automations, jobs.

Each call says who wants what; whether they may is decided here, what it does in ``alerts.py``. Synchronous code has
``alert_actions.hold`` and ``release``.
"""

from typing import Any
from uuid import UUID, uuid4

from cuelight.accounts import access as accounts_access
from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity
from cuelight.errors import NotFound, Refused
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.live.kind import Command, Undo
from cuelight.streams import alert_actions
from cuelight.streams.alert_command_types import Begun

#: What one must be allowed to do; every other command is running the queue.
NEEDS: dict[type[Command], str] = {Begun: "alert.begun"}


class AlertsAccess:
    """Somebody's way to one studio's alerts: who they are there, and the queue."""

    __slots__ = ("access", "aggregate")

    def __init__(self, access: Access, aggregate: Aggregate) -> None:
        self.access = access
        self.aggregate = aggregate


async def queue_of(studio_id: int) -> Aggregate:
    """A studio's queue, made if there is none yet; authorise first. Raises what the journal does."""
    name = alert_actions.aggregate_id(studio_id)
    try:
        return await process.journal.aggregate(name)
    except NotFound:
        await run_db(alert_actions.ensure, studio_id)
        return await process.journal.aggregate(name)


async def access_alerts(who: AnyIdentity, studio_id: int) -> AlertsAccess:
    """For whoever may follow the alerts. NotFound for strangers, and for tokens of one session."""
    access = await accounts_access.access(who, studio_id)
    access.require("alert.watch")
    if access.session_id is not None:
        raise NotFound()
    return AlertsAccess(access, await queue_of(studio_id))


async def submit(
    alerts: AlertsAccess, command: Command, *, op_id: UUID | None = None, source: str = ""
) -> dict[str, Any]:
    """Does a command as this person or token. Returns ``{version}``; undo and redo ``{undone: {kind, version}}``, too.

    Raises Forbidden, and what ``Journal.submit`` raises.
    """
    access = alerts.access
    access.require(NEEDS.get(type(command), "alert.run"))
    if isinstance(command, Undo) and command.scope not in ("mine", "show"):
        raise Refused("invalid_scope", "An undo takes back what is mine or the queue's newest change")
    outcome = await process.journal.submit(
        alerts.aggregate.id, command, actor_id=access.person_id, op_id=op_id, source=source or access.source
    )
    return {"version": outcome.version, **({"undone": outcome.undone} if outcome.undone else {})}


async def make_test(alerts: AlertsAccess, kind: str, *, op_id: UUID | None = None) -> dict[str, Any]:
    """A fake alert of this kind, marked as a test, before all that waits. Raises Forbidden or Invalid."""
    access = alerts.access
    access.require("alert.run")
    await run_db(
        alert_actions.make_test,
        access.studio_id,
        kind,
        by=access.person_id,
        source=access.source,
        op_id=op_id or uuid4(),
    )
    return {}
