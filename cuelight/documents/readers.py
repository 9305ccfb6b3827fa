"""Who may read a document because of where it is used: other contexts say so, and this one knows none of them."""

from collections.abc import Callable

from cuelight.accounts.identity import AnyIdentity

Reader = Callable[[AnyIdentity, int], bool]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """``reader(who, document_id)``: whether they see it where it is used, such as on a host's screen."""
    if reader not in _readers:
        _readers.append(reader)


def may_read(who: AnyIdentity, document_id: int) -> bool:
    return any(reader(who, document_id) for reader in _readers)
