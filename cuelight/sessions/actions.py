"""Writes of sessions that are not live commands: making one. Everything after that goes through ``commands.py``."""

from bisect import bisect_left
from datetime import datetime
from itertools import chain, count
from uuid import UUID

from django.db import connection, transaction
from django.utils.text import slugify

from cuelight.errors import Conflict, Invalid
from cuelight.live.transactional import create_in, submit_in
from cuelight.sessions import queries
from cuelight.sessions.command_types import AddItems, MoveItem, OverrideItem
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.models import LineupItem, Session


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
    """A new draft with an empty lineup; returns its id. Without ``slug`` one is made of the name, with a number behind
    it if it is taken. Ready messages, arming and the clock's warnings are as in the studio's newest session. Raises
    Invalid, or Conflict when the slug that was given is taken."""
    name = name.strip()
    if not 0 < len(name) <= 200:
        raise Invalid("invalid_name", "The name of a session has 1 to 200 characters")
    slug = slugify(slug)[:60]
    with transaction.atomic():
        slug = slug or _slug_of(studio_id, name)
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
            **queries.habits(studio_id),
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


def plan(session_id: int, seconds: dict[int, int], *, actor_id: int | None, source: str = "import") -> None:
    """Gives lineup items a planned time, number → seconds, in the caller's transaction."""
    items = {number: item_id for item_id, number in _numbers_by_item(session_id).items()}
    for number, planned in seconds.items():
        command = OverrideItem(items[number], {"planned_seconds": planned})
        submit_in(connection, f"session:{session_id}", command, actor_id=actor_id, source=source)


def renumber(session_id: int, numbers: dict[int, int], *, actor_id: int | None, source: str = "import") -> None:
    """Gives lineup items other numbers, number → new number, in the caller's transaction; each is one that another of
    them has. As few items move as possible. The caller holds the lineup (by `add_products`), so that it stands still.
    """
    before = _numbers_by_item(session_id)
    after = {item_id: numbers.get(number, number) for item_id, number in before.items()}
    for item_id, to_index in moves(list(before), sorted(after, key=after.__getitem__)):
        submit_in(connection, f"session:{session_id}", MoveItem(item_id, to_index), actor_id=actor_id, source=source)


def moves(order: list[int], wanted: list[int]) -> list[tuple[int, int]]:
    """The fewest (item, index) moves, one after another, that bring ``order`` into the order of ``wanted``."""
    rank = {item: place for place, item in enumerate(wanted)}
    stays = {wanted[place] for place in _longest_rise([rank[item] for item in order])}
    row, steps = list(order), []
    for place, item in enumerate(wanted):
        if item not in stays:
            row.remove(item)
            index = row.index(wanted[place - 1]) + 1 if place else 0
            row.insert(index, item)
            steps.append((item, index))
    return steps


def _numbers_by_item(session_id: int) -> dict[int, int]:
    """Item id → number, by number."""
    items = LineupItem.objects.filter(session_id=session_id).order_by("position")
    return dict(items.values_list("id", "position"))


def _longest_rise(numbers: list[int]) -> list[int]:
    """The longest selection of these different numbers that is in ascending order already."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    rise: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        rise.append(last)
        last = before[last]
    return rise


def _slug_of(studio_id: int, name: str) -> str:
    """One that is free. A name of other letters than Latin ones has none of its own: ``session``, ``session-2`` …"""
    base = slugify(name)[:60] or "session"
    taken = set(Session.objects.filter(studio_id=studio_id, slug__startswith=base[:50]).values_list("slug", flat=True))
    numbered = (f"{base[:50]}-{number}" for number in count(2))
    return next(slug for slug in chain([base], numbered) if slug not in taken)
