"""The journal's other entrance: a live command inside a caller's own Django transaction.

Imports, clones and jobs write ordinary rows and change a live aggregate in one go: both happen or neither. Same rules,
same tables, same order; only the lock differs (the head row ``FOR UPDATE`` instead of a compare-and-set).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import RawCursor
from psycopg.rows import dict_row

from cuelight.errors import Conflict, Gone, Newer, NotFound
from cuelight.live import undo
from cuelight.live.journal import entry_of, hash_of, relayed
from cuelight.live.journal_sql import (
    CREATE,
    CREATE_ONCE,
    ENTRIES_AFTER,
    HEAD,
    HEAD_FOR_UPDATE,
    INSERT_ENTRY,
    MOVE_HEAD,
    NEWEST_ENTRIES,
    OPERATIONS,
    REWRITE_EVENTS,
)
from cuelight.live.kind import Command, Entry, Event, Kind, Outcome, Redo, Row, Undo

_kinds: dict[str, Kind] = {}
_told: list[Callable[[dict[str, Any]], None]] = []


def register(kind: Kind) -> None:
    """Makes a kind of aggregate known, once, when its app is ready."""
    _kinds[kind.name] = kind


def kinds() -> list[Kind]:
    return list(_kinds.values())


def on_commit_tell(callback: Callable[[dict[str, Any]], None]) -> None:
    """``callback`` gets every entry written through here, after its transaction: the relay, this process's journal."""
    if callback not in _told:
        _told.append(callback)


def create_in(connection: BaseDatabaseWrapper, aggregate_id: str, *, studio_id: int, state: Any) -> None:
    """The head of a new aggregate, at version 0, in the caller's transaction."""
    kind = _kinds[aggregate_id.partition(":")[0]]
    _run(connection, CREATE, aggregate_id, kind.name, studio_id, kind.dump(state).decode(), kind.format)


def ensure_in(connection: BaseDatabaseWrapper, aggregate_id: str, *, studio_id: int, state: Any) -> None:
    """As ``create_in`` for what every studio has one of, made when it is first asked for; there already is no error."""
    kind = _kinds[aggregate_id.partition(":")[0]]
    _run(connection, CREATE_ONCE, aggregate_id, kind.name, studio_id, kind.dump(state).decode(), kind.format)


def submit_in(
    connection: BaseDatabaseWrapper,
    aggregate_id: str,
    command: Command,
    *,
    actor_id: int | None,
    op_id: UUID | None = None,
    source: str = "import",
) -> Outcome:
    """Does a command in the caller's transaction and holds the aggregate's head until that ends.

    Everybody else hears of it after the commit. Raises CuelightError as ``Journal.submit`` does.
    """
    [outcome] = submit_all_in(connection, aggregate_id, [(command, op_id)], actor_id=actor_id, source=source)
    return outcome


def submit_all_in(
    connection: BaseDatabaseWrapper,
    aggregate_id: str,
    commands: Iterable[tuple[Command, UUID | None]],
    *,
    actor_id: int | None,
    source: str = "import",
) -> list[Outcome]:
    """As ``submit_in`` for several commands with their op ids, one after the other: the aggregate is read once."""
    if not connection.in_atomic_block:
        raise RuntimeError("submit_in needs a transaction around it")
    kind_name, _, number = aggregate_id.partition(":")
    kind = _kinds[kind_name]
    head = _readable(kind, _run(connection, HEAD_FOR_UPDATE, aggregate_id))
    version = head["version"]
    state: Any = None
    outcomes = []
    for command, op_id in commands:
        payload_hash = hash_of(command)
        known = _done(connection, aggregate_id, op_id, actor_id, payload_hash)
        if known is not None:
            outcomes.append(known)
            continue
        if state is None:
            state = kind.load(head, [_run(connection, sql, int(number)) for sql in kind.queries])
        at = datetime.now(UTC)
        event = _decide(connection, kind, aggregate_id, state, command, actor_id, at)
        if event is not None:
            version += 1
            entry = Entry(version, event, actor_id, source, at, op_id or uuid4(), payload_hash)
            after = kind.evolve(state, entry)
            _write(connection, kind, head, entry, after)
            for sql, values in kind.project(state, after):
                _run(connection, sql, *values)
            _tell_later(connection, aggregate_id, kind, entry)
            state = after
        outcomes.append(Outcome(version))
    return outcomes


def state_of(connection: BaseDatabaseWrapper, aggregate_id: str) -> tuple[int, Any]:
    """An aggregate as it is now: its version and state. Nobody waits for this: nothing is held. Head and rows are read
    one after the other, and again if it moved in between. Raises NotFound, Gone, Newer."""
    kind_name, _, number = aggregate_id.partition(":")
    kind = _kinds[kind_name]
    head = _readable(kind, _run(connection, HEAD, aggregate_id))
    while True:
        rows = [_run(connection, sql, int(number)) for sql in kind.queries]
        after = _readable(kind, _run(connection, HEAD, aggregate_id))
        if after["version"] == head["version"]:
            return head["version"], kind.load(head, rows)
        head = after


def rewrite_in(connection: BaseDatabaseWrapper, aggregate_id: str, events: Mapping[int, Event]) -> None:
    """Other events for versions of an aggregate, in the caller's transaction: the one exception to a journal that only
    grows (ADR 14). Rows keep version, op id, payload hash, author and time, so that a repeat of any age gets its first
    answer. Together the events must lead to the same state, and be ones that no process evolves from any more."""
    texts = [msgspec.json.encode(event).decode() for event in events.values()]
    _run(connection, REWRITE_EVENTS, aggregate_id, list(events), texts)


def entries_of(connection: BaseDatabaseWrapper, aggregate_id: str) -> list[Entry]:
    """All that ever changed in an aggregate, oldest first, in one read. For looking back; states are never made so."""
    return [entry_of(row) for row in _run(connection, ENTRIES_AFTER, aggregate_id, 0)]


def _readable(kind: Kind, heads: list[Row]) -> Row:
    head = next(iter(heads), None)
    if head is None:
        raise NotFound()
    if head["deleted_at"]:
        raise Gone()
    if head["format"] > kind.format:
        raise Newer()
    return head


def _done(
    connection: BaseDatabaseWrapper, aggregate_id: str, op_id: UUID | None, actor_id: int | None, payload_hash: int
) -> Outcome | None:
    """The answer to a command that came before. Raises Conflict for another one with its op id."""
    if op_id is None:
        return None
    for row in _run(connection, OPERATIONS, aggregate_id, [op_id]):
        if (row["actor_id"], row["payload_hash"]) != (actor_id, payload_hash):
            raise Conflict("op_id_reused", "This op_id was used for another command.")
        return Outcome(row["version"])
    return None


def _decide(
    connection: BaseDatabaseWrapper,
    kind: Kind,
    aggregate_id: str,
    before: Any,
    command: Command,
    actor_id: int | None,
    at: datetime,
) -> Event | None:
    """What the command changes. For undo and redo the newest entries are read, which stand still with the head."""
    if isinstance(command, Undo | Redo):
        stacks = undo.Stacks(map(entry_of, _run(connection, NEWEST_ENTRIES, aggregate_id, undo.KEPT)))
        return kind.mend(before, undo.decide(before, command, actor_id, stacks))
    return kind.decide(before, command, kind.read_facts(kind.needs(before)), at)


def _write(connection: BaseDatabaseWrapper, kind: Kind, head: Row, entry: Entry, after: Any) -> None:
    _run(connection, MOVE_HEAD, head["id"], entry.version, kind.dump(after).decode(), kind.format)
    event = msgspec.json.encode(entry.event).decode()
    _run(
        connection, INSERT_ENTRY, head["id"], entry.version, entry.op_id, kind.format, event,
        entry.actor_id, entry.source, entry.payload_hash, entry.at, head["studio_id"],
    )  # fmt: skip


def _tell_later(connection: BaseDatabaseWrapper, aggregate_id: str, kind: Kind, entry: Entry) -> None:
    # Nobody has sent what goes to all sockets of a studio (``everywhere``): who holds the aggregate does.
    body = {**relayed(aggregate_id, kind.format, entry), "told": False}
    # Robust: it is committed, and a carrier that is away must not make the caller believe otherwise.
    transaction.on_commit(lambda: _tell(body), using=connection.alias, robust=True)


def _tell(body: dict[str, Any]) -> None:
    for callback in _told:
        callback(body)


def _run(connection: BaseDatabaseWrapper, sql: str, *values: Any) -> list[Row]:
    """One statement in PostgreSQL's own parameter style on Django's connection; rows as dicts, jsonb as text."""
    connection.ensure_connection()
    with RawCursor(connection.connection, row_factory=dict_row) as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []
