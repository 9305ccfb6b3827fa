"""Runs of the importer: upload, preview, the run itself, cancel; who may watch."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.sessions import imports
from cuelight.sessions.models import LineupItem, Session, SheetImport
from cuelight.sessions.tests.conftest import who
from cuelight.tests.installation import until

SHEET = "index,name,original_price,pid\n2,Ring,$10.00,5550001\n7,Chain,$20.00,5550002\n"
BROKEN = "index,name,original_price,pid\n2,Ring,,5550001\n3,Chain,abc,5550002\n"


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def empty_queue(transactional_db: None) -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def uploaded(client: Client, text: str, name: str = "show.csv", **form: Any) -> Any:
    return client.post("/imports", {"file": SimpleUploadedFile(name, text.encode()), **form})


def run_of(answer: Any) -> SheetImport:
    assert answer.status_code == 302, answer.content
    return SheetImport.objects.get(id=int(answer["Location"].rsplit("/", 1)[1]))


def test_a_sheet_becomes_products_and_a_lineup(client: Client, producer: Person, brand: Brand) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, SHEET, brand=brand.pk, new_session="Friday"))
    imports.preview_now(run.pk)
    shown = imports.row(run.pk)
    assert (shown["status"], shown["rows_total"]) == ("preview", 2)
    assert shown["preview"] is not None
    assert shown["preview"]["would"] == {"new": 2, "updated": 0, "unchanged": 0, "skipped": 0}
    assert not Product.objects.exists()
    imports.start(run.pk)
    imports.run_now(run.pk)
    assert imports.row(run.pk)["status"] == "done"
    lineup = LineupItem.objects.filter(session__name="Friday").order_by("position")
    assert [(item.position, item.product.name) for item in lineup] == [(2, "Ring"), (7, "Chain")]
    imports.run_now(run.pk)  # a job may run twice
    assert Product.objects.count() == 2


def test_what_is_wrong_is_told_by_line_and_nothing_is_written(
    client: Client, producer: Person, brand: Brand, studio: Studio
) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, BROKEN, brand=brand.pk))
    imports.preview_now(run.pk)
    preview = imports.row(run.pk)["preview"]
    assert preview is not None
    assert [(error["line"], error["message"]) for error in preview["errors"]] == [
        (2, "Price missing"),
        (3, "Invalid price format"),
    ]
    SheetImport.objects.filter(pk=run.pk).update(status="running")
    imports.run_now(run.pk)
    assert imports.row(run.pk)["status"] == "failed"
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("name", "form", "sentence"),
    [
        ("show.pdf", {"new_brand": "North"}, "show.pdf is no table."),
        ("show.csv", {"brand": "999999"}, "Choose a brand, or name a new one."),
        ("show.csv", {"new_brand": "North", "session": "999999"}, ""),
    ],
)
def test_an_upload_that_is_refused_leaves_nothing_behind(
    client: Client, producer: Person, name: str, form: dict[str, str], sentence: str
) -> None:
    client.force_login(producer)
    answer = uploaded(client, SHEET, name, **form)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Brand.objects.exists()
    assert not SheetImport.objects.exists()


def test_a_form_without_a_file_says_so(client: Client, producer: Person) -> None:
    client.force_login(producer)
    answer = client.post("/imports", {"new_brand": "North"})
    assert (answer.status_code, b"Choose a file first." in answer.content) == (422, True)


def test_a_cataloger_imports_products_but_makes_no_lineup(client: Client, cataloger: Person, session: Session) -> None:
    client.force_login(cataloger)
    assert uploaded(client, SHEET, new_brand="North").status_code == 302
    assert uploaded(client, SHEET, new_brand="South", session=session.pk).status_code == 422
    assert uploaded(client, SHEET, new_brand="South", new_session="Mine").status_code == 422
    assert not Session.objects.filter(name="Mine").exists()


def test_another_studios_run_is_not_there(
    client: Client, producer: Person, stranger: Person, host: Person, brand: Brand
) -> None:
    client.force_login(producer)
    page = uploaded(client, SHEET, brand=brand.pk)["Location"]
    assert client.get(page).status_code == 200
    for other in (stranger, host):
        client.force_login(other)
        assert client.get(page).status_code == 404


def test_steps_are_taken_in_order_only(client: Client, producer: Person, brand: Brand) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, SHEET, brand=brand.pk))
    with pytest.raises(Conflict):
        imports.start(run.pk)  # nobody has looked at it yet
    imports.cancel(run.pk)
    imports.preview_now(run.pk)
    assert imports.row(run.pk)["status"] == "cancelled"
    with pytest.raises(Conflict):
        imports.cancel(run.pk)


def test_a_run_that_is_cancelled_in_the_middle_writes_nothing(
    client: Client, producer: Person, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "REPORT_EVERY_S", 0.0)
    client.force_login(producer)
    rows = "".join(f"{number},Ring {number},$10.00,{5550000 + number}\n" for number in range(1, 20_001))
    run = run_of(uploaded(client, SHEET.partition("\n")[0] + "\n" + rows, brand=brand.pk))
    imports.preview_now(run.pk)
    imports.start(run.pk)
    seen: list[int] = []

    def cancel_when_under_way() -> None:
        try:
            seen.append(until(lambda: SheetImport.objects.get(pk=run.pk).rows_done, "the first rows"))
            imports.cancel(run.pk)
        finally:
            connections.close_all()

    watcher = threading.Thread(target=cancel_when_under_way)
    watcher.start()
    imports.run_now(run.pk)
    watcher.join()
    assert 0 < seen[0] <= 20_000
    assert imports.row(run.pk)["status"] == "cancelled"
    assert not Product.objects.exists()


def test_a_file_that_has_gone_is_told_and_not_left_running(
    client: Client, producer: Person, brand: Brand, data_folder: Path
) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, SHEET, brand=brand.pk))
    imports.preview_now(run.pk)
    imports.start(run.pk)
    for file in (data_folder / "imports").iterdir():
        file.unlink()
    with pytest.raises(FileNotFoundError):
        imports.run_now(run.pk)
    shown = imports.row(run.pk)
    assert shown["status"] == "failed"
    assert shown["result"] is not None
    assert "Nothing was written" in shown["result"]["message"]


def test_files_of_old_runs_are_forgotten(client: Client, producer: Person, brand: Brand, data_folder: Path) -> None:
    client.force_login(producer)
    old, new = (run_of(uploaded(client, SHEET, brand=brand.pk)) for _ in range(2))
    for run, days in ((old, 8), (new, 6)):
        SheetImport.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=days))
    assert imports.remove_old_files() == 1
    assert [path.name for path in (data_folder / "imports").iterdir()] == [Path(new.path).name]


@pytest.mark.usefixtures("live")
async def test_progress_reaches_whoever_may_watch(
    brand: Brand, producer: Person, cataloger: Person, host: Person, stranger: Person
) -> None:
    def upload() -> int:
        file = SimpleUploadedFile("show.csv", SHEET.encode())
        return imports.upload(
            file, studio_id=brand.studio_id, brand_id=brand.pk, session_id=None, upsert=False, person_id=producer.pk
        )

    run_id = await run_db(upload)
    topic = f"import:{run_id}"
    for person in (host, stranger):
        async with connect(who(person)) as socket:
            assert (await socket.join(topic)).response["reason"] == "not_found"
    async with connect(who(producer)) as console, connect(who(cataloger)) as other:
        assert (await console.join(topic)).response["status"] == "reading"
        await other.join(topic)
        await run_db(imports.preview_now, run_id)
        assert (await other.receive(topic, "progress"))["status"] == "preview"
        assert (await console.push(topic, "start")).status == "ok"
        assert (await other.receive(topic, "progress"))["status"] == "running"
        await run_db(imports.run_now, run_id)
        while (told := await other.receive(topic, "progress"))["status"] != "done":
            pass
        assert told["result"]["new"] == 2
        refused = await console.push(topic, "cancel")
        assert (refused.status, refused.response["reason"]) == ("error", "import_moved_on")
