"""Talking points that are a shared document: made of what a line says, made into that again, read in the show."""

from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from django.db import connection, transaction

from cuelight.accounts import access as accounts_access
from cuelight.accounts.access import Access
from cuelight.accounts.identity import AnyIdentity
from cuelight.catalog import queries as catalog
from cuelight.documents import actions as documents
from cuelight.documents import markdown
from cuelight.errors import Gone, NotFound, Refused
from cuelight.live.transactional import state_of, submit_in
from cuelight.sessions.command_types import OverrideItem
from cuelight.sessions.lineup import Item
from cuelight.sessions.models import LineupItem

TITLE_LENGTH = 200


def shows_document(who: AnyIdentity, document_id: int) -> bool:
    """Whether they may watch a session that has the document in its lineup: it is read there, and nowhere else."""
    used = LineupItem.objects.filter(document_id=document_id).values_list("studio_id", "session_id").distinct()
    for studio_id, session_id in used:
        access = accounts_access.read_access(who, studio_id)
        if access.may("session.watch") and access.reaches(session_id):
            return True
    return False


def as_html(document_ids: Collection[int]) -> dict[int, str]:
    """What documents say now, as talking points are shown; those that are gone are absent."""
    found = {}
    for document_id in document_ids:
        with suppress(NotFound, Gone):
            _, document = state_of(connection, f"document:{document_id}")
            found[document_id] = catalog.talking_points_html(markdown.write(document.text.contents()))
    return found


def share(session_id: int, item_id: int, access: Access, *, op_id: UUID | None = None) -> dict[str, int]:
    """Makes a line's talking points a document that colleagues write together: ``{document_id, version}``. A line that
    has one keeps it. Raises Refused ``unknown_item``."""
    with transaction.atomic():
        item = _line(session_id, item_id)
        version, _ = state_of(connection, f"session:{session_id}")
        if item.document_id is not None:
            return {"document_id": item.document_id, "version": version}
        product = catalog.lineup_products([item.product_id])[item.product_id]
        text = product["talking_points_md"] if item.talking_points_md is None else item.talking_points_md
        document_id = documents.create_document(
            access.studio_id,
            title=f"{item.name or product['name']}: talking points"[:TITLE_LENGTH],
            by=access.person_id,
            contents=markdown.read(text),
            op_id=op_id,
        )
        change = OverrideItem(item_id, {"document_id": document_id})
        outcome = submit_in(
            connection, f"session:{session_id}", change, actor_id=access.person_id, source=access.source
        )
    return {"document_id": document_id, "version": outcome.version}


def unshare(session_id: int, item_id: int, access: Access) -> dict[str, int]:
    """Gives a line what its document says now as a text of its own: ``{version}``. The document stays. Raises
    Refused."""
    with transaction.atomic():
        item = _line(session_id, item_id)
        if item.document_id is None:
            raise Refused("not_shared", "The talking points of this line are its own already")
        _, document = state_of(connection, f"document:{item.document_id}")
        own = {"document_id": None, "talking_points_md": markdown.write(document.text.contents()).strip()}
        outcome = submit_in(
            connection,
            f"session:{session_id}",
            OverrideItem(item_id, own),
            actor_id=access.person_id,
            source=access.source,
        )
    return {"version": outcome.version}


def _line(session_id: int, item_id: int) -> Item:
    _, state = state_of(connection, f"session:{session_id}")
    item: Item | None = state.items.get(str(item_id))
    if item is None:
        raise Refused("unknown_item", "This item is not in the lineup any more")
    return item
