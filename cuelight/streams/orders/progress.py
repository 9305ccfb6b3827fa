"""How far an order file is, for whoever watches: its row is the truth, and every change of it is broadcast whole on
``orders:{id}`` as ``progress``."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from time import monotonic
from typing import Any, Protocol, TypedDict, TypeVar

from django.db import connections

from cuelight.catalog.importing.problems import Cancelled
from cuelight.errors import NotFound
from cuelight.jobs import housekeeping
from cuelight.live.broadcast import broadcast
from cuelight.streams.models import OrderImport

Item = TypeVar("Item")
State = OrderImport.State
#: States in which a job is at work, or soon will be.
BUSY = (State.READING, State.APPLYING)
#: Seconds between two reports, and lines between two looks at the clock.
REPORT_EVERY_S, LINES_AT_ONCE = 0.2, 250
#: Columns of an import of which no step is under way.
STANDS: dict[str, Any] = {"step": "", "lines_done": 0, "lines_total": None}
#: The whole bar.
FULL = 1000
#: Where on the bar each step begins and ends, in the time it takes, and what it is called.
_STEPS = {
    (State.READING, "rows"): (0, 400, "Reading the file"),
    (State.READING, "lines"): (400, 850, "Understanding its lines"),
    (State.READING, "compare"): (850, 1000, "Comparing with the orders there are"),
    (State.APPLYING, "compare"): (0, 600, "Reading in"),
    (State.APPLYING, "write"): (600, 1000, "Writing the orders"),
}
_WAITS = {State.READING: "Waiting to be read", State.APPLYING: "Waiting to be read in"}
_NOBODY = "No worker is running that could do this. It goes on by itself as soon as one is."


class ProgressRow(TypedDict):
    """``step`` is what is being done, ``sentence`` with how far; ``done`` of ``total`` is the bar, without a total
    nobody knows. ``note``: why nothing goes on. ``state`` ``gone``: somebody cancelled it."""

    id: int
    state: str
    step: str
    sentence: str
    done: int
    total: int | None
    note: str


def row(import_id: int) -> ProgressRow:
    """How far an import is, JSON-ready. Raises NotFound."""
    found = OrderImport.objects.filter(id=import_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return row_of(found)


def row_of(found: OrderImport) -> ProgressRow:
    """As `row`."""
    done, total = found.lines_done, found.lines_total
    begins, ends, step = _STEPS.get((State(found.state), found.step), (0, 0, _WAITS.get(State(found.state), "")))
    sentence = step
    if done:
        sentence += f": {min(done, total):,} of {total:,} lines" if total else f": {done:,} lines"
    share = min(done / total, 1.0) if total else 0.0
    return {
        "id": found.id,
        "state": found.state,
        "step": step,
        "sentence": sentence,
        "done": round(begins + (ends - begins) * share),
        # The first step of a workbook: how many lines it has is known at its end.
        "total": FULL if total or begins else None,
        "note": "",
    }


def row_with_worker(import_id: int) -> ProgressRow:
    """As `row`, and says when there is nobody to go on with it. Raises NotFound."""
    found = row(import_id)
    if found["state"] in BUSY and not housekeeping.health()["ok"]:
        found["note"] = _NOBODY
    return found


def tell(import_id: int) -> None:
    """Broadcasts how far an import is now; that it is gone, if it is."""
    try:
        now = row(import_id)
    except NotFound:
        now = {"id": import_id, "state": "gone", "step": "", "sentence": "", "done": 0, "total": None, "note": ""}
    broadcast(f"orders:{import_id}", "progress", {**now})


class Progress(Protocol):
    """Hears how far a piece of work is. Raises Cancelled when nobody wants it any more."""

    def tell(self, step: str, done: int = 0, total: int | None = None) -> None: ...


class Nobody:
    """Is told of nothing: the work is over before anybody looks."""

    def tell(self, step: str, done: int = 0, total: int | None = None) -> None: ...


class Reporter:
    """Tells how far an import is and hears of its end, from a thread with a connection of its own.

    What the work itself writes is in one transaction that nobody sees before its end.
    """

    def __init__(self, import_id: int, state: State) -> None:
        self._import_id, self._state = import_id, state
        self._cancelled = Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="order report")
        self._step, self._next_at = "", 0.0

    def __enter__(self) -> "Reporter":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=True)

    def tell(self, step: str, done: int = 0, total: int | None = None) -> None:
        now = monotonic()
        if step != self._step:
            self._step, self._next_at = step, now + REPORT_EVERY_S
            # Before the work goes on: its next step may hold the row.
            wait([self._thread.submit(self._report, step, done, total)])
        elif now >= self._next_at:
            self._next_at = now + REPORT_EVERY_S
            self._thread.submit(self._report, step, done, total)
        if self._cancelled.is_set():
            raise Cancelled

    def _report(self, step: str, done: int, total: int | None) -> None:
        try:
            going_on = OrderImport.objects.filter(id=self._import_id, state=self._state)
            if going_on.update(step=step, lines_done=done, lines_total=total):
                tell(self._import_id)
            else:
                self._cancelled.set()
        finally:
            connections.close_all()


def counted(items: Iterable[Item], progress: Progress, step: str, total: int | None) -> Iterator[Item]:
    """The same items; tells how many went by."""
    progress.tell(step, 0, total)
    for place, item in enumerate(items):
        if place % LINES_AT_ONCE == 0:
            progress.tell(step, place, total)
        yield item
