"""Where a feed's adapter puts what it hears: into the store, and into the row that says how the feed is doing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cuelight.live.db import run_db
from cuelight.streams import feed_actions, moderation
from cuelight.streams.events import Event
from cuelight.streams.ingest import Ingest
from cuelight.streams.platforms.contract import Metadata, Removal, Status

#: How exactly it is written down when something last came.
HEARD_EVERY = timedelta(seconds=10)
_WORDS = {"connecting": "", "connected": "", "reconnecting": "The connection was lost. Trying again."}


class FeedOutlet:
    """One feed's. ``owner`` is the process that reads: what a former one says is not taken."""

    def __init__(self, studio_id: int, platform: str, owner: str, ingest: Ingest) -> None:
        self.studio_id = studio_id
        self.platform = platform
        self.owner = owner
        self._ingest = ingest
        self._heard_at: datetime | None = None
        self._said: dict[str, Any] = {}

    async def events(self, events: Sequence[Event]) -> None:
        await self._ingest.put(self.studio_id, events)
        now = datetime.now(UTC)
        if self._heard_at is None or now - self._heard_at > HEARD_EVERY:
            self._heard_at = now
            await self._note(heard_at=now)

    async def removed(self, removal: Removal) -> None:
        await run_db(moderation.heard, self.studio_id, self.platform, removal)

    async def status(self, status: Status, sentence: str = "") -> None:
        await self._note(status=status, sentence=(sentence or _WORDS[status])[:500])

    async def live(self, is_live: bool, since: datetime | None = None) -> None:
        await self._note(is_live=is_live, live_since=since if is_live else None)

    async def viewers(self, viewers: int | None) -> None:
        await run_db(feed_actions.count_viewers, self.studio_id, self.platform, self.owner, viewers)

    async def followers(self, followers: int) -> None:
        await self._note(followers=followers)

    async def metadata(self, metadata: Metadata) -> None:
        given = {"title": metadata.title, "category": metadata.category}
        bounds = {"title": 300, "category": 200}
        await self._note(**{name: text[: bounds[name]] for name, text in given.items() if text is not None})

    async def _note(self, **values: Any) -> None:
        # What was said last is not written again: a platform that is asked every 30 s says the same for hours.
        if all(name in self._said and self._said[name] == value for name, value in values.items()):
            return
        if await run_db(feed_actions.note, self.studio_id, self.platform, self.owner, **values):
            self._said |= values
