"""What OBS says of its stream, told by the one dock that speaks for the studio just now.

A hosted server cannot reach a streamer's OBS, so a page on that machine tells. It holds the word for a few seconds and
renews it; when it falls silent nobody knows what OBS does, and the lamp says what it says without.
"""

from datetime import timedelta
from typing import TypedDict

from django.db import transaction
from django.utils import timezone

from cuelight.streams import broadcasts
from cuelight.streams.models import Encoder

#: How long a word of OBS is good for.
HELD = timedelta(seconds=15)
#: And after the page has gone: longer than a reload takes, and than a page waits before it tells again.
HELD_BY_NOBODY = timedelta(seconds=5)


class DriverRow(TypedDict):
    """Who speaks for OBS: ``holder``, the key of the page; ``name``, of its dock. ``active``: whether OBS streams;
    None: it has not said."""

    holder: str
    name: str
    active: bool | None
    since: str


def driver(studio_id: int) -> DriverRow | None:
    """Who speaks for the studio's OBS; None: nobody, or not any more."""
    found = Encoder.objects.filter(studio_id=studio_id, until__gt=timezone.now()).first()
    if found is None:
        return None
    return {"holder": found.holder, "name": found.name, "active": found.active, "since": found.since.isoformat()}


def report(studio_id: int, holder: str, *, name: str, active: bool | None, take: bool = False) -> bool:
    """What a page hears from its OBS. Whether it speaks for the studio: the first that tells does, until it falls
    silent or another one takes over (``take``). Broadcasts the lamp where that changes."""
    now = timezone.now()
    with transaction.atomic():
        Encoder.objects.get_or_create(studio_id=studio_id, defaults={"until": now, "since": now})
        found = Encoder.objects.select_for_update().get(studio_id=studio_id)
        was_held = found.until > now
        if was_held and found.holder != holder and not take:
            return False
        changed = not was_held or (found.holder, found.active, found.name) != (holder, active, name)
        found.since = now if found.active != active or not was_held else found.since
        found.holder, found.name, found.active, found.until = holder, name, active, now + HELD
        found.save()
        if changed:
            broadcasts.air_changed(studio_id)
    return True


def release(studio_id: int, holder: str) -> None:
    """A page has lost its OBS, or leaves it to others. Nothing where it does not hold the word."""
    with transaction.atomic():
        if Encoder.objects.filter(studio_id=studio_id, holder=holder).delete()[0]:
            broadcasts.air_changed(studio_id)


def leave(studio_id: int, holder: str) -> None:
    """The page's connection is gone. It may be back in a moment; if not, another one need not wait long."""
    end = timezone.now() + HELD_BY_NOBODY
    Encoder.objects.filter(studio_id=studio_id, holder=holder, until__gt=end).update(until=end)


def expire() -> None:
    """Forgets those who have fallen silent, and says so. Of several processes one does."""
    with transaction.atomic():
        silent = Encoder.objects.select_for_update(skip_locked=True).filter(until__lte=timezone.now())
        studios = list(silent.values_list("studio_id", flat=True))
        Encoder.objects.filter(studio_id__in=studios).delete()
        for studio_id in studios:
            broadcasts.air_changed(studio_id)
