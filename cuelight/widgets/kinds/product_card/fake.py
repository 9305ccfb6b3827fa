"""Products to try the card with: usual, reduced, in a flash price, sold out, with a long name, and none."""

from random import Random
from typing import Any
from urllib.parse import quote

from cuelight.widgets.contract import Frame

_PRODUCTS = (
    ("Gold hoop earrings, 18 inch", 2900, None),
    ("Silk scarf “Harbour at night”", 8900, 6900),
    ("Hand-thrown stoneware bowl with a glaze of iron and ash, large, set of two", 14800, 11800),
    ("Leather card case", 4900, None),
)


def fake(seed: int) -> list[Frame]:
    """A card every four seconds; the second one gets a flash price on the way."""
    rng, frames, version = Random(seed), [], 0
    for place, (name, was, now) in enumerate(rng.sample(_PRODUCTS, len(_PRODUCTS))):
        product = _product(place, name, was, now)
        steps = [product]
        if place == 1:
            steps.append({**product, "flash": {"price_cents": int((now or was) * 0.8), "ends_at": {"in_s": 150}}})
        if place == 2:
            steps.append({**product, "sold_out": True})
        for one in steps:
            version += 1
            event = "snapshot" if version == 1 else "card_changed"
            frames.append(Frame(0 if version == 1 else 4_000, "air", event, _card(version, one)))
    frames.append(Frame(4_000, "air", "card_changed", _card(version + 1, None)))
    return frames


def _product(place: int, name: str, was: int, now: int | None) -> dict[str, Any]:
    return {
        "number": 12 + place,
        "name": name,
        "short_name": "",
        "original_price_cents": was,
        "sale_price_cents": now,
        "flash": None,
        "currency": "USD",
        "sold_out": False,
        "image_url": _picture(place),
        "image_srcset": None,
    }


def _picture(place: int) -> str:
    """A drawn one: nothing is loaded from anywhere."""
    hue = 30 + 80 * place
    drawing = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'><defs><linearGradient id='a' x2='1' y2='1'>"
        f"<stop stop-color='hsl({hue} 45% 62%)'/><stop offset='1' stop-color='hsl({hue + 40} 40% 32%)'/>"
        "</linearGradient></defs><rect width='100' height='100' fill='url(#a)'/>"
        "<circle cx='50' cy='54' r='24' fill='none' stroke='#fff' stroke-opacity='.85' stroke-width='5'/></svg>"
    )
    return f"data:image/svg+xml,{quote(drawing)}"


def _card(version: int, product: dict[str, Any] | None) -> dict[str, Any]:
    return {"session_id": 0, "since": None, "version": version, "shown": product is not None, "product": product}
