"""Order files: taken, looked at, read in, taken back, put back. Each writes in one transaction.

A small file is looked at and read in while its sender waits; a larger one by a job, which tells how far it is
(`progress`). ``OrderImport.state`` says how far an import is, ``counts`` what was found; what is kept of the file
meanwhile is in `staging`. Each job may run twice, and goes on where the one before it was ended.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from cuelight.accounts.access import Access
from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.jobs import enqueue
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import looking, staging, tables, writing
from cuelight.streams.orders.columns import KINDS
from cuelight.streams.orders.looking import Counts
from cuelight.streams.orders.progress import STANDS, Nobody, State, tell
from cuelight.streams.orders.reading import MOST_BYTES, SMALL_TABLE, Answers, is_small

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")
SAYS = {kind.source: kind.says for kind in KINDS}
#: Lines up to which nobody notices that they are read in.
SMALL_LINES = 2_000


def preview(upload: "UploadedFile[Any]", answers: Answers, *, access: Access) -> int:
    """Takes an upload to be looked at: what is needed of it is kept, and what reading it in would do is found out.
    Returns the import's id. A small file was looked at then; else a job was asked for.

    Nothing counts yet. Raises Invalid, FileRefused for what cannot be taken, or is small and cannot be read.
    """
    name = Path(upload.name or "orders").name[:200]
    if not name.lower().endswith(SUFFIXES):
        raise Invalid("unreadable_file", "This is no table. Choose the CSV or XLSX that the shop gave you.")
    if (upload.size or 0) > MOST_BYTES:
        raise Invalid("file_too_large", f"This file is larger than {MOST_BYTES >> 20} MB.")
    forget_old()
    import_id, at_once = _taken(upload, name, answers, access)
    if at_once:
        looking.look_now(import_id, Nobody())
        found = OrderImport.objects.get(id=import_id)
        if found.state == State.FAILED:
            found.delete()
            raise Invalid(**found.problem)
    return import_id


def _taken(upload: "UploadedFile[Any]", name: str, answers: Answers, access: Access) -> tuple[int, bool]:
    """A new import with its file; whether it is small."""
    import_id = 0
    try:
        with transaction.atomic():
            import_id = OrderImport.objects.create(
                studio_id=access.studio_id,
                filename=name,
                made_by_id=access.person_id,
                state=State.READING,
                answers=_kept_answers(answers),
            ).id
            at_once = is_small(staging.keep_upload(import_id, upload.chunks()))
            if not at_once:
                enqueue("streams.look_at_orders", import_id=import_id)
    except BaseException:
        staging.forget(import_id)
        raise
    return import_id, at_once


def answer(import_id: int, answers: Answers, *, access: Access) -> None:
    """Says what a file had left open: it is looked at again. Raises Conflict when nothing was asked (any more)."""
    with transaction.atomic():
        asked = OrderImport.objects.filter(id=import_id, studio_id=access.studio_id, state=State.ASKING)
        if not asked.update(state=State.READING, answers=_kept_answers(answers), problem={}):
            raise Conflict("import_moved_on", "This file does not wait for an answer any more.")
        at_once = staging.rows_bytes(import_id) <= SMALL_TABLE
        tell(import_id)
        if not at_once:
            enqueue("streams.look_at_orders", import_id=import_id)
    if at_once:
        looking.look_now(import_id, Nobody())


def apply(import_id: int, *, access: Access) -> Counts | None:
    """Reads in what was looked at; returns what came of it, None where a job does it. Raises Conflict when that was
    done already, or when the lines are not kept any more."""
    found = OrderImport.objects.filter(id=import_id, studio_id=access.studio_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    if found.counts.get("lines", 0) <= SMALL_LINES:
        return writing.read_in(found, access.person_id, access.token_id, Nobody(), State.PREVIEW)
    with transaction.atomic():
        looked_at = OrderImport.objects.filter(id=import_id, state=State.PREVIEW)
        if not looked_at.update(**STANDS, state=State.APPLYING, problem={}):
            raise Conflict("already_read", "This file was read in already.")
        tell(import_id)
        enqueue("streams.read_orders_in", import_id=import_id, by=access.person_id, token_id=access.token_id)
    return None


def discard(import_id: int, *, access: Access) -> None:
    """Forgets a file that is not read in; a job that looks at it ends. Raises Conflict when it was, or is just now."""
    with transaction.atomic():
        mine = OrderImport.objects.filter(id=import_id, studio_id=access.studio_id)
        found = mine.first()
        if found is None:
            raise NotFound("There is no such import.")
        # Not waited for: it may hold its row for seconds.
        if found.state == State.APPLYING:
            raise Conflict("already_read", "This file is being read in. Take it back when that is done.")
        if mine.exclude(state__in=(State.APPLYING, State.DONE)).select_for_update().first() is None:
            raise Conflict("already_read", "This file was read in already. Take it back instead.")
        found.delete()
        tell(import_id)
    staging.forget(import_id)


def forget_old() -> None:
    """Forgets what nobody has read in for a day, and every file that is kept for nothing."""
    before = timezone.now() - timedelta(seconds=staging.KEPT_S)
    OrderImport.objects.exclude(state__in=(State.APPLYING, State.DONE)).filter(made_at__lt=before).delete()
    staging.forget_old(set(OrderImport.objects.filter(state=State.APPLYING).values_list("id", flat=True)))


def forget_studio(studio_id: int) -> None:
    """The files of a studio that is erased."""
    for import_id in OrderImport.objects.filter(studio_id=studio_id).values_list("id", flat=True):
        staging.forget(import_id)


def revert(import_id: int, *, access: Access) -> str:
    """Takes an import back: its lines count no more, and those it had changed are as they were, where nobody changed
    them since; returns the file's name. Lines that a later file had, too, are this one's and go with it.

    Raises Conflict when it was taken back already."""
    with transaction.atomic():
        found = _locked(import_id, access.studio_id)
        if found.state != State.DONE or found.reverted_at:
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
    """An import of the studio; its studio's imports go one after the other. Raises NotFound, Conflict."""
    writing.lock(studio_id, patient=False)
    found = OrderImport.objects.filter(id=import_id, studio_id=studio_id).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found


def _kept_answers(answers: Answers) -> dict[str, str]:
    zone = answers.zone.key if answers.zone else ""
    return {"order": answers.order, "zone": zone, "currency": answers.currency}
