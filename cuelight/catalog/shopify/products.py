"""What a product of a shop is here. Pure: a node of the shop's answer in, values of our columns out.

Shopify's price is what is charged and compareAtPrice the old one; our original price is the old one and the sale price
what is charged.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any

from cuelight.catalog.identifiers import parse_sku
from cuelight.catalog.pricing import HIGHEST_MINOR_UNITS, minor_digits
from cuelight.errors import Invalid

#: What a person calls the columns that a sync sets; the order is that of the page.
FIELDS = {
    "name": "name",
    "original_price_cents": "price",
    "sale_price_cents": "price",
    "stock": "stock",
    "variants": "variants",
    "sku": "SKU",
    "barcode": "barcode",
    "description": "description",
    "talking_points_md": "talking points",
    "tags": "tags",
    "brand_id": "brand",
    "external_url": "link",
    "external_key": "key",
    "extra": "state",
}
STATUS = "Shopify status"
GONE = "not in the shop any more"
LONGEST_TAG, MOST_TAGS, MOST_POINTS, LONGEST_TEXT = 50, 50, 12, 20_000
_GID = re.compile(r"gid://shopify/Product/[0-9]{1,20}")
_BLOCKS = frozenset(("p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"))
_UNSEEN = frozenset(("script", "style", "template", "head", "title"))


class Unusable(ValueError):
    """A product that cannot be one of ours; the message says why, in a sentence without its name."""


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str


@dataclass(frozen=True)
class Remote:
    """A product of a shop as we would have it. ``values`` are columns; ``vendor`` the brand's name, or nothing."""

    gid: str
    handle: str
    updated_at: datetime
    vendor: str
    is_archived: bool
    values: dict[str, Any]
    #: For products that have no talking points of their own.
    points: str
    pictures: list[Picture] = field(default_factory=list)


def remote(node: dict[str, Any], *, domain: str, currency: str) -> Remote:
    """Raises Unusable for what is no product to be sold: no name, no price."""
    gid, handle = gid_of(node.get("id")), _line(node.get("handle"), 255)
    variants = [_variant(one, currency) for one in nodes(node.get("variants"))]
    priced = next((one for one in variants if one["price_cents"]), None)
    name = _line(node.get("title"), 500)
    if not name:
        raise Unusable("It has no title.")
    if priced is None:
        raise Unusable("None of its variants has a price.")
    original, sale = prices(priced["price_cents"], priced["compare_at_cents"])
    text, points = read_html(str(node.get("descriptionHtml") or ""))
    status = _line(node.get("status"), 20).lower()
    values = {
        "name": name,
        "original_price_cents": original,
        "sale_price_cents": sale,
        "sku": variants[0]["sku"],
        "barcode": variants[0]["barcode"],
        "stock": _sum(variants),
        "variants": [] if _is_plain(variants) else variants,
        "description": text,
        "tags": _tags(node.get("tags")),
        "external_url": f"https://{domain}/products/{handle}" if handle else "",
        "external_key": f"shopify:{handle}" if handle else "",
    }
    return Remote(
        gid=gid,
        handle=handle,
        updated_at=moment(node.get("updatedAt")),
        vendor=_line(node.get("vendor"), 200),
        is_archived=status == "archived",
        values=values,
        points="\n".join(f"- {point}" for point in points),
        pictures=pictures_of(nodes(node.get("media"))),
    )


def prices(charged: int, compare_at: int | None) -> tuple[int, int | None]:
    """(original, sale) in minor units, of what is charged and what is crossed out."""
    return (compare_at, charged) if compare_at is not None and compare_at > charged else (charged, None)


def cents(text: Any, currency: str) -> int | None:
    """Minor units of Shopify's decimal string; None for none, for 0 and for what is no price."""
    if text is None or isinstance(text, bool) or len(str(text)) > 40:
        return None
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 < amount <= HIGHEST_MINOR_UNITS:
        return None
    scaled = amount.scaleb(minor_digits(currency))
    # "1000.00" is what it writes for 1,000 yen; a fraction of the smallest unit is no price.
    whole = int(scaled) if scaled == scaled.to_integral_value() else 0
    return whole if 0 < whole <= HIGHEST_MINOR_UNITS else None


def gid_of(value: Any) -> str:
    """Raises Unusable for what is no product's id."""
    if not isinstance(value, str) or not _GID.fullmatch(value):
        raise Unusable("It has no id.")
    return value


def moment(value: Any) -> datetime:
    """An aware time. Raises Unusable."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Unusable("It does not say when it was changed.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def nodes(connection: Any) -> list[dict[str, Any]]:
    """The nodes of a GraphQL connection; nothing for what is none."""
    found = connection.get("nodes") if isinstance(connection, dict) else None
    return [node for node in found if isinstance(node, dict)] if isinstance(found, list) else []


def pictures_of(media: list[dict[str, Any]]) -> list[Picture]:
    """Pictures among a product's media, in their order, each once; films and models are left out."""
    found: dict[str, Picture] = {}
    for one in media:
        image = one.get("image")
        url = image.get("url") if isinstance(image, dict) else None
        if isinstance(url, str) and one.get("mediaContentType", "IMAGE") == "IMAGE" and 0 < len(url) <= 2000:
            found.setdefault(bare(url), Picture(url, _line(one.get("alt"), 300)))
    return list(found.values())


def bare(url: str) -> str:
    """An address without its query: Shopify puts another ``?v=`` behind a picture that is the same."""
    return url.partition("?")[0]


def read_html(html: str) -> tuple[str, list[str]]:
    """The text of a description, and its list items as talking points."""
    reader = _Reader()
    reader.feed(html[: LONGEST_TEXT * 5])
    reader.close()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(" ".join(line.split()) for line in "".join(reader.text).split("\n")))
    points = [" ".join(point.split()) for point in reader.points]
    return text.strip()[:LONGEST_TEXT], [point[:300] for point in points if point][:MOST_POINTS]


class _Reader(HTMLParser):
    """Text and list items of a description. Broken HTML gives what there is of it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.points: list[str] = []
        self._unseen = 0
        self._in_point = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self.text.append("\n\n" if tag == "p" else "\n")
        if tag == "li":
            self.text.append("- ")
            self.points.append("")
            self._in_point = True

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        if tag in ("li", "ul", "ol"):
            self._in_point = False
        if tag in ("p", "ul", "ol", "div"):
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        seen = _clean(data).replace("\n", " ")
        self.text.append(seen)
        if self._in_point:
            self.points[-1] += seen


def _variant(node: dict[str, Any], currency: str) -> dict[str, Any]:
    """One of a product's sizes, colours …, as `models.Product.variants` has them. Stock None: it is not counted."""
    quantity = node.get("inventoryQuantity")
    item = node.get("inventoryItem")
    stock = None
    if isinstance(quantity, int) and not (isinstance(item, dict) and item.get("tracked") is False):
        stock = min(max(quantity, 0), 2**31 - 1)
    if stock == 0 and node.get("inventoryPolicy") == "CONTINUE":
        stock = None  # the shop goes on selling it, so it is not sold out
    return {
        "title": _line(node.get("title"), 300),
        "sku": _sku(_line(node.get("sku"), 100)),
        "barcode": _line(node.get("barcode"), 64),
        "price_cents": cents(node.get("price"), currency),
        "compare_at_cents": cents(node.get("compareAtPrice"), currency),
        "stock": stock,
    }


def _sku(text: str) -> str:
    """Nothing for one that our own columns do not take: what a spreadsheet spoiled before the shop had it."""
    try:
        return parse_sku(text)
    except Invalid:
        return ""


def _sum(variants: list[dict[str, Any]]) -> int | None:
    """What there is of all; None when one of them is not counted: then it cannot be sold out."""
    stocks = [one["stock"] for one in variants]
    return None if None in stocks else min(sum(stocks), 2**31 - 1)


def _is_plain(variants: list[dict[str, Any]]) -> bool:
    """A product without options has one variant that is itself."""
    return len(variants) == 1 and variants[0]["title"] in ("", "Default Title")


def _tags(given: Any) -> list[str]:
    found = [_line(tag, 300).lower() for tag in given] if isinstance(given, list) else []
    return [tag for tag in dict.fromkeys(found) if tag and len(tag) <= LONGEST_TAG][:MOST_TAGS]


def _line(value: Any, longest: int) -> str:
    return " ".join(_clean(value).split())[:longest] if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep and nobody can see."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
