"""Stories of a studio's own pages: coming in by a link, a role that ends, a device, a token."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from cuelight.accounts import links
from e2e.conftest import Studio
from e2e.steps import connected, shows

Enter = Callable[..., Page]
PASSPHRASE = "four odd words here"
#: A page's own socket, with a token: says "joined", then how it ended.
SOCKET = """(token) => {
  const socket = new WebSocket(`ws://${location.host}/socket/websocket?vsn=2.0.0&token=${token}`);
  socket.onopen = () => socket.send(JSON.stringify(["1", "1", "air:1", "phx_join", {}]));
  socket.onmessage = ({ data }) => (document.title = JSON.parse(data)[4].status ?? document.title);
  socket.onclose = ({ code }) => (document.title = `closed ${code}`);
}"""


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Page]:
    """A browser on another machine, signed in as nobody."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


def admin_page(enter: Enter, path: str) -> Page:
    return enter("admin", path=f"/studios/pavoi/{path}")


def test_an_invited_host_comes_in_and_is_on_the_host_screen(enter: Enter, elsewhere: Page, studio: Studio) -> None:
    page = admin_page(enter, "invitations")
    expect(page.get_by_label("Host")).to_be_checked()
    page.get_by_label("Leads to").select_option("Spring Sparkle Live")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link for host").input_value()

    elsewhere.goto(link)
    expect(elsewhere.get_by_role("heading", name="Join Pavoi Live")).to_be_visible()
    expect(elsewhere.get_by_role("link", name="Sign in")).to_be_visible()
    # An account of hers, in no studio: made by the installation, signed in by its link.
    studio.ask(
        "INSERT INTO accounts_person (email, name, kind, password, is_superuser, is_staff, is_active, joined_at)"
        " VALUES ('noor@home.example', 'Noor New', 'person', '', false, false, true, now()) RETURNING id"
    )
    [(noor,)] = studio.ask("SELECT id FROM accounts_person WHERE email = 'noor@home.example'")
    elsewhere.goto(studio.base + links.make(int(str(noor)), link.removeprefix(studio.base)))
    elsewhere.get_by_role("button", name="Accept").click()
    expect(elsewhere).to_have_url(re.compile(r"/sessions/\d+/host$"))
    connected(elsewhere)

    page.get_by_role("link", name="Members").click()
    row = page.get_by_role("row", name=re.compile("Noor New"))
    expect(row.get_by_role("button", name="Host", exact=True)).to_have_attribute("aria-pressed", "true")
    row.get_by_role("button", name=re.compile("Remove")).click()
    expect(elsewhere.get_by_text("Your access to this has changed")).to_be_visible(timeout=2_000)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row", name=re.compile("Noor New"))).to_be_visible()


def test_a_role_that_is_taken_away_closes_the_open_console(enter: Enter) -> None:
    console = enter("producer")
    shows(console, 1)
    page = admin_page(enter, "members")
    row = page.get_by_role("row", name=re.compile("Mia Producer"))
    row.get_by_role("button", name="Producer", exact=True).click()
    expect(console.get_by_text("Your access to this has changed")).to_be_visible(timeout=2_000)
    console.reload()
    expect(console.get_by_text("There is nothing here").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(row.get_by_role("button", name="Producer", exact=True)).to_have_attribute("aria-pressed", "true")
    console.reload()
    shows(console, 1)


def test_a_device_signs_in_by_a_passphrase_and_is_signed_out(enter: Enter, elsewhere: Page, studio: Studio) -> None:
    page = admin_page(enter, "passphrases")
    host = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=re.compile("^Host")))
    host.get_by_text("Set a passphrase").click()
    host.get_by_label("New passphrase").fill(PASSPHRASE)
    host.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("The host passphrase is set.")).to_be_visible()

    elsewhere.goto(f"{studio.base}/login")
    elsewhere.get_by_label("Studio").fill("pavoi")
    elsewhere.get_by_label("Role").select_option("Host")
    elsewhere.get_by_label("Passphrase").fill("not these words")
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("alert")).to_have_text("Studio, role or passphrase is wrong.")
    elsewhere.get_by_label("Passphrase").fill(PASSPHRASE)
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere).to_have_url(f"{studio.base}/home")
    elsewhere.goto(f"{studio.base}/sessions/1/host")
    connected(elsewhere)

    page.reload()
    page.get_by_role("button", name=re.compile("^Sign out Chrom")).click()
    expect(page.get_by_text("The device is signed out.")).to_be_visible()
    expect(elsewhere.get_by_role("alertdialog", name="You are signed out")).to_be_visible()


def test_a_token_is_made_used_and_revoked(enter: Enter, elsewhere: Page, studio: Studio) -> None:
    page = admin_page(enter, "tokens")
    page.get_by_label("Name").fill("OBS main scene")
    page.get_by_label("Overlay").check()
    page.get_by_role("button", name="Make the token").click()
    secret = page.get_by_label("Token", exact=True).input_value()
    assert secret.startswith("cue_")
    [(studio_id,)] = studio.ask("SELECT id FROM accounts_studio WHERE slug = 'pavoi'")

    elsewhere.goto(f"{studio.base}/login")
    elsewhere.evaluate(SOCKET.replace("air:1", f"air:{studio_id}"), secret)
    expect(elsewhere).to_have_title("ok")
    page.get_by_role("link", name="Tokens").click()
    row = page.get_by_role("row", name=re.compile("OBS main scene"))
    expect(row).not_to_contain_text("Never used")
    assert secret not in page.content()
    row.get_by_role("button", name=re.compile("Revoke")).click()
    expect(elsewhere).to_have_title("closed 1012", timeout=2_000)
    expect(row).to_contain_text("Revoked")


def test_a_guest_comes_in_by_name_and_is_sent_out(enter: Enter, elsewhere: Page) -> None:
    page = admin_page(enter, "invitations")
    if not page.get_by_label("Account needed").is_visible():  # folded away where there is an invitation already
        page.get_by_text("Invite somebody").click()
    page.get_by_label("Account needed").select_option("No, a guest for 2 hours")
    page.get_by_label("Leads to").select_option("Spring Sparkle Live")
    page.get_by_role("button", name="Make the link").click()
    elsewhere.goto(page.get_by_label("Link for host").first.input_value())
    elsewhere.get_by_label("Your name").fill("Gus Guest")
    elsewhere.get_by_role("button", name="Come in").click()
    connected(elsewhere)
    page.get_by_role("link", name="Members").click()
    page.get_by_role("button", name="End now for Gus Guest").click()
    expect(elsewhere.get_by_role("alertdialog", name="You are signed out")).to_be_visible()
