"""What can be set of the question."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import PAPER, STUDIO_RED, Look


class Settings(Look, kw_only=True, frozen=True):
    """It comes when the producer takes it, and goes when it is done."""

    show_pinned: Annotated[
        bool, fields.switch("Show pinned questions", hint="The one that the producer puts before the host with Q.")
    ] = True
    heading: Annotated[str, fields.template("Words above it", "name", "asked")] = "{name} asks"
    heading_many: Annotated[str, fields.template("Words when several ask", "name", "asked")] = (
        "{name} and others ask ({asked}×)"
    )
    show_platform: Annotated[bool, fields.switch("Show the platform")] = True
    show_product: Annotated[bool, fields.switch("Show which product it is about")] = True
    product_label: Annotated[str, fields.template("Words of the product", "number", "product")] = "{number} · {product}"
    motion: Annotated[str, fields.motion("It comes in")] = "slide"
    motion_ms: Annotated[int, fields.motion_ms()] = 300


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {**PAPER, "radius": 10},
    "Studio red": STUDIO_RED,
    "Clear": {"background": "#00000066", "radius": 0},
}
