"""What is said about a text. Each action tells whoever has the document open (``comments_changed``, a ``Changed``), and
may be repeated: ids are made by the client. The mark in the text is a change of the text, which the client makes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cuelight.documents import comments
from cuelight.documents.access import DocumentAccess
from cuelight.documents.comments import Changed
from cuelight.documents.models import CommentMessage, CommentThread, Document
from cuelight.errors import Conflict, Forbidden, Gone, NotFound
from cuelight.live.broadcast import broadcast

#: Threads of a document and messages of a thread that are not deleted.
MOST_THREADS = 1_000
MOST_MESSAGES = 200
#: How long what was deleted can come back.
KEPT = timedelta(days=1)


def comment(access: DocumentAccess, thread_id: UUID, *, quote: str, message_id: UUID, text: str) -> Changed:
    """A new thread with its first message. Of the same person's repeat what is stored. Raises Conflict."""
    with transaction.atomic():
        _hold(access)
        stored = _thread(thread_id)
        if stored is None:
            if comments.live_messages(access.document_id).values("thread").distinct().count() >= MOST_THREADS:
                raise Conflict("too_many_comments", f"There are {MOST_THREADS} comments here. Delete some first.")
            CommentThread.objects.create(
                id=thread_id, document_id=access.document_id, author_id=access.person_id, quote=quote
            )
        elif (stored.document_id, stored.author_id) != (access.document_id, access.person_id):
            raise _taken()
        _write(access, thread_id, message_id, text)
        return _tell(access, thread_id, message_id)


def reply(access: DocumentAccess, thread_id: UUID, *, message_id: UUID, text: str) -> Changed:
    """One more message; a resolved thread is open again. Raises NotFound, Gone, Conflict."""
    with transaction.atomic():
        _hold(access)
        thread = _thread_of(access, thread_id)
        said = thread.messages.filter(deleted_at=None).count()
        if not said and not thread.messages.filter(pk=message_id).exists():
            raise Gone("This comment was deleted.")
        if said >= MOST_MESSAGES:
            raise Conflict("too_many_replies", f"This comment has {MOST_MESSAGES} replies. Begin a new one.")
        if _write(access, thread_id, message_id, text) and thread.resolved_at is not None:
            _change(thread, resolved_at=None, resolved_by=None)
        return _tell(access, thread_id, message_id)


def resolve(access: DocumentAccess, thread_id: UUID, *, resolved: bool) -> Changed:
    """Puts a thread aside, or takes it up again; twice is once. Raises NotFound."""
    with transaction.atomic():
        _hold(access)
        thread = _thread_of(access, thread_id)
        if (thread.resolved_at is not None) != resolved:
            at, by = (timezone.now(), access.person_id) if resolved else (None, None)
            _change(thread, resolved_at=at, resolved_by=by)
        return _tell(access, thread_id)


def edit_message(access: DocumentAccess, message_id: UUID, text: str) -> Changed:
    """Other words of one's own. Raises NotFound, Gone, Forbidden."""
    with transaction.atomic():
        _hold(access)
        message = _message_of(access, message_id)
        if message.author_id is None or message.author_id != access.person_id:
            raise Forbidden("Only whoever wrote a comment can change its words.")
        if message.deleted_at is not None:
            raise Gone("This comment was deleted.")
        if message.text != text:
            _change(message, text=text, edited_at=timezone.now())
        return _tell(access, message.thread_id, message_id)


def delete_message(access: DocumentAccess, message_id: UUID, *, deleted: bool) -> Changed:
    """Takes a message away, or gives it back; twice is once. For its author, and whoever manages the document. Raises
    NotFound, Forbidden."""
    with transaction.atomic():
        _hold(access)
        message = _message_of(access, message_id)
        is_own = message.author_id is not None and message.author_id == access.person_id
        if not is_own and not access.manages:
            raise Forbidden("Only whoever wrote a comment, or manages the document, can delete it.")
        if (message.deleted_at is not None) != deleted:
            _change(message, deleted_at=timezone.now() if deleted else None)
        return _tell(access, message.thread_id, message_id)


def forget_deleted() -> None:
    """Messages that were deleted a day ago end, and threads in which nothing is left."""
    CommentMessage.objects.filter(deleted_at__lt=timezone.now() - KEPT).delete()
    CommentThread.objects.filter(messages=None).delete()


def _hold(access: DocumentAccess) -> None:
    """One change of a document's comments after the other: their versions tell the order."""
    if not Document.objects.select_for_update(no_key=True).filter(pk=access.document_id).exists():
        raise NotFound()


def _thread(thread_id: UUID) -> CommentThread | None:
    return CommentThread.objects.select_related("author", "resolved_by").filter(pk=thread_id).first()


def _thread_of(access: DocumentAccess, thread_id: UUID) -> CommentThread:
    thread = _thread(thread_id)
    if thread is None or thread.document_id != access.document_id:
        raise NotFound("There is no such comment.")
    return thread


def _message_of(access: DocumentAccess, message_id: UUID) -> CommentMessage:
    found = CommentMessage.objects.filter(pk=message_id, thread__document_id=access.document_id).first()
    if found is None:
        raise NotFound("There is no such comment.")
    return found


def _write(access: DocumentAccess, thread_id: UUID, message_id: UUID, text: str) -> bool:
    """Whether it was not there yet."""
    stored = CommentMessage.objects.filter(pk=message_id).first()
    if stored is None:
        CommentMessage.objects.create(id=message_id, thread_id=thread_id, author_id=access.person_id, text=text)
    elif (stored.thread_id, stored.author_id) != (thread_id, access.person_id):
        raise _taken()
    return stored is None


def _change(row: CommentThread | CommentMessage, **values: Any) -> None:
    """Held by ``_hold``: nobody else counts its version meanwhile."""
    type(row)._default_manager.filter(pk=row.pk).update(**values, version=row.version + 1)


def _tell(access: DocumentAccess, thread_id: UUID, message_id: UUID | None = None) -> Changed:
    thread = CommentThread.objects.select_related("author", "resolved_by").get(pk=thread_id)
    message = CommentMessage.objects.select_related("author").filter(pk=message_id).first() if message_id else None
    changed: Changed = {
        "thread": comments.thread_row(thread),
        "message": comments.message_row(message) if message else None,
    }
    broadcast(f"document:{access.document_id}", "comments_changed", {**changed})
    return changed


def _taken() -> Conflict:
    return Conflict("id_taken", "This comment could not be stored. Copy it, reload the page and write it again.")
