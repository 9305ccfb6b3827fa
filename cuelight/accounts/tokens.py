"""Tokens for overlays, decks and scripts: random secrets of which the database keeps a hash.

Given as ``?token=``, or over HTTP as ``Authorization: Bearer``. A secret is ``cue_`` and 43 letters: it can be told
from other secrets where one leaks, and carries nothing that could be forged.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from time import time

from django.utils import timezone

from cuelight.accounts.models import AccessToken

PREFIX = "cue_"
HINT_LETTERS = 4
#: Uses are written down at most this often.
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class TokenIdentity:
    """A token that was good when it was read."""

    token_id: int
    name: str
    studio_id: int
    scopes: frozenset[str]
    session_id: int | None
    #: Who made it, and so answers for what it does; None when that person is gone.
    person_id: int | None
    digest: bytes
    #: Seconds since 1970; None: never.
    expires_at: float | None
    via: str = ""

    @property
    def key(self) -> str:
        return f"token:{self.token_id}"


def new_secret() -> str:
    """A secret nobody can guess. Letters, digits, ``-`` and ``_`` only: phoenix carries tokens in a header."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def hint(secret: str) -> str:
    return secret[-HINT_LETTERS:]


def is_good(token: TokenIdentity) -> bool:
    return token.expires_at is None or token.expires_at > time()


def by_secret(secret: str) -> TokenIdentity | None:
    """The good token of a secret, from the database."""
    return by_digest(digest(secret))


def by_digest(wanted: bytes) -> TokenIdentity | None:
    """A token that is good; also writes down that it was used, at most once a minute."""
    now = timezone.now()
    token = AccessToken.objects.filter(digest=wanted, revoked_at__isnull=True, studio__deleted_at__isnull=True).first()
    if token is None or (token.expires_at and token.expires_at <= now):
        return None
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        AccessToken.objects.filter(id=token.id).update(last_used_at=now)
    return _identity(token)


def by_id(token_id: int) -> TokenIdentity | None:
    """A token that is good, by its number. No use of it."""
    token = AccessToken.objects.filter(id=token_id, revoked_at__isnull=True, studio__deleted_at__isnull=True).first()
    if token is None or (token.expires_at and token.expires_at <= timezone.now()):
        return None
    return _identity(token)


def _identity(token: AccessToken) -> TokenIdentity:
    return TokenIdentity(
        token.id,
        token.name,
        token.studio_id,
        frozenset(token.scopes),
        token.session_id,
        token.created_by_id,
        bytes(token.digest),
        token.expires_at.timestamp() if token.expires_at else None,
    )
