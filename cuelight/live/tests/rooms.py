"""Channels for the hub's tests: one of each kind, and the ones that misbehave."""

import asyncio
from typing import ClassVar

from cuelight.errors import Forbidden, Invalid
from cuelight.live.channel import Channel, on
from cuelight.live.payload import Payload, require_int
from cuelight.live.presence import PresenceChannel
from cuelight.live.wire import Encoded, encode


class Room(Channel):
    """Topic ``room:{room_id}``: everybody may join unless banned by name."""

    topic = "room:{room_id}"
    banned: ClassVar[set[str]] = set()
    log: ClassVar[list[str]] = []
    gates: ClassVar[dict[str, asyncio.Event]] = {}

    __slots__ = ("number",)

    async def authorise(self) -> None:
        await self.pass_gate("authorise")
        if self.identity.name in self.banned:
            raise Forbidden("You are banned.")
        self.number = self.id_param("room_id")
        self.crew = self.identity.name.startswith("crew")
        self.audience = "crew" if self.crew else "public"

    async def join(self, payload: Payload) -> Encoded:
        await self.pass_gate("join")
        if payload.get("refuse"):
            raise Invalid("invalid", "You asked for it.")
        if payload.get("crash"):
            raise RuntimeError("join crashed, as it was asked to")
        return encode({"number": self.number, "you": self.identity.name})

    async def left(self) -> None:
        self.log.append(f"left {self.identity.name}")

    async def pass_gate(self, name: str) -> None:
        gate = self.gates.get(name)
        if gate is not None:
            self.log.append(f"at {name}")
            await gate.wait()

    @on("echo")
    async def echo(self, payload: Payload) -> Payload:
        return payload

    @on("say")
    async def say(self, payload: Payload) -> None:
        """To all but the sender."""
        connection = self.seat.connection
        connection.hub.broadcast(self.topic_name, "said", payload, exclude=connection)

    @on("show")
    async def show(self, payload: Payload) -> Payload:
        """A state event to all."""
        version = require_int(payload, "version")
        self.seat.connection.hub.broadcast(self.topic_name, "shown", payload, version=version)
        return {"version": version}

    @on("slow_echo")
    async def slow_echo(self, payload: Payload) -> Payload:
        await self.pass_gate("slow_echo")
        return payload

    @on("crash")
    async def crash(self, payload: Payload) -> Payload:
        raise RuntimeError("crashed, as it was asked to")

    @on("unencodable")
    async def unencodable(self, payload: Payload) -> Payload:
        return {"answer": object()}


class Lobby(PresenceChannel):
    """Topic ``lobby:{name}``: shows who is in it."""

    topic = "lobby:{name}"

    async def authorise(self) -> None:
        pass

    async def join(self, payload: Payload) -> Payload:
        self.track({"name": self.identity.name, "page": payload.get("page", "host")})
        return {}

    @on("move")
    async def move(self, payload: Payload) -> None:
        self.track({"name": self.identity.name, "page": payload["page"]})


class Locked(Channel):
    """Topic ``locked:{name}``: does not say who may join, so nobody may."""

    topic = "locked:{name}"


ROOMS: list[type[Channel]] = [Room, Lobby, Locked]
