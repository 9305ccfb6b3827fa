"""The door to a live session for everyone outside its rules: channels, the control API, automations, jobs.

Each call says who wants what; whether they may is decided here, what it does in ``state.py``.
"""

from typing import Any
from uuid import UUID

from cuelight.accounts import access as accounts_access
from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity
from cuelight.errors import NotFound, Refused
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.live.kind import Command, Undo
from cuelight.live.undo import Superseded
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    AddTime,
    ApproveFlash,
    Arm,
    ChangeSlug,
    ClearQuestion,
    DeclineFlash,
    Delete,
    Disarm,
    EndFlash,
    ExtendFlash,
    FlashOver,
    FlashPrice,
    Go,
    MoveItem,
    MoveItems,
    OverrideItem,
    OverrideItems,
    PauseClock,
    PinQuestion,
    RemoveItem,
    RemoveItems,
    Renumber,
    ResumeClock,
    RevertItems,
    SetStatus,
    UpdateSettings,
)
from cuelight.sessions.lineup import Offer, SessionState

#: What one must be allowed to do; every other command is driving.
NEEDS: dict[type[Command], str] = {
    AckMessage: "session.acknowledge",
    AddItems: "session.edit_lineup",
    RemoveItem: "session.edit_lineup",
    MoveItem: "session.edit_lineup",
    OverrideItem: "session.edit_lineup",
    **dict.fromkeys((MoveItems, OverrideItems, RemoveItems, Renumber, RevertItems), "session.edit_lineup"),
    UpdateSettings: "session.settings",
    ChangeSlug: "session.settings",
    # A host who drives moves the show; how it runs is for those at the console.
    **dict.fromkeys((SetStatus, Arm, Go, Disarm, PauseClock, ResumeClock, AddTime), "session.console"),
    **dict.fromkeys((PinQuestion, ClearQuestion), "session.console"),
    **dict.fromkeys((FlashPrice, ApproveFlash, DeclineFlash, ExtendFlash, EndFlash, FlashOver), "session.console"),
    Delete: "session.delete",
}


class SessionAccess:
    """Somebody's way into one session: who they are in its studio, and the session."""

    __slots__ = ("access", "aggregate")

    def __init__(self, access: Access, aggregate: Aggregate) -> None:
        self.access = access
        self.aggregate = aggregate

    @property
    def state(self) -> SessionState:
        state: SessionState = self.aggregate.state
        return state

    @property
    def for_crew(self) -> bool:
        """Whether notes may be shown: to whoever prepares or runs the show, not on the host's screen."""
        return self.access.may("session.read_notes")

    @property
    def by(self) -> str:
        """Who this is where two people are needed: a token is the person who made it, or they would be two by
        themselves. One whose maker is gone is somebody of its own."""
        access = self.access
        return access.source if access.person_id is None else f"person:{access.person_id}"

    def may(self, action: str) -> bool:
        """The session's settings are the facts that conditions of the policy are asked of."""
        return self.access.may(action, self.state.settings)

    def require(self, action: str) -> None:
        self.access.require(action, self.state.settings)


async def access_session(who: AnyIdentity, session_id: int) -> SessionAccess:
    """For whoever may watch the session. NotFound for strangers and for roles that have nothing to do with it."""
    aggregate = await process.journal.aggregate(f"session:{session_id}")
    access = await accounts_access.access(who, aggregate.studio_id)
    access.require("session.watch")
    if not access.reaches(session_id):
        raise NotFound()
    return SessionAccess(access, aggregate)


async def submit(
    session: SessionAccess,
    command: Command,
    *,
    op_id: UUID | None = None,
    source: str = "",
    asked: Command | None = None,
) -> dict[str, Any]:
    """Does a command as this person or token. Returns ``{version}``; undo and redo ``{undone: {kind, version}}``, too.

    Raises Forbidden, and what ``Journal.submit`` raises.
    """
    session.require(NEEDS.get(type(command), "session.drive"))
    if isinstance(command, Undo) and (command.scope == "show" or command.version is not None):
        session.require("session.undo_others")  # among the others' may be lineup and settings
    if isinstance(command, Undo) and command.scope not in ("mine", "show"):
        raise Refused("invalid_scope", "An undo takes back what is mine or the show's newest change")
    offer = session.state.live.offer
    try:
        outcome = await process.journal.submit(
            session.aggregate.id,
            command,
            actor_id=session.access.person_id,
            op_id=op_id,
            source=source or session.access.source,
            asked=asked,
        )
    except Superseded as superseded:
        raise await _named(superseded) from superseded
    if isinstance(command, Delete):
        await run_db(_note_deletion, session)
    if isinstance(command, ApproveFlash) and offer is not None:
        await run_db(_note_approval, session, offer)
    return {"version": outcome.version, **({"undone": outcome.undone} if outcome.undone else {})}


async def undoable(session: SessionAccess) -> dict[str, Any]:
    """What this person's next undo and redo would take back: ``{undo, redo}``, each ``{kind, version}`` or None."""
    stacks = await process.journal.stacks(session.aggregate)
    undo, redo = stacks.ahead(session.access.person_id)
    return {
        name: {"kind": entry.event.kind, "version": entry.version} if entry else None
        for name, entry in (("undo", undo), ("redo", redo))
    }


def _note_deletion(session: SessionAccess) -> None:
    """The journal has it, too; this is for who asks what was deleted, and not what was done in a show."""
    access, name = session.access, session.state.settings.name
    audit.record(
        "session_deleted", studio_id=access.studio_id, person_id=access.person_id, token_id=access.token_id, target=name
    )


def _note_approval(session: SessionAccess, offer: Offer) -> None:
    """Two names for a price that was changed on air: who offered it, and who agreed."""
    access, state = session.access, session.state
    item = state.items.get(str(offer.item_id))
    audit.record(
        "price_approved",
        studio_id=access.studio_id,
        person_id=access.person_id,
        token_id=access.token_id,
        target=state.settings.name,
        offered_by=offer.by,
        number=item.position if item else 0,
        price_cents=offer.price_cents,
        was_cents=offer.was_cents,
        seconds=offer.seconds,
    )


async def _named(superseded: Superseded) -> Refused:
    """The refusal with the name of whoever changed it."""
    if superseded.actor_id is None:
        return superseded
    names = await run_db(accounts.names, [superseded.actor_id])
    who = names.get(superseded.actor_id, "Somebody")
    return Refused("superseded", f"{who} changed this since")
