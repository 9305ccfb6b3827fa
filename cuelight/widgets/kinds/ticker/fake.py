"""What the ticker says when nothing is connected."""

from random import Random
from typing import Any

from cuelight.widgets.contract import Frame

_WHO = ("Ana", "نور", "pottery_with_pia 🌿", "TheOneWithTheVeryLongNameFromTheOtherStream", "Jürgen")
_WHAT: tuple[dict[str, Any], ...] = (
    {"kind": "follow"},
    {"kind": "donation", "amount": {"value": 2_500, "currency": "USD"}},
    {"kind": "subscription", "count": 3},
    {"kind": "gift", "count": 20},
    {"kind": "raid", "count": 214},
    {"kind": "order", "count": 1, "detail": {"item": "Gold hoop earrings"}},
)
_AT = "2026-11-22T18:00:00+00:00"


def fake(seed: int) -> list[Frame]:
    rng = Random(seed)
    goal = {"title": "Follower goal", "counts": "followers", "value": 1_904, "target": 2_500, "currency": ""}
    latest = [_event(rng, number) for number in range(1, 7)]
    frames = [
        Frame(0, "air", "snapshot", _CARD),
        Frame(0, "audience", "goals", {"goals": {"goal": goal}}),
        Frame(0, "audience", "latest", {"events": latest[::-1]}),
    ]
    return [*frames, *(_happens(rng, number) for number in range(7, 10)), Frame(12_000, "audience", "latest", _NOTHING)]


_NOTHING: dict[str, Any] = {"events": []}
_CARD: dict[str, Any] = {
    "session_id": 0,
    "since": None,
    "version": 1,
    "shown": True,
    "product": {
        "number": 12,
        "name": "Gold hoop earrings, 18 inch",
        "short_name": "",
        "original_price_cents": 3_900,
        "sale_price_cents": 2_900,
        "flash": None,
        "currency": "USD",
        "sold_out": False,
        "image_url": None,
        "image_srcset": None,
    },
}


def _happens(rng: Random, number: int) -> Frame:
    return Frame(8_000, "audience", "latest", {"events": [_event(rng, number)]})


def _event(rng: Random, number: int) -> dict[str, Any]:
    what = rng.choice(_WHAT)
    user = {} if what["kind"] == "order" else {"user": {"name": rng.choice(_WHO)}}
    return {"id": number, "platform": "twitch", "at": _AT, **what, **user}
