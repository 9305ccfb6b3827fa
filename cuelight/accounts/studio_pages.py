"""What the pages of a studio have in common: where they are, and the tabs between them."""

from typing import Any, TypedDict

from django.core import signing
from django.http import HttpRequest

from cuelight.accounts import queries
from cuelight.accounts.access import Access
from cuelight.accounts.gate import access_of
from cuelight.errors import Invalid

#: Title, path below the studio's, and what one must be allowed to do. The later ones are the studio context's.
TABS = [
    ("Profile", "settings", "studio.settings"),
    ("Members", "members", "studio.members"),
    ("Invitations", "invitations", "studio.invite_hosts"),
    ("Passphrases", "passphrases", "studio.passphrases"),
    ("Tokens", "tokens", "studio.tokens"),
    ("Audit log", "audit", "studio.audit"),
    ("Danger zone", "danger", "studio.delete"),
]


class Tab(TypedDict):
    title: str
    href: str


UNDO_SALT = "cuelight.undo"
#: The toast is there until the next page; so long it may be pressed.
UNDO_MAX_AGE_S = 600
_OFFERED = "undo"


def register_tab(title: str, path: str, action: str, *, before: str) -> None:
    """A tab of a context above, left of the one with the path ``before``."""
    TABS.insert(next(index for index, tab in enumerate(TABS) if tab[1] == before), (title, path, action))


def located(slug: str, **_: Any) -> int | None:
    """For the gate: the studio of a page below ``/studios/<slug>/``, whatever else stands in its path."""
    return queries.studio_id_by_slug(slug)


def context(request: HttpRequest) -> dict[str, Any]:
    """What ``accounts/studio_base.html`` needs: ``studio``, ``access``, ``tabs``, and ``undo`` where there is one."""
    access = access_of(request)
    studio = queries.studio(access.studio_id)
    return {"studio": studio, "access": access, "tabs": _tabs(access, studio["slug"]), "undo": offered_undo(request)}


def first(access: Access, slug: str) -> str:
    """Where the studio's pages begin for somebody; nothing: there is none for them."""
    return next((tab["href"] for tab in _tabs(access, slug)), "")


def _tabs(access: Access, slug: str) -> list[Tab]:
    return [Tab(title=title, href=f"/studios/{slug}/{path}") for title, path, action in TABS if access.may(action)]


def offer_undo(request: HttpRequest, message: str, *, path: str, said: Any) -> None:
    """The next page of the studio says ``message`` with Undo beside it, which posts ``said``, signed, to ``path``.

    Signed: what is given back was this person's to take, moments ago; nobody can ask for anything else.
    """
    value = signing.dumps([access_of(request).studio_id, path, said], salt=UNDO_SALT)
    request.session[_OFFERED] = {"message": message, "path": path, "value": value}


def offered_undo(request: HttpRequest) -> dict[str, Any] | None:
    """What the page before has offered to take back, once: ``message``, ``path`` and ``value``."""
    offered: dict[str, Any] | None = request.session.pop(_OFFERED, None)
    return offered


def undone(request: HttpRequest) -> Any:
    """What the Undo that was pressed had been offered with. Raises Invalid for one of elsewhere, or too late."""
    try:
        studio_id, path, said = signing.loads(request.POST.get("undo", ""), salt=UNDO_SALT, max_age=UNDO_MAX_AGE_S)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("too_late", "It is too late to undo this.") from error
    if studio_id != access_of(request).studio_id or path != request.path:
        raise Invalid("too_late", "It is too late to undo this.")
    return said
