"""What overlay pages are told when the studio goes on air or off: guides and test data go before viewers come."""

from typing import Any

from cuelight.live import process
from cuelight.live.db import run_db
from cuelight.live.listeners import listens
from cuelight.widgets import on_air


@listens("running:{studio_id}", "status_changed")
async def status_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    await _tell(int(params["studio_id"]))


@listens("stream:{studio_id}", "air_changed")
async def air_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    await _tell(int(params["studio_id"]))


async def _tell(studio_id: int) -> None:
    topic = f"overlays:{studio_id}"
    if process.hub.has_topic(topic):
        process.hub.broadcast(topic, "live_changed", {"live": await run_db(on_air.is_on_air, studio_id)})
