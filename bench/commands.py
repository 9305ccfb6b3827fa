"""A key press to all screens of a session, and how many a process can take."""

from collections.abc import Iterator

from arena import SESSIONS, Arena, commit_ms, median, server

ROUNDS = 5
# One after the other as fast as answers come: 440 commands stay inside a socket's burst of 500. And at a pace of 143 a
# second, when every process has gone to sleep in between, as in a real show.
PACES_MS = {"back to back": 0, "with 7 ms between": 7}


def measure(arena: Arena) -> Iterator[str]:
    with server(arena) as (port, pid):
        for name, pace_ms in PACES_MS.items():
            yield from latency(arena, port, name, pace_ms)
        yield from throughput(arena, port, pid)


def latency(arena: Arena, port: int, name: str, pace_ms: float) -> Iterator[str]:
    bare, bare99, shown, shown99 = [], [], [], []
    for _ in range(ROUNDS):
        p50, p99 = commit_ms(arena, pace_ms=pace_ms)
        bare.append(p50)
        bare99.append(p99)
        row = arena.wsload(port, "fanout", n=3, iters=400, gap_ms=pace_ms, event="next")
        shown.append(row["last_p50_ms"])
        shown99.append(row["last_p99_ms"])
    yield f"{name}: bare INSERT … COMMIT p50 {median(bare):.2f} ms, p99 {median(bare99):.2f} ms"
    yield (
        f"{name}: command → last of 3 screens p50 {median(shown):.2f} ms, p99 {median(shown99):.2f} ms: "
        f"{median(shown) / median(bare):.2f} × a bare commit (bar: 2)"
    )


def throughput(arena: Arena, port: int, pid: int) -> Iterator[str]:
    load = {"sessions": SESSIONS, "per": 3, "event": "next", "watch": f"server:{pid}"}
    row = arena.wsload(port, "many", rate=8000, secs=5, **load)
    yield (
        f"8,000 durable commands/s over {SESSIONS} sessions × 3: achieved {row['achieved']:.0f}/s, "
        f"p50 {row['last_p50_ms']:.1f} ms, p99 {row['last_p99_ms']:.1f} ms (bar: 50)"
    )
    best = arena.wsload(port, "many", rate=3000, secs=3, search=1, **load)["max_ok_rate"]
    bare, _ = commit_ms(arena, count=2000, pace_ms=0)
    yield (
        f"most with p99 < 50 ms: {best:.0f}/s (bar: 8,000): "
        f"{best / (1000 / bare):.1f} × bare commits one after the other ({1000 / bare:.0f}/s)"
    )
