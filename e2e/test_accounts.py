"""People of their own: from an empty form to codes on the phone, and out again, in real browsers and with real mail."""

import email
import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import Studio
from e2e.fakes.sites import SitesFake, Somebody
from e2e.steps import connected
from e2e.test_accessibility import THEMES, findings

Enter = Callable[..., Page]
PASSWORD = "a long secret phrase"


@pytest.fixture(scope="module")
def sites() -> Iterator[SitesFake]:
    with SitesFake() as started:
        yield started


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, sites: SitesFake) -> Iterator[Studio]:
    """A studio without the one-click sign-in; other sites are on, and its mail goes into a folder."""
    studio = Studio(tmp_path_factory.mktemp("own"))
    studio._environment |= {"CUELIGHT_NO_DEMO": "1", **sites.environment()}
    studio.start()
    yield studio
    assert studio.stop() == 0


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


def mail_to(studio: Studio, address: str, subject: str) -> str:
    """The body of a mail, when the worker has sent it."""
    folder = Path(studio._environment["CUELIGHT_DATA_DIR"]) / "mail"
    give_up_at = time.monotonic() + 20
    while time.monotonic() < give_up_at:
        for file in sorted(folder.glob("*.eml")):
            message = email.message_from_bytes(file.read_bytes())
            body = message.get_payload(decode=True)
            if (message["To"], message["Subject"]) == (address, subject) and isinstance(body, bytes):
                return body.decode()
    raise AssertionError(f"no mail {subject!r} to {address}")


def link_in(body: str) -> str:
    found = re.search(r"http://localhost:\d+/\S+", body)
    assert found is not None
    return found[0]


def signs_up(page: Page, studio: Studio, name: str, address: str) -> None:
    """Up to the home page."""
    page.goto(studio.base)
    page.get_by_role("link", name="Create account").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Confirm your address")).to_be_visible()
    page.goto(f"{studio.base}/home")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    page.goto(link_in(mail_to(studio, address, "Confirm your address")))
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page).not_to_have_url(re.compile("/sign-in"))


def code_of(secret: str) -> str:
    """What an authenticator app shows now: RFC 6238."""
    digest = hmac.new(b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def gives_code(page: Page, secret: str, button: str, done: str) -> None:
    """Types what the app shows; once more if it has just changed."""
    for _ in range(2):
        page.get_by_label("Code").fill(code_of(secret))
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        if re.search(done, page.url):
            return
    raise AssertionError(f"the code was not taken: {page.url}")


def signs_in(page: Page, studio: Studio, address: str) -> None:
    page.goto(f"{studio.base}/sign-in")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_account_from_the_front_page_to_codes_on_the_phone(page: Page, own: Studio) -> None:
    signs_up(page, own, "Mia Producer", "mia@studio.example")
    page.get_by_role("link", name="Mia Producer").click()
    page.get_by_role("link", name="Codes", exact=True).click()
    page.get_by_role("link", name="Turn codes on").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = page.locator("code.secret").inner_text()
    picture = page.get_by_role("img", name="The key below")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    gives_code(page, secret, "Turn on", "/account/codes/recovery$")
    recovery = page.locator(".codes code").first.inner_text()
    assert re.fullmatch(r"\d{8}", recovery)

    page.get_by_role("button", name="Sign out").click()
    signs_in(page, own, "mia@studio.example")
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    page.goto(f"{own.base}/home")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    signs_in(page, own, "mia@studio.example")
    gives_code(page, secret, "Sign in", "/(home|sessions)$")
    page.get_by_role("button", name="Sign out").click()
    signs_in(page, own, "mia@studio.example")
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Mia Producer")).to_be_visible()


@pytest.mark.parametrize("name", ["Google", "GitHub"])
def test_signing_in_with_another_site(page: Page, own: Studio, sites: SitesFake, name: str) -> None:
    sites.somebody = Somebody(uid=str(len(name)), name=f"Ada {name}", email=f"ada.{name.lower()}@gmail.com")
    page.goto(f"{own.base}/sign-in")
    page.get_by_role("button", name=f"Continue with {name}").click()
    expect(page.get_by_role("link", name=f"Ada {name}")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name=f"Continue with {name}").click()
    expect(page.get_by_role("link", name=f"Ada {name}")).to_be_visible()
    page.goto(f"{own.base}/account/connections")
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()


def test_who_says_no_at_the_other_site_can_try_again(page: Page, own: Studio, sites: SitesFake) -> None:
    sites.says["twitch"] = "access_denied"
    page.goto(f"{own.base}/sign-in")
    page.get_by_role("button", name="Continue with Twitch").click()
    expect(page.get_by_role("heading", name="You were not signed in")).to_be_visible()
    page.get_by_role("link", name="Back to sign in").click()
    sites.says.clear()
    sites.somebody = Somebody(uid="77", name="Tom", email="tom@studio.example")
    page.get_by_role("button", name="Continue with Twitch").click()
    expect(page.get_by_role("heading", name="Confirm your address")).to_be_visible()
    page.goto(link_in(mail_to(own, "tom@studio.example", "Confirm your address")))
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page.get_by_role("link", name="Tom")).to_be_visible()


def test_a_forgotten_password(page: Page, own: Studio) -> None:
    signs_up(page, own, "Eve", "eve@studio.example")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill("eve@studio.example")
    page.get_by_role("button", name="Send link").click()
    page.goto(link_in(mail_to(own, "eve@studio.example", "A new password")))
    page.get_by_label("New password").fill("quite another phrase")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", name="Your password is saved")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill("eve@studio.example")
    page.get_by_label("Password").fill("quite another phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Eve")).to_be_visible()


def test_the_page_of_a_device_that_is_signed_out_says_so(enter: Enter, studio: Studio) -> None:
    console = enter("producer", 1)
    connected(console)
    desk = enter("producer", 1, path="/account/devices")
    expect(desk.get_by_role("listitem")).to_have_count(2)
    desk.get_by_role("button", name=re.compile(r"^Sign out Chrome on \w+$")).click()
    expect(desk.get_by_text("Signed out there.")).to_be_visible()
    expect(desk.get_by_role("listitem")).to_have_count(1)
    expect(console.get_by_role("alertdialog", name="You are signed out")).to_be_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_has_nothing_to_say_about_any_of_it(browser: Browser, own: Studio, studio: Studio, theme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    for path in ("/", "/terms", "/privacy", "/sign-in", "/sign-up", "/confirm-email", "/password-reset"):
        page.goto(own.base + path)
        assert findings(page) == [], path
    page.get_by_label("Email").fill("not an address")
    for path in ("/password-reset/sent", "/password-reset/1/y", "/confirm-email/x", "/sign-in/cancelled"):
        page.goto(own.base + path)
        assert findings(page) == [], path
    page.goto(studio.link("producer", 1))
    for path in ("", "/email", "/password", "/codes", "/codes/on", "/devices", "/connections", "/erase"):
        page.goto(f"{studio.base}/account{path}")
        assert findings(page) == [], path
        page.set_viewport_size({"width": 390, "height": 844})
        assert findings(page) == [], path
        page.set_viewport_size({"width": 1280, "height": 720})
    context.close()
