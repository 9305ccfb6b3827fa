"""Twitch moves us to another server: for a while there are two sockets, and nothing is lost or doubled."""

import asyncio

import pytest

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

FAULTS = ("reconnect", "reconnect without welcome", "reconnect refused")
CHAT, FOLLOW = "channel.chat.message", "channel.follow"


@pytest.mark.parametrize("keeps_session_id", [True, False])
async def test_a_move_loses_and_doubles_nothing(
    keeps_session_id: bool, twitch: FakeTwitch, reading: Reading, storing: Storing
) -> None:
    """Compared with what the fake delivered: by an outlet that takes repeats, and by the store."""
    twitch.keeps_session_id = keeps_session_id
    async with reading(storing):
        subscribed = twitch.count("/helix/eventsub/subscriptions", "POST")
        talking = asyncio.create_task(talk(twitch))
        for moves in (1, 2, 3):
            twitch.strike("reconnect")
            await until(twitch, lambda moves=moves: len(twitch.eventsub.sockets) == moves + 1)  # type: ignore[misc]
            await until(twitch, lambda: sockets_open(twitch) == 1)
        talking.cancel()
        last = twitch.say("ada", "the end")
        await until(twitch, lambda: last in storing.ids())
        assert twitch.count("/helix/eventsub/subscriptions", "POST") == subscribed, "asked for again"
    both = [one for one in twitch.delivered.values() if len(set(one.sockets)) == 2]
    assert both, "nothing was told by two sockets: this shows nothing"
    assert sorted(storing.ids()) == sorted(delivered_ids(twitch, CHAT, FOLLOW))
    assert sorted(await stored_ids()) == sorted(delivered_ids(twitch, CHAT, FOLLOW))
    assert storing.said("reconnecting") == [], "people need not know of it"


async def talk(twitch: FakeTwitch) -> None:
    number = 0
    while True:
        number += 1
        twitch.say("ada", f"line {number}")
        if number % 5 == 0:
            twitch.follow(f"viewer_{number}")
        await asyncio.sleep(0.001)


async def test_the_old_socket_is_left_when_the_new_one_is_welcome(
    twitch: FakeTwitch, reading: Reading, heard: Heard
) -> None:
    async with reading(heard):
        twitch.fail("/ws", "slow")
        twitch.strike("reconnect")
        # The new one is not there yet: the old one is still listened to.
        await until(twitch, lambda: twitch.count("/ws") == 2)
        twitch.say("ada", "meanwhile")
        await until(twitch, lambda: heard.texts() == ["meanwhile"])
        assert sockets_open(twitch) == 1
        await until(twitch, lambda: len(twitch.eventsub.sockets) == 2 and sockets_open(twitch) == 1)
        old, new = twitch.eventsub.sockets
        assert (old.code, new.is_open) == (1000, True)
        twitch.say("ada", "after")
        await until(twitch, lambda: "after" in heard.texts())


@pytest.mark.parametrize("fault", ["reconnect without welcome", "reconnect refused"])
async def test_a_move_that_fails_is_no_end(fault: str, twitch: FakeTwitch, reading: Reading, storing: Storing) -> None:
    async with reading(storing):
        twitch.strike(fault)
        await until(twitch, lambda: len(twitch.eventsub.sockets) >= 2)
        twitch.say("ada", "by the old one")
        await until(twitch, lambda: storing.texts() == ["by the old one"])
        assert storing.said("reconnecting") == []
        await until(twitch, lambda: twitch.eventsub.sockets[0].code == 4004, within=15)
        await until(twitch, lambda: len(storing.said("connected")) == 2)
        assert asked_for(twitch) == set(TYPES)
        twitch.say("ada", "by the new one")
        await until(twitch, lambda: "by the new one" in storing.texts())
    assert await stored_ids() == delivered_ids(twitch, CHAT) == storing.ids()
    # Backed off also here: seconds of trying, few tries.
    assert twitch.count("/ws") < 15
    newest = twitch.requests("/ws")[-1]
    assert newest.get("reconnect_token") == "", "it begins at the first address again"


async def test_an_address_that_is_none_is_not_opened(twitch: FakeTwitch, reading: Reading, heard: Heard) -> None:
    async with reading(heard):
        for url in ("http://127.0.0.1:9/", "ws://", "javascript:alert(1)", "", None, 7):
            session = {"id": "x", "status": "reconnecting", "reconnect_url": url}
            metadata = {"message_id": f"r-{url}", "message_type": "session_reconnect"}
            twitch.eventsub.open_sockets()[0].say({"metadata": metadata, "payload": {"session": session}})
        twitch.say("ada", "hello")
        await until(twitch, lambda: heard.texts() == ["hello"])
        twitch.strike("reconnect")
        await until(twitch, lambda: len(twitch.eventsub.sockets) == 2)
    assert heard.said("reconnecting") == []
