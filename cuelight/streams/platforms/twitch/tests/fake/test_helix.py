"""Requests: who may ask what, what is answered, how often."""

import time

import pytest

from cuelight.streams.platforms.twitch.tests.fake import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.bare import CHAT, Bare

MESSAGE = {"broadcaster_id": "1001", "sender_id": "1001", "message": "hello"}
BAN = "moderation/bans?broadcaster_id=1001&moderator_id=1001"


async def test_both_headers_are_wanted(bare: Bare) -> None:
    for missing in ("Authorization", "Client-Id"):
        headers = {name: value for name, value in bare.headers().items() if name != missing}
        answer = await bare.ask("GET", "users", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"] == "Unauthorized"
    other = bare.headers() | {"Client-Id": "another"}
    assert (await bare.ask("GET", "users", headers=other)).status_code == 401
    assert (await bare.ask("GET", "users")).status_code == 200


async def test_a_request_is_remembered_as_it_came(bare: Bare) -> None:
    await bare.ask("PATCH", "channels?broadcaster_id=1001", {"title": "Ünïcödé"})
    [asked] = bare.twitch.requests("/helix/channels", "PATCH")
    assert (asked.status, asked.get("broadcaster_id"), asked.json()) == (204, "1001", {"title": "Ünïcödé"})
    assert asked.headers["client-id"] == bare.twitch.client_id
    assert bare.twitch.count("/helix") == 1
    assert bare.twitch.gaps("/helix") == []
    await bare.ask("GET", "users")
    assert len(bare.twitch.gaps("/helix")) == 1


async def test_users_are_found_by_token_id_and_login(bare: Bare) -> None:
    ada = bare.twitch.user("Ada")
    assert [one["login"] for one in (await bare.ask("GET", "users")).json()["data"]] == ["pavoi"]
    found = (await bare.ask("GET", f"users?id={ada.id}&login=pavoi&login=unknown")).json()["data"]
    assert {one["display_name"] for one in found} == {"Ada", "Pavoi"}
    assert isinstance(found[0]["id"], str)
    assert "email" not in found[0]


async def test_a_channel_is_changed_and_says_so(bare: Bare) -> None:
    ear = await bare.listen("channel.update")
    change = {"title": "Gold", "game_id": "509660", "tags": ["Jewelry"], "broadcaster_language": "de"}
    assert (await bare.ask("PATCH", "channels?broadcaster_id=1001", change)).status_code == 204
    [shown] = (await bare.ask("GET", "channels?broadcaster_id=1001")).json()["data"]
    assert (shown["title"], shown["game_name"], shown["tags"]) == ("Gold", "Art", ["Jewelry"])
    await ear.until(ear.events)
    assert ear.events()[0]["title"] == "Gold"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": ""},
        {"title": "x" * 141},
        {"game_id": "1"},
        {"tags": ["x"] * 11},
        {"tags": ["x" * 26]},
        {"tags": "x"},
    ],
)
async def test_a_change_that_cannot_be_is_400(bare: Bare, change: dict[str, object]) -> None:
    assert (await bare.ask("PATCH", "channels?broadcaster_id=1001", change)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "channels?broadcaster_id=1001", {"title": "x"}),
        ("POST", "chat/messages", MESSAGE),
        ("DELETE", "moderation/chat?broadcaster_id=1001&moderator_id=1001", None),
        ("POST", BAN, {"data": {"user_id": "7"}}),
        ("DELETE", f"{BAN}&user_id=7", None),
    ],
)
async def test_what_wants_a_scope_is_401_without(twitch: FakeTwitch, method: str, path: str, body: object) -> None:
    async with Bare(twitch, twitch.grant("user:read:chat")) as bare:
        answer = await bare.ask(method, path, body)
        assert answer.status_code == 401
        assert answer.json()["message"].startswith("Missing scope: ")


async def test_nobody_acts_for_somebody_else(bare: Bare) -> None:
    ada = bare.twitch.user("ada")
    assert (await bare.ask("PATCH", f"channels?broadcaster_id={ada.id}", {"title": "x"})).status_code == 401
    assert (await bare.ask("POST", "chat/messages", MESSAGE | {"sender_id": ada.id})).status_code == 401
    path = f"moderation/bans?broadcaster_id=1001&moderator_id={ada.id}"
    assert (await bare.ask("POST", path, {"data": {"user_id": "7"}})).status_code == 401


async def test_categories_are_searched_page_by_page(bare: Bare) -> None:
    first = (await bare.ask("GET", "search/categories?query=a&first=2")).json()
    rest = (await bare.ask("GET", f"search/categories?query=a&after={first['pagination']['cursor']}")).json()
    assert len(first["data"]) == 2
    assert rest["data"]
    assert rest["pagination"] == {}
    assert set(first["data"][0]) == {"id", "name", "box_art_url"}
    assert (await bare.ask("GET", "search/categories?query=zzz")).json()["data"] == []


async def test_followers_without_the_scope_are_a_number(twitch: FakeTwitch) -> None:
    twitch.follow("ada")
    async with Bare(twitch, twitch.grant("user:read:chat")) as bare:
        said = (await bare.ask("GET", "channels/followers?broadcaster_id=1001")).json()
        assert (said["total"], said["data"]) == (1, [])
    async with Bare(twitch, twitch.grant()) as bare:
        said = (await bare.ask("GET", "channels/followers?broadcaster_id=1001")).json()
        assert said["data"][0]["user_login"] == "ada"


async def test_what_is_sent_comes_back_by_the_socket(bare: Bare) -> None:
    ear = await bare.listen()
    said = (await bare.ask("POST", "chat/messages", MESSAGE)).json()["data"]
    assert said == [{"message_id": said[0]["message_id"], "is_sent": True, "drop_reason": None}]
    assert ear.texts() == []
    await ear.until(ear.texts)
    assert ear.events(CHAT)[0]["message_id"] == said[0]["message_id"]


async def test_a_reply_by_request_is_one(bare: Bare) -> None:
    ear = await bare.listen()
    question = bare.twitch.say("ada", "how much?")
    await bare.ask("POST", "chat/messages", MESSAGE | {"reply_parent_message_id": question})
    await ear.until(lambda: len(ear.texts()) == 2)
    assert ear.events(CHAT)[1]["reply"]["parent_message_id"] == question


@pytest.mark.parametrize("change", [{"message": "x" * 501}, {"message": ""}, {"sender_id": None}])
async def test_a_message_that_cannot_be_is_400(bare: Bare, change: dict[str, object]) -> None:
    assert (await bare.ask("POST", "chat/messages", MESSAGE | change)).status_code == 400


async def test_a_message_of_500_characters_is_sent(bare: Bare) -> None:
    said = (await bare.ask("POST", "chat/messages", MESSAGE | {"message": "é" * 500})).json()["data"]
    assert said[0]["is_sent"]


async def test_too_many_messages_mute_the_account() -> None:
    """The broadcaster has 100 in 30 s."""
    async with FakeTwitch(points=10_000) as twitch, Bare(twitch, twitch.grant()) as bare:
        sent = [(await bare.ask("POST", "chat/messages", MESSAGE)).json()["data"][0] for _ in range(101)]
        assert [one["is_sent"] for one in sent] == [True] * 100 + [False]
        assert sent[-1]["drop_reason"]["code"] == "msg_ratelimit"


async def test_an_app_sends_for_a_bot_that_allowed_it(twitch: FakeTwitch) -> None:
    bot = twitch.user("helper")
    body = MESSAGE | {"sender_id": bot.id}
    async with Bare(twitch, twitch.grant()) as bare:
        bare.granted.access = twitch.oauth.grant_app()
        assert (await bare.ask("POST", "chat/messages", body)).status_code == 401
        twitch.grant("user:write:chat", "user:bot", user=bot)
        assert (await bare.ask("POST", "chat/messages", body)).status_code == 403
        twitch.channel().moderators.add(bot.id)
        assert (await bare.ask("POST", "chat/messages", body)).status_code == 200


async def test_a_message_is_deleted_once(bare: Bare) -> None:
    ear = await bare.listen("channel.chat.message_delete")
    message_id = bare.twitch.say("ada", "rude")
    path = f"moderation/chat?broadcaster_id=1001&moderator_id=1001&message_id={message_id}"
    assert (await bare.ask("DELETE", path)).status_code == 204
    await ear.until(ear.events)
    assert ear.events()[0]["message_id"] == message_id
    assert (await bare.ask("DELETE", path)).status_code == 404


async def test_somebody_is_timed_out_banned_and_let_in(bare: Bare) -> None:
    ear = await bare.listen("channel.chat.clear_user_messages")
    ada = bare.twitch.user("ada")
    timed_out = (await bare.ask("POST", BAN, {"data": {"user_id": ada.id, "duration": 600}})).json()["data"][0]
    assert timed_out["end_time"]
    banned = (await bare.ask("POST", BAN, {"data": {"user_id": ada.id, "reason": "spam"}})).json()["data"][0]
    assert banned["end_time"] is None
    assert (await bare.ask("POST", BAN, {"data": {"user_id": ada.id}})).status_code == 400
    assert (await bare.ask("POST", BAN, {"data": {"user_id": "1001"}})).status_code == 400
    assert (await bare.ask("POST", BAN, {"data": {"user_id": ada.id, "duration": 0}})).status_code == 400
    assert (await bare.ask("DELETE", f"{BAN}&user_id={ada.id}")).status_code == 204
    assert (await bare.ask("DELETE", f"{BAN}&user_id={ada.id}")).status_code == 400
    await ear.until(lambda: len(ear.events()) == 2)


async def test_the_bucket_is_told_and_runs_dry_and_fills() -> None:
    async with FakeTwitch(points=3, speed=10) as twitch, Bare(twitch, twitch.grant()) as bare:
        left = [(await bare.ask("GET", "users")).headers["Ratelimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        dry = await bare.ask("GET", "users")
        assert dry.status_code == 429
        assert dry.headers["Ratelimit-Limit"] == "3"
        assert int(dry.headers["Ratelimit-Reset"]) > time.time()
        twitch.speed = 1000
        while (await bare.ask("GET", "users")).status_code == 429:
            pass  # the test's own limit of time ends this


async def test_a_path_that_is_none_is_404(bare: Bare) -> None:
    assert (await bare.ask("GET", "nonsense")).status_code == 404
