"""What the pages of a long show said and heard: every command with its answer, and every complaint of the console."""

import json
import re
import time
from typing import Any

#: Topics and events that ask or tell, and change nothing.
ASKING = {"phx_join", "phx_leave", "heartbeat", "time", "undoable", "screen"}
#: What a browser says when the network or the server was taken away on purpose, and nothing else.
OF_A_BREAK = re.compile(
    r"WebSocket connection to 'ws://localhost:\d+/socket/websocket\?[^']*' failed: .*"
    r"|Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|CONNECTION_(RESET|REFUSED|CLOSED)|EMPTY_RESPONSE)"
)
#: Such words may come so many seconds after the break is over: what was asked during it has to fail first.
AFTERMATH_S = 15.0
GIVEN_UP_S = 30.0


class Witness:
    """Listens to all pages of the show."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.sent: dict[str, str] = {}  # op_id → event
        self.sent_at: dict[str, float] = {}  # op_id → when last
        self.accepted: dict[str, int] = {}  # op_id → version
        self.refused: dict[str, str] = {}  # op_id → reason
        self.complaints: list[str] = []
        self.excused = 0
        self.shown: int | None = None  # the item the newest broadcast has on air
        self.picture = 0  # and which of its pictures
        self._breaking = False
        self._broken_until = 0.0

    def watch(self, name: str, page: Any) -> None:
        page.on("console", lambda message: self._hear(name, message))
        page.on("pageerror", lambda error: self.complaints.append(f"{name}: {error}"))
        page.on("websocket", self._tap)

    def breaks(self) -> None:
        """From now on the network is broken on purpose."""
        self._breaking = True

    def is_whole(self) -> None:
        self._breaking = False
        self._broken_until = time.monotonic() + AFTERMATH_S

    @property
    def unanswered(self) -> set[str]:
        """Commands nobody knows the end of."""
        return set(self.sent) - set(self.accepted) - set(self.refused)

    @property
    def underway(self) -> bool:
        """Whether a command may still be answered: a page gives up after a while, and says so."""
        return any(time.monotonic() - self.sent_at[op_id] < GIVEN_UP_S for op_id in self.unanswered)

    def _hear(self, name: str, message: Any) -> None:
        # A browser asks for that by itself, and pages in OBS have none.
        if message.type != "error" or message.location.get("url", "").endswith("/favicon.ico"):
            return
        broken = self._breaking or time.monotonic() < self._broken_until
        if broken and OF_A_BREAK.fullmatch(message.text):
            self.excused += 1
        else:
            # Of what could not be had the text does not say what it was.
            self.complaints.append(f"{name}: {message.text} {message.location.get('url', '')}".rstrip())

    def _tap(self, socket: Any) -> None:
        asked: dict[str, str] = {}  # ref → op_id, of this connection
        socket.on("framesent", lambda text: self._say(text, asked))
        socket.on("framereceived", lambda text: self._answer(text, asked))

    def _say(self, text: str | bytes, asked: dict[str, str]) -> None:
        _, ref, topic, event, payload = json.loads(text)
        if topic.startswith(self.topic) and event not in ASKING and "op_id" in payload:
            asked[ref] = payload["op_id"]
            self.sent[payload["op_id"]] = event
            self.sent_at[payload["op_id"]] = time.monotonic()

    def _answer(self, text: str | bytes, asked: dict[str, str]) -> None:
        _, ref, topic, event, payload = json.loads(text)
        if event == "state_changed" and topic.startswith(self.topic):
            self.shown, self.picture = payload["item_id"], payload["image_index"]
        elif event == "phx_reply" and ref in asked:
            op_id, said = asked.pop(ref), payload["response"]
            if payload["status"] == "ok":
                self.accepted[op_id] = said["version"]
            else:
                self.refused[op_id] = said.get("reason", "")
