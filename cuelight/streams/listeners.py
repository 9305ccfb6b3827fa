"""What the streams do when a session begins or ends: other platforms are read, and the lamp says so."""

from typing import Any

from cuelight.live import process
from cuelight.live.db import run_db
from cuelight.live.listeners import listens
from cuelight.streams import queries, running


@listens("running:{studio_id}", "status_changed")
async def status_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    running.feeds.poke()
    studio_id = int(params["studio_id"])
    topic = f"stream:{studio_id}"
    if process.hub.has_topic(topic):
        process.hub.broadcast(topic, "air_changed", {**await run_db(queries.air, studio_id)})
