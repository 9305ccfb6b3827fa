"""Pages that nobody need sign in for say so with ``@public``; a page that says nothing is reached by nobody."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Needs(NamedTuple):
    """What a page needs: an action of the policy, asked of a studio or of one's account; or nothing at all."""

    action: str
    of: str


PUBLIC = Needs("public", "none")


def public(view: View) -> View:
    """A page for everybody, signed in or not."""
    view.needs = PUBLIC  # type: ignore[attr-defined]
    return view
