"""In production nothing starts without its secrets, and what starts is safe; real processes with a real environment."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from cuelight.environment import DEVICE_ROLES
from cuelight.tests.installation import ROOT, Installation
from cuelight.tests.test_settings import bare, settings_with

__all__ = ["bare"]

SECRET = "kR7-2m_Qv9xLw4TzB1nHs8YcEd5JfUa3GpXo6iWt0N"
PRODUCTION = {
    "CUELIGHT_ENV": "production",
    "CUELIGHT_PUBLIC_URL": "https://studio.example",
    "SECRET_KEY_BASE": SECRET + SECRET[::-1],
}

WELL = {**PRODUCTION, "DATABASE_URL": "postgresql://cuelight@db.example/cuelight"}


@pytest.mark.parametrize("command", ["run", "worker", "migrate", "seed"])
def test_everything_that_is_missing_is_named_at_once(tmp_path: Path, command: str) -> None:
    done = Installation(tmp_path).command(command, CUELIGHT_ENV="production")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "cuelight: environment variable DATABASE_URL is missing.",
        "cuelight: environment variable SECRET_KEY_BASE is missing.",
        "cuelight: environment variable CUELIGHT_PUBLIC_URL is missing.",
    ]
    assert not list(tmp_path.iterdir())


def test_who_listens_beyond_this_machine_says_which_proxy_ends_tls(tmp_path: Path) -> None:
    done = Installation(tmp_path).command("run", **WELL, CUELIGHT_HOST="0.0.0.0")
    assert done.stderr.splitlines() == ["cuelight: environment variable CUELIGHT_TRUSTED_PROXIES is missing."]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY_BASE": "short"}, "SECRET_KEY_BASE has 5 characters; it takes 32 or more that nobody can guess."),
        ({"SECRET_KEY_BASE": "ab" * 30}, "SECRET_KEY_BASE can be guessed; it takes 32 random characters or more."),
        (
            {"SECRET_KEY_BASE": "demo studio on loopback; never used beyond it"},
            "SECRET_KEY_BASE can be guessed; it takes 32 random characters or more.",
        ),
        (
            {"CUELIGHT_PUBLIC_URL": "http://studio.example"},
            "CUELIGHT_PUBLIC_URL is 'http://studio.example'; in production it takes an address that begins with https.",
        ),
        ({"CUELIGHT_TRUSTED_PROXIES": "the proxy"}, "CUELIGHT_TRUSTED_PROXIES has a mistake in it: "),
        (
            {"DATABASE_URL": "postgresql://mia:hush@db.example/show?sslmode=disable"},
            "DATABASE_URL says sslmode=disable, which does not check who answers; ",
        ),
        ({"REDIS_URL": "rediss://:hush@r.example?ssl_cert_reqs=none"}, "REDIS_URL says ssl_cert_reqs=none, "),
        ({"CUELIGHT_DATABASE_CA": "/no/such/file"}, "CUELIGHT_DATABASE_CA is '/no/such/file'; there is no such file"),
    ],
)
def test_what_is_not_safe_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, bare: None, environment: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(monkeypatch, **WELL | environment)
    assert str(refused.value).startswith(sentence)
    for secret in ("hush", "ab" * 30):
        assert secret not in str(refused.value)


def test_production_is_safe_by_default(monkeypatch: pytest.MonkeyPatch, bare: None) -> None:
    found = settings_with(monkeypatch, **WELL)
    assert found["MISSING"] == []
    assert (found["DEMO"], found["DEBUG"], found["HTTPS_ONLY"]) == (False, False, True)
    assert found["ALLOWED_HOSTS"] == ["studio.example"]
    assert [str(network) for network in found["TRUSTED_PROXIES"]] == ["127.0.0.1/32", "::1/128"]
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-cuelight", "__Host-csrftoken")
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is False
    assert found["DATABASES"]["default"]["OPTIONS"]["sslmode"] == "verify-full"
    assert settings_with(monkeypatch, CUELIGHT_HSTS_SUBDOMAINS="1")["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_djangos_own_look_at_a_deployment_finds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "DEBUG"]
    environment = Installation(tmp_path).environment | WELL | {"DJANGO_SETTINGS_MODULE": "cuelight.settings"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "System check identified no issues" in done.stdout


# --- a studio in production, behind a proxy on this machine


def asked(port: int, request: str, *headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a request as a proxy would pass it on."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        lines = [f"{request} HTTP/1.1", "Host: studio.example", "Connection: close", *headers]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while data := connection.recv(1 << 16):
            answer += data
            if b" 101 " in answer[:20] and b"\r\n\r\n" in answer:
                break
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *rest = head.decode("latin-1").split("\r\n")
    found = dict(line.lower().split(": ", 1) for line in rest)
    return int(status.split()[1]), found, body


UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)
SOCKET = "GET /socket/websocket?vsn=2.0.0"
TLS = "X-Forwarded-Proto: https"


def test_a_studio_in_production_speaks_only_encrypted(tmp_path: Path, database_url: str) -> None:
    installation = Installation(tmp_path, database_url)
    assert installation.command("seed").returncode == 0
    token = installation.command("token", "--scope", "watch").stdout.strip()
    installation.environment |= PRODUCTION
    link = installation.command("link", "--role", "producer").stdout.strip().removeprefix("https://studio.example")
    printed = installation.start()
    port = installation.port
    try:
        assert any("https://studio.example" in line for line in printed)

        status, headers, _ = asked(port, "GET /sign-in?next=/sessions")
        assert (status, headers["location"]) == (301, "https://studio.example/sign-in?next=/sessions")
        assert asked(port, "POST /sign-in", "Content-Length: 0")[0] == 403
        assert asked(port, "GET /healthz")[0] == 200

        status, headers, _ = asked(port, f"GET {link}", TLS)
        assert (status, headers["strict-transport-security"]) == (302, "max-age=31536000")
        cookie = headers["set-cookie"]
        assert cookie.startswith("__host-cuelight=")
        for word in ("secure", "httponly", "path=/", "samesite=lax"):
            assert word in cookie
        assert "domain" not in cookie
        key = f"Cookie: __Host-cuelight={cookie.split(';')[0].split('=')[1]}"
        assert asked(port, "GET /sessions", TLS, key)[0] == 200

        origin, other = "Origin: https://studio.example", "Origin: https://evil.example"
        assert asked(port, SOCKET, *UPGRADE, TLS, key, origin)[0] == 101
        assert asked(port, SOCKET, *UPGRADE, key, origin)[0] == 403, "not encrypted"
        assert asked(port, SOCKET, *UPGRADE, TLS, key, other)[0] == 403, "another's page"
        assert asked(port, SOCKET, *UPGRADE, TLS, key, "Origin: http://studio.example")[0] == 403, (
            "a page of plain http"
        )
        assert asked(port, SOCKET, *UPGRADE, TLS, key)[0] == 403, "no browser's cookie"
        assert asked(port, f"{SOCKET}&token={token}", *UPGRADE, TLS)[0] == 101
        assert asked(port, f"{SOCKET}&token={token}", *UPGRADE)[0] == 403
        assert asked(port, f"{SOCKET}&token={token}", *UPGRADE, TLS, other)[0] == 403
        strange = [header.replace("studio.example", "evil.example") for header in (origin, key)]
        assert asked(port, SOCKET, *UPGRADE, TLS, *strange, "Host: evil.example")[0] in (400, 403)
    finally:
        assert installation.stop() == 0
    log = installation.log()
    for line in log.splitlines():
        json.loads(line)
    assert token not in log
    assert link.rpartition("/")[2] not in log


# --- the list of variables


def read_by_settings() -> set[str]:
    text = (ROOT / "cuelight" / "settings.py").read_text()
    found = set(re.findall(r"""env_\w+\(\s*"([A-Z_]+)\"""", text))
    return found | {f"CUELIGHT_{role.upper()}_PASSPHRASE" for role in DEVICE_ROLES}


def test_the_settings_are_the_only_reader_of_the_environment() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "cuelight").rglob("*.py"))
        if "/tests/" not in str(path)
        and path.name not in ("pytest_plugin.py", "testing.py")
        and path.name != "home.py"  # it asks where the system keeps sockets
        and re.search(r"os\.(?:getenv|environ\.get|environ\[[^\]]+\](?! =))", path.read_text())
    ]
    assert found == ["cuelight/environment.py"]


def test_the_documents_name_every_variable_and_no_other() -> None:
    table = (ROOT / "docs" / "configuration.md").read_text()
    example = (ROOT / ".env.example").read_text()
    cells = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", table, re.MULTILINE)
    rows = [name for cell in cells for name in re.findall(r"[A-Z_]+", cell)]
    lines = re.findall(r"^# ?([A-Z_]+)=", example, re.MULTILINE)
    assert len(read_by_settings()) > 15
    assert sorted(rows) == sorted(read_by_settings())
    assert sorted(lines) == sorted(read_by_settings())


def test_the_example_sets_nothing_by_itself() -> None:
    example = (ROOT / ".env.example").read_text()
    assert [line for line in example.splitlines() if line and not line.startswith("#")] == []


def test_the_example_gives_the_defaults(monkeypatch: pytest.MonkeyPatch, bare: None) -> None:
    example = dict(re.findall(r"^# ?([A-Z_]+)=(\S+)", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert len(example) > 10
    plain, given = settings_with(monkeypatch), settings_with(monkeypatch, **example)
    names = {name for name in plain if name.isupper() and name != "LOGGING"}  # it holds functions
    assert {name: given[name] for name in names} == {name: plain[name] for name in names}
