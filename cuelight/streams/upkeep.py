"""The days that events are kept in: made ahead, taken away when nobody keeps them any longer."""

from datetime import UTC, date, datetime, timedelta

import structlog
from django.db import connection, transaction

from cuelight.streams import store
from cuelight.streams.models import Event, Moderated, StreamSettings, ViewerCount

log = structlog.get_logger(__name__)

#: How long a studio keeps events that has not said.
KEEP_DAYS, KEEP_RAW_DAYS = 90, 7
#: Rows that one statement takes away.
AT_ONCE = 20_000


def make_days(now: datetime) -> None:
    """Makes the tables of the days to come. May run twice, and in several processes at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two that make the same one would refuse each other.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('streams_event days'))")
        known = _days()
        missing = [day for day in store.days_ahead(now) if day not in known]
        if missing:
            # Nothing may come into the default table between looking and moving.
            cursor.execute("LOCK TABLE streams_event IN ACCESS EXCLUSIVE MODE")
        for day in missing:
            for statement in store.partition_sql(day):
                cursor.execute(statement)


def forget_old(now: datetime) -> None:
    """Takes away what is older than its studio keeps it; whole days at once where no studio keeps them."""
    longest = max([KEEP_DAYS, *StreamSettings.objects.values_list("keep_days", flat=True)])
    today = now.astimezone(UTC).date()
    for day in sorted(_days()):
        if day < today - timedelta(days=longest):
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE {store.partition(day)}")
    for settings in StreamSettings.objects.filter(keep_days__lt=longest):
        _forget(settings.studio_id, now - timedelta(days=settings.keep_days))
    if longest > KEEP_DAYS:
        kept = set(StreamSettings.objects.values_list("studio_id", flat=True))
        others = Event.objects.filter(received_at__lt=now - timedelta(days=KEEP_DAYS)).exclude(studio_id__in=kept)
        for studio_id in set(others.values_list("studio_id", flat=True).distinct()):
            _forget(studio_id, now - timedelta(days=KEEP_DAYS))
    _forget_raw(now)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM streams_seen WHERE received_at < %s", [now - timedelta(days=store.SEEN_DAYS)])
    ViewerCount.objects.filter(at__lt=now - timedelta(days=longest)).delete()
    Moderated.objects.filter(at__lt=now - timedelta(days=longest)).delete()


def _forget(studio_id: int, before: datetime) -> None:
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "DELETE FROM streams_event WHERE (studio_id, id, received_at) IN (SELECT studio_id, id, received_at"
                " FROM streams_event WHERE studio_id = %s AND received_at < %s LIMIT %s)",
                [studio_id, before, AT_ONCE],
            )
            if cursor.rowcount < AT_ONCE:
                return


def _forget_raw(now: datetime) -> None:
    """What the platforms sent word for word: of the days just before, since older ones are empty already."""
    by_days: dict[int, list[int]] = {}
    for settings in StreamSettings.objects.all():
        by_days.setdefault(settings.keep_raw_days, []).append(settings.studio_id)
    said = [studio_id for some in by_days.values() for studio_id in some]
    with connection.cursor() as cursor:
        for days, studios in by_days.items():
            cursor.execute(
                "UPDATE streams_event SET raw = NULL"
                " WHERE studio_id = ANY(%s) AND received_at < %s AND received_at > %s AND raw IS NOT NULL",
                [studios, now - timedelta(days=days), now - timedelta(days=days + 30)],
            )
        cursor.execute(
            "UPDATE streams_event SET raw = NULL"
            " WHERE studio_id <> ALL(%s) AND received_at < %s AND received_at > %s AND raw IS NOT NULL",
            [said, now - timedelta(days=KEEP_RAW_DAYS), now - timedelta(days=KEEP_RAW_DAYS + 30)],
        )


def _days() -> set[date]:
    """The days that have a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'streams_event'::regclass AND c.relname ~ '^streams_event_[0-9]{8}$'"
        )
        return {datetime.strptime(name[-8:], "%Y%m%d").date() for (name,) in cursor.fetchall()}  # noqa: DTZ007
