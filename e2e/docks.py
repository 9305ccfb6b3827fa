"""Docks for stories: made in the running studio's database, opened as OBS does."""

import json
import os
import subprocess
import sys

from playwright.sync_api import Browser, Page

from e2e.conftest import ROOT, Studio
from e2e.steps import connected

_MAKE = """
import json, sys
import django
django.setup()
from cuelight.accounts.access import Access
from cuelight.accounts.models import Membership
from cuelight.widgets import dock_actions, dock_queries
asked = json.load(sys.stdin)
admin = Membership.objects.filter(role="admin").order_by("id").first()
access = Access(admin.studio_id, frozenset({"admin"}), admin.person_id)
if asked["revoke"]:
    dock_actions.regenerate_address(asked["revoke"], access=access)
else:
    made = dock_actions.create_dock(asked["name"], asked["role"], access=access, session_id=asked["session"])
    print(json.dumps({"id": made.pk, "secret": dock_queries.secret_of(made)}))
"""


def make_dock(studio: Studio, *, name: str = "Desk", role: str = "control", session: int | None = 2) -> tuple[int, str]:
    """A new dock: its id and its path, ``/dock/…``."""
    made = json.loads(_do(studio, {"name": name, "role": role, "session": session, "revoke": None}))
    return made["id"], f"/dock/{made['secret']}"


def revoke_dock(studio: Studio, dock_id: int) -> None:
    _do(studio, {"revoke": dock_id})


def open_dock(browser: Browser, studio: Studio, path: str, *, width: int = 300, height: int = 600) -> Page:
    """A page like OBS's: a browser of its own, without anybody signed in."""
    context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
    page = context.new_page()
    page.goto(studio.base + path)
    connected(page)
    return page


def _do(studio: Studio, asked: dict[str, object]) -> str:
    environment = os.environ | {"DATABASE_URL": studio.url, "DJANGO_SETTINGS_MODULE": "cuelight.settings"}
    command, given = [sys.executable, "-c", _MAKE], json.dumps(asked)
    done = subprocess.run(command, input=given, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
