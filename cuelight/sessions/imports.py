"""Runs of the importer: from an uploaded file to a finished show, with progress that others can watch and stop.

A run's row is the truth; every change of it is broadcast whole on ``import:{id}`` as ``progress``.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, TypedDict

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.models import Q
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog import importing as files
from cuelight.errors import Conflict, CuelightError, Invalid, NotFound
from cuelight.jobs import enqueue
from cuelight.live.broadcast import broadcast
from cuelight.sessions import importing
from cuelight.sessions.actions import take_out
from cuelight.sessions.importing import Choices, Target, Written
from cuelight.sessions.models import SheetImport

Status = SheetImport.Status
#: Larger files are refused while they arrive; each kind has a limit of its own.
MOST_BYTES = max(kind.most_bytes for kind in files.KINDS.values())
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".zip")
#: How long an uploaded file is kept after its run has ended.
KEPT_DAYS = 7
#: Seconds between two reports of a running import.
REPORT_EVERY_S = 0.2


class ImportRow(TypedDict):
    """A run as pages show it; ``preview`` only while there is something to choose. ``format`` and ``mapping`` are what
    a person chose; empty: as the header says."""

    id: int
    filename: str
    status: str
    upsert: bool
    mapping: dict[str, str]
    format: str
    clear_blank: bool
    also_edited: bool
    session_id: int | None
    change_set_id: int | None
    rows_total: int | None
    rows_done: int
    preview: dict[str, Any] | None
    result: dict[str, Any] | None
    #: Of a run that asked for pictures: what is not here yet.
    pictures: files.Outstanding | None


def upload(
    file: UploadedFile[Any],
    *,
    studio_id: int,
    brand_id: int,
    session_id: int | None,
    upsert: bool,
    person_id: int | None,
) -> int:
    """Keeps a file and asks for its preview; returns the run's id. Raises Invalid for a file we cannot take."""
    name = Path(file.name or "file").name[:255]
    if not name.lower().endswith(SUFFIXES):
        raise Invalid("unreadable_file", f"{name} is no table. Choose a CSV, XLSX, products.json or a zip.")
    if (file.size or 0) > MOST_BYTES:
        raise Invalid("file_too_large", f"{name} is larger than {MOST_BYTES // 2**20} MB.")
    stored = f"imports/{secrets.token_hex(8)}{Path(name).suffix.lower()}"
    path = settings.DATA_DIR / stored
    path.parent.mkdir(parents=True, exist_ok=True)
    with _removed_unless_taken(path):
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        files.checked(path)
        with transaction.atomic():
            run = SheetImport.objects.create(
                studio_id=studio_id,
                brand_id=brand_id,
                session_id=session_id,
                started_by_id=person_id,
                filename=name,
                path=stored,
                upsert=upsert,
            )
            enqueue("sessions.preview_import", import_id=run.id)
    return run.id


@contextmanager
def _removed_unless_taken(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def choose(
    import_id: int,
    *,
    upsert: bool,
    mapping: dict[str, str],
    format_key: str = "",
    clear_blank: bool = False,
    also_edited: bool = False,
    forget: bool = False,
) -> None:
    """Other choices for a file that was looked at: it is looked at again, and how it is read is remembered for the next
    file with its headers; ``forget``: what was remembered counts no more. Raises Conflict once it is under way, Invalid
    for choices that do not fit."""
    with transaction.atomic():
        run = SheetImport.objects.filter(id=import_id).first()
        if run is not None and not run.path:
            raise Conflict("file_gone", "The file of this import is not kept any more. Upload it again.")
        again = {
            "upsert": upsert,
            "mapping": mapping,
            "format": format_key,
            "clear_blank": clear_blank,
            "also_edited": also_edited,
            "result": None,
            "finished_at": None,
        }
        _change(import_id, [Status.PREVIEW, Status.FAILED], Status.READING, **again)
        run = SheetImport.objects.get(id=import_id)
        if mapping or format_key or forget:
            importing.remember(path_of(run), target_of(run), choices_of(run))
        enqueue("sessions.preview_import", import_id=import_id)


def start(import_id: int, *, by: int | None = None, token_id: int | None = None) -> None:
    """The import itself, after its preview. Raises Conflict when it is not waiting for that."""
    with transaction.atomic():
        _change(import_id, [Status.PREVIEW], Status.RUNNING, rows_done=0, result=None)
        run = SheetImport.objects.get(id=import_id)
        audit.record(
            "import_started",
            studio_id=run.studio_id,
            person_id=by,
            token_id=token_id,
            target=run.filename,
            rows=run.rows_total,
        )
        enqueue("sessions.run_import", import_id=import_id)


def cancel(import_id: int) -> None:
    """Stops a run; nothing of it stays. Raises Conflict when it is over."""
    with transaction.atomic():
        run = SheetImport.objects.select_for_update().filter(id=import_id).first()
        if run is None:
            raise NotFound("There is no such import.")
        if run.status == Status.RUNNING and run.result is not None:
            raise Conflict("import_moved_on", "This import is written already.")
        _change(
            import_id, [Status.READING, Status.PREVIEW, Status.RUNNING], Status.CANCELLED, finished_at=timezone.now()
        )


def preview_now(import_id: int) -> None:
    """The job behind ``upload`` and ``choose``."""
    run = SheetImport.objects.get(id=import_id)
    if run.status != Status.READING:
        return
    with _told_when_it_breaks(import_id, Status.READING):
        try:
            preview = importing.look(path_of(run), target_of(run), choices_of(run))
        except files.FileRefused as error:
            # No other choice would make it readable.
            path_of(run).unlink(missing_ok=True)
            _finish(import_id, Status.READING, Status.FAILED, result={"message": error.message}, path="")
            return
        except CuelightError as error:
            _finish(import_id, Status.READING, Status.FAILED, result={"message": error.message})
            return
    _finish(import_id, Status.READING, Status.PREVIEW, preview=preview, rows_total=preview["rows_total"])


def run_now(import_id: int) -> None:
    """The job behind ``start``. Run twice it does the same: what is there is skipped or updated."""
    run = SheetImport.objects.get(id=import_id)
    if run.status != Status.RUNNING:
        return
    with _told_when_it_breaks(import_id, Status.RUNNING), Reporter(import_id) as reporter:
        try:
            result = importing.import_file(
                path_of(run),
                target_of(run),
                choices_of(run),
                on_progress=reporter.tell,
                should_cancel=reporter.cancelled.is_set,
                title=run.filename,
                asked_by=_asked_by(import_id),
                before_commit=lambda written: _write_down(import_id, written),
            )
        except files.Cancelled:
            return
        except files.RowsRefused as refused:
            found = refused.findings.errors
            failure = {"message": refused.message, "errors": found.facts(), "errors_total": found.total}
            _finish(import_id, Status.RUNNING, Status.FAILED, result=failure)
            return
        except CuelightError as error:
            _finish(import_id, Status.RUNNING, Status.FAILED, result={"message": error.message})
            return
    _finish(import_id, Status.RUNNING, Status.DONE, result=result, rows_done=result["rows"])


def _write_down(import_id: int, written: Written) -> None:
    """In the import's own transaction: from its commit on there is nothing left to cancel. Raises Cancelled."""
    going_on = SheetImport.objects.filter(id=import_id, status=Status.RUNNING)
    if not going_on.update(result={}, change_set_id=written.change_set_id, item_ids=written.item_ids):
        raise files.Cancelled


@contextmanager
def _told_when_it_breaks(import_id: int, expected: Status) -> Iterator[None]:
    """Whoever waits for a run hears of a failure that nobody foresaw. A database that is away is waited for: the job
    is tried again."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        written = SheetImport.objects.filter(id=import_id, result__isnull=False).exists()
        message = (
            "Something broke on our side. The products are in; some of their pictures may be missing."
            if written
            else "Something broke on our side. Nothing was written; try again with the same file."
        )
        _finish(import_id, expected, Status.FAILED, result={"message": message})
        raise


def take_back(import_id: int, *, by: int | None = None, token_id: int | None = None) -> None:
    """Asks for an import to be taken back: its products, and the items it put into a lineup. Raises Conflict when there
    is nothing to take back (any more)."""
    with transaction.atomic():
        run = SheetImport.objects.select_for_update().filter(id=import_id).first()
        if run is None:
            raise NotFound("There is no such import.")
        result = run.result or {}
        if run.change_set_id is None or run.status not in (Status.DONE, Status.FAILED):
            raise Conflict("nothing_to_take_back", "There is nothing of this import to take back.")
        if "reverting" in result or "reverted" in result:
            raise Conflict("already_reverted", "This was taken back already.")
        SheetImport.objects.filter(id=import_id).update(result=result | {"reverting": True})
        tell(import_id)
        enqueue("sessions.take_back_import", import_id=import_id, by=by, token_id=token_id)


def take_back_now(import_id: int, *, by: int | None, token_id: int | None) -> None:
    """The job behind `take_back`. May run twice."""
    run = SheetImport.objects.get(id=import_id)
    result = {key: value for key, value in (run.result or {}).items() if key != "reverting"}
    if run.change_set_id is None or "reverted" in result:
        return
    try:
        catalog_actions.revert(run.studio_id, run.change_set_id, by=by, token_id=token_id)
    except (OperationalError, InterfaceError):
        raise
    except CuelightError as error:
        SheetImport.objects.filter(id=import_id).update(result=result | {"not_reverted": error.message})
    except Exception:
        told = "Something broke on our side. Nothing was taken back; try again."
        SheetImport.objects.filter(id=import_id).update(result=result | {"not_reverted": told})
        tell(import_id)
        raise
    tell(import_id)


def release(change_set_id: int, actor_id: int | None) -> list[str]:
    """Takes what an import put into a lineup out of it again, in the transaction that takes the import back; returns
    sentences about what stays. An item that somebody has changed stays, and all do once the show has begun."""
    stays: list[str] = []
    for run in SheetImport.objects.filter(change_set_id=change_set_id).exclude(item_ids=[]):
        if run.session_id is not None:
            stays += take_out(run.session_id, run.item_ids, actor_id=actor_id)
    return stays


def settled(change_set_id: int, result: Any) -> None:
    """Keeps what came of taking an import back with its run, whoever asked for it."""
    for run in SheetImport.objects.filter(change_set_id=change_set_id):
        kept = {key: value for key, value in (run.result or {}).items() if key not in ("reverting", "not_reverted")}
        SheetImport.objects.filter(id=run.id).update(result=kept | {"reverted": dict(result)})
        tell(run.id)


def fetch_again(import_id: int) -> None:
    """Has another try at the pictures that could not be fetched. Raises Conflict when there is none."""
    with transaction.atomic():
        files.ask_again(studio_of(import_id), _asked_by(import_id))
        tell(import_id)


def pictures_fetched(asked_by: str) -> None:
    """Tells whoever watches the run that these pictures were for."""
    kind, _, import_id = asked_by.partition(":")
    if kind == "import" and SheetImport.objects.filter(id=int(import_id)).exists():
        tell(int(import_id))


def remove_old_files() -> int:
    """Forgets the uploaded files of runs that ended more than a week ago; returns how many."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    over = Q(finished_at__lt=before) | Q(status=Status.PREVIEW, created_at__lt=before)  # looked at, and left there
    removed = 0
    for run in SheetImport.objects.filter(over).exclude(path=""):
        if run.status == Status.PREVIEW:
            _change(run.id, [Status.PREVIEW], Status.CANCELLED, finished_at=timezone.now())
        path_of(run).unlink(missing_ok=True)
        removed += SheetImport.objects.filter(id=run.id).update(path="")
    return removed


class Reporter:
    """Tells how far a run is and hears of its cancellation, from a thread with a connection of its own.

    What the import itself writes is in one transaction that nobody sees before its end.
    """

    def __init__(self, import_id: int) -> None:
        self.cancelled = Event()
        self._import_id = import_id
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="import report")
        self._next_at = 0.0

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=True)

    def tell(self, rows_done: int) -> None:
        now = monotonic()
        if now >= self._next_at:
            self._next_at = now + REPORT_EVERY_S
            self._thread.submit(self._report, rows_done)

    def _report(self, rows_done: int) -> None:
        try:
            going_on = SheetImport.objects.filter(id=self._import_id, status=Status.RUNNING)
            if going_on.update(rows_done=rows_done):
                tell(self._import_id)
            else:
                self.cancelled.set()
        finally:
            connections.close_all()


def row(import_id: int) -> ImportRow:
    """A run, JSON-ready. Raises NotFound."""
    run = SheetImport.objects.filter(id=import_id).first()
    if run is None:
        raise NotFound("There is no such import.")
    return {
        "id": run.id,
        "filename": run.filename,
        "status": run.status,
        "upsert": run.upsert,
        "mapping": run.mapping,
        "format": run.format,
        "clear_blank": run.clear_blank,
        "also_edited": run.also_edited,
        "session_id": run.session_id,
        "change_set_id": run.change_set_id,
        "rows_total": run.rows_total,
        "rows_done": run.rows_done,
        "preview": run.preview if run.status in (Status.READING, Status.PREVIEW, Status.FAILED) else None,
        "result": run.result,
        "pictures": files.outstanding(_asked_by(run.id)) if (run.result or {}).get("fetching") else None,
    }


def studio_of(import_id: int) -> int:
    """The studio a run belongs to. Raises NotFound."""
    studio_id = SheetImport.objects.filter(id=import_id).values_list("studio_id", flat=True).first()
    if studio_id is None:
        raise NotFound("There is no such import.")
    return studio_id


def recent(studio_ids: list[int], count: int = 20) -> list[SheetImport]:
    """The newest runs of these studios."""
    return list(SheetImport.objects.filter(studio_id__in=studio_ids).order_by("-id")[:count])


def fills_lineup(import_id: int) -> bool:
    """Whether a run changes a session's lineup."""
    return SheetImport.objects.filter(id=import_id, session__isnull=False).exists()


def tell(import_id: int) -> None:
    """Broadcasts a run as it is now."""
    broadcast(f"import:{import_id}", "progress", {**row(import_id)})


def _asked_by(import_id: int) -> str:
    return f"import:{import_id}"


def path_of(run: SheetImport) -> Path:
    path: Path = settings.DATA_DIR / run.path
    return path


def choices_of(run: SheetImport) -> Choices:
    return Choices(run.upsert, run.mapping or None, run.format, run.clear_blank, run.also_edited)


def target_of(run: SheetImport) -> Target:
    currency = accounts.studio(run.studio_id)["currency"]
    return Target(run.studio_id, run.brand_id, run.session_id, currency, run.started_by_id)


def _change(import_id: int, expected: list[Status], wanted: Status, **values: Any) -> None:
    """One step of a run, if it is where it must be for that; told to all who watch."""
    moved = SheetImport.objects.filter(id=import_id, status__in=expected).update(status=wanted, **values)
    if not moved:
        raise Conflict("import_moved_on", "This import is not waiting for that any more.")
    tell(import_id)


def _finish(import_id: int, expected: Status, wanted: Status, **values: Any) -> None:
    """As ``_change``; a run cancelled meanwhile stays cancelled."""
    if wanted != Status.PREVIEW:
        values["finished_at"] = timezone.now()
    if SheetImport.objects.filter(id=import_id, status=expected).update(status=wanted, **values):
        tell(import_id)
