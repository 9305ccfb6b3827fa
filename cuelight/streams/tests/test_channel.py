"""The topics of the dashboard in real frames: what joins bring, who may what, and that studios never mix."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.live import process
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.sessions import actions as sessions
from cuelight.sessions.command_types import SetStatus
from cuelight.streams import moderation, running
from cuelight.streams.models import Moderated, PlatformAccount
from cuelight.streams.platforms.contract import NeedsYou, Removal
from cuelight.streams.tests.puppet import NOBODY_IN, Puppet, message, puppet
from cuelight.streams.tests.puppet import connect as connect_account

pytestmark = pytest.mark.django_db(transaction=True)

UNBAN = {"platform": "puppet", "user_id": "troll"}


@pytest.fixture
def platform() -> Iterator[Puppet]:
    with puppet() as made:
        yield made


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events]


async def test_the_chat_brings_the_newest_and_then_what_comes(
    live: None, studio: Studio, producer: Person, platform: Puppet
) -> None:
    topic = f"chat:{studio.pk}"
    await running.ingest.put(studio.pk, [message("1", "one"), message("2", "two")])
    async with connect(who(producer)) as socket:
        reply = await socket.join(topic)
        assert texts(reply.response["events"]) == ["one", "two"]
        assert reply.response["can"] == {"send": True, "moderate": True, "questions": True}
        [stored] = await running.ingest.put(studio.pk, [message("3", "three")])
        told = await socket.receive(topic, "events")
        assert [(event["id"], event["text"]) for event in told["events"]] == [(stored.id, "three")]
        assert "raw" not in told["events"][0]
        older = await socket.push(topic, "older", {"before_id": stored.id})
        assert texts(older.response["events"]) == ["one", "two"]


async def test_a_message_of_ours_is_sent_stored_and_its_echo_falls_out(
    live: None, studio: Studio, producer: Person, platform: Puppet
) -> None:
    await run_db(connect_account, studio.pk)
    topic = f"chat:{studio.pk}"
    async with connect(who(producer)) as socket:
        await socket.join(topic)
        reply = await socket.push(topic, "send", {"text": " hello "})
        assert reply.response["sent"] == [{"platform": "puppet", "ok": True, "sentence": ""}]
        assert platform.done == [("send", ("hello", None))]
        told = await socket.receive(topic, "events")
        assert await running.ingest.put(studio.pk, [message(told["events"][0]["platform_id"], "hello")]) == []
        answered = await socket.push(topic, "send", {"text": "yes", "reply_to": told["events"][0]["id"]})
        assert answered.response["sent"][0]["ok"]
        assert platform.done[1] == ("send", ("yes", told["events"][0]["platform_id"]))


async def test_what_a_platform_refuses_is_said_beside_it_and_keeps_nobody_else(
    live: None, studio: Studio, producer: Person, platform: Puppet
) -> None:
    with puppet("second") as second:
        for key in ("puppet", "second"):
            await run_db(connect_account, studio.pk, key)
        platform.refuses = "Slow mode: wait 5 seconds."
        async with connect(who(producer)) as socket:
            await socket.join(f"chat:{studio.pk}")
            reply = await socket.push(f"chat:{studio.pk}", "send", {"text": "hi"})
            assert reply.response["sent"] == [
                {"platform": "puppet", "ok": False, "sentence": "Slow mode: wait 5 seconds."},
                {"platform": "second", "ok": True, "sentence": ""},
            ]
            only = await socket.push(f"chat:{studio.pk}", "send", {"text": "hi", "platforms": ["second"]})
            assert [one["platform"] for one in only.response["sent"]] == ["second"]
            long = await socket.push(f"chat:{studio.pk}", "send", {"text": "x" * 501, "platforms": ["second"]})
            assert long.response["sent"][0]["sentence"] == "Second takes 500 characters at most; these are 501."
        assert len(second.done) == 2


async def test_sending_nowhere_or_nothing_is_refused_in_words(live: None, studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as socket:
        await socket.join(f"chat:{studio.pk}")
        for payload in ({"text": "hi"}, {"text": "  "}, {"text": 5}, {"text": "x", "platforms": "twitch"}):
            reply = await socket.push(f"chat:{studio.pk}", "send", payload)
            assert reply.status == "error"
            assert reply.response["message"]


async def test_a_hidden_message_vanishes_everywhere_and_can_be_brought_back(
    live: None, studio: Studio, producer: Person, host: Person, platform: Puppet
) -> None:
    await run_db(connect_account, studio.pk)
    topic = f"chat:{studio.pk}"
    [stored] = await running.ingest.put(studio.pk, [message("1", "spam")])
    async with connect(who(producer)) as socket, connect(who(host)) as other:
        await socket.join(topic)
        await other.join(topic)
        reply = await socket.push(topic, "hide", {"id": stored.id})
        assert reply.response == {"sentence": ""}
        assert await other.receive(topic, "removed") == {"ids": [stored.id], "why": "hide"}
        assert platform.done == [("delete", "1")]
        async with connect(who(host)) as late:
            assert (await late.join(topic)).response["events"] == []
        await socket.push(topic, "restore", {"id": stored.id})
        restored = await other.receive(topic, "restored")
        assert texts(restored["events"]) == ["spam"]
    assert await run_db(lambda: list(Moderated.objects.order_by("id").values_list("action", "by_id"))) == [
        ("hide", producer.pk),
        ("restore", producer.pk),
    ]


async def test_a_question_goes_with_its_message(live: None, studio: Studio, producer: Person, platform: Puppet) -> None:
    chat, questions = f"chat:{studio.pk}", f"questions:{studio.pk}"
    [stored] = await running.ingest.put(studio.pk, [message("1", "is this one waterproof?")])
    async with connect(who(producer)) as socket:
        await socket.join(chat)
        await socket.join(questions)
        marked = (await socket.push(questions, "mark", {"event_id": stored.id})).response["id"]
        await socket.push(chat, "hide", {"id": stored.id})
        while True:
            told = await socket.receive(questions, "question_changed")
            if told["state"] == "dismissed":
                break
        assert told["id"] == marked


async def test_whoever_is_shut_out_takes_all_their_messages_along(
    live: None, studio: Studio, producer: Person, platform: Puppet
) -> None:
    await run_db(connect_account, studio.pk)
    topic = f"chat:{studio.pk}"
    stored = await running.ingest.put(
        studio.pk, [message("1", user_id="troll"), message("2", user_id="nia"), message("3", user_id="troll")]
    )
    async with connect(who(producer)) as socket:
        await socket.join(topic)
        await socket.push(topic, "time_out", {"id": stored[2].id, "seconds": 600})
        assert (await socket.receive(topic, "removed"))["ids"] == [stored[0].id, stored[2].id]
        await socket.push(topic, "ban", {"id": stored[0].id})
        assert platform.done == [("time_out", ("troll", 600)), ("ban", "troll")]
        # The platform's own report of it is no second entry.
        await run_db(moderated_there, studio.pk, Removal("ban", user_id="troll"))
        await socket.push(topic, "unban", {"platform": "puppet", "user_id": "troll"})
        assert platform.done[-1] == ("unban", "troll")
    assert await run_db(lambda: list(Moderated.objects.order_by("id").values_list("action", flat=True))) == [
        "timeout",
        "ban",
        "unban",
    ]


def moderated_there(studio_id: int, removal: Removal) -> None:
    moderation.heard(studio_id, "puppet", removal)


@pytest.mark.parametrize(
    ("removal", "gone"),
    [
        (Removal("deleted", platform_ids=("2", "unknown")), ["2"]),
        (Removal("timeout", user_id="troll"), ["1", "3"]),
        (Removal("clear", everything=True), ["1", "2", "3"]),
        (Removal("deleted"), []),
    ],
)
async def test_what_the_platform_removes_vanishes_here(
    live: None, studio: Studio, host: Person, platform: Puppet, removal: Removal, gone: list[str]
) -> None:
    topic = f"chat:{studio.pk}"
    events = [message("1", user_id="troll"), message("2", user_id="nia"), message("3", user_id="troll")]
    stored = {one.incoming.event.platform_id: one.id for one in await running.ingest.put(studio.pk, events)}
    async with connect(who(host)) as socket:
        await socket.join(topic)
        await run_db(moderated_there, studio.pk, removal)
        if gone:
            assert (await socket.receive(topic, "removed"))["ids"] == [stored[one] for one in gone]
        left = (await socket.push(topic, "older", {"before_id": 2**62})).response["events"]
        assert [event["platform_id"] for event in left] == [one for one in ("1", "2", "3") if one not in gone]


async def test_what_cannot_be_done_at_the_platform_is_done_here_and_said(
    live: None, studio: Studio, producer: Person, platform: Puppet
) -> None:
    topic = f"chat:{studio.pk}"
    stored = await running.ingest.put(studio.pk, [message("1"), message("2")])
    async with connect(who(producer)) as socket:
        await socket.join(topic)
        reply = await socket.push(topic, "hide", {"id": stored[0].id})
        assert reply.response["sentence"] == "Done here only: Puppet is not connected."
        await run_db(connect_account, studio.pk)
        platform.refuses = "You are no moderator there."
        reply = await socket.push(topic, "hide", {"id": stored[1].id})
        assert reply.response["sentence"] == "Done here, but not at Puppet: You are no moderator there."
        gone = await socket.push(topic, "hide", {"id": 10**9})
        assert (gone.status, gone.response["reason"]) == ("error", "not_found")


@pytest.mark.parametrize(
    ("event", "payload"),
    [("send", {"text": "hi"}), ("hide", {}), ("time_out", {"seconds": 60}), ("ban", {}), ("unban", UNBAN)],
)
async def test_a_platform_that_wants_a_person_says_so_on_every_screen(
    live: None, studio: Studio, producer: Person, host: Person, platform: Puppet, event: str, payload: dict[str, Any]
) -> None:
    await run_db(connect_account, studio.pk)
    [stored] = await running.ingest.put(studio.pk, [message("1")])
    chat, stream = f"chat:{studio.pk}", f"stream:{studio.pk}"
    if event not in ("send", "unban"):
        payload = {"id": stored.id, **payload}
    async with connect(who(producer)) as socket, connect(who(host)) as other:
        await socket.join(chat)
        await other.join(stream)
        await connected(other, stream)
        # A right that is missing is no reason to read no longer.
        platform.wants = NeedsYou("scope_missing", "Cuelight may not ban.")
        assert "may not ban" in str((await socket.push(chat, event, payload)).response)
        assert await run_db(state_of_account, studio.pk) == ("connected", "")
        platform.wants = NOBODY_IN
        assert "Sign in again." in str((await socket.push(chat, event, payload)).response)
        while (feed := await other.receive(stream, "feed_changed"))["status"] != "needs_you":
            pass
        assert feed["sentence"] == "Sign in again."
    assert await run_db(state_of_account, studio.pk) == ("needs_you", "Sign in again.")


def state_of_account(studio_id: int) -> tuple[str, str]:
    account = PlatformAccount.objects.get(studio_id=studio_id)
    return account.state, account.sentence


async def test_the_stream_topic_says_how_everything_is(
    live: None, studio: Studio, producer: Person, platform: Puppet
) -> None:
    await run_db(connect_account, studio.pk)
    topic = f"stream:{studio.pk}"
    async with connect(who(producer)) as socket:
        reply = (await socket.join(topic)).response
        assert [feed["platform"] for feed in reply["feeds"]] == ["puppet"]
        assert reply["air"]["lamp"] == "off_air"
        assert reply["stream"] is None
        await connected(socket, topic)
        outlet = platform.outlets[0]
        await outlet.live(True)
        assert (await changed(socket, topic, "is_live"))["is_live"] is True
        await outlet.viewers(120)
        assert (await socket.receive(topic, "viewers"))["by"] == {"puppet": 120}
        stream = (await socket.receive(topic, "stream_changed"))["stream"]
        assert stream["platforms"] == ["puppet"]
        assert stream["rehearsal"] is False
        await socket.until(lambda: any(air["lamp"] == "disagrees" for air in socket.unseen(topic, "air_changed")))
        again = (await socket.join(topic)).response
        assert again["viewers"][-1]["total"] == 120
        assert again["stream"]["id"] == stream["id"]


async def test_the_lamp_follows_the_session(live: None, studio: Studio, producer: Person) -> None:
    topic = f"stream:{studio.pk}"
    session_id = await run_db(lambda: sessions.create_session(studio.pk, name="Spring"))
    async with connect(who(producer)) as socket:
        await socket.join(topic)
        for status, lamp in (("rehearsal", "rehearsal"), ("draft", "off_air")):
            await process.journal.submit(f"session:{session_id}", SetStatus(status), actor_id=producer.pk)
            while (await socket.receive(topic, "air_changed"))["lamp"] != lamp:
                pass


async def connected(socket: Client, topic: str) -> None:
    while (await socket.receive(topic, "feed_changed"))["status"] != "connected":
        pass


async def changed(socket: Client, topic: str, name: str) -> dict[str, Any]:
    while True:
        feed: dict[str, Any] = await socket.receive(topic, "feed_changed")
        if feed[name] is not None:
            return feed


@pytest.mark.parametrize("topic", ["chat", "stream"])
async def test_only_who_may_watch_joins(
    live: None, studio: Studio, cataloger: Person, stranger: Person, topic: str
) -> None:
    for person in (cataloger, stranger):
        async with connect(who(person)) as socket:
            reply = await socket.join(f"{topic}:{studio.pk}")
            assert (reply.status, reply.response["reason"]) == ("error", "not_found")


async def test_a_host_reads_but_neither_writes_nor_hides(
    live: None, studio: Studio, host: Person, platform: Puppet
) -> None:
    [stored] = await running.ingest.put(studio.pk, [message("1")])
    topic = f"chat:{studio.pk}"
    async with connect(who(host)) as socket:
        reply = await socket.join(topic)
        assert reply.response["can"] == {"send": False, "moderate": False, "questions": False}
        for push, payload in (
            ("send", {"text": "hi"}),
            ("hide", {"id": stored.id}),
            ("restore", {"id": stored.id}),
            ("time_out", {"id": stored.id, "seconds": 60}),
            ("ban", {"id": stored.id}),
            ("unban", {"platform": "puppet", "user_id": "u1"}),
        ):
            refused = await socket.push(topic, push, payload)
            assert (refused.status, refused.response["reason"]) == ("error", "forbidden"), push
    assert platform.done == []


async def test_nothing_of_one_studio_reaches_another(
    live: None, studio: Studio, producer: Person, stranger: Person, platform: Puppet
) -> None:
    theirs = await run_db(lambda: Studio.objects.get(slug="elsewhere"))
    [stored] = await running.ingest.put(studio.pk, [message("1", "ours")])
    await run_db(connect_account, studio.pk)
    async with connect(who(stranger)) as socket:
        topic = f"chat:{theirs.pk}"
        await socket.join(topic)
        await socket.join(f"stream:{theirs.pk}")
        for push in ("hide", "restore", "ban"):
            refused = await socket.push(topic, push, {"id": stored.id})
            assert (refused.status, refused.response["reason"]) == ("error", "not_found")
        await running.ingest.put(studio.pk, [message("2", "ours")])
        await socket.push(topic, "older", {"before_id": 2**62})
        assert socket.unseen(topic, "events") == []
        sent = await socket.push(topic, "send", {"text": "hi", "platforms": ["puppet"]})
        assert sent.status == "error"
    assert platform.done == []
    assert await run_db(lambda: PlatformAccount.objects.filter(studio=theirs, platform="puppet").count()) == 0


async def test_frames_of_a_flood_are_cut_and_keep_their_order(live: None, studio: Studio, host: Person) -> None:
    topic = f"chat:{studio.pk}"
    async with connect(who(host)) as socket:
        await socket.join(topic)
        await running.ingest.put(studio.pk, [message(str(n), platform="x") for n in range(450)])
        seen: list[str] = []
        while len(seen) < 450:
            frame = await socket.receive(topic, "events")
            assert len(orjson.dumps(frame)) < 100_000
            seen += [event["platform_id"] for event in frame["events"]]
    assert seen == [str(n) for n in range(450)]
