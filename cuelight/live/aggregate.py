"""One live aggregate as this process holds it, and the commands that wait for it."""

from asyncio import Future
from collections import deque
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cuelight.errors import Conflict, CuelightError, Gone, Newer
from cuelight.live.kind import Command, Entry, Kind, Outcome
from cuelight.live.undo import Stacks

#: How many op ids an aggregate remembers; older repeats are answered from the journal.
REMEMBERED = 256


class Waiting:
    """A command on its way: what it wants, who waits for the answer, and until when (loop time, seconds)."""

    __slots__ = ("actor_id", "answer", "command", "deadline", "given", "op_id", "payload_hash", "source")

    def __init__(
        self, command: Command, actor_id: int | None, op_id: UUID, source: str, payload_hash: int, given: bool
    ) -> None:
        self.command = command
        self.actor_id = actor_id
        self.op_id = op_id
        self.source = source
        self.payload_hash = payload_hash
        #: Whether the client named the op id, so that an earlier try may stand in the journal.
        self.given = given
        self.answer: Future[Outcome]
        self.deadline = 0.0

    def settle(self, outcome: Outcome | BaseException) -> None:
        """Answers whoever still waits."""
        if self.answer.done():
            return
        if isinstance(outcome, BaseException):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)


class Done(tuple[int, int | None, int]):
    """What is remembered of an accepted op: version, actor, payload hash."""

    __slots__ = ()


class Aggregate:
    """State and version as of the last entry this process knows; at most one commit of it is in flight."""

    __slots__ = (
        "behind", "busy", "careful", "encoded", "followers", "gone", "id", "kind", "newer", "queued", "recent",
        "stacks", "state", "studio_id", "unpublished", "used_at", "version", "waiting",
    )  # fmt: skip

    def __init__(self, id: str, kind: Kind, studio_id: int, version: int, state: Any) -> None:
        self.id = id
        self.kind = kind
        self.studio_id = studio_id
        self.version = version
        self.state = state
        self.gone = False
        #: A process with a newer format has written it; this one can follow no longer.
        self.newer = False
        #: A commit or a catch-up is under way; commands wait.
        self.busy = False
        #: Stands in the committer's list of aggregates with something to do.
        self.queued = False
        #: The last commit failed for a reason of its own: take one command at a time to find which.
        self.careful = False
        #: The newest version another process was heard to have written.
        self.behind = 0
        self.followers = 0
        self.used_at = 0.0
        self.waiting: deque[Waiting] = deque()
        self.recent: dict[UUID, Done] = {}
        #: Undo stacks; None until somebody asks for an undo.
        self.stacks: Stacks | None = None
        #: Snapshots already encoded for this version, by name.
        self.encoded: dict[str, bytes] = {}
        #: Entries whose broadcast waits for facts, with the states before and after; None when nothing waits.
        self.unpublished: deque[tuple[Any, Any, Entry, bool]] | None = None

    def remember(self, op_id: UUID, done: Done) -> None:
        self.recent[op_id] = done
        if len(self.recent) > REMEMBERED:
            del self.recent[next(iter(self.recent))]

    @property
    def over(self) -> CuelightError | None:
        """Why this process takes no commands for it any more."""
        if self.newer:
            return Newer()
        return Gone() if self.gone else None

    def fail_all(self, error: BaseException) -> None:
        while self.waiting:
            self.waiting.popleft().settle(error)

    def put_back(self, commands: Iterable[Waiting]) -> None:
        """Commands to be decided again, before those that came later."""
        self.waiting.extendleft(reversed(list(commands)))


def repeated(waiting: Waiting, done: Done) -> Outcome | Conflict:
    """The answer to a command whose op id is known: its first version, unless it is not the same command."""
    version, actor_id, payload_hash = done
    if actor_id != waiting.actor_id or payload_hash != waiting.payload_hash:
        return Conflict("op_id_reused", "This op_id was used for another command.")
    return Outcome(version)
