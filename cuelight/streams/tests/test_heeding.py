"""What becomes of the chat: questions and wishes, of the session that runs and of nobody else's."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cuelight.accounts.models import Studio
from cuelight.catalog.actions import edit_product
from cuelight.catalog.models import Brand, Product
from cuelight.live.db import run_db
from cuelight.live.testing import recorded
from cuelight.live.transactional import submit_in
from cuelight.sessions import actions as sessions
from cuelight.sessions.command_types import Jump
from cuelight.sessions.models import LineupItem, Session
from cuelight.streams import heeding, question_queries, running
from cuelight.streams.events import Event, User
from cuelight.streams.heeding import take_up
from cuelight.streams.models import Event as EventRow
from cuelight.streams.models import Question, Wanted
from cuelight.streams.question_queries import NOTHING
from cuelight.streams.store import Incoming, Stored

NAMES = ("Herringbone Chain", "Sunburst Hoops", "Moissanite Ring")
_ids = itertools.count(1)


def make_show(studio: Studio) -> Session:
    """A live session: numbers 1, 5 and 10; number 1 is on air."""
    brand = Brand.objects.create(studio=studio, name="House", slug=f"house-{studio.pk}")
    products = [
        Product.objects.create(
            studio=studio, brand=brand, name=name, display_number=number, original_price_cents=1000
        ).pk
        for number, name in enumerate(NAMES, start=1)
    ]
    session_id = sessions.create_session(studio.pk, name="Spring Sparkle", slug=f"spring-{studio.pk}")
    with transaction.atomic():
        sessions.add_products(session_id, studio.pk, list(zip((1, 5, 10), products, strict=True)), actor_id=None)
    Session.objects.filter(pk=session_id).update(status=Session.Status.LIVE)
    return Session.objects.get(pk=session_id)


@pytest.fixture
def show(transactional_db: None, studio: Studio) -> Session:
    return make_show(studio)


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    heeding.counts = heeding.Counts()
    yield
    heeding.counts = heeding.Counts()


def said(text: str, by: str = "", **fields: Any) -> Event:
    """A message of the chat; of somebody else each, unless they are named."""
    number = next(_ids)
    roles = fields.pop("roles", ())
    user = User(id=by or f"u{number}", name=by or f"Viewer {number}", color="#ff0000", roles=roles)
    at = fields.pop("at", datetime.now(UTC))
    return Event(
        platform=fields.pop("platform", "twitch"),
        platform_id=f"m{number}",
        kind=fields.pop("kind", "chat"),
        at=at,
        user=user,
        text=text,
        **fields,
    )


def stored(studio_id: int, *events: Event) -> list[Stored]:
    """As the way in hands them on."""
    now = datetime.now(UTC)
    return [Stored(next(_ids), Incoming(studio_id, event, now), b"{}") for event in events]


def items(show: Session) -> dict[int, int]:
    """Number → item id."""
    return dict(LineupItem.objects.filter(session=show).values_list("position", "id"))


def take(show: Session, *texts: str) -> None:
    take_up(show.studio_id, stored(show.studio_id, *map(said, texts)), NOTHING, False)


def test_the_same_question_is_one_that_was_asked_more_often(show: Session) -> None:
    take(show, "how much is it??", "love it", "How much is this")
    take(show, "how much?")
    question = Question.objects.get()
    assert (question.text, question.asked, question.state) == ("how much is it??", 3, "open")
    assert (question.session_id, question.item_id) == (show.pk, items(show)[1])
    assert (question.platform, question.user_color) == ("twitch", "#ff0000")


def test_who_says_it_three_times_in_a_second_has_asked_once(show: Session) -> None:
    events = [said("how much?", "mia"), said("how much??", "mia"), said("how much", "tom")]
    take_up(show.studio_id, stored(show.studio_id, *events), NOTHING, False)
    assert Question.objects.get().asked == 2


def test_a_question_is_about_the_line_that_it_names(show: Session) -> None:
    take(show, "is 5 real gold?", "does the moissanite ring tarnish", "is it heavy?")
    found = dict(Question.objects.values_list("text", "item_id"))
    by_number = items(show)
    assert found == {
        "is 5 real gold?": by_number[5],
        "does the moissanite ring tarnish": by_number[10],
        "is it heavy?": by_number[1],
    }
    assert set(Question.objects.values_list("product_id", flat=True)) == set(
        LineupItem.objects.filter(session=show).values_list("product_id", flat=True)
    )


def test_a_line_is_asked_for_by_what_it_comes_in_and_by_its_codes(show: Session) -> None:
    by_number = items(show)
    ring = LineupItem.objects.get(pk=by_number[10]).product_id
    variants = [{"title": "Garnet / 7", "sku": "MR-7-GAR"}, {"title": "Gold / 8", "sku": "MR-8-GLD"}]
    Product.objects.filter(pk=ring).update(sku="MR-1001", variants=variants)
    take(show, "the garnet please", "MR-8-GLD", "mr-1001 pls", "the gold please", "size 7 please")
    assert list(Wanted.objects.values_list("item_id", flat=True)) == [by_number[10]] * 3


def test_the_same_words_about_another_product_are_another_question(show: Session) -> None:
    take(show, "how much is it?", "do you ship to canada?")
    with transaction.atomic():
        submit_in(connection, f"session:{show.pk}", Jump(5), actor_id=None)
    take(show, "how much is it?", "do you ship to canada??")
    assert sorted(Question.objects.values_list("text", "asked")) == [
        ("do you ship to canada?", 2),
        ("how much is it?", 1),
        ("how much is it?", 1),
    ]


def test_what_was_answered_is_asked_anew(show: Session) -> None:
    take(show, "how much?")
    Question.objects.update(state=Question.State.DONE)
    take(show, "how much?")
    assert sorted(Question.objects.values_list("state", "asked")) == [("done", 1), ("open", 1)]


def test_who_asks_for_a_line_is_counted(show: Session) -> None:
    take(show, "5 pls", "sold 5!", "the herringbone chain please", "5 people here", "99 pls")
    by_number = items(show)
    assert question_queries.wanted_counts(show.pk) == {
        by_number[1]: {"total": 1, "recent": 1},
        by_number[5]: {"total": 2, "recent": 2},
    }
    row = Wanted.objects.filter(item_id=by_number[5]).first()
    assert row is not None
    assert row.product_id == LineupItem.objects.get(session=show, position=5).product_id


def test_a_wish_of_three_minutes_ago_is_not_recent(show: Session) -> None:
    event = said("5 pls", at=datetime.now(UTC) - timedelta(minutes=3))
    take_up(show.studio_id, stored(show.studio_id, event), NOTHING, False)
    assert question_queries.wanted_counts(show.pk) == {items(show)[5]: {"total": 1, "recent": 0}}


def test_a_message_that_comes_twice_counts_once(show: Session) -> None:
    batch = stored(show.studio_id, said("5 pls"))
    take_up(show.studio_id, batch, NOTHING, False)
    take_up(show.studio_id, batch, NOTHING, False)
    assert Wanted.objects.count() == 1


def test_without_a_session_questions_are_the_studios_and_nothing_is_asked_for(show: Session) -> None:
    Session.objects.update(status=Session.Status.COMPLETE)
    take(show, "how much?", "5 pls")
    take(show, "how much?")
    question = Question.objects.get()
    assert (question.session_id, question.item_id, question.asked) == (None, None, 2)
    assert not Wanted.objects.exists()


def test_a_rehearsal_is_heeded_too(show: Session) -> None:
    Session.objects.update(status=Session.Status.REHEARSAL)
    take(show, "5 pls", "how much?")
    assert Wanted.objects.count() == 1
    assert Question.objects.get().session_id == show.pk


def test_one_who_really_asks_makes_a_question_real(show: Session) -> None:
    batch = stored(show.studio_id, said("how much?", rehearsal=True), said("5 pls", rehearsal=True))
    take_up(show.studio_id, batch, NOTHING, False)
    assert Question.objects.get().rehearsal
    assert Wanted.objects.get().rehearsal
    take(show, "how much?")
    assert not Question.objects.get().rehearsal


def test_a_platforms_own_question_needs_no_mark(show: Session) -> None:
    event = said("the weight of it", kind="question")
    take_up(show.studio_id, stored(show.studio_id, event), NOTHING, False)
    assert Question.objects.get().text == "the weight of it"


def test_a_flood_of_questions_is_cut_and_counted(show: Session) -> None:
    flood = [said(f"is it as good as brand{number}?") for number in range(100)]
    batch = stored(show.studio_id, *flood, said("is it as good as brand0?"), said("5 pls"))
    *_, cut = take_up(show.studio_id, batch, NOTHING, False)
    assert Question.objects.count() == heeding.MOST_QUESTIONS
    assert cut == 100 - heeding.MOST_QUESTIONS + 1
    # What is one of them already still counts, and so do wishes.
    assert Question.objects.get(text="is it as good as brand0?").asked == 2
    assert Wanted.objects.count() == 1


def test_a_batch_costs_the_same_however_many_messages(show: Session) -> None:
    def queries(messages: int) -> int:
        batch = stored(show.studio_id, *(said("5 pls how much is it?") for _ in range(messages)))
        with CaptureQueriesContext(connection) as captured:
            take_up(show.studio_id, batch, NOTHING, False)
        return len(captured)

    assert queries(1) == queries(300)


def test_a_lineup_is_read_once(show: Session) -> None:
    air = question_queries.air(show.studio_id)
    again = question_queries.air(show.studio_id, air)
    assert again.matcher is air.matcher
    with transaction.atomic():
        sessions.add_products(show.pk, show.studio_id, [(7, product_of(show, 5))], actor_id=None)
    assert len(question_queries.air(show.studio_id, air).matcher.wanted("7 and 5 pls")) == 2


def test_two_studios_never_mix(show: Session) -> None:
    other = make_show(Studio.objects.create(name="Elsewhere", slug="elsewhere"))
    take(show, "5 pls", "how much?", "do you ship to canada")
    take(other, "how much?", "10 pls", "the herringbone")
    ours, theirs = items(show), items(other)
    assert set(question_queries.wanted_counts(show.pk)) == {ours[5]}
    assert set(question_queries.wanted_counts(other.pk)) == {theirs[10], theirs[1]}
    for each, of in ((show, ours), (other, theirs)):
        rows = question_queries.open_questions(each.studio_id)
        assert {row["session_id"] for row in rows} == {each.pk}
        assert {row["item_id"] for row in rows} <= set(of.values())
        assert all(row["asked"] == 1 for row in rows)


async def test_chat_that_comes_in_is_heeded(live: None, show: Session) -> None:
    with recorded() as broadcasts:
        await running.ingest.put(
            show.studio_id,
            [said("how much?"), said("5 pls"), said("how much??", roles=("own",)), said("thanks", kind="follow")],
        )
        await until(lambda: any(event == "wanted" for _, event, _ in broadcasts))
    by_number = await run_db(items, show)
    [asked] = [payload for topic, event, payload in broadcasts if event == "question_changed"]
    [wanted] = [(topic, payload) for topic, event, payload in broadcasts if event == "wanted"]
    assert (asked["text"], asked["asked"], asked["number"], asked["product"]) == ("how much?", 1, 1, NAMES[0])
    assert wanted == (f"wanted:{show.pk}", {"wanted": {str(by_number[5]): {"total": 1, "recent": 1}}})
    assert heeding.counts.heard == 2


async def test_screens_are_told_once_and_then_not_for_a_while(
    live: None, show: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heeding, "EVERY_S", 60.0)
    with recorded() as broadcasts:
        await running.ingest.put(show.studio_id, [said("5 pls")])
        await until(lambda: any(event == "wanted" for _, event, _ in broadcasts))
        for _ in range(5):
            await running.ingest.put(show.studio_id, [said("5 pls")])
        await until(lambda: heeding.counts.heard == 6)
        assert await run_db(Wanted.objects.count) == 1
        assert len(heeding._studios[show.studio_id].waiting) == 5
    assert [event for _, event, _ in broadcasts].count("wanted") == 1


async def test_what_waited_is_told_together(live: None, show: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heeding, "EVERY_S", 0.1)
    for _ in range(6):
        await running.ingest.put(show.studio_id, [said("5 pls"), said("how much?")])
    await until_db(lambda: Wanted.objects.count() == 6 and Question.objects.get().asked == 6)


async def test_counts_fade_when_nobody_asks_any_more(
    live: None, show: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heeding, "EVERY_S", 0.05)
    monkeypatch.setattr(heeding, "FADING_S", 0.1)
    monkeypatch.setattr(question_queries, "RECENT", timedelta(seconds=0.3))
    with recorded() as broadcasts:
        await running.ingest.put(show.studio_id, [said("5 pls")])
        item = str((await run_db(items, show))[5])

        def told() -> list[Any]:
            return [payload["wanted"][item] for _, event, payload in broadcasts if event == "wanted"]

        await until(lambda: {"total": 1, "recent": 0} in told())
        await until(lambda: not heeding._studios)
    assert told()[0] == {"total": 1, "recent": 1}


async def test_a_product_that_is_called_otherwise_is_asked_for_by_its_new_name(
    live: None, show: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heeding, "EVERY_S", 0.05)
    await running.ingest.put(show.studio_id, [said("the herringbone pls")])
    await until_db(lambda: Wanted.objects.count() == 1)
    product_id = await run_db(product_of, show, 1)
    names = {"name": "Figaro Chain"}
    await run_db(lambda: edit_product(show.studio_id, product_id, names, expected={"name": NAMES[0]}, by=None))
    await until(lambda: heeding._studios[show.studio_id].turn == 1)
    await running.ingest.put(show.studio_id, [said("the figaro pls")])
    await until_db(lambda: Wanted.objects.count() == 2)


async def test_more_than_can_wait_is_counted(live: None, show: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heeding, "MOST_WAITING", 3)
    await running.ingest.put(show.studio_id, [said(f"{number} pls") for number in (1, 5, 10, 1, 5)])
    await until_db(lambda: Wanted.objects.count() == 3)
    assert heeding.counts.lost == 2
    assert await run_db(EventRow.objects.filter(studio_id=show.studio_id).count) == 5


async def test_nothing_is_lost_while_the_database_is_away(
    live: None, show: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heeding, "AGAIN_S", 0.05)
    tries: list[int] = []

    def away_at_first(*args: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("the database is away")
        return take_up(*args)

    monkeypatch.setattr(heeding, "take_up", away_at_first)
    await running.ingest.put(show.studio_id, [said("5 pls")])
    await until_db(lambda: Wanted.objects.count() == 1)
    assert heeding.counts.failed == 0


def product_of(show: Session, number: int) -> int:
    return LineupItem.objects.get(session=show, position=number).product_id


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def until_db(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not await run_db(condition):
            await asyncio.sleep(0.02)
