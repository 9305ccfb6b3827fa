"""What becomes of questions: answered, dismissed, opened again, made of a message by hand; and their two topics."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.errors import Conflict, Invalid, NotFound, Refused
from cuelight.live.db import run_db
from cuelight.live.kind import Undo
from cuelight.live.models import JournalEntry
from cuelight.live.testing import Client, connect, recorded
from cuelight.live.transactional import submit_in
from cuelight.sessions import queries as sessions
from cuelight.sessions.actions import create_session
from cuelight.sessions.command_types import Delete, Jump, PinQuestion
from cuelight.sessions.models import Session
from cuelight.streams import heeding, moderation, question_actions, question_queries, running
from cuelight.streams.models import Question, Wanted
from cuelight.streams.question_queries import NOTHING, open_questions
from cuelight.streams.tests.test_heeding import NAMES, items, make_show, said, show, stored, take, until

__all__ = ["show"]


def only() -> Question:
    return Question.objects.get()


def test_open_questions_are_told_the_most_asked_first_and_of_equals_the_oldest(show: Session) -> None:
    take(show, "is it heavy?")
    take(show, "is it waterproof?")
    take(show, "is 5 real gold?")
    take(show, "is 5 real gold?")
    take(show, "is it waterproof?")
    first = Question.objects.get(text="is it heavy?").first_at
    Question.objects.filter(text="is it waterproof?").update(first_at=first + timedelta(minutes=1))
    Question.objects.filter(text="is 5 real gold?").update(first_at=first + timedelta(seconds=59))
    rows = open_questions(show.studio_id)
    assert [(row["text"], row["asked"]) for row in rows] == [
        ("is 5 real gold?", 2),
        ("is it waterproof?", 2),
        ("is it heavy?", 1),
    ]
    assert [(row["number"], row["product"]) for row in rows] == [(5, NAMES[1]), (1, NAMES[0]), (1, NAMES[0])]
    assert rows[0]["session_id"] == show.pk
    assert rows[0]["event_id"] == Question.objects.get(text="is 5 real gold?").event_id
    assert rows[2]["first_at"] == rows[2]["last_at"]


def test_of_too_many_questions_those_asked_last_are_told(show: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_queries, "MOST_LISTED", 2)
    take(show, "is it heavy?")
    take(show, "is it heavy?")
    take(show, "is it waterproof?")
    take(show, "is 5 real gold?")
    now = datetime.now(UTC)
    Question.objects.filter(text="is it heavy?").update(last_at=now - timedelta(minutes=5))
    assert [row["text"] for row in open_questions(show.studio_id)] == ["is it waterproof?", "is 5 real gold?"]


def test_what_was_asked_yesterday_is_not_told(show: Session) -> None:
    take(show, "is it heavy?")
    Question.objects.update(last_at=datetime.now(UTC) - timedelta(hours=25))
    assert open_questions(show.studio_id) == []


def test_a_question_outlives_its_session(show: Session) -> None:
    take(show, "is it heavy?")
    with transaction.atomic():
        submit_in(connection, f"session:{show.pk}", Delete(), actor_id=None)
    [row] = open_questions(show.studio_id)
    assert (row["number"], row["product"]) == (None, NAMES[0])


@pytest.mark.parametrize(
    ("action", "state"), [(question_actions.done, "done"), (question_actions.dismiss, "dismissed")]
)
def test_an_answered_question_is_open_no_more(show: Session, producer: Person, action: Any, state: str) -> None:
    take(show, "is it heavy?")
    with recorded() as broadcasts:
        action(show.studio_id, only().pk, by=producer.pk)
        action(show.studio_id, only().pk, by=producer.pk)
    question = only()
    assert (question.state, question.handled_by_id) == (state, producer.pk)
    assert question.handled_at is not None
    assert open_questions(show.studio_id) == []
    [(topic, event, payload)] = broadcasts
    assert (topic, event, payload["state"]) == (f"questions:{show.studio_id}", "question_changed", state)


def test_a_question_is_opened_again(show: Session, producer: Person) -> None:
    take(show, "is it heavy?")
    question_actions.done(show.studio_id, only().pk, by=producer.pk)
    question_actions.reopen(show.studio_id, only().pk)
    question = only()
    assert (question.state, question.handled_by_id, question.handled_at) == ("open", None, None)


def test_a_question_that_was_asked_again_is_not_opened_twice(show: Session, producer: Person) -> None:
    take(show, "is it heavy?")
    first = only().pk
    question_actions.done(show.studio_id, first, by=producer.pk)
    take(show, "is it heavy?")
    with pytest.raises(Conflict) as refused:
        question_actions.reopen(show.studio_id, first)
    assert refused.value.reason == "asked_again"
    assert sorted(Question.objects.values_list("state", flat=True)) == ["done", "open"]


def test_nobody_handles_another_studios_question(show: Session, stranger: Person) -> None:
    take(show, "is it heavy?")
    other = Studio.objects.get(slug="elsewhere")
    for action in (question_actions.done, question_actions.dismiss):
        with pytest.raises(NotFound):
            action(other.pk, only().pk, by=stranger.pk)
    with pytest.raises(NotFound):
        question_actions.reopen(other.pk, only().pk)
    assert only().state == "open"


def test_a_question_goes_with_the_message_that_was_removed(show: Session) -> None:
    take(show, "is it heavy?", "is it waterproof?")
    heavy = Question.objects.get(text="is it heavy?")
    with recorded() as broadcasts:
        question_actions.withdraw(show.studio_id, [heavy.event_id, heavy.event_id + 1_000])
        question_actions.withdraw(show.studio_id, [heavy.event_id])
        question_actions.withdraw(show.studio_id + 1, list(Question.objects.values_list("event_id", flat=True)))
    assert [(payload["id"], payload["state"]) for _, _, payload in broadcasts] == [(heavy.pk, "dismissed")]
    assert [row["text"] for row in open_questions(show.studio_id)] == ["is it waterproof?"]


def pinned(show: Session, question_id: int | None = None) -> int | None:
    """What the host reads; with a number, after that was put there by the producer."""
    if question_id is not None:
        with transaction.atomic():
            submit_in(connection, f"session:{show.pk}", PinQuestion(question_id), actor_id=None, source="key")
    found: int | None = sessions.state(show.pk).live.question_id
    return found


@pytest.mark.parametrize("action", [question_actions.done, question_actions.dismiss])
def test_what_waits_no_longer_is_on_no_hosts_screen(show: Session, producer: Person, action: Any) -> None:
    take(show, "is it heavy?", "is it waterproof?")
    heavy, waterproof = Question.objects.order_by("text")
    other = second_show(show)
    for one in (show, other):
        assert pinned(one, heavy.pk) == heavy.pk
    action(show.studio_id, waterproof.pk, by=producer.pk)
    assert (pinned(show), pinned(other)) == (heavy.pk, heavy.pk)
    action(show.studio_id, heavy.pk, by=producer.pk)
    assert (pinned(show), pinned(other)) == (None, None)
    last = JournalEntry.objects.filter(aggregate_id=f"session:{show.pk}").latest("version")
    assert (last.event["kind"], last.actor_id, last.source) == ("clear_question", producer.pk, "elsewhere")
    # Open again it waits, and is where nobody has put it.
    question_actions.reopen(show.studio_id, heavy.pk)
    assert pinned(show) is None


def test_ctrl_z_goes_past_a_question_that_was_answered(show: Session, producer: Person) -> None:
    take(show, "is it heavy?")
    console: dict[str, Any] = {"actor_id": producer.pk, "source": "key"}
    with transaction.atomic():
        for command in (Jump(5), PinQuestion(only().pk)):
            submit_in(connection, f"session:{show.pk}", command, **console)
    question_actions.done(show.studio_id, only().pk, by=producer.pk)
    with transaction.atomic():
        submit_in(connection, f"session:{show.pk}", Undo(), **console)
    state = sessions.state(show.pk)
    assert (state.live.question_id, state.live.item_id, only().state) == (None, items(show)[1], "done")
    with transaction.atomic(), pytest.raises(Refused) as refused:
        submit_in(connection, f"session:{show.pk}", Undo(), **console)
    assert refused.value.reason == "nothing_to_undo"


def test_a_question_whose_message_was_removed_is_on_no_hosts_screen(show: Session) -> None:
    take(show, "is it heavy?")
    assert pinned(show, only().pk) is not None
    question_actions.withdraw(show.studio_id, [only().event_id])
    assert pinned(show) is None


def test_an_answer_that_cannot_be_written_leaves_the_screen_as_it_is(
    show: Session, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(show, "is it heavy?")
    pinned(show, only().pk)
    monkeypatch.setattr(question_actions, "_tell", failing)
    with pytest.raises(RuntimeError):
        question_actions.done(show.studio_id, only().pk, by=producer.pk)
    assert (pinned(show), only().state) == (only().pk, "open")


def test_what_a_host_reads_is_listed_however_old_it_is(
    show: Session, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_queries, "MOST_LISTED", 1)
    take(show, "is it heavy?")
    take(show, "is it waterproof?")
    take(show, "is 5 real gold?")
    heavy = Question.objects.get(text="is it heavy?")
    Question.objects.filter(pk=heavy.pk).update(last_at=datetime.now(UTC) - timedelta(hours=25))
    pinned(show, heavy.pk)
    listed = [row["text"] for row in open_questions(show.studio_id)]
    assert sorted(listed) == ["is 5 real gold?", "is it heavy?"]
    # Of another studio, of a show that is over, or answered: it is not.
    assert open_questions(Studio.objects.get(slug="elsewhere").pk) == []
    Session.objects.filter(pk=show.pk).update(status=Session.Status.COMPLETE)
    assert [row["text"] for row in open_questions(show.studio_id)] == ["is 5 real gold?"]
    Session.objects.filter(pk=show.pk).update(status=Session.Status.LIVE)
    Question.objects.filter(pk=heavy.pk).update(state=Question.State.DONE)
    assert [row["text"] for row in open_questions(show.studio_id)] == ["is 5 real gold?"]


def test_what_another_studio_shows_stays(show: Session, producer: Person, stranger: Person) -> None:
    other = make_show(Studio.objects.get(slug="elsewhere"))
    take(show, "is it heavy?")
    pinned(other, only().pk)
    question_actions.done(show.studio_id, only().pk, by=producer.pk)
    assert pinned(other) == only().pk


def failing(*_: Any) -> None:
    raise RuntimeError


def second_show(show: Session) -> Session:
    """Another session of the studio, which nobody has started."""
    return Session.objects.get(pk=create_session(show.studio_id, name="Autumn"))


async def test_the_hosts_screen_is_told_at_once(live: None, show: Session, producer: Person, host: Person) -> None:
    await run_db(take, show, "is it heavy?")
    question_id = (await run_db(only)).pk
    state, questions = f"session:{show.pk}:state", f"questions:{show.studio_id}"
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        for socket in (console, screen):
            await socket.join(state)
        await console.join(questions)
        await console.push(state, "pin_question", {"question_id": question_id})
        assert (await screen.receive(state, "state_changed"))["question_id"] == question_id
        await console.push(questions, "done", {"id": question_id})
        cleared = await screen.receive(state, "state_changed")
        assert (cleared["question_id"], cleared["kind"], cleared["actor_id"]) == (None, "clear_question", producer.pk)
        # This process holds the session in memory: what showed it is forgotten there, too.
        assert (await console.push(state, "undo")).response["reason"] == "nothing_to_undo"


def test_nothing_is_told_of_what_is_taken_back(show: Session) -> None:
    """A batch that cannot be written has told nobody."""
    [one] = stored(show.studio_id, said("5 pls"))
    wish = heeding._wish(one, items(show)[5], question_queries.air(show.studio_id))
    with recorded() as broadcasts, pytest.raises(Exception, match="product_id"):
        question_actions.take_up(show.studio_id, show.pk, [], [wish, wish._replace(event_id=1, product_id=None)])  # type: ignore[arg-type]
    assert broadcasts == []
    assert not Wanted.objects.exists()


async def chat(show: Session, *texts: str, **fields: Any) -> list[int]:
    """Messages that came in and were heeded; their ids."""
    heard = heeding.counts.heard
    put = await running.ingest.put(show.studio_id, [said(text, **fields) for text in texts])
    if fields.get("kind", "chat") == "chat":
        await until(lambda: heeding.counts.heard == heard + len(texts))
        await until(lambda: not any(studio.waiting for studio in heeding._studios.values()))
    return [one.id for one in put]


async def test_what_a_removed_message_asked_for_is_counted_no_longer_until_it_is_back(
    live: None, show: Session, producer: Person
) -> None:
    topic, studio_id = f"wanted:{show.pk}", show.studio_id
    item = str((await run_db(items, show))[5])
    [first, second] = await chat(show, "5 pls", "sold 5", by="troll")
    [kept] = await chat(show, "do you have 5?")
    # What waits no longer may still be on its way into the table.
    async with asyncio.timeout(5):
        while await run_db(Wanted.objects.count) < 3:
            await asyncio.sleep(0.01)
    before = await run_db(lambda: list(Wanted.objects.order_by("event_id").values()))
    assert [row["event_id"] for row in before] == [first, second, kept]
    async with connect(who(producer)) as console:
        assert (await console.join(topic)).response["wanted"][item]["total"] == 3
        await run_db(lambda: moderation.hide(studio_id, first, by=producer.pk))
        assert (await console.receive(topic, "wanted"))["wanted"][item]["total"] == 2
        await run_db(lambda: moderation.restore(studio_id, first, by=producer.pk))
        assert (await console.receive(topic, "wanted"))["wanted"][item]["total"] == 3
        again = await run_db(lambda: Wanted.objects.filter(event_id=first).values().get())
        assert {**again, "id": before[0]["id"]} == before[0]
        await run_db(lambda: moderation.shut_out(studio_id, second, "ban", by=producer.pk))
        assert (await console.receive(topic, "wanted"))["wanted"][item]["total"] == 1
    assert await run_db(lambda: list(Wanted.objects.values_list("event_id", flat=True))) == [kept]


async def test_what_is_ours_counts_nothing_when_it_is_back(live: None, show: Session, producer: Person) -> None:
    studio_id = show.studio_id
    [ours] = [one.id for one in await running.ingest.put(studio_id, [said("5 pls", roles=("own",))])]
    await run_db(lambda: moderation.hide(studio_id, ours, by=producer.pk))
    await run_db(lambda: moderation.restore(studio_id, ours, by=producer.pk))
    assert await run_db(Wanted.objects.count) == 0


def test_another_studios_removal_takes_no_wish_back(show: Session, stranger: Person) -> None:
    take(show, "5 pls")
    question_actions.withdraw(Studio.objects.get(slug="elsewhere").pk, [Wanted.objects.get().event_id])
    assert Wanted.objects.count() == 1


async def test_a_message_becomes_a_question_by_hand(live: None, show: Session) -> None:
    [event_id] = await chat(show, "the moissanite one looks small", rehearsal=True)
    with recorded() as broadcasts:
        made = await run_db(question_actions.mark, show.studio_id, event_id)
        again = await run_db(question_actions.mark, show.studio_id, event_id)
    assert again == made
    question = await run_db(only)
    assert (question.text, question.asked, question.event_id) == ("the moissanite one looks small", 1, event_id)
    assert (question.item_id, question.rehearsal) == ((await run_db(items, show))[10], True)
    assert question.user_name.startswith("Viewer")
    assert len([event for _, event, _ in broadcasts if event == "question_changed"]) == 1


async def test_only_what_was_said_can_be_a_question(live: None, show: Session, stranger: Person) -> None:
    [follow] = await chat(show, "", kind="follow")
    [message] = await chat(show, "the gold one")
    other = await run_db(lambda: Studio.objects.get(slug="elsewhere").pk)
    with pytest.raises(Invalid):
        await run_db(question_actions.mark, show.studio_id, follow)
    for studio_id, event_id in ((other, message), (show.studio_id, message + 1_000)):
        with pytest.raises(NotFound):
            await run_db(question_actions.mark, studio_id, event_id)
    assert await run_db(Question.objects.count) == 0


async def test_screens_have_the_open_questions_and_hear_of_new_ones(
    live: None, show: Session, producer: Person, host: Person
) -> None:
    topic = f"questions:{show.studio_id}"
    await run_db(take, show, "is it heavy?")
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        for socket in (console, screen):
            joined = await socket.join(topic)
            assert [row["text"] for row in joined.response["questions"]] == ["is it heavy?"]
        await running.ingest.put(show.studio_id, [said("is it waterproof"), said("is it heavy??")])
        changed = [await screen.receive(topic, "question_changed") for _ in range(2)]
        assert [(row["text"], row["asked"]) for row in changed] == [("is it heavy?", 2), ("is it waterproof", 1)]


async def test_what_the_console_does_every_screen_hears(
    live: None, show: Session, producer: Person, host: Person
) -> None:
    topic = f"questions:{show.studio_id}"
    [event_id] = await chat(show, "the blue one")
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        await console.join(topic)
        await screen.join(topic)
        made = await console.push(topic, "mark", {"event_id": event_id})
        pushes = [("done", "done"), ("reopen", "open"), ("dismiss", "dismissed"), ("reopen", "open")]
        heard = [(await screen.receive(topic, "question_changed"))["state"]]
        for event, _ in pushes:
            reply = await console.push(topic, event, {"id": made.response["id"]})
            assert (reply.status, reply.response) == ("ok", {})
            heard.append((await screen.receive(topic, "question_changed"))["state"])
        assert heard == ["open", *(state for _, state in pushes)]
        for event in ("done", "dismiss", "reopen"):
            assert await refused(console, topic, event, {"id": made.response["id"] + 1}) == "not_found"
            assert await refused(console, topic, event, {"id": "1"}) == "invalid"
        assert await refused(console, topic, "mark", {"event_id": event_id + 999}) == "not_found"


async def test_a_host_reads_questions_and_handles_none(live: None, show: Session, host: Person) -> None:
    topic = f"questions:{show.studio_id}"
    await run_db(take, show, "is it heavy?")
    async with connect(who(host)) as screen:
        await screen.join(topic)
        for event, payload in (("done", {"id": 1}), ("mark", {"event_id": 1})):
            assert await refused(screen, topic, event, payload) == "forbidden"


async def test_what_is_asked_for_is_told_with_the_join_and_as_it_grows(
    live: None, show: Session, producer: Person
) -> None:
    topic = f"wanted:{show.pk}"
    await run_db(take, show, "5 pls")
    item = str((await run_db(items, show))[5])
    async with connect(who(producer)) as console:
        joined = await console.join(topic)
        assert joined.response == {"wanted": {item: {"total": 1, "recent": 1}}}
        await running.ingest.put(show.studio_id, [said("sold 5")])
        assert await console.receive(topic, "wanted") == {"wanted": {item: {"total": 2, "recent": 2}}}


async def test_strangers_and_catalogers_are_told_nothing(
    live: None, show: Session, stranger: Person, cataloger: Person
) -> None:
    for person in (stranger, cataloger):
        async with connect(who(person)) as socket:
            for topic in (f"questions:{show.studio_id}", f"wanted:{show.pk}", "questions:0", "wanted:999999"):
                reply = await socket.join(topic)
                assert (reply.status, reply.response["reason"]) == ("error", "not_found"), topic


async def test_two_studios_hear_of_their_own_only(
    live: None, show: Session, producer: Person, stranger: Person
) -> None:
    other = await run_db(lambda: make_show(Studio.objects.get(slug="elsewhere")))
    shows = ((show, producer), (other, stranger))
    async with connect(who(producer)) as ours, connect(who(stranger)) as theirs:
        for socket, (each, _) in zip((ours, theirs), shows, strict=True):
            assert (await socket.join(f"questions:{each.studio_id}")).response == {"questions": []}
            assert (await socket.join(f"wanted:{each.pk}")).response == {"wanted": {}}
        await running.ingest.put(show.studio_id, [said("5 pls"), said("how much?")])
        await running.ingest.put(other.studio_id, [said("10 pls"), said("is it heavy?")])
        for socket, each, text, number in ((ours, show, "how much?", 5), (theirs, other, "is it heavy?", 10)):
            changed = await socket.receive(f"questions:{each.studio_id}", "question_changed")
            wanted = await socket.receive(f"wanted:{each.pk}", "wanted")
            assert (changed["text"], changed["session_id"]) == (text, each.pk)
            assert list(wanted["wanted"]) == [str((await run_db(items, each))[number])]
            assert socket.unseen(f"questions:{each.studio_id}", "question_changed") == []


async def refused(socket: Client, topic: str, event: str, payload: dict[str, Any]) -> str:
    reply = await socket.push(topic, event, payload)
    assert reply.status == "error", reply
    return str(reply.response["reason"])


def test_nothing_runs_means_nothing_is_asked_for(studio: Studio) -> None:
    assert question_queries.air(studio.pk) is NOTHING
