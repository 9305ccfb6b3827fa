"""What documents do when a right in one of them has changed: everybody who has it open is asked again."""

from typing import Any

from cuelight.live import process
from cuelight.live.listeners import listens


@listens("document:{document_id}", "rights_changed")
async def rights_changed(params: dict[str, str], payload: dict[str, Any]) -> None:
    """In every process: whoever may not read it any more is put out, whoever may do more or less is told."""
    process.hub.recheck_topics(f"document:{params['document_id']}")
