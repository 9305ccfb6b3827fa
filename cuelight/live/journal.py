"""The spine: every live change of every aggregate goes through here, in one order per aggregate.

``submit`` decides a command on the newest state this process knows and commits it together with whatever else waits
(``committer.py``). When it is in the database, and not before, the state moves on, the caller is answered and the
broadcasts go out. Other processes hear of it through the relay and move their own copy on; what they miss they find by
comparing heads. ``transactional.py`` is the other entrance, for a caller's own Django transaction.
"""

import asyncio
import itertools
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from hashlib import blake2b
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog
from django.db import Error as DatabaseError

from cuelight.errors import Gone, Newer, NotFound
from cuelight.live.aggregate import Aggregate, Done, Waiting, repeated
from cuelight.live.committer import PATIENCE, Committer, Step
from cuelight.live.connections import AWAY, Connection, Connections, unavailable
from cuelight.live.journal_sql import ENTRIES_AFTER, HEAD, HEADS, NEWEST_ENTRIES
from cuelight.live.kind import Command, Entry, Event, Facts, Kind, Outcome, Publication, Redo, Undo
from cuelight.live.undo import KEPT as KEPT_FOR_UNDO
from cuelight.live.undo import Stacks

log = structlog.get_logger(__name__)

#: Seconds between two comparisons of this process's versions with the heads.
COMPARE_EVERY = 5.0
#: Seconds after which an aggregate that nobody follows is forgotten.
KEPT = 600.0

# 64 random bits of this process, then a count: no two processes ever meet.
_op_ids = itertools.count(secrets.randbits(64) << 64)


class Relay(Protocol):
    """What the journal needs of the line to the other processes."""

    @property
    def alone(self) -> bool: ...

    def publish(self, kind: str, body: Any) -> None: ...


class Journal:
    """One per process.

    ``deliver`` sends a broadcast to this process's sockets; ``run`` runs synchronous code in a thread.
    """

    def __init__(
        self,
        database: str | Mapping[str, Any],
        kinds: Iterable[Kind],
        *,
        deliver: Callable[[Publication], None],
        relay: Relay | None = None,
        run: Callable[..., Awaitable[Any]],
        outgrown: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._outgrown = outgrown
        self._kinds = {kind.name: kind for kind in kinds}
        self._facts: dict[str, dict[int, Mapping[str, Any]]] = {name: {} for name in self._kinds}
        self.deliver = deliver
        self._relay = relay
        self._run = run
        self._loaded: dict[str, Aggregate] = {}
        self._loading: dict[str, asyncio.Task[Aggregate]] = {}
        #: The newest version heard of each aggregate that is being loaded: its rows may have been read before.
        self._heard: dict[str, int] = {}
        #: Raised when facts change: what was read before must not be kept after.
        self._turn = 0
        self._connections = Connections(database)
        self._committer = Committer(
            self._connections, facts=self.facts_of, advance=self._advance, catch_up=self._catch_up
        )
        self._comparing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._comparing = asyncio.create_task(self._compare_for_ever())

    async def stop(self) -> None:
        """Lets what is in flight land, then closes the connections."""
        if self._comparing:
            self._comparing.cancel()
        await self._committer.stop()
        await self._connections.close()

    async def submit(
        self,
        aggregate_id: str,
        command: Command,
        *,
        actor_id: int | None,
        op_id: UUID | None = None,
        source: str = "key",
        asked: Command | None = None,
    ) -> Outcome:
        """Does a command, durably; returns the version it led to.

        The same ``op_id`` again returns the first outcome and changes nothing. Raises CuelightError: what the rules
        refuse, ``op_id_reused``, ``gone``, ``not_found``, ``reload`` (a newer version has
        written it), and ``unavailable`` after two seconds without a database.
        """
        aggregate = await self.aggregate(aggregate_id)
        # ``asked`` is what a repeat of the same push asks for, where ``command`` holds ids made for this try.
        payload_hash = hash_of(asked or command)
        waiting = Waiting(command, actor_id, op_id or _new_op_id(), source, payload_hash, op_id is not None)
        known = aggregate.recent.get(waiting.op_id)
        if known is not None:
            outcome = repeated(waiting, known)
            if isinstance(outcome, Outcome):
                return outcome
            raise outcome
        if isinstance(command, Undo | Redo):
            await self.stacks(aggregate)
        waiting.answer = asyncio.get_running_loop().create_future()
        waiting.deadline = monotonic() + PATIENCE
        aggregate.waiting.append(waiting)
        await self._committer.kick_and_help(aggregate)
        return await waiting.answer

    async def aggregate(self, aggregate_id: str) -> Aggregate:
        """The aggregate as this process knows it, read if need be. Raises NotFound, Gone, Unavailable."""
        aggregate = self._loaded.get(aggregate_id)
        if aggregate is None:
            loading = self._loading.get(aggregate_id)
            if loading is None:
                loading = self._loading[aggregate_id] = asyncio.create_task(self._load(aggregate_id))
                loading.add_done_callback(lambda _: self._loaded_now(aggregate_id))
            aggregate = await asyncio.shield(loading)
        over = aggregate.over
        if over is not None:
            raise over
        aggregate.used_at = monotonic()
        return aggregate

    def _loaded_now(self, aggregate_id: str) -> None:
        self._loading.pop(aggregate_id, None)
        heard = self._heard.pop(aggregate_id, 0)
        aggregate = self._loaded.get(aggregate_id)
        if aggregate is not None and heard > aggregate.version:
            aggregate.behind = max(aggregate.behind, heard)
            self._committer.catch_up_soon(aggregate)

    async def stacks(self, aggregate: Aggregate) -> Stacks:
        """What can be undone there and by whom, read if need be. Raises Unavailable."""
        if aggregate.stacks is None:
            await self._read_stacks(aggregate)
        assert aggregate.stacks is not None
        return aggregate.stacks

    def loaded(self, kind: str) -> list[Aggregate]:
        """The aggregates of one kind that this process holds."""
        return [aggregate for aggregate in self._loaded.values() if aggregate.kind.name == kind]

    def facts_of(self, aggregate: Aggregate) -> Facts:
        return self._facts[aggregate.kind.name]

    def held(self, kind: str) -> list[int]:
        """The keys of the facts that this process holds."""
        return list(self._facts[kind])

    async def ready_facts(self, aggregate: Aggregate) -> Facts:
        """The facts for a snapshot: those of an item that came this moment may still be on their way."""
        while (needed := aggregate.kind.needs(aggregate.state)) - self._facts[aggregate.kind.name].keys():
            await self._read_facts(aggregate.kind, aggregate.state)
            if needed is aggregate.kind.needs(aggregate.state):
                break
        return self.facts_of(aggregate)

    async def refresh_facts(self, kind: str, keys: Iterable[int]) -> set[int]:
        """Reads again those of the facts that this process holds; returns their keys. Snapshots are made anew."""
        self._turn += 1
        held = self._facts[kind].keys() & set(keys)
        if held:
            self._facts[kind].update(await self._run(self._kinds[kind].read_facts, held))
            for aggregate in self.loaded(kind):
                aggregate.encoded.clear()
        return held

    def learn(self, body: Mapping[str, Any]) -> None:
        """Another process, or another entrance of this one, has committed an entry."""
        aggregate = self._loaded.get(body["aggregate_id"])
        if aggregate is None and body["aggregate_id"] in self._loading:
            known = self._heard.get(body["aggregate_id"], 0)
            self._heard[body["aggregate_id"]] = max(known, body["version"])
        if aggregate is None or body["version"] <= aggregate.version:
            return
        follows = body["version"] == aggregate.version + 1 and body["format"] <= aggregate.kind.format
        if aggregate.busy or not follows or "event" not in body:
            aggregate.behind = max(aggregate.behind, body["version"])
            self._committer.catch_up_soon(aggregate)
            return
        self._follow(aggregate, [msgspec.convert(body, Entry)], heard=body.get("told", True))

    def compare_heads_soon(self) -> None:
        """The line to the other processes was cut for a while."""
        task = asyncio.create_task(self._compare_once())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def compare_heads(self) -> None:
        """Catches up every aggregate whose head has moved unheard."""
        async with self._connections.one() as connection:
            rows = await connection.fetch(HEADS, sorted(self._loaded))
        for row in rows:
            aggregate = self._loaded.get(row["id"])
            # Less than we know: the database went back, which the catch-up finds out.
            if aggregate and (row["version"] != aggregate.version or row["deleted_at"]):
                aggregate.behind = max(row["version"], aggregate.version + 1)
                self._committer.catch_up_soon(aggregate)

    # What follows runs on the way of a command, from the database towards the screens.

    def _advance(self, aggregate: Aggregate, steps: list[Step]) -> None:
        """Our own commit landed."""
        for step in steps:
            entry = step.entry
            aggregate.state, aggregate.version = step.after, entry.version
            self._note(aggregate, entry)
            self._publish(aggregate, step.before, step.after, entry, heard=False)
            if self._relay is not None and not self._relay.alone:
                self._relay.publish("journal", relayed(aggregate.id, aggregate.kind.format, entry))

    def _follow(self, aggregate: Aggregate, entries: Iterable[Entry], *, heard: bool) -> None:
        """Somebody else's entries, in order."""
        for entry in entries:
            before = aggregate.state
            aggregate.state, aggregate.version = aggregate.kind.evolve(before, entry), entry.version
            self._note(aggregate, entry)
            self._publish(aggregate, before, aggregate.state, entry, heard=heard)

    def _note(self, aggregate: Aggregate, entry: Entry) -> None:
        aggregate.encoded.clear()
        aggregate.remember(entry.op_id, Done((entry.version, entry.actor_id, entry.payload_hash)))
        if aggregate.stacks is not None:
            aggregate.stacks.add(entry)
        if entry.event.kind == "deleted":
            aggregate.gone = True

    def _publish(self, aggregate: Aggregate, before: Any, after: Any, entry: Entry, *, heard: bool) -> None:
        """Broadcasts in version order; entries with products this process has not read yet wait until it has."""
        if aggregate.unpublished is not None:
            aggregate.unpublished.append((before, after, entry, heard))
            return
        needed = aggregate.kind.needs(after)
        if needed is aggregate.kind.needs(before) or needed <= self._facts[aggregate.kind.name].keys():
            self._send(aggregate, before, after, entry, heard)
            return
        aggregate.unpublished = deque([(before, after, entry, heard)])
        task = asyncio.create_task(self._publish_later(aggregate))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish_later(self, aggregate: Aggregate) -> None:
        assert aggregate.unpublished is not None
        while aggregate.unpublished:
            before, after, entry, heard = aggregate.unpublished[0]
            try:
                await self._read_facts(aggregate.kind, after)
            except DatabaseError as error:
                log.warning("facts could not be read; trying again", aggregate=aggregate.id, error=str(error))
                await asyncio.sleep(0.2)
                continue
            except Exception:
                # A mistake of ours: trying again would never help, and the show must be told that it moved.
                log.error("facts could not be read", aggregate=aggregate.id, exc_info=True)
            aggregate.unpublished.popleft()
            self._send(aggregate, before, after, entry, heard)
        aggregate.unpublished = None

    def _send(self, aggregate: Aggregate, before: Any, after: Any, entry: Entry, heard: bool) -> None:
        try:
            for publication in aggregate.kind.publish(before, after, entry, self._facts[aggregate.kind.name]):
                if not publication.everywhere:
                    self.deliver(publication)
                elif not heard:  # else the process that committed it has sent it to all
                    self._send_everywhere(publication)
        except Exception:
            # It is in the database: the show goes on, and screens find the gap when the next entry comes.
            log.error("an entry could not be broadcast", aggregate=aggregate.id, version=entry.version, exc_info=True)

    def _send_everywhere(self, publication: Publication) -> None:
        if self._relay is not None and not self._relay.alone:
            body = {"topic": publication.topic, "event": publication.event, "payload": publication.payload}
            self._relay.publish("broadcast", {**body, "version": publication.version})
        self.deliver(publication)

    # Reading.

    async def _load(self, aggregate_id: str) -> Aggregate:
        """Head and rows in one transaction that sees one moment, then the facts its rules use."""
        kind_name, _, number = aggregate_id.partition(":")
        kind = self._kinds.get(kind_name)
        if kind is None or not number.isdecimal() or int(number) >= 2**63:
            raise NotFound()
        try:
            async with (
                self._connections.one() as connection,
                connection.raw.transaction(isolation="repeatable_read", readonly=True),
            ):
                [head] = await connection.fetch(HEAD, aggregate_id) or [None]
                if head is None:
                    raise NotFound()
                if head["deleted_at"]:
                    raise Gone()
                if head["format"] > kind.format:
                    raise Newer()
                rows = [await connection.fetch(sql, int(number)) for sql in kind.queries]
        except AWAY as error:
            raise unavailable(error) from error
        state = kind.load(head, rows)
        await self._read_facts(kind, state)
        aggregate = Aggregate(aggregate_id, kind, head["studio_id"], head["version"], state)
        aggregate.used_at = monotonic()
        return self._loaded.setdefault(aggregate_id, aggregate)

    async def _read_facts(self, kind: Kind, state: Any) -> None:
        facts = self._facts[kind.name]
        while missing := kind.needs(state) - facts.keys():
            turn = self._turn
            found = await self._run(kind.read_facts, missing)
            if turn == self._turn:
                facts.update(found)
                return

    async def _read_stacks(self, aggregate: Aggregate) -> None:
        try:
            async with self._connections.one() as connection:
                rows = await connection.fetch(NEWEST_ENTRIES, aggregate.id, KEPT_FOR_UNDO)
        except AWAY as error:
            raise unavailable(error) from error
        if aggregate.stacks is None:
            stacks = Stacks(entry for row in rows if (entry := entry_of(row)).version <= aggregate.version)
            if rows and rows[-1]["version"] < aggregate.version:
                # Something landed while we read; its row is not in ours.
                return await self._read_stacks(aggregate)
            aggregate.stacks = stacks
        return None

    async def _catch_up(self, aggregate: Aggregate, connection: Connection) -> None:
        """What other processes wrote since, applied in order."""
        rows = await connection.fetch(ENTRIES_AFTER, aggregate.id, aggregate.version)
        if any(row["format"] > aggregate.kind.format for row in rows):
            self._give_up(aggregate)
            return
        try:
            self._follow(aggregate, map(entry_of, rows), heard=False)
        except Exception:
            # Read anew, the rows may still make sense; followed halfway they do not.
            log.error("entries could not be followed", aggregate=aggregate.id, exc_info=True)
            self._give_up(aggregate)
        if not rows:
            [head] = await connection.fetch(HEAD, aggregate.id) or [None]
            aggregate.gone = head is None or head["deleted_at"] is not None
            if head is not None and head["version"] < aggregate.version:
                # A restored backup, or a standby that lacked the newest commits: nothing here can be trusted.
                self._give_up(aggregate)

    def _give_up(self, aggregate: Aggregate) -> None:
        """Its entries mean nothing here (a newer version of the software, a database that went back). Screens load
        anew, and with them the aggregate."""
        log.warning("not followed any more", aggregate=aggregate.id, version=aggregate.version)
        aggregate.newer = True
        self._loaded.pop(aggregate.id, None)
        self._outgrown(aggregate.id)

    async def _compare_for_ever(self) -> None:
        while True:
            await asyncio.sleep(COMPARE_EVERY)
            self._forget_idle()
            await self._compare_once()

    async def _compare_once(self) -> None:
        try:
            await self.compare_heads()
        except AWAY as error:
            log.warning("heads could not be compared", error=str(error))

    def _forget_idle(self) -> None:
        limit = monotonic() - KEPT
        for aggregate in list(self._loaded.values()):
            unused = not (aggregate.followers or aggregate.busy or aggregate.waiting)
            if aggregate.gone or (unused and aggregate.used_at < limit):
                del self._loaded[aggregate.id]


def _new_op_id() -> UUID:
    """For a command whose client named none. Counted up from a random start: uuid4 asks the kernel each time, and
    rows that follow each other find their index page in the cache."""
    return UUID(int=next(_op_ids))


def hash_of(command: Command) -> int:
    """64 bits of what a command asks for, to tell a repeat from another command with the same op id."""
    return int.from_bytes(blake2b(msgspec.json.encode(command), digest_size=8).digest(), signed=True)


def entry_of(row: Mapping[str, Any]) -> Entry:
    return Entry(
        row["version"],
        msgspec.json.decode(row["event"], type=Event),
        row["actor_id"],
        row["source"],
        row["at"],
        row["op_id"],
        row["payload_hash"],
    )


def relayed(aggregate_id: str, format: int, entry: Entry) -> dict[str, Any]:
    """An entry as it travels between processes."""
    return {**msgspec.to_builtins(entry), "aggregate_id": aggregate_id, "format": format}
