"""``cuelight import``: the importer at the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from cuelight.accounts import queries as accounts
from cuelight.catalog import importing as files
from cuelight.catalog import queries as catalog
from cuelight.errors import Invalid, NotFound
from cuelight.sessions import actions, queries
from cuelight.sessions.importing import Choices, Target, import_file, look, session_named


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
    target = Target(studio["id"], _brand(studio["id"], brand_slug), None, studio["currency"], None)
    choices = Choices(upsert)
    with transaction.atomic():
        is_new = False
        if session_slug:
            session_id = _session_called(studio["id"], session_slug)
            is_new = session_id is None
            target = target._replace(session_id=session_id or _new_session(target, session_slug))
        if dry_run:
            _say_preview(look(path, target, choices), say)
            transaction.set_rollback(True)
            return
        if is_new:
            _refuse_what_is_wrong(look(path, target, choices), say)  # and the new session with it
    try:
        result = import_file(path, target, choices)
    except files.RowsRefused as refused:
        _say_problems(refused.findings.errors.facts(), refused.findings.errors.total, say)
        raise
    _say_problems(result["warnings"], result["warnings_total"], say, "warning: ")
    say(
        f"{_counting(result['rows'], 'row')} read: {result['new']:,} new, {result['updated']:,} updated, "
        f"{result['unchanged']:,} unchanged, {result['skipped']:,} skipped, {_counting(result['images'], 'picture')}."
    )
    if session_slug:
        say(f"The lineup of {session_slug} has them: {_counting(result['lineup'], 'item')} in the file.")


def _brand(studio_id: int, text: str) -> int:
    """A brand by its slug, or by its name. Raises NotFound with those there are."""
    brands = catalog.list_brands(studio_id)
    by_slug = {brand["slug"]: brand["id"] for brand in brands}
    by_name = catalog.brand_named(studio_id, text)
    found = by_slug.get(text) or (by_name and by_name["id"]) or by_slug.get(slugify(text))
    if found is None:
        raise NotFound(f"There is no brand {text!r}; there is: {', '.join(by_slug) or 'none yet'}.")
    return found


def _session_called(studio_id: int, text: str) -> int | None:
    """A session by its slug, or by its name: what an earlier run made of the same words."""
    try:
        return queries.session_by_slug(studio_id, slugify(text)[:60] or text)["id"]
    except NotFound:
        return session_named(studio_id, text)


def _new_session(target: Target, text: str) -> int:
    slug = slugify(text)[:60]
    name = text.replace("-", " ").title() if text == slugify(text) else text
    return actions.create_session(target.studio_id, name=name, slug=slug, currency=target.currency)


def _say_preview(preview: dict[str, Any], say: Callable[[str], None]) -> None:
    for column in preview["columns"]:
        say(f"  {column['header']}: {column['field'] or 'kept as it is'}")
    for row in preview["rows"][:5]:
        say(f"  line {row['line']}: {row['number'] or ''} {row['name'] or ''}")
    _say_problems(preview["warnings"], preview["warnings_total"], say, "warning: ")
    _refuse_what_is_wrong(preview, say)
    would = preview["would"]
    say(
        f"{_counting(preview['rows_total'], 'row')}: {would['new']:,} new, {would['updated']:,} to update, "
        f"{would['unchanged']:,} unchanged, {would['skipped']:,} to skip. Nothing was written."
    )


def _refuse_what_is_wrong(preview: dict[str, Any], say: Callable[[str], None]) -> None:
    """Says what is wrong in a file that was looked at. Raises Invalid if anything is."""
    total = preview["errors_total"]
    _say_problems(preview["errors"], total, say)
    if total:
        what = "One thing is" if total == 1 else f"{total:,} things are"
        raise Invalid("invalid_rows", f"{what} wrong in this file. Nothing was written.")


def _counting(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"


def _say_problems(problems: list[Any], total: int, say: Callable[[str], None], kind: str = "") -> None:
    for problem in problems:
        say(
            f"line {problem['line']}: {kind}{problem['column'] + ': ' if problem['column'] else ''}{problem['message']}"
        )
    if total > len(problems):
        say(f"… and {total - len(problems):,} more")
