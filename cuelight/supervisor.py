"""``cuelight run``: the processes of one installation on one machine, started together and kept running.

The parent opens the listening socket, so a server process that dies takes no connection attempt with it, and starts
one worker. A child that dies comes back, ever later if it keeps dying. Children hold the reading end of a pipe, their
lifeline: when the parent is killed it closes, and they stop too.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

#: Seconds a child gets to stop by itself; a request that hangs cannot be cancelled, only killed.
STOP_WITHIN_S = 8.0
#: A child that ran this long had started well: its next start is at once again.
STEADY_S = 10.0
#: Between two looks at what is not a child of ours: the embedded PostgreSQL.
LOOK_S = 1.0


@dataclass
class Child:
    """One process to be kept running."""

    name: str
    command: list[str]
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = 0.1

    def start(self) -> None:
        # A session of its own: Ctrl+C in the terminal reaches only the parent, which stops everything in order.
        self.process = subprocess.Popen(self.command, pass_fds=self.fds, start_new_session=True)
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Starts it again when it has died and its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.pause = 0.1 if now - self.started_at > STEADY_S else min(self.pause * 2, 5.0)
            log.warning("process ended; starting again", name=self.name, code=self.process.returncode)
            self.process, self.start_at = None, now + self.pause
        if self.process is None and now >= self.start_at:
            self.start()


class Stop(BaseException):
    """SIGINT or SIGTERM has come."""


def listen(host: str, port: int) -> socket.socket:
    """The socket all server processes accept on. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening


def run(listening: socket.socket, *, processes: int, ready: Callable[[], None], mend: Callable[[], None]) -> None:
    """Runs servers and worker until SIGINT or SIGTERM.

    ``ready`` is called when the first page can be served; ``mend`` once a second, to see to whatever else must run.
    """
    lifeline, held = os.pipe()
    children = [_server(number + 1, listening.fileno(), lifeline) for number in range(processes)]
    children.append(_child("worker", ["worker"], (lifeline,), lifeline))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stop)
    try:
        _keep_running(children, listening, ready, mend)
    except Stop:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _stop(children)
        os.close(lifeline)
        os.close(held)


def hold(lifeline: int) -> None:
    """In a child: stops this process when its parent is gone."""

    def wait() -> None:
        os.read(lifeline, 1)  # nobody writes: it returns when the other end is closed
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def _server(number: int, fd: int, lifeline: int) -> Child:
    return _child(f"server {number}", ["server", "--fd", str(fd)], (fd, lifeline), lifeline)


def _child(name: str, command: list[str], fds: tuple[int, ...], lifeline: int) -> Child:
    return Child(name, [sys.executable, "-m", "cuelight", *command, "--lifeline", str(lifeline)], fds)


def _keep_running(
    children: list[Child], listening: socket.socket, ready: Callable[[], None], mend: Callable[[], None]
) -> None:
    waiting, look_at = True, time.monotonic() + LOOK_S
    while True:
        for child in children:
            child.look()
        if waiting and _answers(listening):
            waiting = False
            ready()
        if time.monotonic() > look_at:
            mend()
            look_at = time.monotonic() + LOOK_S
        time.sleep(0.05 if waiting else 0.2)


def _raise_stop(*_: object) -> None:
    raise Stop


def _answers(listening: socket.socket) -> bool:
    """Whether a page can be served."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        with socket.create_connection((host, port), timeout=0.3) as probe:
            probe.settimeout(1)
            probe.sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
            return probe.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def _stop(children: list[Child]) -> None:
    """Everybody at once; who has not gone in time is killed."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
    give_up = time.monotonic() + STOP_WITHIN_S
    for process in running:
        try:
            process.wait(max(give_up - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
