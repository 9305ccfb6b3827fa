"""Fetching a picture that a shop names: an address in an answer must not reach into our own network."""

import socket
import time
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpcore2
import stamina

from cuelight.catalog import pictures
from cuelight.catalog.shopify import faults
from cuelight.catalog.shopify.client import base_of

DEADLINE_S = 60.0
_TIMES = {"timeout": {"connect": 5.0, "read": 20.0, "write": 10.0, "pool": 5.0}}


class NotPublic(Exception):
    """A name that leads to an address which is not of the public internet."""


class _Passing(Exception):
    """It may work the next time."""


class PublicOnly(httpcore2.SyncBackend):
    """Connects to the very address it has looked at: asked again, the name could lead elsewhere."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        if not found or not all(ip_address(address.partition("%")[0]).is_global for address in found):
            raise NotPublic(host)
        return super().connect_tcp(min(found), port, timeout, local_address, socket_options)


def fetch(url: str, domain: str) -> bytes:
    """A picture's bytes, over https from a public address; 25 MB at most, no redirects. Raises ShopError."""
    is_stand_in = _origin(url) == _origin(base_of(domain)) and urlsplit(base_of(domain)).scheme == "http"
    if not is_stand_in:
        _require_plain_https(url)
    backend = httpcore2.SyncBackend() if is_stand_in else PublicOnly()
    try:
        for attempt in stamina.retry_context(on=_Passing, attempts=3, timeout=DEADLINE_S, wait_initial=0.5):
            with attempt, httpcore2.ConnectionPool(network_backend=backend) as pool:
                return _read(pool, url)
    except NotPublic as error:
        raise _refused("Its address is none of the public internet.") from error
    except _Passing as error:
        message = "The shop's pictures do not answer. They are tried again."
        raise faults.ShopError("pictures_away", message, is_permanent=False) from error
    raise AssertionError("stamina ended without an answer")


def _read(pool: httpcore2.ConnectionPool, url: str) -> bytes:
    started, data = time.monotonic(), bytearray()
    try:
        with pool.stream("GET", url.encode("ascii"), extensions=_TIMES) as response:
            if response.status == 429 or response.status >= 500:
                raise _Passing
            if response.status != 200:
                raise _refused(f"The shop answers {response.status}.")
            for chunk in response.iter_stream():
                data += chunk
                if len(data) > pictures.LARGEST_FILE:
                    raise _refused(f"It is larger than {pictures.LARGEST_FILE >> 20} MB.")
                if time.monotonic() - started > DEADLINE_S:
                    raise _Passing
    except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
        raise _Passing from error
    return bytes(data)


def _require_plain_https(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused("Its address cannot be read.") from error
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or port not in (None, 443):
        raise _refused("Its address is not one of https.")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _refused("Its address cannot be read.")


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc


def _refused(why: str) -> faults.ShopError:
    return faults.ShopError("picture_refused", why)
