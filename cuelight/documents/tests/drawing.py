"""Documents and changes drawn from a seed: for recordings and soaks, where Hypothesis would draw others each time."""

import random
from typing import Any

from cuelight.documents import delta
from cuelight.documents.delta import Delta
from cuelight.documents.tests.strategies import CHARACTERS, EMBEDS, VALUES, boundaries, with_attributes


class Drawing:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def document(self) -> Delta:
        body = [self._insert() for _ in range(self._chance.randrange(7))]
        return delta.canonical([*body, with_attributes({"insert": "\n"}, self._attributes())])

    def change(self, document: Delta) -> Delta:
        """One that ``delta.validate`` accepts."""
        chance = self._chance
        places = [place for place in boundaries(document) if place < delta.length(document)]
        cuts = sorted(chance.choice(places) for _ in range(2 * chance.randrange(1, 5)))
        ops: Delta = []
        place = 0
        for start, end in zip(cuts[::2], cuts[1::2], strict=True):
            if start > place:
                ops.append({"retain": start - place})
            kind = chance.choice(["insert", "delete", "format", "replace"])
            if kind in ("insert", "replace"):
                ops.append(self._insert())
            if end > start and kind in ("delete", "replace"):
                ops.append({"delete": end - start})
            elif end > start:
                given = self._attributes(removing=True) if kind == "format" else {}
                ops.append(with_attributes({"retain": end - start}, given))
            place = end
        return delta.canonical(ops)

    def _insert(self) -> dict[str, Any]:
        chance = self._chance
        text = "".join(chance.choice(CHARACTERS) for _ in range(chance.randrange(1, 9)))
        insert = chance.choice(EMBEDS) if chance.random() < 0.25 else text
        return with_attributes({"insert": insert}, self._attributes())

    def _attributes(self, *, removing: bool = False) -> dict[str, Any]:
        names = self._chance.sample(sorted(VALUES), self._chance.choice([0, 0, 1, 2]))
        return {name: self._chance.choice([*VALUES[name], *([None] if removing else [])]) for name in names}
