"""Which widgets stand where on an overlay. Pure."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from cuelight.errors import Invalid
from cuelight.widgets.kinds import KINDS

#: Widths and heights an overlay can have, in pixels: landscape, upright, a chat by itself.
CANVASES = {
    (1920, 1080): "16:9, 1920 × 1080",
    (1080, 1920): "9:16, 1080 × 1920",
    (1920, 600): "Strip, 1920 × 600",
    (1280, 600): "Strip, 1280 × 600",
}
MOST_BOXES = 40
Pixels = Annotated[int, Meta(ge=-4_000, le=8_000)]
Length = Annotated[int, Meta(ge=20, le=4_000)]


class Box(Struct, frozen=True, forbid_unknown_fields=True):
    """One widget's place, in pixels from the canvas's upper left corner. Later ones lie over earlier ones."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]{1,16}\Z")]
    type: str
    x: Pixels
    y: Pixels
    width: Length
    height: Length
    shown: bool = True


def checked(given: Any) -> list[dict[str, Any]]:
    """Boxes as they are kept. Raises Invalid with what is wrong with which."""
    try:
        boxes = msgspec.convert(given, list[Box])
    except msgspec.ValidationError as error:
        raise Invalid("invalid_layout", f"This layout cannot be kept: {str(error).replace('`', '')}.") from error
    if len(boxes) > MOST_BOXES:
        raise Invalid("too_many_boxes", f"An overlay holds {MOST_BOXES} widgets at most.")
    if len({box.id for box in boxes}) < len(boxes):
        raise Invalid("invalid_layout", "Two widgets of this layout have the same id.")
    for box in boxes:
        if box.type not in KINDS:
            raise Invalid("unknown_widget", f"There is no widget “{box.type[:30]}”.")
    return [msgspec.to_builtins(box) for box in boxes]
