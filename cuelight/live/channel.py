"""What a context writes to serve a topic: a Channel class, its rights, its snapshot, its pushes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from cuelight.errors import Forbidden, NotFound
from cuelight.live.pattern import TopicPattern
from cuelight.live.payload import MAX_INT, Payload
from cuelight.live.wire import Encoded

if TYPE_CHECKING:
    from cuelight.live.seat import Seat

Handler = Callable[[Any, Payload], Awaitable["Payload | Encoded | None"]]
AnyHandler = TypeVar("AnyHandler", bound=Handler)


class Identity(Protocol):
    """Who is at the other end. The hub knows no more of people than this."""

    @property
    def key(self) -> str:
        """``person:3``, ``token:9``: what recheck goes by."""

    @property
    def name(self) -> str: ...

    @property
    def via(self) -> str:
        """The one sign-in of several that let them in, or nothing: what can be ended without ending the others."""


def on(event: str, needs: str = "") -> Callable[[AnyHandler], AnyHandler]:
    """Marks an async method as the handler of a push: it gets the payload, returns the reply's response.

    ``needs`` names what one must be allowed to do, for ``permit``. Without it, whoever has joined may.
    """

    def mark(handler: AnyHandler) -> AnyHandler:
        handler.push_event = event  # type: ignore[attr-defined]
        handler.needs = needs  # type: ignore[attr-defined]
        return handler

    return mark


class Channel:
    """One instance per joined topic and connection. Its methods run one after the other, in the order of the pushes.

    The order of a join: ``authorise``, then the connection is subscribed, then ``join`` reads the snapshot, so no
    broadcast falls between the two (one that is in the snapshot already may arrive before the reply; its version
    tells). A subclass that needs attributes may declare ``__slots__``: there is one object per screen and topic.
    """

    topic: ClassVar[str] = ""
    #: What one must be allowed to do to join. The hub knows no rights: whoever authorises reads it.
    needs: ClassVar[str] = ""
    pattern: ClassVar[TopicPattern]
    handlers: ClassVar[dict[str, Handler]] = {}

    __slots__ = ("audience", "crew", "identity", "params", "seat", "topic_name")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.pattern = TopicPattern(cls.topic)
        own = {member.push_event: member for member in vars(cls).values() if hasattr(member, "push_event")}
        cls.handlers = {**cls.handlers, **own}

    def __init__(self, identity: Identity, topic_name: str, params: dict[str, str], seat: Seat) -> None:
        self.identity = identity
        self.topic_name = topic_name
        self.params = params  # shared by all subscribers of the topic: read only
        self.seat = seat
        self.crew = False  # producer and host screens set this in authorise(): first slice of every broadcast
        # Set in authorise() where one topic tells different people different things: hub.broadcast(audience=…).
        self.audience: str | None = None

    def id_param(self, name: str) -> int:
        """A parameter that is a row's id. NotFound unless it is a positive whole number as we would write it."""
        text = self.params[name]
        # "007" would be another topic than "7": joined, but never broadcast to.
        if not text.isdecimal() or text.startswith("0") or len(text) > 19 or int(text) > MAX_INT:
            raise NotFound
        return int(text)

    def push(self, event: str, payload: Payload | Encoded) -> None:
        """Sends an event to this one client."""
        self.seat.push(event, payload)

    async def authorise(self) -> None:
        """Raises a CuelightError to refuse. Runs before the join and again on every recheck; may be called while
        a handler of the same channel waits for something."""
        raise Forbidden

    def permit(self, handler: Handler) -> None:
        """Raises a CuelightError when this client may not make this push. Asked before its payload is looked at."""

    async def join(self, payload: Payload) -> Payload | Encoded:
        """The snapshot: the response of the join's reply. May refuse like ``authorise``."""
        return {}

    async def joined(self) -> None:
        """After the join's reply has been sent."""

    async def left(self) -> None:
        """The client left, its socket is gone, or it was put out. Runs once, if ``authorise`` had let it in."""


class Routes:
    """Which Channel class serves a topic."""

    def __init__(self, channels: Iterable[type[Channel]]) -> None:
        # By the part before the first colon, so that a join looks at few patterns however many contexts there are.
        self._by_kind: dict[str, list[type[Channel]]] = {}
        for channel in channels:
            self._by_kind.setdefault(channel.topic.partition(":")[0], []).append(channel)

    def find(self, topic: str) -> tuple[type[Channel], dict[str, str]] | None:
        for channel in self._by_kind.get(topic.partition(":")[0], ()):
            params = channel.pattern.match(topic)
            if params is not None:
                return channel, params
        return None
