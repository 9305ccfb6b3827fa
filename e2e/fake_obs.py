"""An OBS that is none, faithful to obs-websocket 5 as far as a client can tell: both subprotocols, the handshake with
its password, close codes, request statuses, events by what a client has subscribed to, studio mode, scene collections.

It runs in a thread with a loop of its own and listens on 127.0.0.1 only. What a story does to it (`switch`, `kick`,
`quit`…) is what somebody would do in OBS by hand.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import secrets
import threading
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from e2e import msgpack

Result = TypeVar("Result")
Data = dict[str, Any]

JSON, MSGPACK = Subprotocol("obswebsocket.json"), Subprotocol("obswebsocket.msgpack")
HELLO, IDENTIFY, IDENTIFIED, REIDENTIFY, EVENT, REQUEST, RESPONSE, BATCH, BATCH_RESPONSE = 0, 1, 2, 3, 5, 6, 7, 8, 9
#: Bits of ``eventSubscriptions``.
GENERAL, CONFIG, SCENES, INPUTS, OUTPUTS, UI = 1, 2, 4, 8, 64, 1024
#: All but the high-volume ones.
ALL = (1 << 12) - 1

DECODE, MISSING, WRONG_TYPE, WRONG_VALUE, UNKNOWN_OP = 4002, 4003, 4004, 4005, 4006
NOT_IDENTIFIED, ALREADY_IDENTIFIED, AUTH_FAILED, RPC_VERSION, INVALIDATED = 4007, 4008, 4009, 4010, 4011

OK, TYPE_MISSING, TYPE_UNKNOWN, NOT_READY = 100, 203, 204, 207
MISSING_FIELD, WRONG_FIELD, RUNNING, NOT_RUNNING = 300, 401, 500, 501
STUDIO_ACTIVE, STUDIO_NOT_ACTIVE, NOT_FOUND = 505, 506, 600


class Refused(Exception):
    """A request that OBS does not do."""

    def __init__(self, code: int, comment: str) -> None:
        super().__init__(comment)
        self.code, self.comment = code, comment


class Closed(Exception):
    """A client that OBS hangs up on."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(eq=False)
class Client:
    """One connection."""

    socket: ServerConnection
    challenge: str = ""
    subscribed: int | None = None

    @property
    def identified(self) -> bool:
        return self.subscribed is not None

    async def send(self, op: int, data: Data) -> None:
        frame = {"op": op, "d": data}
        packed = self.socket.subprotocol == MSGPACK
        await self.socket.send(msgpack.pack(frame) if packed else json.dumps(frame))


@dataclass
class FakeObs:
    """``scenes`` from the top, as OBS shows them. ``password``: none is asked for where it is empty."""

    password: str = ""
    scenes: list[str] = field(default_factory=lambda: ["Wide", "Close-up", "Break"])
    sources: list[str] = field(default_factory=lambda: ["Overlay"])
    port: int = 0
    rpc_version: int = 1

    def __post_init__(self) -> None:
        self.scene = self.scenes[0]
        self.preview = self.scenes[0]
        self.studio_mode = False
        self.streaming = False
        self.reconnecting = False
        self.collection = "Untitled"
        #: Requests are answered with 207 while it loads.
        self.ready = True
        #: Every request that was done or refused, in order: (type, data, status).
        self.asked: list[tuple[str, Data, int]] = []
        #: Names of browser sources that were loaded anew.
        self.refreshed: list[str] = []
        #: How often somebody has connected.
        self.connections = 0
        self._salt = base64.b64encode(secrets.token_bytes(32)).decode()
        self._clients: set[Client] = set()
        self._server: Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    # --- what a story does

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> FakeObs:
        """OBS is opened; at the same port as before, if it had one."""
        self._do(self._open())
        return self

    def quit(self) -> None:
        """OBS is closed by hand: it says so first."""
        self._do(self._quit())

    def crash(self) -> None:
        """Gone without a word."""
        self._do(self._crash())

    def end(self) -> None:
        """For good; the thread ends, too."""
        self.crash()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def kick(self) -> None:
        """Somebody presses Kick beside each client in OBS."""
        self._do(self._close_all(INVALIDATED, "Your session has been invalidated."))

    def switch(self, scene: str) -> None:
        self._do(self._switch(scene))

    def start_stream(self) -> None:
        self._do(self._stream(True))

    def stop_stream(self) -> None:
        self._do(self._stream(False))

    def lose_ingest(self) -> None:
        """The platform is not reached: OBS tries again by itself."""
        self.reconnecting = True
        self._do(self._tell_stream("RECONNECTING", True))

    def set_studio_mode(self, enabled: bool) -> None:
        self.studio_mode = enabled
        self._do(self._tell(UI, "StudioModeStateChanged", {"studioModeEnabled": enabled}))

    def change_collection(self, scenes: list[str], *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Another scene collection. It must not be asked anything meanwhile."""
        self._do(self._tell(CONFIG, "CurrentSceneCollectionChanging", {"sceneCollectionName": self.collection}))
        self.ready = False
        meanwhile()
        self.scenes, self.scene, self.preview, self.collection = scenes, scenes[0], scenes[0], "Other"
        self.ready = True
        self._do(self._tell(CONFIG, "CurrentSceneCollectionChanged", {"sceneCollectionName": self.collection}))

    # --- the connection

    async def _open(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", self.port, subprotocols=[JSON, MSGPACK], select_subprotocol=_chosen
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def _quit(self) -> None:
        await self._tell(GENERAL, "ExitStarted", {})
        await self._close_all(1001, "Server stopping.")
        await self._stop_listening()

    async def _crash(self) -> None:
        for client in list(self._clients):
            client.socket.transport.abort()
        await self._stop_listening()

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close(close_connections=True)
            await self._server.wait_closed()
        self._server = None
        self._clients.clear()
        self.streaming = self.reconnecting = False

    async def _close_all(self, code: int, reason: str) -> None:
        for client in list(self._clients):
            await client.socket.close(code, reason)

    async def _serve(self, socket: ServerConnection) -> None:
        client = Client(socket)
        self._clients.add(client)
        self.connections += 1
        try:
            await self._greet(client)
            async for frame in socket:
                await self._hear(client, frame)
        except Closed as closed:
            await socket.close(closed.code, closed.reason)
        except ConnectionClosed:
            pass
        finally:
            self._clients.discard(client)

    async def _greet(self, client: Client) -> None:
        hello: Data = {"obsStudioVersion": "31.0.0", "obsWebSocketVersion": "5.5.0", "rpcVersion": self.rpc_version}
        if self.password:
            client.challenge = base64.b64encode(secrets.token_bytes(32)).decode()
            hello["authentication"] = {"challenge": client.challenge, "salt": self._salt}
        await client.send(HELLO, hello)

    async def _hear(self, client: Client, frame: str | bytes) -> None:
        op, data = self._decoded(client, frame)
        if op == IDENTIFY:
            await self._identify(client, data)
        elif op not in (REIDENTIFY, REQUEST, BATCH):
            raise Closed(UNKNOWN_OP, f"Unknown OpCode: {op}")
        elif not client.identified:
            raise Closed(NOT_IDENTIFIED, "You attempted to send a non-Identify message while not identified.")
        elif op == REIDENTIFY:
            client.subscribed = data.get("eventSubscriptions", ALL)
            await client.send(IDENTIFIED, {"negotiatedRpcVersion": 1})
        elif op == REQUEST:
            await client.send(RESPONSE, await self._answer(data))
        else:
            await self._batch(client, data)

    def _decoded(self, client: Client, frame: str | bytes) -> tuple[int, Data]:
        packed = client.socket.subprotocol == MSGPACK
        if isinstance(frame, bytes) != packed:
            raise Closed(DECODE, "Your session encoding is set to another one than the message.")
        try:
            message = msgpack.unpack(frame) if isinstance(frame, bytes) else json.loads(frame)
        except ValueError as error:
            raise Closed(DECODE, "Unable to decode the message.") from error
        if not isinstance(message, dict):
            raise Closed(WRONG_TYPE, "Your message is not an object.")
        if "op" not in message or "d" not in message:
            raise Closed(MISSING, "Your request is missing an `op` or `d`.")
        if not isinstance(message["op"], int) or not isinstance(message["d"], dict):
            raise Closed(WRONG_TYPE, "`op` is a number and `d` an object.")
        return message["op"], message["d"]

    async def _identify(self, client: Client, data: Data) -> None:
        if client.identified:
            raise Closed(ALREADY_IDENTIFIED, "You are already Identified with the server.")
        if "rpcVersion" not in data:
            raise Closed(MISSING, "Your payload's data is missing an `rpcVersion`.")
        if not isinstance(data["rpcVersion"], int):
            raise Closed(WRONG_TYPE, "Your `rpcVersion` is not a number.")
        if data["rpcVersion"] != 1:
            raise Closed(RPC_VERSION, "Your requested RPC version is not supported by this server.")
        if self.password and data.get("authentication") != self._expected(client):
            raise Closed(AUTH_FAILED, "Authentication failed.")
        client.subscribed = data.get("eventSubscriptions", ALL)
        await client.send(IDENTIFIED, {"negotiatedRpcVersion": 1})

    def _expected(self, client: Client) -> str:
        secret = base64.b64encode(hashlib.sha256((self.password + self._salt).encode()).digest()).decode()
        return base64.b64encode(hashlib.sha256((secret + client.challenge).encode()).digest()).decode()

    # --- requests

    async def _batch(self, client: Client, data: Data) -> None:
        for name in ("requestId", "requests"):
            if name not in data:
                raise Closed(MISSING, f"Your payload's data is missing a `{name}`.")
        results = []
        for one in data["requests"]:
            results.append(await self._answer({"requestId": "", **one}))
            if data.get("haltOnFailure") and not results[-1]["requestStatus"]["result"]:
                break
        await client.send(BATCH_RESPONSE, {"requestId": data["requestId"], "results": results})

    async def _answer(self, data: Data) -> Data:
        if "requestId" not in data:
            raise Closed(MISSING, "Your payload's data is missing a `requestId`.")
        name, given = data.get("requestType") or "", data.get("requestData") or {}
        answer: Data = {"requestType": name, "requestId": data["requestId"]}
        try:
            found = await self._done(name, given)
        except Refused as refused:
            self.asked.append((name, given, refused.code))
            return answer | {"requestStatus": {"result": False, "code": refused.code, "comment": refused.comment}}
        self.asked.append((name, given, OK))
        status: Data = {"requestStatus": {"result": True, "code": OK}}
        return answer | status | ({"responseData": found} if found is not None else {})

    async def _done(self, name: str, data: Data) -> Data | None:
        if not name:
            raise Refused(TYPE_MISSING, "Your request is missing its type.")
        if not self.ready:
            raise Refused(NOT_READY, "OBS is not ready to perform the request.")
        doing = getattr(self, f"_do_{_snake(name)}", None)
        if doing is None:
            raise Refused(TYPE_UNKNOWN, "Your request type is not valid.")
        found: Data | None = await doing(data)
        return found

    async def _do_get_version(self, data: Data) -> Data:
        return {"obsVersion": "31.0.0", "obsWebSocketVersion": "5.5.0", "rpcVersion": 1}

    async def _do_get_scene_list(self, data: Data) -> Data:
        # The index counts from the bottom, and so does the list.
        names = self.scenes[::-1]
        rows = [{"sceneIndex": at, "sceneName": name, "sceneUuid": _uuid(name)} for at, name in enumerate(names)]
        return {
            "currentProgramSceneName": self.scene,
            "currentProgramSceneUuid": _uuid(self.scene),
            "currentPreviewSceneName": self.preview if self.studio_mode else None,
            "currentPreviewSceneUuid": _uuid(self.preview) if self.studio_mode else None,
            "scenes": rows,
        }

    async def _do_set_current_program_scene(self, data: Data) -> None:
        await self._switch(self._scene_of(data))

    async def _do_set_current_preview_scene(self, data: Data) -> None:
        self._needs_studio_mode()
        self.preview = self._scene_of(data)
        told = {"sceneName": self.preview, "sceneUuid": _uuid(self.preview)}
        await self._tell(SCENES, "CurrentPreviewSceneChanged", told)

    async def _do_trigger_studio_mode_transition(self, data: Data) -> None:
        self._needs_studio_mode()
        self.preview, before = self.scene, self.preview
        await self._switch(before)

    async def _do_get_stream_status(self, data: Data) -> Data:
        return {
            "outputActive": self.streaming,
            "outputReconnecting": self.reconnecting,
            "outputTimecode": "00:00:00.000",
            "outputDuration": 0,
            "outputCongestion": 0.0,
            "outputBytes": 0,
            "outputSkippedFrames": 0,
            "outputTotalFrames": 0,
        }

    async def _do_start_stream(self, data: Data) -> None:
        if self.streaming:
            raise Refused(RUNNING, "The output is running.")
        await self._stream(True)

    async def _do_stop_stream(self, data: Data) -> None:
        if not self.streaming:
            raise Refused(NOT_RUNNING, "The output is not running.")
        await self._stream(False)

    async def _do_get_input_list(self, data: Data) -> Data:
        kind = data.get("inputKind", "browser_source")
        names = self.sources if kind == "browser_source" else []
        return {"inputs": [{"inputName": name, "inputUuid": _uuid(name), "inputKind": kind} for name in names]}

    async def _do_press_input_properties_button(self, data: Data) -> None:
        for name in ("inputName", "propertyName"):
            _text(data, name)
        if data["inputName"] not in self.sources or data["propertyName"] != "refreshnocache":
            raise Refused(NOT_FOUND, "No source was found by that name, or it has no such button.")
        self.refreshed.append(data["inputName"])

    def _scene_of(self, data: Data) -> str:
        if "sceneUuid" in data:
            found = next((name for name in self.scenes if _uuid(name) == _text(data, "sceneUuid")), "")
        else:
            found = _text(data, "sceneName")
        if found not in self.scenes:
            raise Refused(NOT_FOUND, f"No source was found by the name of `{found}`.")
        return found

    def _needs_studio_mode(self) -> None:
        if not self.studio_mode:
            raise Refused(STUDIO_NOT_ACTIVE, "Studio mode is not active.")

    # --- what it tells

    async def _switch(self, scene: str) -> None:
        self.scene = scene
        await self._tell(SCENES, "CurrentProgramSceneChanged", {"sceneName": scene, "sceneUuid": _uuid(scene)})

    async def _stream(self, active: bool) -> None:
        await self._tell_stream("STARTING" if active else "STOPPING", not active)
        self.streaming, self.reconnecting = active, False
        await self._tell_stream("STARTED" if active else "STOPPED", active)

    async def _tell_stream(self, state: str, active: bool) -> None:
        told = {"outputActive": active, "outputState": f"OBS_WEBSOCKET_OUTPUT_{state}"}
        await self._tell(OUTPUTS, "StreamStateChanged", told)

    async def _tell(self, intent: int, name: str, data: Data) -> None:
        told = {"eventType": name, "eventIntent": intent, "eventData": data}
        for client in [one for one in self._clients if (one.subscribed or 0) & intent]:
            try:
                await client.send(EVENT, told)
            except ConnectionClosed:
                self._clients.discard(client)

    def _do(self, what: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)


def _chosen(socket: ServerConnection, offered: Any) -> Subprotocol | None:
    """The first that it speaks of what a client offers; JSON where it offers none."""
    return next((one for one in offered if one in (JSON, MSGPACK)), None)


def _text(data: Data, name: str) -> str:
    value = data.get(name)
    if value is None:
        raise Refused(MISSING_FIELD, f"Your request is missing the `{name}` field.")
    if not isinstance(value, str):
        raise Refused(WRONG_FIELD, f"The field `{name}` must be a string.")
    return value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
