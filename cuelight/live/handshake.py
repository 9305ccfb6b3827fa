"""Reading the request of a socket: where to, from which page, with which cookies and token."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from django.http import parse_cookie
from django.http.request import validate_host
from websockets.datastructures import Headers
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from cuelight.live.channel import Identity
from cuelight.live.proxies import Networks, came_encrypted

PATH = "/socket/websocket"
VERSION = "2.0.0"
TOKEN_PROTOCOL = "base64url.bearer.phx."  # noqa: S105  (how the phoenix client carries its authToken)
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Handshake:
    """What ``authenticate`` may look at."""

    cookies: dict[str, str]
    query: dict[str, str]
    headers: Mapping[str, str]  # names in lower case; a repeated one is joined with ", "
    origin: str | None
    token: str | None  # authToken of the client, else Authorization: Bearer, else ?token=


Authenticate = Callable[[Handshake], Awaitable[Identity | None]]


@dataclass(frozen=True, slots=True)
class Door:
    """Which requests may become a socket, whoever sends them."""

    allowed_origins: frozenset[str] = frozenset()
    #: Names this server answers to, as ``ALLOWED_HOSTS`` has them; None: any.
    hosts: Sequence[str] | None = None
    #: wss:// only, as a proxy of ours tells.
    https_only: bool = False
    proxies: Networks = ()


class Unacceptable(Exception):
    """The request is answered with an HTTP status instead of a socket."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def read(request: Request, door: Door, peer: str) -> Handshake:
    """Checks path, version, host, encryption and origin; ``peer`` is the address at the other end.

    Raises Unacceptable; nothing a client sends makes it raise anything else.
    """
    path, _, query_text = request.path.partition("?")
    if path != PATH:
        raise Unacceptable(HTTPStatus.NOT_FOUND, f"There is no socket here; it is at {PATH}.")
    query = _read_query(query_text)
    if query.get("vsn") != VERSION:
        raise Unacceptable(HTTPStatus.BAD_REQUEST, f"This server speaks vsn={VERSION}.")
    headers = _flatten(request.headers)
    if door.https_only and not came_encrypted(peer, headers.get("x-forwarded-proto", ""), door.proxies):
        raise Unacceptable(HTTPStatus.FORBIDDEN, "Sockets are encrypted here; it is at wss://.")
    if door.hosts is not None and not validate_host(_host_name(headers.get("host", "")), door.hosts):
        raise Unacceptable(HTTPStatus.BAD_REQUEST, "This server has another name.")
    origin = headers.get("origin")
    if origin is not None and not is_allowed(origin, headers.get("host", ""), door):
        raise Unacceptable(HTTPStatus.FORBIDDEN, "This page may not open a socket here.")
    return Handshake(_cookies(request.headers, origin), query, headers, origin, _find_token(query, headers))


def is_allowed(origin: str, host: str, door: Door) -> bool:
    """Whether a page of ``origin`` may connect: it comes from this host, or it is on the list."""
    if origin in door.allowed_origins:
        return True
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host}")
        default = DEFAULT_PORTS.get(page.scheme)
        return (
            default is not None
            and (page.scheme == "https" or not door.https_only)
            and page.hostname is not None
            and (page.hostname, page.port or default) == (here.hostname, here.port or default)
        )
    except ValueError:  # a port that is no number, a broken IPv6 address
        return False


class Negotiation(ServerProtocol):
    """websockets' half of the handshake, with the answer the phoenix client needs."""

    def select_subprotocol(self, subprotocols: Sequence[Subprotocol]) -> Subprotocol | None:
        """``phoenix`` when offered, else none: any other answer makes the client hang up and retry for ever."""
        return Subprotocol("phoenix") if "phoenix" in subprotocols else None

    def forget(self) -> None:
        """Ends the parser's generator, which refers to us: a storm of joins must not wait for the collector."""
        self.parser.close()


def _cookies(headers: Headers, origin: str | None) -> dict[str, str]:
    """None without an origin. Every browser names the page that opens a socket: who does not is no browser, and a
    cookie elsewhere was taken from one."""
    # Browsers may send several Cookie headers over some proxies; Django reads them joined like this, too.
    return {} if origin is None else parse_cookie("; ".join(headers.get_all("Cookie")))


def _host_name(host: str) -> str:
    """The name without the port, for ``validate_host``; in brackets if it is an IPv6 address."""
    name, colon, port = host.rpartition(":")
    return (name if colon and "]" not in port else host).lower()


def _read_query(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise Unacceptable(HTTPStatus.BAD_REQUEST, "The query has too many fields.") from None


def _flatten(headers: Headers) -> dict[str, str]:
    # Headers.get raises when a header is repeated, and a repeated Cookie is no attack.
    flat: dict[str, str] = {}
    for name, value in headers.raw_items():
        key = name.lower()
        flat[key] = f"{flat[key]}, {value}" if key in flat else value
    return flat


def _find_token(query: dict[str, str], headers: Mapping[str, str]) -> str | None:
    for offered in headers.get("sec-websocket-protocol", "").split(","):
        if offered.strip().startswith(TOKEN_PROTOCOL):
            return _decode(offered.strip().removeprefix(TOKEN_PROTOCOL))
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials:
        return credentials.strip()
    return query.get("token")


def _decode(text: str) -> str | None:
    try:
        padded = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
        return base64.b64decode(padded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
