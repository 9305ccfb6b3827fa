"""Group commit: what waits while one commit is in flight goes into the next, with no timer.

An aggregate is in at most one flight. Its waiting commands are decided one after the other on the state that the ones
before would lead to, and all go into one statement together with those of the other aggregates. The database is the
referee: an aggregate whose head had moved is missing from what the statement returns; it is caught up and its
commands are decided again, and nobody else in the batch notices.

Three lanes: key presses (one statement for all), commands that write other tables too (a transaction each), and
refusals and no-ops (nothing to write, but they are only sent when the head they were decided on is still the head).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import asyncpg
import msgspec
import structlog

from cuelight.errors import Conflict, CuelightError, Gone, Unavailable
from cuelight.live import undo
from cuelight.live.aggregate import Aggregate, Done, Waiting, repeated
from cuelight.live.connections import AWAY, Connection, Connections, unavailable
from cuelight.live.journal_sql import COMMIT_BATCH, COMMIT_ONE, HEAD_AND_OPERATION, HEADS, OPERATIONS
from cuelight.live.kind import Entry, Event, Facts, Outcome, Redo, Statement, Undo

log = structlog.get_logger(__name__)

#: Commands in one batch at most: deciding and broadcasting that many takes the loop for about 15 ms.
BATCH = 200
#: How long a command waits for a database that is away, in seconds, before it is refused.
PATIENCE = 2.0
#: Seconds between two looks whether the database is back: at first, and at most.
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5


class Step:
    """One accepted command of an attempt: its journal entry and the state after it."""

    __slots__ = ("after", "before", "entry", "waiting")

    def __init__(self, waiting: Waiting, entry: Entry, before: Any, after: Any) -> None:
        self.waiting = waiting
        self.entry = entry
        self.before = before
        self.after = after


class Attempt:
    """The commands of one aggregate, decided and ready to be committed together."""

    __slots__ = ("aggregate", "doubtful", "statements", "steps", "taken")

    def __init__(self, aggregate: Aggregate) -> None:
        self.aggregate = aggregate
        self.taken: list[Waiting] = []
        self.steps: list[Step] = []
        #: Refusals (the error) and no-ops (None), not yet sent.
        self.doubtful: list[tuple[Waiting, CuelightError | None]] = []
        self.statements: list[Statement] = []


class Committer:
    """Carries decided commands into the database.

    ``advance`` is told of each commit; ``catch_up`` reads what others wrote.
    """

    def __init__(
        self,
        connections: Connections,
        *,
        facts: Callable[[Aggregate], Facts],
        advance: Callable[[Aggregate, list[Step]], None],
        catch_up: Callable[[Aggregate, Connection], Awaitable[None]],
    ) -> None:
        self._connections = connections
        self._facts = facts
        self._advance = advance
        self._catch_up = catch_up
        self._ready: deque[Aggregate] = deque()
        self._stale: dict[str, Aggregate] = {}
        self._running = False
        #: Grows until a commit lands again: a database that answers and cannot write is not asked all the time.
        self._pause = FIRST_PAUSE
        self._tasks: set[asyncio.Task[None]] = set()

    def kick(self, aggregate: Aggregate) -> None:
        """Something waits for this aggregate: see to it as soon as it is free."""
        if self._is_free(aggregate) and not self._running:
            self._running = True
            self._spawn(self._run())

    async def kick_and_help(self, aggregate: Aggregate) -> None:
        """The same; when nothing is in flight the caller carries the first flight itself, instead of waiting for a
        task to start and to wake it. What comes meanwhile goes on in a task."""
        if self._is_free(aggregate) and not self._running:
            self._running = True
            try:
                fast = self._collect()
                if fast:
                    await self._commit_together(fast)
            finally:
                self._running = bool(self._ready)
                if self._running:
                    self._spawn(self._run())

    def _is_free(self, aggregate: Aggregate) -> bool:
        """Puts it into the list of those with something to do, unless it stands there or is in flight."""
        if aggregate.busy or aggregate.queued:
            return False
        aggregate.queued = True
        self._ready.append(aggregate)
        return True

    def release(self, aggregate: Aggregate) -> None:
        """Its flight is over."""
        aggregate.busy = False
        over = aggregate.over
        if over is not None:
            aggregate.fail_all(over)
        elif aggregate.behind > aggregate.version:
            aggregate.busy = True
            self._spawn(self._catch_up_and_release(aggregate))
        elif aggregate.waiting:
            self.kick(aggregate)

    def catch_up_soon(self, aggregate: Aggregate) -> None:
        """Another process wrote: read it, unless a flight is under way that will see to it."""
        if not aggregate.busy:
            aggregate.busy = True
            self._spawn(self._catch_up_and_release(aggregate))

    async def stop(self) -> None:
        """Waits for what is in flight."""
        while self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE)
            if self._stale:
                break
        for task in self._tasks:
            task.cancel()

    async def _run(self) -> None:
        try:
            while self._ready:
                fast = self._collect()
                if fast:
                    await self._commit_together(fast)
        finally:
            self._running = False

    def _collect(self) -> list[Attempt]:
        """Decides what waits. The other two lanes leave at once; the key presses are returned."""
        fast: list[Attempt] = []
        room = BATCH
        while self._ready and room > 0:
            aggregate = self._ready.popleft()
            aggregate.queued = False
            attempt = propose(aggregate, self._facts(aggregate), 1 if aggregate.careful else room)
            room -= len(attempt.taken)
            if not (attempt.steps or attempt.doubtful):
                self.release(aggregate)
                continue
            aggregate.busy = True
            if attempt.statements or (attempt.steps and aggregate.careful):
                self._spawn(self._commit_apart(attempt))
            elif attempt.steps:
                fast.append(attempt)
            else:
                self._spawn(self._settle_doubtful(attempt))
        return fast

    async def _commit_together(self, attempts: list[Attempt]) -> None:
        try:
            async with self._connections.one() as connection:
                committed = await _write(connection, attempts)
        except (*AWAY, asyncio.CancelledError) as error:
            self._lose(attempts, error)
            if isinstance(error, asyncio.CancelledError):
                raise  # whoever carried this flight has gone; what became of it is read like after a lost connection
        except asyncpg.PostgresError as error:
            if len(attempts) == 1:
                self._spawn(self._part(attempts[0], error))
            else:
                for attempt in attempts:
                    self._spawn(self._commit_apart(attempt))
        except Exception as error:
            self._stumble(attempts, error)
        else:
            for attempt in attempts:
                self._land(attempt, attempt.aggregate.id in committed)

    async def _commit_apart(self, attempt: Attempt) -> None:
        """One aggregate in a transaction of its own, with the rows of other tables that mirror it."""
        try:
            async with self._connections.one() as connection, connection.raw.transaction():
                committed = await _write(connection, [attempt])
                if committed:
                    for sql, values in attempt.statements:
                        await connection.raw.execute(sql, *values)
        except AWAY as error:
            self._lose([attempt], error)
        except asyncpg.PostgresError as error:
            await self._part(attempt, error)
        except Exception as error:
            self._stumble([attempt], error)
        else:
            self._land(attempt, bool(committed))

    def _land(self, attempt: Attempt, committed: bool) -> None:
        aggregate = attempt.aggregate
        if not committed:
            aggregate.put_back(attempt.taken)
            self._spawn(self._catch_up_and_release(aggregate))
            return
        aggregate.careful = False
        self._pause = FIRST_PAUSE
        self._advance(aggregate, attempt.steps)
        for step in attempt.steps:
            step.waiting.settle(_outcome(step.entry, attempt))
        if attempt.doubtful:
            self._spawn(self._settle_doubtful(attempt))
        else:
            self.release(aggregate)

    async def _settle_doubtful(self, attempt: Attempt) -> None:
        """Sends refusals and no-ops, once they are known to rest on the newest state and to be no repeats."""
        aggregate = attempt.aggregate
        confirmed = bool(attempt.steps)
        try:
            for waiting, refusal in attempt.doubtful:
                if waiting.given or not confirmed:
                    async with self._connections.one() as connection:
                        [head] = await connection.fetch(HEAD_AND_OPERATION, aggregate.id, waiting.op_id) or [None]
                    if head is None or head["deleted_at"]:
                        aggregate.gone = True
                        refusal = Gone()
                    elif head["version"] is not None:
                        waiting.settle(repeated(waiting, _done(head)))
                    elif head["head"] > aggregate.version:
                        aggregate.behind = head["head"]
                        aggregate.put_back([w for w, _ in attempt.doubtful if not w.answer.done()])
                        break
                waiting.settle(refusal or Outcome(aggregate.version))
        except (*AWAY, asyncpg.PostgresError) as error:
            self._lose([attempt], error)
        else:
            self.release(aggregate)

    async def _part(self, attempt: Attempt, error: asyncpg.PostgresError) -> None:
        """The database refused a row: a repeated op id, or a rule that only it knows. Find the command and go on."""
        aggregate = attempt.aggregate
        op_ids = [waiting.op_id for waiting in attempt.taken]
        try:
            if isinstance(error, asyncpg.UniqueViolationError):
                async with self._connections.one() as connection:
                    for row in await connection.fetch(OPERATIONS, aggregate.id, op_ids):
                        aggregate.remember(row["op_id"], _done(row))
        except (*AWAY, asyncpg.PostgresError) as away:
            self._lose([attempt], away)
            return
        lost_a_lock = isinstance(error, asyncpg.TransactionRollbackError | asyncpg.LockNotAvailableError)
        if len(attempt.steps) == 1 and attempt.steps[0].waiting.op_id not in aggregate.recent and not lost_a_lock:
            log.error("journal refused by the database", aggregate=aggregate.id, error=str(error))
            attempt.steps[0].waiting.settle(
                Conflict("conflict", "This no longer fits what is stored. Nothing was changed.")
            )
        aggregate.careful = True
        aggregate.put_back(waiting for waiting in attempt.taken if not waiting.answer.done())
        _expire([aggregate], "Somebody else holds this at the moment. Try again.")
        await self._catch_up_and_release(aggregate)

    async def _catch_up_and_release(self, aggregate: Aggregate) -> None:
        heard = aggregate.behind
        try:
            async with self._connections.one() as connection:
                await self._catch_up(aggregate, connection)
            if aggregate.behind == heard:  # else more was heard of while we read
                aggregate.behind = 0
        except (*AWAY, asyncpg.PostgresError) as error:
            self._go_stale(aggregate, error)
        else:
            self.release(aggregate)

    def _stumble(self, attempts: list[Attempt], error: Exception) -> None:
        """A mistake of ours on the way to the database. Nobody may wait for ever because of it."""
        log.error("the committer stumbled", aggregates=[attempt.aggregate.id for attempt in attempts], exc_info=error)
        self._lose(attempts, error)

    def _lose(self, attempts: list[Attempt], error: BaseException) -> None:
        """The database went away with a commit in flight; whether it happened is read from the journal later."""
        for attempt in attempts:
            attempt.aggregate.put_back(waiting for waiting in attempt.taken if not waiting.answer.done())
            self._go_stale(attempt.aggregate, error)

    def _go_stale(self, aggregate: Aggregate, error: BaseException) -> None:
        if not self._stale:
            log.warning("the database is away", error=str(error))
            self._spawn(self._recover())
        self._stale[aggregate.id] = aggregate

    async def _recover(self) -> None:
        """Until the database is back: refuse who has waited long enough. Then read what became of the rest."""
        while self._stale:
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 1.5, LONGEST_PAUSE)
            stale = dict(self._stale)
            _expire(stale.values())
            try:
                async with self._connections.one() as connection:
                    rows = await connection.fetch(HEADS, sorted(stale))
                    heads = {row["id"]: row for row in rows}
                    for aggregate in stale.values():
                        head = heads.get(aggregate.id)
                        aggregate.gone = head is None or head["deleted_at"] is not None
                        if head is not None and head["version"] > aggregate.version:
                            await self._catch_up(aggregate, connection)
                        del self._stale[aggregate.id]
                        self.release(aggregate)
            except (*AWAY, asyncpg.PostgresError):
                continue
        log.info("the database is back")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("the committer failed", exc_info=task.exception())


def propose(aggregate: Aggregate, facts: Facts, room: int) -> Attempt:
    """Decides up to ``room`` waiting commands, each on the state that those before it lead to."""
    attempt = Attempt(aggregate)
    state, version, kind = aggregate.state, aggregate.version, aggregate.kind
    at = datetime.now(UTC)
    ops: dict[Any, Done] = {}
    while aggregate.waiting and len(attempt.taken) < room:
        waiting = aggregate.waiting.popleft()
        known = aggregate.recent.get(waiting.op_id)
        if known is not None:
            waiting.settle(repeated(waiting, known))
            continue
        if waiting.op_id in ops or (attempt.steps and isinstance(waiting.command, Undo | Redo)):
            # Its first try is in this very attempt, or it asks what was done last: wait until that has landed.
            aggregate.waiting.appendleft(waiting)
            break
        attempt.taken.append(waiting)
        try:
            event = _decide(aggregate, state, waiting, facts, at)
            if event is None:
                attempt.doubtful.append((waiting, None))
                continue
            entry = Entry(version + 1, event, waiting.actor_id, waiting.source, at, waiting.op_id, waiting.payload_hash)
            after = kind.evolve(state, entry)
            statements = kind.project(state, after)
        except CuelightError as refusal:
            attempt.doubtful.append((waiting, refusal))
            continue
        except Exception as error:
            log.error("a rule failed", aggregate=aggregate.id, command=repr(waiting.command), exc_info=True)
            waiting.settle(error)
            continue
        version += 1
        ops[waiting.op_id] = Done((version, waiting.actor_id, waiting.payload_hash))
        attempt.statements += statements
        attempt.steps.append(Step(waiting, entry, state, after))
        state = after
    return attempt


def _decide(aggregate: Aggregate, state: Any, waiting: Waiting, facts: Facts, at: datetime) -> Event | None:
    command = waiting.command
    if isinstance(command, Undo | Redo):
        assert aggregate.stacks is not None, "submit() reads the stacks before it queues an undo"
        return aggregate.kind.mend(state, undo.decide(state, command, waiting.actor_id, aggregate.stacks))
    return aggregate.kind.decide(state, command, facts, at)


async def _write(connection: Connection, attempts: list[Attempt]) -> set[str]:
    """Commits the attempts; returns the ids of the aggregates whose head was still where they were decided."""
    if len(attempts) == 1 and len(attempts[0].steps) == 1:
        attempt = attempts[0]
        aggregate, step = attempt.aggregate, attempt.steps[0]
        rows = await connection.fetch(
            COMMIT_ONE,
            aggregate.id,
            aggregate.version,
            aggregate.kind.dump(step.after).decode(),
            *_entry_values(aggregate, step),
        )
        return {aggregate.id} if rows else set()
    attempts.sort(key=lambda attempt: attempt.aggregate.id)
    heads = [
        (
            a.aggregate.id,
            a.aggregate.version,
            a.steps[-1].entry.version,
            a.aggregate.kind.dump(a.steps[-1].after).decode(),
        )
        for a in attempts
    ]
    entries = [
        (a.aggregate.id, step.entry.version, *_entry_values(a.aggregate, step)) for a in attempts for step in a.steps
    ]
    formats = [attempt.aggregate.kind.format for attempt in attempts]
    rows = await connection.fetch(
        COMMIT_BATCH, *map(list, zip(*heads, strict=True)), *map(list, zip(*entries, strict=True)), formats
    )
    return {row["id"] for row in rows}


def _entry_values(aggregate: Aggregate, step: Step) -> tuple[Any, ...]:
    entry = step.entry
    event = msgspec.json.encode(entry.event).decode()
    return (entry.op_id, aggregate.kind.format, event, entry.actor_id, entry.source, entry.payload_hash, entry.at)


def _outcome(entry: Entry, attempt: Attempt) -> Outcome:
    stacks = attempt.aggregate.stacks
    taken_back = stacks.original(entry) if stacks and entry.event.reverses is not None else entry
    if taken_back is entry:
        return Outcome(entry.version)
    return Outcome(entry.version, {"kind": taken_back.event.kind, "version": taken_back.version})


def _done(row: Any) -> Done:
    return Done((row["version"], row["actor_id"], row["payload_hash"]))


def _expire(aggregates: Iterable[Aggregate], why: str = "") -> None:
    """Refuses the commands that have waited for the database, or for a lock, as long as anybody should."""
    now = monotonic()
    for aggregate in aggregates:
        late = [waiting for waiting in aggregate.waiting if waiting.deadline < now]
        for waiting in late:
            aggregate.waiting.remove(waiting)
            waiting.settle(Unavailable(why) if why else unavailable(TimeoutError()))
