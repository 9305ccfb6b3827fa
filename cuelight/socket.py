"""Which topic goes to which context, and what one server process starts for its sockets."""

import asyncio
from typing import Any

from cuelight.accounts import access, identity, station_watch
from cuelight.catalog.channel import CatalogChannel
from cuelight.catalog.shopify.channel import ShopChannel
from cuelight.documents import listeners as document_listeners
from cuelight.documents.channel import DocumentChannel
from cuelight.live import db, process, tasks, transactional
from cuelight.live.channel import Channel
from cuelight.live.journal import Journal
from cuelight.live.kind import Publication
from cuelight.live.relay import Relay
from cuelight.sessions import flash_watch
from cuelight.sessions import listeners as session_listeners
from cuelight.sessions.channel import AirChannel, MetaChannel, SessionPresenceChannel, StateChannel
from cuelight.sessions.import_channel import ImportChannel
from cuelight.streams import alert_arriving, alert_watch, alert_words, encoder_watch, heeding
from cuelight.streams import listeners as stream_listeners
from cuelight.streams import running as streams
from cuelight.streams.alert_channel import AlertChannel
from cuelight.streams.channel import ChatChannel, StreamChannel
from cuelight.streams.order_channel import OrderImportChannel
from cuelight.streams.orders import arriving
from cuelight.streams.question_channel import QuestionsChannel, WantedChannel
from cuelight.widgets import audience_channel, audience_listeners, audience_telling, dock_channel, overlay_listeners
from cuelight.widgets import channel as widgets
from cuelight.widgets import listeners as widget_listeners

CHANNELS: list[type[Channel]] = [
    StateChannel,
    MetaChannel,
    SessionPresenceChannel,
    AirChannel,
    ImportChannel,
    CatalogChannel,
    ShopChannel,
    DocumentChannel,
    ChatChannel,
    StreamChannel,
    QuestionsChannel,
    WantedChannel,
    OrderImportChannel,
    *widgets.CHANNELS,
    AlertChannel,
    *audience_channel.CHANNELS,
    dock_channel.DocksChannel,
]

_tasks: set[asyncio.Task[None]] = set()

#: Imported for their ``@listens``.
LISTENERS = (
    session_listeners,
    document_listeners,
    stream_listeners,
    alert_words,
    audience_listeners,
    overlay_listeners,
    widget_listeners,
)


async def start(relay: Relay | None = None) -> None:
    """Connects this process: hub, presence, the line to the other processes (tests bring their own), the journal."""
    await process.start(identity.authenticate, CHANNELS, relay_to=relay)
    for forget in (access.forget, identity.forget):
        process.hub.on_recheck(forget)
    journal = process.journal = Journal(
        db.asyncpg_arguments(),
        transactional.kinds(),
        deliver=deliver,
        relay=process.relay,
        run=db.run_db,
        outgrown=outgrown,
    )
    process.relay.on("journal", journal.learn)
    process.relay.on_reconnect(journal.compare_heads_soon)
    process.relay.on_reconnect(session_listeners.reread_soon)
    await journal.start()
    await streams.start((heeding.heed, arriving.heed, alert_arriving.heed))
    _tasks.add(asyncio.create_task(station_watch.watch()))
    _tasks.add(asyncio.create_task(flash_watch.watch()))
    _tasks.add(asyncio.create_task(alert_watch.watch()))
    _tasks.add(asyncio.create_task(audience_telling.watch()))
    _tasks.add(asyncio.create_task(encoder_watch.watch()))


async def stop() -> None:
    """The reverse: what is in flight lands first."""
    await tasks.end(_tasks)
    _tasks.clear()
    await streams.stop()
    await heeding.stop()
    await alert_arriving.stop()
    await process.journal.stop()
    await process.stop()


def deliver(publication: Publication) -> None:
    """One broadcast of the journal to this process's sockets, or to its listeners."""
    if publication.inside:
        assert process.node is not None
        process.node.tell_listeners(publication.topic, publication.event, publication.payload)
        return
    process.hub.broadcast(
        publication.topic,
        publication.event,
        publication.payload,
        version=publication.version,
        audience=publication.audience,
    )


def outgrown(aggregate_id: str) -> None:
    """A newer version has written it: session:7 is heard of on session:7:state and the like, alerts:7 on alertbox:7."""
    topics = aggregate_id.replace("alerts:", "alertbox:") if aggregate_id.startswith("alerts:") else f"{aggregate_id}:"
    process.hub.recheck_topics(topics)


def tell_everybody(entry: dict[str, Any]) -> None:
    """An entry written in a Django transaction, now committed: for this process's journal and for all others'."""
    process.call(lambda _: process.journal.learn(entry), otherwise=lambda: None)
    process.publish("journal", entry)


transactional.on_commit_tell(tell_everybody)
