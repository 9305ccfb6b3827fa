"""The real server, which measures its own fan-out when a thousand sockets have joined session 1.

Three ways to send the same frame to all of them, in turns, in one process: a bare loop of ``transport.write``; the
hub's broadcast; and the whole way of a command (decide, journal, commit, reply, broadcast). Prints one JSON line with
microseconds of CPU per delivered message.
"""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuelight.settings")

from cuelight import asgi

LISTENERS, ROUNDS, TURNS = 1000, 60, 7
PACE_S = 0.012  # between two sends: the other end reads in the meantime, so that no buffer fills
TOPIC = "session:1:state"


def watch() -> None:
    """Waits on a thread of its own until everybody is there."""
    while True:
        time.sleep(0.2)
        process = sys.modules.get("cuelight.live.process")
        node = getattr(process, "node", None)
        if node is not None and len(node.hub._topics.get(TOPIC, ())) >= LISTENERS:
            time.sleep(1)
            asyncio.run_coroutine_threadsafe(measure(process), node.hub.loop).result()
            return


async def measure(process: Any) -> None:
    from cuelight.live import wire
    from cuelight.sessions.command_types import Next

    topic = process.hub._topics[TOPIC]
    aggregate = await process.journal.aggregate("session:1")
    payload = {**sample_state(), "version": aggregate.version}
    frame = wire.event(TOPIC, "state_changed", payload)

    async def bare() -> None:
        for write in [*topic.crew.values(), *topic.ready.values()]:
            write(frame)

    async def hub() -> None:
        process.hub.broadcast(TOPIC, "state_changed", payload, version=1)

    async def command() -> None:
        await process.journal.submit("session:1", Next(), actor_id=None, source="key")

    spent: dict[str, list[float]] = {"bare": [], "hub": [], "command": []}
    for _ in range(TURNS):
        for name, send in (("bare", bare), ("hub", hub), ("command", command)):
            before = time.process_time()
            for _ in range(ROUNDS):
                await send()
                await asyncio.sleep(PACE_S)
            spent[name].append((time.process_time() - before) * 1e6 / ROUNDS / len(topic))
    print(json.dumps({name: sorted(turns)[TURNS // 2] for name, turns in spent.items()}), flush=True)


def sample_state() -> dict[str, Any]:
    return {
        "session_id": 1, "lineup_version": 12, "status": "live", "item_id": 17, "next_item_id": 18, "image_index": 0,
        "image_count": 2, "card_shown": True, "message": None, "actor_id": 3, "kind": "next",
        "at": "2026-01-01T20:00:00.000000+00:00",
    }  # fmt: skip


if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    asgi.serve(socket.socket(fileno=int(sys.argv[1])))
