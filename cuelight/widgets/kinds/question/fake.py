"""Questions: a short one, one that many ask, a long one, one in Arabic, and none."""

from random import Random
from typing import Any

from cuelight.widgets.contract import Frame

_QUESTIONS: tuple[dict[str, Any], ...] = (
    {"user_name": "Ana", "platform": "twitch", "text": "Is it real gold?", "asked": 1, "number": 12,
     "product": "Gold hoop earrings"},
    {"user_name": "night_market_noor", "platform": "tiktok",
     "text": "Do you ship to Canada, and how long does it take?", "asked": 4,
     "number": None, "product": ""},
    {"user_name": "TheOneWithTheVeryLongNameFromTheOtherStream", "platform": "youtube", "asked": 2, "number": 128,
     "product": "Hand-thrown stoneware bowl with a glaze of iron and ash, large",
     "text": "I bought the small one last month and love it 💛 — does the large one go into the dishwasher and the"
             " oven, or should it be washed by hand like the plates you showed before?"},
    {"user_name": "نور", "platform": "tiktok", "text": "هل يتوفر باللون الأزرق؟", "asked": 1, "number": 7,
     "product": "Silk scarf"},
)  # fmt: skip


def fake(seed: int) -> list[Frame]:
    asked = Random(seed).sample(_QUESTIONS, len(_QUESTIONS))
    frames = [
        Frame(5_000 if place else 300, "audience", "question", {"question": one}) for place, one in enumerate(asked)
    ]
    return [
        *frames,
        Frame(5_000, "audience", "question", {"question": None}),
        Frame(1_500, "audience", "question", _NONE),
    ]


_NONE: dict[str, Any] = {"question": None}
