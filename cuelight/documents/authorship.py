"""Who wrote which part of a document. Pure.

*Authors* are counts of units and whom they are by, in turn: ``[5, 17, 4, 0]`` says that person 17 wrote the first five
units, and somebody who is not known the next four. Neighbours are by different people, the counts add up to the
document's length. Whoever only gives a text another look has not written it.
"""

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Any

from cuelight.documents import units
from cuelight.documents.delta import Delta, op_length, push
from cuelight.documents.operations import op_with

Authors = list[int]

#: Of a new document: one empty line.
NOBODY: Authors = [1, 0]
#: An attribute of inserts while changes by several people are folded into one; never one of a document.
BY = "by"


def signed(change: Delta, person_id: int | None) -> Delta:
    """A change whose inserts say who made them."""
    return [
        {"insert": op["insert"], "attributes": {**op.get("attributes", {}), BY: person_id or 0}}
        if "insert" in op
        else op
        for op in change
    ]


def unsigned(change: Delta) -> Delta:
    """The same without saying it."""
    plain: Delta = []
    for op in change:
        attributes = op.get("attributes")
        if attributes and BY in attributes:
            op = op_with(op, {name: value for name, value in attributes.items() if name != BY})
        push(plain, op)
    return plain


def after(authors: Authors, change: Delta) -> Authors:
    """The authors after a signed change."""
    counts, people = authors[::2], authors[1::2]
    ends = list(accumulate(counts))
    made: Authors = []
    place = 0
    for op in change:
        count = op_length(op)
        if "insert" in op:
            _push(made, count, op["attributes"][BY])
            continue
        if "retain" in op:
            _copy(made, ends, people, place, place + count)
        place += count
    _copy(made, ends, people, place, ends[-1])
    return made


def written(document: Delta, authors: Authors) -> list[dict[str, Any]]:
    """The document's ops cut where another author begins, each with ``by``: an id, None for nobody that is known."""
    found: list[dict[str, Any]] = []
    turns = iter(zip(authors[::2], authors[1::2], strict=True))
    left = person = 0
    for op in document:
        start, end = 0, op_length(op)
        while start < end:
            if not left:
                left, person = next(turns)
            count = min(left, end - start)
            insert = op["insert"] if count == end else units.cut(op["insert"], start, start + count)
            found.append({**op, "insert": insert, "by": person or None})
            start += count
            left -= count
    return found


def _push(made: Authors, count: int, person: int) -> None:
    if made and made[-1] == person:
        made[-2] += count
    else:
        made += (count, person)


def _copy(made: Authors, ends: list[int], people: list[int], start: int, end: int) -> None:
    """Hands on whom the units from a place up to another are by."""
    if start >= end:
        return
    first, last = bisect_right(ends, start), bisect_left(ends, end)
    for index in range(first, last + 1):
        begins = ends[index - 1] if index else 0
        _push(made, min(end, ends[index]) - max(start, begins), people[index])
