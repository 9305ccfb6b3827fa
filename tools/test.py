"""All tests: Python, TypeScript, browser. Each part runs to its end; the last line adds them up.

    python tools/test.py [python] [typescript] [browser]

Exit code 0 only if every part ran and nothing failed. A few that fail in Python or in the browser are run once more by
themselves; those that pass then are named at the end, since something is wrong with them or with what they test.
"""

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    #: What failed, each with the first line of why: said again at the end, where it is found.
    failures: list[str] = field(default_factory=list)
    #: What failed first and passed when it was run again.
    unsteady: list[str] = field(default_factory=list)

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.failures + other.failures,
            self.unsteady + other.unsteady,
        )


#: As many at most are run again: more have a cause in common.
MOST_AGAIN = 5

#: The Python tests that run beside all others, in a process for each of these: about a third of the time each.
BESIDE = (("catalog", "sessions", "accounts", "live"), ("tests",))


def run_python(reports: Path) -> Counts:
    """In processes at once, each on databases of its own. What those beside say comes when all are done."""
    folders = sorted(path.name for path in (ROOT / "cuelight").iterdir() if (path / "__init__.py").exists())
    elsewhere = {name for names in BESIDE for name in names}
    others = [f"cuelight/{name}" for name in folders if name not in elsewhere]
    with ThreadPoolExecutor(len(BESIDE) + 1) as pool, ExitStack() as open_files:
        told = [open_files.enter_context((reports / f"beside-{at}.log").open("w+")) for at in range(len(BESIDE))]
        runs = [pool.submit(run_steadily, others, reports / "python.xml")]
        for at, names in enumerate(BESIDE):
            beside = [f"cuelight/{name}" for name in names]
            runs.append(pool.submit(run_steadily, beside, reports / f"beside-{at}.xml", told[at]))
        total = sum((run.result() for run in runs), Counts())
        for said in told:
            said.seek(0)
            print(said.read(), flush=True)
    return total


def run_steadily(folders: list[str], report: Path, into: IO[str] | None = None) -> Counts:
    """Runs them, and what failed once more. ``into``: where the output goes instead of the terminal."""
    remembers = ["-o", f"cache_dir={report.with_suffix('')}"]
    total = run_pytest([*folders, *remembers], report, into)
    if not 0 < len(total.failures) == total.failed <= MOST_AGAIN:
        return total
    again = run_pytest([*folders, *remembers, "--last-failed", "--last-failed-no-failures=none"], report, into)
    if not again.passed + again.failed:
        return total
    failed = {one.partition(": ")[0] for one in again.failures}
    again.unsteady = [one for one in total.failures if one.partition(": ")[0] not in failed]
    return Counts(total.passed, 0, total.skipped) + again


def run_pytest(arguments: list[str], report: Path, into: IO[str] | None) -> Counts:
    command = [sys.executable, "-m", "pytest", *arguments, "-q", f"--junitxml={report}"]
    code = subprocess.run(command, cwd=ROOT, stdout=into, stderr=into).returncode
    if not report.exists():
        return Counts(failed=1, failures=[f"{' '.join(arguments)}: broke off with code {code}"])
    root = ElementTree.parse(report).getroot()
    suites = root.iter("testsuite")
    totals = [{key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")} for suite in suites]
    failed = sum(total["failures"] + total["errors"] for total in totals)
    skipped = sum(total["skipped"] for total in totals)
    passed = sum(total["tests"] for total in totals) - failed - skipped
    # A run that broke off (a crash, a collection error) has failed whatever it had counted.
    return Counts(passed, max(failed, 1) if code not in (0, 5) else failed, skipped, list(_failures(root)))


def _failures(report: ElementTree.Element) -> Iterator[str]:
    for case in report.iter("testcase"):
        for why in (*case.findall("failure"), *case.findall("error")):
            yield f"{case.get('classname')}::{case.get('name')}: {_first([why.get('message') or ''])}"


def run_vitest(report: Path) -> Counts:
    command = ["npx", "vitest", "run", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    code = subprocess.run(command, cwd=ROOT / "frontend").returncode
    if not report.exists():
        return Counts(failed=1, failures=[f"vitest: broke off with code {code}"])
    found = json.loads(report.read_text())
    failed = found["numFailedTests"]
    told = [test for file in found["testResults"] for test in file["assertionResults"]]
    failures = [f"{one['fullName']}: {_first(one['failureMessages'])}" for one in told if one["status"] == "failed"]
    return Counts(found["numPassedTests"], max(failed, 1) if code else failed, found["numPendingTests"], failures)


def _first(messages: list[str]) -> str:
    """The first line of why."""
    return "".join(messages).partition("\n")[0][:200]


def main(parts: list[str]) -> int:
    total = Counts()
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder)
        if "python" in parts:
            total += run_python(reports)
        if "typescript" in parts:
            total += run_vitest(reports / "typescript.json")
        if "browser" in parts:
            total += run_steadily(["e2e"], reports / "browser.xml")
    if total.unsteady:
        print("\nFailed first, and passed when run again:\n  " + "\n  ".join(total.unsteady), flush=True)
    if total.failures:
        print("\nFailed:\n  " + "\n  ".join(total.failures), flush=True)
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"\n{total.passed} passed, {total.failed} failed{skipped}", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["python", "typescript", "browser"]))
