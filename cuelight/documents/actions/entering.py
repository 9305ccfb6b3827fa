"""Coming into a document by a letter or a link, and leaving it by oneself."""

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.documents import sharing
from cuelight.documents.access import DocumentAccess
from cuelight.documents.actions.telling import record
from cuelight.documents.models import Share, ShareLink
from cuelight.errors import Conflict, Forbidden
from cuelight.live.broadcast import recheck


def accept(secret: str, person_id: int, *, request: HttpRequest | None = None) -> int:
    """Somebody comes in; returns the document's id. Who may do as much already uses nothing up.

    Raises Invalid for the link, Gone when it is over, Forbidden for who has not the invited address.
    """
    with transaction.atomic():
        found = sharing.read_link(secret)
        # Of two who race for a letter the second finds it used up.
        link = ShareLink.objects.select_for_update(of=("self",)).select_related("document", "made_by").get(pk=found.pk)
        mine = Share.objects.filter(document_id=link.document_id, person_id=person_id).first()
        if link.email and not sharing.is_for(link, person_id):
            raise Forbidden("This invitation is for another address. Sign in with that one.", "other_address")
        if mine is not None and mine.link_id == link.pk and link.revoked_at is None:
            return link.document_id
        sharing.require_good(link)
        if link.email:
            ShareLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
        if mine is None:
            is_member = bool(accounts.roles(person_id, link.document.studio_id))
            Share.objects.create(
                document_id=link.document_id,
                person_id=person_id,
                right=link.right,
                invited_by_id=link.made_by_id,
                link=link,
                as_member=is_member,
            )
        elif (best := sharing.more(mine.right, link.right)) != mine.right:
            Share.objects.filter(pk=mine.pk).update(right=best)
        audit.record(
            "document_joined",
            request=request,
            studio_id=link.document.studio_id,
            person_id=person_id,
            target=accounts.names([person_id]).get(person_id, ""),
            document=link.document.title,
            right=link.right,
        )
        recheck(f"person:{person_id}")
    return link.document_id


def leave(access: DocumentAccess, *, request: HttpRequest | None = None) -> None:
    """Somebody gives up their own right. Raises Conflict where there is none: what everyone may is not theirs."""
    with transaction.atomic():
        mine = Share.objects.filter(document_id=access.document_id, person_id=access.person_id or 0)
        if not mine.delete()[0]:
            raise Conflict("no_share", "Nothing was shared with you by name here, so there is nothing to leave.")
        record("document_left", access, request)
        recheck(f"person:{access.person_id}")
