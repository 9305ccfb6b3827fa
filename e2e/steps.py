"""What people look at on the screens, said in the words of a story."""

import os
import re
import subprocess
import sys
from typing import Protocol

from playwright.sync_api import Page, expect


def host_heading(page: Page) -> str:
    return page.get_by_role("region", name="Host screen").get_by_role("heading", level=1).inner_text()


def shows(page: Page, number: int) -> None:
    """The host's view on this page shows the item with this number."""
    heading = page.get_by_role("region", name="Host screen").get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(rf"^{number}\D"))


def connected(page: Page) -> None:
    expect(page.get_by_text("Connected", exact=False).first).to_be_visible()


def go_live(page: Page) -> None:
    """The show of this console is on air from now on, if it was not."""
    connected(page)
    end = page.get_by_role("button", name="End the show")
    expect(page.get_by_role("button", name="Go live").or_(end)).to_be_visible()
    if not end.count():
        page.get_by_role("button", name="Go live").click()
    expect(end).to_be_visible()


def show_card(page: Page) -> None:
    """The card of this console's show is on."""
    shown = page.get_by_role("button", name="Card shown")
    expect(page.get_by_role("button", name="Card hidden").or_(shown)).to_be_visible()
    if not shown.count():
        page.keyboard.press("v")
    expect(shown).to_be_visible()


def until(page: Page, script: str, answer: object = True) -> None:
    """Asks the page again until an asynchronous script answers this; wait_for_function takes a promise for a yes."""
    asked = f"""async answer => {{
      const ask = {script}, until = Date.now() + 45000;
      let last;
      do {{
        last = JSON.stringify(await ask());
        if (last === JSON.stringify(answer)) break;
        await new Promise(next => setTimeout(next, 50));
      }} while (Date.now() < until);
      return JSON.parse(last);
    }}"""
    assert page.evaluate(asked, answer) == answer


def hears_ctrl_k(page: Page) -> None:
    """The palette is there: what is pressed before would be lost."""
    expect(page.locator("[data-island=Palette][data-ready]")).to_be_attached()


def pushed(page: Page, topic: str, event: str, payload: dict[str, object]) -> dict[str, object]:
    """What the server answers to a push from whoever this page's browser is, on a socket of its own."""
    reply: dict[str, object] = page.evaluate(
        """async ([topic, event, payload]) => {
          const socket = new WebSocket(`ws://${location.host}/socket/websocket?vsn=2.0.0`);
          await new Promise(open => { socket.onopen = open; });
          const answers = {};
          const answer = ref => new Promise(done => { answers[ref] = done; });
          socket.onmessage = ({ data }) => {
            const [, ref, , name, body] = JSON.parse(data);
            if (name === "phx_reply") answers[ref]?.(body);
          };
          const send = (ref, name, body) => {
            socket.send(JSON.stringify(["1", ref, topic, name, body]));
            return answer(ref);
          };
          await send("1", "phx_join", {});
          const reply = await send("2", event, payload);
          socket.close();
          return reply;
        }""",
        [topic, event, payload],
    )
    assert reply["status"] == "ok", reply
    return dict(reply["response"])  # type: ignore[call-overload]


UPDATE_PRODUCT = """
import sys
import django
django.setup()
from cuelight.catalog import actions
from cuelight.catalog.models import Product
product_id, field, value = sys.argv[1:]
product = Product.objects.get(id=int(product_id))
actions.update_product(product.studio_id, product.id, by_hand=True, **{field: int(value) if value.isdigit() else value})
"""


class Installation(Protocol):
    """What runs, with a database of its own."""

    url: str


def update_product(studio: Installation, product_id: int, field: str, value: str) -> None:
    """Changes a product as the catalogue does, from another process."""
    subprocess.run(
        [sys.executable, "-c", UPDATE_PRODUCT, str(product_id), field, value],
        check=True,
        env=os.environ | {"DATABASE_URL": studio.url, "DJANGO_SETTINGS_MODULE": "cuelight.settings"},
    )
