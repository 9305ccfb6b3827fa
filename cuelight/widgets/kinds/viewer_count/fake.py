"""Counts that move, on three platforms."""

from cuelight.widgets.audience_count import frames
from cuelight.widgets.contract import Frame

_BEGIN = {"twitch": 1_204, "tiktok": 863, "youtube": 97}


def fake(seed: int) -> list[Frame]:
    return frames(seed, "viewers", _BEGIN, least=-40, most=60)
