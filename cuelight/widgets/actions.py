"""Every write to overlays and widgets' settings: one transaction, and the broadcast after it."""

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cuelight.accounts.access import Access
from cuelight.errors import Invalid, NotFound
from cuelight.live.broadcast import broadcast
from cuelight.widgets import addresses, files, layout, queries, schema, starts
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import Overlay, WidgetConfig

MOST_OVERLAYS = 50


def create_overlay(name: str, width: int, height: int, *, access: Access, boxes: Any = ()) -> Overlay:
    """A new overlay with an address of its own. Raises Invalid."""
    name = addresses.named(Overlay, name)
    if (width, height) not in layout.CANVASES:
        raise Invalid("invalid_canvas", "Choose one of the sizes that are offered.")
    addresses.require_room(Overlay, access.studio_id, MOST_OVERLAYS)
    made = Overlay(
        studio_id=access.studio_id,
        name=name,
        width=width,
        height=height,
        boxes=layout.checked(list(boxes)),
        made_by_id=access.person_id,
    )
    addresses.create(made)
    return made


def begin_overlay(name: str, canvas: str, start: str, *, access: Access) -> Overlay:
    """A new overlay as a form asks for it: ``canvas`` like 1920x1080, ``start`` of `starts.STARTS`. Raises Invalid."""
    size = {f"{width}x{height}": (width, height) for width, height in layout.CANVASES}.get(canvas)
    if size is None:
        raise Invalid("invalid_canvas", "Choose one of the sizes that are offered.")
    if start not in starts.STARTS:
        raise Invalid("invalid_start", "Choose one of the beginnings that are offered.")
    return create_overlay(name, *size, access=access, boxes=starts.boxes(start, *size))


def duplicate_overlay(overlay_id: int, *, access: Access) -> Overlay:
    """Another one with the same widgets in the same places, under an address of its own. Raises Invalid, NotFound."""
    found = queries.overlay(access.studio_id, overlay_id)
    name = f"{found.name[:55]} copy"
    return create_overlay(name, found.width, found.height, access=access, boxes=found.boxes)


def rename_overlay(overlay_id: int, name: str, *, access: Access) -> None:
    _change(overlay_id, access, name=addresses.named(Overlay, name))


def save_layout(overlay_id: int, boxes: Any, *, access: Access) -> int:
    """The boxes of an overlay, all of them; open pages follow at once. Returns the new version. Raises Invalid."""
    return _change(overlay_id, access, boxes=layout.checked(boxes))


def overlay_seen(overlay_id: int) -> None:
    """A page of it is there just now, or was until now."""
    Overlay.objects.filter(id=overlay_id).update(seen_at=timezone.now())


def delete_overlay(overlay_id: int, *, access: Access) -> None:
    """Takes an overlay out; its address leads nowhere from now on, until it is restored."""
    addresses.delete(Overlay, overlay_id, access=access)


def restore_overlay(overlay_id: int, *, access: Access) -> Overlay:
    """Puts a deleted overlay back. Its address is a new one. Raises NotFound."""
    return addresses.restore(Overlay, overlay_id, access=access)


def regenerate_address(overlay_id: int, *, access: Access) -> str:
    """A new secret; pages under the old one are put out within a second. Returns the secret."""
    return addresses.regenerate(Overlay, overlay_id, access=access)


def save_settings(widget: str, given: dict[str, Any], *, access: Access) -> queries.ConfigRow:
    """What a kind of widget is set to, all of it; open overlays follow at once. Raises Invalid, NotFound."""
    kept = schema.checked(queries.kind(widget), given)
    with transaction.atomic():
        found, _ = WidgetConfig.objects.select_for_update().get_or_create(studio_id=access.studio_id, type=widget)
        return _keep(found, kept, access)


def change_settings(widget: str, changes: dict[str, Any], *, access: Access) -> queries.ConfigRow:
    """Puts some settings of a kind over what is kept; the others stay, also those that somebody else has changed
    meanwhile. Open overlays follow at once. Raises Invalid, naming the field, and NotFound."""
    return change_several({widget: changes}, access=access).rows[widget]


class Changed(NamedTuple):
    """``rows``: what the kinds are set to now. ``before``: what the changed settings were, to take it back."""

    rows: dict[str, queries.ConfigRow]
    before: dict[str, dict[str, Any]]


def change_several(changes: dict[str, dict[str, Any]], *, access: Access) -> Changed:
    """As `change_settings` for several kinds, all of them or none."""
    good = {widget: schema.checked(queries.kind(widget), some) for widget, some in changes.items()}
    done = Changed({}, {})
    with transaction.atomic():
        for widget, some in sorted(changes.items()):
            files.require_known(access.studio_id, some)
            found, _ = WidgetConfig.objects.select_for_update().get_or_create(studio_id=access.studio_id, type=widget)
            was = schema.resolved(queries.kind(widget), found.settings)
            kept = {name: value for name, value in found.settings.items() if name not in some} | good[widget]
            schema.require_size(kept)
            done.before[widget] = {name: was[name] for name in some if was[name] != some[name]}
            done.rows[widget] = _keep(found, kept, access)
    return done


def apply_preset(name: str, *, access: Access) -> Changed:
    """Gives every kind that has a look of this name that look. Raises NotFound when none has."""
    changes = {
        widget: preset["settings"]
        for widget, kind in KINDS.items()
        for preset in schema.presets(kind)
        if preset["name"] == name
    }
    if not changes:
        raise NotFound("No widget has a look of this name.")
    return change_several(changes, access=access)


def _keep(config: WidgetConfig, settings: dict[str, Any], access: Access) -> queries.ConfigRow:
    config.settings, config.version = settings, config.version + 1
    config.changed_by_id, config.changed_at = access.person_id, timezone.now()
    config.save()
    row = queries.config(access.studio_id, config.type)
    broadcast(f"widget_config:{config.type}:{access.studio_id}", "config_changed", {**row})
    return row


def _change(overlay_id: int, access: Access, **values: Any) -> int:
    with transaction.atomic():
        found = queries.overlay(access.studio_id, overlay_id)
        now = timezone.now()
        Overlay.objects.filter(id=found.id).update(version=F("version") + 1, changed_at=now, **values)
        found.refresh_from_db()
        broadcast(f"overlay:{found.id}", "overlay_changed", {**queries.overlay_row(found)})
    return found.version
