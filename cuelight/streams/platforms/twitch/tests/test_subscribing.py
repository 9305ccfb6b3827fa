"""What Twitch will not tell us is said in words, and the rest goes on."""

import asyncio
from dataclasses import replace

import pytest

from cuelight.streams.models import PlatformAccount
from cuelight.streams.platforms.contract import Account, NeedsYou
from cuelight.streams.platforms.twitch.polling import Rounds
from cuelight.streams.platforms.twitch.subscriptions import BY_TYPE
from cuelight.streams.platforms.twitch.tests.conftest import (
    HASTE,
    TYPES,
    Heard,
    Reading,
    asked_for,
    row_of,
    until,
)
from cuelight.streams.platforms.twitch.tests.fake.oauth import Granted
from cuelight.streams.platforms.twitch.tests.fake.server import ALL_SCOPES, FakeTwitch

SUBSCRIBING = "/helix/eventsub/subscriptions"
FAULTS = (
    "subscribing 400",
    "subscribing 403",
    "subscribing 409",
    "subscribing 429",
    "subscribing 500",
    "one revoked",
    "revoked",
)


@pytest.mark.parametrize("fault", ["subscribing 400", "subscribing 403"])
async def test_one_that_is_refused_is_said_and_not_asked_for_again(
    fault: str, twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    twitch.strike(fault)
    async with reading(heard):
        missing = set(TYPES) - asked_for(twitch)
        assert len(missing) == 1
        assert heard.said("connected") == [f"Twitch does not tell of {BY_TYPE[missing.pop()].says}."]
        assert twitch.count(SUBSCRIBING, "POST") == len(TYPES)
        twitch.follow("ada")
        twitch.say("bo", "hello")
        await until(twitch, lambda: heard.taken)


async def test_one_that_is_there_already_is_fine(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    twitch.strike("subscribing 409")
    async with reading(heard):
        assert heard.said("connected") == [""]
        assert twitch.count(SUBSCRIBING, "POST") == len(TYPES)


async def test_a_limit_is_said_and_asked_about_later_until_it_is_gone(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    twitch.strike("subscribing 429")
    async with reading(heard):
        assert "yet; it is asked again" in heard.said("connected")[0]
        assert twitch.count(SUBSCRIBING, "POST") == len(TYPES), "tried again at once"
        await until(twitch, lambda: asked_for(twitch) == set(TYPES))
        await until(twitch, lambda: heard.said("connected")[-1] == "")
        assert twitch.count(SUBSCRIBING, "POST") == len(TYPES) + 1


async def test_one_that_fails_is_tried_again_after_a_while(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    twitch.strike("subscribing 500")
    async with reading(heard):
        assert asked_for(twitch) == set(TYPES)
        assert heard.said("connected") == [""]
        assert twitch.count(SUBSCRIBING, "POST") == len(TYPES) + 1


async def test_when_nothing_at_all_is_taken_it_begins_anew_after_a_while(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    async with reading(heard):
        twitch.fail_always(f"POST {SUBSCRIBING}", "400")
        twitch.strike("drop")
        await until(twitch, lambda: len(twitch.eventsub.sockets) >= 4)
        twitch.calm()
        await until(twitch, lambda: len(heard.said("connected")) == 2)
        assert asked_for(twitch) == set(TYPES)
    assert min(twitch.gaps("/ws")) > 0.01


async def test_without_a_scope_its_events_are_left_out_and_said(
    twitch: FakeTwitch, reading: Reading, heard: Heard, granted: Granted
) -> None:
    async with reading(heard):
        types = asked_for(twitch)
    assert types == set(TYPES) - {"channel.follow", "channel.cheer", "channel.bits.use"}
    sentence = "Cuelight may not hear of new followers, cheers and power-ups: connect again and allow it all."
    assert heard.said("connected") == [sentence]
    refused = [one for one in twitch.requests(SUBSCRIBING) if one.status != 202]
    assert refused == [], "nobody is asked for what was not allowed"


@pytest.fixture
def granted(request: pytest.FixtureRequest, twitch: FakeTwitch) -> Granted:
    """With everything; for the test of scopes, without two of them."""
    left_out = {"moderator:read:followers", "bits:read"} if "scope" in request.node.name else set()
    return twitch.grant(*(scope for scope in ALL_SCOPES if scope not in left_out))


async def test_one_that_twitch_ends_is_said_and_the_others_go_on(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    async with reading(heard):
        twitch.eventsub.revoke("version_removed", type="channel.follow")
        await until(twitch, lambda: len(heard.said("connected")) == 2)
        assert heard.said("connected")[-1] == "Twitch does not tell of new followers."
        twitch.say("ada", "hello")
        await until(twitch, lambda: heard.taken)
        assert len(twitch.eventsub.sockets) == 1
        assert twitch.count(SUBSCRIBING, "POST") == len(TYPES)


async def test_one_revoked_of_the_table(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard) as task:
        twitch.strike("one revoked")
        await until(twitch, lambda: len(heard.said("connected")) == 2)
        assert heard.said("connected")[-1].startswith("Twitch does not tell of ")
        assert not task.done()


@pytest.mark.parametrize("status", ["authorization_revoked", "user_removed"])
async def test_when_the_account_is_taken_away_a_person_is_needed(
    status: str, twitch: FakeTwitch, reading: Reading, heard: Heard, account: Account
) -> None:
    # Asked for seldom: it is the socket that tells, and not the next question that is refused.
    async with reading(heard, replace(HASTE, rounds=Rounds())) as task:
        await until(twitch, lambda: heard.viewed and heard.followed and heard.named)
        if status == "authorization_revoked":
            twitch.strike("revoked")
        else:
            twitch.eventsub.revoke(status)
        with pytest.raises(NeedsYou, match=r"was removed from this account|no such channel any more"):
            async with asyncio.timeout(10):
                await asyncio.shield(task)
        row = await row_of(account)
        assert row.state == PlatformAccount.State.NEEDS_YOU
        assert row.sentence
        asked = len(twitch.asked)
    async with reading(Heard()) as task:
        with pytest.raises(NeedsYou):
            await task
    assert len(twitch.asked) == asked, "nothing is asked until somebody was there"
