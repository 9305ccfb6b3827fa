"""Writes the order files of this folder, as the platforms write them. People, addresses and numbers are made up."""

import csv
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent
SHOPIFY_HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,"
    "Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,"
    "Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,"
    "Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number,Duties,"
    "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
SHOPIFY = next(csv.reader([SHOPIFY_HEADER]))
TIKTOK = {
    "Order ID": "Platform unique order ID.",
    "Order Status": "Platform order status.",
    "Order Substatus": "Platform order sub status",
    "Cancelation/Return Type": "Types of cancellation and return.",
    "Normal or Pre-order": "Types of orders.",
    "SKU ID": "Platform unique SKU ID.",
    "Seller SKU": "SKU ID entered by the seller in the product system.",
    "Product Name": "The product name.",
    "Variation": "Platform SKU variation.",
    "Quantity": "Quantity of SKU sold in the order.",
    "Sku Quantity of return": "SKU returned quantity.",
    "SKU Unit Original Price": "The price of a SKU before discount.",
    "SKU Subtotal Before Discount": "SKU Unit Original Price * Quantity.",
    "SKU Platform Discount": "The amount of platform discount on a SKU.",
    "SKU Seller Discount": "The amount of seller discount on a SKU.",
    "SKU Subtotal After Discount": "The subtotal of a SKU after discounts.",
    "Shipping Fee After Discount": "Shipping fee paid by the buyer.",
    "Original Shipping Fee": "Original shipping fee.",
    "Shipping Fee Seller Discount": "Seller discount of shipping.",
    "Shipping Fee Platform Discount": "Platform discount of shipping.",
    "Taxes": "Taxes.",
    "Order Amount": "The amount the buyer paid.",
    "Order Refund Amount": "The amount that was refunded.",
    "Created Time": "Order creation time.",
    "Paid Time": "Order payment time.",
    "RTS Time": "Order ready to ship time.",
    "Shipped Time": "Time of the package's handover.",
    "Delivered Time": "Order delivered time.",
    "Cancelled Time": "Order cancelled time.",
    "Cancel By": "Who cancelled the order.",
    "Cancel Reason": "Why the order was cancelled.",
    "Fulfillment Type": "Who fulfills the order.",
    "Warehouse Name": "Warehouse name of the order.",
    "Tracking ID": "The tracking number of the order.",
    "Delivery Option": "The delivery option.",
    "Shipping Provider Name": "The shipping provider.",
    "Buyer Message": "A message that the buyer left.",
    "Buyer Username": "The buyer's user name.",
    "Recipient": "The recipient's name.",
    "Phone #": "The recipient's phone.",
    "Country": "The recipient's country.",
    "State": "The recipient's state.",
    "City": "The recipient's city.",
    "Zipcode": "The recipient's zip code.",
    "Address Line 1": "The recipient's address.",
    "Address Line 2": "The recipient's address, further.",
    "Payment Method": "The payment method.",
    "Weight(kg)": "The package's weight.",
    "Product Category": "The product's category.",
    "Package ID": "The package's id.",
    "Seller Note": "The seller's note.",
    "Checked Status": "Whether the order was checked.",
    "Checked Marked by": "Who checked it.",
}
PEOPLE = [
    ("Ines Aguilar", "ines.aguilar@mail.example", "14 Larkspur Row", "Ashford"),
    ("Zoë O’Brien", "zoe@letters.example", "2 Quay Lane, Flat 3", "Port Ellery"),
    ("Jürgen Weiß", "j.weiss@post.example", "Gartenstraße 8", "Neustadt"),
    ("Mai Tran", "maitran@mail.example", "77 Harbor Street", "Lowell Bay"),
]
ARTICLES = [
    ("PV-HOOP-14", "Golden Hour Hoops - 14k / Small", 4800, "1729384756102938471"),
    ("PV-RING-07", "Saffron Signet Ring - 7", 6200, "1729384756102938472"),
    ("PV-CHAIN-18", 'Riviera Chain, 18" gold', 9900, "1729384756102938473"),
    ("PV-CUFF-01", "Moonlit Cuff", 3550, "1729384756102938474"),
]
CENTRAL = timezone(timedelta(hours=-5))
BEGAN = datetime(2026, 4, 28, 18, 30, tzinfo=UTC)


def dollars(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def shopify(path: Path) -> None:
    dice = random.Random(7)
    rows = []
    for number in range(1001, 1013):
        name, mail, street, city = dice.choice(PEOPLE)
        at = BEGAN + timedelta(minutes=4 * (number - 1001), seconds=dice.randrange(60))
        said = f"{at.astimezone(CENTRAL):%Y-%m-%d %H:%M:%S %z}"
        lines = dice.sample(ARTICLES, dice.choice((1, 1, 2, 3)))
        pieces = [dice.choice((1, 1, 1, 2)) for _ in lines]
        gross = sum(line[2] * count for line, count in zip(lines, pieces, strict=True))
        discount = 1000 if number == 1003 else 0
        status = {1005: "refunded", 1006: "voided", 1008: "partially_refunded"}.get(number, "paid")
        for place, ((sku, article, cents, _), count) in enumerate(zip(lines, pieces, strict=True)):
            row = dict.fromkeys(SHOPIFY, "")
            row |= {
                "Name": f"#{number}",
                "Email": mail,
                "Created at": said,
                "Lineitem quantity": str(count),
                "Lineitem name": article,
                "Lineitem price": dollars(cents),
                "Lineitem sku": sku,
                "Lineitem requires shipping": "true",
                "Lineitem taxable": "true",
                "Lineitem fulfillment status": "pending",
                "Lineitem discount": "0.00",
                "Vendor": "Pavoi",
            }
            if place:
                row |= {"Created at": said if number == 1009 else ""}
            else:
                row |= {
                    "Financial Status": status,
                    "Paid at": said,
                    "Fulfillment Status": "unfulfilled",
                    "Accepts Marketing": "no",
                    "Currency": "USD",
                    "Subtotal": dollars(gross - discount),
                    "Shipping": "5.00",
                    "Taxes": "0.00",
                    "Total": dollars(gross - discount + 500),
                    "Discount Code": "HELLO10" if discount else "",
                    "Discount Amount": dollars(discount),
                    "Billing Name": name,
                    "Billing Street": street,
                    "Billing City": city,
                    "Shipping Name": name,
                    "Shipping Street": street,
                    "Shipping City": city,
                    "Shipping Zip": "'04101",
                    "Shipping Phone": "+1 555 0100",
                    "Notes": 'Please wrap it.\nIt is a gift for "Ada"' if number == 1002 else "",
                    "Cancelled at": said if status == "voided" else "",
                    "Refunded Amount": {"refunded": dollars(gross + 500), "partially_refunded": "10.00"}.get(
                        status, "0.00"
                    ),
                    "Id": str(6_012_345_678_000 + number),
                    "Risk Level": "Low",
                    "Source": "web",
                }
            rows.append(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, SHOPIFY, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def tiktok_rows(us: bool) -> list[list[str]]:
    dice = random.Random(8)
    rows = [list(TIKTOK), list(TIKTOK.values())]
    for number in range(10):
        name, _, street, city = dice.choice(PEOPLE)
        sku, article, cents, sku_id = dice.choice(ARTICLES)
        count = dice.choice((1, 1, 2))
        at = BEGAN.replace(tzinfo=None) - timedelta(hours=7) + timedelta(minutes=5 * number, seconds=dice.randrange(60))
        moment = (
            f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S %p}" if us else f"{at:%d/%m/%Y %H:%M:%S}"
        )
        status = {3: "Canceled", 6: "Unpaid"}.get(number, "Shipped")
        row = dict.fromkeys(TIKTOK, "")
        row |= {
            "Order ID": f"57646141303878{5700 + number}\t",
            "Order Status": status,
            "Cancelation/Return Type": "Cancel" if status == "Canceled" else "",
            "Normal or Pre-order": "Normal",
            "SKU ID": f"{sku_id}\t",
            "Seller SKU": sku,
            "Product Name": article.split(" - ")[0],
            "Variation": "Default",
            "Quantity": str(count),
            "Sku Quantity of return": "1" if number == 8 and count > 1 else "0",
            "SKU Unit Original Price": dollars(cents),
            "SKU Subtotal Before Discount": dollars(cents * count),
            "SKU Platform Discount": "0",
            "SKU Seller Discount": "2.00",
            "SKU Subtotal After Discount": dollars(cents * count - 200),
            "Order Amount": dollars(cents * count + 300),
            "Order Refund Amount": "0",
            "Created Time": f"{moment}\t",
            "Buyer Message": "Call me\nbefore you send it" if number == 2 else "",
            "Buyer Username": name.split()[0].lower() + "_shops",
            "Recipient": name,
            "Phone #": "(+1)555*****00",
            "Country": "United States" if us else "United Kingdom",
            "City": city,
            "Zipcode": "04101",
            "Address Line 1": street,
        }
        rows.append(list(row.values()))
    return rows


def tiktok(path: Path, *, us: bool) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(tiktok_rows(us))


def tiktok_workbook(path: Path) -> None:
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 4, 29)  # noqa: DTZ001  (the same bytes each time)
    sheet = book.active
    assert sheet is not None
    sheet.title = "OrderSKUList"
    for row in tiktok_rows(us=True):
        sheet.append(row)
    book.save(path)


if __name__ == "__main__":
    shopify(HERE / "shopify-orders.csv")
    tiktok(HERE / "tiktok-orders-us.csv", us=True)
    tiktok(HERE / "tiktok-orders-uk.csv", us=False)
    tiktok_workbook(HERE / "tiktok-orders.xlsx")
