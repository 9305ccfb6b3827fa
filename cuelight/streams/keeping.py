"""How long a studio keeps what happened on its platforms."""

from typing import NamedTuple

from django.db import transaction

from cuelight.accounts import audit
from cuelight.errors import Invalid
from cuelight.streams.models import StreamSettings
from cuelight.streams.upkeep import KEEP_DAYS, KEEP_RAW_DAYS

#: The longest, in days: what the platforms sent word for word is there to find faults, not to be kept.
MOST_DAYS, MOST_RAW_DAYS = 3_650, 90


class Kept(NamedTuple):
    """Days."""

    events: int
    raw: int


def kept(studio_id: int) -> Kept:
    """What the studio has said, or what holds for those that have not."""
    row = StreamSettings.objects.filter(studio_id=studio_id).first()
    return Kept(KEEP_DAYS, KEEP_RAW_DAYS) if row is None else Kept(row.keep_days, row.keep_raw_days)


def keep(studio_id: int, events: str, raw: str, *, by: int | None) -> Kept:
    """From tonight on. Raises Invalid with a sentence for what is no number of days within bounds."""
    days = Kept(
        _days(events, MOST_DAYS, "Chat and events are"),
        _days(raw, MOST_RAW_DAYS, "What the platforms sent word for word is"),
    )
    with transaction.atomic():
        values = {"keep_days": days.events, "keep_raw_days": days.raw}
        StreamSettings.objects.update_or_create(studio_id=studio_id, defaults=values)
        audit.record("stream_keeping", studio_id=studio_id, person_id=by, target=f"{days.events} and {days.raw} days")
    return days


def _days(text: str, most: int, what: str) -> int:
    text = text.strip()
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= most:
        raise Invalid("invalid", f"{what} kept for 1 to {most:,} days.")
    return int(text)
