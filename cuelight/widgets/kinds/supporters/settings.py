"""What can be set of the top supporters."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.audience import MOST_SUPPORTERS, SPANS
from cuelight.widgets.look import PAPER, Look

_SPANS = {name: SPANS[name] for name in ("stream", "day", "month", "all")}


class Settings(Look, kw_only=True, frozen=True):
    """Who gives without a name is not among them."""

    title: Annotated[str, fields.text("Title", most=80)] = "Top supporters"
    counts: Annotated[str, fields.choice("By", {"donations": "Donations", "gifts": "Gifts"})] = "donations"
    currency: Annotated[str, fields.currency()] = "USD"
    span: Annotated[str, fields.choice("Of", _SPANS)] = "stream"
    most: Annotated[int, fields.number("How many", least=1, most=MOST_SUPPORTERS)] = 5
    layout: Annotated[str, fields.choice("Layout", {"list": "List", "podium": "Podium"})] = "list"
    show_amounts: Annotated[bool, fields.switch("Show what they gave")] = True
    show_platform: Annotated[bool, fields.switch("Show the platform")] = False
    empty_text: Annotated[str, fields.text("Words while nobody has", most=80, hint="Empty: nothing is shown.")] = ""


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {**PAPER, "radius": 10},
    "Gold podium": {"layout": "podium", "most": 3, "background": "#1c1503f2", "accent": "#ffcf4a", "radius": 18},
    "Clear": {"background": "#00000066", "radius": 0, "font": "condensed"},
}
