"""Recordings of a studio: kept of a past stream, sent in, removed and taken back, erased with it, played again."""

import io
import os
import tracemalloc
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.archive import Archive
from cuelight.accounts.models import Studio
from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.live.db import run_db
from cuelight.streams import (
    erasing,
    exporting,
    history_queries,
    recording_files,
    recording_jobs,
    recordings,
    running,
)
from cuelight.streams.models import Event, OrderLine, PlatformAccount, Stream
from cuelight.streams.platforms.simulator import files, recording
from cuelight.streams.platforms.simulator.moments import Moment
from cuelight.streams.recording_files import About
from cuelight.streams.tests.shows import at, happened

NOW = at(100_000)
LINE = b'{"t": 1.5, "kind": "chat", "text": "hi"}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.SIMULATOR = True
    return tmp_path / "recordings"


def a_stream(studio: Studio, **fields: Any) -> Stream:
    given: dict[str, Any] = {"title": "Friday drop", "started_at": at(0), "ended_at": at(600), **fields}
    return Stream.objects.create(studio=studio, **given)


def kept(studio: Studio, stream: Stream) -> About:
    """Asked for, and written by the job."""
    name = recordings.ask(studio.pk, stream.pk, now=NOW).name
    recording_jobs.keep_recording(studio_id=studio.pk, stream_id=stream.pk, recording=name)
    found = recording_files.about(studio.pk, name)
    assert found is not None
    return found


def sent(studio: Studio, name: str = "show.jsonl", data: bytes = LINE) -> About:
    return recordings.upload(studio.pk, SimpleUploadedFile(name, data), now=NOW)


def own(studio: Studio) -> list[str]:
    return [one.name for one in recording_files.listed(studio.pk) if not one.is_sample]


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# Kept of a stream


def test_a_stream_is_kept_with_what_was_to_be_seen_of_it(studio: Studio, folder: Path) -> None:
    gift = {"count": 5, "amount": {"value": 500, "currency": "BITS"}}
    Event.objects.bulk_create(
        [
            happened(studio.pk, 300.25, "ben", body={"text": "is 12 gold?"}),
            happened(studio.pk, 10, "ann", body={"text": "hello"}),
            happened(studio.pk, 590, "kind", "gift", body=gift),
            happened(studio.pk, 20, "rude", body={"text": "hidden here"}, hidden_at=NOW, hidden_why="hide"),
            happened(studio.pk, 30, "spam", body={"text": "gone there"}, hidden_at=NOW, hidden_why="deleted"),
            happened(studio.pk, 40, "sim", body={"text": "rehearsed"}, rehearsal=True),
            happened(studio.pk, 600, "late", body={"text": "after it"}),
            happened(studio.pk + 1, 50, "other", body={"text": "of another studio"}),
        ]
    )
    found = kept(studio, a_stream(studio))
    assert (found.name, found.title, found.state) == ("2026-11-20-friday-drop.jsonl", "Friday drop", "ready")
    assert (found.events, found.seconds, found.at) == (3, 590, at(0))
    path = recordings.file_of(studio.pk, found.name)
    assert path.parent == folder / str(studio.pk)
    lines = list(recording.read(path))
    assert [(one.t, one.kind, one.text, one.user and one.user.name) for one in lines] == [
        (10, "chat", "hello", "Ann"),
        (300.25, "chat", "is 12 gold?", "Ben"),
        (590, "gift", "", "Kind"),
    ]
    assert (found.size, recording.check(path)) == (path.stat().st_size, 3)
    assert lying(folder) == [found.name, f"{found.name}.about"]


def test_a_rehearsal_is_kept_of_what_was_rehearsed(studio: Studio) -> None:
    Event.objects.bulk_create([happened(studio.pk, 5), happened(studio.pk, 6, rehearsal=True)])
    assert kept(studio, a_stream(studio, rehearsal=True)).events == 1


def test_an_event_with_strange_details_is_kept_without_them(studio: Studio) -> None:
    strange = {"detail": {"tier": "1000", "nested": {"a": [1]}}, "text": "x"}
    Event.objects.bulk_create([happened(studio.pk, 5, body=strange), happened(studio.pk, 6, body={"count": "many"})])
    found = kept(studio, a_stream(studio))
    [line] = recording.read(recordings.file_of(studio.pk, found.name))
    assert (line.text, line.detail) == ("x", {"tier": "1000"})


def test_what_is_not_over_or_not_there_is_not_kept(studio: Studio, folder: Path) -> None:
    running_, empty = a_stream(studio, ended_at=None), a_stream(studio)
    other = Studio.objects.create(name="Rival TV", slug="rival")
    Event.objects.bulk_create([happened(studio.pk, 5)])
    with pytest.raises(Conflict, match="not over yet"):
        recordings.ask(studio.pk, running_.pk, now=NOW)
    with pytest.raises(NotFound):
        recordings.ask(other.pk, empty.pk, now=NOW)
    Event.objects.all().delete()
    with pytest.raises(Invalid, match="Nothing of this stream is kept"):
        recordings.ask(studio.pk, empty.pk, now=NOW)
    assert lying(folder) == []


def test_while_it_is_kept_it_is_listed_and_not_asked_for_twice(studio: Studio) -> None:
    stream = a_stream(studio)
    Event.objects.bulk_create([happened(studio.pk, 5), happened(studio.pk, 6)])
    asked = recordings.ask(studio.pk, stream.pk, now=NOW)
    found = recordings.of_stream(studio.pk, stream.pk)
    assert found is not None
    assert (found.state, found.total, found.has_file) == ("keeping", 2, False)
    with pytest.raises(NotFound):
        recordings.play(studio.pk, asked.name, "1")
    with pytest.raises(Conflict, match="being kept already"):
        recordings.ask(studio.pk, stream.pk, now=NOW)


def test_the_job_may_run_twice_and_writes_nothing_that_was_stopped(studio: Studio, folder: Path) -> None:
    stream = a_stream(studio)
    Event.objects.bulk_create([happened(studio.pk, 5)])
    first = kept(studio, stream)
    recording_jobs.keep_recording(studio_id=studio.pk, stream_id=stream.pk, recording=first.name)
    assert own(studio) == [first.name]
    second = recordings.ask(studio.pk, stream.pk, now=NOW)
    assert second.name == "2026-11-20-friday-drop-2.jsonl"
    recordings.remove(studio.pk, second.name)
    recording_jobs.keep_recording(studio_id=studio.pk, stream_id=stream.pk, recording=second.name)
    assert own(studio) == [first.name]
    erasing.erase_studio(studio.pk)
    recording_jobs.keep_recording(studio_id=studio.pk, stream_id=stream.pk, recording=first.name)
    assert lying(folder) == []


def test_one_that_grows_too_long_says_so_and_leaves_no_file(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "MOST_BYTES", 1 << 20)
    Event.objects.bulk_create([happened(studio.pk, n, body={"text": "x" * 2_000}) for n in range(590)])
    found = kept(studio, a_stream(studio))
    assert (found.state, found.why) == ("failed", "This stream is longer than a recording may be: 1 MB.")
    assert lying(folder) == [f"{found.name}.about"]
    again = kept(studio, Stream.objects.get())
    assert again.name == found.name


def test_one_whose_worker_died_is_no_longer_waited_for(studio: Studio, folder: Path) -> None:
    stream = a_stream(studio)
    Event.objects.bulk_create([happened(studio.pk, 5)])
    name = recordings.ask(studio.pk, stream.pk, now=NOW).name
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(folder / str(studio.pk) / f"{name}.about", (old, old))
    found = recordings.of_stream(studio.pk, stream.pk)
    assert found is not None
    assert (found.state, found.why) == ("failed", "It was not finished. Keep it again.")
    assert kept(studio, stream).state == "ready"


def test_a_long_stream_is_never_whole_in_memory(studio: Studio) -> None:
    body = {"text": "y" * 1_900}
    for start in range(0, 12_000, 2_000):
        Event.objects.bulk_create([happened(studio.pk, n / 20, body=body) for n in range(start, start + 2_000)])
    stream = a_stream(studio)
    name = recordings.ask(studio.pk, stream.pk, now=NOW).name
    tracemalloc.start()
    recordings.keep(studio.pk, stream.pk, name)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = recordings.file_of(studio.pk, name).stat().st_size
    assert size > 20 << 20
    assert peak < size / 2


# Sent in


def test_one_that_is_sent_in_has_a_safe_name_of_its_own(studio: Studio, folder: Path) -> None:
    names = [
        sent(studio, name).name
        for name in (
            "show.jsonl", "show.jsonl", "../../evil.jsonl", "/etc/passwd", "...jsonl", "ночь.jsonl",
            "a" * 300 + ".jsonl", "recorded-show.jsonl", ".about", "x\0y.jsonl",
        )
    ]  # fmt: skip
    assert names[:6] == [
        "show.jsonl", "show-2.jsonl", "evil.jsonl", "passwd.jsonl", "recording.jsonl", "recording-2.jsonl"
    ]  # fmt: skip
    assert names[7] == "recorded-show-2.jsonl"  # the sample keeps its name
    assert len(set(names)) == len(names)
    assert all(files.is_name(name) for name in names)
    assert {path.parent for path in folder.parent.rglob("*") if path.is_file()} == {folder / str(studio.pk)}
    assert sorted(own(studio)) == sorted(names)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "There is nothing in the recording."),
        (LINE + b'{"t": 2}\n', "Line 2 of the recording cannot be read: object missing required field kind."),
        (LINE * 3 + b"nonsense", "Line 4 of the recording cannot be read: it is not JSON."),
        (b"x" * 40_000, "Line 1 of the recording cannot be read: it is longer than 32,000 bytes."),
        (LINE + bytes(range(256)), "Line 2 of the recording cannot be read: it is not JSON."),
    ],
)
def test_a_broken_one_is_refused_by_its_line_and_leaves_nothing(
    studio: Studio, folder: Path, data: bytes, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        sent(studio, data=data)
    assert refused.value.message == says
    assert lying(folder) == []


def test_a_huge_one_is_refused(studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "MOST_BYTES", 1 << 20)
    with pytest.raises(Invalid, match="at most 1 MB"):
        sent(studio, data=LINE * 30_000)
    assert lying(folder) == []


def test_a_studio_has_so_many_and_no_more(studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording_files, "MOST_RECORDINGS", 2)
    sent(studio)
    sent(studio)
    with pytest.raises(Conflict, match="2 recordings already"):
        sent(studio)
    assert len(lying(folder)) == 4


def test_one_laid_there_by_hand_is_read_for_what_it_is(studio: Studio, folder: Path) -> None:
    (mine := folder / str(studio.pk)).mkdir(parents=True)
    (mine / "good.jsonl").write_bytes(LINE * 2)
    (mine / "bad.jsonl").write_bytes(LINE + b"?")
    (mine / "notes.txt").write_text("not one")
    good, bad = (recording_files.about(studio.pk, name) for name in ("good.jsonl", "bad.jsonl"))
    assert good is not None
    assert bad is not None
    assert (good.state, good.events, good.seconds) == ("ready", 2, 1.5)
    assert (bad.state, bad.why) == ("failed", "Line 2 of the recording cannot be read: it is not JSON.")
    assert sorted(own(studio)) == ["bad.jsonl", "good.jsonl"]
    (mine / "good.jsonl").write_bytes(LINE * 3)
    assert {one.name: one.events for one in recording_files.listed(studio.pk)}["good.jsonl"] == 3
    recordings.remove(studio.pk, "bad.jsonl")
    assert own(studio) == ["good.jsonl"]
    recordings.put_back(studio.pk, "bad.jsonl")
    assert sorted(own(studio)) == ["bad.jsonl", "good.jsonl"]


# Removed


def test_what_was_removed_comes_back_for_an_hour(studio: Studio, folder: Path) -> None:
    found = sent(studio)
    recordings.remove(studio.pk, found.name)
    assert own(studio) == []
    with pytest.raises(NotFound):
        recordings.file_of(studio.pk, found.name)
    assert sent(studio).name == "show-2.jsonl"  # its name waits for it
    recording_files.sweep()
    recordings.put_back(studio.pk, found.name)
    recordings.put_back(studio.pk, found.name)
    assert recording_files.about(studio.pk, found.name) == found
    recordings.remove(studio.pk, found.name)
    old = (timezone.now() - timedelta(hours=2)).timestamp()
    os.utime(folder / str(studio.pk) / f"{found.name}.removed", (old, old))
    recording_files.sweep()
    with pytest.raises(Conflict, match="too late"):
        recordings.put_back(studio.pk, found.name)
    assert lying(folder) == ["show-2.jsonl", "show-2.jsonl.about"]


def test_what_plays_and_what_is_everybodys_is_not_removed(studio: Studio) -> None:
    found = sent(studio)
    recordings.play(studio.pk, found.name, "20")
    with pytest.raises(Conflict, match="plays now"):
        recordings.remove(studio.pk, found.name)
    with pytest.raises(Conflict, match="sample"):
        recordings.remove(studio.pk, "recorded-show.jsonl")
    with pytest.raises(NotFound):
        recordings.remove(studio.pk, "../recorded-show.jsonl")
    PlatformAccount.objects.update(state="off")
    recordings.remove(studio.pk, found.name)
    assert own(studio) == []


def test_a_studios_recordings_go_with_it_and_are_taken_out_with_it(studio: Studio, folder: Path) -> None:
    other = Studio.objects.create(name="Rival TV", slug="rival")
    mine, theirs = sent(studio), sent(other, "theirs.jsonl")
    gone = sent(studio, "gone.jsonl")
    recordings.remove(studio.pk, gone.name)
    with Archive(path := folder.parent / "all.zip") as archive:
        exporting.export_studio(studio.pk, archive)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as opened:
        taken = {name: opened.read(name) for name in opened.namelist() if "/recordings/" in name}
    assert taken == {f"streams/recordings/{mine.name}": LINE}
    erasing.erase_studio(studio.pk)
    erasing.erase_studio(studio.pk)
    assert lying(folder) == [theirs.name, f"{theirs.name}.about"]


# Played


@pytest.mark.parametrize("speed", ["0", "0.99", "20.01", "-1", "nan", "inf", "fast", ""])
def test_a_speed_out_of_bounds_is_refused(studio: Studio, speed: str) -> None:
    with pytest.raises(Invalid, match="a number from 1 to 20"):
        recordings.play(studio.pk, sent(studio).name, speed)
    assert not PlatformAccount.objects.exists()


@pytest.mark.parametrize("name", ["", "..", "../2/show.jsonl", "/etc/passwd", "show.jsonl.about", "nope.jsonl"])
def test_what_is_no_recording_of_the_studio_is_never_played(studio: Studio, folder: Path, name: str) -> None:
    other = Studio.objects.create(name="Rival TV", slug="rival")
    theirs = sent(other, "theirs.jsonl")
    sent(studio)
    for wanted in (name, theirs.name, f"../{other.pk}/{theirs.name}"):
        with pytest.raises(NotFound, match="no such recording"):
            recordings.play(studio.pk, wanted, "1")
        assert recording_files.about(studio.pk, wanted) is None
    assert not PlatformAccount.objects.exists()


def test_the_same_again_begins_anew(studio: Studio) -> None:
    found = sent(studio)
    recordings.play(studio.pk, found.name, "2.5")
    before = PlatformAccount.objects.get().settings
    recordings.play(studio.pk, found.name, "2.5")
    after = PlatformAccount.objects.get().settings
    assert (after["recording"], after["speed"]) == (found.name, 2.5)
    assert before != after


@pytest.mark.django_db(transaction=True)
async def test_played_again_it_is_the_same_and_counts_nowhere(live: None, studio: Studio) -> None:
    order = {"count": 2, "amount": {"value": 5_998, "currency": "USD"}, "detail": {"order_id": "77", "line": 1}}
    since = timezone.now() - timedelta(hours=1)

    def prepare() -> tuple[Stream, list[recording.Recorded]]:
        came: dict[str, Any] = {"platform": "twitch"}
        Event.objects.bulk_create(
            [
                happened(studio.pk, 0, "ann", at=since + timedelta(seconds=5), body={"text": "hello"}, **came),
                happened(studio.pk, 0, "ben", at=since + timedelta(seconds=9), body={"text": "how much?"}, **came),
                happened(studio.pk, 0, "cat", "follow", at=since + timedelta(seconds=12), **came),
                happened(studio.pk, 0, "dot", "order", at=since + timedelta(seconds=20), body=order, **came),
            ]
        )
        # It is on the air while the replay comes in, too.
        stream = a_stream(studio, started_at=since, ended_at=since + timedelta(hours=2))
        found = kept(studio, stream)
        return stream, list(recording.read(recordings.file_of(studio.pk, found.name)))

    stream, lines = await run_db(prepare)
    before = await run_db(_totals, stream)
    replay = recording.Replay(iter(lines), run="r1", speed=20)
    events = [event for tick in range(9) for event in replay.tick(Moment(tick / 4, timezone.now()))]
    assert replay.is_over
    await running.ingest.put(studio.pk, events)
    came = await run_db(lambda: list(Event.objects.filter(platform="simulator").order_by("id")))
    originals = await run_db(lambda: list(Event.objects.filter(platform="twitch").order_by("at")))
    assert [(one.kind, one.body["user"], one.body.get("text", "")) for one in came] == [
        (one.kind, one.body["user"], one.body.get("text", "")) for one in originals
    ]
    assert all(one.rehearsal for one in came)
    assert await run_db(_totals, stream) == before
    assert not await run_db(lambda: OrderLine.objects.filter(rehearsal=False).exists())


def _totals(stream: Stream) -> list[Any]:
    now: datetime = timezone.now()
    return [
        history_queries.figures(stream.studio_id, [stream], now=now),
        history_queries.activity(stream.studio_id, stream, now=now),
        history_queries.chatters(stream.studio_id, stream, now=now),
    ]
