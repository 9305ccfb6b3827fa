"""A spreadsheet becomes products and a lineup: all of it in one transaction, or none of it."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from cuelight.catalog import importing
from cuelight.errors import Refused
from cuelight.sessions.actions import add_products
from cuelight.sessions.state import MOST_ITEMS


class Target(NamedTuple):
    """Where a file goes: its brand, and the session whose lineup it makes, if any."""

    studio_id: int
    brand_id: int
    session_id: int | None
    currency: str
    actor_id: int | None


class Choices(NamedTuple):
    """How a file is read."""

    upsert: bool = False
    mapping: dict[str, str] | None = None


Progress = Callable[[int], None]


def look(path: Path, target: Target, choices: Choices) -> dict[str, Any]:
    """What the file holds and what an import would do; nothing is written.

    The keys of ``importing.Preview``, and ``would``: the counts ``new``, ``updated``, ``unchanged``, ``skipped``; null
    while there are errors. Raises FileRefused for what cannot be read at all.
    """
    with importing.read(path, choices.mapping, currency=target.currency) as plan:
        preview: dict[str, Any] = {**plan.preview(), "would": None}
        if preview["errors_total"]:
            return preview
        try:
            would = importing.rehearse(
                plan, studio_id=target.studio_id, brand_id=target.brand_id, upsert=choices.upsert
            )
        except importing.RowsRefused as refused:
            found = refused.findings.errors
            return preview | {"errors": found.facts(), "errors_total": found.total}
        return preview | {"would": counts(would), "warnings": would.warnings, "warnings_total": would.warnings_total}


def import_file(
    path: Path,
    target: Target,
    choices: Choices,
    *,
    on_progress: Progress = lambda _: None,
    should_cancel: Callable[[], bool] = lambda: False,
    before_commit: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Does it; returns the counts, ``lineup`` (items in the file), ``images`` and warnings.

    Safe to run again: products that are there are skipped or updated, lineup items that are there are left alone.
    Raises RowsRefused with every error by line, FileRefused, Cancelled, and what the lineup refuses; nothing is
    written then. Pictures follow after the commit: one that cannot be read is a warning.
    """
    with importing.read(path, choices.mapping, currency=target.currency) as plan:
        with transaction.atomic():
            result = importing.write(
                plan,
                studio_id=target.studio_id,
                brand_id=target.brand_id,
                upsert=choices.upsert,
                on_progress=on_progress,
                should_cancel=should_cancel,
            )
            placed = _fill_lineup(result, target)
            before_commit()
        pictures = importing.store_images(plan, result, should_cancel=should_cancel)
    warnings = [*result.warnings, *pictures.warnings]
    return counts(result) | {
        "rows": result.rows,
        "lineup": placed,
        "images": pictures.stored,
        "warnings": warnings,
        "warnings_total": result.warnings_total + pictures.warnings_total,
    }


def counts(result: importing.ImportResult) -> dict[str, Any]:
    """The four numbers of an import."""
    return {
        "new": result.new,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "skipped": result.skipped,
    }


def _fill_lineup(result: importing.ImportResult, target: Target) -> int:
    """The file's products into the session's lineup, in the same transaction, through the journal."""
    if target.session_id is None:
        return 0
    places = list(islice(result.lineup(), MOST_ITEMS + 1))
    if len(places) > MOST_ITEMS:
        raise Refused("lineup_full", f"A lineup holds at most {MOST_ITEMS:,} items; import this file without a session")
    add_products(target.session_id, target.studio_id, places, actor_id=target.actor_id)
    return len(places)
