"""The entrance that letters and links of documents lead to."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cuelight.accounts import lockout
from cuelight.accounts.adapter import may_join
from cuelight.accounts.gate import account_page, person_of
from cuelight.accounts.identity import PersonIdentity
from cuelight.documents import actions, sharing
from cuelight.documents.models import ShareLink
from cuelight.errors import Gone, Invalid
from cuelight.ui.address import client_address
from cuelight.ui.public import public


@public
@never_cache
@require_safe
def entrance(request: HttpRequest, token: str) -> HttpResponse:
    """Who shares what, and what is to be done to open it: that depends on who looks."""
    link = _found(request, token)
    if why := sharing.why_over(link):
        return render(request, "documents/link_over.html", {"why": why}, status=410)
    who = getattr(request, "identity", None)
    person = who if isinstance(who, PersonIdentity) else None
    if person is None and link.email:
        # Only who reads that mailbox has this link: signing up with its address needs no other proof.
        get_adapter(request).stash_verified_email(request, link.email)
    is_person = person is not None and person.kind == "person"
    context = {
        "link": link,
        "title": link.document.title,
        "inviter": link.made_by.name if link.made_by else "",
        "says": {
            "read": "read it",
            "comment": "read it and comment on it",
            "suggest": "read it and suggest changes",
            "edit": "read it and write in it",
        }[link.right],
        "path": f"/document-link/{token}",
        "may_join": may_join(request),
        "is_device": person is not None and not is_person,
        "has_account": is_person,
        "is_for_them": is_person and person is not None and sharing.is_for(link, person.person_id),
    }
    return render(request, "documents/link.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@account_page("account.join")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The person signed in comes in."""
    if request.method == "GET":  # back from a sign-in that began here
        return redirect(f"/document-link/{token}")
    _found(request, token)
    try:
        document_id = actions.accept(token, person_of(request).person_id, request=request)
    except Gone as over:
        why = over.message.removeprefix("This link is over. ")
        return render(request, "documents/link_over.html", {"why": why}, status=410)
    return redirect(f"/documents/{document_id}")


def _found(request: HttpRequest, token: str) -> ShareLink:
    """The link of an address. Guesses are counted by where they come from. Raises Invalid, LockedOut."""
    if not sharing.looks_right(token):
        raise Invalid("link_invalid", "This link is not complete. Copy it again, all of it.")
    address = client_address(request)
    lockout.count(f"document-link@{address}", tries=lockout.TRIES_OF_ADDRESS, locked_for=lockout.WITHIN)
    return sharing.read_link(token)
