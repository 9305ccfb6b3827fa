"""Who is there: the viewers that speak, and how many only watch."""

import math
from random import Random

from cuelight.streams.events import User
from cuelight.streams.platforms.simulator.lines import VOICES
from cuelight.streams.platforms.simulator.phrases.viewers import COLORS, NAMES

ROLES = {"m": "moderator", "v": "vip", "s": "subscriber", "✓": "verified"}
#: At a high rate more names are needed, or everybody would write several lines a second.
NAMES_PER_RATE, MOST_NAMES = 60, 3_000
#: Seconds in which most of the audience comes, and in which those of a raid and of a wave go again.
FILLS_S, RAID_STAYS_S, WAVE_STAYS_S = 420.0, 600.0, 60.0
#: How much larger raids and waves together make it: somebody may jump from product to product for minutes.
MOST_EXTRA = 2.0
#: The part of the audience that is there at once.
FIRST_PART = 0.35


class Viewer:
    """Somebody who may speak. ``voice``: how they write; ``language``: in what, nothing for English."""

    __slots__ = ("has_spoken", "language", "user", "voice")

    def __init__(self, user: User, voice: str, language: str) -> None:
        self.user = user
        self.voice = voice
        self.language = language
        self.has_spoken = False


class Crowd:
    """The audience of one show. ``size``: how many watch once it has filled."""

    def __init__(self, rng: Random, rate: float) -> None:
        self._rng = rng
        self.size: float = 60 + 80 * rate**0.8
        self._phases = [rng.uniform(0, math.tau) for _ in range(3)]
        self._bumps: list[tuple[float, float, float]] = []
        named = [self._viewer(place, *entry.split(" ")) for place, entry in enumerate(NAMES, start=1)]
        wanted = min(MOST_NAMES, int(NAMES_PER_RATE * rate))
        more = [self._namesake(named, place) for place in range(len(named) + 1, wanted + 1)]
        rng.shuffle(named)
        self.viewers = named + more

    def part_there(self, second: float) -> float:
        """How full it is, 0 to 1: they drift in."""
        return 1 - (1 - FIRST_PART) * math.exp(-second / FILLS_S)

    def regulars(self, second: float) -> float:
        """How many watch whom no raid or wave has brought."""
        return self.size * self.part_there(second) * (1 + self._noise(second))

    def watching(self, second: float) -> float:
        """How many watch; the same again when asked again. Waves and raids come on top and go slowly."""
        extra = 0.0
        for began, height, stays_s in self._bumps:
            age = second - began
            if age > 0:
                extra += height * min(1.0, age / 8) * math.exp(-age / stays_s)
        return self.regulars(second) + min(extra, MOST_EXTRA * self.size)

    def swell(self, second: float, people: float, stays_s: float) -> None:
        """More come, at once nearly, and stay for about so long."""
        self._bumps = [bump for bump in self._bumps if second - bump[0] < 6 * bump[2]]
        self._bumps.append((second, people, stays_s))

    def somebody(self, second: float) -> Viewer:
        """One of those who are there. Few speak much, many speak little."""
        there = self.part_there(second) * len(self.viewers)
        return self.viewers[int(self._rng.random() ** 1.25 * there)]

    def _noise(self, second: float) -> float:
        one, two, three = self._phases
        slow, quick = math.sin(second / 97 + one), math.sin(second / 31 + two)
        return 0.06 * slow + 0.03 * quick + 0.015 * math.sin(second / 7.3 + three)

    def _namesake(self, named: list[Viewer], place: int) -> Viewer:
        like = named[(place - 1) % len(named)]
        return self._viewer(place, f"{like.user.name}{self._rng.randrange(10, 10_000)}", "-", like.language)

    def _viewer(self, place: int, name: str, marks: str = "-", language: str = "") -> Viewer:
        roles = tuple(role for mark, role in ROLES.items() if mark in marks)
        color = COLORS[place * 7 % len(COLORS)]
        user = User(id=f"sim-viewer-{place}", name=name, login=name.lower(), color=color, roles=roles)
        return Viewer(user, self._rng.choice(VOICES), language)
