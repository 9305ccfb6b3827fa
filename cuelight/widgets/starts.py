"""What a new overlay can begin with: boxes for a canvas, of the kinds there are. Pure."""

from typing import Any

from cuelight.widgets.kinds import KINDS

#: By key, in the order they are offered: what it is called, and a sentence.
STARTS = {
    "empty": ("Empty", "Nothing stands on it yet."),
    "selling": ("Live selling", "Product card, chat, alerts and what else a show needs, inside the safe area."),
    "chat": ("Chat only", "One chat, as large as the overlay."),
}
#: type, x, y, width, height. Inside 5 % of 16:9.
_LANDSCAPE = (
    ("product_card", 96, 796, 620, 230),
    ("question", 748, 826, 600, 200),
    ("alert_box", 610, 64, 700, 320),
    ("event_list", 96, 54, 420, 300),
    ("goal", 1384, 54, 440, 110),
    ("chat", 1384, 196, 440, 830),
)
#: Inside what is left of 9:16 between the bars and buttons of TikTok: x 60 to 910, y 220 to 1300.
_UPRIGHT = (
    ("alert_box", 60, 220, 850, 320),
    ("goal", 60, 572, 850, 110),
    ("chat", 60, 714, 500, 324),
    ("event_list", 580, 714, 330, 324),
    ("product_card", 60, 1070, 850, 230),
)
#: Of a canvas of 1920×600; narrower ones take the left half of the middle away.
_STRIP = (("product_card", 40, 330, 620, 230), ("alert_box", 610, 30, 700, 270), ("chat", 1440, 30, 440, 540))


def boxes(start: str, width: int, height: int) -> list[dict[str, Any]]:
    """The boxes to begin with, as `layout.checked` takes them; of kinds that are not there, none."""
    places = {"empty": (), "chat": (("chat", 40, 40, width - 80, height - 80),), "selling": _selling(width, height)}
    kept = [place for place in places[start] if place[0] in KINDS]
    return [
        {"id": kind.replace("_", ""), "type": kind, "x": x, "y": y, "width": wide, "height": high, "shown": True}
        for kind, x, y, wide, high in kept
    ]


def _selling(width: int, height: int) -> tuple[tuple[str, int, int, int, int], ...]:
    if height > width:
        return _UPRIGHT
    if height >= 1080:
        return _LANDSCAPE
    return tuple((kind, min(x, width - wide - 40), y, wide, high) for kind, x, y, wide, high in _STRIP)
