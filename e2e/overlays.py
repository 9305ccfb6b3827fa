"""Overlays for stories: made in the running studio's database, opened as OBS does."""

import io
import json
import os
import subprocess
import sys
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from cuelight.widgets.kinds import KINDS
from e2e.conftest import ROOT, Studio

_MAKE = """
import json, sys
import django
django.setup()
from cuelight.accounts.access import Access
from cuelight.accounts.models import Membership
from cuelight.widgets import actions, queries
asked = json.load(sys.stdin)
admin = Membership.objects.filter(role="admin").order_by("id").first()
access = Access(admin.studio_id, frozenset({"admin"}), admin.person_id)
for widget, settings in asked["settings"].items():
    actions.save_settings(widget, settings, access=access)
if asked["boxes"] is not None:
    made = actions.create_overlay(asked["name"], asked["width"], asked["height"], access=access, boxes=asked["boxes"])
    print(json.dumps({"id": made.pk, "secret": queries.secret_of(made)}))
"""

#: Where the page says that its audience is simulated: left, upper, right, lower.
MARK = (0, 0, 200, 64)
_LIVELY = """
import django
django.setup()
from cuelight.accounts.models import Membership
from cuelight.streams import accounts
accounts.switch(Membership.objects.filter(role="admin").order_by("id").first().studio_id, "simulator", on=True, rate=30)
"""

_SMUGGLE = """
import json, sys
import django
django.setup()
from cuelight.accounts.models import Studio
from cuelight.widgets.models import WidgetConfig
asked = json.load(sys.stdin)
studio = Studio.objects.get(slug="pavoi")
kept = {"settings": {"css": asked["css"]}, "version": 9}
WidgetConfig.objects.update_or_create(studio=studio, type=asked["widget"], defaults=kept)
"""

_RENEW = """
import json, sys
import django
django.setup()
from cuelight.accounts.access import Access
from cuelight.widgets import actions, queries
overlay = queries.by_secret(json.load(sys.stdin))
actions.regenerate_address(overlay.pk, access=Access(overlay.studio_id, frozenset({"admin"}), None))
"""

CARD = {"id": "card", "type": "product_card", "x": 96, "y": 790, "width": 620, "height": 230}


def make_overlay(
    studio: Studio, boxes: list[dict[str, Any]], *, width: int = 1920, height: int = 1080, name: str = "Main"
) -> str:
    """A new overlay's path, ``/w/…``."""
    made = _do(studio, {"boxes": boxes, "width": width, "height": height, "name": name, "settings": {}})
    return f"/w/{json.loads(made)['secret']}"


def one_of(kind: str) -> dict[str, Any]:
    """A box for a widget of this kind, of the size it begins with."""
    found = KINDS[kind]
    return {"id": kind.replace("_", ""), "type": kind, "x": 0, "y": 0, "width": found.width, "height": found.height}


def set_widget(studio: Studio, widget: str, settings: dict[str, Any]) -> None:
    _do(studio, {"boxes": None, "settings": {widget: settings}})


def renew_address(studio: Studio, path: str) -> None:
    """Gives the overlay at this path another one; works without the server, too."""
    _run(studio, _RENEW, json.dumps(path.removeprefix("/w/")))


def open_overlay(browser: Browser, studio: Studio, path: str, *, width: int = 1920, height: int = 1080) -> Page:
    """A page like OBS's: a browser of its own, without anybody signed in."""
    context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
    page = context.new_page()
    page.goto(studio.base + path)
    page.locator("#overlay[data-ready]").wait_for(state="attached")
    return page


def picture(page: Page) -> Image.Image:
    """What OBS lays over the stream: with its alpha."""
    return Image.open(io.BytesIO(page.screenshot(omit_background=True))).convert("RGBA")


def lively_audience(studio: Studio) -> None:
    """Thirty messages a second, so that somebody follows within seconds. Before the first dashboard is open."""
    _run(studio, _LIVELY)


def alpha_outside(page: Page, boxes: list[dict[str, Any]]) -> tuple[int, int]:
    """The least and the most alpha of all that is no widget's place; (0, 0) is nothing at all. The mark of a rehearsal
    is left out."""
    alpha = picture(page).getchannel("A")
    places = [(box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]) for box in boxes]
    for place in (MARK, *places):
        alpha.paste(0, place)
    least, most = alpha.getextrema()
    return int(least), int(most)


def smuggle_css(studio: Studio, widget: str, css: str) -> None:
    """CSS that no form would have taken, as if it had stood in the table for long."""
    _run(studio, _SMUGGLE, json.dumps({"widget": widget, "css": css}))


def _do(studio: Studio, asked: dict[str, Any]) -> str:
    return _run(studio, _MAKE, json.dumps(asked))


def _run(studio: Studio, code: str, given: str = "") -> str:
    environment = os.environ | {"DATABASE_URL": studio.url, "DJANGO_SETTINGS_MODULE": "cuelight.settings"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, input=given, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
