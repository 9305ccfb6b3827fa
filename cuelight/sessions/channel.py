"""The topics of a live session: what is on air, its lineup, who is here, and the product card for the stream."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
from msgspec import structs

from cuelight.accounts import access as accounts_access
from cuelight.accounts import queries as accounts
from cuelight.accounts.channel import StudioChannel
from cuelight.accounts.identity import AnyIdentity
from cuelight.documents import access as documents_access
from cuelight.errors import Forbidden, Invalid
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.kind import Command, Redo, Undo
from cuelight.live.payload import MAX_INT, Payload, op_id, optional_int, optional_text, require_bool, require_int
from cuelight.live.presence import PresenceChannel
from cuelight.live.undo import ELSEWHERE
from cuelight.live.wire import Encoded
from cuelight.sessions import commands, payloads, queries, talking_points
from cuelight.sessions.building import MOST_ADDED
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    AddTime,
    ApproveFlash,
    Arm,
    ClearMessage,
    ClearQuestion,
    DeclineFlash,
    Disarm,
    EndFlash,
    ExtendFlash,
    First,
    FlashPrice,
    Go,
    HideCard,
    Jump,
    Last,
    MoveItem,
    MoveItems,
    Next,
    NextImage,
    OverrideItem,
    OverrideItems,
    PauseClock,
    PinQuestion,
    Previous,
    PreviousImage,
    RemoveItem,
    RemoveItems,
    Renumber,
    ResumeClock,
    RevertItems,
    SendMessage,
    SetStatus,
    ShowCard,
    ShowImage,
    UpdateSettings,
)
from cuelight.sessions.commands import SessionAccess
from cuelight.sessions.editing import hosts_after
from cuelight.sessions.lineup import Item
from cuelight.sessions.state import MOST_ITEMS


class SessionChannel(StudioChannel):
    """What the topics of one session have in common: who may watch may join."""

    needs = "session.watch"

    __slots__ = ("following", "session")

    session: SessionAccess
    following: Aggregate

    async def authorise(self) -> None:
        self.session = await commands.access_session(self.identity, self.id_param("session_id"))
        self.access = self.session.access
        self.crew = True

    def require(self, action: str) -> None:
        self.session.require(action)

    def follow(self) -> None:
        """Keeps the session in memory while somebody looks at it."""
        # Kept: a recheck may put another aggregate in the session's place.
        self.following = self.session.aggregate
        self.following.followers += 1

    async def left(self) -> None:
        followed = getattr(self, "following", None)
        if followed is not None:
            followed.followers -= 1

    def snapshot(self, name: str, make: Any) -> bytes:
        """A snapshot's bytes, encoded once per version and shared by all who join."""
        encoded = self.session.aggregate.encoded
        if name not in encoded:
            encoded[name] = orjson.dumps(make())
        return encoded[name]

    async def submit(
        self, command: Command, payload: Payload, *, asked: Command | None = None, source: str = ""
    ) -> Payload:
        return await commands.submit(self.session, command, op_id=op_id(payload), asked=asked, source=source)

    @on("undo", needs="session.drive")
    async def undo(self, payload: Payload) -> Payload:
        scope = optional_text(payload, "scope", most=10) or "mine"
        return await self.submit(Undo(scope, optional_int(payload, "version", least=1)), payload)

    @on("undoable")
    async def undoable(self, payload: Payload) -> Payload:
        return await commands.undoable(self.session)

    @on("redo", needs="session.drive")
    async def redo(self, payload: Payload) -> Payload:
        return await self.submit(Redo(), payload)


class StateChannel(SessionChannel):
    """Topic ``session:{session_id}:state``: what is on air, for the crew. A state topic: newest wins."""

    topic = "session:{session_id}:state"

    __slots__ = ()

    async def join(self, payload: Payload) -> Encoded:
        self.follow()
        session = self.session
        live = self.snapshot("live", lambda: payloads.live(session.state))
        can = {"drive": session.may("session.drive"), "acknowledge": session.may("session.acknowledge")}
        rest = orjson.dumps({"can": can, "server_time": datetime.now(UTC).isoformat()})
        return Encoded(b'{"live":' + live + b"," + rest[1:])

    @on("time")
    async def time(self, payload: Payload) -> Payload:
        return {"server_time": datetime.now(UTC).isoformat()}

    @on("jump", needs="session.drive")
    async def jump(self, payload: Payload) -> Payload:
        return await self.submit(Jump(_number(payload)), payload)

    @on("next", needs="session.drive")
    async def next(self, payload: Payload) -> Payload:
        return await self.submit(Next(), payload)

    @on("previous", needs="session.drive")
    async def previous(self, payload: Payload) -> Payload:
        return await self.submit(Previous(), payload)

    @on("first", needs="session.drive")
    async def first(self, payload: Payload) -> Payload:
        return await self.submit(First(), payload)

    @on("last", needs="session.drive")
    async def last(self, payload: Payload) -> Payload:
        return await self.submit(Last(), payload)

    @on("next_image", needs="session.drive")
    async def next_image(self, payload: Payload) -> Payload:
        return await self.submit(NextImage(), payload)

    @on("previous_image", needs="session.drive")
    async def previous_image(self, payload: Payload) -> Payload:
        return await self.submit(PreviousImage(), payload)

    @on("show_image", needs="session.drive")
    async def show_image(self, payload: Payload) -> Payload:
        return await self.submit(ShowImage(require_int(payload, "index")), payload)

    @on("send_message", needs="session.drive")
    async def send_message(self, payload: Payload) -> Payload:
        text = optional_text(payload, "text", most=100_000, empty=True) or ""
        color = optional_text(payload, "color", most=20) or "amber"
        # The message is named after the op, so that a repeat is the same message.
        return await self.submit(SendMessage(_named_after(payload), text, color), payload)

    @on("clear_message", needs="session.drive")
    async def clear_message(self, payload: Payload) -> Payload:
        return await self.submit(ClearMessage(), payload)

    @on("ack_message", needs="session.acknowledge")
    async def ack_message(self, payload: Payload) -> Payload:
        return await self.submit(AckMessage(), payload)

    @on("pin_question", needs="session.console")
    async def pin_question(self, payload: Payload) -> Payload:
        return await self.submit(PinQuestion(require_int(payload, "question_id", least=1)), payload)

    @on("clear_question", needs="session.console")
    async def clear_question(self, payload: Payload) -> Payload:
        question_id = optional_int(payload, "question_id", least=1)
        # By its number: a console has found that it waits no longer. That is no choice that somebody could want back.
        return await self.submit(ClearQuestion(question_id), payload, source=ELSEWHERE if question_id else "")

    @on("show_card", needs="session.drive")
    async def show_card(self, payload: Payload) -> Payload:
        return await self.submit(ShowCard(), payload)

    @on("hide_card", needs="session.drive")
    async def hide_card(self, payload: Payload) -> Payload:
        return await self.submit(HideCard(), payload)

    @on("set_status", needs="session.console")
    async def set_status(self, payload: Payload) -> Payload:
        return await self.submit(SetStatus(optional_text(payload, "status", most=20) or ""), payload)

    @on("arm", needs="session.console")
    async def arm(self, payload: Payload) -> Payload:
        number = None if payload.get("number") is None else _number(payload)
        return await self.submit(Arm(number), payload)

    @on("go", needs="session.console")
    async def go(self, payload: Payload) -> Payload:
        return await self.submit(Go(), payload)

    @on("disarm", needs="session.console")
    async def disarm(self, payload: Payload) -> Payload:
        return await self.submit(Disarm(), payload)

    @on("pause_clock", needs="session.console")
    async def pause_clock(self, payload: Payload) -> Payload:
        return await self.submit(PauseClock(), payload)

    @on("resume_clock", needs="session.console")
    async def resume_clock(self, payload: Payload) -> Payload:
        return await self.submit(ResumeClock(), payload)

    @on("add_time", needs="session.console")
    async def add_time(self, payload: Payload) -> Payload:
        seconds = require_int(payload, "seconds", least=-MAX_INT)
        return await self.submit(AddTime(seconds), payload)

    @on("flash_price", needs="session.console")
    async def flash_price(self, payload: Payload) -> Payload:
        asked = FlashPrice(
            "",
            self.session.by,
            require_int(payload, "seconds"),
            item_id=optional_int(payload, "item_id", least=1),
            price_cents=optional_int(payload, "price_cents", least=1),
            percent=optional_int(payload, "percent"),
        )
        return await self.submit(structs.replace(asked, id=_named_after(payload)), payload, asked=asked)

    @on("approve_flash", needs="session.console")
    async def approve_flash(self, payload: Payload) -> Payload:
        return await self.submit(ApproveFlash(self.session.by, optional_text(payload, "offer_id", most=40)), payload)

    @on("decline_flash", needs="session.console")
    async def decline_flash(self, payload: Payload) -> Payload:
        return await self.submit(DeclineFlash(optional_text(payload, "offer_id", most=40)), payload)

    @on("extend_flash", needs="session.console")
    async def extend_flash(self, payload: Payload) -> Payload:
        item_id = optional_int(payload, "item_id", least=1)
        return await self.submit(ExtendFlash(require_int(payload, "seconds"), item_id), payload)

    @on("end_flash", needs="session.console")
    async def end_flash(self, payload: Payload) -> Payload:
        return await self.submit(EndFlash(optional_int(payload, "item_id", least=1)), payload)


class MetaChannel(SessionChannel):
    """Topic ``session:{session_id}:meta``: lineup and settings. A log topic: ``previous`` tells of a gap."""

    topic = "session:{session_id}:meta"

    __slots__ = ()

    async def authorise(self) -> None:
        await super().authorise()
        self.audience = "crew" if self.session.for_crew else "host"

    async def join(self, payload: Payload) -> Encoded:
        self.follow()
        await process.journal.ready_facts(self.session.aggregate)
        return Encoded(self.snapshot(f"meta for {self.audience}", self._meta))

    def _meta(self) -> dict[str, Any]:
        state, facts = self.session.state, process.journal.facts_of(self.session.aggregate)
        for_crew = self.session.for_crew
        return {
            "version": state.latest.lineup_version,
            "session": payloads.session(state, for_crew=for_crew),
            "items": payloads.items(state, facts, for_crew=for_crew),
        }

    @on("add_item", needs="session.edit_lineup")
    async def add_item(self, payload: Payload) -> Payload:
        product_id = require_int(payload, "product_id", least=1)
        position = optional_int(payload, "position", least=1, most=2**31 - 1) or 0
        [item_id] = await run_db(queries.new_item_ids, self.session.state.studio_id, [product_id])
        asked = AddItems([Item(0, product_id, position)])
        return await self.submit(AddItems([Item(item_id, product_id, position)]), payload, asked=asked)

    @on("remove_item", needs="session.edit_lineup")
    async def remove_item(self, payload: Payload) -> Payload:
        return await self.submit(RemoveItem(require_int(payload, "item_id")), payload)

    @on("move_item", needs="session.edit_lineup")
    async def move_item(self, payload: Payload) -> Payload:
        command = MoveItem(require_int(payload, "item_id"), require_int(payload, "to_index"))
        return await self.submit(command, payload)

    @on("override_item", needs="session.edit_lineup")
    async def override_item(self, payload: Payload) -> Payload:
        changes = _changes(payload)
        if changes.get("document_id") is not None:
            # Whoever writes in it, and nobody else, may put it on the host's screen.
            document_id = require_int(changes, "document_id", least=1)
            document = await run_db(documents_access.read_access, self.identity, document_id)
            document.require("document.edit")
            if document.studio_id != self.session.state.studio_id:
                raise Invalid("invalid_document", "This document belongs to another studio.")
        return await self.submit(OverrideItem(require_int(payload, "item_id"), changes), payload)

    @on("share_points", needs="session.edit_lineup")
    async def share_points(self, payload: Payload) -> Payload:
        """``{item_id}`` → ``{document_id, version}``: the line's talking points become a shared document."""
        access = self.session.access
        access.require("document.create")
        item_id = require_int(payload, "item_id")
        return await run_db(lambda: talking_points.share(self.session.state.id, item_id, access, op_id=op_id(payload)))

    @on("unshare_points", needs="session.edit_lineup")
    async def unshare_points(self, payload: Payload) -> Payload:
        """``{item_id}`` → ``{version}``: what the document says now becomes the line's own text."""
        item_id = require_int(payload, "item_id")
        return await run_db(talking_points.unshare, self.session.state.id, item_id, self.session.access)

    @on("add_items", needs="session.edit_lineup")
    async def add_items(self, payload: Payload) -> Payload:
        product_ids = _ids(payload, "product_ids", most=MOST_ADDED)
        to_index = optional_int(payload, "to_index", most=MOST_ITEMS)
        once = not (payload.get("again") is not None and require_bool(payload, "again"))
        ids = await run_db(queries.new_item_ids, self.session.state.studio_id, product_ids)
        items = [Item(item_id, product_id, 0) for item_id, product_id in zip(ids, product_ids, strict=True)]
        asked = AddItems([Item(0, product_id, 0) for product_id in product_ids], to_index, once)
        return await self.submit(AddItems(items, to_index, once), payload, asked=asked)

    @on("remove_items", needs="session.edit_lineup")
    async def remove_items(self, payload: Payload) -> Payload:
        return await self.submit(RemoveItems(_ids(payload, "item_ids")), payload)

    @on("move_items", needs="session.edit_lineup")
    async def move_items(self, payload: Payload) -> Payload:
        section = optional_text(payload, "section", most=1000, empty=True)
        command = MoveItems(_ids(payload, "item_ids"), require_int(payload, "to_index"), section)
        return await self.submit(command, payload)

    @on("override_items", needs="session.edit_lineup")
    async def override_items(self, payload: Payload) -> Payload:
        changes = _changes(payload)
        if "document_id" in changes:
            raise Invalid("invalid_document", "A shared document is the talking points of one line.")
        return await self.submit(OverrideItems(_ids(payload, "item_ids"), changes), payload)

    @on("revert_items", needs="session.edit_lineup")
    async def revert_items(self, payload: Payload) -> Payload:
        return await self.submit(RevertItems(_ids(payload, "item_ids")), payload)

    @on("renumber", needs="session.edit_lineup")
    async def renumber(self, payload: Payload) -> Payload:
        return await self.submit(Renumber(), payload)

    @on("resolve_products", needs="session.edit_lineup")
    async def resolve_products(self, payload: Payload) -> Payload:
        text = optional_text(payload, "text", most=100_000, empty=True) or ""
        brand_id = optional_int(payload, "brand_id", least=1)
        return {"lines": await run_db(queries.resolve_products, self.session.state.studio_id, text, brand_id)}

    @on("preview_product", needs="session.edit_lineup")
    async def preview_product(self, payload: Payload) -> Payload:
        product_id = require_int(payload, "product_id", least=1)
        return {"product": await run_db(queries.product_preview, self.session.state.studio_id, product_id)}

    @on("update_settings", needs="session.settings")
    async def update_settings(self, payload: Payload) -> Payload:
        command = UpdateSettings(_changes(payload))
        if "hosts" in command.changes:
            await self._require_members(command.changes["hosts"])
        return await self.submit(command, payload)

    async def _require_members(self, hosts: Any) -> None:
        """A new host belongs to the studio. Who is one already and has left since stays until taken out."""
        state = self.session.state
        new = {host.person_id for host in hosts_after(state.settings.hosts, hosts).values()} - {
            host.person_id for host in state.settings.hosts.values()
        }
        if new and not new <= (await run_db(accounts.members, state.studio_id)).keys():
            raise Invalid("not_a_member", "This person does not belong to the studio")


#: The pages that a session can be open on.
PAGES = ("producer", "host", "builder")


class SessionPresenceChannel(PresenceChannel):
    """Topic ``session:{session_id}:presence``: who has the session open, as what, how large a host's screen is, and
    the row of the lineup that somebody is at who builds it."""

    topic = "session:{session_id}:presence"
    needs = "session.watch"

    __slots__ = ("page", "roles", "row", "screen")

    identity: AnyIdentity

    async def authorise(self) -> None:
        session = await commands.access_session(self.identity, self.id_param("session_id"))
        self.roles = sorted(session.access.grants)

    async def join(self, payload: Payload) -> Payload:
        page = payload.get("page")
        self.page = page if page in PAGES else "producer"
        self.row = _row(payload)
        self.screen = _screen(payload.get("screen")) if self.page == "host" else None
        self._show()
        return {}

    @on("screen")
    async def resized(self, payload: Payload) -> Payload:
        screen = _screen(payload)
        if self.page == "host" and screen is not None and screen != self.screen:
            self.screen = screen
            self._show()
        return {}

    @on("row")
    async def moved(self, payload: Payload) -> Payload:
        row = _row(payload)
        if self.page == "builder" and row != self.row:
            self.row = row
            self._show()
        return {}

    def _show(self) -> None:
        more: Payload = {"screen": self.screen} if self.screen else {}
        if self.page == "builder" and self.row is not None:
            more["row"] = self.row
        self.track({"name": self.identity.name, "roles": self.roles, "page": self.page, **more})


class AirChannel(StudioChannel):
    """Topic ``air:{studio_id}``: the product card of the session on air, and nothing the public may not see."""

    topic = "air:{studio_id}"
    needs = "air.watch"

    __slots__ = ("following",)

    async def authorise(self) -> None:
        self.access = await accounts_access.access(self.identity, self.id_param("studio_id"))
        self.require(self.needs)
        if self.access.session_id is not None:
            raise Forbidden("This token is for one session; the card shows whichever is on air.")

    async def join(self, payload: Payload) -> Payload:
        session_id = await run_db(queries.session_on_air, self.id_param("studio_id"))
        if session_id is None:
            return {**payloads.NO_CARD}
        aggregate = await process.journal.aggregate(f"session:{session_id}")
        # Kept in memory, so that a price change reaches the card however long the show stands still.
        self.following = aggregate
        aggregate.followers += 1
        facts = await process.journal.ready_facts(aggregate)
        return {**payloads.card(aggregate.state, facts)}

    async def left(self) -> None:
        followed = getattr(self, "following", None)
        if followed is not None:
            followed.followers -= 1


def _number(payload: Payload) -> int:
    """A number as printed on the lineup."""
    number = payload.get("number")
    if type(number) is not int or not 0 < number < 2**31:
        raise Invalid("invalid_position", "Invalid product number")
    return number


def _row(payload: Payload) -> int | None:
    """The item somebody is at; None for what can be none."""
    item_id = payload.get("item_id")
    return item_id if type(item_id) is int and 0 < item_id <= MAX_INT else None


def _screen(size: Any) -> dict[str, int] | None:
    """``{width, height}`` of a page, in CSS pixels; None for what no screen has."""
    given = [size.get(side) for side in ("width", "height")] if isinstance(size, dict) else []
    sides = [side for side in given if type(side) is int and 200 <= side <= 10_000]
    return {"width": sides[0], "height": sides[1]} if len(sides) == 2 else None


def _named_after(payload: Payload) -> str:
    given: UUID | None = op_id(payload)
    return str(given or uuid4())


def _ids(payload: Payload, key: str, most: int = MOST_ITEMS) -> list[int]:
    """Ids in their order, each once where they name items; products may be named twice."""
    ids = payload.get(key)
    if not isinstance(ids, list) or not ids or any(type(one) is not int or not 0 < one <= MAX_INT for one in ids):
        raise Invalid("invalid", f"{key} must be a list of ids.")
    if len(ids) > most:
        raise Invalid("too_many", f"{key} may name {most:,} at most; these are {len(ids):,}.")
    return ids


def _changes(payload: Payload) -> dict[str, Any]:
    changes = payload.get("changes")
    if not isinstance(changes, dict) or not changes:
        raise Invalid("invalid", "changes must name at least one field and its new value")
    return changes
