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
    pictures = sorted((HERE / "holiday-vault" / "images").glob("*.jpg"), key=lambda path: int(path.stem))
    zipped(HERE / "holiday-vault.zip", "holiday-vault.csv", import_csv(), pictures)


if __name__ == "__main__":
    main()
