"""Documents and changes for property tests: embeds, attributes, characters of two units, joined families."""

from typing import Any

from hypothesis import strategies as st

from cuelight.documents import delta, units
from cuelight.documents.delta import Delta

CHARACTERS = "ab cé→\n\n" + "😀👍🏽👨‍👩‍👧e\u0301"

texts = st.text(st.sampled_from(CHARACTERS), min_size=1, max_size=8)
EMBEDS: list[dict[str, Any]] = [{"break": True}, {"divider": True}, {"image": "/media/a.webp"}, {"cue": "Turn"}]
embeds = st.sampled_from(EMBEDS)
VALUES: dict[str, list[Any]] = {
    "bold": [True],
    "italic": [True],
    "link": ["https://a.example", "mailto:a@a.example"],
    "color": ["#aa0000", "#00aa00"],
    "header": [1, 2],
    "inserted": ["7:6f1e2b3c-0000-4000-8000-000000000000", "8:6f1e2b3c-0000-4000-8000-000000000000"],
    "deleted": ["7:6f1e2b3c-0000-4000-8000-000000000000", "8:6f1e2b3c-0000-4000-8000-000000000000"],
    "list": ["bullet", "ordered"],
}


@st.composite
def attributes(draw: st.DrawFn, *, removing: bool = False) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True))
    return {name: draw(st.sampled_from([*VALUES[name], *([None] if removing else [])])) for name in names}


def with_attributes(op: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {**op, "attributes": given} if given else op


@st.composite
def inserts(draw: st.DrawFn) -> dict[str, Any]:
    insert = draw(st.one_of(texts, texts, embeds))
    return with_attributes({"insert": insert}, draw(attributes()))


@st.composite
def documents(draw: st.DrawFn, *, most: int = 6) -> Delta:
    body = draw(st.lists(inserts(), max_size=most))
    return delta.canonical([*body, with_attributes({"insert": "\n"}, draw(attributes()))])


def boundaries(document: Delta) -> list[int]:
    """Every place that is not in the middle of a character."""
    places = [0]
    for op in document:
        parts = op["insert"] if isinstance(op["insert"], str) else ["x"]
        for part in parts:
            places.append(places[-1] + units.length(part))
    return places


@st.composite
def changes(draw: st.DrawFn, document: Delta, *, most: int = 5) -> Delta:
    """A change of this document that ``delta.validate`` accepts."""
    places = boundaries(document)
    last = places[-1] - 1
    cuts = sorted(draw(st.lists(st.sampled_from([place for place in places if place <= last]), max_size=2 * most)))
    ops: Delta = []
    place = 0
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if start > place:
            ops.append({"retain": start - place})
        kind = draw(st.sampled_from(["insert", "delete", "format", "replace"]))
        if kind in ("insert", "replace"):
            ops.append(draw(inserts()))
        if end > start and kind in ("delete", "replace"):
            ops.append({"delete": end - start})
        elif end > start:
            given = draw(attributes(removing=True)) if kind == "format" else {}
            ops.append(with_attributes({"retain": end - start}, given))
        place = end
    if draw(st.booleans()) and place == last:
        ops.append(with_attributes({"retain": 1}, draw(attributes(removing=True))))
    return delta.canonical(ops)


@st.composite
def documents_with_changes(draw: st.DrawFn, count: int) -> tuple[Delta, list[Delta]]:
    """A document and several changes, all made on it."""
    document = draw(documents())
    return document, [draw(changes(document)) for _ in range(count)]
