"""What every platform gives: reading what happens there, and doing things there.

An `Adapter` is made for one account and used by one task. ``read`` runs until it is cancelled: it connects, hands what
it hears to its `Outlet`, and comes back by itself after whatever goes wrong, ever later (`backoff`). It ends with
`NeedsYou` only, when no machine can help. ``Actions`` are single requests that need no connection: any process does
them. Every address is a setting, so that a fake can stand in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from cuelight.errors import CuelightError
from cuelight.streams.events import Event

Status = Literal["connecting", "connected", "reconnecting"]


class NeedsYou(CuelightError):
    """The platform wants a person: to sign in again, to allow something. The sentence says what."""


class Unsupported(CuelightError):
    """The platform has no such thing. The sentence says so."""


class Refused(CuelightError):
    """The platform was asked and said no, or could not be reached. The sentence is for whoever asked."""


@dataclass(frozen=True, slots=True)
class Removal:
    """Messages that are no longer to be seen: one, all of one viewer, or all. ``why``: "deleted", "timeout", "ban",
    "clear", as `moderation` keeps it."""

    why: str
    platform_ids: tuple[str, ...] = ()
    user_id: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the stream is called. None: not said, or not to be changed."""

    title: str | None = None
    category: str | None = None
    category_id: str | None = None
    tags: tuple[str, ...] | None = None


class Outlet(Protocol):
    """Where an adapter puts what it hears. Each returns when it is stored; events that are there already fall out."""

    async def events(self, events: Sequence[Event]) -> None: ...
    async def removed(self, removal: Removal) -> None: ...
    async def status(self, status: Status, sentence: str = "") -> None: ...
    async def live(self, is_live: bool, since: datetime | None = None) -> None: ...
    async def viewers(self, viewers: int | None) -> None: ...
    async def followers(self, followers: int) -> None: ...
    async def metadata(self, metadata: Metadata) -> None: ...


@dataclass(slots=True)
class Account:
    """A studio's account, with its tokens opened. ``tokens`` refreshes them under a lock, for whoever needs one."""

    id: int
    studio_id: int
    platform: str
    channel_id: str
    login: str = ""
    name: str = ""
    scopes: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be done at a platform, so that no page offers what is not there."""

    send: bool = False
    reply: bool = False
    delete: bool = False
    time_out: bool = False
    ban: bool = False
    metadata: bool = False
    start: bool = False
    longest_message: int = 500


class Adapter(Protocol):
    """One account, read."""

    abilities: Abilities

    async def read(self, outlet: Outlet) -> None: ...


class Actions(Protocol):
    """One account, acted upon. Each raises Unsupported, Refused or NeedsYou."""

    async def send(self, text: str, reply_to: str | None = None) -> Event:
        """The message as an event: what comes back from the chat later is a repeat of it."""

    async def delete(self, platform_id: str) -> None: ...
    async def time_out(self, user_id: str, seconds: int) -> None: ...
    async def ban(self, user_id: str) -> None: ...
    async def unban(self, user_id: str) -> None: ...
    async def set_metadata(self, metadata: Metadata) -> None: ...

    async def start(self) -> None:
        """Begins the broadcast, where a platform lets that be asked for."""

    async def stop(self) -> None: ...


class Platform(Protocol):
    """A platform's folder: its words and its makers."""

    key: str
    name: str
    abilities: Abilities

    def adapter(self, account: Account) -> Adapter: ...
    def actions(self, account: Account) -> Actions: ...
