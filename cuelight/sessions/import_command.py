"""``cuelight import``: the importer at the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cuelight.accounts import queries as accounts
from cuelight.catalog import importing as files
from cuelight.catalog import queries as catalog
from cuelight.errors import Invalid, NotFound
from cuelight.sessions import actions, queries
from cuelight.sessions.importing import Choices, Target, import_file, look


def import_from_command_line(
    path: Path,
    *,
    brand_slug: str,
    session_slug: str | None,
    studio_slug: str = "",
    dry_run: bool,
    upsert: bool,
    say: Callable[[str], None],
) -> None:
    """Imports a file and says what happened. A session that does not exist yet is made.

    Raises CuelightError with one sentence; the errors of single rows are said before, each with its line.
    """
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    studio = accounts.studio_by_slug(studio_slug)
    brand = next((one for one in catalog.list_brands(studio["id"]) if one["slug"] == brand_slug), None)
    if brand is None:
        known = ", ".join(one["slug"] for one in catalog.list_brands(studio["id"])) or "none yet"
        raise NotFound(f"There is no brand {brand_slug!r}; there is: {known}.")
    target = Target(studio["id"], brand["id"], None, studio["currency"], None)
    choices = Choices(upsert)
    if dry_run:
        _say_preview(look(path, target, choices), say)
        return
    if session_slug:
        target = target._replace(session_id=_session(studio["id"], session_slug, studio["currency"]))
    try:
        result = import_file(path, target, choices)
    except files.RowsRefused as refused:
        _say_problems(refused.findings.errors.facts(), refused.findings.errors.total, say)
        raise
    _say_problems(result["warnings"], result["warnings_total"], say, "warning: ")
    rows = "1 row" if result["rows"] == 1 else f"{result['rows']:,} rows"
    say(
        f"{rows} read: {result['new']:,} new, {result['updated']:,} updated, "
        f"{result['unchanged']:,} unchanged, {result['skipped']:,} skipped, {result['images']:,} pictures."
    )
    if session_slug:
        say(f"The lineup of {session_slug} has them: {result['lineup']:,} items in the file.")


def _session(studio_id: int, slug: str, currency: str) -> int:
    try:
        return queries.session_by_slug(studio_id, slug)["id"]
    except NotFound:
        name = slug.replace("-", " ").title()
        return actions.create_session(studio_id, name=name, slug=slug, currency=currency)


def _say_preview(preview: dict[str, Any], say: Callable[[str], None]) -> None:
    for column in preview["columns"]:
        say(f"  {column['header']}: {column['field'] or 'kept as it is'}")
    for row in preview["rows"][:5]:
        say(f"  line {row['line']}: {row['number'] or ''} {row['name'] or ''}")
    _say_problems(preview["warnings"], preview["warnings_total"], say, "warning: ")
    _say_problems(preview["errors"], preview["errors_total"], say)
    if preview["errors_total"]:
        raise Invalid(
            "invalid_rows", f"{preview['errors_total']:,} things are wrong in this file. Nothing was written."
        )
    would = preview["would"]
    say(
        f"{preview['rows_total']:,} rows: {would['new']:,} new, {would['updated']:,} to update, "
        f"{would['unchanged']:,} unchanged, {would['skipped']:,} to skip. Nothing was written."
    )


def _say_problems(problems: list[Any], total: int, say: Callable[[str], None], kind: str = "") -> None:
    for problem in problems:
        say(
            f"line {problem['line']}: {kind}{problem['column'] + ': ' if problem['column'] else ''}{problem['message']}"
        )
    if total > len(problems):
        say(f"… and {total - len(problems):,} more")
