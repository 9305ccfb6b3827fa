"""Copies of a session: another evening of the same show, or the template that many are made of."""

from datetime import datetime
from itertools import chain, count
from uuid import UUID

import msgspec
from django.db import connection
from msgspec import structs

from cuelight.accounts import queries as accounts
from cuelight.live.transactional import state_of, submit_in
from cuelight.sessions import actions, queries
from cuelight.sessions.command_types import AddItems, UpdateSettings
from cuelight.sessions.lineup import Item, SessionState, Settings

NAME_LENGTH = 200
#: What a copy is run by from its first moment on, without asking the rules: an undo may have left the two times of the
#: clock the wrong way round, and a copy must not fail for that.
_COLUMNS = ("warn_seconds", "danger_seconds", "freeze_at_zero", "arming", "presets")
#: What else it takes over, as a change that its history tells of.
_CARRIED = ("notes", "wrap", "host_may_drive", "skip_sold_out", "card_theme", "approve_prices", "duration_minutes")


def clone_session(
    session_id: int,
    studio_id: int,
    *,
    actor_id: int | None,
    name: str = "",
    scheduled_at: datetime | None = None,
    duration_minutes: int | None = None,
    as_template: bool = False,
    day: str = "",
    op_id: UUID | None = None,
) -> int:
    """A new draft with the lineup of another session of the studio: sections, notes, own values, planned times and
    skips; its hosts, settings and ready messages. What happened on air is not copied. Returns its id.

    One transaction. With ``op_id`` it is made once, however often it is asked for. Without ``name``: a template takes
    the session's, a session made of a template that and the ``day``, every other copy says that it is one. Raises
    NotFound, Gone, Invalid.
    """

    def make() -> int:
        _, original = state_of(connection, f"session:{session_id}")
        known = set(accounts.members(studio_id))
        taken = queries.names(studio_id, templates=as_template)
        called = name.strip() or name_of(original.settings, taken, as_template=as_template, day=day)
        copy_id = actions.insert_session(
            studio_id,
            name=called,
            slug="",
            currency=original.currency,
            op_id=op_id,
            columns={**_columns(original.settings), "scheduled_at": scheduled_at},
        )
        settings = {name: getattr(original.settings, name) for name in _CARRIED}
        settings["hosts"] = [host for host in original.settings.hosts.values() if host.person_id in known]
        settings["is_template"] = as_template
        if duration_minutes is not None:
            settings["duration_minutes"] = duration_minutes
        commands = [UpdateSettings(msgspec.to_builtins(settings)), AddItems(_items(original))]
        for command in commands:
            submit_in(connection, f"session:{copy_id}", command, actor_id=actor_id, source="clone")
        return copy_id

    return actions.once(studio_id, op_id, make)


def name_of(settings: Settings, taken: set[str], *, as_template: bool, day: str) -> str:
    """What a copy is called when nobody has named it, unlike any that is ``taken``. Pure."""
    if settings.is_template == as_template:
        endings = chain([" (copy)"], (f" (copy {number})" for number in count(2)))
    else:
        on_day = f", {day}" if day and not as_template else ""
        endings = chain([on_day], (f"{on_day} ({number})" for number in count(2)))
    return next(called for ending in endings if (called := _with(settings.name, ending)) not in taken)


def _with(name: str, ending: str) -> str:
    return name[: NAME_LENGTH - len(ending)].rstrip() + ending


def _columns(settings: Settings) -> dict[str, object]:
    columns: dict[str, object] = {name: msgspec.to_builtins(getattr(settings, name)) for name in _COLUMNS}
    columns["danger_seconds"] = min(settings.danger_seconds, settings.warn_seconds)
    return columns


def _items(original: SessionState) -> list[Item]:
    """The lines as they are, with ids of their own."""
    ids = queries.reserved_item_ids(len(original.order))
    return [structs.replace(line, id=pk) for line, pk in zip(original.order, ids, strict=True)]
