"""Roles: the table, what strangers get, and that a revoked role is forgotten."""

from collections.abc import Callable, Iterator

import pytest

from cuelight.accounts import access, actions, policy, queries
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.errors import Forbidden, NotFound


def test_nobody_may_do_what_the_table_does_not_give_them() -> None:
    assert policy.allows(frozenset({"producer"}), "session.drive")
    assert not policy.allows(frozenset({"host"}), "session.drive")
    assert not policy.allows(frozenset(), "studio.enter")
    assert not policy.allows(frozenset({"overlord"}), "studio.enter")
    with pytest.raises(KeyError):
        policy.allows(frozenset({"admin"}), "session.dirve")


def test_an_admin_may_do_whatever_anybody_may() -> None:
    of_people = [row for row in policy.rows() if not row.grants.isdisjoint(policy.ROLES)]
    assert [row.action for row in of_people if "admin" not in row.grants] == []


def test_what_no_role_may_is_about_ones_own_account_or_what_only_a_drawing_page_knows() -> None:
    others = [row.action for row in policy.rows() if row.grants.isdisjoint(policy.ROLES)]
    assert {action for action in others if not action.startswith("account.")} == {"alert.begun"}


def test_what_one_may_not_see_is_not_there_and_what_one_may_not_do_is_forbidden(
    host: Person, stranger: Person, studio: Studio
) -> None:
    with pytest.raises(NotFound):
        access.read_access(who(stranger), studio.pk).require("session.watch")
    with pytest.raises(Forbidden):
        access.read_access(who(host), studio.pk).require("session.drive")
    access.read_access(who(host), studio.pk).require("session.watch")


def test_a_person_who_is_switched_off_has_no_roles(producer: Person, studio: Studio) -> None:
    Person.objects.filter(pk=producer.pk).update(is_active=False)
    assert queries.roles(producer.pk, studio.pk) == frozenset()
    assert access.accesses(who(producer)) == []


def test_roles_add_up_and_granting_twice_is_once(producer: Person, studio: Studio) -> None:
    actions.grant(producer.pk, studio.pk, "host")
    actions.grant(producer.pk, studio.pk, "host")
    assert queries.roles(producer.pk, studio.pk) == {"producer", "host"}
    actions.revoke(producer.pk, studio.pk, "producer")
    assert queries.roles(producer.pk, studio.pk) == {"host"}


@pytest.fixture
def remembering() -> Iterator[None]:
    access._known.clear()
    yield
    access._known.clear()


async def test_access_is_asked_once_and_again_after_a_change(
    transactional_db: None,
    remembering: None,
    studio: Studio,
    producer: Person,
    django_assert_num_queries: Callable[..., object],
) -> None:
    first = await access.access(who(producer), studio.pk)
    assert await access.access(who(producer), studio.pk) is first
    access.forget(f"person:{producer.pk}1")
    assert await access.access(who(producer), studio.pk) is first
    access.forget(f"person:{producer.pk}")
    again = await access.access(who(producer), studio.pk)
    assert (again == first, again is first) == (True, False)
