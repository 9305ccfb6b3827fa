"""Prices as people write them, and the integer minor units we keep. Pure; no float ever touches a price."""

import re
from decimal import Decimal

from cuelight.errors import Invalid

MISSING = "Price missing"
MALFORMED = "Invalid price format"
USE_A_POINT = f"{MALFORMED}: use a point for decimals, such as 1299.00"
ONE_PRICE = f"{MALFORMED}: one price only, with a point for decimals"
NOT_POSITIVE = "Price must be positive"

HIGHEST_MINOR_UNITS = 999_999_999_999
"""Above this a cell is a product id that slipped into the price column. JavaScript still counts this exactly."""

_NO_MINOR_UNIT = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)
_THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
_CURRENCIES_OF_MARK = {
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP", "EGP", "GIP", "FKP", "SHP", "SSP", "SDG", "SYP", "LBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "￥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "₩": frozenset({"KRW", "KPW"}),
    "₫": frozenset({"VND"}),
    "₱": frozenset({"PHP", "CUP"}),
    "₺": frozenset({"TRY"}),
    "₽": frozenset({"RUB", "BYN"}),
    "฿": frozenset({"THB"}),
    "₪": frozenset({"ILS"}),
}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff"))

# Not any word: "from 10" and "10 off" are no prices. The cent sign is no mark either: 4999¢ is not 4999 dollars.
_CURRENCIES_OF_WORD = {
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "zł": frozenset({"PLN"}),
    "zl": frozenset({"PLN"}),
    "kč": frozenset({"CZK"}),
    "ft": frozenset({"HUF"}),
    "lei": frozenset({"RON", "MDL"}),
    "leu": frozenset({"RON", "MDL"}),
    "лв": frozenset({"BGN"}),
    "руб": frozenset({"RUB", "BYN"}),
    "грн": frozenset({"UAH"}),
    "ден": frozenset({"MKD"}),
    "din": frozenset({"RSD"}),
    "дин": frozenset({"RSD"}),
    "fr": frozenset({"CHF"}),
    "sfr": frozenset({"CHF"}),
    "tl": frozenset({"TRY"}),
    "rs": frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"}),
    "rm": frozenset({"MYR"}),
    "rp": frozenset({"IDR"}),
    "r": frozenset({"ZAR"}),
    "ksh": frozenset({"KES"}),
    "dh": frozenset({"AED", "MAD"}),
    "dhs": frozenset({"AED", "MAD"}),
    "sr": frozenset({"SAR"}),
    "qr": frozenset({"QAR"}),
    "euro": frozenset({"EUR"}),
    "euros": frozenset({"EUR"}),
    "usd": frozenset({"USD"}),
    "eur": frozenset({"EUR"}),
    "gbp": frozenset({"GBP"}),
    "chf": frozenset({"CHF"}),
}
_WORDS = "|".join(sorted(_CURRENCIES_OF_WORD, key=len, reverse=True))
_MARK = rf"(?:[A-Z]{{0,3}}[$£¤¥֏؋৳฿៛₠-₿﷼＄￡￥￦]|[A-Z]{{3}}|(?i:{_WORDS})\.?)"
_PRICE = re.compile(
    rf"(?P<open>\()?(?P<minus>[-\u2212])?\s*(?P<before>{_MARK})?\s*(?P<inner_minus>[-\u2212])?\s*"
    # Thousands are parted by one mark throughout; Excel writes a no-break or thin space where people type a plain one.
    r"(?:(?P<whole>[0-9]{1,3}(?P<parting>[,'’ \u00a0\u2009\u202f])[0-9]{3}(?:(?P=parting)[0-9]{3})*|[0-9]+)"
    r"(?:\.(?P<part>[0-9]+)|[.,][-\u2013\u2014])?|\.(?P<bare_part>[0-9]+))"
    rf"\s*(?P<after>{_MARK})?(?P<close>\))?"
)
_COMMA_DECIMALS = re.compile(r"[0-9],[0-9]{1,2}(?![0-9,.])")
_TWO_PRICES = re.compile(r"[0-9]\s*[-\u2013\u2014]\D{0,5}[0-9]")


def minor_digits(currency: str) -> int:
    """How many decimals a price in this ISO 4217 currency has: 2 for USD, 0 for JPY, 3 for KWD."""
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


def parse_price(text: str, currency: str = "USD") -> int:
    """Minor units of a price as it stands in a cell: ``"$1,299.00"`` → 129900.

    The point is the decimal mark and commas, spaces and apostrophes may only part thousands, so ``1.299,00`` is refused
    and not guessed at. Currency marks are dropped. Raises Invalid with "Price missing", "Invalid price format" (where
    that helps with a hint behind it) or "Price must be positive".
    """
    trimmed = text.translate(_INVISIBLE).strip()
    if not trimmed:
        raise Invalid("price_missing", MISSING)
    match = _PRICE.fullmatch(trimmed)
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise Invalid("invalid_price", _hint(trimmed))
    digits = minor_digits(currency)
    part = match["part"] or match["bare_part"] or ""
    if len(part) > digits or len(trimmed) > 40:
        raise Invalid("invalid_price", MALFORMED)
    if match["minus"] or match["inner_minus"] or match["open"]:
        raise Invalid("price_not_positive", NOT_POSITIVE)
    whole = int((match["whole"] or "0").replace(match["parting"] or ",", ""))
    return _checked(whole * 10**digits + int(part.ljust(digits, "0") or "0"))


def price_from_number(amount: Decimal | int, currency: str = "USD") -> int:
    """Minor units of a number cell, as a spreadsheet keeps prices. Raises Invalid as `parse_price` does."""
    amount, digits = Decimal(amount), minor_digits(currency)
    if amount.is_nan() or amount > HIGHEST_MINOR_UNITS:  # before it is written out: 1e3000000 is valid JSON
        raise Invalid("invalid_price", MALFORMED)
    if amount < 0:
        raise Invalid("price_not_positive", NOT_POSITIVE)
    rounded = amount.quantize(Decimal(1).scaleb(-digits))
    if rounded != amount:
        raise Invalid("invalid_price", MALFORMED)
    return _checked(int(rounded.scaleb(digits)))


def price_from_minor_units(value: object) -> int:
    """A price that is in minor units already: a whole number, or its digits as text. Raises Invalid likewise."""
    if value is None or value == "":
        raise Invalid("price_missing", MISSING)
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid("invalid_price", MALFORMED)
    return _checked(value)


def foreign_mark(text: str, currency: str) -> str | None:
    """The currency mark in a price that belongs to another currency than this one, if there is such a mark."""
    match = _PRICE.fullmatch(text.translate(_INVISIBLE).strip())
    for mark in (match["before"], match["after"]) if match else ():
        if mark is None:
            continue
        word = mark.removesuffix(".").lower()
        if word.isalpha():
            if currency not in _CURRENCIES_OF_WORD.get(word, {word.upper()}):
                return mark
            continue
        if currency not in _CURRENCIES_OF_MARK.get(mark[-1], {currency}):
            return mark
    return None


def format_price(minor_units: int, currency: str = "USD") -> str:
    """The amount alone, as `parse_price` reads it back: 4999 → ``"49.99"``."""
    digits = minor_digits(currency)
    if not digits:
        return str(minor_units)
    return f"{minor_units // 10**digits}.{minor_units % 10**digits:0{digits}}"


def _hint(text: str) -> str:
    if _TWO_PRICES.search(text[:100]):
        return ONE_PRICE
    return USE_A_POINT if _COMMA_DECIMALS.search(text[:100]) else MALFORMED


def _checked(minor_units: int) -> int:
    if minor_units <= 0:
        raise Invalid("price_not_positive", NOT_POSITIVE)
    if minor_units > HIGHEST_MINOR_UNITS:
        raise Invalid("invalid_price", MALFORMED)
    return minor_units
