"""Recorded contracts: documents, changes, and what the algebra makes of them.

Both languages must come to what is recorded (here, and ``frontend/src/documents/delta.test.ts``).
``CUELIGHT_RECORD=1 pytest <this file>`` draws the cases anew.
"""

import json
import os
import random
import zlib
from pathlib import Path
from typing import Any

import pytest

from cuelight.documents import delta
from cuelight.documents.delta import Delta
from cuelight.documents.schema import BLOCK
from cuelight.documents.tests.drawing import Drawing

RECORDING = Path(__file__).resolve().parents[3] / "contracts" / "documents" / "delta.json"
CASES = 300
#: Fixed, so that recording again changes nothing unless the rules have changed.
SEED = 20261121


def solved(document: Delta, first: Delta, second: Delta, later: Delta) -> dict[str, Any]:
    """Two changes made on a document at once, one that follows the first, and all that comes of them."""
    after = delta.compose(document, first)
    places = range(delta.length(document) + 1)
    return {
        "document": document,
        "first": first,
        "second": second,
        "later": later,
        "after": after,
        "composed": delta.compose(first, later),
        "second_after_first": delta.transform(first, second, True),
        "first_before_second": delta.transform(second, first, False),
        "both": delta.compose(after, delta.transform(first, second, True)),
        "inverse": delta.invert(first, document),
        "places": [delta.transform_position(first, place, False) for place in places],
        "places_with_priority": [delta.transform_position(first, place, True) for place in places],
        "length": delta.length(after),
        "checksum": checksum(after),
    }


def checksum(document: Delta) -> int:
    """As ``frontend/src/documents/checksum.ts`` defines it."""
    visible: Delta = []
    for op in document:
        parts = op["insert"].replace("\n", "\0\n\0").split("\0") if isinstance(op["insert"], str) else [op["insert"]]
        for part in parts:
            names = [name for name in op.get("attributes", {}) if (name in BLOCK) == (part == "\n")]
            kept = {name: op["attributes"][name] for name in names}
            if part != "":
                delta.push(visible, {"insert": part, "attributes": kept} if kept else {"insert": part})
    text = json.dumps(visible, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return zlib.crc32(text.encode())


def drawn() -> list[dict[str, Any]]:
    drawing = Drawing(random.Random(SEED))
    cases = []
    for _ in range(CASES):
        document = drawing.document()
        first, second = drawing.change(document), drawing.change(document)
        later = drawing.change(delta.compose(document, first))
        cases.append(solved(document, first, second, later))
    return cases


RAW: list[Delta] = [
    [],
    [{"retain": 4}],
    [{"delete": 1}, {"insert": "X"}],
    [{"delete": 1}, {"insert": "X"}, {"delete": 2}, {"insert": "Y"}, {"retain": 9}],
    [{"insert": "a"}, {"insert": "b"}, {"insert": "c", "attributes": {"bold": True}}, {"insert": "d"}],
    [{"insert": "a", "attributes": {"header": 1}}, {"insert": "b", "attributes": {"header": True}}],
    [{"retain": 1, "attributes": {"bold": True}}, {"retain": 2, "attributes": {"bold": True}}, {"retain": 3}],
    [{"insert": {"break": True}}, {"insert": {"break": True}}],
    [{"insert": "", "attributes": {"bold": True}}, {"retain": 0}, {"delete": 2}, {"delete": 3}],
    [{"insert": "a", "attributes": {}}, {"insert": "b"}],
]


def test_the_recording_is_what_the_rules_say() -> None:
    if os.environ.get("CUELIGHT_RECORD"):
        RECORDING.parent.mkdir(exist_ok=True)
        canonical = [{"ops": ops, "canonical": delta.canonical(ops)} for ops in RAW]
        lines = [json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in drawn()]
        RECORDING.write_text(
            '{"canonical":'
            + json.dumps(canonical, separators=(",", ":"))
            + ',\n"cases":[\n'
            + ",\n".join(lines)
            + "\n]}\n"
        )
    recorded = json.loads(RECORDING.read_text())
    assert len(recorded["cases"]) == CASES
    for case in recorded["cases"]:
        asked = (case["document"], case["first"], case["second"], case["later"])
        assert delta.same(solved(*asked), case)
    for case in recorded["canonical"]:
        assert delta.same(delta.canonical(case["ops"]), case["canonical"])


def test_the_recorded_cases_are_changes_a_server_accepts() -> None:
    recorded = json.loads(RECORDING.read_text())
    for case in recorded["cases"]:
        delta.validate_document(case["document"])
        total = delta.length(case["document"])
        delta.validate(case["first"], total)
        delta.validate(case["second"], total)
        delta.validate(case["later"], case["length"])


@pytest.mark.parametrize("kind", ["insert", "delete", "retain"])
def test_the_recorded_cases_have_everything_in_them(kind: str) -> None:
    recorded = json.loads(RECORDING.read_text())
    assert sum(any(kind in op for op in case["first"]) for case in recorded["cases"]) > CASES // 10
    assert any(ord(max(op["insert"], default="\0")) > 0xFFFF for case in recorded["cases"] for op in texts(case))


def texts(case: dict[str, Any]) -> Delta:
    return [op for op in case["document"] if isinstance(op["insert"], str)]
