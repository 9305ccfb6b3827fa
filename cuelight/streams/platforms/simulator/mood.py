"""What the audience talks about, by what is going on: how often which category of lines comes."""

from collections.abc import Mapping
from itertools import accumulate
from random import Random

CALM = {
    "small_talk": 18.0,
    "reply": 7.0,
    "hype": 6.0,
    "emoji": 8.0,
    "other_number": 4.0,
    "rude": 1.2,
    "spam": 1.0,
    "reaction": 17.0,
    "price": 3.5,
    "question": 7.0,
    "about": 6.0,
    "question_other": 4.0,
    "request": 11.0,
    "request_other": 3.0,
}
#: A product has just come.
FRESH = {**CALM, "small_talk": 5.0, "other_number": 2.0, "reaction": 40.0, "hype": 14.0, "emoji": 10.0, "price": 6.0}
#: A price has just dropped.
EXCITED = {**CALM, "small_talk": 3.0, "hype": 25.0, "price": 25.0, "request": 35.0, "reaction": 8.0}
#: Nothing is on air.
IDLE = {
    "small_talk": 40.0,
    "reply": 12.0,
    "hype": 5.0,
    "emoji": 9.0,
    "other_number": 6.0,
    "rude": 1.2,
    "spam": 1.5,
    "question_off_air": 10.0,
    "request_other": 2.0,
}


class Mix:
    """Categories with how often each comes, drawn."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._categories = tuple(weights)
        self._sums = tuple(accumulate(weights.values()))

    def draw(self, rng: Random) -> str:
        return rng.choices(self._categories, cum_weights=self._sums)[0]


MIXES = {"calm": Mix(CALM), "fresh": Mix(FRESH), "excited": Mix(EXCITED), "idle": Mix(IDLE)}
