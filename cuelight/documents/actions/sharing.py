"""Giving rights in a document and taking them back: to everyone of the studio, to people, by letters and links."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import mail
from cuelight.accounts import queries as accounts
from cuelight.documents import sharing
from cuelight.documents.access import DocumentAccess
from cuelight.documents.actions.telling import record, rights_changed
from cuelight.documents.models import RIGHTS, Document, Share, ShareLink
from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.live.broadcast import recheck

UNDO_SALT = "cuelight.document.share"
UNDO_MAX_AGE_S = 600


def open_to_everyone(access: DocumentAccess, right: str, *, request: HttpRequest | None = None) -> None:
    """What everyone of the studio may do without being invited; "": nothing. Raises Invalid."""
    if right and right not in RIGHTS:
        raise Invalid("invalid_right", "Choose what everyone may do: nothing, read, comment, suggest or edit.")
    with transaction.atomic():
        changed = Document.objects.filter(pk=access.document_id).exclude(everyone=right).update(everyone=right)
        if changed:
            record("document_right_changed", access, request, "Everyone", right=right or "nothing")
            rights_changed(access.document_id)


def invite(access: DocumentAccess, *, email: str, right: str, request: HttpRequest | None = None) -> int | None:
    """Somebody of the studio is let in at once and told by a letter: returns who. Anybody else gets a letter whose link
    is good once, for whoever shows that the address is theirs: None. Raises Invalid, Conflict."""
    _check(right)
    email = email.strip().lower()
    member = accounts.member_with_address(access.studio_id, email)
    if member is None and not mail.can_send():
        raise Invalid("no_mail", "This installation sends no mail. Make a link instead, and pass it on yourself.")
    with transaction.atomic():
        _hold(access, letters=True)
        if member is not None:
            _give(access, member, right, request)
            _send(access, email, right, f"/documents/{access.document_id}", name="document_shared")
            return member
        # The newest letter counts: whoever got two would otherwise keep the greater of two rights.
        sharing.open_links(access.document_id).filter(email=email).update(revoked_at=timezone.now())
        path = _make(access, right=right, lasts=sharing.LETTER_LASTS, email=email)
        record("document_invited", access, request, email, right=right)
        _send(access, email, right, path, name="document_invited")
    return None


def change_right(access: DocumentAccess, person_id: int, right: str, *, request: HttpRequest | None = None) -> None:
    """What somebody with a right of their own may do from now on. Raises NotFound, Invalid."""
    _check(right)
    with transaction.atomic():
        share = _share(access, person_id)
        if share.right != right:
            Share.objects.filter(pk=share.pk).update(right=right)
            record("document_right_changed", access, request, share.person.name, right=right)
            recheck(f"person:{person_id}")


def unshare(access: DocumentAccess, person_id: int, *, request: HttpRequest | None = None) -> str:
    """Takes somebody's own right back; they are out within a second. Returns what ``share_again`` takes. Raises
    NotFound."""
    with transaction.atomic():
        share = _share(access, person_id)
        share.delete()
        record("document_unshared", access, request, share.person.name, right=share.right)
        recheck(f"person:{person_id}")
    said = [access.document_id, person_id, share.right, share.as_member, share.link_id]
    return signing.dumps(said, salt=UNDO_SALT)


def share_again(access: DocumentAccess, undo: str, *, request: HttpRequest | None = None) -> None:
    """Gives back what ``unshare`` took moments ago. Raises Invalid."""
    try:
        document_id, person_id, right, as_member, link_id = signing.loads(undo, salt=UNDO_SALT, max_age=UNDO_MAX_AGE_S)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Invalid("too_late", "It is too late to undo this.") from error
    if document_id != access.document_id:
        raise Invalid("too_late", "It is too late to undo this.")
    with transaction.atomic():
        link = ShareLink.objects.filter(pk=link_id).first() if link_id else None
        values = {"right": right, "as_member": as_member, "link": link, "invited_by_id": access.person_id}
        _, is_new = Share.objects.get_or_create(document_id=document_id, person_id=person_id, defaults=values)
        if is_new:
            name = accounts.names([person_id]).get(person_id, "")
            record("document_shared", access, request, name, right=right)
            recheck(f"person:{person_id}")


def make_link(access: DocumentAccess, *, right: str, days: int, request: HttpRequest | None = None) -> str:
    """A link that gives a right to whoever opens it with an account; returns its path, which is told only here. Raises
    Invalid, Conflict."""
    _check(right)
    if days not in sharing.LASTS_DAYS:
        raise Invalid("invalid_expiry", "Choose how long the link is good.")
    with transaction.atomic():
        _hold(access)
        path = _make(access, right=right, lasts=timedelta(days=days))
        record("document_link_made", access, request, right=right, days=days)
    return path


def revoke_link(
    access: DocumentAccess, link_id: int, *, shares: bool = False, request: HttpRequest | None = None
) -> None:
    """Nobody comes in by a link or letter any more; twice is once. Who came in before keeps their right, unless
    ``shares``. Raises NotFound."""
    with transaction.atomic():
        links = ShareLink.objects.select_for_update().filter(document_id=access.document_id, pk=link_id)
        link = links.first()
        if link is None:
            raise NotFound("There is no such link.")
        if link.revoked_at is None:
            links.update(revoked_at=timezone.now())
            record("document_link_revoked", access, request, link.email, right=link.right)
        if shares:
            for share in Share.objects.filter(link=link).select_related("person"):
                unshare(access, share.person_id, request=request)


def _check(right: str) -> None:
    if right not in RIGHTS:
        raise Invalid("invalid_right", "Choose what they may do: read, comment or edit.")


def _share(access: DocumentAccess, person_id: int) -> Share:
    found = Share.objects.select_for_update(of=("self",)).select_related("person")
    share = found.filter(document_id=access.document_id, person_id=person_id).first()
    if share is None:
        raise NotFound("This person has no right of their own in this document.")
    return share


def _hold(access: DocumentAccess, *, letters: bool = False) -> None:
    """One invitation of a document after the other. Raises Conflict when there are too many."""
    Document.objects.select_for_update(no_key=True).get(pk=access.document_id)
    if sharing.open_links(access.document_id).count() >= sharing.MOST_OPEN:
        raise Conflict("too_many_links", "This document has too many open links and letters. Revoke some first.")
    if not letters:
        return
    lately = timezone.now() - timedelta(hours=1)
    sent = ShareLink.objects.filter(made_by_id=access.person_id, created_at__gt=lately).exclude(email="")
    if sent.count() >= sharing.MOST_LETTERS_AN_HOUR:
        raise Conflict("too_many_letters", "You have sent many invitations within an hour. Wait a while.")


def _give(access: DocumentAccess, person_id: int, right: str, request: HttpRequest | None) -> None:
    values = {"right": right, "invited_by_id": access.person_id}
    share, is_new = Share.objects.get_or_create(
        document_id=access.document_id, person_id=person_id, defaults={**values, "as_member": True}
    )
    if not is_new:
        Share.objects.filter(pk=share.pk).update(right=right)
    name = accounts.names([person_id]).get(person_id, "")
    record("document_shared" if is_new else "document_right_changed", access, request, name, right=right)
    recheck(f"person:{person_id}")


def _make(access: DocumentAccess, *, right: str, lasts: timedelta, email: str = "") -> str:
    secret = sharing.new_secret()
    ShareLink.objects.create(
        document_id=access.document_id,
        digest=sharing.digest(secret),
        right=right,
        email=email,
        made_by_id=access.person_id,
        expires_at=timezone.now() + lasts,
    )
    return sharing.path(secret)


def _send(access: DocumentAccess, email: str, right: str, path: str, *, name: str) -> None:
    inviter = accounts.names([access.person_id] if access.person_id else []).get(access.person_id or 0, "Cuelight")
    values = {
        "inviter": inviter,
        "title": access.title,
        "right": {
            "read": "read",
            "comment": "read and comment on",
            "suggest": "read and suggest changes of",
            "edit": "read and write",
        }[right],
        "link": f"{settings.PUBLIC_URL}{path}",
        "days": sharing.LETTER_LASTS.days,
    }
    mail.send(name, email, values)
