"""``/home``: what somebody who is signed in sees first."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import access as accounts_access
from cuelight.accounts import queries as accounts
from cuelight.accounts import studios
from cuelight.accounts.access import Access
from cuelight.accounts.gate import account_page, who_is
from cuelight.accounts.identity import AnyIdentity, PersonIdentity
from cuelight.sessions import imports
from cuelight.sessions import queries as sessions

#: Ways from here, each for whoever may go it: what it is called, where it leads, what one must be allowed to do.
WAYS = (
    ("Import a sheet", "/imports", "catalog.import"),
    ("Invite somebody", "/studios/{slug}/invitations", "studio.invite_hosts"),
    ("Members", "/studios/{slug}/members", "studio.members"),
    ("Audit log", "/studios/{slug}/audit", "studio.audit"),
)
RECENT_IMPORTS = 4


@never_cache
@require_safe
@account_page("account.here")
def home(request: HttpRequest) -> HttpResponse:
    """What is on, what comes, and where to go; by what one may do in the studio that is chosen."""
    who = who_is(request)
    access = studios.current(request, accounts_access.accesses(who))
    context: dict[str, Any] = {"deleted": _deleted(who), "has_account": getattr(who, "kind", "") == "person"}
    if access is None:
        return render(request, "studio/no_studio.html", context)
    return render(request, "studio/home.html", context | _of_studio(access))


def _of_studio(access: Access) -> dict[str, Any]:
    studio = accounts.studio(access.studio_id)
    sees, may_import = access.may("session.list"), access.may("catalog.import")
    running, ahead = sessions.now_and_next(access.studio_id, now=timezone.now()) if sees else ([], [])
    return {
        "studio": studio,
        "sees": sees,
        "drives": access.may("session.console"),
        "may_import": may_import,
        "running": running,
        "next": None if running or not ahead else ahead[0],
        "ahead": ahead if running else ahead[1:],
        "ways": [
            {"label": label, "href": href.format(slug=studio["slug"])}
            for label, href, action in WAYS
            if access.may(action)
        ],
        "writes": access.may("document.create"),
        "op_id": uuid4(),
        "runs": imports.recent([access.studio_id], RECENT_IMPORTS) if may_import else [],
    }


def _deleted(who: AnyIdentity) -> list[accounts.DeletedStudioRow]:
    """The studios that this person could restore."""
    rows = accounts.deleted_studios(who.person_id) if isinstance(who, PersonIdentity) else []
    return [row for row in rows if accounts_access.read_access_to_deleted(who, row["id"]).may("studio.restore")]
