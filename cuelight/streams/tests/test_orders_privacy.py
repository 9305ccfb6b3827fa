"""Nothing of who ordered survives the reading of a row: not in the database, nor in a log, a file of ours or anything
that was returned."""

import csv
import io
import logging
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from structlog.testing import capture_logs

from cuelight.accounts.models import Studio
from cuelight.errors import CuelightError
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import importing
from cuelight.streams.orders.lines import Findings
from cuelight.streams.orders.reading import Answers, OrderFile
from cuelight.streams.tests.orders import NOTHING_SAID, SAMPLES, access

#: Columns that say who it was, or may.
SHOPIFY = (
    "Email", "Billing Name", "Billing Street", "Billing Address1", "Billing City", "Billing Zip", "Billing Phone",
    "Shipping Name", "Shipping Street", "Shipping Address2", "Shipping Company", "Shipping City", "Shipping Zip",
    "Shipping Phone", "Notes", "Note Attributes", "Phone", "Payment Reference", "Employee", "Tags", "Receipt Number",
)  # fmt: skip
TIKTOK = (
    "Buyer Message", "Buyer Username", "Recipient", "Phone #", "State", "City", "Zipcode", "Address Line 1",
    "Address Line 2", "Seller Note", "Tracking ID", "Checked Marked by", "Cancel Reason",
)  # fmt: skip
MARKER = "zqxmarker"
FILES = [
    ("shopify-orders.csv", SHOPIFY, NOTHING_SAID, "utf-8"),
    ("tiktok-orders-us.csv", TIKTOK, Answers("month", ZoneInfo("America/Chicago"), "USD"), "utf-8-sig"),
]  # fmt: skip

#: What a person may write about themselves, and what breaks a table.
said = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
breakage = st.sampled_from(["", "", "", 'a"b', "\n", "\t", ";", "\r\n\r\n", "=1+1"])


def planted(name: str, columns: tuple[str, ...], texts: list[str], spoil: int, encoding: str) -> bytes:
    """The sample with a marker in every personal cell; some lines are spoiled so that they are refused."""
    rows = list(csv.reader(io.StringIO((SAMPLES / name).read_text(encoding), newline="")))
    places = [rows[0].index(column) for column in columns]
    for number, row in enumerate(rows[1:]):
        for place in places:
            row[place] = f"{MARKER}{number}{texts[(number + place) % len(texts)]}"
        if spoil and number % spoil == 0:
            row[rows[0].index("Created at" if "Created at" in rows[0] else "Created Time")] = "some day"
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode(encoding)


def everything_stored() -> str:
    """Every cell of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        texts = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            texts.append(cursor.fetchone()[0])
    return "\n".join(texts)


def files_left(*folders: Path) -> str:
    return "\n".join(
        path.read_bytes().decode("utf-8", "replace")
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "columns", "answers", "encoding"), FILES, ids=["shopify", "tiktok"])
@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(st.tuples(said, breakage), min_size=1, max_size=4), spoil=st.sampled_from([0, 2, 3]))
def test_who_ordered_is_dropped_as_the_row_is_read(
    studio: Studio,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    name: str,
    columns: tuple[str, ...],
    answers: Answers,
    encoding: str,
    texts: list[tuple[str, str]],
    spoil: int,
) -> None:
    content = planted(name, columns, ["".join(pair) for pair in texts], spoil, encoding)
    assert MARKER in content.decode(encoding)
    caplog.set_level(logging.DEBUG)
    with TemporaryDirectory() as folder, capture_logs() as logged:
        settings.DATA_DIR = Path(folder)
        kept: list[Any] = list(read(content, answers, Path(folder)))
        made = importing.preview(SimpleUploadedFile(name, content), answers, access=access(studio.pk))
        kept.append(files_left(Path(folder)))
        kept.append(OrderImport.objects.get(pk=made).counts)
        kept.append(importing.apply(made, access=access(studio.pk)))
        kept.append(files_left(Path(folder)))
        again = importing.preview(SimpleUploadedFile(name, content), answers, access=access(studio.pk))
        importing.discard(again, access=access(studio.pk))
        importing.revert(made, access=access(studio.pk))
        assert not list(Path(gettempdir()).glob("cuelight-orders-*"))
    # psycopg's COPY and Django's queries are not logged; if they ever are, this sees it.
    assert MARKER not in f"{kept}\n{logged}\n{caplog.text}\n{everything_stored()}"
    assert "PV-" in f"{kept}"  # and what was ordered is there


def read(content: bytes, answers: Answers, folder: Path) -> list[Any]:
    """Everything that the readers hand on, and what they found."""
    path = folder / "upload.csv"
    path.write_bytes(content)
    file, found = OrderFile(path), Findings()
    lines = list(file.lines(file.clock(answers), answers, found))
    path.unlink()
    return [lines, found, [vars(one) for one in (file.kind,)]]


@pytest.mark.django_db
def test_a_refusal_does_not_repeat_what_stands_in_the_file(studio: Studio, tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    torn = (SAMPLES / "shopify-orders.csv").read_bytes().replace(b",paid,", f',{MARKER},"paid"x,'.encode())
    shifted = (SAMPLES / "shopify-orders.csv").read_bytes().replace(b",paid,", f",{MARKER},paid,".encode())
    for content in (torn, shifted):
        try:
            made = importing.preview(SimpleUploadedFile("o.csv", content), NOTHING_SAID, access=access(studio.pk))
            says = str([OrderImport.objects.get(pk=made).counts[name] for name in ("errors", "warnings")])
        except CuelightError as refused:
            says = refused.message
        assert MARKER not in says
