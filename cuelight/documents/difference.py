"""What makes one document of another, and how that is shown. Pure.

Line by line first, then within a line what lies between the common beginning and the common end: small, so that the
changes others make at the same time find their place around it.
"""

from collections import deque
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, NamedTuple

import orjson

from cuelight.documents import delta, units
from cuelight.documents.delta import Attributes, Delta

#: Lines against lines that are compared; beyond this the whole stretch is replaced.
MOST_COMPARED = 25_000_000


class Cell(NamedTuple):
    """A text within a line, or an embed as JSON; and its attributes as JSON. Both can be compared and hashed."""

    insert: str | bytes
    attributes: bytes


Cells = tuple[Cell, ...]


def difference(before: Delta, after: Delta) -> Delta:
    """A valid change of ``before`` that makes it ``after``; the last newline of both is the same one."""
    (ours, our_end), (theirs, their_end) = _lines(before), _lines(after)
    change: Delta = []
    for old, new in [*_differing(ours, theirs), ([our_end], [their_end])]:
        for op in _within(old, new):
            delta.push(change, op)
    return delta.chop(change)


def shown(before: Delta, change: Delta) -> list[dict[str, Any]]:
    """The document with a change marked in it: ops of ``before`` and of what was added, each with ``mark``: added,
    removed, changed (its look), or none."""
    rest = deque(before)
    out: list[dict[str, Any]] = []
    for op in change:
        if "insert" in op:
            out.append({**op, "mark": "added"})
            continue
        looks = op.get("attributes")
        mark = {"mark": "removed"} if "delete" in op else {"mark": "changed"} if looks else {}
        left = delta.op_length(op)
        while left:
            was, left = _taken(rest, left)
            if looks:
                [was] = delta.compose([was], [{"retain": delta.op_length(was), "attributes": looks}])
            out.append({**was, **mark})
    return [*out, *rest]


def _taken(rest: "deque[delta.Op]", most: int) -> tuple[delta.Op, int]:
    """The next op or as much of it as is wanted, and how much of that is still missing."""
    op = rest.popleft()
    length = delta.op_length(op)
    if length <= most:
        return op, most - length
    rest.appendleft({**op, "insert": units.cut(op["insert"], most, length)})
    return {**op, "insert": units.cut(op["insert"], 0, most)}, 0


def parts(change: Delta) -> list[Delta]:
    """The same change in parts of a size that the log takes. Each is made on the same document, one after the other:
    they touch different places, or insert at one place in order."""
    made: list[Delta] = [[]]
    place = inserted = 0
    for op in _pieces(change):
        length = delta.op_length(op)
        if "retain" in op and not op.get("attributes"):
            place += length
            if made[-1]:
                made[-1].append(op)
            continue
        grows = length if "insert" in op else 0
        if len(made[-1]) >= delta.MOST_OPS - 3 or inserted + grows > delta.MOST_INSERTED:
            made.append([])
            inserted = 0
        if not made[-1] and place:
            made[-1].append({"retain": place})
        made[-1].append(op)
        inserted += grows
        place += 0 if "insert" in op else length
    return [part for part in map(delta.canonical, made) if part]


def _pieces(change: Delta) -> Iterator[delta.Op]:
    """Long inserts in pieces; a character of Python is two units at most."""
    most = delta.MOST_INSERTED // 2
    for op in change:
        insert = op.get("insert")
        if isinstance(insert, str) and len(insert) > most:
            yield from ({**op, "insert": insert[start : start + most]} for start in range(0, len(insert), most))
        else:
            yield op


def _lines(document: Delta) -> tuple[list[Cells], Cell]:
    """The lines of a document with their newlines; the last newline of all apart."""
    lines: list[Cells] = []
    line: list[Cell] = []
    for op in document:
        insert = op["insert"]
        attributes = orjson.dumps(op.get("attributes") or {}, option=orjson.OPT_SORT_KEYS)
        if not isinstance(insert, str):
            line.append(Cell(orjson.dumps(insert, option=orjson.OPT_SORT_KEYS), attributes))
            continue
        first, *rest = insert.split("\n")
        if first:
            line.append(Cell(first, attributes))
        for text in rest:
            lines.append((*line, Cell("\n", attributes)))
            line = [Cell(text, attributes)] if text else []
    *last, end = lines.pop()
    return [*lines, tuple(last)] if last else lines, end


def _differing(ours: list[Cells], theirs: list[Cells]) -> Iterator[tuple[list[Cell], list[Cell]]]:
    """Stretches of both, in order, that stand for each other: equal lines, or those between equal lines."""
    start = 0
    most = min(len(ours), len(theirs))
    while start < most and ours[start] == theirs[start]:
        start += 1
    end = 0
    while end < most - start and ours[-1 - end] == theirs[-1 - end]:
        end += 1
    yield _flat(ours[:start]), _flat(theirs[:start])
    yield from _compared(ours[start : len(ours) - end], theirs[start : len(theirs) - end])
    yield _flat(ours[len(ours) - end :]), _flat(theirs[len(theirs) - end :])


def _compared(ours: list[Cells], theirs: list[Cells]) -> Iterator[tuple[list[Cell], list[Cell]]]:
    if len(ours) * len(theirs) > MOST_COMPARED:
        yield _flat(ours), _flat(theirs)
        return
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "replace" and b - a == d - c:
            yield from ((list(one), list(other)) for one, other in zip(ours[a:b], theirs[c:d], strict=True))
        else:
            yield _flat(ours[a:b]), _flat(theirs[c:d])


def _flat(lines: list[Cells]) -> list[Cell]:
    return [cell for line in lines for cell in line]


def _within(old: list[Cell], new: list[Cell]) -> Iterator[delta.Op]:
    """The change from one stretch to the other, which leaves the reader behind the old one."""
    if old == new:
        yield from _kept(_units(old))
        return
    old, new = _single(old), _single(new)
    if [cell.insert for cell in old] == [cell.insert for cell in new]:
        yield from _looks(old, new)
        return
    most = min(len(old), len(new))
    start = next((n for n in range(most) if old[n].insert != new[n].insert), most)
    rest = most - start
    end = next((n for n in range(rest) if old[-1 - n].insert != new[-1 - n].insert), rest)
    yield from _looks(old[:start], new[:start])
    yield from _inserts(new[start : len(new) - end])
    if removed := _units(old[start : len(old) - end]):
        yield {"delete": removed}
    yield from _looks(old[len(old) - end :], new[len(new) - end :])


def _looks(old: list[Cell], new: list[Cell]) -> Iterator[delta.Op]:
    """Of the same characters: what changes of their attributes."""
    pairs = zip(old, new, strict=True)
    for (was, becomes), group in groupby(pairs, key=lambda pair: (pair[0].attributes, pair[1].attributes)):
        count = _units([one for one, _ in group])
        if was == becomes:
            yield from _kept(count)
        else:
            yield {"retain": count, "attributes": _changed(orjson.loads(was), orjson.loads(becomes))}


def _changed(was: Attributes, becomes: Attributes) -> Attributes:
    removed: Attributes = {name: None for name in was if name not in becomes}
    return removed | {name: value for name, value in becomes.items() if not delta.same(was.get(name), value)}


def _kept(count: int) -> Iterator[delta.Op]:
    if count:
        yield {"retain": count}


def _inserts(cells: list[Cell]) -> Iterator[delta.Op]:
    for (attributes, is_text), group in groupby(
        cells, key=lambda cell: (cell.attributes, isinstance(cell.insert, str))
    ):
        given = {"attributes": loaded} if (loaded := orjson.loads(attributes)) else {}
        if is_text:
            yield {"insert": "".join(str(cell.insert) for cell in group), **given}
        else:
            yield from ({"insert": orjson.loads(cell.insert), **given} for cell in group)


def _single(cells: list[Cell]) -> list[Cell]:
    """Cut into characters."""
    return [
        one
        for cell in cells
        for one in (
            [Cell(character, cell.attributes) for character in cell.insert] if isinstance(cell.insert, str) else [cell]
        )
    ]


def _units(cells: list[Cell]) -> int:
    return sum(units.length(cell.insert) if isinstance(cell.insert, str) else 1 for cell in cells)
