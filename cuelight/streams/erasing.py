"""The end of a studio's streams. Its feeds have stopped: a studio that is deleted is read by nobody."""

from cuelight.accounts.actions import erase_rows
from cuelight.streams import recordings
from cuelight.streams.models import (
    Alert,
    AlertRules,
    Encoder,
    Event,
    Feed,
    Moderated,
    OrderImport,
    OrderLine,
    PlatformAccount,
    Question,
    Seen,
    Stream,
    StreamSettings,
    ViewerCount,
    Wanted,
    Watch,
)
from cuelight.streams.orders import importing

#: What refers to others goes before them.
_TABLES = (
    PlatformAccount, Encoder, Feed, Watch, Event, Seen, Wanted, Question, OrderLine, OrderImport, ViewerCount,
    Moderated, Stream, StreamSettings, Alert, AlertRules,
)  # fmt: skip


def erase_studio(studio_id: int) -> None:
    """Deletes all that came from the studio's platforms, its recordings, and its accounts there. May run twice."""
    importing.forget_studio(studio_id)
    for table in _TABLES:
        erase_rows(table.objects.filter(studio_id=studio_id))
    recordings.erase_studio(studio_id)
