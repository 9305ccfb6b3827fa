"""Tokens are renewed once, whoever finds out that they ended, and kept sealed; without one a person is needed."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from cuelight.live.db import run_db
from cuelight.streams.models import PlatformAccount
from cuelight.streams.platforms.contract import Account, NeedsYou, Refused
from cuelight.streams.platforms.twitch import tokens
from cuelight.streams.platforms.twitch.actions import TwitchActions
from cuelight.streams.platforms.twitch.asking import Asking, Patience
from cuelight.streams.platforms.twitch.client import Client
from cuelight.streams.platforms.twitch.tests.conftest import BRIEF, Heard, Reading, row_of, until
from cuelight.streams.platforms.twitch.tests.fake.oauth import Granted
from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch
from cuelight.streams.platforms.twitch.tokens import Tokens

FAULTS = ("401 once", "401 for ever", "refresh fails", "refresh 500")


async def ask(account: Account, times: int = 1, patience: Patience = BRIEF) -> None:
    """As a process of its own would: with its own tokens and its own connection for the lock."""
    async with Asking(patience) as asking:
        client = Client(asking, Tokens(account.id, patience))
        await asyncio.gather(*(client.get("streams", user_id=account.channel_id) for _ in range(times)))


async def test_several_processes_that_find_out_at_once_renew_once(twitch: FakeTwitch, account: Account) -> None:
    twitch.strike("401 once")
    await asyncio.gather(*(ask(account, times=4) for _ in range(4)))
    assert len(twitch.refreshes()) == 1
    assert twitch.oauth.reused == []
    assert twitch.count("/helix/streams") == 32, "each asked again once"
    # The next time, too: the refresh token that came with the new token is the one that was kept.
    twitch.strike("401 once")
    await asyncio.gather(*(ask(account) for _ in range(3)))
    assert len(twitch.refreshes()) == 2
    assert twitch.oauth.reused == []


async def test_new_tokens_are_kept_sealed_and_together(twitch: FakeTwitch, account: Account, granted: Granted) -> None:
    twitch.strike("401 once")
    await ask(account)
    row = await row_of(account)
    kept = await run_db(tokens.read, account.id)
    assert kept.access_token in twitch.oauth.tokens
    assert kept.refresh_token in twitch.oauth.refreshes
    assert {kept.access_token, kept.refresh_token}.isdisjoint({granted.access, granted.refresh})
    assert kept.access_token not in row.access_token
    assert kept.refresh_token not in row.refresh_token
    assert row.token_ends_at is not None
    assert timedelta(hours=3) < row.token_ends_at - timezone.now() < timedelta(hours=5)


async def test_one_that_is_about_to_end_is_renewed_before_it_is_refused(twitch: FakeTwitch, account: Account) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    await run_db(PlatformAccount.objects.filter(pk=account.id).update, token_ends_at=soon)
    await asyncio.gather(ask(account), ask(account))
    assert len(twitch.refreshes()) == 1
    assert [one.status for one in twitch.requests("/helix")] == [200, 200]


async def test_what_twitch_gave_is_kept_though_nobody_waits_for_it_any_more(
    twitch: FakeTwitch, account: Account, granted: Granted
) -> None:
    twitch.strike("401 once")
    twitch.fail("POST /oauth2/token", "slow")
    asking = asyncio.create_task(ask(account, patience=Patience()))
    await until(twitch, lambda: twitch.refreshes())
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    async def kept() -> str:
        return (await run_db(tokens.read, account.id)).access_token

    while await kept() == granted.access:
        await asyncio.sleep(0.05)
    await ask(account)
    assert twitch.oauth.reused == []
    assert len(twitch.refreshes()) == 1


async def test_a_reading_goes_on_with_the_new_token(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        twitch.strike("401 once")
        await until(twitch, lambda: twitch.refreshes())
        count = twitch.count("/helix/streams")
        await until(twitch, lambda: twitch.count("/helix/streams") > count + 2)
        assert len(twitch.refreshes()) == 1
        assert heard.said("reconnecting") == []


async def test_a_token_that_is_never_taken_is_given_up_after_one_more(
    twitch: FakeTwitch, reading: Reading, heard: Heard, account: Account
) -> None:
    async with reading(heard) as task:
        twitch.strike("401 for ever")
        await asked_for_a_person(twitch, task, account)
    assert len(twitch.refreshes()) == 1


async def test_a_refresh_that_is_refused_is_not_tried_again(
    twitch: FakeTwitch, reading: Reading, heard: Heard, account: Account
) -> None:
    async with reading(heard) as task:
        twitch.strike("refresh fails")
        await asked_for_a_person(twitch, task, account)
        assert len(twitch.refreshes()) == 1
        # And whoever tries now is told at once.
        asked = len(twitch.asked)
        with pytest.raises(NeedsYou, match="Connect the account again"):
            await TwitchActions(account).send("hello")
        assert len(twitch.asked) == asked


async def asked_for_a_person(twitch: FakeTwitch, task: "asyncio.Task[None]", account: Account) -> None:
    with pytest.raises(NeedsYou, match="Connect the account again"):
        async with asyncio.timeout(10):
            await asyncio.shield(task)
    row = await row_of(account)
    assert (row.state, row.sentence) == (
        PlatformAccount.State.NEEDS_YOU,
        "Twitch no longer takes our sign-in. Connect the account again.",
    )


async def test_a_refresh_that_cannot_be_had_just_now_is_tried_later(
    twitch: FakeTwitch, reading: Reading, heard: Heard, account: Account
) -> None:
    async with reading(heard):
        twitch.strike("refresh 500")
        await until(twitch, lambda: len(twitch.refreshes()) == 2)
        count = twitch.count("/helix/streams")
        await until(twitch, lambda: twitch.count("/helix/streams") > count + 2)
    assert twitch.oauth.reused == []
    assert (await row_of(account)).state == PlatformAccount.State.CONNECTED


async def test_a_twitch_that_cannot_refresh_for_long_is_no_reason_to_ask_a_person(
    twitch: FakeTwitch, account: Account
) -> None:
    twitch.strike("401 once")
    twitch.fail_always("POST /oauth2/token", "503")
    with pytest.raises(Refused, match="does not answer"):
        await ask(account)
    assert 2 <= len(twitch.refreshes()) <= BRIEF.attempts
    assert (await row_of(account)).state == PlatformAccount.State.CONNECTED


async def test_keys_that_twitch_does_not_know_are_said_as_such(
    twitch: FakeTwitch, account: Account, settings: Settings
) -> None:
    settings.TWITCH_KEYS = (settings.TWITCH_KEYS[0], "another secret")
    twitch.strike("401 once")
    with pytest.raises(NeedsYou, match="client ID or secret is wrong"):
        await ask(account)


async def test_validation_keeps_what_the_token_allows(twitch: FakeTwitch, account: Account) -> None:
    await run_db(PlatformAccount.objects.filter(pk=account.id).update, scopes=["something:else"])
    said = await Tokens(account.id, BRIEF).validated()
    assert said.user_id == account.channel_id
    assert (await row_of(account)).scopes == list(account.scopes)


async def test_a_token_of_somebody_else_is_not_used(twitch: FakeTwitch, account: Account) -> None:
    await run_db(PlatformAccount.objects.filter(pk=account.id).update, channel_id="4711")
    with pytest.raises(NeedsYou, match="another account"):
        await Tokens(account.id, BRIEF).validated()
    assert (await row_of(account)).state == PlatformAccount.State.NEEDS_YOU


async def test_it_is_validated_at_the_start_and_again(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        assert twitch.count("/oauth2/validate") == 1
        assert [one.headers["authorization"].partition(" ")[0] for one in twitch.requests("/oauth2/validate")] == [
            "OAuth"
        ]


async def test_what_cannot_be_opened_needs_a_person(account: Account) -> None:
    await run_db(PlatformAccount.objects.filter(pk=account.id).update, access_token="sealed elsewhere")
    with pytest.raises(NeedsYou, match="can no longer be read"):
        await Tokens(account.id, BRIEF).current()


async def test_an_account_that_is_gone_says_so(account: Account) -> None:
    await run_db(PlatformAccount.objects.filter(pk=account.id).delete)
    with pytest.raises(NeedsYou, match="No Twitch account is connected"):
        await Tokens(account.id, BRIEF).current()
