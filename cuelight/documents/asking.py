"""Asking for the snapshots that have fallen due, behind the answers' back.

Documents that are written at once fall due at once; each asked for on a thread of its own, those threads would hold up
the loop that answers keys. So what falls due within a moment is asked for in one call.
"""

import asyncio

import structlog

from cuelight.documents import snapshots
from cuelight.live.db import run_db

log = structlog.get_logger(__name__)

#: Seconds in which requests gather.
GATHER_S = 0.25

_due: set[int] = set()
#: The loop itself keeps no task alive.
_asking: "asyncio.Task[None] | None" = None


def note(document_id: int, version: int) -> None:
    """To be called with every version that is durable. What gets lost here a sweep finds (`jobs`)."""
    global _asking
    if version % snapshots.EVERY:
        return
    _due.add(document_id)
    if _asking is None or _asking.done():
        _asking = asyncio.create_task(_ask())


async def asked() -> None:
    """Returns when nothing waits to be asked for."""
    while _asking is not None and not _asking.done():
        await asyncio.wait([_asking])


async def _ask() -> None:
    while _due:
        try:
            await asyncio.sleep(GATHER_S)
        except asyncio.CancelledError:
            _due.clear()  # the process ends; the sweep of another finds them
            raise
        due = sorted(_due)
        _due.clear()
        try:
            await run_db(snapshots.ask_for, due)
        except Exception as error:
            log.warning("snapshots could not be asked for; the sweep will", error=str(error))
