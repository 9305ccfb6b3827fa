"""In a server process: flash prices end by themselves, to the second, whoever looks and after whatever restart.

The sessions that this process holds are looked at all the time. Those that nobody has open stand in the database with
the moment when something of theirs is due; shortly before it they are read, so that they are held by then. Each process
does so: the second to say that a price is over changes nothing. Screens have stopped showing it on their own.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import structlog

from cuelight.errors import CuelightError, Gone, NotFound
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.live.undo import CLOCK
from cuelight.sessions import flash, queries
from cuelight.sessions.command_types import FlashOver

log = structlog.get_logger(__name__)

#: Seconds between two looks at what is held, and at the database.
LOOK_EVERY_S, SWEEP_EVERY_S = 0.25, 10.0
#: What is due within this time is held.
AHEAD = timedelta(seconds=20)


async def watch() -> None:
    """Runs until it is cancelled."""
    loop = asyncio.get_running_loop()
    sweep_at = loop.time()
    while True:
        if loop.time() >= sweep_at:
            sweep_at = loop.time() + SWEEP_EVERY_S
            await _safely(hold_what_is_due())
        for aggregate in due(datetime.now(UTC)):
            await _safely(end_in(aggregate))
        await asyncio.sleep(LOOK_EVERY_S)


def due(now: datetime) -> list[Aggregate]:
    """The sessions held here in which a flash price or an offer is over."""
    found = []
    for aggregate in process.journal.loaded("session"):
        live = aggregate.state.live
        if (live.flashes or live.offer) and aggregate.over is None:
            moment = flash.due_at(aggregate.state)
            if moment is not None and moment <= now:
                found.append(aggregate)
    return found


async def end_in(aggregate: Aggregate) -> None:
    """Says that what is over is over."""
    await process.journal.submit(aggregate.id, FlashOver(), actor_id=None, source=CLOCK)


async def hold_what_is_due() -> None:
    """Reads the sessions in which something is over soon; the ones of before a restart among them."""
    for session_id in await run_db(queries.sessions_with_flashes, before=datetime.now(UTC) + AHEAD):
        try:
            await process.journal.aggregate(f"session:{session_id}")
        except (Gone, NotFound):
            continue


async def _safely(work: Awaitable[None]) -> None:
    try:
        await work
    except CuelightError as error:
        log.info("a flash price could not be ended; trying again", error=str(error))
    except Exception:
        # The database is away: the next look finds the same.
        log.warning("flash prices could not be looked after; trying again", exc_info=True)
