"""A document's name, copies of it, the bin, and its end."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.documents import delta
from cuelight.documents.access import DocumentAccess
from cuelight.documents.actions.making import create_document, read_title
from cuelight.documents.actions.telling import record, rights_changed
from cuelight.documents.delta import Delta
from cuelight.documents.models import Document
from cuelight.documents.state import Delete, DocumentState
from cuelight.documents.suggestions import unsuggested
from cuelight.errors import CuelightError, Gone, NotFound
from cuelight.jobs import enqueue
from cuelight.live import erasing
from cuelight.live.broadcast import broadcast
from cuelight.live.transactional import state_of, submit_in

log = structlog.get_logger(__name__)

#: Days in the bin before a document is deleted for good.
KEPT_DAYS = 30


def rename(access: DocumentAccess, title: str) -> str:
    """Gives a document another name and tells whoever has it open (``title_changed``); returns it. Raises Invalid."""
    title = read_title(title)
    with transaction.atomic():
        if Document.objects.filter(pk=access.document_id).exclude(title=title).update(title=title):
            broadcast(f"document:{access.document_id}", "title_changed", {"title": title})
    return title


def duplicate(access: DocumentAccess, *, op_id: UUID | None = None) -> int:
    """A document of the same studio with the text as it is now, open to whoever this one is open to; returns its id.
    Comments stay where they were made."""
    state = state_of(connection, f"document:{access.document_id}")[1]
    assert isinstance(state, DocumentState)
    everyone = Document.objects.values_list("everyone", flat=True).get(pk=access.document_id)
    title = access.title[: 200 - len("Copy of ")]
    contents = _without_comments(unsuggested(state.text.contents()))
    return create_document(
        access.studio_id,
        title=f"Copy of {title}",
        by=access.person_id,
        everyone=everyone,
        contents=contents,
        op_id=op_id,
    )


def bin_document(access: DocumentAccess, *, request: HttpRequest | None = None) -> None:
    """Takes a document out of every list; whoever has it open is put out. It comes back by ``restore``."""
    with transaction.atomic():
        if Document.objects.filter(pk=access.document_id, trashed_at=None).update(trashed_at=timezone.now()):
            record("document_binned", access, request)
            rights_changed(access.document_id)


def restore(access: DocumentAccess, *, request: HttpRequest | None = None) -> None:
    """Takes a document out of the bin, with everybody's rights as they were."""
    with transaction.atomic():
        if Document.objects.filter(pk=access.document_id, trashed_at__isnull=False).update(trashed_at=None):
            record("document_restored", access, request)


def delete_old() -> list[int]:
    """Deletes for good what has been in the bin for thirty days; returns the ids. One that fails is tried again later,
    and does not keep the others."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    deleted = []
    for document_id in Document.objects.filter(trashed_at__lte=before).order_by("pk").values_list("pk", flat=True):
        try:
            if _delete(document_id, before=before):
                deleted.append(document_id)
        except (Gone, NotFound):
            continue  # its studio is being erased
        except CuelightError:
            log.error("a document could not be deleted", document=document_id, exc_info=True)
    return deleted


def erase_text(document_id: int) -> None:
    """The text of a document that was deleted, as its journal has it. Twice is once."""
    if not Document.objects.filter(pk=document_id).exists():
        erasing.erase_entries(f"document:{document_id}")


def _delete(document_id: int, *, before: object) -> bool:
    """Ends a document, through the journal: every process refuses it from now on. Its rows follow in a job."""
    with transaction.atomic():
        found = Document.objects.select_for_update().filter(pk=document_id, trashed_at__lte=before).first()
        if found is None:
            return False  # restored meanwhile
        audit.record("document_deleted", studio_id=found.studio_id, target=found.title)
        submit_in(connection, f"document:{document_id}", Delete(), actor_id=None, source="bin")
        enqueue("documents.erase_text", document_id=document_id)
    return True


def _without_comments(contents: Delta) -> Delta:
    plain: Delta = []
    for op in contents:
        kept = {name: value for name, value in op.get("attributes", {}).items() if name != "comment"}
        delta.push(plain, {"insert": op["insert"], **({"attributes": kept} if kept else {})})
    return plain
