"""Files of other systems: known by their headers, their lines made into products."""

from pathlib import Path

import pytest

from cuelight.catalog import importing
from cuelight.catalog.importing import html
from cuelight.catalog.importing.plan import Plan
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.rows import Row
from cuelight.errors import Invalid

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
SHOP = (
    "URL handle,Title,Description,Vendor,Tags,Status,SKU,Option1 name,Option1 value,Price,Compare-at price,"
    "Inventory quantity,Product image URL,Image position"
)
OLD = (
    "Handle,Title,Body (HTML),Vendor,Variant SKU,Variant Price,Variant Compare At Price,Variant Inventory Qty,Image Src"
)
TIKTOK = "product_id,product_name,sku_id,variation_value,price,quantity,seller_sku,brand"


def plan_of(folder: Path, *lines: str, **options: str) -> Plan:
    path = folder / "list.csv"
    path.write_text("\n".join(lines), newline="")
    return importing.read(path, **options)  # type: ignore[arg-type]


def rows_of(plan: Plan) -> list[Row]:
    findings = Findings()
    rows = list(plan.rows(findings))
    assert findings.errors.listed == []
    return rows


def errors_of(plan: Plan) -> list[tuple[int, str, str]]:
    return [(error["line"], error["column"], error["message"]) for error in plan.preview()["errors"]]


@pytest.mark.parametrize(
    ("name", "format_key", "products"),
    [
        ("shopify-60-products.csv", "shopify", 60),
        ("shopify-old-columns.csv", "shopify-old", 12),
        ("Tiktoksellercenter_batchedit_20261101_all_information_template.xlsx", "tiktok", 12),
        ("tiktok-sales-information.csv", "tiktok", 12),
        ("whatnot.csv", "whatnot", 20),
        ("medusa-2.csv", "medusa", 10),
        ("medusa-1.csv", "medusa-1", 10),
        ("supplier-unicode.txt", "plain", 15),
        ("holiday-vault.csv", "plain", 40),
        ("holiday-vault.zip", "plain", 40),
        ("team-sheet.csv", "plain", 24),
        ("team-sheet.xlsx", "plain", 24),
    ],
)
def test_every_sample_is_known_and_whole(name: str, format_key: str, products: int) -> None:
    with importing.read(SAMPLES / name) as plan:
        preview = plan.preview()
    assert (preview["format"], preview["found"], preview["rows_total"]) == (format_key, format_key, products)
    assert preview["errors"] == []


def test_the_headers_are_read_whatever_their_case_and_spaces(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "url  HANDLE,TITLE,Compare at price,PRICE,x", "a,A,9.00,5.00,kept")
    assert plan.format == "shopify"
    [row] = rows_of(plan)
    assert (row.original_price_cents, row.sale_price_cents, row.extra) == (900, 500, {"x": "kept"})


def test_lines_of_a_handle_are_one_product(tmp_path: Path) -> None:
    [row, other] = rows_of(
        plan_of(
            tmp_path, SHOP,
            'hoops,Hoops,"<p>Solid.</p><ul><li>Light &amp; bright</li></ul>",Pavoi,"Gold, New",active,H-1,Metal,Gold,29.00,49.00,3,https://a.example/2.jpg,2',
            "hoops,,,,,,H-2,,Silver,31.00,,4,https://a.example/1.jpg,1",
            "hoops,,,,,,,,,,,,https://a.example/3.jpg,3",
            "chain,Chain,,,,archived,C-1,Title,Default Title,19.00,0.00,-2,,",
        )
    )  # fmt: skip
    assert (row.line, row.name, row.brand, row.external_key, row.tags) == (
        2,
        "Hoops",
        "Pavoi",
        "shopify:hoops",
        ["gold", "new"],
    )
    assert (row.original_price_cents, row.sale_price_cents, row.sku, row.stock) == (4900, 2900, "H-1", 7)
    assert row.description == "Solid.\n\n- Light & bright"
    assert (row.talking_points_md, row.points_draft) == (None, "- Light & bright")
    assert row.variants == [
        {"title": "Gold", "sku": "H-1", "price_cents": 2900, "stock": 3, "compare_at_cents": 4900},
        {"title": "Silver", "sku": "H-2", "price_cents": 3100, "stock": 4, "compare_at_cents": None},
    ]
    assert [picture.url[-5] for picture in row.pictures] == ["1", "2", "3"]
    assert (other.variants, other.tags, other.stock, other.original_price_cents) == ([], ["archived"], 0, 1900)
    assert "sale_price_cents" in other.cleared


def test_both_generations_of_shopify_say_the_same(tmp_path: Path) -> None:
    [old] = rows_of(plan_of(tmp_path, OLD, "a,A,<p>x</p>,V,S-1,5.00,9.00,2,https://a.example/1.jpg"))
    [new] = rows_of(
        plan_of(
            tmp_path,
            "URL handle,Title,Description,Vendor,SKU,Price,Compare-at price,Inventory quantity,Product image URL",
            "a,A,<p>x</p>,V,S-1,5.00,9.00,2,https://a.example/1.jpg",
        )
    )
    assert old == new


def test_a_handle_that_comes_back_later_is_told_by_its_line(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "Handle,Title,Variant Price", "a,A,5.00", "b,B,5.00", "a,A again,6.00")
    assert errors_of(plan) == [(4, "Handle", '"a" is on line 2 already; the lines of one product must stand together')]


def test_errors_of_later_lines_have_their_own_line(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, OLD, "a,A,,,S-1,5.00,,1,", "a,,,,S-2,five,,1,", "a,,,,1.5E+10,5.00,,1,", ",B,,,,5.00,,,")
    assert [(line, column) for line, column, _ in errors_of(plan)] == [
        (3, "Variant Price"), (4, "Variant SKU"), (5, "Handle"),
    ]  # fmt: skip


@pytest.mark.parametrize("pid", ["1.73E+18", "1729384756123456789.0", "1729384756123456789\tx", "1,729,384"])
def test_spoiled_ids_are_refused_in_every_format(tmp_path: Path, pid: str) -> None:
    plan = plan_of(
        tmp_path, TIKTOK, f'"{pid}",A,1729384756123456788,,5.00,1,S,B', f'1729384756123456787,B,"{pid}",,5.00,1,S,B'
    )
    assert [(line, column) for line, column, _ in errors_of(plan)] == [(2, "product_id"), (3, "sku_id")]
    plain = plan_of(tmp_path, "pid,name,original_price", f'"{pid}",A,5')
    assert [(line, column) for line, column, _ in errors_of(plain)] == [(2, "pid")]


def test_a_tab_that_tiktok_itself_writes_is_no_mistake_elsewhere_it_is(tmp_path: Path) -> None:
    [row] = rows_of(
        plan_of(tmp_path, TIKTOK, "1729384756123456789\t,A,1729384756123456788\t,Default,5.00,1,S\t,Pavoi (7082427311)")
    )
    assert (row.pid, row.brand, row.sku, row.charged_cents) == ("1729384756123456789", "Pavoi", "S", 500)
    plan = plan_of(tmp_path, "pid,name,original_price", "1729384756123456789\t,A,5")
    assert errors_of(plan) == [(2, "pid", "There is a tab in this id; remove it and keep the column as text")]


def test_descriptions_of_a_template_are_no_products(tmp_path: Path) -> None:
    described = ["V4,,,,,,,", "Product ID,Name,,,,,,", "Mandatory,,,,,,,", "Non-editable,,,,,,,"]
    assert [
        row.line for row in rows_of(plan_of(tmp_path, TIKTOK, *described, "1729384756123456789,A,,,5.00,1,S,B"))
    ] == [6]


def test_medusa_prices_are_those_of_the_studios_currency(tmp_path: Path) -> None:
    header, line = (
        "Product Handle,Product Title,Variant SKU,Price EUR,Price USD,Option 1 Name,Option 1 Value",
        "a,A,S,7.00,8.00,Metal,Gold",
    )
    assert [rows_of(plan_of(tmp_path, header, line, currency=each))[0].charged_cents for each in ("EUR", "USD")] == [
        700,
        800,
    ]


def test_a_person_knows_better_than_the_header(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "Handle,Title,Variant Price", "a,A,5.00", format_key="plain")
    assert (plan.format, plan.found, plan.columns.header_of(importing.Field.NAME)) == ("plain", "shopify-old", "Title")
    with pytest.raises(Invalid, match="no format"):
        plan_of(tmp_path, "a", "b", format_key="excel")


def test_what_a_person_chose_comes_back_for_the_same_headers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Artikel,VK brutto\nRing,5.00\n")
    asked: list[str] = []

    def recall(fingerprint: str) -> tuple[str, dict[str, str]]:
        asked.append(fingerprint)
        return "", {"Artikel": "name", "VK brutto": "price"}

    plan = importing.read(tmp_path / "a.csv", recall=recall)
    assert (plan.is_remembered, rows_of(plan)[0].charged_cents) == (True, 500)
    assert asked == [importing.fingerprint(["ARTIKEL", "vk-brutto"])]


@pytest.mark.parametrize(
    ("markup", "text", "items"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree", []),
        ("Plain &lt;b&gt;", "Plain <b>", []),
        ("<ul><li>a</li><li> b <b>c</b></li></ul>end", "- a\n- b c\n\nend", ["a", "b c"]),
        ("<script>alert(1)</script><style>p{}</style>x<img src=x onerror=y>", "x", []),
        ("<ul><li>a<ul><li>b", "- a\n- b", ["a", "b"]),
        ("<p>never closed <i>x", "never closed x", []),
    ],
)
def test_descriptions_are_text_and_list_items(markup: str, text: str, items: list[str]) -> None:
    assert html.text_of(markup) == (text, items)
