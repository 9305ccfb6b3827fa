"""The folder of a studio's recordings: what lies in it, and how it comes there whole or not at all.

Beside the file ``{name}`` lies ``{name}.about``, what pages say of it without reading it; while a stream is kept there
is only that. A recording that was removed is ``{name}.removed`` for a while, so that it can be taken back.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify
from msgspec import Struct, structs

from cuelight.errors import Conflict, Invalid
from cuelight.streams.platforms.simulator import files, recording

#: Of one studio.
MOST_RECORDINGS = 50
#: How long what was removed can be taken back, and after what silence a stream is kept no further.
REMOVED_KEPT, SILENT = timedelta(hours=1), timedelta(hours=1)
_ABOUT, _REMOVED, _PART = ".about", ".removed", ".part"
_LONGEST_NAME = 60


class About(Struct, frozen=True, kw_only=True):
    """One recording as pages have it. ``state``: "keeping" while a job writes ``done`` of ``total`` events; "ready";
    "failed", and ``why``. ``at``: when the show was; ``seconds``: its length; ``stream_id``: what it was kept of."""

    name: str
    title: str
    at: datetime
    made_at: datetime
    state: Literal["keeping", "ready", "failed"] = "ready"
    why: str = ""
    events: int = 0
    seconds: float = 0.0
    size: int = 0
    done: int = 0
    total: int = 0
    stream_id: int | None = None
    is_sample: bool = False

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=round(self.seconds))

    @property
    def has_file(self) -> bool:
        return self.size > 0


_decoder = msgspec.json.Decoder(About)


def listed(studio_id: int) -> list[About]:
    """The studio's recordings, newest first, then the samples."""
    folder = files.own(studio_id)
    lying = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    names = {name.removesuffix(_ABOUT) for name in lying}
    own = [one for name in names if (one := about(studio_id, name)) is not None]
    samples = [sample(path) for path in sorted(files.samples().glob("*.jsonl")) if path.name not in lying]
    return sorted(own, key=lambda one: (one.made_at, one.name), reverse=True) + samples


def about(studio_id: int, name: str) -> About | None:
    """One of the studio's own; None when there is none. One that was laid there by hand is read for it."""
    if not files.is_name(name):
        return None
    path, noted = files.own(studio_id) / name, noted_of(studio_id, name)
    try:
        there = path.stat()
    except FileNotFoundError:
        if noted is None or noted.state == "ready":  # removed
            return None
        if noted.state == "keeping" and _written_at(_beside(path, _ABOUT)) < timezone.now() - SILENT:
            return structs.replace(noted, state="failed", why="It was not finished. Keep it again.")
        return noted
    if noted is not None and noted.state == "ready" and noted.size == there.st_size:
        return noted
    return _read(path, there.st_size, there.st_mtime_ns)


def sample(path: Path) -> About:
    """One that every studio has."""
    there = path.stat()
    found = _read(path, there.st_size, there.st_mtime_ns)
    return structs.replace(found, title=f"Sample: {path.stem.replace('-', ' ')}", is_sample=True)


@contextmanager
def part_of(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file that is none yet: whoever has written it whole gives it its name. Else nothing stays of it."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}{_PART}")
    try:
        with part.open("xb") as file:
            yield part, file
    finally:
        part.unlink(missing_ok=True)


def reserve(studio_id: int, words: str, found: About) -> About:
    """Finds a name made of these words that nothing has, and takes it. Raises Conflict when there are too many."""
    folder = made_folder(studio_id)
    if sum(not one.is_sample for one in listed(studio_id)) >= MOST_RECORDINGS:
        raise Conflict("too_many", f"There are {MOST_RECORDINGS} recordings already. Remove one first.")
    stem = slugify(words)[:_LONGEST_NAME].strip("-_") or "recording"
    for number in range(1, 1_000):
        name = f"{stem}{'' if number == 1 else f'-{number}'}.jsonl"
        if any(path.exists() for path in (folder / name, _beside(folder / name, _REMOVED), files.samples() / name)):
            continue
        try:
            with _beside(folder / name, _ABOUT).open("xb") as file:
                noted = structs.replace(found, name=name)
                file.write(msgspec.json.encode(noted))
        except FileExistsError:
            continue
        return noted
    raise Conflict("too_many", "There are too many recordings of this name.")


def note(studio_id: int, noted: About, *, new: bool = False) -> None:
    """Writes down what pages say of a recording; where nothing is written down any more, only if it is ``new``."""
    path = _beside(files.own(studio_id) / noted.name, _ABOUT)
    if not new and not path.exists():
        return
    with part_of(path) as (part, file):
        file.write(msgspec.json.encode(noted))
        file.close()
        part.replace(path)


def noted_of(studio_id: int, name: str) -> About | None:
    """What was written down of a recording."""
    try:
        return _decoder.decode(_beside(files.own(studio_id) / name, _ABOUT).read_bytes())
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def forget(studio_id: int, name: str) -> None:
    """Deletes one at once, and what is written down of it."""
    path = files.own(studio_id) / name
    path.unlink(missing_ok=True)
    _beside(path, _ABOUT).unlink(missing_ok=True)


def set_aside(studio_id: int, found: About) -> None:
    """Takes a file away so that it can be brought back; its name stays taken."""
    path = files.own(studio_id) / found.name
    if found.state == "ready":
        note(studio_id, found, new=True)
    os.utime(path)
    path.replace(_beside(path, _REMOVED))


def bring_back(studio_id: int, name: str) -> None:
    """Undoes ``set_aside``. Raises FileNotFoundError when it is gone."""
    path = files.own(studio_id) / name
    if not path.exists():
        _beside(path, _REMOVED).replace(path)


def sweep() -> None:
    """Deletes what was set aside long ago, and what a process left that died while it wrote."""
    before = timezone.now() - REMOVED_KEPT
    folder: Path = settings.DATA_DIR / "recordings"
    for path in folder.glob("*/*"):
        if path.suffix in (_REMOVED, _PART) and _written_at(path) < before:
            path.unlink(missing_ok=True)
            if path.suffix == _REMOVED:
                path.with_suffix(_ABOUT).unlink(missing_ok=True)


def made_folder(studio_id: int) -> Path:
    """The studio's folder, made where it is not there yet."""
    folder = files.own(studio_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@lru_cache(maxsize=256)
def _read(path: Path, size: int, changed: int) -> About:
    """What a file itself says. Remembered until it is another one."""
    at = datetime.fromtimestamp(changed / 1e9, UTC)
    found = About(name=path.name, title=path.stem, at=at, made_at=at, size=size)
    try:
        events, seconds, began = recording.measure(path)
    except Invalid as error:
        return structs.replace(found, state="failed", why=error.message)
    return structs.replace(found, events=events, seconds=seconds, at=began or at)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return timezone.now()
