"""Rules for whoever builds a lineup: many items at once, each as one change that one undo takes back. Pure.

The order of a lineup is its numbers. What moves lines keeps the numbers in use the same set, so that a printed sheet
with gaps stays one; ``renumber`` alone makes them 1 to n.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import structs

from cuelight.errors import Invalid, Refused
from cuelight.live import patch
from cuelight.live.kind import Event, Facts
from cuelight.live.patch import ABSENT
from cuelight.sessions import flash, passing
from cuelight.sessions.editing import OVERRIDABLE, checked, override_item
from cuelight.sessions.lineup import Item, SessionState, ordered

#: So many products are put in with one command.
MOST_ADDED = 200

Values = dict[str, Any]


def insert_items(state: SessionState, items: Sequence[Item], to_index: int) -> Values:
    """New items at a place in the order; the lines from there on have the numbers after theirs."""
    if not 0 <= to_index <= len(state.order):
        raise Invalid("invalid_index", f"The lineup has {len(state.order)} items, the first is 0")
    highest = max((item.position for item in state.order), default=0)
    numbers = [item.position for item in state.order] + [highest + 1 + more for more in range(len(items))]
    if numbers and numbers[-1] >= 2**31:
        raise Invalid("invalid_position", "Invalid product number")
    order = [*state.order[:to_index], *items, *state.order[to_index:]]
    new = {item.id for item in items}
    return {
        path: value
        for item, number in zip(order, numbers, strict=True)
        for path, value in [
            (f"items.{item.id}", checked(structs.replace(item, position=number)))
            if item.id in new
            else (f"items.{item.id}.position", number)
        ]
    }


def refuse_twice(state: SessionState, items: Iterable[Item]) -> None:
    """Raises Refused ``already_in_lineup`` with the numbers when a product is in the lineup, or twice among these."""
    at = {item.product_id: str(item.position) for item in reversed(state.order)}
    new: set[int] = set()
    twice = []
    for item in items:
        if item.product_id in at:
            twice.append(at[item.product_id])
        elif item.product_id in new:
            raise Refused("already_in_lineup", "A product is twice in what you add")
        new.add(item.product_id)
    if twice:
        raise Refused("already_in_lineup", f"Already in the lineup as {listed(twice)}")


def move_items(state: SessionState, item_ids: Sequence[int], to_index: int, section: str | None) -> Values:
    """The items together, in the order they have, so that ``to_index`` of the others are before them; into
    ``section`` where one is named."""
    moved = present(state, item_ids)
    ids = {item.id for item in moved}
    others = [item for item in state.order if item.id not in ids]
    if not 0 <= to_index <= len(others):
        raise Invalid("invalid_index", f"{len(others)} other items are in the lineup; the place is from 0 to that")
    numbers = [item.position for item in state.order]
    order = [*others[:to_index], *moved, *others[to_index:]]
    values: Values = {f"items.{item.id}.position": number for item, number in zip(order, numbers, strict=True)}
    if section is not None:
        for item in moved:
            values[f"items.{item.id}.section"] = checked(structs.replace(item, section=section)).section
    return values


def remove_items(state: SessionState, item_ids: Sequence[int], facts: Facts) -> Values:
    """Was one of them on air, the next that stays is; else the last before; else none. One that is passed over only
    where nothing else is left. Those gone already are as wanted."""
    gone = present(state, item_ids)
    removed = {item.id for item in gone}
    values: Values = {f"items.{item.id}": ABSENT for item in gone}
    for item in gone:
        values |= flash.without(state, item)
    on_air = state.on_air
    if on_air is None or on_air.id not in removed:
        return values
    order = (*state.order[state.place + 1 :], *state.order[: state.place][::-1])
    left = [item for item in order if item.id not in removed]
    heir = next((item for item in left if not passing.is_passed(item, state, facts)), left[0] if left else None)
    return values | {"live.item_id": heir.id if heir else None, "live.image_index": 0}


def override_items(state: SessionState, item_ids: Sequence[int], changes: Mapping[str, Any], facts: Facts) -> Values:
    """The same own values for several. Raises Invalid with the number of the first that cannot have them."""
    values: Values = {}
    items = present(state, item_ids)
    for item in items:
        try:
            values |= override_item(item, changes, facts, state.settings)
        except Invalid as error:
            if len(items) == 1:
                raise
            raise Invalid(error.reason, f"Number {item.position}: {error.message}") from error
    return values


def revert_items(state: SessionState, item_ids: Sequence[int]) -> Values:
    """All that the product has, as the product has it. What only a line has (section, times, notes) stays."""
    names = (*OVERRIDABLE, "document_id")
    return {f"items.{item.id}.{name}": None for item in present(state, item_ids) for name in names}


def renumber(state: SessionState) -> Values:
    """1 to n in the order that is."""
    return {f"items.{item.id}.position": number for number, item in enumerate(state.order, start=1)}


def present(state: SessionState, item_ids: Sequence[int]) -> list[Item]:
    """Those of the items that are in the lineup, in its order. Raises Refused ``unknown_item`` when none is."""
    wanted = set(item_ids)
    found = [item for item in state.order if item.id in wanted]
    if not found:
        one = len(wanted) == 1
        raise Refused("unknown_item", f"{'This item is' if one else 'These items are'} not in the lineup any more")
    return found


def placed(state: SessionState, event: Event) -> Event:
    """An undo or redo that would give a number to two lines: what it brings comes before the line that has it now, and
    the lines after move on by one."""
    # As a path a whole line has two parts: only those, and numbers, can come into each other's way.
    if not any(
        path.startswith("items.") and (path.count(".") == 1 or path.endswith(".position")) for path in event.changes
    ):
        return event
    after = patch.apply(state, event.changes)
    taken = {item.position for item in after.items.values()}
    lacking = len(after.items) - len(taken)
    if not lacking:
        return event
    touched = {path.split(".")[1] for path in event.changes if path.startswith("items.")}
    order = sorted(ordered(after.items), key=lambda item: (item.position, str(item.id) not in touched))
    numbers = [*sorted(taken), *(max(taken) + 1 + more for more in range(lacking))]
    changes = dict(event.changes)
    for item, number in zip(order, numbers, strict=True):
        if number != item.position:
            _give(changes, state, item.id, number)
    return structs.replace(event, changes=changes)


def _give(changes: patch.Changes, state: SessionState, item_id: int, number: int) -> None:
    whole, path = f"items.{item_id}", f"items.{item_id}.position"
    if whole in changes:
        before, after = changes[whole]
        changes[whole] = [before, {**after, "position": number}]
    else:
        changes[path] = [patch.get(state, path), number]


def listed(words: Sequence[str], most: int = 5) -> str:
    """``1``, ``1 and 5``, ``1, 5, 10 and 3 more``."""
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
