"""Requests that go wrong: again where it helps, later when it is asked for, never in a hot loop, never for ever."""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest
from pytest_django import Settings

from cuelight.streams.platforms.contract import Account, Refused
from cuelight.streams.platforms.twitch import asking as asking_module
from cuelight.streams.platforms.twitch import faults
from cuelight.streams.platforms.twitch.asking import PERSON, Asking, retry_after_s
from cuelight.streams.platforms.twitch.client import Bucket, Client
from cuelight.streams.platforms.twitch.tests.conftest import BRIEF
from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch
from cuelight.streams.platforms.twitch.tokens import Tokens

#: Faults of a request that pass, and how often each is made until it does.
PASSES = {
    "429 with a wait": 2,
    "429 with a reset": 2,
    "429 alone": 2,
    "500": 3,
    "503": 2,
    "slow": 2,
    "dribble": 2,
    "hang up": 2,
    "half an answer": 2,
    "HTML": 2,
    "list": 2,
}


@pytest.fixture
async def client(twitch: FakeTwitch, account: Account) -> AsyncIterator[Client]:
    async with Asking(BRIEF) as asking:
        yield Client(asking, Tokens(account.id, BRIEF))


@pytest.mark.parametrize("fault", PASSES)
async def test_a_fault_that_passes_is_waited_for(fault: str, twitch: FakeTwitch, client: Client) -> None:
    twitch.go_online(viewers=12)
    twitch.strike(fault)
    started = time.time()
    said = await client.get("streams", user_id=twitch.broadcaster.id)
    assert said["data"][0]["viewer_count"] == 12
    assert twitch.count("/helix/streams") == PASSES[fault]
    gaps = twitch.gaps("/helix/streams")
    assert all(gap >= 0.004 for gap in gaps)
    if fault == "429 with a wait":
        assert gaps[0] >= 1.0
    if fault == "429 with a reset":
        # It names a whole second, the second after the next one.
        assert time.time() >= int(started) + 2


@pytest.mark.parametrize("answer", ["html", "list", "garbage"])
async def test_an_answer_that_never_makes_sense_is_said_to_make_none(
    answer: str, twitch: FakeTwitch, client: Client
) -> None:
    twitch.fail_always("/helix", answer)
    with pytest.raises(Refused, match="cannot be read"):
        await client.get("streams", user_id="1")
    assert twitch.count("/helix/streams") == BRIEF.attempts


async def test_a_fault_that_stays_ends_with_a_sentence(twitch: FakeTwitch, client: Client) -> None:
    twitch.fail_always("/helix", "500")
    with pytest.raises(Refused, match="Twitch does not answer just now"):
        await client.get("streams", user_id="1")
    gaps = twitch.gaps("/helix/streams")
    assert len(gaps) == BRIEF.attempts - 1
    assert len({round(gap, 3) for gap in gaps}) > 1, "all waited the same"


async def test_a_wait_that_is_too_long_is_not_waited(twitch: FakeTwitch, client: Client) -> None:
    twitch.fail_always("/helix", "429 for ever")
    with pytest.raises(Refused, match="Try again in 86400 seconds"):
        async with asyncio.timeout(2):
            await client.get("streams", user_id="1")
    assert twitch.count("/helix/streams") == 1


@pytest.mark.parametrize(("answer", "status"), [("400", 400), ("403", 403), ("404", 404)])
async def test_a_refusal_is_not_asked_again(answer: str, status: int, twitch: FakeTwitch, client: Client) -> None:
    twitch.fail_always("/helix", answer)
    with pytest.raises(Refused, match="Twitch refuses this: "):
        await client.get("streams", user_id="1")
    assert [one.status for one in twitch.requests("/helix")] == [status]
    assert twitch.refreshes() == []


async def test_both_headers_go_with_every_request(twitch: FakeTwitch, client: Client) -> None:
    await client.get("streams", user_id="1")
    (asked,) = twitch.requests("/helix")
    assert asked.headers["authorization"].startswith("Bearer ")
    assert asked.headers["client-id"] == twitch.client_id


async def test_an_empty_bucket_is_waited_for_before_it_is_said(twitch: FakeTwitch, account: Account) -> None:
    twitch.points = 8
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(seconds)

    async with Asking(asking_module.READER, sleep=sleep) as asking:
        client = Client(asking, Tokens(account.id, BRIEF))
        for _ in range(6):
            await client.get("streams", user_id="1")
    assert slept, "it never waited"
    assert {one.status for one in twitch.requests("/helix")} == {200}, "it had to be told"


async def test_somebody_who_waits_is_told_how_long_instead(twitch: FakeTwitch, account: Account) -> None:
    bucket = Bucket(remaining=0, full_at=time.monotonic() + 40)
    async with Asking(PERSON) as asking:
        client = Client(asking, Tokens(account.id, BRIEF), bucket)
        with pytest.raises(faults.Away, match=r"Try again in (39|40) seconds"):
            await client.get("streams", user_id="1")
    assert twitch.asked == []


async def test_a_token_goes_nowhere_but_where_the_settings_say(
    twitch: FakeTwitch, client: Client, settings: Settings
) -> None:
    """What answers sends us on to another place, which is not followed."""

    async def send_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 302 Found\r\nLocation: {twitch.origin}/helix/users\r\n\r\n".encode())
        writer.close()

    async with await asyncio.start_server(send_on, "127.0.0.1", 0) as server:
        settings.TWITCH_API_URL = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Refused, match="cannot be read"):
            await client.get("users")
    assert twitch.asked == []


def test_how_long_to_wait_is_read_as_a_number_or_a_date() -> None:
    assert retry_after_s("7") == 7.0
    assert retry_after_s("0.5") == 0.5
    assert retry_after_s("Thu, 01 Jan 1970 00:00:00 GMT") == 0.0
    assert (retry_after_s("Fri, 31 Dec 2100 23:59:59 GMT") or 0) > 1e9
    for nonsense in ("", "-1", "soon", "1e9", "NaN", "٣", "9" * 40):
        assert retry_after_s(nonsense) is None


def test_a_bucket_knows_only_what_it_was_told() -> None:
    now = 100.0
    bucket = Bucket(clock=lambda: now)
    assert bucket.wait_s() == 0
    date = "Fri, 31 Dec 2100 23:59:00 GMT"
    epoch = int(asking_module._date(date) or 0)
    bucket.heard(httpx.Headers({"Ratelimit-Remaining": "3", "Ratelimit-Reset": str(epoch + 30), "Date": date}))
    assert bucket.wait_s() == 30, "by Twitch's own clock, whatever ours says"
    bucket.heard(httpx.Headers({"Ratelimit-Remaining": "many", "Ratelimit-Reset": "soon"}))
    assert bucket.wait_s() == 30
    now = 131.0
    assert bucket.wait_s() == 0
    bucket.heard(httpx.Headers({"Ratelimit-Remaining": "799", "Ratelimit-Reset": str(epoch), "Date": date}))
    assert bucket.wait_s() == 0
