"""The end of a studio's sessions, after its live part was closed: nothing writes these rows any more."""

from cuelight.accounts.actions import erase_rows
from cuelight.sessions import imports
from cuelight.sessions.models import LineupItem, Session, SessionHost, SheetImport


def erase_studio(studio_id: int) -> None:
    """Deletes the studio's sessions, lineups, hosts and imports with their files. May run twice."""
    for run in SheetImport.objects.filter(studio_id=studio_id).exclude(path="").iterator():
        imports.path_of(run).unlink(missing_ok=True)
    erase_rows(SheetImport.objects.filter(studio_id=studio_id))
    erase_rows(LineupItem.objects.filter(studio_id=studio_id))
    erase_rows(SessionHost.objects.filter(session__studio_id=studio_id))
    erase_rows(Session.objects.filter(studio_id=studio_id))
