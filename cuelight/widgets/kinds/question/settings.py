"""What can be set of the question."""

from typing import Annotated, Any

from cuelight.widgets import fields
from cuelight.widgets.look import Look


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
    motion: Annotated[
        str, fields.choice("It comes in", {"slide": "Sliding", "fade": "Fading", "none": "At once"}, group="Motion")
    ] = "slide"
    motion_ms: Annotated[int, fields.number("How long that takes", least=0, most=2000, unit="ms", group="Motion")] = 300


PRESETS: dict[str, dict[str, Any]] = {
    "Midnight": {},
    "Paper": {"background": "#fffffff2", "text": "#16171a", "accent": "#b45309", "radius": 10},
    "Studio red": {"background": "#7f1d1df2", "accent": "#ffd7a8", "radius": 4},
    "Clear": {"background": "#00000066", "radius": 0},
}
