"""Writes of sessions that are not live commands: making one, and what a page changes in one transaction with a check
that the rules cannot make. Everything else goes through ``commands.py``."""

from bisect import bisect_left
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify
from psycopg.errors import UniqueViolation

from cuelight.accounts import audit
from cuelight.accounts import queries as accounts
from cuelight.accounts.access import Access
from cuelight.errors import Conflict, Gone, Invalid, Newer, NotFound
from cuelight.live.kind import Undo
from cuelight.live.transactional import create_in, state_of, submit_in
from cuelight.live.undo import CLOCK, ELSEWHERE
from cuelight.sessions import queries
from cuelight.sessions.command_types import (
    AddItems,
    ChangeSlug,
    ClearQuestion,
    Delete,
    FlashOver,
    MoveItem,
    OverrideItem,
    RemoveItem,
    UpdateSettings,
)
from cuelight.sessions.editing import hosts_after
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.models import LineupItem, Session

#: Two people may make a session of the same name at the same moment: the later one gets the next free short name.
ATTEMPTS = 3


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
    op_id: UUID | None = None,
) -> int:
    """A new draft with an empty lineup; returns its id. Without ``slug`` one is made of the name, with a number behind
    it if it is taken. Ready messages, arming and the clock's warnings are as in the studio's newest session. With
    ``op_id`` it is made once, however often it is asked for. Raises Invalid, or Conflict when the slug that was given
    is taken."""
    columns = {
        "scheduled_at": scheduled_at,
        "duration_minutes": duration_minutes,
        "notes": notes,
        "wrap": wrap,
        **queries.habits(studio_id),
    }
    return once(
        studio_id,
        op_id,
        lambda: insert_session(studio_id, name=name, slug=slug, currency=currency, op_id=op_id, columns=columns),
    )


def once(studio_id: int, op_id: UUID | None, make: Callable[[], int]) -> int:
    """The id of the session that ``make`` makes, in one transaction; of an op that was done already, what came of it.
    Of two at the same time the later one waits for the earlier."""
    for left in reversed(range(ATTEMPTS)):
        made = queries.made_by(studio_id, op_id)
        if made is not None:
            return made
        try:
            with transaction.atomic():
                return make()
        except IntegrityError:
            if not left:
                raise
    raise AssertionError


def insert_session(
    studio_id: int, *, name: str, slug: str, currency: str, op_id: UUID | None, columns: dict[str, Any]
) -> int:
    """The row and the head of a new draft, in the caller's transaction; for those who make sessions. Raises Invalid,
    Conflict."""
    name, slug = name.strip(), slugify(slug)[:60]
    if not 0 < len(name) <= 200:
        raise Invalid("invalid_name", "The name of a session has 1 to 200 characters")
    if slug and queries.is_slug_taken(studio_id, slug):
        raise Conflict("slug_taken", f"There is already a session {slug!r}")
    slug = slug or _slug_of(studio_id, name)
    session = Session.objects.create(studio_id=studio_id, name=name, slug=slug, made_by_op=op_id, **columns)
    state = SessionState(id=session.id, studio_id=studio_id, currency=currency, settings=Settings(name=name, slug=slug))
    create_in(connection, f"session:{session.id}", studio_id=studio_id, state=state)
    return session.id


def update_settings(session_id: int, changes: dict[str, Any], *, access: Access) -> int:
    """Changes settings in a transaction; returns the version, for ``take_back``. Open screens are told after it. Raises
    Invalid; for a host who does not belong to the studio, too."""
    members = accounts.members(access.studio_id)
    if any(host.person_id not in members for host in hosts_after({}, changes.get("hosts", [])).values()):
        raise Invalid("unknown_host", "A host of a session belongs to its studio")
    with transaction.atomic():
        return submit_in(
            connection,
            f"session:{session_id}",
            UpdateSettings(changes),
            actor_id=access.person_id,
            source=access.source,
        ).version


def change_slug(session_id: int, slug: str, *, access: Access) -> str:
    """Gives a draft another short name; returns the one it had. Raises Invalid, Refused, Conflict when it is taken."""
    taken = Conflict("slug_taken", f"There is already a session {slug.strip()!r}")
    _, state = state_of(connection, f"session:{session_id}")
    if state.settings.slug != slug.strip() and queries.is_slug_taken(access.studio_id, slug.strip()):
        raise taken
    command = ChangeSlug(slug)
    try:
        with transaction.atomic():
            submit_in(connection, f"session:{session_id}", command, actor_id=access.person_id, source=access.source)
    except UniqueViolation as error:
        raise taken from error
    before: str = state.settings.slug
    return before


def take_back(session_id: int, version: int, *, access: Access) -> None:
    """Undoes the change of a version. Raises Refused when something else has changed the same since."""
    with transaction.atomic():
        submit_in(
            connection,
            f"session:{session_id}",
            Undo(version=version),
            actor_id=access.person_id,
            source=access.source,
        )


def delete_session(session_id: int, *, access: Access) -> str:
    """Deletes a session for good and writes it into the audit log; returns its name. Raises Conflict for one that is
    not in the archive: from there it can still come back, from here it cannot."""
    with transaction.atomic():
        _, state = state_of(connection, f"session:{session_id}")
        if not state.settings.is_archived:
            raise Conflict("not_archived", "Put the session into the archive first. From there it can be deleted.")
        submit_in(connection, f"session:{session_id}", Delete(), actor_id=access.person_id, source=access.source)
        name: str = state.settings.name
        audit.record(
            "session_deleted",
            studio_id=access.studio_id,
            person_id=access.person_id,
            token_id=access.token_id,
            target=name,
        )
    return name


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


def take_out(session_id: int, item_ids: list[int], *, actor_id: int | None, source: str = "import") -> list[str]:
    """Takes items out of the lineup in the caller's transaction; returns sentences about those that stay: with changes
    of somebody, or all of them once the show has begun (what was shown is history)."""
    session = Session.objects.filter(id=session_id).first()
    there = LineupItem.objects.filter(session_id=session_id, id__in=item_ids).order_by("-position")
    if session is None or not there:
        return []
    if session.status != "draft":
        return [f'The lineup of "{session.name}" stays as it is: its show has begun.']
    edited = sum(1 for item in there if _is_edited(item))
    for item in there:
        if not _is_edited(item):
            submit_in(connection, f"session:{session_id}", RemoveItem(item.id), actor_id=actor_id, source=source)
    if not edited:
        return []
    what = "One item" if edited == 1 else f"{edited} items"
    return [f'{what} of the lineup of "{session.name}" stay{"s" if edited == 1 else ""}: changed there since.']


def _is_edited(item: LineupItem) -> bool:
    """Whether somebody gave it anything of its own."""
    own = (item.name, item.talking_points_md, item.original_price_cents, item.sale_price_cents, item.planned_seconds)
    return bool(item.notes or item.section) or any(value is not None for value in own)


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


def end_flashes() -> None:
    """Ends the flash prices and offers whose time is over, in every session; twice is once."""
    for session_id in queries.sessions_with_flashes(before=datetime.now(UTC)):
        with suppress(Gone, NotFound), transaction.atomic():
            submit_in(connection, f"session:{session_id}", FlashOver(), actor_id=None, source=CLOCK)


def clear_questions(studio_id: int, question_ids: Collection[int], *, actor_id: int | None) -> None:
    """Takes questions that wait for no answer any more off the hosts' screens, in the caller's transaction. That cannot
    be undone, and Ctrl+Z passes over what showed them: it takes back what came before. Screens are told after it."""
    shown = queries.questions_shown(studio_id)
    # In the order in which the journal locks heads.
    for aggregate_id, session_id in sorted((f"session:{session_id}", session_id) for session_id in shown):
        if shown[session_id] in question_ids:
            command = ClearQuestion(shown[session_id])
            with suppress(Gone, NotFound, Newer):
                submit_in(connection, aggregate_id, command, actor_id=actor_id, source=ELSEWHERE)
