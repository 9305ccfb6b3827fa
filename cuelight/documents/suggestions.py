"""Suggestions: changes of a text that wait for somebody who may write to accept them. Pure.

Two attributes of any text, embed or newline say it: ``inserted`` and ``deleted``, each ``"{person id}:{uuid}"``. What
is ``inserted`` is not there yet, what is ``deleted`` is there still. Who may only suggest changes nothing but that.
"""

import re
from collections.abc import Iterator
from typing import Any

from cuelight.documents import delta
from cuelight.documents.delta import Attributes, Delta
from cuelight.documents.lines import joined
from cuelight.documents.text import Text
from cuelight.errors import Forbidden

INSERTED, DELETED = "inserted", "deleted"
NAMES = frozenset({INSERTED, DELETED})
#: What may be changed about anybody's text: the marks that comments hang on.
_COMMENT = frozenset({"comment"})
_AUTHOR = re.compile(r"([1-9]\d*):")


def author_of(value: Any) -> int | None:
    """Whose suggestion it is; None where it is none."""
    found = _AUTHOR.match(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def require_suggestion(change: Delta, text: Text, person_id: int) -> None:
    """Raises Forbidden unless a change of ``text`` is one that ``person_id`` may suggest: to insert what is marked as
    theirs, to mark text as deleted by them or no more, to change or delete what they had inserted; and comments.

    Looks only at the runs that the change touches: costs no more in a long text than in a short one.
    """
    place = 0
    for op in change:
        given = op.get("attributes") or {}
        if "insert" in op:
            _require_own(given.get(INSERTED), person_id)
            if DELETED in given:
                _require_own(given[DELETED], person_id)
            continue
        count = delta.op_length(op)
        if "delete" in op or not given.keys() <= _COMMENT:
            for had in text.attributes(place, place + count):
                _require_retained(op, had or {}, person_id)
        place += count


def _require_retained(op: delta.Op, had: Attributes, person_id: int) -> None:
    """A part of a retain or a delete; ``had`` are the attributes of the text there."""
    is_own = author_of(had.get(INSERTED)) == person_id
    if "delete" in op:
        if not is_own:
            raise Forbidden("You may suggest to delete this, and not delete it: somebody else wrote it.")
        return
    for name, value in op["attributes"].items():
        if name == DELETED:
            for mark in (had.get(DELETED), value):
                if mark is not None:
                    _require_own(mark, person_id)
        elif name == INSERTED:
            raise Forbidden("Only somebody who may write in this document can accept a suggestion.")
        elif name not in _COMMENT and not is_own:
            raise Forbidden("You may suggest changes of this text, and not change its format.")


def _require_own(value: Any, person_id: int) -> None:
    if value is None:
        raise Forbidden("You may suggest text in this document, and not write in it.")
    if author_of(value) != person_id:
        raise Forbidden("This is somebody else's suggestion, or is told as if it were.")


def unsuggested(document: Delta) -> Delta:
    """A document as if nothing had been suggested: what was inserted is not there, what was deleted is."""
    if not any(NAMES & op.get("attributes", {}).keys() for op in document):
        return document
    return joined(_plain(document))


def _plain(document: Delta) -> Iterator[delta.Op]:
    for index, op in enumerate(document):
        given = op.get("attributes", {})
        kept = {name: value for name, value in given.items() if name not in NAMES}
        insert = op["insert"]
        if INSERTED in given:
            if index < len(document) - 1:
                continue
            # The newline that ends the document is no suggestion, whoever says so.
            insert = "\n"
        yield {"insert": insert, "attributes": kept} if kept else {"insert": insert}
