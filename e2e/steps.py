"""What people look at on the screens, said in the words of a story."""

import re

from playwright.sync_api import Page, expect


def host_heading(page: Page) -> str:
    return page.get_by_role("region", name="Host screen").get_by_role("heading", level=1).inner_text()


def shows(page: Page, number: int) -> None:
    """The host's view on this page shows the item with this number."""
    heading = page.get_by_role("region", name="Host screen").get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(rf"^{number}\D"))


def connected(page: Page) -> None:
    expect(page.get_by_text("Connected", exact=False).first).to_be_visible()


def hears_ctrl_k(page: Page) -> None:
    """The palette is there: what is pressed before would be lost."""
    expect(page.locator("[data-island=Palette][data-ready]")).to_be_attached()
