"""What docks are told when a show begins or ends, and when the lamp changes."""

from typing import Any

from cuelight.live import process
from cuelight.live.db import run_db
from cuelight.live.listeners import listens
from cuelight.widgets import dock_queries


@listens("running:{studio_id}", "status_changed")
@listens("stream:{studio_id}", "air_changed")
async def dock_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    studio_id = int(params["studio_id"])
    topic = f"docks:{studio_id}"
    if process.hub.has_topic(topic):
        process.hub.broadcast(topic, "dock_changed", {**await run_db(dock_queries.now, studio_id)})
