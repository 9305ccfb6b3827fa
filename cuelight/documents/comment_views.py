"""What a document's page asks and says about comments: JSON both ways."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cuelight.documents import actions, comments, units
from cuelight.documents.forms import body
from cuelight.documents.gate import document_of, document_page
from cuelight.errors import Invalid
from cuelight.live.payload import Payload, require_bool, require_text

#: UTF-16 units of a message, and of the text that it is about.
MOST_TEXT = 4_000
MOST_QUOTE = 300


@never_cache
@require_safe
@document_page("document.read")
def listed(request: HttpRequest, document_id: int) -> JsonResponse:
    """``Comments``."""
    return JsonResponse(comments.comments(document_id))


@never_cache
@require_POST
@document_page("document.comment")
def add(request: HttpRequest, document_id: int) -> JsonResponse:
    """``{id, quote, message_id, text}`` → ``Changed``."""
    sent = body(request)
    quote = require_text(sent, "quote", most=MOST_QUOTE)
    if units.length(quote) > MOST_QUOTE:
        raise Invalid("too_long", f"quote may have {MOST_QUOTE} UTF-16 units at most.")
    named, message_id = _id(sent, "id"), _id(sent, "message_id")
    return JsonResponse(
        actions.comment(document_of(request), named, quote=quote, message_id=message_id, text=_text(sent))
    )


@never_cache
@require_POST
@document_page("document.comment")
def reply(request: HttpRequest, document_id: int, thread_id: UUID) -> JsonResponse:
    """``{id, text}`` → ``Changed``."""
    sent = body(request)
    return JsonResponse(
        actions.reply(document_of(request), thread_id, message_id=_id(sent, "id"), text=_text(sent))
    )  # fmt: skip


@never_cache
@require_POST
@document_page("document.comment")
def resolve(request: HttpRequest, document_id: int, thread_id: UUID) -> JsonResponse:
    """``{resolved}`` → ``Changed``."""
    resolved = require_bool(body(request), "resolved")
    return JsonResponse(actions.resolve(document_of(request), thread_id, resolved=resolved))


@never_cache
@require_POST
@document_page("document.comment")
def edit(request: HttpRequest, document_id: int, message_id: UUID) -> JsonResponse:
    """``{text}`` → ``Changed``."""
    return JsonResponse(actions.edit_message(document_of(request), message_id, _text(body(request))))


@never_cache
@require_POST
@document_page("document.comment")
def delete(request: HttpRequest, document_id: int, message_id: UUID) -> JsonResponse:
    """``{deleted}``: false gives it back → ``Changed``."""
    deleted = require_bool(body(request), "deleted")
    return JsonResponse(actions.delete_message(document_of(request), message_id, deleted=deleted))


def _id(sent: Payload, key: str) -> UUID:
    """In the one way of writing that the attribute in the text has, too."""
    try:
        named = UUID(sent.get(key))
    except (ValueError, AttributeError, TypeError):
        raise Invalid("invalid", f"{key} must be a UUID.") from None
    return named


def _text(sent: Payload) -> str:
    text = require_text(sent, "text", most=2 * MOST_TEXT, empty=True).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise Invalid("empty", "Write something first.")
    if units.length(text) > MOST_TEXT:
        raise Invalid("too_long", f"A comment may have {MOST_TEXT:,} characters at most.")
    return text
