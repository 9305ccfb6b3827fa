"""What contexts above take away when a person is erased: each registers one function, once, when its app is ready."""

from collections.abc import Callable

_registered: list[Callable[[int], None]] = []


def register(take_away: Callable[[int], None]) -> None:
    """``take_away(person_id)`` is called in the transaction that erases."""
    if take_away not in _registered:
        _registered.append(take_away)


def take_away(person_id: int) -> None:
    for registered in _registered:
        registered(person_id)
