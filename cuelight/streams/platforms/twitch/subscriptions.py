"""What Twitch is asked to tell us of, over one session of its WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from cuelight.streams.platforms.contract import NeedsYou, Refused
from cuelight.streams.platforms.twitch import faults
from cuelight.streams.platforms.twitch.client import Client

log = structlog.get_logger(__name__)

READ_CHAT = "user:read:chat"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One type of event. ``conditions`` are all answered with the channel's own id: it reads its own chat, and its
    owner may see what moderators see. ``says``: what is missing without it, in words."""

    type: str
    version: str
    conditions: tuple[str, ...]
    scope: str
    says: str

    def body(self, channel_id: str, session_id: str) -> dict[str, object]:
        return {
            "type": self.type,
            "version": self.version,
            "condition": dict.fromkeys(self.conditions, channel_id),
            "transport": {"method": "websocket", "session_id": session_id},
        }


_CHANNEL, _CHAT = ("broadcaster_user_id",), ("broadcaster_user_id", "user_id")
WANTED = (
    Wanted("channel.chat.message", "1", _CHAT, READ_CHAT, "the chat"),
    Wanted("channel.chat.message_delete", "1", _CHAT, READ_CHAT, "deleted messages"),
    Wanted("channel.chat.clear", "1", _CHAT, READ_CHAT, "a cleared chat"),
    Wanted("channel.chat.clear_user_messages", "1", _CHAT, READ_CHAT, "messages of viewers who were shut out"),
    Wanted("stream.online", "1", _CHANNEL, "", "when the stream begins"),
    Wanted("stream.offline", "1", _CHANNEL, "", "when the stream ends"),
    Wanted("channel.update", "2", _CHANNEL, "", "changes of the title"),
    Wanted("channel.raid", "1", ("to_broadcaster_user_id",), "", "raids"),
    Wanted(
        "channel.follow", "2", ("broadcaster_user_id", "moderator_user_id"), "moderator:read:followers", "new followers"
    ),
    Wanted("channel.subscribe", "1", _CHANNEL, "channel:read:subscriptions", "subscriptions"),
    Wanted("channel.subscription.gift", "1", _CHANNEL, "channel:read:subscriptions", "gifted subscriptions"),
    Wanted("channel.subscription.message", "1", _CHANNEL, "channel:read:subscriptions", "renewed subscriptions"),
    Wanted("channel.cheer", "1", _CHANNEL, "bits:read", "cheers"),
    Wanted("channel.bits.use", "1", _CHANNEL, "bits:read", "power-ups"),
    Wanted("channel.ban", "1", _CHANNEL, "channel:moderate", "bans"),
)
BY_TYPE = {wanted.type: wanted for wanted in WANTED}


@dataclass(slots=True)
class Outcome:
    """How asking went. ``unallowed``: nobody has let us; ``refused``: Twitch does not do it; ``later``: it may work
    yet, ``fault`` says why not now."""

    made: list[Wanted] = field(default_factory=list)
    unallowed: list[Wanted] = field(default_factory=list)
    refused: list[Wanted] = field(default_factory=list)
    later: list[Wanted] = field(default_factory=list)
    fault: Refused | None = None

    def settle(self, again: Outcome) -> None:
        """What came of asking for ``later`` again."""
        self.made += again.made
        self.unallowed += again.unallowed
        self.refused += again.refused
        self.later, self.fault = again.later, again.fault

    def ended(self, wanted: Wanted) -> None:
        """Twitch will not tell of it any more."""
        self.made = [one for one in self.made if one is not wanted]
        if wanted not in self.refused:
            self.refused.append(wanted)

    def sentence(self) -> str:
        """What we are not told of, in words; nothing when that is nothing."""
        said = []
        if self.unallowed:
            said.append(f"Cuelight may not hear of {_listed(self.unallowed)}: connect again and allow it all.")
        if self.refused:
            said.append(f"Twitch does not tell of {_listed(self.refused)}.")
        if self.later:
            said.append(f"Twitch does not tell of {_listed(self.later)} yet; it is asked again.")
        return " ".join(said)


async def subscribe(
    client: Client, channel_id: str, session_id: str, scopes: Iterable[str], wanted: Sequence[Wanted] = WANTED
) -> Outcome:
    """Asks for all at once: Twitch closes a socket that nothing was asked for within ten seconds. Raises NeedsYou."""
    held, outcome = frozenset(scopes), Outcome()
    allowed = [one for one in wanted if not one.scope or one.scope in held]
    outcome.unallowed = [one for one in wanted if one not in allowed]
    results = await asyncio.gather(
        *(_asked(client, one, channel_id, session_id) for one in allowed), return_exceptions=True
    )
    for one, result in zip(allowed, results, strict=True):
        _sort(outcome, one, result)
    if outcome.fault is not None:
        left_out = [one.type for one in outcome.refused + outcome.later]
        log.warning("Twitch does not tell us of everything", left_out=left_out, why=str(outcome.fault))
    return outcome


async def _asked(client: Client, wanted: Wanted, channel_id: str, session_id: str) -> None:
    # 409: it is there already. That is what was wanted. A 429 that does not say how long is no hurry: it is the limit
    # of subscriptions, which is reached for a while when the session before is not forgotten yet.
    body = wanted.body(channel_id, session_id)
    await client.ask("POST", "eventsub/subscriptions", {}, body, fine=(409,), is_hurried=False)


def _sort(outcome: Outcome, wanted: Wanted, result: BaseException | None) -> None:
    match result:
        case None:
            outcome.made.append(wanted)
        case faults.Away():
            outcome.later.append(wanted)
            outcome.fault = result
        case NeedsYou(reason="scope_missing"):
            outcome.unallowed.append(wanted)
        case Refused():
            outcome.refused.append(wanted)
            outcome.fault = outcome.fault or result
        case _:
            raise result


def _listed(wanted: Iterable[Wanted]) -> str:
    says = list(dict.fromkeys(one.says for one in wanted))
    return " and ".join([", ".join(says[:-1]), says[-1]]) if len(says) > 1 else says[0]
