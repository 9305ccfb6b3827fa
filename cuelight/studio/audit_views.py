"""``/studios/{slug}/audit``: who did what, to be filtered and taken along."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts import queries, studio_pages
from cuelight.accounts.gate import access_of, studio_page
from cuelight.studio import log, log_files
from cuelight.studio.log import Filter
from cuelight.ui import streaming


@never_cache
@require_safe
@studio_page("studio.audit", of=queries.studio_id_by_slug)
def audit_log(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the log, newest first."""
    studio_id = access_of(request).studio_id
    wanted, before = _filter(request), log.parse_cursor(request.GET.get("before", ""))
    page = log.page(studio_id, wanted, before=before)
    context = studio_pages.context(request) | {
        "lines": [{"it": line, "who_query": _who_query(wanted, line.who_key)} for line in page.lines],
        "filter": wanted,
        "chips": _chips(wanted),
        "people": _choices("person", _people(studio_id, wanted), wanted),
        "tokens": _choices("token", queries.token_names(studio_id), wanted),
        "query": wanted.query(),
        "older_query": wanted.query(before=page.after.text) if page.after else "",
        "is_first": before is None,
        "kept_days": settings.AUDIT_DAYS,
    }
    return render(request, "studio/audit.html", context)


@never_cache
@require_safe
@studio_page("studio.audit", of=queries.studio_id_by_slug)
def audit_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """What is filtered, all of it, as a table."""
    parts = log_files.as_csv(access_of(request).studio_id, _filter(request))
    return streaming.made(request, parts, name=_name(request, "csv"), content_type="text/csv; charset=utf-8")


@never_cache
@require_safe
@studio_page("studio.audit", of=queries.studio_id_by_slug)
def audit_json(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The same as JSON."""
    parts = log_files.as_json(access_of(request).studio_id, _filter(request))
    return streaming.made(request, parts, name=_name(request, "json"), content_type="application/json")


def _filter(request: HttpRequest) -> Filter:
    return log.parse(request.GET, request.GET.getlist("kind"))


def _name(request: HttpRequest, suffix: str) -> str:
    return f"{queries.studio(access_of(request).studio_id)['slug']}-audit-{timezone.now():%Y-%m-%d}.{suffix}"


def _chips(wanted: Filter) -> list[dict[str, Any]]:
    return [
        {"label": label, "value": group, "query": wanted.with_group(group).query(), "is_on": group in wanted.groups}
        for group, label in log.GROUPS.items()
    ]


def _choices(kind: str, names: dict[int, str], wanted: Filter) -> list[dict[str, Any]]:
    return [
        {"value": f"{kind}:{number}", "label": name, "is_on": wanted.who == f"{kind}:{number}"}
        for number, name in names.items()
    ]


def _people(studio_id: int, wanted: Filter) -> dict[int, str]:
    """Who can be asked for: the members, and who is asked for although they are none any more."""
    members, asked = queries.members(studio_id), wanted.number_of("person")
    return members if asked is None or asked in members else {**members, asked: log.LEFT_NAME}


def _who_query(wanted: Filter, key: str) -> str:
    """What narrows the list to whoever did this; nothing where that is done already."""
    return wanted.with_who(key).query() if key and wanted.who != key else ""
