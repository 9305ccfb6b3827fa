"""The people of a long show: a producer at the keys, a host who reads, a colleague who looks in, and what breaks."""

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from witness import Witness

if TYPE_CHECKING:
    from soak import Server

MESSAGE_EVERY = 45  # events of four seconds: twenty an hour
BREAK_EVERY = 450  # two an hour
VISIT_EVERY, VISIT_LASTS = 300, 30
#: Seconds after which a page that still shows something else has lost it.
PATIENCE_S = 20.0
CUT_S = 3.0

#: What a page shows: number, picture, message, whether it was seen, and whether the picture is drawn.
SHOWN = """() => {
  const view = document.querySelector('section[aria-label="Host screen"]');
  const picture = view?.querySelector("img.full");
  return {
    number: parseInt(view?.querySelector(".here h1")?.textContent ?? ""),
    picture: view?.querySelector(".image-count")?.textContent.trim() ?? "",
    message: view?.querySelector(".banner p")?.textContent ?? null,
    seen: !!view?.querySelector(".banner .seen"),
    drawn: picture?.dataset.jsLoading === "false" && picture.naturalWidth > 0,
    connected: !document.body.textContent.includes("Reconnecting…"),
  };
}"""
HEAD = """
SELECT h.version, i.position, h.state->'live'->'image_index', h.state->'live'->'message'->>'text',
       h.state->'live'->'message'->>'acked_at' IS NOT NULL
FROM live_aggregate h JOIN live_sessions_lineupitem i ON i.id = (h.state->'live'->>'item_id')::bigint WHERE h.id = %s
"""


@dataclass
class LongShow:
    """One producer's page and one host's, and the session they follow."""

    browser: Any
    server: "Server"
    witness: Witness
    links: dict[str, str]
    session_id: int
    url: str
    chance: random.Random
    pages: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    breaks: int = 0
    messages: int = 0
    back_s: list[float] = field(default_factory=list)

    def open(self, name: str, role: str = "") -> Any:
        """A browser for a role, on its page."""
        base = f"http://localhost:{self.server.port}"
        page = self.browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        self.witness.watch(name, page)
        page.goto(base + self.links[role or name])
        page.goto(f"{base}/sessions/{self.session_id}/{'producer' if name == 'producer' else 'host'}")
        page.wait_for_function("() => document.querySelector('.here h1')")
        self.pages[name] = page
        return page

    def begin(self) -> None:
        self.positions = dict(self._ask("SELECT id, position FROM live_sessions_lineupitem WHERE session_id = %s"))
        for page in self.pages.values():
            # The lineup's pictures are fetched ahead; a show begins when they are there.
            page.wait_for_load_state("networkidle", timeout=120_000)
        self.producer.get_by_role("button", name="Go live").click()
        self.agree("at the beginning")
        self.began_at = self._head()[0]
        self.witness.accepted.clear()
        self.witness.sent.clear()
        self.may_undo = False

    @property
    def producer(self) -> Any:
        return self.pages["producer"]

    def play(self, event: int) -> None:
        """Four seconds of the show."""
        if event % BREAK_EVERY == BREAK_EVERY // 2:
            self._break(event)
        elif event % MESSAGE_EVERY == 0:
            self._write(f"note {event}: two left of these, then the rings")
        else:
            self._press()
        if event % VISIT_EVERY == 0:
            self.open("colleague", "admin")
        elif event % VISIT_EVERY == VISIT_LASTS and "colleague" in self.pages:
            self.pages.pop("colleague").context.close()

    def wait(self, seconds: float) -> None:
        self.producer.wait_for_timeout(max(seconds, 0.02) * 1000)

    def stand_still(self) -> None:
        """The first product, its first picture, and nothing under way: what is measured then can be compared."""
        if self._settled() and (self.witness.shown, self.witness.picture) != (self.positions_first, 0):
            self.producer.keyboard.press("Home")
        self.agree("before a measurement")
        self.wait(4)  # a notice stands for 3.5 s

    @property
    def positions_first(self) -> int:
        return min(self.positions, key=lambda item: self.positions[item])

    def agree(self, when: str) -> None:
        """Waits until both pages show what the journal's head says; what they show instead is lost."""
        give_up, wrong = time.monotonic() + PATIENCE_S, [""]
        while wrong and time.monotonic() < give_up:
            self.wait(0.05)
            _, number, picture, message, seen = self._head()
            due = {"number": number, "picture": f"Image {picture + 1}/3", "message": message, "seen": bool(seen)}
            due |= {"drawn": True, "connected": True}
            shown = {name: page.evaluate(SHOWN) for name, page in self.pages.items()}
            wrong = [f"{name} shows {one}, not {due}" for name, one in shown.items() if one != due]
        self.lost += [f"{when}, {sentence}" for sentence in wrong]

    def accounts(self) -> list[str]:
        """Where the journal and what the pages were told differ, as sentences."""
        query = "SELECT op_id::text, version FROM journal WHERE aggregate_id = %s AND version > %s"
        written = dict(self._ask(query, self.aggregate, self.began_at))
        told = self.witness.accepted
        sentences = []
        if lost := [f"{self.witness.sent[op]} ({told[op]})" for op in told if written.get(op) != told[op]]:
            sentences.append(f"accepted, and not in the journal: {', '.join(lost)}")
        if more := [version for op, version in written.items() if op not in told and op not in self.witness.unanswered]:
            sentences.append(f"in the journal, and never accepted: versions {more}")
        if len(written) != self._head()[0] - self.began_at:
            sentences.append(f"{len(written)} entries, but the head is at {self._head()[0]} from {self.began_at}")
        return sentences

    # What people do

    def _press(self) -> None:
        """Mostly next and previous, pictures, sometimes a number, the card, now and then an undo."""
        keys = ["ArrowDown", "ArrowUp", "ArrowRight", "number", "v", "Control+z"]
        key = self.chance.choices(keys, [50, 10, 20, 10, 5, 5])[0]
        if key == "number":
            self._jump(self.chance.choice(sorted(self.positions.values())))
            return
        # The card's key means the other of what the page shows: told too soon, it would mean the same twice.
        if (key == "Control+z" and not self.may_undo) or (key == "v" and not self._settled()):
            key = "ArrowDown"
        # Twice in a row could take back what the show stands on.
        self.may_undo = key != "Control+z"
        self.producer.keyboard.press(key)

    def _jump(self, number: int) -> None:
        """A jump to where the show is changes nothing, and what changes nothing is in no journal."""
        if not self._settled() or self.positions.get(self.witness.shown or 0) == number:
            self.producer.keyboard.press("ArrowDown")
            return
        self.producer.keyboard.type(str(number))
        self.producer.keyboard.press("Enter")

    def _write(self, text: str) -> None:
        self.producer.keyboard.press("m")
        self.producer.keyboard.type(text)
        self.producer.keyboard.press("Enter")
        self.producer.keyboard.press("Escape")
        host = self.pages["host"]
        arrived = "text => document.querySelector('.banner p')?.textContent === text"
        try:
            host.wait_for_function(arrived, arg=text, timeout=PATIENCE_S * 1000)
        except Exception:
            self.lost.append(f"the host never read {text!r}")
            return
        host.keyboard.press("Enter")
        self.messages += 1
        self.may_undo = False
        if self.chance.random() < 0.3:
            self.producer.get_by_role("button", name="Clear").click()

    def _break(self, event: int) -> None:
        """Keys pressed meanwhile count once when it is over."""
        self.witness.breaks()
        by_network = self.breaks % 2 == 0
        contexts = [page.context for page in self.pages.values()]
        if by_network:
            for context in contexts:
                context.set_offline(True)
        else:
            self.server.kill()
        for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
            self.producer.keyboard.press(key)
        self.wait(CUT_S if by_network else 0.5)
        if by_network:
            for context in contexts:
                context.set_offline(False)
        else:
            self.server.start()
        whole = time.monotonic()
        self.agree(f"after the break of event {event}")
        self.back_s.append(time.monotonic() - whole)
        self.witness.is_whole()
        self.breaks += 1

    def _settled(self) -> bool:
        """Waits a moment for what is under way; whether nothing is."""
        give_up = time.monotonic() + 3
        while self.witness.underway and time.monotonic() < give_up:
            self.wait(0.02)
        self.wait(0.05)  # the broadcast may come after the reply
        return not self.witness.underway

    # What the database says

    @property
    def aggregate(self) -> str:
        return f"session:{self.session_id}"

    def _head(self) -> Any:
        """Version, number, picture, message and whether it was seen."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(HEAD, [self.aggregate]).fetchone()

    def _ask(self, query: str, *values: object) -> Any:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, values or [self.session_id]).fetchall()
