"""The pictures of a zip, after its products are committed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cuelight.catalog import actions
from cuelight.catalog.importing.fields import Field
from cuelight.catalog.importing.plan import Plan
from cuelight.catalog.importing.problems import Cancelled, ProblemFacts, Problems
from cuelight.catalog.importing.writing import ImportResult
from cuelight.errors import CuelightError


@dataclass(slots=True)
class ImagesResult:
    """``stored`` pictures are there now, those that were there before included."""

    stored: int = 0
    warnings: list[ProblemFacts] = field(default_factory=list)
    warnings_total: int = 0


def store_images(
    plan: Plan,
    result: ImportResult,
    *,
    on_progress: Callable[[int], None] = lambda _images: None,
    should_cancel: Callable[[], bool] = lambda: False,
) -> ImagesResult:
    """Adds the pictures that the rows name to their products, each in a transaction of its own.

    To be called after the commit of `writing.write`: a file cannot be rolled back. A picture that does not decode is a
    warning with its line, the others still come in. Doing it again adds nothing twice. Raises Cancelled; what was
    stored until then stays.
    """
    outcome, problems = ImagesResult(), Problems()
    column = plan.columns.header_of(Field.IMAGE) or ""
    for done, (product_id, line, name) in enumerate(result.images if plan.archive else (), start=1):
        if should_cancel():
            raise Cancelled
        try:
            with plan.archive.picture(name) as file:  # type: ignore[union-attr]
                actions.add_image(product_id, file)
            outcome.stored += 1
        except CuelightError as error:
            problems.add(line, column, f"{name}: {error.message}")
        on_progress(done)
    outcome.warnings, outcome.warnings_total = problems.facts(), problems.total
    return outcome
