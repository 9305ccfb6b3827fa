"""What a column of a file can be. Pure."""

import unicodedata
from enum import StrEnum


class Field(StrEnum):
    """``details`` is the team sheet's cell: first line the name, below it talking points. ``price`` is what is charged
    and ``compare_at`` what is crossed out, as shops have it; ``original_price`` and ``sale_price`` are ours.

    Those from ``variant_id`` on say something of a line and not of the whole product.
    """

    NUMBER = "number"
    NAME = "name"
    SHORT_NAME = "short_name"
    DESCRIPTION = "description"
    HTML = "description_html"
    TALKING_POINTS = "talking_points"
    TALKING_POINTS_MD = "talking_points_md"
    DETAILS = "details"
    ORIGINAL_PRICE = "original_price"
    SALE_PRICE = "sale_price"
    ORIGINAL_PRICE_CENTS = "original_price_cents"
    SALE_PRICE_CENTS = "sale_price_cents"
    PRICE = "price"
    COMPARE_AT = "compare_at"
    COST = "cost"
    PID = "pid"
    SKU = "sku"
    BARCODE = "barcode"
    STOCK = "stock"
    TAGS = "tags"
    TAG = "tag"
    BRAND = "brand"
    FEATURED = "featured"
    EXTERNAL_URL = "external_url"
    IMAGE = "image"
    IMAGE_URL = "image_url"
    VARIANTS = "variants"
    EXTERNAL_KEY = "external_key"
    CUELIGHT_ID = "cuelight_id"
    OTHERS = "others"
    STATUS = "status"
    IGNORED = "ignored"
    HANDLE = "handle"
    VARIANT_ID = "variant_id"
    VARIANT_TITLE = "variant_title"
    OPTION_NAME = "option_name"
    OPTION_VALUE = "option_value"
    IMAGE_POSITION = "image_position"
    IMAGE_ALT = "image_alt"
    VARIANT_IMAGE = "variant_image"


#: Fields that several columns of a file may give together.
MANY = frozenset({Field.IMAGE_URL, Field.OPTION_NAME, Field.OPTION_VALUE, Field.TAG, Field.IGNORED})


def bare(header: str) -> str:
    """A header blind to case, spaces and punctuation; one of punctuation alone (``#``) stays."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return "".join(character for character in text if character.isalnum()) or text.strip()
