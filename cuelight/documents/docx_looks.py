"""How a text of a Word file looks, as attributes: by its run and the style for characters that it names. Pure.

What everything in a file looks like is not said of each word of it: sizes and fonts count only where they differ from
their paragraph's, and black on white is how a text looks anyway.
"""

import re
from typing import Any

from cuelight.documents.delta import Attributes
from cuelight.documents.docx_package import Element, attribute, child, value, whole
from cuelight.documents.docx_styles import Style, Styles, is_code_text
from cuelight.documents.schema import ATTRIBUTES

_TOGGLES = {"b": "bold", "i": "italic", "strike": "strike", "dstrike": "strike"}
_OFF = {"0", "false", "off", "none"}
_SCRIPTS = {"superscript": "super", "subscript": "sub"}
#: Word's highlighters; they have names of their own.
_HIGHLIGHTS = {
    "yellow": "#ffff00", "green": "#00ff00", "cyan": "#00ffff", "magenta": "#ff00ff", "blue": "#0000ff",
    "red": "#ff0000", "darkblue": "#00008b", "darkcyan": "#008b8b", "darkgreen": "#006400", "darkmagenta": "#800080",
    "darkred": "#8b0000", "darkyellow": "#808000", "darkgray": "#a9a9a9", "lightgray": "#d3d3d3", "black": "#000000",
}  # fmt: skip
_HEX = re.compile(r"[0-9a-fA-F]{6}")
#: What programs color and underline their links with, where no style says so.
LINK_COLOR = "#0563c1"
_LINK_COLORS = {"#1155cc", "#0000ff", "#000080", "#0000ee", "#467886", LINK_COLOR}
_MONOSPACE = {
    "courier", "courier new", "consolas", "menlo", "monaco", "liberation mono", "dejavu sans mono", "roboto mono",
    "source code pro", "lucida console", "cascadia code", "cascadia mono", "jetbrains mono", "fira code", "fira mono",
    "ubuntu mono", "noto sans mono", "noto mono", "sf mono", "inconsolata", "andale mono", "ibm plex mono",
}  # fmt: skip
_SERIF = {
    "times", "times new roman", "georgia", "cambria", "garamond", "eb garamond", "liberation serif", "dejavu serif",
    "book antiqua", "palatino", "palatino linotype", "noto serif", "merriweather", "playfair display", "lora",
    "pt serif", "roboto serif", "source serif pro", "century schoolbook", "bookman old style", "baskerville", "didot",
}  # fmt: skip


def looks_of(run: Element | None, styles: Styles, paragraph: Style, *, in_link: bool) -> Attributes:
    """The attributes of a run by its properties."""
    if run is None:
        return {}
    looks: Attributes = {}
    if (named := value(run, "rStyle")) is not None:
        style = styles.named(named)
        if is_code_text(style):
            looks["code"] = True
        for element in style.elements:
            looks = _toggled(looks, child(element, "rPr"), of_style=True)
    looks = _toggled(looks, run)
    if script := _SCRIPTS.get(value(run, "vertAlign") or ""):
        looks["script"] = script
    looks |= _colors(run) | _sized(run, styles, paragraph)
    if "code" not in looks:
        looks |= _fonts(run, styles, paragraph)
    return _of_link(looks) if in_link else looks


def is_hidden(run: Element | None) -> bool:
    return _is_on(child(run, "vanish"))


def checked(name: str, given: Any) -> Attributes:
    return {name: given} if ATTRIBUTES[name](given) else {}


def _toggled(looks: Attributes, run: Element | None, *, of_style: bool = False) -> Attributes:
    looks = dict(looks)
    for name, mark in _TOGGLES.items():
        if (toggle := child(run, name)) is not None:
            if _is_on(toggle):
                looks[mark] = True
            else:
                looks.pop(mark, None)
    # The style of a link underlines it, which every link is.
    if not of_style and (line := value(run, "u")) is not None:
        if line.lower() in _OFF:
            looks.pop("underline", None)
        else:
            looks["underline"] = True
    return looks


def _is_on(toggle: Element | None) -> bool:
    return toggle is not None and (attribute(toggle, "val") or "1").lower() not in _OFF


def _colors(run: Element) -> Attributes:
    colors: Attributes = {}
    color = value(run, "color") or ""
    if _HEX.fullmatch(color) and color != "000000":
        colors["color"] = f"#{color.lower()}"
    shade = child(run, "shd")
    fill = (attribute(shade, "fill") if shade is not None else None) or ""
    if _HEX.fullmatch(fill) and fill.lower() != "ffffff":
        colors["background"] = f"#{fill.lower()}"
    if highlight := _HIGHLIGHTS.get((value(run, "highlight") or "").lower()):
        colors["background"] = highlight
    return colors


def _sized(run: Element, styles: Styles, paragraph: Style) -> Attributes:
    size = whole(value(run, "sz"))
    if not size or size < 0:
        return {}
    times = size / styles.size(paragraph)
    if times <= 0.86:
        return {"size": "small"}
    return {"size": "huge" if times >= 1.75 else "large"} if times >= 1.3 else {}


def _fonts(run: Element, styles: Styles, paragraph: Style) -> Attributes:
    fonts = child(run, "rFonts")
    font = ((attribute(fonts, "ascii") if fonts is not None else None) or "").lower()
    usual = styles.font(paragraph).lower()
    if font in _MONOSPACE:
        return {} if usual in _MONOSPACE else {"font": "monospace"}
    return {"font": "serif"} if font in _SERIF and usual not in _SERIF else {}


def _of_link(looks: Attributes) -> Attributes:
    color = looks.get("color")
    if color not in _LINK_COLORS:
        return looks
    also = {"color"} if color == LINK_COLOR else {"color", "underline"}
    return {name: given for name, given in looks.items() if name not in also}
