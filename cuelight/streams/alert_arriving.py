"""Events that become alerts, beside the way in and never in it: `heed` only puts them into a queue of their studio, and
one worker for each studio that has any takes up what waits, in one transaction."""

import asyncio
from collections import deque
from collections.abc import Sequence

import structlog
from django.db import InterfaceError, OperationalError

from cuelight.live import tasks
from cuelight.live.db import run_db
from cuelight.streams import alert_actions
from cuelight.streams.alert_state import KINDS
from cuelight.streams.store import Stored

log = structlog.get_logger(__name__)

#: Events of one transaction, and events that wait; a crowd of follows fills the queue many times over.
BATCH, MOST_WAITING = 200, 2_000
#: Seconds between two tries while the database is away.
AGAIN_S = 1.0

_waiting: dict[int, deque[Stored]] = {}
_running: set[asyncio.Task[None]] = set()


async def heed(studio_id: int, stored: Sequence[Stored]) -> None:
    """What the way in calls when events of a studio are stored. Returns at once."""
    some = [one for one in stored if one.incoming.event.kind in KINDS]
    if not some:
        return
    waiting = _waiting.get(studio_id)
    if waiting is not None:
        waiting.extend(some)
        return
    _waiting[studio_id] = deque(some, maxlen=MOST_WAITING)
    task = asyncio.create_task(_attend(studio_id))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def stop() -> None:
    """What waits is not lost: whoever starts next finds it (`alert_actions.catch_up`)."""
    await tasks.end(list(_running))
    _waiting.clear()


async def _attend(studio_id: int) -> None:
    waiting = _waiting[studio_id]
    try:
        while waiting:
            batch = [waiting.popleft() for _ in range(min(BATCH, len(waiting)))]
            await _take_up(studio_id, batch)
    finally:
        if _waiting.get(studio_id) is waiting:
            del _waiting[studio_id]


async def _take_up(studio_id: int, batch: Sequence[Stored]) -> None:
    while True:
        try:
            await run_db(alert_actions.from_store, studio_id, batch)
        except (OperationalError, InterfaceError) as error:
            log.warning("alerts wait: the database is away", studio=studio_id, error=str(error))
            await asyncio.sleep(AGAIN_S)
        except Exception:
            log.exception("events could not become alerts", studio=studio_id, events=len(batch))
            return
        else:
            return
