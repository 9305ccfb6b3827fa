"""Reading what a client sent: each function returns the value in its type or raises Invalid with a sentence."""

from typing import Any
from uuid import UUID

from cuelight.errors import Invalid

Payload = dict[str, Any]

MAX_INT = 2**63 - 1


def require_int(payload: Payload, key: str, *, least: int = 0, most: int = MAX_INT) -> int:
    """A whole number within the bounds; true and false are none."""
    value = payload.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid("invalid", f"{key} must be a whole number from {least} to {most}.")
    return value


def optional_int(payload: Payload, key: str, *, least: int = 0, most: int = MAX_INT) -> int | None:
    """As require_int; None when absent or null."""
    return None if payload.get(key) is None else require_int(payload, key, least=least, most=most)


def require_text(payload: Payload, key: str, *, most: int, empty: bool = False) -> str:
    """A string of at most ``most`` characters, without the NUL that PostgreSQL cannot store."""
    value = payload.get(key)
    if not isinstance(value, str) or (not value and not empty):
        raise Invalid("invalid", f"{key} must be a text.")
    if len(value) > most:
        raise Invalid("too_long", f"{key} may have {most} characters at most.")
    if "\0" in value:
        raise Invalid("invalid", f"{key} must not contain a NUL character.")
    return value


def optional_text(payload: Payload, key: str, *, most: int, empty: bool = False) -> str | None:
    """As require_text; None when absent or null."""
    return None if payload.get(key) is None else require_text(payload, key, most=most, empty=empty)


def require_choice(payload: Payload, key: str, choices: tuple[str, ...]) -> str:
    """One of ``choices``."""
    value = payload.get(key)
    if not isinstance(value, str) or value not in choices:
        raise Invalid("invalid", f"{key} must be one of: {', '.join(choices)}.")
    return value


def require_bool(payload: Payload, key: str) -> bool:
    value = payload.get(key)
    if not isinstance(value, bool):
        raise Invalid("invalid", f"{key} must be true or false.")
    return value


def op_id(payload: Payload) -> UUID | None:
    """The client-made UUID that makes a repeated command harmless; None when the client gave none."""
    value = payload.get("op_id")
    if value is None:
        return None
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise Invalid("invalid", "op_id must be a UUID.") from None
