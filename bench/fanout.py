"""One broadcast to many: what it costs, and what it costs the neighbours."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from arena import BIG_SESSION, ROOT, Arena, finished, median, server, until_it_answers

LISTENERS = 1000
CROWD = 5000


def measure(arena: Arena) -> Iterator[str]:
    yield from cost(arena)
    yield from neighbours(arena)


def cost(arena: Arena) -> Iterator[str]:
    """CPU per delivered message, told by the server process itself: see ``fanout_server.py``."""
    with MeasuringServer(arena) as (port, process):
        load = arena.start_wsload(port, "idle", n=LISTENERS, topic="session:1:state", settle=60)
        assert process.stdout is not None
        spent = json.loads(process.stdout.readline())
        load.kill()
        load.communicate()
    bare = spent["bare"]
    yield f"bare loop of transport.write to {LISTENERS}: {bare:.2f} µs of CPU per delivered message"
    yield f"hub's broadcast: {spent['hub']:.2f} µs: {spent['hub'] / bare:.2f} × the bare loop (bar: 1.3)"
    yield f"a whole command: {spent['command']:.2f} µs: {spent['command'] / bare:.2f} × the bare loop"


class MeasuringServer:
    """The server of ``fanout_server.py``, with its standard output to read."""

    def __init__(self, arena: Arena) -> None:
        self._arena = arena

    def __enter__(self) -> "tuple[int, subprocess.Popen[str]]":
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
        fd = self._listening.fileno()
        command = [sys.executable, str(ROOT / "bench" / "fanout_server.py"), str(fd)]
        environment = self._arena.environment | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, pass_fds=(fd,), env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        port = self._listening.getsockname()[1]
        until_it_answers(port, self._process)
        return port, self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._listening.close()


def neighbours(arena: Arena) -> Iterator[str]:
    """100 quiet sessions, alone and beside a topic with thousands of listeners that gets five broadcasts a second."""
    quiet = {"sessions": 100, "per": 3, "event": "next", "rate": 200, "secs": 8}
    alone, beside, big = [], [], []
    with server(arena) as (port, _):
        for _ in range(3):
            alone.append(arena.wsload(port, "many", **quiet)["last_p99_ms"])
            crowd = arena.start_wsload(
                port, "fanout", n=CROWD, iters=45, gap_ms=200, event="next", topic=f"session:{BIG_SESSION}:state"
            )
            until_joined(crowd)
            beside.append(arena.wsload(port, "many", **quiet)["last_p99_ms"])
            big.append(finished(crowd)["last_p50_ms"])
    added = median(beside) - median(alone)
    yield (
        f"quiet sessions' p99: {median(alone):.1f} ms alone, {median(beside):.1f} ms beside {CROWD:,} listeners: "
        f"{added:.1f} ms added (bar: 15); the big broadcast reaches its last listener after {median(big):.0f} ms"
    )


def until_joined(load: "subprocess.Popen[str]") -> None:
    assert load.stderr is not None
    os.set_blocking(load.stderr.fileno(), True)
    while "joined" not in load.stderr.readline():
        if load.poll() is not None:
            raise RuntimeError("the crowd could not join")
        time.sleep(0.05)
