"""What else goes when a change set is taken back. Sessions are a context above: it registers what it put where."""

from collections.abc import Callable
from typing import Any

#: ``release(change_set_id, actor_id)``, before products go: takes out of use what the change set put there and returns
#: sentences about what stays.
Release = Callable[[int, int | None], list[str]]
#: ``settled(change_set_id, result)``: it was taken back, with what came of it (`actions.Reverted`).
Settled = Callable[[int, Any], None]

_registered: list[tuple[Release, Settled]] = []


def register(*, release: Release, settled: Settled) -> None:
    """Both are called in the transaction that takes the change set back."""
    _registered.append((release, settled))


def release(change_set_id: int, actor_id: int | None) -> list[str]:
    return [sentence for one, _ in _registered for sentence in one(change_set_id, actor_id)]


def settled(change_set_id: int, result: Any) -> None:
    for _, one in _registered:
        one(change_set_id, result)
