"""Looking back: any version, who wrote what, what differs, names; and going back without losing what others do."""

from uuid import UUID, uuid4

import orjson
import pytest
from django.db import connection, transaction

from cuelight.accounts.models import Person
from cuelight.documents import delta, difference, history, restoring, snapshots
from cuelight.documents.delta import Delta
from cuelight.documents.models import Snapshot
from cuelight.documents.state import Update
from cuelight.documents.tests.conftest import plain
from cuelight.errors import Conflict, Invalid
from cuelight.live.transactional import submit_all_in, submit_in


def write(document_id: int, change: Delta, by: int | None, base: int | None = None, source: str = "key") -> int:
    with transaction.atomic():
        base = history.newest_version(document_id) if base is None else base
        return submit_in(
            connection, f"document:{document_id}", Update(change, base), actor_id=by, source=source
        ).version


def text(document_id: int, version: int | None = None) -> str:
    version = history.newest_version(document_id) if version is None else version
    return plain(snapshots.contents_at(document_id, version))


@pytest.fixture
def written(document_id: int, producer: Person, host: Person) -> int:
    """hello (1) by Mia; " big" (2) by Tom; bold hello (3) by Tom; "!" (4) by Mia."""
    write(document_id, [{"retain": 5}, {"insert": " big"}], host.pk)
    write(document_id, [{"retain": 5, "attributes": {"bold": True}}], host.pk)
    write(document_id, [{"retain": 9}, {"insert": "!"}], producer.pk)
    return document_id


def test_every_version_is_there(written: int) -> None:
    assert [text(written, version) for version in range(5)] == [
        "\n", "hello\n", "hello big\n", "hello big\n", "hello big!\n"
    ]  # fmt: skip
    with pytest.raises(Invalid, match="versions 0 to 4"):
        history.contents_at(written, 5)


def test_who_wrote_each_piece_and_a_new_look_is_not_writing(written: int, producer: Person, host: Person) -> None:
    assert history.blame(written, 4) == [
        {"insert": "hello", "attributes": {"bold": True}, "by": producer.pk},
        {"insert": " big", "by": host.pk},
        {"insert": "!", "by": producer.pk},
        {"insert": "\n", "by": None},
    ]
    assert history.authors(written) == [
        {"id": producer.pk, "name": producer.name, "color": 0},
        {"id": host.pk, "name": host.name, "color": 1},
    ]


def test_what_differs_between_two_versions(written: int) -> None:
    assert history.changed(written, 1, 4) == [
        {"insert": "hello", "attributes": {"bold": True}, "mark": "changed"},
        {"insert": " big!", "mark": "added"},
        {"insert": "\n"},
    ]
    assert history.changed(written, 4, 2)[1:] == [
        {"insert": " big"}, {"insert": "!", "mark": "removed"}, {"insert": "\n"}
    ]  # fmt: skip


def test_versions_come_by_author_and_pause(written: int, producer: Person) -> None:
    for _ in range(2):
        write(written, [{"insert": "?"}], producer.pk)
    with connection.cursor() as cursor:
        for version, minutes in ((4, 0), (5, 4), (6, 10)):
            cursor.execute(
                "UPDATE journal SET at = now() + make_interval(mins => %s) WHERE aggregate_id = %s AND version = %s",
                [60 + minutes, f"document:{written}", version],
            )
    found = history.versions(written)
    assert [(one["first"], one["last"]) for one in found] == [(6, 6), (4, 5), (2, 3), (1, 1)]
    assert found[-1]["source"] == "import"
    assert [one["last"] for one in history.versions(written, before=4)] == [3, 1]
    assert [step["version"] for step in history.steps(written, after=2)] == [3, 4, 5, 6]


def test_a_named_version_stays(written: int, producer: Person) -> None:
    history.name_version(written, 2, "  Before   lunch ", by=producer.pk)
    [named] = history.named_versions(written)
    assert (named["version"], named["name"], named["user_id"]) == (2, "Before lunch", producer.pk)
    assert orjson.loads(bytes(Snapshot.objects.get(version=2).contents)) == history.contents_at(written, 2)
    history.name_version(written, 2, "Rehearsal", by=producer.pk)
    assert [one["name"] for one in history.named_versions(written)] == ["Rehearsal"]
    history.name_version(written, 2, "", by=producer.pk)
    assert history.named_versions(written) == []
    for version, name in ((9, "x"), (1, "x" * 201), (1, "a\0b")):
        with pytest.raises(Invalid):
            history.name_version(written, version, name, by=None)


def test_a_restore_is_a_change_forwards_and_can_be_taken_back(written: int, producer: Person, host: Person) -> None:
    done = restoring.restore(written, 1, by=producer.pk, op_id=uuid4())
    assert done == {"version": 5, "first": 5, "last": 5}
    assert history.contents_at(written, 5) == history.contents_at(written, 1)
    write(written, [{"insert": ">"}], host.pk)
    back = restoring.take_back(written, 5, 5, by=producer.pk, op_id=uuid4())
    assert back["version"] == 7
    assert text(written) == ">hello big!\n"
    assert restoring.restore(written, 7, by=None, op_id=uuid4()) == {"version": 7, "first": 8, "last": 7}


def test_what_others_write_meanwhile_survives_a_restore(
    written: int, producer: Person, host: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = difference.difference

    def while_tom_types(now: Delta, then: Delta) -> Delta:
        write(written, [{"insert": "Tom: "}], host.pk)
        return find(now, then)

    monkeypatch.setattr(difference, "difference", while_tom_types)
    restoring.restore(written, 1, by=producer.pk, op_id=uuid4())
    assert text(written) == "Tom: hello\n"


def test_a_restore_that_is_sent_twice_is_done_once(written: int, producer: Person, host: Person) -> None:
    op_id = UUID("6f1e2b3c-0000-4000-8000-000000000001")
    first = restoring.restore(written, 1, by=producer.pk, op_id=op_id)
    write(written, [{"insert": ">"}], host.pk)
    assert restoring.restore(written, 1, by=producer.pk, op_id=op_id) == first
    assert text(written) == ">hello\n"
    with pytest.raises(Conflict):
        restoring.restore(written, 1, by=host.pk, op_id=op_id)


def test_several_changes_are_done_on_one_load_and_each_once(document_id: int, producer: Person) -> None:
    first, second = uuid4(), uuid4()
    updates = [(Update([{"insert": "a"}], 1), first), (Update([{"retain": 1}, {"insert": "b"}], 2), second)]
    for _ in range(2):
        with transaction.atomic():
            done = submit_all_in(connection, f"document:{document_id}", updates, actor_id=producer.pk)
        assert [outcome.version for outcome in done] == [2, 3]
    assert (text(document_id), history.newest_version(document_id)) == ("abhello\n", 3)
    with pytest.raises(Conflict), transaction.atomic():
        again = [(Update([{"insert": "c"}], 3), uuid4()), (Update([{"insert": "d"}], 3), first)]
        submit_all_in(connection, f"document:{document_id}", again, actor_id=producer.pk)
    assert history.newest_version(document_id) == 3


def test_only_a_restore_is_taken_back(written: int, producer: Person) -> None:
    for first, last in ((4, 4), (3, 2), (0, 0), (99, 99)):
        with pytest.raises(Invalid, match="no restore"):
            restoring.take_back(written, first, last, by=producer.pk, op_id=uuid4())


def test_a_restore_too_large_for_one_change_goes_in_several(document_id: int, producer: Person) -> None:
    long: Delta = [{"insert": "😀" * 45_000}, {"insert": "b" * 60_000, "attributes": {"bold": True}}]
    for part in ([long[0]], [{"retain": 90_000}, long[1]]):
        write(document_id, part, producer.pk)
    write(document_id, [{"delete": 150_000}], producer.pk)
    assert text(document_id) == "hello\n"
    done = restoring.restore(document_id, 3, by=producer.pk, op_id=uuid4())
    assert done == {"version": 6, "first": 5, "last": 6}
    assert history.contents_at(document_id, 6) == history.contents_at(document_id, 3)
    restoring.take_back(document_id, 5, 6, by=producer.pk, op_id=uuid4())
    assert text(document_id) == "hello\n"


def test_a_document_shared_history_is_valid_everywhere(written: int) -> None:
    for version in range(5):
        delta.validate_document(history.contents_at(written, version))
