"""Every write to docks and to the scenes they switch: one transaction, and the broadcast after it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cuelight.accounts.access import Access
from cuelight.catalog import queries as catalog
from cuelight.errors import Invalid, NotFound
from cuelight.live.broadcast import broadcast
from cuelight.sessions import queries as sessions
from cuelight.widgets import addresses, dock_queries
from cuelight.widgets.models import Dock, ObsScene

MOST_DOCKS = 50
MOST_SCENES = 1_000
LONGEST_SCENE = 200


def create_dock(name: str, role: str, *, access: Access, session_id: int | None = None, obs_address: str = "") -> Dock:
    """A new dock with an address of its own. Raises Invalid, NotFound for a session of elsewhere."""
    made = Dock(studio_id=access.studio_id, made_by_id=access.person_id)
    _set(made, name, role, session_id, obs_address)
    addresses.require_room(Dock, access.studio_id, MOST_DOCKS)
    addresses.create(made)
    return made


def remove_dock(dock_id: int, *, access: Access) -> None:
    """Takes a dock out; whoever has it open is put out within a second."""
    addresses.delete(Dock, dock_id, access=access)


def restore_dock(dock_id: int, *, access: Access) -> Dock:
    """Puts a removed dock back. Its address is a new one. Raises NotFound."""
    return addresses.restore(Dock, dock_id, access=access)


def regenerate_address(dock_id: int, *, access: Access) -> str:
    """A new secret; pages under the old one are put out within a second. Returns the secret."""
    return addresses.regenerate(Dock, dock_id, access=access)


def set_scene(
    scene: str, *, access: Access, product_id: int | None = None, section: str = ""
) -> dock_queries.ScenesRow:
    """The scene of OBS for a product or for a section; an empty one takes it back. Every dock follows at once.
    Raises Invalid, NotFound."""
    scene, section = scene.strip(), section.strip()
    if (product_id is None) == (section == "") or len(section) > LONGEST_SCENE:
        raise Invalid("invalid", "A scene belongs to a product or to a section.")
    if len(scene) > LONGEST_SCENE:
        raise Invalid("invalid", f"The name of a scene has {LONGEST_SCENE} letters at most.")
    if product_id is not None and not catalog.products_of_studio(access.studio_id, [product_id]):
        raise NotFound("There is no such product.", reason="unknown_product")
    which: dict[str, Any] = {"studio_id": access.studio_id, "product_id": product_id, "section": section}
    of = ObsScene.objects.filter(**which)
    with transaction.atomic():
        changes = {"scene": scene, "changed_by_id": access.person_id, "changed_at": timezone.now()}
        if not scene:
            of.delete()
        elif not of.update(**changes):
            if ObsScene.objects.filter(studio_id=access.studio_id).count() >= MOST_SCENES:
                raise Invalid("too_many", f"A studio sets {MOST_SCENES} scenes at most.")
            ObsScene.objects.update_or_create(**which, defaults=changes)
        return _tell_scenes(access.studio_id)


def remove_scene(scene_id: int, *, access: Access) -> None:
    """No scene for this product or section any more. Removing twice is once."""
    with transaction.atomic():
        ObsScene.objects.filter(studio_id=access.studio_id, id=scene_id).delete()
        _tell_scenes(access.studio_id)


def _tell_scenes(studio_id: int) -> dock_queries.ScenesRow:
    row = dock_queries.scenes(studio_id)
    broadcast(f"docks:{studio_id}", "scenes_changed", {**row})
    return row


def _set(dock: Dock, name: str, role: str, session_id: int | None, obs_address: str) -> None:
    dock.name = addresses.named(Dock, name)
    if role not in Dock.Role.values:
        raise Invalid("invalid_role", "Choose what the dock may do.")
    dock.role = role
    if session_id is not None:
        sessions.session_in([dock.studio_id], session_id)
    dock.session_id = session_id
    dock.obs_address = dock_queries.checked_address(obs_address)
