"""Topic ``docks:{studio_id}``: which show runs, whether it is on air, and which page speaks for OBS."""

from datetime import UTC, datetime
from typing import Any

from cuelight.errors import Invalid
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.payload import Payload, optional_int, optional_text, require_bool, require_int, require_text
from cuelight.streams import encoder
from cuelight.widgets import dock_actions, dock_queries
from cuelight.widgets.channel import OfStudio
from cuelight.widgets.kinds import KINDS


class DocksChannel(OfStudio):
    """How things stand for every dock of a studio, and what a dock hears from its OBS."""

    topic = "docks:{studio_id}"
    needs = "dock.open"

    __slots__ = ("holder", "name")

    async def studio_id(self) -> int:
        return self.id_param("studio_id")

    async def join(self, payload: Payload) -> Payload:
        self.name = await run_db(dock_queries.name_of, self.access)
        return await run_db(self._snapshot)

    def _snapshot(self) -> dict[str, Any]:
        studio_id = self.access.studio_id
        can = {"obs": self.access.may("dock.obs"), "hide": self.access.may("overlay.hide")}
        return {
            **dock_queries.now(studio_id),
            "scenes": dock_queries.scenes(studio_id),
            "widgets": [{"type": kind.type, "name": kind.name} for kind in KINDS.values()],
            "can": can,
            "server_time": datetime.now(UTC).isoformat(),
        }

    @on("obs", needs="dock.obs")
    async def obs(self, payload: Payload) -> Payload:
        """``{page, active, take}`` → ``{drives}``: what this page's OBS does, every few seconds and with each change.
        ``page``: the page's own key; ``take``: from whoever speaks for OBS now."""
        self.holder = holder = self._holder(payload)
        active = None if payload.get("active") is None else require_bool(payload, "active")
        take = payload.get("take") is True
        drives = await run_db(
            lambda: encoder.report(self.access.studio_id, holder, name=self.name, active=active, take=take)
        )
        return {"drives": drives}

    @on("obs_gone", needs="dock.obs")
    async def obs_gone(self, payload: Payload) -> Payload:
        """``{page}``: this page has no OBS any more."""
        await run_db(encoder.release, self.access.studio_id, self._holder(payload))
        return {}

    async def left(self) -> None:
        if holder := getattr(self, "holder", ""):
            await run_db(encoder.leave, self.access.studio_id, holder)

    @on("set_scene", needs="dock.obs")
    async def set_scene(self, payload: Payload) -> Payload:
        """``{scene, product_id | section}`` → all scenes. An empty scene takes it back."""
        scene = optional_text(payload, "scene", most=dock_actions.LONGEST_SCENE, empty=True) or ""
        product_id = optional_int(payload, "product_id", least=1)
        section = optional_text(payload, "section", most=dock_actions.LONGEST_SCENE, empty=True) or ""
        access = self.access
        row = await run_db(lambda: dock_actions.set_scene(scene, access=access, product_id=product_id, section=section))
        return {**row}

    @on("presets", needs="session.console")
    async def presets(self, payload: Payload) -> Payload:
        """``{session_id}`` → ``{presets}``: messages to the host that are kept ready. A lineup tells a dock no more
        than its host may know, and these are not that."""
        session_id = require_int(payload, "session_id", least=1)
        return {"presets": await run_db(dock_queries.presets, self.access.studio_id, session_id)}

    @staticmethod
    def _holder(payload: Payload) -> str:
        page = require_text(payload, "page", most=60)
        if not page.isascii() or not page.isprintable():
            raise Invalid("invalid", "page must be a key of the page's own.")
        return page
