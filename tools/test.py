"""All tests: Python, TypeScript, browser. Each part runs to its end; the last line adds them up.

    python tools/test.py [python] [typescript] [browser]

Exit code 0 only if every part ran and nothing failed.
"""

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def run_pytest(folder: str, report: Path) -> Counts:
    command = [sys.executable, "-m", "pytest", folder, "-q", f"--junitxml={report}"]
    code = subprocess.run(command, cwd=ROOT).returncode
    if not report.exists():
        return Counts(failed=1)
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    totals = [{key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")} for suite in suites]
    failed = sum(total["failures"] + total["errors"] for total in totals)
    skipped = sum(total["skipped"] for total in totals)
    passed = sum(total["tests"] for total in totals) - failed - skipped
    # A run that broke off (a crash, a collection error) has failed whatever it had counted.
    return Counts(passed, max(failed, 1) if code not in (0, 5) else failed, skipped)


def run_vitest(report: Path) -> Counts:
    command = ["npx", "vitest", "run", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    code = subprocess.run(command, cwd=ROOT / "frontend").returncode
    if not report.exists():
        return Counts(failed=1)
    found = json.loads(report.read_text())
    failed = found["numFailedTests"]
    return Counts(found["numPassedTests"], max(failed, 1) if code else failed, found["numPendingTests"])


def main(parts: list[str]) -> int:
    total = Counts()
    with tempfile.TemporaryDirectory() as folder:
        reports = Path(folder)
        if "python" in parts:
            total += run_pytest("cuelight", reports / "python.xml")
        if "typescript" in parts:
            total += run_vitest(reports / "typescript.json")
        if "browser" in parts:
            total += run_pytest("e2e", reports / "browser.xml")
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"\n{total.passed} passed, {total.failed} failed{skipped}", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["python", "typescript", "browser"]))
