"""What an edit of several products makes of the values of one. Pure; prices are minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cuelight.catalog.pricing import HIGHEST_MINOR_UNITS
from cuelight.errors import Invalid

#: A percentage is kept in hundredths: −12.5 % is −1250.
WHOLE = 10_000
PRICES = ("original_price_cents", "sale_price_cents")


@dataclass(frozen=True, slots=True)
class Tag:
    """Adds a tag, or takes it off."""

    tag: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Put:
    """Sets one column of all to the same value."""

    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Reprice:
    """Changes a price by a percentage in hundredths; a sale price that is not there yet begins at the original one."""

    field: str
    hundredths: int


Edit = Tag | Put | Reprice


def percent_of(minor_units: int, hundredths: int) -> int:
    """A price changed by a percentage, rounded to whole minor units, a half away from nothing: 999 − 10 % is 899."""
    return (minor_units * (WHOLE + hundredths) * 2 + WHOLE) // (2 * WHOLE)


def changes(edit: Edit, product: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a product that an edit changes, as they shall be. Raises Invalid with why this one stays."""
    match edit:
        case Tag(tag, on):
            tags = [one for one in product["tags"] if one != tag]
            wanted: dict[str, Any] = {"tags": list(product["tags"]) if on and tag in product["tags"] else tags}
            if on and tag not in product["tags"]:
                wanted = {"tags": [*tags, tag]}
        case Put(field, value):
            wanted = {field: value}
        case Reprice(field, hundredths):
            begins = product[field] if product[field] is not None else product["original_price_cents"]
            wanted = {field: percent_of(begins, hundredths)}
    return _checked(product, wanted)


def _checked(product: Mapping[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    after = {**product, **wanted}
    original, sale = (after[field] for field in PRICES)
    if not set(PRICES).isdisjoint(wanted):
        if original <= 0 or (sale is not None and sale <= 0):
            raise Invalid("price_not_positive", "its price would not be positive")
        if max(original, sale or 0) > HIGHEST_MINOR_UNITS:
            raise Invalid("invalid_price", "its price would be too high")
        if sale is not None and sale > original:
            raise Invalid("product_sale_not_above_original", "its sale price would be above the original price")
    return {field: value for field, value in wanted.items() if product[field] != value}
