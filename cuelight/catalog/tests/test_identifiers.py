from decimal import Decimal

import pytest

from cuelight.catalog import identifiers
from cuelight.errors import Invalid


@pytest.mark.parametrize("text", ["1729384756123456789", "B07XJ8C8F5", "0012", "12E4", "a-b_c"])
def test_ids_stay_the_text_they_are(text: str) -> None:
    assert identifiers.parse_pid(text) == text


@pytest.mark.parametrize(
    "text", ["1.73E+18", "1,73E+18", "1.73e18", "2E+18", "1729384756123456789\t", "\t12", "1729384756123.0"]
)
def test_refuses_ids_that_a_spreadsheet_has_spoiled(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        identifiers.parse_pid(text)
    assert refused.value.reason == "spoiled_id"


@pytest.mark.parametrize("text", ['="1729382256910270001"', "'1729382256910270001", '  ="1729382256910270001" '])
def test_what_keeps_an_id_a_text_in_a_spreadsheet_is_no_part_of_it(text: str) -> None:
    assert identifiers.parse_pid(text) == identifiers.parse_sku(text) == "1729382256910270001"


@pytest.mark.parametrize("text", ["1,729,382,256,910,270,001", "12,345", '="12,345"'])
def test_refuses_ids_whose_digits_are_grouped(text: str) -> None:
    with pytest.raises(Invalid, match="is a number with commas") as refused:
        identifiers.parse_pid(text)
    assert refused.value.reason == "spoiled_id"


def test_a_long_id_kept_as_a_number_has_lost_its_end() -> None:
    with pytest.raises(Invalid, match="rounded"):
        identifiers.parse_pid(Decimal("1.72938475612346E+18"))
    assert identifiers.parse_pid(123456) == "123456"
    for number in ("1e30", "1e3000000", "1e-3000000", "-1e30", "Infinity", "NaN", "1.5"):
        with pytest.raises(Invalid, match="rounded"):
            identifiers.parse_pid(Decimal(number))
    assert identifiers.parse_pid(Decimal(123456)) == "123456"


def test_warns_of_ids_that_end_like_rounded_ones() -> None:
    assert identifiers.looks_rounded("172938475612346000")
    assert not identifiers.looks_rounded("172938475612346001")
    assert not identifiers.looks_rounded("1000")


@pytest.mark.parametrize("text", ["x" * 65, "a\nb", "a\x07b"])
def test_refuses_ids_that_cannot_be_one(text: str) -> None:
    with pytest.raises(Invalid):
        identifiers.parse_pid(text)


@pytest.mark.parametrize(("text", "number"), [("1", 1), (" 40 ", 40), ("007", 7), ("12.0", 12), (3, 3)])
def test_reads_whole_numbers(text: str | int, number: int) -> None:
    assert identifiers.parse_whole(text, least=1, what="The number") == number


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1,200", "٣", "abc", "", "9" * 40, "2147483648"])
def test_refuses_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(Invalid, match="The number must be a whole number from 1 up"):
        identifiers.parse_whole(text, least=1, what="The number")
