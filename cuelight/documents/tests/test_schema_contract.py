"""The table of attributes and embeds, recorded: the browser's (``frontend/src/documents/schema.ts``) must judge alike.

``CUELIGHT_RECORD=1 pytest <this file>`` writes it anew.
"""

import json
import os
from pathlib import Path
from typing import Any

from cuelight.documents import schema
from cuelight.errors import Invalid

RECORDING = Path(__file__).parents[3] / "contracts" / "documents" / "schema.json"
UUID = "1f0c9a52-6d1e-4a3b-9c55-0a1b2c3d4e5f"
PERSON = {"kind": "person", "id": 7, "label": "Ada"}

#: Tried with every attribute: what one refuses another takes.
VALUES: list[Any] = [
    *(None, True, False, 0, 1, 2, 6, 7, 8, 9, 15, 16, 2.5, 4000, 4001, -1),
    *("", " ", "true", "sub", "super", "serif", "monospace", "small", "large", "huge", "center", "left", "right"),
    *("justify", "bullet", "ordered", "checked", "unchecked", "rtl", "ltr", "python", "c++", "Python", "a b", "a\n"),
    *("#fff", "#ffff", "#a1B2c3", "red", "RED", "url(x)", "x" * 30, "x" * 31, "x" * 500, "x" * 501, "\0", "😀"),
    *("https://example.com/a?b=c#d", "HTTP://EXAMPLE.COM", "mailto:ada@example.com", "javascript:alert(1)"),
    *("https://", "https://a b", "https://a'b", "https://a<b", "https://a\n", "https://ä.example/é", "ftp://x.y"),
    *("https://x/" + "y" * 1990, "https://x/" + "y" * 1991, "/media/products/1.webp", "/media/", "//x/y", "data:,x"),
    *(f"7:{UUID}", f"{10**15}:{UUID}", f"{10**16}:{UUID}", f"0:{UUID}", f"07:{UUID}", f"-7:{UUID}", f"7:{UUID}\n"),
    *(f"7:{UUID.upper()}", f":{UUID}", f"٧:{UUID}", f"7:7:{UUID}", "7:"),
    *(UUID, UUID.upper(), UUID.replace("-", ""), UUID + "\n", [], {}, [True]),
]
EMBEDS: list[Any] = [
    *(True, False, 1, "", "Look at camera 2", "x" * 200, "x" * 201, "\0", {}, [], PERSON, None),
    *("https://example.com/a.png", "/media/1.webp", "data:image/png;base64,AA==", "blob:x", "javascript:x"),
    *({**PERSON, "kind": kind} for kind in ("product", "studio", None)),
    *({**PERSON, "id": number} for number in (0, -1, True, "7", 2**53 - 1, 2.5)),
    *({**PERSON, "label": label} for label in ("", "x" * 200, "x" * 201, 7)),
    *({**PERSON, "more": 1}, {"kind": "person", "id": 7}),
]


def test_the_browser_judges_attributes_and_embeds_alike() -> None:
    judged = {
        "inline": _judged(schema.INLINE, VALUES, lambda name, value: schema.INLINE[name](value)),
        "block": _judged(schema.BLOCK, VALUES, lambda name, value: schema.BLOCK[name](value)),
        "embeds": _judged(schema.EMBEDS, EMBEDS, _embeds),
        "values": VALUES,
        "embedded": EMBEDS,
    }
    text = json.dumps(judged, ensure_ascii=True, separators=(",", ":")).replace('],"', '],\n"') + "\n"
    if os.environ.get("CUELIGHT_RECORD"):
        RECORDING.parent.mkdir(exist_ok=True)
        RECORDING.write_text(text)
    assert json.loads(RECORDING.read_text()) == json.loads(text)


def _embeds(name: str, value: Any) -> bool:
    try:
        schema.validate_embed({name: value})
    except Invalid:
        return False
    return True


def _judged(table: Any, values: list[Any], accepts: Any) -> dict[str, list[int]]:
    """By name, which of the values are accepted: their places in the list."""
    return {name: [index for index, value in enumerate(values) if accepts(name, value)] for name in table}
