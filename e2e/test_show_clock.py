"""The show clock, Ready → Go, and a rehearsal: producer and host, each in a browser of their own."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from e2e.steps import shows

Enter = Callable[..., Page]


def left(page: Page) -> Locator:
    """What is left of the product: on the console its own clock, on the host's page the one in the header."""
    return page.get_by_role("timer", name="Left for this product").last


def seconds(page: Page) -> int:
    sign, minutes, rest = re.match(r"(−?)(\d+):(\d\d)", left(page).inner_text()).groups()  # type: ignore[union-attr]
    return (-1 if sign else 1) * (int(minutes) * 60 + int(rest))


def test_a_rehearsal_is_marked_on_both_pages_and_leaves_nothing_behind(producer: Page, enter: Enter) -> None:
    host = enter("host", 2)
    producer.get_by_role("button", name="Rehearse").click()
    for page in (producer, host):
        expect(page.get_by_text("REHEARSAL", exact=True).first).to_be_visible()
        expect(page.locator(".rehearsal-edge").first).to_be_visible()
    producer.keyboard.press("ArrowDown")
    producer.keyboard.press("m")
    producer.keyboard.type("only a rehearsal")
    producer.keyboard.press("Enter")
    producer.keyboard.press("Escape")
    expect(host.get_by_text("only a rehearsal")).to_be_visible()
    shows(host, 2)
    expect(left(host)).to_be_visible()
    producer.get_by_role("button", name="End rehearsal").click()
    expect(host.get_by_text("OFF AIR", exact=True)).to_be_visible()
    expect(host.get_by_text("only a rehearsal")).to_have_count(0)
    shows(host, 1)
    expect(host.get_by_role("timer")).to_have_count(0)


def test_the_clock_counts_on_both_pages_and_the_producer_changes_it(producer: Page, enter: Enter) -> None:
    host = enter("host", 2)
    expect(producer.get_by_text("The clock starts with the show")).to_be_visible()
    producer.get_by_role("button", name="Go live").click()
    planned = 180 * 60 // 40
    expect(left(producer)).to_contain_text("left")
    assert planned - 10 <= seconds(producer) <= planned
    assert abs(seconds(producer) - seconds(host)) <= 1
    producer.keyboard.press("+")
    expect(left(host)).to_have_text(re.compile(r"^5:[12]\d\s*left"))
    expect(producer.get_by_text(re.compile(r"\+1:0\d over"))).to_be_visible()
    expect(producer.get_by_text(re.compile(r"Drop 40 to finish at"))).to_be_visible()
    producer.keyboard.press("t")
    for page in (producer, host):
        expect(left(page)).to_contain_text("PAUSED")
    producer.keyboard.press("t")
    expect(left(host)).to_contain_text("left")
    for _ in range(6):
        producer.keyboard.press("-")
    for page in (producer, host):
        expect(left(page)).to_have_text(re.compile(r"^−\d:\d\d\s*OVER"))
    # Taken back like everything else.
    producer.keyboard.press("Control+z")
    expect(left(host)).to_contain_text("left")
    before = seconds(producer)
    producer.keyboard.press("ArrowDown")
    shows(host, 2)
    assert seconds(host) > before
    producer.keyboard.press("Control+z")
    shows(host, 1)
    expect(left(host)).to_have_text(re.compile(r"^0:\d\d"))  # as if it had gone on


def test_ready_then_go(producer: Page, enter: Enter) -> None:
    host = enter("host", 2)
    producer.keyboard.press("s")
    producer.get_by_label("Ready, then go").check()
    producer.keyboard.press("Escape")
    mark = producer.get_by_text("READY, THEN GO")
    expect(mark).to_be_visible()
    producer.keyboard.press("ArrowDown")

    def says(word: str) -> None:
        """On both screens: who drives looks at their own."""
        for page in (host, producer):
            expect(page.locator(".strip").get_by_text(word)).to_be_visible()

    says("READY")
    shows(host, 1)
    producer.keyboard.press("ArrowDown")
    shows(host, 2)
    says("NEXT")
    # A number makes ready, Enter alone takes.
    producer.keyboard.type("12")
    producer.keyboard.press("Enter")
    expect(host.locator(".strip")).to_contain_text("12")
    says("READY")
    producer.keyboard.press("Enter")
    shows(host, 12)
    # Esc takes what is ready back, one layer each press.
    producer.keyboard.press("ArrowDown")
    says("READY")
    producer.keyboard.type("3")
    producer.keyboard.press("Escape")
    says("READY")
    producer.keyboard.press("Escape")
    says("NEXT")
    producer.keyboard.press("Enter")
    shows(host, 12)
    producer.keyboard.press("s")
    producer.get_by_label("Ready, then go").uncheck()
    producer.keyboard.press("Escape")
    expect(mark).to_have_count(0)
    producer.keyboard.press("ArrowDown")
    shows(host, 13)


def test_the_preview_is_as_large_as_the_hosts_own_screen(producer: Page, enter: Enter) -> None:
    size = "() => [document.querySelector('.screen').offsetWidth, document.querySelector('.screen').offsetHeight]"
    assert producer.evaluate(size) == [1280, 720]
    host = enter("host", 2, width=1600, height=900)
    producer.wait_for_function(f"() => ({size})()[0] === 1600")
    host.set_viewport_size({"width": 844, "height": 390})
    producer.wait_for_function(f"() => ({size})().join() === '844,390'")
    host.close()
    producer.wait_for_function(f"() => ({size})()[0] === 1280")
