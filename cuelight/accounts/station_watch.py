"""In a server process: a studio device whose page is open is in use, however long nobody touches it."""

import asyncio

import structlog

from cuelight.accounts import stations
from cuelight.accounts.identity import PersonIdentity
from cuelight.live import process
from cuelight.live.db import run_db

log = structlog.get_logger(__name__)

EVERY_S = 120


async def watch() -> None:
    """Runs until it is cancelled."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await note_the_connected()
        except Exception:
            # The database is away: four hours leave time for the next turns.
            log.warning("the studio devices that are open could not be noted", exc_info=True)


async def note_the_connected() -> None:
    """Writes down which stations have a socket open in this process."""
    everybody = (connection.identity for connection in process.hub.connections())
    open_ = {(who.person_id, who.via) for who in everybody if isinstance(who, PersonIdentity) and who.kind == "station"}
    if open_:
        await run_db(stations.connected, open_)
