"""How often one door may be tried: five times within a minute, then not at all for five minutes.

A try is counted, and the count committed, before the secret is looked at: a hundred tries at the same moment, in
whichever processes, get five looks between them. Why this is not django-axes: docs/adr/0008.
"""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cuelight.accounts.models import SignInAttempts
from cuelight.errors import CuelightError

TRIES = 5
WITHIN = timedelta(minutes=1)
LOCKED_FOR = timedelta(minutes=5)
#: What one address may try within the minute, whatever door: each try costs a slow hash, also at doors that are not
#: there. More than a studio's devices need when all of them are signed in at once.
TRIES_OF_ADDRESS = 60
#: Counts nobody adds to any more.
FORGOTTEN_AFTER = timedelta(hours=1)


class LockedOut(CuelightError):
    """Tried too often. The secret was not looked at."""

    status = 429

    def __init__(self, left: timedelta) -> None:
        self.seconds = max(1, ceil(left.total_seconds()))
        minutes = ceil(self.seconds / 60)
        wait = f"{minutes} minutes" if minutes > 1 else "a minute"
        super().__init__("locked_out", f"Too many tries. Wait {wait}, then try again.")


def count(key: str, now: datetime | None = None, *, tries: int = TRIES, locked_for: timedelta = LOCKED_FOR) -> bool:
    """Counts one try of a door; True: the last one before the lock. Raises LockedOut.

    Never inside another transaction: a rollback would forget the try.
    """
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        attempts = _lock(key, now)
        if attempts.locked_until is not None and attempts.locked_until > now:
            raise LockedOut(attempts.locked_until - now)
        times = [time for time in attempts.times if time > now - WITHIN] + [now]
        is_last = len(times) >= tries
        SignInAttempts.objects.filter(key=key).update(
            times=[] if is_last else times, locked_until=now + locked_for if is_last else None
        )
    return is_last


def forget(key: str) -> None:
    """The secret was right: the tries before it count no longer."""
    SignInAttempts.objects.filter(key=key).delete()


def delete_old(now: datetime | None = None) -> int:
    """Forgets the counts of doors nobody tries any more; returns how many."""
    now = now or timezone.now()
    over = Q(locked_until__isnull=True) | Q(locked_until__lt=now)
    return SignInAttempts.objects.filter(over, updated_at__lt=now - FORGOTTEN_AFTER).delete()[0]


def _lock(key: str, now: datetime) -> SignInAttempts:
    """The row of a door, made if need be, and ours until the commit: the upsert locks it either way."""
    SignInAttempts.objects.bulk_create(
        [SignInAttempts(key=key, updated_at=now)],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["updated_at"],
    )
    return SignInAttempts.objects.get(key=key)
