"""Topics ``chat:{studio_id}`` and ``stream:{studio_id}``: what happens on the studio's platforms, and how they do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from cuelight.accounts import access as accounts_access
from cuelight.accounts.channel import StudioChannel
from cuelight.errors import Invalid, NotFound
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.payload import Payload, optional_int, require_choice, require_int, require_text
from cuelight.live.wire import Encoded
from cuelight.streams import accounts, moderation, queries, running, sending
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.contract import Account, Actions

#: Seconds that somebody can be shut out for: two weeks are the longest that platforms take.
LONGEST_TIME_OUT = 14 * 24 * 3600


class StreamsChannel(StudioChannel):
    """What the topics of a studio's streams have in common: who may watch may join."""

    needs = "stream.watch"

    __slots__ = ()

    async def authorise(self) -> None:
        self.access = await accounts_access.access(self.identity, self.id_param("studio_id"))
        self.require(self.needs)
        if self.access.session_id is not None:
            # A token for one session: the chat is the whole studio's.
            raise NotFound()
        self.crew = True


class ChatChannel(StreamsChannel):
    """The chat of all platforms, writing into it, and keeping it clean."""

    topic = "chat:{studio_id}"
    #: Viewers read it on an overlay, too.
    needs = "stream.read_chat"

    __slots__ = ()

    async def join(self, payload: Payload) -> Encoded:
        bodies = await run_db(queries.recent_talk, self.access.studio_id)
        can = {name: self.access.may(f"stream.{name}") for name in ("send", "moderate", "questions")}
        rest = {"last_id": orjson.loads(bodies[-1])["id"] if bodies else 0, "can": can}
        return Encoded(b'{"events":[' + b",".join(bodies) + b"]," + orjson.dumps(rest)[1:])

    @on("older", needs="stream.watch")
    async def older(self, payload: Payload) -> Encoded:
        before = require_int(payload, "before_id", least=1)
        bodies = await run_db(queries.recent_talk, self.access.studio_id, before_id=before)
        return Encoded(b'{"events":[' + b",".join(bodies) + b"]}")

    @on("send", needs="stream.send")
    async def send(self, payload: Payload) -> Payload:
        text = require_text(payload, "text", most=2_000).strip()
        if not text:
            raise Invalid("empty", "There is nothing to send.")
        reply_to = optional_int(payload, "reply_to", least=1)
        sent = await sending.send(self.access.studio_id, text, platforms=_platforms(payload), reply_to=reply_to)
        return {"sent": sent}

    @on("hide", needs="stream.moderate")
    async def hide(self, payload: Payload) -> Payload:
        found = await run_db(
            moderation.hide, self.access.studio_id, require_int(payload, "id", least=1), by=self.access.person_id
        )
        return await self._there(found["platform"], "delete", lambda actions: actions.delete(found["platform_id"]))

    @on("restore", needs="stream.moderate")
    async def restore(self, payload: Payload) -> Payload:
        event_id = require_int(payload, "id", least=1)
        await run_db(moderation.restore, self.access.studio_id, event_id, by=self.access.person_id)
        return {"sentence": ""}

    @on("time_out", needs="stream.moderate")
    async def time_out(self, payload: Payload) -> Payload:
        seconds = require_int(payload, "seconds", least=1, most=LONGEST_TIME_OUT)
        found = await self._shut_out(payload, "timeout", seconds)
        return await self._there(
            found["platform"], "time_out", lambda actions: actions.time_out(found["user_id"], seconds)
        )

    @on("ban", needs="stream.moderate")
    async def ban(self, payload: Payload) -> Payload:
        found = await self._shut_out(payload, "ban", None)
        return await self._there(found["platform"], "ban", lambda actions: actions.ban(found["user_id"]))

    @on("unban", needs="stream.moderate")
    async def unban(self, payload: Payload) -> Payload:
        platform = require_choice(payload, "platform", tuple(registry.here()))
        user_id = require_text(payload, "user_id", most=200)
        await run_db(moderation.let_in, self.access.studio_id, platform, user_id, by=self.access.person_id)
        return await self._there(platform, "ban", lambda actions: actions.unban(user_id))

    async def _shut_out(self, payload: Payload, action: str, seconds: int | None) -> dict[str, Any]:
        event_id = require_int(payload, "id", least=1)
        by = self.access.person_id
        found: dict[str, Any] = await run_db(
            moderation.shut_out, self.access.studio_id, event_id, action, by=by, seconds=seconds
        )
        return found

    async def _there(self, platform: str, ability: str, what: Callable[[Actions], Awaitable[None]]) -> Payload:
        """The same at the platform, after every screen here has it. ``sentence``: why it could not be done there."""
        connected: list[Account] = await run_db(accounts.of_studio, self.access.studio_id)
        account = next((one for one in connected if one.platform == platform), None)
        name = registry.PLATFORMS[platform].name if platform in registry.PLATFORMS else platform
        if account is None:
            return {"sentence": f"Done here only: {name} is not connected."}
        if not getattr(registry.platform(platform).abilities, ability):
            return {"sentence": f"Done here only: {name} has no way to be told."}
        _, why = await sending.attempt(account, what)
        return {"sentence": f"Done here, but not at {name}: {why}" if why else ""}


class StreamChannel(StreamsChannel):
    """How the platforms do, what happens besides the chat, how many watch. Somebody who is on this topic has the
    dashboard open: the studio's platforms are read."""

    topic = "stream:{studio_id}"

    __slots__ = ("_studio_id",)

    async def join(self, payload: Payload) -> Encoded:
        studio_id = self.access.studio_id
        self._studio_id = studio_id
        running.feeds.opened(studio_id)
        return Encoded(await run_db(_snapshot, studio_id))

    async def left(self) -> None:
        if hasattr(self, "_studio_id"):
            running.feeds.closed(self._studio_id)


def _snapshot(studio_id: int) -> bytes:
    accounts.ensure_simulator(studio_id)
    feeds = queries.feeds(studio_id)
    rest = {
        "feeds": feeds,
        "air": queries.air(studio_id),
        "stream": queries.stream(studio_id),
        "viewers": queries.viewers(studio_id),
        "server_time": datetime.now(UTC).isoformat(),
    }
    activity = b",".join(queries.recent_activity(studio_id))
    return b'{"activity":[' + activity + b"]," + orjson.dumps(rest)[1:]


def _platforms(payload: Payload) -> list[str] | None:
    given = payload.get("platforms")
    if given is None:
        return None
    if not isinstance(given, list) or not given or any(not isinstance(one, str) for one in given) or len(given) > 20:
        raise Invalid("invalid", "platforms must be a list of platforms.")
    return given
