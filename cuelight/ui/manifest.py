"""What Vite built: which files a page needs for an entry, read once from its build's manifest."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

ENTRY = "src/main.ts"
#: The page in OBS has a build of its own: no fonts, no palette, nothing that an overlay has no use for.
OVERLAY_ENTRY = "src/widgets/overlay.ts"
#: Which files a build has, by the entry it was made for.
_LISTS = {ENTRY: "manifest.json", OVERLAY_ENTRY: "overlay-manifest.json"}
#: A build with one sheet for everything lists it under this name.
_ONE_SHEET = "style.css"
_FONT = re.compile(r"@font-face\s*{[^}]*}")


class NotBuilt(Exception):
    """There is no front end yet; ``make build`` makes it."""


@dataclass(frozen=True)
class Assets:
    """URLs, in the order they are to be loaded."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    preloads: tuple[str, ...]


def assets(island: str | None = None) -> Assets:
    """The entry's files, and those of one island, so that the browser asks for everything at once. Raises NotBuilt."""
    return _assets(ENTRY, (f"/{island}.island.svelte",) if island else ())


def overlay_assets(kinds: Iterable[str] = ()) -> Assets:
    """As ``assets``, of the page in OBS with these kinds of widgets; one that is not built is left out."""
    return _assets(OVERLAY_ENTRY, tuple(f"/kinds/{kind}/index.ts" for kind in kinds))


def _assets(entry: str, also: tuple[str, ...]) -> Assets:
    """``also``: how the names of further sources end that the page will ask for."""
    manifest = _manifest(settings.FRONTEND_DIST / _LISTS[entry])
    keys = [entry, *(key for end in also for key in manifest if key.endswith(end))]
    chunks = [chunk for key in keys for chunk in _with_imports(manifest, key)]
    files = list(dict.fromkeys(chunk["file"] for chunk in chunks))
    sheets = [manifest[_ONE_SHEET]["file"]] if _ONE_SHEET in manifest else []
    styles = list(dict.fromkeys([*sheets, *(style for chunk in chunks for style in chunk.get("css", ()))]))
    return Assets(
        scripts=(_url(manifest[entry]["file"]),),
        styles=tuple(map(_url, styles)),
        preloads=tuple(_url(file) for file in files if file != manifest[entry]["file"]),
    )


def build() -> str:
    """What tells one build of the overlay's page from another: all its files, also those of single widgets, whose names
    say what is in them. Nothing where there is none yet."""
    try:
        manifest = _manifest(settings.FRONTEND_DIST / _LISTS[OVERLAY_ENTRY])
    except NotBuilt:
        return ""
    files = sorted({chunk["file"] for chunk in manifest.values()})
    return hashlib.sha256(" ".join(files).encode()).hexdigest()[:12]


def has_island(name: str) -> bool:
    """Whether there is an island of this name. Raises NotBuilt."""
    manifest = _manifest(settings.FRONTEND_DIST / _LISTS[ENTRY])
    return any(key.endswith(f"/{name}.island.svelte") for key in manifest)


def style() -> str:
    """The text of the entry's styles, for a file that must stand alone; without the fonts, which it could not load."""
    files = [settings.FRONTEND_DIST / url.removeprefix(settings.STATIC_URL) for url in assets().styles]
    return _FONT.sub("", "\n".join(file.read_text() for file in files))


def _with_imports(manifest: dict[str, Any], key: str, seen: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """A chunk and all that it imports, itself last."""
    if key in seen:
        return []
    chunk = manifest[key]
    seen |= {key}
    return [one for name in chunk.get("imports", ()) for one in _with_imports(manifest, name, seen)] + [chunk]


def _url(file: str) -> str:
    return f"{settings.STATIC_URL}{file}"


def _manifest(path: Path) -> dict[str, Any]:
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise NotBuilt("The pages' scripts are not built yet: run 'make build'.") from error


@cache
def _read(path: Path, changed_at: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text())
    return manifest
