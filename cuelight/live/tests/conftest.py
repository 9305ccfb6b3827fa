"""The hub's tests run on uvloop, as the server does: its transports differ from asyncio's in what they raise."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
import uvloop

from cuelight.live.tests.rooms import Room


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(autouse=True)
def empty_rooms() -> Iterator[None]:
    yield
    Room.banned.clear()
    Room.log.clear()
    Room.gates.clear()
