"""What every answer tells the browser, and what arrives unencrypted in production."""

import base64
import hashlib
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from cuelight.accounts import links
from cuelight.accounts.models import Person
from cuelight.sessions.models import Session
from cuelight.ui.manifest import assets


def policy(answer: Any) -> dict[str, list[str]]:
    """The directives of an answer's policy."""
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


def test_a_page_may_load_and_do_what_it_needs_and_nothing_else(client: Client, db: None) -> None:
    found = policy(client.get("/sign-in"))
    assert found == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", "ws://testserver"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    }


def pages(session: Session) -> list[str]:
    own = f"/sessions/{session.pk}"
    inside = [f"{own}/producer", f"{own}/host", f"{own}/paper", f"{own}/history", f"{own}/history.csv", "/sessions"]
    return ["/", "/sign-in", "/offline", "/imports", "/palette", "/healthz", "/no/such/page", "/broken", *inside]


@pytest.mark.urls("cuelight.tests.framed_urls")
def test_every_answer_has_the_headers_whatever_it_is(client: Client, session: Session, producer: Person) -> None:
    client.raise_request_exception = False
    client.force_login(producer)
    strange = Client(headers={"host": "evil.example"}).get("/sessions")
    forged = Client(enforce_csrf_checks=True).post("/sign-in")
    built = client.get(assets().scripts[0]) if assets().scripts else client.get("/healthz")
    answers = [client.get(page) for page in pages(session)]
    statuses = {answer.status_code for answer in (*answers, strange, forged)}
    assert statuses >= {200, 302, 400, 403, 404, 500}
    for answer in (*answers, strange, forged, built, client.post("/healthz"), client.get("/media/no")):
        where = answer.request["PATH_INFO"]
        rules = policy(answer)
        assert rules["default-src"] == ["'none'"], where
        assert rules["frame-ancestors"] == ["'none'"], where
        assert "unsafe" not in answer["Content-Security-Policy"], where
        assert "Content-Security-Policy-Report-Only" not in answer
        assert answer["X-Frame-Options"] == "DENY", where
        assert answer["X-Content-Type-Options"] == "nosniff", where
        assert answer["Referrer-Policy"] == "same-origin", where
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", where
        assert "camera=()" in answer["Permissions-Policy"], where
        assert "screen-wake-lock=(self)" in answer["Permissions-Policy"], where


@pytest.mark.urls("cuelight.tests.framed_urls")
def test_an_overlay_may_be_framed_by_anybody_and_nothing_else_of_it_is_softer(client: Client) -> None:
    answer = client.get("/widget")
    rules = policy(answer)
    assert rules["frame-ancestors"] == ["*"]
    assert "X-Frame-Options" not in answer
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert (rules["default-src"], rules["script-src"]) == (["'none'"], ["'self'"])


def test_the_page_without_a_network_runs_its_own_script_by_its_hash(client: Client) -> None:
    answer = client.get("/offline")
    rules = policy(answer)
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.content.decode(), re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert texts
        assert rules[directive] == ["'self'", *(f"'sha256-{one}'" for one in hashes)]


def test_the_policy_names_where_pictures_are_and_where_one_signs_in(
    client: Client, settings: Settings, db: None
) -> None:
    settings.OAUTH_ORIGINS = ["https://id.example"]
    assert policy(client.get("/sign-in"))["form-action"] == ["'self'", "https://id.example"]


def test_no_page_of_ours_has_a_script_or_a_style_in_its_markup() -> None:
    root = Path(__file__).resolve().parents[1]
    found = []
    for template in root.rglob("templates/**/*.*"):
        text = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)
        inline = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+\s*=|javascript:"
        # One is shown without the server, one is a file that somebody takes along.
        if template.name not in ("offline.html", "paper_file.html") and re.search(inline, text, re.IGNORECASE):
            found.append(str(template.relative_to(root)))
    assert found == []


def test_what_is_behind_the_sign_in_is_kept_by_nobody(client: Client, session: Session, producer: Person) -> None:
    client.force_login(producer)
    for page in ("/sessions", "/", "/no/such/page", f"/sessions/{session.pk}/producer", "/palette"):
        assert "no-store" in client.get(page)["Cache-Control"], page
    client.logout()
    assert "Cache-Control" not in client.get("/no/such/page")
    assert client.get("/offline")["Cache-Control"] == "public, max-age=3600"


@pytest.mark.urls("cuelight.tests.framed_urls")
def test_an_address_that_lets_somebody_in_is_told_to_nobody(client: Client, producer: Person) -> None:
    answer = client.get(links.make(producer.pk, "/"))
    assert (answer.status_code, answer["Referrer-Policy"]) == (302, "no-referrer")
    assert "no-store" in answer["Cache-Control"]
    # Its form is still taken: with "no-referrer" a browser would send "Origin: null".
    page = Client().get("/invitation/a-b-c")
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("strict-origin", "no-store, private")


# --- production


@pytest.fixture
def production(settings: Settings) -> Client:
    """A browser at a studio in production, behind a proxy at 10.0.0.1 that ended TLS."""
    settings.HTTPS_ONLY = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_SSL_HOST = "studio.example"
    settings.PUBLIC_URL = "https://studio.example"
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.ALLOWED_HOSTS = ["studio.example"]
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    return Client(REMOTE_ADDR="10.0.0.1", headers={"host": "studio.example", "x-forwarded-proto": "https"})


def test_in_production_an_encrypted_page_says_that_it_always_is(production: Client, db: None) -> None:
    answer = production.get("/sign-in")
    assert (answer.status_code, answer["Strict-Transport-Security"]) == (200, "max-age=31536000")
    assert policy(answer)["connect-src"] == ["'self'", "wss://studio.example"]
    assert answer.cookies["csrftoken"]["secure"]


@pytest.mark.parametrize(
    ("peer", "said"),
    [
        ("10.0.0.1", ""),
        ("10.0.0.1", "http"),
        ("10.0.0.1", "https, http"),
        ("10.0.0.1", "http, https"),
        ("10.0.0.1", "httpsx"),
        ("203.0.113.9", "https"),  # anybody can write it
        ("", "https"),
    ],
)
def test_what_is_not_encrypted_is_sent_on_or_refused(production: Client, db: None, peer: str, said: str) -> None:
    plain = Client(REMOTE_ADDR=peer, headers={"host": "studio.example", "x-forwarded-proto": said})
    answer = plain.get("/sign-in?next=/sessions")
    assert (answer.status_code, answer["Location"]) == (301, "https://studio.example/sign-in?next=/sessions")
    assert "Strict-Transport-Security" not in answer
    for method in ("post", "put", "patch", "delete", "options"):
        refused = getattr(plain, method)("/sign-in", {"email": "mia@studio.example", "password": "hush"})
        assert (refused.status_code, b"not encrypted" in refused.content) == (403, True), method


def test_a_watchman_inside_may_ask_for_health_without_encryption(production: Client, db: None) -> None:
    assert Client(headers={"host": "studio.example"}).get("/healthz").status_code == 200


def test_in_production_a_bearer_is_not_heard_without_encryption(production: Client, db: None) -> None:
    plain = Client(headers={"host": "studio.example", "authorization": "Bearer cue_made-up"})
    assert plain.get("/sessions").status_code == 301


# --- redirects, forms, headers


@pytest.mark.parametrize(
    "outside",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/%0a/evil.example\n//evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "sessions",
        "",
    ],
)
def test_signing_in_leads_nowhere_outside(client: Client, demo: dict[str, int], outside: str) -> None:
    answer = client.post("/sign-in", {"role": "producer", "next": outside})
    assert answer.status_code == 302
    assert re.fullmatch(r"/(?![/\\])[^\r\n\t]*", answer["Location"]), answer["Location"]
    assert "evil" not in answer["Location"].partition("?")[0] or answer["Location"].startswith("/%")


def test_what_is_sent_cannot_write_a_header(client: Client, demo: dict[str, int]) -> None:
    answer = client.post("/sign-in", {"role": "producer", "next": "/a\r\nSet-Cookie: own=1\r\n\r\n<script>"})
    assert answer.status_code == 302
    assert "own" not in answer.cookies
    assert "\n" not in answer["Location"]


def test_the_name_of_a_show_cannot_write_a_header(client: Client, session: Session, producer: Person) -> None:
    Session.objects.filter(pk=session.pk).update(name='a"\r\nSet-Cookie: own=1; filename="x')
    client.force_login(producer)
    answer = client.get(f"/sessions/{session.pk}/history.csv")
    assert answer.status_code == 200
    assert "\n" not in answer["Content-Disposition"]
    assert "own" not in answer.cookies


@pytest.mark.parametrize("page", ["/sign-in", "/sign-out", "/imports"])
def test_a_form_without_its_token_is_refused(producer: Person, page: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(producer)
    assert browser.post(page).status_code == 403
    assert browser.get("/signed-in").json() == {"signed_in": True}
