"""What the streams tell screens, from synchronous code; always after the commit."""

from cuelight.live.broadcast import broadcast
from cuelight.streams import queries


def feed_changed(studio_id: int, platform: str) -> None:
    """One platform's row, as it is now, or that there is none any more; and the lamp, which depends on it."""
    row = queries.feed(studio_id, platform)
    if row is None:
        broadcast(f"stream:{studio_id}", "feed_removed", {"platform": platform})
    else:
        broadcast(f"stream:{studio_id}", "feed_changed", {**row})
    air_changed(studio_id)


def air_changed(studio_id: int) -> None:
    broadcast(f"stream:{studio_id}", "air_changed", {**queries.air(studio_id)})


def stream_changed(studio_id: int) -> None:
    row = queries.stream(studio_id)
    broadcast(f"stream:{studio_id}", "stream_changed", {"stream": row})


def removed(studio_id: int, ids: list[int], why: str) -> None:
    """Messages that no screen may show any more."""
    if ids:
        broadcast(f"chat:{studio_id}", "removed", {"ids": ids, "why": why})
        broadcast(f"stream:{studio_id}", "removed", {"ids": ids, "why": why})
