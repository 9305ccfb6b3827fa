"""Counts that move, on three platforms."""

from random import Random

from cuelight.widgets.contract import Frame

_BEGIN = {"twitch": 1_204, "tiktok": 863, "youtube": 97}


def fake(seed: int) -> list[Frame]:
    rng, by, frames = Random(seed), dict(_BEGIN), []
    for turn in range(12):
        told = {"viewers": {"total": sum(by.values()), "by": dict(by)}}
        frames.append(Frame(2_500 if turn else 0, "audience", "viewers", told))
        platform = rng.choice(list(by))
        by[platform] = max(1, by[platform] + rng.randint(-40, 60))
    return frames
