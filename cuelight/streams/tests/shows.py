"""Shows and streams with known numbers, for tests of what looks back at them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from cuelight.catalog.models import Product
from cuelight.live.models import JournalEntry
from cuelight.sessions import actions
from cuelight.sessions.models import Session
from cuelight.streams.models import Event
from cuelight.streams.store import partition, partition_sql

BEGAN = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def a_session(studio_id: int, products: Sequence[Product]) -> Session:
    """Made a day before it began, with these products as 1, 5, 10 and so on."""
    session_id = actions.create_session(studio_id, name="Spring Sparkle", slug="spring")
    with transaction.atomic():
        numbers = [(place * 5 or 1, product.pk) for place, product in enumerate(products)]
        actions.add_products(session_id, studio_id, numbers, actor_id=None)
    JournalEntry.objects.filter(aggregate_id=f"session:{session_id}").update(at=BEGAN - timedelta(days=1))
    return Session.objects.get(pk=session_id)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def play(session: Session, moves: Sequence[tuple[float, dict[str, tuple[Any, Any]]]]) -> None:
    """Journal entries at these seconds, as the console writes them: ``{"live.item_id": (before, after)}``."""
    aggregate = f"session:{session.pk}"
    version = JournalEntry.objects.filter(aggregate_id=aggregate).aggregate(Max("version"))["version__max"] or 0
    JournalEntry.objects.bulk_create(
        JournalEntry(
            aggregate_id=aggregate,
            version=version + number,
            op_id=f"00000000-0000-4000-9000-{version + number:012}",
            format=1,
            event={"kind": "jump", "changes": {path: list(values) for path, values in changes.items()}},
            source="key",
            payload_hash=0,
            at=at(seconds),
            studio_id=session.studio_id,
        )
        for number, (seconds, changes) in enumerate(moves, start=1)
    )


def went_live(session: Session, shown: Sequence[tuple[float, int | None]], until: float, status: str = "live") -> None:
    """A show from the first of ``(second, item)`` until its end."""
    (start, first), *others = shown
    moves: list[tuple[float, dict[str, tuple[Any, Any]]]] = [
        (start, {"live.status": ("draft", status), "live.item_id": (None, first)})
    ]
    before = first
    for seconds, item_id in others:
        moves.append((seconds, {"live.item_id": (before, item_id)}))
        before = item_id
    moves.append((until, {"live.status": (status, "complete")}))
    play(session, moves)


_next = 0


def happened(studio_id: int, seconds: float, user: str = "u1", kind: str = "chat", **fields: Any) -> Event:
    """One event of the table as the store writes it."""
    global _next
    _next += 1
    when = fields.pop("at", at(seconds))
    body = {"kind": kind, "platform": "twitch", "user": {"id": user, "name": user.title()}, **fields.pop("body", {})}
    given = {"platform": "twitch", "rehearsal": False, "received_at": when, **fields}
    return Event(
        id=_next, studio_id=studio_id, at=when, platform_id=f"e{_next}", kind=kind, user_id=user, body=body, **given
    )


def make_days(first: datetime, days: int) -> None:
    """Tables of these days, as the nightly job makes them; those there are stay."""
    with connection.cursor() as cursor:
        for day in (first.date() + timedelta(days=number) for number in range(days)):
            cursor.execute("SELECT to_regclass(%s)", [partition(day)])
            for statement in partition_sql(day) if cursor.fetchone() == (None,) else []:
                cursor.execute(statement)
