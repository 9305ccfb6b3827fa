"""Whole stories in real browsers, against a real ``cuelight run`` with a database of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from cuelight.accounts import links
from cuelight.postgres.pytest_plugin import clone, databases, drop, own_name, with_database
from e2e.steps import connected, go_live, show_card, shows

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is None:
        skip = pytest.mark.skip(
            reason="no Chromium found: 'apt-get install chromium' (or any Chrome on PATH) runs these"
        )
        for item in items:
            item.add_marker(skip)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Studio:
    """A running installation with the sample studio in it.

    ``url``: in this database instead of one of its own. ``sample``: one that is stopped, to copy instead of making the
    sample anew.
    """

    def __init__(self, folder: Path, url: str = "", *, sample: "Studio | None" = None) -> None:
        self.name = "" if url else own_name()
        if self.name:
            clone(databases.server, self.name, sample.name if sample else databases.template)
        if sample:
            shutil.copytree(sample.data, folder / "data")
        self.data = folder / "data"
        self.url = url or with_database(databases.server, self.name)
        self.port = free_port()
        self.log = folder / "run.log"
        self._environment = os.environ | {
            "DATABASE_URL": self.url,
            "PORT": str(self.port),
            "CUELIGHT_DATA_DIR": str(self.data),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Returns when the links are printed."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cuelight", "run"],
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(b"Stop with"):
                return
        raise RuntimeError(f"cuelight run ended: {self.log.read_text()[-2000:]}")

    def stop(self) -> int:
        code = self.go_away()
        if self.name:
            drop(databases.server, self.name)
        return code

    def go_away(self) -> int:
        """Nothing listens any more, until ``start``; what is stored stays."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(60)

    def kill_server(self) -> None:
        """kill -9 of the process that serves; its supervisor starts another."""
        [server] = [
            pid for pid in self._children() if b"server" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        ]
        os.kill(server, signal.SIGKILL)

    def kill_everything(self) -> None:
        """kill -9 of every process, the supervisor first; nothing listens any more, until ``start``."""
        assert self._process is not None
        children = self._children()
        for pid in (self._process.pid, *children):
            os.kill(pid, signal.SIGKILL)
        self._process.wait(20)

    def _children(self) -> list[int]:
        assert self._process is not None
        return [
            int(pid) for pid in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        ]

    def link(self, role: str, session: int) -> str:
        """A link that signs in the first person with a role, as ``cuelight link`` prints it."""
        [(person_id,)] = self.ask(
            f"SELECT person_id FROM accounts_membership WHERE role = '{role}' ORDER BY id LIMIT 1"
        )
        page = "host" if role == "host" else "producer"
        return self.base + links.make(int(str(person_id)), f"/sessions/{session}/{page}")

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Rows of the studio's own database."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


class Studios:
    """One for each file of stories. The next one starts, and the last one stops, while stories are told."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._aside = ThreadPoolExecutor()
        self._sample = Studio(factory.mktemp("sample"))
        self._sample.start()
        assert self._sample.go_away() == 0
        self._next = self._aside.submit(self._started)
        self._stopping: list[Future[int]] = []

    def _started(self) -> Studio:
        studio = Studio(self._factory.mktemp("studio"), sample=self._sample)
        studio.start()
        return studio

    def take(self) -> Studio:
        """One that runs."""
        taken, self._next = self._next.result(), self._aside.submit(self._started)
        return taken

    def give_back(self, studio: Studio) -> None:
        self._stopping.append(self._aside.submit(studio.stop))

    def close(self) -> None:
        """AssertionError where one ended badly."""
        self.give_back(self._next.result())
        codes = [stopping.result() for stopping in self._stopping]
        drop(databases.server, self._sample.name)
        assert set(codes) == {0}


@dataclass
class Screen:
    """One browser of one person. Every page has a context of its own: pages behind others are throttled."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        # A socket that cannot connect while the server is away, a page or form that is refused, and what cannot be had
        # without the database are no mistakes of the page. Nor is that it asks before it is closed in a show.
        expected = r"WebSocket|ERR_|status of (40[349]|422|503)|beforeunload"
        if message.type == "error" and not re.search(expected, message.text):
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def studios(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studios]:
    studios = Studios(tmp_path_factory)
    yield studios
    studios.close()


@pytest.fixture(scope="module")
def studio(studios: Studios) -> Iterator[Studio]:
    studio = studios.take()
    yield studio
    studios.give_back(studio)


@pytest.fixture
def enter(browser: Browser, studio: Studio) -> Iterator[Callable[..., Page]]:
    """Opens a browser for a role on a page of a session: ``enter("producer", 1)``.

    ``base``: the address the studio is reached at, if not its own; ``prepare``: what is done before the page is loaded.
    """
    screens: list[Screen] = []

    def open_(
        role: str,
        session: int = 1,
        *,
        path: str = "",
        width: int = 1280,
        height: int = 720,
        worker: bool = True,
        base: str = "",
        prepare: Callable[[Page], object] = lambda page: None,
    ) -> Page:
        # A request that the service worker answers is seen by no route of a test.
        workers: Literal["allow", "block"] = "allow" if worker else "block"
        context = browser.new_context(viewport={"width": width, "height": height}, service_workers=workers)
        screen = Screen(context.new_page(), context)
        screen.page.on("console", screen.hear)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        screens.append(screen)
        prepare(screen.page)
        screen.page.goto(studio.link(role, session).replace(studio.base, base or studio.base))
        if path:
            screen.page.goto(studio.base + path)
        return screen.page

    yield open_
    complaints = [complaint for screen in screens for complaint in screen.complaints]
    for screen in screens:
        screen.context.close()
    assert complaints == []


@pytest.fixture
def producer(enter: Callable[..., Page]) -> Page:
    """The console of the short show, on its first product."""
    page = enter("producer", 2)
    connected(page)
    page.keyboard.press("Home")
    shows(page, 1)
    return page


@pytest.fixture
def console(enter: Callable[..., Page]) -> Page:
    """The console of the short show, on air, on its first product, with the card on."""
    page = enter("producer", 2)
    go_live(page)
    page.keyboard.press("Home")
    shows(page, 1)
    show_card(page)
    return page


@pytest.fixture
def host(producer: Page, enter: Callable[..., Page]) -> Page:
    """The host's screen of what ``producer`` drives."""
    page = enter("host", 2)
    shows(page, 1)
    return page


@pytest.fixture
def colleague(producer: Page, enter: Callable[..., Page]) -> Page:
    """A second console of the same show."""
    page = enter("admin", 2)
    shows(page, 1)
    return page
