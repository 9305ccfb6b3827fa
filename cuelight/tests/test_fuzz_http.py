"""Nothing that comes over HTTP makes a server error: every path of the application, by every method, with what nobody
sensible would send. What is added is in the walk by itself: paths come from the resolver, names of fields from the
sources."""

import os
import re
from collections.abc import Iterator
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import secret_of_token
from cuelight.tests.entrances import Page, pages
from cuelight.tests.test_rights import world

__all__ = ["world"]

pytestmark = pytest.mark.timeout(600)  # thousands of requests

METHODS = ("get", "head", "post", "put", "patch", "delete", "options", "trace")
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [
    "",
    "0",
    "-1",
    "1",
    "1.5",
    "1e9",
    "9223372036854775807",
    "9223372036854775808",
    "9" * 400,
    "٣",
    "²",
    "NaN",
    "None",
    "true",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egpj",
    "😀" * 50,
    "x" * 5_000,
    " ",
    "../../../etc/passwd",
    "..\\..\\",
    "%2e%2e%2f",
    "%00",
    "%ff%fe",
    "a\r\nSet-Cookie: own=1",
    SCRIPT,
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "[]",
    '{"a": [' + "[" * 200,
    "2026-13-45T99:99",
    "0001-01-01",
    "9999-12-31T23:59:59+14:00",
]
#: Those that mean something to a path.
ODD_PATHS = [
    *HOSTILE[1:3],
    *HOSTILE[4:5],
    *HOSTILE[7:11],
    "\0",
    "\ud800",
    *HOSTILE[19:20],
    *HOSTILE[21:22],
    *HOSTILE[23:29],
]
#: Names that libraries' forms read, which are not in our sources.
THEIRS = ["login", "password", "password1", "password2", "email", "code", "state", "token", "process", "oauth_token"]


def names_in_sources() -> list[str]:
    """What views, forms and templates of ours call the values they read."""
    root = Path(configured.ROOT) / "cuelight"
    found = set(THEIRS)
    for path in root.rglob("*.py"):
        if "/tests/" not in str(path):
            text = path.read_text()
            found |= set(
                re.findall(r"""(?:GET|POST|FILES|query|fields)\)?\s*(?:\.get(?:list)?\(|\[)\s*"([\w-]+)\"""", text)
            )
            found |= set(re.findall(r"""^    (\w+) = forms\.""", text, re.MULTILINE))
            found |= set(re.findall(r"""f?"([\w-]+)" in (?:request\.)?(?:POST|GET|fields|query)""", text))
    for path in root.rglob("templates/**/*.html"):
        found |= set(re.findall(r'\bname="([\w-]+)"', path.read_text()))
    return sorted(found)


NAMES = names_in_sources()


def test_the_walk_knows_the_paths_and_the_fields() -> None:
    assert {"next", "role", "password", "new_brand", "page"} <= set(NAMES)
    assert len(pages()) > 15


class Caller:
    """Somebody who asks again and again; what it changes is taken back, and a sign-out too."""

    def __init__(self, person: Person | None = None, secret: str = "") -> None:
        self._client = Client(raise_request_exception=False)
        if person is not None:
            self._client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        self._cookies = self._client.cookies.output(header="", sep=";")
        self._headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def ask(self, method: str, path: str, *arguments: Any, **options: Any) -> Any:
        self._client.cookies = SimpleCookie(self._cookies)
        headers = {**self._headers, **options.pop("headers", {})}
        with transaction.atomic():
            asking: Any = partial(self._client.generic, "POST") if method == "raw" else getattr(self._client, method)
            answer = asking(path, *arguments, headers=headers, **options)
            transaction.set_rollback(True)
        return answer


@pytest.fixture
def callers(studio: Studio, admin: Person, producer: Person, world: dict[str, object], tmp_path: Path) -> list[Caller]:
    secret = secret_of_token(studio.pk, "control", "catalog", by=admin)
    return [Caller(), Caller(producer), Caller(admin), Caller(secret=secret)]


@pytest.fixture(autouse=True)
def quick_and_clean(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("cuelight.catalog.shopify.client.WAITED_ATTEMPTS", 1)


def wrong_with(answer: Any, asked: str) -> list[str]:
    """What no answer may be, whatever was sent."""
    found = []
    if answer.status_code >= 500:
        found.append(f"{answer.status_code} for {asked}")
    place = urlsplit(answer.headers.get("Location", "/"))
    origins = [configured.PUBLIC_URL, *getattr(configured, "OAUTH_ORIGINS", [])]
    if place.netloc and f"{place.scheme}://{place.netloc}" not in origins:
        found.append(f"leads out to {place.geturl()[:80]} for {asked}")
    if place.path.startswith(("//", "/\\")) or place.scheme not in ("", "http", "https"):
        found.append(f"leads out to {place.geturl()[:80]} for {asked}")
    if "own" in answer.cookies or any("\n" in value for value in answer.headers.values()):
        found.append(f"a header was written by {asked}")
    if "Content-Security-Policy" not in answer.headers:
        found.append(f"no policy for {asked}")
    if "html" in answer.headers.get("Content-Type", "") and SCRIPT.encode() in answer.content:
        found.append(f"a script comes back for {asked}")
    return found


def paths(page: Page, world: dict[str, object]) -> Iterator[str]:
    """A page's path as it is meant, and with every hostile value in the place of each parameter."""
    meant = {name: world.get(name, "1") for name in page.parameters}
    yield page.at(meant)
    for name in page.parameters:
        for value in ODD_PATHS:
            yield page.at({**meant, name: encoded(value)})


def encoded(value: str) -> str:
    """As a browser would put it into a path; what is encoded already stays so."""
    return quote(value.encode("utf-8", "surrogatepass"), safe="%")


@pytest.mark.django_db
def test_no_path_by_no_method_is_a_server_error(callers: list[Caller], world: dict[str, object]) -> None:
    wrong: list[str] = []
    for page in pages():
        for number, path in enumerate(paths(page, world)):
            if number == 0:
                asking = [(caller, method) for caller in callers for method in METHODS]
            else:
                asking = [(callers[0], "get"), (callers[2], "get"), (callers[2], "post")]
            for caller, method in asking:
                wrong += wrong_with(caller.ask(method, path), f"{method} {path[:120]}")
    assert wrong == []


@pytest.mark.django_db
def test_no_value_of_any_field_is_a_server_error(callers: list[Caller], world: dict[str, object]) -> None:
    """Each field of each page alone, in the query and in the form."""
    wrong: list[str] = []
    for page in pages():
        path = next(paths(page, world))
        for value in HOSTILE:
            everything = dict.fromkeys(NAMES, value)
            for caller in callers[2:3] if page.needs and page.needs.of != "none" else callers[:2]:
                query = "&".join(f"{name}={encoded(value)}" for name in NAMES)
                wrong += wrong_with(caller.ask("get", f"{path}?{query}"), f"get {path} with {value[:40]!r}")
                # A browser sends no lone surrogate; a script may, in its own encoding.
                sent = {name: text.encode("utf-8", "replace").decode() for name, text in everything.items()}
                wrong += wrong_with(caller.ask("post", path, sent), f"post {path} with {value[:40]!r}")
    assert wrong == []


values = st.sampled_from(HOSTILE[:16] + HOSTILE[17:]) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_form_however_it_is_filled_in_is_a_server_error(
    callers: list[Caller], world: dict[str, object], data: st.DataObject
) -> None:
    page = data.draw(st.sampled_from(pages()))
    meant = {name: world.get(name, "1") for name in page.parameters}
    odd = {name: encoded(data.draw(values)) for name in page.parameters if data.draw(st.integers(0, 3)) == 0}
    caller = data.draw(st.sampled_from(callers))
    fields: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(NAMES), values | st.lists(values, max_size=3)))
    if data.draw(st.booleans()):
        letters = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
        named = data.draw(letters.filter(lambda text: os.path.basename(text) not in ("", ".", "..")))
        fields["file"] = SimpleUploadedFile(named, data.draw(st.binary(max_size=200)))
    path = page.at({**meant, **odd})
    answer = caller.ask(data.draw(st.sampled_from(["post", "put"])) if odd else "post", path, fields)
    assert wrong_with(answer, f"post {path[:120]} {fields}") == []


MULTIPART = "multipart/form-data; boundary=x"


def part(disposition: str, body: bytes = b"1", *more: str) -> bytes:
    head = "\r\n".join(["--x", f"Content-Disposition: form-data{disposition}", *more])
    return head.encode() + b"\r\n\r\n" + body + b"\r\n"


BODIES: list[tuple[str, bytes]] = [
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=", b"--\r\n\r\n----"),
    ("multipart/form-data; boundary=" + "x" * 500, b"--x--"),
    (MULTIPART, part("", b"no name") + b"--x--"),
    (MULTIPART, part('; name="file"; filename="\0"')),
    (MULTIPART, part('; name="file"; filename="../../x.csv"', b"1,2") + b"--x--"),
    (MULTIPART, part('; name="a"') * 2_000 + b"--x--"),
    (MULTIPART, part('; name="f"; filename="a"') * 200 + b"--x--"),
    (MULTIPART, part('; name="a"', b"!!!", "Content-Transfer-Encoding: base64") + b"--x--"),
    (MULTIPART, part('; name="' + "x" * 20_000 + '"') + b"--x--"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(2_000))),
    ("application/x-www-form-urlencoded", b"%ff=%fe&next=%00"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
    ("application/x-www-form-urlencoded", b"x" * (3 << 20)),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a": ' + b"9" * 10_000 + b"}"),
    ("", b"\x00\xff"),
    ("text/html; charset=\xff", b"x"),
]


@pytest.mark.django_db
def test_no_body_is_a_server_error(callers: list[Caller], world: dict[str, object]) -> None:
    wrong: list[str] = []
    for page in pages():
        path = next(paths(page, world))
        for kind, body in BODIES:
            for caller in (callers[0], callers[2]):
                answer = caller.ask("raw", path, body, kind)
                wrong += wrong_with(answer, f"post {path} with {kind[:50]} {body[:30]!r}")
    assert wrong == []


HEADERS: list[dict[str, str]] = [
    {"cookie": "cuelight=\x00; csrftoken=\xff; cuelight-theme=\xfe"},
    {"cookie": "cuelight=" + "x" * 8_000},
    {"cookie": ";;;=;="},
    {"cookie": 'messages="x"; cuelight="'},
    {"authorization": "Bearer"},
    {"authorization": "Bearer \xff\xfe"},
    {"authorization": "Bearer " + "x" * 8_000},
    {"authorization": "Bearer cue_\x00"},
    {"authorization": "\x00"},
    {"accept": "application/json\xff, */*;q=nonsense"},
    {"host": "evil.example"},
    {"host": "testserver:99999999"},
    {"host": ""},
    {"referer": "https://[broken"},
    {"origin": "null"},
    {"origin": "http://[broken"},
    {"x-forwarded-for": "1.2.3.4.5, ::::, \xff," * 50},
    {"x-forwarded-proto": "https"},
    {"x-forwarded-host": "evil.example"},
    {"x-http-method-override": "DELETE"},
    {"if-none-match": '"' * 1_000},
    {"if-modified-since": "Thu, 99 Jan 99999 99:99:99 GMT"},
    {"range": "bytes=99999999999999999999-"},
    {"content-length": "-5"},
    {"content-length": "many"},
    {"accept-language": "x" * 5_000},
    {"user-agent": "x" * 20_000},
    {"user-agent": "a\x00b"},
]


@pytest.mark.django_db
def test_no_header_is_a_server_error(callers: list[Caller], world: dict[str, object]) -> None:
    wrong: list[str] = []
    for page in pages():
        path = next(paths(page, world))
        for headers in HEADERS:
            for method in ("get", "post"):
                for caller in (callers[0], callers[2]):
                    if "cookie" in headers and caller is callers[2]:
                        continue
                    answer = caller.ask(method, path, headers=headers)
                    wrong += wrong_with(answer, f"{method} {path} with {str(headers)[:80]}")
    assert wrong == []
