"""How long a request may be: Django keeps all of it on disk before it asks who sent it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from django.db import Error as DatabaseError
from django.http import parse_cookie

from cuelight.accounts import identity
from cuelight.live.handshake import Handshake

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]

log = structlog.get_logger(__name__)

#: The most a form may have; an upload of the importer with its form, that of a picture, a Word file, an order file,
#: a recording, and a sound for overlays.
FORM_BYTES = 4 << 20
UPLOADS = {
    re.compile(r"/imports"): 520 << 20,
    re.compile(r"/products/[0-9]+/images"): 26 << 20,
    re.compile(r"/documents/import"): 33 << 20,
    re.compile(r"/dashboard/orders"): 130 << 20,
    re.compile(r"/dashboard/platforms/recordings"): 130 << 20,
    re.compile(r"/widgets/files"): 6 << 20,
}


def limited(scope: Scope, receive: Receive) -> Receive:
    """Hangs up on a request that goes on for longer than a form. Only uploads are more, of who may sign in."""
    size, most = 0, FORM_BYTES

    async def counted() -> Mapping[str, Any]:
        nonlocal size, most
        message = await receive()
        size += len(message.get("body", b""))
        if size > most == FORM_BYTES and (upload := _upload_bytes(scope["path"])) and await is_somebody(scope):
            most = upload
        return message if size <= most else {"type": "http.disconnect"}

    return counted


def _upload_bytes(path: str) -> int:
    return next((most for pattern, most in UPLOADS.items() if pattern.fullmatch(path)), 0)


async def is_somebody(scope: Scope) -> bool:
    """Whether the cookie or the token of a request is that of a person who may sign in."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else None
    try:
        person = await identity.authenticate(
            Handshake(parse_cookie(headers.get("cookie", "")), {}, headers, None, bearer)
        )
    except DatabaseError as error:
        log.warning("nobody can be asked who uploads", error=str(error))
        return False
    return person is not None
