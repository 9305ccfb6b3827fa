"""Delta: a change to a text, or a text, as a list of operations. Pure; the algebra that everything else rests on.

An operation is a dict with exactly one of ``insert`` (a text, or an embed: an object with one key), ``retain`` and
``delete`` (whole numbers), and perhaps ``attributes``. Lengths are UTF-16 units, an embed is one. A *document* has
inserts only and ends with a newline. Functions take and return plain lists, never change what they are given, and
return the canonical form: neighbours that say the same joined, insert before delete, no plain retain at the end.

One rule decides every tie (T15): ``priority`` true means that ``a`` came first. Its text goes left; its attributes win.
What stands in the log came first: the server's ``transform(logged, op, True)``, the client's
``transform(pending, remote, False)``.
"""

from cuelight.documents import units
from cuelight.documents.operations import Attributes as Attributes
from cuelight.documents.operations import Delta as Delta
from cuelight.documents.operations import Op as Op
from cuelight.documents.operations import canonical as canonical
from cuelight.documents.operations import chop as chop
from cuelight.documents.operations import compose_attributes, op_with
from cuelight.documents.operations import length as length
from cuelight.documents.operations import op_length as op_length
from cuelight.documents.operations import push as push
from cuelight.documents.operations import same as same
from cuelight.documents.validation import MOST_COUNT as MOST_COUNT
from cuelight.documents.validation import MOST_INSERTED as MOST_INSERTED
from cuelight.documents.validation import MOST_LENGTH as MOST_LENGTH
from cuelight.documents.validation import MOST_OPS as MOST_OPS
from cuelight.documents.validation import validate as validate
from cuelight.documents.validation import validate_document as validate_document
from cuelight.documents.validation import validate_fit as validate_fit
from cuelight.documents.validation import validate_shape as validate_shape

_BEYOND = 2**53


def compose(a: Delta, b: Delta) -> Delta:
    """One change that does what ``a`` and then ``b`` do; ``a`` may be a document, and the result is one then.

    Raises Invalid ``split_surrogate`` where ``b`` halves a character of ``a``.
    """
    ours, theirs = _Reader(a), _Reader(b)
    delta: Delta = []
    while ours.more or theirs.more:
        if theirs.kind == "insert":
            push(delta, theirs.take())
        elif ours.kind == "delete":
            push(delta, ours.take())
        else:
            count = min(ours.left, theirs.left)
            one, other = ours.take(count), theirs.take(count)
            if "retain" in other:
                keeps = "retain" in one
                attributes = compose_attributes(one.get("attributes"), other.get("attributes"), keep_null=keeps)
                push(delta, op_with({"retain": count} if keeps else one, attributes))
            elif "retain" in one:
                push(delta, other)
            # Else it deletes what the first one inserted: neither is left.
    return chop(delta)


def transform(a: Delta, b: Delta, priority: bool) -> Delta:
    """``b`` written anew so that it can follow ``a``, both having been made on the same text.

    ``priority``: ``a`` came first.
    """
    first, second = _Reader(a), _Reader(b)
    delta: Delta = []
    while second.more:
        if first.kind == "insert" and (priority or second.kind != "insert"):
            push(delta, {"retain": first.left})
            first.take()
        elif second.kind == "insert":
            push(delta, second.take())
        else:
            count = min(first.left, second.left)
            one, other = first.take(count), second.take(count)
            if "delete" in one:
                continue
            if "delete" in other:
                push(delta, other)
            else:
                attributes = other.get("attributes")
                if attributes and priority and (won := one.get("attributes")):
                    attributes = {name: value for name, value in attributes.items() if name not in won}
                push(delta, op_with({"retain": count}, attributes))
    return chop(delta)


def transform_position(delta: Delta, index: int, priority: bool) -> int:
    """Where a place in the text is after a change. An insert right there moves it, unless ``priority``."""
    offset = 0
    for op in delta:
        if offset > index:
            break
        count = op_length(op)
        if "delete" in op:
            index -= min(count, index - offset)
            continue
        if "insert" in op and (offset < index or not priority):
            index += count
        offset += count
    return index


def invert(delta: Delta, base: Delta) -> Delta:
    """The change that takes ``delta`` back; ``base`` is the document it was made on."""
    before = _Reader(base)
    inverse: Delta = []
    for op in delta:
        if "insert" in op:
            push(inverse, {"delete": op_length(op)})
            continue
        left = op_length(op)
        if "retain" in op and not op.get("attributes"):
            push(inverse, {"retain": left})
            before.pass_over(left)
            continue
        while left and before.more:
            was = before.take(min(left, before.left))
            count = op_length(was)
            left -= count
            if "delete" in op:
                push(inverse, was)
            else:
                push(inverse, op_with({"retain": count}, _inverted(op["attributes"], was.get("attributes"))))
    return chop(inverse)


class _Reader:
    """Takes operations apart from left to right. Behind the end it retains for ever."""

    __slots__ = ("_delta", "_index", "_offset", "kind", "left", "more")

    def __init__(self, delta: Delta) -> None:
        self._delta = delta
        self._index = -1
        self._next()

    def _next(self) -> None:
        self._index += 1
        self._offset = 0
        self.more = self._index < len(self._delta)
        if not self.more:
            self.kind, self.left = "retain", _BEYOND
            return
        op = self._delta[self._index]
        self.kind = "insert" if "insert" in op else "retain" if "retain" in op else "delete"
        self.left = op_length(op)

    def take(self, count: int | None = None) -> Op:
        """The next ``count`` units of the operation that is at hand, or the rest of it."""
        if not self.more:
            return {"retain": count}
        op = self._delta[self._index]
        start = self._offset
        if count is None or count >= self.left:
            end = start + self.left
            self._next()
            if start == 0:
                return op
        else:
            end = self._offset = start + count
            self.left -= count
        if self._is_text(op):
            return {**op, "insert": units.cut(op["insert"], start, end)}
        kind = "retain" if "retain" in op else "delete"
        return {**op, kind: end - start}

    @staticmethod
    def _is_text(op: Op) -> bool:
        return "insert" in op

    def pass_over(self, count: int) -> None:
        while count and self.more:
            step = min(count, self.left)
            self.take(step)
            count -= step


def _inverted(attributes: Attributes, base: Attributes | None) -> Attributes:
    base = base or {}
    return {name: base.get(name) for name, value in attributes.items() if not same(value, base.get(name))}
