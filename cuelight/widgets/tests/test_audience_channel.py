"""``audience:{studio_id}`` in real frames: what overlays are told, when, and that it is nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from cuelight.accounts import tokens
from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.accounts.tokens import TokenIdentity
from cuelight.catalog.models import Product
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.streams import broadcasts, moderation, question_actions, running
from cuelight.streams.events import Amount, Event, Kind, User
from cuelight.streams.models import Feed, PlatformAccount, Question, Stream
from cuelight.streams.tests.shows import a_session
from cuelight.widgets import actions, queries

pytestmark = pytest.mark.django_db(transaction=True)

#: Everything that is told, and nothing besides.
PARTS = {"rehearsal", "viewers", "followers", "latest", "goals", "supporters", "question", "clock", "server_time"}


def access_of(person: Person, studio: Studio) -> Access:
    return Access(studio.pk, frozenset({"producer"}), person.pk)


def overlay_token(person: Person, studio: Studio) -> TokenIdentity:
    made = actions.create_overlay("Main", 1920, 1080, access=access_of(person, studio))
    found = tokens.by_secret(queries.secret_of(made))
    assert found is not None
    return found


def connected(studio_id: int, platform: str = "twitch", **feed: Any) -> None:
    PlatformAccount.objects.create(studio_id=studio_id, platform=platform, channel_id="1")
    Feed.objects.create(studio_id=studio_id, platform=platform, status="connected", **feed)


def set_to(widget: str, person: Person, studio: Studio, **settings: Any) -> None:
    actions.save_settings(widget, settings, access=access_of(person, studio))


def event(kind: Kind, name: str = "Ana", *, rehearsal: bool = False, cents: int = 0, **more: Any) -> Event:
    return Event(
        platform="simulator" if rehearsal else "twitch",
        platform_id=uuid4().hex,
        kind=kind,
        at=datetime.now(UTC),
        user=User(id=name.lower(), name=name, login="secret_login"),
        amount=Amount(value=cents, currency="USD") if cents else None,
        rehearsal=rehearsal,
        **more,
    )


async def joined(socket: Client, studio: Studio) -> dict[str, Any]:
    reply = await socket.join(f"audience:{studio.pk}")
    assert reply.status == "ok", reply.response
    return reply.response


async def test_an_overlay_hears_what_happens_and_no_private_word(live: None, studio: Studio, producer: Person) -> None:
    token = await run_db(overlay_token, producer, studio)
    await run_db(lambda: connected(studio.pk, viewers=12, followers=1_840))
    topic = f"audience:{studio.pk}"
    async with connect(token) as page:
        first = await joined(page, studio)
        assert set(first) == PARTS
        assert first["viewers"] == {"total": 12, "by": {"twitch": 12}}
        assert first["followers"] == {"total": 1_840, "by": {"twitch": 1_840}}
        assert (first["latest"], first["supporters"], first["rehearsal"]) == ([], [], False)
        assert (first["question"], first["clock"]) == (None, None)
        assert first["goals"]["goal"] == {
            "title": "Follower goal",
            "counts": "followers",
            "value": 1_840,
            "target": 2_500,
            "currency": "",
        }
        await running.ingest.put(studio.pk, [event("donation", cents=500, text="Hi"), event("chat", text="quiet")])
        [told] = (await page.receive(topic, "latest"))["events"]
        assert set(told) == {"id", "platform", "kind", "at", "user", "text", "amount"}
        assert told["user"] == {"name": "Ana"}
        assert "secret_login" not in str(first) + str(told)
    async with connect(token) as page:
        assert [one["id"] for one in (await joined(page, studio))["latest"]] == [told["id"]]


async def test_a_goal_and_the_supporters_follow_what_is_given_and_what_is_taken_away(
    live: None, studio: Studio, producer: Person
) -> None:
    topic = f"audience:{studio.pk}"
    await run_db(lambda: connected(studio.pk))
    began = datetime.now(UTC) - timedelta(minutes=5)
    await run_db(lambda: Stream.objects.create(studio_id=studio.pk, started_at=began))
    await run_db(lambda: set_to("goal", producer, studio, counts="donations", title="New lamp", target=50, start=10))
    async with connect(who(producer)) as page:
        goal = (await joined(page, studio))["goals"]["goal"]
        assert (goal["title"], goal["value"], goal["target"], goal["currency"]) == ("New lamp", 1_000, 5_000, "USD")
        [stored] = await running.ingest.put(studio.pk, [event("donation", cents=2_000)])
        assert (await page.receive(topic, "goals"))["goals"]["goal"]["value"] == 3_000
        rows = (await page.receive(topic, "supporters"))["supporters"]
        assert rows == [{"name": "Ana", "platform": "twitch", "value": 2_000, "currency": "USD"}]
        # Hidden by a moderator: it is nowhere any more, and counts no more.
        await run_db(lambda: moderation.hide(studio.pk, stored.id, by=None))
        assert (await page.receive(topic, "removed"))["ids"] == [stored.id]
        assert (await page.receive(topic, "goals"))["goals"]["goal"]["value"] == 1_000
        assert (await page.receive(topic, "supporters"))["supporters"] == []
        await run_db(lambda: moderation.restore(studio.pk, stored.id, by=None))
        assert (await page.receive(topic, "goals"))["goals"]["goal"]["value"] == 3_000
        # Another goal: counted anew at once.
        await run_db(lambda: set_to("goal", producer, studio, counts="follows", target=5))
        goal = (await page.receive(topic, "goals"))["goals"]["goal"]
        assert (goal["counts"], goal["value"], goal["target"], goal["currency"]) == ("follows", 0, 5, "")


async def test_what_is_rehearsed_is_shown_until_something_real_is_live(
    settings: Settings, live: None, studio: Studio, producer: Person
) -> None:
    settings.SIMULATOR = True
    topic = f"audience:{studio.pk}"
    await run_db(lambda: connected(studio.pk, "simulator", is_live=True, viewers=900, followers=2_000))
    async with connect(who(producer)) as page:
        first = await joined(page, studio)
        assert first["viewers"] == {"total": 900, "by": {"simulator": 900}}
        await running.ingest.put(studio.pk, [event("follow", rehearsal=True)])
        assert len((await page.receive(topic, "latest"))["events"]) == 1

        def goes_live() -> None:
            connected(studio.pk, "twitch", is_live=True, viewers=12)
            broadcasts.feed_changed(studio.pk, "twitch")

        await run_db(goes_live)
        told = await page.receive(topic, "audience_changed")
        assert set(told) == PARTS - {"server_time"}
        assert (told["viewers"], told["latest"]) == ({"total": 12, "by": {"twitch": 12}}, [])
        await running.ingest.put(studio.pk, [event("follow", "Sim", rehearsal=True), event("follow", "Ben")])
        assert [one["user"]["name"] for one in (await page.receive(topic, "latest"))["events"]] == ["Ben"]


async def test_the_pinned_question_and_the_clock_of_the_show_are_public(
    live: None, studio: Studio, producer: Person, products: Callable[..., list[Product]]
) -> None:
    topic = f"audience:{studio.pk}"
    await run_db(lambda: connected(studio.pk, is_live=True))
    await run_db(lambda: set_to("timer", producer, studio, mode="product"))
    made = await run_db(lambda: products(2))

    def asks(session_id: int) -> int:
        now = datetime.now(UTC)
        asked = Question.objects.create(
            studio_id=studio.pk, session_id=session_id, product_id=made[0].pk, platform="twitch", event_id=1,
            user_name="Ana", text="Is it gold?", key="gold", asked=2, first_at=now, last_at=now,
        )  # fmt: skip
        return asked.pk

    session_id = (await run_db(a_session, studio.pk, made)).pk
    question_id = await run_db(asks, session_id)
    state = f"session:{session_id}:state"
    async with connect(who(producer)) as mia, connect(await run_db(overlay_token, producer, studio)) as page:
        await joined(page, studio)
        assert (await mia.join(state)).status == "ok"
        await mia.push(state, "set_status", {"status": "live"})
        clock = (await page.receive(topic, "clock"))["clock"]
        assert set(clock) == {"since", "until", "paused_at", "warn_seconds", "danger_seconds"}
        whole = datetime.fromisoformat(clock["until"]) - datetime.fromisoformat(clock["since"])
        # Half of the three hours each.
        assert whole == timedelta(minutes=90)
        await mia.push(state, "pause_clock", {})
        assert (await page.receive(topic, "clock"))["clock"]["paused_at"] is not None
        await mia.push(state, "resume_clock", {})
        assert (await page.receive(topic, "clock"))["clock"]["paused_at"] is None
        await mia.push(state, "next", {})
        assert (await page.receive(topic, "clock"))["clock"]["since"] != clock["since"]

        await mia.push(state, "pin_question", {"question_id": question_id})
        assert (await page.receive(topic, "question"))["question"] == {
            "platform": "twitch",
            "user_name": "Ana",
            "text": "Is it gold?",
            "asked": 2,
            "number": None,
            "product": "Product 1",
        }
        await run_db(lambda: question_actions.done(studio.pk, question_id, by=None))
        assert (await page.receive(topic, "question"))["question"] is None
        await run_db(lambda: question_actions.reopen(studio.pk, question_id))
        await mia.push(state, "pin_question", {"question_id": question_id})
        assert (await page.receive(topic, "question"))["question"] is not None
        await run_db(lambda: set_to("question", producer, studio, show_pinned=False))
        assert (await page.receive(topic, "question"))["question"] is None

        await run_db(lambda: set_to("timer", producer, studio, mode="show"))
        clock = (await page.receive(topic, "clock"))["clock"]
        whole = datetime.fromisoformat(clock["until"]) - datetime.fromisoformat(clock["since"])
        assert (whole, clock["warn_seconds"]) == (timedelta(minutes=180), None)
        await mia.push(state, "set_status", {"status": "complete"})
        assert (await page.receive(topic, "clock"))["clock"] is None


async def test_a_rehearsal_before_a_real_audience_shows_nothing_of_itself(
    live: None, studio: Studio, producer: Person, products: Callable[..., list[Product]]
) -> None:
    await run_db(lambda: connected(studio.pk, is_live=True))
    await run_db(lambda: set_to("timer", producer, studio, mode="up"))
    made = await run_db(lambda: products(1))
    state = f"session:{(await run_db(a_session, studio.pk, made)).pk}:state"
    async with connect(who(producer)) as mia:
        await mia.join(state)
        assert (await mia.push(state, "set_status", {"status": "rehearsal"})).status == "ok"
        assert (await joined(mia, studio))["clock"] is None
        await mia.leave(f"audience:{studio.pk}")
        await run_db(lambda: Feed.objects.update(is_live=False))
        assert (await joined(mia, studio))["clock"] is not None


async def test_viewers_are_told_once_and_only_when_they_change(live: None, studio: Studio, producer: Person) -> None:
    topic = f"audience:{studio.pk}"
    await run_db(lambda: connected(studio.pk, viewers=12))

    def watched(viewers: int) -> None:
        Feed.objects.update(viewers=viewers)
        broadcasts.feed_changed(studio.pk, "twitch")

    async with connect(who(producer)) as page:
        await joined(page, studio)
        await run_db(watched, 12)
        await run_db(watched, 13)
        assert (await page.receive(topic, "viewers"))["viewers"]["total"] == 13
        await run_db(watched, 14)
        assert (await page.receive(topic, "viewers"))["viewers"]["total"] == 14
        assert page.unseen(topic, "viewers") == []


async def test_who_has_nothing_to_do_with_it_joins_nothing(
    live: None, studio: Studio, producer: Person, stranger: Person, cataloger: Person
) -> None:
    for outsider in (stranger, cataloger):
        async with connect(who(outsider)) as socket:
            reply = await socket.join(f"audience:{studio.pk}")
            assert (reply.status, reply.response["reason"]) == ("error", "not_found")
    token = await run_db(overlay_token, producer, studio)
    elsewhere = await run_db(Studio.objects.get, slug="elsewhere")
    async with connect(token) as page:
        assert (await page.join(f"audience:{elsewhere.pk}")).status == "error"


async def test_what_another_studio_is_given_is_not_told_here(
    live: None, studio: Studio, producer: Person, stranger: Person
) -> None:
    topic = f"audience:{studio.pk}"
    elsewhere = await run_db(Studio.objects.get, slug="elsewhere")
    async with connect(who(producer)) as page, connect(who(stranger)) as other:
        await joined(page, studio)
        await joined(other, elsewhere)
        await running.ingest.put(elsewhere.pk, [event("follow", "Eve")])
        assert len((await other.receive(f"audience:{elsewhere.pk}", "latest"))["events"]) == 1
        await running.ingest.put(studio.pk, [event("follow", "Ben")])
        assert [one["user"]["name"] for one in (await page.receive(topic, "latest"))["events"]] == ["Ben"]
