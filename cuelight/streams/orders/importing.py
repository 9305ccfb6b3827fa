"""Order files: looked at, read in, taken back, put back. Each writes in one transaction.

``OrderImport.counts`` tells how far an import is (``state``: preview, done) and what was found; while it is a preview
the lines themselves are in `staging`.
"""

from pathlib import Path
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.accounts.access import Access
from cuelight.catalog.importing.problems import ProblemFacts
from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import staging, tables
from cuelight.streams.orders.columns import KINDS
from cuelight.streams.orders.lines import Findings
from cuelight.streams.orders.reading import Answers, OrderFile, on_disk

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
SAYS = {kind.source: kind.says for kind in KINDS}


class Counts(TypedDict, total=False):
    """What is known of an import. ``skipped``: lines that are no sale, by why; ``gone``: lines of earlier files that
    are no sale any more. Problems are listed up to a bound and counted beyond. ``changed_lines``: what those that were
    changed were before and are now, for taking it back."""

    state: str
    lines: int
    added: int
    changed: int
    same: int
    gone: int
    skipped: dict[str, int]
    errors: list[ProblemFacts]
    errors_total: int
    warnings: list[ProblemFacts]
    warnings_total: int
    unmatched: list[dict[str, Any]]
    unmatched_total: int
    units: int
    amounts: dict[str, int]
    since: str | None
    until: str | None
    zone: str
    order: str
    changed_lines: list[dict[str, Any]]


def preview(upload: "UploadedFile[Any]", answers: Answers, *, access: Access) -> int:
    """Reads an upload, keeps what is needed of it and says what reading it in would do; returns the import's id.

    Nothing counts yet. Raises Invalid, FileRefused with what is wrong or must be answered first.
    """
    name = Path(upload.name or "orders").name[:200]
    if not name.lower().endswith(SUFFIXES):
        raise Invalid("unreadable_file", "This is no table. Choose the CSV or XLSX that the shop gave you.")
    OrderImport.objects.filter(id__in=staging.forget_old(), counts__state="preview").delete()
    with on_disk(upload) as path, transaction.atomic():
        file, found = OrderFile(path), Findings()
        clock = file.clock(answers)
        made = OrderImport.objects.create(
            studio_id=access.studio_id, source=file.kind.source, filename=name, made_by_id=access.person_id
        )
        try:
            staging.keep(made.id, file.lines(clock, answers, found))
            would = tables.compare(access.studio_id, file.kind.source, staging.kept(made.id))
        except BaseException:
            staging.forget(made.id)
            raise
        made.counts = {
            "state": "preview",
            "lines": found.lines,
            "skipped": dict(found.skipped),
            "errors": found.errors.facts(),
            "errors_total": found.errors.total,
            "warnings": found.warnings.facts(),
            "warnings_total": found.warnings.total,
            "zone": clock.zone.key if clock.zone else "",
            "order": clock.order,
            **would,
        }
        made.save(update_fields=["counts"])
    return made.id


def apply(import_id: int, *, access: Access) -> Counts:
    """Reads in what was looked at; returns what came of it. Raises Conflict when that was done already, or when the
    lines are not kept any more."""
    with transaction.atomic():
        found = _locked(import_id, access.studio_id)
        if found.counts.get("state") != "preview":
            raise Conflict("already_read", "This file was read in already.")
        now = tables.compare(access.studio_id, found.source, staging.kept(found.id))
        counts: Counts = {**found.counts, **now, "state": "done"}  # type: ignore[typeddict-item]
        OrderImport.objects.filter(id=found.id).update(counts=counts, made_at=timezone.now())
        tables.write(access.studio_id, found.source, found.id)
        audit.record(
            "import_started",
            studio_id=access.studio_id,
            person_id=access.person_id,
            token_id=access.token_id,
            target=found.filename,
            rows=found.counts.get("lines"),
        )
    staging.forget(import_id)
    return counts


def discard(import_id: int, *, access: Access) -> None:
    """Forgets a file that was looked at and not read in. Raises Conflict when it was."""
    with transaction.atomic():
        found = _locked(import_id, access.studio_id)
        if found.counts.get("state") != "preview":
            raise Conflict("already_read", "This file was read in already. Take it back instead.")
        found.delete()
    staging.forget(import_id)


def revert(import_id: int, *, access: Access) -> str:
    """Takes an import back: its lines count no more, and those it had changed are as they were, where nobody changed
    them since; returns the file's name. Lines that a later file had, too, are this one's and go with it.

    Raises Conflict when it was taken back already."""
    with transaction.atomic():
        found = _locked(import_id, access.studio_id)
        if found.counts.get("state") == "preview" or found.reverted_at:
            raise Conflict("already_reverted", "This file is not read in, or was taken back already.")
        OrderImport.objects.filter(id=found.id).update(reverted_at=timezone.now())
        tables.swap(found.id, back=True)
    return found.filename


def put_back(import_id: int, *, access: Access) -> str:
    """The undo of `revert`; returns the file's name. Lines that another import has brought since stay that one's."""
    with transaction.atomic():
        found = _locked(import_id, access.studio_id)
        if found.reverted_at is None:
            raise Conflict("not_reverted", "This file counts already.")
        OrderImport.objects.filter(id=found.id).update(reverted_at=None)
        tables.swap(found.id, back=False)
    return found.filename


def _locked(import_id: int, studio_id: int) -> OrderImport:
    """An import of the studio; its studio's imports go one after the other. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('order imports'), %s)", [studio_id % 2**31])
    found = OrderImport.objects.filter(id=import_id, studio_id=studio_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found
