"""What is wrong with a file, and where. All of it is gathered before anybody is told."""

from dataclasses import dataclass, field, replace
from typing import TypedDict

from cuelight.errors import Conflict, Invalid

MOST_LISTED = 200
"""Errors and warnings that are listed one by one; the rest is counted. Nobody reads more before fixing the file."""


class ProblemFacts(TypedDict):
    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong. ``line`` counts as the file does, its header usually being line 1; ``column`` is the header."""

    line: int
    column: str
    message: str

    def facts(self) -> ProblemFacts:
        return {"line": self.line, "column": self.column, "message": self.message}


@dataclass(slots=True)
class Problems:
    """A list that stops growing but keeps counting."""

    listed: list[Problem] = field(default_factory=list)
    total: int = 0

    def add(self, line: int, column: str, message: str) -> None:
        self.total += 1
        if len(self.listed) < MOST_LISTED:
            self.listed.append(Problem(line, column, message))

    def name_product(self, ordinal: int, *, since: int) -> None:
        """Says of those added when ``since`` were there which product is meant: it shares its line with others."""
        for at in range(since, len(self.listed)):
            problem = self.listed[at]
            self.listed[at] = replace(problem, message=f"Product {ordinal}: {problem.message}")

    def facts(self) -> list[ProblemFacts]:
        """JSON-ready, by line."""
        return [problem.facts() for problem in sorted(self.listed)]


@dataclass(slots=True)
class Findings:
    """What one pass over a file found."""

    errors: Problems = field(default_factory=Problems)
    warnings: Problems = field(default_factory=Problems)
    rows: int = 0


class FileRefused(Invalid):
    """The file cannot be read at all, or not as anything we know."""

    def __init__(self, message: str, reason: str = "unreadable_file") -> None:
        super().__init__(reason, message)


class RowsRefused(Invalid):
    """Some rows are wrong, so nothing was written. ``findings.errors`` has them by line."""

    def __init__(self, findings: Findings) -> None:
        count = findings.errors.total
        what = "One thing is" if count == 1 else f"{count} things are"
        super().__init__("invalid_rows", f"{what} wrong in this file. Nothing was written.")
        self.findings = findings


class Cancelled(Conflict):
    """Somebody cancelled the import while it ran; its transaction must be rolled back."""

    def __init__(self) -> None:
        super().__init__("cancelled", "The import was cancelled. Nothing was written.")
