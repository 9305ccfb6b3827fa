"""Events to try the list with: each kind, a long name, one from right to left, then more every two seconds."""

from random import Random
from typing import Any

from cuelight.widgets.contract import Frame

_WHO = ("goldie_hoops", "Anneliese Vandermeersch-Okonkwo", "mia.sells", "نور الهدى", "nightowl99")
_PLATFORMS = ("twitch", "youtube", "tiktok", "kick", "facebook")
_WHAT: tuple[dict[str, Any], ...] = (
    {"kind": "follow"},
    {"kind": "donation", "amount": {"value": 2_500, "currency": "USD"}},
    {"kind": "gift", "count": 5, "detail": {"item": "Rose"}},
    {"kind": "subscription", "count": 3},
    {"kind": "raid", "count": 218},
    {"kind": "order", "count": 1, "detail": {"item": "Silk scarf “Harbour at night”"}},
)
_FIRST, _MORE = 4, 10


def fake(seed: int) -> list[Frame]:
    rng = Random(seed)
    there = [_event(number, rng) for number in range(_FIRST, 0, -1)]
    frames = [Frame(0, "audience", "snapshot", {**_NOTHING, "latest": there})]
    numbers = range(_FIRST + 1, _FIRST + _MORE + 1)
    return frames + [Frame(2_000, "audience", "latest", {"events": [_event(number, rng)]}) for number in numbers]


def _event(number: int, rng: Random) -> dict[str, Any]:
    what = _WHAT[number % len(_WHAT)]
    user = {} if what["kind"] == "order" else {"user": {"name": rng.choice(_WHO)}}
    return {"id": number, "platform": rng.choice(_PLATFORMS), "at": {"in_s": 0}, **what, **user}


_NOTHING: dict[str, Any] = {
    "rehearsal": False,
    "viewers": None,
    "followers": None,
    "goals": {},
    "supporters": [],
    "question": None,
    "clock": None,
    "server_time": {"in_s": 0},
}
