"""The rows of a file become products: matched, updated, counted, and put in order for the lineup."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, importing
from cuelight.catalog.importing import ImportResult, staging
from cuelight.catalog.models import Brand, Product
from cuelight.catalog.tests.conftest import Told
from cuelight.errors import Conflict, Invalid, NotFound

HEADER = "index,name,talking_points,original_price,sale_price,pid,sku"
Importing = Callable[..., ImportResult]


@pytest.fixture
def bring_in(tmp_path: Path, studio: Studio, brand: Brand) -> Importing:
    """Imports lines below the usual header, or a whole text of its own."""

    def run(*lines: str, header: str = HEADER, write: Any = importing.write, **options: Any) -> ImportResult:
        path = tmp_path / "list.csv"
        path.write_text("\n".join([header, *lines]), encoding="utf-8")
        mapping = options.pop("mapping", None)
        with importing.read(path, mapping) as plan, transaction.atomic():
            result: ImportResult = write(plan, studio_id=studio.pk, brand_id=brand.pk, **options)
        return result

    return run


def errors_of(refused: pytest.ExceptionInfo[importing.RowsRefused]) -> list[tuple[int, str]]:
    return [(error.line, error.message) for error in sorted(refused.value.findings.errors.listed)]


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return result.new, result.updated, result.unchanged, result.skipped


def test_new_products_are_stored_whole(bring_in: Importing, studio: Studio, brand: Brand) -> None:
    result = bring_in("1,Hoops,- gold\\n- light,$49.99,29.99,1729384756123456789,PV-1,red", header=f"{HEADER},Colour")
    assert counts(result) == (1, 0, 0, 0)
    product = Product.objects.values().get()
    assert product["created_at"] == product["updated_at"]
    assert {field: value for field, value in product.items() if field not in ("id", "created_at", "updated_at")} == {
        "studio_id": studio.pk,
        "brand_id": brand.pk,
        "display_number": 1,
        "name": "Hoops",
        "short_name": "",
        "description": "",
        "talking_points_md": "- gold\n- light",
        "original_price_cents": 4999,
        "sale_price_cents": 2999,
        "pid": "1729384756123456789",
        "sku": "PV-1",
        "stock": None,
        "is_featured": False,
        "external_url": "",
        "tags": [],
        "extra": {"Colour": "red"},
        "cost_cents": None,
        "barcode": "",
        "variants": [],
        "external_key": "",
        "hand_edited": [],
        "search_text": product["search_text"],
    }


def test_the_lineup_is_in_the_order_of_the_numbers(bring_in: Importing) -> None:
    result = bring_in("30,C,,5,,,", "2,A,,5,,,", "7,B,,5,,,")
    names = dict(Product.objects.values_list("id", "name"))
    assert [(position, names[product_id]) for position, product_id in result.lineup()] == [
        (2, "A"),
        (7, "B"),
        (30, "C"),
    ]


def test_without_numbers_the_files_order_counts(bring_in: Importing) -> None:
    result = bring_in("Zebra,5", "Ant,6", header="name,original_price")
    names = dict(Product.objects.values_list("id", "name"))
    assert [(position, names[pk]) for position, pk in result.lineup()] == [(0, "Zebra"), (0, "Ant")], "0: at the end"


def test_a_rule_that_only_we_can_break_is_not_blamed_on_others(
    bring_in: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "find_errors", lambda *_args, **_options: None)
    with pytest.raises(IntegrityError):
        bring_in("1001,5", header="pid,stock")  # a product without a name


def test_what_a_caller_finds_wrong_is_told_by_line(bring_in: Importing) -> None:
    def check(result: ImportResult) -> None:
        (_, second) = result.lineup()
        result.refuse({second[1]: "Not this one"})

    with pytest.raises(importing.RowsRefused) as refused:
        bring_in("1,Hoops,,49.99,,1001,", "2,Chain,,20,,1002,", write=importing.rehearse, check=check)
    assert refused.value.findings.errors.facts() == [{"line": 3, "column": "number", "message": "Not this one"}]
    assert not Product.objects.exists()


def test_existing_products_are_skipped_and_still_in_the_lineup(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,1001,")
    before = Product.objects.values().get()
    result = bring_in("1,Other name,,39.99,,1001,", "2,Chain,,20,,1002,")
    assert counts(result) == (1, 0, 0, 1)
    assert Product.objects.values().get(pk=before["id"]) == before
    assert [position for position, _ in result.lineup()] == [1, 2]


def test_doing_it_again_changes_nothing(bring_in: Importing) -> None:
    lines = ("1,Hoops,- a,49.99,29.99,1001,S", "2,Chain,,20,,,")
    bring_in(*lines)
    before = list(Product.objects.order_by("id").values())
    assert counts(bring_in(*lines, upsert=True)) == (0, 0, 2, 0)
    assert counts(bring_in(*lines)) == (0, 0, 0, 2)
    assert list(Product.objects.order_by("id").values()) == before


def test_an_update_changes_only_what_the_file_says(bring_in: Importing) -> None:
    bring_in("1,Hoops,- a,49.99,29.99,1001,S", header=HEADER)
    Product.objects.update(stock=5, description="Kept", is_featured=True, extra={"Colour": "red", "Size": "S"})
    result = bring_in("1001,45,,gold", header="pid,original_price,sale_price,Colour", upsert=True)
    assert counts(result) == (0, 1, 0, 0)
    product = Product.objects.get()
    assert (product.original_price_cents, product.sale_price_cents) == (4500, 2999)
    assert (product.name, product.talking_points_md, product.sku, product.display_number) == ("Hoops", "- a", "S", 1)
    assert (product.stock, product.description, product.is_featured) == (5, "Kept", True)
    assert product.extra == {"Colour": "gold", "Size": "S"}


def test_a_blank_cell_clears_only_when_asked(bring_in: Importing) -> None:
    header = f"{HEADER},stock,tags"
    bring_in("1,Hoops,- a,49.99,29.99,1001,S,5,gold", header=header)
    assert counts(bring_in("1,Hoops,,49.99,,1001,,,", header=header, upsert=True)) == (0, 0, 1, 0)
    assert counts(
        bring_in("1,Hoops,49.99,1001", header="index,name,original_price,pid", upsert=True, clear_blank=True)
    ) == (
        0,
        0,
        1,
        0,
    )
    assert counts(bring_in("1,Hoops,,49.99,,,,,", header=header, upsert=True, clear_blank=True)) == (0, 1, 0, 0)
    product = Product.objects.get()
    assert (product.talking_points_md, product.sale_price_cents, product.sku) == ("", None, "")
    assert (product.stock, product.tags) == (None, [])
    assert (product.pid, product.display_number) == ("1001", 1), "what identifies a product is never cleared"


def test_a_product_is_found_by_its_number_where_a_pid_is_lacking(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,,")
    assert counts(bring_in("1,Hoops,,49.99,,1001,", upsert=True)) == (0, 1, 0, 0)
    assert Product.objects.get().pid == "1001"
    assert counts(bring_in("1,Hoops,,44.99,,,", upsert=True)) == (0, 1, 0, 0)
    assert Product.objects.get().original_price_cents == 4499


@pytest.mark.parametrize("upsert", [False, True])
def test_next_weeks_sheet_counts_from_one_again(bring_in: Importing, upsert: bool) -> None:
    bring_in("1,Hoops,,49.99,,1001,")
    before = Product.objects.values().get()
    result = bring_in("1,Chain,,20,,2001,", upsert=upsert)
    assert counts(result) == (1, 0, 0, 0)
    assert Product.objects.values().get(pk=before["id"]) == before
    chain = Product.objects.get(pid="2001")
    assert chain.display_number is None
    assert list(result.lineup()) == [(1, chain.pk)]
    [warning] = result.warnings
    assert warning["line"] == 2
    assert "stored without a number" in warning["message"]


def test_numbers_may_be_swapped(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,1001,", "2,Chain,,20,,1002,")
    result = bring_in("2,Hoops,,49.99,,1001,", "1,Chain,,20,,1002,", "3,Ring,,9,,1003,", upsert=True)
    assert counts(result) == (1, 2, 0, 0)
    assert result.warnings == []
    assert dict(Product.objects.values_list("pid", "display_number")) == {"1001": 2, "1002": 1, "1003": 3}


def test_a_new_product_takes_a_number_that_the_same_file_frees(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,1001,")
    assert counts(bring_in("2,Hoops,,49.99,,1001,", "1,Chain,,20,,1002,", upsert=True)) == (1, 1, 0, 0)
    assert dict(Product.objects.values_list("pid", "display_number")) == {"1001": 2, "1002": 1}


def test_a_kept_product_with_another_name_is_warned_of(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,,")
    [warning] = bring_in("1,Chain,,20,,,").warnings
    assert warning["message"] == 'The number 1 is "Hoops" already and was left as it is; this line says "Chain"'


def test_two_lines_that_mean_one_product_are_an_error(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,1001,")
    with pytest.raises(importing.RowsRefused) as refused:
        bring_in("7,Hoops,,49.99,,1001,", "1,Hoops again,,49.99,,,", upsert=True)
    assert errors_of(refused) == [(3, 'This line and line 2 both mean the product "Hoops"')]


def test_a_product_of_another_brand_is_an_error(bring_in: Importing, studio: Studio) -> None:
    other = actions.create_brand(studio.pk, name="Aurora")
    actions.create_product(studio.pk, other, name="Lamp", original_price_cents=100, pid="1001")
    with pytest.raises(importing.RowsRefused) as refused:
        bring_in("1,Hoops,,49.99,,1001,", upsert=True)
    assert errors_of(refused) == [(2, 'The product 1001 belongs to the brand "Aurora" already')]


def test_a_pid_of_another_studio_is_nobodys_business(bring_in: Importing, other_studio: Studio) -> None:
    theirs = actions.create_brand(other_studio.pk, name="Theirs")
    actions.create_product(other_studio.pk, theirs, name="Secret", original_price_cents=100, pid="1001")
    assert counts(bring_in("1,Hoops,,49.99,,1001,", upsert=True)) == (1, 0, 0, 0)


def test_a_new_price_below_the_kept_sale_price_is_an_error(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,29.99,1001,")
    with pytest.raises(importing.RowsRefused) as refused:
        bring_in("1001,25", header="pid,original_price", upsert=True)
    assert errors_of(refused) == [(2, "The sale price (29.99) is above the original price (25.00)")]


def test_new_products_need_name_and_price(bring_in: Importing) -> None:
    with pytest.raises(importing.RowsRefused) as refused:
        bring_in("1001,5", header="pid,stock", upsert=True)
    assert [message for _, message in errors_of(refused)] == [
        "Name missing, and this is a new product",
        "Price missing, and this is a new product",
    ]


def test_one_bad_row_and_nothing_is_written(bring_in: Importing) -> None:
    bring_in("1,Hoops,,49.99,,1001,")
    before = list(Product.objects.values())
    with pytest.raises(importing.RowsRefused) as refused:
        bring_in("1,Renamed,,49.99,,1001,", "2,Chain,,20,,,", "3,Bad,,-5.00,,,", "4,Bad,,abc,,,", upsert=True)
    assert errors_of(refused) == [(4, "Price must be positive"), (5, "Invalid price format")]
    assert refused.value.message == "2 things are wrong in this file. Nothing was written."
    assert list(Product.objects.values()) == before


def test_a_rehearsal_counts_and_writes_nothing(
    bring_in: Importing, listening: Callable[[], AbstractContextManager[Told]]
) -> None:
    bring_in("1,Hoops,,49.99,,1001,")
    before = list(Product.objects.values())
    with listening() as told:
        result = bring_in("1,Renamed,,49.99,,1001,", "2,Chain,,20,,,", write=importing.rehearse, upsert=True)
    assert counts(result) == (1, 1, 0, 0)
    assert list(Product.objects.values()) == before
    assert told == []


def test_only_changed_products_are_told(
    bring_in: Importing, studio: Studio, listening: Callable[[], AbstractContextManager[Told]]
) -> None:
    bring_in("1,Hoops,,49.99,,1001,", "2,Chain,,20,,1002,")
    chain = Product.objects.get(pid="1002").pk
    with listening() as told:
        bring_in("1,Hoops,,49.99,,1001,", "2,Chain,,18,,1002,", "3,Ring,,9,,1003,", upsert=True)
    assert told == [(f"catalog:{studio.pk}", "product_changed", {"product_ids": [chain]})]


def test_progress_is_told_and_a_cancel_is_heard(bring_in: Importing) -> None:
    heard: list[int] = []
    lines = [f"{n},P,,5,,," for n in range(1, 2501)]

    def hear(rows: int) -> None:
        heard.append(rows)
        Brand.objects.count()  # the connection is free for this

    bring_in(*lines, on_progress=hear)
    assert heard == [1000, 2000, 2500]
    Product.objects.all().delete()
    with pytest.raises(importing.Cancelled):
        bring_in(*lines, should_cancel=lambda: True)
    assert not Product.objects.exists()


def test_a_brand_of_another_studio_is_not_there(tmp_path: Path, other_studio: Studio, brand: Brand) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n1,A,,5,,,\n")
    with importing.read(path) as plan, pytest.raises(NotFound), transaction.atomic():
        importing.write(plan, studio_id=other_studio.pk, brand_id=brand.pk)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_product_once(tmp_path: Path, studio: Studio, brand: Brand) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEADER, *[f"{n},P{n},,5,,{n + 5000}," for n in range(1, 1501)]]))

    def run(on_progress: Callable[[int], None]) -> ImportResult:
        try:
            with importing.read(path) as plan, transaction.atomic():
                return importing.write(
                    plan, studio_id=studio.pk, brand_id=brand.pk, upsert=True, on_progress=on_progress
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        second: list[Future[ImportResult]] = []

        def start_the_second(_rows: int) -> None:
            if not second:
                second.append(pool.submit(run, lambda _rows: None))
                wait_until(somebody_waits_for_a_lock)

        first = pool.submit(run, start_the_second).result()
        results = [first, second[0].result()]
    assert sorted(counts(result) for result in results) == [(0, 0, 1500, 0), (1500, 0, 0, 0)]
    assert Product.objects.count() == 1500


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.django_db(transaction=True)
def test_a_product_made_meanwhile_is_a_conflict(tmp_path: Path, studio: Studio, brand: Brand) -> None:
    """Single edits do not wait for an import; whoever commits a pid first has it."""
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n1,A,,5,,1001,\n")
    asked = 0

    def make_one() -> None:
        actions.create_product(studio.pk, brand.pk, name="First", original_price_cents=100, pid="1001")
        connection.close()

    def at_the_last_moment() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:  # once for the batch, once before writing
            with ThreadPoolExecutor(1) as pool:
                pool.submit(make_one).result()
        return False

    with importing.read(path) as plan, pytest.raises(Conflict) as refused, transaction.atomic():
        importing.write(plan, studio_id=studio.pk, brand_id=brand.pk, should_cancel=at_the_last_moment)
    assert refused.value.reason == "changed_meanwhile"
    assert list(Product.objects.values_list("name", flat=True)) == ["First"]


@pytest.mark.django_db(transaction=True)
def test_writing_needs_the_callers_transaction(tmp_path: Path, studio: Studio, brand: Brand) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n1,A,,5,,,\n")
    with importing.read(path) as plan, pytest.raises(TransactionManagementError):
        importing.write(plan, studio_id=studio.pk, brand_id=brand.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.catalog_import')")
        assert cursor.fetchone() == (None,)


def test_the_number_of_statements_does_not_grow_with_the_rows(
    bring_in: Importing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 300):
        with django_assert_num_queries(44):
            bring_in(*[f"{n},P{n},,5,,{n + 5000}," for n in range(1, count + 1)], upsert=True)


def test_a_mapping_is_obeyed(bring_in: Importing) -> None:
    with pytest.raises(Invalid):
        bring_in("1,A,5", header="n,t,p", mapping={"nope": "name"})
    bring_in("1,A,5", header="n,t,p", mapping={"n": "number", "t": "name", "p": "original_price"})
    assert Product.objects.values_list("name", "original_price_cents").get() == ("A", 500)
