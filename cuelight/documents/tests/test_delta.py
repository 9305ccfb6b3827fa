"""The algebra of changes: what must hold for any document and any changes of it."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuelight.documents import delta
from cuelight.documents.delta import Delta, compose, invert, transform, transform_position
from cuelight.documents.tests.strategies import changes, documents, documents_with_changes
from cuelight.documents.text import Text
from cuelight.errors import Invalid


@given(documents_with_changes(2))
def test_two_changes_lead_to_the_same_in_either_order(case: tuple[Delta, list[Delta]]) -> None:
    document, (first, second) = case
    one = compose(compose(document, first), transform(first, second, True))
    other = compose(compose(document, second), transform(second, first, False))
    assert delta.same(one, other)


@given(documents_with_changes(2))
def test_what_is_rewritten_is_canonical_and_fits(case: tuple[Delta, list[Delta]]) -> None:
    document, (first, second) = case
    after = compose(document, first)
    rewritten = transform(first, second, True)
    delta.validate(rewritten, delta.length(after))
    assert delta.same(delta.canonical(rewritten), rewritten)
    delta.validate_document(compose(after, rewritten))


@given(st.data())
def test_composing_is_doing_one_after_the_other(data: st.DataObject) -> None:
    document = data.draw(documents())
    first = data.draw(changes(document))
    between = compose(document, first)
    second = data.draw(changes(between))
    both = compose(first, second)
    assert delta.same(compose(document, both), compose(between, second))
    assert delta.same(delta.canonical(both), both)


@given(documents_with_changes(1))
def test_an_inverse_takes_back_exactly(case: tuple[Delta, list[Delta]]) -> None:
    document, [change] = case
    assert delta.same(compose(compose(document, change), invert(change, document)), document)


@given(documents_with_changes(3))
@settings(max_examples=60)
def test_nothing_that_is_given_is_changed(case: tuple[Delta, list[Delta]]) -> None:
    document, given_changes = case
    before = copy.deepcopy((document, given_changes))
    first, second, third = given_changes
    compose(document, first)
    transform(first, second, True)
    invert(third, document)
    delta.canonical(third)
    assert delta.same(list(before), [document, given_changes])


@given(st.data())
def test_a_text_in_chunks_is_the_composed_document(data: st.DataObject) -> None:
    document = data.draw(documents())
    text = Text.of(document)
    for _ in range(data.draw(st.integers(1, 4))):
        change = data.draw(changes(document))
        document, text = compose(document, change), text.apply(change)
        assert delta.same(text.contents(), document)
        assert text.length == delta.length(document)


def test_folding_oldest_first_is_what_keeps_a_text_whole() -> None:
    base: Delta = [{"insert": "hello\n"}]
    first: Delta = [{"retain": 5}, {"insert": "!!!"}]
    second: Delta = [{"retain": 8}, {"insert": "??"}]
    late: Delta = [{"retain": 5}, {"insert": "Z"}]
    for missed in (first, second):
        late = transform(missed, late, True)
    assert compose(compose(compose(base, first), second), late) == [{"insert": "hello!!!??Z\n"}]


def test_folding_over_a_sum_is_not_folding_over_each() -> None:
    """Why the server never takes that short cut (ADR 12): its answer would not be what every client works out."""
    base: Delta = [{"insert": "0123456789\n"}]
    first: Delta = [{"retain": 8}, {"insert": "Z"}]
    second: Delta = [{"retain": 5}, {"delete": 3}]
    late: Delta = [{"retain": 6}, {"insert": "Y"}]
    after = compose(compose(base, first), second)
    over_each = transform(second, transform(first, late, True), True)
    over_the_sum = transform(compose(first, second), late, True)
    assert compose(after, over_each) == [{"insert": "01234YZ89\n"}]
    assert compose(after, over_the_sum) == [{"insert": "01234ZY89\n"}]


def test_who_came_first_goes_left_and_wins() -> None:
    hello: Delta = [{"insert": "Hello"}]
    world: Delta = [{"insert": "World"}]
    assert transform(hello, world, True) == [{"retain": 5}, {"insert": "World"}]
    assert transform(hello, world, False) == [{"insert": "World"}]
    red: Delta = [{"retain": 1, "attributes": {"color": "red", "bold": True}}]
    blue: Delta = [{"retain": 1, "attributes": {"color": "blue", "italic": True}}]
    assert transform(red, blue, True) == [{"retain": 1, "attributes": {"italic": True}}]
    assert transform(red, blue, False) == blue


@pytest.mark.parametrize(
    ("index", "priority", "moved"),
    [(0, False, 0), (2, False, 4), (2, True, 2), (3, True, 5), (6, True, 6), (5, False, 5)],
)
def test_a_place_moves_with_the_text(index: int, priority: bool, moved: int) -> None:
    change: Delta = [{"retain": 2}, {"insert": "xx"}, {"retain": 1}, {"delete": 2}]
    assert transform_position(change, index, priority) == moved


def test_a_canonical_change_inserts_before_it_deletes() -> None:
    assert delta.canonical([{"delete": 1}, {"insert": "X"}, {"delete": 2}, {"insert": "Y"}, {"retain": 9}]) == [
        {"insert": "XY"},
        {"delete": 3},
    ]


def test_attributes_are_told_apart_by_type() -> None:
    one: Delta = [{"insert": "a", "attributes": {"header": 1}}, {"insert": "b", "attributes": {"header": True}}]
    assert delta.canonical(one) == one
    assert delta.same({"a": 1}, {"a": True}) is False
    assert delta.same([1], [1.0]) is False


def test_half_a_character_is_never_cut() -> None:
    family = "👨‍👩‍👧"
    document: Delta = [{"insert": f"{family}\n"}]
    with pytest.raises(Invalid) as caught:
        compose(document, [{"retain": 1}, {"insert": "x"}])
    assert caught.value.reason == "split_surrogate"
    with pytest.raises(Invalid):
        Text.of(document).apply([{"retain": 1}, {"insert": "x"}])
    # Between the parts of a family is legal text.
    assert compose(document, [{"retain": 2}, {"delete": 1}])[0]["insert"] == "👨👩‍👧\n"


DEEP: Any = "x"
for _ in range(300):
    DEEP = {"a": DEEP}


@pytest.mark.parametrize(
    ("ops", "reason"),
    [
        ("text", "invalid_op"),
        ([1], "invalid_op"),
        ([{}], "invalid_op"),
        ([{"insert": ""}], "invalid_op"),
        ([{"insert": "a\0"}], "invalid_op"),
        ([{"insert": "\ud83d"}], "invalid_op"),
        ([{"insert": None}], "invalid_embed"),
        ([{"insert": {}}], "invalid_embed"),
        ([{"insert": {"image": "/media/a", "b": 1}}], "invalid_embed"),
        ([{"insert": {"image": "javascript:alert(1)"}}], "invalid_embed"),
        ([{"insert": {"video": "https://a.example"}}], "invalid_embed"),
        ([{"insert": {"mention": DEEP}}], "invalid_embed"),
        ([{"insert": {"mention": {"kind": "person", "id": True, "label": "x"}}}], "invalid_embed"),
        ([{"retain": 0}], "invalid_op"),
        ([{"retain": True}], "invalid_op"),
        ([{"retain": 1.0, "attributes": {"bold": True}}], "invalid_op"),
        ([{"retain": None}], "invalid_op"),
        ([{"delete": -1}], "invalid_op"),
        ([{"delete": "1"}], "invalid_op"),
        ([{"delete": 10**30}], "invalid_op"),
        ([{"delete": float("nan")}], "invalid_op"),
        ([{"delete": 1, "attributes": {"bold": True}}], "invalid_attributes"),
        ([{"delete": 1, "retain": 1}], "invalid_op"),
        ([{"insert": "a", "extra": 1}], "invalid_op"),
        ([{"insert": "a", "attributes": {}}], "invalid_attributes"),
        ([{"insert": "a", "attributes": {"bold": None}}], "invalid_attributes"),
        ([{"insert": "a", "attributes": {"__proto__": True}}], "invalid_attributes"),
        ([{"insert": "a", "attributes": {"constructor": True}}], "invalid_attributes"),
        ([{"insert": "a", "attributes": {"bold": 1}}], "invalid_attributes"),
        ([{"insert": "a", "attributes": {"link": "javascript:alert(1)"}}], "invalid_attributes"),
        ([{"insert": "a", "attributes": {"link": DEEP}}], "invalid_attributes"),
        ([{"delete": 1}, {"insert": "x"}], "not_canonical"),
        ([{"insert": "x"}, {"insert": "y"}], "not_canonical"),
        ([{"retain": 3}], "not_canonical"),
        ([{"retain": 11, "attributes": {"bold": True}}], "out_of_bounds"),
        ([{"delete": 11}], "out_of_bounds"),
        ([{"delete": 10}], "last_newline"),
        ([{"retain": 10}, {"insert": "x"}], "last_newline"),
        ([{"insert": "x" * 100_001}], "too_long"),
        ([{"insert": "x"}, {"delete": 1}] * 1_001, "too_many_ops"),
    ],
)
def test_what_can_be_no_change_is_refused_with_a_reason(ops: Any, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        delta.validate(ops, 10)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "ops",
    [
        [],
        [{"insert": "x"}],
        [{"delete": 9}],
        [{"retain": 9}, {"insert": "x"}],
        [{"retain": 9}, {"retain": 1, "attributes": {"header": 1}}],
        [{"retain": 10, "attributes": {"bold": None}}],
    ],
)
def test_what_fits_is_accepted(ops: Delta) -> None:
    delta.validate(ops, 10)


def test_a_full_document_takes_no_more_and_may_be_shortened() -> None:
    with pytest.raises(Invalid) as caught:
        delta.validate([{"insert": "x"}], delta.MOST_LENGTH)
    assert caught.value.reason == "document_full"
    delta.validate([{"insert": "x"}, {"delete": 1}], delta.MOST_LENGTH)
