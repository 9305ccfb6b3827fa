"""Topic ``alertbox:{studio_id}``: which alert shows now, and the queue behind it."""

from datetime import UTC, datetime
from typing import Any

from cuelight.accounts.channel import StudioChannel
from cuelight.errors import Invalid
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.channel import on
from cuelight.live.kind import Command, Redo, Undo
from cuelight.live.payload import (
    Payload,
    op_id,
    optional_int,
    optional_text,
    require_choice,
    require_int,
)
from cuelight.streams import alert_commands, alert_words
from cuelight.streams.alert_command_types import (
    Approve,
    Begun,
    Clear,
    Dismiss,
    Pause,
    Replay,
    Resume,
    Skip,
)
from cuelight.streams.alert_commands import AlertsAccess
from cuelight.streams.alert_state import KINDS

#: Alerts that an overlay may say it has drawn when it comes back.
MOST_BEGUN = 20


class AlertChannel(StudioChannel):
    """A state topic: newest wins. Who joins with ``as: "overlay"`` draws alerts and gets only what is public; alerts
    start while one of those is there. One that may not say what it draws, or joins with ``tests``, draws tests only."""

    topic = "alertbox:{studio_id}"
    needs = "alert.watch"

    __slots__ = ("_phx_ref", "alerts", "following", "is_overlay")

    alerts: AlertsAccess
    following: Aggregate

    async def authorise(self) -> None:
        self.alerts = await alert_commands.access_alerts(self.identity, self.id_param("studio_id"))
        self.access = self.alerts.access
        is_crew = self.access.may("stream.watch")
        self.is_overlay = getattr(self, "is_overlay", False) or not is_crew
        self.audience = "overlay" if self.is_overlay else "crew"
        self.crew = not self.is_overlay

    async def join(self, payload: Payload) -> Payload:
        self.following = self.alerts.aggregate
        self.following.followers += 1
        if payload.get("as") == "overlay" and not self.is_overlay:
            self.is_overlay, self.audience, self.crew = True, "overlay", False
            self.seat.connection.hub.reseat(self.seat)
        if self.is_overlay:
            await self._come_back(payload)
        told = await alert_words.snapshot(self.alerts.aggregate, for_crew=not self.is_overlay)
        can = {name: self.access.may(f"alert.{name}") for name in ("run", "rules", "begun")}
        return {**told, "can": can, "server_time": datetime.now(UTC).isoformat()}

    async def _come_back(self, payload: Payload) -> None:
        """What it has drawn while it was cut off counts, before anything starts because it is here."""
        may_begin = self.access.may("alert.begun")
        for alert_id, run in _drawn(payload) if may_begin else ():
            await self._submit(Begun(alert_id, run), {})
        tests = payload.get("tests") is True or not may_begin
        self._phx_ref: str | None = process.presence.track(self.topic_name, "overlay", {"tests": tests})

    async def left(self) -> None:
        ref, self._phx_ref = getattr(self, "_phx_ref", None), None
        if ref is not None:
            process.presence.untrack(ref)
        followed = getattr(self, "following", None)
        if followed is not None:
            followed.followers -= 1

    @on("time")
    async def time(self, payload: Payload) -> Payload:
        return {"server_time": datetime.now(UTC).isoformat()}

    @on("begun", needs="alert.begun")
    async def begun(self, payload: Payload) -> Payload:
        return await self._submit(Begun(_id(payload), optional_int(payload, "run") or 0), payload)

    @on("pause", needs="alert.run")
    async def pause(self, payload: Payload) -> Payload:
        return await self._submit(Pause(), payload)

    @on("resume", needs="alert.run")
    async def resume(self, payload: Payload) -> Payload:
        return await self._submit(Resume(), payload)

    @on("skip", needs="alert.run")
    async def skip(self, payload: Payload) -> Payload:
        return await self._submit(Skip(optional_int(payload, "id", least=1)), payload)

    @on("clear", needs="alert.run")
    async def clear(self, payload: Payload) -> Payload:
        return await self._submit(Clear(), payload)

    @on("replay", needs="alert.run")
    async def replay(self, payload: Payload) -> Payload:
        return await self._submit(Replay(_id(payload)), payload)

    @on("approve", needs="alert.run")
    async def approve(self, payload: Payload) -> Payload:
        return await self._submit(Approve(_id(payload)), payload)

    @on("dismiss", needs="alert.run")
    async def dismiss(self, payload: Payload) -> Payload:
        return await self._submit(Dismiss(_id(payload)), payload)

    @on("test", needs="alert.run")
    async def test(self, payload: Payload) -> Payload:
        kind = require_choice(payload, "kind", KINDS)
        return await alert_commands.make_test(self.alerts, kind, op_id=op_id(payload))

    @on("undo", needs="alert.run")
    async def undo(self, payload: Payload) -> Payload:
        scope = optional_text(payload, "scope", most=10) or "mine"
        return await self._submit(Undo(scope, optional_int(payload, "version", least=1)), payload)

    @on("redo", needs="alert.run")
    async def redo(self, payload: Payload) -> Payload:
        return await self._submit(Redo(), payload)

    async def _submit(self, command: Command, payload: Payload) -> Payload:
        return await alert_commands.submit(self.alerts, command, op_id=op_id(payload))


def _id(payload: Payload) -> int:
    return require_int(payload, "id", least=1)


def _drawn(payload: Payload) -> list[tuple[int, int]]:
    """``begun: [{id, run}]`` of a join."""
    given: Any = payload.get("begun") or []
    if not isinstance(given, list) or len(given) > MOST_BEGUN or not all(isinstance(one, dict) for one in given):
        raise Invalid("invalid", f"begun must be a list of {MOST_BEGUN} alerts at most.")
    return [(_id(one), optional_int(one, "run") or 0) for one in given]
