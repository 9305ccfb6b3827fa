"""Role passphrases: how they are hashed and compared. Which studio has which is in ``actions/passphrases.py``."""

from functools import cache

from django.contrib.auth.hashers import check_password, make_password

from cuelight.errors import Invalid

HASHER = "argon2"
SHORTEST = 12
LONGEST = 200


def hashed(secret: str) -> str:
    """The hash of a passphrase that will do. Raises Invalid."""
    if len(secret) < SHORTEST:
        raise Invalid("passphrase_short", f"Take {SHORTEST} characters or more: four odd words make a good one.")
    if len(secret) > LONGEST:
        raise Invalid("passphrase_long", f"Take {LONGEST} characters at most.")
    return make_password(secret, hasher=HASHER)


def is_right(secret: str, hash_: str | None) -> bool:
    """Whether a passphrase is the one of this hash. Without a hash it takes as long, and is never right."""
    matches = check_password(secret[:LONGEST], hash_ or _nobodys(), preferred=HASHER)
    return matches and hash_ is not None


@cache
def _nobodys() -> str:
    """The hash that is looked at where there is none, so that the time of an answer tells nothing."""
    return make_password("nobody's passphrase", hasher=HASHER)
