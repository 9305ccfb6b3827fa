"""In a server process: alerts start and end by themselves, whoever looks and after whatever restart.

Each process does so for the queues that it holds: those whose screens are here. The second to say that something is due
changes nothing. A queue that no process holds has no overlay, and nothing would start.
"""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import structlog

from cuelight.errors import CuelightError
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.streams import alert_actions, alert_queries, alert_words, alerts
from cuelight.streams.alert_command_types import Advance
from cuelight.streams.alert_state import AlertsState

log = structlog.get_logger(__name__)

#: Seconds between two looks at what is held, and for how long it is believed whether a studio is on air.
LOOK_EVERY_S, BELIEVED_S = 0.1, 1.0
#: Not the clock's (`undo.CLOCK`), whose entries end what was done before: where one alert of those that were cleared
#: has been shown again, the others can still be put back.
SOURCE = "automation"

#: By studio: whether rehearsals may show, and the loop's time when that was read.
_rehearsals: dict[int, tuple[bool, float]] = {}
#: How many overlays the crew was told of, by studio.
_overlays: dict[int, int] = {}


async def watch() -> None:
    """Runs until it is cancelled."""
    _rehearsals.clear()
    _overlays.clear()
    # A process that ended may have left something behind: the one before this, or one of the others.
    behind = asyncio.Event()
    behind.set()
    process.relay.on_peer_lost(lambda _: behind.set())
    while True:
        if behind.is_set() and await _safely(run_db(alert_actions.catch_up)):
            behind.clear()
        for aggregate in process.journal.loaded("alerts"):
            if aggregate.over is None:
                _note_overlays(aggregate)
                await _safely(advance(aggregate))
        await asyncio.sleep(LOOK_EVERY_S)


async def advance(aggregate: Aggregate) -> None:
    """Says what has become due in a queue, if anything has."""
    state: AlertsState = aggregate.state
    if state.held_at is not None or (state.showing is None and not state.queue):
        return
    command = Advance(
        overlays=alert_words.overlays(aggregate.studio_id) > 0,
        tests=alert_words.overlays(aggregate.studio_id, tests=True) > 0,
        rehearsals=await _may_rehearse(state),
    )
    facts = process.journal.facts_of(aggregate)
    if alerts.decide(aggregate.state, command, facts, datetime.now(UTC)) is not None:
        await process.journal.submit(aggregate.id, command, actor_id=None, source=SOURCE)


async def _may_rehearse(state: AlertsState) -> bool:
    """Whether what nobody really did may show: never on a live stream. Asked only where there is any."""
    some = [*state.queue.values(), *([state.showing.alert] if state.showing else [])]
    if not any(alert.rehearsal for alert in some):
        return True
    now = asyncio.get_running_loop().time()
    may, read_at = _rehearsals.get(state.studio_id, (True, -BELIEVED_S))
    if now - read_at >= BELIEVED_S:
        may = not await run_db(alert_queries.is_on_air, state.studio_id)
        _rehearsals[state.studio_id] = may, now
    return may


def _note_overlays(aggregate: Aggregate) -> None:
    now = alert_words.overlays(aggregate.studio_id)
    if _overlays.get(aggregate.studio_id, 0) != now:
        _overlays[aggregate.studio_id] = now
        alert_words.tell_overlays(aggregate)


async def _safely(work: Awaitable[Any]) -> bool:
    try:
        await work
    except CuelightError as error:
        log.info("alerts could not be moved on; trying again", error=str(error))
    except Exception:
        # The database is away: the next look finds the same.
        log.warning("alerts could not be looked after; trying again", exc_info=True)
    else:
        return True
    return False
