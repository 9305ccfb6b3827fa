"""Topic ``document:{document_id}``: the text as it changes, who is here, and where their cursors are."""

import secrets
from typing import Any

import orjson
import structlog

from cuelight.accounts.identity import AnyIdentity
from cuelight.documents import commands, delta, queries
from cuelight.documents.access import DocumentAccess, read_access
from cuelight.documents.state import DocumentState
from cuelight.errors import Invalid
from cuelight.live import process
from cuelight.live.aggregate import Aggregate
from cuelight.live.channel import on
from cuelight.live.db import run_db
from cuelight.live.payload import Payload, op_id, require_int
from cuelight.live.presence import PresenceChannel
from cuelight.live.wire import Encoded

log = structlog.get_logger(__name__)

#: A document up to this length is sent as it is now; a longer one as its snapshot and what came after.
SHORT = 20_000
#: Seconds between two cursors of one window that others hear of.
CURSOR_EVERY_S = 0.1


class DocumentChannel(PresenceChannel):
    """A log topic: every operation has a version, and a gap is filled with ``since``. Each window is a participant."""

    topic = "document:{document_id}"
    needs = "document.read"

    __slots__ = ("_cursor", "_timer", "access", "following", "window")

    identity: AnyIdentity
    access: DocumentAccess

    async def authorise(self) -> None:
        before = getattr(self, "access", None)
        self.access = await run_db(read_access, self.identity, self.id_param("document_id"))
        if before is not None and (before.right, before.manages) != (self.access.right, self.access.manages):
            self.push("right_changed", {"right": self.access.right, "manages": self.access.manages})

    def permit(self, handler: Any) -> None:
        if handler.needs:
            self.access.require(handler.needs)

    async def join(self, payload: Payload) -> Encoded:
        """``{contents | missed, version, peers, window, right, …}``. With ``since`` what was missed after that version,
        where it can be told; else the contents: of a long document those of a snapshot, and in ``missed`` what came
        after it (``at``: the snapshot's version)."""
        self._cursor: Payload | None = None
        self._timer: Any = None
        self.window = secrets.token_hex(4)
        self.following: Aggregate = await commands.opened(self.access.document_id)
        self.following.followers += 1
        since = payload.get("since")
        if since is not None:
            since = require_int(payload, "since")
        body = await self._contents(since)
        self.track({"name": self.identity.name, "window": self.window, "user_id": self.access.person_id})
        presence = self.seat.connection.hub.presence
        rest = {
            "peers": presence.state(self.topic_name),
            "window": self.window,
            "user_id": self.access.person_id,
            "right": self.access.right,
            "manages": self.access.manages,
            "title": self.access.title,
        }
        return Encoded(body[:-1] + b"," + orjson.dumps(rest)[1:])

    async def left(self) -> None:
        followed = getattr(self, "following", None)
        if followed is not None:
            followed.followers -= 1
            if self._timer is not None:
                self._timer.cancel()
        await super().left()

    @property
    def state(self) -> DocumentState:
        state: DocumentState = self.following.state
        return state

    async def _contents(self, since: int | None) -> bytes:
        document_id = self.access.document_id
        if since is not None and self.state.version - queries.MOST_MISSED <= since:
            # A client that comes from another process may know more than this one has heard of so far.
            newest = self.state.version
            if since <= newest or since <= await run_db(queries.newest_version, document_id):
                missed = await run_db(_missed, document_id, since)
                # Where the next one was folded there is no way from that version to the newest but the contents.
                if not missed["missed"] or missed["missed"][0]["version"] == since + 1:
                    return orjson.dumps(missed)
        if self.state.text.length <= SHORT:
            encoded, state = self.following.encoded, self.state
            if "contents" not in encoded:
                encoded["contents"] = orjson.dumps({"contents": state.text.contents(), "version": state.version})
            return encoded["contents"]
        return await run_db(_snapshot, document_id)

    @on("update", needs="document.comment")
    async def update(self, payload: Payload) -> Payload:
        """``{change, version, op_id}`` → ``{version}`` once it is durable."""
        named = op_id(payload)
        if named is None:
            raise Invalid("invalid", "op_id must be a UUID.")
        return await commands.update(self.access, payload.get("change"), require_int(payload, "version"), op_id=named)

    @on("since", needs="document.read")
    async def since(self, payload: Payload) -> Payload:
        """``{from}`` → ``{ops, version}``: what came after a version, a thousand at most; ``version`` is the newest. If
        the first of them is not the next one, that was folded: the document must be loaded anew."""
        after = require_int(payload, "from")
        found = await run_db(_missed, self.access.document_id, after)
        return {"ops": found["missed"], "version": self.state.version}

    @on("cursor_update", needs="document.read")
    async def cursor_update(self, payload: Payload) -> None:
        """``{anchor, head, version}``: where this window's selection is. Others hear ``remote_cursor``, ten times a
        second at most, and not at all while changes queue."""
        anchor, head = (require_int(payload, name, most=delta.MOST_LENGTH) for name in ("anchor", "head"))
        version = require_int(payload, "version")
        behind = self.state.version - version
        if behind > len(self.state.tail):
            return  # of a window that has lost touch: it will say where it is when it is back
        missed = self.state.since(version) if behind > 0 else ()
        for past in missed:
            anchor = delta.transform_position(past.change, anchor, True)
            head = delta.transform_position(past.change, head, True)
        self._cursor = {"anchor": anchor, "head": head, "version": version + len(missed)}
        if self._timer is None:
            self._send_cursor()

    @on("diverged", needs="document.read")
    async def diverged(self, payload: Payload) -> None:
        """``{version, crc}``: a window found that its text is not the document's, and loads it anew. This is a fault of
        ours, or of a disk: whoever runs this has to hear of it. A warning, since anybody who may read can say so."""
        version, crc = require_int(payload, "version"), require_int(payload, "crc")
        log.warning(
            "a copy of a document had gone astray",
            document_id=self.access.document_id,
            version=version,
            crc=crc,
            person_id=self.access.person_id,
        )

    def _send_cursor(self) -> None:
        cursor, self._cursor, self._timer = self._cursor, None, None
        if cursor is None or len(self.following.waiting) > commands.CROWDED:
            return
        who = {"window": self.window, "user_id": self.access.person_id, "name": self.identity.name}
        node = process.node
        if node is not None:
            node.spread(self.topic_name, "remote_cursor", Encoded(orjson.dumps({**cursor, **who})))
        self._timer = self.seat.connection.hub.loop.call_later(CURSOR_EVERY_S, self._send_cursor)


def _missed(document_id: int, since: int) -> dict[str, Any]:
    found = queries.logged(document_id, since)
    return {"missed": [entry.payload() for entry in found], "version": found[-1].version if found else since}


def _snapshot(document_id: int) -> bytes:
    """The newest snapshot's bytes as they are stored, and what came after it."""
    at, contents = queries.newest_snapshot(document_id)
    missed = _missed(document_id, at)
    return b'{"contents":' + contents + b',"at":%d,' % at + orjson.dumps(missed)[1:]
