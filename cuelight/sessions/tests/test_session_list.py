"""The list of sessions: its tabs, what is found, the order, its buttons by role; the archive and the end."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from cuelight.accounts import queries as accounts
from cuelight.accounts import session_choices
from cuelight.accounts.access import Access
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import secret_of_token
from cuelight.catalog.models import Product
from cuelight.errors import Conflict, NotFound, Refused
from cuelight.live.kind import Undo
from cuelight.live.transactional import submit_in
from cuelight.sessions import actions, importing, listing, queries, uses
from cuelight.sessions.command_types import SetStatus, UpdateSettings
from cuelight.sessions.models import Session


def do(session_id: int, *commands: Any) -> None:
    with transaction.atomic():
        for command in commands:
            submit_in(connection, f"session:{session_id}", command, actor_id=None)


def make(studio: Studio, name: str, *commands: Any, **fields: Any) -> int:
    session_id = actions.create_session(studio.pk, name=name, **fields)
    do(session_id, *commands)
    return session_id


def desk(studio: Studio, person: Person) -> Access:
    return Access(studio.pk, accounts.roles(person.pk, studio.pk), person.pk)


def found(access: Access, **asked: Any) -> listing.Listing:
    return listing.listing(access, **{"tab": "upcoming", "words": "", "sort": "", "page": "", "desk": True, **asked})


def names(rows: list[listing.Row]) -> list[str]:
    return [row.name for row in rows]


@pytest.fixture
def year(studio: Studio, host: Person) -> dict[str, int]:
    """A session in every tab."""
    return {
        "draft": make(studio, "Gold night"),
        "rehearsal": make(studio, "Dress test", SetStatus("rehearsal")),
        "live": make(studio, "Silver day", SetStatus("live")),
        "complete": make(studio, "Pearl eve", SetStatus("live"), SetStatus("complete")),
        "template": make(studio, "Every Friday", UpdateSettings({"is_template": True})),
        "archived": make(studio, "Old one", UpdateSettings({"is_archived": True})),
        "old_template": make(studio, "Old Friday", UpdateSettings({"is_template": True, "is_archived": True})),
    }


def test_every_session_is_in_one_tab(studio: Studio, producer: Person, year: dict[str, int]) -> None:
    access = desk(studio, producer)
    in_tabs = {tab: sorted(names(found(access, tab=tab).rows)) for tab in listing.TABS}
    assert in_tabs == {
        "upcoming": ["Gold night"],
        "live": ["Dress test", "Silver day"],
        "complete": ["Pearl eve"],
        "templates": ["Every Friday"],
        "archived": ["Old Friday", "Old one"],
    }
    assert {tab.key: tab.total for tab in found(access).tabs} == {key: len(rows) for key, rows in in_tabs.items()}


def test_what_is_on_air_stands_before_what_is_to_come(studio: Studio, producer: Person, year: dict[str, int]) -> None:
    access = desk(studio, producer)
    assert names(found(access).on_air) == ["Silver day", "Dress test"]
    assert found(access, tab="complete").on_air == found(access, words="gold").on_air == []


def test_what_is_only_kept_is_offered_nowhere_else(
    client: Client, studio: Studio, producer: Person, year: dict[str, int]
) -> None:
    kept = {"Every Friday", "Old one", "Old Friday"}
    lists = [
        [row["name"] for row in queries.list_sessions([studio.pk])],
        [choice.name for choice in session_choices.of_studio(studio.pk)],
        [row["name"] for rows in queries.now_and_next(studio.pk, now=timezone.now()) for row in rows],
    ]
    client.force_login(producer)
    lists.append([entry["title"] for entry in client.get("/palette").json()["entries"]])
    for listed in lists:
        assert kept.isdisjoint(listed)
        assert "Gold night" in listed
    assert kept <= {choice.name for choice in session_choices.known(studio.pk)}  # of a token that was made before
    assert importing.session_named(studio.pk, "Every Friday") is None


def test_a_token_for_a_session_in_the_archive_still_has_its_name(
    client: Client, studio: Studio, admin: Person, year: dict[str, int]
) -> None:
    secret_of_token(studio.pk, "control", by=admin, session_id=year["archived"])
    client.force_login(admin)
    page = client.get(f"/studios/{studio.slug}/tokens").content.decode()
    assert "Old one" in page
    assert "A deleted session" not in page


def test_the_next_show_comes_first_then_what_has_no_day_then_what_was_missed(studio: Studio, producer: Person) -> None:
    now = timezone.now()
    for name, days in (("in a month", 30), ("missed", -9), ("tomorrow", 1), ("an hour ago", -0.04)):
        make(studio, name, scheduled_at=now + timedelta(days=days))
    make(studio, "some day")
    access = desk(studio, producer)
    expected = ["an hour ago", "tomorrow", "in a month", "some day", "missed"]
    assert names(found(access).rows) == expected
    assert names(found(access, sort="newest").rows)[0] == "some day"


def test_the_last_show_that_was_comes_first(studio: Studio, producer: Person) -> None:
    for month in (3, 11, 7):
        over = make(studio, f"month {month}", scheduled_at=datetime(2026, month, 1, tzinfo=UTC))
        do(over, SetStatus("live"), SetStatus("complete"))
    assert names(found(desk(studio, producer), tab="complete").rows) == ["month 11", "month 7", "month 3"]


def test_words_are_looked_for_in_names_short_names_and_hosts(
    studio: Studio, producer: Person, host: Person, year: dict[str, int]
) -> None:
    access = desk(studio, producer)
    do(year["draft"], UpdateSettings({"hosts": [{"person_id": host.pk}, {"person_id": producer.pk}]}))
    for words in ("GOLD", "gold-night", "tom", "tom gold", " night  gold "):
        assert names(found(access, words=words).rows) == ["Gold night"], words
    assert found(access, words="gold silver").rows == []
    assert {tab.key: tab.total for tab in found(access, words="old").tabs}["archived"] == 2
    assert found(access, words="100%\0_").rows == []


def test_a_row_says_who_hosts_and_over_what_brands(
    studio: Studio, producer: Person, host: Person, session: Session
) -> None:
    hosts = [{"person_id": producer.pk, "role": "co_host"}, {"person_id": host.pk}]
    do(session.pk, UpdateSettings({"hosts": hosts, "duration_minutes": 90}))
    [row] = found(desk(studio, producer)).rows
    assert (row.item_count, row.brands, row.duration_minutes) == (3, "Pavoi", 90)
    assert [(one.name, one.is_primary, one.initials) for one in row.hosts] == [("Tom", True, "T"), ("Mia", False, "M")]


def test_many_sessions_come_in_pages(
    studio: Studio, producer: Person, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    made = [Session(studio=studio, name=f"Show {number:03}", slug=f"s-{number}") for number in range(listing.PAGE + 5)]
    Session.objects.bulk_create(made)
    access = desk(studio, producer)
    with django_assert_max_num_queries(6):
        first = found(access)
    assert (len(first.rows), first.total, first.pages, first.number) == (50, 55, 2, 1)
    second = found(access, page="2")
    assert (len(second.rows), second.number) == (5, 2)
    assert set(names(first.rows)).isdisjoint(names(second.rows))
    for odd in ("0", "-1", "99", "x", "²", "9" * 40):
        assert found(access, page=odd).number in (1, 2)


def test_a_token_for_one_session_sees_that_one_only(
    client: Client, studio: Studio, admin: Person, year: dict[str, int]
) -> None:
    secret = secret_of_token(studio.pk, "control", by=admin, session_id=year["draft"])
    page = client.get("/sessions", headers={"Authorization": f"Bearer {secret}"}).content.decode()
    assert "Gold night" in page
    assert "Silver day" not in page


def test_each_role_has_the_buttons_that_it_may_press(
    client: Client, year: dict[str, int], admin: Person, producer: Person, host: Person
) -> None:
    own, old = f"/sessions/{year['draft']}", f"/sessions/{year['archived']}"
    expected = {
        admin: ({"edit", "producer", "host", "settings", "paper", "history", "clone", "archive"}, {"delete"}),
        producer: ({"edit", "producer", "host", "settings", "paper", "history", "clone", "archive"}, set()),
        host: ({"host"}, set()),
    }
    for person, (ways, of_the_archive) in expected.items():
        client.force_login(person)
        page = client.get("/sessions").content.decode()
        assert set(re.findall(rf'(?:href|action)="{own}/(\w+)"', page)) == ways, person.name
        page = client.get("/sessions?tab=archived").content.decode()
        assert set(re.findall(rf'action="{old}/(delete)"', page)) == of_the_archive, person.name
        assert ('href="/sessions/new"' in page) is (person != host)
    assert "Templates" not in client.get("/sessions?tab=templates").content.decode()  # the host's


def test_an_empty_tab_says_what_belongs_there(client: Client, studio: Studio, producer: Person, host: Person) -> None:
    client.force_login(producer)
    for tab, says in (("upcoming", "No show is planned"), ("templates", "No template yet"), ("live", "Nothing is on")):
        assert says in client.get(f"/sessions?tab={tab}").content.decode()
    assert 'action="/sessions/new"' in client.get("/sessions").content.decode()
    client.force_login(host)
    assert "as soon as a producer has made one" in client.get("/sessions").content.decode()


def test_what_fits_nowhere_here_may_be_in_another_tab(
    client: Client, studio: Studio, producer: Person, year: dict[str, int]
) -> None:
    client.force_login(producer)
    page = client.get("/sessions?q=%3Cb%3Epearl").content.decode()
    assert "Nothing fits “<bdi>&lt;b&gt;pearl</bdi>” here" in page
    page = client.get("/sessions?q=pearl").content.decode()
    assert 'href="/sessions?tab=complete&amp;q=pearl">1 in Complete' in page


def test_the_archive_and_the_way_back(client: Client, studio: Studio, producer: Person, year: dict[str, int]) -> None:
    client.force_login(producer)
    own = f"/sessions/{year['draft']}"
    answer = client.post(f"{own}/archive", {"back": "tab=upcoming&q=gold&page=2&evil=//x"})
    assert answer["Location"] == "/sessions?tab=upcoming&q=gold&page=2"
    page = client.get("/sessions").content.decode()
    assert "“Gold night” is in the archive." in page
    [value] = re.findall(r'name="undo" value="([^"]+)"', page)
    assert 'name="undo"' not in client.get("/sessions").content.decode()  # it is offered once
    assert client.post(f"{own}/undo", {"undo": value})["Location"] == "/sessions?tab=upcoming&q=gold&page=2"
    assert Session.objects.get(pk=year["draft"]).is_archived is False
    again = client.post(f"{own}/undo", {"undo": value}, follow=True)
    assert "That change cannot be undone, or already is." in again.content.decode()


def test_an_undo_is_for_its_own_session_only(
    client: Client, studio: Studio, producer: Person, year: dict[str, int]
) -> None:
    client.force_login(producer)
    client.post(f"/sessions/{year['draft']}/archive")
    [value] = re.findall(r'name="undo" value="([^"]+)"', client.get("/sessions").content.decode())
    assert client.post(f"/sessions/{year['complete']}/undo", {"undo": value}).status_code == 422
    assert client.post(f"/sessions/{year['draft']}/undo", {"undo": "made up"}).status_code == 422
    assert Session.objects.get(pk=year["draft"]).is_archived is True


def test_what_is_on_air_is_not_put_away_by_anything(
    client: Client, studio: Studio, producer: Person, year: dict[str, int]
) -> None:
    client.force_login(producer)
    page = client.post(f"/sessions/{year['live']}/archive", follow=True).content.decode()
    assert "End the show first, then put it into the archive." in page
    for session in ("live", "rehearsal"):
        for change in ({"is_archived": True}, {"is_template": True}):
            with pytest.raises(Refused):
                do(year[session], UpdateSettings(change))
    with pytest.raises(Refused, match="Only a draft can become a template"):
        do(year["complete"], UpdateSettings({"is_template": True}))


def test_what_is_in_the_archive_does_not_go_on_air(studio: Studio, year: dict[str, int]) -> None:
    for session, why in (("archived", "in the archive"), ("template", "A template never"), ("old_template", "A temp")):
        for status in ("live", "rehearsal"):
            with pytest.raises(Refused, match=why):
                do(year[session], SetStatus(status))


def test_no_undo_puts_a_show_that_is_on_air_into_the_archive(studio: Studio) -> None:
    show = make(studio, "Gold night", UpdateSettings({"is_archived": True}), UpdateSettings({"is_archived": False}))
    do(show, SetStatus("live"))
    with pytest.raises(Refused, match="in the archive"):
        do(show, Undo(version=2))
    with transaction.atomic():
        submit_in(connection, f"session:{show}", SetStatus("complete"), actor_id=None)
    do(show, UpdateSettings({"is_archived": True}))
    with pytest.raises(Refused, match="in the archive"):
        do(show, Undo(version=4))  # back on air


def test_only_what_is_in_the_archive_is_deleted_and_by_admins_only(
    client: Client, studio: Studio, admin: Person, producer: Person, year: dict[str, int]
) -> None:
    client.force_login(producer)
    assert client.post(f"/sessions/{year['archived']}/delete").status_code == 403
    client.force_login(admin)
    refused = client.post(f"/sessions/{year['draft']}/delete")
    assert (refused.status_code, b"Put the session into the archive first" in refused.content) == (409, True)
    answer = client.post(f"/sessions/{year['archived']}/delete", {"back": "tab=archived"}, follow=True)
    assert answer.redirect_chain == [("/sessions?tab=archived", 302)]
    assert "“Old one” is deleted." in answer.content.decode()
    assert not Session.objects.filter(pk=year["archived"]).exists()
    entry = AuditEntry.objects.get(kind="session_deleted")
    assert (entry.target, entry.person_id) == ("Old one", admin.pk)
    assert client.post(f"/sessions/{year['archived']}/delete").status_code == 404


def test_deleting_takes_the_lineup_and_leaves_the_products(studio: Studio, admin: Person, session: Session) -> None:
    access = desk(studio, admin)
    with pytest.raises(Conflict):
        actions.delete_session(session.pk, access=access)
    actions.update_settings(session.pk, {"is_archived": True}, access=access)
    assert actions.delete_session(session.pk, access=access) == "Spring Sparkle"
    assert session.items.count() == 0
    assert Product.objects.count() == 3
    with pytest.raises(NotFound):
        queries.session_by_slug(studio.pk, "spring")


def test_a_product_knows_the_templates_and_the_archive_that_it_is_in(studio: Studio, session: Session) -> None:
    [product] = session.items.order_by("position").values_list("product_id", flat=True)[:1]
    for settings, status in (({}, "draft"), ({"is_template": True}, "template"), ({"is_archived": True}, "archived")):
        if settings:
            do(session.pk, UpdateSettings(settings))
        [use] = uses.of_products(studio.pk, [product])[product]
        assert use["status"] == status
