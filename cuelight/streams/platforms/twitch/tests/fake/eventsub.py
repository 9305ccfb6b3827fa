"""EventSub over WebSocket: sessions and their sockets, subscriptions and their limits, notifications."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cuelight.streams.platforms.twitch.tests.fake.http import Answer, Asked, say_error, say_json
from cuelight.streams.platforms.twitch.tests.fake.oauth import OAuth, Token
from cuelight.streams.platforms.twitch.tests.fake.sockets import STATUSES, Session, Socket
from cuelight.streams.platforms.twitch.tests.fake.subscriptions import KINDS, Subscription, trouble_with
from cuelight.streams.platforms.twitch.tests.fake.world import Delivery, World, new_id, new_secret, timestamp

#: Seconds of Twitch.
UNUSED_S, GRACE_S = 10, 30
#: How often the same type and condition may be there, over all sessions.
SAME = 3
#: A ``reconnect_url`` with this is answered, and then nothing is ever said.
NEVER = "never"


@dataclass
class EventSub:
    world: World
    oauth: OAuth
    #: Every socket there ever was, oldest first.
    sockets: list[Socket] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    subscriptions: list[Subscription] = field(default_factory=list)
    #: Each notification goes out twice, with the same message_id.
    twice: bool = False
    #: Every message has fields that nobody has heard of.
    extra_fields: bool = False
    #: How many notifications are still to be held back, and those that are: they go out newest first.
    to_hold: int = 0
    held: list[tuple[Delivery, Session]] = field(default_factory=list)

    def open_sockets(self) -> list[Socket]:
        return [one for one in self.sockets if one.is_open]

    # A connection.

    async def serve(self, socket: Socket, fault: str) -> None:
        """From the handshake to the end. ``fault``: "", "no welcome", "late welcome" or "drip"."""
        self.sockets.append(socket)
        if not socket.accept():
            return
        token = socket.asked.get("reconnect_token")
        socket.drips = fault == "drip"
        if token and token != NEVER and not any(one.moves_by == token for one in self.sessions.values()):
            socket.close(4007)
        elif fault == "late welcome":
            socket.after(self.world.slow_s, partial(self._welcome, socket))
        elif fault != "no welcome" and token != NEVER:
            self._welcome(socket)
        await socket.hear()

    def leave(self, socket: Socket) -> None:
        """After its connection has ended."""
        socket.end()
        session = socket.session
        if session is None:
            return
        session.sockets = [one for one in session.sockets if one is not socket]
        if not session.sockets and not session.moves_by:
            self._end(session, socket.code)
        elif not session.sockets:
            # It was told to move and left the old place first: the new one is kept for it as long as the grace lasts.
            grace_s = self.world.seconds(GRACE_S)
            asyncio.get_running_loop().call_later(grace_s, partial(self._end_unmoved, session))

    def _end_unmoved(self, session: Session) -> None:
        if not session.sockets and session.id in self.sessions:
            self._end(session, 4004)

    def _end(self, session: Session, code: int | None) -> None:
        self.sessions.pop(session.id, None)
        for one in self._enabled(session):
            one.status = STATUSES.get(code or 0, "websocket_disconnected")

    def _welcome(self, socket: Socket) -> None:
        session = self._session_for(socket.asked)
        socket.session = session
        is_new = not session.sockets and not session.owner
        session.sockets.append(socket)
        self._say(socket, "session_welcome", {"session": self._shown(session, "connected")})
        socket.run(self._keep_alive(socket, self.world.seconds(session.keepalive_s)))
        socket.run(socket.ping(self.world.ping_s, self.world.pong_s))
        if is_new:
            socket.after(self.world.seconds(UNUSED_S), partial(self._close_unused, socket))

    def _session_for(self, asked: Asked) -> Session:
        token = asked.get("reconnect_token")
        moving = next((one for one in self.sessions.values() if token and one.moves_by == token), None)
        if moving is None:
            says = self.world.keepalive_s or int(asked.get("keepalive_timeout_seconds") or 10)
            made = Session(new_secret(), timestamp(), says)
            self.sessions[made.id] = made
            return made
        moving.moves_by = ""
        if not self.world.keeps_session_id:
            self._rename(moving)
        return moving

    def _rename(self, session: Session) -> None:
        old, session.id = session.id, new_secret()
        self.sessions[session.id] = self.sessions.pop(old)
        for one in self.subscriptions:
            if one.session_id == old:
                one.session_id = session.id

    async def _keep_alive(self, socket: Socket, every_s: float) -> None:
        while True:
            await asyncio.sleep(max(0.0, socket.said_at + every_s - time.monotonic()))
            if time.monotonic() >= socket.said_at + every_s:
                self._say(socket, "session_keepalive", {})
                if not socket.is_open or socket.is_silent:
                    return

    def _close_unused(self, socket: Socket) -> None:
        session = socket.session
        if session and session.owner is None:
            socket.close(4003)

    # What is said.

    def notify(self, type: str, event: dict[str, Any], about: dict[str, str]) -> list[Delivery]:
        """To every subscription that hears it, a notification each. ``about``: whose event it is, as conditions say."""
        made = []
        for one in [one for one in self.subscriptions if one.hears(type, about)]:
            payload = {"subscription": one.shown(in_notification=True), "event": event}
            frame = self._message("notification", payload, one)
            delivery = Delivery(frame["metadata"]["message_id"], type, event, frame)
            self.world.delivered[delivery.message_id] = delivery
            made.append(delivery)
            self._hold_or_deliver(delivery, self.sessions[one.session_id])
        return made

    def _hold_or_deliver(self, delivery: Delivery, session: Session) -> None:
        if not self.to_hold:
            self._deliver(delivery, session)
            return
        self.held.append((delivery, session))
        self.to_hold -= 1
        if not self.to_hold:
            self.let_go()

    def let_go(self) -> None:
        """What was held back goes out, newest first."""
        self.to_hold = 0
        while self.held:
            self._deliver(*self.held.pop())

    def _deliver(self, delivery: Delivery, session: Session) -> None:
        for socket in list(session.sockets):
            for _ in range(2 if self.twice else 1):
                if socket.say(delivery.frame):
                    delivery.sockets.append(socket.number)

    def deliver_again(self, message_id: str) -> None:
        """A notification of a while ago, once more, on every socket."""
        delivery = self.world.delivered[message_id]
        for socket in self.open_sockets():
            if socket.session and socket.say(delivery.frame):
                delivery.sockets.append(socket.number)

    def reconnect(self, how: str = "") -> None:
        """Every session is told to move. ``how``: "" as it should be; "never", the new socket is never welcomed;
        "invalid", it is closed with 4007."""
        for session in list(self.sessions.values()):
            session.moves_by = new_secret()
            token = how or session.moves_by
            shown = self._shown(session, "reconnecting") | {
                "keepalive_timeout_seconds": None,
                "reconnect_url": f"{self.world.ws_url}?reconnect_token={token}",
            }
            for socket in session.sockets:
                self._say(socket, "session_reconnect", {"session": shown})
                socket.after(self.world.seconds(GRACE_S), partial(self._end_grace, socket))

    def _end_grace(self, socket: Socket) -> None:
        if socket.session and socket.session.sockets == [socket]:
            socket.session.moves_by = ""
        socket.close(4004)

    def revoke(self, status: str, *, type: str | None = None, user_id: str | None = None) -> None:
        """Subscriptions end: all, those of a type, or those of a person."""
        for one in self.subscriptions:
            if one.status == "enabled" and type in (None, one.type) and user_id in (None, one.user_id):
                one.status = status
                session = self.sessions[one.session_id]
                shown = one.shown(in_notification=True)
                for socket in session.sockets:
                    socket.say(self._message("revocation", {"subscription": shown}, one))

    def _say(self, socket: Socket, type: str, payload: dict[str, Any]) -> None:
        socket.say(self._message(type, payload))

    def _message(self, type: str, payload: dict[str, Any], about: Subscription | None = None) -> dict[str, Any]:
        metadata = {"message_id": new_id(), "message_type": type, "message_timestamp": timestamp()}
        if about:
            metadata |= {"subscription_type": about.type, "subscription_version": about.version}
        if self.extra_fields:
            return {
                "metadata": metadata | {"trace": ["a", 1]},
                "payload": {name: value | {"brand_new": {"x": None}} for name, value in payload.items()},
                "signature": "soon",
            }
        return {"metadata": metadata, "payload": payload}

    def _shown(self, session: Session, status: str) -> dict[str, Any]:
        return {
            "id": session.id,
            "status": status,
            "connected_at": session.connected_at,
            "keepalive_timeout_seconds": session.keepalive_s,
            "reconnect_url": None,
        }

    # Subscriptions, by request.

    def create(self, token: Token, body: Any) -> Answer:
        transport = body.get("transport") if isinstance(body, dict) else None
        if not isinstance(transport, dict) or transport.get("method") != "websocket":
            return say_error(400, "invalid transport")
        if trouble := trouble_with(body.get("type"), body.get("version"), body.get("condition")):
            return say_error(400, trouble)
        if not token.user_id:
            return say_error(400, "invalid transport and auth combination")
        session = self.sessions.get(str(transport.get("session_id")))
        if session is None:
            return say_error(400, "websocket transport session does not exist or has already disconnected")
        owner = (self.world.client_id, token.user_id)
        if session.owner not in (None, owner):
            return say_error(400, "websocket transport cannot have subscriptions created by different users")
        condition = {name: value for name, value in body["condition"].items() if value}
        made = Subscription(
            body["type"], body["version"], condition, token.user_id, owner[0], session.id, session.connected_at
        )
        made.cost = 0 if self.oauth.consents.keys() & set(condition.values()) else 1
        if refused := self._refused(made, token, session):
            return refused
        session.owner = owner
        self.subscriptions.append(made)
        return say_json(202, self._listed([made]))

    def _refused(self, made: Subscription, token: Token, session: Session) -> Answer | None:
        kind = KINDS[made.type]
        scopes = kind.any_scope or ((kind.scope,) if kind.scope else ())
        if scopes and not set(scopes) & set(token.scopes):
            return say_error(403, "subscription missing proper authorization")
        if any(made.condition.get(name, token.user_id) != token.user_id for name in ("user_id", "moderator_user_id")):
            return say_error(403, "subscription missing proper authorization")
        in_session = self._enabled(session)
        if any(one.key() == made.key() for one in in_session):
            return say_error(409, "subscription already exists")
        mine = [one for one in self.subscriptions if one.status == "enabled" and one.user_id == made.user_id]
        if sum(one.key() == made.key() for one in mine) >= SAME:
            return say_error(429, "number of subscriptions with the same type and condition exceeded")
        if len(in_session) >= self.world.max_subscriptions:
            return say_error(429, "number of subscriptions of a websocket transport exceeded")
        owner = (made.client_id, made.user_id)
        if (
            session.owner is None
            and sum(one.owner == owner for one in self.sessions.values()) >= self.world.max_connections
        ):
            return say_error(429, "number of websocket transports limit exceeded")
        if made.cost + sum(one.cost for one in mine) > self.world.max_total_cost:
            return say_error(429, "maximum total cost exceeded")
        return None

    def _enabled(self, session: Session) -> list[Subscription]:
        return [one for one in self.subscriptions if one.status == "enabled" and one.session_id == session.id]

    def listing(self, token: Token, asked: Asked) -> Answer:
        found = [one for one in self.subscriptions if one.user_id == token.user_id]
        for name in ("status", "type"):
            if wanted := asked.get(name):
                found = [one for one in found if getattr(one, name) == wanted]
        if wanted := asked.get("subscription_id"):
            found = [one for one in found if one.id == wanted]
        start = int(asked.get("after") or 0)
        more = {"cursor": str(start + 100)} if len(found) > start + 100 else {}
        return say_json(200, self._listed(found[start : start + 100]) | {"pagination": more, "total": len(found)})

    def delete(self, token: Token, id: str) -> Answer:
        kept = [one for one in self.subscriptions if one.id != id or one.user_id != token.user_id]
        if len(kept) == len(self.subscriptions):
            return say_error(404, "subscription not found")
        self.subscriptions = kept
        return Answer(204)

    def _listed(self, shown: Iterable[Subscription]) -> dict[str, Any]:
        enabled = [one for one in self.subscriptions if one.status == "enabled"]
        return {
            "data": [one.shown() for one in shown],
            "total": len(enabled),
            "total_cost": sum(one.cost for one in enabled),
            "max_total_cost": self.world.max_total_cost,
        }
