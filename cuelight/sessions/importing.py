"""A spreadsheet becomes products and a lineup: all of it in one transaction, or none of it."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from cuelight.catalog import importing
from cuelight.catalog import queries as catalog
from cuelight.errors import Conflict
from cuelight.sessions import queries
from cuelight.sessions.actions import add_products, moves, renumber
from cuelight.sessions.state import MOST_ITEMS

#: Each move is an entry of its own, and a show on air waits for all of them.
MOST_MOVES = 100


class Target(NamedTuple):
    """Where a file goes: its brand (of rows that name none), and the session whose lineup it makes, if any."""

    studio_id: int
    brand_id: int
    session_id: int | None
    currency: str
    actor_id: int | None


class Choices(NamedTuple):
    """How a file is read."""

    upsert: bool = False
    mapping: dict[str, str] | None = None
    format_key: str = ""
    """A key of ``importing.CHOICES``; nothing: as its header says."""
    clear_blank: bool = False
    also_edited: bool = False


class Placement(NamedTuple):
    """What a file does to a lineup: (position, product id) to add, then number → new number of what changes places."""

    added: list[tuple[int, int]]
    renumbered: dict[int, int]
    refused: dict[int, str]
    """Product id → why its line does not fit; then nothing is done."""


class Written(NamedTuple):
    """What an import has changed, known just before its commit."""

    change_set_id: int | None
    item_ids: list[int]
    """Items that it put into the lineup."""


Progress = Callable[[int], None]


def look(path: Path, target: Target, choices: Choices) -> dict[str, Any]:
    """What the file holds and what an import would do; nothing is written.

    The keys of ``importing.Preview``, and, null while there are errors, ``would``: the counts ``new``, ``updated``,
    ``unchanged``, ``skipped``, with ``fetching`` (pictures) and ``new_brands`` (names); ``differences``
    (`comparing.Differences`): what an update would change. What does not fit into the target's lineup is among the
    errors. Raises FileRefused for what cannot be read at all.
    """
    with _read(path, target, choices) as plan:
        preview: dict[str, Any] = {**plan.preview(), "would": None, "differences": None}
        if preview["errors_total"]:
            return preview
        try:
            would = importing.rehearse(
                plan,
                studio_id=target.studio_id,
                brand_id=target.brand_id,
                upsert=choices.upsert,
                clear_blank=choices.clear_blank,
                also_edited=choices.also_edited,
                check=lambda result: _check_lineup(result, target, choices),
            )
        except importing.RowsRefused as refused:
            found = refused.findings.errors
            return preview | {"errors": found.facts(), "errors_total": found.total}
        return preview | {
            "would": counts(would) | {"fetching": would.fetching, "new_brands": would.new_brands},
            "differences": would.differences,
            **_all_warnings(preview, would),
        }


def _all_warnings(preview: dict[str, Any], would: importing.ImportResult) -> dict[str, Any]:
    """What the header lacks is only found by the preview, the rest by the rehearsal as well."""
    of_header = [warning for warning in preview["warnings"] if warning["line"] == preview["header_line"]]
    return {
        "warnings": [*of_header, *would.warnings],
        "warnings_total": would.warnings_total + len(of_header),
    }


def _read(path: Path, target: Target, choices: Choices) -> importing.Plan:
    return importing.read(
        path,
        choices.mapping,
        currency=target.currency,
        format_key=choices.format_key,
        recall=lambda fingerprint: importing.recall(target.studio_id, fingerprint),
    )


def remember(path: Path, target: Target, choices: Choices) -> None:
    """Keeps how a person reads a file with these headers, for the next one; nothing chosen forgets it.

    Raises FileRefused, and Invalid for choices that do not fit.
    """
    with importing.read(path, choices.mapping, currency=target.currency, format_key=choices.format_key) as plan:
        header = importing.fingerprint(plan.source.header)
    importing.remember(target.studio_id, header, format_key=choices.format_key, mapping=choices.mapping or {})


def import_file(
    path: Path,
    target: Target,
    choices: Choices,
    *,
    title: str = "",
    asked_by: str = "",
    on_progress: Progress = lambda _: None,
    should_cancel: Callable[[], bool] = lambda: False,
    before_commit: Callable[[Written], None] = lambda _written: None,
) -> dict[str, Any]:
    """Does it; returns the counts, ``lineup`` (items in the file), ``images``, ``fetching`` and warnings.

    Safe to run again: products that are there are skipped or updated, lineup items that are there are left alone.
    Raises RowsRefused with every error by line, FileRefused, Cancelled, and what the lineup refuses; nothing is
    written then. Pictures of a zip follow after the commit: one that cannot be read is a warning. Those with an address
    are fetched by a job, for ``asked_by``.
    """
    with _read(path, target, choices) as plan:
        with transaction.atomic():
            result = importing.write(
                plan,
                studio_id=target.studio_id,
                brand_id=target.brand_id,
                upsert=choices.upsert,
                clear_blank=choices.clear_blank,
                also_edited=choices.also_edited,
                title=title,
                by=target.actor_id,
                asked_by=asked_by,
                on_progress=on_progress,
                should_cancel=should_cancel,
            )
            before = set() if target.session_id is None else queries.lineup_items(target.session_id)
            placed = _fill_lineup(result, target, choices)
            after = set() if target.session_id is None else queries.lineup_items(target.session_id)
            before_commit(Written(result.change_set_id, sorted(after - before)))
        pictures = importing.store_images(plan, result, should_cancel=should_cancel)
    warnings = [*result.warnings, *pictures.warnings]
    return counts(result) | {
        "rows": result.rows,
        "lineup": placed,
        "images": pictures.stored,
        "fetching": result.fetching,
        "new_brands": result.new_brands,
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


def session_named(studio_id: int, name: str) -> int | None:
    """The studio's session of this name, whatever its case; None when there is none. A show that is over is left alone:
    its name may come again every Friday."""
    wanted = name.strip().casefold()
    sessions = queries.list_sessions([studio_id])
    open_ones = (session for session in sessions if session["status"] != "complete")
    return next((session["id"] for session in open_ones if session["name"].casefold() == wanted), None)


def _fill_lineup(result: importing.ImportResult, target: Target, choices: Choices) -> int:
    """The file's products into the session's lineup, in the same transaction, through the journal."""
    if target.session_id is None:
        return 0
    rows, placement = _placement(result, target.session_id, choices)
    add_products(target.session_id, target.studio_id, placement.added, actor_id=target.actor_id)
    if placement.renumbered:
        renumber(target.session_id, placement.renumbered, actor_id=target.actor_id)
        now = queries.lineup_numbers(target.session_id)
        if any(now.get(number) != product_id for number, product_id in rows if number):
            # Somebody reordered the lineup after it was read and before it was ours.
            raise Conflict(
                "changed_meanwhile",
                "Somebody changed the lineup while this import ran. Nothing was written; try again.",
            )
    return len(rows)


def _check_lineup(result: importing.ImportResult, target: Target, choices: Choices) -> None:
    """What `_fill_lineup` would refuse, without its lock: a show that is on air does not wait for a preview."""
    if target.session_id is not None:
        _placement(result, target.session_id, choices)


def _placement(
    result: importing.ImportResult, session_id: int, choices: Choices
) -> tuple[list[tuple[int, int]], Placement]:
    """The file's rows and where they go. Raises RowsRefused with every line that does not fit."""
    rows = list(islice(result.lineup(), MOST_ITEMS + 1))
    if twice := _numbers_twice(rows):
        result.refuse(twice)
    placement = place(rows, queries.lineup_numbers(session_id), may_move=choices.upsert)
    if placement.refused:
        result.refuse(placement.refused)
    return rows, placement


def _numbers_twice(rows: list[tuple[int, int]]) -> dict[int, str]:
    """A file of several brands may have a number in each; a lineup has each once."""
    seen: set[int] = set()
    twice = {}
    for number, product_id in rows:
        if number and number in seen:
            twice[product_id] = f"The number {number} is in this file more than once, which a lineup cannot have"
        seen.add(number)
    return twice


def place(rows: list[tuple[int, int]], present: dict[int, int], *, may_move: bool) -> Placement:
    """Where (number, product id) rows go in a lineup of number → product id.

    Rows without a number (0) go to the end. A product that is there already is not put in twice: without a number, or
    with the one it has, it stays; with another one it moves there if ``may_move``, as after a row was inserted in the
    sheet and all behind it counts one more. A lineup can only be reordered within its numbers, and an import takes
    nothing out of it, so a move that needs the place of a product the file does not have, or that leaves its own place
    empty, is refused.
    """
    at: dict[int, list[int]] = {}
    for number, product_id in present.items():
        at.setdefault(product_id, []).append(number)
    new = [(number, product_id) for number, product_id in rows if product_id not in at]
    moving = {
        product_id: number for number, product_id in rows if number and number not in at.get(product_id, [number])
    }
    numbered = {number: product_id for number, product_id in new if number} | {
        number: product_id for product_id, number in moving.items()
    }
    staying = {number: product_id for number, product_id in present.items() if product_id not in moving}
    refused = _unmovable(moving, at, numbered, may_move=may_move)
    refused |= _taken(numbered, staying)
    if len(present) + len(new) > MOST_ITEMS:
        first_too_many = new[max(MOST_ITEMS - len(present), 0)][1]
        refused[first_too_many] = (
            f"A lineup holds at most {MOST_ITEMS:,} items, and here it is full; import this file without a session"
        )
    if refused:
        return Placement([], {}, refused)
    added, renumbered = _in_two_steps(new, moving, at, present)
    order = sorted({*present, *renumbered})
    steps = len(moves(order, sorted(order, key=lambda number: renumbered.get(number, number))))
    if steps > MOST_MOVES:
        sentence = f"{steps:,} items of the lineup would change places; {MOST_MOVES} is the most in one import"
        return Placement([], {}, {next(iter(moving)): sentence})
    return Placement(added, renumbered, {})


def _unmovable(
    moving: dict[int, int], at: dict[int, list[int]], numbered: dict[int, int], *, may_move: bool
) -> dict[int, str]:
    refused = {}
    for product_id, number in moving.items():
        old = at[product_id]
        if len(old) > 1:
            places = " and ".join(str(one) for one in sorted(old))
            refused[product_id] = (
                f"This product is in the lineup more than once ({places}); which one would be {number}?"
            )
        elif not may_move:
            refused[product_id] = (
                f"This product is number {old[0]} in the lineup already; "
                f'with "Update products that are there already" it becomes {number}'
            )
        elif old[0] not in numbered:
            refused[product_id] = (
                f"This product is number {old[0]} in the lineup, which would be left empty; "
                f"take it out of the lineup first, then it becomes {number}"
            )
    return refused


def _taken(numbered: dict[int, int], staying: dict[int, int]) -> dict[int, str]:
    taken = {number: product_id for number, product_id in numbered.items() if number in staying}
    names = catalog.product_names([staying[number] for number in taken])
    return {
        product_id: f'Number {number} is "{names.get(staying[number], "")}" in the lineup already'
        for number, product_id in taken.items()
    }


def _in_two_steps(
    new: list[tuple[int, int]], moving: dict[int, int], at: dict[int, list[int]], present: dict[int, int]
) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Numbers that are free for what is new, then who changes numbers with whom: a lineup is reordered within them."""
    wanted = sorted((number, product_id) for number, product_id in new if number)
    # As many are free as there are new numbers, because none that somebody leaves stays empty.
    free = sorted({*moving.values(), *(number for number, _ in wanted)} - set(present))
    added = [(number, product_id) for number, (_, product_id) in zip(free, wanted, strict=True)]
    renumbered = {number: wish for number, (wish, _) in zip(free, wanted, strict=True)}
    renumbered |= {at[product_id][0]: number for product_id, number in moving.items()}
    at_the_end = [(0, product_id) for number, product_id in new if not number]
    return added + at_the_end, {old: number for old, number in renumbered.items() if moving}
