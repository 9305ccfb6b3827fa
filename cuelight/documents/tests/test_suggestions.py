"""Suggestions: what somebody who may only suggest can do to a text, and what is told elsewhere."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.documents import delta, formats, html, html_reading, markdown, plain
from cuelight.documents.delta import Delta
from cuelight.documents.suggestions import NAMES, author_of, require_suggestion, unsuggested
from cuelight.documents.tests.strategies import changes, documents
from cuelight.documents.text import Text
from cuelight.errors import Forbidden

MIA, TOM = 7, 8
UUID = "6f1e2b3c-0000-4000-8000-000000000000"
MINE, OTHER_OF_MINE, THEIRS = f"{MIA}:{UUID}", f"{MIA}:7{UUID[1:]}", f"{TOM}:{UUID}"

#: Places 0-4 "plain", 5-8 "mine", 9-14 "theirs", 15-17 "off" that Mia and 18-20 "out" that Tom suggested to delete.
TEXT: Delta = [
    {"insert": "plain"},
    {"insert": "mine", "attributes": {"inserted": MINE}},
    {"insert": "theirs", "attributes": {"inserted": THEIRS}},
    {"insert": "off", "attributes": {"deleted": MINE}},
    {"insert": "out", "attributes": {"deleted": THEIRS}},
    {"insert": "\n"},
]

ALLOWED: dict[str, Delta] = {
    "new text": [{"retain": 2}, {"insert": "x", "attributes": {"inserted": MINE, "bold": True}}],
    "a new line": [{"retain": 2}, {"insert": "\n", "attributes": {"inserted": MINE, "header": 1}}],
    "an embed": [{"insert": {"break": True}, "attributes": {"inserted": OTHER_OF_MINE}}],
    "back, what was taken away": [{"insert": "x", "attributes": {"inserted": MINE, "deleted": MINE}}],
    "to delete a text": [{"retain": 5, "attributes": {"deleted": MINE}}],
    "to delete what another suggested": [{"retain": 9}, {"retain": 6, "attributes": {"deleted": MINE}}],
    "another time": [{"retain": 15}, {"retain": 3, "attributes": {"deleted": OTHER_OF_MINE}}],
    "not to delete it after all": [{"retain": 15}, {"retain": 3, "attributes": {"deleted": None}}],
    "no more of one's own": [{"retain": 5}, {"delete": 4}],
    "another look of one's own": [{"retain": 6}, {"retain": 2, "attributes": {"bold": True}}],
    "a comment": [{"retain": 21, "attributes": {"comment": UUID}}],
    "nothing": [],
}
HOSTILE: dict[str, Delta] = {
    "plain text": [{"insert": "x"}],
    "plain text with a look": [{"insert": "x", "attributes": {"bold": True}}],
    "a plain line": [{"retain": 2}, {"insert": "\n"}],
    "in another's name": [{"insert": "x", "attributes": {"inserted": THEIRS}}],
    "deleted in another's name": [{"insert": "x", "attributes": {"inserted": MINE, "deleted": THEIRS}}],
    "only marked as deleted": [{"insert": "x", "attributes": {"deleted": MINE}}],
    "away with plain text": [{"delete": 1}],
    "away with more than one's own": [{"retain": 5}, {"delete": 5}],
    "away with less and more": [{"retain": 4}, {"delete": 2}],
    "away with another's": [{"retain": 9}, {"delete": 1}],
    "away with what one suggested to delete": [{"retain": 15}, {"delete": 3}],
    "a mark in another's name": [{"retain": 5, "attributes": {"deleted": THEIRS}}],
    "another's mark removed": [{"retain": 18}, {"retain": 3, "attributes": {"deleted": None}}],
    "another's mark taken over": [{"retain": 18}, {"retain": 3, "attributes": {"deleted": MINE}}],
    "one's own and another's mark": [{"retain": 15}, {"retain": 6, "attributes": {"deleted": None}}],
    "one's own accepted": [{"retain": 5}, {"retain": 4, "attributes": {"inserted": None}}],
    "another's accepted": [{"retain": 9}, {"retain": 6, "attributes": {"inserted": None}}],
    "another's taken over": [{"retain": 9}, {"retain": 6, "attributes": {"inserted": MINE}}],
    "plain text as one's own": [{"retain": 5, "attributes": {"inserted": MINE}}],
    "one's own as another's": [{"retain": 5}, {"retain": 4, "attributes": {"inserted": THEIRS}}],
    "another look": [{"retain": 5, "attributes": {"bold": True}}],
    "another line": [{"retain": 21}, {"retain": 1, "attributes": {"header": 1}}],
    "a look with the comment": [{"retain": 5, "attributes": {"comment": UUID, "bold": True}}],
    "a look behind the end": [{"retain": 2**31 - 1, "attributes": {"bold": True}}],
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_one_may_suggest(change: Delta) -> None:
    require_suggestion(change, Text.of(TEXT), MIA)


@pytest.mark.parametrize("change", HOSTILE.values(), ids=HOSTILE)
def test_one_may_not_do_by_suggesting(change: Delta) -> None:
    with pytest.raises(Forbidden):
        require_suggestion(change, Text.of(TEXT), MIA)


@given(st.data())
def test_what_is_allowed_changes_nothing_but_ones_own(data: st.DataObject) -> None:
    """Whatever the text and the change: without one's own suggestions it is as it was."""
    document = data.draw(documents())
    change = data.draw(changes(document))
    try:
        require_suggestion(change, Text.of(document), MIA)
    except Forbidden:
        return
    after = delta.compose(document, change)
    assert delta.same(_without(after, MIA), _without(document, MIA))


def _without(document: Delta, person_id: int) -> Delta:
    """The document without what somebody has suggested, and without comments."""
    left: Delta = []
    for op in document:
        kept = dict(op.get("attributes", {}))
        if author_of(kept.get("inserted")) == person_id:
            continue
        if author_of(kept.get("deleted")) == person_id:
            del kept["deleted"]
        delta.push(left, {"insert": op["insert"], "attributes": kept} if kept else {"insert": op["insert"]})
    return left


def test_a_long_text_is_not_looked_through() -> None:
    text = Text.of([{"insert": "a" * 400_000}, {"insert": "b", "attributes": {"bold": True}}, {"insert": "\n"}])
    assert list(text.attributes(400_000, 400_001)) == [{"bold": True}]
    assert list(text.attributes(399_999, 400_002)) == [None, {"bold": True}, None]
    assert list(text.attributes(400_002, 400_009)) == []
    assert list(text.attributes(7, 7)) == []


@given(documents(), st.data())
def test_the_attributes_between_two_places_are_those_of_the_runs_there(document: Delta, data: st.DataObject) -> None:
    units = [op.get("attributes") for op in document for _ in range(delta.op_length(op))]
    start = data.draw(st.integers(0, len(units)))
    end = data.draw(st.integers(start, len(units)))
    found = list(Text.of(document).attributes(start, end))
    expected: list[Any] = []
    place = 0
    for op in document:
        length = delta.op_length(op)
        if place < end and place + length > start and end > start:
            expected.append(op.get("attributes"))
        place += length
    assert found == expected


SUGGESTED: Delta = [
    {"insert": "Buy "},
    {"insert": "two ", "attributes": {"deleted": MINE}},
    {"insert": "three ", "attributes": {"inserted": MINE, "bold": True}},
    {"insert": "rings"},
    {"insert": "\n", "attributes": {"inserted": MINE}},
    {"insert": "today"},
    {"insert": "\n", "attributes": {"deleted": THEIRS}},
    {"insert": "only"},
    {"insert": {"break": True}, "attributes": {"inserted": THEIRS}},
    {"insert": "\n"},
]


def test_text_and_markdown_say_what_stands_without_suggestions() -> None:
    assert unsuggested(SUGGESTED) == [{"insert": "Buy two ringstoday\nonly\n"}]
    assert plain.write(SUGGESTED) == "Buy two ringstoday\nonly\n"
    assert markdown.write(SUGGESTED) == "Buy two ringstoday\n\nonly\n"


def test_html_marks_suggestions_and_is_read_without_them() -> None:
    written = html.render(SUGGESTED)
    assert '<del data-suggested="">two </del><ins data-suggested=""><strong>three </strong></ins>' in written
    assert plain.write(html_reading.read(written)) == "Buy two rings\ntoday\nonly\n"
    assert formats.read_json(formats.write_json(SUGGESTED, "").decode()) == SUGGESTED


def test_a_document_keeps_its_last_newline_whoever_suggests_it() -> None:
    assert unsuggested([{"insert": "all\n", "attributes": {"inserted": MINE}}]) == [{"insert": "\n"}]


@given(documents())
def test_without_suggestions_it_is_a_document_still(document: Delta) -> None:
    told = unsuggested(document)
    delta.validate_document(told)
    assert not any(NAMES & op.get("attributes", {}).keys() for op in told)
    assert unsuggested(told) == told
