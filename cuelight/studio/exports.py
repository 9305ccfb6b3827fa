"""Taking everything out of a studio: a job packs a zip, an admin fetches it within a week."""

import secrets
from datetime import timedelta
from pathlib import Path
from time import monotonic

import structlog
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest
from django.utils import timezone

from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.accounts.archive import Archive
from cuelight.errors import Conflict, Gone, NotFound
from cuelight.jobs import enqueue
from cuelight.studio.contexts import exporting
from cuelight.studio.models import StudioExport

log = structlog.get_logger(__name__)

Status = StudioExport.Status
UNDERWAY = (Status.WAITING, Status.PACKING)
KEPT_DAYS = 7
#: A run that has given no sign of life for so long is over: its worker died too often.
SILENT = timedelta(hours=1)
#: Seconds between two reports of a run.
REPORT_EVERY_S = 0.5

README = """Everything that Cuelight keeps of {name}, taken out on {at:%d %B %Y, %H:%M} UTC.

Tables are CSV, which a spreadsheet opens, or one JSON object a line. Times are UTC. Prices whose name ends with
"_cents" are in the smallest unit of {currency}. What was changed while this was packed may be in one file as it was
before and in another as it was after. A cell that a spreadsheet would take for a formula begins with an apostrophe.

{parts}"""


class Stopped(Exception):
    """The run is not to be packed any more."""


def start_export(studio_id: int, *, by: int | None, request: HttpRequest | None = None) -> int:
    """Asks for a zip of everything; returns the run's id. Raises Conflict while another one is packed."""
    try:
        with transaction.atomic():
            _give_up_silent(studio_id)
            run = StudioExport.objects.create(studio_id=studio_id, started_by_id=by)
            audit.record("studio_exported", request=request, studio_id=studio_id, person_id=by)
            enqueue("studio.pack_export", export_id=run.id)
    except IntegrityError as error:
        raise Conflict("export_underway", "Everything is being packed already. Wait until that is done.") from error
    return run.id


def access_export(studio_id: int, export_id: int) -> StudioExport:
    """A run of this studio; authorise first. Raises NotFound."""
    run = StudioExport.objects.filter(studio_id=studio_id, id=export_id).first() if export_id < 2**63 else None
    if run is None:
        raise NotFound()
    return run


def recent(studio_id: int, count: int = 3) -> list[StudioExport]:
    """The newest runs of a studio whose file is there, or will be."""
    runs = StudioExport.objects.filter(studio_id=studio_id).exclude(status=Status.REMOVED)
    return list(runs.select_related("started_by").order_by("-id")[:count])


def file_of(run: StudioExport) -> Path:
    """The zip of a run. Raises Gone when there is none any more."""
    path = _path(run.path)
    if run.status != Status.DONE or not path.is_file():
        raise Gone("This file is not kept any more. Take everything out again.")
    return path


def kept_until(run: StudioExport) -> object:
    return run.finished_at and run.finished_at + timedelta(days=KEPT_DAYS)


def pack(export_id: int) -> None:
    """The job behind ``start_export``. Run twice it begins anew, in another file; an earlier try that still goes on
    finds its place taken, and stops."""
    run = StudioExport.objects.filter(id=export_id, status__in=UNDERWAY).first()
    if run is None:
        return
    _remove_file(run)
    name = f"exports/{secrets.token_hex(16)}.zip"
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    StudioExport.objects.filter(id=export_id, status__in=UNDERWAY).update(path=name)
    run.path = name
    try:
        _write(run, path)
        _step(run, status=Status.DONE, size=path.stat().st_size, finished_at=timezone.now())
    except Stopped:
        path.unlink(missing_ok=True)
    except (OperationalError, InterfaceError):
        path.unlink(missing_ok=True)
        raise  # the database is away; the job is tried again
    except Exception:
        path.unlink(missing_ok=True)
        StudioExport.objects.filter(id=export_id, path=name).update(status=Status.FAILED, finished_at=timezone.now())
        raise


def remove_old() -> int:
    """Removes the files of more than seven days, and gives up on runs that nobody packs any more; returns how many."""
    _give_up_silent()
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    old = StudioExport.objects.filter(finished_at__lt=before).exclude(status=Status.REMOVED)
    removed = 0
    for run in old:
        _remove_file(run)
        removed += StudioExport.objects.filter(id=run.id).update(status=Status.REMOVED, path="")
    return removed


def erase_studio(studio_id: int) -> None:
    """Deletes the studio's exports and their files. May run twice."""
    for run in StudioExport.objects.filter(studio_id=studio_id):
        _remove_file(run)
        StudioExport.objects.filter(id=run.id).delete()


def _write(run: StudioExport, path: Path) -> None:
    studio = accounts.studio(run.studio_id)
    contexts = exporting()
    total = sum(context.export_size(run.studio_id) for _, context in contexts)
    _step(run, status=Status.PACKING, total=total, done=0)
    next_at = 0.0

    def tell(done: int) -> None:
        nonlocal next_at
        if monotonic() >= next_at:
            next_at = monotonic() + REPORT_EVERY_S
            _step(run, done=done)

    path.touch(mode=0o600)
    with Archive(path, tell=tell) as archive:
        parts = "\n".join(context.README for _, context in contexts)
        about = {"name": studio["name"], "currency": studio["currency"], "at": timezone.now(), "parts": parts}
        archive.text("README.txt", README.format(**about))
        for _, context in contexts:
            context.export_studio(run.studio_id, archive)
        _step(run, done=archive.done, total=archive.done)


def _step(run: StudioExport, **values: object) -> None:
    """Raises Stopped when the run was given up, is packed by another job, or its studio is deleted meanwhile."""
    mine = StudioExport.objects.filter(id=run.id, path=run.path, status__in=UNDERWAY, studio__deleted_at__isnull=True)
    if not mine.update(updated_at=timezone.now(), **values):
        raise Stopped


def _give_up_silent(studio_id: int | None = None) -> None:
    silent = StudioExport.objects.filter(status__in=UNDERWAY, updated_at__lt=timezone.now() - SILENT)
    if studio_id is not None:
        silent = silent.filter(studio_id=studio_id)
    for run in silent:
        _remove_file(run)
        StudioExport.objects.filter(id=run.id).update(status=Status.FAILED, finished_at=timezone.now())


def _remove_file(run: StudioExport) -> None:
    if run.path:
        _path(run.path).unlink(missing_ok=True)


def _path(relative: str) -> Path:
    path: Path = settings.DATA_DIR / relative
    return path
