"""Whatever happens in two studios at once, nothing of one gets into the other: rows, topics, tokens."""

import asyncio
from itertools import count
from typing import NamedTuple

import orjson
import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cuelight.accounts import actions as accounts
from cuelight.accounts.identity import AnyIdentity, read_token
from cuelight.accounts.models import Person, Studio
from cuelight.live import db
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.live.wire import Encoded
from cuelight.sessions import actions as sessions
from cuelight.streams import moderation, queries, running
from cuelight.streams.ingest import Ingest
from cuelight.streams.platforms.contract import Removal
from cuelight.streams.tests.puppet import message

pytestmark = pytest.mark.django_db(transaction=True)

NUMBERS = count(1_000, 2)


class Came(NamedTuple):
    """An event of the first or the second studio. Few ids, so that many are the same in both."""

    second: bool
    platform: str
    platform_id: str
    user_id: str


CAME = st.builds(
    Came,
    st.booleans(),
    st.sampled_from(["twitch", "kick"]),
    st.sampled_from("abcdef"),
    st.sampled_from(["nia", "troll"]),
)
REMOVED = st.tuples(st.booleans(), st.sampled_from(["nia", "troll", ""]), st.sampled_from("abcdef"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CAME, max_size=40), st.lists(REMOVED, max_size=4), st.integers(1, 8))
def test_rows_and_topics(came: list[Came], removed: list[tuple[bool, str, str]], at_once: int) -> None:
    first = next(NUMBERS)
    asyncio.run(try_it(first, first + 1, came, removed, at_once))


async def try_it(first: int, second: int, came: list[Came], removed: list[tuple[bool, str, str]], at_once: int) -> None:
    told: dict[str, list[tuple[str, str]]] = {}

    def spread(topic: str, event: str, payload: Encoded) -> None:
        events = orjson.loads(payload.json)["events"]
        told.setdefault(topic, []).extend((one["platform"], one["platform_id"]) for one in events)

    ingest = Ingest(db.asyncpg_arguments(), spread=spread)
    await ingest.start()
    try:
        for start in range(0, len(came), at_once):
            await asyncio.gather(
                *(
                    ingest.put(
                        second if one.second else first,
                        [message(one.platform_id, platform=one.platform, user_id=one.user_id)],
                    )
                    for one in came[start : start + at_once]
                )
            )
    finally:
        await ingest.stop()
    expected: dict[int, dict[tuple[str, str], str]] = {first: {}, second: {}}
    for one in came:
        expected[second if one.second else first].setdefault((one.platform, one.platform_id), one.user_id)
    for studio_id, events in expected.items():
        assert sorted(told.get(f"chat:{studio_id}", [])) == sorted(events)
        rows = await run_db(shown, studio_id)
        assert sorted(rows) == sorted(events)
    assert set(told) <= {f"chat:{first}", f"chat:{second}"}
    hidden: dict[int, set[tuple[str, str]]] = {first: set(), second: set()}
    for in_second, user_id, platform_id in removed:
        studio_id = second if in_second else first
        removal = Removal("ban", user_id=user_id) if user_id else Removal("deleted", platform_ids=(platform_id,))
        await run_db(hide, studio_id, removal)
        hidden[studio_id] |= {
            key
            for key, wrote in expected[studio_id].items()
            if key[0] == "twitch" and (wrote == user_id if user_id else key[1] == platform_id)
        }
    for studio_id, events in expected.items():
        assert sorted(await run_db(shown, studio_id)) == sorted(set(events) - hidden[studio_id])


def hide(studio_id: int, removal: Removal) -> None:
    # A studio that is no row: what is written down of a removal refers to one, which is not the point here.
    moderation._hide(studio_id, "twitch", removal, timezone.now())


def shown(studio_id: int) -> list[tuple[str, str]]:
    bodies = [orjson.loads(body) for body in queries.recent_talk(studio_id, limit=1_000)]
    return [(body["platform"], body["platform_id"]) for body in bodies]


def holder(studio_id: int, scope: str, session_id: int | None = None) -> AnyIdentity:
    """Whoever has a new token of the studio."""
    token_id, _ = accounts.create_token(studio_id, name=scope, scopes=[scope], by=None, session_id=session_id)
    found = read_token(token_id)
    assert found is not None
    return found


@pytest.mark.parametrize("topic", ["chat", "stream", "questions"])
async def test_a_token_is_good_for_its_own_studio_only(live: None, studio: Studio, topic: str) -> None:
    other = await run_db(lambda: Studio.objects.create(name="Rival", slug="rival"))
    async with connect(await run_db(holder, studio.pk, "control")) as socket:
        assert (await socket.join(f"{topic}:{studio.pk}")).status == "ok"
        reply = await socket.join(f"{topic}:{other.pk}")
        assert (reply.status, reply.response["reason"]) == ("error", "not_found")


async def test_a_token_for_overlays_reads_the_chat_of_its_studio_and_nothing_of_the_dashboard(
    live: None, studio: Studio, stranger: Person
) -> None:
    other = await run_db(Studio.objects.exclude(pk=studio.pk).get)
    async with connect(await run_db(holder, studio.pk, "overlay")) as socket:
        for topic in (f"stream:{studio.pk}", f"questions:{studio.pk}", f"chat:{other.pk}"):
            assert (await socket.join(topic)).status == "error"
        assert (await socket.join(f"chat:{studio.pk}")).status == "ok"
        await running.ingest.put(other.pk, [message("1")])
        await running.ingest.put(studio.pk, [message("2")])
        told = await socket.receive(f"chat:{studio.pk}", "events")
        assert [event["platform_id"] for event in told["events"]] == ["2"]


async def test_a_token_for_one_session_is_good_for_no_chat(live: None, studio: Studio) -> None:
    session_id = await run_db(lambda: sessions.create_session(studio.pk, name="Spring"))
    async with connect(await run_db(holder, studio.pk, "control", session_id)) as socket:
        for topic in ("chat", "stream", "questions"):
            assert (await socket.join(f"{topic}:{studio.pk}")).status == "error"
