"""Files as people have them, written byte by byte."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuelight.catalog import importing
from cuelight.catalog.importing.plan import Plan, PreviewRow
from cuelight.catalog.importing.problems import Findings
from cuelight.catalog.importing.rows import Row
from cuelight.errors import Invalid

HEADER = "index,name,talking_points,original_price,sale_price,pid,sku"


def plan_of(folder: Path, content: bytes | str, name: str = "list.csv", **options: object) -> Plan:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return importing.read(path, **options)  # type: ignore[arg-type]


def rows_of(plan: Plan) -> list[Row]:
    findings = Findings()
    rows = list(plan.rows(findings))
    assert findings.errors.listed == []
    return rows


def only_row(plan: Plan) -> PreviewRow:
    preview = plan.preview()
    assert preview["errors"] == []
    [row] = preview["rows"]
    return row


def errors_of(plan: Plan) -> list[tuple[int, str, str]]:
    return [(error["line"], error["column"], error["message"]) for error in plan.preview()["errors"]]


def test_reads_the_import_csv(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f'{HEADER}\n1,"Hoops, gold",- 18k\\n- light,"$1,049.99",29.99,1729384756123456789,PV-1\n')
    preview = plan.preview()
    assert preview["layout"] == "import-csv"
    assert [column["field"] for column in preview["columns"]] == [
        "number",
        "name",
        "talking_points",
        "original_price",
        "sale_price",
        "pid",
        "sku",
    ]
    assert preview["rows"] == [
        {
            "line": 2,
            "number": 1,
            "name": "Hoops, gold",
            "short_name": None,
            "description": None,
            "talking_points_md": "- 18k\n- light",
            "original_price_cents": 104999,
            "sale_price_cents": 2999,
            "pid": "1729384756123456789",
            "sku": "PV-1",
            "stock": None,
            "tags": None,
            "external_url": None,
            "image": None,
            "extra": {},
            "brand": None,
            "charged_cents": None,
            "barcode": None,
            "cost_cents": None,
            "external_key": None,
            "variants": None,
            "pictures": [],
        }
    ]
    assert json.loads(json.dumps(preview)) == preview


TEAM_SHEET = (
    "#;PIC;DETAILS/TALKING POINTS;ORIGINAL PRICE;SALE PRICE;PID;PAVOI SKU;STOCK\r\n"
    '1;;"Café hoops\r\n-18k gold\r\n- hypoallergenic\r\n• light";$49.99;;1729384756123456789;PV-1;12\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_reads_the_teams_sheet_however_it_was_saved(tmp_path: Path, encoding: str, separator: str) -> None:
    plan = plan_of(tmp_path, TEAM_SHEET.replace(";", separator).encode(encoding))
    assert plan.preview()["layout"] == "team-sheet"
    row = only_row(plan)
    assert row["name"] == "Café hoops"
    assert row["talking_points_md"] == "- 18k gold\n- hypoallergenic\n- light"
    assert (row["number"], row["original_price_cents"], row["sale_price_cents"]) == (1, 4999, None)
    assert (row["pid"], row["sku"], row["stock"]) == ("1729384756123456789", "PV-1", 12)


def test_utf16_with_the_other_mark(tmp_path: Path) -> None:
    assert only_row(plan_of(tmp_path, b"\xfe\xff" + TEAM_SHEET.encode("utf-16-be")))["name"] == "Café hoops"


def test_the_first_foreign_letter_may_be_the_last_byte(tmp_path: Path) -> None:
    text = f"{HEADER}\n" + "".join(f"{n},Plain,,5,,,\n" for n in range(1, 30_000)) + "30000,Café,,5,,,\n"
    assert rows_of(plan_of(tmp_path, text.encode("cp1252")))[-1].name == "Café"
    assert rows_of(plan_of(tmp_path, text.encode()))[-1].name == "Café"


def test_damaged_utf8_is_not_taken_for_windows_text(tmp_path: Path) -> None:
    with pytest.raises(importing.FileRefused, match="Line 3: damaged text"):
        plan_of(tmp_path, f"{HEADER}\n1,Café,,5,,,\n2,Caf".encode() + b"\xe9,,5,,,\n")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("INDEX,Name,Talking Points,ORIGINAL-PRICE,Sale Price,P.I.D.,S K U", "import-csv"),
        (" index , name ,talking_points,Original_Price,SALE  PRICE,pid,sku", "import-csv"),
        ("No.,Product Name,TalkingPoints,original price,sale price,Product ID,PAVOI SKU", "import-csv"),
    ],
)
def test_headers_are_known_blind_to_case_space_and_punctuation(tmp_path: Path, header: str, expected: str) -> None:
    plan = plan_of(tmp_path, f"{header}\n1,Hoops,x,5,,77,S\n")
    assert plan.preview()["layout"] == expected
    assert all(column["field"] for column in plan.preview()["columns"])
    assert only_row(plan)["pid"] == "77"


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    text = f'{HEADER}\r\n1,"A\r\nlong\r\nname",x,5,,,\r\n\r\n2,B,"- one\r\n- two",nope,,,\r\n3,C,x,-5.00,,,\r\n'
    plan = plan_of(tmp_path, text)
    assert errors_of(plan) == [
        (6, "original_price", "Invalid price format"),
        (8, "original_price", "Price must be positive"),
    ]
    assert plan.preview()["rows"][0]["name"] == "A long name"


def test_all_errors_are_told_together(tmp_path: Path) -> None:
    text = f"""{HEADER}
1,Good,x,49.99,,1001,
2,,x,,0,1002,
x,Bad,x,29.995,-1,1.73E+18,
4,Range,x,19.99 - 24.99,,,
5,Comma,x,"1.299,00",,,
6,Sale,x,10,11,,
7,Free,x,10,0.00,,
8,Tab,x,10,,1729384756\t,
9,Cells,x,10,,,,too many
1,Twice,x,10,,1001,
"""
    assert errors_of(plan_of(tmp_path, text)) == [
        (3, "name", "Name missing"),
        (3, "original_price", "Price missing"),
        (3, "sale_price", "Price must be positive"),
        (4, "index", "The number must be a whole number from 1 up"),
        (4, "original_price", "Invalid price format"),
        (4, "pid", "1.73E+18 is a rounded number; format the column as text and paste the ids again"),
        (4, "sale_price", "Price must be positive"),
        (5, "original_price", "Invalid price format: one price only, with a point for decimals"),
        (6, "original_price", "Invalid price format: use a point for decimals, such as 1299.00"),
        (7, "sale_price", "The sale price (11.00) is above the original price (10.00)"),
        (8, "sale_price", "Price must be positive"),
        (9, "pid", "There is a tab in this id; remove it and keep the column as text"),
        (
            10,
            "",
            "This line has 8 cells, the header has 7; a text with the separator in it needs quotes",
        ),
        (11, "index", "The number 1 is on line 2 already"),
        (11, "pid", "The product id 1001 is on line 2 already"),
    ]


def test_the_list_of_errors_ends_somewhere_and_the_count_does_not(tmp_path: Path) -> None:
    preview = plan_of(tmp_path, f"{HEADER}\n" + "1,Bad,x,,,,\n" * 5000).preview()
    assert preview["errors_total"] == 5000 + 4999
    assert len(preview["errors"]) == 200


def test_blank_lines_and_a_missing_end_of_line_are_nothing(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f"{HEADER}\n\n,,,,,,\n1,A,x,5,,,\n   ,,,,,,\n2,B,x,5")
    assert [row.line for row in rows_of(plan)] == [4, 6]


@pytest.mark.parametrize("text", ["", "\n\n", "   "])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(importing.FileRefused, match="empty"):
        plan_of(tmp_path, text)


def test_a_header_alone_is_an_error(tmp_path: Path) -> None:
    assert errors_of(plan_of(tmp_path, HEADER)) == [(1, "", "There are no products in this file")]


def test_a_title_above_the_header_does_no_harm(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f"Holiday show; Friday,,,,,,\n\n{HEADER}\n1,A,x,nope,,,\n")
    assert plan.preview()["header_line"] == 3
    assert errors_of(plan)[0][0] == 4


def test_a_declared_separator_is_obeyed(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f"sep=;\r\n{HEADER.replace(',', ';')}\r\n1;A;x;nope;;;\r\n")
    assert plan.preview()["header_line"] == 2
    assert errors_of(plan) == [(3, "original_price", "Invalid price format")]


def test_a_quote_that_never_closes_is_told_where_it_opens(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f'{HEADER}\n1,A,x,5,,,\n2,"B,x,5,,,\n3,C,x,5,,,\n')
    assert errors_of(plan) == [(3, "", "A quote is opened here and never closed")]


def test_a_single_quote_inside_quotes_is_told(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f'{HEADER}\n1,"5" hoop",x,5,,,\n2,B,x,5,,,\n')
    assert errors_of(plan) == [(2, "", 'A quote inside a quoted text must be doubled ("")')]
    assert [row["name"] for row in plan.preview()["rows"]] == ["B"]


def test_unknown_columns_are_kept(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "index,name,original_price,Maker,Maker,\n1,A,5,Acme,Bcme,x\n")
    assert only_row(plan)["extra"] == {"Maker": "Acme", "Maker (2)": "Bcme", "Column 6": "x"}


def test_a_cell_beyond_unnamed_columns_is_an_error(tmp_path: Path) -> None:
    assert errors_of(plan_of(tmp_path, "index,name,original_price\n1,A,5,x\n"))[0][0] == 2


def test_own_mapping_goes_before_known_names(tmp_path: Path) -> None:
    text = "Ref,Title,Was,Now,Price,SKU\n7,Hoops,50,40,ignored,S\n"
    plan = plan_of(tmp_path, text, mapping={"ref": "number", "Was": "original_price", "Now": "sale_price", "SKU": ""})
    assert plan.preview()["layout"] == "own"
    row = only_row(plan)
    assert (row["number"], row["name"], row["original_price_cents"], row["sale_price_cents"]) == (
        7,
        "Hoops",
        5000,
        4000,
    )
    assert (row["sku"], row["extra"]) == (None, {"Price": "ignored", "SKU": "S"})


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"Nope": "name"}, "unknown_column"),
        ({"name": "colour"}, "unknown_field"),
        ({"name": "name", "index": "name"}, "field_twice"),
        ({"name": "original_price", "index": "original_price_cents"}, "field_twice"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, mapping: dict[str, str], reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_of(tmp_path, f"{HEADER}\n1,A,x,5,,,\n", mapping=mapping)
    assert refused.value.reason == reason


def test_missing_columns_are_named(tmp_path: Path) -> None:
    preview = plan_of(tmp_path, "pid,stock\n1001,5\n").preview()
    assert preview["missing"] == ["name", "original_price"]
    assert preview["errors"] == []
    assert preview["warnings_total"] == 2


def test_a_name_beside_details_makes_the_details_all_points(tmp_path: Path) -> None:
    for header, cells in (("details,name", "- one\\n- two,Hoops"), ("name,details", "Hoops,- one\\n- two")):
        row = only_row(plan_of(tmp_path, f"#,{header},original_price\n1,{cells},5\n"))
        assert (row["name"], row["talking_points_md"]) == ("Hoops", "- one\n- two")


def test_what_the_spreadsheet_could_not_compute_is_an_error(tmp_path: Path) -> None:
    assert errors_of(plan_of(tmp_path, f"{HEADER}\n1,#REF!,x,#N/A,,,\n")) == [
        (2, "name", "The spreadsheet could not work out this cell (#REF!)"),
        (2, "original_price", "The spreadsheet could not work out this cell (#N/A)"),
    ]


def test_our_own_guard_against_formulas_is_taken_off(tmp_path: Path) -> None:
    row = only_row(plan_of(tmp_path, f"{HEADER}\n1,'=Sum ring,'- gold,5,,,'+1\n"))
    assert (row["name"], row["talking_points_md"], row["sku"]) == ("=Sum ring", "- gold", "+1")


def test_another_currency_and_a_rounded_id_are_warned_of(tmp_path: Path) -> None:
    preview = plan_of(tmp_path, f"{HEADER}\n1,A,x,€5,,172938475612346000,\n").preview()
    assert preview["errors"] == []
    assert [(warning["line"], warning["column"]) for warning in preview["warnings"]] == [
        (2, "original_price"),
        (2, "pid"),
    ]


def test_prices_count_in_the_studios_currency(tmp_path: Path) -> None:
    row = only_row(plan_of(tmp_path, f'{HEADER}\n1,A,x,"¥4,999",,,\n', currency="JPY"))
    assert row["original_price_cents"] == 4999


def test_zero_bytes_are_refused_by_line(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f"{HEADER}\n1,A\x00B,x,5,,,\n")
    assert errors_of(plan) == [(2, "name", "This cell holds characters that are no text")]


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0" + bytes(600), b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04 no zip", b"\x81\x8d"]
)
def test_other_kinds_of_file_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(importing.FileRefused):
        plan_of(tmp_path, content)


CELLS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20
).filter(lambda text: text.strip() != "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_text_comes_out_as_it_went_in(
    tmp_path: Path, cells: list[tuple[str, str]], separator: str, encoding: str, line_end: str
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["index", "name", "Remark"])
    writer.writerows([number, "A", a + b] for number, (a, b) in enumerate(cells, start=1))
    plan = plan_of(tmp_path, written.getvalue().encode(encoding))
    assert [row.extra["Remark"] for row in rows_of(plan)] == [a + b for a, b in cells]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    try:
        preview = plan_of(tmp_path, b"index,name,original_price\n" + content).preview()
    except importing.FileRefused:
        return
    json.dumps(preview)


def test_an_id_that_is_written_as_a_formula_is_the_text_in_it(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, f'{HEADER}\n1,A,x,5,,="1729382256910270001","=""0012"""\n')
    row = only_row(plan)
    assert (row["pid"], row["sku"]) == ("1729382256910270001", "0012")
