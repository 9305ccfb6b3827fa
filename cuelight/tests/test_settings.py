"""Settings from the environment: good defaults, clear refusals."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from cuelight.settings import database
from cuelight.tests.installation import ROOT, Installation

LONG = "fifty characters that nobody could ever guess, really"
READ = ("PORT", "POOL_SIZE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY_BASE")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing set."""
    for name in list(os.environ):
        if name in READ or name.startswith("CUELIGHT_"):
            monkeypatch.delenv(name)


def settings_with(monkeypatch: pytest.MonkeyPatch, **environment: str) -> dict[str, Any]:
    """The settings as a process with this environment reads them."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "cuelight" / "settings.py"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "four", "PORT is 'four'; it takes a whole number from 1 to 65535."),
        ("PORT", "70000", "PORT is '70000'; it takes a whole number from 1 to 65535."),
        ("POOL_SIZE", "1", "POOL_SIZE is '1'; it takes a whole number from 2 to 1000."),
        ("CUELIGHT_PUSH_RATE", "-5", "CUELIGHT_PUSH_RATE is '-5'; it takes a whole number from 1 to 1000000."),
        ("CUELIGHT_ENV", "prod", "CUELIGHT_ENV is 'prod'; it takes one of: development, production."),
        ("CUELIGHT_NO_DEMO", "maybe", "CUELIGHT_NO_DEMO is 'maybe'; it takes 1 or 0."),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must begin with postgresql://"),
        ("DATABASE_URL", "postgresql://x:port/y", "DATABASE_URL is not an address:"),
        ("DATABASE_URL", "postgresql:///y?no_such=1", "DATABASE_URL has an option PostgreSQL does not know: "),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis://, rediss:// or unix://."),
        ("SECRET_KEY_BASE", "short", "SECRET_KEY_BASE has 5 characters; it takes 32 or more that nobody can guess."),
        ("CUELIGHT_PUBLIC_URL", "studio.example", "CUELIGHT_PUBLIC_URL is 'studio.example'; it takes an address like"),
        (
            "CUELIGHT_SOCKET_ORIGINS",
            "https://a.example, b",
            "CUELIGHT_SOCKET_ORIGINS has 'b' in it; it takes addresses",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(monkeypatch, **{name: value})
    assert str(refused.value).startswith(sentence)


def test_a_refusal_does_not_quote_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings_with(monkeypatch, DATABASE_URL="postgresql://mia:hush@x:port/y")
    assert "hush" not in str(refused.value)


def test_with_nothing_set_it_is_a_demo_studio_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings_with(monkeypatch)
    assert (found["HOST"], found["PORT"], found["DEMO"], found["MISSING"]) == ("127.0.0.1", 4000, True, [])
    assert found["DATA_DIR"] == ROOT / "var"
    assert settings_with(monkeypatch, CUELIGHT_PUBLIC_URL="http://[::1]:4000")["DEMO"] is True
    assert settings_with(monkeypatch, CUELIGHT_NO_DEMO="1")["DEMO"] is False


@pytest.mark.parametrize(
    "reachable",
    [
        {"CUELIGHT_ENV": "production"},
        {"CUELIGHT_HOST": "0.0.0.0"},
        {"CUELIGHT_PUBLIC_URL": "https://studio.example"},
        {"CUELIGHT_ALLOWED_HOSTS": "localhost,studio.example"},
    ],
)
def test_a_studio_that_others_can_reach_has_no_demo_and_needs_a_database_and_a_secret(
    monkeypatch: pytest.MonkeyPatch, reachable: dict[str, str]
) -> None:
    bare = settings_with(monkeypatch, **reachable)
    assert (bare["DEMO"], bare["MISSING"][:2]) == (False, ["DATABASE_URL", "SECRET_KEY_BASE"])
    blank = settings_with(monkeypatch, DATABASE_URL="postgresql://x/y", SECRET_KEY_BASE="  ")
    assert blank["MISSING"][:1] == ["SECRET_KEY_BASE"]
    reachable = {"CUELIGHT_PUBLIC_URL": "https://studio.example", **reachable}
    whole = settings_with(monkeypatch, SECRET_KEY_BASE=LONG, **reachable)
    assert (whole["DEMO"], whole["MISSING"], whole["SECRET_KEY"]) == (False, [], LONG)


def test_in_production_cookies_travel_only_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_with(monkeypatch)["SESSION_COOKIE_SECURE"] is False
    found = settings_with(monkeypatch, CUELIGHT_ENV="production")
    assert (found["SESSION_COOKIE_SECURE"], found["CSRF_COOKIE_SECURE"]) == (True, True)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "four"}, "PORT is 'four'; it takes a whole number from 1 to 65535."),
        ({"CUELIGHT_ENV": "production"}, "environment variable DATABASE_URL is missing."),
        ({"CUELIGHT_HOST": "0.0.0.0", "DATABASE_URL": "postgresql://x/y"}, "environment variable SECRET_KEY_BASE is"),
    ],
)
def test_the_command_line_says_it_in_one_sentence(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    done = Installation(tmp_path).command("run", **environment)
    assert done.returncode == 1
    assert done.stderr.startswith(f"cuelight: {sentence}"), done.stderr
    assert all(line.startswith("cuelight: ") for line in done.stderr.splitlines())


def test_a_database_url_is_read_with_everything_in_it() -> None:
    found = database("postgres://mia:p%40ss@db.example:5433/show%20time?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "mia", "p@ss", "db.example", "5433", "show time",
    )  # fmt: skip
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    local = database("postgresql:///cuelight?host=/run/pg&user=mia")
    assert (local["HOST"], local["USER"], local["NAME"]) == ("/run/pg", "mia", "cuelight")
