"""What every widget can be set to. Pure."""

from typing import Annotated, Any

from msgspec import Struct

from cuelight.widgets import fields


class Look(Struct, kw_only=True, frozen=True):
    """On the page they are custom properties: ``--text``, ``--accent``, ``--bg``,
    ``--radius``, ``--font``, ``--size``."""

    font: Annotated[str, fields.font()] = "grotesque"
    size: Annotated[int, fields.number("Size", least=50, most=300, unit="%", group="Look")] = 100
    text: Annotated[str, fields.color("Text")] = "#ffffff"
    accent: Annotated[str, fields.color("Accent")] = "#ffb224"
    background: Annotated[str, fields.color("Background", hint="The last two digits: how solid.")] = "#101114e6"
    radius: Annotated[int, fields.number("Rounded corners", least=0, most=60, unit="px", group="Look")] = 14
    css: Annotated[str, fields.css(hint="For this widget only. Nothing can be loaded from elsewhere.")] = ""


#: Colours that several kinds offer under one name, "Paper" and "Studio red": a studio gives all its widgets that look.
PAPER: dict[str, Any] = {"background": "#fffffff2", "text": "#16171a", "accent": "#b45309"}
STUDIO_RED: dict[str, Any] = {"background": "#7f1d1df2", "accent": "#ffd7a8", "radius": 4}
