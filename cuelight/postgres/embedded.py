"""Starts, adopts and stops the embedded PostgreSQL of one data folder.

A server that was killed leaves its PostgreSQL running; the next start adopts it. A stop ends it only when no other
process of ours uses the same folder.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from cuelight.postgres.binaries import Account, account, folder
from cuelight.postgres.home import InUse, home, locked, socket_folder
from cuelight.postgres.signals import undisturbed

USER = "cuelight"
PATIENCE_S = 30.0
INITDB = (
    "-A", "trust", "-E", "UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    "--no-instructions",
    # A new log segment is filled with zeros while commits wait: 16 MB took 45 to 60 ms, every two seconds of full load.
    "--wal-segsize=1",
)  # fmt: skip
#: A server process holds up to sixteen connections (its pool, the journal's, LISTEN); PostgreSQL's own 100 ends at six.
SETTINGS = (
    "unix_socket_permissions=0700",
    "listen_addresses=",
    "max_connections=300",
    # Workers that read for others gain on slow disks; from the system's cache a page took 4 to 16 µs, by itself 1.
    "io_method=sync",
)
#: MB of pages that PostgreSQL keeps: an eighth of the machine's memory, within these bounds.
LEAST_BUFFERS, MOST_BUFFERS = 128, 1024
UNSAFE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def start(data_dir: Path, *, fsync: bool = True) -> "Cluster":
    """The running cluster of a data folder: made, started or adopted. ``fsync=False`` is for tests only.

    Raises RuntimeError with PostgreSQL's own last words when it does not come up.
    """
    cluster = Cluster(data_dir, fsync=fsync)
    cluster.begin()
    return cluster


class Cluster:
    """One data folder's PostgreSQL. Reached through a socket that only its account can open."""

    def __init__(self, data_dir: Path, *, fsync: bool = True) -> None:
        self._account = account()
        self._programs = folder()
        self._fsync = fsync
        self.place = home(data_dir.absolute(), self._account)
        self.socket_dir = socket_folder(self.place, self._account)
        self._data = self.place / "data"
        self._in_use: InUse | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "cuelight") -> str:
        """What DATABASE_URL would say for one of its databases."""
        return f"postgresql:///{quote(database)}?host={quote(str(self.socket_dir), safe='/')}&user={USER}"

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Makes a database unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
                # Another process that started beside us may have been faster since we looked.
                with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def drop_database(self, name: str) -> None:
        """Removes a database, whoever is connected to it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def begin(self) -> None:
        """Starts or adopts, and counts as one who uses it. Broken off in the middle, it leaves nothing running."""
        try:
            with locked(self.place / "start.lock"):
                self._in_use = InUse(self.place / "in-use.lock")
                self.resume()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Lets go of it, and ends it when nobody else uses it."""
        if self._in_use is None:
            return
        with undisturbed(), locked(self.place / "start.lock"):
            in_use, self._in_use = self._in_use, None
            if in_use.leave():
                self.halt()

    def restart(self) -> None:
        """Ends it under whoever is connected, and starts it again."""
        self.halt()
        self.resume()

    def resume(self) -> None:
        """Starts it unless it runs; returns when it answers."""
        launched, give_up = False, time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            if self._pid() is None:
                # Killed with -9, it leaves children behind that take a moment to notice; else it has said why.
                if launched and "is still in use" not in self.last_words():
                    break
                self._make_data()
                self._launch()
                launched = True
            if self._says_ready() and self._accepts():
                return
            time.sleep(0.01)
        raise RuntimeError(f"PostgreSQL did not start: {self.last_words()}")

    def mend(self) -> None:
        """Starts it again when it has died, without waiting for it: recovery may take long."""
        with suppress(BlockingIOError), locked(self.place / "start.lock", wait=False):  # else somebody is at it already
            if self._pid() is None:
                self._launch()

    @property
    def is_running(self) -> bool:
        return self._pid() is not None

    def last_words(self) -> str:
        """What it wrote last."""
        try:
            lines = (self.place / "postgres.log").read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return " / ".join(lines[-3:])

    def halt(self) -> None:
        """Ends it now: open transactions are rolled back, clients disconnected."""
        # SIGTERM would wait for the clients.
        self._end(signal.SIGINT) or self._end(signal.SIGQUIT)
        self._process = None

    def crash(self) -> None:
        """Ends it without a clean shutdown, as a power cut would; for tests."""
        self._end(signal.SIGQUIT)

    def destroy(self) -> None:
        """Ends it and removes its files; for tests and ``reset``."""
        self.stop()
        self.halt()
        for place in (self.place, self.socket_dir):
            shutil.rmtree(place, ignore_errors=True)

    def _make_data(self) -> None:
        """initdb beside the real place, then one rename: a killed initdb leaves no half cluster."""
        if self._data.exists() and any(self._data.iterdir()):
            return
        new = self.place / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        made = subprocess.run(
            [self._programs / "initdb", "-D", new, "-U", USER, *INITDB, *(() if self._fsync else ("--no-sync",))],
            **self._as_account(),
            capture_output=True,
            text=True,
        )
        if made.returncode != 0:
            raise RuntimeError(f"PostgreSQL's initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        new.rename(self._data)

    def _launch(self) -> None:
        own = (f"shared_buffers={buffers_mb()}MB",) if self._fsync else UNSAFE
        settings = [f"unix_socket_directories={self.socket_dir}", *SETTINGS, *own]
        options = [option for setting in settings for option in ("-c", setting)]
        self._forget_stranger()
        # Ctrl+C in the terminal must not stop it before we have shut down: a session of its own.
        with undisturbed(), (self.place / "postgres.log").open("ab") as output:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *options],
                **self._as_account(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _forget_stranger(self) -> None:
        """After a power cut the pid file may name a process that has nothing to do with it; PostgreSQL would not start.

        A pid that is free PostgreSQL recognises by itself.
        """
        pid = self._written_pid()
        if pid is not None and is_alive(pid) and self._runs_elsewhere(pid):
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def _as_account(self) -> dict[str, Any]:
        """How a program of the cluster is run: its own account, nothing of our environment but what it needs."""
        common: dict[str, Any] = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}}
        if self._account != Account():
            common |= {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        return common

    def _says_ready(self) -> bool:
        lines = self._pid_file()
        if len(lines) <= 7 or lines[7].strip() != "ready":
            return False
        # Whoever started it may have had another folder for temporary files than we have.
        self.socket_dir = Path(lines[4])
        return True

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket_dir / ".s.PGSQL.5432"))
            except OSError:
                return False
            return True

    def _pid_file(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _written_pid(self) -> int | None:
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0].isdecimal() else None

    def _pid(self) -> int | None:
        """The server's process, if it runs. A pid file left by a crash may name somebody else's process."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        pid = self._written_pid()
        if pid is None or not is_alive(pid) or self._runs_elsewhere(pid):
            return None
        return pid

    def _runs_elsewhere(self, pid: int) -> bool:
        """Whether a running process is no server of this folder. Where the system does not tell, it is one."""
        working_folder = Path(f"/proc/{pid}/cwd")
        if not working_folder.parent.exists():
            return False
        try:
            return working_folder.resolve(strict=True) != self._data.resolve()
        except OSError:
            return True

    def _end(self, number: signal.Signals) -> bool:
        """Sends a signal; True when it does not run afterwards."""
        pid = self._pid()
        if pid is None:
            return True
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        return self._gone_within(pid, 10)

    def _gone_within(self, pid: int, seconds: float) -> bool:
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if self._process is not None and self._process.pid == pid:
                if self._process.poll() is not None:
                    return True
            elif not is_alive(pid):
                return True
            time.sleep(0.005)
        return False


def buffers_mb() -> int:
    """How much of the machine's memory its pages get; a search among a million products needs them at hand."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(LEAST_BUFFERS, min(memory_mb // 8, MOST_BUFFERS))


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[:1] != ["Z"]
