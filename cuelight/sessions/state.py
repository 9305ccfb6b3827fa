"""The rules of a live session: what a command changes. Pure; no clock, no database.

``decide`` says what one command changes, or refuses it with a reason and a sentence. ``evolve`` puts the change in.
A change is a patch (``live/patch.py``), so undo and redo need no rules here. What the rules must know of the catalogue
comes in as ``facts``: product id → what a lineup shows of it (``catalog.queries.lineup_products``).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import structs

from cuelight.errors import Invalid, Refused
from cuelight.live import patch
from cuelight.live.kind import Entry, Event, Facts
from cuelight.live.patch import ABSENT
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    ClearMessage,
    Delete,
    First,
    HideCard,
    Jump,
    Last,
    MoveItem,
    Next,
    NextImage,
    OverrideItem,
    Previous,
    PreviousImage,
    RemoveItem,
    SendMessage,
    SessionCommand,
    SetStatus,
    ShowCard,
    ShowImage,
    UpdateSettings,
)
from cuelight.sessions.lineup import Item, Latest, Live, Message, SessionState, Settings, ordered, products_of

#: A lineup longer than this is a catalogue; the limit keeps a snapshot and its broadcast small.
MOST_ITEMS = 2000
MESSAGE_LENGTH = 500
COLORS = ("amber", "blue", "green", "red", "purple", "gray")
STATUSES = ("draft", "live", "complete")
STATUS_AFTER = dict(pairwise(STATUSES))
OVERRIDABLE = ("name", "talking_points_md", "original_price_cents", "sale_price_cents")

#: What a rule answers: new values by path.
Values = dict[str, Any]


def decide(state: SessionState, command: SessionCommand, facts: Facts, at: datetime) -> Event | None:
    """What one command changes in a session; None when it changes nothing. Raises Refused or Invalid."""
    changes = patch.change(state, new_values(state, command, facts, at))
    kind = command.__struct_config__.tag
    return Event(kind=str(kind), changes=changes, undoable=command.undoable) if changes else None


def mend(state: SessionState, event: Event) -> Event:
    """An undo or redo that would show an item it takes out of the lineup shows the next one; else the last; else none.

    Raises Refused when it would show one that somebody else has taken out.
    """
    after = patch.apply(state, event.changes)
    wanted = after.live.item_id
    if wanted is None or str(wanted) in after.items:
        return event
    lost = state.items.get(str(wanted))
    if lost is None:
        raise Refused("unknown_item", "The product this would show is not in the lineup any more")
    left = ordered(after.items)
    heirs = [item for item in left if item.position > lost.position][:1] or left[-1:]
    values = show(heirs[0]) if heirs else {"live.item_id": None, "live.image_index": 0}
    others = {path: change for path, change in event.changes.items() if path not in values}
    return structs.replace(event, changes=others | patch.change(state, values))


def evolve(state: SessionState, entry: Entry) -> SessionState:
    """The session after an entry."""
    after = patch.apply(state, entry.event.changes)
    lineup_version = state.latest.lineup_version
    if after.items is not state.items:
        after = structs.replace(after, order=ordered(after.items), products=products_of(after.items))
    if after.items is not state.items or after.settings is not state.settings:
        lineup_version = entry.version
    latest = Latest(entry.version, lineup_version, entry.actor_id, entry.event.kind, entry.at.isoformat())
    return structs.replace(after, latest=latest)


def new_values(state: SessionState, command: SessionCommand, facts: Facts, at: datetime) -> Values:  # noqa: C901
    """Every command and its rule, in one table."""
    match command:
        case Jump(number=number):
            return show(numbered(state, number))
        case Next():
            return show(neighbour(state, +1))
        case Previous():
            return show(neighbour(state, -1))
        case First():
            return show(lineup(state)[0])
        case Last():
            return show(lineup(state)[-1])
        case NextImage():
            return {"live.image_index": (state.live.image_index + 1) % image_count(state, facts)}
        case PreviousImage():
            return {"live.image_index": (state.live.image_index - 1) % image_count(state, facts)}
        case ShowImage(index=index):
            return {"live.image_index": image_within(index, image_count(state, facts))}
        case SendMessage():
            return {"live.message": message(command, at)}
        case ClearMessage():
            return {"live.message": None}
        case AckMessage():
            return {"live.message": acknowledged(state.live.message, at)}
        case ShowCard():
            return {"live.card_shown": True}
        case HideCard():
            return {"live.card_shown": False}
        case SetStatus(status=status):
            return set_status(state.live.status, status, at)
        case AddItems(items=items):
            return add_items(state, items)
        case RemoveItem(item_id=item_id):
            return remove_item(state, state.item(item_id))
        case MoveItem(item_id=item_id, to_index=to_index):
            return move_item(state, state.item(item_id), to_index)
        case OverrideItem(item_id=item_id, changes=changes):
            return override_item(state.item(item_id), changes, facts)
        case UpdateSettings(changes=changes):
            return update_settings(state.settings, changes)
        case Delete():
            return {"live": Live(status="deleted"), **{f"items.{item.id}": ABSENT for item in state.order}}
    raise Invalid("unknown_command", f"A session knows no command {type(command).__name__}.")


# What is on air


def show(item: Item) -> Values:
    return {"live.item_id": item.id, "live.image_index": 0}


def lineup(state: SessionState) -> tuple[Item, ...]:
    """The items by number. Raises Refused ``no_products``."""
    if not state.order:
        raise Refused("no_products", "This session has no products yet")
    return state.order


def numbered(state: SessionState, number: int) -> Item:
    lineup(state)
    item = state.numbered(number)
    if item is None:
        raise Refused("invalid_position", "Invalid product number")
    return item


def neighbour(state: SessionState, step: int) -> Item:
    """The item before (-1) or after (+1) the one on air; past the ends only where the session wraps."""
    items = lineup(state)
    if state.on_air is None:
        return items[0]
    place = state.place + step
    if 0 <= place < len(items):
        return items[place]
    if state.settings.wrap:
        return items[place % len(items)]
    if step > 0:
        raise Refused("end_of_session", "End of session reached")
    raise Refused("start_of_session", "Already at first product")


def image_count(state: SessionState, facts: Facts) -> int:
    """How many pictures the item on air has. Raises Refused ``no_products`` or ``no_images``."""
    lineup(state)
    current = state.on_air
    count = len(facts.get(current.product_id, {}).get("images", ())) if current else 0
    if count == 0:
        raise Refused("no_images", "This product has no pictures")
    return count


def image_within(index: int, count: int) -> int:
    if not 0 <= index < count:
        raise Refused("invalid_image", f"This product has {count} {'picture' if count == 1 else 'pictures'}")
    return index


# The message to the host


def message(command: SendMessage, at: datetime) -> Message:
    text = command.text.strip()
    if not text:
        raise Invalid("empty_message", "Type a message first")
    if len(text) > MESSAGE_LENGTH:
        raise Invalid("message_too_long", f"A message has at most {MESSAGE_LENGTH} characters, this one {len(text)}")
    if command.color not in COLORS:
        raise Invalid("invalid_color", f"The color of a message is one of: {', '.join(COLORS)}")
    return Message(command.id, text, command.color, at.isoformat())


def acknowledged(current: Message | None, at: datetime) -> Message:
    if current is None:
        raise Refused("no_message", "There is no message to acknowledge")
    return current if current.acked_at else structs.replace(current, acked_at=at.isoformat())


# The show as a whole


def set_status(status: str, wanted: str, at: datetime) -> Values:
    """Draft → live → complete, and nothing else; a wrong step is taken back with undo."""
    if wanted == status:
        return {}
    if wanted not in STATUSES:
        raise Invalid("invalid_status", f"The status of a session is one of: {', '.join(STATUSES)}")
    if wanted != STATUS_AFTER.get(status):
        raise Refused("invalid_status", f"A session that is {status} cannot become {wanted}")
    return {"live.status": wanted, **({"live.started_at": at.isoformat()} if wanted == "live" else {})}


def update_settings(settings: Settings, changes: Mapping[str, Any]) -> Values:
    only(changes, {"name", "notes", "wrap", "host_may_drive", "scheduled_at", "duration_minutes"})
    changed = converted({**structs.asdict(settings), **changes}, Settings)
    if not 0 < len(changed.name.strip()) <= 200:
        raise Invalid("invalid_name", "The name of a session has 1 to 200 characters")
    if not 1 <= changed.duration_minutes <= 24 * 60:
        raise Invalid("invalid_duration", "A session lasts between 1 minute and 24 hours")
    if changed.scheduled_at is not None:
        moment = converted(changed.scheduled_at, datetime)
        if moment.tzinfo is None:
            raise Invalid("invalid_time", "A time needs its zone, such as 2026-11-27T18:00:00Z")
        changed = structs.replace(changed, scheduled_at=in_utc(moment))
    return {f"settings.{name}": getattr(changed, name) for name in changes}


def in_utc(moment: datetime) -> str:
    """As Python writes it: what msgspec reads ("…z") is more than fromisoformat does."""
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError as error:
        raise Invalid("invalid_time", "A session cannot be that long ago") from error


# The lineup


def add_items(state: SessionState, items: list[Item]) -> Values:
    """At their numbers, or after the last one. The first items ever are on air at once."""
    if len(state.items) + len(items) > MOST_ITEMS:
        raise Refused("lineup_full", f"A lineup holds at most {MOST_ITEMS:,} items")
    taken = {item.position for item in state.order}
    values: Values = {}
    for item in items:
        position = item.position or max(taken, default=0) + 1
        if not 0 < position < 2**31:
            raise Invalid("invalid_position", "Invalid product number")
        if position in taken:
            raise Refused("position_taken", f"Number {position} is already in the lineup")
        taken.add(position)
        values[f"items.{item.id}"] = checked(structs.replace(item, position=position))
    if values and not state.order:
        values |= show(min(values.values(), key=lambda item: item.position))
    return values


def remove_item(state: SessionState, item: Item) -> Values:
    """Was it on air, the next one is; else the previous; else none."""
    values: Values = {f"items.{item.id}": ABSENT}
    if item is not state.on_air:
        return values
    place = state.place
    heirs = state.order[place + 1 : place + 2] or state.order[max(place - 1, 0) : place]
    return values | (show(heirs[0]) if heirs else {"live.item_id": None, "live.image_index": 0})


def move_item(state: SessionState, item: Item, to_index: int) -> Values:
    """The order changes; the numbers in use stay the same set, such as 1, 5 and 10."""
    if not 0 <= to_index < len(state.order):
        raise Invalid("invalid_index", f"The lineup has {len(state.order)} items, the first is 0")
    order = [other for other in state.order if other is not item]
    order.insert(to_index, item)
    numbers = [other.position for other in state.order]
    return {f"items.{other.id}.position": number for other, number in zip(order, numbers, strict=True)}


def override_item(item: Item, changes: Mapping[str, Any], facts: Facts) -> Values:
    """The item's own values; null or an empty text goes back to the product's."""
    only(changes, {*OVERRIDABLE, "section", "notes"})
    values = {name: None if name in OVERRIDABLE and value == "" else value for name, value in changes.items()}
    changed = checked(converted({**structs.asdict(item), **values}, Item))
    product = facts.get(item.product_id, {})
    original = changed.original_price_cents or product.get("original_price_cents")
    sale = changed.sale_price_cents or product.get("sale_price_cents")
    if original and sale and sale > original:
        raise Invalid("sale_above_original", "The sale price is above the original price")
    return {f"items.{item.id}.{name}": getattr(changed, name) for name in changes}


def checked(item: Item) -> Item:
    """An item whose own values are possible. Raises Invalid."""
    if item.name is not None and not 0 < len(item.name) <= 500:
        raise Invalid("invalid_name", "A product name has 1 to 500 characters")
    if len(item.section) > 100:
        raise Invalid("invalid_section", "A section has at most 100 characters")
    prices = [price for price in (item.sale_price_cents, item.original_price_cents) if price is not None]
    if any(not 0 < price < 10**12 for price in prices):
        raise Invalid("invalid_price", "Price must be positive")
    if prices != sorted(prices):
        raise Invalid("sale_above_original", "The sale price is above the original price")
    return item


def only(changes: Iterable[str], allowed: set[str]) -> None:
    for name in changes:
        if name not in allowed:
            raise Invalid(
                "unknown_field", f"There is no field {name!r} to change; there are: {', '.join(sorted(allowed))}"
            )


def converted(values: Any, kind: Any) -> Any:
    """Values from outside as their type. Raises Invalid with what is wrong where."""
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Invalid("invalid_value", f"{error}") from error
