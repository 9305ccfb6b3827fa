"""What can be set of the viewers’ count."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import Look


class Settings(Look, kw_only=True, frozen=True):
    """One number, or one for each platform."""

    platforms: Annotated[
        str, fields.choice("Shows", {"total": "All platforms together", "each": "Each platform", "both": "Both"})
    ] = "total"
    only: Annotated[
        str, fields.text("Only one platform", most=20, hint="Its short name, such as twitch or youtube; empty: all.")
    ] = ""
    label: Annotated[str, fields.template("Words beside it", "count")] = "watching"
    label_of_one: Annotated[str, fields.template("Words when it is one", "count")] = "watching"
    show_icon: Annotated[bool, fields.switch("Show the shapes of the platforms")] = True
    short_numbers: Annotated[bool, fields.switch("Short numbers", hint="12.3K instead of 12,345.")] = False
    hide_at_zero: Annotated[bool, fields.switch("Hide it while it is not known or zero")] = True


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {"background": "#fffffff2", "text": "#16171a", "accent": "#b45309", "radius": 10},
    "Studio red": {"background": "#7f1d1df2", "accent": "#ffd7a8", "radius": 4},
    "Clear": {"background": "#00000000", "radius": 0},
}
