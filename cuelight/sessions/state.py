"""The rules of a live session: what a command changes. Pure; no clock, no database.

``decide`` says what one command changes, or refuses it with a reason and a sentence. ``evolve`` puts the change in.
A change is a patch (``live/patch.py``), so undo and redo need no rules here. What the rules must know of the catalogue
comes in as ``facts``: product id → what a lineup shows of it (``catalog.queries.lineup_products``).
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from cuelight.errors import Invalid, Refused
from cuelight.live import patch
from cuelight.live.kind import Entry, Event, Facts
from cuelight.live.patch import ABSENT
from cuelight.sessions import building, clock, flash, passing
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    AddTime,
    ApproveFlash,
    Arm,
    ChangeSlug,
    ClearMessage,
    ClearQuestion,
    DeclineFlash,
    Delete,
    Disarm,
    EndFlash,
    ExtendFlash,
    First,
    FlashOver,
    FlashPrice,
    Go,
    HideCard,
    Jump,
    Last,
    MoveItem,
    MoveItems,
    Next,
    NextImage,
    OverrideItem,
    OverrideItems,
    PauseClock,
    PinQuestion,
    Previous,
    PreviousImage,
    RemoveItem,
    RemoveItems,
    Renumber,
    ResumeClock,
    RevertItems,
    SendMessage,
    SessionCommand,
    SetStatus,
    ShowCard,
    ShowImage,
    UpdateSettings,
)
from cuelight.sessions.editing import checked, known, override_item, sayable, slug_of_draft, update_settings
from cuelight.sessions.lineup import (
    Armed,
    Item,
    Latest,
    Live,
    Message,
    SessionState,
    Settings,
    ordered,
    products_of,
)

#: A lineup longer than this is a catalogue; the limit keeps a snapshot and its broadcast small.
MOST_ITEMS = 2000
STATUSES = ("draft", "rehearsal", "live", "complete")
STATUSES_AFTER = {"draft": ("rehearsal", "live"), "rehearsal": ("draft",), "live": ("complete",)}
#: Why not, where people may well try.
WRONG_STEPS = {
    ("rehearsal", "live"): "End the rehearsal first, then go live",
    ("rehearsal", "complete"): "A rehearsal is ended by going back to draft",
    ("live", "rehearsal"): "The show is live: it cannot be rehearsed now",
    ("live", "draft"): "A show that is live cannot become a draft again; end it, or undo going live",
    ("complete", "rehearsal"): "This show is over: it cannot be rehearsed any more",
}
ON_AIR = "End the {} first, then put it into the archive"
#: What was staged longer ago has been forgotten.
ARMED_FOR = timedelta(seconds=15)

#: What a rule answers: new values by path.
Values = dict[str, Any]


def decide(state: SessionState, command: SessionCommand, facts: Facts, at: datetime) -> Event | None:
    """What one command changes in a session; None when it changes nothing. Raises Refused or Invalid."""
    changes = patch.change(state, new_values(state, command, facts, at))
    if changes:
        changes |= {path: [patch.get(state, path)] * 2 for path in while_same(command)}
    kind = command.__struct_config__.tag
    return Event(kind=str(kind), changes=changes, undoable=command.undoable) if changes else None


def while_same(command: SessionCommand) -> tuple[str, ...]:
    """What must be as it is now for an undo of this to make sense."""
    match command:
        case PauseClock() | ResumeClock() | AddTime():
            # Else a minute taken back could be the minute that somebody has given to the product after.
            return ("live.item_id",)
        case SetStatus(status="rehearsal"):
            # Else what was done in it would stay; a rehearsal in which something happened is ended instead.
            shown = ("live.item_id", "live.image_index", "live.message", "live.question_id", "live.card_shown")
            return (*shown, "live.flashes")
    return ()


def mend(state: SessionState, event: Event) -> Event:
    """An undo or redo as it can be done now. Raises Refused."""
    return building.placed(state, showable(state, event))


def showable(state: SessionState, event: Event) -> Event:
    """An undo or redo that would show an item it takes out of the lineup shows the next one; else the last; else none.

    Raises Refused when it would show one that somebody else has taken out, or put what is only kept on air.
    """
    after = patch.apply(state, event.changes)
    if after.live.status in clock.RUNNING and (
        after.settings is not state.settings or after.live.status != state.live.status
    ):
        can_be_on_air(after.settings)
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
    after = clock.evolve(state, after, entry)
    latest = Latest(entry.version, lineup_version, entry.actor_id, entry.event.kind, entry.at.isoformat())
    return structs.replace(after, latest=latest)


def new_values(state: SessionState, command: SessionCommand, facts: Facts, at: datetime) -> Values:  # noqa: C901
    """Every command and its rule, in one table."""
    match command:
        case Jump(number=number):
            return show(numbered(state, number))
        case Next():
            return show(neighbour(state, +1, facts))
        case Previous():
            return show(neighbour(state, -1, facts))
        case First():
            return show(passing.edge(state, lineup(state), +1, facts))
        case Last():
            return show(passing.edge(state, lineup(state), -1, facts))
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
        case PinQuestion(question_id=question_id):
            return {"live.question_id": question_id}
        case ClearQuestion(question_id=question_id):
            return {"live.question_id": None} if question_id in (None, state.live.question_id) else {}
        case ShowCard():
            return {"live.card_shown": True}
        case HideCard():
            return {"live.card_shown": False}
        case SetStatus(status=status):
            return set_status(state, status, at)
        case Arm(number=number):
            return arm(state, neighbour(state, +1, facts) if number is None else numbered(state, number), at)
        case Go():
            return show(armed(state, at))
        case Disarm():
            return {"live.armed": None}
        case PauseClock():
            return clock.paused(state, at)
        case ResumeClock():
            return clock.resumed(state, at)
        case AddTime(seconds=seconds):
            return clock.with_time(state, seconds)
        case FlashPrice():
            return flash_price(state, command, facts, at)
        case ApproveFlash(by=by, offer_id=offer_id):
            return flash.approve(state, offer_id, by=by, at=at)
        case DeclineFlash(offer_id=offer_id):
            return flash.decline(state, offer_id, at)
        case ExtendFlash(seconds=seconds, item_id=item_id):
            return flash.extend(state, meant(state, item_id), seconds, at)
        case EndFlash(item_id=item_id):
            return flash.end(state, meant(state, item_id), at)
        case FlashOver():
            return flash.over(state, at)
        case AddItems():
            return add_items(state, command)
        case RemoveItem(item_id=item_id):
            return remove_item(state, state.item(item_id), facts)
        case MoveItem(item_id=item_id, to_index=to_index):
            return move_item(state, state.item(item_id), to_index)
        case RemoveItems(item_ids=item_ids):
            return building.remove_items(state, item_ids, facts)
        case MoveItems(item_ids=item_ids, to_index=to_index, section=section):
            return building.move_items(state, item_ids, to_index, section)
        case Renumber():
            return building.renumber(state)
        case OverrideItem(item_id=item_id, changes=changes):
            return override_item(state.item(item_id), changes, facts, state.settings)
        case OverrideItems(item_ids=item_ids, changes=changes):
            return building.override_items(state, item_ids, changes, facts)
        case RevertItems(item_ids=item_ids):
            return building.revert_items(state, item_ids)
        case UpdateSettings(changes=changes):
            return put_away(state, update_settings(state.settings, changes))
        case ChangeSlug(slug=slug):
            return {"settings.slug": slug_of_draft(slug, state.live.status)}
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


def neighbour(state: SessionState, step: int, facts: Facts) -> Item:
    """The item before (-1) or after (+1) the one on air, without those that are passed over."""
    return passing.neighbour(state, lineup(state), step, facts)


def meant(state: SessionState, item_id: int | None) -> Item:
    """The item with this id; without one what is on air. Raises Refused ``unknown_item`` or ``no_products``."""
    if item_id is not None:
        return state.item(item_id)
    lineup(state)
    if state.on_air is None:
        raise Refused("no_products", "Nothing is on air")
    return state.on_air


def arm(state: SessionState, item: Item, at: datetime) -> Values:
    return {"live.armed": None if item is state.on_air else Armed(item.id, at.isoformat())}


def armed(state: SessionState, at: datetime) -> Item:
    """What "go" shows. Raises Refused ``not_armed``."""
    staged = state.live.armed
    item = state.items.get(str(staged.item_id)) if staged else None
    if staged is None or item is None or at - datetime.fromisoformat(staged.at) > ARMED_FOR:
        raise Refused("not_armed", "Nothing is armed")
    return item


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


def flash_price(state: SessionState, command: FlashPrice, facts: Facts, at: datetime) -> Values:
    return flash.start(
        state,
        meant(state, command.item_id),
        price_cents=command.price_cents,
        percent=command.percent,
        seconds=command.seconds,
        id=command.id,
        by=command.by,
        facts=facts,
        at=at,
    )


# The message to the host


def message(command: SendMessage, at: datetime) -> Message:
    return Message(command.id, sayable(command.text), known(command.color), at.isoformat())


def acknowledged(current: Message | None, at: datetime) -> Message:
    if current is None:
        raise Refused("no_message", "There is no message to acknowledge")
    return current if current.acked_at else structs.replace(current, acked_at=at.isoformat())


# The show as a whole


def set_status(state: SessionState, wanted: str, at: datetime) -> Values:
    """Draft → live → complete, draft → rehearsal → draft, and nothing else; a wrong step is taken back with undo."""
    status = state.live.status
    if wanted == status:
        return {}
    if wanted not in STATUSES:
        raise Invalid("invalid_status", f"The status of a session is one of: {', '.join(STATUSES)}")
    if wanted not in STATUSES_AFTER.get(status, ()):
        why = WRONG_STEPS.get((status, wanted), f"A session that is {status} cannot become {wanted}")
        raise Refused("invalid_status", why)
    if wanted in clock.RUNNING:
        can_be_on_air(state.settings)
    if status == "rehearsal":
        return end_of_rehearsal(state)
    if wanted == "complete":
        return {"live.status": wanted, **flash.none_left(state)}
    return {"live.status": wanted, **({"live.started_at": at.isoformat()} if wanted in clock.RUNNING else {})}


def can_be_on_air(settings: Settings) -> None:
    """Raises Refused for what is only kept."""
    if settings.is_template:
        raise Refused("is_template", "A template never goes on air. Make a session of it first")
    if settings.is_archived:
        raise Refused("is_archived", "This session is in the archive. Take it out first, then go on air")


def put_away(state: SessionState, values: Values) -> Values:
    """Settings, unless they would put a show out of sight that is on air, or make a template of one that was."""
    status = state.live.status
    if values.get("settings.is_archived") and status in clock.RUNNING:
        raise Refused("on_air", ON_AIR.format(status if status == "rehearsal" else "show"))
    if values.get("settings.is_template") and status != "draft":
        raise Refused("not_a_draft", "Only a draft can become a template; save a copy of this show as one")
    return values


def end_of_rehearsal(state: SessionState) -> Values:
    """A draft again, and nothing of the rehearsal stays; nor a card that the first second on air would show."""
    first = show(state.order[0]) if state.order else {"live.item_id": None, "live.image_index": 0}
    off = {"live.started_at": None, "live.message": None, "live.question_id": None, "live.card_shown": False}
    return {"live.status": "draft", **off, **first, **flash.none_left(state)}


# The lineup


def add_items(state: SessionState, command: AddItems) -> Values:
    """At their numbers, after the last one or at a place. The first items ever are on air at once."""
    items = command.items
    if command.once:
        building.refuse_twice(state, items)
    if len(state.items) + len(items) > MOST_ITEMS:
        raise Refused("lineup_full", f"A lineup holds at most {MOST_ITEMS:,} items")
    taken = {item.position for item in state.order}
    values: Values = {} if command.to_index is None else building.insert_items(state, items, command.to_index)
    for item in items if command.to_index is None else ():
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


def remove_item(state: SessionState, item: Item, facts: Facts) -> Values:
    """Was it on air, the next one is; else the previous; else none."""
    values: Values = {f"items.{item.id}": ABSENT, **flash.without(state, item)}
    if item is not state.on_air:
        return values
    heir = passing.heir(state, item, facts)
    return values | (show(heir) if heir else {"live.item_id": None, "live.image_index": 0})


def move_item(state: SessionState, item: Item, to_index: int) -> Values:
    """The order changes; the numbers in use stay the same set, such as 1, 5 and 10."""
    if not 0 <= to_index < len(state.order):
        raise Invalid("invalid_index", f"The lineup has {len(state.order)} items, the first is 0")
    order = [other for other in state.order if other is not item]
    order.insert(to_index, item)
    numbers = [other.position for other in state.order]
    return {f"items.{other.id}.position": number for other, number in zip(order, numbers, strict=True)}
