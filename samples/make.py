"""Writes the sample files from the words below: ``python samples/make.py``. The pictures come from ``draw.py``.

The files are as people have them: the importer's own CSV, the team's sheet as Excel exports it, a zip with pictures.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).resolve().parent

#: name, short name, talking points, original, sale, sku, stock
PAVOI: list[tuple[str, str, list[str], int, int | None, str, int]] = [
    (
        "CZ Lariat Necklace",
        "Lariat",
        [
            "Adjusts from **16 to 22 inches** at the back",
            "14K gold plated over recycled brass",
            "Five bezel-set stones, every one hand checked",
            "Wear it down the back of an open dress",
        ],
        4999,
        2999,
        "PV-LAR-G",
        42,
    ),
    (
        "Chunky Gold Hoops",
        "Hoops",
        [
            "Look solid, weigh **four grams each**",
            "Hollow tube, so ears are happy at midnight",
            "Post and click: they do not open by themselves",
            "Our most re-ordered pair three years running",
        ],
        3900,
        2400,
        "PV-HOO-G",
        120,
    ),
    (
        "Pavé Huggies",
        "Huggies",
        [
            "Nine stones along the front of each ear",
            "Sit close: sleep in them, shower in them",
            "Sterling silver, **nickel free**",
        ],
        3400,
        1900,
        "PV-HUG-S",
        64,
    ),
    (
        "Tennis Bracelet",
        "Tennis",
        [
            "Forty-four round stones, 3 mm each",
            "Double safety clasp, listen for the click",
            "Comes in **6.5, 7 and 7.5 inches**",
            "Compare: the one in the window next door is $900",
        ],
        8900,
        5900,
        "PV-TEN-S",
        18,
    ),
    (
        "Stacking Ring Trio",
        "Ring trio",
        [
            "Three bands, two metals, one champagne stone",
            "Wear one, two or all three",
            "Sizes 5 to 9, **true to size**",
        ],
        4500,
        2700,
        "PV-STK-R",
        33,
    ),
    (
        "Pearl Drop Earrings",
        "Pearl drops",
        [
            "Shell pearls, 12 mm, even lustre all round",
            "Gold-filled hoop, not plated",
            "The pair that goes with *everything*",
        ],
        3800,
        None,
        "PV-PRL-G",
        27,
    ),
    (
        "Emerald Signet Ring",
        "Signet",
        [
            "Lab-grown emerald, deep green",
            "Flat face: engraving is free this week",
            "Solid back, so it never turns on the finger",
        ],
        6900,
        4900,
        "PV-SIG-G",
        12,
    ),
    (
        "Sapphire Charm Anklet",
        "Anklet",
        [
            "Three sapphire charms on a cable chain",
            "9 inches plus a **one-inch extender**",
            "Salt water is fine, rinse it after",
        ],
        2900,
        1700,
        "PV-ANK-S",
        0,
    ),
]

PIECES = [
    "Lariat Necklace",
    "Hoop Earrings",
    "Huggies",
    "Tennis Bracelet",
    "Stacking Rings",
    "Pearl Drops",
    "Signet Ring",
    "Charm Anklet",
]
METALS = ["Gold", "Silver", "Rose Gold"]
STONES = ["Crystal", "Emerald", "Sapphire", "Ruby", "Champagne", "Amethyst"]
MOODS = ["Aurora", "Juniper", "Noel", "Vesper", "Marlowe", "Odette", "Saffron", "Winter Lake"]
POINTS = [
    "Adjusts to every neckline",
    "Hand set, hand checked, hand packed",
    "Recycled metal, lab-grown stones",
    "Weighs next to nothing",
    "Gift box included, ribbon and all",
    "Nickel free and kind to skin",
    "Two-year promise: we fix it or replace it",
    'She said "is that real?", and so will they',
    "Only one box left in the vault, truly",
    "Matches numbers nearby, show both",
]


def pid(number: int) -> str:
    """An id as the platform gives them: too long for a spreadsheet's numbers."""
    return str(1729384756000000000 + number * 7919)


def vault() -> list[dict[str, object]]:
    """The forty products of the holiday show, in order; the pictures of ``draw.vault`` belong to them."""
    chance = random.Random(40)
    products = []
    for n in range(40):
        metal, stone = METALS[(n // 3 + n) % 3], STONES[(n * 5 + n // 8) % 6]
        original = chance.randrange(1900, 9900, 100) + 99
        sale = None if n % 9 == 4 else int(original * chance.uniform(0.5, 0.8)) // 100 * 100 + 99
        points = chance.sample(POINTS, chance.choice([3, 3, 4, 5]))
        products.append(
            {
                "index": n + 1,
                "name": f"{MOODS[n % 8]} {stone} {PIECES[n % 8]}, {metal}",
                "points": points,
                "original": original,
                "sale": sale,
                "pid": pid(100 + n),
                "sku": f"HV-{PIECES[n % 8][:3].upper()}-{n + 1:02}",
                "stock": chance.choice([0, 3, 8, 15, 24, 60]) if n % 7 else None,
            }
        )
    return products


def dollars(cents: object) -> str:
    return "" if cents is None else f"${int(str(cents)) / 100:,.2f}"


def import_csv() -> str:
    """The importer's own layout: talking points with a written \\n, now and then a real line break in quotes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["index", "name", "talking_points", "original_price", "sale_price", "pid", "sku"])
    for product in vault():
        bullets = [f"- {point}" for point in product["points"]]  # type: ignore[attr-defined]
        joint = "\n" if int(str(product["index"])) % 10 == 0 else "\\n"
        writer.writerow(
            [
                product["index"],
                product["name"],
                joint.join(bullets),
                dollars(product["original"]),
                dollars(product["sale"]),
                product["pid"],
                product["sku"],
            ]
        )
    return text.getvalue()


def team_rows() -> list[list[object]]:
    """The sheet the team uses: the name is the first line of the details cell, the bullets follow."""
    rows: list[list[object]] = [
        ["#", "PIC", "DETAILS/TALKING POINTS", "ORIGINAL PRICE", "SALE PRICE", "PID", "PAVOI SKU", "STOCK"]
    ]
    for product in vault()[:24]:
        details = "\n".join([str(product["name"]), *(f"- {point}" for point in product["points"])])  # type: ignore[attr-defined]
        rows.append(
            [
                product["index"],
                "",
                details,
                dollars(product["original"]),
                dollars(product["sale"]),
                product["pid"],
                product["sku"],
                product["stock"],
            ]
        )
    return rows


def team_csv() -> bytes:
    """As Excel in Europe saves it: semicolons, CRLF, Windows-1252."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(
        [["" if cell is None else cell for cell in row] for row in team_rows()]
    )
    return text.getvalue().replace("Noel", "Noël").encode("cp1252")


def team_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Show list"
    for row in team_rows():
        sheet.append(row)
    book.save(path)


BROKEN = """index,name,talking_points,original_price,sale_price,pid,sku
1,No price,- point,,,1729384756000001001,BR-1
2,Not a price,- point,about five,,1729384756000001002,BR-2
3,Minus,- point,-5.00,,1729384756000001003,BR-3
4,Two prices,- point,19.99 - 24.99,,1729384756000001004,BR-4
5,European,- point,"1.299,00",,1729384756000001005,BR-5
6,Half a cent,- point,29.995,,1729384756000001006,BR-6
7,Sale above,- point,20.00,30.00,1729384756000001007,BR-7
8,Sale of nothing,- point,20.00,0,1729384756000001008,BR-8
9,Spoiled id,- point,20.00,,1.73E+18,BR-9
9,The same number again,- point,20.00,,1729384756000001010,BR-10
,No number,- point,20.00,,1729384756000001011,BR-11
12,,- no name,20.00,,1729384756000001012,BR-12
13,The same id,- point,20.00,,1729384756000001012,BR-13
"""


def products_json() -> str:
    products = [
        {
            "display_number": number,
            "name": name,
            "talking_points_md": "\n".join(f"- {point}" for point in points),
            "original_price_cents": original,
            "sale_price_cents": sale,
            "pid": pid(number),
            "sku": sku,
            "stock": stock,
            "short_name": short,
            "image_filename": f"{number}.jpg",
        }
        for number, (name, short, points, original, sale, sku, stock) in enumerate(PAVOI, start=1)
    ]
    return json.dumps({"products": products}, indent=2, ensure_ascii=False) + "\n"


# The files of shops, as those write them


def shop() -> list[dict[str, object]]:
    """Sixty products of a shop: names, brand, HTML, variants, pictures; the same each time."""
    chance = random.Random(60)
    products: list[dict[str, object]] = []
    for n in range(60):
        piece, metal, stone = PIECES[n % 8], METALS[(n // 8 + n) % 3], STONES[(n * 7 + n // 8) % 6]
        name = f"{MOODS[(n * 3) % 8]} {stone} {piece}" + ("" if n < 48 else f" No. {n - 47}")
        sizes = ["5", "6", "7"] if "Ring" in piece else ["16 in", "18 in"] if "Necklace" in piece else []
        options = [(metal, size) for size in sizes] or [(one, "") for one in (METALS[:2] if n % 4 == 1 else [])]
        price = chance.randrange(1900, 9900, 100) + 99
        points = chance.sample(POINTS, 3)
        quote = '"Truly lovely," they said.' if n % 10 == 3 else "Made to be worn every day."
        products.append(
            {
                "name": name,
                "handle": f"{name.lower().replace('.', '').replace(' ', '-')}-{n + 1}",
                "html": f"<p>{quote} &amp; gift boxed.</p>\n<ul>\n"
                + "".join(f"  <li>{p}</li>\n" for p in points)
                + "</ul>",
                "vendor": "Aurora & Co" if n % 6 == 5 else "Pavoi",
                "type": piece,
                "tags": ", ".join(sorted({metal.lower(), stone.lower(), *(["giftable"] if n % 3 == 0 else [])})),
                "options": options,
                "price": price,
                "compare": None if n % 4 == 2 else int(price * 1.6) // 100 * 100 + 99,
                "cost": price // 4,
                "sku": f"SH-{piece[:3].upper()}-{n + 1:03}",
                "stock": chance.choice([0, 2, 7, 19, 40, 85]),
                "pictures": 1 + n % 4,
                "status": "draft" if n in (22, 41) else "archived" if n == 57 else "active",
            }
        )
    return products


def money(cents: object) -> str:
    return "" if cents is None else f"{int(str(cents)) / 100:.2f}"


def _shop_lines(product: dict[str, object], names: dict[str, str]) -> list[dict[str, str]]:
    """A line for each variant and each picture, whichever are more; ``names``: ours → the file's column."""
    options: list[tuple[str, str]] = product["options"] or [("Default Title", "")]  # type: ignore[assignment]
    pictures = int(str(product["pictures"]))
    lines: list[dict[str, str]] = []
    for place in range(max(len(options), pictures)):
        line = {names["handle"]: str(product["handle"])}
        if place == 0:
            line |= {
                "Title": str(product["name"]), names["html"]: str(product["html"]), "Vendor": str(product["vendor"]),
                "Type": str(product["type"]), "Tags": str(product["tags"]), names["published"]: "true",
                "Status": str(product["status"]), names["gift"]: "false",
            }  # fmt: skip
        if place < len(options):
            metal, size = options[place]
            is_plain = metal == "Default Title"
            line |= {
                names["option1"]: "Title" if is_plain else "Metal" if place == 0 else "", names["value1"]: metal,
                names["sku"]: str(product["sku"]) + ("" if is_plain else f"-{place + 1}"),
                names["price"]: money(product["price"]), names["compare"]: money(product["compare"]),
                names["stock"]: str(product["stock"]), "Cost per item": money(product["cost"]),
                names["barcode"]: f"0{84001 * 10**6 + int(str(product['price'])) * 10 + place}",
            }  # fmt: skip
            if size:
                line |= {names["option2"]: "Size" if place == 0 else "", names["value2"]: size}
        if place < pictures:
            path = f"https://cdn.shop.example/s/files/1/0042/products/{product['handle']}-{place + 1}.jpg?v=1718{place}"
            line |= {
                names["image"]: path,
                names["position"]: str(place + 1),
                names["alt"]: f"{product['name']}, {place + 1}",
            }
        lines.append(line)
    return lines


_NEW = {
    "handle": "URL handle", "html": "Description", "published": "Published on online store", "gift": "Gift card",
    "option1": "Option1 name", "value1": "Option1 value", "option2": "Option2 name", "value2": "Option2 value",
    "sku": "SKU", "price": "Price", "compare": "Compare-at price", "stock": "Inventory quantity", "barcode": "Barcode",
    "image": "Product image URL", "position": "Image position", "alt": "Image alt text",
}  # fmt: skip
_OLD = {
    "handle": "Handle", "html": "Body (HTML)", "published": "Published", "gift": "Gift Card",
    "option1": "Option1 Name", "value1": "Option1 Value", "option2": "Option2 Name", "value2": "Option2 Value",
    "sku": "Variant SKU", "price": "Variant Price", "compare": "Variant Compare At Price",
    "stock": "Variant Inventory Qty", "barcode": "Variant Barcode", "image": "Image Src",
    "position": "Image Position", "alt": "Image Alt Text",
}  # fmt: skip
_NEW_HEADER = [
    "Title",
    "URL handle",
    "Description",
    "Vendor",
    "Product category",
    "Type",
    "Tags",
    "Published on online store",
    "Status",
    "SKU",
    "Barcode",
    "Option1 name",
    "Option1 value",
    "Option1 Linked To",
    "Option2 name",
    "Option2 value",
    "Option2 Linked To",
    "Option3 name",
    "Option3 value",
    "Option3 Linked To",
    "Price",
    "Compare-at price",
    "Cost per item",
    "Charge tax",
    "Tax code",
    "Inventory tracker",
    "Inventory quantity",
    "Continue selling when out of stock",
    "Weight value (grams)",
    "Weight unit for display",
    "Requires shipping",
    "Fulfillment service",
    "Product image URL",
    "Image position",
    "Image alt text",
    "Variant image URL",
    "Gift card",
    "SEO title",
    "SEO description",
]
_OLD_HEADER = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Gift Card",
    "SEO Title",
    "SEO Description",
    "Google Shopping / Gender",
    "Variant Image",
    "Variant Weight Unit",
    "Variant Tax Code",
    "Cost per item",
    "Price / International",
    "Status",
]


def table(header: list[str], lines: list[dict[str, str]], *, end: str = "\n", separator: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", lineterminator=end, delimiter=separator)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def shopify(header: list[str], names: dict[str, str], count: int) -> str:
    return table(header, [line for product in shop()[:count] for line in _shop_lines(product, names)])


_TIKTOK = [
    "product_id",
    "category",
    "product_name",
    "product_status",
    "sku_id",
    "variation_value",
    "product_description",
    "brand",
    "price",
    "quantity",
    "seller_sku",
    "parcel_weight",
    "parcel_length",
    "parcel_width",
    "parcel_height",
    "cod",
    "main_image",
    "image_2",
    "image_3",
]


def tiktok_rows(*, quantity: bool) -> list[list[str]]:
    """Row 1 has the keys a machine reads, then four rows that describe the columns; two products with two SKUs each."""
    header = [key for key in _TIKTOK if quantity or key != "quantity"]
    labels = [key.replace("_", " ").title() for key in header]
    rows = [
        header,
        ["V4", "sales_information", *[""] * (len(header) - 2)],
        labels,
        ["Mandatory" if key in ("product_id", "sku_id", "price") else "Optional" for key in header],
        ["Non-editable" if key.endswith("_id") else "Editable" for key in header],
    ]
    for n, product in enumerate(shop()[:12]):
        for place, variant in enumerate(["Gold", "Silver"] if n % 6 == 0 else [""]):
            cells = {
                "product_id": str(1729500000008675309 + n * 104729),
                "category": "Jewelry Accessories/Fine Jewelry (902984)",
                "product_name": str(product["name"]),
                "product_status": "Active(1)",
                "sku_id": str(1729600000008675309 + n * 104729 + place),
                "variation_value": variant or "Default",
                "product_description": str(product["html"]),
                "brand": "Pavoi (7082427311584347905)",
                "price": money(product["price"]),
                "quantity": str(product["stock"]),
                "seller_sku": f"{product['sku']}{variant[:1]}",
                "main_image": f"https://p16-oec-va.ibyteimg.example/tos-maliva/{product['handle']}~tplv.jpeg",
            }
            rows.append([cells.get(key, "") for key in header])
    return rows


def tiktok_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Template"
    for row in tiktok_rows(quantity=True):
        sheet.append(row)
    book.save(path)


def tiktok_csv() -> str:
    """Saved as CSV, without the stock; a tab behind each id, as TikTok writes it."""
    text = io.StringIO(newline="")
    rows = tiktok_rows(quantity=False)
    ids = {0, rows[0].index("sku_id")}
    marked = [[cell + "\t" if at in ids else cell for at, cell in enumerate(row)] for row in rows[5:]]
    csv.writer(text, lineterminator="\r\n").writerows(rows[:5] + marked)
    return text.getvalue()


def whatnot() -> str:
    header = [
        "Category",
        "Sub Category",
        "Title",
        "Description",
        "Quantity",
        "Type",
        "Price",
        "Shipping Profile",
        "Offerable",
        "Hazmat",
        "Condition",
        "Cost Per Item",
        "SKU",
        "Image URL 1",
        "Image URL 2",
        "Image URL 3",
    ]
    lines = [
        {
            "Category": "Jewelry", "Sub Category": "Fine Jewelry", "Title": str(product["name"]),
            "Description": f"{product['type']}, gift boxed.\nShips in two days.", "Quantity": str(product["stock"] or 1),
            "Type": ["Buy it Now", "Auction"][n % 3 == 0], "Price": money(product["price"]), "Shipping Profile": "0-1 oz",
            "Offerable": "TRUE", "Hazmat": "Not Hazmat", "Condition": "New", "Cost Per Item": money(product["cost"]),
            "SKU": str(product["sku"]), "Image URL 1": f"https://cdn.shop.example/show/{product['handle']}.jpg",
        }
        for n, product in enumerate(shop()[:20])
    ]  # fmt: skip
    return table(header, lines)


def medusa(version: int) -> str:
    """Separated by semicolons, as Medusa exports: a line for each variant that repeats the product."""
    is_new = version == 2
    option, price, image = (
        ("Variant Option 1", "Variant Price {}", "Product Image {} Url")
        if is_new
        else ("Option 1", "Price {}", "Image {} Url")
    )
    header = [
        "Product Id", "Product Handle", "Product Title", "Product Subtitle", "Product Description", "Product Status",
        "Product Thumbnail", *(["Product Tag 1", "Product Tag 2"] if is_new else ["Product Tags"]), "Product External Id",
        "Variant Id", "Variant Title", "Variant SKU", "Variant Barcode",
        "Variant Manage Inventory" if is_new else "Variant Inventory Quantity", price.format("EUR"), price.format("USD"),
        f"{option} Name", f"{option} Value", image.format(1), image.format(2),
    ]  # fmt: skip
    lines = []
    for n, product in enumerate(shop()[:10]):
        for place, (metal, _) in enumerate(product["options"] or [("Default variant", "")]):  # type: ignore[misc]
            first = f"https://media.shop.example/{product['handle']}-1.png"
            line = {
                "Product Id": f"prod_01H{n:023}", "Product Handle": str(product["handle"]),
                "Product Title": str(product["name"]), "Product Description": f"{product['type']}; gift boxed",
                "Product Status": ["published", "draft"][n == 4], "Product Thumbnail": first,
                "Variant Id": f"variant_01H{n * 10 + place:020}", "Variant Title": f"{metal} {place + 1}",
                "Variant SKU": f"{product['sku']}-M{place + 1}", price.format("USD"): money(product["price"]),
                price.format("EUR"): money(int(str(product["price"])) * 9 // 10), f"{option} Name": "Metal",
                f"{option} Value": f"{metal} {place + 1}", image.format(1): first,
            }  # fmt: skip
            tags = str(product["tags"]).split(", ")
            line |= {"Product Tag 1": tags[0], "Product Tag 2": tags[1]} if is_new else {"Product Tags": ",".join(tags)}
            line |= {} if is_new else {"Variant Inventory Quantity": str(product["stock"])}
            lines.append({key: value for key, value in line.items() if key in header})
    return table(header, lines, separator=";")


def supplier() -> bytes:
    """A list of nobody's format, UTF-16 with tabs, as Excel saves "Unicode text": the columns are mapped by a person."""
    lines = [
        {
            "Artikel": str(product["name"]), "Bestellnummer": str(product["sku"]), "VK brutto": money(product["price"]),
            "EK": money(product["cost"]), "Lager": str(product["stock"]), "Bemerkung": "größte Schachtel",
        }
        for product in shop()[:15]
    ]  # fmt: skip
    header = ["Artikel", "Bestellnummer", "VK brutto", "EK", "Lager", "Bemerkung"]
    return table(header, lines, end="\r\n", separator="\t").encode("utf-16")


def zipped(path: Path, name: str, text: str, images: list[Path]) -> None:
    """A zip that is the same bytes each time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 11, 1, 0, 0, 0)), text)
        for image in images:
            archive.writestr(zipfile.ZipInfo(f"images/{image.name}", (2026, 11, 1, 0, 0, 0)), image.read_bytes())


def main() -> None:
    (HERE / "pavoi" / "products.json").write_text(products_json())
    (HERE / "holiday-vault.csv").write_text(import_csv())
    (HERE / "team-sheet.csv").write_bytes(team_csv())
    team_xlsx(HERE / "team-sheet.xlsx")
    (HERE / "broken.csv").write_text(BROKEN)
    (HERE / "shopify-60-products.csv").write_text(shopify(_NEW_HEADER, _NEW, 60))
    (HERE / "shopify-old-columns.csv").write_bytes(b"\xef\xbb\xbf" + shopify(_OLD_HEADER, _OLD, 12).encode())
    tiktok_xlsx(HERE / "Tiktoksellercenter_batchedit_20261101_all_information_template.xlsx")
    (HERE / "tiktok-sales-information.csv").write_bytes(tiktok_csv().encode())
    (HERE / "whatnot.csv").write_text(whatnot())
    (HERE / "medusa-2.csv").write_text(medusa(2))
    (HERE / "medusa-1.csv").write_text(medusa(1))
    (HERE / "supplier-unicode.txt").write_bytes(supplier())
    pictures = sorted((HERE / "holiday-vault" / "images").glob("*.jpg"), key=lambda path: int(path.stem))
    zipped(HERE / "holiday-vault.zip", "holiday-vault.csv", import_csv(), pictures)


if __name__ == "__main__":
    main()
