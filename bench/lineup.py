"""The show that pages are measured with: a hundred products with three pictures each."""

from collections.abc import Iterator
from io import BytesIO
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "samples" / "pavoi" / "images"
PRODUCTS = 100
PICTURES_EACH = 3
POINTS = [
    "14k gold over brass",
    "Does not turn your skin green: no nickel, no lead",
    "Weighs less than a paper clip, sleep in it",
    "Adjustable from 16 to 18 inches",
    "Ships today in a gift box",
]


def hundred_products(name: str = "A long show", *, count: int = PRODUCTS, pictures_each: int = PICTURES_EACH) -> int:
    """Makes them (or ``count``) and a session of them, as an import would; returns the session's id."""
    from django.db import transaction

    from cuelight.accounts import queries
    from cuelight.catalog import actions as catalog
    from cuelight.catalog import queries as catalog_queries
    from cuelight.sessions import actions

    studio = queries.studio_by_slug()
    [brand] = catalog_queries.list_brands(studio["id"])
    session_id = actions.create_session(studio["id"], name=name, wrap=True)
    pictures = different_pictures()
    products = []
    for number in range(count):
        product_id = catalog.create_product(
            studio["id"],
            brand["id"],
            display_number=1000 + number,
            name=f"Long show product {number} in a name that takes two lines"[: 24 + number % 40],
            original_price_cents=2000 + number,
            sale_price_cents=1000 + number if number % 3 else None,
            talking_points_md="\n".join(f"- {point}" for point in POINTS[: 2 + number % 4]),
        )
        for _ in range(pictures_each):
            catalog.make_thumbnails(catalog.add_image(product_id, next(pictures), alt_text=f"Product {number}"))
        products.append(product_id)
    with transaction.atomic():
        actions.add_products(session_id, studio["id"], list(enumerate(products, start=1)), actor_id=None)
    return session_id


def many_lines(count: int, name: str = "A very long lineup") -> int:
    """A session of so many products without pictures; returns its id."""
    from django.db import transaction

    from cuelight.accounts import queries
    from cuelight.catalog import actions as catalog
    from cuelight.catalog import queries as catalog_queries
    from cuelight.sessions import actions

    studio = queries.studio_by_slug()
    [brand] = catalog_queries.list_brands(studio["id"])
    session_id = actions.create_session(studio["id"], name=name)
    with transaction.atomic():
        products = [
            catalog.create_product(studio["id"], brand["id"], name=f"Line {number}", original_price_cents=2000 + number)
            for number in range(count)
        ]
        actions.add_products(session_id, studio["id"], list(enumerate(products, start=1)), actor_id=None)
    return session_id


def different_pictures() -> Iterator[BytesIO]:
    """The sample's pictures again and again, each a little different, so that no two share an address."""
    from PIL import Image

    for number, path in enumerate(cycle(sorted(PICTURES.glob("*.jpg")))):
        with Image.open(path) as picture:
            changed = picture.convert("RGB")
            changed.paste((number * 37 % 256, number * 91 % 256, number * 13 % 256), (8, 8, 72, 72))
            target = BytesIO()
            changed.save(target, "JPEG", quality=88)
        target.seek(0)
        yield target
