"""What a studio takes out of its documents: each with its text, who may do what in it, and every change ever made."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import connection

from cuelight.accounts.archive import Archive
from cuelight.accounts.exporting import pieces
from cuelight.documents.models import CommentMessage, CommentThread, Document, Share, ShareLink, Snapshot
from cuelight.errors import Gone, NotFound
from cuelight.live import studio_log
from cuelight.live.transactional import state_of

README = """documents/documents.jsonl  the documents, with what everyone may do and who was invited
documents/links.jsonl      links and letters that let somebody in. What they say cannot be taken out.
documents/DOCUMENT/text.json
                           its text as it is now, as a Delta: inserts with their attributes
documents/DOCUMENT/text.html
                           its text as a page, at the version that documents.jsonl has as "html_version"
documents/DOCUMENT/comments.jsonl
                           what was said about it: threads with their messages; text.json marks the text that a thread
                           is about with its "id"
documents/DOCUMENT/journal.jsonl
                           every change that was ever made to it, in order; "person" is a number of members.csv.
                           Old ones of one person within a minute stand in the last of them, the others are empty
"""

_DOCUMENT = ("id", "title", "everyone", "created_by_id", "created_at", "trashed_at")
_THREAD = ("id", "quote", "author_id", "created_at", "resolved_at", "resolved_by_id")
_MESSAGE = ("id", "author_id", "text", "created_at", "edited_at")
_SHARE = ("person_id", "right", "invited_by_id", "as_member", "created_at")
_LINK = ("id", "document_id", "right", "email", "made_by_id", "created_at", "expires_at", "used_at", "revoked_at")


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count: documents."""
    return Document.objects.filter(studio_id=studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of the documents."""
    archive.json_lines("documents/documents.jsonl", _documents(studio_id))
    links = ShareLink.objects.filter(document__studio_id=studio_id)
    archive.json_lines("documents/links.jsonl", pieces(links.values(*_LINK)))
    for document in pieces(Document.objects.filter(studio_id=studio_id).values("id")):
        _export_document(document["id"], archive)
        archive.count()


def _documents(studio_id: int) -> Iterator[dict[str, Any]]:
    for document in pieces(Document.objects.filter(studio_id=studio_id).values(*_DOCUMENT)):
        shares = Share.objects.filter(document_id=document["id"]).order_by("id").values(*_SHARE)
        newest = Snapshot.objects.filter(document_id=document["id"]).exclude(html="").order_by("-version")
        html_version = newest.values_list("version", flat=True).first()
        yield document | {"shares": list(shares), "html_version": html_version}


def _export_document(document_id: int, archive: Archive) -> None:
    folder = f"documents/{document_id}"
    try:
        _, state = state_of(connection, f"document:{document_id}")
    except (Gone, NotFound):
        return  # it was deleted while this was packed
    archive.text(f"{folder}/text.json", orjson.dumps(state.text.contents()).decode())
    newest = Snapshot.objects.filter(document_id=document_id).exclude(html="").order_by("-version")
    html = newest.values_list("html", flat=True).first()
    if html:
        archive.text(f"{folder}/text.html", html)
    archive.json_lines(f"{folder}/comments.jsonl", _comments(document_id))
    archive.json_lines(f"{folder}/journal.jsonl", _journal(document_id))


def _comments(document_id: int) -> Iterator[dict[str, Any]]:
    """Without what was deleted."""
    for thread in CommentThread.objects.filter(document_id=document_id).order_by("created_at", "pk").values(*_THREAD):
        said = CommentMessage.objects.filter(thread_id=thread["id"], deleted_at=None).order_by("created_at", "pk")
        if messages := list(said.values(*_MESSAGE)):
            yield thread | {"messages": messages}


def _journal(document_id: int) -> Iterator[dict[str, Any]]:
    for entry in studio_log.entries(f"document:{document_id}"):
        yield {
            "version": entry.version,
            "at": entry.at,
            "person": entry.actor_id,
            "source": entry.source,
            "change": entry.event.delta,
        }
