"""Role passphrases of studio devices: setting and removing them, and signing a device in by one."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit, lockout, passphrases, queries, sign_ins, stations, words
from cuelight.accounts.actions.studios import found_studio
from cuelight.accounts.models import Membership, Person, Role, RolePassphrase, Studio
from cuelight.errors import Invalid, NotFound
from cuelight.live.broadcast import sign_out
from cuelight.ui.address import client_address

WRONG = "Studio, role or passphrase is wrong."


def set_passphrase(
    studio_id: int, role: str, secret: str, *, request: HttpRequest | None = None, by: int | None = None
) -> None:
    """Sets or changes the passphrase of a role. Devices that were signed in by the one before are signed out.

    Raises Invalid for one that will not do.
    """
    hash_, role = passphrases.hashed(secret), Role(role).value
    with transaction.atomic():
        Studio.objects.select_for_update(no_key=True).get(id=studio_id)
        found = RolePassphrase.objects.filter(studio_id=studio_id, role=role).first()
        if found is None:
            station = _make_station(studio_id, role)
            RolePassphrase.objects.create(studio_id=studio_id, role=role, hash=hash_, station=station, set_by_id=by)
        else:
            RolePassphrase.objects.filter(pk=found.pk).update(hash=hash_, set_by_id=by, set_at=timezone.now())
            _end_sign_ins(found.station_id)
        audit.record("passphrase_set", request=request, studio_id=studio_id, person_id=by, target=words.role(role))


def remove_passphrase(studio_id: int, role: str, *, request: HttpRequest | None = None, by: int | None = None) -> None:
    """Nobody signs in by it any more, and whoever has is signed out. Raises NotFound."""
    with transaction.atomic():
        found = RolePassphrase.objects.select_for_update().filter(studio_id=studio_id, role=role).first()
        if found is None:
            raise NotFound("There is no such passphrase.")
        found.delete()
        Membership.objects.filter(person_id=found.station_id).delete()
        Person.objects.filter(id=found.station_id).update(is_active=False)
        _end_sign_ins(found.station_id)
        audit.record("passphrase_removed", request=request, studio_id=studio_id, person_id=by, target=words.role(role))


def end_device(studio_id: int, device_id: int, *, request: HttpRequest | None = None) -> None:
    """Signs one device out. Raises NotFound."""
    with transaction.atomic():
        found = stations.sign_ins_of(studio_id).filter(pk=device_id).select_related("user").first()
        if found is None:
            raise NotFound("There is no such device.")
        audit.record("sign_out", request=request, studio_id=studio_id, target=found.user.name)
        sign_ins.end([found])


def adopt_passphrases(secrets: Mapping[str, str]) -> list[str]:
    """Sets those that are given and not what is stored, for the first studio, made if there is none; returns which."""
    if not any(secrets.values()):
        return []
    with transaction.atomic():
        first = Studio.objects.filter(deleted_at__isnull=True).order_by("id").first()
        studio_id = (first or found_studio("Studio", None)).pk
        stored = dict(RolePassphrase.objects.filter(studio_id=studio_id).values_list("role", "hash"))
        changed = [
            role
            for role, secret in secrets.items()
            if secret and not (role in stored and passphrases.is_right(secret, stored[role]))
        ]
        for role in changed:
            set_passphrase(studio_id, role, secrets[role])
    return changed


def check_passphrase(slug: str, role: str, secret: str, *, request: HttpRequest, now: datetime | None = None) -> Person:
    """The station that a passphrase signs in. Raises Invalid, the same for whatever is wrong, and LockedOut.

    Counted first, by address, studio and role, and by address alone; then the same work is done whether there is such
    a studio or not.
    """
    address = client_address(request)
    lockout.count(f"passphrase@{address}", now, tries=lockout.TRIES_OF_ADDRESS, locked_for=lockout.WITHIN)
    key = f"passphrase:{slug}:{role}@{address}"
    is_last_try = lockout.count(key, now)
    found = _passphrase(slug, role)
    if not passphrases.is_right(secret, found.hash if found else None) or found is None:
        _record_failure(slug, role, request, is_last_try=is_last_try)
        raise Invalid("wrong", WRONG)
    lockout.forget(key)
    audit.record(
        "sign_in", request=request, studio_id=found.studio_id, person_id=found.station_id, target=found.station.name
    )
    return found.station


def _passphrase(slug: str, role: str) -> RolePassphrase | None:
    in_studio = RolePassphrase.objects.filter(studio__slug=slug, studio__deleted_at__isnull=True, role=role)
    return in_studio.select_related("station").first()


def _record_failure(slug: str, role: str, request: HttpRequest, *, is_last_try: bool) -> None:
    studio_id = queries.studio_id_by_slug(slug)
    with transaction.atomic():
        for kind in ("sign_in_failed", "locked_out") if is_last_try else ("sign_in_failed",):
            audit.record(kind, request=request, studio_id=studio_id, target=f"{words.role(role)} device")


def _make_station(studio_id: int, role: str) -> Person:
    station = Person.objects.create_user(None, f"{words.role(role)} device", kind=Person.Kind.STATION)
    Membership.objects.create(person=station, studio_id=studio_id, role=role)
    return station


def _end_sign_ins(station_id: int) -> None:
    """At once: cookies by the changed password hash, sockets by the hub."""
    station = Person.objects.get(id=station_id)
    station.set_unusable_password()
    station.save(update_fields=["password"])
    sign_ins.end(sign_ins.of(station_id))
    sign_out(f"person:{station_id}")
