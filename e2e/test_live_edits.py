"""Edits while the host reads: they appear at once, and the line that is read stays where it is ((c) 4, P9)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, pushed, shows, update_product

Enter = Callable[..., Page]

#: From now on, in every frame: where the line that begins so is, and whether it can be seen there.
FOLLOW = """text => {
  window.places = new Set();
  window.covered = 0;
  const look = () => {
    const line = [...document.querySelectorAll(".here .points li")].find(li => li.textContent.startsWith(text));
    if (line) {
      const { left, top, width, height } = line.getBoundingClientRect();
      window.places.add([left, top, height].map(one => one.toFixed(2)).join(" "));
      const seen = document.elementFromPoint(left + Math.min(width, 200) / 2, top + height / 2);
      if (!line.contains(seen)) window.covered += 1;
    } else window.places.add("gone");
    window.following = requestAnimationFrame(look);
  };
  cancelAnimationFrame(window.following);
  look();
}"""
SEEN = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  done([[...window.places], window.covered]))))"""
#: The texts of the lines that can be seen, from above.
VISIBLE = """() => [...document.querySelectorAll(".here .points li")].filter(line => {
  const { left, top, width, height } = line.getBoundingClientRect();
  return line.contains(document.elementFromPoint(left + Math.min(width, 200) / 2, top + height / 2));
}).map(line => line.textContent)"""


def lines(*changed: str, count: int = 20) -> list[str]:
    return [f"Point {number} with a few more words to say" for number in range(1, count + 1)]


class Desk:
    """A producer's way of changing the second session's first line."""

    def __init__(self, page: Page, studio: Studio) -> None:
        self.page = page
        self.studio = studio
        rows = studio.ask(
            "SELECT id, product_id FROM live_sessions_lineupitem WHERE session_id = 2 ORDER BY position LIMIT 1"
        )
        self.item, self.product = (int(str(value)) for value in rows[0])

    def override(self, **changes: object) -> None:
        pushed(self.page, "session:2:meta", "override_item", {"item_id": self.item, "changes": changes})

    def points(self, *points: str) -> None:
        self.override(talking_points_md="\n".join(f"- {point}" for point in points))

    def edit_product(self, *points: str) -> None:
        update_product(self.studio, self.product, "talking_points_md", "\n".join(f"- {point}" for point in points))


@pytest.fixture
def desk(producer: Page, studio: Studio) -> Desk:
    desk = Desk(producer, studio)
    desk.override(talking_points_md=None, name=None, original_price_cents=None, sale_price_cents=None)
    return desk


def reading(enter: Enter, desk: Desk, *points: str, page: int = 0, size: tuple[int, int] = (1280, 720)) -> Page:
    """A host who reads these points, on one of their pages."""
    desk.points(*points)
    host = enter("host", 2, width=size[0], height=size[1])
    connected(host)
    shows(host, 1)
    expect(host.locator(".here .points li")).to_have_count(len(points))
    for _ in range(page):
        host.keyboard.press("PageDown")
    return host


def middle(host: Page) -> str:
    """The line in the middle of those that can be seen: that is the one that is read."""
    seen: list[str] = host.evaluate(VISIBLE)
    assert len(seen) >= 3, seen
    text = seen[len(seen) // 2]
    host.evaluate(FOLLOW, text)
    return text


def has_not_moved(host: Page, *, within: float = 0.0) -> None:
    """Not in any frame, by less than a hundredth of a pixel; nor has anything come over it."""
    places, covered = host.evaluate(SEEN)
    assert "gone" not in places
    tops = [float(place.split()[1]) for place in places]
    assert len({(place.split()[0], place.split()[2]) for place in places}) == 1, places
    assert max(tops) - min(tops) <= within, places
    assert covered == 0


def font_size(host: Page) -> str:
    found: str = host.locator(".here .points").evaluate("points => getComputedStyle(points).fontSize")
    return found


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("banner", [False, True])
def test_lines_that_come_and_go_above_move_nothing(
    desk: Desk, enter: Enter, size: tuple[int, int], banner: bool
) -> None:
    points = lines(count=20 if size[0] == 1280 else 40)
    host = reading(enter, desk, *points, page=1, size=size)
    expect(host.get_by_text("Page 2 /")).to_be_visible()
    if banner:
        pushed(desk.page, "session:2:state", "send_message", {"text": "Two minutes left", "color": "amber"})
        expect(host.get_by_role("alert")).to_contain_text("Two minutes left")
        host.evaluate("Promise.all(document.getAnimations().map(one => one.finished)).then(() => null)")
    middle(host)
    desk.points("Brand new and said first of all", "And another one", *points)
    expect(host.locator(".here .points li")).to_have_count(len(points) + 2)
    has_not_moved(host)
    expect(host.get_by_text("New above")).to_be_visible()
    desk.points(points[0] + " and now so many words that it needs a second row of its own", *points[1:])
    expect(host.locator(".here .points li").first).to_contain_text("a second row")
    has_not_moved(host)
    desk.points(*points[3:])
    expect(host.locator(".here .points li")).to_have_count(len(points) - 3)
    has_not_moved(host)
    desk.points(*points)
    expect(host.locator(".here .points li")).to_have_count(len(points))
    has_not_moved(host)
    desk.points(*points, "And one at the end")
    expect(host.locator(".here .points li")).to_have_count(len(points) + 1)
    has_not_moved(host)
    if banner:
        pushed(desk.page, "session:2:state", "clear_message", {})


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_a_message_comes_and_goes_over_the_picture_and_moves_no_word(
    desk: Desk, enter: Enter, size: tuple[int, int]
) -> None:
    host = reading(enter, desk, *lines(), page=1, size=size)
    middle(host)
    prices = host.locator(".words.here .prices").bounding_box()
    text = "Two minutes left, then the lariat; after that everything that is left of the vault, once more"
    pushed(desk.page, "session:2:state", "send_message", {"text": text, "color": "red"})
    banner = host.get_by_role("alert")
    expect(banner).to_contain_text("Two minutes left")
    has_not_moved(host)
    lies, pane = banner.bounding_box(), host.locator(".pane").bounding_box()
    assert lies is not None
    assert pane is not None
    assert pane["x"] <= lies["x"]
    assert lies["x"] + lies["width"] <= pane["x"] + pane["width"]
    assert pane["y"] <= lies["y"]
    assert lies["y"] + lies["height"] < pane["y"] + pane["height"] / 2
    pushed(desk.page, "session:2:state", "clear_message", {})
    expect(banner).to_have_count(0)
    has_not_moved(host)
    assert host.locator(".words.here .prices").bounding_box() == prices


def test_a_change_of_the_product_in_the_catalogue_moves_nothing(desk: Desk, enter: Enter) -> None:
    points = lines()
    desk.edit_product(*points)
    desk.override(talking_points_md=None)
    host = enter("host", 2)
    connected(host)
    expect(host.locator(".here .points li")).to_have_count(20)
    host.keyboard.press("PageDown")
    middle(host)
    desk.edit_product("From the catalogue", "In two lines", *points)
    expect(host.locator(".here .points li")).to_have_count(22)
    has_not_moved(host)
    desk.edit_product(*points[2:])
    expect(host.locator(".here .points li")).to_have_count(18)
    has_not_moved(host)


def test_what_is_typed_in_the_first_line_does_not_move_the_sixth(desk: Desk, enter: Enter) -> None:
    points = lines(count=8)
    host = reading(enter, desk, *points)
    expect(host.get_by_text("Page 1 /")).to_have_count(0)
    size = font_size(host)
    host.evaluate(FOLLOW, "Point 6")
    text = points[0]
    for word in ["and", "this", "is", "typed", "word", "by", "word", "until", "it", "takes", "one", "more", "row"]:
        text += f" {word}"
        desk.points(text, *points[1:])
    expect(host.locator(".here .points li").first).to_contain_text("one more row")
    has_not_moved(host)
    assert font_size(host) == size
    # What had no room any more is one page up, and the host is told.
    expect(host.get_by_text("New above")).to_be_visible()
    host.keyboard.press("PageUp")
    expect(host.get_by_text("New above")).to_have_count(0)
    assert text in host.evaluate(VISIBLE)
    # The next time the product is shown everything is as large as it fits again.
    desk.page.keyboard.press("ArrowDown")
    shows(host, 2)
    desk.page.keyboard.press("ArrowUp")
    shows(host, 1)
    expect(host.get_by_text("New above")).to_have_count(0)
    assert text in host.evaluate(VISIBLE)


def test_a_line_in_the_middle_leaves_the_larger_part_in_its_place(desk: Desk, enter: Enter) -> None:
    points = lines(count=8)
    host = reading(enter, desk, *points)
    host.evaluate(FOLLOW, "Point 7")
    desk.points(*points[:2], "Between two and three", *points[2:])
    expect(host.locator(".here .points li")).to_have_count(9)
    has_not_moved(host)
    host.evaluate(FOLLOW, "Point 3")
    desk.points(*points[:2], "Between two and three", *points[2:6], "Between six and seven", *points[6:])
    expect(host.locator(".here .points li")).to_have_count(10)
    has_not_moved(host)


def test_prices_and_a_long_name_change_in_their_place(desk: Desk, enter: Enter) -> None:
    desk.override(name="Hoops")
    host = reading(enter, desk, *lines(), page=1)
    middle(host)
    words = host.locator(".words.here")
    before = words.locator(".prices").bounding_box()
    desk.override(original_price_cents=129_900, sale_price_cents=99_900)
    expect(words).to_contain_text("$999.00")
    expect(words.locator(".prices .fresh")).to_be_visible()
    has_not_moved(host)
    assert words.locator(".prices").bounding_box() == before
    desk.override(name="Hoops that need one row more")
    expect(words.get_by_role("heading")).to_contain_text("one row more")
    has_not_moved(host)
    desk.override(name="Hoops")
    expect(words.get_by_role("heading")).not_to_contain_text("one row more")
    has_not_moved(host)


def test_only_what_is_new_is_marked_and_for_three_seconds(desk: Desk, enter: Enter) -> None:
    host = reading(enter, desk, "14k gold plated", "Ships in two days", "Nickel free")
    marked = host.locator(".here .points mark.fresh")
    expect(marked).to_have_count(0)
    desk.points("18k gold plated", "Ships in two days", "Nickel free")
    expect(marked).to_have_text(["18k"])
    ratio = marked.evaluate(
        """mark => {
          const parse = text => text.match(/[\\d.]+/g).map(Number);
          const [r, g, b, alpha] = parse(getComputedStyle(mark).backgroundColor);
          const page = parse(getComputedStyle(mark.closest(".host-view")).backgroundColor);
          const back = [r, g, b].map((one, at) => one * alpha + page[at] * (1 - alpha));
          const light = ([r, g, b]) => [r, g, b].map(one => one / 255)
            .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
            .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
          const [text, behind] = [light(parse(getComputedStyle(mark).color)), light(back)];
          return (text + 0.05) / (behind + 0.05);
        }"""
    )
    assert ratio >= 7
    host.evaluate("window.markedAt = performance.now()")
    expect(marked).to_have_count(0)
    stood = host.evaluate("performance.now() - window.markedAt")
    assert 1500 < stood < 4500
    expect(host.locator(".here .points li").first).to_have_text("18k gold plated")


def test_where_the_page_scrolls_it_is_scrolled_with_what_is_read(desk: Desk, enter: Enter) -> None:
    points = lines()
    host = reading(enter, desk, *points, size=(390, 844))
    host.locator(".product").evaluate(
        """product => { product.style.overflowAnchor = "none";
          product.scrollTop = product.querySelectorAll(".here .points li")[8].offsetTop; }"""
    )
    middle(host)
    desk.points("Brand new and said first of all", "And another one", *points)
    expect(host.locator(".here .points li")).to_have_count(22)
    has_not_moved(host, within=1.0)  # browsers scroll by whole pixels
    desk.points(*points[3:])
    expect(host.locator(".here .points li")).to_have_count(17)
    has_not_moved(host, within=1.0)  # browsers scroll by whole pixels
