"""One overlay page of the soak: what it shows, what it has drawn, and what its socket has told it."""

import json
from dataclasses import dataclass, field
from typing import Any

from growth import Growing

#: The card's words, and whether the page shows any box at all.
SHOWN = """() => {
  const root = document.querySelector("[data-widget=product_card] .host")?.shadowRoot;
  return { number: parseInt(root?.querySelector(".card .number")?.textContent.replace(/\\D+/, "")) || null,
           boxes: document.querySelectorAll(".box").length };
}"""
#: Nodes of all widgets, in their own roots.
DRAWN_NODES = """() => [...document.querySelectorAll(".host")].reduce((sum, host) => {
  const walker = document.createTreeWalker(host.shadowRoot, NodeFilter.SHOW_ALL);
  while (walker.nextNode()) sum += 1;
  return sum;
}, 0)"""
#: How often an alert was put on the page.
COUNT_ALERTS = """() => {
  window.alertsDrawn = 0;
  const watched = new WeakSet();
  const count = changes => changes.forEach(({ addedNodes }) => addedNodes.forEach(node => {
    if (node.nodeType === 1 && node.matches("article.alert")) window.alertsDrawn += 1;
  }));
  const look = () => {
    const root = document.querySelector("[data-widget=alert_box] .host")?.shadowRoot;
    if (!root || watched.has(root)) return;
    watched.add(root);
    window.alertsDrawn += root.querySelectorAll("article.alert").length;
    new MutationObserver(count).observe(root, { childList: true, subtree: true });
  };
  setInterval(look, 50);
}"""


@dataclass
class Screen:
    """One overlay page, and what its socket has told it."""

    name: str
    page: Any
    full: Growing
    emptied: Growing
    told: set[tuple[int, int]] = field(default_factory=set)
    #: How often what was drawn may have been put there anew: everything was hidden and shown again.
    again: int = 0
    nodes: list[int] = field(default_factory=list)
    drawn: int = 0

    def listen(self, socket: Any) -> None:
        socket.on("framereceived", self._hear)

    def _hear(self, text: str | bytes) -> None:
        if b"showing" not in (text if isinstance(text, bytes) else text.encode()):
            return
        _, _, topic, event, payload = json.loads(text)
        row = payload.get("response", {}) if event == "phx_reply" else payload
        if topic.startswith("alertbox:") and (showing := row.get("showing")):
            self.told.add((showing["id"], showing["run"]))
