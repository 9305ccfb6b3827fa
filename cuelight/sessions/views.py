"""Pages of the live sessions: the list, the producer's console, the host's screen."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.gate import access_of, studio_page
from cuelight.sessions import queries
from cuelight.sessions.history_words import money
from cuelight.sessions.queries import SessionRow


@never_cache
@require_safe
@studio_page("session.list")
def session_list(request: HttpRequest) -> HttpResponse:
    """The sessions of the studio one is in."""
    access = access_of(request)
    sessions = [row for row in queries.list_sessions([access.studio_id]) if access.reaches(row["id"])]
    return render(request, "sessions/list.html", {"sessions": sessions, "drives": access.may("session.console")})


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


@never_cache
@require_safe
@studio_page("session.read_notes", of=queries.studio_of)
def paper(request: HttpRequest, session_id: int) -> HttpResponse:
    """The whole show on paper, notes included: what the crew goes on with when everything else is dark."""
    session = _session(request, session_id)
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
@studio_page("session.watch", of=queries.studio_of)
def run(request: HttpRequest, session_id: int) -> HttpResponse:
    """The address of older links: ``?view=producer`` is the console, everything else the host's screen."""
    page = "producer" if request.GET.get("view") == "producer" else "host"
    query = request.GET.copy()
    query.pop("view", None)
    rest = f"?{query.urlencode()}" if query else ""
    return redirect(f"/sessions/{session_id}/{page}{rest}")


def _price(minor_units: int | None, currency: str) -> str:
    return "" if minor_units is None else money(minor_units, currency)


def _session(request: HttpRequest, session_id: int) -> SessionRow:
    return queries.session_in([access_of(request).studio_id], session_id)


def _props(request: HttpRequest, session: SessionRow) -> dict[str, int | str | None]:
    return {
        "sessionId": session["id"],
        "studioId": session["studio_id"],
        "sessionName": session["name"],
        "personId": access_of(request).person_id,
    }
