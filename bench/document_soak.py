"""Ten minutes of one document: three real pages and nine clients in Node that write at random on a bad network.

Each page loses its network and is loaded again now and then, the clients' connections are cut and some of their
changes sent twice, and the server is killed with ``kill -9`` every minute and a half. ``DOCUMENT_MINUTES`` (10) is for
how long.
Fails when in the end a screen, a client and the journal replayed differ, when an acknowledged change is lost or done
twice, when a change was refused, or when the server's log holds a traceback.
"""

import os
import random
import time
from typing import TYPE_CHECKING, Any

import psycopg
from arena import Arena
from keypress import link

from e2e.writers import LOG, Writer, rest, write, wrong

if TYPE_CHECKING:
    from soak import Server

ROLES = ("producer", "host", "admin")
NODE_CLIENTS = 9
KILL_EVERY_S = 90
PATIENCE_S = 120
START = [{"insert": "Opening"}, {"insert": "\n", "attributes": {"header": 1}}, {"insert": "Say hello to all\n"}]


def write_together(ready: Arena, server: "Server", chromium: str) -> list[str]:
    """Prints what came of it; returns what went wrong, as sentences."""
    from playwright.sync_api import sync_playwright
    from writing import made

    from cuelight.documents.testing import Typists

    seconds = float(os.environ.get("DOCUMENT_MINUTES", 10)) * 60
    dice = random.Random(7)
    base = f"http://localhost:{server.port}"
    document_id = made("Written together", START)
    links = [link(ready, role) for role in ROLES]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])

        def come(entrance: str) -> Writer:
            page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
            page.goto(base + entrance)
            writer = Writer(page, document_id, random.Random(entrance))
            writer.open(base)
            return writer

        writers = [come(entrance) for entrance in links]
        typists = Typists(
            documentId=document_id,
            clients=[{"url": base, "cookie": cookie_of(writers[number % 3])} for number in range(NODE_CLIENTS)],
            seconds=seconds,
            pauseMs=300,
            cutsPerSecond=0.1,
            twice=0.1,
        )
        try:
            typists.hear("ready")
            begun = time.monotonic()
            due = begun + KILL_EVERY_S
            restarts: list[float] = []

            def kill_now_and_then() -> None:
                nonlocal due
                if time.monotonic() > due:
                    server.kill()
                    server.start()
                    restarts.append(time.monotonic() - begun)
                    due = time.monotonic() + KILL_EVERY_S
                    print(f"{restarts[-1] / 60:.1f} minutes, {sum(one.acts for one in writers):,} acts", flush=True)

            write(writers, seconds, dice, often=kill_now_and_then)
            typists.hear("middle", seconds=PATIENCE_S)
            clients = typists.hear("done", seconds=PATIENCE_S)["clients"]
        finally:
            typists.stop()
        missed = [] if rest(writers, PATIENCE_S) else ["the pages do not come to rest"]
        newcomer = come(links[0])
        with psycopg.connect(ready.url) as connection:
            log: list[Any] = connection.execute(LOG, [f"document:{document_id}"]).fetchall()
        missed += wrong(log, [*writers, newcomer], clients)
        browser.close()
    acknowledged = sum(len(one["acknowledged"]) for one in clients) + sum(len(set(one.acknowledged)) for one in writers)
    print(
        f"{seconds / 60:.1f} minutes: {sum(one.acts for one in writers):,} acts on {len(writers)} pages and "
        f"{sum(one['edits'] for one in clients):,} edits of {len(clients)} clients came to {len(log):,} versions, "
        f"{acknowledged:,} of them acknowledged; the server killed {server.kills} times, "
        f"{sum(one.breaks for one in writers)} breaks of pages, {sum(one['cuts'] for one in clients)} of clients"
    )
    if count := server.tracebacks():
        missed.append(f"the server's log holds {count} tracebacks")
    return missed


def cookie_of(writer: Writer) -> str:
    return "; ".join(f"{one['name']}={one['value']}" for one in writer.page.context.cookies())
