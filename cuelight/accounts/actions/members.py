"""Who has which role in a studio."""

from django.db import transaction

from cuelight.accounts.models import Membership, Role
from cuelight.live.broadcast import recheck


def grant(person_id: int, studio_id: int, role: str) -> None:
    """Gives a role; giving it twice is once. Rechecks the person's sockets."""
    with transaction.atomic():
        Membership.objects.get_or_create(person_id=person_id, studio_id=studio_id, role=Role(role))
        recheck(f"person:{person_id}")


def revoke(person_id: int, studio_id: int, role: str) -> None:
    """Takes a role away. Rechecks the person's sockets: what they may no longer see closes within a second."""
    with transaction.atomic():
        Membership.objects.filter(person_id=person_id, studio_id=studio_id, role=role).delete()
        recheck(f"person:{person_id}")
