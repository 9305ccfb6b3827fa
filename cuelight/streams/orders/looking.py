"""The first half of an order file: from what was sent to the lines that would count. Nothing of it counts yet."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, transaction

from cuelight.catalog.importing.problems import Cancelled, ProblemFacts
from cuelight.errors import CuelightError, Invalid
from cuelight.streams.models import OrderImport
from cuelight.streams.orders import staging, tables
from cuelight.streams.orders.columns import KINDS, OTHER_CURRENCY
from cuelight.streams.orders.lines import Findings
from cuelight.streams.orders.moments import Clock
from cuelight.streams.orders.progress import BUSY, STANDS, Progress, Reporter, State, counted, tell
from cuelight.streams.orders.reading import Answers, OrderFile, Orders

#: What a person may answer; the rest is a matter for the file.
QUESTIONS = frozenset({"which_zone", "which_is_first", "dates_proven", "which_currency"})
BROKE = "Something broke on our side. Nothing was read in; "


class Counts(TypedDict, total=False):
    """What is known of an import. ``skipped``: lines that are no sale, by why; ``gone``: lines of earlier files that
    are no sale any more. Problems are listed up to a bound and counted beyond. ``changed_lines``: what those that were
    changed were before and are now, for taking it back."""

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


def look_now(import_id: int, progress: Progress | None = None) -> None:
    """The job behind `preview` and `answer`. What is wrong with a file is kept with its import."""
    found = OrderImport.objects.filter(id=import_id).first()
    if found is None:
        staging.forget(import_id)
        return
    if found.state != State.READING:
        return
    with _reporting(import_id, State.READING, progress) as told:
        try:
            _look(found, told)
        except Cancelled:
            _forget_if_gone(import_id)
        except (OperationalError, InterfaceError):
            # The database is away: the job is tried again, with the file.
            raise
        except CuelightError as error:
            stop(import_id, error.reason, error.message)
        except Exception:
            stop(import_id, "broken", f"{BROKE}choose the file again.")
            raise


def _look(found: OrderImport, progress: Progress) -> None:
    """Raises Cancelled, FileRefused, or Invalid with what must be answered."""
    if not staging.has_rows(found.id):
        progress.tell("rows")
        file = OrderFile(staging.upload(found.id))
        rows = counted(file.rows(), progress, "rows", file.last_line())
        staging.keep_rows(found.id, file.kind.source, rows)
    staging.forget_upload(found.id)
    source, total = staging.source(found.id), staging.rows_total(found.id)
    orders = Orders(next(kind for kind in KINDS if kind.source == source), lambda: staging.rows(found.id))
    answers, said = _answers(found), Findings()
    clock = orders.clock(answers)
    lines = staging.keep(found.id, counted(orders.lines(clock, answers, said), progress, "lines", total))
    _refuse_other_currency(said, lines, answers)
    with transaction.atomic():
        progress.tell("compare")
        would = tables.compare(found.studio_id, source, counted(staging.kept(found.id), progress, "compare", lines))
        looked_at = OrderImport.objects.filter(id=found.id, state=State.READING, answers=found.answers)
        counts: Counts = {**_found(said, clock), **would}  # type: ignore[typeddict-item]
        if not looked_at.update(**STANDS, state=State.PREVIEW, source=source, counts=counts):
            raise Cancelled
        tell(found.id)
    staging.forget_rows(found.id)


def _refuse_other_currency(said: Findings, lines: int, answers: Answers) -> None:
    if not lines and said.errors.listed and all(one.message == OTHER_CURRENCY for one in said.errors.listed):
        raise Invalid(
            "which_currency", f"The amounts in this file are not in {answers.currency}: say what they are in."
        )


def _found(said: Findings, clock: Clock) -> Counts:
    return {
        "lines": said.lines,
        "skipped": dict(said.skipped),
        "errors": said.errors.facts(),
        "errors_total": said.errors.total,
        "warnings": said.warnings.facts(),
        "warnings_total": said.warnings.total,
        "zone": clock.zone.key if clock.zone else "",
        "order": clock.order,
    }


def stop(import_id: int, reason: str, message: str) -> None:
    """A file goes no further; only where a person may answer is anything of it kept."""
    is_question = reason in QUESTIONS and staging.has_rows(import_id)
    state = State.ASKING if is_question else State.FAILED
    going_on = OrderImport.objects.filter(id=import_id, state__in=BUSY)
    stopped = going_on.update(**STANDS, state=state, problem={"reason": reason, "message": message})
    if not stopped:
        # Somebody else has brought it further, or it is gone.
        _forget_if_gone(import_id)
        return
    if not is_question:
        staging.forget(import_id)
    tell(import_id)


def _forget_if_gone(import_id: int) -> None:
    if not OrderImport.objects.filter(id=import_id).exists():
        staging.forget(import_id)


@contextmanager
def _reporting(import_id: int, state: State, progress: Progress | None) -> Iterator[Progress]:
    if progress is not None:
        yield progress
        return
    with Reporter(import_id, state) as reporter:
        yield reporter


def _answers(found: OrderImport) -> Answers:
    kept = found.answers
    return Answers(kept["order"], ZoneInfo(kept["zone"]) if kept["zone"] else None, kept["currency"])
