"""Fetching a picture that a shop names, as any other picture from elsewhere, and more narrowly."""

from urllib.parse import urlsplit

import stamina

from cuelight.catalog.downloading import NotFetched, download
from cuelight.catalog.shopify import faults
from cuelight.catalog.shopify.client import base_of

DEADLINE_S = 60.0


def fetch(url: str, domain: str) -> bytes:
    """A picture's bytes, over https from a public address, without redirects. Raises ShopError."""
    is_stand_in = _origin(url) == _origin(base_of(domain)) and urlsplit(base_of(domain)).scheme == "http"
    if not is_stand_in:
        _require_plain_https(url)
    try:
        for attempt in stamina.retry_context(on=_may_pass, attempts=3, timeout=DEADLINE_S, wait_initial=0.5):
            with attempt:
                return download(url, most_redirects=0, is_trusted=is_stand_in)
    except NotFetched as error:
        if error.may_pass:
            message = "The shop's pictures do not answer. They are tried again."
            raise faults.ShopError("pictures_away", message, is_permanent=False) from error
        raise _refused(error.message) from error
    raise AssertionError("stamina ended without an answer")


def _may_pass(error: Exception) -> bool:
    return isinstance(error, NotFetched) and error.may_pass


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
