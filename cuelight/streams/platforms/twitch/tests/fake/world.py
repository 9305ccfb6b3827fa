"""What there is at the fake Twitch, and what it remembers: people, channels, messages, requests, deliveries."""

import asyncio
import itertools
import re
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cuelight.streams.platforms.twitch.tests.fake.http import Asked

CLIENT, SECRET = "fake-twitch-client", "fake-twitch-secret"

#: Categories that can be searched for.
CATEGORIES = {
    "509658": "Just Chatting",
    "509660": "Art",
    "509673": "Makers & Crafting",
    "116747788": "Pools, Hot Tubs, and Beaches",
    "1469308723": "Software and Game Development",
    "33214": "Fortnite",
}
#: Emotes by name; a word of a message that is one becomes a fragment of its own.
EMOTES = {"Kappa": "25", "PogChamp": "305954156", "<3": "9", "LUL": "425618"}


@dataclass(frozen=True)
class User:
    id: str
    login: str
    name: str
    email: str = ""
    color: str = "#8A2BE2"

    def named(self, prefix: str = "") -> dict[str, Any]:
        """The three fields by which events name somebody: ``{prefix}user_id``, ``_login`` and ``_name``."""
        return {f"{prefix}user_id": self.id, f"{prefix}user_login": self.login, f"{prefix}user_name": self.name}


#: Who cheers and gives without a name, in the chat.
NOBODY = User("274598607", "ananonymouscheerer", "AnAnonymousCheerer", color="")


@dataclass
class Channel:
    """A broadcaster's channel, and the broadcast that runs there."""

    title: str = "Pearls at noon"
    category_id: str = "509658"
    language: str = "en"
    tags: list[str] = field(default_factory=lambda: ["English"])
    labels: list[str] = field(default_factory=list)
    is_branded: bool = False
    stream_id: str = ""
    started_at: str = ""
    viewers: int = 0
    #: User id → when, newest last.
    followers: dict[str, str] = field(default_factory=dict)
    #: User id → when it ends, None for ever.
    banned: dict[str, str | None] = field(default_factory=dict)
    moderators: set[str] = field(default_factory=set)
    #: Message id → the event, of what stands in the chat.
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Delivery:
    """One notification: what was sent, and the numbers of the sockets it was written to, one entry per time."""

    message_id: str
    type: str
    event: dict[str, Any]
    frame: dict[str, Any]
    sockets: list[int] = field(default_factory=list)


@dataclass(kw_only=True)
class World:
    #: 0 takes a free one.
    port: int = 0
    #: How many of Twitch's seconds pass in one of ours: with 50, an unused socket is closed after 0.2 s.
    speed: float = 1.0
    #: What a welcome says of the keepalive whatever was asked for. Twitch never says less than 10; a test may.
    keepalive_s: int | None = None
    #: Whether a socket opened by ``reconnect_url`` has the id of the session it carries on. Twitch does not say.
    keeps_session_id: bool = False
    client_id: str = CLIENT
    client_secret: str = SECRET
    #: Seconds that an access token is good for.
    token_s: float = 14_400
    #: Points a minute.
    points: int = 800
    max_connections: int = 3
    max_subscriptions: int = 300
    max_total_cost: int = 10
    #: When what is sent by request comes back by the socket: "after" its answer, "before" it, or "never".
    echo: str = "after"
    #: Our seconds between the two.
    echo_gap_s: float = 0.02
    #: Our seconds that something slow takes.
    slow_s: float = 2.0
    #: A socket is pinged this often, and must answer within ``pong_s``. Both ours: a busy machine is no failure.
    ping_s: float = 30.0
    pong_s: float = 10.0
    #: Whether a person must press a button on the page of consent; else it sends back at once.
    asks: bool = False
    #: "" or the error of OAuth that the person answers with, "access_denied".
    says: str = ""

    asked: list[Asked] = field(default_factory=list)
    delivered: dict[str, Delivery] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.broadcaster = self.user("pavoi", name="Pavoi", id="1001")
        #: Who is signed in at Twitch, in the browser that comes to consent.
        self.signed_in = self.broadcaster

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def helix_url(self) -> str:
        return f"{self.origin}/helix"

    @property
    def oauth_url(self) -> str:
        return f"{self.origin}/oauth2"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    def seconds(self, twitch_s: float) -> float:
        return twitch_s / self.speed

    # People and channels.

    def user(self, who: str | User, *, name: str = "", id: str = "", email: str = "") -> User:
        """Somebody by login; made when not yet there. A User is taken as it is."""
        if isinstance(who, User):
            self.users.setdefault(who.id, who)
            return who
        login = re.sub(r"\W", "", who).lower() or "nobody"
        found = next((one for one in self.users.values() if one.login == login), None)
        if found is None:
            found = User(id or str(2000 + len(self.users)), login, name or who, email or f"{login}@example.com")
            self.users[found.id] = found
        return found

    def channel(self, user_id: str | None = None) -> Channel:
        return self.channels.setdefault(user_id or self.broadcaster.id, Channel())

    # What was asked and delivered.

    def requests(self, path: str, method: str | None = None) -> list[Asked]:
        """Those to a path and what lies below it, oldest first."""
        below = path.rstrip("/") + "/"
        return [one for one in self.asked if (one.path + "/").startswith(below) and method in (None, one.method)]

    def count(self, path: str, method: str | None = None) -> int:
        return len(self.requests(path, method))

    def gaps(self, path: str, method: str | None = None) -> list[float]:
        """Seconds between one request to a path and the next: where a hot loop shows."""
        times = [one.at for one in self.requests(path, method)]
        return [after - before for before, after in itertools.pairwise(times)]

    def refreshes(self) -> list[Asked]:
        return [one for one in self.requests("/oauth2/token") if one.form().get("grant_type") == "refresh_token"]

    def delivered_events(self, type: str | None = None) -> list[dict[str, Any]]:
        """Events that went out to at least one socket that could hear them, each once."""
        return [one.event for one in self.delivered.values() if one.sockets and type in (None, one.type)]

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        """Waits for what is to happen, anywhere. Raises TimeoutError."""
        ends_at = time.monotonic() + within
        while not condition():
            if time.monotonic() > ends_at:
                raise TimeoutError(f"not within {within} s")
            await asyncio.sleep(0.002)


def new_id() -> str:
    return str(uuid.uuid4())


def new_secret() -> str:
    return secrets.token_hex(15)


def timestamp(at: datetime | None = None) -> str:
    """As EventSub writes it: nine digits of a second."""
    at = at or datetime.now(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond:06}{time.perf_counter_ns() % 1000:03}Z"


def whole_second(at: datetime | None = None) -> str:
    """As Helix writes it."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
