"""Which line is said next, and how it is written: each category in ever new order, each viewer with their habits."""

import re
from collections.abc import Sequence
from random import Random

from cuelight.catalog.pricing import format_price
from cuelight.streams.platforms.simulator.moments import OnAir
from cuelight.streams.platforms.simulator.phrases import languages, products, talk

#: Category → its lines. Those of ``about:…`` are asked of such products only.
LINES: dict[str, tuple[str, ...]] = {
    "greeting": talk.GREETINGS,
    "small_talk": talk.SMALL_TALK,
    "reply": talk.REPLIES,
    "hype": talk.HYPE,
    "emoji": talk.EMOJI,
    "raid_hello": talk.RAID_HELLOS,
    "welcome": talk.WELCOMES,
    "answer": talk.ANSWERS_TO_A_QUESTION,
    "thanks": talk.ANSWERS_TO_A_WORD,
    "other_number": talk.NUMBERS_OF_OTHER_THINGS,
    "rude": talk.RUDE,
    "spam": talk.SPAM,
    "donation": talk.DONATION_WORDS,
    "reaction": products.REACTIONS,
    "price": products.PRICE_REACTIONS,
    "sale": products.SALE_REACTIONS,
    "flash": products.FLASH,
    "question": products.QUESTIONS,
    "question_off_air": products.QUESTIONS_OFF_AIR,
    "question_other": products.QUESTIONS_ABOUT_OTHERS,
    "request": products.REQUESTS,
    "request_other": products.REQUESTS_FOR_OTHERS,
    **{f"language:{key}": lines for key, lines in languages.LANGUAGES.items()},
    **{f"about:{key}": lines for key, (_, lines) in products.ABOUT.items()},
}

#: How viewers write, and how many of a dozen do so.
VOICES = ("plain",) * 5 + ("lower",) * 3 + ("bare",) * 2 + ("loud",) + ("emoji",)
_SIGNS = {"USD": "${}", "EUR": "{}€", "GBP": "£{}", "JPY": "¥{}", "CAD": "${}", "AUD": "${}"}
_GAP = re.compile(r"{(\w+)}")


class Bags:
    """Lines drawn until a category is empty, then all of it again in another order: nothing is said twice in a row."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._left: dict[str, list[str]] = {}

    def draw(self, category: str) -> str:
        left = self._left.get(category)
        if not left:
            left = self._left[category] = list(LINES[category])
            self._rng.shuffle(left)
        return left.pop()


def topics(name: str) -> tuple[str, ...]:
    """The ``about:…`` categories that fit a product of this name."""
    words = set(re.findall(r"[a-z]+", name.lower()))
    return tuple(f"about:{key}" for key, (of_name, _) in products.ABOUT.items() if words & set(of_name))


class Words:
    """What stands for a line's placeholders while one product is on air; looked up once for a product."""

    def __init__(self, on_air: OnAir | None, lineup: Sequence[tuple[int, str]]) -> None:
        self.others = [one for one in lineup if on_air is None or one[0] != on_air.number]
        self.fixed: dict[str, str] = {}
        if on_air is not None:
            self.fixed = {
                "name": on_air.name,
                "short": short(on_air.short_name or on_air.name),
                "number": str(on_air.number),
                "price": spoken(on_air.price_cents, on_air.currency),
                "sale": spoken(on_air.charged_cents, on_air.currency),
            }

    def fill(self, line: str, rng: Random, who: str = "") -> str | None:
        """The line with its placeholders filled; None where there is nothing to fill one with."""
        if "{" not in line:
            return line
        words = self.fixed
        if "{other" in line:
            if not self.others:
                return None
            number, name = self.others[int(rng.random() * len(self.others))]
            words = {**words, "other": str(number), "other_name": short(name)}
        if who:
            words = {**words, "who": who}
        return line.format(**words) if all(words.get(gap) for gap in _GAP.findall(line)) else None


def short(name: str) -> str:
    """What viewers call a product: the name up to its first comma, in small letters, four words at most."""
    return " ".join(name.partition(",")[0].lower().split()[:4])


def spoken(cents: int | None, currency: str) -> str:
    """A price as people type it: "$30", "$29.99"; nothing for no price."""
    if cents is None:
        return ""
    amount = format_price(cents, currency).removesuffix(".00")
    return _SIGNS.get(currency, "{} " + currency).format(amount)


def written(text: str, voice: str, rng: Random) -> str:
    """The text as this viewer would type it."""
    match voice:
        case "lower":
            return text.lower()
        case "bare":
            return text.rstrip("?!. ") or text
        case "loud":
            return text.rstrip("!. ") + "!!" if text.rstrip("!. ")[-1:].isalnum() else text
        case "emoji" if text.isascii() and rng.random() < 0.4:
            return f"{text} {rng.choice('😊😍✨💛🙈🥰')}"
    return text
