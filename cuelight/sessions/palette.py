"""Where one can go by ``Ctrl+K``: the pages of the menu, and the sessions by name."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import access
from cuelight.accounts.access import Access
from cuelight.accounts.gate import account_page, who_is
from cuelight.documents import palette as documents
from cuelight.documents.palette import Entry
from cuelight.sessions import queries
from cuelight.sessions.queries import SessionRow


@never_cache
@require_safe
@account_page("account.here")
def palette(request: HttpRequest) -> JsonResponse:
    """``{entries}``: only what this person may open, in any studio: pages, sessions in the order of their list, and
    documents."""
    who = who_is(request)
    accesses = access.accesses(who)
    pages, texts = documents.entries(who, accesses)
    return JsonResponse({"entries": _pages(accesses) + pages + _sessions(accesses) + texts})


def _pages(accesses: list[Access]) -> list[Entry]:
    home: Entry = {"title": "Home", "detail": "Page", "href": "/home"}
    pages = (
        ("Live", "/dashboard", "stream.watch"),
        ("Sessions", "/sessions", "session.list"),
        ("New session", "/sessions/new", "session.create"),
        ("Products", "/products", "catalog.read"),
        ("New product", "/products/new", "catalog.edit"),
        ("Brands", "/brands", "catalog.read"),
        ("Imports", "/imports", "catalog.import"),
    )
    found: list[Entry] = [
        {"title": title, "detail": "Page", "href": href}
        for title, href, action in pages
        if any(one.may(action) for one in accesses)
    ]
    return [home, *found]


def _sessions(accesses: list[Access]) -> list[Entry]:
    seeing = [one.studio_id for one in accesses if one.may("session.list")]
    driving = {one.studio_id for one in accesses if one.may("session.console")}
    building = {one.studio_id for one in accesses if one.may("session.edit_lineup")}
    return [
        entry
        for row in queries.list_sessions(seeing)
        for entry in _ways(row, drives=row["studio_id"] in driving, builds=row["studio_id"] in building)
    ]


def _ways(session: SessionRow, *, drives: bool, builds: bool) -> list[Entry]:
    """The pages of one session, the one that is meant most often first."""
    ways = [("Console", "producer")] if drives else []
    ways += [("Lineup", "edit")] if builds else []
    return [
        {"title": session["name"], "detail": detail, "href": f"/sessions/{session['id']}/{page}"}
        for detail, page in [*ways, ("Host screen", "host")]
    ]
