"""What each product of a show brought: ``/dashboard/reports/{session_id}`` and its CSV file."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import access_of, studio_page
from cuelight.catalog.pricing import format_price
from cuelight.sessions import queries as sessions
from cuelight.streams.reports import Report, Row, report
from cuelight.ui.spreadsheet import BOM, Cell, lines

_ASKED = {"1": True, "0": False}


@never_cache
@require_safe
@studio_page("stream.reports", of=sessions.studio_of)
def session_report(request: HttpRequest, session_id: int) -> HttpResponse:
    """The report of a session; ``?rehearsal=1`` of its rehearsal."""
    studio_id = access_of(request).studio_id
    found = _report(request, session_id, studio_id)
    context = {
        "session": sessions.session_in([studio_id], session_id),
        "report": found,
        "rows": [_shown(found, row) for row in found.rows],
        "totals": _shown(found, found.totals),
        "longest": max((row.seconds for row in found.rows), default=0),
        "other_query": "rehearsal=0" if found.is_rehearsal else "rehearsal=1",
        "query": f"?rehearsal={int(found.is_rehearsal)}",
        "may_orders": access_of(request).may("stream.orders"),
    }
    return render(request, "streams/report.html", context)


@never_cache
@require_safe
@studio_page("stream.reports", of=sessions.studio_of)
def session_report_file(request: HttpRequest, session_id: int) -> HttpResponse:
    """The same as CSV, a line per item and the show's own last."""
    studio_id = access_of(request).studio_id
    session = sessions.session_in([studio_id], session_id)
    found = _report(request, session_id, studio_id)
    answer = HttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    kind = "rehearsal-report" if found.is_rehearsal else "report"
    day = found.began or timezone.now()
    answer["Content-Disposition"] = f'attachment; filename="{session["slug"]}-{day:%Y-%m-%d}-{kind}.csv"'
    return answer


def _report(request: HttpRequest, session_id: int, studio_id: int) -> Report:
    return report(session_id, studio_id, now=timezone.now(), rehearsal=_ASKED.get(request.GET.get("rehearsal", "")))


def _shown(found: Report, row: Row) -> dict[str, Any]:
    return {
        "it": row,
        "seconds": int(row.seconds),
        "comments_against": _times(found.comments_against_show(row)),
        "units_against": _times(found.units_against_show(row)),
        "revenue": _money(row.revenue),
        "was_shown": row.seconds > 0,
    }


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"×{ratio:.1f}"


def _money(revenue: Mapping[str, int]) -> list[str]:
    return [f"{format_price(cents, currency)} {currency}" for currency, cents in sorted(revenue.items())]


def _csv(found: Report) -> str:
    head = [
        "Number", "Product", "Times on air", "First on air (UTC)", "Seconds on air", "Comments", "Chatters",
        "Comments in the 90 s after", "Questions", "Times asked", "Requests", "Requests while on air and 90 s after",
        "Orders", "Pieces", "Comments per minute", "Comments against the show", "Pieces per minute",
        "Pieces against the show", *(f"Revenue {currency}" for currency in found.currencies), "Rehearsal",
    ]  # fmt: skip
    rows = [_line(found, row, row.name) for row in found.rows]
    return BOM + lines([head, *rows, _line(found, found.totals, "The show")])


def _line(found: Report, row: Row, name: str) -> list[Cell]:
    return [
        row.number, name, row.times, _moment(row.first_at), round(row.seconds), row.comments, row.chatters,
        row.comments_after if row is not found.totals else None, row.questions, row.asked, row.requests,
        row.requests_near, row.orders, row.units, _rounded(row.comments_a_minute),
        _rounded(found.comments_against_show(row)), _rounded(row.units_a_minute),
        _rounded(found.units_against_show(row)),
        *(format_price(row.revenue[currency], currency) for currency in found.currencies),
        "yes" if found.is_rehearsal else "",
    ]  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else ""


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 2)
