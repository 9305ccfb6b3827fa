"""Reading a chat that nobody writes: the audience's, or a recording's, told as a real platform would tell it.

``settings`` of the account: ``rate`` (messages a second), ``seed``, or ``recording`` (a file's name), ``speed`` and
``title``, what the recording is called.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Protocol

import msgspec
import structlog
from msgspec import Meta, Struct

from cuelight.errors import Invalid
from cuelight.streams.backoff import Backoff
from cuelight.streams.events import Event
from cuelight.streams.platforms.contract import Abilities, Account, NeedsYou, Outlet
from cuelight.streams.platforms.simulator import files, memory, recording
from cuelight.streams.platforms.simulator.audience import Audience
from cuelight.streams.platforms.simulator.clock import REAL, Clock
from cuelight.streams.platforms.simulator.moments import Moment, OnAir, Said
from cuelight.streams.platforms.simulator.on_air import Lookout

log = structlog.get_logger(__name__)

ABILITIES = Abilities(send=True, reply=True, delete=True, time_out=True, ban=True, metadata=True, longest_message=500)
#: Seconds between two ticks, and between two counts of viewers.
TICK_S, VIEWERS_S = 0.25, 5.0
#: Who follows a studio before its first show.
FOLLOWERS = 1_840
#: Seconds between two words about how far a recording is.
FAR_S = 5.0

Look = Callable[[], Awaitable[OnAir | None]]


class Settings(Struct, frozen=True):
    """Of an account. More than 100 messages a second are for measuring, no person reads them: in the first minutes,
    while the audience comes, it is half of the rate."""

    rate: Annotated[float, Meta(ge=0.2, le=5_000)] = 1.5
    seed: Annotated[int, Meta(ge=0, le=2**53)] = 1
    recording: str | None = None
    speed: Annotated[float, Meta(ge=1, le=20)] = 1.0
    title: str = ""


class Source(Protocol):
    """The audience, or a recording."""

    @property
    def is_over(self) -> bool: ...
    def says(self, second: float) -> str: ...
    def tick(self, moment: Moment) -> list[Event]: ...
    def viewers(self, moment: Moment) -> int | None: ...


class Adapter:
    """One studio's simulated chat, read. ``look`` says what is on air."""

    abilities = ABILITIES

    def __init__(self, account: Account, look: Look | None = None, clock: Clock = REAL) -> None:
        self._account = account
        self._clock = clock
        self._look = look or Lookout(account.studio_id, clock)
        self._memory = memory.of(account.studio_id)
        self._on_air: OnAir | None = None
        self._sees = True
        self._followers = FOLLOWERS
        #: Made, and not handed over yet.
        self._made: list[Event] = []

    async def read(self, outlet: Outlet) -> None:
        """Runs until it is cancelled. Raises NeedsYou for settings or a recording that cannot be used."""
        settings = settings_of(self._account)
        source = await self._source(settings)
        self._memory.take_said()  # before it came
        backoff, came = Backoff(), self._clock.seconds()
        while True:
            began = self._clock.seconds()
            try:
                await self._begin(outlet, source.says(self._clock.seconds() - came))
                await self._play(outlet, source, came)
            except Invalid as error:  # a recording that was changed meanwhile
                raise NeedsYou(error.reason, error.message) from error
            except Exception:
                # Where events go is away, most likely. What is not stored yet is handed over again.
                log.exception("simulator_failed", studio_id=self._account.studio_id)
            backoff.held(self._clock.seconds() - began)
            with suppress(Exception):
                await outlet.status("reconnecting", "Something went wrong here; trying again.")
            await self._clock.sleep(backoff.next_s())

    async def _source(self, settings: Settings) -> Source:
        run, channel = mark(self._clock.now()), self._account.channel_id
        if settings.recording is None:
            return Audience(settings.seed, settings.rate, run=run, channel=channel)
        path = files.of(self._account.studio_id, settings.recording)
        try:
            measured = await asyncio.to_thread(recording.measure, path)
            return recording.Replay(
                recording.read(path),
                run=run,
                speed=settings.speed,
                channel=channel,
                name=settings.title or path.stem,
                length_s=measured.seconds,
            )
        except Invalid as error:
            raise NeedsYou(error.reason, error.message) from error

    async def _begin(self, outlet: Outlet, sentence: str) -> None:
        await outlet.status("connecting")
        await outlet.status("connected", sentence)
        await outlet.live(True, self._clock.now())
        await outlet.metadata(self._memory.metadata)

    async def _play(self, outlet: Outlet, source: Source, came: float) -> None:
        told, counts_at, is_live = self._memory.metadata, 0.0, True
        far_at, says = 0.0, source.says(self._clock.seconds() - came)
        while True:
            moment = await self._moment(self._clock.seconds() - came)
            self._made += source.tick(moment)
            await self._hand_over(outlet)
            if self._memory.metadata != told:
                told = self._memory.metadata
                await outlet.metadata(told)
            if moment.second >= counts_at:
                counts_at = moment.second + VIEWERS_S
                await outlet.viewers(source.viewers(moment) if is_live else None)
                await outlet.followers(self._followers)
            if is_live and source.is_over:
                is_live = False
                await outlet.live(False)
                await outlet.status("connected", recording.OVER)
            elif is_live and moment.second >= far_at:
                far_at = moment.second + FAR_S
                if (now := source.says(moment.second)) != says:
                    says = now
                    await outlet.status("connected", says)
            await self._clock.sleep(TICK_S)

    async def _hand_over(self, outlet: Outlet) -> None:
        if self._made:
            await outlet.events(self._made)
            self._followers += sum(event.kind == "follow" for event in self._made)
            self._made = []
        while self._memory.removals:
            await outlet.removed(self._memory.removals[0])
            self._memory.removals.popleft()

    async def _moment(self, second: float) -> Moment:
        """Now, as the audience is told of it. What the studio said is told back, as platforms do."""
        try:
            self._on_air, self._sees = await self._look(), True
        except Exception as error:
            if self._sees:  # said once, not four times a second
                log.warning("simulator_sees_nothing", studio_id=self._account.studio_id, error=str(error))
            self._sees = False
        now = self._clock.now()
        echoes = self._memory.take_said()
        self._made += echoes
        said = tuple(Said(event.platform_id, event.text) for event in echoes)
        return Moment(second, now, self._on_air, said, self._memory.silent(now))


def settings_of(account: Account) -> Settings:
    """Raises NeedsYou."""
    given = {name: account.settings[name] for name in Settings.__struct_fields__ if name in account.settings}
    try:
        return msgspec.convert(given, Settings)
    except msgspec.ValidationError as error:
        sentence = (
            "The settings of the simulated audience cannot be used: rate is 0.2 to 5000, seed a whole number,"
            " recording the name of a file, speed 1 to 20."
        )
        raise NeedsYou("settings", sentence) from error


def mark(now: datetime) -> str:
    """What tells one run from the others of the same seed: its beginning, in milliseconds, shortly written."""
    number, letters = int(now.timestamp() * 1000), ""
    while number:
        number, digit = divmod(number, 36)
        letters = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + letters
    return letters
