"""Pictures that have an address elsewhere come here: one after another, by a job, each as `downloading` gets it."""

import time
from datetime import timedelta
from io import BytesIO

from django.db import transaction
from django.utils import timezone

from cuelight.catalog import actions
from cuelight.catalog.downloading import download
from cuelight.catalog.importing.pictures import tell_fetched
from cuelight.catalog.models import PictureToFetch, ProductImage
from cuelight.errors import CuelightError
from cuelight.jobs import enqueue

#: A job hands over to the next after so long, so that others are not kept waiting.
JOB_SECONDS = 60.0
#: Whoever waits for pictures hears of them so often.
TELL_EVERY_S = 2.0
#: A picture that was begun and is not done after so long: its job died.
ABANDONED_AFTER = timedelta(minutes=3)


def fetch_some(studio_id: int) -> int:
    """Fetches pictures of a studio's list for a minute and asks for the rest; returns how many it looked at.

    May run twice at once: a picture is one job's. What cannot be had stays on the list with its reason.
    """
    until = time.monotonic() + JOB_SECONDS
    tell_at = time.monotonic() + TELL_EVERY_S
    asked_by: set[str] = set()
    done = 0
    try:
        while time.monotonic() < until:
            row = _fetch_next(studio_id)
            if row is None:
                return done
            done += 1
            asked_by.add(row.asked_by)
            if time.monotonic() >= tell_at:
                tell_fetched(asked_by)
                asked_by.clear()
                tell_at = time.monotonic() + TELL_EVERY_S
    finally:
        tell_fetched(asked_by)
    enqueue("catalog.fetch_pictures", studio_id=studio_id)
    return done


def _fetch_next(studio_id: int) -> PictureToFetch | None:
    """One picture of the list; nothing is locked meanwhile. None when there is none."""
    row = _taken(studio_id)
    if row is None:
        return None
    if ProductImage.objects.filter(product_id=row.product_id, source_url=row.url).exists():
        row.delete()  # the job before ended between the two
        return row
    try:
        data = BytesIO(download(row.url))
        actions.add_image(row.product_id, data, alt_text=row.alt_text, source_url=row.url)
    except CuelightError as error:
        PictureToFetch.objects.filter(pk=row.pk).update(error=error.message[:300] or "It could not be had.")
    else:
        row.delete()
    return row


def _taken(studio_id: int) -> PictureToFetch | None:
    """The next picture, marked as ours. Those of one product come one after another, so that their order holds; one
    whose job died is taken again."""
    lately = timezone.now() - ABANDONED_AFTER
    with transaction.atomic():
        waiting = PictureToFetch.objects.filter(studio_id=studio_id, error="")
        row = (
            waiting.exclude(product_id__in=waiting.filter(taken_at__gt=lately).values("product_id"))
            .select_for_update(skip_locked=True)
            .order_by("id")
            .first()
        )
        if row is not None:
            PictureToFetch.objects.filter(pk=row.pk).update(taken_at=timezone.now())
    return row
