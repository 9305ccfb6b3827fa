"""The rundown of a show afterwards: ``/sessions/{id}/history`` and its CSV files."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.errors import Invalid
from cuelight.sessions import history_csv, history_filter, history_queries, history_words, queries
from cuelight.sessions.history import History, HistoryEntry
from cuelight.sessions.history_filter import Filter
from cuelight.sessions.queries import SessionRow


@never_cache
@require_safe
@studio_page("session.history", of=queries.studio_of)
def history(request: HttpRequest, session_id: int) -> HttpResponse:
    """Who did what when, what was on air for how long, and what the host was told."""
    session = _session(request, session_id)
    told = history_queries.session_history(session["id"], session["studio_id"], now=timezone.now())
    people = history_queries.people_in(told)
    wanted = _filter(request)
    page = history_filter.page(history_filter.chosen(told.entries, wanted, people), request.GET.get("page", ""))
    context = {
        "session": session,
        "told": told,
        "products": told.products,
        "longest": max((one.on_air.total_seconds() for one in told.products), default=0),
        "messages_sent": [
            {
                "it": one,
                "sender": history_filter.person_name(one.actor_id, people),
                "seen_by": history_filter.person_name(one.acked_by, people) if one.acked_at else "",
            }
            for one in told.messages
            if wanted.with_rehearsal or not one.is_rehearsal
        ],
        "page": page,
        "rows": [_row(entry, people) for entry in page.entries],
        "filter": wanted,
        "chips": _chips(wanted),
        "people_chips": _people_chips(told, wanted, people),
        "rehearsal_query": wanted.with_rehearsal_turned().query(),
        "query": wanted.query(),
        "earlier_query": wanted.query(page=page.number - 1) if page.number > 1 else "",
        "later_query": wanted.query(page=page.number + 1) if page.number < page.pages else "",
    }
    return render(request, "sessions/history.html", context)


@never_cache
@require_safe
@studio_page("session.history", of=queries.studio_of)
def history_file(request: HttpRequest, session_id: int) -> HttpResponse:
    """The filtered list as CSV; ``?of=products`` and ``?of=messages`` are the two tables."""
    session = _session(request, session_id)
    told = history_queries.session_history(session["id"], session["studio_id"], now=timezone.now())
    people = history_queries.people_in(told)
    wanted, of = _filter(request), request.GET.get("of", "entries")
    if of == "products":
        text = history_csv.products(told.products)
    elif of == "messages":
        sent = [one for one in told.messages if wanted.with_rehearsal or not one.is_rehearsal]
        text = history_csv.messages(sent, people)
    elif of == "entries":
        text = history_csv.entries(history_filter.chosen(told.entries, wanted, people), people)
    else:
        raise Invalid("unknown_file", "There are files of: entries, products, messages.")
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"{session['slug']}-{_day(told):%Y-%m-%d}-{'history' if of == 'entries' else of}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _session(request: HttpRequest, session_id: int) -> SessionRow:
    return queries.session_in([access_of(request).studio_id], session_id)


def _filter(request: HttpRequest) -> Filter:
    asked = request.GET
    return history_filter.parse(
        asked.getlist("kind"), asked.getlist("person"), asked.get("product", ""), asked.get("rehearsal", "")
    )


def _row(entry: HistoryEntry, people: dict[int, str]) -> dict[str, Any]:
    return {
        "it": entry,
        "who": history_filter.person_name(entry.actor_id, people),
        "has_left": history_filter.person_key(entry.actor_id, people) == history_filter.LEFT,
        "kind": history_words.GROUPS[entry.group],
        "of": history_filter.person_name(entry.of_actor_id, people) if entry.of_actor_id is not None else "",
        "sent": entry.message if entry.kind == "send_message" else None,
    }


def _chips(wanted: Filter) -> list[dict[str, Any]]:
    return [
        {"label": label, "query": wanted.with_kind(kind).query(), "is_on": kind in wanted.kinds}
        for kind, label in history_words.GROUPS.items()
    ]


def _people_chips(told: History, wanted: Filter, people: dict[int, str]) -> list[dict[str, Any]]:
    """Everybody who did something, by name; who has left and what nobody did come last."""
    labels = {
        history_filter.person_key(entry.actor_id, people): history_filter.person_name(entry.actor_id, people)
        for entry in told.entries
    }
    return [
        {"label": label, "query": wanted.with_person(key).query(), "is_on": key in wanted.people}
        for key, label in sorted(labels.items(), key=lambda chip: (not chip[0].isdecimal(), chip[1].casefold()))
    ]


def _day(told: History) -> datetime:
    """The day a file is named by: when the show began; of one that never did, today."""
    return told.began or timezone.now()
