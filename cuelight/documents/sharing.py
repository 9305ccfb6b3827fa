"""Who may do what in a document, as its page shows it, and the rules of the letters and links that let somebody in."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypedDict

from django.db.models import Count, QuerySet
from django.utils import timezone

from cuelight.accounts import queries as accounts
from cuelight.accounts.identity import PersonIdentity
from cuelight.documents.access import DocumentAccess, read_access
from cuelight.documents.models import RIGHTS, Document, Share, ShareLink
from cuelight.documents.presence import Here, open_now
from cuelight.errors import Gone, Invalid, NotFound

LASTS_DAYS = (1, 7, 30, 90)
LETTER_LASTS = timedelta(days=14)
#: Letters and links of one document that are open at once, and letters of one person within an hour.
MOST_OPEN = 100
MOST_LETTERS_AN_HOUR = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_NOT_COMPLETE = "This link is not complete. Copy it again, all of it."


class Person(TypedDict):
    """Somebody with a right of their own. ``email``: where they were invited; empty when that was not by mail."""

    id: int
    name: str
    email: str
    right: str
    is_member: bool


class Letter(TypedDict):
    """An invitation that nobody has accepted yet."""

    id: int
    email: str
    right: str
    expires_at: str


class Link(TypedDict):
    """A link that still lets people in; ``opened``: how many have a right by it. What it says is told once only."""

    id: int
    right: str
    made_by: str
    expires_at: str
    opened: int


class Sharing(TypedDict):
    """What the panel shows. Lists of people and ways in are for whoever manages the document, and empty for others."""

    document_id: int
    title: str
    right: str
    manages: bool
    studio: str
    owner: str
    everyone: str | None
    may_leave: bool
    people: list[Person]
    letters: list[Letter]
    links: list[Link]
    here: list[Here]


def sharing(access: DocumentAccess) -> Sharing:
    """Authorised before."""
    document = Document.objects.select_related("created_by", "studio").get(pk=access.document_id)
    manages = access.manages
    return {
        "document_id": document.pk,
        "title": document.title,
        "right": access.right,
        "manages": manages,
        "studio": document.studio.name,
        "owner": document.created_by.name if document.created_by else "",
        "everyone": document.everyone if manages else None,
        "may_leave": Share.objects.filter(document=document, person_id=access.person_id or 0).exists(),
        "people": _people(document) if manages else [],
        "letters": _letters(document) if manages else [],
        "links": _links(document) if manages else [],
        "here": open_now([document.pk]).get(document.pk, []),
    }


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def path(secret: str) -> str:
    return f"/document-link/{secret}"


def looks_right(secret: str) -> bool:
    """Whether it is worth a look into the database."""
    return _SECRET.fullmatch(secret) is not None


def read_link(secret: str) -> ShareLink:
    """The link or letter of a secret, good or not. Raises Invalid for what is none of ours."""
    found = ShareLink.objects.select_related("document__studio", "made_by").filter(digest=digest(secret))
    link = found.filter(document__studio__deleted_at=None).first() if looks_right(secret) else None
    if link is None:
        raise Invalid("link_invalid", _NOT_COMPLETE)
    return link


def why_over(link: ShareLink) -> str:
    """Why a link lets nobody in, in a sentence; nothing: it does."""
    if link.revoked_at is not None:
        return "It was taken back."
    if link.used_at is not None:
        return "It was used already."
    if link.expires_at <= timezone.now():
        return "It has run out."
    if link.document.trashed_at is not None:
        return "The document was removed."
    return "" if is_backed(link) else "Whoever made it may not invite you any more."


def is_backed(link: ShareLink) -> bool:
    """Whether whoever made it still manages the document. Else somebody who was taken out would come back by a link
    they had put aside."""
    if link.made_by is None or not link.made_by.is_active:
        return False
    try:
        who = PersonIdentity(link.made_by.pk, link.made_by.name, link.made_by.kind)
        return read_access(who, link.document_id).manages
    except NotFound:
        return False


def require_good(link: ShareLink) -> None:
    """Raises Gone."""
    if why := why_over(link):
        raise Gone(f"This link is over. {why}", "link_over")


def is_for(link: ShareLink, person_id: int) -> bool:
    """A letter is for who owns its address, and has shown that; a link for whoever has it."""
    return not link.email or accounts.owns_address(person_id, link.email)


def open_links(document_id: int) -> QuerySet[ShareLink]:
    """Letters and links that are good."""
    found = ShareLink.objects.filter(document_id=document_id, revoked_at=None, used_at=None)
    return found.filter(expires_at__gt=timezone.now())


def more(one: str, other: str) -> str:
    """The greater of two rights."""
    return max(one, other, key=RIGHTS.index)


def _people(document: Document) -> list[Person]:
    shares = Share.objects.filter(document=document).select_related("person", "link").order_by("person__name", "pk")
    members = accounts.members(document.studio_id)
    return [
        {
            "id": share.person_id,
            "name": share.person.name,
            "email": share.link.email if share.link else "",
            "right": share.right,
            "is_member": share.person_id in members,
        }
        for share in shares
    ]


def _letters(document: Document) -> list[Letter]:
    return [
        {"id": one.pk, "email": one.email, "right": one.right, "expires_at": one.expires_at.isoformat()}
        for one in open_links(document.pk).exclude(email="").order_by("email", "pk")
    ]


def _links(document: Document) -> list[Link]:
    found: Iterable[Any] = (
        open_links(document.pk)
        .filter(email="")
        .select_related("made_by")
        .annotate(opened=Count("shares"))
        .order_by("-pk")
    )
    return [
        {
            "id": one.pk,
            "right": one.right,
            "made_by": one.made_by.name if one.made_by else "",
            "expires_at": one.expires_at.isoformat(),
            "opened": one.opened,
        }
        for one in found
    ]
