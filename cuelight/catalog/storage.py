"""Where the files of pictures lie: a folder of this machine, or a bucket of any S3-compatible store.

Tables hold paths (``products/7/full/….jpg``); which folder or bucket, under which prefix, and at which address the
public finds them, are settings. Whatever a bucket answers badly is an OSError here, as with a folder.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
#: A name is never used again, so what it holds never changes.
FOR_EVER = "public, max-age=31536000, immutable"


class PlaceAway(OSError):
    """The bucket does not answer, or does not take our key; its text is a sentence without any secret."""


class Folder(FileSystemStorage):
    """A folder: ``MEDIA_ROOT``."""

    def walk(self) -> Iterator[tuple[str, datetime]]:
        """Every file: its path, and when it was written."""
        root = Path(self.location)
        for path in sorted(root.rglob("*")):
            try:
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                continue  # deleted meanwhile
            if path.is_file():
                yield path.relative_to(root).as_posix(), written
