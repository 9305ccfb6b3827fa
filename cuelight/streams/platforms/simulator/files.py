"""Where recordings lie: a studio's own in the data folder, which no other studio reads, and samples, for all."""

import re
from pathlib import Path

from django.conf import settings

from cuelight.streams.platforms.contract import NeedsYou

#: Neither a folder above nor a hidden file has such a name.
_NAME = re.compile(r"[\w-][\w.-]{0,99}\.jsonl")


def is_name(name: str) -> bool:
    """Whether a recording may be called so."""
    return _NAME.fullmatch(name) is not None


def own(studio_id: int) -> Path:
    """The folder of a studio's own recordings, whether it is there or not."""
    folder: Path = settings.DATA_DIR / "recordings" / str(studio_id)
    return folder


def samples() -> Path:
    folder: Path = settings.ROOT / "samples"
    return folder


def of(studio_id: int, name: str) -> Path:
    """Where a recording lies: among the studio's own, else among the samples. Raises NeedsYou."""
    if is_name(name):
        for folder in (own(studio_id), samples()):
            path = folder / name
            if path.is_file():
                return path
    raise NeedsYou("no_recording", "There is no such recording.")
