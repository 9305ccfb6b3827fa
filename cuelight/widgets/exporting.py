"""What a studio takes out of its overlays. Their addresses stay here: they would let anybody watch."""

from cuelight.accounts.archive import Archive
from cuelight.accounts.exporting import pieces
from cuelight.widgets.models import Overlay, WidgetConfig

README = """widgets/overlays.jsonl     overlays: which widgets stand where
widgets/settings.jsonl     what each kind of widget is set to, where it differs from the defaults
"""


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count: overlays."""
    return Overlay.objects.filter(studio_id=studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of the overlays."""
    overlays = Overlay.objects.filter(studio_id=studio_id)
    columns = ("id", "name", "width", "height", "boxes", "version", "made_by_id", "made_at", "changed_at", "deleted_at")
    archive.json_lines("widgets/overlays.jsonl", pieces(overlays.values(*columns)))
    settings = WidgetConfig.objects.filter(studio_id=studio_id).order_by("type")
    archive.json_lines("widgets/settings.jsonl", settings.values("type", "settings", "version", "changed_at"))
    archive.count(export_size(studio_id))
