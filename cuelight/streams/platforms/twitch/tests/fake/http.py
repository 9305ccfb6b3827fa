"""As much of HTTP/1.1 as a client needs: requests in, answers out, over the streams of asyncio."""

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

LONGEST_HEAD = 64 * 1024


@dataclass
class Asked:
    """One request as it came. ``at`` is monotonic seconds; names of headers are lower case; ``status`` is the answer,
    0 while there is none and for those that never got one."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    head: bytes
    at: float = field(default_factory=time.monotonic)
    status: int = 0

    def json(self) -> Any:
        return orjson.loads(self.body)

    def form(self) -> dict[str, str]:
        """The fields of a form, those of the address too."""
        posted = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in (self.query | posted).items()}

    def get(self, name: str) -> str:
        """The first value of a parameter of the address, or ""."""
        return self.query.get(name, [""])[0]

    def is_upgrade(self) -> bool:
        return self.headers.get("upgrade", "").lower() == "websocket"


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"


def say_json(status: int, value: Any, **headers: str) -> Answer:
    return Answer(status, orjson.dumps(value), {name.replace("_", "-"): text for name, text in headers.items()})


def say_error(status: int, message: str, **headers: str) -> Answer:
    """An error as Helix words it."""
    return say_json(status, {"error": HTTPStatus(status).phrase, "status": status, "message": message}, **headers)


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request, or None when nobody asks any more."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
        return None
    parts = urlsplit(target)
    return Asked(method, parts.path, parse_qs(parts.query, keep_blank_values=True), headers, body, head)


def written(answer: Answer) -> bytes:
    """An answer as it goes over the wire."""
    has_body = answer.status not in (204, 304)
    headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))} if has_body else {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (headers | answer.headers).items())
    start = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{lines}\r\n"
    return start.encode("latin-1") + (answer.body if has_body else b"")
