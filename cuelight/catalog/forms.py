"""Reading what the catalogue's pages send: JSON of islands, and the form of a brand. Sentences say what is wrong."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.http import HttpRequest

from cuelight.catalog.pricing import HIGHEST_MINOR_UNITS
from cuelight.catalog.repricing import PRICES, Edit, Put, Reprice, Tag
from cuelight.errors import Invalid
from cuelight.live.payload import MAX_INT, Payload, op_id, require_bool, require_choice, require_int, require_text

#: The most that a percentage may take off or add, in hundredths: to nothing would be no price.
LEAST_PERCENT, MOST_PERCENT = -9_900, 100_000
#: A text that a page may send, whatever its field: longer ones are cut out by the field's own rule.
LONGEST = {"description": 50_000, "talking_points_md": 20_000, "external_url": 2_000}
HIGHEST_WHOLE = 2**31 - 1
MOST_IDS = 5_000
#: Of a variant; other keys are a shop's own, and stay.
VARIANT_TEXTS = ("title", "sku", "barcode")
VARIANT_WHOLES = ("price_cents", "compare_at_cents", "stock")

Reader = Callable[[Any, str], Any]


class BrandForm(forms.Form):
    """A brand: its name, its short name in addresses and imports, notes for the team."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    slug = forms.SlugField(
        max_length=60,
        required=False,
        label="Short name",
        help_text="Small letters, digits and hyphens: what commands call it. Empty: made of the name.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    notes = forms.CharField(
        required=False, max_length=20_000, help_text="For the team.", widget=forms.Textarea(attrs={"rows": 4})
    )


def body(request: HttpRequest) -> Payload:
    """The JSON object of a request. Raises Invalid."""
    if request.content_type != "application/json":  # a form has been read already, and cannot be again
        raise Invalid("invalid", "That could not be read: JSON is expected.")
    try:
        # Refuses lone surrogates, too, which PostgreSQL could not store.
        sent = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Invalid("invalid", "That could not be read: JSON is expected.") from error
    if not isinstance(sent, dict):
        raise Invalid("invalid", "That could not be read: a JSON object is expected.")
    return sent


def wants_json(request: HttpRequest) -> bool:
    """Whether an island asks, and not the form of a page."""
    return "application/json" in request.headers.get("Accept", "")


def fields(sent: Payload, key: str) -> dict[str, Any]:
    """The columns of a product that ``sent[key]`` names, as `actions.update_product` takes them. Raises Invalid."""
    given = sent.get(key)
    if not isinstance(given, dict):
        raise Invalid("invalid", f"{key} must name fields.")
    if unknown := given.keys() - READERS.keys():
        raise Invalid("invalid", f"There is no field {min(unknown)[:40]!r}.")
    return {name: READERS[name](value, name) for name, value in given.items()}


def key_of(sent: Payload) -> UUID:
    """The page's own name for what it makes, so that it is made once. Raises Invalid."""
    key = op_id(sent)
    if key is None:
        raise Invalid("invalid", "op_id must be a UUID.")
    return key


def product_ids(sent: Payload) -> list[int]:
    """Raises Invalid for none, too many, or what is no id."""
    ids = sent.get("product_ids")
    if not isinstance(ids, list) or not ids:
        raise Invalid("no_products", "Select a product first.")
    if len(ids) > MOST_IDS:
        raise Invalid("too_many_products", f"{MOST_IDS:,} products at most are changed in one step; narrow the list.")
    if not all(isinstance(one, int) and not isinstance(one, bool) and 0 < one <= MAX_INT for one in ids):
        raise Invalid("invalid", "product_ids must be a list of ids.")
    return ids


def edit_of(sent: Payload) -> tuple[Edit, str]:
    """The edit of several products that was asked for, and how the change set is called. Raises Invalid."""
    what = require_choice(sent, "edit", ("tag", "untag", "brand", "stock", "featured", "price", "reprice", "no_sale"))
    match what:
        case "tag" | "untag":
            tag = require_text(sent, "value", most=50)
            return Tag(tag, on=what == "tag"), f"{'Tag' if what == 'tag' else 'No tag'} {tag}"
        case "brand":
            return Put("brand_id", require_int(sent, "value", least=1)), "Brand"
        case "stock":
            return Put("stock", _whole_or_none(sent.get("value"), "stock")), "Stock"
        case "featured":
            return Put("is_featured", require_bool(sent, "value")), "Featured"
        case "no_sale":
            return Put("sale_price_cents", None), "No sale price"
    field = require_choice(sent, "field", PRICES)
    if what == "price":
        return Put(field, require_int(sent, "value", least=1, most=HIGHEST_MINOR_UNITS)), "Price"
    value = sent.get("value")
    if isinstance(value, bool) or not isinstance(value, int) or not LEAST_PERCENT <= value <= MOST_PERCENT:
        raise Invalid("invalid_percent", "A percentage is between −99 and 1000.")
    return Reprice(field, value), f"Price {value / 100:+g} %"


def _text(value: Any, name: str) -> str:
    text = require_text({name: value}, name, most=LONGEST.get(name, 2_000), empty=True)
    return text if name in ("description", "talking_points_md") else text.strip()


def _whole_or_none(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_WHOLE:
        raise Invalid(f"invalid_{name}", f"This must be a whole number from 0 to {HIGHEST_WHOLE:,}.")
    return value


def _number(value: Any, name: str) -> int | None:
    number = _whole_or_none(value, name)
    if number == 0:
        raise Invalid("invalid_display_number", "A number begins at 1.")
    return number


def _cents(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_MINOR_UNITS:
        raise Invalid(f"invalid_{name}", "Invalid price format")
    return value


def _cents_or_none(value: Any, name: str) -> int | None:
    return None if value is None else _cents(value, name)


def _id(value: Any, name: str) -> int:
    return require_int({name: value}, name, least=1)


def _flag(value: Any, name: str) -> bool:
    return require_bool({name: value}, name)


def _tags(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or len(value) > 200:
        raise Invalid("invalid_tags", "tags must be a list of texts.")
    return [require_text({name: one}, name, most=500) for one in value]


def _variants(value: Any, name: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Invalid("invalid_variants", "variants must be a list.")
    if len(orjson.dumps(value)) > 1_000_000 or "\0" in str(value) or "\\x00" in repr(value):
        raise Invalid("invalid_variants", "The variants hold what cannot be stored.")
    for row in value:
        for field in VARIANT_TEXTS:
            require_text({field: row.get(field) or ""}, field, most=500, empty=True)
        for field in VARIANT_WHOLES:
            _cents_or_none(row.get(field), "variants")
    return value


READERS: dict[str, Reader] = {
    "brand_id": _id,
    "display_number": _number,
    "name": _text,
    "short_name": _text,
    "description": _text,
    "talking_points_md": _text,
    "original_price_cents": _cents,
    "sale_price_cents": _cents_or_none,
    "cost_cents": _cents_or_none,
    "pid": lambda value, name: None if value is None else _text(value, name),
    "sku": _text,
    "barcode": _text,
    "stock": _whole_or_none,
    "is_featured": _flag,
    "external_url": _text,
    "tags": _tags,
    "variants": _variants,
}
