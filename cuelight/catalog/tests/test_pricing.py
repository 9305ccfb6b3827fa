from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.catalog import pricing
from cuelight.catalog.pricing import MALFORMED, MISSING, NOT_POSITIVE, ONE_PRICE, USE_A_POINT
from cuelight.errors import Invalid


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("$49.99", 4999),
        (" 49.99 ", 4999),
        ("\u00a049.99\u00a0", 4999),
        ("49", 4900),
        ("49.9", 4990),
        (".99", 99),
        ("0.01", 1),
        ("$1,299.00", 129900),
        ("1,299", 129900),
        ("12,345,678.90", 1234567890),
        ("US$ 5", 500),
        ("USD 5.00", 500),
        ("5.00 USD", 500),
        ("€49.99", 4999),
        ("49.99 €", 4999),
        ("\ufeff5.00", 500),
        ("kr 100", 10000),
        ("100 kr.", 10000),
        ("kr 100,-", 10000),
        ("10 zł", 1000),
        ("Rs. 500", 50000),
        ("Rs.500.50", 50050),
        ("CHF 20.-", 2000),
        ("Fr. 20.–", 2000),
        ("1'299.00", 129900),
        ("1’299’000", 129900000),
        ("1 299.00", 129900),
        ("1\u00a0299.00 Kč", 129900),
        ("1\u2009299", 129900),
        ("1\u202f299\u202f000.50", 129900050),
        ("12.50 euro", 1250),
    ],
)
def test_reads_prices_as_people_write_them(text: str, cents: int) -> None:
    assert pricing.parse_price(text) == cents


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", MISSING),
        ("   ", MISSING),
        ("\t\u00a0", MISSING),
        ("abc", MALFORMED),
        ("1.299,00", USE_A_POINT),
        ("1.299", MALFORMED),
        ("49,99", USE_A_POINT),
        ("1,29,999.00", MALFORMED),
        ("19.99 - 24.99", ONE_PRICE),
        ("19.99-24.99", ONE_PRICE),
        ("€5–€7", ONE_PRICE),
        ("29.995", MALFORMED),
        ("29.990", MALFORMED),
        ("5e2", MALFORMED),
        ("+5", MALFORMED),
        ("49.", MALFORMED),
        ("$", MALFORMED),
        ("$$5", MALFORMED),
        ("4999¢", MALFORMED),
        ("٤٩", MALFORMED),
        ("1 29.00", MALFORMED),
        ("1 299,000.00", MALFORMED),
        ("1'299,00", USE_A_POINT),
        ("2 for 10", MALFORMED),
        ("from 10", MALFORMED),
        ("10 off", MALFORMED),
        ("kr", MALFORMED),
        ("kr 100 kr 90", MALFORMED),
        ("100.-5", MALFORMED),
        ("(5.00", MALFORMED),
        ("1729384756123456789", MALFORMED),
        ("9" * 5000, MALFORMED),
        ("-5.00", NOT_POSITIVE),
        ("-$5.00", NOT_POSITIVE),
        ("$-5.00", NOT_POSITIVE),
        ("\u22125.00", NOT_POSITIVE),
        ("($5.00)", NOT_POSITIVE),
        ("0", NOT_POSITIVE),
        ("0.00", NOT_POSITIVE),
        ("-abc", MALFORMED),
    ],
)
def test_refuses_what_is_no_price_and_says_why(text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        pricing.parse_price(text)
    assert refused.value.message == sentence


@pytest.mark.parametrize(
    ("text", "currency", "minor_units"),
    [("4,999", "JPY", 4999), ("¥500", "JPY", 500), ("1.234", "KWD", 1234), ("1.5", "KWD", 1500)],
)
def test_counts_in_the_minor_units_of_the_currency(text: str, currency: str, minor_units: int) -> None:
    assert pricing.parse_price(text, currency) == minor_units


def test_yen_have_no_decimals() -> None:
    with pytest.raises(Invalid, match=MALFORMED):
        pricing.parse_price("500.00", "JPY")


@given(st.integers(1, pricing.HIGHEST_MINOR_UNITS), st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_is_written_is_read_back(minor_units: int, currency: str) -> None:
    assert pricing.parse_price(pricing.format_price(minor_units, currency), currency) == minor_units


@given(st.text(alphabet="0123456789.,-+$€ ()EeUSD\u00a0\u0663", max_size=20))
def test_any_text_is_a_positive_price_or_refused(text: str) -> None:
    try:
        price = pricing.parse_price(text)
    except Invalid:
        return
    digits = "".join(character for character in text if character in "0123456789.")
    assert Decimal(digits) * 100 == price > 0


@pytest.mark.parametrize(("number", "cents"), [(Decimal("49.99"), 4999), (49, 4900), (Decimal("1E+2"), 10000)])
def test_number_cells_are_exact(number: Decimal | int, cents: int) -> None:
    assert pricing.price_from_number(number) == cents


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (Decimal("29.995"), MALFORMED),
        (Decimal(-5), NOT_POSITIVE),
        (Decimal("1e3000000"), MALFORMED),
        (Decimal("-1e3000000"), NOT_POSITIVE),
        (Decimal("1e-3000000"), MALFORMED),
        (Decimal("4.9900000000000000000000000000000000001"), MALFORMED),
        (Decimal("Infinity"), MALFORMED),
        (Decimal("NaN"), MALFORMED),
        (Decimal("0e3000000"), NOT_POSITIVE),
        (10**400, MALFORMED),
    ],
)
def test_number_cells_are_refused_like_text(number: Decimal, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        pricing.price_from_number(number)


@pytest.mark.parametrize("value", [49.99, "49.99", True, [], "4 9"])
def test_cents_are_whole_numbers(value: object) -> None:
    with pytest.raises(Invalid, match=MALFORMED):
        pricing.price_from_minor_units(value)


def test_cents_may_be_digits_in_quotes() -> None:
    assert pricing.price_from_minor_units("4999") == 4999


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("€49.99", "€"),
        ("49.99 EUR", "EUR"),
        ("$49.99", None),
        ("US$5", None),
        ("USD 5", None),
        ("kr 5", "kr"),
        ("Rs. 5", "Rs."),
        ("5 usd", None),
    ],
)
def test_knows_the_marks_of_other_currencies(text: str, mark: str | None) -> None:
    assert pricing.foreign_mark(text, "USD") == mark
