"""Clocks to try the timer with: time enough, soon, now, paused, over."""

from typing import Any

from cuelight.widgets.contract import Frame

#: A product's five minutes, with so many seconds left.
_LENGTH = 300


def fake(seed: int) -> list[Frame]:
    """The same for every seed: a clock has no luck. Whatever it is set to count, it counts this."""
    frames = [Frame(0, "audience", "clock", {"clock": _clock(184)})]
    frames += [Frame(6_000, "audience", "clock", {"clock": _clock(left)}) for left in (63, 18)]
    paused = {**_clock(140), "paused_at": {"in_s": 0}}
    return [*frames, Frame(22_000, "audience", "clock", {"clock": paused}), Frame(4_000, "audience", "clock", _NONE)]


_NONE: dict[str, Any] = {"clock": None}


def _clock(left: int) -> dict[str, Any]:
    times = {"since": {"in_s": left - _LENGTH}, "until": {"in_s": left}}
    return {**times, "paused_at": None, "warn_seconds": 60, "danger_seconds": 15}
