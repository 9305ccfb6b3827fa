"""The audit log: what was done that matters for safety, by whom, from where. Never a secret, never what was typed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from cuelight.accounts.models import AuditEntry, Membership, Person
from cuelight.ui.address import client_address

#: Every kind of entry, and how people read it.
KINDS = {
    "sign_in": "Signed in",
    "sign_in_failed": "Sign-in failed",
    "sign_out": "Signed out",
    "locked_out": "Locked out",
    "signed_up": "Made an account",
    "email_confirmed": "Confirmed an address",
    "email_changed": "Changed an address",
    "password_changed": "Changed the password",
    "password_reset": "Reset the password",
    "codes_on": "Turned time-based codes on",
    "codes_off": "Turned time-based codes off",
    "provider_connected": "Connected a sign-in of another site",
    "provider_disconnected": "Removed a sign-in of another site",
    "account_erased": "Erased an account",
    "studio_created": "Made the studio",
    "studio_changed": "Changed the studio",
    "studio_deleted": "Deleted the studio",
    "studio_restored": "Restored the studio",
    "studio_exported": "Exported the studio",
    "role_granted": "Gave a role",
    "role_revoked": "Took a role away",
    "member_left": "Left the studio",
    "guest_ended": "A guest's time ended",
    "invitation_made": "Made an invitation",
    "invitation_revoked": "Revoked an invitation",
    "invitation_accepted": "Accepted an invitation",
    "passphrase_set": "Set a passphrase",
    "passphrase_removed": "Removed a passphrase",
    "token_made": "Made a token",
    "token_revoked": "Revoked a token",
    "import_started": "Imported a file",
    "session_deleted": "Deleted a session",
    "price_approved": "Agreed to a flash price",
    "product_deleted": "Deleted a product",
    "changes_reverted": "Took changes of products back",
    "brand_deleted": "Deleted a brand",
    "document_shared": "Shared a document",
    "document_invited": "Invited somebody to a document",
    "document_joined": "Opened a document by a link",
    "document_right_changed": "Changed a right in a document",
    "document_unshared": "Ended somebody's right in a document",
    "document_left": "Left a document",
    "document_link_made": "Made a link to a document",
    "document_link_revoked": "Revoked a link to a document",
    "document_binned": "Moved a document to the bin",
    "document_restored": "Restored a document",
    "document_deleted": "Deleted a document",
    "shop_connected": "Connected a shop",
    "shop_disconnected": "Disconnected a shop",
    "platform_connected": "Connected a platform",
    "platform_disconnected": "Disconnected a platform",
    "stream_keeping": "Changed how long chat is kept",
    "alert_rules": "Changed which alerts are shown",
}

#: What can be asked for, and what it is called.
GROUPS = {
    "signing": "Signing in",
    "people": "People",
    "ways": "Ways in",
    "studio": "Studio",
    "files": "Imports and deletions",
}
#: What people do before any studio. Where they belong to one, its admins see that it was done.
PERSONAL = frozenset(
    (
        "sign_in", "sign_in_failed", "sign_out", "locked_out", "signed_up", "email_confirmed", "email_changed",
        "password_changed", "password_reset", "codes_on", "codes_off", "provider_connected", "provider_disconnected",
        "account_erased",
    )
)  # fmt: skip
_PEOPLE = frozenset(("role_granted", "role_revoked", "member_left", "guest_ended"))
_FILES = frozenset(
    (
        "import_started", "session_deleted", "product_deleted", "brand_deleted", "changes_reverted", "document_binned",
        "document_restored", "document_deleted",
    )
)  # fmt: skip
_WAYS = ("invitation_", "passphrase_", "token_", "document_")
#: Rows of one statement of the housekeeping.
BATCH = 5_000


class Seen(NamedTuple):
    """An entry as the admins of one studio may see it."""

    id: int
    at: datetime
    kind: str
    person_id: int | None
    token_id: int | None
    target: str
    detail: Mapping[str, Any]
    address: str | None


_SECRET = ("password", "passphrase", "secret", "token", "code", "key")


def record(
    kind: str,
    *,
    request: HttpRequest | None = None,
    studio_id: int | None = None,
    person_id: int | None = None,
    token_id: int | None = None,
    target: str = "",
    **detail: Any,
) -> None:
    """Writes one entry, in the caller's transaction. Who and from where are the request's, unless they are given.

    ``detail`` is a few plain values. ValueError for a kind that is not in ``KINDS`` and for a detail that sounds like
    a secret.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not in the list of audit entries")
    if bad := [name for name in detail if any(word in name for word in _SECRET)]:
        raise ValueError(f"{bad} must not be written down")
    who = getattr(request, "identity", None)
    AuditEntry.objects.create(
        kind=kind,
        studio_id=studio_id,
        person_id=person_id if person_id is not None else getattr(who, "person_id", None),
        token_id=token_id if token_id is not None else getattr(who, "token_id", None),
        target=target[:200],
        detail=detail,
        address=client_address(request) if request is not None else None,
    )


def group_of(kind: str) -> str:
    """To which of the ``GROUPS`` a kind belongs."""
    if kind in PERSONAL:
        return "signing"
    if kind in _PEOPLE:
        return "people"
    if kind in _FILES:
        return "files"
    return "ways" if kind.startswith(_WAYS) else "studio"


def newest(
    studio_id: int,
    *,
    limit: int,
    before: tuple[datetime, int] | None = None,
    until: datetime | None = None,
    since: datetime | None = None,
    groups: Collection[str] = (),
    person_id: int | None = None,
    token_id: int | None = None,
) -> list[Seen]:
    """What the admins of a studio may see, newest first; authorise first. ``before``: time and id of the last one seen.

    Entries of the studio are shown whole. Of what its people do before any studio, such as signing in, it is shown
    that it was done and when, from the day on that they belong to it. From where, and what else is known of it, is
    shown of the studio's own devices and guests, and of people who belong to no other studio.
    """
    kinds = [kind for kind in KINDS if group_of(kind) in groups] if groups else None
    narrowed = Q()
    if before is not None:
        narrowed &= Q(at__lt=before[0]) | Q(at=before[0], id__lt=before[1])
        narrowed &= Q(at__lte=before[0])  # said again so that the index serves it
    if until is not None:
        narrowed &= Q(at__lte=until)
    if since is not None:
        narrowed &= Q(at__gt=since)
    if kinds is not None:
        narrowed &= Q(kind__in=kinds)
    if person_id is not None:
        narrowed &= Q(person_id=person_id)
    if token_id is not None:
        narrowed &= Q(token_id=token_id)
    own = [_seen(row, whole=True) for row in _some(AuditEntry.objects.filter(narrowed, studio_id=studio_id), limit)]
    personal = _some(_personal(studio_id).filter(narrowed), limit)
    told = [_seen(row, whole=getattr(row, "is_whole", False)) for row in personal]
    return sorted([*own, *told], key=lambda row: (row.at, row.id), reverse=True)[:limit]


def forget_before(moment: datetime) -> int:
    """Forgets the entries of every studio that are older, a batch at a time; returns how many."""
    forgotten = 0
    while True:
        ids = list(AuditEntry.objects.filter(at__lt=moment).order_by("at").values_list("id", flat=True)[:BATCH])
        forgotten += AuditEntry.objects.filter(id__in=ids).delete()[0]
        if len(ids) < BATCH:
            return forgotten


def _personal(studio_id: int) -> QuerySet[AuditEntry]:
    memberships = Membership.objects.filter(person_id=OuterRef("person_id"))
    here = memberships.filter(studio_id=studio_id, created_at__lte=OuterRef("at"))
    kind = Person.objects.filter(id=OuterRef("person_id")).values("kind")[:1]
    entries = AuditEntry.objects.filter(studio__isnull=True, kind__in=PERSONAL)
    return entries.filter(Exists(here)).annotate(
        is_elsewhere=Exists(memberships.exclude(studio_id=studio_id)), person_kind=Subquery(kind)
    ).annotate(is_whole=~Q(person_kind="person") | Q(is_elsewhere=False))  # fmt: skip


def _some(entries: QuerySet[AuditEntry], limit: int) -> QuerySet[AuditEntry]:
    return entries.order_by(F("at").desc(), F("id").desc())[:limit]


def _seen(row: AuditEntry, *, whole: bool) -> Seen:
    return Seen(
        row.id,
        row.at,
        row.kind,
        row.person_id,
        row.token_id,
        row.target if whole else "",
        row.detail if whole else {},
        row.address if whole else None,
    )
