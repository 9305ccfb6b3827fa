"""A platform that does what a test tells it to."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cuelight.streams.events import Event, User
from cuelight.streams.models import PlatformAccount
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.contract import Abilities, Account, Metadata, NeedsYou, Outlet, Refused, Unsupported


class Puppet:
    """``outlets``: of the adapters that read now, one for each process; ``begun``: how many there ever were."""

    def __init__(self, key: str = "puppet") -> None:
        self.key = key
        self.name = key.title()
        self.abilities = Abilities(send=True, reply=True, delete=True, time_out=True, ban=True)
        self.outlets: list[Outlet] = []
        self.begun = 0
        self.breaks: Exception | None = None
        self.done: list[tuple[str, Any]] = []
        self.refuses = ""
        self.wants: NeedsYou | None = None

    def adapter(self, account: Account) -> "Strings":
        return Strings(self)

    def actions(self, account: Account) -> "Hands":
        return Hands(self, account)


class Strings:
    """An adapter that waits."""

    def __init__(self, puppet: Puppet) -> None:
        self.abilities = puppet.abilities
        self._puppet = puppet

    async def read(self, outlet: Outlet) -> None:
        self._puppet.begun += 1
        if self._puppet.breaks is not None:
            raise self._puppet.breaks
        self._puppet.outlets.append(outlet)
        try:
            await outlet.status("connected")
            await asyncio.Event().wait()
        finally:
            self._puppet.outlets.remove(outlet)


class Hands:
    """Does everything, and writes it down."""

    def __init__(self, puppet: Puppet, account: Account) -> None:
        self._puppet = puppet
        self._account = account

    async def send(self, text: str, reply_to: str | None = None) -> Event:
        self._do("send", (text, reply_to))
        return message(f"own-{len(self._puppet.done)}", text, platform=self._puppet.key, user_id="me", roles=("own",))

    async def delete(self, platform_id: str) -> None:
        self._do("delete", platform_id)

    async def time_out(self, user_id: str, seconds: int) -> None:
        self._do("time_out", (user_id, seconds))

    async def ban(self, user_id: str) -> None:
        self._do("ban", user_id)

    async def unban(self, user_id: str) -> None:
        self._do("unban", user_id)

    async def set_metadata(self, metadata: Metadata) -> None:
        self._do("set_metadata", metadata)

    async def start(self) -> None:
        raise Unsupported("unsupported", "A puppet does not start by itself.")

    async def stop(self) -> None:
        raise Unsupported("unsupported", "A puppet does not stop by itself.")

    def _do(self, what: str, value: Any) -> None:
        if self._puppet.wants is not None:
            raise self._puppet.wants
        if self._puppet.refuses:
            raise Refused("refused", self._puppet.refuses)
        self._puppet.done.append((what, value))


@contextmanager
def puppet(key: str = "puppet") -> Iterator[Puppet]:
    """Registered while it lasts."""
    made = Puppet(key)
    registry.PLATFORMS[key] = made
    try:
        yield made
    finally:
        del registry.PLATFORMS[key]


def connect(studio_id: int, key: str = "puppet") -> PlatformAccount:
    return PlatformAccount.objects.create(studio_id=studio_id, platform=key, channel_id="1", name=f"{key} channel")


def message(
    platform_id: str,
    text: str = "gold?",
    *,
    platform: str = "puppet",
    user_id: str = "u1",
    roles: tuple[str, ...] = (),
    **more: Any,
) -> Event:
    user = User(id=user_id, name=f"Viewer {user_id}", roles=roles)
    at = datetime.now(UTC)
    return Event(platform=platform, platform_id=platform_id, kind="chat", at=at, user=user, text=text, **more)


NOBODY_IN = NeedsYou("needs_you", "Sign in again.")
