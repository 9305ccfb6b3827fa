"""Pages of the live sessions: the list, the producer's console, the host's screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import access
from cuelight.accounts import queries as accounts
from cuelight.errors import NotFound
from cuelight.sessions import queries
from cuelight.sessions.history_words import money
from cuelight.sessions.queries import SessionRow


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("/sessions")


@never_cache
@require_safe
def session_list(request: HttpRequest) -> HttpResponse:
    """The sessions of the studios one belongs to. Who may not see sessions (a cataloger) is led to the imports."""
    accesses = access.accesses(_person_id(request))
    seeing = [one.studio_id for one in accesses if one.may("session.list")]
    if not seeing:
        if any(one.may("catalog.import") for one in accesses):
            return redirect("/imports")
        raise NotFound("You belong to no studio yet. Ask a colleague for a link.")
    drives = any(one.may("session.console") for one in accesses)
    return render(request, "sessions/list.html", {"sessions": queries.list_sessions(seeing), "drives": drives})


@never_cache
@require_safe
def producer(request: HttpRequest, session_id: int) -> HttpResponse:
    """The console that drives the show."""
    session = _session(request, session_id, "session.console")
    props = _props(request, session)
    return render(request, "sessions/live.html", {"session": session, "island": "ProducerConsole", "props": props})


@never_cache
@require_safe
def host(request: HttpRequest, session_id: int) -> HttpResponse:
    """The screen that the host reads."""
    session = _session(request, session_id, "session.watch")
    props = _props(request, session)
    return render(request, "sessions/live.html", {"session": session, "island": "HostScreen", "props": props})


@never_cache
@require_safe
def paper(request: HttpRequest, session_id: int) -> HttpResponse:
    """The whole show on paper, notes included: what the crew goes on with when everything else is dark."""
    session = _session(request, session_id, "session.read_notes")
    currency = accounts.studio(session["studio_id"])["currency"]
    lines = [
        line
        | {
            "original": _price(line["original_price_cents"], currency),
            "sale": _price(line["sale_price_cents"], currency),
            "thumbnail": line["images"][0]["thumbnail_url"] or line["images"][0]["url"] if line["images"] else None,
        }
        for line in queries.lineup(session_id)
    ]
    planned = sum(line["planned_seconds"] or 0 for line in lines)
    return render(request, "sessions/paper.html", {"session": session, "lines": lines, "planned": planned})


@require_safe
def run(request: HttpRequest, session_id: int) -> HttpResponse:
    """The address of older links: ``?view=producer`` is the console, everything else the host's screen."""
    page = "producer" if request.GET.get("view") == "producer" else "host"
    query = request.GET.copy()
    query.pop("view", None)
    rest = f"?{query.urlencode()}" if query else ""
    return redirect(f"/sessions/{session_id}/{page}{rest}")


def _price(minor_units: int | None, currency: str) -> str:
    return "" if minor_units is None else money(minor_units, currency)


def _session(request: HttpRequest, session_id: int, action: str) -> SessionRow:
    if session_id >= 2**63:
        raise NotFound("There is no such session.")
    return queries.access_session(access.accesses(_person_id(request)), session_id, action)


def _props(request: HttpRequest, session: SessionRow) -> dict[str, int | str]:
    return {
        "sessionId": session["id"],
        "studioId": session["studio_id"],
        "sessionName": session["name"],
        "personId": _person_id(request),
    }


def _person_id(request: HttpRequest) -> int:
    assert request.user.pk is not None, "LoginRequiredMiddleware lets nobody else in"
    return int(request.user.pk)
