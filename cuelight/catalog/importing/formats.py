"""The files of other systems, known by their headers: which column is what, and how their lines make products. Pure."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from decimal import Decimal

from cuelight.catalog.importing.fields import Field, bare
from cuelight.catalog.importing.records import Cell


@dataclass(frozen=True)
class Format:
    """One kind of file. ``group``: the field that lines of one product share (each further line is a variant or a
    picture of it); None: a line is a product."""

    key: str
    says: str
    fits: Callable[[Collection[str]], bool]
    """By the bare headers of a row."""
    columns: dict[str, Field] = field(default_factory=dict)
    patterns: tuple[tuple[str, Field], ...] = ()
    """For headers that are numbered; ``{currency}`` stands for the studio's, in small letters."""
    group: Field | None = None
    prefix: str = ""
    """In front of a handle it makes the external key."""
    has_descriptions: bool = False
    """Below the header stand up to four rows that describe the columns."""
    ids_end_in_tabs: bool = False
    """The platform itself writes a tab behind an id, so that a spreadsheet keeps it a text."""
    defaults: dict[str, str] = field(default_factory=dict)
    """Bare header → a value that we write where nothing is known: it says nothing when it comes back."""

    def field_of(self, header: str, currency: str) -> Field | None:
        name = bare(header)
        if found := self.columns.get(name):
            return found
        for pattern, candidate in self.patterns:
            if re.fullmatch(pattern.replace("{currency}", currency.lower()), name):
                return candidate
        return None


def sniff(headers: Collection[str]) -> Format | None:
    """The format of a file with these headers, if it is one of these."""
    names = {bare(header) for header in headers}
    return next((each for each in FORMATS if each.fits(names)), None)


def named(key: str) -> Format | None:
    return next((each for each in FORMATS if each.key == key), None)


def is_description(record_cells: dict[str, Cell], headers: Collection[str]) -> bool:
    """Whether a row below the header of a TikTok template tells of columns: nothing in it is like an id.

    An id that a spreadsheet spoiled is like one: that row must be refused and not passed over.
    """
    for header in headers:
        cell = record_cells.get(header)
        if isinstance(cell, int | Decimal):
            return False
        if isinstance(cell, str) and re.search(r"[0-9]{6}|[0-9][.,]?[0-9]*E\+?[0-9]", cell, re.IGNORECASE):
            return False
    return True


def without_id(text: str) -> str:
    """TikTok writes brands and categories with their id behind: ``Pavoi (7082427311584347905)`` → ``Pavoi``."""
    return re.sub(r"\s*\([0-9]{3,}\)\s*$", "", text)


def _all(*names: str, one_of: Collection[str] = ()) -> Callable[[Collection[str]], bool]:
    wanted = set(names)
    return lambda there: wanted <= set(there) and (not one_of or any(name in there for name in one_of))


def _medusa(*marks: str) -> Callable[[Collection[str]], bool]:
    def fits(there: Collection[str]) -> bool:
        return (
            "producthandle" in there
            and "producttitle" in there
            and any(re.fullmatch(mark, name) for mark in marks for name in there)
        )

    return fits


_SHOPIFY = {
    "title": Field.NAME,
    "vendor": Field.BRAND,
    "tags": Field.TAGS,
    "status": Field.STATUS,
    "costperitem": Field.COST,
    "imageposition": Field.IMAGE_POSITION,
    "imagealttext": Field.IMAGE_ALT,
}
_OPTIONS = ((r"option[123]name", Field.OPTION_NAME), (r"option[123]value", Field.OPTION_VALUE))
_MEDUSA = {
    "productid": Field.IGNORED,
    "producthandle": Field.HANDLE,
    "producttitle": Field.NAME,
    "productdescription": Field.DESCRIPTION,
    "productstatus": Field.STATUS,
    "productthumbnail": Field.IMAGE_URL,
    "producttags": Field.TAGS,
    "variantid": Field.IGNORED,
    "varianttitle": Field.VARIANT_TITLE,
    "variantsku": Field.SKU,
    "variantbarcode": Field.BARCODE,
    "variantinventoryquantity": Field.STOCK,
}

FORMATS: tuple[Format, ...] = (
    Format(
        key="cuelight",
        says="Cuelight's own list",
        fits=_all("cuelightid", "name"),
    ),
    Format(
        key="shopify",
        says="Shopify products, new column names",
        fits=_all("urlhandle", "title"),
        columns=_SHOPIFY
        | {
            "urlhandle": Field.HANDLE,
            "description": Field.HTML,
            "sku": Field.SKU,
            "barcode": Field.BARCODE,
            "price": Field.PRICE,
            "compareatprice": Field.COMPARE_AT,
            "inventoryquantity": Field.STOCK,
            "productimageurl": Field.IMAGE_URL,
            "variantimageurl": Field.VARIANT_IMAGE,
        },
        patterns=_OPTIONS,
        group=Field.HANDLE,
        prefix="shopify:",
    ),
    Format(
        key="shopify-old",
        says="Shopify products, old column names",
        fits=_all(
            "handle", "title", one_of=("bodyhtml", "variantprice", "variantsku", "imagesrc", "option1value")
        ),
        columns=_SHOPIFY
        | {
            "handle": Field.HANDLE,
            "bodyhtml": Field.HTML,
            "variantsku": Field.SKU,
            "variantbarcode": Field.BARCODE,
            "variantprice": Field.PRICE,
            "variantcompareatprice": Field.COMPARE_AT,
            "variantinventoryqty": Field.STOCK,
            "imagesrc": Field.IMAGE_URL,
            "variantimage": Field.VARIANT_IMAGE,
        },
        patterns=_OPTIONS,
        group=Field.HANDLE,
        prefix="shopify:",
    ),
    Format(
        key="tiktok",
        says="TikTok Shop batch edit",
        fits=_all(
            "productid", "productname", one_of=("skuid", "productstatus", "variationvalue", "parcelweight", "mainimage")
        ),
        columns={
            "productid": Field.PID,
            "productname": Field.NAME,
            "productdescription": Field.HTML,
            "brand": Field.BRAND,
            "price": Field.PRICE,
            "quantity": Field.STOCK,
            "sellersku": Field.SKU,
            "skuid": Field.VARIANT_ID,
            "variationvalue": Field.VARIANT_TITLE,
            "mainimage": Field.IMAGE_URL,
        },
        patterns=((r"image[2-9]", Field.IMAGE_URL),),
        group=Field.PID,
        has_descriptions=True,
        ids_end_in_tabs=True,
    ),
    Format(
        key="whatnot",
        says="Whatnot bulk listing",
        fits=_all("title", "shippingprofile", one_of=("offerable", "hazmat", "subcategory")),
        columns={
            "title": Field.NAME,
            "description": Field.DESCRIPTION,
            "quantity": Field.STOCK,
            "price": Field.PRICE,
            "costperitem": Field.COST,
            "sku": Field.SKU,
        },
        patterns=((r"imageurl[1-9]", Field.IMAGE_URL),),
        defaults={"type": "Buy it Now", "offerable": "FALSE", "hazmat": "Not Hazmat"},
    ),
    Format(
        key="medusa",
        says="Medusa products, version 2",
        fits=_medusa(r"variantprice[a-z]{3}", r"variantoption[0-9]+name", r"productimage[0-9]+url"),
        columns=_MEDUSA,
        patterns=(
            (r"variantprice{currency}", Field.PRICE),
            (r"variantoption[0-9]+name", Field.OPTION_NAME),
            (r"variantoption[0-9]+value", Field.OPTION_VALUE),
            (r"productimage[0-9]+url", Field.IMAGE_URL),
            (r"producttag[0-9]+", Field.TAG),
        ),
        group=Field.HANDLE,
        prefix="medusa:",
    ),
    Format(
        key="medusa-1",
        says="Medusa products, version 1",
        fits=_medusa(r"price[a-z]{3}", r"option[0-9]+name", r"variantinventoryquantity"),
        columns=_MEDUSA,
        patterns=(
            (r"price{currency}", Field.PRICE),
            (r"option[0-9]+name", Field.OPTION_NAME),
            (r"option[0-9]+value", Field.OPTION_VALUE),
            (r"image[0-9]+url", Field.IMAGE_URL),
        ),
        group=Field.HANDLE,
        prefix="medusa:",
    ),
)  # fmt: skip

#: Recognised by nothing of another system: a table whose columns are known by their names, or as a person says.
PLAIN = "plain"
#: Key → words, for a person who knows better than the header.
CHOICES: dict[str, str] = {PLAIN: "A table, column by column"} | {each.key: each.says for each in FORMATS}
