"""A live session as the journal carries it: how it is read, mirrored in tables, and broadcast.

The rules themselves are in ``state.py``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from cuelight.catalog import queries as catalog
from cuelight.live.kind import Entry, Event, Facts, Publication, Row, Statement
from cuelight.sessions import flash, payloads, state
from cuelight.sessions.clock import RUNNING
from cuelight.sessions.command_types import SessionCommand
from cuelight.sessions.lineup import Former, Item, Latest, Live, SessionState, Settings, ordered, products_of

SESSION = """
SELECT s.id, s.studio_id, s.name, s.slug, s.notes, s.wrap, s.host_may_drive, s.scheduled_at, s.duration_minutes,
       s.warn_seconds, s.danger_seconds, s.freeze_at_zero, s.arming, s.presets::text AS presets, s.skip_sold_out,
       s.card_theme, s.approve_prices, s.is_template, s.is_archived, studio.currency,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('person_id', h.person_id, 'role', h.role) ORDER BY h.id), '[]')
        FROM live_sessions_sessionhost h WHERE h.session_id = s.id)::text AS hosts
FROM live_sessions_session s JOIN accounts_studio studio ON studio.id = s.studio_id WHERE s.id = $1::bigint
"""

ITEMS = """
SELECT id, product_id, position, section, notes, name, talking_points_md, original_price_cents, sale_price_cents,
       planned_seconds, warn_seconds, danger_seconds, skipped, document_id
FROM live_sessions_lineupitem WHERE session_id = $1::bigint
"""

REMOVE_ITEMS = "DELETE FROM live_sessions_lineupitem WHERE session_id = $1::bigint AND id = ANY($2::bigint[])"

PUT_ITEMS = """
INSERT INTO live_sessions_lineupitem (id, session_id, studio_id, product_id, position, section, notes, name,
                                      talking_points_md, original_price_cents, sale_price_cents, planned_seconds,
                                      warn_seconds, danger_seconds, skipped, document_id)
SELECT id, $1::bigint, $2::bigint, product_id, position, section, notes, name, talking_points_md,
       original_price_cents, sale_price_cents, planned_seconds, warn_seconds, danger_seconds, skipped, document_id
FROM jsonb_to_recordset($3::jsonb) AS item(id bigint, product_id bigint, position int, section text, notes text,
     name text, talking_points_md text, original_price_cents bigint, sale_price_cents bigint,
     planned_seconds int, warn_seconds int, danger_seconds int, skipped boolean, document_id bigint)
ON CONFLICT (id) DO UPDATE SET product_id = excluded.product_id, position = excluded.position,
    section = excluded.section, notes = excluded.notes, name = excluded.name,
    talking_points_md = excluded.talking_points_md, original_price_cents = excluded.original_price_cents,
    sale_price_cents = excluded.sale_price_cents, planned_seconds = excluded.planned_seconds,
    warn_seconds = excluded.warn_seconds, danger_seconds = excluded.danger_seconds, skipped = excluded.skipped,
    document_id = excluded.document_id
"""

PUT_SESSION = """
UPDATE live_sessions_session SET name = $2, notes = $3, wrap = $4, host_may_drive = $5, scheduled_at = $6,
    duration_minutes = $7, status = $8, started_at = $9, warn_seconds = $10, danger_seconds = $11, freeze_at_zero = $12,
    arming = $13, presets = $14::jsonb, skip_sold_out = $15, card_theme = $16, approve_prices = $17,
    is_template = $18, is_archived = $19, slug = $20,
    flash_due_at = $21 WHERE id = $1::bigint
"""

REMOVE_HOSTS = "DELETE FROM live_sessions_sessionhost WHERE session_id = $1::bigint"

# Who has left the studio meanwhile is no host of it any more.
PUT_HOSTS = """
INSERT INTO live_sessions_sessionhost (session_id, person_id, role)
SELECT $1::bigint, host.person_id, host.role
FROM ROWS FROM (jsonb_to_recordset($3::jsonb) AS (person_id bigint, role text))
     WITH ORDINALITY AS host(person_id, role, place)
WHERE EXISTS (
    SELECT FROM accounts_membership m WHERE m.person_id = host.person_id AND m.studio_id = $2::bigint
) ORDER BY host.place
"""

#: The rows go with the session at once; the journal's rows follow in a job.
REMOVE_SESSION = (
    "UPDATE live_aggregate SET deleted_at = now() WHERE id = 'session:' || $1::bigint",
    "DELETE FROM live_sessions_lineupitem WHERE session_id = $1::bigint",
    "DELETE FROM live_sessions_sessionhost WHERE session_id = $1::bigint",
    "UPDATE live_sessions_sheetimport SET session_id = NULL WHERE session_id = $1::bigint",
    "DELETE FROM live_sessions_session WHERE id = $1::bigint",
)


class Head(Struct):
    """The small live part kept in the head row."""

    live: Live
    latest: Latest
    former: tuple[Former, ...] = ()


class SessionKind:
    """``session:{id}``."""

    name = "session"
    format = 4  # an older version would lose the question on the host's screen
    queries: Sequence[str] = (SESSION, ITEMS)

    def load(self, head: Row, rows: Sequence[Sequence[Row]]) -> SessionState:
        [session], items = rows
        small = msgspec.json.decode(head["state"], type=Head)
        by_id = {str(row["id"]): msgspec.convert(dict(row), Item) for row in items}
        settings = dict(session) | {"scheduled_at": _iso(session["scheduled_at"])}
        settings["presets"] = msgspec.json.decode(session["presets"])
        settings["hosts"] = {str(host["person_id"]): host for host in msgspec.json.decode(session["hosts"])}
        return SessionState(
            id=session["id"],
            studio_id=session["studio_id"],
            currency=session["currency"],
            settings=msgspec.convert(settings, Settings),
            live=small.live,
            items=by_id,
            order=ordered(by_id),
            products=products_of(by_id),
            latest=small.latest,
            former=small.former,
        )

    def dump(self, state: SessionState) -> bytes:
        return msgspec.json.encode(Head(state.live, state.latest, state.former))

    def decide(self, before: SessionState, command: SessionCommand, facts: Facts, at: datetime) -> Event | None:
        return state.decide(before, command, facts, at)

    def evolve(self, before: SessionState, entry: Entry) -> SessionState:
        return state.evolve(before, entry)

    def mend(self, before: SessionState, event: Event) -> Event:
        return state.mend(before, event)

    def project(self, before: SessionState, after: SessionState) -> list[Statement]:
        """The lineup's rows and the session's columns, where they changed."""
        if after.live.status == "deleted":
            return [(sql, (after.id,)) for sql in REMOVE_SESSION]
        statements: list[Statement] = []
        if after.items is not before.items:
            changed, removed = changed_items(before, after)
            if removed:
                statements.append((REMOVE_ITEMS, (after.id, removed)))
            if changed:
                rows = msgspec.json.encode(changed).decode()
                statements.append((PUT_ITEMS, (after.id, after.studio_id, rows)))
        was, now = before.live, after.live
        moved = was.status != now.status or was.started_at != now.started_at
        flashed = was.flashes is not now.flashes or was.offer is not now.offer
        if moved or flashed or after.settings is not before.settings:
            statements.append((PUT_SESSION, _session_values(after)))
        if after.settings.hosts != before.settings.hosts:
            statements.append((REMOVE_HOSTS, (after.id,)))
            hosts = msgspec.json.encode(list(after.settings.hosts.values())).decode()
            statements.append((PUT_HOSTS, (after.id, after.studio_id, hosts)))
        return statements

    def publish(self, before: SessionState, after: SessionState, entry: Entry, facts: Facts) -> Iterator[Publication]:
        yield Publication(f"session:{after.id}:state", "state_changed", payloads.live(after), entry.version)
        yield from _meta(before, after, facts)
        if _public(before) or _public(after):
            card = payloads.card(after, facts)
            yield Publication(f"air:{after.studio_id}", "card_changed", card, everywhere=True)
        if before.live.status != after.live.status:
            running = {"session_id": after.id, "status": after.live.status}
            yield Publication(f"running:{after.studio_id}", "status_changed", running, everywhere=True, inside=True)
        if _is_told_above(before, after):
            told = {"session_id": after.id}
            yield Publication(f"running:{after.studio_id}", "show_changed", told, everywhere=True, inside=True)

    def needs(self, state: SessionState) -> frozenset[int]:
        return state.products

    def read_facts(self, keys: Collection[int]) -> dict[int, Mapping[str, Any]]:
        return dict(catalog.lineup_products(keys))


def _meta(before: SessionState, after: SessionState, facts: Facts) -> Iterator[Publication]:
    """What happened to lineup or settings. The host's copy lacks the notes."""
    topic = f"session:{after.id}:meta"
    payload: dict[str, Any] = {"version": after.latest.version, "previous": before.latest.lineup_version}
    if after.live.status == "deleted":
        yield Publication(topic, "session_deleted", payload)
    elif after.items is not before.items:
        changed, removed = changed_items(before, after)
        for audience in ("crew", "host"):
            items = [payloads.item(line, facts, for_crew=audience == "crew") for line in changed]
            yield Publication(
                topic, "lineup_changed", {**payload, "items": items, "removed": removed}, audience=audience
            )
    elif after.settings is not before.settings:
        for audience in ("crew", "host"):
            session = payloads.session(after, for_crew=audience == "crew")
            yield Publication(topic, "settings_changed", {**payload, "session": session}, audience=audience)


def changed_items(before: SessionState, after: SessionState) -> tuple[list[Item], list[int]]:
    """Items added or changed, in order, and the ids of those removed."""
    changed = [line for line in after.order if before.items.get(str(line.id)) is not line]
    removed = [line.id for line in before.order if str(line.id) not in after.items]
    return changed, removed


def _is_told_above(before: SessionState, after: SessionState) -> bool:
    """Whether what `air_queries.on_air` says may be another now."""
    was, now = before.live, after.live
    if was.status not in RUNNING and now.status not in RUNNING:
        return False
    same = ("status", "item_id", "clock", "started_at", "question_id")
    planned = after.settings is not before.settings or after.items is not before.items
    return planned or any(getattr(was, name) != getattr(now, name) for name in same)


def _public(state: SessionState) -> bool:
    """Whether the product card of the session can be on the stream."""
    return state.live.status == "live" and state.live.card_shown


def _session_values(state: SessionState) -> tuple[Any, ...]:
    settings, live = state.settings, state.live
    return (
        state.id, settings.name, settings.notes, settings.wrap, settings.host_may_drive,
        _moment(settings.scheduled_at), settings.duration_minutes, live.status, _moment(live.started_at),
        settings.warn_seconds, settings.danger_seconds, settings.freeze_at_zero, settings.arming,
        msgspec.json.encode(settings.presets).decode(), settings.skip_sold_out, settings.card_theme,
        settings.approve_prices, settings.is_template, settings.is_archived, settings.slug,
        flash.due_at(state),
    )  # fmt: skip


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
