"""Reads for a studio's own pages: who belongs to it, and the ways in that it gives. Authorise first."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from cuelight.accounts import invitations, session_choices, stations, words
from cuelight.accounts.models import AccessToken, Invitation, Membership, Person, Role, RolePassphrase
from cuelight.accounts.stations import DeviceRow


class RoleRow(NamedTuple):
    """One role of one member, held or not."""

    value: str
    label: str
    is_held: bool


class MemberRow(NamedTuple):
    """A person who belongs to the studio."""

    id: int
    name: str
    email: str
    roles: list[RoleRow]
    since: datetime


class GuestRow(NamedTuple):
    """Somebody whose access ends by itself."""

    id: int
    name: str
    roles: str
    ends_at: datetime | None


class InvitationRow(NamedTuple):
    """An open invitation."""

    id: int
    email: str
    roles: str
    guest_hours: int | None
    uses: int
    max_uses: int
    expires_at: datetime
    made_by: str
    opens: str
    link: str
    #: Whoever made it may still invite like that; else the link lets nobody in.
    is_good: bool


class PassphraseRow(NamedTuple):
    """One role, its passphrase if it has one, and the devices signed in by it."""

    role: str
    label: str
    says: str
    is_set: bool
    set_at: datetime | None
    set_by: str
    devices: list[DeviceRow]


class TokenRow(NamedTuple):
    """A token that is good, or was."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    session: str
    made_by: str
    made_at: datetime
    maker_has_left: bool
    used_at: datetime | None
    expires_at: datetime | None
    #: "", "Revoked" or "Expired".
    ended: str


def members(studio_id: int) -> list[MemberRow]:
    """The people with lasting roles, by name."""
    rows = _memberships(studio_id).filter(person__kind=Person.Kind.PERSON, ends_at__isnull=True)
    held: dict[int, dict[str, datetime]] = {}
    people: dict[int, Person] = {}
    for row in rows.order_by("person__name", "person_id"):
        held.setdefault(row.person_id, {})[row.role] = row.created_at
        people[row.person_id] = row.person
    return [
        MemberRow(
            id=person.pk,
            name=person.name,
            email=person.email or "",
            roles=[RoleRow(role.value, role.label, role.value in held[person.pk]) for role in Role],
            since=min(held[person.pk].values()),
        )
        for person in people.values()
    ]


def guests(studio_id: int) -> list[GuestRow]:
    """Those whose access ends by itself, the first to go first."""
    held: dict[Person, list[Membership]] = {}
    for row in _memberships(studio_id).filter(ends_at__gt=timezone.now()).order_by("ends_at"):
        held.setdefault(row.person, []).append(row)
    return [
        GuestRow(person.pk, person.name, words.roles(row.role for row in rows), rows[-1].ends_at)
        for person, rows in held.items()
    ]


def is_member(studio_id: int, person_id: int) -> bool:
    """Whether a person, not a device or guest, belongs to the studio."""
    return _memberships(studio_id).filter(person_id=person_id, person__kind="person", ends_at__isnull=True).exists()


def open_invitations(studio_id: int, *, hosts_only: bool) -> list[InvitationRow]:
    """What may still be used, the newest first; ``hosts_only``: those that give the host's role alone."""
    found = Invitation.objects.filter(
        studio_id=studio_id, revoked_at__isnull=True, uses__lt=F("max_uses"), expires_at__gt=timezone.now()
    ).select_related("created_by")
    if hosts_only:
        found = found.filter(roles=[Role.HOST])
    opens = {path: name for one in session_choices.known(studio_id) for path, name in _pages(one)}
    return [_invitation(one, opens.get(one.path, "")) for one in found.order_by("-id")]


def passphrases(studio_id: int) -> list[PassphraseRow]:
    """Every role, in their order."""
    found = {row.role: row for row in RolePassphrase.objects.filter(studio_id=studio_id).select_related("set_by")}
    devices = stations.devices(studio_id)
    return [
        PassphraseRow(
            role=role.value,
            label=role.label,
            says=words.ROLES[role.value],
            is_set=role.value in found,
            set_at=found[role.value].set_at if role.value in found else None,
            set_by=_name(found[role.value].set_by) if role.value in found else "",
            devices=[device for device in devices if device["role"] == role.value],
        )
        for role in Role
    ]


def tokens(studio_id: int) -> list[TokenRow]:
    """The good ones first, then what has ended, each the newest first."""
    here = set(Membership.objects.filter(studio_id=studio_id).values_list("person_id", flat=True))
    names = {one.id: one.name for one in session_choices.known(studio_id)}
    found = AccessToken.objects.filter(studio_id=studio_id).select_related("created_by").order_by("-id")
    rows = [_token(token, here, names) for token in found]
    return sorted(rows, key=lambda row: bool(row.ended))


def _memberships(studio_id: int) -> QuerySet[Membership]:
    return Membership.objects.filter(studio_id=studio_id, person__is_active=True).select_related("person")


def _invitation(one: Invitation, opens: str) -> InvitationRow:
    return InvitationRow(
        id=one.pk,
        email=one.email or "",
        roles=words.roles(one.roles),
        guest_hours=one.guest_hours,
        uses=one.uses,
        max_uses=one.max_uses,
        expires_at=one.expires_at,
        made_by=_name(one.created_by),
        opens=opens,
        link=f"{settings.PUBLIC_URL}{invitations.path(one)}",
        is_good=invitations.is_good(one),
    )


def _pages(one: session_choices.SessionChoice) -> tuple[tuple[str, str], ...]:
    return (one.host_path, one.name), (one.crew_path, one.name)


def _token(token: AccessToken, here: set[int], sessions: dict[int, str]) -> TokenRow:
    now, maker = timezone.now(), token.created_by
    has_expired = token.expires_at is not None and token.expires_at <= now
    was_revoked = token.revoked_at is not None and not (token.expires_at and token.revoked_at >= token.expires_at)
    return TokenRow(
        id=token.pk,
        name=token.name,
        hint=token.hint,
        scopes=[words.SCOPES[scope][0] for scope in words.SCOPES if scope in token.scopes],
        session="All" if token.session_id is None else sessions.get(token.session_id, "A deleted session"),
        made_by=_name(maker),
        made_at=token.created_at,
        maker_has_left=maker is not None and maker.pk not in here,
        used_at=token.last_used_at,
        expires_at=token.expires_at,
        ended="Revoked" if was_revoked else "Expired" if has_expired else "",
    )


def _name(person: Person | None) -> str:
    return person.name if person is not None else ""
