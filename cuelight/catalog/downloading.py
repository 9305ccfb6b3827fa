"""The bytes of a picture from elsewhere, within bounds.

The address came with a file of somebody's or from a shop, so it must not reach what only this machine can reach: every
address that a name has must be a public one, and the connection goes to the very address that was looked at; asked
again, the name could lead elsewhere. A redirect is looked at in the same way.
"""

import socket
import time
from base64 import b64encode
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpcore2
import httpx2
from django.conf import settings

from cuelight.catalog import pictures
from cuelight.errors import Invalid

#: Of one picture, all in all.
MOST_SECONDS = 30.0
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_PATIENCE_S = 10.0
_Headers = list[tuple[bytes | str, bytes | str]]


class NotFetched(Invalid):
    """A picture that cannot be had from its address. ``may_pass``: it may work the next time."""

    def __init__(self, reason: str, message: str, *, may_pass: bool = False) -> None:
        super().__init__(reason, message)
        self.may_pass = may_pass


def download(url: str, *, most_redirects: int = MOST_REDIRECTS, is_trusted: bool = False) -> bytes:
    """The bytes at an address, `pictures.LARGEST_FILE` at most. Raises NotFetched with what is wrong: no public
    address, too large, too slow, not there.

    ``is_trusted``: whoever runs this named the address, and it need not be a public one.
    """
    until = time.monotonic() + MOST_SECONDS
    backend = httpcore2.SyncBackend() if is_trusted else _PublicOnly()
    with httpcore2.ConnectionPool(network_backend=backend) as pool:
        for _ in range(most_redirects + 1):
            answer = _get(pool, url, until, follows=most_redirects > 0)
            if isinstance(answer, bytes):
                return answer
            url = answer
    raise NotFetched("unreachable_picture", "This address leads to another one again and again.")


def allowed(address: IPv4Address | IPv6Address) -> bool:
    """Whether a picture may be fetched from there: a public address, or one of ``CUELIGHT_PICTURE_NETWORKS``."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped:
        return allowed(mapped)
    if any(address in network for network in settings.PICTURE_NETWORKS):
        return True
    return address.is_global and not address.is_multicast


class _PublicOnly(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        return super().connect_tcp(_looked_up(host, port), port, timeout, local_address, socket_options)


def _looked_up(host: str, port: int) -> str:
    """The address to connect to. One that is not public spoils the name: it may answer with either."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("unreachable_picture", f"There is no host {host[:100]}.", may_pass=True) from error
    addresses = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses or not all(allowed(address) for address in addresses):
        raise NotFetched("private_address", "This address is not a public one, so nothing is fetched from it.")
    return str(addresses[0])


def _get(pool: httpcore2.ConnectionPool, url: str, until: float, *, follows: bool) -> bytes | str:
    """The bytes, or where it leads to."""
    target, headers = _asked(url)
    left = until - time.monotonic()
    if left <= 0:
        raise _too_slow()
    times = dict.fromkeys(("connect", "read", "write", "pool"), min(left, _PATIENCE_S))
    try:
        with pool.stream("GET", target, headers=headers, extensions={"timeout": times}) as response:
            location = next((value for name, value in response.headers if name.lower() == b"location"), None)
            if follows and response.status in _REDIRECTS and location is not None:
                return urljoin(url, location.decode("latin-1"))
            if response.status != 200:
                may_pass = response.status == 429 or response.status >= 500
                message = f"The address answers {response.status}."
                raise NotFetched("unreachable_picture", message, may_pass=may_pass)
            return _body(response, until)
    except httpcore2.TimeoutException as error:
        raise _too_slow() from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError) as error:
        raise NotFetched("unreachable_picture", "Nothing answers at this address.", may_pass=True) from error


def _body(response: httpcore2.Response, until: float) -> bytes:
    data = bytearray()
    for piece in response.iter_stream():
        data += piece
        if len(data) > pictures.LARGEST_FILE:
            raise NotFetched("image_too_large", f"This picture is larger than {pictures.LARGEST_FILE >> 20} MB.")
        if time.monotonic() > until:
            raise _too_slow()
    return bytes(data)


def _asked(url: str) -> tuple[httpcore2.URL, _Headers]:
    """What is asked for, with its letters as the wire has them, and the headers."""
    parts = _checked(url)
    try:
        wire = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise NotFetched("invalid_url", "This is no address.") from error
    # Not packed: what arrives is counted as it is.
    headers: _Headers = [
        ("Accept", "image/*"), ("Accept-Encoding", "identity"), ("User-Agent", "Cuelight"),
    ]  # fmt: skip
    if parts.username is not None:
        both = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers.append(("Authorization", f"Basic {b64encode(both.encode()).decode()}"))
    return httpcore2.URL(scheme=wire.raw_scheme, host=wire.raw_host, port=wire.port, target=wire.raw_path), headers


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise NotFetched("invalid_url", "This is no address.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotFetched("invalid_url", "The address must begin with http:// or https://")
    return parts


def _too_slow() -> NotFetched:
    return NotFetched("unreachable_picture", "It took too long to answer.", may_pass=True)
