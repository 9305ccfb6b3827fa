"""Who is here, over all processes.

Each process owns the entries of its own sockets and tells the others each change; with every beat it tells the number
of its changes so far, and who has missed one asks for the whole list. The entries of a process that falls silent are
dropped. Changes are collected for a moment, so that a thousand people joining make a few diffs and not a million.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cuelight.live.channel import Channel
from cuelight.live.hub import Hub
from cuelight.live.relay import Relay

GATHER_S = 0.02

Meta = dict[str, Any]
State = dict[str, dict[str, list[Meta]]]  # key → {"metas": […]}, as the phoenix client wants it


class Entry(NamedTuple):
    """One socket's presence on one topic; ``phx_ref`` in the meta is unique and new on every change."""

    topic: str
    key: str
    meta: Meta


@dataclass(slots=True)
class Diff:
    """Changes of one topic that have not been told yet, by phx_ref."""

    joins: dict[str, Entry] = field(default_factory=dict)
    leaves: dict[str, Entry] = field(default_factory=dict)


@dataclass(slots=True)
class Owner:
    """What this process knows of one process: its entries by phx_ref, and how many changes that includes."""

    entries: dict[str, Entry] = field(default_factory=dict)
    clock: int = 0


class Presence:
    """Used on the loop's thread only."""

    def __init__(self, hub: Hub, relay: Relay) -> None:
        self._hub = hub
        self._relay = relay
        self._own = Owner()
        self._others: dict[str, Owner] = {}
        self._topics: dict[str, dict[str, Entry]] = {}  # all entries, by topic and phx_ref
        self._own_diffs: dict[str, Diff] = {}
        self._refs = itertools.count(1)
        relay.beat_body["presence"] = 0
        relay.on("presence", self._hear)
        relay.on("hello", self._compare_clock)
        relay.on("here", self._compare_clock)
        relay.on_peer_lost(self._forget)

    # --- own entries

    def track(self, topic: str, key: str, meta: Meta) -> str:
        """Adds an entry for a socket of this process; returns its phx_ref."""
        ref = f"{self._relay.node}{next(self._refs):x}"
        self._change(join=Entry(topic, key, {**meta, "phx_ref": ref}))
        return ref

    def untrack(self, ref: str) -> None:
        """Removes an entry; one that is gone already is no error."""
        entry = self._own.entries.get(ref)
        if entry is not None:
            self._change(leave=entry)

    def state(self, topic: str) -> State:
        """Everybody on a topic, in all processes."""
        return _by_key(self._topics.get(topic, {}).values())

    def _change(self, join: Entry | None = None, leave: Entry | None = None) -> None:
        if not self._own_diffs:
            self._hub.loop.call_later(GATHER_S, self._tell)
        if join is not None:
            ref = join.meta["phx_ref"]
            self._own.entries[ref] = join
            self._add(join)
            self._own_diffs.setdefault(join.topic, Diff()).joins[ref] = join
        if leave is not None:
            ref = leave.meta["phx_ref"]
            del self._own.entries[ref]
            self._remove(leave)
            diff = self._own_diffs.setdefault(leave.topic, Diff())
            # Came and went within one gathering: nobody has heard of it. (Who joined the topic in between has it in
            # the state, so the leave is told all the same; a client ignores a leave it cannot place.)
            diff.joins.pop(ref, None)
            diff.leaves[ref] = leave

    def _tell(self) -> None:
        diffs, self._own_diffs = self._own_diffs, {}
        self._own.clock += 1
        self._relay.beat_body["presence"] = self._own.clock
        joins = [entry for diff in diffs.values() for entry in diff.joins.values()]
        leaves = [entry for diff in diffs.values() for entry in diff.leaves.values()]
        self._publish("diff", joins=joins, leaves=leaves)
        for topic, diff in diffs.items():
            self._broadcast(topic, diff)

    # --- the others'

    def _hear(self, body: dict[str, Any]) -> None:
        if body["op"] == "ask":
            if body["of"] == self._relay.node:
                self._publish("list", joins=list(self._own.entries.values()), leaves=[])
            return
        sender, clock = body["node"], body["clock"]
        owner = self._others.setdefault(sender, Owner())
        joins = {entry.meta["phx_ref"]: entry for entry in map(Entry._make, body["joins"])}
        if body["op"] == "list":
            # Asked for when our picture was older; one that came late must not turn the clock back.
            if clock >= owner.clock:
                gone = {ref: entry for ref, entry in owner.entries.items() if ref not in joins}
                new = {ref: entry for ref, entry in joins.items() if ref not in owner.entries}
                owner.clock = clock
                self._apply(owner, new, gone)
        elif clock == owner.clock + 1:
            refs = [Entry(*entry).meta["phx_ref"] for entry in body["leaves"]]
            leaves = {ref: owner.entries[ref] for ref in refs if ref in owner.entries}
            owner.clock = clock
            self._apply(owner, joins, leaves)
        elif clock > owner.clock:
            self._ask(sender)

    def _compare_clock(self, beat: dict[str, Any]) -> None:
        known = self._others.get(beat["node"])
        if (known.clock if known else 0) < beat.get("presence", 0):
            self._ask(beat["node"])

    def _ask(self, owner: str) -> None:
        self._relay.publish("presence", {"op": "ask", "of": owner})

    def _publish(self, op: str, *, joins: list[Entry], leaves: list[Entry]) -> None:
        if self._relay.alone:
            return
        body = {"op": op, "node": self._relay.node, "clock": self._own.clock}
        # Plain lists: the encoder refuses named tuples.
        self._relay.publish("presence", {**body, "joins": [*map(list, joins)], "leaves": [*map(list, leaves)]})

    def _forget(self, sender: str) -> None:
        owner = self._others.pop(sender, None)
        if owner is not None:
            self._apply(owner, {}, dict(owner.entries))

    def _apply(self, owner: Owner, joins: dict[str, Entry], leaves: dict[str, Entry]) -> None:
        diffs: dict[str, Diff] = {}
        for ref, entry in leaves.items():
            del owner.entries[ref]
            self._remove(entry)
            diffs.setdefault(entry.topic, Diff()).leaves[ref] = entry
        for ref, entry in joins.items():
            owner.entries[ref] = entry
            self._add(entry)
            diffs.setdefault(entry.topic, Diff()).joins[ref] = entry
        for topic, diff in diffs.items():
            self._broadcast(topic, diff)

    # --- both

    def _add(self, entry: Entry) -> None:
        self._topics.setdefault(entry.topic, {})[entry.meta["phx_ref"]] = entry

    def _remove(self, entry: Entry) -> None:
        entries = self._topics.get(entry.topic)
        if entries is not None:
            entries.pop(entry.meta["phx_ref"], None)
            if not entries:
                del self._topics[entry.topic]

    def _broadcast(self, topic: str, diff: Diff) -> None:
        payload = {"joins": _by_key(diff.joins.values()), "leaves": _by_key(diff.leaves.values())}
        self._hub.broadcast(topic, "presence_diff", payload)


def _by_key(entries: Any) -> State:
    state: State = {}
    for entry in entries:
        state.setdefault(entry.key, {"metas": []})["metas"].append(entry.meta)
    return state


class PresenceChannel(Channel):
    """A topic that shows who has joined it. Subclasses authorise, and call ``track`` in ``join``."""

    __slots__ = ("_phx_ref",)

    def track(self, meta: Meta) -> None:
        """Shows this socket under its identity's key with ``meta``; again with another meta to change it."""
        presence = self.seat.connection.hub.presence
        self._stop_tracking()
        self._phx_ref: str | None = presence.track(self.topic_name, self.identity.key, meta)

    async def joined(self) -> None:
        hub = self.seat.connection.hub
        self.push("presence_state", hub.presence.state(self.topic_name))

    async def left(self) -> None:
        """A subclass with its own ``left`` calls this one, too."""
        self._stop_tracking()

    def _stop_tracking(self) -> None:
        ref = getattr(self, "_phx_ref", None)
        if ref is not None:
            self.seat.connection.hub.presence.untrack(ref)
            self._phx_ref = None
