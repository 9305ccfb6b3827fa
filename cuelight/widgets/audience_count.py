"""What the counts of viewers and of followers have in common: one number, or one for each platform. Pure."""

from random import Random
from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.contract import Frame
from cuelight.widgets.look import PAPER, STUDIO_RED, Look

Label = Annotated[str, fields.template("Words beside it", "count")]
LabelOfOne = Annotated[str, fields.template("Words when it is one", "count")]


class Count(Look, kw_only=True, frozen=True):
    """Whom it counts, each kind says in words of its own."""

    platforms: Annotated[
        str, fields.choice("Shows", {"total": "All platforms together", "each": "Each platform", "both": "Both"})
    ] = "total"
    only: Annotated[
        str, fields.text("Only one platform", most=20, hint="Its short name, such as twitch or youtube; empty: all.")
    ] = ""
    label: Label = ""
    label_of_one: LabelOfOne = ""
    show_icon: Annotated[bool, fields.switch("Show the shapes of the platforms")] = True
    short_numbers: Annotated[bool, fields.switch("Short numbers", hint="12.3K instead of 12,345.")] = False
    hide_at_zero: Annotated[bool, fields.switch("Hide it while it is not known or zero")] = True


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {**PAPER, "radius": 10},
    "Studio red": STUDIO_RED,
    "Clear": {"background": "#00000000", "radius": 0},
}


def frames(seed: int, of: str, begin: dict[str, int], *, least: int, most: int) -> list[Frame]:
    """Half a minute of a count that moves. ``of``: ``viewers`` or ``followers``; ``begin``: the numbers by platform,
    one of which changes at each turn, by ``least`` to ``most`` people and never below 1."""
    rng, by, moves = Random(seed), dict(begin), []
    for turn in range(12):
        told = {of: {"total": sum(by.values()), "by": dict(by)}}
        moves.append(Frame(2_500 if turn else 0, "audience", of, told))
        platform = rng.choice(list(by))
        by[platform] = max(1, by[platform] + rng.randint(least, most))
    return moves
