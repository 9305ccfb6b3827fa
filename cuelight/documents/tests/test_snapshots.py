"""Snapshots: at every fiftieth version, once, in the background; thinned, and every version reachable all the same."""

import json
import zlib
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.db import connection, transaction
from django.utils import timezone

from cuelight.accounts.models import Person
from cuelight.accounts.testing import who
from cuelight.documents import asking, commands, history, jobs, snapshots
from cuelight.documents.access import read_access
from cuelight.documents.delta import Delta
from cuelight.documents.models import Document, Snapshot
from cuelight.documents.state import Update
from cuelight.jobs.queue import close_connections
from cuelight.live import broadcast
from cuelight.live.db import run_db
from cuelight.live.transactional import submit_in
from cuelight.live.wire import Encoded

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"


@pytest.fixture(autouse=True)
def empty_queue(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def asked() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'documents.make_snapshots'")
        return int(cursor.fetchone()[0])


def write(document_id: int, count: int) -> int:
    """So many changes of a document; the version they lead to."""
    version = history.newest_version(document_id)
    for _ in range(count):
        with transaction.atomic():
            change = [{"insert": f"{version % 10}"}]
            version = submit_in(connection, f"document:{document_id}", Update(change, version), actor_id=None).version
    return version


def versions(document_id: int) -> list[int]:
    return list(Snapshot.objects.filter(document_id=document_id).order_by("version").values_list("version", flat=True))


def test_forty_nine_changes_make_none_and_fifty_make_one(document_id: int) -> None:
    assert write(document_id, 48) == 49
    assert (snapshots.make_due(document_id), snapshots.behind()) == ([], [])
    write(document_id, 1)
    assert snapshots.behind() == [document_id]
    assert snapshots.make_due(document_id) == [50]
    assert (snapshots.make_due(document_id), snapshots.behind()) == ([], [])
    row = Snapshot.objects.get(document_id=document_id)
    text = "".join(str(n % 10) for n in range(49, 0, -1)) + "hello"
    assert orjson.loads(bytes(row.contents)) == [{"insert": text + "\n"}]
    assert row.html == f"<p>{text}</p>"


@pytest.mark.usefixtures("live")
async def test_the_fiftieth_change_of_an_editor_asks_for_it(document_id: int, producer: Person) -> None:
    access = await run_db(read_access, who(producer), document_id)
    for version in range(1, 49):
        await commands.update(access, [{"insert": "a"}], version, op_id=uuid4())
    assert await run_db(asked) == 0
    answer = await commands.update(access, [{"insert": "a"}], 49, op_id=uuid4())
    assert answer == {"version": 50}
    await asking.asked()
    assert await run_db(asked) == 1


def test_one_that_nobody_asked_for_is_found_by_the_sweep(document_id: int) -> None:
    write(document_id, 60)
    assert asked() == 0
    jobs.sweep_snapshots(0)
    assert asked() == 1


def test_several_changes_at_once_ask_for_theirs(document_id: int) -> None:
    for before, after, jobs_asked in ((1, 49, 0), (49, 50, 1), (50, 99, 1), (40, 160, 2)):
        snapshots.mark_due(document_id, before, after)
        assert asked() == jobs_asked


def test_a_hundred_missing_are_all_made_and_each_is_right(document_id: int) -> None:
    write(document_id, 160)
    heard: list[tuple[str, str, Any]] = []

    def witness(topic: str, event: str, payload: Encoded) -> None:
        heard.append((topic, event, orjson.loads(payload.json)))

    broadcast.witnesses.append(witness)
    try:
        assert snapshots.make_due(document_id) == [50, 100, 150]
    finally:
        broadcast.witnesses.remove(witness)
    crcs = dict(Snapshot.objects.values_list("version", "crc"))
    assert heard == [
        (f"document:{document_id}", "checksum", {"version": version, "crc": crcs[version]})
        for version in (50, 100, 150)
    ]
    for version in (0, 1, 49, 50, 51, 120, 161):
        contents = history.contents_at(document_id, version)
        letters = "".join(str(n % 10) for n in range(version - 1, 0, -1)) + ("hello" if version else "")
        assert contents == [{"insert": letters + "\n"}]


def test_snapshots_from_before_there_were_authors_get_theirs(document_id: int, producer: Person) -> None:
    write(document_id, 160)
    snapshots.make_due(document_id)
    written = {version: history.blame(document_id, version) for version in (49, 50, 120, 161)}
    assert written[50][-2:] == [{"insert": "hello", "by": producer.pk}, {"insert": "\n", "by": None}]
    stored = list(Snapshot.objects.order_by("version").values_list("authors", flat=True))
    for lacking in (Snapshot.objects.all(), Snapshot.objects.filter(version=100)):
        lacking.update(authors=None)
        assert {version: history.blame(document_id, version) for version in written} == written
        assert snapshots.behind() == [document_id]
        assert snapshots.make_due(document_id) == []
        assert list(Snapshot.objects.order_by("version").values_list("authors", flat=True)) == stored
        assert snapshots.behind() == []


def test_a_version_that_is_stored_goes_out_as_it_is_stored(document_id: int) -> None:
    write(document_id, 60)
    snapshots.make_due(document_id)
    row = Snapshot.objects.get(document_id=document_id)
    assert snapshots.encoded_at(document_id, 50) == (bytes(row.contents), bytes(row.authors or b""))
    for version in (0, 1, 50, 51, 61):
        contents, authors = map(orjson.loads, snapshots.encoded_at(document_id, version))
        assert (contents, authors) == snapshots.signed_at(document_id, version)
        assert contents == history.contents_at(document_id, version)


def test_a_version_that_was_folded_meanwhile_gets_no_snapshot(document_id: int) -> None:
    then = snapshots.signed_at(document_id, 1)
    Document.objects.update(floor=50)
    assert snapshots.keep(document_id, 50, *then) is None
    assert snapshots.keep(document_id, 51, *then) is not None


def test_two_workers_at_once_make_one_row(document_id: int) -> None:
    write(document_id, 50)
    start = Barrier(2)
    made: list[list[int]] = []

    def work() -> None:
        start.wait(10)
        made.append(snapshots.make_due(document_id))
        close_connections()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(made) == [[], [50]] or made == [[50], []]
    assert versions(document_id) == [50]


def test_a_document_that_goes_meanwhile_gets_none(document_id: int) -> None:
    text = snapshots.signed_at(document_id, 1)
    Document.objects.filter(pk=document_id).delete()
    assert snapshots.keep(document_id, 50, *text) is None
    assert snapshots.make_due(10**9) == []


def test_the_checksum_is_of_what_can_be_seen() -> None:
    seen: Delta = [{"insert": "ä"}, {"insert": "\n", "attributes": {"header": 1}}]
    hidden: Delta = [
        {"insert": "ä", "attributes": {"list": "bullet"}},
        {"insert": "\n", "attributes": {"header": 1, "bold": True}},
    ]
    assert snapshots.crc(hidden) == snapshots.crc(seen)
    canonical = '[{"insert":"ä"},{"attributes":{"header":1},"insert":"\\n"}]'
    assert snapshots.crc(seen) == zlib.crc32(canonical.encode())
    assert snapshots.crc([{"insert": "ä\n"}]) != snapshots.crc(seen)


def test_the_checksum_is_the_one_that_browsers_make() -> None:
    cases = json.loads((CONTRACTS / "documents" / "delta.json").read_text())["cases"]
    assert [snapshots.crc(case["after"]) for case in cases] == [case["checksum"] for case in cases]


def test_old_ones_thin_out_but_names_and_the_newest_stay(document_id: int) -> None:
    write(document_id, 620)
    snapshots.make_due(document_id)
    history.name_version(document_id, 151, "As rehearsed", by=None)
    history.name_version(document_id, 200, "Before lunch", by=None)
    assert snapshots.thin() == 0
    Snapshot.objects.update(at=timezone.now() - timedelta(days=8))
    before = {version: history.contents_at(document_id, version) for version in (49, 377, 599)}
    assert snapshots.thin() == 9
    assert versions(document_id) == [151, 200, 500, 600]
    assert snapshots.thin() == 0
    assert {version: history.contents_at(document_id, version) for version in before} == before
    assert (snapshots.behind(), snapshots.make_due(document_id)) == ([], [])
