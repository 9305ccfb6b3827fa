"""How long to wait before trying again: ever longer, and never all at the same moment."""

import random
from collections.abc import Callable

#: Seconds: the longest wait before the second try, and the longest of all.
FIRST_S, LONGEST_S = 1.0, 60.0
#: A connection that held this long was a good one: the next failure is a first failure again.
GOOD_AFTER_S = 60.0


class Backoff:
    """Full jitter: a random part of a bound that doubles with each failure, so that a thousand studios that lost a
    platform at once do not come back at once. A platform that says how long is taken at its word, and a little more."""

    def __init__(
        self,
        first_s: float = FIRST_S,
        longest_s: float = LONGEST_S,
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.first_s = first_s
        self.longest_s = longest_s
        self.failures = 0
        self._chance = chance

    def next_s(self, asked_s: float | None = None) -> float:
        """Seconds to wait after one more failure; ``asked_s``: what the platform asked for (``Retry-After``)."""
        bound = min(self.longest_s, self.first_s * 2 ** min(self.failures, 30))
        self.failures += 1
        if asked_s is not None:
            return asked_s + self._chance(0, self.first_s)
        # Never nothing: two failures in a row within a millisecond are a hot loop, however seldom.
        return self._chance(bound / 10, bound)

    def held(self, seconds: float) -> None:
        """The connection before this failure lasted so long."""
        if seconds >= GOOD_AFTER_S:
            self.failures = 0
