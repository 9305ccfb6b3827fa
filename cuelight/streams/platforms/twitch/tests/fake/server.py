"""The server: one port on loopback for Helix, OAuth and the sockets of EventSub.

``async with FakeTwitch(speed=50) as twitch`` starts it; `helix_url`, `oauth_url` and `ws_url` go into the settings.
`grant` gives tokens without the page of consent. What happens there is a call (`say`, `follow`, `gift` …); what goes
wrong is one too: `strike("drop")` by the name of the table, or `fail("POST /helix/chat", "500")` for requests, one
each. `asked`, `delivered` and `sockets` remember everything.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Self

from cuelight.streams.platforms.twitch.tests.fake.control import answer_control
from cuelight.streams.platforms.twitch.tests.fake.eventsub import EventSub
from cuelight.streams.platforms.twitch.tests.fake.faults import ANSWERS, BREAKS, STROKES, Faults
from cuelight.streams.platforms.twitch.tests.fake.happenings import Happenings, Who
from cuelight.streams.platforms.twitch.tests.fake.helix import Helix
from cuelight.streams.platforms.twitch.tests.fake.http import (
    LONGEST_HEAD,
    Answer,
    Asked,
    read_request,
    say_error,
    written,
)
from cuelight.streams.platforms.twitch.tests.fake.oauth import Granted, OAuth
from cuelight.streams.platforms.twitch.tests.fake.sockets import Socket
from cuelight.streams.platforms.twitch.tests.fake.subscriptions import KINDS

#: Every scope that anything here asks for.
ALL_SCOPES = (
    *sorted({kind.scope for kind in KINDS.values()} - {""}),
    "channel:manage:broadcast",
    "moderator:manage:banned_users",
    "moderator:manage:chat_messages",
    "user:write:chat",
)


@dataclass(kw_only=True)
class FakeTwitch(Happenings):
    faults: Faults = field(default_factory=Faults)
    oauth: OAuth = field(init=False)
    helix: Helix = field(init=False)
    #: What the fake itself fell over: leaving it raises them.
    broken: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.oauth = OAuth(self)
        self.eventsub = EventSub(self, self.oauth)
        self.helix = Helix(self, self.oauth)
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        if self.broken:
            broken, self.broken = self.broken, []
            raise ExceptionGroup("the fake fell over", broken)

    @property
    def sockets(self) -> list[Socket]:
        """Every socket there ever was, oldest first."""
        return self.eventsub.sockets

    # From tests.

    def grant(self, *scopes: str, user: Who | None = None) -> Granted:
        """Tokens of a person, the broadcaster if nobody else; with every scope if none is named."""
        return self.oauth.grant(self.user(user or self.broadcaster), scopes or ALL_SCOPES)

    def strike(self, name: str) -> None:
        """The fault of that name happens: now, or to the next that comes."""
        STROKES[name](self)

    def fail(self, key: str, *names: str) -> None:
        """The next requests to a path go wrong like this, one each; "" lets one through. ``key``: "/helix/users",
        "POST /oauth2/token", "/ws"."""
        assert not set(names) - set(ANSWERS) - set(BREAKS) - {""}, names
        self.faults.waiting[key].extend(names)

    def fail_always(self, key: str, name: str) -> None:
        assert name in {*ANSWERS, *BREAKS}, name
        self.faults.always[key] = name

    def calm(self) -> None:
        """Nothing goes wrong any more; what was held back is let go."""
        self.faults = Faults()
        self.eventsub.twice = self.eventsub.extra_fields = False
        self.helix.drops.clear()
        self.eventsub.let_go()

    def expire_tokens(self) -> None:
        """Every access token has ended; refresh tokens are good."""
        self.oauth.expire()

    def hold(self, count: int) -> None:
        """The next notifications wait until there are so many of them, and go out newest first."""
        self.eventsub.to_hold = count

    def remove_app(self, who: Who) -> None:
        """The person disconnects the app: their tokens are void, their subscriptions revoked."""
        user = self.user(who)
        self.oauth.withdraw(user.id)
        self.eventsub.revoke("authorization_revoked", user_id=user.id)

    def about_everybody(self) -> dict[str, str]:
        """What makes every condition of our broadcaster's agree."""
        names = ("broadcaster_user_id", "to_broadcaster_user_id", "user_id", "moderator_user_id")
        return dict.fromkeys(names, self.broadcaster.id)

    async def subscribed(self, *types: str, within: float = 5.0) -> None:
        """Waits until there are enabled subscriptions of these types, whoever made them."""

        def are_there() -> bool:
            return set(types) <= {one.type for one in self.eventsub.subscriptions if one.status == "enabled"}

        await self.until(are_there, within)

    # A connection.

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            with contextlib.suppress(ConnectionError):
                while (asked := await read_request(reader)) and await self._serve(asked, reader, writer):
                    pass
        except Exception as error:
            self.broken.append(error)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection is good for another."""
        if asked.path.startswith("/control/"):
            writer.write(written(answer_control(self, asked)))
            return True
        self.asked.append(asked)
        fault = self.faults.next_for(asked)
        if fault in ANSWERS:
            return self._write(asked, ANSWERS[fault](), writer)
        if fault == "close":
            return False
        if fault == "slow":
            await asyncio.sleep(self.slow_s)
        if asked.is_upgrade():
            return await self._serve_socket(asked, reader, writer, fault)
        answer = await self._answer(asked)
        if fault == "half":
            whole = written(answer)
            writer.write(whole[: max(len(whole) - len(answer.body) // 2 - 1, len(whole) // 2)])
            return False
        if fault == "drip":
            return await self._drip(written(answer), writer)
        return self._write(asked, answer, writer)

    def _write(self, asked: Asked, answer: Answer, writer: asyncio.StreamWriter) -> bool:
        asked.status = answer.status
        writer.write(written(answer))
        return not asked.is_upgrade()

    async def _drip(self, data: bytes, writer: asyncio.StreamWriter) -> bool:
        """Byte by byte, for as long as something slow takes."""
        pause = self.slow_s / max(1, len(data))
        for start in range(len(data)):
            writer.write(data[start : start + 1])
            await writer.drain()
            await asyncio.sleep(pause)
        return False

    async def _serve_socket(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: str
    ) -> bool:
        if asked.path != "/ws":
            return self._write(asked, say_error(404, "Not Found"), writer)
        keepalive = asked.get("keepalive_timeout_seconds")
        if keepalive and not (keepalive.isdigit() and 10 <= int(keepalive) <= 600):
            return self._write(asked, say_error(400, "keepalive_timeout_seconds must be 10 to 600"), writer)
        asked.status = 101
        socket = Socket(len(self.eventsub.sockets) + 1, asked, reader, writer)
        try:
            await self.eventsub.serve(socket, fault)
        finally:
            self.eventsub.leave(socket)
        return False

    async def _answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/helix/"):
            return await self.helix.answer(asked)
        if asked.path.startswith("/oauth2/"):
            return self.oauth.answer(asked)
        if asked.path == "/ws":
            return say_error(400, "this is for WebSockets")
        return say_error(404, "Not Found")
