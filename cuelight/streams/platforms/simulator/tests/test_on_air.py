"""The simulated audience sees what the studio's screens show: real sessions, real commands."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product
from cuelight.live.db import run_db
from cuelight.live.kind import Command
from cuelight.live.transactional import submit_in
from cuelight.sessions import actions
from cuelight.sessions.command_types import Delete, FlashPrice, Jump, OverrideItem, SetStatus
from cuelight.sessions.models import LineupItem
from cuelight.streams.platforms.simulator.clock import Clock
from cuelight.streams.platforms.simulator.moments import OnAir
from cuelight.streams.platforms.simulator.on_air import Lookout


def session_of(studio: Studio, made: list[Product], slug: str) -> int:
    session_id = actions.create_session(studio.pk, name=slug, slug=slug)
    with transaction.atomic():
        numbers = [(number, product.pk) for number, product in zip((1, 5, 10), made, strict=True)]
        actions.add_products(session_id, studio.pk, numbers, actor_id=None)
    return session_id


def do(session_id: int, *commands: Command) -> None:
    for command in commands:
        with transaction.atomic():
            submit_in(connection, f"session:{session_id}", command, actor_id=None)


@pytest.fixture
def made(transactional_db: None, products: Callable[..., list[Product]]) -> list[Product]:
    """At 10, 20 and 30 dollars."""
    return products(3, stock=4, sku="PV-1")


@pytest.fixture
def session_id(studio: Studio, made: list[Product]) -> int:
    return session_of(studio, made, "spring")


class Time:
    """A clock that a test moves on; its wall is the real one, moved as far."""

    def __init__(self) -> None:
        self.second = 0.0
        self.clock = Clock(seconds=lambda: self.second, now=lambda: Clock().now() + timedelta(seconds=self.second))


async def look(studio: Studio) -> OnAir | None:
    """A first look."""
    return await Lookout(studio.pk)()


async def test_nothing_is_on_air_before_the_show_and_after_it(studio: Studio, session_id: int) -> None:
    assert await look(studio) is None
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    assert await look(studio) is not None
    await run_db(do, session_id, SetStatus("complete"))
    assert await look(studio) is None


async def test_it_sees_number_name_price_and_the_whole_lineup(
    studio: Studio, session_id: int, made: list[Product]
) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(5))
    seen = await look(studio)
    assert seen is not None
    item = await run_db(LineupItem.objects.get, session_id=session_id, position=5)
    assert (seen.item_id, seen.number, seen.name, seen.price_cents, seen.sale_cents) == (
        item.pk,
        5,
        "Product 2",
        2000,
        None,
    )
    assert (seen.product_id, seen.sku, seen.currency) == (made[1].pk, "PV-1", "USD")
    assert seen.lineup == ((1, "Product 1"), (5, "Product 2"), (10, "Product 3"))
    assert 0 <= seen.since_s < 60


async def test_a_rehearsal_has_an_audience_and_a_live_show_comes_before_it(
    studio: Studio, session_id: int, made: list[Product]
) -> None:
    other_id = await run_db(session_of, studio, made, "autumn")
    await run_db(do, other_id, SetStatus("rehearsal"), Jump(10))
    seen = await look(studio)
    assert seen is not None
    assert seen.number == 10
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    seen = await look(studio)
    assert seen is not None
    assert seen.number == 1


async def test_a_flash_price_is_seen_while_it_lasts(studio: Studio, session_id: int) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(5))
    await run_db(do, session_id, FlashPrice(id="f1", by="person:1", seconds=60, price_cents=1500))
    time = Time()
    lookout = Lookout(studio.pk, time.clock)
    seen = await lookout()
    assert seen is not None
    assert (seen.charged_cents, seen.is_reduced) == (1500, True)
    time.second = 61
    seen = await lookout()
    assert seen is not None
    assert seen.charged_cents == 2000


async def test_it_looks_once_a_second_at_most(studio: Studio, session_id: int) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    time = Time()
    lookout = Lookout(studio.pk, time.clock)
    first = await lookout()
    await run_db(do, session_id, Jump(10))
    time.second = 0.9
    assert await lookout() is first
    time.second = 1.0
    seen = await lookout()
    assert seen is not None
    assert seen.number == 10


async def test_a_changed_line_is_seen_at_once(studio: Studio, session_id: int) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    time = Time()
    lookout = Lookout(studio.pk, time.clock)
    first = await lookout()
    assert first is not None
    await run_db(do, session_id, OverrideItem(first.item_id, {"name": "Last one"}))
    time.second = 2
    seen = await lookout()
    assert seen is not None
    assert (seen.name, seen.lineup[0]) == ("Last one", (1, "Last one"))


async def test_a_changed_product_is_seen_within_seconds(studio: Studio, session_id: int, made: list[Product]) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    time = Time()
    lookout = Lookout(studio.pk, time.clock)
    await lookout()
    await run_db(Product.objects.filter(pk=made[0].pk).update, original_price_cents=700)
    time.second = 16
    seen = await lookout()
    assert seen is not None
    assert seen.price_cents == 700


async def test_a_deleted_show_and_anothers_are_not_seen(studio: Studio, session_id: int, made: list[Product]) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    elsewhere = await run_db(lambda: Studio.objects.create(name="Elsewhere", slug="elsewhere"))
    assert await look(elsewhere) is None
    await run_db(do, session_id, SetStatus("complete"), Delete())
    assert await look(studio) is None


async def test_times_are_the_shows_own(studio: Studio, session_id: int) -> None:
    await run_db(do, session_id, SetStatus("live"), Jump(1))
    time = Time()
    time.second = 30
    seen = await Lookout(studio.pk, time.clock)()
    assert seen is not None
    assert 30 <= seen.since_s < 60
