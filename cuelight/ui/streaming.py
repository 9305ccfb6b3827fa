"""Answers that are sent while they are made, so that none of them is ever whole in memory."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from cuelight.live.db import run_db

CHUNK = 1 << 18


def made(request: HttpRequest, parts: Iterator[bytes], *, name: str, content_type: str) -> StreamingHttpResponse:
    """A download that is read from the database piece by piece, each on a thread of the pool."""
    return _download(_pulled(parts), name, content_type)


def stored(request: HttpRequest, path: Path, *, name: str, content_type: str) -> StreamingHttpResponse:
    """A download of a file on the disk."""
    response = _download(_read(path), name, content_type)
    response["Content-Length"] = str(path.stat().st_size)
    return response


def _download(content: AsyncIterator[bytes], name: str, content_type: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


async def _pulled(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (part := await run_db(next, parts, None)) is not None:
        yield part


async def _read(path: Path) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
    finally:
        file.close()
