"""What a show's items brought: by examples counted by hand, and the sums of made-up shows."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cuelight.accounts.models import Person, Studio
from cuelight.catalog.models import Product
from cuelight.sessions import queries as sessions
from cuelight.sessions.models import LineupItem, Session
from cuelight.streams.attribution import TAIL, Span, Timeline, tails
from cuelight.streams.models import Event, OrderImport, OrderLine, Question, Wanted
from cuelight.streams.reports import Report, Row, report
from cuelight.streams.tests.shows import a_session, at, happened, play, went_live

# The rule of attribution


def timeline(*stays: tuple[int | None, int | None, float, float]) -> Timeline:
    return Timeline([Span(item, product, at(since), at(until)) for item, product, since, until in stays])


SHOW = timeline((1, 71, 0, 100), (2, 72, 100, 200), (None, None, 200, 220), (1, 71, 220, 300))


@pytest.mark.parametrize(
    ("second", "product", "item"),
    [
        (0, 71, 1),
        (99.999, 71, 1),
        (100, 72, 2),  # the border is the next one's
        (100, 71, 1),  # but for its own product it is within 90 seconds
        (189.999, 71, 1),
        (190, 71, 2),  # 90 seconds are over: whatever was on air
        (150, None, 2),  # nobody knows the product
        (150, 99, 2),  # not in the lineup
        (210, 72, 2),  # while nothing was to be seen
        (210, None, "nothing"),
        (230, 71, 1),
        (389.999, 71, 1),
        (389.999, 72, 1),  # behind the end: what was on air last
        (390, 71, None),
        (-0.001, 71, None),
    ],
)
def test_whose_an_order_is(second: float, product: int | None, item: int | str | None) -> None:
    found = SHOW.ordered(at(second), product)
    assert (found and (found.item_id or "nothing")) == item


def test_of_two_items_with_one_product_the_one_shown_last_has_the_order() -> None:
    found = timeline((1, 71, 0, 50), (2, 71, 50, 60), (3, 72, 60, 100)).ordered(at(70), 71)
    assert found is not None
    assert found.item_id == 2


def test_the_time_behind_an_item_ends_where_it_is_on_air_again() -> None:
    spans = [Span(1, 71, at(0), at(10)), Span(1, 71, at(40), at(50)), Span(1, 71, at(200), at(210))]
    assert tails(spans) == [(at(10), at(40)), (at(50), at(140)), (at(210), at(300))]


stays = st.lists(st.tuples(st.sampled_from([None, 1, 2, 3]), st.integers(0, 200)), min_size=1, max_size=12)


@given(stays, st.lists(st.tuples(st.integers(-50, 3_000), st.sampled_from([None, 71, 72, 73, 99])), max_size=40))
def test_every_order_of_the_show_is_counted_once(
    shown: list[tuple[int | None, int]], orders: list[tuple[int, int | None]]
) -> None:
    spans, since = [], 0
    for item, length in shown:
        spans.append(Span(item, 70 + item if item else None, at(since), at(since + length)))
        since += length
    line = Timeline(spans)
    for second, product in orders:
        found = line.ordered(at(second), product)
        is_within = bool(since) and 0 <= second < since + TAIL.total_seconds()
        assert (found is not None) == is_within
        if found is not None:
            on_air = next((span for span in line.spans if span.starts_at <= at(second) < span.ends_at), line.spans[-1])
            assert found.product_id == product or found == on_air
    assert line.seconds == since


# The report


@pytest.fixture
def session(studio: Studio, products: Callable[..., list[Product]]) -> Session:
    return a_session(studio.pk, products(3))


@pytest.fixture
def items(session: Session) -> list[LineupItem]:
    return list(LineupItem.objects.filter(session=session).order_by("position"))


def row(found: Report, item: LineupItem | None) -> Row:
    return next(one for one in found.rows if one.item_id == (item.pk if item else None))


def ordered(session: Session, seconds: float, order_id: str, **fields: Any) -> OrderLine:
    given: dict[str, Any] = {"source": "shopify", "currency": "USD", "amount_cents": 1000, "quantity": 1, "line": 0}
    given |= {"order_id": order_id, "at": at(seconds), **fields}
    return OrderLine.objects.create(studio_id=session.studio_id, **given)


def made(session: Session, **options: Any) -> Report:
    return report(session.pk, session.studio_id, now=at(10_000), **options)


def test_a_show_counted_by_hand(session: Session, items: list[LineupItem]) -> None:
    one, two, three = items
    # One is on air for 100 and 60 seconds, two for 140, and nothing for 60: six minutes.
    went_live(session, [(0, one.pk), (100, two.pk), (240, one.pk), (300, None)], until=360)
    studio_id = session.studio_id
    Event.objects.bulk_create(
        [
            happened(studio_id, -1),  # before the show
            happened(studio_id, 0, "ann"),
            happened(studio_id, 50, "ben", "question"),
            happened(studio_id, 99.9, "ann"),
            happened(studio_id, 100, "ann"),  # the border is the next one's
            happened(studio_id, 189, "cat"),  # within 90 seconds behind one
            happened(studio_id, 191, "cat"),
            happened(studio_id, 245, "dan"),
            happened(studio_id, 320, "eve"),  # nothing on the screen
            happened(studio_id, 60, "bot", "system"),
            happened(studio_id, 60, "fan", "follow"),
            happened(studio_id, 61, "rude", hidden_at=at(62)),
            happened(studio_id, 62, "sim", rehearsal=True),
            happened(studio_id, 360, "late"),  # the show is over
            happened(studio_id + 10**6, 50, "elsewhere"),
        ]
    )
    asks: dict[str, Any] = {"studio_id": studio_id, "session": session, "platform": "twitch", "event_id": 1}
    for number, (item_id, second, asked) in enumerate([(two.pk, 10, 4), (None, 110, 1), (one.pk, 800, 1)]):
        Question.objects.create(
            **asks, item_id=item_id, text="?", key=str(number), asked=asked, first_at=at(second), last_at=at(second)
        )
    for event_id, (item, second) in enumerate([(two, 120), (two, 20), (three, 50), (one, 389)]):
        Wanted.objects.create(
            **asks | {"event_id": event_id}, item_id=item.pk, product_id=item.product_id, at=at(second)
        )
    ordered(session, 95, "a", product_id=one.product_id, quantity=2, amount_cents=2000)
    ordered(session, 95, "a", line=1, product_id=two.product_id, amount_cents=500)  # two was not on air yet
    ordered(session, 150, "b", product_id=one.product_id)  # within 90 seconds behind one
    ordered(session, 195, "c", product_id=one.product_id, currency="EUR", amount_cents=700)  # not any more
    ordered(session, 449, "d", product_id=None)  # 89 seconds behind the end
    ordered(session, 450, "e", product_id=one.product_id)
    ordered(session, 50, "f", rehearsal=True)
    ordered(session, 50, "g", quantity=0)
    reverted = OrderImport.objects.create(studio_id=studio_id, source="shopify", filename="x", reverted_at=at(0))
    ordered(session, 50, "h", imported=reverted)

    found = made(session)
    assert (found.is_rehearsal, found.began, found.ended, found.is_running) == (False, at(0), at(360), False)
    assert [one.number for one in found.rows] == [1, 5, 10, None]
    a, b, c, nothing = (row(found, item) for item in (one, two, three, None))
    assert [(r.times, r.seconds) for r in (a, b, c, nothing)] == [(2, 160), (1, 140), (0, 0), (1, 60)]
    assert [(r.comments, r.chatters) for r in (a, b, c, nothing)] == [(4, 3), (3, 2), (0, 0), (1, 1)]
    assert [r.comments_after for r in (a, b)] == [4, 2]  # 100, 189, 320 and 360; 245 and 320
    assert [(r.questions, r.asked) for r in (a, b, c, nothing)] == [(0, 0), (2, 5), (0, 0), (0, 0)]
    assert [(r.requests, r.requests_near) for r in (a, b, c, nothing)] == [(1, 1), (2, 1), (1, 0), (0, 0)]
    assert [(r.orders, r.units) for r in (a, b, c, nothing)] == [(2, 4), (1, 1), (0, 0), (1, 1)]
    assert [dict(r.revenue) for r in (a, b, nothing)] == [{"USD": 3500}, {"EUR": 700}, {"USD": 1000}]
    whole = found.totals
    assert (whole.seconds, whole.comments, whole.chatters) == (360, 8, 5)
    assert (whole.questions, whole.requests, whole.orders, whole.units) == (2, 4, 4, 6)
    assert dict(whole.revenue) == {"USD": 4500, "EUR": 700}
    # Four comments in 160 seconds are 1.5 a minute; the show has 8 in six minutes.
    assert a.comments_a_minute == 1.5
    assert found.comments_against_show(a) == pytest.approx(1.125)
    assert found.units_against_show(b) == pytest.approx((1 / 140) / (6 / 360))
    assert found.comments_against_show(c) is None


def test_a_rehearsal_counts_what_was_rehearsed_and_says_so(
    session: Session,
    items: list[LineupItem],
    client: Client,
    producer: Person,
) -> None:
    went_live(session, [(0, items[0].pk)], until=60, status="rehearsal")
    real = [happened(session.studio_id, 10), happened(session.studio_id, 11)]
    Event.objects.bulk_create([*real, happened(session.studio_id, 12, rehearsal=True)])
    ordered(session, 13, "a", rehearsal=True, quantity=3)
    ordered(session, 14, "b")
    found = made(session)
    assert (found.is_rehearsal, found.totals.comments, found.totals.units) == (True, 1, 3)
    client.force_login(producer)
    assert "This is a rehearsal" in client.get(f"/dashboard/reports/{session.pk}").content.decode()
    went_live(session, [(100, items[0].pk)], until=160)
    assert (made(session).is_rehearsal, made(session).totals.seconds, made(session).totals.comments) == (False, 60, 0)


def test_rehearsed_rows_of_a_live_show_are_shown_apart(session: Session, items: list[LineupItem]) -> None:
    went_live(session, [(0, items[0].pk)], until=60)
    Event.objects.bulk_create([happened(session.studio_id, 10, rehearsal=True)])
    found = made(session)
    assert (found.is_rehearsal, found.totals.comments, found.has_other) == (False, 0, True)
    assert made(session, rehearsal=True).totals.comments == 1


def test_a_running_show_counts_until_now_and_an_undo_is_time_on_the_screen(
    session: Session,
    items: list[LineupItem],
) -> None:
    one, two, _ = items
    play(session, [(0, {"live.status": ("draft", "live"), "live.item_id": (None, one.pk)})])
    play(session, [(10, {"live.item_id": (one.pk, two.pk)}), (14, {"live.item_id": (two.pk, one.pk)})])
    found = report(session.pk, session.studio_id, now=at(30))
    assert found.is_running
    assert [(row(found, item).times, row(found, item).seconds) for item in (one, two)] == [(2, 26), (1, 4)]


def test_an_item_that_was_taken_out_is_told_by_what_it_was(session: Session, items: list[LineupItem]) -> None:
    one, two, _ = items
    went_live(session, [(0, one.pk), (10, two.pk)], until=20)
    spans = sessions.on_air_spans(session.pk)
    assert [(span["number"], span["name"], span["product_id"]) for span in spans] == [
        (1, "Product 1", one.product_id),
        (5, "Product 2", two.product_id),
    ]
    LineupItem.objects.filter(pk=two.pk).delete()
    found = made(session)
    assert [(r.number, r.name, r.seconds) for r in found.rows] == [
        (1, "Product 1", 10),
        (5, "Product 2", 10),
        (10, "Product 3", 0),
    ]


def test_the_items_add_up_to_the_show(session: Session, items: list[LineupItem]) -> None:
    one, two, three = items
    went_live(session, [(7 * n, [one.pk, two.pk, None, three.pk][n % 4]) for n in range(40)], until=300)
    Event.objects.bulk_create([happened(session.studio_id, n * 1.7 - 5, f"u{n % 11}") for n in range(190)])
    products = [one.product_id, two.product_id, None, three.product_id, 10**9]
    OrderLine.objects.bulk_create(
        OrderLine(
            studio_id=session.studio_id, source="x", order_id=str(n), at=at(n * 2.3 - 20), quantity=1 + n % 3,
            currency=("USD", "EUR")[n % 2], amount_cents=100 + n, product_id=products[n % 5],
        )
        for n in range(200)
    )  # fmt: skip
    found = made(session)
    for name in ("times", "seconds", "comments", "orders", "units"):
        assert sum(getattr(one, name) for one in found.rows) == getattr(found.totals, name), name
    for currency in ("USD", "EUR"):
        assert sum(one.revenue[currency] for one in found.rows) == found.totals.revenue[currency] > 0
    assert max(one.chatters for one in found.rows) <= found.totals.chatters == 11


def test_the_report_takes_as_many_queries_however_long_the_show_was(
    session: Session,
    items: list[LineupItem],
    django_assert_max_num_queries: Any,
) -> None:
    went_live(session, [(n, items[n % 3].pk) for n in range(200)], until=300)
    with django_assert_max_num_queries(12):
        made(session)


# Pages


def test_the_page_and_its_file(session: Session, items: list[LineupItem], client: Client, producer: Person) -> None:
    Product.objects.filter(pk=items[0].product_id).update(name="=cmd()|<script>")
    went_live(session, [(0, items[0].pk)], until=60)
    Event.objects.bulk_create([happened(session.studio_id, 10)])
    ordered(session, 30, "a", product_id=items[0].product_id, amount_cents=4999)
    client.force_login(producer)
    shown = client.get(f"/dashboard/reports/{session.pk}").content.decode()
    assert "49.99 USD" in shown
    assert "<script>" not in shown.replace("<script ", "")
    answer = client.get(f"/dashboard/reports/{session.pk}.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="spring-2026-11-20-report.csv"'
    head, first, *_, last = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    told = dict(zip(head, first, strict=True))
    assert (told["Product"], told["Seconds on air"], told["Revenue USD"]) == ("'=cmd()|<script>", "60", "49.99")
    assert told["First on air (UTC)"] == "2026-11-20T18:00:00Z"
    assert (last[1], dict(zip(head, last, strict=True))["Pieces"]) == ("The show", "1")


def test_a_show_that_never_was_says_so(session: Session, client: Client, producer: Person) -> None:
    client.force_login(producer)
    assert "has not been on air yet" in client.get(f"/dashboard/reports/{session.pk}").content.decode()
    assert client.get(f"/dashboard/reports/{session.pk}.csv").status_code == 200


@pytest.mark.parametrize("name", ["{}", "{}.csv"])
def test_only_who_runs_shows_sees_a_report(
    client: Client, session: Session, producer: Person, host: Person, admin: Person, cataloger: Person,
    stranger: Person, name: str,
) -> None:  # fmt: skip
    for person, status in {producer: 200, admin: 200, host: 403, cataloger: 404, stranger: 404}.items():
        client.force_login(person)
        found = client.get(f"/dashboard/reports/{name.format(session.pk)}").status_code
        assert (person.name, found) == (person.name, status)
