"""Talking points that are a shared document: who may put one there, and who reads it because it is there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from cuelight.accounts import actions as accounts
from cuelight.accounts.identity import AnyIdentity, read_token
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.documents import actions as documents
from cuelight.documents.models import Document
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.sessions.models import LineupItem, Session
from cuelight.sessions.tests.conftest import joined, meta_of

pytestmark = pytest.mark.usefixtures("live")


@pytest.fixture
def document_id(session: Session, producer: Person) -> int:
    return documents.create_document(
        session.studio_id, title="Points", by=producer.pk, everyone="", contents=[{"insert": "Say gold\n"}]
    )


async def put(socket: Client, session: Session, document_id: Any) -> tuple[str, Any]:
    """Makes it the points of the first line; the reply's status and reason."""
    items = (await joined(socket, meta_of(session)))["items"]
    changes = {"document_id": document_id}
    reply = await socket.push(meta_of(session), "override_item", {"item_id": items[0]["id"], "changes": changes})
    return reply.status, reply.response.get("reason")


async def test_every_screen_hears_which_document_it_is(
    session: Session, producer: Person, host: Person, document_id: int
) -> None:
    async with connect(who(producer)) as desk, connect(who(host)) as screen:
        await joined(screen, meta_of(session))
        assert await put(desk, session, document_id) == ("ok", None)
        heard = await screen.receive(meta_of(session), "lineup_changed")
        assert [item["document_id"] for item in heard["items"]] == [document_id]
        item_id = heard["items"][0]["id"]
        assert await run_db(lambda: LineupItem.objects.get(pk=item_id).document_id) == document_id
        await desk.push(meta_of(session), "revert_items", {"item_ids": [item_id]})
        heard = await screen.receive(meta_of(session), "lineup_changed")
        assert heard["items"][0]["document_id"] is None


async def test_who_watches_the_show_reads_it_and_no_more(
    session: Session, producer: Person, host: Person, stranger: Person, document_id: int
) -> None:
    topic = f"document:{document_id}"
    async with connect(who(producer)) as desk, connect(who(host)) as screen, connect(who(stranger)) as outside:
        assert (await screen.join(topic)).response["reason"] == "not_found"
        await put(desk, session, document_id)
        snapshot = (await screen.join(topic)).response
        assert (snapshot["right"], snapshot["contents"]) == ("read", [{"insert": "Say gold\n"}])
        refused = await screen.push(topic, "update", {"change": [{"insert": "x"}], "version": 1, "op_id": "x"})
        assert refused.response["reason"] == "forbidden"
        assert (await outside.join(topic)).response["reason"] == "not_found"


async def test_a_token_for_one_show_reads_its_points_only(
    session: Session, producer: Person, studio: Studio, document_id: int
) -> None:
    def token(session_id: int) -> AnyIdentity:
        token_id, _ = accounts.create_token(studio.pk, name="Screen", scopes=["watch"], session_id=session_id)
        found = read_token(token_id)
        assert found is not None
        return found

    async with connect(who(producer)) as desk:
        await put(desk, session, document_id)
    own, other = await run_db(token, session.pk), await run_db(token, session.pk + 1)
    async with connect(own) as screen, connect(other) as elsewhere:
        assert (await screen.join(f"document:{document_id}")).response["right"] == "read"
        assert (await elsewhere.join(f"document:{document_id}")).response["reason"] == "not_found"


@pytest.mark.parametrize("given", [True, "1", 0, -1, 2**70, 10**6])
async def test_what_is_no_document_is_refused(session: Session, producer: Person, given: Any) -> None:
    async with connect(who(producer)) as desk:
        status, reason = await put(desk, session, given if given != 2**70 else 2**63 - 1)
    assert (status, reason in ("invalid", "not_found")) == ("error", True)


async def test_only_who_may_write_in_it_puts_it_on_a_screen(
    session: Session, producer: Person, person: Callable[..., Person], studio: Studio, document_id: int
) -> None:
    ada = await run_db(lambda: person("Ada", studio, "producer"))
    async with connect(who(ada)) as desk:
        assert await put(desk, session, document_id) == ("error", "not_found")
        await run_db(lambda: Document.objects.filter(pk=document_id).update(everyone="read"))
        assert await put(desk, session, document_id) == ("error", "forbidden")


async def test_a_document_of_another_studio_is_not_shown(session: Session, producer: Person, document_id: int) -> None:
    def elsewhere() -> int:
        other = Studio.objects.create(name="Rival TV", slug="rival")
        accounts.grant(producer.pk, other.pk, "producer")
        return documents.create_document(other.pk, title="Theirs", by=producer.pk)

    other_id = await run_db(elsewhere)
    async with connect(who(producer)) as desk:
        assert await put(desk, session, other_id) == ("error", "invalid_document")


async def test_a_lines_text_becomes_a_document_and_that_its_text_again(
    session: Session, producer: Person, host: Person
) -> None:
    meta = meta_of(session)
    async with connect(who(producer)) as desk, connect(who(host)) as screen:
        item_id = (await joined(desk, meta))["items"][0]["id"]
        await joined(screen, meta)
        shared = (await desk.push(meta, "share_points", {"item_id": item_id})).response
        again = (await desk.push(meta, "share_points", {"item_id": item_id})).response
        assert again["document_id"] == shared["document_id"]
        topic = f"document:{shared['document_id']}"
        snapshot = (await screen.join(topic)).response
        assert snapshot["contents"] == [
            {"insert": "Gold", "attributes": {"bold": True}},
            {"insert": " plated"},
            {"insert": "\n", "attributes": {"list": "bullet"}},
        ]
        assert (await desk.join(topic)).response["title"] == "Product 1: talking points"
        change = {"change": [{"retain": 11}, {"insert": " now"}], "version": snapshot["version"], "op_id": str(uuid4())}
        assert (await desk.push(topic, "update", change)).status == "ok"
        assert (await desk.push(meta, "unshare_points", {"item_id": item_id})).status == "ok"
        own = await run_db(lambda: LineupItem.objects.get(pk=item_id))
        assert (own.document_id, own.talking_points_md) == (None, "- **Gold** plated now")
        refused = await desk.push(meta, "unshare_points", {"item_id": item_id})
        assert refused.response["reason"] == "not_shared"
        refused = await desk.push(meta, "share_points", {"item_id": 10**6})
        assert refused.response["reason"] == "unknown_item"
