"""Old changes are folded per person and minute: what is left is what it was, and who comes late is told."""

import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.db import connection
from django.utils import timezone

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.documents import commands, compaction, delta, history, queries, restoring, snapshots
from cuelight.documents.access import read_access
from cuelight.documents.authorship import signed
from cuelight.documents.compaction import fold
from cuelight.documents.delta import Delta
from cuelight.documents.models import Document, Snapshot
from cuelight.documents.state import TAIL, Update
from cuelight.documents.tests.conftest import joined, plain, sent, topic_of
from cuelight.documents.tests.drawing import Drawing
from cuelight.documents.text import Text
from cuelight.errors import Conflict
from cuelight.live.db import run_db
from cuelight.live.journal import hash_of
from cuelight.live.models import Aggregate, JournalEntry
from cuelight.live.testing import connect
from cuelight.live.transactional import state_of

#: Of the story below: the newest version, and the newest that may be folded.
NEWEST = 450
FLOOR = 450 - TAIL


def make_old(document_id: int, days: int = 100, seconds: int = 10) -> None:
    """So many days ago, each change so many seconds after the one before it."""
    began = (timezone.now() - timedelta(days=days)).replace(second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE journal SET at = %s + make_interval(secs => version * %s) WHERE aggregate_id = %s",
            [began, seconds, topic_of(document_id)],
        )


def events(document_id: int) -> dict[int, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, event::text, op_id, payload_hash, actor_id FROM journal WHERE aggregate_id = %s"
            " ORDER BY version",
            [topic_of(document_id)],
        )
        return {row[0]: {"event": orjson.loads(row[1]), "rest": row[2:]} for row in cursor.fetchall()}


@pytest.fixture
def story(document_id: int, studio: Studio, producer: Person, host: Person) -> int:
    """450 versions by two people in turns of 1 to 9 changes, all a hundred days old, snapshots made; 73 has a name."""
    chance = random.Random(7)
    drawing, now = Drawing(chance), history.contents_at(document_id, 1)
    people, left, rows = [producer.pk, host.pk], 5, []
    for base in range(1, NEWEST):
        change = drawing.change(now)
        now = delta.compose(now, change)
        if left == 0:
            people.reverse()
            left = chance.randrange(1, 10)
        left -= 1
        rows.append(
            JournalEntry(
                aggregate_id=topic_of(document_id),
                version=base + 1,
                op_id=uuid4(),
                format=1,
                event={"kind": "update", "changes": {}, "delta": change, "base": base},
                actor_id=people[0],
                source="key",
                payload_hash=hash_of(Update(change, base)),
                at=timezone.now(),
                studio_id=studio.pk,
            )
        )
    JournalEntry.objects.bulk_create(rows)
    Aggregate.objects.filter(pk=topic_of(document_id)).update(version=NEWEST)
    snapshots.make_due(document_id)
    history.name_version(document_id, 73, "Rehearsal", by=None)
    make_old(document_id)
    return document_id


def replayed(document_id: int) -> list[Delta]:
    """Every version with its authors, from the very first change on."""
    text = Text.of([{"insert": "\n", "attributes": {"by": 0}}])
    found = [text.contents()]
    for entry in queries.entries_between(document_id, 0, NEWEST):
        text = text.apply(signed(entry.change, entry.user_id))
        found.append(text.contents())
    return found


def attributed(document_id: int, version: int) -> Delta:
    """The same from the nearest snapshot."""
    return [
        {"insert": op["insert"], "attributes": {**op.get("attributes", {}), "by": op["by"] or 0}}
        for op in history.blame(document_id, version)
    ]


def test_what_is_left_is_what_it_was(story: int) -> None:
    before, rows = replayed(story), events(story)
    stretches = [(one["first"], one["last"]) for one in history.versions(story)]
    assert compaction.due() == [story]
    folded = fold(story)
    assert (Document.objects.get(pk=story).floor, compaction.due(), fold(story)) == (FLOOR, [], 0)
    kept = [queries.kept_version(story, version) for version in range(NEWEST + 1)]
    left = set(kept)
    assert len(left) == NEWEST + 1 - folded
    assert 30 < folded < FLOOR
    assert {0, 50, 73, 100, 150, *range(FLOOR, NEWEST + 1)} <= left
    assert replayed(story) == [before[version] for version in kept]
    for version in range(FLOOR + 1):
        assert delta.canonical(attributed(story, version)) == before[kept[version]]
    after = events(story)
    assert [row["rest"] for row in after.values()] == [row["rest"] for row in rows.values()]
    assert all(rows[version] == after[version] for version in range(FLOOR + 1, NEWEST + 1))
    assert [(one["first"], one["last"]) for one in history.versions(story)] == stretches
    assert {last for _, last in stretches} <= left
    # Nor do they need the snapshots that they were folded between.
    Snapshot.objects.all().delete()
    for version in range(0, FLOOR, 9):
        assert delta.canonical(attributed(story, version)) == before[kept[version]]


def test_in_several_batches(story: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = replayed(story)
    monkeypatch.setattr(compaction, "BATCH", 7)
    assert fold(story) > 30
    assert Document.objects.get(pk=story).floor == FLOOR
    assert replayed(story) == [before[queries.kept_version(story, version)] for version in range(NEWEST + 1)]


def test_what_is_young_stays(story: int) -> None:
    make_old(story, days=89)
    assert compaction.due() == []
    assert fold(story) == 0
    make_old(story, days=90, seconds=-3600)
    assert fold(story) == 0
    assert Document.objects.get(pk=story).floor == FLOOR


def test_a_document_is_loaded_as_before(story: int) -> None:
    before = state_of(connection, topic_of(story))
    fold(story)
    version, state = state_of(connection, topic_of(story))
    assert (version, state.tail) == (before[0], before[1].tail)
    assert state.text.contents() == before[1].text.contents()


def test_versions_that_are_gone_are_answered_with_the_one_before(story: int) -> None:
    fold(story)
    gone = next(version for version in range(2, FLOOR) if queries.kept_version(story, version) < version)
    kept = queries.kept_version(story, gone)
    assert history.encoded_at(story, gone) == history.encoded_at(story, kept)
    assert history.encoded_at(story, gone).startswith(b'{"version":%d,' % kept)
    history.name_version(story, gone, "Nearly", by=None)
    assert (kept, "Nearly") in [(one["version"], one["name"]) for one in history.named_versions(story)]
    restoring.restore(story, gone, by=None, op_id=uuid4())
    assert history.contents_at(story, NEWEST + 1) == history.contents_at(story, kept)


def test_play_back_passes_over_what_was_folded(story: int) -> None:
    fold(story)
    newest = replayed(story)[-1]
    for every in (1, 7, 60):
        text = Text.of(signed(history.contents_at(story, 0), None))
        at = 0
        while steps := history.steps(story, after=at, every=every):
            for step in steps:
                text = text.apply(step["change"])
            at = steps[-1]["version"]
        assert (at, text.contents()) == (NEWEST, newest)


def test_an_old_restore_is_not_taken_back(document_id: int, producer: Person) -> None:
    restoring.restore(document_id, 0, by=producer.pk, op_id=uuid4())
    Document.objects.update(floor=2)
    with pytest.raises(Conflict, match="Too much"):
        restoring.take_back(document_id, 2, 2, by=producer.pk, op_id=uuid4())


async def test_a_repeat_of_any_age_gets_its_first_answer(story: int, producer: Person, host: Person, live: Any) -> None:
    rows = await run_db(events, story)
    await run_db(fold, story)
    version = next(version for version in range(2, FLOOR) if rows[version]["rest"][2] == producer.pk)
    change, op_id = rows[version]["event"]["delta"], rows[version]["rest"][0]
    access = await run_db(read_access, who(producer), story)
    for base in (version - 1, version - 2):  # as it was, and as somebody has it who had missed something
        assert await commands.update(access, change, base, op_id=op_id) == {"version": version}
    with pytest.raises(Conflict):
        await commands.update(await run_db(read_access, who(host), story), change, version - 1, op_id=op_id)
    assert await run_db(history.newest_version, story) == NEWEST


@pytest.mark.usefixtures("live")
async def test_who_is_behind_the_floor_loads_the_document_anew(story: int, producer: Person) -> None:
    await run_db(fold, story)
    async with connect(who(producer)) as mia:
        answer = await joined(mia, story, since=FLOOR - 1)
        assert plain(answer["contents"]) == plain(await run_db(history.contents_at, story, NEWEST))
        reply = await sent(mia, story, [{"insert": "late"}], FLOOR - 1)
        assert (reply.status, reply.response["reason"]) == ("error", "too_old")
        # The first is not the next one: the log begins later than this client ends.
        found = await mia.push(topic_of(story), "since", {"from": FLOOR - 9})
        assert found.response["ops"][0]["version"] == FLOOR + 1


@pytest.mark.usefixtures("live")
async def test_who_is_at_the_floor_gets_what_was_missed(story: int, producer: Person) -> None:
    await run_db(fold, story)
    async with connect(who(producer)) as mia:
        answer = await joined(mia, story, since=FLOOR)
        assert [entry["version"] for entry in answer["missed"]] == list(range(FLOOR + 1, NEWEST + 1))
