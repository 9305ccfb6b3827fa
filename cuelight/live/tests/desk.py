"""A small live aggregate for the journal's own tests: a lighting desk with channels that are set and added to.

Run as a program it is a process that submits commands under load and prints what was acknowledged and what was heard:
``python -m cuelight.live.tests.desk URL NODE DESKS WAITERS COMMANDS``.
"""

import asyncio
import os
import random
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import orjson
from msgspec import Struct, field

from cuelight.errors import CuelightError, Refused
from cuelight.live import patch
from cuelight.live.journal import Journal
from cuelight.live.kind import Command, Entry, Event, Facts, Publication, Row, Statement

FULL = 1_000_000


class Add(Command, frozen=True, tag="add"):
    """Adds to a channel; refused above ``FULL``."""

    channel: str
    amount: int = 1


class Put(Command, frozen=True, tag="put"):
    """Sets a channel; setting what it holds is a no-op."""

    channel: str
    level: int


class Fail(Command, frozen=True, tag="fail"):
    """Accepted by the rules, refused by the database: its projection divides by zero."""


class Desk(Struct, frozen=True):
    channels: dict[str, int] = field(default_factory=dict)
    broken: bool = False
    version: int = 0


class DeskKind:
    """``desk:{id}``: all of its state is in the head."""

    name = "desk"
    format = 1
    queries: Sequence[str] = ()

    def load(self, head: Row, rows: Sequence[Sequence[Row]]) -> Desk:
        return msgspec.json.decode(head["state"], type=Desk)

    def dump(self, state: Desk) -> bytes:
        return msgspec.json.encode(state)

    def decide(self, state: Desk, command: Command, facts: Facts, at: datetime) -> Event | None:
        match command:
            case Add(channel=channel, amount=amount):
                level = state.channels.get(channel, 0) + amount
                if level > FULL:
                    raise Refused("full", "The channel is full")
                values: dict[str, Any] = {f"channels.{channel}": level}
            case Put(channel=channel, level=level):
                values = {f"channels.{channel}": level}
            case Fail():
                values = {"broken": True}
            case _:
                raise Refused("unknown", "A desk does not know this")
        changes = patch.change(state, values)
        return Event(str(command.__struct_config__.tag), changes) if changes else None

    def evolve(self, state: Desk, entry: Entry) -> Desk:
        return msgspec.structs.replace(patch.apply(state, entry.event.changes), version=entry.version)

    def mend(self, before: Desk, event: Event) -> Event:
        return event

    def project(self, before: Desk, after: Desk) -> list[Statement]:
        return [("SELECT 1 / $1::int", (0,))] if after.broken and not before.broken else []

    def publish(self, before: Desk, after: Desk, entry: Entry, facts: Facts) -> Iterator[Publication]:
        yield Publication(f"desk:{entry.version}", entry.event.kind, {"version": entry.version}, entry.version)

    def needs(self, state: Desk) -> frozenset[int]:
        return frozenset()

    def read_facts(self, keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
        return {}


async def no_thread(function: Any, *values: Any) -> Any:
    return function(*values)


def journal(url: str, heard: Any = None, relay: Any = None) -> Journal:
    """A journal that knows desks; ``heard`` gets (aggregate id is not in a publication) each publication."""
    return Journal(url, [DeskKind()], deliver=heard or (lambda _: None), relay=relay, run=no_thread)


async def make_desks(connection: Any, count: int) -> None:
    """Desks 1 to ``count`` at version 0, in a studio."""
    studio = await connection.fetchval(
        "INSERT INTO accounts_studio (name, slug, currency, created_at) VALUES ('S', 's', 'USD', now()) RETURNING id"
    )
    await connection.execute(
        """INSERT INTO live_aggregate (id, kind, studio_id, version, state, format, updated_at)
           SELECT 'desk:' || n, 'desk', $1, 0, '{}', 1, now() FROM generate_series(1, $2::int) n""",
        studio,
        count,
    )


async def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Waits for a condition; TimeoutError when it does not come true."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def hammer(url: str, node: str, desks: int, waiters: int, commands: int) -> None:
    """Submits to random desks; every acknowledged command is a line ``[desk, version, op_id]`` on standard output."""
    chance = random.Random(node)
    desk_journal = journal(url)
    await desk_journal.start()

    async def one() -> None:
        for _ in range(commands):
            # Half of all commands go to one desk: the contended one.
            number = 1 if chance.random() < 0.5 else chance.randint(2, desks)
            op_id = uuid4()
            try:
                outcome = await desk_journal.submit(f"desk:{number}", Add("a"), actor_id=1, op_id=op_id)
            except CuelightError as refusal:
                _print(["refused", refusal.reason])
                await asyncio.sleep(0.01)
            else:
                _print([number, outcome.version, str(op_id)])

    await asyncio.gather(*[one() for _ in range(waiters)])
    await desk_journal.stop()


def _print(line: list[Any]) -> None:
    # One write, no buffer: what a killed process had printed has left it.
    os.write(1, orjson.dumps(line) + b"\n")


def acknowledged(output: bytes) -> list[tuple[int, int, UUID]]:
    """What a hammer printed; a line torn by a kill is not an acknowledgement."""
    lines = [orjson.loads(line) for line in output.split(b"\n")[:-1]]
    return [(desk, version, UUID(op_id)) for desk, version, op_id in (line for line in lines if len(line) == 3)]


if __name__ == "__main__":
    asyncio.run(hammer(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])))
