"""The second half of an order file: its lines count from now on. One transaction, one file of a studio at a time."""

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from cuelight.accounts import audit
from cuelight.errors import Conflict, CuelightError
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import staging, tables
from cuelight.streams.orders.looking import BROKE, Counts, stop
from cuelight.streams.orders.progress import STANDS, Progress, Reporter, State, counted, tell

#: How long a request waits for another file of its studio that is being read in.
PATIENCE_S = 3


def apply_now(import_id: int, *, by: int | None, token_id: int | None) -> None:
    """The job behind `apply`."""
    found = OrderImport.objects.filter(id=import_id).first()
    if found is None or found.state == State.DONE:
        # The one before it was ended when all was written.
        staging.forget(import_id)
        return
    if found.state != State.APPLYING:
        return
    with Reporter(import_id, State.APPLYING) as progress:
        try:
            read_in(found, by, token_id, progress, State.APPLYING)
        except (OperationalError, InterfaceError):
            raise
        except CuelightError as error:
            stop(import_id, error.reason, error.message)
        except Exception:
            problem = {"reason": "broken", "message": f"{BROKE}try again."}
            OrderImport.objects.filter(id=import_id, state=State.APPLYING).update(
                **STANDS, state=State.PREVIEW, problem=problem
            )
            tell(import_id)
            raise


def read_in(found: OrderImport, by: int | None, token_id: int | None, progress: Progress, expected: State) -> Counts:
    with transaction.atomic():
        lock(found.studio_id, patient=expected == State.APPLYING)
        _must_be(found, expected)
        total = found.counts.get("lines")
        now = tables.compare(found.studio_id, found.source, counted(staging.kept(found.id), progress, "compare", total))
        progress.tell("write", 0, total)
        counts: Counts = {**found.counts, **now}  # type: ignore[typeddict-item]
        values = {**STANDS, "state": State.DONE, "problem": {}, "counts": counts, "made_at": timezone.now()}
        if not OrderImport.objects.filter(id=found.id, state=expected).update(**values):
            raise Conflict("already_read", "This file was read in already.")
        tables.write(found.studio_id, found.source, found.id)
        audit.record(
            "import_started",
            studio_id=found.studio_id,
            person_id=by,
            token_id=token_id,
            target=found.filename,
            rows=total,
        )
        tell(found.id)
    staging.forget(found.id)
    return counts


def lock(studio_id: int, *, patient: bool) -> None:
    """Until the transaction ends nobody else changes order lines of the studio. Raises Conflict where a person waits
    and another file is being read in."""
    try:
        with connection.cursor() as cursor:
            if not patient:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{PATIENCE_S}s"])
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('order imports'), %s)", [studio_id % 2**31])
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Conflict("busy", "Another order file is being read in just now. Try again in a moment.") from error


def _must_be(found: OrderImport, expected: State) -> None:
    """Under the studio's lock."""
    if not OrderImport.objects.filter(id=found.id, state=expected).exists():
        raise Conflict("already_read", "This file was read in already.")
