"""Sealing what must be kept for a while but read by nobody: links in mails that wait, secrets of one-time codes."""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unsealable(ValueError):
    """It was sealed with another key or for another purpose, or was changed."""


def seal(text: str, *, purpose: str) -> str:
    """``text`` so that only ``unseal`` with the same purpose reads it, on an installation with the same secret."""
    return _box(purpose, _secrets()).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed. Raises Unsealable."""
    try:
        return _box(purpose, _secrets()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable(f"This was not sealed here for {purpose}.") from error


def _secrets() -> tuple[str, ...]:
    """The present secret first; older ones still open."""
    return (settings.SECRET_KEY, *(str(older) for older in settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=16)
def _box(purpose: str, secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in secrets])


def _key(purpose: str, secret: str) -> bytes:
    # A key of its own for each purpose: what is sealed for one opens nothing of another.
    derived = HKDF(SHA256(), length=32, salt=None, info=f"cuelight.sealing:{purpose}".encode())
    return urlsafe_b64encode(derived.derive(secret.encode()))
