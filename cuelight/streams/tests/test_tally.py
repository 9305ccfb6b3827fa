"""Sums of what was given, followed and bought, against rows made by hand."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection

from cuelight.accounts.models import Person, Studio
from cuelight.streams import tally_queries as tally
from cuelight.streams.models import Event, OrderImport, OrderLine, Stream

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
SINCE = NOW - timedelta(hours=1)
_ids = count(1)


def put(studio_id: int, kind: str, user: str = "ana", *, ago: float = 60, value: int = 0, **more: Any) -> int:
    """An event so many seconds ago; ``value`` in ``currency``."""
    event_id, at = next(_ids), NOW - timedelta(seconds=ago)
    currency = more.pop("currency", "USD")
    body: dict[str, Any] = {"platform": "twitch", "kind": kind, "at": at.isoformat()}
    body |= {"user": {"id": user, "name": user.title()}} if user else {}
    body |= {"amount": {"value": value, "currency": currency}} if value else {}
    body |= more.pop("body", {})
    given = {"platform": "twitch", "rehearsal": False, "received_at": at, **more}
    Event.objects.create(
        id=event_id, studio_id=studio_id, at=at, platform_id=f"t{event_id}", kind=kind, user_id=user, body=body, **given
    )
    return event_id


def order(studio_id: int, cents: int, pieces: int = 1, *, ago: float = 60, **more: Any) -> None:
    at = NOW - timedelta(seconds=ago)
    given = {"currency": "USD", "source": "twitch", "order_id": f"o{next(_ids)}", **more}
    OrderLine.objects.create(studio_id=studio_id, at=at, amount_cents=cents, quantity=pieces, **given)


def test_money_of_one_currency_that_is_real_and_still_to_be_seen_counts(studio: Studio, stranger: Person) -> None:
    put(studio.pk, "donation", value=500)
    put(studio.pk, "donation", "ben", value=1_250, ago=3_000)
    put(studio.pk, "donation", value=9_000, currency="EUR")
    put(studio.pk, "donation", value=70, currency="BITS")
    put(studio.pk, "donation", value=100_000, rehearsal=True)
    put(studio.pk, "donation", value=200_000, hidden_at=NOW)
    put(studio.pk, "donation", value=300_000, ago=3_700)
    put(studio.pk, "order", value=400_000)
    put(Studio.objects.get(slug="elsewhere").pk, "donation", value=800_000)
    assert tally.donated(studio.pk, "USD", SINCE, rehearsal=False) == 1_750
    assert tally.donated(studio.pk, "BITS", SINCE, rehearsal=False) == 70
    assert tally.donated(studio.pk, "USD", SINCE, rehearsal=True) == 100_000
    assert tally.donated(studio.pk, "USD", tally.EVER, rehearsal=False) == 301_750


def test_follows_are_counted_and_gifts_by_their_pieces(studio: Studio) -> None:
    put(studio.pk, "follow")
    put(studio.pk, "follow", "ben")
    put(studio.pk, "chat")
    put(studio.pk, "gift", body={"count": 20})
    put(studio.pk, "gift", "ben")
    put(studio.pk, "gift", "eve", body={"count": 10**15})
    assert tally.happened(studio.pk, "follow", SINCE, rehearsal=False) == 2
    assert tally.pieces(studio.pk, "gift", SINCE, rehearsal=False) == 1_000_021


def test_orders_count_that_were_not_taken_back(studio: Studio) -> None:
    order(studio.pk, 5_998, 2)
    order(studio.pk, 2_999)
    order(studio.pk, 1_000, currency="EUR")
    order(studio.pk, 70_000, 5, rehearsal=True)
    order(studio.pk, 80_000, 5, ago=4_000)
    taken_back = OrderImport.objects.create(studio_id=studio.pk, source="shopify", filename="a.csv", reverted_at=NOW)
    order(studio.pk, 90_000, 7, imported=taken_back)
    assert tally.revenue(studio.pk, "USD", SINCE, rehearsal=False) == 8_997
    assert tally.ordered(studio.pk, SINCE, rehearsal=False) == 4
    assert tally.revenue(studio.pk, "USD", SINCE, rehearsal=True) == 70_000


def test_the_best_are_named_as_they_are_called_now_and_who_hides_is_not(studio: Studio) -> None:
    put(studio.pk, "donation", "ana", value=500, body={"user": {"id": "ana", "name": "Ana Old"}})
    put(studio.pk, "donation", "ana", value=700)
    put(studio.pk, "donation", "ben", value=1_200)
    put(studio.pk, "donation", "cy", value=100, platform="kick")
    put(studio.pk, "donation", "", value=90_000)
    put(studio.pk, "donation", "eve", value=80_000, body={"detail": {"is_anonymous": True}})
    put(studio.pk, "donation", "dan", value=70_000, rehearsal=True)
    best = tally.best_givers(studio.pk, SINCE, currency="USD", most=3, rehearsal=False)
    assert best == [("Ana", "twitch", 1_200), ("Ben", "twitch", 1_200), ("Cy", "kick", 100)]
    put(studio.pk, "gift", "ben", body={"count": 5})
    assert tally.best_givers(studio.pk, SINCE, currency=None, most=3, rehearsal=False) == [("Ben", "twitch", 5)]


def test_the_newest_come_first_and_as_many_as_are_wanted(studio: Studio) -> None:
    first, second = put(studio.pk, "follow"), put(studio.pk, "raid", "ben")
    put(studio.pk, "like")
    put(studio.pk, "follow", rehearsal=True)
    hidden = put(studio.pk, "gift", hidden_at=NOW)
    rows = tally.newest(studio.pk, ("follow", "raid", "gift"), 30, rehearsal=False)
    assert [row["id"] for row in rows] == [second, first]
    assert hidden not in [row["id"] for row in rows]
    assert len(tally.newest(studio.pk, ("follow", "raid"), 1, rehearsal=False)) == 1


def test_the_stream_that_counts_is_the_newest_of_its_sort(studio: Studio) -> None:
    Stream.objects.create(studio_id=studio.pk, started_at=SINCE, ended_at=NOW)
    Stream.objects.create(studio_id=studio.pk, started_at=NOW, rehearsal=True)
    assert tally.stream_began(studio.pk, rehearsal=False) == SINCE
    assert tally.stream_began(studio.pk, rehearsal=True) == NOW


def test_no_message_of_the_chat_is_read_for_a_sum(studio: Studio) -> None:
    with connection.cursor() as cursor:
        # So little is in a test's tables that reading all of it would be quickest.
        cursor.execute("SET LOCAL enable_seqscan = off")
        values = tally._values(studio.pk, ("donation",), SINCE, False) | {"currency": "USD", "most": 10}
        for statement in (tally._COUNT, tally._PIECES, tally._MONEY, tally._BEST_MONEY):
            cursor.execute(f"EXPLAIN {statement}", values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            # Of the days, the partial index of activities.
            assert "studio_id_id_idx" in plan, plan
            assert "Seq Scan" not in plan, plan
