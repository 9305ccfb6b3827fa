"""The algebra against npm's quill-delta, on cases that are drawn anew each time: one implementation is no proof."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuelight.documents import delta
from cuelight.documents.tests.strategies import changes, documents
from cuelight.documents.tests.test_contracts import solved
from cuelight.settings import ROOT

SCRIPT = Path(__file__).parent / "node" / "algebra.mjs"
FRONTEND = ROOT / "frontend"


class Quill:
    """quill-delta in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def solve(self, case: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        solved: dict[str, Any] = json.loads(self._process.stdout.readline())
        return solved


@pytest.fixture(scope="module")
def quill() -> Iterator[Quill]:
    command = ["node", str(SCRIPT), str(FRONTEND)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Quill(process)
        assert process.stdin is not None
        process.stdin.close()


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_quill_comes_to_the_same(quill: Quill, data: st.DataObject) -> None:
    document = data.draw(documents())
    first, second = data.draw(changes(document)), data.draw(changes(document))
    later = data.draw(changes(delta.compose(document, first)))
    asked = {"document": document, "first": first, "second": second, "later": later}
    ours = {**solved(document, first, second, later), "undone": document}
    theirs = quill.solve(asked)
    assert delta.same({name: ours[name] for name in theirs}, theirs)
