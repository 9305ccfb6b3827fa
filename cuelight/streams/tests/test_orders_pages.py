"""The pages of order files: upload, look, read in, take back, undo; and who may."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import counted
from cuelight.streams.tests.orders import SAMPLES, TIKTOK, line, looked_at, read_in, sold, written

FORM = {"order": "", "zone": "", "currency": "USD"}


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def upload(client: Client, name: str, content: bytes | None = None, **answers: str) -> str:
    """The page that the upload leads to."""
    content = (SAMPLES / name).read_bytes() if content is None else content
    answer = client.post(
        "/dashboard/orders", {**FORM, **answers, "file": SimpleUploadedFile(name, content)}, follow=True
    )
    return answer.content.decode()


def answered(client: Client, **answers: str) -> str:
    """The page that an answer leads to."""
    asked = OrderImport.objects.latest("id")
    answer = client.post(f"/dashboard/orders/{asked.pk}/answer", {**FORM, **answers}, follow=True)
    return answer.content.decode()


def undo(client: Client, shown: str) -> str:
    """Presses the Undo of a page."""
    path = re.search(r'action="(/dashboard/orders/\d+/undo)"', shown)
    value = re.search(r'name="undo" value="([^"]+)"', shown)
    assert path is not None
    assert value is not None
    answer = client.post(path[1], {"undo": value[1]}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_from_upload_to_undo(client: Client, studio: Studio, producer: Person) -> None:
    client.force_login(producer)
    shown = upload(client, "shopify-orders.csv")
    assert "Nothing counts yet" in shown
    assert "Riviera Chain" in shown  # not in the catalogue
    assert counted.lines(studio.pk).count() == 0
    made = OrderImport.objects.get()
    after = client.post(f"/dashboard/orders/{made.pk}/read-in", follow=True).content.decode()
    lines = counted.lines(studio.pk).count()
    assert lines > 10
    assert f"is read in: {lines} new lines" in after
    after = client.post(f"/dashboard/orders/{made.pk}/take-back", follow=True).content.decode()
    assert ("Taken back" in after, counted.lines(studio.pk).count()) == (True, 0)
    undo(client, after)
    assert counted.lines(studio.pk).count() == lines


def test_reading_in_can_be_undone_at_once(client: Client, studio: Studio, producer: Person) -> None:
    client.force_login(producer)
    made = looked_at(studio.pk, written([line("#1")]))
    shown = client.post(f"/dashboard/orders/{made}/read-in", follow=True).content.decode()
    undo(client, shown)
    assert counted.lines(studio.pk).count() == 0


def test_a_file_asks_what_it_does_not_say_and_is_not_chosen_again(client: Client, producer: Person) -> None:
    client.force_login(producer)
    ambiguous = (SAMPLES / "tiktok-orders-us.csv").read_bytes().replace(b"4/28/2026", b"4/8/2026")
    assert "may be read both ways" in upload(client, "t.csv", ambiguous)
    shown = answered(client, order="day")
    assert "do not say their time zone" in shown
    assert '<option value="day" selected>' in shown
    shown = answered(client, order="day", zone="America/Chicago")
    assert "the file’s times are America/Chicago’s, day first" in shown
    # It was answered: a page from before says where it is now.
    assert "Nothing counts yet" in answered(client, order="month", zone="America/Chicago")


def test_what_the_file_proves_is_not_asked(client: Client, producer: Person) -> None:
    client.force_login(producer)
    shown = upload(client, "tiktok-orders-us.csv", zone="America/Chicago")
    assert "the file’s times are America/Chicago’s, month first" in shown
    assert "proves that the month comes first" in upload(
        client, "tiktok-orders-us.csv", zone="America/Chicago", order="day"
    )
    assert "month first" in answered(client, zone="America/Chicago")


def test_amounts_in_another_currency_are_asked_about(client: Client, producer: Person) -> None:
    client.force_login(producer)
    shown = upload(client, "t.csv", written([sold("1", paid="€10.00")], TIKTOK), zone="Europe/Berlin", order="month")
    assert "are not in USD" in shown
    assert "10.00 EUR" in answered(client, zone="Europe/Berlin", order="month", currency="EUR")


@pytest.mark.parametrize(
    "answers", [{"zone": "Mars/Base"}, {"order": "year"}, {"currency": "BITS"}, {"zone": "../../etc/passwd"}]
)
def test_what_no_form_offers_is_refused(client: Client, producer: Person, answers: dict[str, str]) -> None:
    client.force_login(producer)
    assert "from the lists" in upload(client, "shopify-orders.csv", None, **answers)
    assert not OrderImport.objects.exists()


def test_no_file_and_no_table_are_told(client: Client, producer: Person) -> None:
    client.force_login(producer)
    assert "Choose a file first" in client.post("/dashboard/orders", FORM).content.decode()
    assert "This is no table" in upload(client, "orders.pdf", b"%PDF-1.4")
    assert "This is no table" in upload(client, "orders.csv", b"%PDF-1.4 and so on")


def test_a_lines_problem_is_shown_with_its_line(client: Client, studio: Studio, producer: Person) -> None:
    client.force_login(producer)
    made = looked_at(studio.pk, written([line("#1"), line("#2", quantity="some")]))
    shown = client.get(f"/dashboard/orders/{made}").content.decode()
    assert '<td class="number mono">3</td><td>The quantity must be a whole number from 0 up.</td>' in shown


@pytest.mark.parametrize("step", ["", "/answer", "/read-in", "/discard", "/take-back", "/undo"])
def test_strangers_and_hosts_stay_outside(
    client: Client, studio: Studio, host: Person, cataloger: Person, stranger: Person, step: str
) -> None:
    made = read_in(studio.pk, written([line("#1")]))["id"]
    for person, status in {host: 403, cataloger: 404, stranger: 404}.items():
        client.force_login(person)
        path = f"/dashboard/orders/{made}{step}"
        found = (client.post(path) if step else client.get(path)).status_code
        assert (person.name, found) == (person.name, status)
    client.force_login(stranger)
    assert "orders.csv" not in client.get("/dashboard/orders").content.decode()
    assert counted.lines(studio.pk).count() == 1
