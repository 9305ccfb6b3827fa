"""Which sessions a studio has, for the forms that offer them. Sessions are a context above: it registers the list."""

from collections.abc import Callable
from typing import NamedTuple


class SessionChoice(NamedTuple):
    """One session in a form, and its pages."""

    id: int
    name: str
    host_path: str
    crew_path: str
    #: A form offers it; else it is only known by name: a template, or what is in the archive.
    is_offered: bool = True


_lists: list[Callable[[int], list[SessionChoice]]] = []


def register(list_: Callable[[int], list[SessionChoice]]) -> None:
    """``list_(studio_id)`` gives a studio's sessions, the ones that matter now first."""
    _lists.append(list_)


def of_studio(studio_id: int) -> list[SessionChoice]:
    """Those that a form offers."""
    return [choice for choice in known(studio_id) if choice.is_offered]


def known(studio_id: int) -> list[SessionChoice]:
    """All that there are, for whoever was given one of them before it was put away."""
    return [choice for list_ in _lists for choice in list_(studio_id)]
