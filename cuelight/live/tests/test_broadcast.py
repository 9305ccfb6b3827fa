"""Broadcasts from synchronous code, and who listens inside the server."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from cuelight.live import listeners
from cuelight.live.broadcast import broadcast, recheck
from cuelight.live.db import run_db
from cuelight.live.listeners import Listening, listens
from cuelight.live.relay_postgres import PostgresCarrier
from cuelight.live.testing import LocalCarrier, Person, connect, recorded, running
from cuelight.live.tests.rooms import ROOMS, Room
from cuelight.live.tests.serving import serve, until


@pytest.fixture
def own_listeners() -> Iterator[None]:
    before = list(listeners._registered)
    listeners._registered.clear()
    yield
    listeners._registered[:] = before


def in_a_transaction(then_fail: bool) -> None:
    with transaction.atomic():
        broadcast("room:1", "told", {"failed": then_fail})
        if then_fail:
            raise LookupError


@pytest.mark.django_db(transaction=True)
async def test_a_broadcast_goes_out_after_the_commit_and_not_after_a_rollback() -> None:
    async with running(ROOMS), connect(Person()) as client:
        await client.join("room:1")
        with pytest.raises(LookupError):
            await run_db(in_a_transaction, True)
        await run_db(in_a_transaction, False)
        assert await client.receive("room:1", "told") == {"failed": False}


@pytest.mark.django_db(transaction=True)
async def test_nobody_hears_of_it_before_the_commit() -> None:
    def look_inside() -> None:
        with transaction.atomic():
            broadcast("room:1", "told", {})
            # The socket has been through a whole exchange since.
            asyncio.run_coroutine_threadsafe(client.push("room:1", "echo"), loop).result(10)
            assert client.unseen("room:1", "told") == []

    loop = asyncio.get_running_loop()
    async with running(ROOMS), connect(Person()) as client:
        await client.join("room:1")
        await run_db(look_inside)
        await client.receive("room:1", "told")


@pytest.mark.django_db(transaction=True)
async def test_a_process_without_a_hub_reaches_the_servers() -> None:
    """A worker: no loop, no hub; the database carries it."""
    async with serve(carrier=PostgresCarrier()) as studio, studio.open("ann") as ann, studio.open("bob") as bob:
        for client in (ann, bob):
            await client.send('["1","1","room:1","phx_join",{}]')
            await client.recv()
        await run_db(in_a_transaction, False)
        assert '"told",{"failed":false}' in str(await asyncio.wait_for(ann.recv(), 10))
        assert '"told"' in str(await asyncio.wait_for(bob.recv(), 10))
        Room.banned.add("ann")
        await run_db(recheck, "person:ann")
        assert '"phx_close"' in str(await asyncio.wait_for(ann.recv(), 10))


@pytest.mark.django_db(transaction=True)
async def test_a_carrier_that_is_away_does_not_break_the_caller() -> None:
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        await run_db(in_a_transaction, False)


def test_recorded_shows_what_would_go_out(django_capture_on_commit_callbacks: Any, db: None) -> None:
    with recorded() as seen, django_capture_on_commit_callbacks(execute=True):
        broadcast("room:1", "told", {"a": 1})
    assert seen == [("room:1", "told", {"a": 1})]


async def test_listeners_hear_in_order_and_only_what_they_asked_for(own_listeners: None) -> None:
    heard: list[Any] = []

    @listens("catalog:{studio_id}", "product_changed")
    async def slow_for_the_first(params: dict[str, str], payload: dict[str, Any]) -> None:
        if payload["number"] == 0:
            await asyncio.sleep(0.02)
        heard.append((params, payload["number"]))

    async with running(ROOMS) as node:
        for number in range(3):
            node.spread("catalog:7", "product_changed", {"number": number})
        node.spread("catalog:7", "product_deleted", {"number": 9})
        node.spread("session:7", "product_changed", {"number": 9})
        await until(lambda: len(heard) == 3)
    assert heard == [({"studio_id": "7"}, number) for number in range(3)]


async def test_a_listener_that_breaks_hears_the_next_one(own_listeners: None) -> None:
    heard: list[int] = []

    @listens("catalog:{studio_id}", "product_changed")
    async def breaks_on_zero(params: dict[str, str], payload: dict[str, Any]) -> None:
        heard.append(1 // payload["number"])

    listening = Listening()
    for number in (0, 1):
        listening.tell("catalog:7", "product_changed", lambda number=number: {"number": number})  # type: ignore[misc]
    await until(lambda: heard == [1])


async def test_listeners_of_other_processes_hear_it_too(own_listeners: None) -> None:
    heard: list[str] = []

    @listens("catalog:{studio_id}", "product_changed")
    async def note(params: dict[str, str], payload: dict[str, Any]) -> None:
        heard.append(params["studio_id"])

    bus: list[LocalCarrier] = []
    async with serve(carrier=LocalCarrier(bus)) as one, serve(carrier=LocalCarrier(bus)) as other:
        await until(lambda: not one.node.relay.alone and not other.node.relay.alone)
        one.node.spread("catalog:7", "product_changed", {})
        await until(lambda: heard == ["7", "7"])


@pytest.mark.django_db(transaction=True)
async def test_a_state_keeps_its_version_between_processes() -> None:
    async with serve(carrier=PostgresCarrier()) as one, serve(carrier=PostgresCarrier()) as other:
        await until(lambda: not one.node.relay.alone)
        async with other.open("bob") as bob:
            await bob.send('["1","1","room:1","phx_join",{}]')
            await bob.recv()
            one.node.spread("room:1", "shown", {"version": 7}, version=7)
            assert '"shown",{"version":7}' in str(await asyncio.wait_for(bob.recv(), 10))


async def test_run_db_gives_the_result_and_the_exception() -> None:
    def divide(number: int, *, by: int) -> float:
        return number / by

    assert await run_db(divide, 6, by=3) == 2
    with pytest.raises(ZeroDivisionError):
        await run_db(divide, 6, by=0)
