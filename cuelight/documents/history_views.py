"""The history of a document: ``/documents/{id}/history``, and the data its page asks for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.documents import history, queries, restoring
from cuelight.documents.forms import body
from cuelight.documents.gate import document_of, document_page
from cuelight.errors import Invalid


@never_cache
@require_safe
@document_page("document.read")
def page(request: HttpRequest, document_id: int) -> HttpResponse:
    access = document_of(request)
    return render(
        request,
        "documents/history.html",
        {
            "document": {"id": document_id, "title": access.title},
            "props": {
                "documentId": document_id,
                "version": history.newest_version(document_id),
                "mayEdit": access.may("document.edit"),
            },
        },
    )


@never_cache
@require_safe
@document_page("document.read")
def versions(request: HttpRequest, document_id: int) -> HttpResponse:
    """``{version, stretches, authors, named}``; ``?before=`` a version: earlier stretches."""
    before = _number(request.GET, "before", required=False)
    return _json(
        {
            "version": history.newest_version(document_id),
            "stretches": history.versions(document_id, before=before),
            "authors": history.authors(document_id),
            "named": history.named_versions(document_id),
        }
    )


@never_cache
@require_safe
@document_page("document.read")
def steps(request: HttpRequest, document_id: int) -> HttpResponse:
    """``{steps}`` for play-back after the version ``?after=``, of ``?every=`` versions each; empty at the end."""
    after = _number(request.GET, "after", required=False) or 0
    every = min(_number(request.GET, "every", required=False) or 1, history.MOST_PLAYED)
    return _json({"steps": history.steps(document_id, after=after, every=every)})


@require_safe
@document_page("document.read")
def version(request: HttpRequest, document_id: int, version: int) -> HttpResponse:
    """``{version, ops, authors}``: one version, and who wrote it. It hardly ever changes, so it may be kept."""
    answer = HttpResponse(history.encoded_at(document_id, version), content_type="application/json")
    answer["Cache-Control"] = "private, max-age=600"
    return answer


@never_cache
@require_safe
@document_page("document.read")
def diff(request: HttpRequest, document_id: int) -> HttpResponse:
    """``{version, ops}`` of ``?from=`` and ``?to=`` together, each op perhaps with ``mark``: added, removed, changed;
    ``version`` is the one that ``to`` was kept as."""
    before, after = _number(request.GET, "from"), _number(request.GET, "to")
    ops = history.changed(document_id, before, after)
    return _json({"from": before, "version": queries.kept_version(document_id, after), "ops": ops})


@require_POST
@document_page("document.edit")
def name(request: HttpRequest, document_id: int) -> HttpResponse:
    """``{version, name}`` gives a version a name, or takes it away: ``{named}``."""
    given = body(request)
    title = given.get("name")
    if not isinstance(title, str):
        raise Invalid("invalid_name", "The name must be a text.")
    history.name_version(document_id, _number(given, "version"), title, by=document_of(request).person_id)
    return _json({"named": history.named_versions(document_id)})


@require_POST
@document_page("document.edit")
def restore(request: HttpRequest, document_id: int) -> HttpResponse:
    """``{version, op_id}`` makes the text what it was then: ``{version, first, last}``."""
    given = body(request)
    return _json(
        restoring.restore(
            document_id, _number(given, "version"), by=document_of(request).person_id, op_id=_op_id(given)
        )
    )


@require_POST
@document_page("document.edit")
def undo(request: HttpRequest, document_id: int) -> HttpResponse:
    """``{first, last, op_id}`` takes a restore back: the same answer."""
    given = body(request)
    first, last = _number(given, "first"), _number(given, "last")
    by = document_of(request).person_id
    return _json(restoring.take_back(document_id, first, last, by=by, op_id=_op_id(given)))


def _json(value: dict[str, Any]) -> HttpResponse:
    return HttpResponse(orjson.dumps(value), content_type="application/json")


def _number(given: Mapping[str, Any], name: str, *, required: bool = True) -> Any:
    value = given.get(name)
    if value is None and not required:
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18:
        value = int(value)
    if type(value) is not int or not 0 <= value < 2**62:
        raise Invalid("invalid_number", f"{name} must be a whole number.")
    return value


def _op_id(given: Mapping[str, Any]) -> UUID:
    value = given.get("op_id")
    if value is None:
        return uuid4()
    try:
        return UUID(value)
    except (ValueError, AttributeError, TypeError):
        raise Invalid("invalid", "op_id must be a UUID.") from None
