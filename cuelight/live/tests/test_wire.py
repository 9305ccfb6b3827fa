"""Channels V2 frames: what is read, what is refused, what is written."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.live import wire
from cuelight.live.limits import Bucket
from cuelight.live.pattern import TopicPattern

REFUSED = [
    b"",
    b"null",
    b"{}",
    b"[]",
    b'["1","1","room:1","echo"]',
    b'["1","1","room:1","echo",{},1]',
    b'["1","1","room:1","echo",[]]',
    b'["1","1","room:1","echo","text"]',
    b'["1","1","room:1","echo",null]',
    b'[1,"1","room:1","echo",{}]',
    b'["1","1",null,"echo",{}]',
    b'["1","1","","echo",{}]',
    b'["1","1","room:1","",{}]',
    b'["1","1","room:1",7,{}]',
    b'["\xff","1","room:1","echo",{}]',
    b'["1","1","room:1","echo",{"a":"\xed\xa0\x80"}]',
    b'["1","1","room:1","echo",{"a":"\\ud800"}]',
    b'["1","1","room:1","echo",{"a":NaN}]',
    b'["1","1","room:1","echo",{"a":1e999}]',
    b'["1","1","room:1","echo",{}',
    b'["1","1","room:1","echo",{"a":' + b"[" * 100_000,
    b"[" * 100_000,
    b'["1","1","room:1","echo",{"a":' + b"9" * 5_000 + b"}]",
    b'["1","1","' + b"t" * 201 + b'","echo",{}]',
    b'["1","' + b"r" * 65 + b'","room:1","echo",{}]',
]


def body(frame: bytes) -> list[object]:
    """The JSON of a text frame of ours."""
    size = frame[1]
    start = 2 if size < 126 else 4 if size == 126 else 10
    parsed: list[object] = orjson.loads(frame[start:])
    return parsed


@pytest.mark.parametrize("message", REFUSED, ids=range(len(REFUSED)))
def test_refuses_what_is_no_frame(message: bytes) -> None:
    with pytest.raises(wire.Malformed):
        wire.decode(message)


def test_reads_a_push() -> None:
    frame = wire.decode(b'["4","7","session:1:state","jump",{"number":23,"text":"\xc3\xbc\\u0000"}]')
    assert frame == ("4", "7", "session:1:state", "jump", {"number": 23, "text": "ü\0"})


def test_reads_a_heartbeat() -> None:
    assert wire.decode(b'[null,"9","phoenix","heartbeat",{}]').join_ref is None


@given(st.binary())
def test_any_bytes_are_a_frame_or_malformed(message: bytes) -> None:
    try:
        wire.decode(message)
    except wire.Malformed:
        return


def test_an_event_carries_the_encoded_payload_as_it_is() -> None:
    frame = wire.event("room:1", "shown", wire.Encoded(b'{"a": [1,  2]}'))
    assert frame[2:] == b'[null,null,"room:1","shown",{"a": [1,  2]}]'


def test_strings_of_the_client_are_escaped_in_replies() -> None:
    frame = wire.Frame('1"', "2\\", 'room:"', "echo", {})
    assert body(wire.reply(frame, "ok", {})) == ['1"', "2\\", 'room:"', "phx_reply", {"status": "ok", "response": {}}]


def test_a_refusal_has_reason_and_message() -> None:
    frame = wire.Frame("1", "2", "room:1", "echo", {})
    assert body(wire.refusal(frame, "gone", "Gone.")) == [
        "1", "2", "room:1", "phx_reply", {"status": "error", "response": {"reason": "gone", "message": "Gone."}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "topic", "params"),
    [
        ("session:{session_id}:state", "session:42:state", {"session_id": "42"}),
        ("widget_config:{type}:{studio_id}", "widget_config:chat-box:3", {"type": "chat-box", "studio_id": "3"}),
        ("session:{session_id}:state", "session::state", None),
        ("session:{session_id}:state", "session:4:2:state", None),
        ("session:{session_id}:state", "session:42:state\n", None),
        ("session:{session_id}:state", "session:٤٢:state", None),
        ("a.b:{x}", "acb:1", None),
        ("session:{session_id}", "session:" + "1" * 65, None),
    ],
)
def test_topic_patterns(pattern: str, topic: str, params: dict[str, str] | None) -> None:
    assert TopicPattern(pattern).match(topic) == params


def test_a_pattern_fills_in() -> None:
    assert TopicPattern("session:{session_id}:meta").fill(session_id=7) == "session:7:meta"


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(3, now=100.0)
    assert [bucket.take(100.0, 2, 3) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5, 2, 3), bucket.take(100.5, 2, 3)] == [True, False]
    assert [bucket.take(200.0, 2, 3) for _ in range(4)] == [True, True, True, False]
