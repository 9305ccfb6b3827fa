"""With no account anywhere a studio is alive: the simulated audience, from the first dashboard on."""

import asyncio
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.streams import accounts, queries, running
from cuelight.streams.events import Amount
from cuelight.streams.events import Event as Incoming
from cuelight.streams.models import Event, OrderLine, PlatformAccount, Stream

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_first_dashboard_has_an_audience(
    settings: Settings, live: None, studio: Studio, producer: Person
) -> None:
    settings.SIMULATOR = True
    stream, chat = f"stream:{studio.pk}", f"chat:{studio.pk}"
    async with connect(who(producer)) as socket:
        await socket.join(chat)
        joined = (await socket.join(stream)).response
        assert [(feed["platform"], feed["rehearsal"]) for feed in joined["feeds"]] == [("simulator", True)]
        told = await socket.receive(chat, "events", timeout_s=30)
        assert all(event["rehearsal"] and event["platform"] == "simulator" for event in told["events"])
        while (await socket.receive(stream, "stream_changed"))["stream"] is None:
            pass
    assert await run_db(lambda: list(Stream.objects.values_list("rehearsal", flat=True))) == [True]
    assert not await run_db(lambda: Event.objects.filter(rehearsal=False).exists())


async def test_where_it_is_off_nobody_comes(live: None, studio: Studio, producer: Person) -> None:
    async with connect(who(producer)) as socket:
        assert (await socket.join(f"stream:{studio.pk}")).response["feeds"] == []
    assert not await run_db(PlatformAccount.objects.exists)


def test_one_that_was_switched_off_does_not_come_back_by_itself(settings: Settings, studio: Studio) -> None:
    settings.SIMULATOR = True
    accounts.ensure_simulator(studio.pk)
    accounts.switch(studio.pk, "simulator", on=False)
    accounts.ensure_simulator(studio.pk)
    [feed] = queries.feeds(studio.pk)
    assert (feed["status"], feed["sentence"]) == ("off", "Switched off.")


async def test_what_it_says_is_never_counted_as_on_air(
    settings: Settings, live: None, studio: Studio, producer: Person
) -> None:
    settings.SIMULATOR = True
    topic = f"stream:{studio.pk}"
    async with connect(who(producer)) as socket:
        await socket.join(topic)
        async with asyncio.timeout(20):
            while not (await run_db(queries.feeds, studio.pk))[0]["is_live"]:
                await asyncio.sleep(0.05)
        assert (await run_db(queries.air, studio.pk))["lamp"] == "off_air"


async def test_an_order_that_comes_in_is_counted_as_one(live: None, studio: Studio) -> None:
    order = Incoming(
        platform="kick", platform_id="o1", kind="order", at=datetime.now(UTC), count=2,
        amount=Amount(value=5_998, currency="USD"), detail={"order_id": "77", "line": 1, "item": "Gold Hoops"},
    )  # fmt: skip
    await running.ingest.put(studio.pk, [order])
    await running.ingest.put(studio.pk, [order])

    def lines() -> list[tuple[object, ...]]:
        return list(OrderLine.objects.values_list("source", "order_id", "quantity", "amount_cents", "rehearsal"))

    async with asyncio.timeout(10):
        while await run_db(lines) != [("kick", "77", 2, 5_998, False)]:
            await asyncio.sleep(0.05)
