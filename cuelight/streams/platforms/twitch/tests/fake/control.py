"""The fake as a process is told what happens by HTTP: ``POST /control/say {"user": "mia", "text": "hello"}``.

``GET /control/asked``, ``/control/delivered`` and ``/control/sockets`` say what it remembers.
"""

from typing import TYPE_CHECKING, Any

import orjson

from cuelight.streams.platforms.twitch.tests.fake.http import Answer, Asked, say_json

if TYPE_CHECKING:
    from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch

#: What may be called, with the arguments as JSON.
CALLS = frozenset(
    (
        *("say", "say_in_shared_chat", "delete_message", "clear", "clear_user_messages", "ban", "unban"),
        *("follow", "subscribe", "gift", "resub", "cheer", "raid"),
        *("go_online", "go_offline", "set_viewers", "update", "fire"),
        *("fail", "fail_always", "calm", "hold", "strike", "remove_app", "grant", "expire_tokens"),
    )
)


def answer_control(twitch: "FakeTwitch", asked: Asked) -> Answer:
    name = asked.path.removeprefix("/control/")
    if asked.method == "GET":
        return _remembered(twitch, name)
    if name not in CALLS:
        return say_json(404, {"message": f"There is no {name}. There are: {', '.join(sorted(CALLS))}."})
    try:
        arguments: dict[str, Any] = orjson.loads(asked.body or b"{}")
        listed = arguments.pop("args", [])
        result = getattr(twitch, name)(*listed, **arguments)
    except (TypeError, ValueError, KeyError, AssertionError) as error:
        return say_json(400, {"message": f"{type(error).__name__}: {error}"})
    return say_json(200, {"result": result})


def _remembered(twitch: "FakeTwitch", name: str) -> Answer:
    match name:
        case "asked":
            rows = [
                {"method": one.method, "path": one.path, "status": one.status, "at": one.at} for one in twitch.asked
            ]
        case "delivered":
            rows = [
                {"message_id": one.message_id, "type": one.type, "sockets": one.sockets, "event": one.event}
                for one in twitch.delivered.values()
            ]
        case "sockets":
            rows = [
                {"number": one.number, "is_open": one.is_open, "code": one.code, "said": len(one.said)}
                for one in twitch.eventsub.sockets
            ]
        case _:
            return say_json(404, {"message": "There are: asked, delivered, sockets."})
    return say_json(200, {name: rows})
