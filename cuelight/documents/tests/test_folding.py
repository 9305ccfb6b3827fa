"""Folded changes and authors: the same text and the same names as one change after the other gives."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.documents import authorship, folding
from cuelight.documents.authorship import signed, unsigned, written
from cuelight.documents.delta import Delta, compose, length, validate_document
from cuelight.documents.document_kind import EMPTY
from cuelight.documents.tests.strategies import changes, documents
from cuelight.documents.text import Text
from cuelight.errors import Invalid


@st.composite
def stories(draw: st.DrawFn) -> tuple[Delta, list[tuple[Delta, int]]]:
    """A document, and changes of it by three people, one after the other."""
    first: Delta = draw(documents())
    story = []
    now = first
    for _ in range(draw(st.integers(0, 9))):
        change: Delta = draw(changes(now))
        now = compose(now, change)
        story.append((change, draw(st.integers(0, 2))))
    return first, story


@given(stories())
def test_many_changes_as_one_do_what_each_does(story: tuple[Delta, list[tuple[Delta, int]]]) -> None:
    first, made = story
    text = Text.of(first)
    for change, _ in made:
        text = text.apply(change)
    after = folding.upon(first, folding.together([change for change, _ in made]))
    assert after == text.contents()
    validate_document(after)


@given(stories())
def test_authors_are_those_of_each_unit(story: tuple[Delta, list[tuple[Delta, int]]]) -> None:
    first, made = story
    text = Text.of(signed(first, None))
    for change, person in made:
        text = text.apply(signed(change, person))
    one = folding.together([signed(change, person) for change, person in made])
    authors = authorship.after([length(first), 0], one)
    contents = folding.upon(first, unsigned(one))
    assert contents == unsigned(text.contents())
    assert [op["by"] or 0 for op in units(written(contents, authors))] == [
        op["attributes"]["by"] for op in units(text.contents())
    ]
    assert sum(authors[::2]) == length(contents)
    assert all(one != other for one, other in zip(authors[1::2], authors[3::2], strict=False))


def units(ops: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An op for each character."""
    return [op for op in ops for _ in op["insert"]]


def test_a_halved_character_is_refused_here_too() -> None:
    halves: list[Delta] = [[{"retain": 1}, {"insert": "x"}], [{"delete": 1}], [{"retain": 1}, {"delete": 2}]]
    for change in halves:
        with pytest.raises(Invalid, match="half"):
            folding.upon([{"insert": "😀a\n"}], change)


def test_what_is_left_alone_is_not_even_copied() -> None:
    document: Delta = [{"insert": "a", "attributes": {"bold": True}}, {"insert": "b\n"}]
    after = folding.upon(document, [{"retain": 1}, {"insert": "c"}])
    assert after == [document[0], {"insert": "cb\n"}]
    assert after[0] is document[0]
    assert folding.upon(document, []) is document


def test_an_author_is_known_by_units() -> None:
    one = folding.together([signed([{"insert": "😀b"}], 7), signed([{"retain": 2}, {"insert": "c"}], None)])
    authors = authorship.after(authorship.NOBODY, one)
    assert authors == [2, 7, 1, 0, 1, 7, 1, 0]
    assert written([{"insert": "😀cb\n"}], authors) == [
        {"insert": "😀", "by": 7}, {"insert": "c", "by": None}, {"insert": "b", "by": 7}, {"insert": "\n", "by": None}
    ]  # fmt: skip
    assert authorship.after(authorship.NOBODY, []) == authorship.NOBODY
    assert folding.upon(EMPTY, unsigned(one)) == [{"insert": "😀cb\n"}]
