"""What a kind of widget is. Types only."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cuelight.widgets.look import Look


class Frame(NamedTuple):
    """Something that a preview is told, as the socket would tell it. ``topic`` without the studio: ``air``,
    ``alertbox``; ``event``: ``snapshot`` for what a join brings. ``{"in_s": 90}`` in a payload is a time so many
    seconds ahead."""

    after_ms: int
    topic: str
    event: str
    payload: dict[str, Any]


#: `Kind` has a field of the name "type".
Looks = type[Look]


class Kind(NamedTuple):
    """One kind of widget. ``width``, ``height``: of a new box on a canvas of 1920×1080, in pixels."""

    type: str
    name: str
    says: str
    settings: Looks
    #: Settings by the preset's name.
    presets: dict[str, dict[str, Any]]
    #: What a preview shows, the same for the same seed; it is played again from the start when it is over.
    fake: Callable[[int], list[Frame]]
    width: int
    height: int
