"""What people do, as it comes by the socket."""

from typing import Any

from cuelight.streams.platforms.twitch.tests.fake.bare import CHAT, Bare, Ear
from cuelight.streams.platforms.twitch.tests.fake.subscriptions import KINDS


async def _events(ear: Ear, type: str, count: int = 1) -> list[dict[str, Any]]:
    await ear.until(lambda: len(ear.events(type)) >= count)
    return ear.events(type)


async def test_every_type_of_the_table_can_be_subscribed_to(bare: Bare) -> None:
    ear = await bare.listen(*KINDS)
    assert {one.type for one in bare.twitch.eventsub.subscriptions} == set(KINDS)
    assert not ear.is_over


async def test_a_follow_counts(bare: Bare) -> None:
    ear = await bare.listen("channel.follow")
    bare.twitch.follow("Ada")
    [event] = await _events(ear, "channel.follow")
    assert (event["user_login"], event["user_name"]) == ("ada", "Ada")
    assert event["followed_at"]
    assert (await bare.ask("GET", "channels/followers?broadcaster_id=1001")).json()["total"] == 1


async def test_a_gift_fires_one_for_each_and_one_for_all(bare: Bare) -> None:
    ear = await bare.listen("channel.subscribe", "channel.subscription.gift")
    bare.twitch.gift("Ada", 3, tier="2000", cumulative=7)
    [gift] = await _events(ear, "channel.subscription.gift")
    each = ear.events("channel.subscribe")
    assert (gift["total"], gift["tier"], gift["cumulative_total"], gift["is_anonymous"]) == (3, "2000", 7, False)
    assert [one["is_gift"] for one in each] == [True, True, True]
    assert len({one["user_id"] for one in each}) == 3
    assert ear.messages("notification")[-1]["metadata"]["subscription_type"] == "channel.subscription.gift"


async def test_a_gift_can_be_without_a_name_and_come_first(bare: Bare) -> None:
    ear = await bare.listen("channel.subscribe", "channel.subscription.gift")
    bare.twitch.gift(None, ["bo"], total_first=True)
    await _events(ear, "channel.subscribe")
    first, second = ear.events()
    assert (first["is_anonymous"], first["user_id"], first["cumulative_total"]) == (True, None, None)
    assert second["user_login"] == "bo"


async def test_subscriptions_begin_and_go_on(bare: Bare) -> None:
    ear = await bare.listen("channel.subscribe", "channel.subscription.message")
    bare.twitch.subscribe("ada", tier="3000")
    bare.twitch.resub("bo", "still here Kappa", months=14, streak=3)
    [resub] = await _events(ear, "channel.subscription.message")
    assert ear.events("channel.subscribe")[0] | {"tier": "3000", "is_gift": False} == ear.events("channel.subscribe")[0]
    assert (resub["cumulative_months"], resub["streak_months"], resub["duration_months"]) == (14, 3, 1)
    assert resub["message"] == {"text": "still here Kappa", "emotes": [{"begin": 11, "end": 15, "id": "25"}]}


async def test_a_cheer_is_told_three_times(bare: Bare) -> None:
    ear = await bare.listen("channel.cheer", "channel.bits.use", CHAT)
    bare.twitch.cheer("ada", 100, "Cheer100 wow")
    bare.twitch.cheer(None, 5)
    await _events(ear, CHAT, 2)
    assert [one["bits"] for one in ear.events("channel.cheer")] == [100, 5]
    assert [one["user_login"] for one in ear.events("channel.cheer")] == ["ada", None]
    assert [one["type"] for one in ear.events("channel.bits.use")] == ["cheer", "cheer"]
    assert [one["cheer"] for one in ear.events(CHAT)] == [{"bits": 100}, {"bits": 5}]


async def test_a_raid_comes_to_whoever_is_raided(bare: Bare) -> None:
    ear = await bare.open()
    await bare.subscribe(ear, "channel.raid", to_broadcaster_user_id=bare.twitch.broadcaster.id)
    bare.twitch.raid("ada", 42)
    [event] = await _events(ear, "channel.raid")
    assert (event["from_broadcaster_user_login"], event["to_broadcaster_user_id"], event["viewers"]) == (
        "ada",
        "1001",
        42,
    )


async def test_messages_go_one_by_one_by_person_and_all(bare: Bare) -> None:
    kinds = ("channel.chat.message_delete", "channel.chat.clear", "channel.chat.clear_user_messages")
    ear = await bare.listen(*kinds)
    message_id = bare.twitch.say("ada", "rude")
    bare.twitch.delete_message(message_id)
    bare.twitch.clear_user_messages("bo")
    bare.twitch.clear()
    await _events(ear, "channel.chat.clear")
    deleted, of_one, everything = ear.events()
    assert (deleted["message_id"], deleted["target_user_login"]) == (message_id, "ada")
    assert of_one["target_user_login"] == "bo"
    assert set(everything) == {"broadcaster_user_id", "broadcaster_user_login", "broadcaster_user_name"}


async def test_a_ban_takes_the_messages_along(bare: Bare) -> None:
    ear = await bare.listen("channel.ban", "channel.unban", "channel.chat.clear_user_messages")
    bare.twitch.ban("ada", seconds=600, reason="spam")
    bare.twitch.ban("bo")
    bare.twitch.unban("bo")
    await _events(ear, "channel.unban")
    timed_out, for_ever = ear.events("channel.ban")
    assert (timed_out["is_permanent"], timed_out["reason"]) == (False, "spam")
    assert timed_out["ends_at"]
    assert (for_ever["is_permanent"], for_ever["ends_at"]) == (True, None)
    assert [one["target_user_login"] for one in ear.events("channel.chat.clear_user_messages")] == ["ada", "bo"]


async def test_a_broadcast_begins_is_watched_and_ends(bare: Bare) -> None:
    ear = await bare.listen("stream.online", "stream.offline", "channel.update")
    assert (await bare.ask("GET", "streams?user_id=1001")).json()["data"] == []
    bare.twitch.go_online()
    bare.twitch.set_viewers(321)
    [stream] = (await bare.ask("GET", "streams?user_id=1001")).json()["data"]
    assert (stream["viewer_count"], stream["type"]) == (321, "live")
    [online] = await _events(ear, "stream.online")
    assert (online["id"], online["started_at"]) == (stream["id"], stream["started_at"])
    bare.twitch.update(title="Gold at one", category_id="509660")
    [updated] = await _events(ear, "channel.update")
    assert (updated["title"], updated["category_id"], updated["category_name"]) == ("Gold at one", "509660", "Art")
    bare.twitch.go_offline()
    await _events(ear, "stream.offline")
    assert (await bare.ask("GET", "streams?user_id=1001")).json()["data"] == []


async def test_a_shared_chat_says_where_it_was_written(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.say_in_shared_chat("ada", "from next door", source="Neighbour")
    [event] = await _events(ear, CHAT)
    assert event["broadcaster_user_id"] == bare.twitch.broadcaster.id
    assert event["source_broadcaster_user_login"] == "neighbour"
    assert event["source_message_id"] != event["message_id"]
    assert event["source_badges"] == []


async def test_a_reply_names_what_it_answers(bare: Bare) -> None:
    ear = await bare.listen()
    first = bare.twitch.say("ada", "how much?")
    second = bare.twitch.say("pavoi", "49.99", reply_to=first)
    bare.twitch.say("ada", "thanks", reply_to=second)
    one, two, three = [event["reply"] for event in await _events(ear, CHAT, 3)]
    assert one is None
    assert (two["parent_message_id"], two["parent_message_body"], two["parent_user_login"]) == (
        first,
        "how much?",
        "ada",
    )
    assert (three["parent_message_id"], three["thread_message_id"]) == (second, first)
    assert [badge["set_id"] for badge in ear.events(CHAT)[1]["badges"]] == ["broadcaster"]
