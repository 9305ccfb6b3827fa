"""In a server process: the queue's numbers and the words of a table become what its own screens are told.

Words do not change while an alert lives, so each is read once. Screens get versions in their order: it is the newest
state that is told, whenever the words of it are there.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from django.db import Error as DatabaseError

from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.db import run_db
from cuelight.live.listeners import listens
from cuelight.streams import alert_payloads, alert_queries
from cuelight.streams.alert_state import AlertsState, Pace

log = structlog.get_logger(__name__)

#: Alerts whose words this process remembers: those of some studios with all that is recent.
REMEMBERED = 5_000
#: Seconds between two tries while the database is away.
AGAIN_S = 0.5

_known: OrderedDict[int, Mapping[str, Any]] = OrderedDict()
#: Asked for and not there: kept no longer.
_GONE: Mapping[str, Any] = {}


def topic_of(studio_id: int) -> str:
    return f"alertbox:{studio_id}"


def overlays(studio_id: int, *, tests: bool = False) -> int:
    """How many overlay pages follow a studio's alerts, in all processes; with ``tests`` those that draw tests only."""
    here = process.presence.state(topic_of(studio_id)).get("overlay", {"metas": []})
    return sum(bool(meta["tests"]) is tests for meta in here["metas"])


async def snapshot(aggregate: Aggregate, *, for_crew: bool) -> dict[str, Any]:
    """What a screen is told of the queue as it is at this moment. Raises what the database does."""
    while True:
        missing = set(alert_payloads.ids(aggregate.state)) - _known.keys()
        if not missing:
            return _told(aggregate, for_crew=for_crew)
        found = await run_db(alert_queries.words, aggregate.studio_id, missing)
        for alert_id in missing:
            _known[alert_id] = found.get(alert_id, _GONE)
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)


def tell_overlays(aggregate: Aggregate) -> None:
    """How many overlays are there is no part of the queue: told by itself, to the crew."""
    told = {"overlays": overlays(aggregate.studio_id)}
    process.hub.broadcast(topic_of(aggregate.studio_id), "overlays_changed", told, audience="crew")


@listens("alertqueue:{studio_id}", "moved")
async def moved(params: dict[str, str], payload: dict[str, Any]) -> None:
    """Something changed in a queue that this process holds."""
    await _tell(int(params["studio_id"]), payload["version"])


@listens("alertrules:{studio_id}", "changed")
async def rules_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    """The studio has set other rules: what the queue's own rules use of them is read again."""
    studio_id = int(params["studio_id"])
    while True:
        try:
            await process.journal.refresh_facts("alerts", [studio_id])
            break
        except DatabaseError as error:
            # Nobody says it twice.
            log.warning("rules of alerts could not be read; trying again", error=str(error))
            await asyncio.sleep(AGAIN_S)
    await _tell(studio_id, 0)


async def _tell(studio_id: int, version: int) -> None:
    topic = topic_of(studio_id)
    aggregate = next((one for one in process.journal.loaded("alerts") if one.studio_id == studio_id), None)
    if aggregate is None or not process.hub.has_topic(topic):
        return
    if 0 < version < aggregate.version:
        return  # what came after it is told in its place
    while True:
        try:
            told = await snapshot(aggregate, for_crew=True)
            break
        except DatabaseError as error:
            log.warning("the words of alerts could not be read; trying again", error=str(error))
            await asyncio.sleep(AGAIN_S)
    for audience, payload in (("crew", told), ("overlay", _told(aggregate, for_crew=False))):
        process.hub.broadcast(topic, "alerts_changed", payload, version=payload["version"], audience=audience)


def _told(aggregate: Aggregate, *, for_crew: bool) -> dict[str, Any]:
    state: AlertsState = aggregate.state
    pace = msgspec.convert(process.journal.facts_of(aggregate).get(state.studio_id, {}), Pace)
    words = {alert_id: found for alert_id in alert_payloads.ids(state) if (found := _known.get(alert_id, _GONE))}
    if not for_crew:
        return alert_payloads.overlay(state, words, pace)
    return alert_payloads.crew(state, words, pace, overlays=overlays(state.studio_id))
