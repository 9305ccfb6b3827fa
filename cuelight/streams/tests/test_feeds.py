"""Who reads which platform, from when to when; and that it is never two."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from django.db import connection

from cuelight.accounts.models import Studio
from cuelight.live import db, tasks
from cuelight.live.db import run_db
from cuelight.live.wire import Encoded
from cuelight.sessions import actions as sessions
from cuelight.sessions.models import Session
from cuelight.streams import accounts, leases
from cuelight.streams.backoff import Backoff
from cuelight.streams.feeds import Feeds, Timing
from cuelight.streams.ingest import Ingest
from cuelight.streams.models import Event, Feed, PlatformAccount
from cuelight.streams.tests.puppet import NOBODY_IN, Puppet, connect, message, puppet

pytestmark = pytest.mark.django_db(transaction=True)

FAST = Timing(look_s=0.05, renew_s=0.1, grace_s=0.5, lease_s=1.0)


def quick() -> Backoff:
    return Backoff(first_s=0.02, longest_s=0.1)


class Process:
    """One server process: its way in and its feeds."""

    def __init__(self, node: str) -> None:
        self.told: list[str] = []
        self.ingest = Ingest(db.asyncpg_arguments(), spread=self._tell)
        self.feeds = Feeds(node, self.ingest, FAST, backoff=quick)

    def _tell(self, topic: str, event: str, payload: Encoded) -> None:
        self.told.append(topic)

    async def start(self) -> None:
        await self.ingest.start()
        await self.feeds.start()

    async def stop(self) -> None:
        await self.feeds.stop()
        await self.ingest.stop()

    async def die(self) -> None:
        """As when it is killed: nothing is given back, nobody is told."""
        await tasks.end(self.feeds._tasks)
        await tasks.end([one.task for one in self.feeds.running.values()])
        self.feeds.running.clear()


@pytest.fixture
async def start() -> AsyncIterator[Callable[..., Any]]:
    """Starts a process: ``await start("a")``."""
    async with AsyncExitStack() as stack:

        async def make(node: str = "a") -> Process:
            made = Process(node)
            await made.start()
            stack.push_async_callback(made.stop)
            return made

        yield make


@pytest.fixture
def twitch() -> Iterator[Puppet]:
    with puppet() as made:
        yield made


async def until(condition: Callable[[], bool], timeout_s: float = 8.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def dashboard(process: Process, studio_id: int) -> AsyncIterator[None]:
    process.feeds.opened(studio_id)
    try:
        yield
    finally:
        process.feeds.closed(studio_id)


def status(studio_id: int, platform: str = "puppet") -> str:
    return Feed.objects.get(studio_id=studio_id, platform=platform).status


async def test_a_dashboard_begins_it_and_the_last_one_ends_it_after_a_while(
    start: Any, studio: Studio, twitch: Puppet
) -> None:
    await run_db(connect, studio.pk)
    process = await start()
    assert twitch.begun == 0
    async with dashboard(process, studio.pk):
        async with dashboard(process, studio.pk):
            await until(lambda: len(twitch.outlets) == 1)
        # The second tab is closed, the first is there.
        await asyncio.sleep(FAST.grace_s + FAST.renew_s + 0.3)
        assert len(twitch.outlets) == 1
        await until_it_says(studio.pk, "connected")
    await until(lambda: not twitch.outlets)
    await until_it_says(studio.pk, "off")
    assert twitch.begun == 1


async def until_it_says(studio_id: int, word: str) -> None:
    async with asyncio.timeout(5):
        while await run_db(status, studio_id) != word:
            await asyncio.sleep(0.02)


async def test_a_reload_does_not_begin_it_anew(start: Any, studio: Studio, twitch: Puppet) -> None:
    await run_db(connect, studio.pk)
    process = await start()
    async with dashboard(process, studio.pk):
        await until(lambda: len(twitch.outlets) == 1)
    await asyncio.sleep(FAST.grace_s / 2)
    async with dashboard(process, studio.pk):
        await asyncio.sleep(FAST.grace_s + 0.3)
        assert twitch.begun == 1
        assert len(twitch.outlets) == 1


async def test_a_session_that_runs_needs_no_dashboard(start: Any, studio: Studio, twitch: Puppet) -> None:
    await run_db(connect, studio.pk)
    session_id = await run_db(lambda: sessions.create_session(studio.pk, name="Spring"))
    await start()
    await run_db(lambda: Session.objects.filter(pk=session_id).update(status="live"))
    await until(lambda: len(twitch.outlets) == 1)
    await run_db(lambda: Session.objects.filter(pk=session_id).update(status="complete"))
    await until(lambda: not twitch.outlets)


async def test_a_platform_that_breaks_is_begun_again_and_touches_no_other(
    start: Any, studio: Studio, twitch: Puppet
) -> None:
    await run_db(connect, studio.pk)
    with puppet("broken") as broken:
        broken.breaks = RuntimeError("boom")
        await run_db(connect, studio.pk, "broken")
        process = await start()
        async with dashboard(process, studio.pk):
            await until(lambda: len(twitch.outlets) == 1 and broken.begun >= 4)
            assert await run_db(status, studio.pk, "broken") == "reconnecting"
            broken.breaks = None
            await until(lambda: len(broken.outlets) == 1)
        assert twitch.begun == 1


async def test_one_that_needs_a_person_is_left_alone_until_somebody_was_there(
    start: Any, studio: Studio, twitch: Puppet
) -> None:
    account = await run_db(connect, studio.pk)
    twitch.breaks = NOBODY_IN
    process = await start()
    async with dashboard(process, studio.pk):
        await until(lambda: twitch.begun == 1)

        def state() -> tuple[str, str]:
            account.refresh_from_db()
            return account.state, account.sentence

        async with asyncio.timeout(5):
            while await run_db(state) != ("needs_you", "Sign in again."):
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.4)
        assert twitch.begun == 1
        twitch.breaks = None
        await run_db(lambda: accounts.switch(studio.pk, "puppet", on=True))
        process.feeds.poke()
        await until(lambda: len(twitch.outlets) == 1)


async def test_other_settings_begin_it_anew(start: Any, studio: Studio, twitch: Puppet) -> None:
    await run_db(connect, studio.pk)
    process = await start()
    async with dashboard(process, studio.pk):
        await until(lambda: twitch.begun == 1)
        await run_db(lambda: accounts.switch(studio.pk, "puppet", on=True, rate=5))
        await until(lambda: twitch.begun == 2 and len(twitch.outlets) == 1)


async def test_a_switched_off_platform_and_a_deleted_studio_are_not_read(
    start: Any, studio: Studio, twitch: Puppet
) -> None:
    await run_db(connect, studio.pk)
    process = await start()
    async with dashboard(process, studio.pk):
        await until(lambda: len(twitch.outlets) == 1)
        await run_db(lambda: accounts.switch(studio.pk, "puppet", on=False))
        await until(lambda: not twitch.outlets)
        await run_db(lambda: accounts.switch(studio.pk, "puppet", on=True))
        await until(lambda: len(twitch.outlets) == 1)
        await run_db(delete, studio)
        await until(lambda: not twitch.outlets)


def delete(studio: Studio) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_studio SET deleted_at = now() WHERE id = %s", [studio.pk])


async def test_of_several_processes_one_reads(start: Any, studio: Studio, twitch: Puppet) -> None:
    await run_db(connect, studio.pk)
    processes = [await start(node) for node in "abc"]
    async with AsyncExitStack() as stack:
        for process in processes:
            await stack.enter_async_context(dashboard(process, studio.pk))
        await until(lambda: bool(twitch.outlets))
        await asyncio.sleep(2 * FAST.lease_s)
        assert len(twitch.outlets) == 1
        assert twitch.begun == 1


async def test_when_the_process_that_reads_dies_another_takes_over_and_nothing_is_lost_or_doubled(
    start: Any, studio: Studio, twitch: Puppet
) -> None:
    await run_db(connect, studio.pk)
    first, second = await start("a"), await start("b")
    async with dashboard(first, studio.pk), dashboard(second, studio.pk):
        await until(lambda: len(twitch.outlets) == 1)
        dying, other = (first, second) if first.feeds.running else (second, first)
        await twitch.outlets[0].events([message("1"), message("2")])
        await dying.die()
        died_at = asyncio.get_running_loop().time()
        await until(lambda: len(twitch.outlets) == 1)
        assert asyncio.get_running_loop().time() - died_at < FAST.lease_s + 1.5
        assert other.feeds.running
        # The platform delivers again what it was not sure of.
        await twitch.outlets[0].events([message("2"), message("3")])

    def stored() -> list[str]:
        return list(Event.objects.order_by("id").values_list("platform_id", flat=True))

    assert await run_db(stored) == ["1", "2", "3"]


async def test_a_process_that_stops_gives_it_back_at_once(start: Any, studio: Studio, twitch: Puppet) -> None:
    await run_db(connect, studio.pk)
    first = await start("a")
    async with dashboard(first, studio.pk):
        await until(lambda: len(twitch.outlets) == 1)
        second = await start("b")
        async with dashboard(second, studio.pk):
            await asyncio.sleep(0.2)
            await first.feeds.stop()
            await until(lambda: len(twitch.outlets) == 1, timeout_s=FAST.lease_s * 0.8)
            assert second.feeds.running


async def test_who_lost_its_lease_stops_reading(start: Any, studio: Studio, twitch: Puppet) -> None:
    await run_db(connect, studio.pk)
    process = await start()
    async with dashboard(process, studio.pk):
        await until(lambda: len(twitch.outlets) == 1)
        await until_it_says(studio.pk, "connected")
        stale = twitch.outlets[0]

        def rob() -> None:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE streams_feed SET owner = 'thief', lease_until = now() + interval '1 hour'")

        await run_db(rob)
        await until(lambda: not twitch.outlets)
        # And what it still had to say is not written down.
        await stale.status("reconnecting", "late")
        assert await run_db(status, studio.pk) == "connected"


async def test_two_studios_never_share_a_feed(start: Any, studio: Studio, twitch: Puppet) -> None:
    other = await run_db(lambda: Studio.objects.create(name="Rival", slug="rival"))
    for one in (studio, other):
        await run_db(connect, one.pk)
    process = await start()
    async with dashboard(process, studio.pk):
        await until(lambda: len(twitch.outlets) == 1)
        await twitch.outlets[0].events([message("1")])
        assert process.told == [f"chat:{studio.pk}"]
        assert {key for key, _ in process.feeds.running} == {studio.pk}
    assert await run_db(lambda: list(Event.objects.values_list("studio_id", flat=True))) == [studio.pk]


def test_a_lease_is_taken_once_and_again_when_it_ran_out(studio: Studio) -> None:
    key = (studio.pk, "puppet")
    assert leases.take("a", [key]) == {key}
    assert leases.take("b", [key]) == set()
    assert leases.renew("b", [key]) == set()
    assert leases.renew("a", [key]) == {key}
    Feed.objects.update(lease_until="2020-01-01T00:00Z")
    assert leases.take("b", [key]) == {key}
    assert leases.renew("a", [key]) == set()
    leases.release("b", key)
    assert leases.take("c", [key]) == {key}


def test_only_connected_accounts_of_watched_studios_are_wanted(studio: Studio, twitch: Puppet) -> None:
    account = connect(studio.pk)
    assert leases.wanted(["puppet"], []) == []
    assert [one.account_id for one in leases.wanted(["puppet"], [studio.pk])] == [account.pk]
    leases.mark_watched([studio.pk, 999_999], 5)
    assert [one.key for one in leases.wanted(["puppet"], [])] == [(studio.pk, "puppet")]
    assert leases.wanted(["other"], []) == []
    PlatformAccount.objects.update(state="needs_you")
    assert leases.wanted(["puppet"], []) == []
