"""In a server process: reads the platforms of studios that are watched or on air, and of nobody else.

Each second it looks which accounts are to be read (`leases.wanted`), takes those that no process reads, and stops what
nobody wants any more. A feed that breaks is started again by itself, ever later, and touches no other. Of one that
needs a person nothing is tried until somebody has been there.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

import structlog

from cuelight.live import tasks
from cuelight.live.db import run_db
from cuelight.sessions import queries as sessions
from cuelight.streams import accounts, feed_actions, leases
from cuelight.streams.backoff import Backoff
from cuelight.streams.ingest import Ingest
from cuelight.streams.leases import Key, Wanted
from cuelight.streams.outlet import FeedOutlet
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.contract import Adapter, NeedsYou

log = structlog.get_logger(__name__)

#: Seconds between two looks, and between two renewals of the leases.
LOOK_S, RENEW_S = 1.0, 2.0
#: How long the platforms of a studio are read on after the last dashboard was closed: a reload is no end.
GRACE_S = 5.0
#: Seconds between two looks for broadcasts that are over.
SWEEP_S = 30.0


@dataclass(slots=True)
class Running:
    """An account that this process reads."""

    wanted: Wanted
    task: "asyncio.Task[None]"


@dataclass(slots=True)
class Timing:
    """Seconds; tests are in a hurry."""

    look_s: float = LOOK_S
    renew_s: float = RENEW_S
    grace_s: float = GRACE_S
    lease_s: float = leases.LEASE_S


@dataclass
class Feeds:
    """One process's feeds. Used on the loop's thread only. ``node`` names this process to the others."""

    node: str
    ingest: Ingest
    timing: Timing = field(default_factory=Timing)
    backoff: Callable[[], Backoff] = Backoff

    def __post_init__(self) -> None:
        self.running: dict[Key, Running] = {}
        self._watching: Counter[int] = Counter()
        self._poked = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._renewed_at = monotonic()

    async def start(self) -> None:
        # Before anything is read again: what went on while nobody read is not the broadcast of before.
        await run_db(feed_actions.end_quiet_streams, datetime.now(UTC))
        self._tasks = [asyncio.create_task(self._look()), asyncio.create_task(self._sweep())]

    async def stop(self) -> None:
        """Gives everything back, so that another process can go on at once."""
        await tasks.end(self._tasks)
        running = list(self.running.values())
        await tasks.end([one.task for one in running])
        for one in running:
            with contextlib.suppress(Exception):
                await run_db(leases.release, self.node, one.wanted.key)
        self.running.clear()

    # --- who watches

    def opened(self, studio_id: int) -> None:
        """Somebody opened a dashboard of this studio here."""
        self._watching[studio_id] += 1
        self._poked.set()

    def closed(self, studio_id: int) -> None:
        """One that was opened is closed. The platforms are read on for a while."""
        self._watching[studio_id] -= 1
        if self._watching[studio_id] <= 0:
            del self._watching[studio_id]

    def poke(self) -> None:
        """Something changed that may change what is to be read: look now."""
        self._poked.set()

    # --- what is read

    async def _look(self) -> None:
        while True:
            self._poked.clear()
            try:
                await self._renew()
                await self._follow()
            except Exception:
                log.warning("feeds could not be looked after; trying again", exc_info=True)
            if self.running and monotonic() - self._renewed_at > self.timing.lease_s * 0.8:
                # Another process may begin any moment now, and two must never read the same.
                log.warning("the leases could not be renewed; nothing is read any more", feeds=len(self.running))
                await self._drop(list(self.running))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.timing.look_s):
                    await self._poked.wait()

    async def _renew(self) -> None:
        if monotonic() - self._renewed_at < self.timing.renew_s and self.running:
            return
        started = monotonic()
        if self._watching:
            seconds = self.timing.grace_s + self.timing.renew_s
            await run_db(leases.mark_watched, list(self._watching), seconds)
        ours = await run_db(leases.renew, self.node, list(self.running), self.timing.lease_s)
        self._renewed_at = started
        await self._drop([key for key in self.running if key not in ours])

    async def _follow(self) -> None:
        wanted = {one.key: one for one in await run_db(_wanted)}
        for key, running in list(self.running.items()):
            now = wanted.get(key)
            if now is None:
                await self._drop([key])
                await run_db(feed_actions.switch_off, *key, self.node)
            elif now.revision != running.wanted.revision:
                await self._drop([key])
                self._begin(now)
        free = [one for key, one in wanted.items() if key not in self.running]
        for key in await run_db(leases.take, self.node, [one.key for one in free], self.timing.lease_s):
            self._begin(wanted[key])

    def _begin(self, wanted: Wanted) -> None:
        task = asyncio.create_task(self._keep_reading(wanted))
        self.running[wanted.key] = Running(wanted, task)

    async def _drop(self, keys: list[Key]) -> None:
        await tasks.end([self.running.pop(key).task for key in keys])

    async def _keep_reading(self, wanted: Wanted) -> None:
        """Until it is cancelled, or a person is needed."""
        backoff = self.backoff()
        outlet = FeedOutlet(wanted.studio_id, wanted.platform, self.node, self.ingest)
        while True:
            started = monotonic()
            try:
                adapter = await _adapter(wanted)
                if adapter is None:
                    return
                await adapter.read(outlet)
                why = "It ended."
            except NeedsYou as error:
                log.info("a platform needs somebody", platform=wanted.platform, studio=wanted.studio_id)
                await run_db(feed_actions.needs_you, wanted.account_id, str(error))
                return
            except Exception:
                log.exception("a feed broke; starting it again", platform=wanted.platform, studio=wanted.studio_id)
                why = "Something went wrong here."
            backoff.held(monotonic() - started)
            pause = backoff.next_s()
            with contextlib.suppress(Exception):
                await outlet.status("reconnecting", f"{why} Trying again.")
            await asyncio.sleep(pause)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            try:
                await run_db(feed_actions.end_quiet_streams, datetime.now(UTC))
            except Exception:
                log.warning("broadcasts that are over could not be looked for", exc_info=True)


def _wanted() -> list[Wanted]:
    return leases.wanted(registry.here(), sessions.studios_running())


async def _adapter(wanted: Wanted) -> Adapter | None:
    account = await run_db(accounts.opened, wanted.account_id)
    return None if account is None else registry.platform(account.platform).adapter(account)
