"""Studio devices that were signed in by a role's passphrase: how long that lasts, and which there are.

A sign-in ends after four hours without use. An open page with its socket is use, so a show of five hours is not cut.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils import timezone

from cuelight.accounts import sign_ins
from cuelight.accounts.devices import called
from cuelight.accounts.models import Person

#: Without any use.
IDLE = timedelta(hours=4)
#: A use is written down at most this often.
SEEN_EVERY = timedelta(minutes=1)


class DeviceRow(TypedDict):
    """One device that is signed in."""

    id: int
    role: str
    address: str
    browser: str
    since: datetime
    seen_at: datetime


def is_over(session_key: str | None, now: datetime | None = None) -> bool:
    """Whether a station's sign-in was ended, or has run out."""
    seen_at = UserSession.objects.filter(session_key=session_key).values_list("last_seen_at", flat=True).first()
    return seen_at is None or seen_at <= (now or timezone.now()) - IDLE


def seen(session_key: str | None, now: datetime | None = None) -> None:
    """A station has asked for a page."""
    now = now or timezone.now()
    UserSession.objects.filter(session_key=session_key, last_seen_at__lt=now - SEEN_EVERY).update(last_seen_at=now)


def connected(sockets: Iterable[tuple[int, str]], now: datetime | None = None) -> int:
    """Stations have sockets open: (person id, ``via`` of the identity). Returns how many sign-ins that keeps."""
    vias = {via for _, via in sockets}
    of_these = UserSession.objects.filter(user_id__in={person_id for person_id, _ in sockets})
    keys = [key for key in of_these.values_list("session_key", flat=True) if sign_ins.sign_in_key(key) in vias]
    kept: int = UserSession.objects.filter(session_key__in=keys).update(last_seen_at=now or timezone.now())
    return kept


def idle(now: datetime | None = None) -> QuerySet[UserSession]:
    """Sign-ins of stations that have run out."""
    found: QuerySet[UserSession] = UserSession.objects.filter(
        user__kind=Person.Kind.STATION, last_seen_at__lte=(now or timezone.now()) - IDLE
    )
    return found


def sign_ins_of(studio_id: int) -> QuerySet[UserSession]:
    """The sign-ins of a studio's stations that last."""
    found: QuerySet[UserSession] = UserSession.objects.filter(
        user__passphrase__studio_id=studio_id, last_seen_at__gt=timezone.now() - IDLE
    )
    return found


def devices(studio_id: int) -> list[DeviceRow]:
    """The devices signed in to a studio, the one seen last first."""
    found = sign_ins_of(studio_id).select_related("user__passphrase").order_by("-last_seen_at")
    return [
        {
            "id": one.pk,
            "role": one.user.passphrase.role,
            "address": one.ip,
            "browser": called(one.user_agent),
            "since": one.created_at,
            "seen_at": one.last_seen_at,
        }
        for one in found
        if one.exists()
    ]
