"""Recordings on the pages: the choice of what plays, keeping a stream, sending in, fetching, removing with an Undo."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.live.db import run_db
from cuelight.streams import recording_files, recording_jobs
from cuelight.streams.models import Event, Feed, PlatformAccount, Stream
from cuelight.streams.tests.shows import at, happened

PAGE, SIMULATOR = "/dashboard/platforms", "/dashboard/platforms/simulator"
RECORDINGS, SAMPLE = f"{PAGE}/recordings", "recorded-show.jsonl"
LINES = b'{"t": 0, "kind": "chat", "text": "hi"}\n{"t": 83, "kind": "follow"}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    settings.SIMULATOR = True
    return tmp_path / "recordings"


@pytest.fixture
def client(admin: Person) -> Client:
    return browser(admin)


def browser(person: Person) -> Client:
    made = Client()
    sign_in(made, person)
    return made


def send(client: Client, name: str = "Friday drop.jsonl", data: bytes = LINES) -> str:
    return client.post(RECORDINGS, {"file": SimpleUploadedFile(name, data)}, follow=True).content.decode()


def shown(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode()


def item(page: str, name: str) -> str:
    """One recording of the list."""
    found = re.search(rf'<li data-recording="{name}".*?</li>', page, re.DOTALL)
    return found[0] if found else ""


def a_stream(studio: Studio, **fields: Any) -> Stream:
    given: dict[str, Any] = {"title": "<b>Drop</b>", "started_at": at(0), "ended_at": at(600), **fields}
    Event.objects.bulk_create([happened(studio.pk, 5), happened(studio.pk, 6)])
    return Stream.objects.create(studio=studio, **given)


def test_the_sample_is_offered_and_chosen_with_its_speed(client: Client, studio: Studio) -> None:
    page = shown(client)
    assert re.search(rf'<option value="{SAMPLE}" >Sample: recorded show · 0:09:59 · 981 events · 27 Nov 2026', page)
    assert "selected>1×</option>" in page
    client.post(SIMULATOR, {"on": "1", "plays": SAMPLE, "speed": "20", "rate": "1.5"})
    account = PlatformAccount.objects.get(studio=studio)
    assert (account.state, account.settings["recording"], account.settings["speed"]) == ("connected", SAMPLE, 20)
    page = shown(client)
    assert f'<option value="{SAMPLE}" selected>' in page
    assert '<option value="20" selected>20×' in page
    assert "Sample: recorded show at 20×, from its beginning when somebody opens the dashboard." in page
    client.post(SIMULATOR, {"on": "1", "plays": SAMPLE, "speed": "7.5"})
    assert '<option value="7.5" selected>7.5×' in shown(client)
    client.post(SIMULATOR, {"on": "1", "plays": "", "rate": "5", "speed": "20"})
    account.refresh_from_db()
    assert (account.settings["recording"], account.settings["rate"]) == (None, 5)


@pytest.mark.parametrize(
    ("plays", "speed", "says"),
    [
        (SAMPLE, "21", "The speed is a number from 1 to 20."),
        (SAMPLE, "0", "The speed is a number from 1 to 20."),
        ("none.jsonl", "1", "There is no such recording."),
        ("../samples/recorded-show.jsonl", "1", "There is no such recording."),
        ("bad.jsonl", "1", "Line 2 of the recording cannot be read: it is not JSON."),
    ],
)
def test_what_cannot_be_played_is_said_and_nothing_changes(
    client: Client, studio: Studio, folder: Path, plays: str, speed: str, says: str
) -> None:
    (folder / str(studio.pk)).mkdir(parents=True)
    (folder / str(studio.pk) / "bad.jsonl").write_bytes(b'{"t": 0, "kind": "chat"}\n?\n')
    answer = client.post(SIMULATOR, {"on": "1", "plays": plays, "speed": speed}, follow=True).content.decode()
    assert says in answer
    assert not PlatformAccount.objects.exists()
    assert "Line 2 of the recording cannot be read" in item(answer, "bad.jsonl")
    assert '<option value="bad.jsonl"' not in answer


def test_how_far_it_is_and_that_it_is_over(client: Client, studio: Studio) -> None:
    client.post(SIMULATOR, {"on": "1", "plays": SAMPLE, "speed": "20"})
    feed = Feed.objects.create(
        studio=studio, platform="simulator", status="connected", owner="p",
        sentence="At 0:03:20 of 0:09:59, played 20 times as fast: Sample: recorded show. Nothing of it counts.",
        lease_until=timezone.now() + timedelta(seconds=60),
    )  # fmt: skip
    page = shown(client)
    assert '<span class="chip">Playing</span>' in page
    assert "At 0:03:20 of 0:09:59, played 20 times as fast: Sample: recorded show." in page
    Feed.objects.filter(pk=feed.pk).update(sentence="The recording is over.")
    page = shown(client)
    assert '<span class="chip">Over</span>' in page
    assert "Sample: recorded show was played to its end." in page
    PlatformAccount.objects.update(state="needs_you", sentence="There is no such recording.")
    page = shown(client)
    assert '<span class="chip">Needs you</span>' in page
    assert "There is no such recording." in page


def test_a_past_stream_is_kept_and_can_be_chosen(client: Client, studio: Studio) -> None:
    stream = a_stream(studio)
    path = f"/dashboard/streams/{stream.pk}"
    assert "Names of viewers are in it" in shown(client, path)
    assert client.post(f"{path}/keep")["Location"] == f"{path}#recording"
    during = client.get(path)
    assert re.fullmatch(rf"1; url={path}\?at=\d+#recording", during["Refresh"])
    assert "Keeping 0 of 2 events" in during.content.decode()
    assert "Being kept" in shown(client)
    name = "2026-11-20-bdropb.jsonl"
    recording_jobs.keep_recording(studio_id=studio.pk, stream_id=stream.pk, recording=name)
    after = client.get(path)
    assert "Refresh" not in after
    assert "Kept: 0:00:06, 2 events." in after.content.decode()
    page = shown(client)
    assert f'<option value="{name}" >&lt;b&gt;Drop&lt;/b&gt; · 0:00:06 · 2 events · 20 Nov 2026' in page
    assert "<b>Drop" not in page
    assert "is being kept already" not in page


def test_a_stream_that_runs_is_kept_when_it_is_over(client: Client, studio: Studio) -> None:
    stream = a_stream(studio, ended_at=None)
    path = f"/dashboard/streams/{stream.pk}"
    assert f'action="{path}/keep"' not in shown(client, path)
    answer = client.post(f"{path}/keep", follow=True).content.decode()
    assert "This stream is not over yet." in answer


def test_one_is_sent_in_and_a_broken_one_is_told_by_its_line(client: Client, folder: Path) -> None:
    page = send(client)
    assert "“Friday drop” is here, with 2 events." in page
    assert "0:01:23 · 2 events" in item(page, "friday-drop.jsonl")
    assert "Line 3 of the recording cannot be read" in send(client, data=LINES + b"?")
    assert "Choose a file first." in client.post(RECORDINGS, follow=True).content.decode()
    assert len(list(folder.rglob("*.jsonl"))) == 1


def test_one_is_removed_and_taken_back(client: Client, studio: Studio) -> None:
    send(client)
    page = client.post(f"{RECORDINGS}/friday-drop.jsonl/remove", follow=True).content.decode()
    assert "“Friday drop” is removed." in page
    assert item(page, "friday-drop.jsonl") == ""
    undo = re.search(r'name="undo" value="([^"]+)"', page)
    assert undo is not None
    other = f"{RECORDINGS}/other.jsonl/undo"
    assert client.post(other, {"undo": undo[1]}).status_code == 422  # it is of this one alone
    page = client.post(f"{RECORDINGS}/friday-drop.jsonl/undo", {"undo": undo[1]}, follow=True).content.decode()
    assert "0:01:23 · 2 events" in item(page, "friday-drop.jsonl")
    client.post(SIMULATOR, {"on": "1", "plays": "friday-drop.jsonl", "speed": "1"})
    page = client.post(f"{RECORDINGS}/friday-drop.jsonl/remove", follow=True).content.decode()
    assert "This recording plays now." in page
    assert item(page, "friday-drop.jsonl") != ""
    page = client.post(f"{RECORDINGS}/{SAMPLE}/remove", follow=True).content.decode()
    assert "This is a sample for every studio. It stays." in page


@pytest.mark.django_db(transaction=True)
async def test_one_is_fetched_as_it_lies(studio: Studio, admin: Person) -> None:
    await run_db(lambda: send(browser(admin)))
    client = AsyncClient()
    await client.aforce_login(admin)
    answer: Any = await client.get(f"{RECORDINGS}/friday-drop.jsonl")
    assert b"".join([part async for part in answer]) == LINES
    assert answer["Content-Disposition"] == 'attachment; filename="friday-drop.jsonl"'
    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "..%2f..%2fsettings.py", "friday-drop.jsonl.about", "none.jsonl", ".hidden.jsonl"]
)
def test_no_other_file_is_fetched_removed_or_brought_back(client: Client, folder: Path, name: str) -> None:
    send(client)
    before = sorted(folder.rglob("*"))
    assert client.get(f"{RECORDINGS}/{name}").status_code == 404
    assert client.post(f"{RECORDINGS}/{name}/remove").status_code == 404
    assert client.post(f"{RECORDINGS}/{name}/undo", {"undo": "made-up"}).status_code in (404, 422)
    assert sorted(folder.rglob("*")) == before


def test_another_studios_are_nowhere_to_be_had(client: Client, studio: Studio, stranger: Person, folder: Path) -> None:
    send(client)
    stream = a_stream(studio)
    theirs = browser(stranger)
    page = shown(theirs)
    assert "Friday drop" not in page
    assert SAMPLE in page
    assert theirs.get(f"{RECORDINGS}/friday-drop.jsonl").status_code == 404
    assert theirs.post(f"{RECORDINGS}/friday-drop.jsonl/remove").status_code == 404
    assert theirs.post(f"/dashboard/streams/{stream.pk}/keep").status_code == 404
    answer = theirs.post(SIMULATOR, {"on": "1", "plays": "friday-drop.jsonl", "speed": "1"}, follow=True)
    assert "There is no such recording." in answer.content.decode()
    assert not PlatformAccount.objects.exists()
    assert [one.name for one in recording_files.listed(studio.pk)] == ["friday-drop.jsonl", SAMPLE]


def test_only_who_connects_platforms_has_to_do_with_recordings(
    studio: Studio, producer: Person, host: Person, cataloger: Person, folder: Path
) -> None:
    stream = a_stream(studio)
    for person in (producer, host, cataloger):
        mine = browser(person)
        if person != cataloger:
            page = shown(mine)
            assert "Recordings" not in page
            assert SAMPLE not in page
        assert mine.get(f"{RECORDINGS}/{SAMPLE}").status_code in (403, 404)
        for path in (RECORDINGS, f"{RECORDINGS}/{SAMPLE}/remove", f"/dashboard/streams/{stream.pk}/keep"):
            assert mine.post(path).status_code in (403, 404)
    assert "Keep as a recording" not in shown(browser(producer), f"/dashboard/streams/{stream.pk}")
    assert not folder.exists()


def test_where_nobody_may_be_simulated_recordings_are_kept_all_the_same(settings: Settings, client: Client) -> None:
    settings.SIMULATOR = False
    page = send(client)
    assert "0:01:23 · 2 events" in item(page, "friday-drop.jsonl")
    answer = client.post(SIMULATOR, {"on": "1", "plays": "friday-drop.jsonl", "speed": "1"}, follow=True)
    assert "There is no such platform here." in answer.content.decode()
