"""What the command line does with the place of the pictures: look whether it works, and move there."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import httpx2
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image

from cuelight.catalog.bucket import Bucket
from cuelight.catalog.storage import Folder
from cuelight.errors import Invalid

#: Files that are copied at a time.
AT_ONCE = 8
BATCH = 200
PATIENCE_S = 10


def place() -> str:
    """Where pictures go, in words."""
    storage = storages["default"]
    if not isinstance(storage, Bucket):
        return f"the folder {settings.MEDIA_ROOT}"
    below = f", below {storage.location}/" if storage.location else ""
    return f"the bucket {storage.bucket_name!r} at {storage.where}{below}"


def problems(*, thoroughly: bool = True) -> Iterator[str]:
    """Sentences about what does not work: a file is written, read and deleted.

    ``thoroughly``: also fetched as the public does, and written as anybody might try.
    """
    path = f"products/0/full/{secrets.token_hex(16)}.png"
    data = _picture()
    storage = storages["default"]
    try:
        storage.save(path, ContentFile(data))
        with storage.open(path) as file:
            if file.read() != data:
                yield "What is read back is not what was written."
        if thoroughly:
            yield from _public_problems(path, data)
        storage.delete(path)
    except OSError as error:
        yield f"Files cannot be written, read and deleted: {error}"


def move(say: Callable[[str], None]) -> int:
    """Copies the pictures of the local folder into the bucket; those that are there already are passed over, so that it
    may be broken off and run again. The folder stays as it is. Returns how many were copied."""
    bucket = storages["default"]
    if not isinstance(bucket, Bucket):
        raise Invalid("no_bucket", "Name the bucket first: CUELIGHT_S3_BUCKET and what goes with it.")
    folder = Folder()
    paths = (path for path, _ in folder.walk() if path.startswith(("products/", "widgets/")))
    seen = copied = 0

    def copy(path: str) -> int:
        if bucket.exists(path):
            return 0
        with folder.open(path) as file:
            bucket.save(path, ContentFile(file.read()))
        return 1

    with ThreadPoolExecutor(AT_ONCE) as threads:
        while batch := list(islice(paths, BATCH)):
            try:
                copied += sum(threads.map(copy, batch))
            except OSError as error:
                raise Invalid("storage_away", f"{error} {copied} files were copied; run it again to go on.") from error
            seen += len(batch)
            say(f"{seen} files looked at, {copied} copied.")
    return copied


def _public_problems(path: str, data: bytes) -> Iterator[str]:
    if urlsplit(settings.MEDIA_URL).netloc:
        yield from _fetching_problems(f"{settings.MEDIA_URL}{path}", data)
    storage: Any = storages["default"]
    if isinstance(storage, Bucket) and storage.endpoint_url:
        yield from _writing_problems(f"{storage.endpoint_url}/{storage.bucket_name}/{storage.key(path)}")


def _fetching_problems(address: str, data: bytes) -> Iterator[str]:
    try:
        answer = httpx2.get(address, timeout=PATIENCE_S, follow_redirects=True)
    except httpx2.HTTPError as error:
        yield f"CUELIGHT_MEDIA_URL is {settings.MEDIA_URL}, which does not answer ({type(error).__name__})."
        return
    if answer.status_code != 200 or answer.content != data:
        yield (
            f"CUELIGHT_MEDIA_URL is {settings.MEDIA_URL}, but a file just written is not found there "
            f"({answer.status_code}). It must lead into the bucket, below the prefix, and anybody must be able to read."
        )


def _writing_problems(address: str) -> Iterator[str]:
    try:
        answer = httpx2.put(address, content=_picture(), timeout=PATIENCE_S)
    except httpx2.HTTPError:
        return
    if answer.is_success:
        yield "Anybody can write into the bucket: a file without a signature was taken. Its policy must refuse that."


def _picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (1, 1)).save(written, "PNG")
    return written.getvalue()
