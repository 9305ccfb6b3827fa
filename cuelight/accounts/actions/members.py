"""Who has which role in a studio. A studio always keeps an admin who is a person."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit, sign_ins
from cuelight.accounts.models import Membership, Person, Role, Studio
from cuelight.errors import Conflict, NotFound
from cuelight.live.broadcast import recheck, sign_out

LAST_ADMIN = "A studio needs an admin. Make somebody else one first."


def grant(
    person_id: int,
    studio_id: int,
    role: str,
    *,
    ends_at: datetime | None = None,
    request: HttpRequest | None = None,
    by: int | None = None,
) -> None:
    """Gives a role; giving it twice is once. ``ends_at``: for so long; never shortens what is there.

    Rechecks the person's sockets.
    """
    with transaction.atomic():
        given, is_new = Membership.objects.get_or_create(
            person_id=person_id, studio_id=studio_id, role=Role(role), defaults={"ends_at": ends_at}
        )
        if not is_new and given.ends_at is not None and (ends_at is None or ends_at > given.ends_at):
            is_new = bool(Membership.objects.filter(pk=given.pk).update(ends_at=ends_at))
        if is_new:
            _record("role_granted", request, by, studio_id, person_id, role)
        recheck(f"person:{person_id}")


def revoke(
    person_id: int, studio_id: int, role: str, *, request: HttpRequest | None = None, by: int | None = None
) -> None:
    """Takes a role away. Rechecks the person's sockets: what they may no longer see closes within a second.

    Raises Conflict for the last admin.
    """
    with transaction.atomic():
        _take(person_id, studio_id, [role], request, by)


def remove_member(
    person_id: int, studio_id: int, *, request: HttpRequest | None = None, by: int | None = None
) -> dict[str, datetime | None]:
    """Takes all of somebody's roles away; returns which, and when they would have ended. Raises Conflict for the last
    admin, NotFound."""
    with transaction.atomic():
        taken = _take(person_id, studio_id, Role.values, request, by)
        if not taken:
            raise NotFound("There is no such member.")
        return taken


def leave(person_id: int, studio_id: int, *, request: HttpRequest | None = None) -> None:
    """Somebody gives up all their roles themselves. Raises Conflict for the last admin, and for a studio device."""
    if Person.objects.filter(id=person_id, kind=Person.Kind.STATION).exists():
        raise Conflict("is_device", "A device of the studio cannot leave it. Sign it out, or remove its passphrase.")
    with transaction.atomic():
        roles = _held(person_id, studio_id)
        _keep_an_admin(person_id, studio_id, roles)
        Membership.objects.filter(person_id=person_id, studio_id=studio_id).delete()
        target = _name(person_id)
        audit.record("member_left", request=request, studio_id=studio_id, person_id=person_id, target=target)
        recheck(f"person:{person_id}")


def end_guest(person_id: int, studio_id: int, *, request: HttpRequest | None = None) -> None:
    """Ends somebody's access that would have ended by itself, and a guest's sign-in with it. Raises NotFound."""
    with transaction.atomic():
        found = Membership.objects.select_for_update().filter(
            person_id=person_id, studio_id=studio_id, ends_at__isnull=False
        )
        if not list(found):
            raise NotFound("There is no such guest.")
        found.delete()
        audit.record("guest_ended", request=request, studio_id=studio_id, target=_name(person_id))
        sign_off(person_id)


def sign_off(person_id: int) -> None:
    """Whose time in a studio is over: a guest without any other is signed out for good, anybody else asked again."""
    recheck(f"person:{person_id}")
    is_guest = Person.objects.filter(id=person_id, kind=Person.Kind.GUEST).exists()
    if is_guest and not Membership.objects.filter(person_id=person_id, ends_at__gt=timezone.now()).exists():
        Person.objects.filter(id=person_id).update(is_active=False)
        sign_ins.end(sign_ins.of(person_id))
        sign_out(f"person:{person_id}")


def _take(
    person_id: int, studio_id: int, roles: Iterable[str], request: HttpRequest | None, by: int | None
) -> dict[str, datetime | None]:
    _keep_an_admin(person_id, studio_id, roles)
    taken = {role: ends_at for role, ends_at in _held(person_id, studio_id).items() if role in roles}
    Membership.objects.filter(person_id=person_id, studio_id=studio_id, role__in=taken).delete()
    for role in taken:
        _record("role_revoked", request, by, studio_id, person_id, role)
    recheck(f"person:{person_id}")
    return taken


def _held(person_id: int, studio_id: int) -> dict[str, datetime | None]:
    return dict(Membership.objects.filter(person_id=person_id, studio_id=studio_id).values_list("role", "ends_at"))


def _keep_an_admin(person_id: int, studio_id: int, roles: Iterable[str]) -> None:
    """Refuses to take the last admin's role. The studio's row is locked first: of two admins who remove each other at
    the same moment the second is told no. Stations and guests do not count: nobody answers for them."""
    if Role.ADMIN not in roles:
        return
    Studio.objects.select_for_update(no_key=True).get(id=studio_id)
    admins = Membership.objects.filter(
        studio_id=studio_id, role=Role.ADMIN, ends_at__isnull=True, person__kind="person", person__is_active=True
    )
    ids = set(admins.values_list("person_id", flat=True))
    if ids == {person_id}:
        raise Conflict("last_admin", LAST_ADMIN)


def _name(person_id: int) -> str:
    return Person.objects.values_list("name", flat=True).get(id=person_id)


def _record(kind: str, request: HttpRequest | None, by: int | None, studio_id: int, person_id: int, role: str) -> None:
    audit.record(
        kind, request=request, studio_id=studio_id, person_id=by, target=_name(person_id), role=role, of=person_id
    )
