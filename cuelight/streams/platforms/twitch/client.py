"""Helix, Twitch's API, for one account: with its token, a new one where that is refused, and an eye on the bucket."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2 as httpx
from django.conf import settings

from cuelight.streams.platforms.contract import NeedsYou
from cuelight.streams.platforms.twitch import faults
from cuelight.streams.platforms.twitch.asking import Answer, Asking, reset_in_s

#: So many points of the bucket are left alone: others may spend from it at the same time.
RESERVE = 5


class HasTokens(Protocol):
    """Where the client has its token from."""

    async def current(self) -> str: ...
    async def renewed(self, refused: str) -> str: ...
    async def given_up(self, why: NeedsYou) -> NeedsYou: ...


@dataclass(slots=True)
class Bucket:
    """The points that Twitch lets one account spend, as it said last."""

    clock: Callable[[], float] = time.monotonic
    remaining: int | None = None
    full_at: float = 0.0

    def heard(self, headers: httpx.Headers) -> None:
        """The headers of an answer; those without a word about it change nothing."""
        remaining, reset_s = headers.get("Ratelimit-Remaining", ""), reset_in_s(headers)
        if remaining.isdecimal() and len(remaining) < 10 and reset_s is not None:
            self.remaining, self.full_at = int(remaining), self.clock() + reset_s

    def wait_s(self) -> float:
        """Seconds until there is enough for one more; 0 while nothing is known."""
        if self.remaining is None or self.remaining > RESERVE:
            return 0.0
        return max(self.full_at - self.clock(), 0.0)


#: By account: an account's readers and writers of one process spend from the same one.
_buckets: dict[int, Bucket] = {}


def bucket_of(account_id: int) -> Bucket:
    return _buckets.setdefault(account_id, Bucket())


class Client:
    """``Client(asking, tokens, bucket)``. Each call returns what Twitch says; raises Refused, with `faults.Away` for
    what passes, or NeedsYou."""

    def __init__(self, asking: Asking, tokens: HasTokens, bucket: Bucket | None = None) -> None:
        self.bucket = bucket or Bucket()
        self.tokens = tokens
        self._asking = asking

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        return (await self.ask("GET", path, params)).json()

    async def ask(
        self,
        method: str,
        path: str,
        params: dict[str, str],
        body: dict[str, Any] | None = None,
        *,
        fine: tuple[int, ...] = (),
        **how: bool,
    ) -> Answer:
        """One answer. ``fine``: statuses of 400 and above that are no refusal; ``how`` as `Asking.ask` has it."""
        request: dict[str, Any] = {"params": params, **how} | ({"json": body} if body is not None else {})
        token = await self.tokens.current()
        answer = await self._asked(token, method, path, request)
        if answer.status == 401 and not _is_about_scopes(answer):
            token = await self.tokens.renewed(token)
            answer = await self._asked(token, method, path, request)
        if answer.status < 400 or answer.status in fine:
            return answer
        raise await self._refusal(answer)

    async def _asked(self, token: str, method: str, path: str, request: dict[str, Any]) -> Answer:
        wait_s = self.bucket.wait_s()
        if wait_s > self._asking.patience.longest_wait_s:
            raise faults.busy(wait_s)
        if wait_s > 0:
            await self._asking.sleep(wait_s)
        headers = {"Authorization": f"Bearer {token}", "Client-Id": settings.TWITCH_KEYS[0]}
        answer = await self._asking.ask(method, f"{settings.TWITCH_API_URL}/{path}", headers=headers, **request)
        self.bucket.heard(answer.headers)
        return answer

    async def _refusal(self, answer: Answer) -> Exception:
        if answer.status in (401, 403) and _is_about_scopes(answer):
            return faults.scope_missing(scope for scope in faults.SCOPES if scope in answer.message.lower())
        if answer.status == 401:
            return await self.tokens.given_up(faults.sign_in_again())
        return faults.refused(answer.status, answer.message)


def _is_about_scopes(answer: Answer) -> bool:
    return "scope" in answer.message.lower()
