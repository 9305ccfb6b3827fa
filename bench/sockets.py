"""What a socket costs: memory while idle, and the time everybody needs to come back after a restart."""

from collections.abc import Iterator

from arena import BIG_SESSION, Arena, Row, median, server

CLIENTS = 5000
ROUNDS = 3


def measure(arena: Arena) -> Iterator[str]:
    ours = [come_back(arena) for _ in range(ROUNDS)]
    bare = [come_back(arena, script="bare_server.py") for _ in range(ROUNDS)]

    def of(rows: list[Row], key: str) -> float:
        return median([row[key] for row in rows])

    yield (
        f"idle client: {of(ours, 'server_kb_per_conn_at2s'):.1f} KB of server memory all told (bar: 8); "
        f"a socket that joined a topic without sign-in or snapshot: {of(bare, 'server_kb_per_conn_at2s'):.1f} KB"
    )
    cpu, bare_cpu = of(ours, "server_connect_cpu_ms_per_conn"), of(bare, "server_connect_cpu_ms_per_conn")
    yield (
        f"{CLIENTS:,} authorised joins to one topic after a restart: {of(ours, 'connect_s'):.2f} s, "
        f"{cpu * CLIENTS / 1000:.2f} s of one core (bar: 4): {cpu / bare_cpu:.2f} × bare joins "
        f"({of(bare, 'connect_s'):.2f} s, {bare_cpu * CLIENTS / 1000:.2f} s)"
    )


def come_back(arena: Arena, script: str = "") -> Row:
    """A server that has just started, and everybody at once."""
    with server(arena, script) as (port, pid):
        topic = f"session:{BIG_SESSION}:state"
        return arena.wsload(port, "idle", n=CLIENTS, topic=topic, settle=2, watch=f"server:{pid}")
