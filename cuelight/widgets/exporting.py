"""What a studio takes out of its overlays. Their addresses stay here: they would let anybody watch."""

from pathlib import PurePosixPath

from django.core.files.storage import storages
from django.db.models import QuerySet

from cuelight.accounts.archive import Archive
from cuelight.accounts.exporting import pieces
from cuelight.widgets.files import FOLDER
from cuelight.widgets.models import Dock, ObsScene, Overlay, WidgetConfig, WidgetFile

README = """widgets/overlays.jsonl     overlays: which widgets stand where
widgets/settings.jsonl     what each kind of widget is set to, where it differs from the defaults
widgets/files.jsonl        sounds and pictures that were uploaded for widgets: which file is which
widgets/files/             those files
widgets/missing.txt        those whose file could not be found, if there are any
widgets/docks.jsonl        docks for OBS, without their addresses
widgets/scenes.jsonl       which scene of OBS belongs to which product or section
"""


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count: overlays and files."""
    return Overlay.objects.filter(studio_id=studio_id).count() + _files(studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of the overlays."""
    overlays = Overlay.objects.filter(studio_id=studio_id)
    columns = ("id", "name", "width", "height", "boxes", "version", "made_by_id", "made_at", "changed_at", "deleted_at")
    archive.json_lines("widgets/overlays.jsonl", pieces(overlays.values(*columns)))
    settings = WidgetConfig.objects.filter(studio_id=studio_id).order_by("type")
    archive.json_lines("widgets/settings.jsonl", settings.values("type", "settings", "version", "changed_at"))
    docks = Dock.objects.filter(studio_id=studio_id)
    kept = ("id", "name", "role", "session_id", "obs_address", "made_by_id", "made_at", "deleted_at")
    archive.json_lines("widgets/docks.jsonl", pieces(docks.values(*kept)))
    scenes = ObsScene.objects.filter(studio_id=studio_id).order_by("id")
    archive.json_lines("widgets/scenes.jsonl", scenes.values("id", "product_id", "section", "scene"))
    archive.count(overlays.count())
    _export_files(studio_id, archive)


def _export_files(studio_id: int, archive: Archive) -> None:
    archive.json_lines("widgets/files.jsonl", _files(studio_id).values("kind", "name", "stored", "size", "made_at"))
    missing = []
    for file in _files(studio_id):
        try:
            with storages["default"].open(FOLDER + file.stored) as opened:
                archive.file(f"widgets/files/{PurePosixPath(file.stored).name}", opened)
        except OSError:
            missing.append(f"{file.stored}  {file.name}\n")
        archive.count()
    if missing:
        archive.text("widgets/missing.txt", "".join(missing))


def _files(studio_id: int) -> QuerySet[WidgetFile]:
    return WidgetFile.objects.filter(studio_id=studio_id, removed_at=None).order_by("id")
