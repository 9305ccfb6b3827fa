"""The end of a studio's overlays."""

from cuelight.accounts.actions import erase_rows
from cuelight.widgets.files import delete_stored
from cuelight.widgets.models import Dock, ObsScene, Overlay, WidgetConfig, WidgetFile


def erase_studio(studio_id: int) -> None:
    """Deletes overlays, docks, what widgets were set to, and their files. May run twice: a file goes before its row."""
    delete_stored(WidgetFile.objects.filter(studio_id=studio_id).values_list("stored", flat=True))
    for table in (Overlay, WidgetConfig, WidgetFile, Dock, ObsScene):
        erase_rows(table.objects.filter(studio_id=studio_id))
