"""The parts of one server process, wired together. ``process.py`` holds the one that runs; tests make several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from cuelight.live import tasks
from cuelight.live.channel import Channel
from cuelight.live.connection import Connection
from cuelight.live.handshake import Authenticate, Door
from cuelight.live.hub import Hub
from cuelight.live.limits import Limits
from cuelight.live.listeners import Listening
from cuelight.live.payload import Payload
from cuelight.live.presence import Presence
from cuelight.live.relay import Relay
from cuelight.live.transport import Endpoint
from cuelight.live.wire import Encoded, encode


class Node:
    """Used on the loop's thread only."""

    def __init__(
        self,
        authenticate: Authenticate,
        channels: Iterable[type[Channel]],
        relay: Relay,
        *,
        limits: Limits | None = None,
        door: Door | None = None,
    ) -> None:
        self.relay = relay
        self.hub = Hub(channels, limits)
        self.presence = self.hub.presence = Presence(self.hub, relay)
        self.endpoint = Endpoint(self.hub, authenticate, door or Door())
        self._listening = Listening()
        relay.on("broadcast", self._hear_broadcast)
        relay.on("recheck", lambda body: self.hub.recheck(body["key"]))
        relay.on("sign_out", lambda body: self.hub.sign_out(body["key"]))
        # A revocation may have been among what was missed.
        relay.on_reconnect(self.hub.recheck_all)

    async def start(self) -> None:
        """Returns when the other processes can reach this one."""
        await self.relay.start()

    async def stop(self) -> None:
        """Sends the clients away, then says goodbye to the other processes."""
        await self.hub.stop()
        await tasks.end(self.endpoint.tasks)
        await self._listening.stop()
        await self.relay.stop()

    def spread(
        self,
        topic: str,
        event: str,
        payload: Payload | Encoded,
        *,
        version: int | None = None,
        exclude: Connection | None = None,
    ) -> None:
        """Broadcasts to the sockets and listeners of all processes."""
        encoded = payload if isinstance(payload, Encoded) else encode(payload)
        self._deliver(topic, event, encoded, version, exclude)
        if not self.relay.alone:
            body = {"topic": topic, "event": event, "payload": orjson.Fragment(encoded.json), "version": version}
            self.relay.publish("broadcast", body)

    def recheck(self, identity_key: str) -> None:
        """Asks the channels of an identity again, in all processes, whether it may be there."""
        self.hub.recheck(identity_key)
        self.relay.publish("recheck", {"key": identity_key})

    def sign_out(self, identity_key: str) -> None:
        """Ends the sockets of an identity in all processes."""
        self.hub.sign_out(identity_key)
        self.relay.publish("sign_out", {"key": identity_key})

    def tell_listeners(self, topic: str, event: str, payload: dict[str, Any]) -> None:
        """Something only this process's listeners are to hear."""
        self._listening.tell(topic, event, lambda: payload)

    def _hear_broadcast(self, body: dict[str, Any]) -> None:
        self._deliver(body["topic"], body["event"], encode(body["payload"]), body.get("version"), None)

    def _deliver(
        self, topic: str, event: str, payload: Encoded, version: int | None, exclude: Connection | None
    ) -> None:
        self.hub.broadcast(topic, event, payload, version=version, exclude=exclude)
        self._listening.tell(topic, event, lambda: orjson.loads(payload.json))
