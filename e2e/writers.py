"""People who write in one document on real pages: by keyboard, clipboard and mouse, at random, on a bad network."""

import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page, WebSocket

from cuelight.documents import delta
from cuelight.documents.document_kind import EMPTY
from cuelight.documents.text import Text
from e2e.document_pages import EDITOR

TEXT = f"{EDITOR} .document-lines[contenteditable=true]"
#: Refusals of a moment: the change is sent again.
PASSING = {"down", "timeout", "unavailable", "rate_limited", "busy", "unmatched topic", "version_ahead", "too_old"}

#: The lines as they are drawn: element, list, indentation, and runs of text with the elements around them. Carets and
#: the light on new words are no part of the text.
READ = """() => [...document.querySelectorAll(".document-lines > .line")].map(line => {
  const runs = [];
  const read = (node, around) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const marks = [...new Set(around)].sort(), last = runs.at(-1);
      if (last && String(last[1]) === String(marks)) last[0] += node.data;
      else if (node.data) runs.push([node.data, marks]);
    } else if (!node.matches(".caret, .ProseMirror-trailingBreak, .ProseMirror-separator")) {
      const marks = node.tagName === "SPAN" ? around : [...around, node.tagName];
      for (const child of node.childNodes) read(child, marks);
    }
  };
  for (const child of line.childNodes) read(child, []);
  const { list, indent } = line.dataset;
  return { tag: line.tagName, list: list ?? null, indent: indent ?? null,
           quote: line.classList.contains("quote"), code: line.classList.contains("code"), runs };
})"""
ELEMENTS = {"bold": "STRONG", "italic": "EM", "underline": "U", "strike": "S", "code": "CODE"}

PASTE = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "plain");
  document.activeElement.dispatchEvent(new ClipboardEvent("paste",
    { clipboardData: data, bubbles: true, cancelable: true }));
}"""
PASTED = [
    "<h2>Pasted</h2><p>with <b>bold</b> and 👍🏽</p>",
    "<ul><li>one</li><li><i>two</i></li></ul>",
    "in <u>one</u> line",
]
FORMATS = ["Control+b", "Control+i", "Control+u", "Control+Shift+x", "Control+e"]
LINES = ["Control+Alt+1", "Control+Alt+2", "Control+Shift+8", "Control+Shift+7", "Control+Shift+.", "Control+Alt+0"]
MOVES = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "Control+Home", "Control+End"]
TYPED = ["word ", "a", "ring chain ", "é", "## ", "- ", "**loud** ", "1. ", "so ", "看"]

#: Version, id and change of every operation of a document, oldest first.
LOG = "SELECT version, op_id::text, event->'delta' FROM journal WHERE aggregate_id = %s ORDER BY version"

Line = dict[str, Any]


class Writer:
    """One page of the document, and what the server acknowledged to it."""

    def __init__(self, page: Page, document_id: int, dice: random.Random) -> None:
        self.page = page
        self.acknowledged: list[str] = []
        self.refused: list[dict[str, Any]] = []
        self.acts = 0
        self.breaks = 0
        self._topic = f"document:{document_id}"
        self._dice = dice
        self._online_at: float | None = None
        page.on("websocket", self._tap)
        # It asks before it is closed with unsent changes; they are in the browser, and come back.
        page.on("dialog", lambda dialog: dialog.accept())

    def open(self, base: str) -> None:
        self.page.goto(f"{base}/documents/{self._topic.removeprefix('document:')}")
        self.page.locator(TEXT).wait_for()
        self.page.locator(TEXT).click()

    def act(self) -> None:
        """Does something, of all that people do."""
        page, dice = self.page, self._dice
        kind = dice.random()
        if kind < 0.45:
            page.keyboard.type(dice.choice(TYPED))
        elif kind < 0.5:
            page.keyboard.insert_text(dice.choice(["😀", "👩‍👩‍👧", "e\u0301"]))
        elif kind < 0.6:
            page.keyboard.press("Enter")
        elif kind < 0.72:
            for _ in range(dice.randint(1, 6)):
                page.keyboard.press(dice.choice(["Backspace", "Backspace", "Delete"]))
        elif kind < 0.8:
            page.keyboard.press(dice.choice(MOVES))
        elif kind < 0.84:
            self._click()
        elif kind < 0.91:
            page.keyboard.press(dice.choice(["Shift+Home", "Shift+ArrowUp", "Shift+Control+ArrowLeft"]))
            page.keyboard.press(dice.choice([*FORMATS, "Backspace"]))
        elif kind < 0.94:
            page.keyboard.press(dice.choice(LINES))
        elif kind < 0.96:
            page.evaluate(PASTE, dice.choice(PASTED))
        else:
            page.keyboard.press(dice.choice(["Control+z", "Control+z", "Control+Shift+z"]))
        self.acts += 1
        if self._online_at is not None and time.monotonic() > self._online_at:
            self.reconnect()

    def disconnect(self, seconds: float) -> None:
        """The network of this page goes, and comes back with an act after so long."""
        self.page.context.set_offline(True)
        self._online_at = time.monotonic() + seconds
        self.breaks += 1

    def reconnect(self) -> None:
        if self._online_at is not None:
            self.page.context.set_offline(False)
        self._online_at = None

    def reload(self) -> None:
        if self._online_at is not None:
            return
        self.page.reload()
        self.page.locator(TEXT).wait_for()
        self.page.locator(TEXT).click()
        self.breaks += 1

    @property
    def is_saved(self) -> bool:
        head = self.page.locator(f"{EDITOR} .saved")
        return head.get_attribute("data-waiting") == "0" and head.inner_text().strip() == "Saved"

    @property
    def notes(self) -> list[str]:
        """What the page says went wrong."""
        return self.page.locator(f"{EDITOR} .document-note").all_inner_texts()

    def screen(self) -> list[Line]:
        lines: list[Line] = self.page.evaluate(READ)
        return lines

    def _click(self) -> None:
        box = self.page.locator(TEXT).bounding_box()
        assert box is not None
        size = self.page.viewport_size or {"width": 1280, "height": 720}
        top, bottom = max(box["y"], 180), min(box["y"] + box["height"], size["height"])
        if bottom > top:
            self.page.mouse.click(
                box["x"] + box["width"] * self._dice.uniform(0.2, 0.8), self._dice.uniform(top, bottom)
            )

    def _tap(self, socket: WebSocket) -> None:
        asked: dict[str, str] = {}  # ref → op_id, of this connection

        def say(text: str | bytes) -> None:
            _, ref, topic, event, payload = json.loads(text)
            if topic == self._topic and event == "update":
                asked[ref] = payload["op_id"]

        def answer(text: str | bytes) -> None:
            _, ref, _, event, payload = json.loads(text)
            if event != "phx_reply" or ref not in asked:
                return
            op_id = asked.pop(ref)
            if payload["status"] == "ok":
                self.acknowledged.append(op_id)
            elif payload["response"].get("reason") not in PASSING:
                self.refused.append(payload["response"])

        socket.on("framesent", say)
        socket.on("framereceived", answer)


def write(writers: Sequence[Writer], seconds: float, dice: random.Random, *, often: Callable[[], object]) -> None:
    """All write, in turn, for so long; now and then one of them loses the network, or loads the page again.

    ``often`` is called after every round.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for writer in writers:
            writer.act()
        if dice.random() < 0.02:
            dice.choice(writers).disconnect(dice.uniform(0.5, 4))
        elif dice.random() < 0.01:
            dice.choice(writers).reload()
        often()
    for writer in writers:
        writer.reconnect()


def rest(writers: Sequence[Writer], patience_s: float = 60) -> bool:
    """Waits until every page says that everything is saved and all show the same; whether that came."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if all(writer.is_saved for writer in writers):
            first, *others = (writer.screen() for writer in writers)
            if all(other == first for other in others):
                return True
        writers[0].page.wait_for_timeout(100)
    return False


def wrong(log: list[Any], writers: Sequence[Writer], clients: list[dict[str, Any]]) -> list[str]:
    """Where pages, clients in Node (as they told at the end) and the journal (``LOG``) differ, as sentences.

    The clients have rested before the pages: each has what the journal had at its version.
    """
    sentences = []
    texts = [Text.of(EMPTY)]
    for _, _, change in log:
        texts.append(texts[-1].apply(change))
    due = drawn(texts[-1].contents())
    for number, writer in enumerate(writers):
        if writer.screen() != due:
            sentences.append(f"page {number} shows something else than the journal replayed")
        if writer.refused or writer.notes:
            sentences.append(f"page {number} was refused: {writer.refused} {writer.notes}")
    for number, client in enumerate(clients):
        if not delta.same(client["contents"], texts[client["version"]].contents()):
            sentences.append(f"client {number} has something else than the journal at {client['version']}")
        if told := {name: client[name] for name in ("rescued", "healed", "waiting", "refused") if client[name]}:
            sentences.append(f"client {number} did not go through: {told}")
    ids = [op_id for _, op_id, _ in log]
    acknowledged = [op_id for client in clients for op_id in client["acknowledged"]]
    acknowledged += [op_id for writer in writers for op_id in set(writer.acknowledged)]
    if [version for version, _, _ in log] != list(range(1, len(log) + 1)):
        sentences.append("the versions of the journal have gaps")
    if len(set(ids)) < len(ids) or len(set(acknowledged)) < len(acknowledged):
        sentences.append("a change was done twice")
    if lost := set(acknowledged) - set(ids):
        sentences.append(f"acknowledged, and not in the journal: {sorted(lost)}")
    return sentences


def drawn(contents: list[dict[str, Any]]) -> list[Line]:
    """The lines that a document's Delta is drawn as, in the words of ``READ``; of the attributes that are used here."""
    lines: list[Line] = []
    runs: list[list[Any]] = []
    for op in contents:
        has = op.get("attributes", {})
        marks = sorted(element for name, element in ELEMENTS.items() if has.get(name) is True)
        for index, text in enumerate(op["insert"].split("\n")):
            if index:
                lines.append(_line(has, runs))
                runs = []
            if text and runs and runs[-1][1] == marks:
                runs[-1][0] += text
            elif text:
                runs.append([text, marks])
    return lines


def _line(has: dict[str, Any], runs: list[list[Any]]) -> Line:
    return {
        "tag": f"H{has['header']}" if "header" in has else "P",
        "list": has.get("list"),
        "indent": str(has["indent"]) if "indent" in has else None,
        "quote": "blockquote" in has,
        "code": "code-block" in has,
        "runs": runs,
    }
