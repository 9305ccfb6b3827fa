"""What a studio takes out of its sessions: each with its lineup, its journal and its history, and the imports."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from cuelight.accounts.archive import Archive
from cuelight.accounts.exporting import pieces
from cuelight.live import studio_log
from cuelight.live.studio_log import StudioEntry
from cuelight.sessions import history_csv, history_queries, queries
from cuelight.sessions.lineup import Item
from cuelight.sessions.models import LineupItem, Session, SessionHost, SheetImport

README = """sessions/sessions.jsonl    the sessions, with who hosts them
sessions/imports.jsonl     the files that were imported; the files themselves are kept for a week only
sessions/SESSION/lineup.jsonl, lineup.csv
                           its lineup as it is now
sessions/SESSION/journal.jsonl
                           every change that was ever made to it, in order; "person" is a number of members.csv
sessions/SESSION/history.csv, products.csv, messages.csv
                           the same in words, as the page of its history has it
sessions/deleted/          the journals of sessions that were deleted
"""

#: Words need the whole journal in memory. No show was ever longer than this; what is has its journal.jsonl.
MOST_TOLD = 50_000
_SESSION = (
    "id", "name", "slug", "notes", "status", "scheduled_at", "duration_minutes", "wrap", "host_may_drive", "started_at",
    "warn_seconds", "danger_seconds", "freeze_at_zero", "arming", "presets", "skip_sold_out", "card_theme",
    "approve_prices", "is_template", "is_archived", "created_at",
)  # fmt: skip
_IMPORT = (
    "id", "brand_id", "session_id", "started_by_id", "filename", "status", "upsert", "mapping", "rows_total",
    "rows_done", "result", "created_at", "finished_at",
)  # fmt: skip


def export_size(studio_id: int) -> int:
    """How many things ``export_studio`` will count: sessions."""
    return Session.objects.filter(studio_id=studio_id).count()


def export_studio(studio_id: int, archive: Archive) -> None:
    """The studio's part of the sessions."""
    archive.json_lines("sessions/sessions.jsonl", _sessions(studio_id))
    imports = SheetImport.objects.filter(studio_id=studio_id)
    archive.json_lines("sessions/imports.jsonl", pieces(imports.values(*_IMPORT)))
    there = set()
    for session in pieces(Session.objects.filter(studio_id=studio_id).values("id", "slug")):
        there.add(f"session:{session['id']}")
        _export_session(studio_id, session["id"], f"sessions/{session['slug']}", archive)
        archive.count()
    for aggregate_id in studio_log.aggregates(studio_id, "session"):
        if aggregate_id not in there:
            name = f"sessions/deleted/{aggregate_id.replace(':', '-')}/journal.jsonl"
            archive.json_lines(name, _journal(aggregate_id))


def _sessions(studio_id: int) -> Iterator[dict[str, Any]]:
    for session in pieces(Session.objects.filter(studio_id=studio_id).values(*_SESSION)):
        hosts = SessionHost.objects.filter(session_id=session["id"]).order_by("id").values("person_id", "role")
        yield session | {"hosts": list(hosts)}


def _export_session(studio_id: int, session_id: int, folder: str, archive: Archive) -> None:
    lineup = LineupItem.objects.filter(session_id=session_id)
    archive.json_lines(f"{folder}/lineup.jsonl", pieces(lineup.values(*Item.__struct_fields__)))
    head = ["number", "name", "original_price_cents", "sale_price_cents", "section", "notes", "planned_seconds", "pid"]
    archive.csv(f"{folder}/lineup.csv", head, (_line(line) for line in queries.lineup(session_id)))
    aggregate_id = f"session:{session_id}"
    archive.json_lines(f"{folder}/journal.jsonl", _journal(aggregate_id))
    if studio_log.length(aggregate_id) > MOST_TOLD:
        return
    told = history_queries.session_history(session_id, studio_id, now=timezone.now())
    people = history_queries.people_in(told)
    archive.text(f"{folder}/history.csv", history_csv.entries(told.entries, people))
    archive.text(f"{folder}/products.csv", history_csv.products(told.products))
    archive.text(f"{folder}/messages.csv", history_csv.messages(told.messages, people))


def _line(line: Mapping[str, Any]) -> list[Any]:
    return [
        line["position"], line["name"], line["original_price_cents"], line["sale_price_cents"], line["section"],
        line["notes"], line["planned_seconds"], line["pid"],
    ]  # fmt: skip


def _journal(aggregate_id: str) -> Iterator[dict[str, Any]]:
    return map(_entry, studio_log.entries(aggregate_id))


def _entry(entry: StudioEntry) -> dict[str, Any]:
    return {
        "version": entry.version,
        "at": entry.at,
        "person": entry.actor_id,
        "source": entry.source,
        "kind": entry.event.kind,
        "changes": entry.event.changes,
        "reverses": entry.event.reverses,
    }
