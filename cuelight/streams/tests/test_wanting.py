"""Which lineup items a message asks for, measured on labelled chat about forty products."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.streams.tests.test_asking import chat
from cuelight.streams.wanting import MOST_WANTED, Line, Matcher, lines_of

LINEUP = Path(__file__).parent / "labelled_lineup.jsonl"


def lineup() -> list[Line]:
    rows = [json.loads(line) for line in LINEUP.read_text().splitlines()]
    return [
        Line(row["item_id"], row["number"], row["name"], row["short_name"], tuple(row["variants"].split()))
        for row in rows
    ]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(lineup())


def numbers(matcher: Matcher, text: str) -> list[int]:
    by_id = {line.item_id: line.number for line in lineup()}
    return [by_id[item_id] for item_id in matcher.wanted(text)]


def measured(matcher: Matcher, rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Precision and recall over pairs of message and number.

    Wanted is what somebody asks for, asks about, claims or praises; not what they have already, or do not want.
    """
    found = meant = both = 0
    for row in rows:
        wanted, labelled = set(numbers(matcher, row["text"])), set(row["wanted"])
        found, meant, both = found + len(wanted), meant + len(labelled), both + len(wanted & labelled)
    return both / found, both / meant


def test_what_is_wanted_is_told_from_other_numbers_and_words(matcher: Matcher) -> None:
    rows = chat()
    traps = [row for row in rows if not row["wanted"] and any(letter.isdigit() for letter in row["text"])]
    assert len(lineup()) == 40
    assert len(traps) >= 60
    precision, recall = measured(matcher, rows)
    assert precision >= 0.97
    assert recall >= 0.9


def test_of_chat_that_no_rule_was_made_for_most_is_told_right(matcher: Matcher) -> None:
    precision, recall = measured(matcher, chat("unseen_chat"))
    assert precision >= 0.95
    assert recall >= 0.85


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12", [12]),
        ("#12", [12]),
        ("item 12", [12]),
        ("no. 12", [12]),
        ("do you have 23?", [23]),
        ("sold 12!", [12]),
        ("12 pls", [12]),
        ("I want 12 and 14", [12, 14]),
        ("the gold hoops", [2]),
        ("the HERRINGBONE 😍", [12]),
        ("tenis braclet pls", [14]),
    ],
)
def test_is_wanted(matcher: Matcher, text: str, wanted: list[int]) -> None:
    assert numbers(matcher, text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "12 people",
        "12 dollars",
        "$12",
        "12:30",
        "size 12",
        "12mm",
        "14k",
        "2 left",
        "100%",
        "since 2012",
        "99",
        "gold",
        "cuban link",
        "i already have 12",
        "my 12 came yesterday",
        "https://a.example/12",
        "@mia12",
        "<3",
        "#1 fan here",
        "5 or 10 dollars",
        "12-14 people",
        "",
    ],
)
def test_is_not_wanted(matcher: Matcher, text: str) -> None:
    assert numbers(matcher, text) == []


def test_a_whole_list_asks_for_nothing(matcher: Matcher) -> None:
    assert numbers(matcher, " ".join(f"#{number}" for number in range(1, MOST_WANTED + 1))) != []
    assert numbers(matcher, " ".join(f"#{number}" for number in range(1, MOST_WANTED + 2))) == []


def test_a_word_that_two_lines_have_names_neither() -> None:
    matcher = Matcher([Line(1, 1, "Sunburst Pendant"), Line(2, 2, "Sunburst Ring"), Line(3, 3, "Opal Ring")])
    assert matcher.wanted("the sunburst pls") == []
    assert matcher.wanted("the sunburst pendant pls") == [1]


def test_what_a_line_comes_in_does_not_name_another() -> None:
    lines = [Line(1, 1, "Amethyst Studs"), Line(2, 2, "Birthstone Band", "", ("amethyst",))]
    assert Matcher(lines).wanted("the amethyst please") == []
    assert Matcher(lines[:1]).wanted("the amethyst please") == [1]


RINGS = [
    Line(
        1,
        1,
        "Birthstone Ring",
        "",
        ("Garnet / 7", "Amethyst / 7", "Toddler"),
        ("BR-70", "BR-70-GAR", "BR-70-AME"),
    ),
    Line(2, 2, "Zodiac Pendant", "", ("Aries", "Leo", "Gold"), ("zp1001",)),
    Line(3, 7, "Amethyst Studs", "", (), ("4711", "GOLD", "NO12", "12-34-56", "ZP1")),
]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the garnet please", [1]),
        ("garnet ring 😍", [1]),
        ("i want the ring garnet", [1]),
        ("do you have the aries pendant", [2]),
        ("toddler pls", [1]),
        ("BR-70-GAR", [1]),
        ("can i get br-70-ame and zp1001?", [1, 2]),
        ("BR-70.", [1]),
        ("sold 7, and BR-70 too", [3, 1]),
        # What two lines come in, or another is called; sizes in digits; what is everyday's.
        ("the amethyst please", []),
        ("the gold one please", []),
        ("size 7 please", []),
        ("my birthstone is garnet", []),
        ("i already have the garnet", []),
        # No code, or a piece of a longer one.
        ("gold", []),
        ("4711", []),
        ("12-34-56", []),
        ("zp1", []),
        ("BR-70-XL", []),
        ("X-BR-70", []),
        ("br-700", []),
    ],
)
def test_what_one_line_alone_comes_in_and_its_codes_are_asked_for(text: str, wanted: list[int]) -> None:
    assert Matcher(RINGS).wanted(text) == wanted


def test_a_code_that_two_lines_have_is_neithers() -> None:
    lines = [Line(1, 1, "Signet", skus=("AB-100",)), Line(2, 2, "Locket", skus=("ab-100", "AB-200"))]
    assert [Matcher(lines).wanted(text) for text in ("AB-100 pls", "AB-200 pls")] == [[], [2]]


def test_a_lineup_without_names_is_asked_for_by_number() -> None:
    matcher = Matcher(lines_of([{"id": 7, "position": 3, "name": "", "short_name": ""}]))
    assert matcher.wanted("3 pls") == [7]
    assert matcher.wanted("the") == []


@given(st.text(max_size=3_000))
def test_nothing_that_is_said_breaks_it(text: str) -> None:
    found = Matcher(lineup()).wanted(text)
    assert len(found) == len(set(found)) <= MOST_WANTED
