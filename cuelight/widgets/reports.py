"""What an overlay's page tells of itself, and what it can be asked to show. Pure.

An overlay sends nothing else (ADR 16). What it says is shown to the crew and decides nothing.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from cuelight.errors import Invalid

Side = Annotated[int, Meta(ge=0, le=20_000)]

#: What a page draws over its widgets for a moment, with how many seconds; ``reload`` loads it anew.
TESTS = {"bars": 10, "areas": 10, "identify": 3, "reload": 0}


class Report(Struct, frozen=True, forbid_unknown_fields=False):
    """``width``, ``height``: of the window, in pixels. ``frame_ms``: how long ago the page drew its last frame; None
    while it is hidden, when a browser draws none. ``obs``: whether it is OBS that shows it."""

    build: Annotated[str, Meta(max_length=40, pattern=r"^[0-9a-zA-Z._-]*\Z")]
    visible: bool
    active: bool | None
    width: Side
    height: Side
    obs: bool
    frame_ms: Annotated[int, Meta(ge=0, le=86_400_000)] | None = None


def checked(given: Any) -> dict[str, Any]:
    """A report as others are told of it. Raises Invalid."""
    try:
        return msgspec.to_builtins(msgspec.convert(given, Report))  # type: ignore[no-any-return]
    except msgspec.ValidationError as error:
        raise Invalid("invalid_report", f"This report cannot be read: {str(error).replace('`', '')}.") from error
