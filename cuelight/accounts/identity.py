"""Who is at the other end of a socket or a request: from the sign-in cookie of a browser, or from a token."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from cuelight.accounts import stations, tokens
from cuelight.accounts.models import Person
from cuelight.accounts.sign_ins import sign_in_key as sign_in_key
from cuelight.accounts.tokens import TokenIdentity
from cuelight.live.db import run_db
from cuelight.live.handshake import Handshake


@dataclass(frozen=True, slots=True)
class PersonIdentity:
    """A person, as the hub knows them."""

    person_id: int
    name: str
    kind: str = "person"
    #: The sign-in that let them in, so that one device can be signed out: ``sign-in:5f1c…``.
    via: str = ""

    @property
    def key(self) -> str:
        return f"person:{self.person_id}"


AnyIdentity = PersonIdentity | TokenIdentity

#: By the digest of a token's secret.
_tokens: dict[bytes, TokenIdentity] = {}
_turn = 0


async def authenticate(handshake: Handshake) -> AnyIdentity | None:
    """Who is behind a socket's handshake, or None. A token counts before a cookie."""
    if handshake.token:
        return await _by_secret(handshake.token)
    session_key = handshake.cookies.get(settings.SESSION_COOKIE_NAME)
    return await run_db(signed_in, session_key) if session_key else None


async def token_now(token: TokenIdentity) -> TokenIdentity | None:
    """The token as it is now: None when it was revoked or has run out. From memory where nothing has changed."""
    known = _tokens.get(token.digest)
    return known if known is not None and tokens.is_good(known) else await _by_digest(token.digest)


def read_token(token_id: int) -> TokenIdentity | None:
    """A token that is good, from the database."""
    return tokens.by_id(token_id)


def forget(key: str) -> None:
    """Rights or a token changed: ask the database next time."""
    global _turn
    _turn += 1
    for digest in [digest for digest, known in _tokens.items() if known.key == key]:
        del _tokens[digest]


def of_person(person: Any, session_key: str | None) -> PersonIdentity:
    return PersonIdentity(person.pk, person.name, person.kind, sign_in_key(session_key) if session_key else "")


async def _by_secret(secret: str) -> TokenIdentity | None:
    return await _by_digest(tokens.digest(secret))


async def _by_digest(digest: bytes) -> TokenIdentity | None:
    known = _tokens.get(digest)
    if known is None:
        turn = _turn
        known = await run_db(tokens.by_digest, digest)
        if known is not None and turn == _turn:
            _tokens[digest] = known
    return known if known is not None and tokens.is_good(known) else None


def signed_in(session_key: str) -> PersonIdentity | None:
    """The person of a sign-in session, by the same checks that Django makes for a page."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    person_id, backend = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    if person_id is None or backend not in settings.AUTHENTICATION_BACKENDS:
        return None
    person = Person.objects.filter(id=person_id, is_active=True).first()
    if person is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    if person.kind == Person.Kind.STATION and stations.is_over(session_key):
        return None
    return of_person(person, session_key)
