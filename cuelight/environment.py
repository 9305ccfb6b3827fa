"""The environment, read as what it should be: each reader refuses what cannot be meant, with the variable's name.

Only `settings` calls these.
"""

import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DEVICE_ROLES = ("admin", "producer", "host", "cataloger")
LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_number(name: str, default: int, *, least: int, most: int) -> int:
    text = env_text(name)
    if not text:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes a whole number from {least} to {most}.")
    return int(text)


def env_secret(name: str, default: str) -> str:
    """A secret long enough not to be guessed; the refusal does not quote it."""
    text = env_text(name)
    if text and len(text) < 32:
        raise ImproperlyConfigured(f"{name} has {len(text)} characters; it takes 32 or more that nobody can guess.")
    if text and (text == default or len(set(text)) < 8):
        raise ImproperlyConfigured(f"{name} can be guessed; it takes 32 random characters or more.")
    return text or default


def env_file(name: str) -> str:
    """The path of a file that can be read, or nothing."""
    path = env_text(name)
    if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise ImproperlyConfigured(f"{name} is {path!r}; there is no such file that can be read.")
    return path


def env_passphrases() -> dict[str, str]:
    """What the devices of each role sign in by. Taken out of the environment, so that no child process has them."""
    found = {role: os.environ.pop(f"CUELIGHT_{role.upper()}_PASSPHRASE", "").strip() for role in DEVICE_ROLES}
    for role, text in found.items():
        if text and not 12 <= len(text) <= 200:
            raise ImproperlyConfigured(
                f"CUELIGHT_{role.upper()}_PASSPHRASE has {len(text)} characters; it takes 12 to 200."
            )
    return found


def env_flag(name: str) -> bool:
    text = env_text(name, "0").lower()
    if text not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes 1 or 0.")
    return text in ("1", "true", "yes", "on")


def env_choice(name: str, choices: tuple[str, ...]) -> str:
    text = env_text(name, choices[0])
    if text not in choices:
        raise ImproperlyConfigured(f"{name} is {text!r}; it takes one of: {', '.join(choices)}.")
    return text


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_origins(name: str) -> list[str]:
    """Addresses of others' pages, with commas: what a browser sends as Origin."""
    origins = [origin.rstrip("/") for origin in env_list(name)]
    for origin in origins:
        parts = split(name, origin)
        if not parts.scheme or not parts.hostname or parts.path or parts.query:
            raise ImproperlyConfigured(f"{name} has {origin!r} in it; it takes addresses like https://studio.example.")
    return origins


def env_networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Addresses or networks, with commas: ``10.0.0.0/8, 2001:db8::1``."""
    try:
        return [ip_network(text, strict=False) for text in env_list(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} has a mistake in it: {error}.") from error


def env_site(name: str, default: str, *, encrypted: bool) -> str:
    """The address of a site: no path. ``encrypted``: one that is set must begin with https."""
    site = env_text(name, default).rstrip("/")
    parts = split(name, site)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ImproperlyConfigured(f"{name} is {site!r}; it takes an address like https://studio.example.")
    if encrypted and parts.scheme != "https" and env_text(name):
        raise ImproperlyConfigured(f"{name} is {site!r}; in production it takes an address that begins with https.")
    return site


def env_base(name: str, default: str) -> str:
    """The address of another service, with or without a path."""
    base = env_text(name, default).rstrip("/")
    if not base:
        return ""
    parts = split(name, base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ImproperlyConfigured(f"{name} is {base!r}; it takes an address like https://github.example.")
    return base


def env_socket(name: str, default: str) -> str:
    """The address of another service's WebSocket."""
    url = env_text(name, default)
    parts = split(name, url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname or parts.fragment:
        raise ImproperlyConfigured(f"{name} is {url!r}; it takes an address like {default}.")
    return url


def env_shopify_url(name: str, default: str) -> str:
    """The address of a shop, with ``{shop}`` where its domain goes."""
    url = env_text(name, default).rstrip("/")
    parts = split(name, url.replace("{shop}", "shop.example"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ImproperlyConfigured(f"{name} is {url!r}; it takes an address like {default}.")
    return url


def env_version(name: str, default: str) -> str:
    """A version by the month it came out."""
    version = env_text(name, default)
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", version, re.ASCII):
        raise ImproperlyConfigured(f"{name} is {version!r}; it takes a year and a month like {default}.")
    return version


def env_smtp(name: str) -> dict[str, Any] | None:
    """How mail is sent, from ``smtp://user:password@host:port``; None: it is not.

    ``smtps`` speaks TLS from the first byte; ``smtp`` turns to it before anything is said, except on this machine.
    """
    url = env_text(name)
    if not url:
        return None
    parts = split(name, url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(f"{name} takes an address like smtp://user:password@mail.example:587.")
    secure = parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if secure else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": not secure and parts.hostname not in LOOPBACK,
        "timeout": 20,
    }


def env_redis(name: str) -> str:
    """Encrypted or not; but who speaks TLS with it knows with whom."""
    url = env_text(name)
    parts = split(name, url)
    if url and parts.scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(f"{name} must begin with redis://, rediss:// or unix://.")
    for option, value in parse_qsl(parts.query, keep_blank_values=True):
        if (option == "ssl_cert_reqs" and value != "required") or (
            option == "ssl_check_hostname" and value.lower() not in ("true", "yes", "1")
        ):
            raise ImproperlyConfigured(
                f"{name} says {option}={value}, which does not check who answers; leave it out. "
                "ssl_ca_certs names the file of an authority that the system does not know."
            )
    return url


def split(name: str, url: str) -> SplitResult:
    """The parts of an address. The refusal does not quote it: there may be a password in it."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a number, or ValueError
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address: {error}.") from None
    return parts
