"""Invitations: making them, taking them back, and coming in by them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit, invitations, links, mail, words
from cuelight.accounts.access import Access
from cuelight.accounts.actions import members
from cuelight.accounts.actions.studios import found_studio
from cuelight.accounts.models import Invitation, Membership, Person, Role
from cuelight.errors import Forbidden, Gone, Invalid, NotFound

GUEST_NAME_LETTERS = 60


def may_invite(access: Access, roles: Iterable[str]) -> bool:
    """Whether an invitation with these roles is somebody's to make, see and take back."""
    return access.may(invitations.needed(roles))


def invite(
    access: Access,
    *,
    roles: Iterable[str],
    email: str | None = None,
    max_uses: int = 1,
    lasts_hours: int = invitations.DEFAULT_LASTS_HOURS,
    guest_hours: int | None = None,
    path: str = "",
    request: HttpRequest | None = None,
) -> Invitation:
    """A new invitation; one with an address is mailed to it. Raises Forbidden for roles one may not give, Invalid."""
    wanted = [role for role in Role.values if role in set(roles)]
    if not wanted or len(wanted) != len(set(roles)):
        raise Invalid("invalid_roles", "Choose at least one role.")
    if not may_invite(access, wanted):
        raise Forbidden("Your role in this studio lets you invite hosts only.")
    _check(wanted, email, max_uses, lasts_hours, guest_hours)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            studio_id=access.studio_id,
            roles=wanted,
            email=email.strip().lower() if email else None,
            guest_hours=guest_hours,
            path=links.local(path, default=""),
            nonce=invitations.new_nonce(),
            max_uses=max_uses,
            created_by_id=access.person_id,
            expires_at=timezone.now() + timedelta(hours=lasts_hours),
        )
        _record(
            "invitation_made",
            invitation,
            access,
            request,
            roles=wanted,
            uses=max_uses,
            hours=lasts_hours,
        )
        _send(invitation)
    return invitation


def found_studio_for(name: str, email: str) -> tuple[str, str]:
    """A new studio and a one-off invitation of its first admin: (short name, path of the link).

    The link is told to whoever runs the installation, who vouches for the address: it proves it as a mail would.
    """
    with transaction.atomic():
        studio = found_studio(name, None)
        invitation = Invitation.objects.create(
            studio=studio,
            roles=[Role.ADMIN],
            email=email,
            nonce=invitations.new_nonce(),
            expires_at=timezone.now() + timedelta(hours=invitations.DEFAULT_LASTS_HOURS),
        )
        audit.record("invitation_made", studio_id=studio.pk, target=email, roles=[Role.ADMIN.value], uses=1)
    return studio.slug, invitations.path(invitation, mailed=True)


def renew_invitation(access: Access, invitation_id: int, *, request: HttpRequest | None = None) -> Invitation:
    """Makes every link of an invitation worthless and, with that, a new one; mails it again. Raises NotFound."""
    with transaction.atomic():
        invitation = _own(access, invitation_id)
        invitation.nonce = invitations.new_nonce()
        Invitation.objects.filter(pk=invitation.pk).update(nonce=invitation.nonce)
        _send(invitation)
    return invitation


def revoke_invitation(access: Access, invitation_id: int, *, request: HttpRequest | None = None) -> Invitation:
    """Nobody comes in by it any more. Revoking twice is once. Raises NotFound."""
    with transaction.atomic():
        invitation = _own(access, invitation_id)
        if invitation.revoked_at is None:
            Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
            _record(
                "invitation_revoked",
                invitation,
                access,
                request,
            )
    return invitation


def restore_invitation(access: Access, invitation_id: int, *, request: HttpRequest | None = None) -> Invitation:
    """Undoes a revocation: its links, uses and end are what they were. Raises NotFound."""
    with transaction.atomic():
        invitation = _own(access, invitation_id)
        if invitation.revoked_at is not None:
            Invitation.objects.filter(pk=invitation.pk).update(revoked_at=None)
            _record(
                "invitation_made",
                invitation,
                access,
                request,
                roles=invitation.roles,
                again=True,
            )
    return invitation


def accept(token: str, person_id: int, *, request: HttpRequest | None = None) -> Invitation:
    """A person comes in by a link. Who has all of it already uses nothing up.

    Raises Invalid for the link, Gone when it is over, Forbidden for who has no account or not the invited address.
    """
    person = Person.objects.get(id=person_id)
    if person.kind != Person.Kind.PERSON:
        raise Forbidden("An invitation is for somebody with an account of their own.")
    with transaction.atomic():
        invitation = _open(token)
        if not invitations.is_for(invitation, person.pk):
            raise Forbidden("This invitation is for another address. Sign in with that one.", "other_address")
        ends_at = _ends_at(invitation)
        if _adds(person_id, invitation, ends_at):
            _use(invitation, person, request)
            for role in invitation.roles:
                members.grant(person_id, invitation.studio_id, role, ends_at=ends_at, request=request, by=person_id)
    return invitation


def accept_as_guest(token: str, name: str, *, request: HttpRequest | None = None) -> tuple[Invitation, Person]:
    """Somebody without an account comes in by name, for a while. Raises Invalid, Gone, Forbidden."""
    name = " ".join(name.split())
    if not name or len(name) > GUEST_NAME_LETTERS:
        raise Invalid("invalid_name", f"Give a name of up to {GUEST_NAME_LETTERS} letters.")
    with transaction.atomic():
        invitation = _open(token)
        ends_at = _ends_at(invitation)
        if ends_at is None:
            raise Forbidden("This invitation needs an account.")
        person = Person.objects.create_user(None, name, kind=Person.Kind.GUEST)
        _use(invitation, person, request)
        for role in invitation.roles:
            members.grant(person.pk, invitation.studio_id, role, ends_at=ends_at, request=request, by=person.pk)
    return invitation, person


def _check(roles: list[str], email: str | None, max_uses: int, lasts_hours: int, guest_hours: int | None) -> None:
    if not 1 <= max_uses <= invitations.MOST_USES or (email and max_uses != 1):
        raise Invalid("invalid_uses", f"A link can be used 1 to {invitations.MOST_USES} times, a mail once.")
    if not 1 <= lasts_hours <= max(invitations.LASTS_HOURS):
        raise Invalid("invalid_expiry", "An invitation lasts from an hour to 30 days.")
    if guest_hours is None:
        return
    if email or set(roles) - invitations.GUEST_ROLES:
        raise Invalid("invalid_guest", "Guests can be hosts or producers. The rest needs an account.")
    if not 1 <= guest_hours <= max(invitations.GUEST_HOURS):
        raise Invalid("invalid_guest", "A guest's time is from an hour to a day.")


def _own(access: Access, invitation_id: int) -> Invitation:
    """An invitation of this studio that is this person's to see, locked. Raises NotFound."""
    found = Invitation.objects.select_for_update(of=("self",)).filter(studio_id=access.studio_id, id=invitation_id)
    invitation = found.select_related("studio", "created_by").first()
    if invitation is None or not may_invite(access, invitation.roles):
        raise NotFound("There is no such invitation.")
    return invitation


def _open(token: str) -> Invitation:
    """The open invitation of a link, locked: of two people racing for the last use one finds it used up."""
    shown = invitations.read(token)
    invitation = Invitation.objects.select_for_update().get(pk=shown.invitation.pk)
    if invitation.nonce != shown.invitation.nonce or not invitations.is_good(invitation):
        raise Gone(f"This invitation is over. {invitations.why_over(invitation)}", "invitation_over")
    return invitation


def _use(invitation: Invitation, person: Person, request: HttpRequest | None) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(uses=F("uses") + 1)
    audit.record(
        "invitation_accepted",
        request=request,
        studio_id=invitation.studio_id,
        person_id=person.pk,
        target=person.name,
        roles=invitation.roles,
        invitation=invitation.pk,
    )


def _adds(person_id: int, invitation: Invitation, ends_at: datetime | None) -> bool:
    """Whether it gives somebody anything they do not have, or have for a shorter time."""
    held = Membership.objects.filter(
        person_id=person_id, studio_id=invitation.studio_id, role__in=invitation.roles
    ).values_list("ends_at", flat=True)
    return len(held) < len(invitation.roles) or any(
        end is not None and (ends_at is None or end < ends_at) for end in held
    )


def _ends_at(invitation: Invitation) -> datetime | None:
    return timezone.now() + timedelta(hours=invitation.guest_hours) if invitation.guest_hours else None


def _record(kind: str, invitation: Invitation, access: Access, request: HttpRequest | None, **detail: Any) -> None:
    """What somebody of the studio did with an invitation."""
    audit.record(
        kind,
        request=request,
        studio_id=access.studio_id,
        person_id=access.person_id,
        target=_target(invitation),
        **detail,
    )


def _target(invitation: Invitation) -> str:
    return invitation.email or ("Guest link" if invitation.guest_hours else "Link")


def _send(invitation: Invitation) -> None:
    if invitation.email is None:
        return
    inviter = invitation.created_by.name if invitation.created_by else "Cuelight"
    mail.send(
        "invitation",
        invitation.email,
        {
            "studio": invitation.studio.name,
            "inviter": inviter,
            "roles": words.roles(invitation.roles),
            "link": f"{settings.PUBLIC_URL}{invitations.path(invitation, mailed=True)}",
            "days": max(1, (invitation.expires_at - timezone.now()).days),
        },
    )
