"""The gate before the pages of one document: rights are the document's own, not only the studio's."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from cuelight.accounts.gate import page_within, who_is
from cuelight.accounts.identity import PersonIdentity
from cuelight.documents.access import DocumentAccess, read_access
from cuelight.errors import NotFound
from cuelight.ui.public import View


def document_page(action: str, *, binned: bool = False) -> Callable[[View], View]:
    """A page of the document ``document_id`` of its path; with ``binned`` of one in the bin. For people: a token of a
    show reads on its screens only. The view finds what it was let in with by ``document_of``."""

    def check(request: HttpRequest, document_id: int, **_: Any) -> None:
        who = who_is(request)
        if not isinstance(who, PersonIdentity):
            raise NotFound()
        found = read_access(who, document_id, binned=binned)
        found.require(action)
        request.document = found  # type: ignore[attr-defined]

    return page_within(action, check)


def document_of(request: HttpRequest) -> DocumentAccess:
    """What the request was let in with; for the views of ``document_page``."""
    found: DocumentAccess = request.document  # type: ignore[attr-defined]
    return found
