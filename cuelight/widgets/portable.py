"""Settings of widgets as files: to take a look to another studio, or to keep one. Pure.

One kind: ``{"cuelight_widget": "product_card", "version": 1, "settings": {…}}``;
all: ``{"cuelight_widgets": {"product_card": {…}, …}, "version": 1}``.
"""

import json
from typing import Any

from cuelight.errors import Invalid
from cuelight.widgets import schema
from cuelight.widgets.kinds import KINDS

VERSION = 1
#: Letters of a file: all kinds at their largest.
MOST_LETTERS = 1_500_000


def one(widget: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"cuelight_widget": widget, "version": VERSION, "settings": settings}


def every(settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {"cuelight_widgets": settings, "version": VERSION}


def read(text: str) -> dict[str, dict[str, Any]]:
    """What a file sets, by kind, not looked at yet. Raises Invalid with what is wrong and where."""
    found = _object(text)
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise Invalid("newer_file", "This file is of a newer Cuelight than this one.")
    if isinstance(found.get("cuelight_widget"), str):
        kinds: dict[str, Any] = {found["cuelight_widget"]: found.get("settings")}
    elif isinstance(found.get("cuelight_widgets"), dict):
        kinds = found["cuelight_widgets"]
    else:
        raise _no_settings()
    wrong = next((widget for widget, settings in kinds.items() if not isinstance(settings, dict)), None)
    if wrong is not None:
        raise Invalid("invalid_file", f"“settings” of “{wrong[:30]}” must be an object: “{{…}}” with names and values.")
    return kinds


def read_one(text: str, widget: str) -> dict[str, Any]:
    """As `read`, what a file sets of one kind. Raises Invalid when it is of others."""
    kinds = read(text)
    if widget not in kinds:
        names = ", ".join(KINDS[other].name if other in KINDS else f"“{other[:30]}”" for other in list(kinds)[:5])
        raise Invalid("other_widget", f"This file is of {names or 'no widget'}. Here stands {KINDS[widget].name}.")
    return kinds[widget]


def sorted_out(kinds: dict[str, dict[str, Any]]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What of it can be set, and a sentence about each thing that is left out."""
    good: dict[str, dict[str, Any]] = {}
    left_out: list[str] = []
    for widget, settings in kinds.items():
        if widget not in KINDS:
            left_out.append(f"There is no widget “{widget[:30]}”.")
            continue
        kept, wrong = schema.sorted_out(KINDS[widget], settings)
        left_out += wrong
        if kept:
            good[widget] = kept
    return good, left_out


def _object(text: str) -> dict[str, Any]:
    if len(text) > MOST_LETTERS:
        raise Invalid("too_large", "This file is too large to be settings of widgets.")
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise Invalid("no_json", f"This file is no JSON: line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise _no_settings() from error
    if not isinstance(found, dict):
        raise _no_settings()
    return found


def _no_settings() -> Invalid:
    return Invalid("no_settings", "This is no file of widgets’ settings: “cuelight_widget” is not in it.")
