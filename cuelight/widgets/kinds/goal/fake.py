"""A goal on its way: steps, a big one, and the end of it."""

from random import Random

from cuelight.widgets.contract import Frame


def fake(seed: int) -> list[Frame]:
    """In percent of whatever goal is set, every two seconds."""
    rng, percent = Random(seed), 18
    frames: list[Frame] = []
    while percent < 100:
        frames.append(_frame(0 if not frames else 2_000, percent))
        percent += rng.randint(6, 19)
    return [*frames, _frame(2_000, 100), _frame(6_000, 104)]


def _frame(after_ms: int, percent: int) -> Frame:
    goal = {"title": "", "counts": "", "value": 0, "target": 0, "currency": "", "percent": percent}
    return Frame(after_ms, "audience", "goals", {"goals": {"goal": goal}})
