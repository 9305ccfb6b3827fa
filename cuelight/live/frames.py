"""WebSocket frames (RFC 6455), the server's half: pure bytes in, pure bytes out.

``websockets``' sans-I/O protocol does the handshake and then goes: the reader here keeps one small object per idle
socket instead of a parser, a logger, two queues and a generator. A conformance test feeds both the same streams.
"""

from websockets.utils import apply_mask

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FRAGMENTS = 1_000  # a message may have; more is somebody trying to keep us busy
OPCODES = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))

NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNSUPPORTED, INVALID_DATA = 1000, 1001, 1002, 1003, 1007
POLICY, TOO_BIG, INTERNAL_ERROR, SERVICE_RESTART = 1008, 1009, 1011, 1012
# What a peer may write into its close frame; 1005, 1006 and 1015 are never sent, 1004 has no meaning.
CLOSE_CODES = frozenset((1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)))

Message = tuple[int, bytes]  # opcode and payload


def text(payload: bytes) -> bytes:
    """One unmasked text frame. The same bytes serve every socket."""
    return _frame(TEXT, payload)


def pong(payload: bytes) -> bytes:
    return _frame(PONG, payload)


def close(code: int | None = None, reason: str = "") -> bytes:
    """A close frame; ``reason`` is cut to the 123 bytes that fit."""
    if code is None:
        return _frame(CLOSE, b"")
    return _frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:123].decode(errors="ignore").encode())


def _frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


class Broken(Exception):
    """The peer left the protocol; ``code`` is what to close with."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class FrameReader:
    """Cuts a client's byte stream into whole messages: ``(opcode, payload)``, fragments joined, masks off.

    It yields TEXT, BINARY, PING, PONG and CLOSE (the payload is checked; nothing after it is read). When the stream
    breaks the protocol, ``broken`` is set and nothing more is read; what came before has been returned.
    """

    __slots__ = ("_buffer", "_fragments", "_joined", "_joined_opcode", "_limit", "_needed", "broken", "finished")

    def __init__(self, limit: int) -> None:
        self._limit = limit  # bytes a message may have
        self._buffer: bytearray | None = None  # the beginning of a frame whose end has not come
        self._needed = 0  # bytes the buffer must have before another look at it can help
        self._joined: bytearray | None = None  # the fragments so far of a message
        self._joined_opcode = 0
        self._fragments = 0
        self.broken: Broken | None = None
        self.finished = False

    def feed(self, data: bytes) -> list[Message]:
        """The messages that ``data`` completes."""
        if self._buffer is not None:
            # Looking only when enough has come keeps a message sent byte by byte linear, not quadratic.
            self._buffer += data
            if len(self._buffer) < self._needed:
                return []
            data = bytes(self._buffer)
            self._buffer = None
        messages: list[Message] = []
        try:
            at = 0
            while not self.finished and (end := self._read_frame(data, at, messages)):
                at = end
            if not self.finished and at < len(data):
                self._buffer = bytearray(data[at:])
        except Broken as broken:
            self.broken = broken
            self.finished = True
        return messages

    def _read_frame(self, data: bytes, at: int, messages: list[Message]) -> int:
        """Reads the frame at ``at``; returns where the next begins, or 0 when this one is not all there."""
        available = len(data) - at
        if available < 2:
            return self._wait_for(2)
        head, size = data[at], data[at + 1]
        if head & 0x0F not in OPCODES:
            raise Broken(PROTOCOL_ERROR, "invalid opcode")
        if not size & 0x80:
            raise Broken(PROTOCOL_ERROR, "a client must mask")
        size &= 0x7F
        start = 2
        if size > 125:
            start = 4 if size == 126 else 10
            if available < start:
                return self._wait_for(start)
            size = int.from_bytes(data[at + 2 : at + start], "big")
        self._check(head, size)
        end = start + 4 + size
        if available < end:
            return self._wait_for(end)
        mask_at = at + start
        payload = apply_mask(data[mask_at + 4 : at + end], data[mask_at : mask_at + 4])
        self._take(head, payload, messages)
        return at + end

    def _wait_for(self, needed: int) -> int:
        self._needed = needed
        return 0

    def _check(self, head: int, size: int) -> None:
        """Everything that can be refused before the payload has been read, or buffered."""
        is_control = head & 0x08
        already = 0 if is_control or self._joined is None else len(self._joined)
        if size + already > self._limit:
            raise Broken(TOO_BIG, f"over {self._limit} bytes")
        if head & 0x70:
            raise Broken(PROTOCOL_ERROR, "reserved bits must be 0")
        if is_control and (size > 125 or not head & 0x80):
            raise Broken(PROTOCOL_ERROR, "a control frame is whole and has at most 125 bytes")

    def _take(self, head: int, payload: bytes, messages: list[Message]) -> None:
        opcode, is_final = head & 0x0F, head & 0x80
        if opcode == CONTINUATION:
            if self._joined is None:
                raise Broken(PROTOCOL_ERROR, "unexpected continuation frame")
            self._joined += payload
            self._fragments += 1
            if self._fragments > FRAGMENTS:
                raise Broken(POLICY, "too many fragments")
            if is_final:
                messages.append((self._joined_opcode, bytes(self._joined)))
                self._joined = None
        elif opcode == CLOSE:
            self._check_close(payload)
            self.finished = True
            messages.append((CLOSE, payload))
        elif opcode in (PING, PONG):
            messages.append((opcode, payload))
        elif self._joined is not None:
            raise Broken(PROTOCOL_ERROR, "expected a continuation frame")
        elif is_final:
            messages.append((opcode, payload))
        else:
            self._joined = bytearray(payload)
            self._joined_opcode = opcode
            self._fragments = 1

    def _check_close(self, payload: bytes) -> None:
        if len(payload) == 1:
            raise Broken(PROTOCOL_ERROR, "close frame too short")
        try:
            payload[2:].decode()
        except UnicodeDecodeError:
            raise Broken(INVALID_DATA, "the close reason is not UTF-8") from None
        if payload and int.from_bytes(payload[:2], "big") not in CLOSE_CODES:
            raise Broken(PROTOCOL_ERROR, "invalid close code")
        if self._joined is not None:
            raise Broken(PROTOCOL_ERROR, "incomplete fragmented message")
