"""Each fault of the table: what the server does, seen by the barest client.

What a good client does about it is shown by the tests of the adapter.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx2 as httpx
import pytest
from websockets.exceptions import InvalidStatus

from cuelight.streams.platforms.faults import BY_NAME, FAULTS
from cuelight.streams.platforms.twitch.tests.fake import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.bare import CHAT, Bare, Ear
from cuelight.streams.platforms.twitch.tests.fake.faults import STROKES

Show = Callable[[Bare], Awaitable[None]]
SHOWN: dict[str, Show] = {}
MESSAGE = {"broadcaster_id": "1001", "sender_id": "1001", "message": "hello"}


def shows(*names: str) -> Callable[[Show], Show]:
    def note(show: Show) -> Show:
        SHOWN.update(dict.fromkeys(names, show))
        return show

    return note


@pytest.mark.parametrize("name", list(BY_NAME))
async def test_a_fault_does_what_the_table_says(bare: Bare, name: str) -> None:
    await SHOWN[name](bare)


def test_the_table_the_strokes_and_the_tests_name_the_same() -> None:
    assert set(BY_NAME) == set(STROKES) == set(SHOWN)
    assert len(FAULTS) == len(BY_NAME)


# Deliveries.


@shows("duplicate")
async def duplicate(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("duplicate")
    bare.twitch.say("ada", "one")
    await ear.until(lambda: len(ear.ids()) == 2)
    assert len(set(ear.ids())) == 1
    assert ear.frames[-1] == ear.frames[-2]
    bare.twitch.calm()
    bare.twitch.say("ada", "two")
    bare.twitch.say("ada", "three")
    await ear.until(lambda: "three" in ear.texts())
    assert ear.texts() == ["one", "one", "two", "three"]


@shows("late duplicate")
async def late_duplicate(bare: Bare) -> None:
    ear = await bare.listen()
    for text in ("one", "two"):
        bare.twitch.say("ada", text)
    bare.twitch.strike("late duplicate")
    await ear.until(lambda: len(ear.ids()) == 3)
    assert ear.texts() == ["one", "two", "one"]
    assert ear.ids()[0] == ear.ids()[2]


@shows("out of order")
async def out_of_order(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("out of order")
    for text in ("one", "two", "three", "four"):
        bare.twitch.say("ada", text)
    await ear.until(lambda: len(ear.ids()) == 4)
    assert ear.texts() == ["three", "two", "one", "four"]
    bare.twitch.hold(3)
    bare.twitch.say("ada", "five")
    bare.twitch.calm()
    await ear.until(lambda: "five" in ear.texts())


# Frames.


@shows("not JSON", "wrong shape", "binary", "unknown message", "unknown event", "broken event")
async def garbage(bare: Bare) -> None:
    """Something arrives that is none of the known; the connection stands and what follows comes too."""
    for name in ("not JSON", "wrong shape", "binary", "unknown message", "unknown event", "broken event"):
        ear = await bare.listen()
        before = len(ear.frames)
        bare.twitch.strike(name)
        bare.twitch.say("ada", "after")
        await ear.until(lambda ear=ear: "after" in [_text(event) for event in ear.events(CHAT)])  # type: ignore[misc]
        assert len([frame for frame in ear.frames[before:] if b"keepalive" not in _bytes(frame)]) >= 2, name
        await ear.hang_up()
        await bare.twitch.until(lambda: not bare.twitch.eventsub.sessions)


def _text(event: dict[str, object]) -> object:
    message = event.get("message")
    return message.get("text") if isinstance(message, dict) else None


def _bytes(frame: str | bytes) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()


async def test_garbage_is_what_it_is_called(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("binary")
    await ear.until(lambda: [frame for frame in ear.frames if isinstance(frame, bytes)])
    bare.twitch.strike("unknown message")
    await ear.until(lambda: ear.messages("session_party"))
    bare.twitch.strike("unknown event")
    await ear.until(lambda: ear.events("channel.unheard_of"))
    bare.twitch.strike("broken event")
    await ear.until(lambda: ear.events(CHAT))
    assert ear.events(CHAT)[0]["message"] == 3


@shows("extra fields")
async def extra_fields(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("extra fields")
    bare.twitch.say("ada", "hello")
    await ear.until(ear.events)
    [said] = ear.messages("notification")
    assert {"signature"} <= set(said)
    assert {"trace"} <= set(said["metadata"])
    assert {"brand_new"} <= set(said["payload"]["event"])
    assert ear.texts() == ["hello"]


# The socket.


@shows("silence")
async def silence(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("silence")
    before = len(ear.frames)
    bare.twitch.say("ada", "into the void")
    await asyncio.sleep(bare.twitch.seconds(10) * 3)
    assert (len(ear.frames), ear.is_over) == (before, False)
    assert bare.twitch.delivered_events() == []
    other = await bare.listen()
    bare.twitch.say("ada", "hello")
    await other.until(other.texts)
    assert len(ear.frames) == before


@shows("drop")
async def drop(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("drop")
    assert await ear.closed() == 1006
    await bare.twitch.until(lambda: bare.twitch.eventsub.subscriptions[0].status == "websocket_disconnected")


@shows("drop in a frame")
async def drop_in_a_frame(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.say("ada", "whole")
    bare.twitch.strike("drop in a frame")
    assert await ear.closed() == 1006
    assert ear.texts() == ["whole"]
    assert [frame for frame in ear.frames if b"metadata" in _bytes(frame)] == ear.frames


@shows("handshake refused")
async def handshake_refused(bare: Bare) -> None:
    bare.twitch.strike("handshake refused")
    with pytest.raises(InvalidStatus, match="503"):
        await bare.open()
    await bare.open()
    assert [one.status for one in bare.twitch.requests("/ws")] == [503, 101]


@shows("no welcome")
async def no_welcome(bare: Bare) -> None:
    bare.twitch.strike("no welcome")
    ear = await bare.open(quietly=True)
    await asyncio.sleep(0.3)
    assert (ear.frames, ear.is_over) == ([], False)


@shows("late welcome")
async def late_welcome(bare: Bare) -> None:
    bare.twitch.strike("late welcome")
    started = time.monotonic()
    await bare.open()
    assert time.monotonic() - started >= bare.twitch.slow_s


@shows("slow drip")
async def slow_drip(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("slow drip")
    started = time.monotonic()
    for n in range(3):
        bare.twitch.say("ada", str(n))
    await ear.until(lambda: len(ear.texts()) == 3, 10)
    assert time.monotonic() - started > 0.5
    assert ear.texts() == ["0", "1", "2"]


async def _told_to_move(bare: Bare, name: str) -> tuple[Ear, str]:
    ear = await bare.listen()
    bare.twitch.strike(name)
    await ear.until(lambda: ear.messages("session_reconnect"))
    return ear, ear.messages("session_reconnect")[0]["payload"]["session"]["reconnect_url"]


@shows("reconnect")
async def reconnect(bare: Bare) -> None:
    old, url = await _told_to_move(bare, "reconnect")
    new = await bare.open(url)
    bare.twitch.say("ada", "to both")
    await old.until(old.texts)
    await new.until(new.texts)
    assert old.ids() == new.ids()
    [delivery] = bare.twitch.delivered.values()
    assert delivery.sockets == [1, 2]
    assert await old.closed() == 4004
    assert not new.is_over


@shows("reconnect without welcome")
async def reconnect_without_welcome(bare: Bare) -> None:
    old, url = await _told_to_move(bare, "reconnect without welcome")
    new = await bare.open(url, quietly=True)
    bare.twitch.say("ada", "by the old one")
    await old.until(old.texts)
    assert await old.closed() == 4004
    assert (new.frames, new.is_over) == ([], False)
    await bare.twitch.until(lambda: not bare.twitch.eventsub.sessions)


@shows("reconnect refused")
async def reconnect_refused(bare: Bare) -> None:
    old, url = await _told_to_move(bare, "reconnect refused")
    new = await bare.open(url, quietly=True)
    assert await new.closed() == 4007
    bare.twitch.say("ada", "by the old one")
    await old.until(old.texts)
    assert await old.closed() == 4004


@shows(*(f"close {code}" for code in range(4000, 4008)))
async def close(bare: Bare) -> None:
    for code in range(4000, 4008):
        ear = await bare.listen()
        bare.twitch.strike(f"close {code}")
        assert await ear.closed() == code
        assert ear.wire.close_reason
        await bare.twitch.until(lambda: not bare.twitch.eventsub.sessions)


# Subscriptions.


@shows("revoked")
async def revoked(bare: Bare) -> None:
    ear = await bare.listen(CHAT, "stream.online")
    bare.twitch.strike("revoked")
    await ear.until(lambda: len(ear.messages("revocation")) == 2)
    said = ear.messages("revocation")
    assert {one["payload"]["subscription"]["status"] for one in said} == {"authorization_revoked"}
    assert {one["metadata"]["subscription_type"] for one in said} == {CHAT, "stream.online"}
    assert (await bare.ask("GET", "users")).status_code == 401
    assert (await bare.refresh()).status_code == 400
    bare.twitch.say("ada", "to nobody")
    assert bare.twitch.delivered_events() == []


@shows("one revoked")
async def one_revoked(bare: Bare) -> None:
    ear = await bare.listen("stream.online", CHAT)
    bare.twitch.strike("one revoked")
    await ear.until(lambda: ear.messages("revocation"))
    [said] = ear.messages("revocation")
    assert said["payload"]["subscription"]["status"] == "version_removed"
    assert said["payload"]["subscription"]["type"] == "stream.online"
    bare.twitch.say("ada", "still here")
    await ear.until(ear.texts)


@shows(*(f"subscribing {status}" for status in (400, 403, 409, 429, 500)))
async def subscribing(bare: Bare) -> None:
    ear = await bare.open()
    for status in (400, 403, 409, 429, 500):
        bare.twitch.strike(f"subscribing {status}")
        assert (await bare.ask("GET", "users")).status_code == 200
        assert (await bare.subscribe(ear)).status_code == status
    assert (await bare.subscribe(ear)).status_code == 202


# Tokens.


@shows("401 once")
async def once_401(bare: Bare) -> None:
    bare.twitch.strike("401 once")
    answers = [await bare.ask("GET", "users") for _ in range(2)]
    assert [one.status_code for one in answers] == [401, 401]
    assert answers[0].json() == {"error": "Unauthorized", "status": 401, "message": "Invalid OAuth token"}
    assert (await bare.refresh()).status_code == 200
    assert (await bare.ask("GET", "users")).status_code == 200


@shows("401 for ever")
async def for_ever_401(bare: Bare) -> None:
    bare.twitch.strike("401 for ever")
    assert (await bare.refresh()).status_code == 200
    assert (await bare.ask("GET", "users")).status_code == 401
    assert (await bare.http.get(f"{bare.twitch.oauth_url}/validate")).status_code == 401


@shows("refresh fails")
async def refresh_fails(bare: Bare) -> None:
    bare.twitch.strike("refresh fails")
    assert (await bare.ask("GET", "users")).status_code == 401
    for _ in range(2):
        answer = await bare.refresh()
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert bare.twitch.oauth.reused == []


@shows("refresh 500")
async def refresh_500(bare: Bare) -> None:
    bare.twitch.strike("refresh 500")
    assert (await bare.ask("GET", "users")).status_code == 401
    assert [(await bare.refresh()).status_code for _ in range(2)] == [500, 200]
    assert (await bare.ask("GET", "users")).status_code == 200


# Requests.


@shows("429 with a wait", "429 with a reset", "429 alone")
async def too_many(bare: Bare) -> None:
    heads = {}
    for name in ("429 with a wait", "429 with a reset", "429 alone"):
        bare.twitch.strike(name)
        answer = await bare.ask("GET", "users")
        assert answer.status_code == 429
        heads[name] = answer.headers
        assert (await bare.ask("GET", "users")).status_code == 200
    assert heads["429 with a wait"]["Retry-After"] == "1"
    assert int(heads["429 with a reset"]["Ratelimit-Reset"]) > time.time()
    assert not {"retry-after", "ratelimit-reset"} & set(heads["429 alone"])


@shows("500", "503")
async def server_errors(bare: Bare) -> None:
    for name, statuses in (("500", [500, 500, 200]), ("503", [503, 200])):
        bare.twitch.strike(name)
        assert [(await bare.ask("GET", "users")).status_code for _ in statuses] == statuses
    bare.twitch.fail_always("/helix/users", "502")
    assert {(await bare.ask("GET", "users")).status_code for _ in range(5)} == {502}
    bare.twitch.calm()
    assert (await bare.ask("GET", "users")).status_code == 200


@shows("slow", "dribble")
async def slow(bare: Bare) -> None:
    bare.twitch.strike("slow")
    with pytest.raises(httpx.ReadTimeout):
        await bare.ask("GET", "users", timeout=bare.twitch.slow_s / 2)
    bare.twitch.strike("dribble")
    with pytest.raises(TimeoutError):
        # Each byte comes in time for a limit of one read: it takes a limit of the whole to notice.
        await asyncio.wait_for(bare.ask("GET", "users", timeout=0.2), bare.twitch.slow_s / 2)
    assert (await bare.ask("GET", "users")).status_code == 200


@shows("hang up", "half an answer")
async def broken_off(bare: Bare) -> None:
    for name in ("hang up", "half an answer"):
        bare.twitch.strike(name)
        with pytest.raises(httpx.RemoteProtocolError):
            await bare.ask("GET", "users")
    assert (await bare.ask("GET", "users")).status_code == 200


@shows("HTML", "list")
async def nonsense(bare: Bare) -> None:
    bare.twitch.strike("HTML")
    page = await bare.ask("GET", "users")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    bare.twitch.strike("list")
    assert isinstance((await bare.ask("GET", "users")).json(), list)


# Answers that look well.


@shows("not sent")
async def not_sent(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("not sent")
    first, second = [await bare.ask("POST", "chat/messages", MESSAGE | {"message": text}) for text in ("one", "two")]
    [said] = first.json()["data"]
    assert (first.status_code, said["is_sent"], said["drop_reason"]["code"]) == (200, False, "msg_rejected")
    assert second.json()["data"][0]["is_sent"]
    await ear.until(ear.texts)
    assert ear.texts() == ["two"]


@shows("echo first")
async def echo_first(bare: Bare) -> None:
    ear = await bare.listen()
    bare.twitch.strike("echo first")
    bare.twitch.echo_gap_s = 0.2
    asking = asyncio.ensure_future(bare.ask("POST", "chat/messages", MESSAGE))
    await ear.until(ear.texts)
    assert not asking.done()
    sent = (await asking).json()["data"][0]
    assert ear.events(CHAT)[0]["message_id"] == sent["message_id"]


@shows("empty page")
async def empty_page(bare: Bare) -> None:
    bare.twitch.strike("empty page")
    assert (await bare.ask("GET", "users")).json() == {"data": [], "pagination": {}}


@shows("stream ends")
async def stream_ends(bare: Bare) -> None:
    bare.twitch.go_online(viewers=9)
    ear = await bare.listen("stream.offline")
    bare.twitch.strike("stream ends")
    await ear.until(ear.events)
    assert (await bare.ask("GET", "streams?user_id=1001")).json()["data"] == []


# Which request a fault hits.


async def test_the_longest_path_that_fits_is_hit(twitch: FakeTwitch, bare: Bare) -> None:
    twitch.fail("/helix", "500")
    twitch.fail("GET /helix/users", "", "403")
    assert [(await bare.ask("GET", "users")).status_code for _ in range(2)] == [200, 403]
    assert (await bare.ask("GET", "channels?broadcaster_id=1001")).status_code == 500
    with pytest.raises(AssertionError):
        twitch.fail("/helix", "no such fault")
