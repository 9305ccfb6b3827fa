"""The comments of a document as its pages show them. A thread and a message carry a ``version`` each: whoever hears of
one twice, or of two in the wrong order, keeps the newer."""

from typing import TypedDict

from django.db.models import QuerySet

from cuelight.documents.models import CommentMessage, CommentThread


class Author(TypedDict):
    id: int
    name: str


class Thread(TypedDict):
    """``id`` is what the attribute ``comment`` of the text has. ``author`` None: somebody who is no longer known."""

    id: str
    quote: str
    author: Author | None
    created_at: str
    resolved_at: str | None
    resolved_by: str
    version: int


class Message(TypedDict):
    """A deleted one has no text."""

    id: str
    thread_id: str
    author: Author | None
    text: str
    created_at: str
    edited_at: str | None
    deleted: bool
    version: int


class Comments(TypedDict):
    """Everything that was said about a document and not deleted, oldest first."""

    threads: list[Thread]
    messages: list[Message]


class Changed(TypedDict):
    """The new values of what one action has changed; what ``comments_changed`` tells."""

    thread: Thread
    message: Message | None


def comments(document_id: int) -> Comments:
    """Authorised before. Two queries, however many there are."""
    messages = live_messages(document_id).order_by("created_at", "pk").select_related("author")
    threads = CommentThread.objects.filter(document_id=document_id).order_by("created_at", "pk")
    said = [message_row(message) for message in messages]
    there = {message["thread_id"] for message in said}
    return {
        "threads": [
            thread_row(thread)
            for thread in threads.select_related("author", "resolved_by")
            if str(thread.pk) in there
        ],
        "messages": said,
    }  # fmt: skip


def live_messages(document_id: int) -> "QuerySet[CommentMessage]":
    """Those of a document that are not deleted."""
    return CommentMessage.objects.filter(thread__document_id=document_id, deleted_at=None)


def thread_row(thread: CommentThread) -> Thread:
    return {
        "id": str(thread.pk),
        "quote": thread.quote,
        "author": {"id": thread.author.pk, "name": thread.author.name} if thread.author else None,
        "created_at": thread.created_at.isoformat(),
        "resolved_at": thread.resolved_at.isoformat() if thread.resolved_at else None,
        "resolved_by": thread.resolved_by.name if thread.resolved_by else "",
        "version": thread.version,
    }


def message_row(message: CommentMessage) -> Message:
    return {
        "id": str(message.pk),
        "thread_id": str(message.thread_id),
        "author": {"id": message.author.pk, "name": message.author.name} if message.author else None,
        "text": "" if message.deleted_at else message.text,
        "created_at": message.created_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "deleted": message.deleted_at is not None,
        "version": message.version,
    }
