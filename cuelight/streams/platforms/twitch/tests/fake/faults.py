"""How things go wrong: answers to requests, frames that make no sense, and `STROKES`, each fault by its name.

The names are those of the table that all platforms share; a test holds the two together.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cuelight.streams.platforms.twitch.tests.fake.http import Answer, Asked, say_error, say_json
from cuelight.streams.platforms.twitch.tests.fake.oauth import invalid_grant

if TYPE_CHECKING:
    from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch

PAGE = b"<!doctype html><title>Twitch</title><h1>We will be right back</h1>"

#: What is answered instead, made anew each time.
ANSWERS: dict[str, Callable[[], Answer]] = {
    "400": lambda: say_error(400, "The request was malformed"),
    "401": lambda: say_error(401, "Invalid OAuth token"),
    "403": lambda: say_error(403, "subscription missing proper authorization"),
    "404": lambda: say_error(404, "Not Found"),
    "409": lambda: say_error(409, "subscription already exists"),
    "429": lambda: say_error(429, "Too Many Requests"),
    "429 after 1": lambda: say_error(429, "Too Many Requests", Retry_After="1"),
    "429 reset": lambda: say_error(
        429,
        "Too Many Requests",
        **{"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0", "Ratelimit-Reset": str(int(time.time()) + 2)},
    ),
    "429 for ever": lambda: say_error(429, "Too Many Requests", Retry_After="86400"),
    "500": lambda: say_error(500, "Internal Server Error"),
    "502": lambda: Answer(502, PAGE, kind="text/html"),
    "503": lambda: Answer(503, PAGE, kind="text/html"),
    "html": lambda: Answer(200, PAGE, kind="text/html; charset=utf-8"),
    "garbage": lambda: Answer(200, b"\xff\xfe\x00not json"),
    "list": lambda: say_json(200, ["what", "is", "this"]),
    "empty": lambda: say_json(200, {"data": [], "pagination": {}}),
    "invalid_grant": invalid_grant,
}
#: These are done to the right answer, or to the connection. The last two are of sockets only.
BREAKS = ("slow", "close", "half", "drip", "no welcome", "late welcome")

#: Frames as they are sent, to every socket.
GARBAGE: dict[str, list[str | bytes]] = {
    "not JSON": ["not json at all", '{"metadata": {"message_id"', ""],
    "wrong shape": [
        "[]",
        "null",
        "42",
        "{}",
        '{"metadata": null, "payload": null}',
        '{"metadata": {"message_type": 7, "message_id": []}, "payload": "x"}',
        '{"metadata": {"message_id": "w-1", "message_type": "notification"}, "payload": {}}',
        '{"metadata": {"message_id": "w-2", "message_type": "session_reconnect"}, "payload": {"session": null}}',
        '{"metadata": {"message_id": "w-3", "message_type": "revocation"}, "payload": {"subscription": []}}',
    ],
    "binary": [b"\x00\xff\x01", b'{"metadata": {}}'],
    "unknown message": [
        '{"metadata": {"message_id": "u-1", "message_type": "session_party", '
        '"message_timestamp": "2026-11-22T09:00:00.000000000Z"}, "payload": {"cake": true}}'
    ],
}


@dataclass
class Faults:
    """Which requests go wrong. A key is a path, with a method before it or not; it covers what lies below it, and the
    longest that fits and has something waiting is taken."""

    waiting: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    always: dict[str, str] = field(default_factory=dict)

    def next_for(self, asked: Asked) -> str:
        """The name of what goes wrong with a request, or ""."""
        keys = [key for key, names in self.waiting.items() if names and _covers(key, asked)]
        if keys:
            return self.waiting[max(keys, key=len)].popleft()
        lasting = [key for key in self.always if _covers(key, asked)]
        return self.always[max(lasting, key=len)] if lasting else ""


def _covers(key: str, asked: Asked) -> bool:
    method, _, path = key.rpartition(" ")
    return method in ("", asked.method) and f"{asked.path}/".startswith(f"{path.rstrip('/')}/")


Stroke = Callable[["FakeTwitch"], Any]
SUBSCRIBING = "POST /helix/eventsub/subscriptions"


def _garble(name: str) -> Stroke:
    def stroke(twitch: "FakeTwitch") -> None:
        for socket in twitch.eventsub.open_sockets():
            for frame in GARBAGE[name]:
                socket.say_raw(frame)

    return stroke


def _close(code: int) -> Stroke:
    def stroke(twitch: "FakeTwitch") -> None:
        for socket in twitch.eventsub.open_sockets():
            socket.close(code)

    return stroke


def _fail(key: str, *names: str) -> Stroke:
    return lambda twitch: twitch.fail(key, *names)


def _silence(twitch: "FakeTwitch") -> None:
    for socket in twitch.eventsub.open_sockets():
        socket.is_silent = True


def _drop(twitch: "FakeTwitch") -> None:
    for socket in twitch.eventsub.open_sockets():
        socket.drop()


def _drop_in_a_frame(twitch: "FakeTwitch") -> None:
    for socket in twitch.eventsub.open_sockets():
        socket.drop(in_a_frame=True)


def _drip(twitch: "FakeTwitch") -> None:
    for socket in twitch.eventsub.open_sockets():
        socket.drips = True


def _late_duplicate(twitch: "FakeTwitch") -> None:
    twitch.eventsub.deliver_again(next(one.message_id for one in twitch.delivered.values() if one.sockets))


def _break_event(twitch: "FakeTwitch") -> None:
    for one in {one.type for one in twitch.eventsub.subscriptions if one.status == "enabled"}:
        twitch.fire(one, {"message_id": None, "message": 3, "broadcaster_user_id": {}}, twitch.about_everybody())


def _401_for_ever(twitch: "FakeTwitch") -> None:
    twitch.fail_always("/helix", "401")
    twitch.fail_always("/oauth2/validate", "401")


def _refresh_fails(twitch: "FakeTwitch") -> None:
    twitch.expire_tokens()
    twitch.fail_always("POST /oauth2/token", "invalid_grant")


def _refresh_500(twitch: "FakeTwitch") -> None:
    twitch.expire_tokens()
    twitch.fail("POST /oauth2/token", "500")


def _revoke(twitch: "FakeTwitch") -> None:
    twitch.remove_app(twitch.broadcaster)


def _revoke_one(twitch: "FakeTwitch") -> None:
    one = next(one for one in twitch.eventsub.subscriptions if one.status == "enabled")
    twitch.eventsub.revoke("version_removed", type=one.type)


STROKES: dict[str, Stroke] = {
    "duplicate": lambda twitch: setattr(twitch.eventsub, "twice", True),
    "late duplicate": _late_duplicate,
    "out of order": lambda twitch: twitch.hold(3),
    "not JSON": _garble("not JSON"),
    "wrong shape": _garble("wrong shape"),
    "binary": _garble("binary"),
    "unknown message": _garble("unknown message"),
    "unknown event": lambda twitch: twitch.fire_unknown(),
    "broken event": _break_event,
    "extra fields": lambda twitch: setattr(twitch.eventsub, "extra_fields", True),
    "silence": _silence,
    "drop": _drop,
    "drop in a frame": _drop_in_a_frame,
    "handshake refused": _fail("/ws", "503"),
    "no welcome": _fail("/ws", "no welcome"),
    "late welcome": _fail("/ws", "late welcome"),
    "slow drip": _drip,
    "reconnect": lambda twitch: twitch.eventsub.reconnect(),
    "reconnect without welcome": lambda twitch: twitch.eventsub.reconnect("never"),
    "reconnect refused": lambda twitch: twitch.eventsub.reconnect("invalid"),
    **{f"close {code}": _close(code) for code in range(4000, 4008)},
    "revoked": _revoke,
    "one revoked": _revoke_one,
    "subscribing 400": _fail(SUBSCRIBING, "400"),
    "subscribing 403": _fail(SUBSCRIBING, "403"),
    "subscribing 409": _fail(SUBSCRIBING, "409"),
    "subscribing 429": _fail(SUBSCRIBING, "429"),
    "subscribing 500": _fail(SUBSCRIBING, "500"),
    "401 once": lambda twitch: twitch.expire_tokens(),
    "401 for ever": _401_for_ever,
    "refresh fails": _refresh_fails,
    "refresh 500": _refresh_500,
    "429 with a wait": _fail("/helix", "429 after 1"),
    "429 with a reset": _fail("/helix", "429 reset"),
    "429 alone": _fail("/helix", "429"),
    "500": _fail("/helix", "500", "500"),
    "503": _fail("/helix", "503"),
    "slow": _fail("/helix", "slow"),
    "dribble": _fail("/helix", "drip"),
    "hang up": _fail("/helix", "close"),
    "half an answer": _fail("/helix", "half"),
    "HTML": _fail("/helix", "html"),
    "list": _fail("/helix", "list"),
    "not sent": lambda twitch: twitch.helix.drops.append("msg_rejected"),
    "echo first": lambda twitch: setattr(twitch, "echo", "before"),
    "empty page": _fail("/helix", "empty"),
    "stream ends": lambda twitch: twitch.go_offline(),
}
