"""What is done at Twitch: once, or not at all and said why."""

import asyncio

import pytest

from cuelight.live.db import run_db
from cuelight.streams.platforms.contract import Account, Metadata, NeedsYou, Refused, Unsupported
from cuelight.streams.platforms.twitch.actions import MOST_SENT, TwitchActions
from cuelight.streams.platforms.twitch.platform import PLATFORM
from cuelight.streams.platforms.twitch.tests.conftest import (
    BRIEF,
    Heard,
    Reading,
    Storing,
    connected,
    row_of,
    stored_ids,
    until,
)
from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch

MESSAGES = "/helix/chat/messages"
FAULTS = ("not sent", "echo first")


@pytest.fixture
def actions(account: Account) -> TwitchActions:
    return TwitchActions(account, BRIEF)


@pytest.mark.parametrize("echo", ["before", "after", "never"])
async def test_what_is_sent_stands_in_the_chat_once(
    echo: str, twitch: FakeTwitch, reading: Reading, storing: Storing, actions: TwitchActions
) -> None:
    """Whether the chat brings it back before the answer, after it, or never."""
    if echo == "before":
        twitch.strike("echo first")
    twitch.echo, twitch.echo_gap_s = echo, 0.2
    async with reading(storing):
        sent = await actions.send("  the pearls are  next ")
        if echo == "before":
            assert sent.platform_id in storing.ids(), "the echo came late: this shows nothing"
        await storing.events([sent])
        if echo == "after":
            await until(twitch, lambda: storing.ids().count(sent.platform_id) == 2)
        other = twitch.say("ada", "hello")
        await until(twitch, lambda: other in storing.ids())
    assert await stored_ids() == [sent.platform_id, other]
    ours = [event for event in storing.taken if event.platform_id == sent.platform_id]
    assert len(ours) == (1 if echo == "never" else 2)
    # Whichever is there first, it reads the same.
    for event in ours:
        assert event.text == "the pearls are next"
        assert event.user is not None
        assert (event.user.id, event.user.name) == (twitch.broadcaster.id, "Pavoi")
        assert event.user.roles == ("broadcaster", "own")


async def test_a_message_that_was_not_sent_is_a_failure(twitch: FakeTwitch, actions: TwitchActions) -> None:
    twitch.strike("not sent")
    with pytest.raises(Refused, match="did not send the message: Your message was held") as refused:
        await actions.send("hello")
    assert refused.value.reason == "msg_rejected"
    assert twitch.count(MESSAGES) == 1


@pytest.mark.parametrize("fault", ["500", "slow", "close", "half", "html"])
async def test_a_message_is_not_sent_twice_because_an_answer_was_lost(
    fault: str, twitch: FakeTwitch, actions: TwitchActions
) -> None:
    twitch.fail(MESSAGES, fault)
    with pytest.raises(Refused, match="Look into the chat before you send it again"):
        await actions.send("hello")
    assert twitch.count(MESSAGES) == 1


@pytest.mark.parametrize("fault", ["429", "429 after 1", "401"])
async def test_a_message_that_surely_was_not_sent_is_sent_again(
    fault: str, twitch: FakeTwitch, actions: TwitchActions
) -> None:
    twitch.fail(MESSAGES, fault)
    sent = await actions.send("hello")
    assert list(twitch.channel().messages) == [sent.platform_id]
    assert twitch.count(MESSAGES) == 2


async def test_what_twitch_would_not_take_is_not_sent_there(twitch: FakeTwitch, actions: TwitchActions) -> None:
    with pytest.raises(Refused, match="500 characters at most; this one has 501"):
        await actions.send("x" * 501)
    with pytest.raises(Refused, match="Write something first"):
        await actions.send(" \n ")
    assert twitch.asked == []
    assert (await actions.send("ü" * 500)).text == "ü" * 500


async def test_nobody_writes_so_fast_that_twitch_mutes_the_account(twitch: FakeTwitch, actions: TwitchActions) -> None:
    for number in range(MOST_SENT):
        await actions.send(f"line {number}")
    with pytest.raises(Refused, match="Wait half a minute"):
        await actions.send("one more")
    assert twitch.count(MESSAGES) == MOST_SENT


async def test_an_answer_to_somebody_says_to_whom(twitch: FakeTwitch, actions: TwitchActions) -> None:
    asked = twitch.say("ada", "is it real gold?")
    sent = await actions.send("14 karat", reply_to=asked)
    assert sent.detail == {"reply_to": asked}
    assert twitch.channel().messages[sent.platform_id]["reply"]["parent_message_id"] == asked


async def test_messages_are_deleted_and_one_that_is_gone_is_fine(twitch: FakeTwitch, actions: TwitchActions) -> None:
    message = twitch.say("ada", "rude")
    await actions.delete(message)
    assert message not in twitch.channel().messages
    await actions.delete(message)


async def test_viewers_are_shut_out_and_let_in_again(twitch: FakeTwitch, actions: TwitchActions) -> None:
    ada = twitch.user("ada").id
    await actions.time_out(ada, 600)
    assert twitch.channel().banned[ada] is not None
    await actions.ban(ada)
    assert twitch.channel().banned[ada] is None
    with pytest.raises(Refused, match="already banned"):
        await actions.ban(ada)
    await actions.unban(ada)
    assert ada not in twitch.channel().banned
    with pytest.raises(Refused, match="is not banned"):
        await actions.unban(ada)


async def test_the_stream_is_named_and_put_into_a_category(twitch: FakeTwitch, actions: TwitchActions) -> None:
    await actions.set_metadata(Metadata(title="Gold at one", category="makers & crafting", tags=("Gold", "Live")))
    channel = twitch.channel()
    assert (channel.title, channel.category_id, channel.tags) == ("Gold at one", "509673", ["Gold", "Live"])
    await actions.set_metadata(Metadata(category_id="509660"))
    assert (channel.title, channel.category_id) == ("Gold at one", "509660")
    await actions.set_metadata(Metadata())
    assert twitch.count("/helix/channels", "PATCH") == 2


async def test_a_category_that_there_is_not_is_said_with_the_nearest(
    twitch: FakeTwitch, actions: TwitchActions
) -> None:
    with pytest.raises(Refused, match=r"no category called Making\.|no category called Maker\. The nearest is Makers"):
        await actions.set_metadata(Metadata(category="Maker"))
    twitch.fail("GET /helix/search", "empty")
    with pytest.raises(Refused, match=r"Twitch has no category called Art\.$"):
        await actions.set_metadata(Metadata(category="Art"))
    assert twitch.count("/helix/channels") == 0


@pytest.mark.parametrize(
    "metadata", [Metadata(title="x" * 141), Metadata(title=" "), Metadata(tags=("a b",)), Metadata(tags=("x",) * 11)]
)
async def test_a_name_that_twitch_would_not_take_is_said_before(
    metadata: Metadata, twitch: FakeTwitch, actions: TwitchActions
) -> None:
    with pytest.raises(Refused):
        await actions.set_metadata(metadata)
    assert twitch.asked == []


async def test_going_live_is_the_encoders(actions: TwitchActions) -> None:
    for act in (actions.start, actions.stop):
        with pytest.raises(Unsupported, match="the encoder decides"):
            await act()
    assert PLATFORM.abilities.start is False


async def test_without_the_scope_a_person_is_told_which(transactional_db: None, twitch: FakeTwitch) -> None:
    account = await run_db(connected, twitch.grant("user:read:chat"))
    actions = TwitchActions(account, BRIEF)
    with pytest.raises(NeedsYou, match="may not write into the chat"):
        await actions.send("hello")
    with pytest.raises(NeedsYou, match="may not delete messages"):
        await actions.delete("x")
    assert twitch.refreshes() == [], "another token would not let us either"
    assert (await row_of(account)).state == "connected", "reading goes on"


async def test_two_at_once_are_two(twitch: FakeTwitch, actions: TwitchActions) -> None:
    one, two = await asyncio.gather(actions.send("one"), actions.send("two"))
    assert set(twitch.channel().messages) == {one.platform_id, two.platform_id}


async def test_the_platform_makes_both(account: Account, twitch: FakeTwitch) -> None:
    assert (PLATFORM.key, PLATFORM.name) == ("twitch", "Twitch")
    assert (await PLATFORM.actions(account).send("hello")).platform == "twitch"
    heard = Heard()
    task = asyncio.create_task(PLATFORM.adapter(account).read(heard))
    await until(twitch, lambda: heard.said("connected"))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
