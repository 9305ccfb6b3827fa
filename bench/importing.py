"""A big file into the catalogue, by the command a studio would use."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from arena import ROOT, Arena

ROWS = 100_000


def measure(arena: Arena) -> Iterator[str]:
    sys.path.insert(0, str(ROOT / "samples"))
    import make_large

    small, large = arena.folder / "small.csv", arena.folder / "large.csv"
    make_large.write(small, ROWS // 10)
    make_large.write(large, ROWS)
    copied_s = bare_copy(arena, large)
    # The large one first: the small one's rows are there already and updated, which takes no more memory.
    large_s, large_mb = load(arena, large)
    small_s, small_mb = load(arena, small, "--upsert")
    yield (
        f"{ROWS:,} rows: {large_s:.1f} s (bar: 30): {large_s / copied_s:.1f} × a bare COPY of them ({copied_s:.1f} s)"
    )
    yield f"memory: {large_mb:.0f} MB at its peak; {small_mb:.0f} MB for {ROWS // 10:,} rows ({small_s:.1f} s)"


def load(arena: Arena, path: Path, *options: str) -> tuple[float, float]:
    """Seconds and peak megabytes of one ``cuelight import``."""
    command = [sys.executable, "-m", "cuelight", "import", str(path), "--brand", "pavoi", *options]
    started = time.perf_counter()
    process = subprocess.Popen(command, env=arena.environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError("the import failed")
    return time.perf_counter() - started, used.ru_maxrss / 1024


def bare_copy(arena: Arena, path: Path) -> float:
    import psycopg

    with psycopg.connect(arena.url) as connection, path.open(newline="") as file:
        started = time.perf_counter()
        connection.execute("CREATE TABLE bare_rows (a text, b text, c text, d text, e text, f text, g text)")
        with connection.cursor().copy("COPY bare_rows FROM STDIN") as copy:
            for row in csv.reader(file):
                copy.write_row(row)
        connection.commit()
        return time.perf_counter() - started
