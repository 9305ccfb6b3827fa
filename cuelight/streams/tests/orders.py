"""Order files for tests, in the platforms' own columns."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from cuelight.accounts.access import Access
from cuelight.streams.models import OrderLine
from cuelight.streams.orders import importing
from cuelight.streams.orders.moments import Clock
from cuelight.streams.orders.reading import Answers

SAMPLES = Path(__file__).parents[3] / "samples" / "orders"
NOTHING_SAID = Answers("", None, "USD")

SHOPIFY_FIRST = {
    "Financial Status": "paid",
    "Currency": "USD",
    "Created at": "2026-04-28 13:34:05 -0500",
    "Cancelled at": "",
    "Subtotal": "",
    "Refunded Amount": "0.00",
}
SHOPIFY = ("Name", "Email", *SHOPIFY_FIRST, "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
           "Billing Name", "Shipping Street", "Phone", "Notes", "Id")  # fmt: skip
TIKTOK = (
    "Order ID", "Order Status", "Cancelation/Return Type", "SKU ID", "Seller SKU", "Product Name", "Quantity",
    "Sku Quantity of return", "SKU Subtotal After Discount", "Order Amount", "Order Refund Amount", "Created Time",
    "Buyer Username", "Recipient", "Phone #", "Address Line 1", "Buyer Message",
)  # fmt: skip


def line(name: str, sku: str = "GH-1", quantity: int | str = 1, price: str = "10.00", **more: str) -> dict[str, str]:
    """A row that begins an order, in Shopify's columns; ``**{"Created at": ""}`` for one that goes on."""
    row = {"Name": name, "Id": name.strip("#"), "Lineitem sku": sku, "Lineitem quantity": str(quantity)}
    return {**SHOPIFY_FIRST, **row, "Lineitem name": f"Article {sku}", "Lineitem price": price, **more}


def more(name: str, sku: str, quantity: int | str = 1, price: str = "10.00", **cells: str) -> dict[str, str]:
    """A further row of an order."""
    return {**line(name, sku, quantity, price), **dict.fromkeys(SHOPIFY_FIRST, ""), "Id": "", **cells}


def sold(
    order_id: str, sku: str = "GH-1", quantity: int | str = 1, paid: str = "10.00", **cells: str
) -> dict[str, str]:
    """A row in TikTok's columns."""
    row = {"Order ID": f"{order_id}\t", "Order Status": "Shipped", "SKU ID": "1729384756102938471\t", "Seller SKU": sku}
    amounts = {"Quantity": str(quantity), "SKU Subtotal After Discount": paid, "Order Amount": paid}
    return {**row, **amounts, "Created Time": "12/15/2025 9:30:33 AM", **cells}


def written(rows: Iterable[Mapping[str, str]], columns: Iterable[str] = SHOPIFY) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def access(studio_id: int) -> Access:
    return Access(studio_id, frozenset({"producer"}), None)


def looked_at(studio_id: int, content: bytes, answers: Answers = NOTHING_SAID, name: str = "orders.csv") -> int:
    return importing.preview(SimpleUploadedFile(name, content), answers, access=access(studio_id))


def read_in(studio_id: int, content: bytes, answers: Answers = NOTHING_SAID, name: str = "orders.csv") -> Any:
    """Previews and applies a file; returns its counts with its id under ``id``."""
    made = looked_at(studio_id, content, answers, name)
    counts = importing.apply(made, access=access(studio_id))
    assert counts is not None
    return {**counts, "id": made}


def kept(folder: Path) -> list[str]:
    """What lies on the disk of order files: ``["7.upload"]``."""
    return sorted(path.name for path in (folder / "orders").glob("*"))


def stands(studio_id: int) -> list[tuple[str, int, str, int, int]]:
    """Every line there is: order, line, SKU, quantity, cents."""
    lines = OrderLine.objects.filter(studio_id=studio_id).order_by("order_id", "line")
    return list(lines.values_list("order_id", "line", "sku", "quantity", "amount_cents"))


NO_CLOCK = Clock()
