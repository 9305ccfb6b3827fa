from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.catalog.repricing import Edit, Put, Reprice, Tag, changes, percent_of
from cuelight.errors import Invalid

PRODUCT: dict[str, Any] = {
    "tags": ["gold", "new in"],
    "original_price_cents": 4999,
    "sale_price_cents": None,
    "stock": 3,
    "is_featured": False,
}


@pytest.mark.parametrize(
    ("minor_units", "hundredths", "expected"),
    [(999, -1000, 899), (995, -1000, 896), (4999, -1250, 4374), (100, 500, 105), (1, -5000, 1), (5, -1000, 5)],
)
def test_a_percentage_ends_at_whole_minor_units(minor_units: int, hundredths: int, expected: int) -> None:
    assert percent_of(minor_units, hundredths) == expected


@given(st.integers(1, 10**12 - 1), st.integers(-9_900, 100_000))
def test_a_percentage_is_never_off_by_more_than_half_a_minor_unit(minor_units: int, hundredths: int) -> None:
    exact = minor_units * (10_000 + hundredths)
    assert abs(percent_of(minor_units, hundredths) * 10_000 - exact) * 2 <= 10_000


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Tag("silver"), {"tags": ["gold", "new in", "silver"]}),
        (Tag("gold"), {}),
        (Tag("gold", on=False), {"tags": ["new in"]}),
        (Tag("silver", on=False), {}),
        (Put("stock", 0), {"stock": 0}),
        (Put("stock", 3), {}),
        (Reprice("sale_price_cents", -1000), {"sale_price_cents": 4499}),
        (Reprice("original_price_cents", 1000), {"original_price_cents": 5499}),
    ],
)
def test_only_what_becomes_another_is_changed(edit: Edit, expected: dict[str, Any]) -> None:
    assert changes(edit, PRODUCT) == expected


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (Put("sale_price_cents", 5000), "above the original"),
        (Reprice("sale_price_cents", 100), "above the original"),
        (Put("original_price_cents", 10**12), "too high"),
    ],
)
def test_what_would_break_a_rule_stays(edit: Edit, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        changes(edit, PRODUCT)


def test_an_original_price_does_not_fall_below_the_sale_price() -> None:
    with pytest.raises(Invalid, match="above the original"):
        changes(Reprice("original_price_cents", -1000), PRODUCT | {"sale_price_cents": 4800})


def test_a_price_that_rounds_to_nothing_is_none() -> None:
    with pytest.raises(Invalid, match="not be positive"):
        changes(Reprice("original_price_cents", -9000), PRODUCT | {"original_price_cents": 4})
