"""The newest text of a document to be read, line by line, for pages without an editor."""

from typing import Any

from django.db import connection

from cuelight.documents.suggestions import unsuggested
from cuelight.live.transactional import state_of

#: UTF-16 units up to which a page carries the text along for whoever runs no script.
SHORT = 20_000


def is_short(document_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state->>'length' FROM live_aggregate WHERE id = %s", [f"document:{document_id}"])
        row = cursor.fetchone()
    return row is not None and int(row[0] or 0) <= SHORT


def lines(document_id: int) -> list[str]:
    """Plain text; pictures and the like are left out. Raises Gone, NotFound."""
    state: Any = state_of(connection, f"document:{document_id}")[1]
    text = "".join(op["insert"] if isinstance(op["insert"], str) else "" for op in unsuggested(state.text.contents()))
    return text.removesuffix("\n").split("\n")
