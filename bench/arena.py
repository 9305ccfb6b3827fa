"""Where measurements happen: a database of their own with fsync on, and the real server as a process of its own."""

import asyncio
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SESSIONS = 500  # ids 1 to 500: two of them are the sample studio's
BIG_SESSION = SESSIONS + 1  # the one with thousands of listeners
QUIET = "127.0.0.1"

Row = dict[str, Any]


@contextmanager
def own_folder(purpose: str) -> Iterator[Path]:
    """A folder that is gone afterwards. Not under /tmp, which may be memory: a commit must reach a disk."""
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=var))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class NoCompiler(Exception):
    """The load generator cannot be built here."""


@dataclass
class Arena:
    """One run's folder, database and load generator."""

    folder: Path
    url: str
    token: str = ""

    @property
    def path(self) -> str:
        return f"/socket/websocket?vsn=2.0.0&token={self.token}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"DATABASE_URL": self.url, "CUELIGHT_DATA_DIR": str(self.folder)}

    def wsload(self, port: int, mode: str, **options: object) -> Row:
        """Runs the load generator; returns its last line."""
        return finished(self.start_wsload(port, mode, **options))

    def start_wsload(self, port: int, mode: str, **options: object) -> "subprocess.Popen[str]":
        named = {"port": port, "path": self.path, "mode": mode, **options}
        arguments = [text for key, value in named.items() for text in (f"--{key.replace('_', '-')}", str(value))]
        return subprocess.Popen(
            [self.folder / "wsload", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )


def finished(load: "subprocess.Popen[str]") -> Row:
    output, complaints = load.communicate(timeout=300)
    if load.returncode != 0:
        raise RuntimeError(f"wsload failed: {complaints.strip()[-500:]}")
    row: Row = json.loads(output.strip().splitlines()[-1])
    return row


def compile_load_generator(folder: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise NoCompiler
    subprocess.run([compiler, "-O2", "-Wall", "-o", folder / "wsload", ROOT / "bench" / "wsload.c"], check=True)


@contextmanager
def arena(folder: Path, *, loaded: bool = True) -> Iterator[Arena]:
    """A new cluster in ``folder`` with 501 sessions in it; DATABASE_URL of this process points there.

    ``loaded=False``: without the load generator and its sessions, for what needs no gcc.
    """
    if loaded:
        compile_load_generator(folder)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    from cuelight.postgres import embedded

    cluster = embedded.start(folder)
    try:
        cluster.create_database("bench")
        os.environ |= {
            "DATABASE_URL": cluster.url("bench"),
            "CUELIGHT_DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "cuelight.settings",
        }
        yield Arena(folder, cluster.url("bench"), _fill(BIG_SESSION if loaded else 2))
    finally:
        cluster.destroy()


def _fill(sessions: int) -> str:
    """The sample studio and sessions of ten products that go round at the end; returns a producer's token."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from cuelight.accounts import actions as accounts
    from cuelight.accounts import queries
    from cuelight.catalog.models import Product
    from cuelight.sessions import actions, sample
    from cuelight.sessions.models import Session

    call_command("migrate", verbosity=0)
    sample.seed()
    sample.seed_large()
    studio = queries.studio_by_slug()
    products = list(Product.objects.order_by("id").values_list("id", flat=True)[:10])
    for number in range(3, sessions + 1):
        session_id = actions.create_session(studio["id"], name=f"Show {number}", wrap=True)
        assert session_id == number
        with transaction.atomic():
            actions.add_products(session_id, studio["id"], list(enumerate(products, start=1)), actor_id=None)
    Session.objects.update(wrap=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    person_id, _ = queries.person_with_role(studio["id"], "producer")
    _, secret = accounts.create_token(studio["id"], name="load", scopes=["control", "overlay"], by=person_id)
    return secret


@contextmanager
def server(arena: Arena, script: str = "", **environment: str) -> Iterator[tuple[int, int]]:
    """A server process, limits and sign-in on; gives (port, pid). ``script`` of this folder instead of the product."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((QUIET, 0))
        listening.listen(2048)
        port, fd = listening.getsockname()[1], listening.fileno()
        own = [ROOT / "bench" / script, str(fd)] if script else ["-m", "cuelight", "server", "--fd", str(fd)]
        process = subprocess.Popen(
            [sys.executable, *own], pass_fds=(fd,), env=arena.environment | environment, cwd=ROOT
        )
        try:
            until_it_answers(port, process)
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def until_it_answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server ended at once")
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def commit_ms(arena: Arena, *, count: int = 400, pace_ms: float = 6) -> tuple[float, float]:
    """p50 and p99 of a bare ``INSERT … COMMIT`` of a kilobyte, one at a time on an open connection."""
    return asyncio.run(_commit_ms(arena.url, count, pace_ms))


async def _commit_ms(url: str, count: int, pace_ms: float) -> tuple[float, float]:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, body text)")
    insert = await connection.prepare("INSERT INTO bare (body) VALUES ($1)")
    took = []
    for number in range(count + 50):
        started = time.perf_counter()
        await insert.fetch("x" * 1000)
        if number >= 50:
            took.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(pace_ms / 1000)
    await connection.close()
    took.sort()
    return took[len(took) // 2], took[int(len(took) * 0.99)]


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
