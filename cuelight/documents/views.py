"""Pages of documents: the list, a new one, one with its editor, and what is done to a whole one."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cuelight.accounts import access as accounts_access
from cuelight.accounts import queries as accounts
from cuelight.accounts import studios
from cuelight.accounts.gate import access_of, account_page, person_of, studio_page
from cuelight.documents import actions, format_views, listing, reading
from cuelight.documents.access import DocumentAccess
from cuelight.documents.forms import NewDocumentForm, TitleForm, read
from cuelight.documents.gate import document_of, document_page
from cuelight.errors import CuelightError, Forbidden
from cuelight.ui import manifest

MOST_TYPED = 200
ISLAND = "Editor"
#: What the page says of a right that is not the whole one.
RIGHT_SAYS = {"read": "Read only", "comment": "Comments only", "suggest": "Suggestions only"}
#: Where the next page of the list finds what it offers to take back.
UNDO = "document_undo"
#: What a tab says when nothing is in it.
EMPTY = {
    "mine": ("You have made no document yet", "A script, a rundown, talking points: several people write it at once."),
    "shared": ("Nothing is shared with you", "What somebody invites you to stands here."),
    "all": ("No document yet", "A script, a rundown, talking points: several people write it at once."),
    "bin": ("The bin is empty", "What is removed is kept here for thirty days, and can come back."),
}


@never_cache
@require_safe
@account_page("account.here")
def document_list(request: HttpRequest) -> HttpResponse:
    """The documents of the studio one is in, and what was shared with one wherever; a tab for each."""
    who = person_of(request)
    accesses = accounts_access.accesses(who)
    current = studios.current(request, accesses)
    asked = {name: request.GET.get(name, "") for name in ("tab", "q", "page")}
    words = asked["q"][:MOST_TYPED].strip()
    by_id = {one.studio_id: one for one in accesses}
    found = listing.listing(who.person_id, current, by_id, tab=asked["tab"], words=words, page=asked["page"])

    def query(**other: str | int) -> str:
        values = {"tab": found.tab, "q": words, **other}
        return urlencode({name: value for name, value in values.items() if value})

    context = {
        "found": found,
        "may_create": current is not None and current.may("document.create"),
        "words": words,
        "tabs": [(tab, query(tab=tab.key)) for tab in found.tabs],
        "back": query(page=found.number if found.number > 1 else ""),
        "earlier": query(page=found.number - 1) if found.number > 1 else "",
        "later": query(page=found.number + 1) if found.number < found.pages else "",
        "empty": EMPTY[found.tab],
        "op_id": uuid4(),
        "undo": request.session.pop(UNDO, None),
    }
    return render(request, "documents/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@studio_page("document.create")
def new(request: HttpRequest) -> HttpResponse:
    """A new document by name. Leads to its editor."""
    access = access_of(request)
    form = NewDocumentForm(request.POST or None, initial={"op_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = actions.create_document(
                access.studio_id, title=typed["title"], by=access.person_id, op_id=typed["op_id"]
            )
        except CuelightError as error:
            form.add_error("title", error.message)
        else:
            return redirect(f"/documents/{made}")
    kinds = format_views.kinds()
    context = {
        "form": form,
        "accepts": ",".join(f".{kind['ending']}" for kind in kinds),
        "takes": ", ".join(f"{kind['name']} (.{kind['ending']})" for kind in kinds),
    }
    return render(request, "documents/new.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@document_page("document.read")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """One document with its editor; without one its text, to be read."""
    access, who = document_of(request), person_of(request)
    has_editor = bool(manifest.has_island(ISLAND))
    context = {
        "document": access,
        "island": ISLAND if has_editor else None,
        "props": _props(access, who.person_id, who.name),
        "share_props": {"documentId": document_id, "title": access.title, "manages": access.manages},
        "lines": None if has_editor and not reading.is_short(document_id) else reading.lines(document_id),
        "right_says": RIGHT_SAYS.get(access.right, ""),
        "downloads": format_views.kinds(),
    }
    return render(request, "documents/document.html", context)


@never_cache
@require_safe
@document_page("document.read")
def text(request: HttpRequest, document_id: int) -> HttpResponse:
    """The newest text to read, where no script runs."""
    return render(
        request, "documents/text.html", {"document": document_of(request), "lines": reading.lines(document_id)}
    )


@require_POST
@document_page("document.manage")
def rename(request: HttpRequest, document_id: int) -> HttpResponse:
    """``title``. Answers ``{title}`` to who accepts JSON, else with the list."""
    title = actions.rename(document_of(request), read(TitleForm(request.POST))["title"])
    if _wants_json(request):
        return JsonResponse({"title": title})
    messages.success(request, f"It is called “{title}” now.")
    return redirect(_back(request))


@require_POST
@document_page("document.read")
def duplicate(request: HttpRequest, document_id: int) -> HttpResponse:
    """A copy with the text as it is now, which its editor opens. For people of its studio."""
    access = document_of(request)
    if not accounts_access.read_access(person_of(request), access.studio_id).may("document.create"):
        raise Forbidden("Only people of its studio can duplicate this document.")
    return redirect(f"/documents/{actions.duplicate(access)}")


@require_POST
@document_page("document.manage")
def bin_document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Into the bin; the next page of the list offers to take that back."""
    access = document_of(request)
    actions.bin_document(access, request=request)
    path = f"/documents/{document_id}/restore"
    request.session[UNDO] = {"message": f"“{access.title}” is in the bin.", "path": path, "back": _query(request)}
    return redirect(_back(request))


@require_POST
@document_page("document.restore", binned=True)
def restore(request: HttpRequest, document_id: int) -> HttpResponse:
    """Out of the bin."""
    access = document_of(request)
    actions.restore(access, request=request)
    messages.success(request, f"“{access.title}” is back.")
    return redirect(_back(request))


def _props(access: DocumentAccess, person_id: int, name: str) -> dict[str, Any]:
    """What the editor is told. ``urls`` are paths of this document's pages."""
    page = f"/documents/{access.document_id}"
    return {
        "document_id": access.document_id,
        "title": access.title,
        "right": access.right,
        "manages": access.manages,
        "person": {"id": person_id, "name": name},
        "studio": {"id": access.studio_id, "name": accounts.studio(access.studio_id)["name"]},
        "urls": {
            "list": "/documents",
            "page": page,
            "rename": f"{page}/rename",
            "sharing": f"{page}/sharing",
            "suggest": f"{page}/suggest",
            "products": f"{page}/products",
        },
    }


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _query(request: HttpRequest) -> str:
    """The page of the list that a button was pressed on; only ever the list."""
    asked = QueryDict(request.POST.get("back", "")[:500])
    return urlencode({name: asked[name] for name in ("tab", "q", "page") if asked.get(name)})


def _back(request: HttpRequest) -> str:
    query = _query(request)
    return f"/documents?{query}" if query else "/documents"
