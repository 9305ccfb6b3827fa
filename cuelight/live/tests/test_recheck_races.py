"""Rights that change while they are being asked for: of two answers the older may come last."""

import asyncio
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest

from cuelight.live.channel import Channel
from cuelight.live.node import Node
from cuelight.live.payload import Payload
from cuelight.live.testing import Client, Person, connect, running
from cuelight.live.tests.desk import eventually


class Stage(Channel):
    """Topic ``stage:{name}``: everybody may join; what they hear goes by the role that is looked up."""

    topic = "stage:{name}"
    role: ClassVar[str] = "producer"
    asked: ClassVar[list[str]] = []
    answered: ClassVar[list[str]] = []
    gates: ClassVar[list[asyncio.Event]] = []

    async def authorise(self) -> None:
        found = Stage.role
        Stage.asked.append(found)
        if Stage.gates:
            await Stage.gates.pop().wait()
        Stage.answered.append(found)
        self.audience = found

    async def join(self, payload: Payload) -> Payload:
        return {"role": self.audience}


@pytest.fixture(autouse=True)
def a_producer_at_first() -> None:
    Stage.role = "producer"
    for memory in (Stage.asked, Stage.answered, Stage.gates):
        memory.clear()


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    async with running([Stage]) as started:
        yield started


def slow_answer() -> asyncio.Event:
    """The next question is answered with what is true now, once this is set."""
    gate = asyncio.Event()
    Stage.gates.append(gate)
    return gate


async def heard_as(socket: Client, node: Node) -> list[str]:
    """Which of the two roles' broadcasts reach the socket."""
    node.hub.broadcast("stage:1", "told", {"to": "producer"}, audience="producer")
    node.hub.broadcast("stage:1", "told", {"to": "host"}, audience="host")
    first = await socket.receive("stage:1", "told")
    return [told["to"] for told in (first, *socket.unseen("stage:1", "told"))]


async def test_a_join_whose_rights_change_meanwhile_goes_by_the_new_ones(node: Node) -> None:
    answer = slow_answer()
    async with connect(Person(), node) as socket:
        joining = asyncio.create_task(socket.join("stage:1"))
        await eventually(lambda: Stage.asked == ["producer"])
        Stage.role = "host"
        node.recheck("person:1")
        await eventually(lambda: "host" in Stage.answered)
        answer.set()
        assert (await joining).response == {"role": "host"}
        assert await heard_as(socket, node) == ["host"]


async def test_of_two_rechecks_the_newer_one_counts_whichever_ends_last(node: Node) -> None:
    async with connect(Person(), node) as socket:
        await socket.join("stage:1")
        answer = slow_answer()
        node.recheck("person:1")
        await eventually(lambda: not Stage.gates)
        answered_before = Stage.answered.count("producer")
        Stage.role = "host"
        node.recheck("person:1")
        await eventually(lambda: "host" in Stage.answered)
        answer.set()
        await eventually(lambda: Stage.answered.count("producer") > answered_before)
        assert await heard_as(socket, node) == ["host"]


async def test_a_recheck_asks_once(node: Node) -> None:
    async with connect(Person(), node) as socket:
        await socket.join("stage:1")
        Stage.asked.clear()
        node.recheck("person:1")
        await eventually(lambda: Stage.answered == ["producer"] * 2)
        await heard_as(socket, node)
    assert Stage.asked == ["producer"]
