"""A chat to try the widget with: several platforms, roles, a long name, a long line, right to left, one that goes."""

from random import Random
from typing import Any

from cuelight.widgets.contract import Frame

_PEOPLE: tuple[tuple[str, str, str, str], ...] = (
    ("twitch", "goldie_hoops", "#ff7f50", "subscriber"),
    ("youtube", "Anneliese Vandermeersch-Okonkwo", "", ""),
    ("tiktok", "mia.sells", "#2e8b57", "moderator"),
    ("kick", "nightowl99", "#1e90ff", ""),
    ("facebook", "نور الهدى", "", ""),
    ("twitch", "pixelpaws", "#9acd32", "vip"),
)
_LINES = (
    "hello from Lisbon 👋",
    "do you have number 12 in silver?",
    "12!!",
    "the scarf is gorgeous",
    "how long is the chain? I would wear it every day, with everything, to the office and to weddings alike",
    "هل يتوفر باللون الذهبي؟",
    "ordered ❤️",
    "first time here, love this",
    "what about shipping to Canada?",
    "price drop yesss",
)


def fake(seed: int) -> list[Frame]:
    """Three that are there, then one about every second; the sixth is taken away by a moderator."""
    rng = Random(seed)
    events = [_event(place + 1, rng) for place in range(14)]
    frames = [Frame(0, "chat", "snapshot", {"events": events[:3], "last_id": 3, "can": {}})]
    for event in events[3:]:
        frames.append(Frame(rng.randint(500, 1_600), "chat", "events", {"events": [event]}))
        if event["id"] == 7:
            frames.append(Frame(900, "chat", "removed", {"ids": [6], "why": "deleted"}))
    return frames


def _event(number: int, rng: Random) -> dict[str, Any]:
    platform, name, color, role = _PEOPLE[(number - 1) % len(_PEOPLE)]
    user = {"id": f"fake-{name}", "name": name, "color": color, "roles": [role] if role else []}
    text = _LINES[number - 1] if number <= len(_LINES) else rng.choice(_LINES)
    return {
        "id": number,
        "platform": platform,
        "platform_id": f"fake-{number}",
        "kind": "chat",
        "at": {"in_s": 0},
        "user": user,
        "text": text,
    }
