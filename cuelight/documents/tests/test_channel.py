"""A document over real frames, on real commits: changes, repeats, gaps, rights."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from cuelight.accounts.models import Person
from cuelight.accounts.testing import who
from cuelight.documents import actions, commands
from cuelight.documents.models import Document, Share
from cuelight.documents.tests.conftest import joined, plain, sent, topic_of
from cuelight.documents.text import Text
from cuelight.live import broadcast
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect

pytestmark = pytest.mark.usefixtures("live")


async def test_a_change_reaches_everybody_as_it_was_done(document_id: int, producer: Person, host: Person) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        start = await joined(mia, document_id)
        await joined(tom, document_id)
        assert (plain(start["contents"]), start["version"]) == ("hello\n", 1)
        op_id = uuid4()
        reply = await sent(mia, document_id, [{"retain": 5}, {"insert": "!"}], 1, op_id)
        assert reply.response == {"version": 2}
        heard = await tom.receive(topic_of(document_id), "remote_update")
        assert heard == {
            "change": [{"retain": 5}, {"insert": "!"}],
            "version": 2,
            "op_id": str(op_id),
            "user_id": producer.pk,
        }


async def test_a_late_change_follows_what_its_author_had_not_seen_oldest_first(
    document_id: int, producer: Person, host: Person
) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, document_id)
        await joined(tom, document_id)
        await sent(mia, document_id, [{"retain": 5}, {"insert": "!!!"}], 1)
        await sent(mia, document_id, [{"retain": 8}, {"insert": "??"}], 2)
        reply = await sent(tom, document_id, [{"retain": 5}, {"insert": "Z"}], 1)
        assert reply.response == {"version": 4}
        again = await joined(tom, document_id)
        assert plain(again["contents"]) == "hello!!!??Z\n"
        missed = await joined(tom, document_id, since=2)
        assert [(op["version"], op["change"]) for op in missed["missed"]] == [
            (3, [{"retain": 8}, {"insert": "??"}]),
            (4, [{"retain": 10}, {"insert": "Z"}]),
        ]
        assert "contents" not in missed


async def test_a_change_that_is_sent_twice_is_done_once(document_id: int, producer: Person, host: Person) -> None:
    change, op_id = [{"insert": "A"}], uuid4()
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, document_id)
        await joined(tom, document_id)
        first = await sent(mia, document_id, change, 1, op_id)
        await sent(mia, document_id, [{"insert": "B"}], 2)
        assert (await sent(mia, document_id, change, 1, op_id)).response == first.response == {"version": 2}
        # The same change after a rejoin, rewritten on what it had missed up to then.
        assert (await sent(mia, document_id, [{"retain": 1}, {"insert": "A"}], 3, op_id)).response["reason"] == (
            "op_id_reused"
        )
        assert (await sent(mia, document_id, [{"insert": "C"}], 1, op_id)).response["reason"] == "op_id_reused"
        assert (await sent(tom, document_id, change, 1, op_id)).response["reason"] == "op_id_reused"
        assert plain((await joined(tom, document_id))["contents"]) == "BAhello\n"


async def test_a_change_that_came_back_rewritten_is_the_same_change(
    document_id: int, producer: Person, host: Person
) -> None:
    op_id = uuid4()
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, document_id)
        await joined(tom, document_id)
        await sent(tom, document_id, [{"insert": "T"}], 1)
        await sent(tom, document_id, [{"insert": "U"}], 2)
        assert (await sent(mia, document_id, [{"retain": 5}, {"insert": "M"}], 1, op_id)).response == {"version": 4}
        # Its answer was lost; Mia came back having heard of version 2 only.
        again = await sent(mia, document_id, [{"retain": 6}, {"insert": "M"}], 2, op_id)
        assert (again.status, again.response) == ("ok", {"version": 4})


@pytest.mark.parametrize(
    ("change", "version", "reason"),
    [
        ([{"insert": "x"}], 99, "version_ahead"),
        ([{"insert": "x"}], "1", "invalid"),
        ([{"insert": "x"}], None, "invalid"),
        ([{"insert": "x"}], True, "invalid"),
        ([{"insert": "x"}], -1, "invalid"),
        ([{"retain": 7}, {"insert": "x"}], 1, "out_of_bounds"),
        ([{"retain": 6}, {"insert": "x"}], 1, "last_newline"),
        ([{"delete": 6}], 1, "last_newline"),
        (None, 1, "invalid_op"),
        ({"ops": []}, 1, "invalid_op"),
        ([{"insert": "x", "attributes": {"__proto__": {"a": 1}}}], 1, "invalid_attributes"),
        ([{"delete": 2**62}], 1, "invalid_op"),
    ],
)
async def test_hostile_changes_are_refused_and_nobody_else_notices(
    document_id: int, producer: Person, host: Person, change: Any, version: Any, reason: str
) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, document_id)
        await joined(tom, document_id)
        reply = await sent(mia, document_id, change, version)
        assert (reply.status, reply.response["reason"]) == ("error", reason)
        assert (await sent(tom, document_id, [{"insert": "ok "}], 1)).response == {"version": 2}
        heard = await tom.receive(topic_of(document_id), "remote_update")
        assert heard["version"] == 2
        assert plain((await joined(mia, document_id))["contents"]) == "ok hello\n"


async def test_half_a_character_is_refused(document_id: int, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, document_id)
        await sent(mia, document_id, [{"insert": "👍"}], 1)
        reply = await sent(mia, document_id, [{"retain": 1}, {"insert": "x"}], 2)
        assert reply.response["reason"] == "split_surrogate"
        assert plain((await joined(mia, document_id))["contents"]) == "👍hello\n"


async def test_a_refusal_says_which_version_is_the_newest(document_id: int, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, document_id)
        assert (await sent(mia, document_id, [{"insert": "x"}], 7)).response["version"] == 1


async def test_what_was_missed_is_told_in_order(document_id: int, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, document_id)
        for version in range(1, 6):
            await sent(mia, document_id, [{"insert": str(version)}], version)
        reply = await mia.push(topic_of(document_id), "since", {"from": 3})
    assert [op["version"] for op in reply.response["ops"]] == [4, 5, 6]
    assert reply.response["version"] == 6


async def test_who_knows_more_than_this_process_is_not_sent_back(document_id: int, producer: Person) -> None:
    """Another process has committed what this one has not heard of yet; a database that lacks it is another matter."""
    async with connect(who(producer)) as mia:
        await joined(mia, document_id)
        await sent(mia, document_id, [{"insert": "x"}], 1)
        aggregate = await commands.opened(document_id)
        state, version = aggregate.state, aggregate.version
        aggregate.state = replace(state, version=1, text=Text.of([{"insert": "hello\n"}]), tail=())
        try:
            answer = await joined(mia, document_id, since=2)
            lost = await joined(mia, document_id, since=3)
        finally:
            aggregate.state, aggregate.version = state, version
    assert (answer["missed"], answer["version"], "contents" in answer) == ([], 2, False)
    assert (lost["version"], "contents" in lost) == (1, True)


async def test_many_writers_at_once_get_every_version_once(document_id: int, producer: Person) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, document_id)
        replies = await asyncio.gather(*[sent(mia, document_id, [{"insert": "x"}], 1) for _ in range(200)])
        assert sorted(reply.response["version"] for reply in replies) == list(range(2, 202))
        assert plain((await joined(mia, document_id))["contents"]) == "x" * 200 + "hello\n"


async def test_cursors_are_heard_of_where_they_are_now(document_id: int, producer: Person, host: Person) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        window = (await joined(mia, document_id))["window"]
        await joined(tom, document_id)
        await sent(tom, document_id, [{"insert": "12"}], 1)
        await mia.push(topic_of(document_id), "cursor_update", {"anchor": 0, "head": 5, "version": 1})
        heard = await tom.receive(topic_of(document_id), "remote_cursor")
    assert heard | {"anchor": 0, "head": 7, "version": 2, "window": window, "user_id": producer.pk} == heard


async def test_a_copy_that_went_astray_is_written_to_the_log(document_id: int, producer: Person) -> None:
    with capture_logs() as told:
        async with connect(who(producer)) as socket:
            await joined(socket, document_id)
            await socket.push(topic_of(document_id), "diverged", {"version": 1, "crc": 7})
            await sent(socket, document_id, [{"insert": "12"}], 1)
    [line] = [line for line in told if line["event"] == "a copy of a document had gone astray"]
    assert (line["log_level"], line["document_id"], line["version"], line["crc"]) == ("warning", document_id, 1, 7)


async def change_right(document_id: int, person: Person, everyone: str, right: str) -> None:
    def change() -> None:
        Document.objects.filter(pk=document_id).update(everyone=everyone)
        Share.objects.filter(document_id=document_id, person=person).delete()
        if right:
            Share.objects.create(document_id=document_id, person=person, right=right)
        broadcast.recheck(f"person:{person.pk}")

    await run_db(change)


async def right_of(socket: Client, document_id: int) -> str:
    return str((await socket.receive(topic_of(document_id), "right_changed"))["right"])


async def test_a_right_is_asked_at_every_change(document_id: int, host: Person) -> None:
    marked = [{"retain": 5, "attributes": {"comment": str(uuid4())}}]
    async with connect(who(host)) as tom:
        await joined(tom, document_id)
        await change_right(document_id, host, "read", "comment")
        assert await right_of(tom, document_id) == "comment"
        assert (await sent(tom, document_id, [{"insert": "x"}], 1)).response["reason"] == "forbidden"
        assert (await sent(tom, document_id, marked, 1)).response == {"version": 2}
        await change_right(document_id, host, "read", "")
        assert await right_of(tom, document_id) == "read"
        assert (await sent(tom, document_id, marked, 2)).response["reason"] == "forbidden"
        await change_right(document_id, host, "", "")
        await tom.receive(topic_of(document_id), "phx_close")
        assert (await tom.join(topic_of(document_id))).response["reason"] == "not_found"


async def test_strangers_come_in_by_invitation_only(document_id: int, stranger: Person) -> None:
    async with connect(who(stranger)) as sue:
        assert (await sue.join(topic_of(document_id))).response["reason"] == "not_found"
        await change_right(document_id, stranger, "edit", "read")
        assert (await joined(sue, document_id))["right"] == "read"


async def test_a_document_that_is_read_anew_goes_on_where_it_was(
    document_id: int, producer: Person, studio: Any
) -> None:
    long = [{"insert": "line\n" * 50_000}]
    big = await run_db(lambda: actions.create_document(studio.pk, title="Long", by=producer.pk, contents=long))
    state = await commands.state_of(big)
    assert (state.text.length, state.version) == (250_000, 3)
    assert state.text.contents() == long


async def test_who_may_only_suggest_changes_nothing_else(document_id: int, producer: Person, host: Person) -> None:
    mine, theirs = f"{host.pk}:{uuid4()}", f"{producer.pk}:{uuid4()}"
    async with connect(who(host)) as tom, connect(who(producer)) as mia:
        await joined(tom, document_id)
        await joined(mia, document_id)
        await change_right(document_id, host, "read", "suggest")
        assert await right_of(tom, document_id) == "suggest"
        refused = await sent(tom, document_id, [{"insert": "x"}], 1)
        assert (refused.response["reason"], refused.status) == ("forbidden", "error")
        forged = [{"insert": "x", "attributes": {"inserted": theirs}}]
        assert (await sent(tom, document_id, forged, 1)).response["reason"] == "forbidden"
        assert (await sent(tom, document_id, [{"delete": 1}], 1)).response["reason"] == "forbidden"
        suggested = [
            {"insert": "Oh ", "attributes": {"inserted": mine}},
            {"retain": 5, "attributes": {"deleted": mine}},
        ]
        assert (await sent(tom, document_id, suggested, 1)).response == {"version": 2}
        # Mia accepts what was inserted; Tom, who has not heard of it, takes it away: it is hers by now.
        accepted = [{"retain": 3, "attributes": {"inserted": None}}]
        assert (await sent(mia, document_id, accepted, 2)).response == {"version": 3}
        assert (await sent(tom, document_id, [{"delete": 3}], 2)).response["reason"] == "forbidden"
        # What he had suggested to delete stays his to take back.
        withdrawn = [{"retain": 3}, {"retain": 5, "attributes": {"deleted": None}}]
        assert (await sent(tom, document_id, withdrawn, 3)).response == {"version": 4}
        commented = [{"retain": 3, "attributes": {"comment": str(uuid4())}}]
        assert (await sent(tom, document_id, commented, 4)).response == {"version": 5}
        assert plain((await joined(mia, document_id))["contents"]) == "Oh hello\n"


async def test_a_late_suggestion_is_judged_by_the_text_that_is_there(
    document_id: int, producer: Person, host: Person
) -> None:
    mine, theirs = f"{host.pk}:{uuid4()}", f"{producer.pk}:{uuid4()}"
    async with connect(who(host)) as tom, connect(who(producer)) as mia:
        await joined(tom, document_id)
        await joined(mia, document_id)
        await change_right(document_id, host, "read", "suggest")
        assert await right_of(tom, document_id) == "suggest"
        struck = [{"retain": 4, "attributes": {"deleted": theirs}}]
        assert (await sent(mia, document_id, struck, 1)).response == {"version": 2}
        # Both suggest to delete: the first one's mark stays, the other's goes where there is none.
        both = [{"retain": 5, "attributes": {"deleted": mine}}]
        assert (await sent(tom, document_id, both, 1)).response == {"version": 3}
        contents = (await joined(mia, document_id))["contents"]
        assert [op.get("attributes") for op in contents] == [{"deleted": theirs}, {"deleted": mine}, None]
        # Seen before he speaks, her mark is not his to take over.
        assert (await sent(tom, document_id, both, 3)).response["reason"] == "forbidden"
