"""What can be done in the simulated chat: it obeys, and it remembers who may not speak."""

from dataclasses import asdict, replace
from uuid import uuid4

from cuelight.streams.events import Event, User
from cuelight.streams.platforms.contract import Account, Metadata, Refused, Removal, Unsupported
from cuelight.streams.platforms.simulator import memory
from cuelight.streams.platforms.simulator.adapter import ABILITIES
from cuelight.streams.platforms.simulator.clock import REAL, Clock
from cuelight.streams.platforms.simulator.happenings import KEY


class Actions:
    """What can be done in the simulated chat. Only an adapter in the same process hears of it."""

    def __init__(self, account: Account, clock: Clock = REAL) -> None:
        self._account = account
        self._clock = clock
        self._memory = memory.of(account.studio_id)

    async def send(self, text: str, reply_to: str | None = None) -> Event:
        text = text.strip()
        if not text:
            raise Refused("empty", "There is nothing to send.")
        if len(text) > ABILITIES.longest_message:
            raise Refused("too_long", f"A message has at most {ABILITIES.longest_message} characters.")
        account = self._account
        name = account.name or account.login or "Studio"
        event = Event(
            platform=KEY,
            platform_id=f"sim-own-{uuid4().hex}",
            kind="chat",
            at=self._clock.now(),
            channel=account.channel_id,
            user=User(
                id=f"sim-studio-{account.studio_id}", name=name, login=account.login, roles=("broadcaster", "own")
            ),
            text=text,
            detail={"reply_to": reply_to} if reply_to else {},
            rehearsal=True,
        )
        self._memory.said.append(event)
        return event

    async def delete(self, platform_id: str) -> None:
        self._memory.removals.append(Removal("deleted", (platform_id,)))

    async def time_out(self, user_id: str, seconds: int) -> None:
        if seconds < 1:
            raise Refused("too_short", "A time-out lasts a second at least.")
        self._memory.silence(user_id, memory.end_of(self._clock.now(), seconds))
        self._memory.removals.append(Removal("timeout", user_id=user_id))

    async def ban(self, user_id: str) -> None:
        self._memory.silence(user_id)
        self._memory.removals.append(Removal("ban", user_id=user_id))

    async def unban(self, user_id: str) -> None:
        self._memory.free(user_id)

    async def set_metadata(self, metadata: Metadata) -> None:
        """What is None stays as it was."""
        changed = {name: value for name, value in asdict(metadata).items() if value is not None}
        self._memory.metadata = replace(self._memory.metadata, **changed)

    async def start(self) -> None:
        raise Unsupported("unsupported", "A simulated audience is there by itself.")

    async def stop(self) -> None:
        raise Unsupported("unsupported", "A simulated audience stays while somebody looks.")
