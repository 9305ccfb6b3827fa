"""Counts that move, on three platforms."""

from random import Random

from cuelight.widgets.contract import Frame

_BEGIN = {"twitch": 18_412, "tiktok": 99_998, "youtube": 640}


def fake(seed: int) -> list[Frame]:
    rng, by, frames = Random(seed), dict(_BEGIN), []
    for turn in range(12):
        told = {"followers": {"total": sum(by.values()), "by": dict(by)}}
        frames.append(Frame(2_500 if turn else 0, "audience", "followers", told))
        platform = rng.choice(list(by))
        by[platform] = max(1, by[platform] + rng.randint(1, 2))
    return frames
