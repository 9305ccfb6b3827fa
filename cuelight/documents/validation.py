"""What makes a list of operations a change, or a document. Pure. Each function raises Invalid with a reason that
clients know."""

from typing import Any

from cuelight.documents import units
from cuelight.documents.operations import Delta, Op, op_length, same
from cuelight.documents.schema import validate_attributes, validate_embed
from cuelight.errors import Invalid

#: What one change may bring: operations, UTF-16 units of text; and what a document may hold in all.
MOST_OPS = 2_000
MOST_INSERTED = 100_000
MOST_LENGTH = 2_000_000
MOST_COUNT = 2**31

_KINDS = ("insert", "retain", "delete")


def validate(ops: Any, length: int) -> None:
    """Raises Invalid unless ``ops`` is a canonical change for a document of ``length`` units.

    It may touch all but the last newline: that one is neither deleted nor has anything after it. Whether it halves a
    character is found when it is applied.
    """
    validate_shape(ops)
    validate_fit(ops, length)


def validate_shape(ops: Any) -> None:
    """The part of ``validate`` that needs no document: what comes from outside is asked this before anything else."""
    if not isinstance(ops, list):
        raise Invalid("invalid_op", "A change must be a list of operations.")
    if len(ops) > MOST_OPS:
        raise Invalid("too_many_ops", f"A change may have {MOST_OPS:,} operations at most; this one has {len(ops):,}.")
    inserted = 0
    before: Op = {}
    for op in ops:
        kind = _kind_of(op)
        if kind == "insert":
            inserted += _validate_insert(op["insert"])
        else:
            _validate_count(op[kind])
        validate_attributes(op, kind)
        _validate_order(before, op)
        before = op
    if before and "retain" in before and "attributes" not in before:
        raise Invalid("not_canonical", "A change must not end by retaining without attributes.")
    if inserted > MOST_INSERTED:
        raise Invalid("too_long", f"A change may insert {MOST_INSERTED:,} characters at most, not {inserted:,}.")


def validate_fit(ops: Delta, length: int) -> None:
    """The other part: whether a change that has the right shape fits a document of ``length`` units."""
    place = grown = 0
    for op in ops:
        if "insert" in op:
            grown += op_length(op)
        elif "retain" in op:
            place += op["retain"]
        else:
            place += op["delete"]
            grown -= op["delete"]
        if place >= length:
            _validate_end(op, place, length)
    if grown > 0 and length + grown > MOST_LENGTH:
        raise Invalid("document_full", f"A document may have {MOST_LENGTH:,} characters at most.")


def validate_document(ops: Any) -> None:
    """Raises Invalid unless ``ops`` is a canonical document: inserts only, with a newline at the end."""
    if not isinstance(ops, list) or not ops:
        raise Invalid("invalid_document", "A document must be a list of inserts that ends with a newline.")
    before: Op = {}
    total = 0
    for op in ops:
        if _kind_of(op) != "insert":
            raise Invalid("invalid_document", "A document has inserts only.")
        total += _validate_insert(op["insert"])
        validate_attributes(op, "insert")
        _validate_order(before, op)
        before = op
    if not isinstance(before["insert"], str) or not before["insert"].endswith("\n"):
        raise Invalid("invalid_document", "A document ends with a newline.")
    if total > MOST_LENGTH:
        raise Invalid("document_full", f"A document may have {MOST_LENGTH:,} characters at most.")


def _kind_of(op: Any) -> str:
    kinds = [kind for kind in _KINDS if kind in op] if isinstance(op, dict) else []
    if len(kinds) != 1 or len(op) > 2 or (len(op) == 2 and "attributes" not in op):
        raise Invalid("invalid_op", "An operation is one of insert, retain and delete, perhaps with attributes.")
    return kinds[0]


def _validate_insert(insert: Any) -> int:
    if isinstance(insert, str):
        if not insert or not units.is_whole(insert):
            raise Invalid("invalid_op", "An inserted text must not be empty, hold half a character or a NUL.")
        return units.length(insert)
    validate_embed(insert)
    return 1


def _validate_count(count: Any) -> int:
    if type(count) is not int or not 1 <= count <= MOST_COUNT:
        raise Invalid("invalid_op", "What is retained or deleted is a whole number from 1.")
    return count


def _validate_end(op: Op, place: int, length: int) -> None:
    if place > length:
        raise Invalid("out_of_bounds", f"The change reaches to {place:,}; the document ends at {length:,}.")
    if "retain" not in op:
        raise Invalid("last_newline", "The last newline of a document stays, and stays last.")


def _validate_order(before: Op, op: Op) -> None:
    """Two neighbours that ``push`` would have joined or swapped."""
    if not before:
        return
    if "delete" in before:
        canonical = "retain" in op
    elif (
        "delete" in op
        or ("insert" in before) != ("insert" in op)
        or not same(before.get("attributes"), op.get("attributes"))
    ):
        canonical = True
    else:
        canonical = "insert" in op and not (isinstance(op["insert"], str) and isinstance(before["insert"], str))
    if not canonical:
        raise Invalid("not_canonical", "Operations that say the same must be joined, and inserts stand before deletes.")
