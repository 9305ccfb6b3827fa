"""The fake, in a hurry, and the barest client with every scope."""

from collections.abc import AsyncIterator

import pytest

from cuelight.streams.platforms.twitch.tests.fake import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.bare import Bare


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch(speed=20, slow_s=0.4) as twitch:
        yield twitch


@pytest.fixture
async def bare(twitch: FakeTwitch) -> AsyncIterator[Bare]:
    async with Bare(twitch, twitch.grant()) as bare:
        yield bare
