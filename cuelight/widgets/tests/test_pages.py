"""``/w/{secret}``: what OBS gets, with a good address and with one that leads nowhere."""

import pytest
from django.test import Client

from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.widgets import actions, queries

BOX = {"id": "a", "type": "product_card", "x": 96, "y": 760, "width": 620, "height": 230}


@pytest.fixture
def access(studio: Studio, producer: Person) -> Access:
    return Access(studio.pk, frozenset({"producer"}), producer.pk)


def test_the_page_of_an_overlay_may_be_framed_and_loads_nothing_from_elsewhere(client: Client, access: Access) -> None:
    made = actions.create_overlay("Main", 1920, 1080, access=access, boxes=[BOX])
    page = client.get(f"/w/{queries.secret_of(made)}")
    assert page.status_code == 200
    assert b'"product_card"' in page.content
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert page.headers["Cache-Control"].startswith("no-store") or "no-cache" in page.headers["Cache-Control"]


def test_an_address_that_leads_nowhere_shows_nothing_on_a_stream(client: Client, access: Access) -> None:
    made = actions.create_overlay("Main", 1920, 1080, access=access)
    secret = queries.secret_of(made)
    actions.delete_overlay(made.pk, access=access)
    for address in (secret, "cue_" + "x" * 43, "../../etc/passwd"):
        page = client.get(f"/w/{address}")
        assert page.status_code == 404
    page = client.get(f"/w/{secret}")
    assert b"<script" not in page.content
    restored = actions.restore_overlay(made.pk, access=access)
    assert client.get(f"/w/{queries.secret_of(restored)}").status_code == 200
    assert client.get(f"/w/{secret}").status_code == 404
