"""Pages of overlays: who may, what they lead to, and what becomes of an address."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.errors import Invalid
from cuelight.widgets import actions, layout, queries, starts
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import Overlay

BOX = {"id": "a", "type": "product_card", "x": 96, "y": 760, "width": 620, "height": 230, "shown": True}


@pytest.fixture
def access(studio: Studio, producer: Person) -> Access:
    return Access(studio.pk, frozenset({"producer"}), producer.pk)


@pytest.fixture
def made(access: Access) -> Overlay:
    return actions.create_overlay("Main scene", 1920, 1080, access=access, boxes=[BOX])


@pytest.fixture
def mia(client: Client, producer: Person) -> Client:
    client.force_login(producer)
    return client


def address(page: str) -> str:
    found = re.search(r'value="http://testserver(/w/cue_[\w-]+)"', page)
    assert found is not None
    return found[1]


def test_the_list_has_each_overlay_with_its_address_covered(mia: Client, made: Overlay) -> None:
    page = mia.get("/overlays").content.decode()
    assert "Main scene" in page
    assert "1 widget<" in page
    assert "Never yet" in page
    assert f'type="password" readonly value="http://testserver/w/{queries.secret_of(made)}"' in page


def test_before_there_is_one_the_list_offers_it(mia: Client) -> None:
    assert b"No overlay yet" in mia.get("/overlays").content


def test_a_new_one_leads_to_its_layout(mia: Client, studio: Studio) -> None:
    answer = mia.post("/overlays/new", {"name": " Main  scene ", "canvas": "1080x1920", "start": "selling"})
    made = Overlay.objects.get(studio=studio)
    assert answer.headers["Location"] == f"/overlays/{made.pk}"
    assert (made.name, made.width, made.height) == ("Main scene", 1080, 1920)
    assert "product_card" in [box["type"] for box in made.boxes]
    assert mia.get(f"/overlays/{made.pk}").status_code == 200


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": "", "canvas": "1920x1080", "start": "empty"}, "Give the overlay a name"),
        ({"name": "x", "canvas": "1x1", "start": "empty"}, "Choose one of the sizes"),
        ({"name": "x", "canvas": "1920x1080", "start": "../etc"}, "Choose one of the beginnings"),
    ],
)
def test_what_cannot_be_made_is_said_and_what_was_typed_stays(mia: Client, typed: dict[str, str], says: str) -> None:
    answer = mia.post("/overlays/new", typed)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert f'value="{typed["name"]}"' in answer.content.decode()
    assert not Overlay.objects.exists()


@pytest.mark.parametrize("start", starts.STARTS)
@pytest.mark.parametrize("size", layout.CANVASES)
def test_every_beginning_is_a_layout_on_every_canvas(start: str, size: tuple[int, int]) -> None:
    width, height = size
    boxes = layout.checked(starts.boxes(start, width, height))
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= height for box in boxes)
    assert {box["type"] for box in boxes} <= KINDS.keys()


@pytest.mark.parametrize(("size", "safe"), [((1920, 1080), (96, 54, 1824, 1026)), ((1080, 1920), (60, 220, 910, 1300))])
def test_live_selling_stays_inside_the_safe_area(size: tuple[int, int], safe: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = safe
    for _, x, y, width, height in starts._selling(*size):
        assert (left <= x, top <= y, x + width <= right, y + height <= bottom) == (True,) * 4


def test_renaming_and_duplicating(mia: Client, made: Overlay, studio: Studio) -> None:
    mia.post(f"/overlays/{made.pk}/rename", {"title": "Break"})
    mia.post(f"/overlays/{made.pk}/duplicate")
    copy = Overlay.objects.exclude(pk=made.pk).get(studio=studio)
    assert (copy.name, copy.boxes) == ("Break copy", [BOX])
    assert queries.secret_of(copy) != queries.secret_of(made)
    assert (
        "Give the overlay a name"
        in mia.post(f"/overlays/{made.pk}/rename", {"title": " "}, follow=True).content.decode()
    )


def test_a_deletion_is_taken_back_with_a_new_address_and_says_so(mia: Client, made: Overlay) -> None:
    old = address(mia.get("/overlays").content.decode())
    page = mia.post(f"/overlays/{made.pk}/delete", follow=True).content.decode()
    assert "Taken back, it gets a new address" in page
    assert mia.get(old).status_code == 404
    page = mia.post(f"/overlays/{made.pk}/restore", follow=True).content.decode()
    assert "Give OBS the new one" in page
    assert address(page) != old
    assert mia.get(address(page)).status_code == 200
    assert mia.get(old).status_code == 404


def test_a_new_address_puts_the_old_one_out_of_use(mia: Client, made: Overlay) -> None:
    old = address(mia.get(f"/overlays/{made.pk}/address").content.decode())
    page = mia.post(f"/overlays/{made.pk}/address/new", follow=True).content.decode()
    assert "OBS" in page
    assert mia.get(old).status_code == 404
    assert mia.get(address(page)).status_code == 200


def test_only_the_server_itself_says_that_an_address_is_over(client: Client, made: Overlay) -> None:
    """A page asks with HEAD; a 404 of something on the way must not empty it."""
    good = client.head(f"/w/{queries.secret_of(made)}")
    assert (good.status_code, good.headers["Cuelight-Overlay"]) == (200, "here")
    gone = client.head("/w/cue_nothing")
    assert (gone.status_code, gone.headers["Cuelight-Overlay"]) == (404, "gone")


@pytest.mark.skipif(not configured.FRONTEND_DIST.exists(), reason="the front end is not built: 'make build'")
def test_the_page_names_the_files_of_its_own_widgets(client: Client, made: Overlay) -> None:
    page = client.get(f"/w/{queries.secret_of(made)}").content.decode()
    preloaded = re.findall(r'modulepreload" href="/static/assets/(\w+?)-', page)
    assert "product_card" in preloaded
    assert set(preloaded) & KINDS.keys() == {"product_card"}


def test_its_worker_may_answer_for_overlays_and_for_nothing_else(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / "manifest.json").write_text('{"src/main.ts": {"file": "assets/main-1.js"}}')
    assert client.get("/w/sw.js").status_code == 404
    (tmp_path / "overlay-sw.js").write_text("self")
    answer = client.get("/w/sw.js")
    assert (answer.status_code, answer.content) == (200, b"self")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    # A browser takes the folder of its address for all that it may answer for.
    assert "Service-Worker-Allowed" not in answer


def test_an_address_is_drawn_for_a_phone(mia: Client, made: Overlay) -> None:
    page = mia.get(f"/overlays/{made.pk}/address").content.decode()
    assert re.search(r'<svg viewBox="0 0 (\d+) \1" role="img" aria-label="The address as a QR code"', page)


def test_test_data_comes_only_with_a_page_that_asks_for_it(client: Client, made: Overlay) -> None:
    path = f"/w/{queries.secret_of(made)}"
    assert b'"frames"' not in client.get(path).content
    assert b'"frames"' in client.get(path + "?test=1").content
    assert b'"frames"' not in client.get(path + "?test=%3Cscript%3E&bg=%22%3E%3Cscript%3Ealert(1)").content
    assert b"alert(1)" not in client.get(path + "?test=1&bg=%22%3E%3Cscript%3Ealert(1)").content


@pytest.mark.parametrize("path", ["", "/address", "/rename", "/duplicate", "/delete", "/restore", "/address/new"])
def test_another_studios_overlay_is_not_there(
    client: Client, made: Overlay, stranger: Person, host: Person, path: str
) -> None:
    method: Callable[[str], object] = client.get if path in ("", "/address") else client.post
    for outsider, status in ((stranger, 404), (host, 403)):
        client.force_login(outsider)
        assert method(f"/overlays/{made.pk}{path}").status_code == status  # type: ignore[attr-defined]
    made.refresh_from_db()
    assert (made.name, made.deleted_at) == ("Main scene", None)


def test_there_is_an_end_to_overlays(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_OVERLAYS", 1)
    first = actions.create_overlay("One", 1920, 1080, access=access)
    with pytest.raises(Invalid, match="at most"):
        actions.duplicate_overlay(first.pk, access=access)
