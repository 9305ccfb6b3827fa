"""What Twitch tells only when it is asked: viewers, followers, the title, and whether the channel is live at all.

A failure here ends nothing but this one question; the next time it is asked again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from cuelight.streams.backoff import Backoff
from cuelight.streams.platforms.contract import Account, Metadata, NeedsYou
from cuelight.streams.platforms.twitch import wire
from cuelight.streams.platforms.twitch.client import Client
from cuelight.streams.platforms.twitch.delivering import Followers, Told, Viewers
from cuelight.streams.platforms.twitch.tokens import Tokens
from cuelight.streams.platforms.twitch.wire import Live

log = structlog.get_logger(__name__)

#: Seconds after ``stream.online`` or ``stream.offline`` in which the list of streams may still say the opposite.
LAG_S = 180.0

Put = Callable[[Told], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rounds:
    """Seconds between two questions of a kind."""

    stream_s: float = 30.0
    followers_s: float = 120.0
    channel_s: float = 300.0
    validate_s: float = 3_600.0


class Air:
    """Whether the channel is live, of what is told at once and what is asked for late. Says only what is new."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._is_live: bool | None = None
        self._told_at: float | None = None

    def told(self, live: Live) -> Live | None:
        """By an event: it is so. None: that was known."""
        self._told_at = self._clock()
        return self._new(live)

    def asked(self, live: Live) -> Live | None:
        """By the list of streams, which lags behind the events. None: known, or not to be believed yet."""
        is_late = self._told_at is not None and self._clock() - self._told_at < LAG_S
        return None if is_late and live.is_live != self._is_live else self._new(live)

    def _new(self, live: Live) -> Live | None:
        was, self._is_live = self._is_live, live.is_live
        return live if was is not live.is_live else None


class Polling:
    """The questions about one channel."""

    def __init__(self, account: Account, client: Client, tokens: Tokens, put: Put, air: Air, rounds: Rounds) -> None:
        self._account = account
        self._client = client
        self._tokens = tokens
        self._put = put
        self._air = air
        self._rounds = rounds

    async def run(self) -> None:
        """Asks until it is cancelled. Raises NeedsYou."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again(self._ask_stream, self._rounds.stream_s))
            group.create_task(self._again(self._ask_followers, self._rounds.followers_s))
            group.create_task(self._again(self._ask_channel, self._rounds.channel_s))
            group.create_task(self._again(self._validate, self._rounds.validate_s, at_once=False))

    async def _again(self, ask: Callable[[], Awaitable[None]], every_s: float, *, at_once: bool = True) -> None:
        backoff = Backoff(every_s, every_s * 8)
        if not at_once:
            await asyncio.sleep(every_s)
        while True:
            try:
                await ask()
                backoff.failures = 0
                wait_s = every_s
            except NeedsYou as why:
                if why.reason != "scope_missing":
                    raise
                return  # this one thing we may not ask
            except Exception as error:
                log.info("Twitch did not answer a question", what=ask.__name__, why=repr(error))
                wait_s = max(backoff.next_s(), every_s / 2)
            await asyncio.sleep(wait_s)

    async def _ask_stream(self) -> None:
        said = await self._client.get("streams", user_id=self._account.channel_id)
        stream = _first(said)
        is_live = stream.get("type") == "live"
        viewers = _number(stream, "viewer_count")
        if new := self._air.asked(Live(is_live, _time(stream) if is_live else None)):
            await self._put(new)
        await self._put(Viewers(viewers if is_live else None))

    async def _ask_followers(self) -> None:
        said = await self._client.get("channels/followers", broadcaster_id=self._account.channel_id)
        total = _number(said, "total")
        if total is not None:
            await self._put(Followers(total))

    async def _ask_channel(self) -> None:
        channel = _first(await self._client.get("channels", broadcaster_id=self._account.channel_id))
        if not channel:
            return
        tags = channel.get("tags")
        await self._put(
            Metadata(
                title=_said(channel, "title"),
                category=_said(channel, "game_name"),
                category_id=_said(channel, "game_id"),
                tags=tuple(tag for tag in tags if isinstance(tag, str))[:10] if isinstance(tags, list) else None,
            )
        )

    async def _validate(self) -> None:
        await self._tokens.validated()


def _first(said: dict[str, Any]) -> dict[str, Any]:
    data = said.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}


def _number(said: dict[str, Any], name: str) -> int | None:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return min(value, wire.MOST)


def _said(channel: dict[str, Any], name: str) -> str | None:
    value = channel.get(name)
    return value[:300] if isinstance(value, str) else None


def _time(stream: dict[str, Any]) -> datetime | None:
    return wire.time_of(stream.get("started_at"))
