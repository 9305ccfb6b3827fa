"""The host's screen while the server is away: nothing blanks, the host may step, and the show is followed again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, host_heading, shows, until
from e2e.test_questions import seed

Enter = Callable[..., Page]

HOLDING = re.compile(r"Holding since \d\d:\d\d:\d\d")
#: Whether the page, its files, the whole pictures of ten to each side and all small ones are in the worker's hands.
HELD = """async () => {
  const names = await caches.keys();
  const page = names.find(name => name.includes(":page:") && name.endsWith(location.pathname));
  const pictures = names.find(name => name.includes(":pictures:"));
  if (!page || !pictures) return false;
  const held = await (await caches.open(pictures)).keys();
  return Boolean(await (await caches.open(page)).match(location.pathname)) && held.length === 21 + 40 + 40;
}"""
#: The version of the show that is kept in the browser's database.
KEPT_VERSION = """() => new Promise(done => {
  const request = indexedDB.open("cuelight");
  request.onsuccess = () => {
    const all = request.result.transaction("moments").objectStore("moments").getAll();
    all.onsuccess = () => { request.result.close(); done(Math.max(...all.result.map(row => row.live.version))); };
  };
})"""
LET_DRIVE = """async () => {
  const socket = new WebSocket(`ws://${location.host}/socket/websocket?vsn=2.0.0`);
  await new Promise(open => { socket.onopen = open; });
  const topic = "session:2:meta";
  socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]));
  socket.send(JSON.stringify(["1", "2", topic, "update_settings", { changes: { host_may_drive: true } }]));
  await new Promise(done => { socket.onmessage = ({ data }) => JSON.parse(data)[1] === "2" && done(); });
  socket.close();
}"""
#: Puts a page of an older build, with its file, where the worker keeps the host's; and what of it is there.
PLANT = """async () => {
  const name = (await caches.keys()).find(one => one.includes(":page:") && one.endsWith(location.pathname));
  const cache = await caches.open(name);
  await cache.put("/static/assets/main-00000000.js", new Response("throw 'an old build'"));
  const html = '<!doctype html><script type="module" src="/static/assets/main-00000000.js"></script>';
  await cache.put(location.pathname, new Response(html, { headers: { "Content-Type": "text/html" } }));
}"""
FILES = """async () => {
  const name = (await caches.keys()).find(one => one.includes(":page:") && one.endsWith(location.pathname));
  return (await (await caches.open(name)).keys()).map(one => new URL(one.url).pathname).filter(one => /0{8}/.test(one));
}"""
LEFT = """async () => [
  (await caches.keys()).filter(name => !name.includes(":page:0:")), (await indexedDB.databases()).map(one => one.name)
]"""


@pytest.fixture
def producer(enter: Enter) -> Page:
    page = enter("producer", 2)
    connected(page)
    go_to(page, 15)
    return page


@pytest.fixture
def new_host(producer: Page, enter: Enter, studio: Studio) -> Page:
    """A host's page in a browser that has never been here before; it holds what it needs."""
    page = enter("host", 2)
    shows(page, 15)
    held(page, studio)
    assert page.evaluate("navigator.serviceWorker.controller") is None
    return page


@pytest.fixture
def host(new_host: Page, studio: Studio) -> Page:
    """The same, loaded once more: the worker answers for it."""
    new_host.evaluate("async () => Promise.all((await caches.keys()).map(name => caches.delete(name)))")
    new_host.reload()
    shows(new_host, 15)
    # A request still on its way while somebody else signs in would be answered with the end of their session.
    held(new_host, studio)
    assert new_host.evaluate("navigator.serviceWorker.controller !== null")
    return new_host


def go_to(page: Page, number: int) -> None:
    page.keyboard.type(str(number))
    page.keyboard.press("Enter")
    shows(page, number)


def held(page: Page, studio: Studio) -> None:
    until(page, HELD)
    [(version,)] = studio.ask("SELECT version FROM live_aggregate WHERE id = 'session:2'")
    until(page, KEPT_VERSION, version)


def holds(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text=HOLDING).first).to_be_visible()


def follows(page: Page) -> None:
    connected(page)
    expect(page.get_by_text(HOLDING)).to_have_count(0)
    expect(page.get_by_role("button", name="Next")).to_have_count(0)


def painted(page: Page) -> None:
    picture = page.locator("img.full")
    expect(picture).to_have_attribute("data-js-loading", "false")
    assert picture.evaluate("image => image.naturalWidth") > 300


def where_things_are(page: Page) -> object:
    """Left edges of what stands in the header, and the box of the product."""
    return page.evaluate(
        """() => [
          ...[...document.querySelectorAll("header > *")].slice(0, 3).map(one => one.getBoundingClientRect().x),
          JSON.stringify(document.querySelector("article").getBoundingClientRect()),
        ]"""
    )


def journal(studio: Studio) -> list[str]:
    return [str(kind) for (kind,) in studio.ask("SELECT event->>'kind' FROM journal ORDER BY aggregate_id, version")]


@pytest.mark.parametrize("visit", ["new_host", "host"])
def test_a_host_steps_alone_through_a_break_and_follows_again(
    producer: Page, visit: str, request: pytest.FixtureRequest, studio: Studio
) -> None:
    host: Page = request.getfixturevalue(visit)
    before = journal(studio)
    cut = host.context
    places = where_things_are(host)
    cut.set_offline(True)
    holds(host)
    shows(host, 15)
    assert where_things_are(host) == places
    expect(host.get_by_text("You are stepping yourself")).to_have_count(0)
    for key, number in [("ArrowDown", 16), ("j", 17), ("Space", 18), ("k", 17), ("ArrowUp", 16)]:
        host.keyboard.press(key)
        shows(host, number)
    for number in range(17, 26):
        host.get_by_role("button", name="Next").click()
        shows(host, number)
        painted(host)
    expect(host.get_by_text("You are stepping yourself · the show was at 15 when last heard")).to_be_visible()
    host.keyboard.type("99")
    host.keyboard.press("Enter")
    expect(host.get_by_text("There is no product with this number")).to_be_visible()
    host.keyboard.type("7")
    host.keyboard.press("Enter")
    shows(host, 7)
    painted(host)
    producer.keyboard.press("ArrowDown")
    producer.keyboard.press("ArrowDown")
    shows(producer, 17)
    cut.set_offline(False)
    shows(host, 17)
    follows(host)
    producer.keyboard.press("ArrowDown")
    shows(host, 18)
    assert journal(studio) == [*before, "next", "next", "next"]


def test_a_host_who_may_drive_does_not_move_the_show_by_what_was_pressed_meanwhile(
    producer: Page, host: Page, studio: Studio
) -> None:
    producer.evaluate(LET_DRIVE)
    host.keyboard.press("ArrowDown")
    shows(producer, 16)
    before = journal(studio)
    host.context.set_offline(True)
    holds(host)
    for number in (17, 18, 19):
        host.keyboard.press("ArrowDown")
        shows(host, number)
    producer.keyboard.press("ArrowUp")
    shows(producer, 15)
    host.context.set_offline(False)
    shows(host, 15)
    follows(host)
    host.keyboard.press("ArrowDown")
    shows(producer, 16)
    assert journal(studio) == [*before, "previous", "next"]


def test_a_reload_while_the_server_is_dead_shows_the_same_and_follows_again(
    producer: Page, host: Page, studio: Studio
) -> None:
    before = journal(studio)
    producer.keyboard.press("m")
    producer.keyboard.type("Last three in gold")
    producer.keyboard.press("Enter")
    expect(host.get_by_role("alert")).to_contain_text("Last three in gold")
    producer.keyboard.press("Escape")
    held(host, studio)
    heading = host_heading(host)
    studio.go_away()
    holds(host)
    host.reload()
    shows(host, 15)
    assert host_heading(host) == heading
    expect(host.get_by_role("alert")).to_contain_text("Last three in gold")
    painted(host)
    holds(host)
    for number in (16, 17):
        host.keyboard.press("ArrowDown")
        shows(host, number)
        painted(host)
    host.goto(f"{studio.base}/sessions/2/run?view=host")  # the address of older links finds the same
    shows(host, 15)
    host.keyboard.press("Enter")  # seen, and to be told
    expect(host.get_by_role("alert")).to_contain_text("✓ Seen")
    expect(host.get_by_role("alert")).to_be_visible()
    studio.start()
    follows(host)
    shows(host, 15)
    connected(producer)
    expect(producer.get_by_role("complementary", name="Talk").get_by_text("✓ Seen")).to_be_visible()
    assert journal(studio) == [*before, "send_message", "ack_message"]
    producer.keyboard.press("ArrowDown")
    shows(host, 16)


def test_a_viewers_question_outlives_a_reload_while_the_server_is_dead(
    producer: Page, host: Page, studio: Studio
) -> None:
    asked = {"platform": "tiktok", "user_name": "anna", "text": "Does it tarnish in the shower?", "asked": 4}
    seed(studio, [asked], [])
    for page in (producer, host):
        page.reload()
        shows(page, 15)
        connected(page)
    producer.keyboard.press("q")
    read = host.locator(".host-question")
    expect(read).to_contain_text("Does it tarnish in the shower?")
    held(host, studio)
    studio.go_away()
    holds(host)
    host.reload()
    shows(host, 15)
    for words in ("Does it tarnish in the shower?", "TikTok", "anna", "asked 4×"):
        expect(read).to_contain_text(words)
    studio.start()
    follows(host)
    expect(read).to_contain_text("Does it tarnish in the shower?")
    connected(producer)
    producer.keyboard.press("w")
    expect(read).to_have_count(0)


def test_a_newer_build_is_never_hidden_by_an_older_one_that_is_held(host: Page, studio: Studio) -> None:
    host.evaluate(PLANT)
    assert host.evaluate(FILES) == ["/static/assets/main-00000000.js"]
    host.reload()
    shows(host, 15)
    until(host, FILES, [])
    studio.go_away()
    host.reload()
    shows(host, 15)
    holds(host)
    studio.start()
    follows(host)


def test_without_https_the_open_page_holds_all_the_same_and_says_what_it_cannot(
    producer: Page, enter: Enter, studio: Studio
) -> None:
    host = enter("host", 2, worker=False)
    host.add_init_script("delete Navigator.prototype.serviceWorker; delete window.caches;")
    host.reload()
    shows(host, 15)
    host.keyboard.press("o")
    expect(host.get_by_role("dialog").get_by_text("loading it again needs the server")).to_be_visible()
    host.keyboard.press("Escape")
    host.context.set_offline(True)
    holds(host)
    host.keyboard.press("ArrowDown")
    shows(host, 16)
    host.context.set_offline(False)
    shows(host, 15)


def test_signing_out_leaves_nothing_in_the_browser(host: Page, studio: Studio) -> None:
    assert "cuelight" in host.evaluate(LEFT)[1]
    other = host.context.new_page()
    other.goto(studio.base + "/sessions")
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(re.compile("/sign-in"))
    # Asked after three handshakes that led to nothing.
    expect(host.get_by_role("alertdialog", name="You are signed out")).to_be_visible(timeout=30_000)
    host.goto(studio.base + "/sign-in")  # what a page writes when it goes must not bring it back
    until(other, LEFT, [[], []])


def test_the_next_person_at_this_browser_does_not_see_the_formers_show(host: Page, studio: Studio) -> None:
    host.goto(studio.link("admin", 1))
    expect(host).to_have_url(re.compile("/sessions/1/producer"))
    until(host, f"async () => (await ({LEFT})())[0]", [])
    studio.go_away()
    host.goto(f"{studio.base}/sessions/2/host")
    expect(host.get_by_role("heading", name="No connection to the studio")).to_be_visible()
    studio.start()
    shows(host, 15)  # the page has tried again by itself
    held(host, studio)
    owners = host.evaluate("async () => (await caches.keys()).map(name => name.split(':')[2]).filter(id => id !== '0')")
    assert len(set(owners)) == 1


def test_a_sign_in_that_ends_meanwhile_leads_to_the_sign_in_and_not_to_a_stale_show(host: Page, studio: Studio) -> None:
    studio.go_away()
    holds(host)
    studio.ask("DELETE FROM django_session RETURNING 1")
    studio.start()
    expect(host.get_by_role("alertdialog", name="You are signed out")).to_be_visible()
    host.reload()
    expect(host).to_have_url(re.compile(r"/sign-in\?next="))
    studio.go_away()
    host.goto(f"{studio.base}/sessions/2/host")
    expect(host.get_by_role("heading", name="No connection to the studio")).to_be_visible()
    studio.start()


def test_a_page_that_may_not_be_seen_any_more_is_not_kept(host: Page, studio: Studio) -> None:
    studio.go_away()
    holds(host)
    studio.ask("UPDATE accounts_membership SET role = 'cataloger' WHERE role = 'host' RETURNING 1")
    studio.start()
    host.goto(f"{studio.base}/sessions/2/host")
    expect(host.get_by_role("heading", name=re.compile("There is nothing here|You may not"))).to_be_visible()
    studio.go_away()
    host.reload()
    expect(host.get_by_role("heading", name="No connection to the studio")).to_be_visible()
    studio.start()
    studio.ask("UPDATE accounts_membership SET role = 'host' WHERE role = 'cataloger' RETURNING 1")
