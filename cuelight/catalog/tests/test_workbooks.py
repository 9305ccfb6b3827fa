"""XLSX workbooks, made with openpyxl and, where it is too well-behaved, written part by part."""

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from cuelight.catalog import importing
from cuelight.catalog.importing.plan import Plan, Preview

TEAM_HEADER = ["#", "PIC", "DETAILS/TALKING POINTS", "ORIGINAL PRICE", "SALE PRICE", "PID", "PAVOI SKU", "STOCK"]


def workbook(folder: Path, *rows: Sequence[object], title: str = "Sheet1", before: Workbook | None = None) -> Plan:
    book = before or Workbook()
    sheet = book.create_sheet(title) if before else book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    path = folder / "list.xlsx"
    book.save(path)
    return importing.read(path)


def errors_of(preview: Preview) -> list[tuple[int, str, str]]:
    return [(error["line"], error["column"], error["message"]) for error in preview["errors"]]


def test_reads_the_teams_sheet(tmp_path: Path) -> None:
    preview = workbook(
        tmp_path,
        TEAM_HEADER,
        [1, None, "Café hoops\n- 18k gold\n-light", 49.99, None, "1729384756123456789", "PV-1", 12],
    ).preview()
    assert (preview["layout"], preview["errors"]) == ("team-sheet", [])
    [row] = preview["rows"]
    assert (row["number"], row["name"], row["talking_points_md"]) == (1, "Café hoops", "- 18k gold\n- light")
    assert (row["original_price_cents"], row["sale_price_cents"], row["stock"]) == (4999, None, 12)


def test_number_cells_are_read_as_the_sheet_shows_them(tmp_path: Path) -> None:
    preview = workbook(
        tmp_path, TEAM_HEADER, [1.0, None, "A", 0.1 + 0.2, 19.99 * 100 / 100 / 100, 123, 456.0, 7.0]
    ).preview()
    assert errors_of(preview) == [(2, "SALE PRICE", "Invalid price format")]
    preview = workbook(tmp_path, TEAM_HEADER, [1.0, None, "A", 0.1 + 0.2, None, 123, 456.0, 7.0]).preview()
    [row] = preview["rows"]
    assert (row["original_price_cents"], row["pid"], row["sku"], row["stock"]) == (30, "123", "456", 7)


def test_an_id_kept_as_a_number_is_refused_by_line(tmp_path: Path) -> None:
    preview = workbook(tmp_path, TEAM_HEADER, [1, None, "A", 5, None, 1729384756123456789, None, None]).preview()
    [(line, column, message)] = errors_of(preview)
    assert (line, column) == (2, "PID")
    assert "was rounded" in message


def test_lines_are_the_sheets_rows(tmp_path: Path) -> None:
    preview = workbook(tmp_path, TEAM_HEADER, [], [], [1, None, "A", "abc"], [], [2, None, "B", -5]).preview()
    assert errors_of(preview) == [
        (4, "ORIGINAL PRICE", "Invalid price format"),
        (6, "ORIGINAL PRICE", "Price must be positive"),
    ]


def test_the_sheet_with_known_headers_is_taken(tmp_path: Path) -> None:
    cover = Workbook()
    cover.active.append(["Holiday show", datetime.date(2026, 11, 20)])  # type: ignore[union-attr]
    plan = workbook(tmp_path, ["Lineup for Friday"], TEAM_HEADER, [1, None, "A", 5], title="Lineup", before=cover)
    preview = plan.preview()
    assert preview["detail"] == 'sheet "Lineup"'
    assert (preview["header_line"], preview["rows_total"]) == (2, 1)


def test_cells_beside_the_table_are_kept(tmp_path: Path) -> None:
    [row] = workbook(tmp_path, ["#", "name", "original price"], [1, "A", 5, "ask Mia", 2.5]).preview()["rows"]
    assert row["extra"] == {"Column 4": "ask Mia", "Column 5": "2.5"}


def test_a_formula_counts_as_what_it_last_showed(tmp_path: Path) -> None:
    preview = workbook(tmp_path, ["#", "name", "original price"], [1, "A", "=2+3"]).preview()
    assert errors_of(preview) == [(2, "original price", "Price missing")], "openpyxl saves no result beside a formula"


def test_a_sheet_that_claims_a_million_columns_is_read_quickly(tmp_path: Path) -> None:
    workbook(tmp_path, ["#", "name", "original price"], [1, "A", 5]).close()
    rewrite(tmp_path / "list.xlsx", b'ref="A1:C2"', b'ref="A1:XFD1048576"')
    assert importing.read(tmp_path / "list.xlsx").preview()["rows_total"] == 1


def test_a_row_number_beyond_all_bounds_ends_the_sheet(tmp_path: Path) -> None:
    workbook(tmp_path, ["#", "name", "original price"], [1, "A", 5]).close()
    rewrite(tmp_path / "list.xlsx", b'<row r="2"', b'<row r="99999999999"')
    assert importing.read(tmp_path / "list.xlsx").preview()["rows_total"] == 0


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_a_damaged_workbook_is_refused(tmp_path: Path, part: str) -> None:
    workbook(tmp_path, ["#", "name", "original price"], [1, "A", 5]).close()
    rewrite(tmp_path / "list.xlsx", b">", b"<", only=part)
    with pytest.raises(importing.FileRefused):
        importing.read(tmp_path / "list.xlsx").preview()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    workbook(tmp_path, ["#", "name", "original price"], [1, "A", 5]).close()
    with (
        zipfile.ZipFile(tmp_path / "list.xlsx", "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/big.bin", "w") as part,
    ):
        for _ in range(513):
            part.write(bytes(1 << 20))
    with pytest.raises(importing.FileRefused, match="too large"):
        importing.read(tmp_path / "list.xlsx")


def rewrite(path: Path, old: bytes, new: bytes, only: str = "") -> None:
    """Replaces bytes inside the parts of a zip."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(old, new) if not only or name == only else data)


def test_a_number_beyond_all_bounds_is_told_by_line(tmp_path: Path) -> None:
    rows = ([1, None, "A", 1e30, None, 123], [2, None, "B", 5, None, 1e30], [3, None, "C", 5, None, 1e300])
    preview = workbook(tmp_path, TEAM_HEADER, *rows).preview()
    assert [(line, column) for line, column, _ in errors_of(preview)] == [(2, "ORIGINAL PRICE"), (3, "PID"), (4, "PID")]
