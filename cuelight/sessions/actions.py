"""Writes of sessions that are not live commands: making one. Everything after that goes through ``commands.py``."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.text import slugify

from cuelight.errors import Conflict, Invalid
from cuelight.live.transactional import create_in, submit_in
from cuelight.sessions import queries
from cuelight.sessions.command_types import AddItems
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.models import Session


def create_session(
    studio_id: int,
    *,
    name: str,
    slug: str = "",
    currency: str = "USD",
    scheduled_at: datetime | None = None,
    duration_minutes: int = 180,
    notes: str = "",
    wrap: bool = False,
) -> int:
    """A new draft with an empty lineup; returns its id. Raises Invalid, or Conflict when the slug is taken."""
    name = name.strip()
    if not 0 < len(name) <= 200:
        raise Invalid("invalid_name", "The name of a session has 1 to 200 characters")
    slug = slugify(slug or name)[:60] or "session"
    with transaction.atomic():
        if Session.objects.filter(studio_id=studio_id, slug=slug).exists():
            raise Conflict("slug_taken", f"There is already a session {slug!r}")
        session = Session.objects.create(
            studio_id=studio_id,
            name=name,
            slug=slug,
            notes=notes,
            scheduled_at=scheduled_at,
            duration_minutes=duration_minutes,
            wrap=wrap,
        )
        settings = Settings(name=name, slug=slug)
        state = SessionState(id=session.id, studio_id=studio_id, currency=currency, settings=settings)
        create_in(connection, f"session:{session.id}", studio_id=studio_id, state=state)
    return session.id


def add_products(
    session_id: int,
    studio_id: int,
    products: list[tuple[int, int]],
    *,
    actor_id: int | None,
    op_id: UUID | None = None,
    source: str = "import",
) -> int:
    """Puts (position, product id) pairs into the lineup in the caller's transaction; returns the new version.

    Position 0 means at the end. Products that the lineup has at the same number already are passed over, so that an
    import can be run again. Raises Refused ``position_taken`` when a number belongs to another product.
    """
    present = queries.lineup_numbers(session_id)
    wanted = [(number, product_id) for number, product_id in products if present.get(number) != product_id]
    ids = queries.new_item_ids(studio_id, [product_id for _, product_id in wanted])
    items = [Item(id_, product_id, number) for id_, (number, product_id) in zip(ids, wanted, strict=True)]
    command = AddItems(items)
    return submit_in(
        connection, f"session:{session_id}", command, actor_id=actor_id, op_id=op_id, source=source
    ).version
