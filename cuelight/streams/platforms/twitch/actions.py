"""What is done at Twitch: writing, moderating, naming the stream. Single requests; any process does them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from cuelight.streams.events import Event, Fragment, User, bounded
from cuelight.streams.platforms.contract import Account, Metadata
from cuelight.streams.platforms.twitch import faults
from cuelight.streams.platforms.twitch.asking import PERSON, Asking, Patience
from cuelight.streams.platforms.twitch.client import Client, bucket_of
from cuelight.streams.platforms.twitch.tokens import Tokens
from cuelight.streams.platforms.twitch.wire import PLATFORM

#: UTF-16 code units would be more than Twitch counts for an emoji, and letters what it counts.
LONGEST_MESSAGE = 500
LONGEST_TITLE, MOST_TAGS, LONGEST_TAG = 140, 10, 25
#: The longest that somebody can be timed out, in seconds: two weeks.
LONGEST_TIME_OUT_S = 1_209_600
#: Messages that one process sends within so many seconds. Twitch mutes an account for half an hour that writes more
#: than a hundred in thirty seconds; other processes and the account's own owner write, too.
MOST_SENT, WITHIN_S = 50, 30.0

_sent: dict[int, deque[float]] = {}


class TwitchActions:
    """`contract.Actions` of one account. A person waits for each."""

    def __init__(self, account: Account, patience: Patience = PERSON) -> None:
        self.account = account
        self._patience = patience

    async def send(self, text: str, reply_to: str | None = None) -> Event:
        """Raises Refused also when Twitch answers that all is well and that it did not send it."""
        text = " ".join(text.split())
        if not text:
            raise faults.empty()
        if len(text) > LONGEST_MESSAGE:
            raise faults.too_long(len(text), LONGEST_MESSAGE)
        _count_sent(self.account.id)
        body = {"broadcaster_id": self.account.channel_id, "sender_id": self.account.channel_id, "message": text}
        if reply_to:
            body["reply_parent_message_id"] = reply_to
        async with self._client() as client:
            try:
                # Not repeatable: where the answer is lost, the message may stand in the chat already.
                answer = await client.ask("POST", "chat/messages", {}, body, is_repeatable=False)
            except faults.Away as fault:
                raise (faults.perhaps_sent() if fault.was_done else fault) from fault
        return self._as_event(text, reply_to, _first(answer.json()))

    async def delete(self, platform_id: str) -> None:
        async with self._client() as client:
            # 404: it is gone already. That is what was wanted.
            await client.ask("DELETE", "moderation/chat", self._moderating(message_id=platform_id), fine=(404,))

    async def time_out(self, user_id: str, seconds: int) -> None:
        duration = min(max(seconds, 1), LONGEST_TIME_OUT_S)
        await self._shut_out({"user_id": user_id, "duration": duration})

    async def ban(self, user_id: str) -> None:
        await self._shut_out({"user_id": user_id})

    async def unban(self, user_id: str) -> None:
        async with self._client() as client:
            await client.ask("DELETE", "moderation/bans", self._moderating(user_id=user_id))

    async def set_metadata(self, metadata: Metadata) -> None:
        """Changes what is said. A category goes by its id, or by its name as Twitch has it."""
        body = _checked(metadata)
        async with self._client() as client:
            if metadata.category_id is not None:
                body["game_id"] = metadata.category_id
            elif metadata.category is not None:
                body["game_id"] = await _category_id(client, metadata.category) if metadata.category.strip() else ""
            if body:
                await client.ask("PATCH", "channels", {"broadcaster_id": self.account.channel_id}, body)

    async def start(self) -> None:
        raise faults.encoder_decides()

    async def stop(self) -> None:
        raise faults.encoder_decides()

    async def _shut_out(self, who: dict[str, Any]) -> None:
        async with self._client() as client:
            await client.ask("POST", "moderation/bans", self._moderating(), {"data": who})

    def _moderating(self, **more: str) -> dict[str, str]:
        return {"broadcaster_id": self.account.channel_id, "moderator_id": self.account.channel_id, **more}

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Client]:
        async with Asking(self._patience) as asking:
            yield Client(asking, Tokens(self.account.id, self._patience), bucket_of(self.account.id))

    def _as_event(self, text: str, reply_to: str | None, said: dict[str, Any]) -> Event:
        reason = said.get("drop_reason")
        reason = reason if isinstance(reason, dict) else {}
        message_id = said.get("message_id")
        if said.get("is_sent") is not True:
            raise faults.not_sent(str(reason.get("code") or ""), str(reason.get("message") or ""))
        if not isinstance(message_id, str) or not message_id:
            raise faults.perhaps_sent()
        account = self.account
        return bounded(
            Event(
                platform=PLATFORM,
                platform_id=message_id,
                kind="chat",
                at=datetime.now(UTC),
                channel=account.channel_id,
                user=User(
                    id=account.channel_id,
                    login=account.login,
                    name=account.name or account.login,
                    roles=("broadcaster", "own"),
                ),
                text=text,
                fragments=(Fragment(type="text", text=text),),
                detail={"reply_to": reply_to} if reply_to else {},
            )
        )


async def _category_id(client: Client, name: str) -> str:
    """Of the category with this name. Raises Refused with the nearest, when there is none."""
    said = await client.get("search/categories", query=name.strip())
    data = said.get("data")
    found = [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    for one in found:
        if str(one.get("name", "")).casefold() == name.strip().casefold() and one.get("id"):
            return str(one["id"])
    raise faults.no_such_category(name.strip()[:100], str(found[0].get("name", ""))[:100] if found else "")


def _checked(metadata: Metadata) -> dict[str, Any]:
    """What can be changed without asking first. Raises Refused for what Twitch would not take."""
    body: dict[str, Any] = {}
    if metadata.title is not None:
        title = " ".join(metadata.title.split())
        if not 1 <= len(title) <= LONGEST_TITLE:
            raise faults.bad_metadata(f"A title at Twitch has 1 to {LONGEST_TITLE} characters; this has {len(title)}.")
        body["title"] = title
    if metadata.tags is not None:
        if len(metadata.tags) > MOST_TAGS or any(not tag.isalnum() or len(tag) > LONGEST_TAG for tag in metadata.tags):
            raise faults.bad_metadata(
                f"Twitch takes up to {MOST_TAGS} tags of letters and digits, each of {LONGEST_TAG} at most."
            )
        body["tags"] = list(metadata.tags)
    return body


def _count_sent(account_id: int) -> None:
    now = time.monotonic()
    sent = _sent.setdefault(account_id, deque(maxlen=MOST_SENT))
    if len(sent) == MOST_SENT and now - sent[0] < WITHIN_S:
        raise faults.too_fast()
    sent.append(now)


def _first(said: dict[str, Any]) -> dict[str, Any]:
    data = said.get("data")
    return data[0] if isinstance(data, list) and data and isinstance(data[0], dict) else {}
