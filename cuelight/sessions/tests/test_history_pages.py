"""The history page and its files: who gets them, what stands in them, how they are read."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from cuelight.accounts.models import Person
from cuelight.catalog.models import Brand
from cuelight.live.kind import Command
from cuelight.live.models import JournalEntry
from cuelight.live.transactional import submit_in
from cuelight.sessions import history_queries
from cuelight.sessions.command_types import AckMessage, Jump, OverrideItem, SendMessage, SetStatus
from cuelight.sessions.models import LineupItem, Session, SheetImport


def do(session: Session, *commands: Command, by: Person | None = None) -> None:
    with transaction.atomic():
        for command in commands:
            submit_in(connection, f"session:{session.pk}", command, actor_id=by.pk if by else None, source="key")


def play(session: Session, producer: Person, host: Person) -> None:
    do(session, SetStatus("live"), Jump(5), SendMessage("m1", "=12 left, hurry", "red"), by=producer)
    do(session, AckMessage(), by=host)
    do(session, Jump(10), by=producer)
    take_back(session, producer)


def take_back(session: Session, person: Person) -> None:
    """The newest entry swapped, as the journal writes an undo; nothing may be done by `do` after it."""
    newest = JournalEntry.objects.filter(aggregate_id=f"session:{session.pk}").latest("version")
    changes = {path: [after, before] for path, (before, after) in newest.event["changes"].items()}
    newest.event = {"kind": "undo", "changes": changes, "reverses": newest.version}
    newest.version += 1
    newest.op_id, newest.actor_id = uuid4(), person.pk
    newest.save(force_insert=True)


def page(client: Client, session: Session, query: str = "") -> str:
    answer = client.get(f"/sessions/{session.pk}/history{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def file(client: Client, session: Session, query: str = "") -> list[list[str]]:
    answer = client.get(f"/sessions/{session.pk}/history.csv{query}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("name", ["history", "history.csv"])
def test_only_who_runs_shows_may_look_back(
    client: Client,
    session: Session,
    producer: Person,
    host: Person,
    admin: Person,
    cataloger: Person,
    stranger: Person,
    name: str,
) -> None:
    expected = {producer: 200, admin: 200, host: 403, cataloger: 404, stranger: 404}
    for person, status in expected.items():
        client.force_login(person)
        found = client.get(f"/sessions/{session.pk}/{name}").status_code
        assert (person.name, found) == (person.name, status)
    client.logout()
    assert client.get(f"/sessions/{session.pk}/{name}").status_code == 302


@pytest.mark.parametrize("number", ["0", "99999", "99999999999999999999"])
def test_the_history_of_a_session_that_is_not_there_is_not_found(client: Client, producer: Person, number: str) -> None:
    client.force_login(producer)
    assert client.get(f"/sessions/{number}/history").status_code == 404


def test_the_list_of_sessions_leads_to_the_history_of_each(
    client: Client, session: Session, producer: Person, host: Person
) -> None:
    link = f'href="/sessions/{session.pk}/history"'
    for person, there in ((producer, True), (host, False)):
        client.force_login(person)
        assert (link in client.get("/sessions").content.decode()) is there


def test_the_page_tells_what_happened(client: Client, session: Session, producer: Person, host: Person) -> None:
    play(session, producer, host)
    client.force_login(producer)
    shown = page(client, session)
    for words in ("Jumped to 5 · Product 2", "Took back: Jumped to 10 · Product 3", "so far", "by Tom", "Went live"):
        assert words in shown
    assert "✓ Seen after 0 s" in shown
    assert 'data-local="time"' in shown


def test_a_show_that_was_never_live_says_so(client: Client, session: Session, producer: Person) -> None:
    client.force_login(producer)
    shown = page(client, session)
    assert "This show has not been on air yet" in shown
    assert "Added 3 products" in shown  # what was prepared is told all the same


def test_who_has_left_is_nobody_by_name(client: Client, session: Session, producer: Person, host: Person) -> None:
    play(session, producer, host)
    host_id = host.pk
    host.delete()
    client.force_login(producer)
    shown = page(client, session, "?person=left")
    assert "Somebody who has left" in shown
    assert "Saw “=12 left, hurry”" in shown
    assert "Jumped to" not in shown
    assert f"person={host_id}" not in shown


def test_filters_stand_in_the_address_and_every_chip_keeps_the_others(
    client: Client, session: Session, producer: Person, host: Person
) -> None:
    play(session, producer, host)
    client.force_login(producer)
    shown = page(client, session, f"?kind=moves&person={producer.pk}&product=chain")
    assert f'href="?kind=moves&amp;kind=messages&amp;person={producer.pk}&amp;product=chain#entries"' in shown
    assert f'href="?person={producer.pk}&amp;product=chain#entries" aria-current="true">Moves' in shown
    assert "Nothing of that kind happened" in shown


def test_text_in_a_message_is_text(client: Client, session: Session, producer: Person) -> None:
    do(session, SendMessage("m1", "<script>alert(1)</script>"), by=producer)
    client.force_login(producer)
    assert "<script>alert(1)" not in page(client, session, "?product=%3Cscript%3Ealert(1)")


def test_long_shows_come_in_pages_that_keep_the_filter(client: Client, session: Session, producer: Person) -> None:
    fill(session, producer, 410)
    client.force_login(producer)
    shown = page(client, session, "?kind=moves&page=2")
    assert shown.count('class="when"') == 200
    assert 'rel="prev" href="?kind=moves&amp;page=1#entries"' in shown
    assert 'rel="next" href="?kind=moves&amp;page=3#entries"' in shown
    assert "Page 2 of 3" in shown
    assert page(client, session, "?kind=moves&page=3").count('class="when"') == 10
    assert len(file(client, session, "?kind=moves")) == 1 + 410  # a file has no pages


def fill(session: Session, producer: Person, count: int) -> None:
    """Moves to and fro, written as the journal has them."""
    items = list(LineupItem.objects.filter(session=session).order_by("position").values_list("id", flat=True))
    newest = JournalEntry.objects.latest("version")
    start = timezone.now() - timedelta(hours=4)
    JournalEntry.objects.bulk_create(
        JournalEntry(
            aggregate_id=newest.aggregate_id,
            version=newest.version + number,
            op_id=f"00000000-0000-4000-8000-{number:012}",
            format=1,
            event={"kind": "jump", "changes": {"live.item_id": [items[(number + 1) % 2], items[number % 2]]}},
            actor_id=producer.pk,
            source="key",
            payload_hash=0,
            at=start + timedelta(seconds=number),
            studio_id=newest.studio_id,
        )
        for number in range(1, count + 1)
    )


def test_a_history_is_three_queries_however_long_the_show_was(
    session: Session, producer: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        with django_assert_num_queries(2):  # and the journal's own, which Django does not count
            history_queries.session_history(session.pk, session.studio_id, now=timezone.now())
        do(session, Jump(10), Jump(5), Jump(1), by=producer)


def test_the_files(client: Client, session: Session, producer: Person, host: Person) -> None:
    play(session, producer, host)
    client.force_login(producer)
    head, *rows = file(client, session, "?kind=messages")
    assert head[:5] == ["Time (UTC)", "Since start", "Who", "Kind", "What"]
    assert [row[2:5] for row in rows] == [
        ["Mia", "Messages", "Sent “=12 left, hurry”"],
        ["Tom", "Messages", "Saw “=12 left, hurry”"],
    ]
    assert rows[0][1] == "0:00:00"
    [_, message] = file(client, session, "?of=messages")
    assert message[2:6] == ["Mia", "red", "'=12 left, hurry", "seen after 0 s"]
    products = file(client, session, "?of=products")
    assert [row[:3] for row in products[1:]] == [
        ["1", "Product 1", "1"],
        ["5", "Product 2", "2"],
        ["10", "Product 3", "1"],
    ]


def test_a_file_is_named_by_session_and_day(client: Client, session: Session, producer: Person, host: Person) -> None:
    play(session, producer, host)
    JournalEntry.objects.update(at="2026-11-27T18:00:00Z")
    client.force_login(producer)
    names = {
        of: client.get(f"/sessions/{session.pk}/history.csv{of}")["Content-Disposition"] for of in ("", "?of=products")
    }
    assert names == {
        "": 'attachment; filename="spring-2026-11-27-history.csv"',
        "?of=products": 'attachment; filename="spring-2026-11-27-products.csv"',
    }


def test_a_file_that_there_is_not_is_refused_with_a_sentence(
    client: Client, session: Session, producer: Person
) -> None:
    client.force_login(producer)
    answer = client.get(f"/sessions/{session.pk}/history.csv?of=everything")
    assert (answer.status_code, b"entries, products, messages" in answer.content) == (422, True)


def test_prices_are_in_the_studios_currency(client: Client, session: Session, producer: Person, studio: Any) -> None:
    studio.currency = "EUR"
    studio.save(update_fields=["currency"])
    item = LineupItem.objects.filter(session=session).earliest("position")
    do(session, OverrideItem(item.pk, {"sale_price_cents": 599}), by=producer)
    client.force_login(producer)
    assert "€5.99" in page(client, session)


def test_the_lists_of_sessions_and_imports_mark_their_times_for_the_viewers_zone(
    client: Client, session: Session, producer: Person, brand: Brand
) -> None:
    Session.objects.update(scheduled_at="2026-11-27T18:00:00Z")
    SheetImport.objects.create(studio_id=session.studio_id, brand=brand, filename="list.csv", path="list.csv")
    client.force_login(producer)
    assert 'data-local="datetime">27 Nov 2026, 18:00 UTC</time>' in client.get("/sessions").content.decode()
    assert 'data-local="datetime"' in client.get("/imports").content.decode()
