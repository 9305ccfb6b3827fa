"""Two thousand events a second for a minute, through the way in to twenty dashboards: how long from event to screen.

A screen is a socket that has joined the dashboard's topics; what arrives is compared with the time at which its event
was made, on the same clock. Beside it, as in every measure, a bare commit on the same database.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from arena import ROOT, Arena, commit_ms, server

RATE = int(os.environ.get("CHAT_RATE", "2000"))
SECONDS = int(os.environ.get("CHAT_SECONDS", "60"))
FEEDS, DASHBOARDS = 20, 20
_AT = re.compile(rb'"at":"([^"]+)"')


def measure(arena: Arena) -> Iterator[str]:
    from cuelight.accounts import actions, queries

    studio_id = queries.studio_by_slug()["id"]
    person_id, _ = queries.person_with_role(studio_id, "producer")
    _, secret = actions.create_token(studio_id, name="dashboards", scopes=["control"], by=person_id)
    lines = go_live(studio_id)
    bare, _ = commit_ms(arena)
    sizes = {"RATE": RATE, "SECONDS": SECONDS, "FEEDS": FEEDS, "DASHBOARDS": DASHBOARDS, "STUDIO": studio_id}
    environment = {f"CHAT_{name}": str(value) for name, value in sizes.items()}
    result = arena.folder / "chat.json"
    environment |= {"CUELIGHT_NO_SIMULATOR": "1", "CHAT_RESULT": str(result)}
    with server(arena, "chat_server.py", **environment) as (port, _):
        screens = subprocess.Popen(
            [sys.executable, __file__, str(port), secret, str(studio_id)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        output, _ = screens.communicate(timeout=SECONDS + 120)
    seen: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    made = RATE * SECONDS
    yield f"a session is live: questions and requests are looked for among {lines} lines"
    told: dict[str, Any] = json.loads(result.read_text())
    memory = told["memory_mb"]
    yield f"{made:,} events in {SECONDS} s to {DASHBOARDS} dashboards; the one that got fewest got {seen['least']:,}"
    yield (
        f"event → screen: p50 {seen['p50']:.1f}, p95 {seen['p95']:.1f}, p99 {seen['p99']:.1f} ms (bar: p99 250),"
        f" longest {seen['most']:.0f} ms; p50 {seen['p50'] / bare:.0f} × a bare commit ({bare:.2f} ms)"
    )
    waited = f"a feed waited p50 {told['stored_p50_ms']:.1f}, p99 {told['stored_p99_ms']:.1f} ms"
    yield f"stored {told['stored']:,} in {told['statements']:,} statements; {waited}; {told['cpu']:.0%} of a core"
    yield f"memory: {memory[0]:.0f} MB before, then {', '.join(f'{one:.0f}' for one in memory[1:])} MB"
    yield f"{seen['frames'] / DASHBOARDS / SECONDS:.0f} frames a second to each, {seen['mb'] / SECONDS:.1f} MB/s in all"


def go_live(studio_id: int) -> int:
    """Puts the studio's longest session on air, so that the chat is matched with a lineup; how many lines that has."""
    from django.db import connection, transaction
    from django.db.models import Count

    from cuelight.live.transactional import submit_in
    from cuelight.sessions.command_types import SetStatus
    from cuelight.sessions.models import Session

    sessions = Session.objects.filter(studio_id=studio_id).annotate(lines=Count("items"))
    longest = sessions.order_by("-lines")[0]
    if longest.status == "draft":
        with transaction.atomic():
            submit_in(connection, f"session:{longest.pk}", SetStatus("live"), actor_id=None)
    return int(longest.lines)


async def watch(port: int, secret: str, studio_id: int) -> None:
    """The dashboards: read until nothing has come for three seconds, and print what was seen."""
    import websockets

    waits: list[float] = []
    counts = [0] * DASHBOARDS
    frames = size = 0

    async def beat(socket: Any) -> None:
        while True:
            await asyncio.sleep(25)
            await socket.send(json.dumps([None, "beat", "phoenix", "heartbeat", {}]))

    async def dashboard(number: int) -> None:
        nonlocal frames, size
        url = f"ws://localhost:{port}/socket/websocket?vsn=2.0.0&token={secret}"
        async with websockets.connect(url, max_size=None, compression=None) as socket:
            for ref, topic in (("1", f"stream:{studio_id}"), ("2", f"chat:{studio_id}")):
                await socket.send(json.dumps([ref, ref, topic, "phx_join", {}]))
            beating = asyncio.create_task(beat(socket))
            patience = 30.0
            while True:
                try:
                    async with asyncio.timeout(patience):
                        frame = await socket.recv(decode=False)
                except TimeoutError:
                    beating.cancel()
                    return
                now = time.time()
                made = _AT.findall(frame) if b'"events",{' in frame or b'"activity",{' in frame else []
                if not made:
                    continue
                patience = 3.0
                counts[number] += len(made)
                frames += 1
                size += len(frame)
                # The first of a frame has waited longest; the last stands for those that waited least.
                ends = (datetime.fromisoformat(at.decode()).timestamp() for at in (made[0], made[-1]))
                waits.extend((now - at) * 1000 for at in ends)

    await asyncio.gather(*(dashboard(number) for number in range(DASHBOARDS)))
    waits.sort()
    at = {f"p{part}": waits[int(len(waits) * part / 100)] for part in (50, 95, 99)}
    print(json.dumps({**at, "most": waits[-1], "least": min(counts), "frames": frames, "mb": size / 1e6}))


if __name__ == "__main__":
    asyncio.run(watch(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
