"""Topics of the overlays: what one shows, what its widgets are set to, and whether all are hidden."""

from datetime import UTC, datetime
from typing import Any

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.errors import Invalid, NotFound
from cuelight.live.aggregate import Aggregate
from cuelight.live.broadcast import broadcast
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.kind import Command, Redo, Undo
from cuelight.live.payload import Payload, op_id, require_choice, require_text
from cuelight.ui import manifest
from cuelight.widgets import actions, commands, on_air, overlays_kind, queries, reports
from cuelight.widgets.state import EndPanic, HideWidget, ShowWidget, StartPanic


class OfStudio(StudioChannel):
    """What these topics have in common: whoever may see what overlays show may join."""

    needs = "overlay.watch"

    __slots__ = ()

    async def studio_id(self) -> int:
        return self.id_param("studio_id")

    async def authorise(self) -> None:
        self.access = await accounts_access.access(self.identity, await self.studio_id())
        self.require(self.needs)
        if self.access.session_id is not None:
            raise NotFound()  # a token for one session: overlays are the whole studio's


class OverlaysChannel(OfStudio):
    """Topic ``overlays:{studio_id}``: panic, and what is hidden. A state topic.

    ``build`` of the snapshot is that of the pages as they are now: one that is older loads itself anew when nobody
    sees it."""

    topic = "overlays:{studio_id}"

    __slots__ = ("following",)

    following: Aggregate

    async def join(self, payload: Payload) -> Payload:
        self.following = await commands.overlays_of(self.access.studio_id)
        self.following.followers += 1
        state = overlays_kind.payload(self.following.state)
        can = {"hide": self.access.may("overlay.hide")}
        live = await run_db(on_air.is_on_air, self.access.studio_id)
        now = datetime.now(UTC).isoformat()
        return {**state, "can": can, "live": live, "build": manifest.build(), "server_time": now}

    async def left(self) -> None:
        followed = getattr(self, "following", None)
        if followed is not None:
            followed.followers -= 1

    @on("panic", needs="overlay.hide")
    async def panic(self, payload: Payload) -> Payload:
        return await self._submit(StartPanic(), payload)

    @on("end_panic", needs="overlay.hide")
    async def end_panic(self, payload: Payload) -> Payload:
        return await self._submit(EndPanic(), payload)

    @on("hide_widget", needs="overlay.hide")
    async def hide_widget(self, payload: Payload) -> Payload:
        return await self._submit(HideWidget(require_text(payload, "type", most=20)), payload)

    @on("show_widget", needs="overlay.hide")
    async def show_widget(self, payload: Payload) -> Payload:
        return await self._submit(ShowWidget(require_text(payload, "type", most=20)), payload)

    @on("undo", needs="overlay.hide")
    async def undo(self, payload: Payload) -> Payload:
        return await self._submit(Undo(), payload)

    @on("redo", needs="overlay.hide")
    async def redo(self, payload: Payload) -> Payload:
        return await self._submit(Redo(), payload)

    async def _submit(self, command: Command, payload: Payload) -> Payload:
        return await commands.submit(self.access, command, op_id=op_id(payload))


class OverlayChannel(OfStudio):
    """Topic ``overlay:{overlay_id}``: one layout, with what its widgets are set to.

    A page in OBS reports how it is, for who watches ``overlay_pages:{studio_id}``. Editors save the whole layout."""

    topic = "overlay:{overlay_id}"

    __slots__ = ("overlay_id", "presence_ref", "since")

    overlay_id: int
    since: str
    presence_ref: str | None

    async def studio_id(self) -> int:
        found: int | None = await run_db(queries.studio_of, self.id_param("overlay_id"))
        if found is None:
            raise NotFound("There is no such overlay.")
        return found

    async def join(self, payload: Payload) -> Payload:
        self.overlay_id = self.id_param("overlay_id")
        return await run_db(self._snapshot, self.overlay_id)

    @on("report")
    async def report(self, payload: Payload) -> Payload:
        """How the page that pushes this is; shown as long as it is connected."""
        told, now = reports.checked(payload), datetime.now(UTC).isoformat()
        is_first = getattr(self, "presence_ref", None) is None
        self.since = now if is_first else self.since
        self._forget()
        presence = self.seat.connection.hub.presence
        meta = {**told, "since": self.since, "at": now}
        topic = f"overlay_pages:{self.access.studio_id}"
        self.presence_ref = presence.track(topic, str(self.overlay_id), meta)
        if is_first:
            await run_db(actions.overlay_seen, self.overlay_id)
        return {}

    @on("save_layout", needs="overlay.edit")
    async def save_layout(self, payload: Payload) -> Payload:
        """All boxes. Of two who save at once the later one wins; the other is told. Returns the new version."""
        boxes = payload.get("boxes")
        version = await run_db(lambda: actions.save_layout(self.overlay_id, boxes, access=self.access))
        return {"version": version}

    @on("show_test", needs="overlay.edit")
    async def show_test(self, payload: Payload) -> Payload:
        """Draws something over every page of this overlay for some seconds; on air only when it is asked for twice."""
        what = require_choice(payload, "what", tuple(reports.TESTS))
        if payload.get("confirmed") is not True:
            await run_db(on_air.require_off_air, self.access.studio_id)
        broadcast(self.topic_name, "overlay_test", {"what": what, "seconds": reports.TESTS[what]})
        return {}

    async def left(self) -> None:
        if getattr(self, "presence_ref", None) is not None:
            self._forget()
            await run_db(actions.overlay_seen, self.overlay_id)

    def _forget(self) -> None:
        ref, self.presence_ref = getattr(self, "presence_ref", None), None
        if ref is not None:
            self.seat.connection.hub.presence.untrack(ref)

    def _snapshot(self, overlay_id: int) -> dict[str, Any]:
        row = queries.overlay_row(queries.overlay(self.access.studio_id, overlay_id))
        configs = queries.configs(self.access.studio_id, {box["type"] for box in row["boxes"]})
        return {"overlay": row, "configs": configs}


class PagesChannel(OfStudio):
    """Topic ``overlay_pages:{studio_id}``: which pages of which overlays are connected, and how they are: presence,
    by the overlay's id."""

    topic = "overlay_pages:{studio_id}"
    needs = "overlay.edit"

    __slots__ = ()

    async def join(self, payload: Payload) -> Payload:
        now = datetime.now(UTC).isoformat()
        return {"build": manifest.build(), "server_time": now}

    async def joined(self) -> None:
        self.push("presence_state", self.seat.connection.hub.presence.state(self.topic_name))


class ConfigChannel(OfStudio):
    """Topic ``widget_config:{type}:{studio_id}``: what one kind of widget is set to. A state topic."""

    topic = "widget_config:{type}:{studio_id}"

    __slots__ = ()

    async def join(self, payload: Payload) -> Payload:
        return {**await run_db(queries.config, self.access.studio_id, self.params["type"])}

    @on("save", needs="overlay.edit")
    async def save(self, payload: Payload) -> Payload:
        """``changes``: the settings that are changed, by name; the others stay. Answers what the kind is set to now."""
        changes = payload.get("changes")
        if not isinstance(changes, dict):
            raise Invalid("invalid", "changes must be settings by their names.")
        widget, access = self.params["type"], self.access
        return {**await run_db(lambda: actions.change_settings(widget, changes, access=access))}


CHANNELS = (OverlaysChannel, OverlayChannel, PagesChannel, ConfigChannel)
