"""Writes of alerts outside the live commands: what they say, what is set, and what comes in.

Rows and queue change in one transaction: an alert whose row is there has been put into the queue, so that the same
event never comes in twice, and nothing is lost in between.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import orjson
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.live.broadcast import broadcast
from cuelight.live.kind import Command
from cuelight.live.transactional import ensure_in, submit_all_in, submit_in
from cuelight.streams import alert_queries, alert_rules, alert_samples
from cuelight.streams.alert_command_types import Enqueue, Hold, Release, Withdraw
from cuelight.streams.alert_rules import Rules
from cuelight.streams.alert_state import KINDS, AlertsState, Pace
from cuelight.streams.alert_state import Alert as Numbers
from cuelight.streams.events import Event
from cuelight.streams.models import Alert, AlertRules, StreamSettings
from cuelight.streams.models import Event as EventRow
from cuelight.streams.store import Stored
from cuelight.streams.upkeep import KEEP_DAYS

#: How long tests are kept.
KEEP_TESTS = timedelta(days=1)
#: Of somebody who is shut out.
ALL_OF_ONE = timedelta(hours=24)

# Whoever writes them holds the queue (`_hold`), so that ids are in the order in which things came. What comes back is
# new.
INSERT = """
INSERT INTO streams_alert (studio_id, event_id, kind, platform, platform_id, user_id, body, at, is_test, rehearsal)
SELECT %s, g.event_id, g.kind, g.platform, g.platform_id, g.user_id, g.body::jsonb, g.at, g.is_test, g.rehearsal
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::bool[],
    %s::bool[]) WITH ORDINALITY
    AS g (event_id, kind, platform, platform_id, user_id, body, at, is_test, rehearsal, place)
ORDER BY g.place
ON CONFLICT (studio_id, platform, platform_id) DO NOTHING
RETURNING id, platform, platform_id
"""


def aggregate_id(studio_id: int) -> str:
    return f"alerts:{studio_id}"


def ensure(studio_id: int) -> None:
    """Makes the studio's queue if it has none yet. May run twice, in several processes at once."""
    ensure_in(connection, aggregate_id(studio_id), studio_id=studio_id, state=AlertsState(studio_id))


def take_up(studio_id: int, events: Sequence[tuple[int, Event]]) -> int:
    """Puts those events (with their ids) into the queue that the studio wants to see, in the order they came; returns
    how many were new. What was hidden since is left out, and what nobody really did while the studio is on air."""
    rules = alert_queries.rules(studio_id)
    wanted = [one for one in events if alert_rules.is_wanted(one[1], rules)]
    if any(event.rehearsal for _, event in wanted) and alert_queries.is_on_air(studio_id):
        wanted = [one for one in wanted if not one[1].rehearsal]
    if not wanted:
        return 0
    with transaction.atomic():
        _hold(studio_id)
        hidden = EventRow.objects.filter(studio_id=studio_id, id__in=[event_id for event_id, _ in wanted])
        gone = set(hidden.exclude(hidden_at=None).values_list("id", flat=True))
        return len(_put(studio_id, [one for one in wanted if one[0] not in gone], rules, source="platform"))


def from_store(studio_id: int, stored: Sequence[Stored]) -> int:
    """As ``take_up``, for what was stored just now."""
    return take_up(studio_id, [(one.id, one.incoming.event) for one in stored])


def catch_up(now: datetime | None = None) -> int:
    """What a process that ended had stored and not yet put into its queue: of all studios, as far back as an alert may
    wait. Returns how many there were. May run twice, in several processes at once."""
    now = now or timezone.now()
    waits = {studio_id: rules.wait_minutes for studio_id, rules in alert_queries.rules_set().items()}
    longest = timedelta(minutes=max([Pace().wait_minutes, *waits.values()]))
    same = Alert.objects.filter(
        studio_id=OuterRef("studio_id"), platform=OuterRef("platform"), platform_id=OuterRef("platform_id")
    )
    missed = EventRow.objects.filter(~Exists(same), received_at__gt=now - longest, kind__in=KINDS, hidden_at=None)
    by_studio: dict[int, list[tuple[int, Event]]] = {}
    for studio_id, event_id, received_at, body in missed.order_by("id").values_list(
        "studio_id", "id", "received_at", "body"
    ):
        if received_at > now - timedelta(minutes=waits.get(studio_id, Pace().wait_minutes)):
            by_studio.setdefault(studio_id, []).append((event_id, msgspec.convert(body, Event)))
    return sum(take_up(studio_id, events) for studio_id, events in by_studio.items())


def make_test(studio_id: int, kind: str, *, by: int | None, source: str, op_id: UUID) -> None:
    """An alert that nobody caused, marked as a test, before all that waits. It is no event and enters no figures."""
    event = alert_samples.sample(kind, str(op_id), timezone.now())
    with transaction.atomic():
        _hold(studio_id)
        _put(studio_id, [(None, event)], alert_queries.rules(studio_id), source=source, by=by, is_test=True)


def withdraw(studio_id: int, event_ids: Sequence[int]) -> None:
    """Events are no longer to be seen: their alerts leave the queue, and the screens at once. May run twice."""
    if event_ids:
        _withdraw(studio_id, event_id__in=list(event_ids))


def withdraw_from(studio_id: int, platform: str, user_id: str) -> None:
    """Somebody is shut out: so are the alerts of the last day that they caused. May run twice."""
    if user_id:
        _withdraw(studio_id, platform=platform, user_id=user_id, at__gt=timezone.now() - ALL_OF_ONE)


def hold(studio_id: int, *, by: int | None, source: str) -> None:
    """Everything stands still, in the caller's transaction if there is one. For panic. May run twice."""
    _submit(studio_id, Hold(), by=by, source=source)


def release(studio_id: int, *, by: int | None, source: str) -> None:
    """It goes on where it stood. May run twice."""
    _submit(studio_id, Release(), by=by, source=source)


def save_rules(studio_id: int, rules: Rules, *, by: int | None) -> None:
    """What the studio shows from now on, and how; what waits stays as it is. Broadcasts ``changed`` for the server's
    own processes. Raises Invalid with a sentence."""
    stored = msgspec.to_builtins(alert_rules.checked(rules))
    with transaction.atomic():
        AlertRules.objects.update_or_create(studio_id=studio_id, defaults={"rules": stored})
        audit.record("alert_rules", studio_id=studio_id, person_id=by)
        broadcast(f"alertrules:{studio_id}", "changed", {})


def forget_old(now: datetime) -> None:
    """Takes away what alerts said when their studio keeps it no longer, and tests after a day."""
    Alert.objects.filter(is_test=True, at__lt=now - KEEP_TESTS).delete()
    kept = dict(StreamSettings.objects.values_list("studio_id", "keep_days"))
    for studio_id, days in kept.items():
        Alert.objects.filter(studio_id=studio_id, at__lt=now - timedelta(days=days)).delete()
    Alert.objects.filter(at__lt=now - timedelta(days=KEEP_DAYS)).exclude(studio_id__in=kept).delete()


def _put(
    studio_id: int,
    events: Sequence[tuple[int | None, Event]],
    rules: Rules,
    *,
    source: str,
    by: int | None = None,
    is_test: bool = False,
) -> list[int]:
    """Rows for what is new, and their numbers into the queue. Ids are given in the order in which things came."""
    if not events:
        return []
    now = timezone.now()
    columns = [
        (event_id, event.kind, event.platform, event.platform_id, event.user.id if event.user else "", _body(event),
         now, is_test, event.rehearsal)
        for event_id, event in events
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [studio_id, *map(list, zip(*columns, strict=True))])
        given = {(platform, platform_id): alert_id for alert_id, platform, platform_id in cursor.fetchall()}
    fresh = [
        _numbers(alert_id, event, rules, now, is_test)
        for _, event in events
        if (alert_id := given.pop((event.platform, event.platform_id), None)) is not None
    ]
    if fresh:
        command = Enqueue(fresh, head=is_test)
        submit_in(connection, aggregate_id(studio_id), command, actor_id=by, source=source)
    return [alert.id for alert in fresh]


def _numbers(alert_id: int, event: Event, rules: Rules, now: datetime, is_test: bool) -> Numbers:
    rule = rules.of(event.kind)
    text, stopped = (True, False) if is_test else alert_rules.looked_at(event, rules)
    return Numbers(
        alert_id,
        event.kind,
        now.isoformat(),
        rule.seconds,
        priority=rule.priority,
        text=text,
        stopped=stopped,
        is_test=is_test,
        rehearsal=event.rehearsal,
    )


_NULL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def _body(event: Event) -> str:
    body: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(event, raw=None))
    # jsonb takes every character but this one.
    return _NULL.sub(r"\1", orjson.dumps(body).decode())


def _withdraw(studio_id: int, **which: Any) -> None:
    with transaction.atomic():
        # Held before its rows are read: what is being put into it just now is there after that, or sees that its
        # event is hidden.
        _hold(studio_id)
        ids = list(Alert.objects.filter(studio_id=studio_id, **which).values_list("id", flat=True))
        if ids:
            submit_in(connection, aggregate_id(studio_id), Withdraw(ids), actor_id=None, source="platform")


def _hold(studio_id: int) -> None:
    """Makes everybody else who would change the queue wait for this transaction."""
    ensure(studio_id)
    submit_all_in(connection, aggregate_id(studio_id), [], actor_id=None)


def _submit(studio_id: int, command: Command, *, by: int | None, source: str) -> None:
    with transaction.atomic():
        ensure(studio_id)
        submit_in(connection, aggregate_id(studio_id), command, actor_id=by, source=source)
