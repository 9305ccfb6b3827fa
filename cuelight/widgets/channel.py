"""Topics of the overlays: what one shows, what its widgets are set to, and whether all are hidden."""

from datetime import UTC, datetime
from typing import Any

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.errors import Invalid, NotFound
from cuelight.live.aggregate import Aggregate
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.kind import Command, Redo, Undo
from cuelight.live.payload import Payload, op_id, require_text
from cuelight.ui import manifest
from cuelight.widgets import actions, commands, overlays_kind, queries
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
        return {**state, "can": can, "build": manifest.build(), "server_time": datetime.now(UTC).isoformat()}

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
    """Topic ``overlay:{overlay_id}``: one layout, with what its widgets are set to."""

    topic = "overlay:{overlay_id}"

    __slots__ = ()

    async def studio_id(self) -> int:
        found: int | None = await run_db(queries.studio_of, self.id_param("overlay_id"))
        if found is None:
            raise NotFound("There is no such overlay.")
        return found

    async def join(self, payload: Payload) -> Payload:
        return await run_db(self._snapshot, self.id_param("overlay_id"))

    def _snapshot(self, overlay_id: int) -> dict[str, Any]:
        row = queries.overlay_row(queries.overlay(self.access.studio_id, overlay_id))
        configs = queries.configs(self.access.studio_id, {box["type"] for box in row["boxes"]})
        return {"overlay": row, "configs": configs}


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


CHANNELS = (OverlaysChannel, OverlayChannel, ConfigChannel)
