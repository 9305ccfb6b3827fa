"""How a widget says what can be set of it: a msgspec struct whose fields are made here.

    class Settings(Look, kw_only=True, frozen=True):
        seconds: Annotated[int, fields.number("Seconds it stays", least=1, most=60)] = 8

The type and the bounds are what is accepted (T22: an unknown or oversized value never reaches a screen), the rest is
how the form asks for it. Pure.
"""

from typing import Any

from msgspec import Meta

#: Fonts that stand on every machine that runs OBS, and what is asked for instead where one does not.
FONTS = {
    "system": "system-ui, sans-serif",
    "grotesque": '"Helvetica Neue", Arial, sans-serif',
    "humanist": '"Segoe UI", Candara, "Gill Sans", sans-serif',
    "geometric": 'Futura, "Century Gothic", "Avenir Next", sans-serif',
    "condensed": '"Arial Narrow", "Roboto Condensed", Impact, sans-serif',
    "serif": 'Georgia, "Times New Roman", serif',
    "slab": 'Rockwell, "Roboto Slab", "Courier New", serif',
    "mono": "ui-monospace, Menlo, Consolas, monospace",
}
FONT_NAMES = {
    "system": "This computer’s own",
    "grotesque": "Helvetica, Arial",
    "humanist": "Segoe, Gill Sans",
    "geometric": "Futura, Avenir",
    "condensed": "Narrow",
    "serif": "Georgia",
    "slab": "Rockwell",
    "mono": "Monospaced",
}
#: Sounds that the page makes by itself: nothing is loaded.
SOUNDS = {"none": "None", "chime": "Chime", "pop": "Pop", "coins": "Coins", "fanfare": "Fanfare", "whoosh": "Whoosh"}

LONGEST_CSS, LONGEST_TEXT = 20_000, 300


def number(label: str, *, least: int, most: int, unit: str = "", hint: str = "", group: str = "") -> Meta:
    """A whole number. ``unit`` stands behind the field: px, s, %."""
    return _field("number", label, hint, group, rules={"ge": least, "le": most}, unit=unit, least=least, most=most)


def color(label: str, *, hint: str = "", group: str = "Look") -> Meta:
    """``#rrggbb``, or ``#rrggbbaa``."""
    return _field("color", label, hint, group, rules={"pattern": r"^#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\Z"})


def switch(label: str, *, hint: str = "", group: str = "") -> Meta:
    return _field("switch", label, hint, group, rules={})


def text(label: str, *, most: int = LONGEST_TEXT, hint: str = "", group: str = "") -> Meta:
    return _field("text", label, hint, group, rules={"max_length": most}, most=most)


def template(label: str, *words: str, hint: str = "", group: str = "Words") -> Meta:
    """A sentence with ``{name}`` and the like in it. ``words``: what may stand in the braces."""
    return _field(
        "template", label, hint, group, rules={"max_length": LONGEST_TEXT}, most=LONGEST_TEXT, words=list(words)
    )


def currency(label: str = "Currency", *, hint: str = "As USD or EUR. Others are not counted.", group: str = "") -> Meta:
    """Of money, or a platform's own unit: BITS, KICKS, COINS."""
    return _field("text", label, hint, group, rules={"pattern": r"^[A-Z]{3,8}\Z"}, most=8)


def moment(label: str, *, hint: str, group: str = "", daily: bool = False) -> Meta:
    """``2026-11-22 18:00``; with ``daily`` an hour alone, too: ``18:00``. Or nothing."""
    hour = r"(?:[01]\d|2[0-3]):[0-5]\d"
    day = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]) "
    pattern = rf"^(?:|(?:{day}){'?' if daily else ''}{hour})\Z"
    return _field("text", label, hint, group, rules={"pattern": pattern}, most=16)


def choice(label: str, options: dict[str, str], *, hint: str = "", group: str = "") -> Meta:
    """One of several. ``options``: value → what it is called."""
    return _choice("choice", label, options, hint, group)


def motion(label: str) -> Meta:
    """How something comes. ``label``: "It comes in"."""
    return choice(label, {"slide": "Sliding", "fade": "Fading", "none": "At once"}, group="Motion")


def motion_ms() -> Meta:
    return number("How long that takes", least=0, most=2000, unit="ms", group="Motion")


def font(label: str = "Font", *, hint: str = "", group: str = "Look") -> Meta:
    return _choice("font", label, FONT_NAMES, hint, group)


def sound(label: str, *, hint: str = "", group: str = "Sound") -> Meta:
    """One of the built-in sounds, or an uploaded file's address (`files`)."""
    pattern = rf"^(?:{'|'.join(SOUNDS)}|/widget-files/[\w.-]{{1,100}})\Z"
    return _field("sound", label, hint, group, rules={"pattern": pattern}, options=SOUNDS)


def image(label: str, *, hint: str = "", group: str = "") -> Meta:
    """An uploaded file's address, or nothing."""
    return _field("image", label, hint, group, rules={"pattern": r"^(?:|/widget-files/[\w.-]{1,100})\Z"})


def css(label: str = "Your own CSS", *, hint: str = "") -> Meta:
    return _field("css", label, hint, "Custom CSS", rules={"max_length": LONGEST_CSS}, most=LONGEST_CSS)


def _choice(control: str, label: str, options: dict[str, str], hint: str, group: str) -> Meta:
    pattern = rf"^(?:{'|'.join(options)})\Z"
    return _field(control, label, hint, group, rules={"pattern": pattern}, options=options)


def _field(control: str, label: str, hint: str, group: str, *, rules: dict[str, Any], **more: Any) -> Meta:
    shown = {"control": control, "label": label, "hint": hint, "group": group, **more}
    meta: Meta = Meta(extra=shown, **rules)
    return meta
