"""Around documents, in two browsers: made by name from home, shared, changed, taken back, left; by keyboard."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from cuelight.live.testing import PATIENCE_S
from e2e.conftest import Studio

Enter = Callable[..., Page]

# A socket of the page's browser that joins the document and writes down what it hears.
FOLLOW = """([topic]) => new Promise((done, failed) => {
  const socket = new WebSocket(`ws://${location.host}/socket/websocket?vsn=2.0.0`);
  window.heard = [];
  socket.onopen = () => socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]));
  socket.onmessage = ({ data }) => {
    const [, , name, event, payload] = JSON.parse(data);
    if (event === "phx_reply" && name === topic) payload.status === "ok" ? done(payload) : failed(payload);
    window.heard.push([event, payload]);
  };
})"""


def follow(page: Page, path: str) -> None:
    page.evaluate(FOLLOW, [topic_of(path)])


def hears(page: Page, event: str) -> None:
    page.wait_for_function(
        "event => window.heard.some(([name]) => name === event)", arg=event, timeout=PATIENCE_S * 1000
    )


def topic_of(path: str) -> str:
    return f"document:{path.rstrip('/').rpartition('/')[2]}"


def new_document(page: Page, studio: Studio, name: str) -> str:
    """From home, by name alone; returns its path."""
    page.goto(f"{studio.base}/home")
    page.get_by_role("textbox", name="Name of the document").focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/documents/\d+$"))
    expect(page.get_by_role("heading", name=name)).to_be_attached()
    expect(page.locator("[data-island=Share][data-ready]")).to_be_attached()
    return page.url.removeprefix(studio.base)


def address_of(studio: Studio, role: str) -> str:
    [(email,)] = studio.ask(
        "SELECT p.email FROM accounts_person p JOIN accounts_membership m ON m.person_id = p.id"
        f" WHERE m.role = '{role}' ORDER BY m.id LIMIT 1"
    )
    return str(email)


def share(page: Page) -> None:
    """Opens the panel by keyboard."""
    page.get_by_role("button", name="Share").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Share")).to_be_visible()
    expect(page.get_by_role("textbox", name="E-mail")).to_be_visible()


def tab_to(page: Page, role: str, name: str) -> None:
    wanted = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    for _ in range(30):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name!r}")


def test_shared_by_keyboard_its_right_changed_taken_back_and_given_back(enter: Enter, studio: Studio) -> None:
    mia = enter("producer", 1)
    path = new_document(mia, studio, "Opening script")
    share(mia)
    tab_to(mia, "combobox", "Everyone in Pavoi Live")
    mia.keyboard.press("c")  # cannot open it
    expect(mia.get_by_role("combobox", name="Everyone in Pavoi Live")).to_have_value("")
    tom = enter("host", 1, path="/documents")
    assert tom.goto(studio.base + path).status == 404  # type: ignore[union-attr]

    tab_to(mia, "textbox", "E-mail")
    mia.keyboard.type(address_of(studio, "host"))
    mia.keyboard.press("Enter")
    expect(mia.get_by_text("is in, and was told.")).to_be_visible()
    tom.goto(f"{studio.base}/documents?tab=shared")
    tom.get_by_role("link", name="Opening script").click()
    expect(tom.get_by_role("heading", name="Opening script")).to_be_visible()
    follow(tom, path)

    his = mia.get_by_role("combobox", name="What Tom Host may do")
    his.select_option("read")
    hears(tom, "right_changed")
    tom.reload()
    expect(tom.get_by_text("Read only")).to_be_visible()
    follow(tom, path)

    remove = mia.get_by_role("button", name=re.compile("^Remove "))
    remove.focus()
    mia.keyboard.press("Enter")
    hears(tom, "phx_close")
    assert tom.reload().status == 404  # type: ignore[union-attr]
    mia.get_by_text("Undo", exact=True).click()
    expect(remove).to_be_visible()
    expect(his).to_have_value("read")
    assert tom.goto(studio.base + path).status == 200  # type: ignore[union-attr]

    tom.locator("[data-island=Share][data-ready]").wait_for()
    tom.get_by_role("button", name="People").click()
    expect(tom.get_by_role("dialog", name="People").get_by_text("You can read this document.")).to_be_visible()
    tom.get_by_role("button", name="Leave this document").click()
    expect(tom.get_by_role("status")).to_contain_text("You have left “Opening script”.")
    assert tom.goto(studio.base + path).status == 404  # type: ignore[union-attr]
    mia.keyboard.press("Escape")
    expect(mia.get_by_role("dialog")).to_have_count(0)
    expect(mia.get_by_role("button", name="Share")).to_be_focused()


def test_a_link_is_shown_once_and_ends(enter: Enter, studio: Studio) -> None:
    mia = enter("producer", 1)
    path = new_document(mia, studio, "Talking points")
    share(mia)
    mia.get_by_role("combobox", name="Everyone in Pavoi Live").select_option("")
    mia.get_by_role("combobox", name="What whoever has the link may do").select_option("edit")
    mia.get_by_role("button", name="Make a link").click()
    link = mia.get_by_role("textbox", name="The new link").input_value()
    tom = enter("host", 1, path="/documents")
    tom.goto(link)
    tom.get_by_role("button", name="Open").click()
    expect(tom.get_by_role("heading", name="Talking points")).to_be_attached()
    follow(tom, path)
    mia.keyboard.press("Escape")
    share(mia)
    assert link.rpartition("/")[2] not in mia.content()
    mia.get_by_role("button", name="Revoke, and remove 1 person").click()
    hears(tom, "phx_close")
    over = tom.request.get(link)
    assert (over.status, "It was taken back." in over.text()) == (410, True)


def test_the_name_is_changed_where_it_stands(enter: Enter, studio: Studio) -> None:
    mia, tom = enter("producer", 1), enter("host", 1)
    path = new_document(mia, studio, "Working title")
    tom.goto(studio.base + path)
    follow(tom, path)
    mia.get_by_role("textbox", name="Name of the document").fill("Running order")
    mia.keyboard.press("Enter")
    hears(tom, "title_changed")
    expect(mia).to_have_title("Running order · Cuelight")
    mia.goto(f"{studio.base}/documents?tab=mine&q=running")
    mia.keyboard.press("ArrowDown")
    mia.keyboard.press("F2")
    mia.keyboard.type("Friday order")
    mia.keyboard.press("Enter")
    expect(mia.get_by_text("It is called “Friday order” now.")).to_be_visible()
    expect(tom.get_by_role("textbox", name="Name of the document")).to_have_count(0)


def test_the_bin_and_its_undo_by_keyboard(enter: Enter, studio: Studio) -> None:
    mia = enter("producer", 1)
    path = new_document(mia, studio, "Old notes")
    tom = enter("host", 1)
    tom.goto(studio.base + path)
    follow(tom, path)
    mia.goto(f"{studio.base}/documents?tab=mine&q=old")
    mia.keyboard.press("ArrowDown")
    mia.keyboard.press("ArrowRight")
    for _ in range(4):
        if mia.evaluate("document.activeElement.textContent.trim()") == "Move to the bin":
            break
        mia.keyboard.press("ArrowDown")
    mia.keyboard.press("Enter")
    toast = mia.get_by_role("status")
    expect(toast).to_contain_text("“Old notes” is in the bin.")
    hears(tom, "phx_close")
    undo = toast.get_by_text("Undo", exact=True)
    undo.focus()
    mia.keyboard.press("Enter")
    expect(mia.get_by_text("“Old notes” is back.")).to_be_visible()
    expect(mia.get_by_role("link", name="Old notes")).to_be_visible()


def test_the_palette_opens_a_document_by_name(enter: Enter, studio: Studio) -> None:
    mia = enter("producer", 1)
    path = new_document(mia, studio, "Zebra notes")
    mia.goto(f"{studio.base}/home")
    expect(mia.locator("[data-island=Palette][data-ready]")).to_be_attached()
    mia.keyboard.press("Control+k")
    expect(mia.get_by_role("option").first).to_be_visible()
    mia.keyboard.type("zebra")
    mia.keyboard.press("Enter")
    mia.wait_for_url(f"**{path}")


def test_who_has_it_open_is_in_the_list_and_in_the_panel(enter: Enter, studio: Studio) -> None:
    mia, tom = enter("producer", 1), enter("host", 1)
    path = new_document(mia, studio, "Shared desk")
    tom.goto(studio.base + path)
    follow(tom, path)
    names = json.loads(mia.evaluate(f"fetch('{path}/sharing').then(answer => answer.text())"))["here"]
    assert len(names) >= 1
    share(mia)
    expect(mia.get_by_role("list", name="Here now")).to_be_visible()
    mia.goto(f"{studio.base}/documents?tab=mine&q=desk")
    expect(mia.get_by_role("list", name="Here now")).to_be_visible()
