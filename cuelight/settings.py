"""Every setting, read once from the environment. With nothing set, the demo studio starts on this machine.

This is the only module that reads environment variables; `docs/configuration.md` lists them all.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_number(name: str, default: int, *, least: int = 0) -> int:
    text = env_text(name)
    if not text:
        return default
    if not text.isdecimal() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes a whole number from {least} up.")
    return int(text)


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    text = env_text(name, choices[0])
    if text not in choices:
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes one of: {', '.join(choices)}.")
    return text


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL; ``?host=/folder`` names a socket folder, other options go to libpq."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; PostgreSQL is the only database.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "cuelight",
        "USER": unquote(parts.username or "") or options.pop("user", ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or options.pop("host", ""),
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 5}, **options},
    }


ENVIRONMENT = env_choice("CUELIGHT_ENV", ("development", "production"))
PRODUCTION = ENVIRONMENT == "production"
DEBUG = False
HOST = env_text("CUELIGHT_HOST", "127.0.0.1")
PORT = env_number("PORT", 4000, least=1)
POOL_SIZE = env_number("POOL_SIZE", 10, least=2)
DATA_DIR = Path(env_text("CUELIGHT_DATA_DIR", str(ROOT / "var"))).absolute()
DATABASE_URL = env_text("DATABASE_URL")
REDIS_URL = env_text("REDIS_URL")

# Pushes a socket may send: per second, and at once. Pages of other origins that may open a socket: "https://a.example".
PUSH_RATE = env_number("CUELIGHT_PUSH_RATE", 200, least=1)
PUSH_BURST = env_number("CUELIGHT_PUSH_BURST", 500, least=1)
SOCKET_ORIGINS = env_list("CUELIGHT_SOCKET_ORIGINS")

INSTALLED_APPS = [
    "cuelight.ui",
    "cuelight.live",
    "cuelight.jobs",
    "cuelight.accounts",
    "cuelight.catalog",
    "cuelight.sessions",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

DATABASES = {"default": database(DATABASE_URL or "postgresql:///cuelight")}

AUTH_USER_MODEL = "accounts.Person"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = env_text("SECRET_KEY_BASE", "demo studio on loopback; never used beyond it")

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = env_text("CUELIGHT_MEDIA_URL", "/media/").rstrip("/") + "/"

# Each app's jobs are in its jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
