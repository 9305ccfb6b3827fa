"""Making documents."""

from uuid import UUID

from django.db import connection, transaction

from cuelight.documents import delta, snapshots
from cuelight.documents.delta import Delta
from cuelight.documents.document_kind import EMPTY, DocumentKind
from cuelight.documents.models import Document
from cuelight.documents.state import DocumentState, Update
from cuelight.documents.text import Text
from cuelight.errors import Invalid
from cuelight.live.transactional import create_in, submit_all_in

LONGEST_TITLE = 200


def create_document(
    studio_id: int,
    *,
    title: str,
    by: int | None,
    everyone: str = "edit",
    contents: Delta | None = None,
    op_id: UUID | None = None,
) -> int:
    """A new document, empty or with ``contents`` (a document's Delta); returns its id. With ``op_id`` it is made once.
    Raises Invalid."""
    title = read_title(title)
    with transaction.atomic():
        if op_id is not None:
            made, is_new = Document.objects.get_or_create(
                studio_id=studio_id,
                op_id=op_id,
                defaults={"title": title, "created_by_id": by, "everyone": everyone},
            )
            if not is_new:
                return made.pk
        else:
            made = Document.objects.create(studio_id=studio_id, title=title, created_by_id=by, everyone=everyone)
        empty = DocumentState(made.pk, studio_id, 0, Text.of(EMPTY))
        create_in(connection, f"{DocumentKind.name}:{made.pk}", studio_id=studio_id, state=empty)
        changes = _as_changes(contents or EMPTY)
        commands = [(Update(change, number), None) for number, change in enumerate(changes)]
        submit_all_in(connection, f"{DocumentKind.name}:{made.pk}", commands, actor_id=by, source="import")
        snapshots.mark_due(made.pk, 0, len(changes))
    return made.pk


def read_title(title: str) -> str:
    """A name as it is stored. Raises Invalid."""
    title = " ".join(title.replace("\0", "").split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Invalid("invalid_title", f"The name of a document has 1 to {LONGEST_TITLE} characters.")
    return title


def _as_changes(contents: Delta) -> list[Delta]:
    """The changes that make an empty document this one, each as large as a change may be. Raises Invalid."""
    delta.validate_document(contents)
    if contents == EMPTY:
        return []
    # The last newline is there already: it only gets the attributes of the one it stands for.
    last = contents[-1]
    text = last["insert"][:-1]
    body = [*contents[:-1], *([{**last, "insert": text}] if text else [])]
    changes: list[Delta] = []
    place = 0
    for some in _batches(body):
        changes.append([{"retain": place}, *some] if place else some)
        place += delta.length(some)
    if attributes := last.get("attributes"):
        end = {"retain": 1, "attributes": attributes}
        changes.append([{"retain": place}, end] if place else [end])
    return changes


def _batches(body: Delta) -> list[Delta]:
    batches: list[Delta] = [[]]
    length = 0
    for op in body:
        for piece in _pieces(op):
            count = delta.op_length(piece)
            if batches[-1] and (length + count > delta.MOST_INSERTED or len(batches[-1]) >= delta.MOST_OPS - 1):
                batches.append([])
                length = 0
            delta.push(batches[-1], piece)
            length += count
    return [batch for batch in batches if batch]


def _pieces(op: delta.Op) -> list[delta.Op]:
    """An insert in parts that are small enough; a character of Python is two units at most."""
    insert, most = op["insert"], delta.MOST_INSERTED // 2
    if not isinstance(insert, str) or len(insert) <= most:
        return [op]
    return [{**op, "insert": insert[start : start + most]} for start in range(0, len(insert), most)]
