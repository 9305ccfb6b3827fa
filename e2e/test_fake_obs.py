"""The fake OBS speaks obs-websocket 5, in both its encodings: told with bare frames, without any client library."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from e2e import msgpack
from e2e.fake_obs import JSON, MSGPACK, FakeObs


@pytest.fixture
def obs() -> Iterator[FakeObs]:
    fake = FakeObs().start()
    yield fake
    fake.end()


class Wire:
    """One connection in one encoding."""

    def __init__(self, socket: ClientConnection, *, packed: bool) -> None:
        self.socket, self.packed = socket, packed

    def send(self, op: int, data: dict[str, Any]) -> None:
        frame = {"op": op, "d": data}
        self.socket.send(msgpack.pack(frame) if self.packed else json.dumps(frame))

    def receive(self) -> tuple[int, dict[str, Any]]:
        frame = self.socket.recv(10)
        message = msgpack.unpack(frame) if isinstance(frame, bytes) else json.loads(frame)
        return message["op"], message["d"]

    def identify(self, **data: Any) -> None:
        assert self.receive()[0] == 0
        self.send(1, {"rpcVersion": 1, **data})
        assert self.receive() == (2, {"negotiatedRpcVersion": 1})

    def ask(self, name: str, **data: Any) -> dict[str, Any]:
        self.send(6, {"requestType": name, "requestId": "1", "requestData": data})
        while True:
            op, answer = self.receive()
            if op == 7:
                return answer

    def closed(self) -> int:
        try:
            while True:
                self.socket.recv(10)
        except ConnectionClosed:
            assert self.socket.close_code is not None
            return self.socket.close_code


Open = Callable[..., Wire]


@pytest.fixture
def wire(obs: FakeObs) -> Iterator[Open]:
    """Opens a connection: ``wire()``, ``wire(packed=True)``."""
    with ExitStack() as stack:

        def opened(*, packed: bool = False) -> Wire:
            protocol = MSGPACK if packed else JSON
            way = connect(f"ws://{obs.address}", subprotocols=[protocol], open_timeout=10)
            return Wire(stack.enter_context(way), packed=packed)

        yield opened


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("packed", [False, True])
def test_both_encodings_say_the_same(wire: Open, packed: bool) -> None:
    line = wire(packed=packed)
    line.identify()
    answer = line.ask("GetSceneList")
    assert answer["requestStatus"] == {"result": True, "code": 100}
    assert [scene["sceneName"] for scene in answer["responseData"]["scenes"]] == ["Break", "Close-up", "Wide"]
    assert answer["responseData"]["currentPreviewSceneName"] is None


def test_a_password_is_proven_and_never_sent(obs: FakeObs, wire: Open) -> None:
    obs.password = "open sesame"
    line = wire()
    _, hello = line.receive()
    asked = hello["authentication"]
    proof = _digest(_digest("open sesame" + asked["salt"]) + asked["challenge"])
    line.send(1, {"rpcVersion": 1, "authentication": proof})
    assert line.receive()[0] == 2
    for wrong in ({}, {"authentication": "x"}, {"authentication": proof}):
        other = wire()
        other.receive()
        other.send(1, {"rpcVersion": 1, **wrong})
        assert other.closed() == 4009


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ((6, {"requestType": "GetVersion", "requestId": "1"}), 4007),
        ((1, {}), 4003),
        ((1, {"rpcVersion": "1"}), 4004),
        ((1, {"rpcVersion": 2}), 4010),
        ((99, {}), 4006),
    ],
)
def test_who_does_not_keep_to_the_protocol_is_cut_off(wire: Open, sent: tuple[int, Any], code: int) -> None:
    line = wire()
    line.receive()
    line.send(*sent)
    assert line.closed() == code


def test_frames_of_the_other_encoding_and_nonsense_are_refused(wire: Open) -> None:
    for frame in (b"\x81\xa2op\x00", "{"):
        line = wire()
        line.receive()
        line.socket.send(frame)
        assert line.closed() == 4002


def test_to_identify_twice_is_refused(wire: Open) -> None:
    line = wire()
    line.identify()
    line.send(1, {"rpcVersion": 1})
    assert line.closed() == 4008


def test_requests_that_cannot_be_done_say_why(obs: FakeObs, wire: Open) -> None:
    line = wire()
    line.identify(eventSubscriptions=0)

    def code(name: str, **data: Any) -> int:
        return int(line.ask(name, **data)["requestStatus"]["code"])

    assert code("") == 203
    assert code("Nonsense") == 204
    assert code("SetCurrentProgramScene") == 300
    assert code("SetCurrentProgramScene", sceneName=7) == 401
    assert code("SetCurrentProgramScene", sceneName="Nowhere") == 600
    assert code("TriggerStudioModeTransition") == 506
    assert code("StopStream") == 501
    assert code("StartStream") == 100
    assert code("StartStream") == 500
    obs.ready = False
    assert code("GetVersion") == 207


def test_events_are_told_to_who_has_subscribed(obs: FakeObs, wire: Open) -> None:
    some, none = wire(), wire()
    some.identify(eventSubscriptions=4)
    none.identify(eventSubscriptions=0)
    obs.start_stream()
    obs.switch("Break")
    op, event = some.receive()
    assert (op, event["eventType"], event["eventData"]["sceneName"]) == (5, "CurrentProgramSceneChanged", "Break")
    assert none.ask("GetVersion")["requestStatus"]["code"] == 100
    obs.kick()
    assert (some.closed(), none.closed()) == (4011, 4011)
