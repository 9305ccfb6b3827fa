"""A studio's recordings: past streams and files of its own, to be played again as a rehearsal.

`recording_files` knows how they lie on the disk. Names of viewers are in them: they go with the studio, or when
somebody removes them. For how long chat is kept is of no matter to them.
"""

import shutil
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

import msgspec
import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from msgspec import structs

from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.jobs import enqueue
from cuelight.streams import accounts, history_queries, recording_files
from cuelight.streams.events import Event
from cuelight.streams.models import PlatformAccount, Stream
from cuelight.streams.platforms import registry
from cuelight.streams.platforms.contract import NeedsYou
from cuelight.streams.platforms.simulator import files, recording
from cuelight.streams.recording_files import About

log = structlog.get_logger(__name__)

MOST_BYTES = 128 << 20
SLOWEST, FASTEST = 1, 20
#: Seconds between two words of a job about how far it is.
REPORT_EVERY_S = 0.5
_LONGEST_TITLE = 100


def of_stream(studio_id: int, stream_id: int) -> About | None:
    """The newest recording that was kept of a stream, or is just now."""
    return next((one for one in recording_files.listed(studio_id) if one.stream_id == stream_id), None)


def file_of(studio_id: int, name: str) -> Path:
    """The file of a recording, the studio's or a sample. Raises NotFound."""
    try:
        return files.of(studio_id, name)
    except NeedsYou as error:
        raise NotFound(error.message) from error


def play(studio_id: int, name: str, speed: str) -> None:
    """The simulated audience is this recording from now on, from its beginning. Raises NotFound and Invalid."""
    try:
        fast = float(speed)
    except ValueError:
        fast = 0.0
    if not SLOWEST <= fast <= FASTEST:
        raise Invalid("invalid", f"The speed is a number from {SLOWEST} to {FASTEST}.")
    path = file_of(studio_id, name)
    recording.check(path)
    found = recording_files.about(studio_id, name) or recording_files.sample(path)
    # What is begun anew is another setting, so that the feed which plays it begins anew, too.
    begun = timezone.now().isoformat()
    accounts.switch(studio_id, registry.SIMULATOR, on=True, recording=name, title=found.title, speed=fast, begun=begun)


def ask(studio_id: int, stream_id: int, *, now: datetime) -> About:
    """Asks for a recording of a stream that is over. Raises NotFound, and Conflict where there is nothing to keep."""
    stream = history_queries.stream(studio_id, stream_id)
    if stream is None:
        raise NotFound("There is no such stream.")
    if stream.ended_at is None:
        raise Conflict("still_running", "This stream is not over yet. Keep it when it is.")
    before = of_stream(studio_id, stream_id)
    if before is not None and before.state == "keeping":
        raise Conflict("underway", "This stream is being kept already.")
    total = history_queries.happenings(studio_id, stream, now=now)
    if not total:
        raise _nothing()
    if before is not None and before.state == "failed":
        recording_files.forget(studio_id, before.name)
    title = (stream.title or "Untitled stream")[:_LONGEST_TITLE]
    found = About(
        name="", title=title, at=stream.started_at, made_at=now, state="keeping", total=total, stream_id=stream_id
    )
    found = recording_files.reserve(studio_id, f"{stream.started_at:%Y-%m-%d}-{title}", found)
    try:
        enqueue("streams.keep_recording", studio_id=studio_id, stream_id=stream_id, recording=found.name)
    except BaseException:
        recording_files.forget(studio_id, found.name)
        raise
    return found


def keep(studio_id: int, stream_id: int, name: str) -> None:
    """The job behind ``ask``. May run twice; one that was removed meanwhile, or whose studio was, is not written."""
    noted = recording_files.noted_of(studio_id, name)
    stream = history_queries.stream(studio_id, stream_id)
    if noted is None or stream is None or noted.stream_id != stream_id or noted.state == "ready":
        return
    path = files.own(studio_id) / name
    try:
        with recording_files.part_of(path) as (part, file):
            done = _write(file, studio_id, stream, noted)
            file.close()
            if recording_files.noted_of(studio_id, name) is not None:
                part.replace(path)
                recording_files.note(studio_id, done)
    except Invalid as error:
        recording_files.note(studio_id, structs.replace(noted, state="failed", why=error.message))
    except (OperationalError, InterfaceError):
        raise  # the database is away; the job is tried again
    except Exception:
        why = "Something went wrong here. Keep it again."
        recording_files.note(studio_id, structs.replace(noted, state="failed", why=why))
        raise


def upload(studio_id: int, file: "UploadedFile[Any]", *, now: datetime) -> About:
    """Takes a recording from outside, when every line of it can be read. Raises Invalid, which names the line."""
    if (file.size or 0) > MOST_BYTES:
        raise Invalid("file_too_large", f"A recording has at most {MOST_BYTES >> 20} MB.")
    stem = Path(file.name or "").stem
    title = "".join(letter for letter in stem if letter.isprintable())[:_LONGEST_TITLE] or "Recording"
    folder = recording_files.made_folder(studio_id)
    with recording_files.part_of(folder / "upload") as (part, kept):
        for chunk in file.chunks():
            kept.write(chunk)
        kept.close()
        events, seconds, began = recording.measure(part)
        found = About(
            name="", title=title, at=began or now, made_at=now, events=events, seconds=seconds, size=part.stat().st_size
        )
        found = recording_files.reserve(studio_id, stem, found)
        part.replace(folder / found.name)
    return found


def remove(studio_id: int, name: str) -> About:
    """Takes a recording away; for an hour it can be put back. Raises NotFound, and Conflict for one that plays."""
    found = recording_files.about(studio_id, name)
    if found is None:
        if files.is_name(name) and (files.samples() / name).is_file():
            raise Conflict("sample", "This is a sample for every studio. It stays.")
        raise NotFound("There is no such recording.")
    on = PlatformAccount.objects.filter(
        studio_id=studio_id, platform=registry.SIMULATOR, state=PlatformAccount.State.CONNECTED
    ).first()
    if on is not None and on.settings.get("recording") == name:
        raise Conflict("playing", "This recording plays now. Let something else play, then remove it.")
    if found.has_file:
        recording_files.set_aside(studio_id, found)
    else:  # of a stream that is being kept, or could not be
        recording_files.forget(studio_id, name)
    return found


def put_back(studio_id: int, name: str) -> None:
    """Brings a recording back that was removed. Raises Conflict when it is too late. May run twice."""
    try:
        recording_files.bring_back(studio_id, name)
    except FileNotFoundError as error:
        raise Conflict("too_late", "It is too late to undo this.") from error


def erase_studio(studio_id: int) -> None:
    """Deletes a studio's recordings, those that were removed, too. May run twice."""
    shutil.rmtree(files.own(studio_id), ignore_errors=True)


def _write(file: BinaryIO, studio_id: int, stream: Stream, noted: About) -> About:
    """Writes the events of a stream; they are never all in memory. Raises Invalid."""
    events, size, seconds, left_out, next_at = 0, 0, 0.0, 0, 0.0
    for row in history_queries.happened(studio_id, stream, now=timezone.now()):
        if monotonic() >= next_at:
            next_at = monotonic() + REPORT_EVERY_S
            recording_files.note(studio_id, structs.replace(noted, state="keeping", done=events))
        line = _line(row, stream.started_at)
        if line is None:
            left_out += 1
            continue
        events, size = events + 1, size + len(line)
        seconds = max(seconds, (row["at"] - stream.started_at).total_seconds())
        if size > MOST_BYTES:
            raise Invalid("too_large", f"This stream is longer than a recording may be: {MOST_BYTES >> 20} MB.")
        file.write(line)
    if left_out:
        log.warning("events could not be recorded", studio_id=studio_id, stream_id=stream.pk, count=left_out)
    if not events:
        raise _nothing()
    return structs.replace(noted, state="ready", events=events, seconds=round(seconds, 3), size=size, done=events)


def _line(row: dict[str, Any], began: datetime) -> bytes | None:
    """An event of the table as a line that can be read again; None: it cannot be one."""
    told = {**row["body"], **{name: row[name] for name in ("at", "platform", "platform_id", "kind")}}
    try:
        line = recording.line(msgspec.convert(told, Event), began)
        recording.parse(line, 1)
    except (msgspec.ValidationError, Invalid):
        return None
    return line


def _nothing() -> Invalid:
    return Invalid("nothing", "Nothing of this stream is kept any more, so there is nothing to record.")
