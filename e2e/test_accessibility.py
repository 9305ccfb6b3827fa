"""Who cannot see well, use a mouse or bear motion can use every page: axe-core's findings, and the keyboard by hand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cuelight.accounts import links
from e2e.conftest import ROOT, Studio
from e2e.document_pages import made
from e2e.overlays import CARD, make_overlay
from e2e.steps import connected, hears_ctrl_k, shows

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SHEET = "#,name,original price,sale price\n" + "".join(f"{n},Hoop {n},$4{n}.99,$2{n}.99\n" for n in (1, 2, 3))
THEMES = ("dark", "light")

#: What is found, said so that a failing test can be read: rule, impact, where.
FINDINGS = """async () => {
  const { violations, passes } = await axe.run(document, { resultTypes: ["violations"] });
  if (!passes.length) throw new Error("axe looked at nothing");
  return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}"""


def findings(page: Page) -> list[str]:
    """The serious and critical findings of axe on a page as it is now, when nothing fades any more."""
    page.evaluate(AXE.read_text())  # not as a script of the page: its policy would not let it run
    page.evaluate("() => Promise.all(document.getAnimations().filter(one => one.effect.getComputedTiming()"
                  ".endTime !== Infinity).map(one => one.finished.catch(() => undefined)))")  # fmt: skip
    found: list[str] = page.evaluate(FINDINGS)
    return found


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, theme: str) -> Iterator[Page]:
    """A browser of somebody whose system is dark or light."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=theme)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def signed_in(page: Page, studio: Studio) -> Page:
    page.goto(studio.link("producer", 1))
    return page


def empty_studio(studio: Studio, role: str) -> str:
    """A link to the list of a studio that has no session yet, for somebody with a role in it."""
    with psycopg.connect(studio.url) as database:
        [studio_id] = database.execute(
            "INSERT INTO accounts_studio (name, slug, currency, created_at) VALUES ('New', %s, 'USD', now())"
            " ON CONFLICT (slug) DO UPDATE SET name = 'New' RETURNING id",
            [f"new-{role}"],
        ).fetchone() or [0]
        [person_id] = database.execute(
            "INSERT INTO accounts_person (email, name, kind, password, is_superuser, is_staff, is_active, joined_at)"
            " VALUES (%s, 'Noor New', 'person', '', false, false, true, now())"
            " ON CONFLICT (email) DO UPDATE SET name = 'Noor New' RETURNING id",
            [f"noor.{role}@studio.example"],
        ).fetchone() or [0]
        database.execute(
            "INSERT INTO accounts_membership (person_id, studio_id, role, created_at) VALUES (%s, %s, %s, now())"
            " ON CONFLICT DO NOTHING",
            [person_id, studio_id, role],
        )
    return studio.base + links.make(person_id, "/sessions")


def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><input><p style='color:#ccc'>pale</p></main>")
    assert [line.split(":")[0] for line in findings(page)] == ["serious color-contrast", "critical label"]


def test_signing_in(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.base}/sign-in")
    expect(page.get_by_role("button", name="Producer")).to_be_visible()
    assert findings(page) == []


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio without the one-click sign-in."""
    studio = Studio(tmp_path_factory.mktemp("locked"))
    studio._environment["CUELIGHT_NO_DEMO"] = "1"
    studio.start()
    yield studio
    assert studio.stop() == 0


def test_signing_in_by_password(page: Page, locked: Studio) -> None:
    page.goto(f"{locked.base}/sign-in")
    assert findings(page) == []
    page.get_by_label("Email").fill("nobody@studio.example")
    page.get_by_label("Password").fill("not it")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    assert findings(page) == []


def test_the_list_of_sessions(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/sessions")
    expect(signed_in.get_by_role("row", name=re.compile("Holiday Vault"))).to_be_visible()
    assert findings(signed_in) == []
    signed_in.set_viewport_size({"width": 390, "height": 844})
    assert findings(signed_in) == []


@pytest.mark.parametrize("path", ["/sessions/new", "/sessions/1/settings", "/sessions/1/paper"])
def test_the_pages_around_a_session(signed_in: Page, studio: Studio, path: str) -> None:
    signed_in.goto(studio.base + path)
    expect(signed_in.get_by_role("heading", level=1)).to_be_visible()
    assert findings(signed_in) == []
    signed_in.set_viewport_size({"width": 390, "height": 844})
    assert findings(signed_in) == []


def test_what_can_be_done_with_a_session(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/sessions")
    signed_in.get_by_label("More for Holiday Vault").click()
    expect(signed_in.get_by_role("button", name="Save as template")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.get_by_role("button", name="Archive").click()
    undo = signed_in.get_by_role("button", name="Undo")
    undo.focus()  # the offer stays while somebody is on its way
    assert findings(signed_in) == []
    undo.click()
    expect(signed_in.get_by_text("Taken back.")).to_be_visible()


@pytest.mark.parametrize("role", ["producer", "host"])
def test_the_list_before_there_is_a_session(page: Page, studio: Studio, role: str) -> None:
    page.goto(empty_studio(studio, role))
    expect(page.get_by_role("heading", name="No show is planned")).to_be_visible()
    expect(page.get_by_role("link", name="Import a sheet")).to_have_count(1 if role == "producer" else 0)
    assert findings(page) == []


@pytest.mark.parametrize("path", ["/products", "/products/new", "/products/3/edit", "/brands", "/brands/1/edit"])
def test_the_pages_of_the_catalogue(signed_in: Page, studio: Studio, path: str) -> None:
    signed_in.goto(studio.base + path)
    expect(signed_in.get_by_role("heading", level=1)).to_be_visible()
    assert findings(signed_in) == []
    signed_in.set_viewport_size({"width": 390, "height": 844})
    assert findings(signed_in) == []


def test_what_the_list_of_products_opens(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/products")
    signed_in.get_by_label("Search products").press("ArrowDown")
    signed_in.keyboard.press("Space")
    expect(signed_in.get_by_role("toolbar", name="Selected products")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.get_by_role("button", name="Price", exact=True).press("Enter")
    expect(signed_in.get_by_role("dialog", name="Change the price")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.goto(f"{studio.base}/products?q=nothing-is-called-this")
    expect(signed_in.get_by_role("heading", name="Nothing matches")).to_be_visible()
    assert findings(signed_in) == []


def test_a_product_that_cannot_be_saved_or_deleted(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/products/3/edit")
    signed_in.get_by_role("button", name="Delete").press("Enter")
    expect(signed_in.get_by_role("alert")).to_be_visible()
    signed_in.get_by_label("Sale price").fill("x")
    signed_in.keyboard.press("Tab")
    expect(signed_in.get_by_role("alert").filter(has_text="Invalid price")).to_be_visible()
    assert findings(signed_in) == []


def test_the_list_before_there_is_a_product(page: Page, studio: Studio) -> None:
    page.goto(empty_studio(studio, "cataloger"))
    page.goto(f"{studio.base}/products")
    expect(page.get_by_role("heading", name="No product yet")).to_be_visible()
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []


@pytest.mark.parametrize("page_of", ["settings", "members", "invitations", "passphrases", "tokens", "shopify", "leave"])
def test_the_pages_of_the_studio(page: Page, studio: Studio, page_of: str) -> None:
    page.goto(studio.link("admin", 1))
    page.goto(f"{studio.base}/studios/pavoi/{page_of}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert findings(page) == []
    page.get_by_text("Pavoi Live Studios").click()
    expect(page.get_by_role("link", name="New studio")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    page.goto(f"{studio.base}/studios/new")
    assert findings(page) == []


def unfold(page: Page, summary: str, button: str) -> Locator:
    """The button of a form that is folded away where there is something to show above it."""
    if not page.get_by_role("button", name=button).is_visible():
        page.get_by_text(summary).click()
    return page.get_by_role("button", name=button)


def test_the_links_and_secrets_of_the_studio(page: Page, studio: Studio) -> None:
    page.goto(studio.link("admin", 1))
    page.goto(f"{studio.base}/studios/pavoi/invitations")
    unfold(page, "Invite somebody", "Make the link").click()
    expect(page.get_by_label("Link for host").first).to_be_visible()
    assert findings(page) == []
    link = page.get_by_label("Link for host").first.input_value()
    page.goto(f"{studio.base}/studios/pavoi/tokens")
    unfold(page, "Make a token", "Make the token").click()
    expect(page.get_by_text("Choose what it may do.")).to_be_visible()
    assert findings(page) == []
    page.get_by_label("Name").fill("OBS")
    page.get_by_label("Overlay").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_label("Token", exact=True)).to_be_visible()
    assert findings(page) == []
    page.goto(f"{studio.base}/studios/pavoi/members")
    page.context.clear_cookies()
    for path in (link, f"{studio.base}/login"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert findings(page) == []


def test_the_palette(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/sessions")
    hears_ctrl_k(signed_in)
    signed_in.get_by_role("button", name="Go to a session or page").click()
    expect(signed_in.locator("[role=option]").first).to_be_visible()
    assert findings(signed_in) == []
    signed_in.keyboard.type("zzz")
    expect(signed_in.get_by_text("Nothing is called “zzz”.")).to_be_visible()
    assert findings(signed_in) == []


def test_an_import_from_its_form_to_its_end(signed_in: Page, studio: Studio, tmp_path: Path, theme: str) -> None:
    page = signed_in
    page.goto(f"{studio.base}/imports")
    assert findings(page) == []
    sheet = tmp_path / "list.csv"
    sheet.write_text(SHEET)
    page.get_by_label("File").set_input_files(sheet)
    page.get_by_label("or a new brand").fill(f"Axe {theme}")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    page.get_by_role("button", name=re.compile("^Import ")).click()
    expect(page.get_by_text("Done:")).to_be_visible()
    assert findings(page) == []


def test_an_import_with_mistakes(signed_in: Page, studio: Studio, tmp_path: Path) -> None:
    page = signed_in
    sheet = tmp_path / "broken.csv"
    sheet.write_text("#,name,original price\n1,Hoop,abc\n1,Hoop,$20\n")
    page.goto(f"{studio.base}/imports")
    page.get_by_label("File").set_input_files(sheet)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="What is wrong")).to_be_visible()
    assert findings(page) == []
    page.goto(f"{studio.base}/imports")
    expect(page.get_by_role("heading", name="Recent")).to_be_visible()
    assert findings(page) == []


def test_the_pictures_of_a_product(signed_in: Page, studio: Studio) -> None:
    [(product_id,)] = studio.ask("SELECT product_id FROM catalog_productimage WHERE position = 1 ORDER BY id LIMIT 1")
    page = signed_in
    page.goto(f"{studio.base}/products/{product_id}/pictures")
    expect(page.get_by_text("2 of 50 pictures")).to_be_visible()
    page.get_by_label("Pictures to add").set_input_files({"name": "a.svg", "mimeType": "", "buffer": b"<svg/>"})
    expect(page.get_by_text("a.svg: this is an SVG drawing")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name=re.compile("^Picture 2 of 2")).focus()
    page.keyboard.press("Space")
    expect(page.get_by_text("Moving", exact=True)).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Picture 2 of 2")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []


@pytest.mark.parametrize(
    ("role", "path"),
    [("producer", "/home"), ("host", "/home"), ("admin", "/studios/pavoi/audit"),
     ("admin", "/studios/pavoi/audit?kind=ways"), ("admin", "/studios/pavoi/danger")],
)  # fmt: skip
def test_what_spans_the_studio(page: Page, studio: Studio, role: str, path: str) -> None:
    page.goto(studio.link(role, 1))
    page.goto(studio.base + path)
    expect(page.get_by_role("heading", name="Pavoi Live")).to_be_visible()
    assert findings(page) == []


@pytest.mark.parametrize(
    ("role", "path", "heading"),
    [("admin", "/dashboard/platforms", "Platforms"), ("host", "/dashboard/platforms", "Platforms"),
     ("producer", "/dashboard/alerts", "Alerts"),
     ("producer", "/docks", "Docks"), ("producer", "/docks/scenes", "Docks"),
     ("producer", "/dashboard/streams", "Streams"), ("producer", "/dashboard/orders", "Orders"),
     ("producer", "/dashboard/reports/1", "Spring Sparkle Live")],
)  # fmt: skip
def test_the_pages_beside_the_dashboard(page: Page, studio: Studio, role: str, path: str, heading: str) -> None:
    page.goto(studio.link(role, 1))
    page.goto(studio.base + path)
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []


@pytest.mark.parametrize(
    ("path", "island"),
    [
        ("/widgets", "WidgetList"),
        ("/widgets/product_card", "WidgetSettings"),
        ("/widgets/alert_box", "WidgetSettings"),
    ],
)
def test_the_pages_of_widgets(signed_in: Page, studio: Studio, path: str, island: str) -> None:
    signed_in.goto(studio.base + path)
    signed_in.locator(f"[data-island={island}][data-ready]").wait_for()
    expect(signed_in.locator("[data-widget]").first).to_be_visible()
    assert findings(signed_in) == []
    if island == "WidgetSettings":
        signed_in.get_by_label("Rounded corners", exact=True).fill("999")
        expect(signed_in.get_by_role("alert")).to_be_visible()
        signed_in.get_by_text("What it can name").click()
        assert findings(signed_in) == []
    signed_in.set_viewport_size({"width": 390, "height": 844})


def test_the_pages_of_overlays(signed_in: Page, studio: Studio) -> None:
    make_overlay(studio, [CARD])
    [(made,)] = studio.ask("SELECT max(id) FROM widgets_overlay")
    for path in ("", "/new", "/check", f"/{made}/address", f"/{made}"):
        signed_in.goto(f"{studio.base}/overlays{path}")
        expect(signed_in.get_by_role("heading", level=1)).to_be_visible()
        assert findings(signed_in) == [], path
    signed_in.locator("[data-box=card]").focus()
    assert findings(signed_in) == []


def test_order_files_on_their_way(signed_in: Page, studio: Studio) -> None:
    [(made,)] = studio.ask(
        "INSERT INTO streams_orderimport (studio_id, source, filename, made_at, counts, state)"
        " SELECT id, '', 'many.csv', now(), '{}', 'reading' FROM accounts_studio WHERE slug = 'pavoi' RETURNING id"
    )
    signed_in.goto(f"{studio.base}/dashboard/orders/{made}")
    expect(signed_in.get_by_role("progressbar", name="Progress")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.get_by_role("button", name="Cancel").press("Enter")
    signed_in.get_by_label("File", exact=True).set_input_files(ROOT / "samples" / "orders" / "tiktok-orders-us.csv")
    signed_in.get_by_role("button", name="Look at it").press("Enter")
    expect(signed_in.get_by_role("alert")).to_contain_text("time zone")
    assert findings(signed_in) == []
    signed_in.set_viewport_size({"width": 390, "height": 844})
    assert findings(signed_in) == []


@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_the_dashboard(page: Page, studio: Studio, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(studio.link("producer", 1))
    page.goto(f"{studio.base}/dashboard")
    expect(page.get_by_role("listbox", name="Messages").get_by_role("option").first).to_be_visible(timeout=20_000)
    assert findings(page) == []


def test_the_narrow_sidebar(signed_in: Page, studio: Studio) -> None:
    signed_in.context.add_cookies([{"name": "cuelight-sidebar", "value": "collapsed", "url": studio.base}])
    signed_in.goto(f"{studio.base}/home")
    expect(signed_in.get_by_role("button", name="Expand sidebar", expanded=False)).to_be_visible()
    assert findings(signed_in) == []
    signed_in.get_by_role("link", name="Sessions", exact=True).focus()
    signed_in.keyboard.press("Shift+Tab")  # its word is beside the picture
    assert findings(signed_in) == []


def test_a_studio_that_is_deleted(page: Page, studio: Studio) -> None:
    page.goto(studio.link("admin", 1))
    page.goto(f"{studio.base}/studios/pavoi/danger")
    page.get_by_label("Short name of the studio").fill("pavoi")
    page.get_by_role("button", name="Delete Pavoi Live").click()
    expect(page.get_by_role("heading", name="Pavoi Live is deleted")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("link", name="Leave it deleted").click()
    expect(page.get_by_role("heading", name="You belong to no studio")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("link", name="Restore Pavoi Live").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="Pavoi Live")).to_be_visible()


@pytest.mark.parametrize("theme", ["light"], indirect=True)  # dark always; a light system must not change that
@pytest.mark.parametrize("session", [1, 2])
def test_the_console_and_the_hosts_screen(page: Page, studio: Studio, session: int) -> None:
    page.goto(studio.link("producer", session))
    connected(page)
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert findings(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert findings(page) == []
    page.goto(f"{studio.base}/sessions/{session}/host")
    connected(page)
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    assert findings(page) == []
    page.keyboard.press("o")
    expect(page.get_by_role("dialog", name="This screen")).to_be_visible()
    assert findings(page) == []


def test_the_session_builder(signed_in: Page, studio: Studio, theme: str) -> None:
    signed_in.goto(f"{studio.base}/sessions/1/edit")
    lines = signed_in.get_by_role("grid", name="Lineup").locator("[data-item]")
    expect(lines.first).to_be_visible()
    connected(signed_in)
    assert findings(signed_in) == []
    signed_in.keyboard.press("/")
    expect(signed_in.locator("[role=option]").first).to_be_visible()
    assert findings(signed_in) == []
    signed_in.keyboard.press("Escape")
    signed_in.keyboard.press("Home")
    signed_in.keyboard.press("p")
    signed_in.keyboard.type(f"Vault {theme}")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("button", name=f"Vault {theme}: fold")).to_be_visible()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("region", name="Item")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.keyboard.press("Escape")
    signed_in.keyboard.press("Control+a")
    expect(signed_in.get_by_role("region", name="Several items")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.get_by_role("tab", name="Session").click()
    expect(signed_in.get_by_role("region", name="Session")).to_be_visible()
    assert findings(signed_in) == []
    signed_in.get_by_role("tab", name="Products").click()
    signed_in.get_by_role("button", name="Paste a list").click()
    expect(signed_in.get_by_role("dialog", name="Paste a list")).to_be_visible()
    signed_in.keyboard.type("1\nnobody")
    expect(signed_in.get_by_text("Not found", exact=True)).to_be_visible()
    assert findings(signed_in) == []
    signed_in.keyboard.press("Escape")
    signed_in.set_viewport_size({"width": 390, "height": 844})
    assert findings(signed_in) == []


def test_the_history_of_a_show(signed_in: Page, studio: Studio) -> None:
    shows(signed_in, 1)
    signed_in.keyboard.press("ArrowDown")
    shows(signed_in, 2)
    signed_in.keyboard.press("ArrowUp")
    shows(signed_in, 1)
    signed_in.goto(f"{studio.base}/sessions/1/history")
    expect(signed_in.get_by_role("heading", name="Everything that happened")).to_be_visible()
    assert findings(signed_in) == []


def test_documents_their_list_and_their_sharing(signed_in: Page, studio: Studio, theme: str) -> None:
    page = signed_in
    page.goto(f"{studio.base}/documents")
    assert findings(page) == []
    page.goto(f"{studio.base}/documents/new")
    assert findings(page) == []
    page.get_by_label("Name").fill(f"Script {theme}")
    page.keyboard.press("Enter")
    expect(page.locator("[data-island=Share][data-ready]")).to_be_attached()
    assert findings(page) == []
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("textbox", name="E-mail")).to_be_visible()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_role("textbox", name="The new link").input_value()
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    path = page.url
    for address in (link, f"{path}/text", f"{studio.base}/documents?tab=mine", f"{studio.base}/documents?tab=bin"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert findings(page) == []


@pytest.mark.parametrize("path", ["/dev/look", "/no/such/page", *(f"/dev/look/{n}" for n in (403, 404, 500, 503))])
def test_the_look_and_the_error_pages(signed_in: Page, studio: Studio, path: str) -> None:
    signed_in.goto(studio.base + path)
    expect(signed_in.get_by_role("heading", level=1)).to_be_visible()
    assert findings(signed_in) == []


def test_the_sheets(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/dev/look")
    for name in ("Dialog", "Side sheet", "Key sheet"):
        signed_in.get_by_role("button", name=name).click()
        expect(signed_in.get_by_role("dialog")).to_be_visible()
        assert findings(signed_in) == []
        signed_in.keyboard.press("Escape")
        expect(signed_in.get_by_role("dialog")).to_have_count(0)
        expect(signed_in.get_by_role("button", name=name)).to_be_focused()


def test_the_page_without_a_network(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.base}/offline")
    expect(page.get_by_role("heading", name="No connection to the studio")).to_be_visible()
    assert findings(page) == []


RING = """() => {
  const element = document.activeElement.closest("label") ?? document.activeElement;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
  return [outlineStyle, parseFloat(outlineWidth) >= 2, outlineColor !== "rgba(0, 0, 0, 0)"];
}"""


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the control of this name has the focus, and sees that its ring can be seen at each step."""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(RING) == ["solid", True, True], page.evaluate("document.activeElement.outerHTML")
        focused: Any = page.evaluate(
            "() => { const a = document.activeElement; return (a.labels?.[0] ?? a).textContent.trim() }"
        )
        if focused == name:
            return
    raise AssertionError(f"Tab never comes to {name!r}")


def test_from_signing_in_to_the_show_without_a_mouse(page: Page, studio: Studio, tmp_path: Path, theme: str) -> None:
    sheet = tmp_path / "list.csv"
    sheet.write_text(SHEET)
    page.on("filechooser", lambda chooser: chooser.set_files(sheet))
    page.goto(f"{studio.base}/sessions")
    tab_to(page, "Producer Runs the show by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Import a sheet")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Import a sheet")).to_be_visible()
    tab_to(page, "File")
    page.keyboard.press("Space")
    expect(page.get_by_label("File")).to_have_value(re.compile("list.csv$"))
    tab_to(page, "or a new brand")
    page.keyboard.type(f"Keys {theme}")
    tab_to(page, "or a new session")
    page.keyboard.type(f"Night of keys, {theme}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    tab_to(page, "Import 3 rows")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done:")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name=re.compile("Night of keys")).first).to_be_visible()
    page.keyboard.type(f"keys {theme} con")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/producer"))
    shows(page, 1)
    page.keyboard.press("ArrowDown")
    shows(page, 2)


@pytest.mark.parametrize(
    "path", ["/sessions", "/imports", "/dev/look", "/sessions/1/host", "/sessions/1/producer", "/sessions/1/edit"]
)
def test_nothing_moves_for_who_asked_for_no_motion(browser: Browser, studio: Studio, path: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(studio.link("producer", 1))
    page.goto(studio.base + path)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(one => ["", "::before", "::after"].some(part => {
          const { animationName, transitionDuration } = getComputedStyle(one, part || undefined);
          return animationName !== "none" || transitionDuration.split(",").some(time => parseFloat(time) > 0);
        })).map(one => one.className || one.tagName)"""
    )
    assert moving == []
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()


def test_for_everybody_else_something_moves(signed_in: Page, studio: Studio) -> None:
    signed_in.goto(f"{studio.base}/dev/look")
    expect(signed_in.get_by_role("heading", name="Progress")).to_be_visible()
    assert signed_in.evaluate("document.getAnimations().length") > 0


#: Every kind of line and of embed.
SCRIPT = [
    {"insert": "Opening"}, {"insert": "\n", "attributes": {"header": 1}},
    {"insert": "see "}, {"insert": "the plan", "attributes": {"link": "https://example.com/plan", "bold": True}},
    {"insert": " and "}, {"insert": "!gold", "attributes": {"code": True}}, {"insert": "\n"},
    {"insert": {"cue": "Lights up"}}, {"insert": " "},
    {"insert": {"mention": {"kind": "person", "id": 1, "label": "Mia"}}}, {"insert": "\n"},
    {"insert": "done"}, {"insert": "\n", "attributes": {"list": "checked"}},
    {"insert": "not done"}, {"insert": "\n", "attributes": {"list": "unchecked"}},
    {"insert": "first"}, {"insert": "\n", "attributes": {"list": "ordered"}},
    {"insert": "said"}, {"insert": "\n", "attributes": {"blockquote": True}},
    {"insert": "4  52.99"}, {"insert": "\n", "attributes": {"code-block": True}},
    {"insert": {"divider": True}}, {"insert": "\n"},
]  # fmt: skip


def written(page: Page, studio: Studio) -> Locator:
    """The text of a new document, which can be written."""
    page.goto(f"{studio.base}/documents/{made(page, studio, SCRIPT)}")
    page.locator("[data-island=Editor][data-ready]").wait_for()
    text = page.locator(".document-lines")
    expect(text).to_have_attribute("contenteditable", "true")
    return text


def test_a_document_while_it_is_written(signed_in: Page, studio: Studio) -> None:
    page, text = signed_in, written(signed_in, studio)
    assert findings(page) == []
    page.get_by_text("Download", exact=True).click()
    expect(page.get_by_role("link", name="Markdown")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    text.locator("h1").click()
    page.keyboard.press("Control+Alt+o")
    expect(page.get_by_role("navigation", name="Outline")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    expect(page.get_by_role("listbox", name="Kinds of lines")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    for key, name in (("Control+/", "Keys"), ("Control+k", "Link")):
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert findings(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []


def test_tab_leaves_the_text_of_a_document_after_escape(signed_in: Page, studio: Studio) -> None:
    page, text = signed_in, written(signed_in, studio)
    text.get_by_text("first").click()
    page.keyboard.press("Tab")
    expect(text.get_by_text("first")).to_have_attribute("data-indent", "1")
    expect(text).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("toolbar", name="Format").locator(":focus")).to_have_count(1)
    assert page.evaluate(RING) == ["solid", True, True]


def test_the_history_of_a_document(signed_in: Page, studio: Studio) -> None:
    page = signed_in
    document_id = made(page, studio, [{"insert": "Opening words\n"}])
    page.goto(f"{studio.base}/documents/{document_id}/history")
    page.locator("[data-island=DocumentHistory][data-ready]").wait_for()
    expect(page.locator(".text")).to_contain_text("Opening words")
    assert findings(page) == []
    page.keyboard.press("c")
    expect(page.locator(".text ins")).to_contain_text("Opening words")
    assert findings(page) == []
