"""Members: roles given and taken, people taken out and brought back, and always an admin."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from cuelight.accounts import actions, queries
from cuelight.accounts.models import AuditEntry, Membership, Person, Studio
from cuelight.accounts.testing import secret_of_token, who
from cuelight.errors import Conflict
from cuelight.live.db import run_db
from cuelight.live.testing import connect

PAGE = "/studios/pavoi/members"


def switch(client: Client, person: Person, role: str, on: bool, page: str = PAGE) -> int:
    return client.post(f"{page}/{person.pk}/role", {"role": role, "on": "1" if on else "0"}).status_code


def undo(client: Client, page: str = PAGE) -> str:
    found = re.search(r'name="undo" value="([^"]+)"', client.get(page).content.decode())
    return found[1] if found else ""


def test_the_page_shows_people_with_their_roles(client: Client, studio: Studio, admin: Person, host: Person) -> None:
    actions.set_passphrase(studio.pk, "host", "four odd words here")
    client.force_login(admin)
    page = client.get(PAGE).content.decode()
    people = re.findall(r"<bdi>(\w+)</bdi>", page)
    assert people == ["Ada", "Tom"]  # no device among them
    assert "Host device" in page
    switches = re.findall(r'aria-pressed="(\w+)">(\w+)<', page)
    assert [role for held, role in switches if held == "true"] == ["Admin", "Host"]


def test_an_admin_gives_and_takes_roles(client: Client, studio: Studio, admin: Person, host: Person) -> None:
    client.force_login(admin)
    assert switch(client, host, "producer", True) == 302
    assert queries.roles(host.pk, studio.pk) == {"host", "producer"}
    assert switch(client, host, "host", False) == 302
    assert queries.roles(host.pk, studio.pk) == {"producer"}
    entries = AuditEntry.objects.order_by("id").values_list("kind", "person_id", "target", "detail__role")
    assert list(entries) == [
        ("role_granted", admin.pk, "Tom", "producer"),
        ("role_revoked", admin.pk, "Tom", "host"),
    ]


@pytest.mark.parametrize(("name", "status"), [("producer", 403), ("host", 403), ("cataloger", 403), ("stranger", 404)])
def test_nobody_else_changes_a_role(
    client: Client, request: pytest.FixtureRequest, studio: Studio, admin: Person, name: str, status: int
) -> None:
    somebody = request.getfixturevalue(name)
    before = queries.roles(somebody.pk, studio.pk)
    client.force_login(somebody)
    assert client.get(PAGE).status_code == status
    assert switch(client, somebody, "admin", True) == status
    assert client.post(f"{PAGE}/{admin.pk}/remove").status_code == status
    assert client.post(f"{PAGE}/{admin.pk}/end").status_code == status
    assert queries.roles(somebody.pk, studio.pk) == before
    assert queries.roles(admin.pk, studio.pk) == {"admin"}


def test_a_token_is_no_admin(client: Client, studio: Studio, admin: Person) -> None:
    secret = secret_of_token(studio.pk, "control", "catalog", by=admin)
    for path in ("members", "invitations", "passphrases", "tokens", "settings"):
        answer = client.get(f"/studios/pavoi/{path}", headers={"Authorization": f"Bearer {secret}"})
        assert answer.status_code == 404, path


def test_a_person_of_elsewhere_is_not_reached_by_their_number(
    client: Client, studio: Studio, admin: Person, host: Person, stranger: Person
) -> None:
    """Neither the own people by another studio's page, nor others' people by the own page."""
    elsewhere = Studio.objects.get(slug="elsewhere")
    client.force_login(stranger)
    for number in (host.pk, 10**30):
        for what in ("role", "remove", "end"):
            answer = client.post(f"/studios/elsewhere/members/{number}/{what}", {"role": "admin", "on": "1"})
            assert answer.status_code == 404, (number, what)
    assert queries.roles(host.pk, elsewhere.pk) == frozenset()
    client.force_login(admin)
    assert switch(client, stranger, "host", True) == 404
    assert queries.roles(stranger.pk, studio.pk) == frozenset()


@pytest.mark.parametrize("sent", [{"role": "overlord", "on": "1"}, {"role": "admin"}, {"role": "watch", "on": "1"}, {}])
def test_a_role_that_is_none_is_refused(
    client: Client, studio: Studio, admin: Person, host: Person, sent: dict[str, str]
) -> None:
    client.force_login(admin)
    assert client.post(f"{PAGE}/{host.pk}/role", sent).status_code == 422
    assert queries.roles(host.pk, studio.pk) == {"host"}


def test_who_is_removed_can_be_brought_back_with_all_their_roles(
    client: Client, studio: Studio, admin: Person, host: Person
) -> None:
    actions.grant(host.pk, studio.pk, "producer")
    client.force_login(admin)
    client.post(f"{PAGE}/{host.pk}/remove")
    assert queries.roles(host.pk, studio.pk) == frozenset()
    value = undo(client)
    assert value
    assert undo(client) == ""  # the toast is on one page
    assert client.post(f"{PAGE}/undo", {"undo": value}).status_code == 302
    assert queries.roles(host.pk, studio.pk) == {"host", "producer"}


def test_taking_the_only_role_away_can_be_undone(client: Client, studio: Studio, admin: Person, host: Person) -> None:
    client.force_login(admin)
    switch(client, host, "host", False)
    client.post(f"{PAGE}/undo", {"undo": undo(client)})
    assert queries.roles(host.pk, studio.pk) == {"host"}


def test_undo_makes_nothing_last_longer(client: Client, studio: Studio, admin: Person, host: Person) -> None:
    soon = timezone.now() + timedelta(hours=1)
    actions.grant(host.pk, studio.pk, "producer", ends_at=soon)
    client.force_login(admin)
    client.post(f"{PAGE}/{host.pk}/remove")
    client.post(f"{PAGE}/undo", {"undo": undo(client)})
    ends = Membership.objects.filter(person=host).values_list("role", "ends_at")
    assert set(ends) == {("host", None), ("producer", soon)}


def test_a_device_cannot_leave(client: Client, studio: Studio) -> None:
    actions.set_passphrase(studio.pk, "host", "four odd words here")
    client.post("/login", {"studio": "pavoi", "role": "host", "passphrase": "four odd words here"})
    left = client.post("/studios/pavoi/leave")
    assert (left.status_code, b"A device of the studio cannot leave it." in left.content) == (409, True)
    assert client.get("/sessions").status_code == 200


def test_undo_gives_nobody_anything_else(client: Client, studio: Studio, admin: Person, stranger: Person) -> None:
    """Not in another studio, not changed, not by another page, not after a while."""
    host = Person.objects.create_user("hugo@studio.example", "Hugo")
    elsewhere = Studio.objects.get(slug="elsewhere")
    actions.grant(host.pk, elsewhere.pk, "host")
    client.force_login(stranger)
    client.post(f"/studios/elsewhere/members/{host.pk}/remove")
    value = undo(client, "/studios/elsewhere/members")
    assert client.post("/studios/elsewhere/invitations/undo", {"undo": value}).status_code == 422
    assert client.post("/studios/elsewhere/members/undo", {"undo": value[:-2]}).status_code == 422
    assert client.post("/studios/elsewhere/members/undo").status_code == 422
    client.force_login(admin)
    assert client.post(f"{PAGE}/undo", {"undo": value}).status_code == 422
    assert queries.roles(host.pk, studio.pk) == queries.roles(host.pk, elsewhere.pk) == frozenset()


# --- the last admin


def test_the_last_admin_stays_one(client: Client, studio: Studio, admin: Person, host: Person) -> None:
    client.force_login(admin)
    for path, sent in (("role", {"role": "admin", "on": "0"}), ("remove", {})):
        page = client.post(f"{PAGE}/{admin.pk}/{path}", sent, follow=True)
        assert b"A studio needs an admin." in page.content
    left = client.post("/studios/pavoi/leave")
    assert (left.status_code, b"A studio needs an admin." in left.content) == (409, True)
    assert queries.roles(admin.pk, studio.pk) == {"admin"}


def test_devices_guests_and_people_switched_off_are_no_admins_to_rely_on(
    studio: Studio, admin: Person, person: Callable[..., Person]
) -> None:
    actions.set_passphrase(studio.pk, "admin", "four odd words here")
    gone = person("Gone", studio, "admin")
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    with pytest.raises(Conflict):
        actions.revoke(admin.pk, studio.pk, "admin")
    other = person("Olga", studio, "admin")
    actions.revoke(admin.pk, studio.pk, "admin")
    with pytest.raises(Conflict):
        actions.leave(other.pk, studio.pk)


def test_two_admins_who_remove_each_other_at_once_leave_one(
    transactional_db: None, studio: Studio, person: Callable[..., Person]
) -> None:
    for number in range(5):
        Membership.objects.filter(studio=studio).delete()
        pair = [person(f"{name}{number}", studio, "admin") for name in ("a", "b")]
        together = Barrier(2)

        def remove(target: Person, together: Barrier = together) -> bool:
            try:
                together.wait(10)
                actions.remove_member(target.pk, studio.pk)
            except Conflict:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(remove, pair)) == [False, True]
        assert Membership.objects.filter(studio=studio, role="admin").count() == 1


# --- what is open while it happens


async def test_a_role_that_is_taken_away_closes_what_it_opened(
    live: None, studio: Studio, admin: Person, producer: Person, host: Person
) -> None:
    browser, air = Client(), f"air:{studio.pk}"
    await browser.aforce_login(admin)
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        for socket in (console, screen):
            assert (await socket.join(air)).status == "ok"
        await run_db(browser.post, f"{PAGE}/{producer.pk}/remove")
        assert await console.receive(air, "phx_close") == {}
        assert (await console.join(air)).response["reason"] == "not_found"
        assert (await screen.join(air)).status == "ok"
