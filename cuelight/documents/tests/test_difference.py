"""The way from one document to another: right whatever they are, and no larger than it must be."""

from hypothesis import given
from hypothesis import strategies as st

from cuelight.documents import delta
from cuelight.documents.delta import Delta
from cuelight.documents.difference import difference, parts, shown
from cuelight.documents.tests.strategies import changes, documents


@given(documents(), documents())
def test_it_is_a_valid_change_that_leads_there(before: Delta, after: Delta) -> None:
    change = difference(before, after)
    delta.validate(change, delta.length(before))
    assert delta.compose(before, change) == after


@given(st.data(), documents(most=10))
def test_after_a_small_change_it_is_no_longer_than_that(data: st.DataObject, before: Delta) -> None:
    change = data.draw(changes(before, most=1))
    after = delta.compose(before, change)
    found = difference(before, after)
    assert delta.compose(before, found) == after
    assert touched(found) <= touched(change)


def touched(change: Delta) -> int:
    return sum(delta.op_length(op) for op in change if "retain" not in op)


def test_lines_that_stayed_are_not_touched() -> None:
    before: Delta = [{"insert": "one\ntwo\nthree\nfour\n"}]
    after: Delta = [{"insert": "one\n2\nthree\nnew\nfour\n"}]
    assert difference(before, after) == [
        {"retain": 4}, {"insert": "2"}, {"delete": 3}, {"retain": 7}, {"insert": "new\n"},
    ]  # fmt: skip


def test_another_look_replaces_no_text() -> None:
    before: Delta = [{"insert": "a😀b", "attributes": {"bold": True}}, {"insert": "\n"}]
    after: Delta = [{"insert": "a😀"}, {"insert": "b", "attributes": {"italic": True}},
                    {"insert": "\n", "attributes": {"header": 1}}]  # fmt: skip
    assert difference(before, after) == [
        {"retain": 3, "attributes": {"bold": None}},
        {"retain": 1, "attributes": {"bold": None, "italic": True}},
        {"retain": 1, "attributes": {"header": 1}},
    ]


@given(documents(), documents())
def test_what_is_shown_holds_both(before: Delta, after: Delta) -> None:
    ops = shown(before, difference(before, after))
    bare = [{name: value for name, value in op.items() if name != "mark"} | {"was": op.get("mark", "")} for op in ops]
    kept = [{k: v for k, v in op.items() if k != "was"} for op in bare if op["was"] != "removed"]
    assert delta.canonical(kept) == after
    words = "".join(op["insert"] for op in bare if op["was"] != "added" and isinstance(op["insert"], str))
    assert words == "".join(op["insert"] for op in before if isinstance(op["insert"], str))


def test_a_long_change_goes_in_parts_that_follow_each_other() -> None:
    # A letter behind each of 2,500, and in their midst far more than one change may insert.
    before: Delta = [{"insert": "x" * 3_000 + "\n"}]
    change: Delta = []
    for n in range(2_500):
        change += [{"retain": 1}, {"insert": "y" if n != 2_490 else "😀" * 60_000}]
    change = delta.canonical(change)
    made = parts(change)
    assert len(made) > 2
    text, done = before, list[Delta]()
    for part in made:
        delta.validate_shape(part)
        for past in done:
            part = delta.transform(past, part, True)
        text = delta.compose(text, part)
        done.append(part)
    assert text == delta.compose(before, change)
