"""``make bench``: the real application, measured; each figure as a ratio to something in the same run.

    python bench/run.py [commands] [fanout] [sockets] [importing] [keypress] [search] [builder] [documents] [writing]
                        [chat] [overlays]

Everything happens on loopback in a database of its own that is removed at the end; nothing else should run meanwhile.
"""

import os
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import builder
import chat
import commands
import documents
import fanout
import importing
import keypress
import overlays
import search
import sockets
import writing
from arena import NoCompiler, arena, own_folder

MEASURES = {
    "commands": commands.measure,
    "fanout": fanout.measure,
    "sockets": sockets.measure,
    "importing": importing.measure,
    "keypress": keypress.measure,
    "search": search.measure,
    "documents": documents.measure,
    "writing": writing.measure,
    "builder": builder.measure,
    "chat": chat.measure,
    "overlays": overlays.measure,
}


def main(names: list[str]) -> int:
    unknown = set(names) - set(MEASURES)
    if unknown:
        print(f"There is no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}.")
        return 2
    started = time.monotonic()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    try:
        with own_folder("bench") as folder, arena(folder) as ready:
            for name in names or MEASURES:
                print(f"\n{name}", flush=True)
                for line in MEASURES[name](ready):
                    print(f"  {line}", flush=True)
    except NoCompiler:
        print("skipped: the load generator is in C; install gcc ('apt-get install gcc libc6-dev') to measure.")
        return 0
    print(f"\nMeasured in {time.monotonic() - started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
