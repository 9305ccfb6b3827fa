"""Who has a document open just now, for pages."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import TimeoutError
from typing import Any, TypedDict

from cuelight.live import process

#: Seconds that a page waits to hear it; a server that is so busy shows nobody.
PATIENCE_S = 1.0


class Here(TypedDict):
    """Somebody with a document open, in however many windows."""

    key: str
    name: str


def open_now(document_ids: Sequence[int]) -> dict[int, list[Here]]:
    """Document id → who has it open in any process. Nobody in a process without sockets. Not on the loop's thread."""
    node = process.node
    if node is None or not document_ids:
        return {}
    presence = node.hub.presence

    async def look() -> dict[int, Any]:
        return {number: presence.state(f"document:{number}") for number in document_ids}

    try:
        states = asyncio.run_coroutine_threadsafe(look(), node.hub.loop).result(PATIENCE_S)
    except TimeoutError:
        return {}
    return {
        number: [{"key": key, "name": str(one["metas"][0].get("name", ""))} for key, one in state.items()]
        for number, state in states.items()
        if state
    }
