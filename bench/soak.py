"""``make soak``: a long show on real pages, its events in a fraction of the time.

Four hours over a lineup of a hundred products with three pictures each, live, with the clock running: a key every four
seconds, twenty messages an hour that the host acknowledges, two breaks an hour (the network of both pages, or the
server killed with ``kill -9``, in turn) during which keys are pressed, and a colleague who looks at the host's screen
now and then. ``SOAK_MINUTES`` (20) is how long that takes here; ``SOAK_HOURS=4`` plays it at its real length.

Then four hours of the same on two overlays (``overlay_soak.py``), as long as the first, and ten minutes of a document
that several write at once (``document_soak.py``; ``DOCUMENT_MINUTES``).

    python bench/soak.py [show] [overlays] [documents]

Fails when a page grows by more than ``growth.py`` allows, when a page complains, when a page shows something else
than the journal's head says, or when the journal holds anything but the commands that were accepted.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from arena import QUIET, Arena, arena, find_chromium, own_folder, until_it_answers
from document_soak import write_together
from growth import Growing, find_renderer, own_megabytes, table
from keypress import link
from lineup import hundred_products
from long_show import LongShow
from overlay_soak import play_overlays
from witness import Witness

PARTS = ("show", "overlays", "documents")
HOURS = 4
EVENTS = HOURS * 3600 // 4
#: When pages are measured, as shares of the show. The first is what growth is counted from: all is warm by then.
MEASURED_AT = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0]


class Server:
    """The serving process, on a socket that stays open while it is killed and started again."""

    def __init__(self, arena: Arena, listening: socket.socket) -> None:
        self.port = listening.getsockname()[1]
        self.kills = 0
        self._arena = arena
        self._fd = listening.fileno()
        self._log = arena.folder / "server.log"
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cuelight", "server", "--fd", str(self._fd)],
                pass_fds=(self._fd,), env=self._arena.environment, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        until_it_answers(self.port, self._process)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(20)
        self.kills += 1

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)

    @property
    def megabytes(self) -> float:
        return own_megabytes(self._process.pid)

    def tracebacks(self) -> int:
        return self._log.read_text(errors="replace").count("Traceback (most recent call last)")


@contextmanager
def serving(arena: Arena) -> Iterator[Server]:
    with socket.socket() as listening:
        listening.bind((QUIET, 0))
        listening.listen(2048)
        server = Server(arena, listening)
        try:
            yield server
        finally:
            server.stop()


def main(parts: list[str]) -> int:
    if unknown := set(parts) - set(PARTS):
        print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
        return 2
    chromium = find_chromium()
    if chromium is None:
        print("skipped: no Chromium on PATH ('apt-get install chromium').")
        return 0
    hours = float(os.environ.get("SOAK_HOURS", 0))
    seconds = hours * 3600 or float(os.environ.get("SOAK_MINUTES", 20)) * 60
    # Stopped from outside, it still ends what it started and removes its folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with own_folder("soak") as folder, arena(folder, loaded=False) as ready:
        missed = []
        if not parts or "show" in parts:
            session_id = hundred_products()
            with serving(ready) as server:
                missed += play(ready, server, session_id, chromium, seconds)
        if not parts or "overlays" in parts:
            session_id = hundred_products("A long show with overlays", count=40, pictures_each=1)
            with serving(ready) as server:
                missed += play_overlays(ready, server, session_id, chromium, seconds)
        if not parts or "documents" in parts:
            with serving(ready) as server:
                missed += write_together(ready, server, chromium)
    for sentence in missed:
        print(f"MISSED: {sentence}")
    return 1 if missed else 0


def play(ready: Arena, server: Server, session_id: int, chromium: str, seconds: float) -> list[str]:
    """Plays the show and prints what came of it; returns the bars that were missed, as sentences."""
    from playwright.sync_api import sync_playwright

    witness = Witness(f"session:{session_id}:")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        links = {role: link(ready, role) for role in ("producer", "host", "admin")}
        show = LongShow(browser, server, witness, links, session_id, ready.url, random.Random(4))
        pages = [Growing(name, show.open(name)) for name in ("producer", "host")]
        show.begin()
        for one in pages:
            one.renderer = find_renderer(browser, one.page)
        servers, begun = [], time.monotonic()
        due_events = [round(EVENTS * share) for share in MEASURED_AT]
        for event in range(1, EVENTS + 1):
            show.play(event)
            if event in due_events:
                show.stand_still()
                for one in pages:
                    one.measure()
                servers.append(server.megabytes)
                print(f"{event} of {EVENTS} events after {(time.monotonic() - begun) / 60:.1f} minutes", flush=True)
            show.wait(begun + seconds * event / EVENTS - time.monotonic())
        show.agree("at the end")
        took = time.monotonic() - begun
        lost = [*show.lost, *show.accounts()]
        browser.close()
    for line in table(pages, [f"{share:.0%}" for share in MEASURED_AT]):
        print(line)
    print(f"{'server, MB':26}" + "".join(f"{one:10.1f}" for one in servers) + f"  killed {server.kills} times")
    print(
        f"{EVENTS:,} events of {HOURS} hours in {took / 60:.1f} minutes: {len(witness.accepted):,} commands accepted, "
        f"{len(witness.refused)} refused, {len(witness.unanswered)} never answered; {show.breaks} breaks, "
        f"back after {max(show.back_s, default=0):.1f} s at most; {witness.excused} network errors of the breaks"
    )
    traces = [f"the server's log holds {count} tracebacks"] if (count := server.tracebacks()) else []
    return [*(sentence for one in pages for sentence in one.missed(show.messages)), *witness.complaints, *lost, *traces]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
