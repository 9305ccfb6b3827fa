"""What screens and pages read of overlays and widgets, as plain rows."""

from typing import Any, TypedDict

from cuelight.errors import NotFound
from cuelight.widgets import addresses, schema
from cuelight.widgets.addresses import secret_of as secret_of
from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds import KINDS
from cuelight.widgets.models import Overlay, WidgetConfig


class OverlayRow(TypedDict):
    """A layout. ``boxes`` as `layout.Box`."""

    id: int
    name: str
    width: int
    height: int
    version: int
    boxes: list[dict[str, Any]]


class ConfigRow(TypedDict):
    """What one kind of widget is set to, with all defaults."""

    type: str
    version: int
    settings: dict[str, Any]


def overlay(studio_id: int, overlay_id: int) -> Overlay:
    """Raises NotFound."""
    return addresses.page(Overlay, studio_id, overlay_id)


def studio_of(overlay_id: int) -> int | None:
    """The studio of an overlay; None when there is none. For gate and channel."""
    if overlay_id >= 2**63:
        return None
    return Overlay.objects.filter(id=overlay_id, deleted_at=None).values_list("studio_id", flat=True).first()


def studio_of_any(overlay_id: int) -> int | None:
    """As ``studio_of``, also of a deleted one: for what restores it."""
    return addresses.studio_of(Overlay, overlay_id)


def overlays(studio_id: int) -> list[Overlay]:
    return addresses.pages(Overlay, studio_id)


def by_secret(secret: str) -> Overlay | None:
    """The overlay of an address that is still good."""
    return addresses.by_secret(Overlay, secret)


def overlay_row(overlay: Overlay) -> OverlayRow:
    return {
        "id": overlay.id,
        "name": overlay.name,
        "width": overlay.width,
        "height": overlay.height,
        "version": overlay.version,
        "boxes": [box for box in overlay.boxes if box.get("type") in KINDS],
    }


def kind(widget: str) -> Kind:
    """A kind of widget by its type. Raises NotFound."""
    found = KINDS.get(widget)
    if found is None:
        raise NotFound("There is no such widget.")
    return found


def config(studio_id: int, widget: str) -> ConfigRow:
    """What a kind is set to; the defaults where nobody set anything. Raises NotFound for a kind that is not there."""
    of = kind(widget)
    return _config_row(of, WidgetConfig.objects.filter(studio_id=studio_id, type=widget).first())


def configs(studio_id: int, widgets: set[str]) -> dict[str, ConfigRow]:
    """Several at once, by type, in one query."""
    asked = sorted(widgets & KINDS.keys())
    kept = {row.type: row for row in WidgetConfig.objects.filter(studio_id=studio_id, type__in=asked)}
    return {widget: _config_row(KINDS[widget], kept.get(widget)) for widget in asked}


def _config_row(of: Kind, kept: WidgetConfig | None) -> ConfigRow:
    settings = schema.resolved(of, kept.settings if kept else {})
    return {"type": of.type, "version": kept.version if kept else 0, "settings": settings}
