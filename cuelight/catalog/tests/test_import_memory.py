"""A file of any length takes the same memory. Measured as the peak of Python's own allocations, so nothing is timed."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction

from cuelight.accounts.models import Studio
from cuelight.catalog import importing
from cuelight.catalog.models import Brand, Product

ALLOWED_GROWTH = 1 << 20
"""A hundred bytes kept per row would be twice this, and ten times when writing."""

FEW, MANY, VERY_MANY = 2_000, 22_000, 100_000


@contextmanager
def peak() -> Iterator[Callable[[], int]]:
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        yield lambda: tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def csv_of(folder: Path, rows: int) -> Path:
    path = folder / f"{rows}.csv"
    with path.open("w") as file:
        file.write("index,name,talking_points,original_price,sale_price,pid,sku\n")
        for n in range(1, rows + 1):
            file.write(f'{n},Product {n},"- gold\n- number {n}",${n % 900 + 10}.99,,{1729 * 10**15 + n},PV-{n}\n')
    return path


def json_of(folder: Path, rows: int) -> Path:
    path = folder / f"{rows}.json"
    with path.open("w") as file:
        file.write('{"products": [{"display_number": 1, "name": "First", "original_price_cents": 100}')
        for n in range(2, rows + 1):
            file.write(
                f',\n{{"display_number": {n}, "name": "Product {n}", "original_price_cents": {n}, "pid": "P{n}"}}'
            )
        file.write("]}")
    return path


def shopify_of(folder: Path, rows: int) -> Path:
    """Each product in two lines."""
    path = folder / f"shop-{rows}.csv"
    with path.open("w") as file:
        file.write("URL handle,Title,Description,SKU,Option1 name,Option1 value,Price,Product image URL\n")
        for n in range(1, rows + 1):
            file.write(
                f'p-{n},Product {n},"<ul><li>gold\n</li></ul>",A-{n},Metal,Gold,5.00,https://x.example/{n}.jpg\n'
            )
            file.write(f"p-{n},,,B-{n},,Silver,6.00,https://x.example/{n}-2.jpg\n")
    return path


@pytest.mark.parametrize("make", [csv_of, json_of, shopify_of])
def test_reading_is_flat(tmp_path: Path, make: Callable[[Path, int], Path]) -> None:
    peaks = []
    for rows in (FEW, FEW, MANY):  # the first fills caches
        plan = importing.read(make(tmp_path, rows))
        with peak() as measured:
            assert plan.preview()["rows_total"] == rows
            peaks.append(measured())
    assert peaks[2] < peaks[1] + ALLOWED_GROWTH


def test_a_file_full_of_errors_is_flat(tmp_path: Path) -> None:
    peaks = []
    for rows in (FEW, FEW, MANY):
        path = tmp_path / f"{rows}.csv"
        path.write_text("index,name,original_price\n" + "1,,abc\n" * rows)
        plan = importing.read(path)
        with peak() as measured:
            assert plan.preview()["errors_total"] == 3 * rows - 1
            peaks.append(measured())
    assert peaks[2] < peaks[1] + ALLOWED_GROWTH


@pytest.mark.timeout(600)
def test_writing_is_flat(tmp_path: Path, studio: Studio, brand: Brand) -> None:
    peaks = []
    for rows in (FEW, FEW, VERY_MANY):
        with importing.read(csv_of(tmp_path, rows)) as plan, peak() as measured, transaction.atomic():
            result = importing.write(plan, studio_id=studio.pk, brand_id=brand.pk)
            assert sum(1 for _ in result.lineup()) == rows
            peaks.append(measured())
    assert Product.objects.count() == VERY_MANY
    assert peaks[2] < peaks[1] + ALLOWED_GROWTH
