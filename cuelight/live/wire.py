"""Channels V2 frames in and out: ``[join_ref, ref, topic, event, payload]``. Pure: no socket, no clock.

What goes out is returned as a whole WebSocket frame, ready for ``transport.write``.
"""

from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import orjson

from cuelight.live import frames
from cuelight.live.payload import Payload

# A joined channel keeps its topic and join_ref, so their length is part of what one client may cost.
Ref = Annotated[str, msgspec.Meta(max_length=64)]
Topic = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Event = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Frame(NamedTuple):
    """One frame from a client."""

    join_ref: Ref | None
    ref: Ref | None
    topic: Topic
    event: Event
    payload: dict[str, Any]


class Encoded:
    """A payload that is JSON already: encode a snapshot once, answer every joiner with it."""

    __slots__ = ("json",)

    def __init__(self, json: bytes) -> None:
        self.json = json


class Malformed(ValueError):
    """Not a Channels V2 frame."""


_decoder = msgspec.json.Decoder(Frame)


def decode(message: bytes) -> Frame:
    """Reads a text message. Raises Malformed for what is no JSON, no UTF-8, or no frame of five."""
    try:
        return _decoder.decode(message)
    except (ValueError, RecursionError) as error:
        # msgspec's own errors are ValueErrors, as is UnicodeDecodeError; deep nesting ends in RecursionError.
        raise Malformed(str(error)) from None


def encode(payload: Payload) -> Encoded:
    return Encoded(orjson.dumps(payload))


def event(topic: str, name: str, payload: Payload | Encoded, join_ref: str | None = None) -> bytes:
    """An event; with ``join_ref`` None the same bytes serve every subscriber."""
    return _text([join_ref, None, topic, name, _raw(payload)])


def reply(frame: Frame, status: Literal["ok", "error"], response: Payload | Encoded) -> bytes:
    """The answer to one frame of a client."""
    body = {"status": status, "response": _raw(response)}
    return _text([frame.join_ref, frame.ref, frame.topic, "phx_reply", body])


def refusal(frame: Frame, reason: str, message: str, **more: Any) -> bytes:
    return reply(frame, "error", {"reason": reason, "message": message, **more})


def ending(join_ref: str, topic: str, name: Literal["phx_close", "phx_error"]) -> bytes:
    """``phx_close``: over, do not come back. ``phx_error``: something broke, rejoin."""
    return _text([join_ref, join_ref, topic, name, {}])


def _raw(payload: Payload | Encoded) -> Any:
    return orjson.Fragment(payload.json) if isinstance(payload, Encoded) else payload


def _text(parts: list[Any]) -> bytes:
    return frames.text(orjson.dumps(parts))
