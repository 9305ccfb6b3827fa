"""What one connection may do, and the bucket that measures it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates are per second and per connection, sizes in bytes, times in seconds."""

    push_rate: float = 200.0
    push_burst: float = 500.0
    push_bytes: int = 4 * 1024  # a push costs one more for each of these: big ones are counted as what they are
    join_rate: float = 20.0
    join_burst: float = 100.0
    topics: int = 64
    inbox: int = 500  # frames of one channel that wait for their turn
    refusals: int = 100  # rate-limited frames in a row before the socket is not read for a while
    refusal_pause_s: float = 1.0
    message_bytes: int = 256 * 1024
    handshake_s: float = 5.0
    idle_s: float = 65.0  # the client beats every 30 s
    backlog_bytes: int = 256 * 1024  # log events kept for a slow socket
    buffered_bytes: int = 4 * 1024 * 1024  # in the transport of a slow socket
    slow_s: float = 30.0
    sweep_s: float = 2.0  # how often idle and slow sockets are looked for
    farewell_s: float = 1.0  # from our close frame to the end of the socket


class Bucket:
    """A token bucket: ``burst`` at once, ``rate`` per second after that. Starts full."""

    __slots__ = ("_at", "_tokens")

    def __init__(self, burst: float, now: float) -> None:
        self._tokens = burst
        self._at = now

    def take(self, now: float, rate: float, burst: float, cost: float = 1.0) -> bool:
        """Takes ``cost`` tokens, but never more than the burst: it could not be paid. False when there are too few."""
        tokens = self._tokens + (now - self._at) * rate
        if tokens > burst:
            tokens = burst
        self._at = now
        if cost > burst:
            cost = burst
        if tokens < cost:
            self._tokens = tokens
            return False
        self._tokens = tokens - cost
        return True
