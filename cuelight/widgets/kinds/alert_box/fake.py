"""Alerts to try the box with: one of each kind, with a long name, a long message and one from right to left."""

from typing import Any

from cuelight.widgets.contract import Frame

_SECONDS, _GAP_MS = 6, 1_000
_EVENTS: tuple[dict[str, Any], ...] = (
    {"kind": "follow", "platform": "twitch", "user": {"id": "1", "name": "goldie_hoops"}},
    {
        "kind": "donation",
        "platform": "youtube",
        "user": {"id": "2", "name": "Anneliese Vandermeersch-Okonkwo"},
        "amount": {"value": 2500, "currency": "USD"},
        "text": "Been watching since the very first show. The scarf is for my mother, she will love it!",
    },
    {
        "kind": "gift",
        "platform": "tiktok",
        "user": {"id": "3", "name": "mia.sells"},
        "count": 5,
        "detail": {"item": "Rose"},
    },
    {"kind": "raid", "platform": "twitch", "user": {"id": "4", "name": "nightowl99"}, "count": 218},
    {
        "kind": "order",
        "platform": "tiktok",
        "user": {"id": "5", "name": "نور الهدى"},
        "count": 1,
        "amount": {"value": 6900, "currency": "USD"},
        "detail": {"item": "Silk scarf “Harbour at night”"},
    },
    {
        "kind": "subscription",
        "platform": "kick",
        "user": {"id": "6", "name": "pixelpaws"},
        "count": 7,
        "detail": {"months": 7},
        "text": "seven months 🎉",
    },
)


def fake(seed: int) -> list[Frame]:
    """Each for six seconds, a second apart; the first one differs by the seed."""
    frames = [Frame(0, "alertbox", "snapshot", _state(0, None))]
    for place in range(len(_EVENTS)):
        event = _EVENTS[(place + seed) % len(_EVENTS)]
        frames.append(Frame(_GAP_MS, "alertbox", "alerts_changed", _state(2 * place + 1, event)))
        frames.append(Frame(_SECONDS * 1_000, "alertbox", "alerts_changed", _state(2 * place + 2, None)))
    return frames


def _state(version: int, event: dict[str, Any] | None) -> dict[str, Any]:
    showing = event and {
        "id": version,
        "run": 0,
        "kind": event["kind"],
        "event": {"id": version, "platform_id": f"fake-{version}", "at": {"in_s": 0}, **event},
        "since": {"in_s": 0},
        "until": {"in_s": _SECONDS},
        "seconds": _SECONDS,
        "begun": False,
        "is_test": False,
        "rehearsal": False,
        "text_approved": True,
    }
    return {
        "version": version,
        "paused": False,
        "held": False,
        "held_at": None,
        "gap_ms": 250,
        "waiting": 0,
        "showing": showing,
        "can": {"run": False, "rules": False, "begun": False},
        "server_time": {"in_s": 0},
    }
