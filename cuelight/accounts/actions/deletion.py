"""The end of a studio: nobody gets in from one moment on, some days later it is erased."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import structlog
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit, queries
from cuelight.accounts.models import (
    AccessToken,
    AuditEntry,
    Invitation,
    Membership,
    Person,
    RolePassphrase,
    SignInAttempts,
    Studio,
)
from cuelight.errors import Gone, NotFound
from cuelight.live.broadcast import recheck, sign_out

log = structlog.get_logger(__name__)

#: Rows of one transaction.
BATCH = 500


def delete_studio(studio_id: int, *, by: int | None, request: HttpRequest | None = None) -> None:
    """Closes a studio: all access to it ends within a second. Nothing is erased yet. Twice is once."""
    with transaction.atomic():
        studio = Studio.objects.select_for_update().get(id=studio_id)
        if studio.deleted_at is not None:
            return
        Studio.objects.filter(id=studio_id).update(deleted_at=timezone.now())
        audit.record("studio_deleted", request=request, studio_id=studio_id, person_id=by, target=studio.name)
        _tell_everybody(studio_id)


def restore_studio(studio_id: int, *, by: int | None, request: HttpRequest | None = None) -> None:
    """Opens a deleted studio again, with everybody in the roles they had. Raises Gone when it is too late."""
    with transaction.atomic():
        studio = Studio.objects.select_for_update().filter(id=studio_id).first()
        if studio is None:
            raise Gone("This studio has been erased.")
        if studio.deleted_at is None:
            return
        if studio.deleted_at <= queries.erased_before():
            raise Gone("The time to restore this studio is over. It is being erased.")
        Studio.objects.filter(id=studio_id).update(deleted_at=None)
        audit.record("studio_restored", request=request, studio_id=studio_id, person_id=by, target=studio.name)
        _tell_everybody(studio_id)


def require_erasable(studio_id: int) -> None:
    """Raises NotFound unless the time to restore the studio is over; from then on nobody can."""
    if not Studio.objects.filter(id=studio_id, deleted_at__lte=queries.erased_before()).exists():
        raise NotFound("This studio is not to be erased.")


def erase_studio(studio_id: int) -> None:
    """The last of a studio, after all other contexts: its roles, ways in, log, devices and guests, and itself.

    People keep their accounts. May run twice.
    """
    require_erasable(studio_id)
    slug = Studio.objects.values_list("slug", flat=True).get(id=studio_id)
    erase_rows(AccessToken.objects.filter(studio_id=studio_id))
    erase_rows(Invitation.objects.filter(studio_id=studio_id))
    stations = RolePassphrase.objects.filter(studio_id=studio_id).values_list("station_id", flat=True)
    elsewhere = Membership.objects.filter(person_id=OuterRef("id")).exclude(studio_id=studio_id)
    own = Person.objects.exclude(kind=Person.Kind.PERSON).filter(~Exists(elsewhere))
    # Of a guest whose time was over, and of a device whose passphrase was removed, only the log still knows.
    known = AuditEntry.objects.filter(studio_id=studio_id).values_list("person_id", flat=True).distinct()
    former = [person_id for person_id in known if person_id is not None]
    ids = {*stations, *former, *own.filter(memberships__studio_id=studio_id).values_list("id", flat=True)}
    erase_rows(RolePassphrase.objects.filter(studio_id=studio_id))
    _erase_people(own.filter(id__in=ids))
    erase_rows(Membership.objects.filter(studio_id=studio_id))
    erase_rows(AuditEntry.objects.filter(studio_id=studio_id))
    SignInAttempts.objects.filter(key__startswith=f"passphrase:{slug}:").delete()
    Studio.objects.filter(id=studio_id).delete()
    log.info("a studio was erased", studio=studio_id)


def erase_rows(rows: QuerySet[Any]) -> None:
    """Deletes rows a batch at a time: nobody waits for a lock on all of them."""
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=ids).delete()


def _erase_people(people: QuerySet[Person]) -> None:
    """Devices and guests: they are nobody anywhere else."""
    while ids := list(people.order_by("id").values_list("id", flat=True)[:BATCH]):
        _end_sign_ins(UserSession.objects.filter(user_id__in=ids).values_list("session_key", flat=True))
        AuditEntry.objects.filter(person_id__in=ids, studio__isnull=True).delete()
        Person.objects.filter(id__in=ids).delete()
        for person_id in ids:
            sign_out(f"person:{person_id}")


def _end_sign_ins(keys: Iterable[str]) -> None:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()


def _tell_everybody(studio_id: int) -> None:
    """After the commit its people's sockets are asked again; those of its devices, guests and tokens end."""
    memberships = Membership.objects.filter(studio_id=studio_id).values_list("person_id", "person__kind").distinct()
    for person_id, kind in memberships:
        tell = recheck if kind == Person.Kind.PERSON else sign_out
        tell(f"person:{person_id}")
    tokens = AccessToken.objects.filter(studio_id=studio_id, revoked_at__isnull=True)
    for token_id in tokens.values_list("id", flat=True):
        sign_out(f"token:{token_id}")
