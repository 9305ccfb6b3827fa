"""Topic ``audience:{studio_id}``: what overlays may know of the audience."""

from datetime import UTC, datetime

from cuelight.live.db import run_db
from cuelight.live.payload import Payload
from cuelight.widgets import audience_queries, audience_telling
from cuelight.widgets.channel import OfStudio


class AudienceChannel(OfStudio):
    """Figures, the newest that happened, the pinned question and the clock of the show, as the public may see them.

    That a page is open does not make the studio's platforms be read: the dashboard and a session that runs do."""

    topic = "audience:{studio_id}"

    __slots__ = ()

    async def join(self, payload: Payload) -> Payload:
        studio_id = self.access.studio_id
        found, told = await run_db(audience_queries.snapshot, studio_id)
        audience_telling.of(studio_id).has_come(found)
        return {**told, "server_time": datetime.now(UTC).isoformat()}


CHANNELS = (AudienceChannel,)
