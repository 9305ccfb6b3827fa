"""Order files that a job reads: progress that is told, a cancel, a failure, a question, and what lies on the disk."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.errors import Conflict
from cuelight.live import broadcast
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.live.wire import Encoded
from cuelight.streams import jobs
from cuelight.streams.erasing import erase_studio
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import importing, looking, progress, staging, tables, writing
from cuelight.streams.orders.progress import State
from cuelight.streams.orders.reading import Answers
from cuelight.streams.tests.orders import TIKTOK, access, kept, line, looked_at, sold, stands, written

pytestmark = pytest.mark.usefixtures("empty_queue")
#: What must not be on the disk once a file was read.
MARKER = "zqxmarker"
ROWS = [line(f"#{number}", "A", Email=MARKER, Phone=MARKER, Notes=MARKER) for number in range(1, 41)]
ASKS = [sold(str(number), **{"Buyer Username": MARKER, "Address Line 1": MARKER}) for number in range(1, 41)]


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few lines are a job, and each of them is told of."""
    monkeypatch.setattr("cuelight.streams.orders.reading.SMALL_TABLE", 0)
    monkeypatch.setattr(importing, "SMALL_TABLE", 0)
    monkeypatch.setattr(importing, "SMALL_LINES", 0)
    monkeypatch.setattr(progress, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(progress, "REPORT_EVERY_S", 0)


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """Everything that who watches an import hears."""
    heard: list[dict[str, Any]] = []

    def hear(topic: str, event: str, payload: Encoded) -> None:
        if topic.startswith("orders:"):
            heard.append(orjson.loads(payload.json))

    broadcast.witnesses.append(hear)
    yield heard
    broadcast.witnesses.remove(hear)


def waiting(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [name])
        return int(cursor.fetchone()[0])


def state(import_id: int) -> str:
    return str(OrderImport.objects.get(pk=import_id).state)


def previewed(studio_id: int) -> int:
    made = looked_at(studio_id, written(ROWS))
    looking.look_now(made)
    return made


def elsewhere(act: Callable[[], Any]) -> None:
    """Somebody else's request, on a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_large_file_is_taken_at_once_and_read_by_a_job(studio: Studio, data_folder: Path) -> None:
    made = looked_at(studio.pk, written(ROWS))
    assert (state(made), waiting("streams.look_at_orders")) == (State.READING, 1)
    assert kept(data_folder) == [f"{made}.upload"]
    assert (data_folder / "orders" / f"{made}.upload").stat().st_mode & 0o077 == 0
    jobs.look_at_orders(import_id=made)
    assert (state(made), kept(data_folder)) == (State.PREVIEW, [f"{made}.jsonl"])
    assert OrderImport.objects.get(pk=made).counts["added"] == 40
    assert importing.apply(made, access=access(studio.pk)) is None
    assert (state(made), waiting("streams.read_orders_in"), stands(studio.pk)) == (State.APPLYING, 1, [])
    jobs.read_orders_in(import_id=made)
    assert (state(made), kept(data_folder), len(stands(studio.pk))) == (State.DONE, [], 40)


def test_how_far_it_is_is_told_and_only_grows(studio: Studio, told: list[dict[str, Any]]) -> None:
    made = previewed(studio.pk)
    reading = [one for one in told if one["state"] == "reading"]
    assert "Reading the file: 20 of 41 lines" in [one["sentence"] for one in reading]
    assert [one["done"] for one in reading] == sorted(one["done"] for one in reading)
    steps = list(dict.fromkeys(one["step"] for one in reading))
    assert steps == ["Reading the file", "Understanding its lines", "Comparing with the orders there are"]
    assert told[-1]["state"] == "preview"
    told.clear()
    importing.apply(made, access=access(studio.pk))
    writing.apply_now(made, by=None, token_id=None)
    assert [one["state"] for one in told[:1] + told[-1:]] == ["applying", "done"]
    assert "Reading in: 20 of 40 lines" in [one["sentence"] for one in told]
    # Told before it is written: the page says so while the database is at it.
    assert "Writing the orders" in [one["step"] for one in told]


def test_a_page_loaded_again_shows_how_far_it_is(
    client: Client, studio: Studio, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(producer)
    made = looked_at(studio.pk, written(ROWS))
    shown = client.get(f"/dashboard/orders/{made}").content.decode()
    assert '"sentence":"Waiting to be read"' in shown
    assert ">Cancel</button>" in shown
    pages: list[str] = []

    def half_way(*_: Any) -> dict[str, Any]:
        pages.append(client.get(f"/dashboard/orders/{made}").content.decode())
        pages.append(client.get("/dashboard/orders").content.decode())
        return {}

    monkeypatch.setattr(tables, "compare", half_way)
    looking.look_now(made)
    assert '"step":"Comparing with the orders there are"' in pages[0]
    assert "Is being read" in pages[1]


def test_a_cancel_ends_the_job_and_nothing_stays(
    studio: Studio, data_folder: Path, monkeypatch: pytest.MonkeyPatch, told: list[dict[str, Any]]
) -> None:
    made = looked_at(studio.pk, written(ROWS))
    real = staging.rows
    seen: list[list[str]] = []

    def cancelled_meanwhile(import_id: int) -> Iterator[Any]:
        for place, row in enumerate(real(import_id)):
            if place == 5 and not seen:
                seen.append(kept(data_folder))
                elsewhere(lambda: importing.discard(made, access=access(studio.pk)))
            yield row

    monkeypatch.setattr(staging, "rows", cancelled_meanwhile)
    looking.look_now(made)
    assert seen == [[f"{made}.rows"]]
    assert (OrderImport.objects.count(), kept(data_folder)) == (0, [])
    assert told[-1]["state"] == "gone"


def test_a_cancel_before_anybody_has_read_it_takes_the_upload_away(studio: Studio, data_folder: Path) -> None:
    made = looked_at(studio.pk, written(ROWS))
    importing.discard(made, access=access(studio.pk))
    assert kept(data_folder) == []
    jobs.look_at_orders(import_id=made)
    assert (OrderImport.objects.count(), kept(data_folder)) == (0, [])


def test_what_is_being_read_in_cannot_be_left_any_more(studio: Studio) -> None:
    made = previewed(studio.pk)
    importing.apply(made, access=access(studio.pk))
    with pytest.raises(Conflict, match="Take it back when that is done"):
        importing.discard(made, access=access(studio.pk))


def test_a_file_that_cannot_be_read_says_why_and_is_gone(
    client: Client, studio: Studio, producer: Person, data_folder: Path
) -> None:
    columns = ["Name", "Lineitem quantity", "Lineitem name", "Financial Status", "Email"]
    made = looked_at(studio.pk, written([{"Name": "#1", "Email": MARKER}], columns))
    jobs.look_at_orders(import_id=made)
    assert (state(made), kept(data_folder)) == (State.FAILED, [])
    client.force_login(producer)
    shown = client.get(f"/dashboard/orders/{made}").content.decode()
    assert "This file has no column Currency, Created at" in shown
    assert "Choose another file" in shown
    client.post(f"/dashboard/orders/{made}/discard")
    assert not OrderImport.objects.exists()


def test_a_question_waits_without_anybody_who_ordered(
    client: Client, studio: Studio, producer: Person, data_folder: Path
) -> None:
    made = looked_at(studio.pk, written(ASKS, TIKTOK))
    jobs.look_at_orders(import_id=made)
    assert (state(made), kept(data_folder)) == (State.ASKING, [f"{made}.rows"])
    assert MARKER not in (data_folder / "orders" / f"{made}.rows").read_text()
    client.force_login(producer)
    assert "do not say their time zone" in client.get(f"/dashboard/orders/{made}").content.decode()
    form = {"order": "", "zone": "America/Chicago", "currency": "USD"}
    shown = client.post(f"/dashboard/orders/{made}/answer", form, follow=True).content.decode()
    assert "Waiting to be read" in shown
    jobs.look_at_orders(import_id=made)
    assert (state(made), kept(data_folder)) == (State.PREVIEW, [f"{made}.jsonl"])


def test_something_that_breaks_takes_the_upload_away(
    studio: Studio, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = looked_at(studio.pk, written(ROWS))

    def broken(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(staging, "keep_rows", broken)
    with pytest.raises(OSError, match="no space left"):
        looking.look_now(made)
    assert (state(made), kept(data_folder)) == (State.FAILED, [])
    assert "Something broke on our side" in OrderImport.objects.get(pk=made).problem["message"]


def test_while_the_database_is_away_the_file_waits_for_the_next_try(
    studio: Studio, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = looked_at(studio.pk, written(ROWS))

    def away(*_: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(tables, "compare", away)
        looking.look_now(made)
    # Who ordered is gone already: what is read again is what was kept of it.
    assert (state(made), kept(data_folder)) == (State.READING, [f"{made}.jsonl", f"{made}.rows"])
    looking.look_now(made)
    assert (state(made), kept(data_folder)) == (State.PREVIEW, [f"{made}.jsonl"])


class Killed(BaseException):
    """The end of a process, as far as code can tell."""


def test_a_job_that_is_ended_while_it_writes_starts_again_and_writes_once(
    studio: Studio, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = previewed(studio.pk)
    importing.apply(made, access=access(studio.pk))
    real = tables.write

    def killed(*values: Any) -> None:
        real(*values)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(tables, "write", killed)
        writing.apply_now(made, by=None, token_id=None)
    assert (state(made), stands(studio.pk), kept(data_folder)) == (State.APPLYING, [], [f"{made}.jsonl"])
    for _ in range(2):
        writing.apply_now(made, by=None, token_id=None)
        assert (state(made), len(stands(studio.pk)), kept(data_folder)) == (State.DONE, 40, [])


def test_reading_in_that_breaks_leaves_the_preview(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    made = previewed(studio.pk)
    importing.apply(made, access=access(studio.pk))

    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(tables, "write", broken)
        writing.apply_now(made, by=None, token_id=None)
    found = OrderImport.objects.get(pk=made)
    assert (found.state, found.problem["message"]) == (
        State.PREVIEW,
        "Something broke on our side. Nothing was read in; try again.",
    )
    jobs.read_orders_in(import_id=made)  # the try that the queue makes of its own
    assert (state(made), stands(studio.pk)) == (State.PREVIEW, [])
    importing.apply(made, access=access(studio.pk))
    jobs.read_orders_in(import_id=made)
    assert (state(made), len(stands(studio.pk))) == (State.DONE, 40)


def test_pressed_twice_it_is_read_in_once(client: Client, studio: Studio, producer: Person) -> None:
    client.force_login(producer)
    made = previewed(studio.pk)
    for _ in range(2):
        answer = client.post(f"/dashboard/orders/{made}/read-in")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/dashboard/orders/{made}")
    assert waiting("streams.read_orders_in") == 1
    jobs.read_orders_in(import_id=made)
    assert len(stands(studio.pk)) == 40
    assert "Take back" in client.post(f"/dashboard/orders/{made}/read-in", follow=True).content.decode()


def test_the_night_takes_away_what_nobody_has_read(studio: Studio, data_folder: Path) -> None:
    applying = previewed(studio.pk)
    importing.apply(applying, access=access(studio.pk))
    unread, asking, fresh = looked_at(studio.pk, written(ROWS)), looked_at(studio.pk, written(ASKS, TIKTOK)), 0
    looking.look_now(asking)
    (data_folder / "orders" / "x1.part").write_text(MARKER)
    (data_folder / "orders" / f"{2**40}.upload").write_text(MARKER)
    for path in (data_folder / "orders").iterdir():
        os.utime(path, (0, 0))
    OrderImport.objects.update(made_at=timezone.now() - timedelta(days=2))
    fresh = looked_at(studio.pk, written(ROWS), Answers("", None, "EUR"))
    for path in (data_folder / "orders").iterdir():
        if not path.name.startswith(f"{fresh}."):
            os.utime(path, (0, 0))
    jobs.forget_old(timestamp=0)
    # What somebody has said shall count is waited for, however long no worker runs.
    assert kept(data_folder) == sorted([f"{applying}.jsonl", f"{fresh}.upload"])
    assert set(OrderImport.objects.values_list("id", flat=True)) == {applying, fresh}
    assert unread not in (applying, fresh)


def test_a_studio_that_is_erased_takes_its_files_with_it(studio: Studio, data_folder: Path) -> None:
    other = Studio.objects.create(name="Elsewhere", slug="elsewhere")
    looked_at(studio.pk, written(ROWS))
    theirs = looked_at(other.pk, written(ROWS))
    erase_studio(studio.pk)
    assert kept(data_folder) == [f"{theirs}.upload"]


def test_another_file_that_is_being_read_in_is_not_waited_for_long(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATIENCE_S", 0.05)
    made = previewed(studio.pk)
    importing.apply(made, access=access(studio.pk))
    writing.apply_now(made, by=None, token_id=None)
    refused: list[str] = []

    def take_back() -> None:
        try:
            importing.revert(made, access=access(studio.pk))
        except Conflict as conflict:
            refused.append(conflict.reason)

    second, real = previewed(studio.pk), tables.write
    importing.apply(second, access=access(studio.pk))

    def meanwhile(*values: Any) -> None:
        real(*values)
        elsewhere(take_back)

    monkeypatch.setattr(tables, "write", meanwhile)
    writing.apply_now(second, by=None, token_id=None)
    assert refused == ["busy"]


@pytest.mark.usefixtures("live")
async def test_who_may_read_orders_in_may_watch_it(
    studio: Studio, producer: Person, host: Person, stranger: Person
) -> None:
    made = await run_db(looked_at, studio.pk, written(ROWS))
    topic = f"orders:{made}"
    for person in (host, stranger):
        async with connect(who(person)) as socket:
            assert (await socket.join(topic)).response["reason"] == "not_found"
    async with connect(who(producer)) as socket:
        reply = await socket.join(topic)
        assert (reply.response["state"], reply.response["sentence"]) == ("reading", "Waiting to be read")
        # No worker runs in this test.
        assert reply.response["note"].startswith("No worker is running")
        await run_db(looking.look_now, made)
        heard = await socket.receive(topic, "progress")
        assert (heard["step"], heard["note"]) == ("Reading the file", "")
        while heard["state"] == "reading":
            heard = await socket.receive(topic, "progress")
        assert heard["state"] == "preview"
