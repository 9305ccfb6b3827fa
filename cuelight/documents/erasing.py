"""The end of a studio's documents, after their journal was closed; and of what a person had in any document."""

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils import timezone

from cuelight.accounts.actions import erase_rows
from cuelight.documents.models import CommentMessage, CommentThread, Document, Share, ShareLink, Snapshot


def erase_studio(studio_id: int) -> None:
    """Deletes the studio's documents with their comments, shares, links and snapshots. May run twice."""
    erase_rows(CommentMessage.objects.filter(thread__document__studio_id=studio_id))
    for rows in (CommentThread, Share, ShareLink, Snapshot):
        erase_rows(rows._default_manager.filter(document__studio_id=studio_id))
    erase_rows(Document.objects.filter(studio_id=studio_id))


def take_away(person_id: int) -> None:
    """Of a person who is erased: their shares, the letters to their addresses, and the links they made. What they wrote
    is the studio's, comments, too: those are an erased person's from now on."""
    addresses = EmailAddress.objects.filter(user_id=person_id).values_list("email", flat=True)
    of_them = Q(shares__person_id=person_id) | Q(email__in=[address.lower() for address in addresses])
    letters = list(ShareLink.objects.filter(of_them).exclude(email="").values_list("pk", flat=True))
    ShareLink.objects.filter(pk__in=letters).delete()
    Share.objects.filter(person_id=person_id).delete()
    ShareLink.objects.filter(made_by_id=person_id, revoked_at=None).update(revoked_at=timezone.now())
