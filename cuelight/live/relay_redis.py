"""The relay over Redis or Valkey pub/sub, when REDIS_URL is set."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import redis
import redis.asyncio
from django.conf import settings
from django.db import connection as django_connection

from cuelight.live import tasks


def channel_name() -> str:
    """Installations may share a Redis; pub/sub knows no database numbers, so the name tells them apart."""
    return f"{settings.REDIS_CHANNEL}:{django_connection.settings_dict['NAME']}"


class RedisCarrier:
    """Payloads may be long, but a part is also what one slow reader must buffer."""

    part_bytes = 256 * 1024

    def __init__(self, url: str, channel: str | None = None) -> None:
        self._url = url
        self._channel = channel or channel_name()
        self._client: redis.asyncio.Redis | None = None
        self._listening: asyncio.Task[None] | None = None

    async def open(self, on_text: Callable[[str], None], on_lost: Callable[[], None]) -> None:
        client = redis.asyncio.Redis.from_url(
            self._url, decode_responses=True, socket_connect_timeout=5, health_check_interval=5
        )
        subscription = client.pubsub(ignore_subscribe_messages=False)
        await subscription.subscribe(self._channel)
        # The confirmation: from here on nothing that is published is missed.
        await subscription.get_message(timeout=5)
        self._client = client
        self._listening = asyncio.create_task(self._listen(subscription, on_text, on_lost))

    async def _listen(
        self, subscription: redis.asyncio.client.PubSub, on_text: Callable[[str], None], on_lost: Callable[[], None]
    ) -> None:
        try:
            # Not listen(): it would reconnect silently, and what was said meanwhile would be missed unnoticed.
            while True:
                message = await subscription.parse_response(block=True)
                if message and message[0] == "message":
                    on_text(message[2])
        except (redis.RedisError, OSError):
            on_lost()
        finally:
            await subscription.aclose()  # type: ignore[no-untyped-call]

    async def send(self, texts: list[str]) -> None:
        if self._client is None:
            raise ConnectionError("not connected")
        pipeline = self._client.pipeline(transaction=False)
        for text in texts:
            pipeline.publish(self._channel, text)
        await pipeline.execute()

    async def close(self) -> None:
        listening, self._listening = self._listening, None
        client, self._client = self._client, None
        if listening is not None:
            await tasks.end([listening])
        if client is not None:
            await client.aclose()


def send_sync(url: str, texts: list[str]) -> None:
    """From a process without a loop."""
    with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
        for text in texts:
            client.publish(channel_name(), text)
