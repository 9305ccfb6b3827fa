"""Shared documents: durable changes a second, how long until everybody has one, and whether a long text costs more.

With ``npm`` at hand the same load is put on ShareDB over the same PostgreSQL (`peers/sharedb.mjs`).
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena import ROOT, Arena, commit_ms, server

DOCUMENTS, WRITERS = 20, 5
HOT_WRITERS = 20
SHORT, LONG = 1_000, 1_000_000
RUNS_PER_UNIT = 50  # a run of text with the same attributes has so many units: 20,000 runs in the long one
SECONDS = 5.0

Row = dict[str, Any]


def measure(arena: Arena) -> Iterator[str]:
    load = compiled(arena.folder)
    first = {length: make(length, DOCUMENTS) for length in (SHORT, LONG)}
    bare, bare99 = commit_ms(arena, count=1000, pace_ms=0)
    yield f"bare INSERT … COMMIT: p50 {bare:.2f} ms, p99 {bare99:.2f} ms"
    with server(arena) as (port, pid):
        options = {"port": port, "cookie": cookie(), "documents": DOCUMENTS, "each": WRITERS, "seconds": SECONDS}

        def run(**more: object) -> Row:
            named = {**options, **more}
            arguments = [text for key, value in named.items() for text in (f"--{key}", str(value))]
            until_idle(pid)
            bare = [sys.executable, ROOT / "bench" / "bare_commits.py", arena.url, str(named["seconds"])]
            beside = subprocess.Popen(bare, stdout=subprocess.PIPE, text=True)
            done = subprocess.run([load, *arguments], capture_output=True, text=True, timeout=120)
            commits = json.loads(beside.communicate(timeout=60)[0])
            if done.returncode == 2 or not done.stdout:
                raise RuntimeError(f"docload failed: {done.stderr.strip()[-400:]}")
            row: Row = json.loads(done.stdout)
            return row | {"bare_p99_ms": commits["p99_ms"]}

        run(first=first[SHORT], length=SHORT, rate=200, seconds=1)
        row = run(first=first[SHORT], length=SHORT, rate=1000)
        yield f"1,000/s over {DOCUMENTS} documents × {WRITERS}: {figures(row)} (bar: ack p50 5, p99 20 ms)"
        best = most(lambda rate: run(first=first[SHORT], length=SHORT, rate=rate))
        ratio = best["acked_per_s"] * bare / 1000
        yield f"most with ack p99 < 50 ms: {figures(best)} (bar: 2,000/s), {ratio:.1f} × bare commits"
        row = run(first=first[SHORT], documents=1, each=HOT_WRITERS, length=SHORT, rate=200)
        yield f"one document, {HOT_WRITERS} writers, 200/s: {figures(row)} (bar: p99 50 ms)"
        short = run(first=first[SHORT], length=SHORT, rate=400)
        long = run(first=first[LONG], length=LONG, rate=400)
        yield f"400/s, {SHORT:,} units each: {figures(short)}"
        yield f"400/s, {LONG:,} units each: {figures(long)}"
        yield f"the long ones: {long['ack_p50_ms'] / short['ack_p50_ms']:.2f} × the short ones' p50 (bar: 0.5 to 1.5)"
    yield from sharedb(arena)


def until_idle(pid: int) -> None:
    """What an overload left in the queue of a server is none of the next row's."""
    ticks = os.sysconf("SC_CLK_TCK")
    before = -1.0
    for _ in range(60):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / ticks
        if used - before < 0.05:
            return
        before = used
        time.sleep(0.5)


def most(run: Any) -> Row:
    """The highest rate that is kept up with."""
    best: Row = {"acked_per_s": 0, "ack_p50_ms": 0, "ack_p99_ms": 0, "heard_p50_ms": 0, "heard_p99_ms": 0}
    rate = 1500
    while rate < 20_000:
        row = run(rate)
        if row["acked_per_s"] < 0.97 * rate or row["ack_p99_ms"] > 50 or row["refused"]:
            break
        best, rate = row, int(rate * 1.25)
    return best


def figures(row: Row) -> str:
    return (
        f"{row['acked_per_s']:,.0f}/s, ack p50 {row['ack_p50_ms']:.1f}, p99 {row['ack_p99_ms']:.1f} ms,"
        f" with everybody p50 {row['heard_p50_ms']:.1f}, p99 {row['heard_p99_ms']:.1f} ms"
    ) + (f"; bare commits beside it p99 {row['bare_p99_ms']:.1f} ms" if "bare_p99_ms" in row else "")


def compiled(folder: Path) -> Path:
    made = folder / "docload"
    compiler = shutil.which("gcc") or shutil.which("cc") or "gcc"
    subprocess.run([compiler, "-O2", "-Wall", "-o", made, ROOT / "bench" / "docload.c"], check=True)
    return made


def make(length: int, count: int) -> int:
    """Documents of a length, in runs as people write them; the id of the first."""
    from cuelight.accounts import queries
    from cuelight.documents.actions import create_document

    studio = queries.studio_by_slug()
    person_id, _ = queries.person_with_role(studio["id"], "producer")
    contents = document(length)
    ids = [
        create_document(studio["id"], title=f"{length:,} units, {number}", by=person_id, contents=contents)
        for number in range(count)
    ]
    return ids[0]


def document(length: int) -> list[Row]:
    ops: list[Row] = []
    for number in range(length // RUNS_PER_UNIT):
        text = "word " * (RUNS_PER_UNIT // 5 - 1) + ("line\n" if number % 2 else "word ")
        ops.append({"insert": text} | ({"attributes": {"bold": True}} if number % 2 == 0 else {}))
    return ops


def cookie() -> str:
    """A signed-in producer's, as a browser has it."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from cuelight.accounts import queries
    from cuelight.accounts.models import Person

    person_id, _ = queries.person_with_role(queries.studio_by_slug()["id"], "producer")
    person = Person.objects.get(pk=person_id)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def sharedb(arena: Arena) -> Iterator[str]:
    """The same documents and rates on ShareDB with its PostgreSQL adapter, which commits each change as we do."""
    peers = ROOT / "bench" / "peers"
    if shutil.which("npm") is None:
        yield "ShareDB: skipped, there is no npm"
        return
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=peers, check=True, timeout=300)
    for name, options in {
        f"1,000/s over {DOCUMENTS} documents × {WRITERS}": {"rate": 1000, "documents": DOCUMENTS, "each": WRITERS},
        f"one document, {HOT_WRITERS} writers, 200/s": {"rate": 200, "documents": 1, "each": HOT_WRITERS},
        f"100/s, {LONG:,} units each": {"rate": 100, "documents": DOCUMENTS, "each": 1, "length": LONG},
    }.items():
        done = subprocess.run(
            [
                "node",
                peers / "sharedb.mjs",
                json.dumps({"url": arena.url, "seconds": SECONDS, "length": SHORT, **options}),
            ],
            capture_output=True,
            text=True,
            timeout=180,
        )
        if done.returncode:
            yield f"ShareDB, {name}: failed: {done.stderr.strip()[-600:]}"
            continue
        yield f"ShareDB, {name}: {figures(json.loads(done.stdout))}"
        time.sleep(0.5)
