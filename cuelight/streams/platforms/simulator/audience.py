"""The simulated audience: what it does in each moment of a show. Pure and seeded.

The same seed and the same moments make the same events, to the byte: no clock, no chance but its own.
"""

import heapq
import math
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from cuelight.streams.events import Event
from cuelight.streams.platforms.simulator.crowd import RAID_STAYS_S, WAVE_STAYS_S, Crowd, Viewer
from cuelight.streams.platforms.simulator.happenings import Happenings
from cuelight.streams.platforms.simulator.lines import Bags, Words, topics, written
from cuelight.streams.platforms.simulator.moments import Moment, OnAir, Said
from cuelight.streams.platforms.simulator.mood import MIXES

#: After a longer sleep nobody makes up for what was not said.
LONGEST_TICK_S = 5.0
#: How much of the rate is chance talk; questions asked again, waves and answers make the rest.
TALK_PART = 0.7
#: Of those whom a raid brings most only watch.
MOST_FULL = 1.7
#: Seconds in which a product is new, a price has just dropped, and how long each excites.
FRESH_S, EXCITED_S = 12.0, 20.0
#: For one line of chat, how many of these there are.
SHARES = {"follow": 0.02, "like": 0.05, "join": 0.02, "subscription": 0.005, "gift": 0.002, "donation": 0.004}
#: How many of those who ask for what is on air order it, and how many questions others ask again.
ORDERING, ASKED_AGAIN = 0.3, 0.35
#: Categories that viewers who do not write English say in their own language instead.
IN_ANY_LANGUAGE = frozenset({"small_talk", "greeting", "reply", "reaction", "price", "question_off_air"})

Act = Callable[[float], Event | None]


class Audience:
    """One show's audience. ``rate``: chat messages a second, on average. ``run``: see `Happenings`."""

    is_over = False

    def __init__(self, seed: int, rate: float, *, run: str = "", channel: str = "") -> None:
        self.rate = rate
        self._few = min(3.0, 6 * rate)  # of a burst, so that a quiet chat has one, too
        self._rng = Random(seed)
        self._crowd = Crowd(self._rng, rate)
        self._make = Happenings(self._rng, seed, run, channel)
        self._bags = Bags(self._rng)
        self._second = 0.0
        self._at: datetime | None = None
        self._on_air: OnAir | None = None
        self._lineup: tuple[tuple[int, str], ...] = ()
        self._words = Words(None, ())
        self._topics: tuple[str, ...] = ()
        self._fresh_since = self._excited_since = -math.inf
        self._talkers: deque[str] = deque(maxlen=20)
        self._coming: list[tuple[float, int, Act]] = []
        self._planned = 0
        self._next_wave = self._rng.uniform(40, 120)
        self._next_raid = self._rng.uniform(200, 700)

    def says(self, second: float) -> str:
        """What plays, for people."""
        return "A simulated audience, to try everything with. Nothing of it counts."

    def tick(self, moment: Moment) -> list[Event]:
        """What happened since the moment before, oldest first."""
        elapsed = min(max(moment.second - self._second, 0.0), LONGEST_TICK_S)
        self._second = max(moment.second, self._second)
        self._at = moment.at
        self._notice(moment.on_air)
        for said in moment.said:
            self._answer(said)
        self._plan(elapsed)
        return self._due(moment.silent)

    def viewers(self, moment: Moment) -> int:
        """How many watch."""
        return max(0, round(self._crowd.watching(moment.second)))

    def _notice(self, on_air: OnAir | None) -> None:
        before, self._on_air = self._on_air, on_air
        if on_air == before:
            return
        if on_air is not None:
            self._lineup = on_air.lineup or self._lineup
        self._words = Words(on_air, self._lineup)
        self._topics = topics(on_air.name) if on_air else ()
        if on_air is None:
            return
        if before is None or on_air.item_id != before.item_id:
            self._fresh_since = self._second - max(0.0, on_air.since_s)
            self._excited_since = -math.inf
            if on_air.since_s < FRESH_S:
                self._crowd.swell(self._second, 0.06 * self._crowd.size, WAVE_STAYS_S)
        elif (on_air.charged_cents or 0) < (before.charged_cents or 0):
            self._excited_since = self._second
            self._crowd.swell(self._second, 0.1 * self._crowd.size, WAVE_STAYS_S)
            self._several("flash", self._few + 3 * self.rate, within_s=6)

    def _answer(self, said: Said) -> None:
        is_question = "?" in said.text
        count = 2 + self._chance(1.5 * self.rate) if is_question else 1 + self._chance(0.5 * self.rate)
        for _ in range(min(count, 40)):
            reply_to = said.platform_id if self._rng.random() < 0.3 else ""
            category = "answer" if is_question else "thanks"
            self._later(self._rng.uniform(2, 9), self._line(category, reply_to))

    def _plan(self, elapsed: float) -> None:
        lines = self._pace() * elapsed
        started = self._second - elapsed
        for act, share in self._acts():
            for _ in range(self._chance(lines * share)):
                self._put(started + self._rng.random() * elapsed, act)
        if self._second >= self._next_wave:
            self._next_wave = self._second + self._rng.uniform(70, 200)
            self._several("hype", self._few + 4 * self.rate, within_s=4)
        if self._second >= self._next_raid:
            self._next_raid = self._second + 600 + self._rng.expovariate(1 / 900)
            self._put(self._second, self._raid)

    def _pace(self) -> float:
        """Lines a second now: more when more watch, more when something happens."""
        full = 0.4 + 0.6 * min(MOST_FULL, self._crowd.watching(self._second) / self._crowd.size)
        fresh = 1.8 * math.exp(-(self._second - self._fresh_since) / 5)
        excited = 2.0 * math.exp(-(self._second - self._excited_since) / 8)
        return TALK_PART * self.rate * full * (1 + fresh + excited)

    def _acts(self) -> list[tuple[Act, float]]:
        return [
            (self._speak, 1.0),
            (self._follow, SHARES["follow"]),
            (self._like, SHARES["like"]),
            (self._join, SHARES["join"]),
            (self._subscribe, SHARES["subscription"]),
            (self._gift, SHARES["gift"]),
            (self._donate, SHARES["donation"]),
        ]

    def _due(self, silent: frozenset[str]) -> list[Event]:
        events: list[Event] = []
        while self._coming and self._coming[0][0] <= self._second:
            second, _, act = heapq.heappop(self._coming)
            event = act(second)
            if event is not None and (event.user is None or event.user.id not in silent):
                events.append(event)
        return events

    # What is said.

    def _speak(self, second: float) -> Event:
        viewer = self._crowd.somebody(second)
        category = MIXES[self._mood(second)].draw(self._rng)
        if not viewer.has_spoken and category in ("small_talk", "emoji", "reply") and self._rng.random() < 0.6:
            category = "greeting"
        text = self._text(self._exact(category, viewer))
        if category == "request" and self._rng.random() < ORDERING:
            self._order_soon(viewer)
        if category in ("question", "about", "question_other") and self._rng.random() < ASKED_AGAIN:
            self._ask_again(text)
        return self._say(second, viewer, text)

    def _exact(self, category: str, viewer: Viewer) -> str:
        """The category of lines that fits who speaks and what is on air."""
        on_air = self._on_air
        if viewer.language and category in IN_ANY_LANGUAGE:
            return f"language:{viewer.language}"
        if category == "about":
            return self._rng.choice(self._topics) if self._topics else "question"
        if category == "price" and on_air is not None and on_air.is_reduced:
            return "sale"
        return category

    def _text(self, category: str) -> str:
        who = self._rng.choice(self._talkers) if category == "reply" and self._talkers else ""
        text = self._words.fill(self._bags.draw(category), self._rng, who)
        return self._bags.draw("small_talk") if text is None else text

    def _say(self, second: float, viewer: Viewer, text: str, reply_to: str = "") -> Event:
        self._talkers.append(viewer.user.name)
        if not text.startswith("@"):  # a name is written as it is
            text = written(text, viewer.voice, self._rng)
        return self._make.chat(self._time(second), viewer, text, reply_to)

    def _line(self, category: str, reply_to: str = "") -> Act:
        return lambda second: self._say(second, self._crowd.somebody(second), self._text(category), reply_to)

    def _ask_again(self, text: str) -> None:
        again: Act = lambda second: self._say(second, self._crowd.somebody(second), text)  # noqa: E731
        for _ in range(self._rng.randint(1, 4)):
            self._later(self._rng.uniform(3, 40), again)

    def _several(self, category: str, mean: float, within_s: float) -> None:
        for _ in range(self._chance(mean)):
            self._later(self._rng.random() * within_s, self._line(category))

    def _mood(self, second: float) -> str:
        if self._on_air is None:
            return "idle"
        if second - self._excited_since < EXCITED_S:
            return "excited"
        return "fresh" if second - self._fresh_since < FRESH_S else "calm"

    # What else happens.

    def _order_soon(self, viewer: Viewer) -> None:
        bought = self._on_air
        if bought is None or bought.charged_cents is None:
            return
        order: Act = lambda second: self._make.order(self._time(second), viewer, bought)  # noqa: E731
        self._later(min(max(self._rng.lognormvariate(2.9, 0.6), 4.0), 120.0), order)

    def _raid(self, second: float) -> Event:
        people = max(2, round(self._crowd.regulars(second) * self._rng.uniform(0.8, 1.2)))
        self._crowd.swell(second, people, RAID_STAYS_S)
        self._several("raid_hello", self._few + 6 * self.rate, within_s=25)
        self._several("welcome", self._few + self.rate, within_s=15)
        for _ in range(self._chance(3 + 2 * self.rate)):
            self._later(self._rng.uniform(3, 60), self._follow)
        return self._make.raid(self._time(second), people)

    def _follow(self, second: float) -> Event:
        return self._make.follow(self._time(second), self._crowd.somebody(second))

    def _like(self, second: float) -> Event:
        return self._make.like(self._time(second), self._crowd.somebody(second))

    def _join(self, second: float) -> Event:
        return self._make.join(self._time(second), self._crowd.somebody(second))

    def _subscribe(self, second: float) -> Event:
        return self._make.subscription(self._time(second), self._crowd.somebody(second))

    def _gift(self, second: float) -> Event:
        return self._make.gift(self._time(second), self._crowd.somebody(second))

    def _donate(self, second: float) -> Event:
        text = self._text("donation") if self._rng.random() < 0.7 else ""
        currency = self._on_air.currency if self._on_air else "USD"
        return self._make.donation(self._time(second), self._crowd.somebody(second), text, currency)

    # When.

    def _later(self, seconds: float, act: Act) -> None:
        self._put(self._second + seconds, act)

    def _put(self, second: float, act: Act) -> None:
        self._planned += 1
        heapq.heappush(self._coming, (second, self._planned, act))

    def _time(self, second: float) -> datetime:
        assert self._at is not None
        return self._at - timedelta(seconds=self._second - second)

    def _chance(self, mean: float) -> int:
        """How many of something that comes by chance, this many on average (Poisson)."""
        if mean > 30:
            return max(0, round(self._rng.gauss(mean, math.sqrt(mean))))
        left, count = math.exp(-mean), 0
        product = self._rng.random()
        while product > left:
            count += 1
            product *= self._rng.random()
        return count
