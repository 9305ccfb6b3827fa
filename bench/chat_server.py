"""The real server, into which feeds of one studio hand thousands of events a second once its dashboards are there.

Writes one JSON object at the end: what was stored, in how many statements, how long a feed waited for that, and how
memory went.
"""

import asyncio
import json
import os
import resource
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuelight.settings")

from cuelight import asgi

RATE, SECONDS, FEEDS = (int(os.environ[f"CHAT_{name}"]) for name in ("RATE", "SECONDS", "FEEDS"))
DASHBOARDS, STUDIO = int(os.environ["CHAT_DASHBOARDS"]), int(os.environ["CHAT_STUDIO"])
#: How often each feed hands over what has come.
EACH_S = 0.05


def watch() -> None:
    """Waits on a thread of its own until every dashboard is there."""
    while True:
        time.sleep(0.2)
        process = sys.modules.get("cuelight.live.process")
        node = getattr(process, "node", None)
        if node is not None and len(node.hub._topics.get(f"chat:{STUDIO}", ())) >= DASHBOARDS:
            time.sleep(1)
            result = asyncio.run_coroutine_threadsafe(measure(), node.hub.loop).result()
            Path(os.environ["CHAT_RESULT"]).write_text(json.dumps(result))
            return


async def measure() -> dict[str, Any]:
    from cuelight.streams import running

    stored: list[float] = []
    memory = [resident_mb()]
    spent = time.process_time()
    started = time.perf_counter()
    feeds = [asyncio.create_task(feed(number, stored)) for number in range(FEEDS)]
    for _ in range(6):
        await asyncio.sleep(SECONDS / 6)
        memory.append(resident_mb())
    await asyncio.gather(*feeds)
    took = time.perf_counter() - started
    stored.sort()
    counts = running.ingest.counts
    return {
        "stored": counts.stored,
        "statements": counts.statements,
        "cpu": (time.process_time() - spent) / took,
        "stored_p50_ms": stored[len(stored) // 2],
        "stored_p99_ms": stored[int(len(stored) * 0.99)],
        "memory_mb": memory,
    }


async def feed(number: int, stored: list[float]) -> None:
    """One platform: what came within a twentieth of a second at a time, as an adapter hands it over."""
    from cuelight.streams import running
    from cuelight.streams.events import Event, User

    loop = asyncio.get_running_loop()
    each = RATE * EACH_S / FEEDS
    due, made, begun = 0.0, 0, loop.time() + number * EACH_S / FEEDS
    tick = 0
    while tick * EACH_S < SECONDS:
        await asyncio.sleep(max(0.0, begun + tick * EACH_S - loop.time()))
        tick += 1
        due += each
        events = []
        while made < int(due):
            made += 1
            events.append(
                Event(
                    platform=f"p{number}",
                    platform_id=f"{number}-{made}",
                    kind="follow" if made % 50 == 0 else "chat",
                    at=datetime.now(UTC),
                    user=User(id=str(made % 997), name=f"Viewer {made % 997}", color="#6cb2ff"),
                    text=f"does {made % 40} come in silver too? love this one so much {made}",
                )
            )
        handed = loop.time()
        await running.ingest.put(STUDIO, events)
        stored.append((loop.time() - handed) * 1000)


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    asgi.serve(socket.socket(fileno=int(sys.argv[1])))
