"""Signed links that sign somebody in and lead to a page: what ``make run`` prints, what a producer sends to a host."""

from typing import NamedTuple

from django.core import signing
from django.utils.http import url_has_allowed_host_and_scheme

from cuelight.errors import Invalid

SALT = "cuelight.link"
MAX_AGE_S = 12 * 3600


class Link(NamedTuple):
    """Whom a link signs in, and where it leads."""

    person_id: int
    path: str


def make(person_id: int, path: str) -> str:
    """The local path of a link that signs a person in and leads to ``path``. Good for 12 hours."""
    return f"/enter/{signing.dumps([person_id, path], salt=SALT)}"


def read(token: str) -> Link:
    """What a link says. Raises Invalid when it is not ours, was changed, or has run out."""
    try:
        person_id, path = signing.loads(token, salt=SALT, max_age=MAX_AGE_S)
    except signing.SignatureExpired as error:
        raise Invalid("link_expired", "This link has run out. Ask for a new one.") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("link_invalid", "This link is not complete. Copy it again, all of it.") from error
    return Link(person_id, local(path))


def local(path: str | None, default: str = "/") -> str:
    """``path`` when it stays on this site, else ``default``."""
    inside = bool(path) and url_has_allowed_host_and_scheme(path, allowed_hosts=None) and str(path).startswith("/")
    return str(path) if inside else default
