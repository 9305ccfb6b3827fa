"""In a server process: a dock that has fallen silent is forgotten within a second, and the lamp says so."""

import asyncio

import structlog

from cuelight.live.db import run_db
from cuelight.streams import encoder

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0


async def watch() -> None:
    """Runs until it is cancelled. Each process does so: the second finds nothing."""
    while True:
        try:
            await run_db(encoder.expire)
        except Exception:
            # The database is away: the next look finds the same.
            log.warning("docks that fell silent could not be looked after; trying again", exc_info=True)
        await asyncio.sleep(LOOK_EVERY_S)
