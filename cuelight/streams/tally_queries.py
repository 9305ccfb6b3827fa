"""What was given, followed and bought since a time, added up: for figures on overlays. Real things or rehearsed ones,
never both.

Sums look at activities only: with those kinds named as in the index ``streams_event_activity`` no message of the chat
is read, however many there are, and days before the time are other tables.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, Sum

from cuelight.streams.models import Event, Question, Stream
from cuelight.streams.orders import counted
from cuelight.streams.question_queries import question_rows
from cuelight.streams.rows import QuestionRow

#: Before this no event is kept.
EVER = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
#: How much later than it happened, or by their clock earlier, an event may have come in.
_SLACK = timedelta(hours=1)
#: As in the index.
_ACTIVITY = "kind NOT IN ('chat', 'question', 'system', 'like', 'join')"
_SINCE = f"""
    studio_id = %(studio)s AND {_ACTIVITY} AND kind = ANY(%(kinds)s) AND rehearsal = %(rehearsal)s
    AND hidden_at IS NULL AND received_at >= %(came)s AND at >= %(since)s
"""
_COUNT = f"SELECT count(*) FROM streams_event WHERE {_SINCE}"  # noqa: S608
# A platform may send a number of any size, or none.
_PIECES = f"""
    SELECT coalesce(sum(greatest(1, least(coalesce((body->>'count')::numeric, 1), 1000000))), 0)
    FROM streams_event WHERE {_SINCE}
"""  # noqa: S608
_MONEY = f"""
    SELECT coalesce(sum(least(greatest((body->'amount'->>'value')::numeric, 0), 1000000000000)), 0)
    FROM streams_event WHERE {_SINCE} AND body->'amount'->>'currency' = %(currency)s
"""  # noqa: S608
_BEST = """
    SELECT (array_agg(body->'user'->>'name' ORDER BY id DESC))[1], platform, sum({value}) AS given
    FROM streams_event WHERE {since} AND user_id <> '' {only}
        AND body->'detail'->'is_anonymous' IS DISTINCT FROM 'true'::jsonb
    GROUP BY platform, user_id ORDER BY given DESC, max(id) LIMIT %(most)s
"""
_BEST_MONEY = _BEST.format(
    value="least(greatest((body->'amount'->>'value')::numeric, 0), 1000000000000)",
    since=_SINCE,
    only="AND body->'amount'->>'currency' = %(currency)s",
)
_BEST_PIECES = _BEST.format(
    value="greatest(1, least(coalesce((body->>'count')::numeric, 1), 1000000))", since=_SINCE, only=""
)


class Giver(NamedTuple):
    """Somebody who gave: ``given`` in minor units or pieces."""

    name: str
    platform: str
    given: int


def happened(studio_id: int, kind: str, since: datetime, *, rehearsal: bool) -> int:
    """How often something happened since then."""
    return _number(_COUNT, _values(studio_id, (kind,), since, rehearsal))


def pieces(studio_id: int, kind: str, since: datetime, *, rehearsal: bool) -> int:
    """How many were given since then: a gift may be twenty."""
    return _number(_PIECES, _values(studio_id, (kind,), since, rehearsal))


def donated(studio_id: int, currency: str, since: datetime, *, rehearsal: bool) -> int:
    """What was donated since then in one currency, in its minor units; nothing is changed into another."""
    return _number(_MONEY, {**_values(studio_id, ("donation",), since, rehearsal), "currency": currency})


def revenue(studio_id: int, currency: str, since: datetime, *, rehearsal: bool) -> int:
    """What was paid for orders since then in one currency, in its minor units."""
    lines = counted.lines(studio_id, rehearsal=rehearsal).filter(at__gte=since, currency=currency)
    return int(lines.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def ordered(studio_id: int, since: datetime, *, rehearsal: bool) -> int:
    """How many pieces were ordered since then."""
    lines = counted.lines(studio_id, rehearsal=rehearsal).filter(at__gte=since)
    return int(lines.aggregate(sum=Sum("quantity"))["sum"] or 0)


def best_givers(studio_id: int, since: datetime, *, currency: str | None, most: int, rehearsal: bool) -> list[Giver]:
    """Who gave most since then, the most first: money of one currency, or with None pieces of gifts. Who does not want
    to be named is not; of two with as much, who was there first."""
    kinds = ("donation",) if currency is not None else ("gift",)
    values = {**_values(studio_id, kinds, since, rehearsal), "currency": currency, "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_BEST_PIECES if currency is None else _BEST_MONEY, values)
        return [Giver(name or "", platform, int(given)) for name, platform, given in cursor.fetchall()]


def newest(studio_id: int, kinds: Sequence[str], limit: int, *, rehearsal: bool) -> list[dict[str, Any]]:
    """The newest of these kinds of activities, the newest first: id and body."""
    of_index = ~Q(kind__in=["chat", "question", "system", "like", "join"])
    events = Event.objects.filter(
        of_index, studio_id=studio_id, kind__in=list(kinds), rehearsal=rehearsal, hidden_at=None
    )
    rows = events.order_by("-id").values_list("id", "body")[:limit]
    return [{"id": event_id, **body} for event_id, body in rows]


def stream_began(studio_id: int, *, rehearsal: bool) -> datetime | None:
    """When the broadcast that runs began, else the last one; None when there was none."""
    began = Stream.objects.filter(studio_id=studio_id, rehearsal=rehearsal).order_by("-started_at")
    return began.values_list("started_at", flat=True).first()


def open_question(studio_id: int, question_id: int) -> QuestionRow | None:
    """A question as screens get it, while it is open."""
    asked = Question.objects.filter(studio_id=studio_id, pk=question_id, state=Question.State.OPEN)
    return next(iter(question_rows(asked)), None)


def _values(studio_id: int, kinds: Sequence[str], since: datetime, rehearsal: bool) -> dict[str, Any]:
    return {
        "studio": studio_id,
        "kinds": list(kinds),
        "rehearsal": rehearsal,
        "since": since,
        "came": since - _SLACK,
    }


def _number(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])
