"""Tokens for sockets and scripts: a signed "this is person 3", good for some hours.

Given as ``?token=``, or over HTTP as ``Authorization: Bearer``.
"""

from functools import lru_cache
from time import time

from django.core import signing

SALT = "cuelight.token"
MAX_AGE_S = 12 * 3600


def make(person_id: int, *, max_age_s: int = MAX_AGE_S) -> str:
    """A token for a person, good for ``max_age_s`` seconds. Letters, digits, ``-``, ``_`` and ``:`` only."""
    return signing.dumps([person_id, int(time()) + max_age_s], salt=SALT)


def read(token: str) -> int | None:
    """The person a token names; None when it is not ours, was changed, or has run out."""
    person_id, expires_at = _unsign(token)
    return person_id if expires_at > time() else None


@lru_cache(maxsize=4096)
def _unsign(token: str) -> tuple[int, int]:
    """Remembered: after a restart thousands of screens show the same few tokens."""
    try:
        person_id, expires_at = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return 0, 0
    return person_id, expires_at
