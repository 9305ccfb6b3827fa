"""The producer's console beyond its keys: presets, the quick edit, what is on its way, and finding one's way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from e2e.steps import connected, shows

Enter = Callable[..., Page]


class Wire:
    """A page's way to the server, which can be cut and held up."""

    def __init__(self, page: Page) -> None:
        self._cut = self.deaf = False
        self._sockets: list[WebSocketRoute] = []
        self.sent: list[str] = []
        page.route_web_socket(re.compile("/socket/websocket"), self._connected)

    def _connected(self, socket: WebSocketRoute) -> None:
        if self._cut:
            socket.close(code=1013)
            return
        server = socket.connect_to_server()
        socket.on_message(lambda message: self._pass(message, server))
        server.on_message(lambda message: None if self.deaf else socket.send(message))
        self._sockets.append(socket)

    def _pass(self, message: str | bytes, server: WebSocketRoute) -> None:
        self.sent.append(str(message))
        server.send(message)

    def cut(self) -> None:
        self._cut = True
        while self._sockets:
            self._sockets.pop().close(code=1013)

    def mend(self) -> None:
        self._cut = False


@pytest.fixture
def wire(producer: Page) -> Wire:
    """The producer's page again, over a wire in our hands."""
    wire = Wire(producer)
    producer.reload()
    connected(producer)
    # What the page of the story before had sent with its last breath may have moved the show meanwhile.
    producer.keyboard.press("Home")
    shows(producer, 1)
    return wire


def message_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message to the host")


def presets(page: Page) -> Locator:
    return page.get_by_role("region", name="Presets").get_by_role("listitem")


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Quick edit")


def line(page: Page, number: int) -> Locator:
    return page.get_by_role("navigation", name="Lineup").get_by_role("button", name=re.compile(rf"^{number}\b"))


def save_preset(page: Page, text: str, color: str) -> None:
    message_field(page).fill(text)
    page.get_by_role("radio", name=color).check(force=True)
    page.get_by_role("button", name="Save as preset").click()
    expect(presets(page).filter(has_text=text)).to_be_visible()
    message_field(page).fill("")
    message_field(page).press("Escape")


@pytest.fixture
def two_presets(producer: Page) -> None:
    while presets(producer).count():
        producer.get_by_role("button", name="Edit presets").click()
        producer.get_by_role("dialog", name="Presets").get_by_role("button", name="Remove preset 1").click()
        producer.get_by_role("button", name="Close").click()
    save_preset(producer, "Slow down", "blue")
    save_preset(producer, "Last two of these", "red")


def test_a_preset_is_kept_for_every_console_and_sent_by_one_click(
    two_presets: None, producer: Page, colleague: Page, host: Page
) -> None:
    expect(presets(colleague)).to_have_count(2)
    expect(presets(colleague).nth(1)).to_contain_text("Last two of these, red")
    presets(colleague).get_by_role("button").nth(1).click()
    banner = host.get_by_role("alert")
    expect(banner).to_contain_text("Last two of these")
    colleague.keyboard.press("ArrowDown")  # the click gave the focus back
    shows(host, 2)
    producer.get_by_role("button", name="Clear").click()
    expect(banner).to_have_count(0)


def test_the_arrows_walk_through_the_presets_and_enter_sends(two_presets: None, producer: Page, host: Page) -> None:
    producer.keyboard.press("m")
    field = message_field(producer)
    expect(field).to_be_focused()
    producer.keyboard.press("ArrowDown")
    expect(field).to_have_value("Slow down")
    expect(producer.get_by_role("radio", name="blue")).to_be_checked()
    expect(producer.get_by_role("status").filter(has_text="Preset 1 of 2")).to_have_count(1)
    producer.keyboard.press("ArrowUp")
    expect(field).to_have_value("Last two of these")
    producer.keyboard.press("Escape")  # leaves, and empties what was only walked to
    expect(field).to_have_value("")
    expect(field).not_to_be_focused()
    producer.keyboard.press("m")
    producer.keyboard.press("ArrowDown")
    producer.keyboard.press("Enter")
    expect(host.get_by_role("alert")).to_contain_text("Slow down")
    expect(field).to_have_value("")
    shows(host, 1)
    producer.keyboard.type("My own")
    producer.keyboard.press("ArrowUp")  # the text's own key now
    expect(field).to_have_value("My own")
    producer.keyboard.press("Escape")
    expect(field).to_have_value("My own")
    field.fill("")
    producer.get_by_role("button", name="Clear").click()


def test_presets_are_changed_in_their_sheet_and_undone_like_anything_live(
    two_presets: None, producer: Page, colleague: Page
) -> None:
    producer.get_by_role("button", name="Edit presets").click()
    sheet = producer.get_by_role("dialog", name="Presets")
    sheet.get_by_role("textbox", name="Text of preset 1").fill("Slower, please")
    sheet.get_by_role("textbox", name="Text of preset 1").blur()  # and on without waiting
    sheet.get_by_role("combobox", name="Color of preset 1").select_option("green")
    expect(presets(colleague).first).to_contain_text("Slower, please, green")
    sheet.get_by_role("button", name="Move preset 2 up").click()
    expect(presets(colleague).first).to_contain_text("Last two of these")
    sheet.get_by_role("button", name="Remove preset 2").click()
    expect(presets(colleague)).to_have_count(1)
    producer.keyboard.press("Control+z")
    expect(presets(colleague)).to_have_count(2)
    sheet.get_by_role("textbox", name="Text of preset 1").fill(" ")
    sheet.get_by_role("textbox", name="Text of preset 1").press("Enter")
    expect(sheet.get_by_role("alert")).to_have_text("Type a message first")
    producer.keyboard.press("Escape")
    producer.keyboard.press("Control+z")  # the move
    expect(presets(colleague).first).to_contain_text("Slower, please")


def test_there_are_at_most_twelve_presets(two_presets: None, producer: Page) -> None:
    producer.get_by_role("button", name="Edit presets").click()
    sheet = producer.get_by_role("dialog", name="Presets")
    for number in range(3, 13):
        sheet.get_by_role("textbox", name="Text of the new preset").fill(f"Message {number}")
        sheet.get_by_role("textbox", name="Text of the new preset").press("Enter")
        expect(sheet.get_by_role("listitem")).to_have_count(number)
    expect(sheet.get_by_role("button", name="Add")).to_be_disabled()
    expect(sheet.get_by_text("There are at most 12 presets")).to_be_visible()


def test_a_quick_edit_is_on_the_hosts_screen_as_soon_as_it_is_saved_and_can_be_undone(
    producer: Page, host: Page
) -> None:
    screen = host.get_by_role("region", name="Host screen")
    before = screen.locator(".price").first.inner_text()
    producer.keyboard.press("e")
    edit = panel(producer)
    expect(edit.get_by_role("textbox", name="Talking points")).to_be_focused()
    producer.keyboard.press("Control+a")
    producer.keyboard.type("- 12 left, j k l 5")
    expect(screen.get_by_text("12 left, j k l 5")).to_be_visible()
    shows(host, 1)
    edit.get_by_role("textbox", name="Sale price").fill("$7,90")
    edit.get_by_role("textbox", name="Sale price").press("Escape")  # leaves the field
    expect(screen.get_by_text("$7.90")).to_be_visible()
    expect(edit.get_by_role("textbox", name="Sale price")).to_have_value("7.90")
    producer.keyboard.press("Escape")
    expect(edit).to_have_count(0)
    producer.keyboard.press("Control+z")
    expect(screen.get_by_text("$7.90")).to_have_count(0)
    producer.keyboard.press("Control+z")
    expect(screen.get_by_text("12 left")).to_have_count(0)
    assert screen.locator(".price").first.inner_text() == before


def test_what_is_changed_goes_back_to_the_products_by_one_click(producer: Page, host: Page) -> None:
    producer.keyboard.press("e")
    price = panel(producer).get_by_role("textbox", name="Original price")
    before = price.input_value()
    price.fill("950")
    price.blur()
    expect(host.get_by_text("$950.00")).to_be_visible()
    expect(line(producer, 1)).to_contain_text("Changed")
    panel(producer).get_by_role("button", name="Original price changed for this session").click()
    expect(price).to_have_value(before)
    expect(host.get_by_text("$950.00")).to_have_count(0)


def test_a_price_that_cannot_be_says_so_and_stays_in_its_field(producer: Page, host: Page) -> None:
    producer.keyboard.press("e")
    edit = panel(producer)
    price = edit.get_by_role("textbox", name="Sale price")
    for typed, sentence in [
        ("twelve", "Invalid price format"),
        ("0", "Price must be positive"),
        ("99999", "The sale price is above the original price"),
    ]:
        price.fill(typed)
        expect(edit.get_by_role("alert")).to_contain_text(sentence)
        expect(price).to_have_value(typed)
    price.press("Escape")
    producer.keyboard.press("Escape")
    expect(edit).to_contain_text("not saved yet")
    expect(price).to_have_value("99999")
    edit.get_by_role("button", name="Discard it").click()
    expect(edit).to_have_count(0)


def test_an_edit_belongs_to_the_product_it_was_opened_for(producer: Page, host: Page) -> None:
    producer.keyboard.press("e")
    edit = panel(producer)
    title = edit.get_by_role("heading").inner_text()
    assert title.startswith("1 ·")
    time = edit.get_by_role("textbox", name="Planned time")
    time.fill("4:30")
    time.press("Escape")
    producer.keyboard.press("ArrowDown")  # out of the field the keys move the show
    shows(host, 2)
    expect(edit.get_by_role("heading")).to_have_text(title)
    expect(edit.get_by_text("On screen is 2 now")).to_be_visible()
    producer.keyboard.press("e")
    expect(edit.get_by_role("heading")).to_have_text(re.compile("^2 ·"))
    expect(edit.get_by_role("textbox", name="Planned time")).not_to_have_value("4:30")
    producer.keyboard.press("Escape")
    producer.keyboard.press("Escape")
    producer.keyboard.press("Home")
    shows(producer, 1)
    producer.keyboard.press("e")
    expect(edit.get_by_role("textbox", name="Planned time")).to_have_value("4:30")


def test_a_move_saves_what_is_being_typed_for_the_product_it_was_typed_for(
    producer: Page, colleague: Page, host: Page
) -> None:
    producer.keyboard.press("e")
    points = panel(producer).get_by_role("textbox", name="Talking points")
    points.fill("- Typed just before the move")
    colleague.keyboard.press("ArrowDown")
    shows(host, 2)
    expect(host.get_by_text("Typed just before the move")).to_have_count(0)
    colleague.keyboard.press("ArrowUp")
    expect(host.get_by_text("Typed just before the move")).to_be_visible()
    panel(producer).get_by_role("button", name="Talking points changed for this session").click()
    expect(host.get_by_text("Typed just before the move")).to_have_count(0)


def test_two_who_edit_the_same_field_are_told_and_choose(
    wire: Wire, producer: Page, colleague: Page, host: Page
) -> None:
    for page in (producer, colleague):
        page.keyboard.press("e")
    theirs = panel(colleague).get_by_role("textbox", name="Talking points")
    mine = panel(producer).get_by_role("textbox", name="Talking points")
    theirs.fill("- First words")
    expect(mine).to_have_value("- First words")  # mine was untouched: it follows
    wire.cut()  # so that both have typed before either knows of the other
    mine.fill("- My words")
    expect(panel(producer)).to_contain_text("Waiting for the connection")
    theirs.fill("- Their words")
    expect(host.get_by_text("Their words")).to_be_visible()
    wire.mend()
    alert = panel(producer).get_by_role("alert")
    expect(alert).to_contain_text("changed this meanwhile")
    expect(mine).to_have_value("- My words")
    expect(host.get_by_text("Their words")).to_be_visible()
    panel(producer).get_by_role("button", name="Keep mine").click()
    expect(host.get_by_text("My words")).to_be_visible()
    expect(theirs).to_have_value("- My words")
    panel(producer).get_by_role("button", name="Talking points changed for this session").click()
    expect(host.get_by_text("My words")).to_have_count(0)


def test_a_refused_jump_stays_to_be_read_until_escape_or_a_move(producer: Page) -> None:
    for ending in ("Escape", "ArrowDown"):
        producer.keyboard.type("99")
        producer.keyboard.press("Enter")
        notice = producer.get_by_role("alert")
        expect(notice).to_contain_text("Jump to 99: Invalid product number")
        for shown in ("true", "false"):
            producer.keyboard.press("v")  # another kind of success leaves it
            card = producer.get_by_role("button", name=re.compile("^Card"))
            expect(card).to_have_attribute("aria-pressed", shown)
        expect(notice).to_be_visible()
        producer.keyboard.press(ending)
        expect(notice).to_have_count(0)
    shows(producer, 2)


def test_what_waits_for_the_network_is_counted_and_done_once(wire: Wire, producer: Page, host: Page) -> None:
    wire.cut()
    expect(producer.get_by_text("Reconnecting…").first).to_be_visible()
    edge = producer.get_by_role("status", name="On its way")
    for _ in range(3):
        producer.keyboard.press("ArrowDown")
    expect(edge).to_have_text("3 waiting for the connection")
    expect(line(producer, 4)).to_contain_text("…")
    shows(host, 1)
    wire.mend()
    shows(host, 4)
    expect(edge).to_have_text("")
    shows(producer, 4)
    assert sum('"next"' in frame for frame in wire.sent) == 3


def test_a_command_without_an_answer_is_shown_as_on_its_way(wire: Wire, producer: Page, host: Page) -> None:
    wire.deaf = True
    producer.keyboard.press("ArrowDown")
    shows(host, 2)
    expect(producer.get_by_role("status", name="On its way")).to_have_text("Sending: next product…")
    expect(line(producer, 2)).to_contain_text("…")
    wire.deaf = False
    wire.cut()
    wire.mend()
    expect(producer.get_by_role("status", name="On its way")).to_have_text("")
    shows(producer, 2)  # not 3


def test_an_edit_made_without_a_network_is_saved_when_it_is_back(wire: Wire, producer: Page, host: Page) -> None:
    producer.keyboard.press("e")
    wire.cut()
    price = panel(producer).get_by_role("textbox", name="Sale price")
    price.fill("6.66")
    expect(panel(producer)).to_contain_text("Waiting for the connection")
    expect(price).to_have_value("6.66")
    wire.mend()
    expect(host.get_by_text("$6.66")).to_be_visible()
    panel(producer).get_by_role("button", name="Sale price changed for this session").click()
    expect(host.get_by_text("$6.66")).to_have_count(0)


def test_a_colleague_who_is_faster_is_named(producer: Page, colleague: Page) -> None:
    producer.keyboard.press("e")
    price = panel(producer).get_by_role("textbox", name="Sale price")
    price.fill("one dollar")  # no price: it stays typed however long the colleague takes
    colleague.keyboard.press("e")
    theirs = panel(colleague).get_by_role("textbox", name="Sale price")
    theirs.fill("2.22")
    theirs.blur()
    expect(panel(producer).get_by_role("alert")).to_have_text("Ada Admin changed this meanwhile: 2.22")
    panel(producer).get_by_role("button", name="Take theirs").click()
    expect(price).to_have_value("2.22")
    panel(producer).get_by_role("button", name="Sale price changed for this session").click()
    expect(theirs).not_to_have_value("2.22")


def in_view(row: Locator) -> bool:
    return bool(
        row.evaluate(
            """row => {
              const [a, b] = [row.getBoundingClientRect(), row.closest(".list").getBoundingClientRect()];
              return a.bottom > b.top && a.top < b.bottom;
            }"""
        )
    )


def scroll_away(page: Page) -> None:
    page.get_by_role("navigation", name="Lineup").hover()
    page.mouse.wheel(0, 1500)
    expect(page.get_by_role("button", name="Back to")).to_be_visible()


def test_scrolling_away_stops_following_and_a_button_leads_back(producer: Page, colleague: Page) -> None:
    scroll_away(producer)
    back = producer.get_by_role("button", name="Back to")
    expect(back).to_have_text(re.compile(r"Back to 1\s+↑"))
    colleague.keyboard.press("ArrowDown")
    expect(back).to_contain_text("2")  # a colleague's move does not take the list away
    assert not in_view(line(producer, 2))
    back.click()
    expect(back).to_have_count(0)
    assert in_view(line(producer, 2))
    scroll_away(producer)
    producer.keyboard.press("b")
    expect(back).to_have_count(0)
    scroll_away(producer)
    producer.keyboard.press("ArrowDown")  # one's own move
    expect(back).to_have_count(0)
    shows(producer, 3)
    producer.wait_for_function("document.querySelector('.line.on-air').getBoundingClientRect().top > 0")
    assert in_view(line(producer, 3))


def test_the_search_finds_by_number_and_name_and_enter_goes_there(producer: Page, host: Page) -> None:
    producer.keyboard.press("/")
    field = producer.get_by_role("searchbox", name="Search the lineup")
    expect(field).to_be_focused()
    producer.keyboard.type("champagne signet")
    rows = producer.get_by_role("navigation", name="Lineup").get_by_role("button", name=re.compile(r"^\d"))
    expect(rows).to_have_count(1)
    shows(producer, 1)
    producer.keyboard.press("Enter")
    shows(host, 23)
    expect(field).to_have_value("")
    expect(rows).to_have_count(40)
    producer.keyboard.press("/")
    producer.keyboard.type("7")
    expect(producer.get_by_role("status").filter(has_text=re.compile(r"\d+ of 40"))).to_be_visible()
    producer.keyboard.press("Escape")
    expect(field).to_have_value("")
    producer.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    producer.keyboard.press("ArrowDown")
    shows(host, 24)
    expect(line(producer, 24)).to_have_attribute("aria-current", "true")
    expect(line(producer, 24)).to_contain_text("SHOWN")
    expect(line(producer, 25)).to_contain_text("NEXT")
    expect(producer.get_by_role("navigation", name="Lineup").get_by_text("NEXT")).to_have_count(1)
