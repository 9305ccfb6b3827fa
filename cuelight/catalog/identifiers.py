"""Ids and whole numbers from a spreadsheet. Ids are text: a 19-digit id read as a number has lost its last digits."""

import re
from decimal import Decimal

from cuelight.errors import Invalid

LONGEST_PID = 64
LONGEST_SKU = 100
LONGEST_BARCODE = 64
HIGHEST_WHOLE = 2**31 - 1
EXACT_DIGITS = 15
"""A spreadsheet's number keeps this many digits; the rest it rounds away."""

_EXPONENT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*E[+-]?|E[+-])[0-9]+", re.IGNORECASE)
_QUOTED = re.compile(r'="(?P<formula>[^"]*)"|\'(?P<text>[^\']*)')
"""How a spreadsheet is told that an id is a text: ``="0012"``, or an apostrophe in front."""
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_WHOLE = re.compile(r"([0-9]+)(?:\.0+)?")


def parse_pid(cell: str | int | Decimal) -> str:
    """The selling platform's id, as text. Raises Invalid if a spreadsheet has spoiled it."""
    pid = _parse_id(cell, LONGEST_PID)
    if re.fullmatch(r"[0-9]+[.,]0+", pid):
        raise Invalid(
            "spoiled_id", f"{pid} was turned into a number; format the column as text and paste the ids again"
        )
    return pid


def parse_sku(cell: str | int | Decimal) -> str:
    """The seller's own article number, as text. Raises Invalid if a spreadsheet has spoiled it."""
    return _parse_id(cell, LONGEST_SKU)


def parse_barcode(cell: str | int | Decimal) -> str:
    """A barcode's digits, as text. Raises Invalid if a spreadsheet has spoiled it."""
    return _parse_id(cell, LONGEST_BARCODE)


def looks_rounded(pid: str) -> bool:
    """Whether a long id ends as rounding to 15 digits leaves it. One honest id in a thousand does too: only warn."""
    return pid.isdecimal() and len(pid) >= EXACT_DIGITS + 3 and not pid[EXACT_DIGITS:].strip("0")


def parse_whole(cell: str | int | Decimal, *, least: int, what: str) -> int:
    """A whole number from ``least`` up; ``what`` names it in the sentence of Invalid."""
    match = _WHOLE.fullmatch(str(cell).strip()) if str(cell).isascii() else None
    value = int(match[1][:20]) if match else -1
    if not least <= value <= HIGHEST_WHOLE:
        raise Invalid("invalid_number", f"{what} must be a whole number from {least} up")
    return value


def _parse_id(cell: str | int | Decimal, longest: int) -> str:
    if not isinstance(cell, str):
        return _id_from_number(cell)
    if quoted := _QUOTED.fullmatch(cell.strip()):
        cell = quoted["formula"] or quoted["text"] or ""
    if "\t" in cell:
        raise Invalid("spoiled_id", "There is a tab in this id; remove it and keep the column as text")
    text = cell.strip()
    if _EXPONENT.fullmatch(text):
        raise Invalid("spoiled_id", f"{text} is a rounded number; format the column as text and paste the ids again")
    if _GROUPED.fullmatch(text):
        raise Invalid(
            "spoiled_id", f"{text} is a number with commas; format the column as text and paste the ids again"
        )
    if len(text) > longest:
        raise Invalid("invalid_id", f"This id has {len(text)} characters; {longest} is the most")
    if not text.isprintable():
        raise Invalid("invalid_id", "This id holds characters that cannot be seen")
    return text


def _id_from_number(number: int | Decimal) -> str:
    # The size first: to write out 1e3000000 as a whole number takes a while.
    bound = 10**EXACT_DIGITS
    if not Decimal(number).is_finite() or not -bound < number < bound or number != int(number):
        shown = str(number) if len(str(number)) <= LONGEST_PID else "This id"
        raise Invalid(
            "spoiled_id",
            f"{shown} is kept as a number and was rounded; format the column as text and paste the ids again",
        )
    return str(int(number))
