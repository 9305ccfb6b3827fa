"""What can be set of the chat."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, Look


class Settings(Look, kw_only=True, frozen=True):
    """The defaults are read beside a face: short lines, each on a ground of its own."""

    limit: Annotated[int, fields.number("Messages at once, at most", least=1, most=40)] = 12
    newest: Annotated[str, fields.choice("The newest is", {"below": "Below the others", "above": "Above them"})] = (
        "below"
    )
    leave_after_s: Annotated[
        int,
        fields.number("Each leaves after", least=0, most=600, unit="s", hint="0: others push it out."),
    ] = 0
    layout: Annotated[
        str, fields.choice("Layout", {"line": "Name and text in one line", "stacked": "Text below the name"})
    ] = "line"
    show_platform: Annotated[bool, fields.switch("Show which platform it is from")] = True
    show_roles: Annotated[bool, fields.switch("Show moderators, VIPs and subscribers")] = True
    own_colors: Annotated[bool, fields.switch("Names in the viewers’ own colours", group="Look")] = True
    hide_commands: Annotated[
        bool, fields.switch("Leave out commands", hint="What begins with an exclamation mark.")
    ] = True
    hide_names: Annotated[
        str, fields.text("Leave out these names", most=500, hint="Bots, for example. Commas between them.")
    ] = ""
    motion: Annotated[str, fields.motion("They come in")] = "slide"


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Glass": {"background": "#0e0f1199", "radius": 22, "font": "humanist"},
    "Paper": {**PAPER, "background": "#fffffff0", "own_colors": False, "radius": 8},
    "Bare": {"background": "#00000000", "radius": 0, "font": "condensed", "size": 115},
}
