"""A channel is followed whatever happens to the socket: nothing that was delivered is lost, nothing comes twice."""

import asyncio

import pytest
from structlog.testing import capture_logs

from cuelight.streams.platforms.twitch.tests.conftest import (
    TYPES,
    Heard,
    Reading,
    Storing,
    asked_for,
    delivered_ids,
    sockets_open,
    stored_ids,
    until,
)
from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch

#: Faults that the connection stands.
STANDS = (
    "duplicate",
    "late duplicate",
    "out of order",
    "not JSON",
    "wrong shape",
    "binary",
    "unknown message",
    "unknown event",
    "broken event",
    "extra fields",
)
#: Those that are written down, once.
WRITTEN_DOWN = ("not JSON", "wrong shape", "binary", "unknown message", "unknown event", "broken event")
#: Faults after which it is connected again. Those of a handshake come with a drop, since nobody shakes hands before.
COMES_BACK = (
    "silence",
    "drop",
    "drop in a frame",
    "handshake refused",
    "no welcome",
    "late welcome",
    *(f"close {code}" for code in range(4000, 4008)),
)
OF_HANDSHAKES = ("handshake refused", "no welcome", "late welcome")


async def test_everything_that_happens_arrives_once_and_in_order(
    twitch: FakeTwitch, reading: Reading, storing: Storing
) -> None:
    async with reading(storing):
        assert asked_for(twitch) == set(TYPES)
        first = twitch.say("ada", "hello Kappa")
        twitch.follow("bo")
        twitch.subscribe("cleo")
        twitch.gift("dan", 3)
        twitch.resub("eve", "two years!", months=24)
        twitch.cheer("finn", 100)
        twitch.raid("gil", 42)
        last = twitch.say("ada", "bye", reply_to=first)
        await until(twitch, lambda: last in storing.ids())
    kinds = [event.kind for event in storing.taken]
    assert kinds == ["chat", "follow", "subscription", "gift", "subscription", "donation", "chat", "raid", "chat"]
    assert await stored_ids() == storing.ids()
    gift, donation = storing.taken[3], storing.taken[5]
    assert (gift.count, gift.detail["tier"], gift.user and gift.user.name) == (3, "1000", "dan")
    assert donation.amount is not None
    assert (donation.amount.value, donation.amount.currency) == (100, "BITS")
    assert storing.taken[-1].detail == {"reply_to": first}
    assert sum(storing.batches) == 9


async def test_what_arrives_meanwhile_goes_in_as_one_batch(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        for number in range(300):
            twitch.say("ada", f"line {number}")
        await until(twitch, lambda: len(heard.taken) == 300)
    assert heard.texts() == [f"line {number}" for number in range(300)]
    assert len(heard.batches) < 100


async def test_it_sends_nothing_on_the_socket(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        twitch.say("ada", "hello")
        await until(twitch, lambda: heard.taken)
        # Longer than the keepalive, so that whatever would be said in a quiet minute has been.
        await asyncio.sleep(1.2)
        assert sockets_open(twitch) == 1
    await until(twitch, lambda: not sockets_open(twitch))
    # 4001 is what a client hears that has sent something; ours said goodbye.
    assert [one.code for one in twitch.eventsub.sockets] in ([1000], [1001])


@pytest.mark.parametrize("fault", STANDS)
async def test_the_connection_stands(fault: str, twitch: FakeTwitch, reading: Reading, storing: Storing) -> None:
    async with reading(storing):
        twitch.say("ada", "before")
        await until(twitch, lambda: storing.texts() == ["before"])
        with capture_logs() as logs:
            twitch.strike(fault)
            twitch.say("bo", "one")
            twitch.follow("cleo")
            twitch.say("dan", "two")
            if fault != "out of order":
                twitch.strike(fault)
            last = twitch.say("eve", "after")
            await until(twitch, lambda: last in storing.ids())
            expected = delivered_ids(twitch, "channel.chat.message", "channel.follow")
            expected = [one for one in expected if one not in broken(twitch)]
            await until(twitch, lambda: set(expected) <= set(storing.ids()))
        assert sockets_open(twitch) == len(twitch.eventsub.sockets) == 1
    assert sorted(storing.ids()) == sorted(expected)
    assert sorted(await stored_ids()) == sorted(expected)
    assert storing.said("reconnecting") == []
    written = [one for one in logs if one["event"] == "Twitch said something that we do not know"]
    # Broken events are of all types; each type is written down once.
    assert len(written) == len({one["what"] for one in written}), written
    assert bool(written) == (fault in WRITTEN_DOWN), written


def broken(twitch: FakeTwitch) -> set[str]:
    """What stands for notifications that lack what they tell of."""
    found = [one for one in twitch.delivered.values() if one.event.get("broadcaster_user_id") == {}]
    return {one.message_id for one in found} | {"None"}


async def test_a_socket_that_drips_is_listened_to(twitch: FakeTwitch, reading: Reading, storing: Storing) -> None:
    # Seldom: at this pace, what the fake says by itself would be more than drips through.
    twitch.keepalive_s = 10
    async with reading(storing):
        twitch.strike("slow drip")
        twitch.say("ada", "one")
        twitch.follow("cleo")
        await until(twitch, lambda: len(storing.taken) == 2)
        assert len(twitch.eventsub.sockets) == 1
    assert await stored_ids() == delivered_ids(twitch, "channel.chat.message", "channel.follow")


@pytest.mark.parametrize("fault", COMES_BACK)
async def test_it_comes_back(fault: str, twitch: FakeTwitch, reading: Reading, storing: Storing) -> None:
    async with reading(storing):
        twitch.say("ada", "before")
        await until(twitch, lambda: storing.texts() == ["before"])
        twitch.strike(fault)
        if fault in OF_HANDSHAKES:
            twitch.strike("drop")
        await until(twitch, lambda: len(storing.said("connected")) == 2)
        assert asked_for(twitch) == set(TYPES)
        twitch.say("bo", "after")
        await until(twitch, lambda: "after" in storing.texts())
        assert sockets_open(twitch) == 1
    assert storing.texts() == ["before", "after"]
    assert await stored_ids() == delivered_ids(twitch, "channel.chat.message")
    assert all(storing.said("reconnecting")), "each says why"
    assert min(twitch.gaps("/ws")) > 0.005


async def test_what_was_delivered_in_the_moment_of_a_close_is_not_lost(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    async with reading(heard):
        for number in range(200):
            twitch.say("ada", f"line {number}")
        twitch.strike("close 4000")
        await until(twitch, lambda: len(heard.said("connected")) == 2)
    assert sorted(heard.ids()) == sorted(delivered_ids(twitch, "channel.chat.message"))
    assert len(heard.ids()) == 200


async def test_it_comes_back_ever_later_and_never_in_a_hot_loop(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    async with reading(heard):
        twitch.fail_always("/ws", "503")
        twitch.strike("drop")
        await until(twitch, lambda: twitch.count("/ws") >= 6, within=20)
        gaps = twitch.gaps("/ws")[1:]
        # A bound of 0.1 s that doubles: the fifth wait is 0.08 s at least, and all are of different lengths.
        assert all(gap >= 0.01 for gap in gaps)
        assert sum(gaps[2:]) > sum(gaps[:2])
        assert len({round(gap, 4) for gap in gaps}) == len(gaps)
        twitch.calm()
        await until(twitch, lambda: len(heard.said("connected")) == 2)
    assert {sentence.partition(".")[0] for sentence in heard.said("reconnecting")} >= {"Twitch answers 503"}


async def test_an_outlet_that_fails_gets_everything_later(
    twitch: FakeTwitch, reading: Reading, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for a moment; a socket is lost meanwhile."""
    is_away = True
    take = heard.events

    async def events(events: object) -> None:
        if is_away:
            raise ConnectionError("the database is away")
        await take(events)  # type: ignore[arg-type]

    monkeypatch.setattr(heard, "events", events)
    async with reading(heard):
        twitch.say("ada", "one")
        twitch.strike("drop")
        await until(twitch, lambda: len(twitch.eventsub.sockets) == 2)
        await until(twitch, lambda: asked_for(twitch) == set(TYPES))
        twitch.say("ada", "two")
        is_away = False
        await until(twitch, lambda: len(heard.taken) == 2)
    assert heard.texts() == ["one", "two"]


async def test_one_event_that_cannot_be_stored_keeps_no_other_out(
    twitch: FakeTwitch, reading: Reading, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = heard.events

    async def events(events: list[object]) -> None:
        if any(getattr(one, "text", "") == "bad" for one in events):
            raise ValueError("no database takes this")
        await take(events)  # type: ignore[arg-type]

    monkeypatch.setattr(heard, "events", events)
    async with reading(heard):
        for text in ("one", "bad", "two"):
            twitch.say("ada", text)
        await until(twitch, lambda: len(heard.taken) == 2)
    assert heard.texts() == ["one", "two"]


async def test_a_shared_chat_brings_no_doubles(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        twitch.say_in_shared_chat("ada", "from next door")
        twitch.say("bo", "from here")
        await until(twitch, lambda: heard.taken)
    assert heard.texts() == ["from here"]


async def test_what_is_taken_away_there_is_taken_away_here(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        message = twitch.say("ada", "rude")
        twitch.delete_message(message)
        twitch.ban("bo")
        twitch.ban("cleo", seconds=60)
        twitch.clear()
        await until(twitch, lambda: heard.removals and heard.removals[-1].everything)
    bo, cleo = twitch.user("bo").id, twitch.user("cleo").id
    told = [(one.why, one.platform_ids, one.user_id, one.everything) for one in heard.removals]
    assert ("deleted", (message,), "", False) in told
    assert ("ban", (), bo, False) in told
    assert ("timeout", (), cleo, False) in told
    assert ("clear", (), "", True) in told


async def test_the_stream_ends_in_mid_session(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        twitch.go_online(viewers=120)
        await until(twitch, lambda: heard.lives and heard.lives[-1][0] and 120 in heard.viewed)
        since = heard.lives[-1][1]
        assert since is not None
        assert since.utcoffset() is not None
        twitch.strike("stream ends")
        await until(twitch, lambda: not heard.lives[-1][0] and heard.viewed[-1] is None)
        twitch.say("ada", "still here")
        await until(twitch, lambda: heard.taken)
    assert [is_live for is_live, _ in heard.lives if is_live] == [True], "told once, however often it was asked"


async def test_titles_followers_and_viewers_come_by_asking(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    twitch.go_online(viewers=7)
    twitch.follow("ada")
    async with reading(heard):
        await until(twitch, lambda: 7 in heard.viewed and 1 in heard.followed and heard.named)
        assert heard.named[0].title == "Pearls at noon"
        assert heard.named[0].category == "Just Chatting"
        twitch.update(title="Gold at one")
        await until(twitch, lambda: heard.named[-1].title == "Gold at one")


async def test_a_stream_that_began_just_now_is_live_though_the_list_does_not_have_it_yet(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    async with reading(heard):
        await until(twitch, lambda: heard.lives)
        twitch.fail_always("GET /helix/streams", "empty")
        twitch.go_online()
        asked = twitch.count("/helix/streams")
        await until(twitch, lambda: twitch.count("/helix/streams") >= asked + 3)
    assert [is_live for is_live, _ in heard.lives] == [False, True]


async def test_questions_that_fail_end_nothing(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        twitch.fail_always("GET /helix", "html")
        asked = twitch.count("/helix/streams")
        await until(twitch, lambda: twitch.count("/helix/streams") >= asked + 2)
        twitch.say("ada", "hello")
        await until(twitch, lambda: heard.taken)
        twitch.calm()
        twitch.set_viewers(5)
        twitch.go_online(viewers=5)
        await until(twitch, lambda: 5 in heard.viewed)
    assert len(twitch.eventsub.sockets) == 1
