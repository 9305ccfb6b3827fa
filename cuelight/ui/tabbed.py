"""Lists in tabs, a page at a time: what those of sessions and of documents have in common."""

from typing import NamedTuple


class Tab(NamedTuple):
    """``total`` counts what was found in it."""

    key: str
    label: str
    total: int


def page_of(asked: str, total: int, size: int) -> tuple[int, int]:
    """The number of the page that was asked for and of all there are; what does not exist is taken for the nearest."""
    pages = max(1, -(-total // size))
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
    return min(max(number, 1), pages), pages
