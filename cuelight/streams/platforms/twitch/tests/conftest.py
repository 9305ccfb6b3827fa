"""A Twitch to connect with, an account that is connected, and outlets that remember."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.live import db
from cuelight.live.db import run_db
from cuelight.live.wire import Encoded
from cuelight.streams import accounts
from cuelight.streams.backoff import Backoff
from cuelight.streams.events import Event
from cuelight.streams.ingest import Ingest
from cuelight.streams.models import Event as EventRow
from cuelight.streams.models import PlatformAccount
from cuelight.streams.platforms.contract import Account, Metadata, Removal, Status
from cuelight.streams.platforms.twitch import actions, client, tokens
from cuelight.streams.platforms.twitch.asking import Patience
from cuelight.streams.platforms.twitch.polling import Rounds
from cuelight.streams.platforms.twitch.reading import Timing, TwitchAdapter
from cuelight.streams.platforms.twitch.socket import Pace
from cuelight.streams.platforms.twitch.subscriptions import WANTED
from cuelight.streams.platforms.twitch.tests.fake.oauth import Granted
from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.world import CLIENT, SECRET

#: Requests that wait a tenth of what they wait for a reader. Something slow takes the fake longer.
BRIEF = Patience(deadline_s=0.8, attempts=4, first_wait_s=0.05, longest_wait_s=3.0, in_all_s=6.0)
#: The fake says 1 s of keepalive and speaks six times as often.
HASTE = Timing(
    pace=Pace(grace_s=0.5, open_s=2.0, welcome_s=0.8, overlap_s=4.0, subscribe_s=5.0, ask_again_s=0.2),
    rounds=Rounds(stream_s=0.2, followers_s=0.2, channel_s=0.2, validate_s=3600.0),
    patience=BRIEF,
    hurry=BRIEF,
    backoff=lambda: Backoff(0.1, 1.0),
)
TYPES = tuple(wanted.type for wanted in WANTED)


class Heard:
    """An outlet that takes everything as it comes, repeats as well."""

    def __init__(self) -> None:
        self.taken: list[Event] = []
        self.batches: list[int] = []
        self.removals: list[Removal] = []
        self.statuses: list[tuple[Status, str]] = []
        self.lives: list[tuple[bool, datetime | None]] = []
        self.viewed: list[int | None] = []
        self.followed: list[int] = []
        self.named: list[Metadata] = []

    async def events(self, events: Sequence[Event]) -> None:
        self.batches.append(len(events))
        self.taken += events

    async def removed(self, removal: Removal) -> None:
        self.removals.append(removal)

    async def status(self, status: Status, sentence: str = "") -> None:
        self.statuses.append((status, sentence))

    async def live(self, is_live: bool, since: datetime | None = None) -> None:
        self.lives.append((is_live, since))

    async def viewers(self, viewers: int | None) -> None:
        self.viewed.append(viewers)

    async def followers(self, followers: int) -> None:
        self.followed.append(followers)

    async def metadata(self, metadata: Metadata) -> None:
        self.named.append(metadata)

    def texts(self) -> list[str]:
        return [event.text for event in self.taken if event.kind == "chat"]

    def ids(self) -> list[str]:
        return [event.platform_id for event in self.taken]

    def said(self, status: Status) -> list[str]:
        return [sentence for one, sentence in self.statuses if one == status]


class Storing(Heard):
    """The same, that stores, too: what is there already falls out."""

    def __init__(self, ingest: Ingest, studio_id: int) -> None:
        super().__init__()
        self._ingest = ingest
        self._studio_id = studio_id

    async def events(self, events: Sequence[Event]) -> None:
        await super().events(events)
        await self._ingest.put(self._studio_id, events)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What this process remembers of an account must not outlive a test's database."""
    yield
    client._buckets.clear()
    actions._sent.clear()


@pytest.fixture
async def twitch(settings: Settings) -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch(speed=6, keepalive_s=1, slow_s=1.5) as twitch:
        point(settings, twitch)
        yield twitch


def point(settings: Settings, twitch: FakeTwitch) -> None:
    settings.TWITCH_KEYS = (CLIENT, SECRET)
    settings.TWITCH_AUTH_URL = twitch.origin
    settings.TWITCH_API_URL = twitch.helix_url
    settings.TWITCH_EVENTSUB_URL = twitch.ws_url


@pytest.fixture
def granted(twitch: FakeTwitch) -> Granted:
    return twitch.grant()


@pytest.fixture
async def account(transactional_db: None, twitch: FakeTwitch, granted: Granted) -> Account:
    """Connected, in a studio, with tokens that are good."""
    return await run_db(connected, granted)


def connected(granted: Granted, **fields: Any) -> Account:
    studio, _ = Studio.objects.get_or_create(slug="pavoi", defaults={"name": "Pavoi Live"})
    values = {
        "channel_id": granted.user.id,
        "login": granted.user.login,
        "name": granted.user.name,
        "scopes": list(granted.scopes),
        "access_token": tokens.sealed(granted.access),
        "refresh_token": tokens.sealed(granted.refresh),
        "token_ends_at": timezone.now() + timedelta(hours=4),
    }
    row = PlatformAccount.objects.create(studio=studio, platform="twitch", **values | fields)
    found = accounts.opened(row.pk)
    assert found is not None
    return found


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def ingest(transactional_db: None) -> AsyncIterator[Ingest]:
    def nobody(topic: str, event: str, payload: Encoded) -> None: ...

    made = Ingest(db.asyncpg_arguments(), spread=nobody)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def storing(ingest: Ingest, account: Account) -> Storing:
    return Storing(ingest, account.studio_id)


Reading = Callable[..., Any]


@pytest.fixture
def reading(twitch: FakeTwitch, account: Account) -> Reading:
    """``async with reading(heard) as task``: the account is read, and everything was asked for."""

    @asynccontextmanager
    async def read(heard: Heard, timing: Timing = HASTE) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(TwitchAdapter(account, timing).read(heard))
        try:
            await until(twitch, lambda: task.done() or heard.said("connected"))
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    return read


async def until(twitch: FakeTwitch, condition: Callable[[], object], within: float = 10.0) -> None:
    await twitch.until(condition, within=within)


def sockets_open(twitch: FakeTwitch) -> int:
    return len(twitch.eventsub.open_sockets())


def asked_for(twitch: FakeTwitch) -> set[str]:
    """Types of subscriptions that are enabled now."""
    return {one.type for one in twitch.eventsub.subscriptions if one.status == "enabled"}


async def row_of(account: Account) -> PlatformAccount:
    return await run_db(PlatformAccount.objects.get, pk=account.id)


async def stored_ids() -> list[str]:
    return await run_db(lambda: list(EventRow.objects.order_by("id").values_list("platform_id", flat=True)))


def delivered_ids(twitch: FakeTwitch, *types: str) -> list[str]:
    """What stands for what the fake delivered: a chat message's own id, else that of the notification."""
    return [
        str(one.event["message_id"]) if one.type == "channel.chat.message" else one.message_id
        for one in twitch.delivered.values()
        if one.sockets and one.type in types
    ]
