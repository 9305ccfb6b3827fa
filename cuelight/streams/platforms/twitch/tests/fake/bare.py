"""The barest client there can be, to show what the fake does: it knows the wire and no more."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2 as httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cuelight.streams.platforms.twitch.tests.fake.oauth import Granted
from cuelight.streams.platforms.twitch.tests.fake.server import FakeTwitch
from cuelight.streams.platforms.twitch.tests.fake.subscriptions import KINDS

CHAT = "channel.chat.message"


@dataclass
class Bare:
    """Requests with both headers, and sockets."""

    twitch: FakeTwitch
    granted: Granted
    http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=5))
    ears: list["Ear"] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(ear.hang_up() for ear in self.ears))
        await self.http.aclose()

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.granted.access}", "Client-Id": self.twitch.client_id}

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """A request to Helix: "users?login=mia"."""
        url = f"{self.twitch.helix_url}/{path}"
        return await self.http.request(method, url, json=body, headers=more.pop("headers", self.headers()), **more)

    async def refresh(self, token: str | None = None) -> httpx.Response:
        """Keeps what comes back, when something does."""
        form = {
            "client_id": self.twitch.client_id,
            "client_secret": self.twitch.client_secret,
            "grant_type": "refresh_token",
            "refresh_token": token or self.granted.refresh,
        }
        answer = await self.http.post(f"{self.twitch.oauth_url}/token", data=form)
        if answer.status_code == 200:
            said = answer.json()
            self.granted.access, self.granted.refresh = said["access_token"], said["refresh_token"]
        return answer

    async def open(self, url: str = "", *, quietly: bool = False) -> "Ear":
        """A socket that was welcomed; with ``quietly`` it does not wait for that."""
        ear = Ear(await connect(url or self.twitch.ws_url, ping_interval=None, close_timeout=0.2))
        self.ears.append(ear)
        if not quietly:
            await ear.welcomed()
        return ear

    async def subscribe(self, ear: "Ear", type: str = CHAT, version: str = "1", **condition: str) -> httpx.Response:
        body = wish(ear.id, type, version, condition or self.condition(type))
        return await self.ask("POST", "eventsub/subscriptions", body)

    def condition(self, type: str) -> dict[str, str]:
        """Of the broadcaster's own channel."""
        names = KINDS[type].condition or KINDS[type].optional[:1]
        return dict.fromkeys(names, self.twitch.broadcaster.id)

    async def listen(self, *types: str) -> "Ear":
        """A socket with subscriptions, to the chat if to nothing else."""
        ear = await self.open()
        for type in types or (CHAT,):
            answer = await self.subscribe(ear, type, KINDS[type].version, **self.condition(type))
            assert answer.status_code == 202, answer.text
        return ear


@dataclass
class Ear:
    """One socket that keeps all it hears, as it came."""

    wire: ClientConnection
    frames: list[str | bytes] = field(default_factory=list)
    code: int | None = None
    is_over: bool = False

    def __post_init__(self) -> None:
        self._task = asyncio.ensure_future(self._hear())

    async def _hear(self) -> None:
        try:
            async for frame in self.wire:
                self.frames.append(frame)
        except ConnectionClosed:
            pass
        self.code, self.is_over = self.wire.close_code, True

    async def hang_up(self) -> None:
        await self.wire.close()
        await self._task

    def messages(self, type: str = "") -> list[dict[str, Any]]:
        """What was JSON and had a type, of one type or of all."""
        heard = [said for frame in self.frames if isinstance(said := _parsed(frame), dict) and said.get("metadata")]
        return [one for one in heard if type in ("", one["metadata"].get("message_type"))]

    def events(self, type: str = "") -> list[dict[str, Any]]:
        said = self.messages("notification")
        return [one["payload"]["event"] for one in said if type in ("", one["metadata"].get("subscription_type"))]

    def texts(self) -> list[str]:
        return [one["message"]["text"] for one in self.events(CHAT)]

    def ids(self) -> list[str]:
        return [one["metadata"]["message_id"] for one in self.messages("notification")]

    @property
    def id(self) -> str:
        return str(self.messages("session_welcome")[0]["payload"]["session"]["id"])

    async def welcomed(self) -> None:
        await self.until(lambda: self.messages("session_welcome"))

    async def closed(self) -> int | None:
        await self.until(lambda: self.is_over)
        return self.code

    async def until(self, condition: Callable[[], object], within: float = 5.0) -> None:
        async with asyncio.timeout(within):
            while not condition():
                await asyncio.sleep(0.002)


def wish(session_id: str, type: str, version: str, condition: dict[str, str]) -> dict[str, Any]:
    """The body with which one subscribes."""
    transport = {"method": "websocket", "session_id": session_id}
    return {"type": type, "version": version, "condition": condition, "transport": transport}


def _parsed(frame: str | bytes) -> Any:
    try:
        return orjson.loads(frame)
    except orjson.JSONDecodeError:
        return None
