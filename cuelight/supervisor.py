"""``cuelight run``: the processes of one installation on one machine, started together and kept running.

The parent opens the listening socket, so a server process that dies takes no connection attempt with it, and starts
one worker. What dies comes back, ever later if it keeps dying. Children hold the reading end of a pipe, their
lifeline: when the parent is killed it closes, and they stop too.
"""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from cuelight.postgres.signals import on_stop

log = structlog.get_logger(__name__)

#: Seconds a child gets to stop by itself; a request that hangs cannot be cancelled, only killed.
STOP_WITHIN_S = 8.0
#: What ran this long had started well: its next start is nearly at once again.
STEADY_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0


@dataclass
class Kept:
    """Something to be kept running: looked at often, started when it does not run."""

    name: str
    start: Callable[[], None]
    is_running: Callable[[], bool]
    #: How it ended, for whoever reads the log.
    ending: Callable[[], str]
    #: None: not running, to be started at ``start_at``.
    started_at: float | None = None
    start_at: float = 0.0
    pause_s: float = 0.0

    def look(self) -> None:
        """Starts it again when it has ended and its pause is over."""
        if self.started_at is not None and not self.is_running():
            self._put_off(self.ending(), ran_s=time.monotonic() - self.started_at)
        if self.started_at is None and time.monotonic() >= self.start_at:
            try:
                self.start()
                self.started_at = time.monotonic()
            except (OSError, RuntimeError) as error:
                self._put_off(str(error), ran_s=0)

    def _put_off(self, how: str, *, ran_s: float) -> None:
        longer = min(max(self.pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)
        self.pause_s = FIRST_PAUSE_S if ran_s > STEADY_S else longer
        log.warning(f"{self.name} ended; starting again", how=how, after_s=round(ran_s, 1), in_s=self.pause_s)
        self.started_at, self.start_at = None, time.monotonic() + self.pause_s


class Child:
    """One process of this installation."""

    def __init__(self, command: list[str], fds: tuple[int, ...]) -> None:
        self.command = command
        self.fds = fds
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A session of its own: Ctrl+C in the terminal reaches only the parent, which stops everything in order.
        self.process = subprocess.Popen(self.command, pass_fds=self.fds, start_new_session=True)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ending(self) -> str:
        code = self.process.returncode if self.process is not None else 0
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


class Bell:
    """Rung by SIGINT, SIGTERM or SIGHUP. It raises nothing, so it cannot tear a start from its note, and the second
    Ctrl+C does no more than the first."""

    def __init__(self) -> None:
        self.rung = False
        self._reading, self._writing = os.pipe()
        for end in (self._reading, self._writing):
            os.set_blocking(end, False)

    def wait(self, seconds: float) -> None:
        """Until it rings, at most so long."""
        select.select([self._reading], [], [], seconds)

    def ring(self, *_: object) -> None:
        self.rung = True
        with suppress(BlockingIOError):
            os.write(self._writing, b".")


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


def run(listening: socket.socket, *, processes: int, ready: Callable[[], None], also: Iterable[Kept] = ()) -> None:
    """Runs servers and worker until SIGINT, SIGTERM or SIGHUP.

    ``ready`` is called when the first page can be served; ``also`` is what runs already and is to be kept running.
    """
    bell = Bell()
    on_stop(bell.ring)
    lifeline, held = os.pipe()
    fd = listening.fileno()
    children = {
        f"server {number}": _child(["server", "--fd", str(fd)], lifeline, fd) for number in range(1, processes + 1)
    }
    children["worker"] = _child(["worker"], lifeline)
    kept = [Kept(name, child.start, child.is_running, child.ending) for name, child in children.items()]
    try:
        _keep_running([*also, *kept], bell, listening, ready)
    finally:
        _stop([child.process for child in children.values() if child.process is not None])
        os.close(lifeline)
        os.close(held)


def hold(lifeline: int) -> None:
    """In a child: stops this process when its parent is gone."""

    def wait() -> None:
        os.read(lifeline, 1)  # nobody writes: it returns when the other end is closed
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_WITHIN_S)
        os._exit(1)  # nobody else is left to do it

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def _child(command: list[str], lifeline: int, *fds: int) -> Child:
    command = [sys.executable, "-m", "cuelight", *command, "--lifeline", str(lifeline)]
    return Child(command, (lifeline, *fds))


def _keep_running(kept: list[Kept], bell: Bell, listening: socket.socket, ready: Callable[[], None]) -> None:
    waiting = True
    while not bell.rung:
        for one in kept:
            one.look()
        if waiting and _answers(listening):
            waiting = False
            ready()
        bell.wait(0.05 if waiting else 0.2)


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


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Everybody at once; who has not gone in time is killed."""
    for process in processes:
        process.terminate()
    give_up = time.monotonic() + STOP_WITHIN_S
    for process in processes:
        try:
            process.wait(max(give_up - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
