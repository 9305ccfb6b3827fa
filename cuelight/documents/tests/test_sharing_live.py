"""Rights while a document is open: what is taken back ends within a second, what is given counts at once."""

from collections.abc import Callable

import pytest

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.documents import actions
from cuelight.documents.access import DocumentAccess, read_access
from cuelight.documents.models import Share, ShareLink
from cuelight.documents.presence import open_now
from cuelight.documents.tests.conftest import joined, sent, topic_of
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.sessions import actions as sessions

pytestmark = pytest.mark.usefixtures("live")


@pytest.fixture
def outsider(document_id: int, person: Callable[..., Person]) -> Person:
    """Nia, who belongs to no studio and was let into the one document."""
    nia = person("Nia")
    Share.objects.create(document_id=document_id, person=nia, right="edit")
    return nia


@pytest.fixture
def mine(document_id: int, producer: Person) -> DocumentAccess:
    return read_access(who(producer), document_id)


async def test_a_share_that_is_taken_back_ends_within_a_second_and_nobody_elses(
    document_id: int, mine: DocumentAccess, outsider: Person, host: Person
) -> None:
    async with connect(who(outsider)) as nia, connect(who(host)) as tom:
        await joined(nia, document_id)
        await joined(tom, document_id)
        await run_db(actions.unshare, mine, outsider.pk)
        await nia.receive(topic_of(document_id), "phx_close", timeout_s=1)
        assert (await nia.join(topic_of(document_id))).response["reason"] == "not_found"
        assert (await sent(tom, document_id, [{"insert": "x"}], 1)).status == "ok"


async def test_a_link_that_is_revoked_with_its_shares_puts_its_people_out(
    document_id: int, mine: DocumentAccess, person: Callable[..., Person]
) -> None:
    zoe = await run_db(person, "Zoe")
    path = await run_db(actions.make_link, mine, right="edit", days=1)
    await run_db(actions.accept, path.rpartition("/")[2], zoe.pk)
    link_id = (await run_db(lambda: ShareLink.objects.get())).pk
    async with connect(who(zoe)) as socket:
        await joined(socket, document_id)
        await run_db(actions.revoke_link, mine, link_id)
        assert (await sent(socket, document_id, [{"insert": "x"}], 1)).status == "ok"
        await run_db(actions.revoke_link, mine, link_id, shares=True)
        await socket.receive(topic_of(document_id), "phx_close", timeout_s=1)


async def test_a_right_that_changes_counts_at_once(document_id: int, mine: DocumentAccess, outsider: Person) -> None:
    async with connect(who(outsider)) as nia:
        await joined(nia, document_id)
        await run_db(actions.change_right, mine, outsider.pk, "read")
        assert await nia.receive(topic_of(document_id), "right_changed", timeout_s=1) == {
            "right": "read",
            "manages": False,
        }
        assert (await sent(nia, document_id, [{"insert": "x"}], 1)).response["reason"] == "forbidden"


async def test_what_everyone_may_changes_for_everyone_at_once(
    document_id: int, mine: DocumentAccess, outsider: Person, host: Person, producer: Person
) -> None:
    async with connect(who(outsider)) as nia, connect(who(host)) as tom, connect(who(producer)) as mia:
        for socket in (nia, tom, mia):
            await joined(socket, document_id)
        await run_db(actions.open_to_everyone, mine, "read")
        assert (await tom.receive(topic_of(document_id), "right_changed", timeout_s=1))["right"] == "read"
        await run_db(actions.open_to_everyone, mine, "")
        await tom.receive(topic_of(document_id), "phx_close", timeout_s=1)
        for socket in (nia, mia):
            assert (await sent(socket, document_id, [{"insert": "x"}], 1)).status == "ok"


async def test_a_new_name_is_told(document_id: int, mine: DocumentAccess, host: Person) -> None:
    async with connect(who(host)) as tom:
        await joined(tom, document_id)
        await run_db(actions.rename, mine, "Running order")
        assert await tom.receive(topic_of(document_id), "title_changed") == {"title": "Running order"}
        assert (await joined(tom, document_id))["title"] == "Running order"


async def test_somebody_outside_joins_no_other_topic_of_the_studio(
    document_id: int, outsider: Person, studio: Studio, producer: Person
) -> None:
    other = await run_db(actions.create_document, studio.pk, title="Other", by=producer.pk)
    session = await run_db(sessions.create_session, studio.pk, name="Show", slug="show")
    topics = [
        topic_of(other), f"session:{session}:state", f"session:{session}:meta", f"session:{session}:presence",
        f"air:{studio.pk}", f"catalog:{studio.pk}", f"shopify:{studio.pk}",
    ]  # fmt: skip
    async with connect(who(outsider)) as nia:
        for topic in topics:
            assert (await nia.join(topic)).status == "error", topic
        found = await joined(nia, document_id)
        assert list(found["peers"]) == [who(outsider).key]


async def test_pages_know_who_has_it_open(document_id: int, outsider: Person, host: Person) -> None:
    assert await run_db(open_now, [document_id]) == {}
    async with connect(who(outsider)) as nia, connect(who(host)) as tom:
        await joined(nia, document_id)
        await joined(tom, document_id)
        here = (await run_db(open_now, [document_id]))[document_id]
        assert sorted(one["name"] for one in here) == ["Nia", "Tom"]
