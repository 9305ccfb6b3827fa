"""One request to Twitch: bounded in time and bytes; and again, ever later, where that helps."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx2 as httpx
import orjson

from cuelight.streams.backoff import Backoff
from cuelight.streams.platforms.twitch import faults


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody waits. ``deadline_s``: for one answer, however slowly it drips; ``longest_wait_s``: between
    two tries, also when Twitch asks for more; ``in_all_s``: no further try begins after that."""

    connect_s: float = 5.0
    deadline_s: float = 15.0
    attempts: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 65.0
    in_all_s: float = 120.0


READER = Patience()
#: While a person waits for the answer.
PERSON = Patience(connect_s=3.0, deadline_s=6.0, attempts=3, first_wait_s=0.3, longest_wait_s=5.0, in_all_s=6.0)
#: While a WebSocket waits for us to say what it is for, ten seconds at most.
WELCOMED = Patience(connect_s=3.0, deadline_s=4.0, attempts=3, first_wait_s=0.3, longest_wait_s=3.0, in_all_s=4.0)
#: The most bytes of an answer that are read.
MOST_BYTES = 4 << 20

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> dict[str, Any]:
        """What it says; nothing for what is no JSON object."""
        try:
            said = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return said if isinstance(said, dict) else {}

    @property
    def message(self) -> str:
        said = self.json().get("message")
        return said if isinstance(said, str) else ""


class Asking:
    """``async with Asking(patience) as asking: await asking.ask("GET", url, …)``. Follows no redirect, knows no proxy
    of the environment's: the settings say where Twitch is."""

    def __init__(self, patience: Patience = READER, *, sleep: Sleep = asyncio.sleep) -> None:
        self.patience = patience
        self.sleep = sleep
        times = httpx.Timeout(patience.deadline_s, connect=min(patience.connect_s, patience.deadline_s))
        self._http = httpx.AsyncClient(timeout=times, follow_redirects=False, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def ask(
        self, method: str, url: str, *, is_repeatable: bool = True, is_hurried: bool = True, **request: Any
    ) -> Answer:
        """One answer, whatever it is but a fault that passes; those are tried again. What is not repeatable, since
        twice would not be as good as once, only when it surely was not done; what is not hurried not after a 429 that
        does not say how long. Raises Away when patience ends."""
        backoff = Backoff(self.patience.first_wait_s, self.patience.longest_wait_s)
        give_up_at = time.monotonic() + self.patience.in_all_s
        while True:
            try:
                return await self._once(method, url, **request)
            except faults.Away as fault:
                wait_s = backoff.next_s(fault.after_s)
                is_over = backoff.failures >= self.patience.attempts or time.monotonic() + wait_s > give_up_at
                is_idle = fault.reason == "busy" and fault.after_s is None and not is_hurried
                is_risky = fault.was_done and not is_repeatable
                if is_over or is_idle or is_risky or wait_s > self.patience.longest_wait_s:
                    raise
                await self.sleep(wait_s)

    async def _once(self, method: str, url: str, **request: Any) -> Answer:
        try:
            async with asyncio.timeout(self.patience.deadline_s):
                answer = await self._read(method, url, **request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise faults.away() from error  # it never got there
        except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
            # Half an answer, or none in time: nothing of it is believed.
            raise faults.away(was_done=True) from error
        return _sorted(answer)

    async def _read(self, method: str, url: str, **request: Any) -> Answer:
        async with self._http.stream(method, url, **request) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise faults.unreadable()
            return Answer(response.status_code, response.headers, bytes(body))


def _sorted(answer: Answer) -> Answer:
    """The answer; faults that pass are raised."""
    if answer.status == 429:
        raise faults.busy(asked_wait_s(answer.headers))
    if answer.status >= 500:
        raise faults.away(was_done=True, after_s=retry_after_s(answer.headers.get("Retry-After", "")))
    if 300 <= answer.status < 400:
        raise faults.unreadable()
    if answer.status == 200 and answer.body and not answer.json():
        raise faults.unreadable()
    return answer


def asked_wait_s(headers: httpx.Headers) -> float | None:
    """Seconds that a 429 asks for: ``Retry-After``, else until ``Ratelimit-Reset``; None: it does not say."""
    if (seconds := retry_after_s(headers.get("Retry-After", ""))) is not None:
        return seconds
    return reset_in_s(headers)


def reset_in_s(headers: httpx.Headers) -> float | None:
    """Seconds until the bucket is full again, by Twitch's own clock where it tells the time."""
    reset = _whole(headers.get("Ratelimit-Reset", ""))
    if reset is None:
        return None
    now = _date(headers.get("Date", "")) or time.time()
    # Dates are whole seconds; a reset that is just over still means a little patience.
    return max(reset - now, 0.0)


def retry_after_s(text: str) -> float | None:
    """Seconds, from a number or a date; None for neither."""
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text):
        return float(text)
    at = _date(text)
    return None if at is None else max(at - time.time(), 0.0)


def _date(text: str) -> float | None:
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=at.tzinfo or UTC).timestamp() if isinstance(at, datetime) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None
