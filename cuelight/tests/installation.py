"""An installation of the test's own: a data folder, a port, and its processes."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cuelight.live.tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


def until(condition: Callable[[], Any], what: str = "it") -> Any:
    """Waits for a condition; returns what it gave."""
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {PATIENCE_S} s")


class Installation:
    """``url``: the database it is told of; without one it has its own PostgreSQL."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment |= {"CUELIGHT_DATA_DIR": str(folder), "PORT": str(self.port)}
        if url:
            self.environment["DATABASE_URL"] = url
        self.process: subprocess.Popen[str] | None = None

    def command(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """One command of ``cuelight``, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "cuelight", *words],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start(self, *words: str) -> list[str]:
        """``cuelight run``; returns what it printed up to its last line."""
        process = self.launch(*words)
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line.strip())
            if line.startswith("Stop with"):
                return printed
        raise AssertionError(f"cuelight run ended: {self.log()[-2000:]}")

    def launch(self, *words: str) -> "subprocess.Popen[str]":
        """``cuelight run``, from its first moment."""
        log = (self.folder.parent / f"{self.folder.name}.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cuelight", "run", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        return self.process

    def log(self) -> str:
        return (self.folder.parent / f"{self.folder.name}.log").read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ends it as Ctrl+C or a service manager would; returns its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def children(self) -> dict[str, int]:
        """The running processes it started: ``{"server": pid, "worker": pid}``, with "server 2" for a second one."""
        assert self.process is not None
        found: dict[str, int] = {}
        pids = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in pids:
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            name = next((word for word in ("server", "worker") if word in words), "postgres")
            found[name if name not in found else f"{name} 2"] = int(pid)
        return found

    def health(self) -> dict[str, Any] | None:
        """What ``/healthz`` says; None while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}/healthz", timeout=5) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except OSError:
            return None


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def postgres_of(folder: Path) -> int | None:
    """The pid of the PostgreSQL of a data folder, if it runs."""
    place = folder / "postgres"
    if (folder / "postgres.id").exists():
        place = Path("/var/lib/cuelight") / (folder / "postgres.id").read_text().strip()
    try:
        pid = int((place / "data" / "postmaster.pid").read_text().splitlines()[0])
    except OSError:
        return None
    return pid if is_running(pid) else None
