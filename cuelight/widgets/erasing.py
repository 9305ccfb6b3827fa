"""The end of a studio's overlays."""

from cuelight.accounts.actions import erase_rows
from cuelight.widgets.models import Overlay, WidgetConfig


def erase_studio(studio_id: int) -> None:
    """Deletes overlays and what widgets were set to. May run twice."""
    for table in (Overlay, WidgetConfig):
        erase_rows(table.objects.filter(studio_id=studio_id))
