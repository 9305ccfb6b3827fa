"""What docks and their pages read, as plain rows."""

import re
from typing import Any, TypedDict

import msgspec

from cuelight.accounts import queries as accounts
from cuelight.accounts.access import Access
from cuelight.accounts.session_choices import SessionChoice
from cuelight.errors import Invalid, NotFound
from cuelight.sessions import queries as sessions
from cuelight.sessions.queries import RunningRow
from cuelight.streams import encoder
from cuelight.streams import queries as streams
from cuelight.streams.encoder import DriverRow
from cuelight.streams.rows import AirRow
from cuelight.widgets import addresses
from cuelight.widgets.addresses import secret_of as secret_of
from cuelight.widgets.models import Dock, ObsScene

_ADDRESS = re.compile(r"wss?://(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5})(?::[0-9]{1,5})?\Z")


class ScenesRow(TypedDict):
    """Scenes of OBS by product id, as text, and by name of section."""

    products: dict[str, str]
    sections: dict[str, str]


class NowRow(TypedDict):
    """How things stand for every dock of a studio. ``running``: the session that is live or in rehearsal; ``driver``:
    which page speaks for OBS."""

    running: RunningRow | None
    air: AirRow
    driver: DriverRow | None


class SceneRow(TypedDict):
    """One scene in a list, with what it is for in words."""

    id: int
    scene: str
    product: str
    section: str


def dock(studio_id: int, dock_id: int) -> Dock:
    """Raises NotFound."""
    return addresses.page(Dock, studio_id, dock_id)


def studio_of(dock_id: int) -> int | None:
    """The studio of a dock, also of one that was removed: it can be put back. For the gate."""
    return addresses.studio_of(Dock, dock_id)


def studio_of_scene(scene_id: int) -> int | None:
    """For the gate."""
    if scene_id >= 2**63:
        return None
    return ObsScene.objects.filter(id=scene_id).values_list("studio_id", flat=True).first()


def docks(studio_id: int) -> list[Dock]:
    return addresses.pages(Dock, studio_id)


def by_secret(secret: str) -> Dock | None:
    """The dock of an address that is still good."""
    return addresses.by_secret(Dock, secret)


def name_of(access: Access) -> str:
    """What others here call whoever holds this access: the dock, else the person."""
    found = Dock.objects.filter(token_id=access.token_id).first() if access.token_id is not None else None
    if found is not None:
        return found.name
    known = accounts.names([access.person_id]) if access.person_id is not None else {}
    return known.get(access.person_id or 0, "Another page")


def now(studio_id: int) -> NowRow:
    return {
        "running": sessions.running(studio_id),
        "air": streams.air(studio_id),
        "driver": encoder.driver(studio_id),
    }


def scenes(studio_id: int) -> ScenesRow:
    rows = list(ObsScene.objects.filter(studio_id=studio_id).values_list("product_id", "section", "scene"))
    return {
        "products": {str(product_id): scene for product_id, _, scene in rows if product_id is not None},
        "sections": {section: scene for product_id, section, scene in rows if product_id is None},
    }


def presets(studio_id: int, session_id: int) -> list[dict[str, str]]:
    """Messages that are kept ready for a session of the studio: ``{text, color}``. Raises NotFound."""
    sessions.session_in([studio_id], session_id)
    kept: list[dict[str, str]] = msgspec.to_builtins(sessions.state(session_id).settings.presets)
    return kept


def scene_rows(studio_id: int) -> list[SceneRow]:
    """All of a studio's, products by name, then sections."""
    found = ObsScene.objects.filter(studio_id=studio_id).order_by("product__name", "section", "id")
    rows = found.values_list("id", "scene", "product__name", "section")
    return [
        {"id": row_id, "scene": scene, "product": product or "", "section": section}
        for row_id, scene, product, section in rows
    ]


def scene_to_restore(studio_id: int, scene_id: int) -> dict[str, Any]:
    """A scene with all that is needed to set it again, and what it is of in words. Raises NotFound."""
    rows = ObsScene.objects.filter(studio_id=studio_id, id=scene_id)
    found = rows.values("scene", "product_id", "section", "product__name").first()
    if found is None:
        raise NotFound("There is no such scene.")
    kept = {name: found[name] for name in ("scene", "product_id", "section")}
    return {**kept, "called": found["product__name"] or found["section"]}


def session_choices(studio_id: int) -> list[SessionChoice]:
    """The sessions that a dock may follow."""
    return [choice for choice in sessions.session_choices(studio_id) if choice.is_offered]


def checked_address(given: str) -> str:
    """Where OBS listens, as it is kept; nothing for the dock's own machine. Raises Invalid.

    It becomes part of the page's policy: letters, digits, points and a port, and nothing else.
    """
    address = given.strip().lower().rstrip("/")
    if not address:
        return ""
    if "://" not in address:
        address = f"ws://{address}"
    if not _ADDRESS.match(address):
        raise Invalid("invalid_address", "Write the address as OBS shows it, such as 192.168.1.20:4455.")
    return address


def origins(dock: Dock) -> list[str]:
    """What the dock's page may connect to besides the studio: OBS on the same machine, and where it is set to be."""
    own = ["ws://127.0.0.1:*", "ws://localhost:*"]
    return [*own, dock.obs_address] if dock.obs_address else own


def props(dock: Dock, secret: str) -> dict[str, Any]:
    """What the dock's page starts with."""
    return {
        "dockId": dock.pk,
        "name": dock.name,
        "role": dock.role,
        "studioId": dock.studio_id,
        "sessionId": dock.session_id,
        "obsAddress": dock.obs_address or "ws://127.0.0.1:4455",
        "token": secret,
    }
