"""How much a page grows: heap after a collection, nodes, listeners, and the memory of its renderer process."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Megabytes of JavaScript heap, after a collection.
HEAP, NODES, HELD, LISTENERS, RENDERER = "heap, MB", "nodes in page", "nodes in all", "listeners", "renderer, MB"
#: What a page may grow by.
MOST_MB = 20
#: Nodes and listeners are counted on the same product each time; a notice or a receipt more is no leak.
SLACK = 40
#: Of each message that was typed Chromium keeps two text nodes, so that typing can be undone; no script reaches them.
HELD_OF_A_MESSAGE = 3

COUNT = """() => {
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
  let nodes = 1;
  while (walker.nextNode()) nodes += 1;
  return nodes;
}"""
BUSY = "() => { const until = performance.now() + 1500; while (performance.now() < until); }"


@dataclass
class Growing:
    """One page, measured again and again."""

    name: str
    page: Any
    renderer: int | None = None
    rows: list[dict[str, float]] = field(default_factory=list)

    def measure(self) -> None:
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("Performance.enable")
        for _ in range(2):  # what a finalizer lets go of is gone after the second
            devtools.send("HeapProfiler.collectGarbage")
        found = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
        devtools.detach()
        row = {HEAP: found["JSHeapUsedSize"] / 2**20, NODES: self.page.evaluate(COUNT), HELD: found["Nodes"]}
        row[LISTENERS] = found["JSEventListeners"]
        if self.renderer is not None:
            row[RENDERER] = own_megabytes(self.renderer)
        self.rows.append(row)

    def missed(self, messages: int, *, content: tuple[int, int] = (0, 0)) -> list[str]:
        """The bars it misses, as sentences: each measurement against the first.

        ``content``: nodes and listeners by which what is shown differs from one time to the other.
        """
        first, sentences = self.rows[0], []
        nodes, listeners = content
        held = SLACK + HELD_OF_A_MESSAGE * messages + nodes
        most = {HEAP: MOST_MB, NODES: SLACK, LISTENERS: SLACK + listeners, HELD: held}
        for what, bar in most.items():
            grown = max(row[what] - first[what] for row in self.rows)
            if grown > bar:
                sentences.append(f"{self.name}: {what} grew by {grown:.1f} (bar: {bar})")
        return sentences


def find_renderer(browser: Any, page: Any) -> int | None:
    """The process that draws a page: the one that works while the page does. None where the system does not tell."""
    devtools = browser.new_browser_cdp_session()

    def worked() -> dict[int, float]:
        processes = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        return {one["id"]: one["cpuTime"] for one in processes if one["type"] == "renderer"}

    try:
        before = worked()
        page.evaluate(BUSY)
        spent = {pid: seconds - before.get(pid, 0) for pid, seconds in worked().items()}
        pid = max(spent, key=lambda one: spent[one])
        own_megabytes(pid)
    except (OSError, ValueError, RuntimeError):
        return None
    finally:
        devtools.detach()
    return pid


def own_megabytes(pid: int) -> float:
    """Memory that a process shares with nobody."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


def table(pages: list[Growing], when: list[str]) -> list[str]:
    """A line for each page and measure, a column for each time."""
    lines = [f"{'':26}" + "".join(f"{at:>10}" for at in when) + f"{'growth':>10}"]
    for one in pages:
        for what in one.rows[0]:
            values = [row[what] for row in one.rows]
            digits = 0 if what in (NODES, HELD, LISTENERS) else 1
            cells = "".join(f"{value:10.{digits}f}" for value in values)
            lines.append(f"{one.name + ' ' + what:26}{cells}{values[-1] - values[0]:+10.{digits}f}")
    return lines
