"""Looking back at streams: their figures, minute by minute, and who may."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cuelight.accounts.models import Person, Studio
from cuelight.catalog.models import Product
from cuelight.streams import history_queries
from cuelight.streams.history_queries import Figures, curve
from cuelight.streams.models import Event, Stream, ViewerCount
from cuelight.streams.tests.shows import BEGAN, a_session, at, happened, make_days

NOW = at(100_000)


def streamed(studio: Studio, since: float = 0, until: float | None = 600, **fields: Any) -> Stream:
    ended_at = None if until is None else at(until)
    given: dict[str, Any] = {"title": "Friday drop", "platforms": ["twitch", "youtube"], **fields}
    return Stream.objects.create(studio=studio, started_at=at(since), ended_at=ended_at, **given)


def watched(studio: Studio, platform: str, *told: tuple[float, int], rehearsal: bool = False) -> None:
    ViewerCount.objects.bulk_create(
        ViewerCount(studio=studio, platform=platform, at=at(second), viewers=count, rehearsal=rehearsal)
        for second, count in told
    )


def figures(stream: Stream) -> Figures:
    return history_queries.figures(stream.studio_id, [stream], now=NOW)[stream.pk]


def minute(number: int) -> datetime:
    return BEGAN + timedelta(minutes=number)


def test_how_many_watch_is_added_up_over_platforms() -> None:
    told = [(minute(0), "a", 10), (minute(0), "b", 5), (minute(1), "a", 12), (minute(2), "b", 1)]
    moments = curve(told)
    assert [(one.at, one.total) for one in moments] == [(minute(0), 15), (minute(1), 17), (minute(2), 13)]
    assert moments[1].by == {"a": 12, "b": 5}


def test_a_platform_that_is_silent_has_nobody_watching_any_more() -> None:
    moments = curve([(minute(0), "a", 10), (minute(0), "b", 5), (minute(2), "a", 10), (minute(4), "a", 10)])
    assert [one.total for one in moments] == [15, 15, 15, 10, 10]
    gap = curve([(minute(0), "a", 10), (minute(60), "a", 20)])
    assert [one.at for one in gap] == [minute(0), minute(1), minute(2), minute(60)]
    assert curve([]) == []


def test_a_stream_counted_by_hand(studio: Studio) -> None:
    stream = streamed(studio)
    watched(studio, "twitch", (5, 100), (35, 140), (65, 120), (125, 90), (700, 9_999))
    watched(studio, "youtube", (10, 20), (70, 40), (130, 0))
    watched(studio, "twitch", (20, 5_000), rehearsal=True)
    studio_id = studio.pk
    Event.objects.bulk_create(
        [
            *(happened(studio_id, second, user) for second, user in ((0, "ann"), (30, "ben"), (61, "ann"))),
            happened(studio_id, 90, "cat", "question"),
            happened(studio_id, 91, "rude", hidden_at=NOW),
            happened(studio_id, 92, "sim", rehearsal=True),
            happened(studio_id, 600, "late"),
            happened(studio_id, 10, "bot", "system"),
            happened(studio_id, 20, "fan", "follow"),
            happened(studio_id, 21, "fan2", "follow"),
            happened(studio_id, 22, "kind", "gift", body={"count": 5, "amount": {"value": 500, "currency": "BITS"}}),
            happened(studio_id, 23, "kind", "gift"),
            happened(studio_id, 24, "rich", "donation", body={"amount": {"value": 1250, "currency": "USD"}}),
            happened(studio_id, 25, "boat", "raid", body={"count": 42}),
        ]
    )
    # Minutes: 140 + 20, 120 + 40, 90 + 0 at most; 120 + 20, 120 + 40, 90 + 0 on average.
    assert figures(stream) == Figures(peak=160, average=130, messages=4, followers=2, gifts=6)
    viewers = history_queries.viewers(studio_id, stream, now=NOW)
    assert [one.total for one in viewers] == [160, 160, 90]
    assert history_queries.messages(studio_id, stream, now=NOW) == {minute(0): 2, minute(1): 2}
    assert history_queries.chatters(studio_id, stream, now=NOW) == (
        [
            {"platform": "twitch", "name": "Ann", "messages": 2},
            {"platform": "twitch", "name": "Ben", "messages": 1},
            {"platform": "twitch", "name": "Cat", "messages": 1},
        ],
        3,
    )
    activity = history_queries.activity(studio_id, stream, now=NOW)
    assert [tuple(row.values()) for row in activity] == [
        ("donation", "USD", 1, 1, 1250),
        ("follow", "", 2, 2, 0),
        ("gift", "", 1, 1, 0),
        ("gift", "BITS", 1, 5, 500),
        ("raid", "", 1, 42, 0),
    ]


def test_a_stream_that_nobody_told_of_has_no_figures(studio: Studio) -> None:
    assert figures(streamed(studio)) == Figures()
    assert figures(streamed(studio, 700, None)) == Figures()


def test_figures_take_two_queries_for_any_number_of_streams(studio: Studio, django_assert_num_queries: Any) -> None:
    streams = [streamed(studio, 1_000 * n, 1_000 * n + 500) for n in range(12)]
    Event.objects.bulk_create([happened(studio.pk, 1_000 * n + 1) for n in range(12)])
    with django_assert_num_queries(2):
        found = history_queries.figures(studio.pk, streams, now=NOW)
    assert [one.messages for one in found.values()] == [1] * 12


def test_only_the_days_of_a_stream_are_read(studio: Studio) -> None:
    """On a filled table: other days' parts are not touched, and what is read is found by the index."""
    make_days(datetime(2026, 11, 1, tzinfo=UTC), 28)
    with connection.cursor() as cursor:
        # Four studios, a row every minute, on 28 days.
        cursor.execute(
            """INSERT INTO streams_event
                (id, studio_id, received_at, at, platform, platform_id, kind, user_id, body, rehearsal)
            SELECT n, %s + n %% 4, at, at, 'twitch', 'f' || n, 'chat', 'u1', '{}', false
            FROM generate_series(0, 40000) n, LATERAL (SELECT %s::timestamptz + n * '1 minute'::interval) t (at)""",
            [studio.pk, datetime(2026, 11, 1, tzinfo=UTC)],
        )
    stream = streamed(studio, 0, 7_200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE streams_event")
    looks: list[Callable[..., Any]] = [
        lambda: history_queries.messages(studio.pk, stream, now=NOW),
        lambda: history_queries.figures(studio.pk, [stream], now=NOW),
    ]
    for look in looks:
        with CaptureQueriesContext(connection) as seen:
            look()
        [sql] = [one["sql"] for one in seen if "streams_event e" in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
            plan = cursor.fetchone()[0]
        read = [node for node in nodes(plan if isinstance(plan, list) else json.loads(plan)) if parts(node)]
        touched = {node["Relation Name"] for node in read if node["Actual Loops"]}
        # The stream's own day, an hour before it, and what comes in a day late.
        assert touched <= {"streams_event_20261120", "streams_event_20261121"}, touched
        assert touched
        assert {node["Node Type"] for node in read if node["Actual Loops"]} <= {"Index Scan", "Bitmap Heap Scan"}
        assert sum(node["Actual Rows"] * node["Actual Loops"] for node in read) <= 31  # of 10,000 that the studio has


def nodes(plan: Any) -> list[dict[str, Any]]:
    if isinstance(plan, list):
        return [node for one in plan for node in nodes(one)]
    if not isinstance(plan, dict):
        return []
    return [plan] + [node for one in plan.values() for node in nodes(one)]


def parts(node: dict[str, Any]) -> bool:
    return bool(re.fullmatch(r"streams_event_\w+", node.get("Relation Name", "")))


# Pages


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_rehearsals_apart_and_in_no_total(client: Client, studio: Studio, producer: Person) -> None:
    real, rehearsed = streamed(studio), streamed(studio, 1_000, 1_600, title="Dry run", rehearsal=True)
    Event.objects.bulk_create(
        [happened(studio.pk, 10), *(happened(studio.pk, 1_010 + n, rehearsal=True) for n in range(5))]
    )
    client.force_login(producer)
    shown = page(client, "/dashboard/streams")
    listed, _, apart = shown.partition("Rehearsals</h2>")
    assert f'href="/dashboard/streams/{real.pk}"' in listed
    assert f'href="/dashboard/streams/{rehearsed.pk}"' in apart
    assert "Dry run" not in listed
    assert "<dt>Messages</dt><dd>1<small>" in listed


def test_the_list_keeps_to_a_range_of_days(client: Client, studio: Studio, producer: Person) -> None:
    streamed(studio, title="On Friday")
    streamed(studio, 86_400, 87_000, title="On Saturday")
    client.force_login(producer)
    for query, titles in {
        "?from=2026-11-21": {"On Saturday"},
        "?to=2026-11-20": {"On Friday"},
        "?from=2026-11-20&to=2026-11-21": {"On Friday", "On Saturday"},
        "?from=2026-12-01": set(),
        "?from=soon&to=9999-12-31": {"On Friday", "On Saturday"},
    }.items():
        shown = page(client, f"/dashboard/streams{query}")
        assert {title for title in ("On Friday", "On Saturday") if title in shown} == titles, query


def test_a_streams_page_has_the_chart_and_its_table(
    client: Client, studio: Studio, producer: Person, products: Callable[..., list[Product]]
) -> None:
    session = a_session(studio.pk, products(1))
    stream = streamed(studio, session=session, title="<b>Drop</b>")
    watched(studio, "twitch", (5, 100), (65, 120))
    Event.objects.bulk_create([happened(studio.pk, 10, "<i>x</i>"), happened(studio.pk, 190, "ann")])
    client.force_login(producer)
    shown = page(client, f"/dashboard/streams/{stream.pk}")
    props = re.search(r'id="props-StreamHistory" type="application/json">(.*?)</script>', shown)
    assert props is not None
    chart = json.loads(props[1])
    assert chart["viewers"] == [100, 120, None, None]
    assert chart["messages"] == [1, 0, 0, 1]
    assert chart["minutes"][1] - chart["minutes"][0] == 60
    assert shown.count('<th scope="row" class="when">') == 4
    assert f'href="/dashboard/reports/{session.pk}"' in shown
    assert "<b>Drop" not in shown
    assert "<i>x" not in shown.lower()


def test_a_long_stream_has_a_short_table(client: Client, studio: Studio, producer: Person) -> None:
    stream = streamed(studio, 0, 86_400)
    Event.objects.bulk_create([happened(studio.pk, n * 60) for n in range(1_439)])
    client.force_login(producer)
    assert page(client, f"/dashboard/streams/{stream.pk}").count('<th scope="row" class="when">') == 40


def test_a_stream_whose_session_is_gone_is_told_all_the_same(client: Client, studio: Studio, producer: Person) -> None:
    stream = streamed(studio, session_id=10**9)
    client.force_login(producer)
    assert "/dashboard/reports/" not in page(client, f"/dashboard/streams/{stream.pk}")


def test_only_who_runs_shows_looks_back(
    client: Client, studio: Studio, producer: Person, admin: Person, host: Person, cataloger: Person, stranger: Person
) -> None:
    stream = streamed(studio)
    for person, status in {producer: 200, admin: 200, host: 403, cataloger: 404, stranger: 404}.items():
        client.force_login(person)
        assert (person.name, client.get(f"/dashboard/streams/{stream.pk}").status_code) == (person.name, status)
    client.force_login(stranger)
    assert "Friday drop" not in page(client, "/dashboard/streams")
    for number in ("0", "99999999999999999999"):
        assert client.get(f"/dashboard/streams/{number}").status_code == 404
