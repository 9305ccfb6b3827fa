"""The frame reader against ``websockets``' own protocol, on streams made by hypothesis, cut anywhere."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, OPEN, SERVER, Protocol
from websockets.utils import apply_mask

from cuelight.live import frames
from cuelight.live.frames import FrameReader, Message

LIMIT = 70_000

Outcome = tuple[list[Message], int | None]  # messages, and the code the stream was refused with


def client_frame(
    opcode: int, payload: bytes, *, fin: bool = True, rsv: int = 0, masked: bool = True, wide: bool = False
) -> bytes:
    """One frame as a browser sends it, or nearly; ``wide`` writes the length in eight bytes even if it is small."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit, size = (0x80 if masked else 0), len(payload)
    if size < 126 and not wide:
        head += bytes([bit | size])
    elif size < 65536 and not wide:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    mask = b"\x37\xfa\x21\x3d"
    return head + (mask + apply_mask(payload, mask) if masked else payload)


def read_ours(chunks: list[bytes]) -> Outcome:
    reader = FrameReader(LIMIT)
    messages: list[Message] = []
    for chunk in chunks:
        if not reader.finished:
            messages += reader.feed(chunk)
    return messages, reader.broken.code if reader.broken else None


def read_theirs(chunks: list[bytes]) -> Outcome:
    protocol = Protocol(SERVER, state=OPEN, max_size=LIMIT)
    messages: list[Message] = []
    joined: list[bytes] = []
    opcode = 0
    for chunk in chunks:
        if protocol.close_sent is None and protocol.close_rcvd is None:
            protocol.receive_data(chunk)
    for event in protocol.events_received():
        assert isinstance(event, Frame)
        if event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            opcode = opcode if event.opcode is Opcode.CONT else int(event.opcode)
            joined.append(bytes(event.data))
            if event.fin:
                messages.append((opcode, b"".join(joined)))
                joined = []
        else:
            messages.append((int(event.opcode), bytes(event.data)))
    refused = protocol.close_sent.code if protocol.parser_exc and protocol.close_sent else None
    return messages, refused


payloads = st.binary(max_size=40) | st.sampled_from([b"p" * size for size in (124, 125, 126, 127, 300, 700)])
close_payloads = st.one_of(
    st.just(b""),
    st.binary(max_size=6),
    st.builds(
        lambda code, reason: struct.pack("!H", code) + reason.encode(), st.integers(990, 5010), st.text(max_size=8)
    ),
)
data_frames = st.builds(
    client_frame,
    st.sampled_from([0, 1, 2, 1, 1]),
    payloads,
    fin=st.sampled_from([True, True, False]),
    wide=st.booleans(),
)
control_frames = st.builds(client_frame, st.sampled_from([9, 10]), st.binary(max_size=125))
odd_frames = st.builds(
    client_frame,
    st.integers(0, 15),
    payloads,
    fin=st.booleans(),
    rsv=st.sampled_from([0, 0, 0, 1, 4]),
    masked=st.sampled_from([True, True, True, False]),
)
close_frames = st.builds(client_frame, st.just(8), close_payloads)
streams = st.lists(
    st.one_of(data_frames, data_frames, control_frames, odd_frames, close_frames, st.binary(max_size=12))
)


@st.composite
def chunked(draw: st.DrawFn) -> list[bytes]:
    stream = b"".join(draw(streams))
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    return [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


@settings(max_examples=1000, deadline=None)
@given(chunked())
def test_reads_what_websockets_reads(chunks: list[bytes]) -> None:
    ours, theirs = read_ours(chunks), read_theirs(chunks)
    if ours[1] is not None and theirs[1] is None:
        # We refuse a bad head at once; they wait for the payload that belongs to it.
        theirs = read_theirs([*chunks, b"\0" * 70_000])
    assert ours == theirs


@settings(max_examples=60, deadline=None)
@given(st.lists(data_frames | control_frames, max_size=6))
def test_one_byte_at_a_time_reads_the_same(parts: list[bytes]) -> None:
    stream = b"".join(part for part in parts if len(part) < 1000)
    assert read_ours([bytes([byte]) for byte in stream]) == read_ours([stream])


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_a_frame_we_write_is_read_by_websockets(size: int) -> None:
    client = Protocol(CLIENT, state=OPEN, max_size=None)
    client.receive_data(frames.text(b"a" * size))
    [event] = client.events_received()
    assert isinstance(event, Frame)
    assert (event.opcode, len(event.data), event.fin) == (Opcode.TEXT, size, True)


def test_a_message_over_the_limit_is_refused_before_it_is_read() -> None:
    head = client_frame(1, b"x" * (LIMIT + 1))[:14]
    assert read_ours([head]) == ([], frames.TOO_BIG)


def test_fragments_together_may_not_pass_the_limit() -> None:
    first = client_frame(1, b"x" * LIMIT, fin=False)
    assert read_ours([first, client_frame(0, b"")]) == ([(1, b"x" * LIMIT)], None)
    assert read_ours([first, client_frame(0, b"y")]) == ([], frames.TOO_BIG)


def test_a_ping_between_fragments_at_the_limit_is_no_reason_to_close() -> None:
    stream = [client_frame(1, b"x" * LIMIT, fin=False), client_frame(9, b"ping"), client_frame(0, b"")]
    assert read_ours(stream) == ([(9, b"ping"), (1, b"x" * LIMIT)], None)


def test_a_close_reason_is_cut_to_what_fits() -> None:
    frame = frames.close(1008, "ü" * 100)
    assert len(frame) <= 2 + 125
    assert frame[4:].decode() == "ü" * 61
