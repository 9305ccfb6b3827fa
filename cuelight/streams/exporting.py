"""What a studio takes out of its streams: what happened on the platforms, how many watched, what was asked and ordered.

Tokens stay here: they are worth something to a thief, and nothing to anybody else.
"""

from contextlib import suppress

from cuelight.accounts.archive import Archive
from cuelight.accounts.exporting import pieces
from cuelight.errors import NotFound
from cuelight.streams import recording_files, recordings
from cuelight.streams.models import (
    Alert,
    AlertRules,
    Event,
    Moderated,
    OrderImport,
    OrderLine,
    PlatformAccount,
    Question,
    Stream,
    StreamSettings,
    ViewerCount,
    Wanted,
)

README = """streams/accounts.jsonl     the accounts at platforms, without their tokens
streams/streams.jsonl      the broadcasts
streams/events.jsonl       chat and everything else that happened, as the dashboard has it, for as long as it is kept
streams/viewers.jsonl      how many watched, and when
streams/questions.jsonl    what viewers asked
streams/wanted.jsonl       which messages asked for which line of a lineup
streams/orders.jsonl       what was ordered; nothing of who ordered it was ever kept
streams/order_imports.jsonl
                           the order files
streams/moderated.jsonl    messages that were hidden, and people who were shut out
streams/alerts.jsonl       what was or could have been shown as an alert
streams/alert_rules.jsonl  which events are shown, and how
streams/settings.jsonl     how long what is kept
streams/recordings/        recorded shows, an event a line, to be sent in again
"""

_ACCOUNT = ("platform", "channel_id", "login", "name", "scopes", "state", "settings", "connected_by_id", "connected_at")
_EVENT = ("id", "received_at", "hidden_at", "hidden_why", "body")
_STREAM = ("id", "session_id", "title", "started_at", "ended_at", "platforms", "rehearsal")
_VIEWERS = ("id", "platform", "at", "viewers", "rehearsal")
_QUESTION = (
    "id", "session_id", "item_id", "product_id", "platform", "event_id", "user_name", "text", "asked", "first_at",
    "last_at", "state", "rehearsal", "handled_by_id", "handled_at",
)  # fmt: skip
_WANTED = ("id", "session_id", "item_id", "product_id", "event_id", "at", "rehearsal")
_ORDER = (
    "id", "source", "order_id", "line", "at", "product_id", "sku", "pid", "name", "quantity", "amount_cents",
    "currency", "rehearsal", "imported_id",
)  # fmt: skip
_IMPORT = ("id", "source", "filename", "made_by_id", "made_at", "state", "counts", "reverted_at")
_MODERATED = (
    "id", "action", "platform", "platform_id", "event_id", "user_id", "user_name", "seconds", "by_id", "at",
)  # fmt: skip

_ALERT = ("id", "event_id", "kind", "platform", "platform_id", "user_id", "body", "at", "is_test", "rehearsal")


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count: broadcasts."""
    return Stream.objects.filter(studio_id=studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of the streams."""
    for name, table, columns in (
        ("accounts", PlatformAccount, _ACCOUNT),
        ("events", Event, _EVENT),
        ("streams", Stream, _STREAM),
        ("viewers", ViewerCount, _VIEWERS),
        ("questions", Question, _QUESTION),
        ("wanted", Wanted, _WANTED),
        ("orders", OrderLine, _ORDER),
        ("order_imports", OrderImport, _IMPORT),
        ("moderated", Moderated, _MODERATED),
        ("alerts", Alert, _ALERT),
        ("alert_rules", AlertRules, ("rules",)),
        ("settings", StreamSettings, ("keep_days", "keep_raw_days")),
    ):
        rows = table.objects.filter(studio_id=studio_id).values(*columns)
        archive.json_lines(f"streams/{name}.jsonl", pieces(rows) if "id" in columns else rows)
    for one in recording_files.listed(studio_id):
        if one.has_file and not one.is_sample:
            with suppress(NotFound), recordings.file_of(studio_id, one.name).open("rb") as file:
                archive.file(f"streams/recordings/{one.name}", file)
    archive.count(export_size(studio_id))
