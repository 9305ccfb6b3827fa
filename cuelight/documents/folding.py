"""Many changes as one, and one change upon a long document. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from cuelight.documents import units
from cuelight.documents.delta import Delta, compose, op_length, push
from cuelight.documents.operations import compose_attributes, op_with


def together(changes: Sequence[Delta]) -> Delta:
    """One change that does what all of them do, one after the other. Neighbours first, so that none grows long early.

    Nothing late may be folded over it (ADR 12): it does not say where in a deleted stretch something had been put.
    """
    while len(changes) > 1:
        odd = changes[len(changes) // 2 * 2 :]
        changes = [*map(compose, changes[::2], changes[1::2]), *odd]
    return changes[0] if changes else []


def upon(document: Delta, change: Delta) -> Delta:
    """``compose(document, change)`` for a canonical document: what the change leaves alone is taken over as it is, so
    that a long document costs little more than counting its units. Raises Invalid ``split_surrogate``."""
    if not change:
        return document
    ends = list(accumulate(map(op_length, document)))
    made: Delta = []
    place = 0
    for op in change:
        if "insert" in op:
            push(made, op)
            continue
        start, place = place, place + op_length(op)
        if "delete" in op:
            continue
        kept = _between(document, ends, start, place)
        if attributes := op.get("attributes"):
            for was in kept:
                push(made, op_with(was, compose_attributes(was.get("attributes"), attributes, keep_null=False)))
        else:
            _extend(made, kept)
    _extend(made, _between(document, ends, place, ends[-1]))
    return made


def _extend(made: Delta, kept: Delta) -> None:
    """Ops that were neighbours before: only the first may join the one that is here."""
    if kept:
        push(made, kept[0])
        made += kept[1:]


def _between(document: Delta, ends: list[int], start: int, end: int) -> Delta:
    """The ops from a place up to another; the first and the last perhaps in part."""
    if start >= end:
        return []
    first, last = bisect_right(ends, start), bisect_left(ends, end)
    kept = document[first : last + 1]
    before = ends[last - 1] if last else 0
    if end < ends[last]:
        kept[-1] = {**kept[-1], "insert": units.cut(kept[-1]["insert"], 0, end - before)}
    before = ends[first - 1] if first else 0
    if start > before:
        kept[0] = {**kept[0], "insert": units.cut(kept[0]["insert"], start - before, op_length(kept[0]))}
    return kept
