"""Bare ``INSERT … COMMIT`` at a steady pace, beside a load: what of its slowest answers is the disk's, not ours.

    python bench/bare_commits.py postgresql://… 5

Prints ``{p50_ms, p99_ms, max_ms}``, each from the moment the commit was due.
"""

import asyncio
import json
import sys
import time

import asyncpg

PACE_S = 0.005


async def main(url: str, seconds: float) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, body text)")
    insert = await connection.prepare("INSERT INTO bare (body) VALUES ($1)")
    took = []
    due = time.monotonic()
    end = due + seconds
    while due < end:
        await insert.fetch("x" * 200)
        now = time.monotonic()
        took.append((now - due) * 1000)
        due += PACE_S
        if due > now:
            await asyncio.sleep(due - now)
    await connection.close()
    took.sort()
    print(json.dumps({"p50_ms": took[len(took) // 2], "p99_ms": took[int(len(took) * 0.99)], "max_ms": took[-1]}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
