"""EventSub as it should be: welcome, keepalive, notifications, moving, closing, limits."""

import asyncio
import re
from datetime import datetime

import pytest
from websockets.asyncio.client import connect

from cuelight.streams.platforms.twitch.tests.fake import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.bare import CHAT, Bare, wish

NANOSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")


async def test_a_socket_is_welcomed_with_its_session(bare: Bare) -> None:
    ear = await bare.open(f"{bare.twitch.ws_url}?keepalive_timeout_seconds=30")
    [welcome] = ear.messages("session_welcome")
    assert set(welcome["metadata"]) == {"message_id", "message_type", "message_timestamp"}
    assert NANOSECONDS.fullmatch(welcome["metadata"]["message_timestamp"])
    session = welcome["payload"]["session"]
    assert session["status"] == "connected"
    assert session["keepalive_timeout_seconds"] == 30
    assert session["reconnect_url"] is None
    assert set(session) == {"id", "status", "keepalive_timeout_seconds", "reconnect_url", "connected_at"}


@pytest.mark.parametrize("seconds", ["9", "601", "soon"])
async def test_a_keepalive_out_of_range_is_refused(bare: Bare, seconds: str) -> None:
    url = bare.twitch.ws_url.replace("ws:", "http:") + f"?keepalive_timeout_seconds={seconds}"
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "x", "Sec-WebSocket-Version": "13"}
    assert (await bare.http.get(url, headers=upgrade)).status_code == 400


async def test_a_keepalive_comes_after_silence_only(bare: Bare) -> None:
    ear = await bare.listen()
    await ear.until(lambda: len(ear.messages("session_keepalive")) >= 2)
    assert ear.messages("session_keepalive")[0]["payload"] == {}
    for n in range(100):  # 1 s of talk, twice the time of a keepalive
        bare.twitch.say("ada", str(n))
        await asyncio.sleep(0.01)
    await ear.until(lambda: len(ear.texts()) == 100)
    said = ear.messages()
    times = [datetime.fromisoformat(one["metadata"]["message_timestamp"][:26]) for one in said]
    quiet_s = [
        (at - before).total_seconds()
        for before, at, one in zip(times, times[1:], said[1:], strict=False)
        if one["metadata"]["message_type"] == "session_keepalive"
    ]
    assert min(quiet_s) > bare.twitch.seconds(10) * 0.9


async def test_what_is_said_is_notified(bare: Bare) -> None:
    ear = await bare.listen()
    message_id = bare.twitch.say("Ada", "héllo @pavoi Kappa Cheer100")
    await ear.until(ear.events)
    [notification] = ear.messages("notification")
    assert notification["metadata"]["subscription_type"] == CHAT
    assert notification["metadata"]["subscription_version"] == "1"
    subscription = notification["payload"]["subscription"]
    assert subscription["transport"] == {"method": "websocket", "session_id": ear.id}
    assert set(subscription) == {"id", "type", "version", "status", "cost", "condition", "transport", "created_at"}
    event = notification["payload"]["event"]
    assert event["message_id"] == message_id
    assert event["chatter_user_login"] == "ada"
    assert event["broadcaster_user_id"] == bare.twitch.broadcaster.id
    parts = event["message"]["fragments"]
    assert [part["type"] for part in parts] == ["text", "mention", "text", "emote", "text", "cheermote"]
    assert "".join(part["text"] for part in parts) == event["message"]["text"]
    assert event["source_broadcaster_user_id"] is None


async def test_each_notification_is_remembered_with_who_got_it(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.say("ada", "one")
    bare.twitch.say("bo", "two")
    await ear.until(lambda: len(ear.texts()) == 2)
    assert list(bare.twitch.delivered) == ear.ids()
    assert [one.sockets for one in bare.twitch.delivered.values()] == [[1], [1]]
    assert bare.twitch.delivered_events(CHAT) == ear.events()


async def test_nobody_hears_what_they_did_not_subscribe_to(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.update(title="New")
    bare.twitch.say("ada", "to others", channel=bare.twitch.user("elsewhere"))
    bare.twitch.say("ada", "to us")
    await ear.until(lambda: "to us" in ear.texts())
    assert len(ear.events()) == 1


async def test_a_socket_without_subscriptions_is_closed_with_4003(bare: Bare) -> None:
    ear = await bare.open()
    assert await ear.closed() == 4003
    listening = await bare.listen()
    await asyncio.sleep(bare.twitch.seconds(10) + 0.05)
    assert not listening.is_over


@pytest.mark.parametrize("what", ["text", "binary", "ping"])
async def test_whoever_speaks_is_closed_with_4001(bare: Bare, what: str) -> None:
    ear = await bare.listen()
    if what == "ping":
        await ear.wire.ping()
    else:
        await ear.wire.send("hello" if what == "text" else b"hello")
    assert await ear.closed() == 4001
    await bare.twitch.until(lambda: bare.twitch.eventsub.subscriptions[0].status != "enabled")
    assert bare.twitch.eventsub.subscriptions[0].status == "websocket_received_inbound_traffic"


async def test_a_pong_is_asked_for_and_allowed() -> None:
    async with FakeTwitch(ping_s=0.05) as twitch, Bare(twitch, twitch.grant()) as bare:
        ear = await bare.listen()
        await ear.wire.pong()
        await asyncio.sleep(0.2)
        assert not ear.is_over


async def test_without_a_pong_it_closes_with_4002() -> None:
    async with FakeTwitch(ping_s=0.05, pong_s=0.05) as twitch:
        reader, writer = await asyncio.open_connection("127.0.0.1", twitch.port)
        head = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        writer.write(f"{head}Sec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        heard = await asyncio.wait_for(reader.readuntil((4002).to_bytes(2, "big")), 5)
        assert b"session_welcome" in heard
        writer.close()


async def test_moving_carries_the_subscriptions_over(bare: Bare) -> None:
    """Both sockets hear meanwhile, with the same ids; what comes after the old one has left comes by the new one."""
    old = await bare.listen()
    bare.twitch.eventsub.reconnect()
    await old.until(lambda: old.messages("session_reconnect"))
    session = old.messages("session_reconnect")[0]["payload"]["session"]
    assert session["status"] == "reconnecting"
    assert session["keepalive_timeout_seconds"] is None
    bare.twitch.say("ada", "before")
    new = await bare.open(session["reconnect_url"])
    bare.twitch.say("ada", "between")
    await new.until(new.texts)
    await old.until(lambda: len(old.texts()) == 2)
    assert set(new.ids()) < set(old.ids())
    await old.hang_up()
    bare.twitch.say("ada", "after")
    await new.until(lambda: len(new.texts()) == 2)
    assert (old.texts(), new.texts()) == (["before", "between"], ["between", "after"])
    assert [one.status for one in bare.twitch.eventsub.subscriptions] == ["enabled"]
    await asyncio.sleep(bare.twitch.seconds(10) + 0.05)
    assert not new.is_over


async def test_the_session_keeps_its_id_when_told_to() -> None:
    for keeps in (False, True):
        async with FakeTwitch(keeps_session_id=keeps) as twitch, Bare(twitch, twitch.grant()) as bare:
            old = await bare.listen()
            twitch.eventsub.reconnect()
            await old.until(lambda old=old: old.messages("session_reconnect"))  # type: ignore[misc]
            url = old.messages("session_reconnect")[0]["payload"]["session"]["reconnect_url"]
            new = await bare.open(url)
            assert (new.id == old.id) is keeps
            assert twitch.eventsub.subscriptions[0].session_id == new.id


async def test_the_old_socket_is_closed_with_4004_after_its_grace(bare: Bare) -> None:
    old = await bare.listen()
    bare.twitch.eventsub.reconnect()
    assert await old.closed() == 4004
    await bare.twitch.until(lambda: bare.twitch.eventsub.subscriptions[0].status == "websocket_disconnected")
    url = old.messages("session_reconnect")[0]["payload"]["session"]["reconnect_url"]
    late = await bare.open(url, quietly=True)
    assert await late.closed() == 4007


async def test_an_address_to_move_to_is_good_once(bare: Bare) -> None:
    old = await bare.listen()
    bare.twitch.eventsub.reconnect()
    await old.until(lambda: old.messages("session_reconnect"))
    url = old.messages("session_reconnect")[0]["payload"]["session"]["reconnect_url"]
    await bare.open(url)
    again = await bare.open(url, quietly=True)
    assert await again.closed() == 4007


async def test_subscriptions_end_with_their_socket(bare: Bare) -> None:
    ear = await bare.listen()
    await ear.hang_up()
    await bare.twitch.until(lambda: bare.twitch.eventsub.subscriptions[0].status == "websocket_disconnected")
    listed = (await bare.ask("GET", "eventsub/subscriptions")).json()
    assert [one["status"] for one in listed["data"]] == ["websocket_disconnected"]
    assert (await bare.ask("GET", "eventsub/subscriptions?status=enabled")).json()["data"] == []
    bare.twitch.say("ada", "to nobody")
    assert bare.twitch.delivered_events() == []


async def test_subscribing_answers_202_with_the_costs(bare: Bare) -> None:
    ear = await bare.open()
    said = (await bare.subscribe(ear)).json()
    assert said["data"][0]["status"] == "enabled"
    assert said["data"][0]["transport"]["session_id"] == ear.id
    assert (said["total"], said["total_cost"], said["max_total_cost"]) == (1, 0, 10)
    deleted = await bare.ask("DELETE", f"eventsub/subscriptions?id={said['data'][0]['id']}")
    assert deleted.status_code == 204
    assert (await bare.ask("DELETE", "eventsub/subscriptions?id=gone")).status_code == 404


async def test_a_subscription_twice_is_409(bare: Bare) -> None:
    ear = await bare.listen()
    assert (await bare.subscribe(ear)).status_code == 409


@pytest.mark.parametrize(
    ("type", "version", "condition"),
    [
        ("channel.follow", "1", {"broadcaster_user_id": "1001"}),
        ("channel.follow", "2", {"broadcaster_user_id": "1001"}),
        ("channel.hype_train.begin", "1", {"broadcaster_user_id": "1001"}),
        ("channel.nonsense", "1", {"broadcaster_user_id": "1001"}),
        ("channel.raid", "1", {"to_broadcaster_user_id": "1", "from_broadcaster_user_id": "2"}),
        ("stream.online", "1", {}),
    ],
)
async def test_what_is_malformed_is_400(bare: Bare, type: str, version: str, condition: dict[str, str]) -> None:
    ear = await bare.open()
    answer = await bare.ask("POST", "eventsub/subscriptions", wish(ear.id, type, version, condition))
    assert answer.status_code == 400
    assert set(answer.json()) == {"error", "status", "message"}


async def test_a_session_that_is_not_there_is_400(bare: Bare) -> None:
    body = wish("nowhere", "stream.online", "1", {"broadcaster_user_id": "1001"})
    assert (await bare.ask("POST", "eventsub/subscriptions", body)).status_code == 400


async def test_a_subscription_without_its_scope_is_403(twitch: FakeTwitch) -> None:
    async with Bare(twitch, twitch.grant("user:read:chat")) as bare:
        ear = await bare.listen()
        assert (await bare.subscribe(ear, "channel.cheer")).status_code == 403
        of_another = {"broadcaster_user_id": "1001", "user_id": twitch.user("ada").id}
        assert (await bare.subscribe(ear, **of_another)).status_code == 403
        raid = await bare.subscribe(ear, "channel.raid", to_broadcaster_user_id="1001")
        assert raid.status_code == 202


async def test_an_app_cannot_subscribe_for_a_socket(bare: Bare) -> None:
    ear = await bare.open()
    bare.granted.access = bare.twitch.oauth.grant_app()
    assert (await bare.subscribe(ear)).status_code == 400


async def test_a_fourth_connection_is_429(bare: Bare) -> None:
    for type in ("channel.update", "channel.cheer", "stream.online"):
        ear = await bare.open()
        assert (await bare.subscribe(ear, type, "2" if type == "channel.update" else "1")).status_code == 202
    fourth = await bare.open()
    assert (await bare.subscribe(fourth)).status_code == 429


async def test_one_subscription_too_many_is_429() -> None:
    async with FakeTwitch(max_subscriptions=2) as twitch, Bare(twitch, twitch.grant()) as bare:
        ear = await bare.listen("stream.online", "stream.offline")
        assert (await bare.subscribe(ear)).status_code == 429


async def test_what_was_not_allowed_costs_until_it_is_429() -> None:
    async with FakeTwitch(max_total_cost=1) as twitch, Bare(twitch, twitch.grant()) as bare:
        ear = await bare.open()
        first = await bare.subscribe(ear, "stream.online", broadcaster_user_id="7")
        assert first.json()["total_cost"] == 1
        assert (await bare.subscribe(ear, "stream.online", broadcaster_user_id="8")).status_code == 429


async def test_two_people_cannot_share_a_socket(bare: Bare) -> None:
    ear = await bare.listen()
    bare.granted.access = bare.twitch.grant(user="ada").access
    assert (await bare.subscribe(ear, "stream.online")).status_code == 400


async def test_many_messages_arrive_in_order(bare: Bare) -> None:
    ear = await bare.listen()
    for n in range(5000):
        bare.twitch.say("ada", str(n))
    await ear.until(lambda: len(ear.frames) > 5000)
    assert ear.texts() == [str(n) for n in range(5000)]


async def test_a_path_that_is_none_is_404(twitch: FakeTwitch) -> None:
    with pytest.raises(Exception, match="404"):
        async with connect(twitch.ws_url.replace("/ws", "/elsewhere")):
            pass
