"""What belongs to every page: built files, islands, errors, health."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from cuelight.accounts.models import Person
from cuelight.errors import Conflict, Forbidden
from cuelight.ui import errors, manifest
from cuelight.ui.templatetags.islands import island


def test_props_cannot_close_the_script_they_travel_in() -> None:
    nasty = {"name": "</script><script>alert(1)</script>", "quote": '"', "line": "\u2028"}
    html = island("HostScreen", nasty)
    assert html.count("</script>") == 1
    inside = re.search(r'type="application/json">(.*)</script>', html)
    assert inside is not None
    assert json.loads(inside[1]) == nasty


OVERLAY_CHUNKS = {
    "_shared-4.js": {"file": "assets/shared-4.js"},
    "src/widgets/overlay.ts": {"file": "assets/overlay-5.js", "imports": ["_shared-4.js"], "isEntry": True},
    "src/widgets/kinds/chat/index.ts": {"file": "assets/chat-6.js", "imports": ["_shared-4.js"]},
    "src/widgets/kinds/goal/index.ts": {"file": "assets/goal-7.js", "imports": ["_shared-4.js"]},
    "style.css": {"file": "assets/style-8.css"},
}


@pytest.fixture
def built(tmp_path: Path, settings: Settings) -> Path:
    chunks = {
        "src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "isEntry": True},
        "_session-2.js": {"file": "assets/session-2.js", "imports": ["src/main.ts"]},
        "src/sessions/HostScreen.island.svelte": {
            "file": "assets/host-3.js", "imports": ["_session-2.js"], "css": ["assets/host-3.css"],
        },
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(chunks))
    (tmp_path / "overlay-manifest.json").write_text(json.dumps(OVERLAY_CHUNKS))
    settings.FRONTEND_DIST = tmp_path
    return tmp_path


def test_a_page_asks_for_everything_its_island_needs_at_once(built: Path) -> None:
    found = manifest.assets("HostScreen")
    assert found.scripts == ("/static/assets/main-1.js",)
    assert found.styles == ("/static/assets/main-1.css", "/static/assets/host-3.css")
    assert found.preloads == ("/static/assets/session-2.js", "/static/assets/host-3.js")


def test_an_overlay_asks_at_once_for_its_own_widgets_and_for_no_others(built: Path) -> None:
    found = manifest.overlay_assets(["goal", "not_built"])
    assert found.scripts == ("/static/assets/overlay-5.js",)
    assert found.styles == ("/static/assets/style-8.css",)
    assert found.preloads == ("/static/assets/shared-4.js", "/static/assets/goal-7.js")


def test_the_version_of_the_overlays_page_changes_with_any_file_of_it_and_with_no_other(built: Path) -> None:
    before = manifest.build()
    (built / "manifest.json").write_text("{}")
    assert manifest.build() == before
    other = OVERLAY_CHUNKS | {"src/widgets/kinds/chat/index.ts": {"file": "assets/chat-9.js"}}
    (built / "overlay-manifest.json").write_text(json.dumps(other | {"a": {"file": "longer than before"}}))
    assert manifest.build() not in ("", before)
    (built / "overlay-manifest.json").unlink()
    assert manifest.build() == ""


def test_without_a_build_the_page_says_what_to_do(client: Client, tmp_path: Path, settings: Settings, db: None) -> None:
    settings.FRONTEND_DIST = tmp_path
    answer = client.get("/sign-in")
    assert (answer.status_code, b"make build" in answer.content) == (503, True)


@pytest.mark.skipif(not configured.FRONTEND_DIST.exists(), reason="the front end is not built: 'make build'")
def test_built_files_are_served_for_ever_and_nothing_else_is(client: Client) -> None:
    script = manifest.assets().scripts[0]
    answer = client.get(script)
    assert (answer.status_code, answer["Content-Type"]) == (200, 'text/javascript; charset="utf-8"')
    assert "immutable" in answer["Cache-Control"]
    assert not answer.streaming
    assert client.get(script, headers={"If-Modified-Since": answer["Last-Modified"]}).status_code == 304
    assert client.get("/static/../settings.py").status_code in (302, 404)


@pytest.mark.skipif(not configured.FRONTEND_DIST.exists(), reason="the front end is not built: 'make build'")
@pytest.mark.parametrize(
    ("accepts", "packed"), [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("identity", None)]
)
def test_built_files_are_sent_as_small_as_the_browser_can_read_them(
    client: Client, accepts: str, packed: str | None
) -> None:
    [script] = manifest.overlay_assets().scripts
    plain = (configured.FRONTEND_DIST / script.removeprefix("/static/")).read_bytes()
    answer = client.get(script, headers={"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == packed
    assert answer["Vary"] == "Accept-Encoding"
    assert (len(answer.content) < len(plain) / 2) is (packed is not None)
    if packed != "br":
        assert (gzip.decompress(answer.content) if packed else answer.content) == plain


def test_health_tells_of_database_and_jobs(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "database": True, "jobs": {"ok": False, "waiting": 0}}


def asked(accept: str = "text/html") -> HttpRequest:
    request = RequestFactory().get("/somewhere", headers={"Accept": accept})
    request.user = Person(name="Mia")
    return request


def test_our_errors_become_pages_or_json() -> None:
    middleware = errors.ErrorsMiddleware(lambda _: pytest.fail("not reached"))
    page = middleware.process_exception(asked(), Forbidden("Your role may not."))
    assert page is not None
    assert (page.status_code, b"Your role may not." in page.content) == (403, True)
    answer = middleware.process_exception(asked("application/json"), Conflict("taken", "It is taken."))
    assert answer is not None
    assert (answer.status_code, json.loads(answer.content)) == (409, {"reason": "taken", "message": "It is taken."})


def test_a_lost_database_is_a_page_too_and_the_unexpected_is_not_hidden() -> None:
    middleware = errors.ErrorsMiddleware(lambda _: pytest.fail("not reached"))
    page = middleware.process_exception(asked(), OperationalError("gone away"))
    assert page is not None
    assert (page.status_code, b"gone away" in page.content) == (503, False)
    assert (page["Refresh"], b"tries again by itself" in page.content) == ("3", True)
    assert middleware.process_exception(asked(), ZeroDivisionError()) is None


def test_a_database_that_is_lost_before_the_view_is_told_the_same_way(
    client: Client, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(store: SessionStore) -> None:
        raise OperationalError("gone away")

    client.force_login(producer)
    client.raise_request_exception = False
    monkeypatch.setattr(SessionStore, "load", lost)
    page = client.get("/sessions")
    assert (page.status_code, b"gone away" in page.content) == (503, False)
    assert b"The studio is not reachable right now" in page.content


def test_an_error_that_names_something_odd_is_escaped() -> None:
    page = errors.answer(asked(), 404, "<script>alert(1)</script>", "x")
    assert b"<script>alert" not in page.content


def test_a_page_that_is_not_there(client: Client, producer: Person) -> None:
    client.force_login(producer)
    answer = client.get("/no/such/page")
    assert (answer.status_code, b"There is nothing here" in answer.content) == (404, True)


def test_the_look_is_shown_outside_production_only(client: Client, db: None, settings: Settings) -> None:
    assert client.get("/dev/look").status_code == 200
    assert client.get("/dev/look/503").status_code == 503
    assert client.get("/dev/look/299").status_code == 404
    settings.PRODUCTION = True
    assert [client.get(path).status_code for path in ("/dev/look", "/dev/look/503")] == [404, 404]


@pytest.mark.parametrize(
    ("cookie", "theme"), [("light", "light"), ("dark", "dark"), ("", "system"), ('"><script>', "system")]
)
def test_the_server_draws_an_office_page_in_the_light_that_was_chosen(
    client: Client, db: None, cookie: str, theme: str
) -> None:
    client.cookies["cuelight-theme"] = cookie
    for path in ("/sign-in", "/dev/look", "/dev/look/404"):
        assert f'<html lang="en" data-theme="{theme}">'.encode() in client.get(path).content


@pytest.mark.parametrize(
    ("cookie", "shell", "expanded"),
    [
        ("collapsed", "shell collapsed", "false"),
        ("expanded", "shell", "true"),
        ("", "shell", "true"),
        ('"><b>', "shell", "true"),
    ],
)
def test_the_server_draws_the_sidebar_as_wide_as_it_was_left(
    client: Client, db: None, cookie: str, shell: str, expanded: str
) -> None:
    client.cookies["cuelight-sidebar"] = cookie
    page = client.get("/dev/look").content.decode()
    assert f'<div class="{shell}">' in page
    assert f'aria-controls="sidebar" aria-expanded="{expanded}"' in page


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422, 500, 503])
def test_every_error_page_has_a_way_back(client: Client, db: None, status: int) -> None:
    page = client.get(f"/dev/look/{status}")
    assert (page.status_code, b'href="/"' in page.content) == (status, True)


def test_the_page_without_a_network_is_the_same_for_everybody_and_asks_for_nothing(
    client: Client, producer: Person
) -> None:
    asked = client.get("/offline")
    client.force_login(producer)
    page = client.get("/offline").content.decode()
    assert page == asked.content.decode()
    assert asked["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in asked
    assert not re.search(r"url\(|@import|<link rel=.stylesheet|src=", page)


def test_the_page_without_a_network_has_the_colors_of_the_others(client: Client, db: None) -> None:
    tokens = (configured.ROOT / "frontend" / "src" / "ui" / "tokens.css").read_text()
    page = client.get("/offline").content.decode()
    for selector in ("dark", "light"):
        known = dict(
            re.findall(r"--([\w-]+): ([^;]+);", tokens.split(f'[data-theme="{selector}"] {{')[1].split("}")[0])
        )
        own = page.split(":root {" if selector == "dark" else ':root[data-theme="light"] {')[1].split("}")[0]
        found = dict(re.findall(r"--([\w-]+): ([^;]+);", own))
        assert found.items() <= known.items()
        assert len(found) > 5


def test_the_offline_worker_may_answer_for_all_pages_and_is_asked_for_each_time(
    client: Client, built: Path, db: None
) -> None:
    assert client.get("/sw.js").status_code == 404
    (built / "sw.js").write_text("self")
    answer = client.get("/sw.js")
    assert (answer.status_code, answer.content) == (200, b"self")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert (answer["Service-Worker-Allowed"], answer["Cache-Control"]) == ("/", "no-cache")
