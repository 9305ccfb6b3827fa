"""Real clients of one document on two real servers, one of which is killed with ``kill -9`` and comes back.

The clients are the page's own code in Node (``frontend/tools/document-clients.ts``); their connections break, and they
send some changes twice. ``DOCUMENT_SECONDS`` (20) is how long they type; a soak asks for ten minutes.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.documents import delta, queries
from cuelight.documents.document_kind import EMPTY
from cuelight.documents.testing import PATIENCE_S, Typists
from cuelight.documents.tests.test_contracts import checksum
from cuelight.documents.text import Text
from cuelight.postgres.pytest_plugin import databases, with_database
from cuelight.settings import ROOT

CLIENTS = 12
SECONDS = float(os.environ.get("DOCUMENT_SECONDS", 20))
#: Of each client's connection, beside the death of a server.
CUTS_PER_SECOND = 0.25
FRONTEND = ROOT / "frontend"


class Server:
    """A serving process, on a socket that stays open while it is killed and started again."""

    def __init__(self, url: str, folder: Path) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._environment = os.environ | {"DATABASE_URL": url, "CUELIGHT_DATA_DIR": str(folder / "data")}
        self.log = folder / f"{self._listening.getsockname()[1]}.log"
        self.start()

    def start(self) -> None:
        fd = self._listening.fileno()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cuelight", "server", "--fd", str(fd)],
                pass_fds=[fd],
                env=self._environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        give_up = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < give_up, "the server does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._listening.close()

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True


@contextmanager
def stopping(*running: Any) -> Iterator[None]:
    try:
        yield
    finally:
        for one in running:
            one.stop()


def cookie_of(person: Person) -> str:
    browser = Client()
    sign_in(browser, person)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def replayed(document_id: int) -> Text:
    """The document from the journal, from its first operation."""
    text = Text.of(EMPTY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(version) FROM journal WHERE aggregate_id = %s", [f"document:{document_id}"])
        [newest] = cursor.fetchone()
    for change in queries.changes_between(document_id, 0, newest):
        text = text.apply(change)
    return text


def read_by_a_newcomer(url: str, cookie: str, document_id: int) -> dict[str, Any]:
    """What a server sends somebody who opens the document now."""
    looking = Typists(
        documentId=document_id,
        clients=[{"url": url, "cookie": cookie}],
        seconds=0,
        pauseMs=1,
        cutsPerSecond=0,
        twice=0,
    )
    with stopping(looking):
        looking.hear("ready")
        looking.hear("middle")
        [client] = looking.hear("done")["clients"]
    return dict(client)


@pytest.mark.timeout(SECONDS + 2 * PATIENCE_S)
def test_all_clients_and_both_servers_come_to_the_same_text(
    document_id: int,
    studio: Studio,
    producer: Person,
    person: Callable[..., Person],
    tmp_path: Path,
) -> None:
    url = with_database(databases.server, f"test_{databases.name}")
    cookies = [cookie_of(person(f"Writer{number}", studio, "producer")) for number in range(CLIENTS)]
    one, other = Server(url, tmp_path), Server(url, tmp_path)
    servers = [one, other]
    typists = Typists(
        documentId=document_id,
        clients=[{"url": servers[number % 2].url, "cookie": cookie} for number, cookie in enumerate(cookies)],
        seconds=SECONDS,
        pauseMs=150,
        cutsPerSecond=CUTS_PER_SECOND,
        twice=0.1,
    )
    with stopping(typists, *servers):
        typists.hear("ready")
        typists.hear("middle", seconds=SECONDS + PATIENCE_S)
        other.kill()
        other.start()
        done = typists.hear("done", seconds=SECONDS + PATIENCE_S)
        newcomers = [read_by_a_newcomer(server.url, cookies[0], document_id) for server in servers]
    clients = done["clients"]
    assert done["rested"], [(one["version"], one["waiting"]) for one in clients]
    text = replayed(document_id)
    for client in [*clients, *newcomers]:
        assert delta.same(client["contents"], text.contents())
        assert client["checksum"] == checksum(text.contents())
    assert_each_change_is_in_the_journal_once(document_id, clients)
    assert [client["rescued"] for client in clients] == [[]] * CLIENTS
    assert [client["healed"] for client in clients] == [0] * CLIENTS
    assert sum(client["edits"] for client in clients) > CLIENTS * SECONDS
    for server in servers:
        assert "Traceback" not in server.log.read_text()


def assert_each_change_is_in_the_journal_once(document_id: int, clients: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        query = "SELECT version, op_id::text FROM journal WHERE aggregate_id = %s ORDER BY version"
        cursor.execute(query, [f"document:{document_id}"])
        rows = cursor.fetchall()
    assert [version for version, _ in rows] == list(range(1, len(rows) + 1))
    journal = [op_id for _, op_id in rows]
    acknowledged = [op_id for client in clients for op_id in client["acknowledged"]]
    assert len(acknowledged) > CLIENTS
    assert len(set(acknowledged)) == len(acknowledged)
    assert len(set(journal)) == len(journal)
    assert set(acknowledged) <= set(journal)
