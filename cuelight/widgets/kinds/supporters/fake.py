"""Supporters: names of every length and script, and one who overtakes."""

from random import Random
from typing import Any

from cuelight.widgets.contract import Frame

_NAMES = (
    ("Ana", "twitch"),
    ("TheOneWithTheVeryLongNameFromTheOtherStream", "youtube"),
    ("نور", "tiktok"),
    ("pottery_with_pia 🌿", "twitch"),
    ("Jürgen", "twitch"),
    ("밤시장", "tiktok"),
)


def fake(seed: int) -> list[Frame]:
    rng = Random(seed)
    given = {name: rng.randint(2, 80) * 100 for name, _ in _NAMES}
    given[_NAMES[0][0]] = 100_000
    frames = []
    for turn in range(8):
        frames.append(Frame(3_000 if turn else 0, "audience", "supporters", {"supporters": _rows(given)}))
        given[rng.choice(_NAMES)[0]] += rng.choice((500, 2_000, 12_000))
    return frames


def _rows(given: dict[str, int]) -> list[dict[str, Any]]:
    rows = [{"name": name, "platform": platform, "value": given[name], "currency": "USD"} for name, platform in _NAMES]
    return sorted(rows, key=lambda row: -given[str(row["name"])])
