"""Producer and host, each in a browser of their own."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, host_heading, shows

Enter = Callable[..., Page]


def press_on_numpad(page: Page, digits: str) -> None:
    """Playwright's own numpad has NumLock off."""
    devtools = page.context.new_cdp_session(page)
    for digit in digits:
        key = {"key": digit, "code": f"Numpad{digit}", "text": digit, "location": 3, "isKeypad": True}
        devtools.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
        devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})


def test_typing_a_number_and_enter_shows_that_product_on_the_hosts_screen(producer: Page, host: Page) -> None:
    producer.keyboard.type("23")
    expect(producer.get_by_role("status").filter(has_text="Saffron Champagne Signet Ring")).to_be_visible()
    shows(host, 1)  # nothing moves before Enter
    producer.keyboard.press("Enter")
    shows(host, 23)
    shows(producer, 23)
    region = host.get_by_role("region", name="Host screen")
    expect(region.get_by_text("Product 23 / 40")).to_be_visible()
    expect(region.get_by_role("listitem").first).to_be_visible()
    expect(region.get_by_text(re.compile(r"\$\d+\.\d\d")).first).to_be_visible()
    picture = region.locator("img.full")
    expect(picture).to_have_attribute("data-js-loading", "false")
    assert picture.evaluate("image => image.naturalWidth") > 300


def test_a_number_that_is_not_there_is_said_so_and_nothing_moves(producer: Page, host: Page) -> None:
    for digits in ("999", "0", "00000000000000000023"):
        producer.keyboard.type(digits)
        producer.keyboard.press("Enter")
        expect(producer.get_by_text("Invalid product number")).to_be_visible()
        shows(producer, 1)
    producer.keyboard.press("Enter")  # nothing typed: nothing happens
    producer.keyboard.type("07")
    producer.keyboard.press("Enter")
    shows(host, 7)


def test_every_key_of_the_map(producer: Page, host: Page) -> None:
    for key, number in [
        ("ArrowDown", 2), ("j", 3), ("Space", 4), ("ArrowUp", 3), ("k", 2), ("End", 40), ("Home", 1),
    ]:  # fmt: skip
        producer.keyboard.press(key)
        shows(host, number)
    producer.keyboard.press("ArrowUp")
    expect(producer.get_by_text("Already at first product")).to_be_visible()
    producer.keyboard.press("End")
    shows(host, 40)
    producer.keyboard.press("Space")
    expect(producer.get_by_text("End of session reached")).to_be_visible()
    assert producer.evaluate("scrollY") == 0
    press_on_numpad(producer, "12")
    producer.keyboard.press("NumpadEnter")
    shows(host, 12)


def test_pictures_go_round_and_the_address_keeps_them(enter: Enter) -> None:
    producer, host = enter("producer", 1), enter("host", 1)
    producer.keyboard.press("Home")
    shows(host, 1)
    expect(host.get_by_text("Image 1/2")).to_be_visible()
    for key, image in [("ArrowRight", 2), ("l", 1), ("ArrowLeft", 2), ("h", 1), ("ArrowRight", 2)]:
        producer.keyboard.press(key)
        expect(host.get_by_text(f"Image {image}/2")).to_be_visible()
    expect(producer).to_have_url(re.compile(r"\?sp=\d+&img=1$"))
    address = producer.url
    producer.reload()
    expect(producer.get_by_text("Image 2/2")).to_be_visible()
    assert producer.url == address
    assert producer.title() == "Spring Sparkle Live"


def test_undo_and_redo(producer: Page, host: Page) -> None:
    producer.keyboard.type("9")
    producer.keyboard.press("Enter")
    shows(host, 9)
    producer.keyboard.press("Control+z")
    shows(host, 1)
    expect(producer.get_by_text("Undone: jump")).to_be_visible()
    producer.keyboard.press("Control+Shift+z")
    shows(host, 9)


def test_typing_a_message_does_not_move_the_show(producer: Page, host: Page) -> None:
    producer.keyboard.press("m")
    expect(producer.get_by_role("textbox", name="Message to the host")).to_be_focused()
    producer.keyboard.type("12 left, hurry jkl v")
    shows(producer, 1)
    producer.keyboard.press("Enter")
    banner = host.get_by_role("alert")
    expect(banner).to_contain_text("12 left, hurry jkl v")
    host.reload()
    expect(banner).to_contain_text("12 left, hurry jkl v")
    expect(producer.get_by_text("Not seen yet")).to_be_visible()
    host.keyboard.press("Enter")
    expect(producer.get_by_role("complementary", name="Talk").get_by_text("✓ Seen")).to_be_visible()
    shows(producer, 1)
    producer.keyboard.press("Escape")  # leaves the box
    producer.get_by_role("button", name="Clear").click()
    expect(banner).to_have_count(0)
    producer.keyboard.press("Space")  # the click gave the focus back
    shows(host, 2)


def test_an_empty_message_is_refused(producer: Page) -> None:
    producer.get_by_role("textbox", name="Message to the host").fill("   ")
    producer.get_by_role("button", name="Send").click()
    expect(producer.get_by_text("Type a message first")).to_be_visible()


def test_the_hosts_keys_do_nothing(producer: Page, host: Page) -> None:
    for key in ("ArrowDown", "Space", "End", "j", "5", "Enter", "Control+z"):
        host.keyboard.press(key)
    producer.keyboard.press("ArrowDown")  # what the host did would have come before this
    shows(host, 2)
    expect(host.get_by_role("button")).to_have_count(0)


def test_two_producers_at_once(producer: Page, host: Page, enter: Enter) -> None:
    other = enter("admin", 2)
    shows(other, 1)
    producer.keyboard.press("ArrowDown")
    shows(other, 2)
    other.keyboard.press("ArrowDown")
    shows(producer, 3)
    shows(host, 3)
    producer.keyboard.press("Control+z")
    expect(producer.get_by_text("Ada Admin changed this since")).to_be_visible()
    shows(host, 3)
    expect(producer.get_by_role("list", name="Also here")).to_contain_text("Ada Admin")


def test_a_colleagues_move_is_told_with_their_name(producer: Page, enter: Enter, studio: Studio) -> None:
    [(name,)] = studio.ask(
        "SELECT p.name FROM accounts_person p JOIN accounts_membership m ON m.person_id = p.id WHERE m.role = 'admin'"
    )
    colleague = enter("admin", 2)
    connected(colleague)
    colleague.keyboard.type("9")
    colleague.keyboard.press("Enter")
    expect(producer.get_by_text(f"{name} → #9")).to_be_visible()
    expect(colleague.get_by_text("→ #9")).to_have_count(0)


def test_the_key_sheet_opens_and_closes_by_its_key_and_takes_no_other(producer: Page) -> None:
    producer.keyboard.press("?")
    sheet = producer.get_by_role("dialog", name="Keys")
    expect(sheet.get_by_text("Take back your last change")).to_be_visible()
    producer.keyboard.press("ArrowDown")
    producer.keyboard.press("?")
    expect(sheet).to_have_count(0)
    producer.keyboard.press("?")
    producer.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    shows(producer, 1)
    producer.keyboard.press("ArrowDown")
    shows(producer, 2)


def test_p_turns_lineup_and_preview_on_and_off_and_the_choice_stays(producer: Page, host: Page) -> None:
    lineup = producer.get_by_role("navigation", name="Lineup")
    preview = producer.get_by_role("region", name="Host screen")
    for seen in ((True, False), (False, True), (True, True)):
        producer.keyboard.press("p")
        for part, there in zip((lineup, preview), seen, strict=True):
            expect(part).to_be_visible(visible=there)
    producer.keyboard.press("p")
    producer.reload()
    expect(lineup).to_be_visible()
    expect(preview).to_be_hidden()
    producer.keyboard.type("7")
    expect(producer.get_by_role("status").filter(has_text="7")).to_be_visible()
    producer.keyboard.press("Enter")
    shows(host, 7)


def test_the_next_three_jump_by_click(producer: Page, host: Page) -> None:
    coming = producer.get_by_role("list", name="Coming up").get_by_role("button")
    expect(coming).to_have_count(3)
    coming.nth(2).click()
    shows(host, 4)
    producer.keyboard.press("End")
    expect(coming).to_have_count(0)


def test_a_typed_number_counts_wherever_the_focus_is(producer: Page, host: Page) -> None:
    lineup = producer.get_by_role("navigation", name="Lineup")
    row = lineup.get_by_role("button", name=re.compile(r"^3\b"))
    row.focus()
    producer.keyboard.type("5")
    producer.keyboard.press("Enter")
    shows(host, 5)
    producer.keyboard.press("Escape")
    expect(row).not_to_be_focused()
    row.focus()
    producer.keyboard.press("Enter")  # no number: the row's own key
    shows(host, 3)


def test_signing_out_in_one_tab_ends_the_console_in_the_other(enter: Enter) -> None:
    console = enter("producer", 2)
    connected(console)
    shown = host_heading(console)
    other = console.context.new_page()
    other.goto(console.url.split("/sessions")[0] + "/sessions")
    other.get_by_role("button", name="Sign out").click()
    expect(console.get_by_role("alertdialog", name="You are signed out")).to_be_visible()
    assert host_heading(console) == shown
    expect(console.get_by_role("link", name="Sign in")).to_have_attribute(
        "href", re.compile(r"/sign-in\?next=%2Fsessions%2F2%2Fproducer")
    )


def test_a_row_jumps_by_click_and_marks_tell_on_air_from_next(producer: Page, host: Page) -> None:
    lineup = producer.get_by_role("navigation", name="Lineup")
    lineup.get_by_role("button", name=re.compile(r"^12\b")).click()
    shows(host, 12)
    expect(lineup.get_by_role("button", name=re.compile(r"^13\b"))).to_contain_text("NEXT")
    producer.keyboard.press("Space")
    shows(host, 13)


def test_the_address_asks_once_and_the_show_leads_from_then_on(
    producer: Page, host: Page, studio: Studio, enter: Enter
) -> None:
    [(item,)] = studio.ask("SELECT id FROM live_sessions_lineupitem WHERE session_id = 2 AND position = 30")
    [(foreign,)] = studio.ask("SELECT min(id) FROM live_sessions_lineupitem WHERE session_id = 1")
    bookmarked = enter("host", 2, path=f"/sessions/2/host?sp={item}&img=99")
    shows(bookmarked, 30)
    shows(producer, 1)  # an address never moves the show
    producer.keyboard.press("ArrowDown")
    shows(bookmarked, 2)
    for query in (f"sp={foreign}", "sp=abc&img=abc", "sp=99999999999999999999", "img=3"):
        bookmarked.goto(f"{studio.base}/sessions/2/host?{query}")
        shows(bookmarked, 2)


def test_the_card_follows_its_key(producer: Page) -> None:
    button = producer.get_by_role("button", name=re.compile("^Card"))
    expect(button).to_have_attribute("aria-pressed", "false")
    producer.keyboard.press("v")
    expect(button).to_have_attribute("aria-pressed", "true")
    producer.keyboard.press("v")
    expect(button).to_have_attribute("aria-pressed", "false")


def test_going_live_is_seen_by_the_host(enter: Enter) -> None:
    producer, host = enter("producer", 1), enter("host", 1)
    expect(host.get_by_text("OFF AIR")).to_be_visible()
    producer.get_by_role("button", name="Go live").click()
    expect(host.get_by_text("ON AIR")).to_be_visible()
    producer.get_by_role("button", name="Undo").click()
    expect(host.get_by_text("OFF AIR")).to_be_visible()


def test_a_whole_show_of_forty_products_by_keyboard(producer: Page, host: Page) -> None:
    for number in range(2, 41):
        producer.keyboard.press("ArrowDown")
        shows(host, number)
    shows(producer, 40)
    assert host_heading(producer) == host_heading(host)


def test_the_server_is_killed_in_the_middle_and_nothing_is_lost(producer: Page, host: Page, studio: Studio) -> None:
    producer.keyboard.type("17")
    producer.keyboard.press("Enter")
    shows(host, 17)
    studio.kill_server()
    expect(host.get_by_text("Reconnecting…")).to_be_visible()
    shows(host, 17)  # never blank
    for page in (producer, host):
        expect(page.get_by_text("Reconnecting…")).to_have_count(0)
        shows(page, 17)
    producer.keyboard.press("ArrowDown")
    shows(host, 18)


def test_a_key_pressed_while_the_server_is_away_counts_once(producer: Page, host: Page, studio: Studio) -> None:
    studio.kill_server()
    producer.keyboard.press("ArrowDown")
    expect(producer.get_by_text("Reconnecting…").first).to_have_count(0)
    shows(host, 2)
    producer.keyboard.press("ArrowDown")
    shows(host, 3)
