"""What every write around a document tells: the audit log, and whoever has the document open."""

from typing import Any

from django.http import HttpRequest

from cuelight.accounts import audit
from cuelight.documents.access import DocumentAccess
from cuelight.live.broadcast import broadcast


def record(kind: str, access: DocumentAccess, request: HttpRequest | None, target: str = "", **detail: Any) -> None:
    """What somebody did with who may do what in a document, in the caller's transaction."""
    if target:
        detail["document"] = access.title
    audit.record(
        kind,
        request=request,
        studio_id=access.studio_id,
        person_id=access.person_id,
        target=target or access.title,
        **detail,
    )


def rights_changed(document_id: int) -> None:
    """After the commit everybody who has it open is asked again, in every process."""
    broadcast(f"document:{document_id}", "rights_changed", {})
