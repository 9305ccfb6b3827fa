"""Pages of the live sessions: the list, the producer's console, the host's screen."""

from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.sessions import listing, queries
from cuelight.sessions.queries import SessionRow

#: What decides which buttons a row has.
MAY = ("console", "watch", "history", "edit_lineup", "read_notes", "settings", "create", "delete")
MOST_TYPED = 200
SORTS = tuple(listing.SORTS.items())
#: What a tab says when nothing is in it.
EMPTY = {
    "upcoming": ("No show is planned", "Make one from scratch, from a template, or as an earlier one was."),
    "live": ("Nothing is on air", "A show that goes live or is rehearsed stands here."),
    "complete": ("No show is over yet", "What was on air is kept here, with its history."),
    "templates": ("No template yet", "Save a show as a template, and the next one begins with its lineup."),
    "archived": ("The archive is empty", "What is put away is kept here, and can come back."),
}


@never_cache
@require_safe
@studio_page("session.list")
def session_list(request: HttpRequest) -> HttpResponse:
    """The sessions of the studio one is in, a tab for each state."""
    access = access_of(request)
    may = {name: access.may(f"session.{name}") for name in MAY}
    asked = {name: request.GET.get(name, "") for name in ("tab", "q", "sort", "page")}
    words, sort = asked["q"][:MOST_TYPED].strip(), asked["sort"] if asked["sort"] in listing.SORTS else "schedule"
    found = listing.listing(
        access, tab=asked["tab"], words=words, sort=sort, page=asked["page"], desk=may["edit_lineup"]
    )

    def query(**other: str | int) -> str:
        values = {"tab": found.tab, "q": words, "sort": sort if sort != "schedule" else "", **other}
        return urlencode({name: value for name, value in values.items() if value})

    context = {
        "found": found,
        "may": may,
        "words": words,
        "tabs": [(tab, query(tab=tab.key)) for tab in found.tabs],
        "sorts": [(label, query(sort="" if key == "schedule" else key), key == sort) for key, label in SORTS],
        "sort": sort,
        "back": query(page=found.number if found.number > 1 else ""),
        "earlier": query(page=found.number - 1) if found.number > 1 else "",
        "later": query(page=found.number + 1) if found.number < found.pages else "",
        "empty": EMPTY[found.tab],
        "op_id": uuid4(),
        "undo": studio_pages.offered_undo(request),
    }
    return render(request, "sessions/list.html", context)


@never_cache
@require_safe
@studio_page("session.console", of=queries.studio_of)
def producer(request: HttpRequest, session_id: int) -> HttpResponse:
    """The console that drives the show."""
    session = _session(request, session_id)
    props = _props(request, session)
    return render(request, "sessions/live.html", {"session": session, "island": "ProducerConsole", "props": props})


@never_cache
@require_safe
@studio_page("session.watch", of=queries.studio_of)
def host(request: HttpRequest, session_id: int) -> HttpResponse:
    """The screen that the host reads."""
    session = _session(request, session_id)
    props = _props(request, session)
    return render(request, "sessions/live.html", {"session": session, "island": "HostScreen", "props": props})


@require_safe
@studio_page("session.watch", of=queries.studio_of)
def run(request: HttpRequest, session_id: int) -> HttpResponse:
    """The address of older links: ``?view=producer`` is the console, everything else the host's screen."""
    page = "producer" if request.GET.get("view") == "producer" else "host"
    query = request.GET.copy()
    query.pop("view", None)
    rest = f"?{query.urlencode()}" if query else ""
    return redirect(f"/sessions/{session_id}/{page}{rest}")


def _session(request: HttpRequest, session_id: int) -> SessionRow:
    return queries.session_in([access_of(request).studio_id], session_id)


def _props(request: HttpRequest, session: SessionRow) -> dict[str, int | str | None]:
    return {
        "sessionId": session["id"],
        "studioId": session["studio_id"],
        "sessionName": session["name"],
        "personId": access_of(request).person_id,
    }
