"""What the editor asks while somebody writes: whom and what to mention, what a product is now."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cuelight.accounts.gate import person_of
from cuelight.documents import mentioning
from cuelight.documents.gate import document_of, document_page

LONGEST_QUERY = 100


@never_cache
@require_safe
@document_page("document.read")
def suggest(request: HttpRequest, document_id: int) -> JsonResponse:
    """``?q=`` → ``{results: [{kind, id, label, detail, picture}]}``, people first."""
    typed = request.GET.get("q", "")[:LONGEST_QUERY]
    return JsonResponse({"results": mentioning.suggestions(person_of(request), document_of(request), typed)})


@never_cache
@require_safe
@document_page("document.read")
def products(request: HttpRequest, document_id: int) -> JsonResponse:
    """``?ids=1,2`` → ``{products: [{id, name, price_cents, currency, picture}]}``; those that are gone are absent."""
    asked = request.GET.get("ids", "").split(",")[: mentioning.MOST_CARDS]
    ids = [int(text) for text in asked if text.isascii() and text.isdecimal() and len(text) < 19]
    return JsonResponse({"products": mentioning.cards(person_of(request), document_of(request), ids)})
