"""The session builder: a lineup made, ordered, planned and priced by keyboard, alone and with somebody else at it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, shows
from e2e.test_console import Wire

Enter = Callable[..., Page]
SESSION = 1


def lines(page: Page) -> Locator:
    return page.get_by_role("grid", name="Lineup").locator("[data-item]")


def line(page: Page, number: int) -> Locator:
    return lines(page).filter(has=page.get_by_role("gridcell", name=str(number), exact=True).first)


def order(page: Page) -> list[str]:
    """The names, from above."""
    return lines(page).locator(".name").all_inner_texts()


def in_order(page: Page, *names: str) -> None:
    expect(lines(page).locator(".name")).to_have_text(list(names))


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("grid", name="Lineup").get_by_role("button", name=re.compile(rf"^{name} ?, rename$"))


def has_products(page: Page, count: int) -> None:
    """Some section has so many."""
    grid = page.get_by_role("grid", name="Lineup")
    expect(grid.get_by_role("gridcell", name=re.compile(f"^{count} products"))).to_be_visible()


def picked(page: Page) -> Locator:
    return lines(page).and_(page.get_by_role("row", selected=True))


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("tabpanel").get_by_label(name, exact=True)


def search(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find products")


def first_found(page: Page, name: str) -> None:
    """The highlighted product is this one: what was typed has been answered."""
    expect(page.get_by_role("option").first).to_contain_text(name)


def saved(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()


@pytest.fixture
def builder(enter: Enter) -> Page:
    """The builder of the small show, with its eight products."""
    page = enter("producer", SESSION, path=f"/sessions/{SESSION}/edit")
    connected(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    refill(page)
    return page


def refill(page: Page) -> None:
    """The lineup as the sample has it: products 1 to 8, nothing of their own."""
    page.wait_for_function("document.querySelector('[data-item], .none')")
    if lines(page).count():
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
    expect(page.get_by_role("heading", name="Nothing in the lineup yet")).to_be_visible()
    add_list(page, "\n".join(SKUS))
    expect(lines(page)).to_have_count(len(SKUS))
    in_order(page, *NAMES)


SKUS = ["PV-LAR-G", "PV-HOO-G", "PV-HUG-S", "PV-TEN-S", "PV-STK-R", "PV-PRL-G", "PV-SIG-G", "PV-ANK-S"]
NAMES = ("Lariat", "Hoops", "Huggies", "Tennis", "Ring trio", "Pearl drops", "Signet", "Anklet")


def add_list(page: Page, text: str) -> None:
    """Pastes a list into the lineup and adds what it names."""
    paste(page, text)
    page.get_by_role("dialog", name="Paste a list").get_by_role("button", name=re.compile("^Add \\d")).wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def paste(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def test_a_lineup_is_found_and_put_together_without_a_mouse(builder: Page) -> None:
    builder.keyboard.press("Control+a")
    expect(picked(builder)).to_have_count(8)
    builder.keyboard.press("Delete")
    expect(builder.get_by_role("heading", name="Nothing in the lineup yet")).to_be_visible()
    builder.keyboard.press("/")
    expect(search(builder)).to_be_focused()
    for count, (name, sku) in enumerate((("Hoops", "G"), ("Anklet", "S"), ("Tennis", "S")), start=1):
        builder.keyboard.type(f"pv-{name[:3].lower()}-{sku.lower()}")
        first_found(builder, name)
        builder.keyboard.press("Enter")
        expect(lines(builder)).to_have_count(count)
    in_order(builder, "Hoops", "Anklet", "Tennis")
    # All products, by number: the first two that are found, one after the other.
    builder.keyboard.press("Escape")
    first_found(builder, "Lariat")
    builder.keyboard.press("Shift+Enter")
    expect(lines(builder)).to_have_count(4)
    # Marked by Space, added together in the order they were marked.
    builder.keyboard.press("ArrowDown")
    expect(builder.get_by_role("option").nth(2)).to_have_class(re.compile(r"\bat\b"))
    builder.keyboard.press("Space")
    builder.keyboard.press("ArrowDown")
    builder.keyboard.press("Space")
    expect(builder.get_by_text("2 marked")).to_be_visible()
    builder.keyboard.press("Control+Enter")
    in_order(builder, "Hoops", "Anklet", "Tennis", "Lariat", "Huggies", "Ring trio")
    builder.keyboard.press("Escape")
    builder.keyboard.press("ArrowUp")
    builder.keyboard.press("ArrowUp")
    builder.keyboard.press("/")
    builder.keyboard.type("pv-sig-g")
    first_found(builder, "Signet")
    builder.keyboard.press("Enter")
    in_order(builder, "Hoops", "Anklet", "Tennis", "Lariat", "Signet", "Huggies", "Ring trio")
    saved(builder)
    builder.reload()
    in_order(builder, "Hoops", "Anklet", "Tennis", "Lariat", "Signet", "Huggies", "Ring trio")


def test_what_is_in_the_lineup_is_added_once_more_only_by_a_second_enter(builder: Page) -> None:
    builder.keyboard.press("Control+f")
    builder.keyboard.type("pv-hoo-g")
    first_found(builder, "Hoops")
    expect(builder.get_by_role("option").first).to_contain_text("In lineup as 2")
    builder.keyboard.press("Enter")
    expect(builder.get_by_text("Already in the lineup as 2. Enter once more adds it again.")).to_be_visible()
    expect(lines(builder)).to_have_count(8)
    builder.keyboard.press("Enter")
    expect(lines(builder)).to_have_count(9)


def test_a_list_is_read_before_it_is_added_and_forty_products_take_a_moment(builder: Page, studio: Studio) -> None:
    rows = studio.ask(
        "SELECT pid, sku, short_name, name FROM catalog_product WHERE pid IS NOT NULL ORDER BY id DESC LIMIT 40"
    )
    builder.keyboard.press("Control+a")
    builder.keyboard.press("Delete")
    expect(builder.get_by_role("heading", name="Nothing in the lineup yet")).to_be_visible()
    words = [str(pid if place % 2 else sku) for place, (pid, sku, *_) in enumerate(rows)]
    paste(builder, "\n".join([*words[:20], "no such thing", *words[20:]]))
    sheet = builder.get_by_role("dialog", name="Paste a list")
    expect(sheet.get_by_text(f"{len(rows)} to add · 1 not found")).to_be_visible()
    expect(sheet.get_by_role("listitem").nth(20)).to_contain_text("Not found")
    builder.keyboard.press("Control+Enter")
    expect(lines(builder)).to_have_count(len(rows))
    in_order(builder, *(str(short or name) for _, _, short, name in rows))
    expect(builder.get_by_text(f"Added {len(rows)} products").first).to_be_visible()
    # One Undo takes all of it out again.
    builder.keyboard.press("Control+z")
    expect(builder.get_by_role("heading", name="Nothing in the lineup yet")).to_be_visible()


def test_lines_move_by_keys_alone_and_in_sections(builder: Page) -> None:
    builder.keyboard.press("3")
    builder.keyboard.press("Enter")
    expect(picked(builder)).to_contain_text("Huggies")
    builder.keyboard.press("Alt+ArrowUp")
    in_order(builder, "Lariat", "Huggies", "Hoops", *NAMES[3:])
    expect(builder.get_by_text("Moved Huggies to place 2 of 8")).to_be_attached()
    builder.keyboard.press("Shift+ArrowDown")
    builder.keyboard.press("Alt+ArrowDown")
    in_order(builder, "Lariat", "Tennis", "Huggies", "Hoops", *NAMES[4:])
    # A section begins at the fifth line and goes to the end; the first of it steps out over its heading.
    builder.keyboard.press("5")
    builder.keyboard.press("Enter")
    builder.keyboard.press("p")
    builder.keyboard.type("Holiday Vault")
    builder.keyboard.press("Enter")
    expect(heading(builder, "Holiday Vault")).to_be_visible()
    has_products(builder, 4)
    builder.keyboard.press("Alt+ArrowUp")
    has_products(builder, 3)
    in_order(builder, "Lariat", "Tennis", "Huggies", "Hoops", *NAMES[4:])
    # Renamed with all its lines by one change, moved as a whole, folded.
    heading(builder, "Holiday Vault").focus()
    builder.keyboard.press("Enter")
    builder.keyboard.type("Vault")
    builder.keyboard.press("Enter")
    expect(heading(builder, "Vault")).to_be_visible()
    builder.get_by_role("button", name="Vault: move up").focus()
    builder.keyboard.press("Enter")
    in_order(builder, "Pearl drops", "Signet", "Anklet", "Lariat", "Tennis", "Huggies", "Hoops", "Ring trio")
    builder.get_by_role("button", name="Vault: fold").press("Enter")
    expect(lines(builder)).to_have_count(5)
    builder.get_by_role("button", name="Vault: unfold").press("Enter")
    for _ in range(3):
        builder.get_by_role("navigation", name="This session").get_by_role("button", name="Undo").click()
    expect(heading(builder, "Holiday Vault")).to_be_visible()
    builder.keyboard.press("Control+z")
    expect(heading(builder, "Holiday Vault")).to_have_count(0)


def test_own_values_are_marked_and_given_back_by_one_key(builder: Page, studio: Studio) -> None:
    builder.keyboard.press("2")
    builder.keyboard.press("Enter")
    builder.keyboard.press("Enter")
    expect(field(builder, "Name")).to_be_focused()
    expect(field(builder, "Name")).to_have_attribute("placeholder", re.compile("Hoops"))
    builder.keyboard.type("Vault hoops")
    builder.keyboard.press("Enter")
    expect(line(builder, 2)).to_contain_text("Vault hoops")
    expect(line(builder, 2).get_by_text("Own")).to_be_visible()
    field(builder, "Sale price").fill("99.00")
    field(builder, "Sale price").press("Enter")
    expect(builder.get_by_text("The sale price is above the original price Not saved.")).to_be_visible()
    field(builder, "Sale price").fill("19.00")
    field(builder, "Sale price").press("Enter")
    expect(line(builder, 2)).to_contain_text("$19.00")
    builder.keyboard.press("r")
    expect(line(builder, 2)).not_to_contain_text("Vault hoops")
    expect(line(builder, 2).get_by_text("Own")).to_have_count(0)
    expect(field(builder, "Name")).to_have_value("")
    toast = builder.get_by_role("status").filter(has_text="Hoops: back to the product")
    toast.get_by_role("button", name="Undo").click()
    expect(line(builder, 2)).to_contain_text("Vault hoops")
    builder.get_by_role("button", name="Name: back to the product’s").click()
    expect(line(builder, 2)).not_to_contain_text("Vault hoops")
    assert studio.ask("SELECT count(*) FROM catalog_product WHERE name = 'Vault hoops'") == [(0,)]


def test_times_are_planned_line_by_line_and_the_end_follows(builder: Page) -> None:
    builder.keyboard.press("Home")
    for time in ("2:30", "40:00"):
        builder.keyboard.press("t")
        expect(field(builder, "Planned time")).to_be_focused()
        builder.keyboard.type(time)
        builder.keyboard.press("Enter")
        builder.keyboard.press("ArrowDown")
    expect(line(builder, 1).get_by_text("2:30", exact=True)).to_be_visible()
    expect(line(builder, 3).get_by_text("+42:30")).to_be_visible()
    # Several at once.
    builder.keyboard.press("Shift+End")
    builder.keyboard.press("Control+a")
    builder.keyboard.press("t")
    builder.keyboard.type("30:00")
    builder.keyboard.press("Enter")
    expect(builder.get_by_text("4:00:00 of 3:00:00")).to_be_visible()
    expect(builder.get_by_text("1 h over")).to_be_visible()
    builder.get_by_role("tab", name="Session").click()
    builder.get_by_role("textbox", name="Starts").fill("2026-11-27T18:00")
    builder.get_by_role("textbox", name="Starts").press("Enter")
    expect(builder.get_by_text(re.compile("1 h over · ends 10:00"))).to_be_visible()
    expect(line(builder, 2).get_by_text("06:30 PM")).to_be_visible()
    # What is skipped takes no time.
    builder.keyboard.press("1")
    builder.keyboard.press("Enter")
    builder.keyboard.press("k")
    expect(line(builder, 1)).to_contain_text("Skipped")
    expect(builder.get_by_text(re.compile("30 min over · ends 09:30"))).to_be_visible()
    builder.get_by_role("textbox", name="Starts").fill("")
    builder.get_by_role("textbox", name="Starts").press("Enter")
    expect(builder.get_by_role("button", name="No date yet")).to_be_visible()


def test_who_is_on_camera_and_what_the_session_is_called(builder: Page, studio: Studio) -> None:
    builder.get_by_role("tab", name="Session").click()
    panel = builder.get_by_role("region", name="Session")
    person = panel.get_by_label("Person on camera")
    names = [option for option in person.locator("option").all_inner_texts() if option != "Choose a person"]
    for name in names[:2]:
        person.select_option(label=name)
        panel.get_by_role("button", name="Add host").press("Enter")
        expect(panel.get_by_label(f"Role of {name}")).to_be_visible()
    expect(panel.get_by_label(f"Role of {names[0]}")).to_have_value("primary")
    expect(panel.get_by_label(f"Role of {names[1]}")).to_have_value("co_host")
    expect(builder.get_by_role("button", name=f"With {names[0]} and {names[1]}")).to_be_visible()
    assert studio.ask(f"SELECT role FROM live_sessions_sessionhost WHERE session_id = {SESSION} ORDER BY id") == [
        ("primary",),
        ("co_host",),
    ]
    for name in names[:2]:
        panel.get_by_role("button", name=f"{name} is no host any more").press("Enter")
        expect(panel.get_by_label(f"Role of {name}")).to_have_count(0)
    title = builder.get_by_label("Name of the session")
    title.fill("Sparkle again")
    title.press("Enter")
    saved(builder)
    expect(builder).to_have_title("Edit Sparkle again")
    builder.keyboard.press("Control+z")
    expect(builder).to_have_title("Edit Spring Sparkle Live")
    expect(title).to_have_value("Spring Sparkle Live")


def test_two_builders_see_each_other_and_each_takes_back_their_own(builder: Page, enter: Enter) -> None:
    other = enter("admin", SESSION, path=f"/sessions/{SESSION}/edit")
    in_order(other, *NAMES)
    builder.keyboard.press("4")
    builder.keyboard.press("Enter")
    expect(line(other, 4).get_by_text(re.compile("is here$"))).to_be_attached()
    builder.keyboard.press("Delete")
    expect(lines(other)).to_have_count(7)
    expect(other.get_by_text(re.compile(r"took 1 product out$")).first).to_be_visible()
    # The other moves meanwhile; neither takes back what is not theirs.
    other.keyboard.press("Home")
    other.keyboard.press("Alt+ArrowDown")
    in_order(builder, "Hoops", "Lariat", "Huggies", "Ring trio", "Pearl drops", "Signet", "Anklet")
    builder.keyboard.press("Control+z")
    in_order(other, "Hoops", "Lariat", "Huggies", "Tennis", "Ring trio", "Pearl drops", "Signet", "Anklet")
    other.keyboard.press("Control+z")
    in_order(builder, *NAMES)


def test_the_same_field_at_once_is_a_matter_for_a_person(builder: Page, enter: Enter) -> None:
    other = enter("admin", SESSION, path=f"/sessions/{SESSION}/edit")
    in_order(other, *NAMES)
    for page in (builder, other):
        page.keyboard.press("Home")
        page.keyboard.press("n")
        expect(field(page, "Notes for the crew")).to_be_focused()
    wire = Wire(builder)
    builder.reload()
    in_order(builder, *NAMES)
    builder.keyboard.press("Home")
    builder.keyboard.press("n")
    wire.cut()
    expect(builder.get_by_text("Reconnecting…")).to_be_visible()
    builder.keyboard.type("Mine")
    expect(builder.get_by_text("Waiting for the connection")).to_be_visible()
    other.keyboard.type("Theirs")
    other.keyboard.press("Escape")
    saved(other)
    wire.mend()
    expect(builder.get_by_text(re.compile("changed this meanwhile"))).to_be_visible()
    expect(field(builder, "Notes for the crew")).to_have_value("Mine")
    builder.get_by_role("button", name="Keep mine").click()
    expect(field(other, "Notes for the crew")).to_have_value("Mine")


def test_what_was_typed_without_a_network_is_saved_when_it_is_back(builder: Page, studio: Studio) -> None:
    wire = Wire(builder)
    builder.reload()
    in_order(builder, *NAMES)
    wire.cut()
    expect(builder.get_by_text("Reconnecting…")).to_be_visible()
    builder.keyboard.press("Home")
    builder.keyboard.press("n")
    builder.keyboard.type("Bring the mirror")
    expect(builder.get_by_text("Not saved yet: waiting for the connection")).to_be_visible()
    wire.mend()
    saved(builder)
    expect(line(builder, 1).get_by_text("Note")).to_be_visible()
    [(notes,)] = studio.ask(
        f"SELECT notes FROM live_sessions_lineupitem WHERE session_id = {SESSION} ORDER BY position LIMIT 1"
    )
    assert notes == "Bring the mirror"


def test_changes_in_the_middle_of_a_show_are_on_the_hosts_screen_at_once(builder: Page, enter: Enter) -> None:
    console = enter("producer", SESSION)
    connected(console)
    console.get_by_role("button", name="Go live").click()
    host = enter("host", SESSION)
    shows(host, 1)
    expect(builder.get_by_text("On air: changes show at once")).to_be_visible()
    expect(line(builder, 1).get_by_text("ON AIR")).to_be_visible()
    builder.keyboard.press("Home")
    builder.keyboard.press("Enter")
    builder.keyboard.type("Lariat, last ten")
    builder.keyboard.press("Enter")
    expect(host.get_by_role("heading", level=1, name=re.compile("last ten"))).to_be_visible()
    # What is on air is taken out: the next is shown, and Undo brings it back.
    builder.keyboard.press("Delete")
    shows(host, 2)
    expect(line(builder, 2).get_by_text("ON AIR")).to_be_visible()
    builder.keyboard.press("Control+z")
    shows(host, 1)
    console.get_by_role("link", name="Lineup").click()
    expect(console).to_have_url(re.compile(f"/sessions/{SESSION}/edit"))
    in_order(console, "Lariat, last ten", *NAMES[1:])


def test_lines_are_dragged_several_at_once_into_a_section(builder: Page) -> None:
    builder.keyboard.press("7")
    builder.keyboard.press("Enter")
    builder.keyboard.press("p")
    builder.keyboard.type("Vault")
    builder.keyboard.press("Enter")
    expect(heading(builder, "Vault")).to_be_visible()
    line(builder, 1).click()
    line(builder, 3).click(modifiers=["Control"])
    expect(picked(builder)).to_have_count(2)
    line(builder, 3).drag_to(line(builder, 8), target_position={"x": 300, "y": 40})
    has_products(builder, 4)
    assert set(order(builder)[4:]) == {"Lariat", "Huggies", "Signet", "Anklet"}
    assert [name for name in order(builder) if name in ("Lariat", "Huggies")] == ["Lariat", "Huggies"]
    builder.keyboard.press("Control+z")
    in_order(builder, *NAMES)


def test_on_a_phone_the_parts_are_one_behind_the_other(enter: Enter) -> None:
    page = enter("producer", SESSION, path=f"/sessions/{SESSION}/edit", width=390, height=844)
    expect(lines(page)).to_have_count(8)
    parts = page.get_by_role("navigation", name="Parts of this page")
    parts.get_by_role("button", name="Products").click()
    search(page).fill("pv-hoo-g")
    first_found(page, "Hoops")
    parts.get_by_role("button", name="Lineup").click()
    lines(page).filter(has_text="Hoops").click()
    parts.get_by_role("button", name="Item").click()
    expect(page.get_by_role("heading", level=2, name="Hoops")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keys_are_told_and_a_host_is_not_let_in(builder: Page, enter: Enter) -> None:
    builder.keyboard.press("?")
    expect(builder.get_by_role("dialog", name="Keys")).to_contain_text("Move what is picked down")
    builder.keyboard.press("Escape")
    host = enter("host", SESSION, path=f"/sessions/{SESSION}/edit")
    expect(lines(host)).to_have_count(0)
    expect(host.get_by_role("heading", level=1)).to_be_visible()
