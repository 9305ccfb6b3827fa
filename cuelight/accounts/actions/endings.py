"""What ends by itself: guests' time, tokens, studio devices nobody uses."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cuelight.accounts import audit, lockout, sign_ins, stations
from cuelight.accounts.actions.members import sign_off
from cuelight.accounts.models import AccessToken, Membership
from cuelight.live.broadcast import sign_out


def end_what_is_over(now: datetime | None = None) -> None:
    """Takes away what has run out and closes what is still open because of it. Each part may run twice."""
    now = now or timezone.now()
    end_guests(now)
    end_tokens(now)
    sign_ins.end(stations.idle(now))
    lockout.delete_old(now)


def end_guests(now: datetime) -> None:
    """Removes the roles whose end has come."""
    over = Membership.objects.filter(ends_at__lte=now).values_list("person_id", "studio_id").distinct()
    for person_id, studio_id in list(over):
        with transaction.atomic():
            theirs = Membership.objects.select_for_update(of=("self",)).filter(
                person_id=person_id, studio_id=studio_id, ends_at__lte=now
            )
            rows = list(theirs.select_related("person"))
            if rows:
                Membership.objects.filter(pk__in=[row.pk for row in rows]).delete()
                # Nobody did it; the address of whoever once did something is not theirs.
                audit.record("guest_ended", studio_id=studio_id, target=rows[0].person.name)
                sign_off(person_id)


def end_tokens(now: datetime) -> None:
    """Ends the sockets of tokens that have run out; a token is noted as ended at the moment it was to end."""
    over = AccessToken.objects.filter(expires_at__lte=now, revoked_at__isnull=True)
    for token_id in list(over.values_list("id", flat=True)):
        with transaction.atomic():
            AccessToken.objects.filter(id=token_id, revoked_at__isnull=True).update(revoked_at=F("expires_at"))
            sign_out(f"token:{token_id}")
