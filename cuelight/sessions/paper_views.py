"""The whole show on paper: what the crew goes on with when everything else is dark."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import queries as accounts
from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog import queries as catalog
from cuelight.live.transactional import state_of
from cuelight.sessions import paper as papers
from cuelight.sessions import payloads, queries, talking_points
from cuelight.sessions.history_words import money
from cuelight.sessions.lineup import SessionState
from cuelight.sessions.session_forms import MOST_OFFSET_MINUTES, ROLE_WORDS
from cuelight.ui import manifest

#: Pictures are read from their store at the same time, so many at once.
READERS = 8


@never_cache
@require_safe
@studio_page("session.read_notes", of=queries.studio_of)
def paper(request: HttpRequest, session_id: int) -> HttpResponse:
    """The page to be printed, notes included."""
    context = _context(request, session_id, lambda urls: {url: url for url in urls})
    return render(request, "sessions/paper.html", context)


@never_cache
@require_safe
@studio_page("session.read_notes", of=queries.studio_of)
def paper_file(request: HttpRequest, session_id: int) -> HttpResponse:
    """The same as one file with its pictures in it, that opens without us. ``offset``: minutes that its clock is ahead
    of UTC; no script in it could know."""
    context = _context(request, session_id, _embedded) | {"shift": _shift(request.GET.get("offset", ""))}
    text = render_to_string("sessions/paper_file.html", context | {"style": manifest.style()})
    answer = HttpResponse(text, content_type="text/html; charset=utf-8")
    name = f"{context['session'].slug}-{context['as_of']:%Y-%m-%d-%H%M}.html"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _context(request: HttpRequest, session_id: int, pictures: Callable[[list[str]], dict[str, str]]) -> dict[str, Any]:
    version, state = state_of(connection, f"session:{session_id}")
    options = papers.options(request.GET)
    facts = catalog.lineup_products(state.products)
    lines = payloads.items(state, facts, for_crew=True)
    shared = talking_points.as_html({line["document_id"] for line in lines} - {None})
    for line in lines:
        line["talking_points_html"] = shared.get(line["document_id"], line["talking_points_html"])
    images = {line["id"]: url for line in lines if "pictures" in options.parts and (url := _picture(line))}
    found = pictures(list(dict.fromkeys(images.values())))
    for line in lines:
        line["original"] = _price(line["original_price_cents"], state.currency)
        line["sale"] = _price(line["sale_price_cents"], state.currency)
        line["picture"] = found.get(images.get(line["id"], ""))
    return {
        "session": state.settings,
        "session_id": session_id,
        "status": state.live.status,
        "paper": papers.lay_out(
            lines,
            duration_minutes=state.settings.duration_minutes,
            begins_at=_begins_at(state),
            on_air=state.live.item_id if state.live.status in ("live", "rehearsal") else None,
        ),
        "hosts": _hosts(state),
        "studio": accounts.studio(access_of(request).studio_id)["name"],
        "version": version,
        "as_of": timezone.now(),
        "parts": options.parts,
        "chips": [(label, options.query(part), part in options.parts) for part, label in papers.PARTS.items()],
        "query": options.query(),
        "shift": None,
    }


def _begins_at(state: SessionState) -> datetime | None:
    """As planned; of a show without a day as it was."""
    begins_at = state.settings.scheduled_at or state.live.started_at
    return datetime.fromisoformat(begins_at) if begins_at else None


def _hosts(state: SessionState) -> str:
    """``Tom (host), Mia (co-host)``."""
    names = accounts.names(host.person_id for host in state.settings.hosts.values())
    return ", ".join(
        f"{names[host.person_id]} ({ROLE_WORDS[host.role].lower()})"
        # The primary ones first.
        for host in sorted(state.settings.hosts.values(), key=lambda host: host.role, reverse=True)
        if host.person_id in names
    )


def _picture(line: dict[str, Any]) -> str | None:
    image = next(iter(line["images"]), None)
    url: str | None = image and (image["thumbnail_url"] or image["url"])
    return url


def _embedded(urls: list[str]) -> dict[str, str]:
    """Address → the picture itself, of those that can be read."""
    with ThreadPoolExecutor(READERS, thread_name_prefix="paper") as readers:
        return {url: data for url, data in zip(urls, readers.map(catalog.picture_data, urls), strict=True) if data}


def _shift(minutes: str) -> timedelta:
    sign, digits = minutes[:1], minutes.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and int(digits[:5]) <= MOST_OFFSET_MINUTES):
        return timedelta()
    return timedelta(minutes=int(digits[:5]) * (-1 if sign == "-" else 1))


def _price(minor_units: int | None, currency: str) -> str:
    return "" if minor_units is None else money(minor_units, currency)
