"""What the pages of a studio have in common: where they are, and the tabs between them."""

from typing import Any, TypedDict

from django.http import HttpRequest

from cuelight.accounts import queries
from cuelight.accounts.gate import access_of

#: Title, path below the studio's, and what one must be allowed to do. The later ones are the studio context's.
TABS = (
    ("Profile", "settings", "studio.settings"),
    ("Members", "members", "studio.members"),
    ("Invitations", "invitations", "studio.invite_hosts"),
    ("Passphrases", "passphrases", "studio.passphrases"),
    ("Tokens", "tokens", "studio.tokens"),
    ("Audit log", "audit", "studio.audit"),
    ("Danger zone", "danger", "studio.delete"),
)


class Tab(TypedDict):
    title: str
    href: str


def context(request: HttpRequest) -> dict[str, Any]:
    """What ``accounts/studio_base.html`` needs: ``studio``, ``access``, ``tabs``."""
    access = access_of(request)
    studio = queries.studio(access.studio_id)
    tabs = [
        Tab(title=title, href=f"/studios/{studio['slug']}/{path}") for title, path, action in TABS if access.may(action)
    ]
    return {"studio": studio, "access": access, "tabs": tabs}
