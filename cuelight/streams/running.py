"""This server process's parts: the way in for events, and the feeds it reads. Read them through the module."""

from __future__ import annotations

from django.utils import timezone

from cuelight.live import db, process
from cuelight.live.wire import Encoded
from cuelight.streams import upkeep
from cuelight.streams.feeds import Feeds
from cuelight.streams.ingest import Heed, Ingest

ingest: Ingest
feeds: Feeds


async def start(heeding: tuple[Heed, ...] = ()) -> None:
    """After the hub: what comes in is told to its topics. Raises when the database cannot be reached."""
    global ingest, feeds
    await db.run_db(_make_days)
    ingest = Ingest(db.asyncpg_arguments(), spread=_spread, heeding=heeding)
    feeds = Feeds(process.relay.node, ingest)
    await ingest.start()
    await feeds.start()


async def stop() -> None:
    await feeds.stop()
    await ingest.stop()


def _spread(topic: str, event: str, payload: Encoded) -> None:
    if process.node is not None:
        process.node.spread(topic, event, payload)


def _make_days() -> None:
    upkeep.make_days(timezone.now())
