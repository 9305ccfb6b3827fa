"""The pictures of a product: dropped, pasted, chosen, put in order by mouse and by keyboard, seen by others at once."""

import re
from collections.abc import Callable
from io import BytesIO
from itertools import count
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from e2e.conftest import Studio

Enter = Callable[..., Page]
_colors = count(1)

DROP = """([files, event]) => {
  const data = new DataTransfer();
  for (const { name, type, bytes } of files) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const target = document.querySelector(".pictures");
  for (const kind of event === "paste" ? ["paste"] : ["dragover", "drop"]) {
    const options = { bubbles: true, cancelable: true };
    target.dispatchEvent(kind === "paste" ? new ClipboardEvent(kind, { ...options, clipboardData: data })
      : new DragEvent(kind, { ...options, dataTransfer: data }));
  }
}"""


def drawn(size: tuple[int, int] = (900, 700), kind: str = "JPEG") -> bytes:
    """A picture like no other: the same file again is the same picture."""
    number = next(_colors)
    image = Image.new("RGB", size, ((number * 67) % 200 + 30, (number * 31) % 200 + 30, (number * 97) % 200 + 30))
    ImageDraw.Draw(image).ellipse((100, 60 + number, 500, 460 + number), fill=(240, 240, 240))
    written = BytesIO()
    image.save(written, kind)
    return written.getvalue()


def file(name: str, data: bytes | None = None) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": drawn() if data is None else data}


def put(page: Page, *files: FilePayload, by: str = "drop") -> None:
    """Drops or pastes files as a browser tells a page of it."""
    given = [{"name": one["name"], "type": one["mimeType"], "bytes": list(one["buffer"])} for one in files]
    page.evaluate(DROP, [given, by])


def choose(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Pictures to add").set_input_files(list(files))


def tiles(page: Page) -> Locator:
    return page.get_by_role("list", name="Pictures in their order").get_by_role("listitem")


class Holding:
    """Uploads of a page that are held until `go_on`."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self._holds = True
        page.route("**/products/*/images", self._hold)

    def _hold(self, route: Route) -> None:
        if self._holds and route.request.method == "POST":
            self.held.append(route)
        else:
            route.continue_()

    def go_on(self) -> None:
        self._holds = False
        for route in self.held:
            route.continue_()


def frame(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=re.compile(rf"^Picture {number} of "))


def order(page: Page) -> list[str]:
    """What the pictures are described as, in their order."""
    return [field.input_value() for field in page.get_by_placeholder("What it shows").all()]


def describe(page: Page, number: int, text: str) -> None:
    page.get_by_label(f"What picture {number} shows").fill(text)
    page.get_by_label(f"What picture {number} shows").press("Enter")
    expect(tiles(page).nth(number - 1).get_by_text("Saved")).to_be_visible()


@pytest.fixture
def empty(studio: Studio) -> str:
    """The page of a product that has no pictures."""
    [(brand_id, studio_id)] = studio.ask("SELECT id, studio_id FROM catalog_brand ORDER BY id LIMIT 1")
    [(product_id,)] = studio.ask(
        "INSERT INTO catalog_product (studio_id, brand_id, name, short_name, description, talking_points_md,"
        " original_price_cents, sku, is_featured, external_url, tags, extra, created_at, updated_at) VALUES"
        f" ({studio_id}, {brand_id}, 'Gold hoops', '', '', '', 4999, '', false, '', '{{}}', '{{}}', now(), now())"
        " RETURNING id"
    )
    return f"/products/{product_id}/pictures"


@pytest.fixture
def three(empty: str, enter: Enter) -> Page:
    """A product with three pictures: front, side, box."""
    page = enter("producer", path=empty)
    for number, name in enumerate(("front", "side", "box"), start=1):
        choose(page, file(f"{name}.jpg"))
        expect(tiles(page)).to_have_count(number)
        describe(page, number, name)
    return page


def test_pictures_are_dropped_pasted_and_chosen_and_another_sees_them_at_once(empty: str, enter: Enter) -> None:
    mia, ada = enter("producer", path=empty), enter("admin", path=empty)
    expect(mia.get_by_role("heading", name="No pictures yet")).to_be_visible()
    expect(ada.get_by_role("heading", name="No pictures yet")).to_be_visible()
    put(mia, *[file(f"IMG_{number}.jpg") for number in range(4)])
    expect(tiles(mia)).to_have_count(4)
    expect(tiles(ada)).to_have_count(4)
    expect(tiles(ada).first.get_by_text("Primary", exact=True)).to_be_visible()
    put(mia, file("image.png", drawn(kind="PNG")), by="paste")
    expect(tiles(ada)).to_have_count(5)
    choose(ada, file("chosen.jpg"))
    expect(tiles(mia)).to_have_count(6)
    expect(mia.get_by_text("6 of 50 pictures")).to_be_visible()
    describe(ada, 2, "On the ear")
    expect(mia.get_by_label("What picture 2 shows")).to_have_value("On the ear")


def test_each_file_that_is_not_taken_says_why_and_the_others_come_in(empty: str, enter: Enter) -> None:
    page = enter("producer", path=empty)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    same = file("front.jpg")
    put(
        page,
        file("IMG_2034.heic", heic),
        file("logo.png", svg),
        same,
        file("page.jpg", b"<!doctype html><script>alert(1)</script>"),
        file("half.jpg", drawn()[:3000]),
        file("nothing.jpg", b""),
        file("back.jpg"),
    )
    uploads = page.get_by_role("list", name="Uploads")
    for sentence in (
        "IMG_2034.heic: this is a HEIC photo, no picture that can be shown; use a JPEG, PNG or WebP.",
        "logo.png: this is an SVG drawing, which can hold a program; save it as a PNG.",
        "page.jpg: this is a web page, no picture that can be shown; use a JPEG, PNG or WebP.",
        "half.jpg: this picture is broken or cut off: it cannot be drawn to its last row.",
        "nothing.jpg: this file is empty.",
    ):
        expect(uploads.get_by_text(sentence)).to_be_visible()
    expect(tiles(page)).to_have_count(2)
    put(page, same)
    expect(uploads.get_by_text("front.jpg: this picture is among them already.")).to_be_visible()
    expect(tiles(page)).to_have_count(2)
    page.get_by_role("button", name="Dismiss IMG_2034.heic").click()
    expect(uploads.get_by_text("IMG_2034.heic")).to_have_count(0)


def test_at_most_three_go_at_once_and_a_broken_one_is_tried_again(empty: str, enter: Enter) -> None:
    page = enter("producer", path=empty, worker=False)
    uploads = Holding(page)
    put(page, *[file(f"{number}.jpg") for number in range(5)])
    expect(page.get_by_role("list", name="Uploads").get_by_role("listitem")).to_have_count(5)
    expect(page.get_by_text("Waiting", exact=True)).to_have_count(2)
    page.wait_for_function("() => document.querySelectorAll('.uploads progress').length === 5")
    assert len(uploads.held) == 3
    uploads.held.pop(0).abort()
    expect(page.get_by_text("0.jpg: the connection broke. It is tried again.")).to_be_visible()
    uploads.go_on()
    expect(tiles(page)).to_have_count(5)  # the broken one by itself
    expect(page.get_by_role("list", name="Uploads")).to_have_count(0)


def test_leaving_while_a_file_is_on_its_way_is_asked_about(empty: str, enter: Enter) -> None:
    page = enter("producer", path=empty, worker=False)
    uploads = Holding(page)
    page.get_by_role("button", name="Choose pictures").focus()
    page.keyboard.press("Tab")  # a page that nobody has touched may not ask
    put(page, file("slow.jpg"))
    expect(page.get_by_text("slow.jpg")).to_be_visible()
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    page.evaluate("() => { location.href = '/sessions'; }")
    expect(page.get_by_text("slow.jpg")).to_be_visible()
    page.wait_for_function("() => true")
    assert asked == ["beforeunload"]
    page.remove_listener("dialog", stay)
    uploads.go_on()
    expect(tiles(page)).to_have_count(1)
    page.evaluate("() => { location.href = '/sessions'; }")
    page.wait_for_url("**/sessions")


def test_by_keyboard_alone_pictures_are_put_in_order_seen_large_removed_and_brought_back(
    three: Page, enter: Enter
) -> None:
    other = enter("admin", path=urlsplit(three.url).path)
    expect(tiles(other)).to_have_count(3)
    frame(three, 1).focus()
    three.keyboard.press("End")
    expect(frame(three, 3)).to_be_focused()
    three.keyboard.press("Space")
    expect(three.get_by_text("Grabbed, position 3 of 3.")).to_be_attached()
    three.keyboard.press("Home")
    expect(three.get_by_text("Position 1 of 3, the primary picture")).to_be_attached()
    assert order(three) == ["box", "front", "side"]
    assert order(other) == ["front", "side", "box"], "nothing is sent before it is put down"
    three.keyboard.press("Escape")
    expect(three.get_by_text("Put back, position 3 of 3.")).to_be_attached()
    assert order(three) == ["front", "side", "box"]
    three.keyboard.press("Space")
    three.keyboard.press("ArrowLeft")
    three.keyboard.press("ArrowLeft")
    three.keyboard.press("Space")
    expect(three.get_by_text("Put down, position 1 of 3, the primary picture.")).to_be_attached()
    expect(other.get_by_label("What picture 1 shows")).to_have_value("box")
    assert order(other) == ["box", "front", "side"]
    expect(frame(three, 1)).to_be_focused()

    three.keyboard.press("f")
    dialog = three.get_by_role("dialog", name="Picture 1 of 3")
    expect(dialog.get_by_role("img", name="box")).to_be_visible()
    three.keyboard.press("ArrowRight")
    expect(three.get_by_role("dialog", name="Picture 2 of 3").get_by_role("img", name="front")).to_be_visible()
    three.keyboard.press("Escape")
    expect(three.get_by_role("dialog")).to_have_count(0)
    expect(frame(three, 2)).to_be_focused()

    three.keyboard.press("Delete")
    expect(tiles(other)).to_have_count(2)
    expect(frame(three, 2)).to_be_focused()
    expect(three.get_by_text("“front” is removed.")).to_be_visible()
    three.get_by_role("button", name="Undo").focus()
    three.keyboard.press("Enter")
    expect(tiles(other)).to_have_count(3)
    expect(frame(three, 2)).to_be_focused()
    assert order(three) == order(other) == ["box", "front", "side"]
    three.reload()
    expect(tiles(three)).to_have_count(3)
    assert order(three) == ["box", "front", "side"]


def test_dragging_with_the_mouse_puts_a_picture_elsewhere_and_another_sees_it(three: Page, enter: Enter) -> None:
    other = enter("admin", path=urlsplit(three.url).path)
    expect(tiles(other)).to_have_count(3)
    start, goal = frame(three, 3).bounding_box(), frame(three, 1).bounding_box()
    assert start
    assert goal
    three.mouse.move(start["x"] + 100, start["y"] + 100)
    three.mouse.down()
    three.mouse.move(start["x"] + 60, start["y"] + 100, steps=4)
    three.mouse.move(goal["x"] + 40, goal["y"] + 100, steps=12)
    three.mouse.up()
    expect(other.get_by_label("What picture 1 shows")).to_have_value("box")
    expect(three.get_by_label("What picture 1 shows")).to_have_value("box")
    assert order(three) == order(other) == ["box", "front", "side"]
    expect(three.get_by_role("dialog")).to_have_count(0)  # the click that ends a drag opens nothing
    frame(three, 1).click()
    expect(three.get_by_role("dialog", name="Picture 1 of 3")).to_be_visible()
    three.get_by_role("button", name="Close").click()
    expect(frame(three, 1)).to_be_focused()


def test_buttons_move_and_remove_too_and_every_removal_can_be_undone(three: Page) -> None:
    three.get_by_role("button", name="Move picture 2 earlier").click()
    expect(three.get_by_label("What picture 1 shows")).to_have_value("side")
    three.get_by_role("button", name="Move picture 3 to the front").click()
    expect(three.get_by_label("What picture 1 shows")).to_have_value("box")
    for _ in range(3):
        three.get_by_role("button", name="Remove picture 1").click()
    expect(three.get_by_role("heading", name="No pictures yet")).to_be_visible()
    undo = three.get_by_role("button", name="Undo")
    expect(undo).to_have_count(3)
    for left in (2, 1, 0):
        undo.last.click()
        expect(undo).to_have_count(left)
    expect(tiles(three)).to_have_count(3)
    assert order(three) == ["box", "side", "front"]


def test_what_is_typed_survives_somebody_elses_change_and_a_break(three: Page, enter: Enter) -> None:
    other = enter("admin", path=urlsplit(three.url).path)
    expect(tiles(other)).to_have_count(3)
    three.route("**/images/*", lambda route: route.abort())
    field = three.get_by_label("What picture 1 shows")
    field.fill("On a model, from the left")
    expect(tiles(three).first.get_by_text("Not saved: The connection broke.")).to_be_visible()
    describe(other, 1, "Front view")
    describe(other, 2, "Side view")
    expect(three.get_by_label("What picture 2 shows")).to_have_value("Side view")
    expect(field).to_have_value("On a model, from the left")
    three.unroute_all()
    expect(other.get_by_label("What picture 1 shows")).to_have_value("On a model, from the left")


def test_who_may_not_see_the_catalogue_finds_nothing(empty: str, enter: Enter) -> None:
    host = enter("host", path=empty)
    expect(host.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_the_sizes_are_made_and_the_browser_takes_a_small_one(three: Page, studio: Studio) -> None:
    product_id = three.url.split("/")[4]
    query = f"SELECT count(*) FROM catalog_productimage WHERE product_id = {product_id} AND sizes <> '{{}}'"
    three.wait_for_function("() => true")
    for _ in range(100):
        if studio.ask(query) == [(3,)]:
            break
        three.wait_for_timeout(100)
    three.reload()
    expect(tiles(three)).to_have_count(3)
    whole = tiles(three).first.locator("img.whole")
    expect(whole).to_have_attribute("srcset", re.compile(r"/sized/[0-9a-f]{32}\.webp 640w"))
    taken = whole.evaluate("async image => { await image.decode(); return image.currentSrc; }")
    assert "/sized/" in taken
    answer = three.request.get(taken)
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(BytesIO(answer.body())).width == 640
