"""Which events become alerts, and how: what a studio has set. Pure.

Rules are an ordinary record, JSON of a known shape and size; what a studio has not said is as here.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct, field, structs

from cuelight.catalog.words import fold
from cuelight.errors import Invalid
from cuelight.streams.alert_state import KINDS, Pace
from cuelight.streams.events import Amount, Event

#: Bounds of what can be set.
MOST_SECONDS, MOST_PRIORITY, MOST_GAP_MS, MOST_MINUTES = 60, 3, 10_000, 120
#: Of a least amount, in minor units, or a count.
MOST_LEAST = 1_000_000_000
MOST_BLOCKED, LONGEST_BLOCKED, MOST_STARS = 200, 60, 3
#: Kinds that can be too small to be shown, and what is counted of them.
COUNTED = {"gift": "gifts", "raid": "viewers"}
PAID = ("donation", "order")


class KindRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Of one kind of events. ``least``: minor units of money, or gifts, or viewers; ``least_units``: bits and the like.
    ``approve``: its text is shown once somebody has read it."""

    on: bool = True
    least: int = 0
    least_units: int = 0
    seconds: int = 8
    priority: int = 1
    approve: bool = False


DEFAULTS = {
    "follow": KindRule(priority=0),
    "subscription": KindRule(priority=1),
    "gift": KindRule(priority=1),
    "donation": KindRule(priority=2),
    "raid": KindRule(priority=3),
    "order": KindRule(priority=1),
}


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """A studio's. ``blocked``: words, ``*`` stands for any letters."""

    kinds: dict[str, KindRule] = field(default_factory=lambda: dict(DEFAULTS))
    gap_ms: int = Pace().gap_ms
    wait_minutes: int = Pace().wait_minutes
    blocked: tuple[str, ...] = ()

    def of(self, kind: str) -> KindRule:
        return self.kinds.get(kind) or DEFAULTS[kind]


def checked(rules: Rules) -> Rules:
    """Raises Invalid with a sentence for what is out of bounds."""
    if unknown := rules.kinds.keys() - set(KINDS):
        raise Invalid("invalid", f"There are no alerts of the kind {min(unknown)}.")
    _within(rules.gap_ms, 0, MOST_GAP_MS, "The gap between two alerts is 0 to 10 seconds.")
    _within(rules.wait_minutes, 1, MOST_MINUTES, f"An alert waits for 1 to {MOST_MINUTES} minutes.")
    for rule in rules.kinds.values():
        _within(rule.seconds, 1, MOST_SECONDS, f"An alert shows for 1 to {MOST_SECONDS} seconds.")
        _within(rule.priority, 0, MOST_PRIORITY, f"Priorities are 0 to {MOST_PRIORITY}.")
        for least in (rule.least, rule.least_units):
            _within(least, 0, MOST_LEAST, "A least amount is a number from 0 up to a billion.")
    if len(rules.blocked) > MOST_BLOCKED:
        raise Invalid("too_many", f"At most {MOST_BLOCKED} words can be blocked.")
    blocked = tuple(dict.fromkeys(word for one in rules.blocked if (word := one.strip())))
    for word in blocked:
        if len(word) > LONGEST_BLOCKED or word.count("*") > MOST_STARS or not word.strip("* ") or "\0" in word:
            shown = word.replace("\0", "")[:LONGEST_BLOCKED]
            raise Invalid(
                "invalid",
                f"“{shown}” cannot be blocked: a word has {LONGEST_BLOCKED} letters and {MOST_STARS} stars at most.",
            )
    return structs.replace(rules, blocked=blocked)


def _within(value: int, least: int, most: int, sentence: str) -> None:
    if not least <= value <= most:
        raise Invalid("invalid", sentence)


def read(stored: Any) -> Rules:
    """What is in the table; what makes no sense there is as if nothing had been set."""
    try:
        return checked(msgspec.convert(stored or {}, Rules))
    except (msgspec.ValidationError, Invalid):
        return Rules()


def is_wanted(event: Event, rules: Rules) -> bool:
    """Whether an event becomes an alert."""
    if event.kind not in KINDS:
        return False
    rule = rules.of(event.kind)
    if not rule.on or (event.kind == "subscription" and event.detail.get("is_gift")):
        # Who was given a subscription is part of the gift, which is one alert.
        return False
    if event.kind in COUNTED:
        return max(event.count, 1) >= rule.least
    if event.kind in PAID:
        amount = event.amount or Amount(value=0, currency="")
        return amount.value >= (rule.least_units if is_unit(amount.currency) else rule.least)
    return True


def is_unit(currency: str) -> bool:
    """Whether it is a platform's own: "BITS". A currency has three letters."""
    return bool(currency) and len(currency) != 3


def looked_at(event: Event, rules: Rules) -> tuple[bool, bool]:
    """Whether its text may be shown at once, and whether the alert waits for somebody: one of a name that nobody may
    read cannot be shown without it."""
    blocked = _pattern(rules.blocked)
    name = "" if event.user is None else f"{event.user.name} {event.user.login}"
    stopped = bool(blocked and blocked.search(fold(name)))
    bad_text = bool(blocked and blocked.search(fold(event.text)))
    return not (bad_text or stopped or (rules.of(event.kind).approve and event.text.strip())), stopped


@lru_cache(maxsize=64)
def _pattern(blocked: Sequence[str]) -> re.Pattern[str] | None:
    words = [r"\w*".join(re.escape(part) for part in re.split(r"\*+", fold(word))) for word in blocked]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None
