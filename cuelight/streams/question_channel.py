"""Topics ``questions:{studio_id}`` and ``wanted:{session_id}``: what viewers ask, and what they ask for."""

from cuelight.accounts.channel import StudioChannel
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.payload import Payload, require_int
from cuelight.sessions import commands
from cuelight.streams import question_actions, question_queries
from cuelight.streams.channel import StreamsChannel


class QuestionsChannel(StreamsChannel):
    """The open questions of a studio, and what becomes of them."""

    topic = "questions:{studio_id}"

    __slots__ = ()

    async def join(self, payload: Payload) -> Payload:
        return {"questions": await run_db(question_queries.open_questions, self.access.studio_id)}

    @on("done", needs="stream.questions")
    async def done(self, payload: Payload) -> Payload:
        await run_db(question_actions.done, self.access.studio_id, _id(payload), by=self.access.person_id)
        return {}

    @on("dismiss", needs="stream.questions")
    async def dismiss(self, payload: Payload) -> Payload:
        await run_db(question_actions.dismiss, self.access.studio_id, _id(payload), by=self.access.person_id)
        return {}

    @on("reopen", needs="stream.questions")
    async def reopen(self, payload: Payload) -> Payload:
        await run_db(question_actions.reopen, self.access.studio_id, _id(payload))
        return {}

    @on("mark", needs="stream.questions")
    async def mark(self, payload: Payload) -> Payload:
        event_id = require_int(payload, "event_id", least=1)
        return {"id": await run_db(question_actions.mark, self.access.studio_id, event_id)}


class WantedChannel(StudioChannel):
    """How often the lines of a session's lineup are asked for."""

    topic = "wanted:{session_id}"
    needs = "stream.watch"

    __slots__ = ()

    async def authorise(self) -> None:
        # Who may not see the session may not know what is asked for in it.
        session = await commands.access_session(self.identity, self.id_param("session_id"))
        self.access = session.access
        self.require(self.needs)
        self.crew = True

    async def join(self, payload: Payload) -> Payload:
        counts = await run_db(question_queries.wanted_counts, self.id_param("session_id"))
        return {"wanted": {str(item_id): row for item_id, row in counts.items()}}


def _id(payload: Payload) -> int:
    return require_int(payload, "id", least=1)
