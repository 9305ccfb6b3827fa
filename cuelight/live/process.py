"""This process's parts: the only module-level singletons of ``live``.

Read them through the module, ``process.hub``, after ``start``; in a process without sockets (worker, command line)
there are none, and ``broadcast.py`` sends by the database instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from cuelight.live import db, relay_sync
from cuelight.live.channel import Channel
from cuelight.live.handshake import Authenticate, Door
from cuelight.live.hub import Hub
from cuelight.live.limits import Limits
from cuelight.live.node import Node
from cuelight.live.presence import Presence
from cuelight.live.relay import Json, Relay
from cuelight.live.transport import SocketProtocol

if TYPE_CHECKING:
    from cuelight.live.journal import Journal

hub: Hub
relay: Relay
presence: Presence
journal: Journal  # set by whoever knows the kinds of aggregates, after start()

node: Node | None = None


async def start(
    authenticate: Authenticate,
    routes: Iterable[type[Channel]],
    *,
    relay_to: Relay | None = None,
    limits: Limits | None = None,
) -> None:
    """Makes and connects the parts. Raises when the database (or Redis) cannot be reached."""
    global hub, relay, presence, node
    new = Node(
        authenticate,
        routes,
        relay_to or Relay(relay_sync.choose_carrier()),
        limits=limits or Limits(push_rate=settings.PUSH_RATE, push_burst=settings.PUSH_BURST),
        door=Door(
            allowed_origins=frozenset(settings.SOCKET_ORIGINS),
            hosts=tuple(settings.ALLOWED_HOSTS),
            https_only=settings.HTTPS_ONLY,
            proxies=tuple(settings.TRUSTED_PROXIES),
        ),
    )
    await new.start()
    node, hub, relay, presence = new, new.hub, new.relay, new.presence


async def stop() -> None:
    """The reverse. The journal is stopped by whoever started it, before this."""
    global node
    stopped, node = node, None
    if stopped is not None:
        await stopped.stop()
    await db.close_all()


def socket_protocol(config: Any, server_state: Any, app_state: Any) -> SocketProtocol:
    """What uvicorn calls per upgrade: ``ws="cuelight.live.process:socket_protocol"``."""
    assert node is not None, "process.start() comes before the first socket"
    return SocketProtocol(node.endpoint, server_state.connections)


def publish(kind: str, body: Json) -> None:
    """Tells all other processes something, from any thread of any process."""
    call(lambda running: running.relay.publish(kind, body), otherwise=lambda: relay_sync.publish(kind, body))


def call(with_node: Callable[[Node], None], *, otherwise: Callable[[], None]) -> None:
    """Runs ``with_node`` on the loop's thread, soon; or ``otherwise`` now, in a process that has no hub."""
    running = node
    if running is None:
        otherwise()
        return
    loop = running.hub.loop
    try:
        on_the_loop = asyncio.get_running_loop() is loop
    except RuntimeError:
        on_the_loop = False
    if on_the_loop:
        with_node(running)
    else:
        loop.call_soon_threadsafe(with_node, running)
