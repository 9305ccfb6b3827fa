"""Operations, and deltas as lists of them: what the algebra (`delta`) and its checks (`validation`) rest on. Pure."""

from collections.abc import Iterable
from typing import Any

from cuelight.documents import units

Op = dict[str, Any]
Delta = list[Op]
Attributes = dict[str, Any]


def op_length(op: Op) -> int:
    """UTF-16 units that an operation inserts, keeps or removes; an embed is one."""
    insert = op.get("insert")
    if insert is None:
        count: int = op["retain"] if "retain" in op else op["delete"]
        return count
    return units.length(insert) if isinstance(insert, str) else 1


def length(delta: Delta) -> int:
    """The sum over all operations; of a document its length."""
    return sum(map(op_length, delta))


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values, strict about types: Python says ``True == 1 == 1.0``, JSON does not."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return len(one) == len(other) and all(key in other and same(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def push(delta: Delta, op: Op) -> None:
    """Appends to a delta that is canonical and stays so. ``op`` may be shared afterwards: none is ever changed."""
    if not delta:
        delta.append(op)
        return
    last = delta[-1]
    if "delete" in last:
        if "delete" in op:
            delta[-1] = {"delete": last["delete"] + op["delete"]}
            return
        if "insert" in op:
            # At one place an insert stands before a delete, whichever was said first.
            deletion = delta.pop()
            push(delta, op)
            delta.append(deletion)
            return
    elif "delete" not in op and same(last.get("attributes"), op.get("attributes")):
        if "retain" in op and "retain" in last:
            delta[-1] = {**last, "retain": last["retain"] + op["retain"]}
            return
        if "insert" in op and isinstance(op["insert"], str) and isinstance(last.get("insert"), str):
            delta[-1] = {**last, "insert": last["insert"] + op["insert"]}
            return
    delta.append(op)


def chop(delta: Delta) -> Delta:
    """Without the plain retain at the end, which says nothing."""
    if delta and "retain" in delta[-1] and not delta[-1].get("attributes"):
        delta.pop()
    return delta


def canonical(ops: Iterable[Op]) -> Delta:
    """The one way to write this change."""
    delta: Delta = []
    for op in ops:
        if op_length(op):
            push(delta, op_with(op, op.get("attributes")))
    return chop(delta)


def op_with(op: Op, attributes: Attributes | None) -> Op:
    """The same operation with these attributes; without an entry when there are none."""
    if attributes:
        return {**op, "attributes": attributes}
    return {name: value for name, value in op.items() if name != "attributes"}


def compose_attributes(a: Attributes | None, b: Attributes | None, *, keep_null: bool) -> Attributes:
    """Removals survive between two changes and are done where there is a text."""
    if not b:
        return a or {}
    both = {**a, **b} if a else b
    return both if keep_null else {name: value for name, value in both.items() if value is not None}
