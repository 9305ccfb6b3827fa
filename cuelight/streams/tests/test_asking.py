"""Which chat is a question, measured on labelled chat; and which two are the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.streams import asking
from cuelight.streams.asking import is_question, key

HERE = Path(__file__).parent


def chat(name: str = "labelled_chat") -> list[dict[str, Any]]:
    """``labelled_chat`` is what the rules were made with; ``unseen_chat`` was written before, and nothing follows it.

    A question is what somebody could answer: a request made as a question is one, a sigh ("how cute!") is none.
    """
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text().splitlines()]


def measured(rows: list[dict[str, Any]]) -> tuple[float, float]:
    found = [row for row in rows if is_question(row["text"])]
    meant = [row for row in rows if row["question"]]
    both = [row for row in found if row["question"]]
    return len(both) / len(found), len(both) / len(meant)


def test_questions_are_told_from_other_chat() -> None:
    rows = chat()
    assert len(rows) >= 400
    precision, recall = measured(rows)
    assert precision >= 0.95
    assert recall >= 0.9


def test_of_chat_that_no_rule_was_made_for_most_is_told_right() -> None:
    precision, recall = measured(chat("unseen_chat"))
    assert precision >= 0.9
    assert recall >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "how much is it",
        "wat size",
        "anyone know if it tarnishes",
        "does it come in silver",
        "gold?",
        "¿tienen en plata?",
        "これは本物ですか？",
        "هل يوجد فضة؟",
        "magkano po",
        "lol is it real",
    ],
)
def test_is_a_question(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    ["right?", "lol what?", "???", "?", "https://a.example/?q=1", "look www.a.example/x?y", "how cute", "12?", "", " "],
)
def test_is_no_question(text: str) -> None:
    assert not is_question(text)


def test_the_same_question_has_the_same_key() -> None:
    rows = chat()
    first = {row["id"]: key(row["text"]) for row in rows if "id" in row}
    repeats = [row for row in rows if "same_as" in row]
    assert len(repeats) >= 15
    assert [row["text"] for row in repeats if key(row["text"]) != first[row["same_as"]]] == []


def test_other_questions_have_other_keys() -> None:
    first = [key(row["text"]) for row in chat() if "id" in row]
    assert len(first) >= 10
    assert len(set(first)) == len(first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("is it gold?", "is it silver?"),
        ("is 12 gold", "is 14 gold"),
        ("do you ship to canada", "do you ship to mexico"),
        ("do you ship from texas to ohio", "do you ship from ohio to texas"),
        ("how long is it", "how much is it"),
        ("is it 11", "is it 1"),
    ],
)
def test_are_two_questions(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_the_order_of_words_is_none_of_it() -> None:
    assert key("is it gold or silver?") == key("silver or gold??")


def test_a_question_of_the_shop_is_no_products() -> None:
    assert asking.is_general("do you ship to canada")
    assert asking.is_general("any discount codes?")
    assert not asking.is_general("how much is it")


@given(st.text(max_size=3_000))
def test_whatever_is_said_has_a_key_that_fits(text: str) -> None:
    is_question(text)
    assert 0 < len(key(text)) <= asking.LONGEST_KEY
