"""Reading order files: what the platforms write, what spreadsheets make of it, and what is refused by line."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from pytest_django import Settings

from cuelight.catalog.importing.problems import FileRefused
from cuelight.errors import Invalid
from cuelight.streams.orders import staging
from cuelight.streams.orders.lines import Findings, Line
from cuelight.streams.orders.moments import Clock, moment, proof
from cuelight.streams.orders.reading import Answers, OrderFile, Orders
from cuelight.streams.orders.shopify import spread
from cuelight.streams.tests.orders import NOTHING_SAID, SAMPLES, SHOPIFY, TIKTOK, line, more, sold, written

pytestmark = pytest.mark.usefixtures("data_folder")
Read = Callable[..., tuple[list[Line], Findings]]
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
def data_folder(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def from_bytes(content: bytes, answers: Answers = NOTHING_SAID) -> tuple[list[Line], Findings]:
        path = tmp_path / "orders.csv"
        path.write_bytes(content)
        return from_file(path, answers)

    return from_bytes


def from_file(path: Path, answers: Answers = NOTHING_SAID) -> tuple[list[Line], Findings]:
    """The lines of a file, which are those of what is kept of it while a person is asked, too."""
    file, found, found_again = OrderFile(path), Findings(), Findings()
    clock = file.clock(answers)
    lines = list(file.lines(clock, answers, found))
    staging.keep_rows(1, file.kind.source, file.rows())
    kept = Orders(file.kind, lambda: staging.rows(1))
    assert (kept.clock(answers), list(kept.lines(clock, answers, found_again))) == (clock, lines)
    assert found_again == found
    return lines, found


def facts(lines: list[Line]) -> list[tuple[str, int, str, int, int]]:
    return [(one.order_id, one.line, one.sku, one.quantity, one.amount_cents) for one in lines]


# Shopify


def test_an_orders_fields_stand_on_its_first_row_only(read: Read) -> None:
    lines, found = read(written([line("#1", "A", 2, "10.00"), more("#1", "B", 1, "5.50"), line("#2", "C")]))
    assert facts(lines) == [("1", 0, "A", 2, 2000), ("1", 1, "B", 1, 550), ("2", 0, "C", 1, 1000)]
    assert {one.at for one in lines} == {datetime(2026, 4, 28, 18, 34, 5, tzinfo=UTC)}
    assert (found.errors.total, found.lines) == (0, 3)


def test_what_a_code_took_off_an_order_is_taken_off_its_lines(read: Read) -> None:
    # 30.00 of goods, 20.00 paid: 20/30 of 10.00 are 6.67, of 20.00 13.33.
    lines, _ = read(written([line("#1", "A", 1, "10.00", Subtotal="20.00"), more("#1", "B", 1, "20.00")]))
    assert [one.amount_cents for one in lines] == [667, 1333]


def test_what_was_refunded_in_part_is_taken_off_as_well(read: Read) -> None:
    cells = {"Financial Status": "partially_refunded", "Subtotal": "30.00", "Refunded Amount": "15.00"}
    lines, _ = read(written([line("#1", "A", 1, "10.00", **cells), more("#1", "B", 1, "20.00")]))
    assert [one.amount_cents for one in lines] == [500, 1000]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"Cancelled at": "2026-04-28 14:00:00 -0500"}, "cancelled"),
        ({"Financial Status": "refunded"}, "refunded"),
        ({"Financial Status": "voided"}, "cancelled"),
    ],
)
def test_what_is_no_sale_has_no_pieces(read: Read, cells: dict[str, str], why: str) -> None:
    lines, found = read(written([line("#1", "A", **cells), more("#1", "B"), line("#2", "C")]))
    assert facts(lines) == [("1", 0, "A", 0, 0), ("1", 1, "B", 0, 0), ("2", 0, "C", 1, 1000)]
    assert found.skipped == {why: 2}


def test_a_line_break_within_quotes_is_no_line_of_its_own(read: Read) -> None:
    rows = [line("#1", "A", Notes='Wrap it.\nFor "Ada"'), line("#2", "B", quantity="two")]
    lines, found = read(written(rows))
    assert facts(lines) == [("1", 0, "A", 1, 1000)]
    [problem] = found.errors.facts()
    assert problem["line"] == 4  # the file's own lines: the note takes two


def test_a_broken_line_is_named_and_its_order_keeps_its_numbers(read: Read) -> None:
    rows = [line("#1", "A", Subtotal="30.00"), more("#1", "B", price="ten"), more("#1", "C"), line("#2", "D")]
    lines, found = read(written(rows))
    assert facts(lines) == [("1", 0, "A", 1, 1000), ("1", 2, "C", 1, 1000), ("2", 0, "D", 1, 1000)]
    assert [(one["line"], one["message"]) for one in found.errors.facts()] == [(3, "Invalid price format")]


def test_a_torn_line_is_named(read: Read) -> None:
    torn = written([line("#1", "A"), line("#2", "B")]).decode().replace("paid", '"paid"x', 1)
    lines, found = read(torn.encode())
    assert (facts(lines), found.errors.facts()[0]["line"]) == ([("2", 0, "B", 1, 1000)], 2)


def test_lines_without_their_order_are_named(read: Read) -> None:
    rows = [line("#1", "A", Currency=""), more("#1", "B"), more("#9", "C"), line("#2", "D")]
    lines, found = read(written(rows))
    assert facts(lines) == [("2", 0, "D", 1, 1000)]
    assert [(one["line"], one["message"]) for one in found.errors.facts()] == [
        (2, "The currency is missing"),
        (3, "The first line of this order could not be read"),
        (4, "This line has no date, and does not follow the first line of its order"),
    ]


def test_an_order_that_comes_twice_counts_once(read: Read) -> None:
    lines, found = read(written([line("#1", "A"), line("#2", "B"), line("#1", "A"), more("#1", "C")]))
    assert facts(lines) == [("1", 0, "A", 1, 1000), ("2", 0, "B", 1, 1000)]
    assert [one["line"] for one in found.errors.facts()] == [4, 5]


def test_ids_that_a_spreadsheet_spoiled_are_refused_by_line(read: Read) -> None:
    lines, found = read(written([line("#1", "A", Id="5.43211E+12"), line("#2", "1.73E+18")]))
    assert facts(lines) == [("2", 0, "", 1, 1000)]  # sold all the same; nobody knows which article
    assert [one["line"] for one in found.errors.facts()] == [2]
    assert [(one["line"], one["column"]) for one in found.warnings.facts()] == [(3, "Lineitem sku")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_is_read(read: Read, encoding: str) -> None:
    content = written([line("#1", "A", **{"Lineitem name": "Café Créole – Ring"})]).decode().encode(encoding)
    lines, _ = read(content)
    assert [one.name for one in lines] == ["Café Créole – Ring"]


def test_semicolons_and_tabs_part_cells_too(read: Read) -> None:
    for mark in (";", "\t"):
        assert facts(read(written([line("#1", "A")]).decode().replace(",", mark).encode())[0]) == [
            ("1", 0, "A", 1, 1000)
        ]


def test_yen_has_no_decimals(read: Read) -> None:
    lines, _ = read(written([line("#1", "A", 2, "1200.00", Currency="JPY")]))
    assert (lines[0].amount_cents, lines[0].currency) == (2400, "JPY")


def test_a_file_without_a_column_that_is_needed_says_which(read: Read) -> None:
    columns = [column for column in SHOPIFY if column not in ("Cancelled at", "Currency")]
    rows = [{key: value for key, value in line("#1").items() if key in columns}]
    with pytest.raises(FileRefused, match="no column Currency, Cancelled at"):
        read(written(rows, columns))


def test_another_list_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match="no list of orders"):
        read(b"name,email\nAda,ada@example.org\n")


# TikTok Shop


def test_the_row_that_describes_the_columns_and_the_tabs_are_passed_over(read: Read) -> None:
    described = dict.fromkeys(TIKTOK, "Platform unique order ID.")
    lines, found = read(written([described, sold("576461413038785700")], TIKTOK), Answers("", CHICAGO, "USD"))
    [one] = lines
    assert (one.order_id, one.pid, one.sku) == ("576461413038785700", "1729384756102938471", "GH-1")
    assert (one.at, one.amount_cents) == (datetime(2025, 12, 15, 15, 30, 33, tzinfo=UTC), 1000)
    assert found.lines == 1


def test_what_came_back_is_taken_off(read: Read) -> None:
    rows = [
        sold("1", quantity=3, paid="30.00", **{"Sku Quantity of return": "1"}),
        sold("2", quantity=2, paid="20.00", **{"Sku Quantity of return": "2"}),
        sold("3", **{"Order Status": "Canceled"}),
        sold("4", **{"Cancelation/Return Type": "Cancel"}),
        sold("5", **{"Order Status": "Unpaid"}),
        sold("6", paid="10.00", **{"Order Refund Amount": "10.00"}),
    ]
    lines, found = read(written(rows, TIKTOK), Answers("", CHICAGO, "USD"))
    assert [(one.order_id, one.quantity, one.amount_cents) for one in lines] == [
        ("1", 2, 2000), ("2", 0, 0), ("3", 0, 0), ("4", 0, 0), ("5", 0, 0), ("6", 0, 0),
    ]  # fmt: skip
    assert found.skipped == {"refunded": 2, "cancelled": 2, "unpaid": 1}


def test_an_amount_in_another_currency_is_refused_by_line(read: Read) -> None:
    rows = [sold("1", paid="GBP 12.50"), sold("2", paid="USD 12.50"), sold("3", paid="$12.50")]
    lines, found = read(written(rows, TIKTOK), Answers("", CHICAGO, "USD"))
    assert [(one.order_id, one.amount_cents) for one in lines] == [("2", 1250), ("3", 1250)]
    assert [one["line"] for one in found.errors.facts()] == [2]


def test_a_workbook_is_read_as_the_same_rows(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    row = sold("576461413038785700", quantity=2, paid="20.00") | {"Created Time": "12/15/2025 9:30:33 AM\t"}
    sheet.append(list(TIKTOK))
    sheet.append([row.get(column, "") for column in TIKTOK])
    number = [row.get(column, "") for column in TIKTOK]
    number[0] = 576461413038785701  # type: ignore[call-overload]  # a number has lost its last digits
    sheet.append(number)
    book.save(tmp_path / "orders.xlsx")
    lines, found = from_file(tmp_path / "orders.xlsx", Answers("", CHICAGO, "USD"))
    assert [(one.order_id, one.quantity, one.amount_cents) for one in lines] == [("576461413038785700", 2, 2000)]
    assert [one["line"] for one in found.errors.facts()] == [3]


# Dates


def test_a_day_above_twelve_proves_which_is_first() -> None:
    assert proof([(2, "3/4/2026 10:00"), (3, "3/13/2026 10:00")]).clock("", CHICAGO).order == "month"
    assert proof([(2, "3/4/2026 10:00"), (3, "13/3/2026 10:00")]).clock("", CHICAGO).order == "day"


@pytest.mark.parametrize(
    ("dates", "chosen", "reason"),
    [
        (["3/4/2026 10:00"], "", "which_is_first"),
        (["13/4/2026 10:00", "4/13/2026 10:00"], "", "dates_disagree"),
        (["13/4/2026 10:00"], "month", "dates_proven"),
        (["4/13/2026 10:00"], "day", "dates_proven"),
    ],
)
def test_which_is_first_is_never_guessed(dates: list[str], chosen: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        proof(enumerate(dates, start=2)).clock(chosen, CHICAGO)  # type: ignore[arg-type]
    assert refused.value.reason == reason


def test_a_zone_is_asked_for_where_none_is_written() -> None:
    for text in ("13/4/2026 10:00", "2026-04-13 10:00:00"):
        with pytest.raises(Invalid) as refused:
            proof([(2, text)]).clock("", None)
        assert refused.value.reason == "which_zone"
    assert proof([(2, "2026-04-28 13:34:05 -0500")]).clock("", None) == Clock()


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-04-28 13:34:05 -0500", "", "2026-04-28T18:34:05+00:00"),
        ("2026-04-28T13:34:05+05:30", "", "2026-04-28T08:04:05+00:00"),
        ("2026-04-28 13:34:05 UTC", "", "2026-04-28T13:34:05+00:00"),
        ("12/15/2025 9:30:33 AM", "month", "2025-12-15T15:30:33+00:00"),
        ("12/15/2025 12:00:00 AM", "month", "2025-12-15T06:00:00+00:00"),
        ("12/15/2025 12:00 PM", "month", "2025-12-15T18:00:00+00:00"),
        ("15.12.2025 21:30", "day", "2025-12-16T03:30:00+00:00"),
        ("04/07/2025 21:30:00", "day", "2025-07-05T02:30:00+00:00"),  # summer time
        ("04/07/2025 21:30:00", "month", "2025-04-08T02:30:00+00:00"),
    ],
)
def test_moments(text: str, order: str, expected: str) -> None:
    assert moment(text, Clock(order, CHICAGO)).isoformat() == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30 10:00:00 -0500", "15/15/2026 10:00", "1/2/2026 13:00 PM"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        moment(text, Clock("month", CHICAGO))


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=20))
def test_what_is_spread_adds_up(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == (total if sum(weights) else 0)
    assert all(part >= 0 for part in parts)


# The samples


def test_the_samples_are_read_without_a_problem() -> None:
    lines, found = from_file(SAMPLES / "shopify-orders.csv")
    assert (found.errors.facts(), found.warnings.facts()) == ([], [])
    assert len({one.order_id for one in lines}) == 12
    for name, zone in (("tiktok-orders-us.csv", "America/Los_Angeles"), ("tiktok-orders.xlsx", "America/Los_Angeles")):
        lines, found = from_file(SAMPLES / name, Answers("", ZoneInfo(zone), "USD"))
        assert (len(lines), found.errors.facts(), found.lines) == (10, [], 10)
        assert lines[0].at.date().isoformat() == "2026-04-28"
    with pytest.raises(Invalid, match="do not say their time zone"):
        from_file(SAMPLES / "tiktok-orders-uk.csv", Answers("", None, "GBP"))


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def peak(orders: int) -> int:
        path = tmp_path / f"{orders}.csv"
        path.write_bytes(written(line(f"#{number}", "A", Notes="x" * 500) for number in range(orders)))
        file, found = OrderFile(path), Findings()
        clock = file.clock(NOTHING_SAID)
        tracemalloc.start()
        assert sum(1 for _ in file.lines(clock, NOTHING_SAID, found)) == orders
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    # Which orders there were is remembered, and nothing else: a set of numbers. The rows have 700 bytes each.
    assert peak(5_000) - peak(1_000) < 4_000 * 250
