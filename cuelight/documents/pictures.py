"""The pictures of a document that a file can hold: those of its studio's own products."""

import re
from collections.abc import Iterable
from io import BytesIO

from PIL import Image

from cuelight.catalog import media
from cuelight.catalog import queries as catalog
from cuelight.catalog.storage import PlaceAway

#: In one file: how many, and bytes of all.
MOST_PICTURES = 200
MOST_BYTES = 64 << 20
_STORED = re.compile(r"/media/(products/([0-9]{1,18})/(?:full|thumb|sized)/[0-9a-f]{32}\.(?:jpg|png|webp))")


def own_pictures(studio_id: int, addresses: Iterable[str]) -> dict[str, bytes]:
    """By address, as JPEG or PNG. Those of others, those that are gone, and those beyond the bounds are not in it."""
    found = {one: match for one in addresses if (match := _STORED.fullmatch(one))}
    own = catalog.products_of_studio(studio_id, {int(match[2]) for match in found.values()})
    pictures: dict[str, bytes] = {}
    left = MOST_BYTES
    for address, match in found.items():
        if int(match[2]) not in own or len(pictures) >= MOST_PICTURES:
            continue
        data = _read(match[1])
        if data is not None and len(data) <= left:
            pictures[address] = data
            left -= len(data)
    return pictures


def _read(stored: str) -> bytes | None:
    try:
        data = media.stored_bytes(stored)
    except PlaceAway:
        return None
    return data if data is None or not stored.endswith(".webp") else _as_png(data)


def _as_png(data: bytes) -> bytes | None:
    """Word does not read WebP."""
    written = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=["WEBP"]) as picture:
            picture.save(written, "PNG")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return written.getvalue()
