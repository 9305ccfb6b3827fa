"""Counts that move, on three platforms."""

from cuelight.widgets.audience_count import frames
from cuelight.widgets.contract import Frame

_BEGIN = {"twitch": 18_412, "tiktok": 99_998, "youtube": 640}


def fake(seed: int) -> list[Frame]:
    return frames(seed, "followers", _BEGIN, least=1, most=2)
