"""What can be set of the product card."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, STUDIO_RED, Look


class Settings(Look, kw_only=True, frozen=True):
    """The defaults are a lower third that is read on a phone."""

    layout: Annotated[
        str, fields.choice("Layout", {"beside": "Picture beside the words", "above": "Picture above the words"})
    ] = "beside"
    show_picture: Annotated[bool, fields.switch("Show the picture")] = True
    show_number: Annotated[bool, fields.switch("Show the number", hint="Viewers order by it.")] = True
    number_label: Annotated[str, fields.template("Words before the number", "number")] = "No. {number}"
    flash_label: Annotated[str, fields.template("Words of a price for a while", "left")] = "Only {left}"
    sold_out_label: Annotated[str, fields.template("Words when it is sold out")] = "Sold out"
    sale: Annotated[str, fields.color("Reduced price")] = "#4ade80"
    motion: Annotated[str, fields.motion("It comes in")] = "slide"
    motion_ms: Annotated[int, fields.motion_ms()] = 300


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {**PAPER, "sale": "#166534", "radius": 10},
    "Studio red": {**STUDIO_RED, "text": "#ffffff", "sale": "#86efac"},
    "Clear": {"background": "#00000066", "radius": 0, "font": "condensed"},
}
