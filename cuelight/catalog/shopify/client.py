"""Requests to one shop: bounded in time and size, tried again where that helps, waiting before the shop has to say so.

Synchronous, for jobs and the form that tries a connection. Never inside a transaction.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol, Self

import httpx2 as httpx
import orjson
import stamina
import structlog
from django.conf import settings

from cuelight.catalog.shopify import faults

log = structlog.get_logger(__name__)

DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com")
TIMES = httpx.Timeout(20.0, connect=5.0)
#: Seconds for one answer as a whole, however slowly it drips, and the most bytes of it that are read.
DEADLINE_S, MOST_BYTES = 60.0, 32 << 20
#: How often a request that failed is made, and for how many seconds in all.
ATTEMPTS, PATIENCE_S = 5, 120.0
#: The same while a person waits for the page.
WAITED_ATTEMPTS, WAITED_TIMES = 2, httpx.Timeout(10.0, connect=5.0)
#: Longest wait that a shop may ask for, in seconds, and how often in a row.
LONGEST_WAIT_S, MOST_WAITS = 60.0, 20
#: What a request costs before its like was ever made; most ask for less.
FIRST_GUESS = 100.0


class Again(Exception):
    """It may work the next time, ``after_s`` from now where the shop has said so."""

    def __init__(self, fault: faults.ShopError, after_s: float | None = None) -> None:
        super().__init__(fault.reason)
        self.fault = fault
        self.after_s = after_s


class TooCostly(Exception):
    """One request asks for more than the shop gives at once: ask for less."""


class Tokens(Protocol):
    """Where the client has its token from."""

    def current(self) -> str: ...
    def renewed(self, refused: str) -> str: ...


@dataclass
class Answer:
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:
        """What it says; None for what is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


@dataclass
class Bucket:
    """The points that the shop lets us spend, as it said last. A wait is computed, not guessed."""

    clock: Callable[[], float] = time.monotonic
    available: float = 0.0
    most: float = 0.0
    rate: float = 0.0
    at: float = 0.0
    costs: dict[str, float] = field(default_factory=dict)

    def heard(self, query: str, cost: Any) -> None:
        """``extensions.cost`` of an answer; anything else changes nothing."""
        if not isinstance(cost, dict):
            return
        asked, status = _number(cost.get("requestedQueryCost")), cost.get("throttleStatus")
        if asked:
            self.costs[query] = asked
        if isinstance(status, dict):
            self.available = _number(status.get("currentlyAvailable"), least=-1e6)  # below 0: spent ahead
            self.most = _number(status.get("maximumAvailable"))
            self.rate = _number(status.get("restoreRate"))
            self.at = self.clock()

    def wait_for(self, query: str) -> float:
        """Seconds until there is enough for one more of these; 0 while nothing is known."""
        if self.rate <= 0:
            return 0.0
        wanted = min(self.costs.get(query, FIRST_GUESS), self.most)
        now = self.available + (self.clock() - self.at) * self.rate
        return min(max((wanted - now) / self.rate, 0.0), LONGEST_WAIT_S)


class Client:
    """``with Client(domain, tokens) as client: client.query(…)``. ``served`` is the API version of the last answer;
    ``is_waited_for``: a person waits for it, so it gives up sooner."""

    def __init__(
        self,
        domain: str,
        tokens: Tokens | None = None,
        *,
        is_waited_for: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.domain = domain
        self.base = base_of(domain)
        self.version: str = settings.SHOPIFY_API_VERSION
        self.served = ""
        self.bucket = Bucket()
        self._tokens = tokens
        self._sleep = sleep
        self._attempts = WAITED_ATTEMPTS if is_waited_for else ATTEMPTS
        times = WAITED_TIMES if is_waited_for else TIMES
        # No proxy and no certificate file of the environment's: the settings say where a shop is.
        self._http = httpx.Client(timeout=times, follow_redirects=False, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """``data`` of a GraphQL answer. Waits for points, renews a refused token once. Raises ShopError, TooCostly."""
        assert self._tokens is not None
        token, is_new = self._tokens.current(), False
        for _ in range(MOST_WAITS):
            self._pause(self.bucket.wait_for(text))
            answer = self._graphql(text, variables, token)
            if answer.status == 401:
                if is_new:
                    raise faults.not_installed(self.domain)
                token, is_new = self._tokens.renewed(token), True
                continue
            said = self._understood(answer)
            self.bucket.heard(text, _under(said, "extensions", "cost"))
            wait = self._throttled(text, said)
            if wait is None:
                return _data_of(said)
            self._pause(wait)
        raise faults.busy()

    def grant(self, client_id: str, client_secret: str) -> dict[str, Any]:
        """A new token by client credentials: ``{access_token, expires_in, scope}``. Raises ShopError."""
        form = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
        answer = self._asked("/admin/oauth/access_token", data=form)
        said = answer.json()
        if answer.status == 200 and isinstance(said, dict) and isinstance(said.get("access_token"), str):
            return said
        raise self._ungranted(answer, said)

    def _ungranted(self, answer: Answer, said: Any) -> faults.ShopError:
        reason = str(said.get("error", "")) if isinstance(said, dict) else ""
        by_reason: dict[str, Callable[[], faults.ShopError]] = {
            "invalid_client": faults.wrong_secret,
            "application_cannot_be_found": faults.wrong_secret,
            "shop_not_permitted": faults.not_permitted,
            "access_denied": faults.not_permitted,
            "app_not_installed": lambda: faults.not_installed(self.domain),
        }
        if reason in by_reason:
            return by_reason[reason]()
        if answer.status in (400, 401):
            return faults.wrong_secret()
        if answer.status == 403:
            return faults.not_permitted()
        return faults.no_such_shop(self.domain) if answer.status == 404 else faults.unreadable(self.domain)

    def _graphql(self, text: str, variables: dict[str, Any], token: str) -> Answer:
        answer = self._asked(
            f"/admin/api/{self.version}/graphql.json",
            json={"query": text, "variables": variables},
            headers={"X-Shopify-Access-Token": token},
        )
        self.served = answer.headers.get("X-Shopify-API-Version", "")[:20] or self.served
        return answer

    def _understood(self, answer: Answer) -> dict[str, Any]:
        if answer.status == 403:
            raise faults.scope_missing()
        if answer.status == 404:
            raise faults.version_unknown(self.version)
        said = answer.json()
        if answer.status >= 400:
            raise faults.refused(str(said.get("errors", "")) if isinstance(said, dict) else "")
        assert isinstance(said, dict)  # or _once had tried again
        return said

    def _throttled(self, text: str, said: dict[str, Any]) -> float | None:
        """Seconds to wait, when this answer is none; None when it is one. Raises ShopError, TooCostly."""
        errors = said.get("errors")
        if not errors:
            return None
        first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
        code = _under(first, "extensions", "code")
        if code == "THROTTLED":
            # Somebody else spends from the same bucket: at least a little, or we would ask without a pause.
            return max(self.bucket.wait_for(text), 0.5)
        if code == "MAX_COST_EXCEEDED":
            raise TooCostly
        if code == "ACCESS_DENIED":
            raise faults.scope_missing()
        if code == "INTERNAL_SERVER_ERROR":
            raise faults.away(self.domain)
        raise faults.refused(str(first.get("message", errors)))

    def _asked(self, path: str, **request: Any) -> Answer:
        """One answer of the shop, whatever it is but a fault that passes. Raises ShopError when that does not pass."""
        try:
            for attempt in stamina.retry_context(
                on=_delay, attempts=self._attempts, timeout=PATIENCE_S, wait_initial=0.5, wait_max=15.0, wait_jitter=1.0
            ):
                with attempt:
                    return self._once(path, **request)
        except Again as error:
            raise error.fault from error
        raise AssertionError("stamina ended without an answer")

    def _once(self, path: str, **request: Any) -> Answer:
        started = time.monotonic()
        try:
            with self._http.stream("POST", self.base + path, **request) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if time.monotonic() - started > DEADLINE_S or len(body) > MOST_BYTES:
                        raise Again(faults.away(self.domain))
        except (httpx.TransportError, httpx.DecodingError) as error:
            # Half an answer, none in time, no connection: nothing of it is believed.
            raise Again(faults.away(self.domain)) from error
        return self._sorted(Answer(response.status_code, response.headers, bytes(body)))

    def _sorted(self, answer: Answer) -> Answer:
        """Faults that pass are Again; redirects, locks and the like are ShopError."""
        if answer.status == 429:
            raise Again(faults.busy(), _retry_after(answer.headers.get("Retry-After", "")))
        if answer.status in (402, 423):
            raise faults.frozen(self.domain)
        if answer.status >= 500:
            raise Again(faults.away(self.domain), _retry_after(answer.headers.get("Retry-After", "")))
        if 300 <= answer.status < 400:
            raise faults.moved(self.domain)
        if answer.status == 200 and not isinstance(answer.json(), dict):
            raise Again(faults.unreadable(self.domain))
        return answer

    def _pause(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)


def base_of(domain: str) -> str:
    """Where a shop's API is."""
    return str(settings.SHOPIFY_URL).replace("{shop}", domain)


def _delay(error: Exception) -> bool | float:
    """For stamina: whether to try again, or after how many seconds."""
    if not isinstance(error, Again):
        return False
    if error.after_s is None:
        return True
    return error.after_s if error.after_s <= LONGEST_WAIT_S else False


def _retry_after(text: str) -> float | None:
    """Seconds, from a number or a date; None for neither."""
    try:
        return max(float(text), 0.0) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text) else _until(text)
    except (TypeError, ValueError):
        return None


def _until(date: str) -> float:
    at = parsedate_to_datetime(date)
    return max((at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0.0)


def _data_of(said: dict[str, Any]) -> dict[str, Any]:
    data = said.get("data")
    if not isinstance(data, dict):
        raise faults.refused("there is no data in its answer")
    return data


def _under(said: Any, *path: str) -> Any:
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    return said


def _number(value: Any, *, least: float = 0.0) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and value >= least else 0.0
