"""A rundown as a studio writes one: scenes with a heading, what is said, a list of what to show, mentions, cues."""

import random
from typing import Any

Op = dict[str, Any]

SAID = (
    "we have a ring here that you will not find anywhere else tonight and this is the one everybody asked for last "
    "week look at the light on it turn it slowly towards the camera please silver gold stone chain clasp size colour "
    "price only three left so tell your friends hold it next to the other one and say what it weighs now"
)
WORDS = SAID.split()
WORDS_OF_A_SCENE = 250


def long_script(words: int = 20_000) -> list[Op]:
    """About so many words (six units each), as a document's Delta: the same every time."""
    dice = random.Random(20)
    ops: list[Op] = []
    written = scene = 0
    while written < words:
        scene += 1
        written += _scene(ops, dice, scene)
    return ops


def _scene(ops: list[Op], dice: random.Random, number: int) -> int:
    """Appends one scene; returns how many words it has."""
    written = 0

    def say(least: int, most: int, **attributes: object) -> None:
        nonlocal written
        some = [dice.choice(WORDS) for _ in range(dice.randint(least, most))]
        written += len(some)
        _add(ops, " ".join(some), **attributes)

    _add(ops, f"Scene {number}: ")
    say(2, 5)
    _add(ops, "\n", header=1 if number % 8 == 1 else 2)
    while written < WORDS_OF_A_SCENE:
        kind = dice.random()
        if kind < 0.15:
            for _ in range(dice.randint(2, 6)):
                say(3, 9)
                _add(ops, "\n", list=dice.choice(["ordered", "ordered", "bullet", "unchecked"]))
            continue
        say(15, 40)
        if kind < 0.5:
            _add(ops, " ")
            say(1, 4, bold=True)
            _add(ops, " ")
            say(8, 20)
        if kind > 0.85:
            _add(ops, " ")
            ops.append({"insert": {"mention": {"kind": "product", "id": dice.randint(1, 10), "label": "A product"}}})
            _add(ops, " ")
            say(3, 10, italic=True)
        if kind > 0.95:
            ops.append({"insert": {"cue": "Turn to camera two"}})
        _add(ops, "\n")
    return written


def _add(ops: list[Op], text: str, **attributes: object) -> None:
    last = ops[-1] if ops else {}
    if isinstance(last.get("insert"), str) and last.get("attributes", {}) == attributes:
        last["insert"] += text
    else:
        ops.append({"insert": text, "attributes": attributes} if attributes else {"insert": text})
