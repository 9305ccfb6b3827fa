"""Documents as a story finds them: made, opened, and changed by somebody else."""

import json
import uuid

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio

EDITOR = "[data-island=Editor][data-ready]"
TITLE = "Spring script"


def create(page: Page, studio: Studio) -> Page:
    """A new document, open to write."""
    page.goto(f"{studio.base}/documents/new")
    page.get_by_role("textbox").first.fill(TITLE)
    page.get_by_role("main").get_by_role("button", name="Create").click()
    return opened(page)


def opened(page: Page) -> Page:
    page.locator(EDITOR).wait_for()
    expect(text_of(page)).to_have_attribute("contenteditable", "true")
    return page


def text_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name=TITLE)


def expect_saved(page: Page) -> None:
    """Everything is with the server; the page says so a moment before, as long as it goes fast."""
    expect(page.locator(f"{EDITOR} .saved[data-waiting='0']")).to_have_text("Saved")


def made(page: Page, studio: Studio, contents: object) -> int:
    """A document made from a file, as a person would."""
    page.goto(f"{studio.base}/sessions")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"{studio.base}/documents/import",
        headers={"Accept": "application/json", "X-CSRFToken": token, "Referer": page.url},
        multipart={
            "file": {"name": "Script.json", "mimeType": "application/json", "buffer": json.dumps(contents).encode()},
        },
    )
    assert answer.status == 201, answer.text()
    return int(answer.json()["id"])


def change_document(page: Page, document_id: int, change: object, version: int) -> None:
    """A change of somebody's, over a socket of their own."""
    page.evaluate(
        """([id, change, version, op]) => new Promise((done, failed) => {
          const address = `${location.origin.replace("http", "ws")}/socket/websocket?vsn=2.0.0`;
          const socket = new WebSocket(address), topic = `document:${id}`;
          socket.onerror = failed;
          socket.onopen = () => socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]));
          socket.onmessage = ({ data }) => {
            const [, ref, , event, payload] = JSON.parse(data);
            if (event !== "phx_reply") return;
            if (payload.status !== "ok") failed(new Error(data));
            if (ref === "1") socket.send(JSON.stringify(["1", "2", topic, "update", { change, version, op_id: op }]));
            if (ref === "2") { socket.close(); done(); }
          };
        })""",
        [document_id, change, version, str(uuid.uuid4())],
    )
