"""The order lines that count: those of events, and those of files that were not taken back."""

from django.db.models import Q, QuerySet

from cuelight.streams.models import OrderLine


def lines(studio_id: int, *, rehearsal: bool = False) -> QuerySet[OrderLine]:
    """What was sold; nothing that was cancelled, refunded or taken back."""
    in_force = Q(imported=None) | Q(imported__reverted_at=None)
    return OrderLine.objects.filter(in_force, studio_id=studio_id, rehearsal=rehearsal, quantity__gt=0)
