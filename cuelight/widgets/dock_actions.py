"""Every write to docks and to the scenes they switch: one transaction, and the broadcast after it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from cuelight.accounts.access import Access
from cuelight.accounts.actions.tokens import create_token, revoke_token
from cuelight.catalog import queries as catalog
from cuelight.errors import Invalid, NotFound
from cuelight.live.broadcast import broadcast
from cuelight.sealing import seal
from cuelight.sessions import queries as sessions
from cuelight.widgets import dock_queries
from cuelight.widgets.models import Dock, ObsScene

MOST_DOCKS = 50
MOST_SCENES = 1_000
LONGEST_SCENE = 200


def create_dock(name: str, role: str, *, access: Access, session_id: int | None = None, obs_address: str = "") -> Dock:
    """A new dock with an address of its own. Raises Invalid, NotFound for a session of elsewhere."""
    made = Dock(studio_id=access.studio_id, made_by_id=access.person_id)
    _set(made, name, role, session_id, obs_address)
    if Dock.objects.filter(studio_id=access.studio_id, deleted_at=None).count() >= MOST_DOCKS:
        raise Invalid("too_many", f"A studio has {MOST_DOCKS} docks at most.")
    with transaction.atomic():
        _new_address(made, by=access.person_id)
        made.save()
    return made


def remove_dock(dock_id: int, *, access: Access) -> None:
    """Takes a dock out; whoever has it open is put out within a second."""
    with transaction.atomic():
        found = dock_queries.dock(access.studio_id, dock_id)
        _end_address(found, by=access.person_id)
        Dock.objects.filter(id=found.id).update(deleted_at=timezone.now())


def restore_dock(dock_id: int, *, access: Access) -> Dock:
    """Puts a removed dock back. Its address is a new one. Raises NotFound."""
    with transaction.atomic():
        found = Dock.objects.select_for_update().filter(studio_id=access.studio_id, id=dock_id).first()
        if found is None:
            raise NotFound("There is no such dock.")
        if found.deleted_at is not None:
            found.deleted_at = None
            _new_address(found, by=access.person_id)
            found.save()
    return found


def regenerate_address(dock_id: int, *, access: Access) -> str:
    """A new secret; pages under the old one are put out within a second. Returns the secret."""
    with transaction.atomic():
        found = Dock.objects.select_for_update().get(id=dock_queries.dock(access.studio_id, dock_id).id)
        _end_address(found, by=access.person_id)
        secret = _new_address(found, by=access.person_id)
        found.save(update_fields=["token", "sealed_secret"])
    return secret


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
    dock.name = " ".join(name.split())
    if not dock.name or len(dock.name) > 60 or not dock.name.isprintable():
        raise Invalid("invalid_name", "Give the dock a name of up to 60 letters.")
    if role not in Dock.Role.values:
        raise Invalid("invalid_role", "Choose what the dock may do.")
    dock.role = role
    if session_id is not None:
        sessions.session_in([dock.studio_id], session_id)
    dock.session_id = session_id
    dock.obs_address = dock_queries.checked_address(obs_address)


def _new_address(dock: Dock, *, by: int | None) -> str:
    token_id, secret = create_token(dock.studio_id, name=f"Dock {dock.name}"[:60], scopes=[dock.role], by=by)
    dock.token_id, dock.sealed_secret = token_id, seal(secret, purpose=dock_queries.PURPOSE)
    return secret


def _end_address(dock: Dock, *, by: int | None) -> None:
    if dock.token_id is not None:
        revoke_token(dock.studio_id, dock.token_id, by=by)
