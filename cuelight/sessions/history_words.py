"""What one entry of a show's journal says, in words. Pure.

The words come from the patch, not from the name of the command, so that an undo and a command that is yet to be
invented read as well as the rest; where the name tells more (next, jump) it is used.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cuelight.catalog.pricing import format_price, minor_digits
from cuelight.live.patch import ABSENT, Changes

#: A line of the lineup as the journal has it: plain JSON. Older entries lack fields that came later.
Line = Mapping[str, Any]

#: The kinds of entries that one can ask for, and what their chips say.
GROUPS = {
    "moves": "Moves",
    "messages": "Messages",
    "lineup": "Lineup",
    "prices": "Prices & points",
    "show": "Show",
}
UNKNOWN_NAME = "A product that is gone"

_OVERRIDES = {
    "name": "Name",
    "original_price_cents": "Price",
    "sale_price_cents": "Sale price",
    "talking_points_md": "Talking points",
    "document_id": "Shared talking points",
}
_OF_THE_LINE = {
    "section": "Section",
    "notes": "Notes for the crew",
    "product_id": "Product",
    "planned_seconds": "Planned seconds",
    "warn_seconds": "Warning at",
    "danger_seconds": "Danger at",
    "skipped": "Skipped",
}
_SETTINGS = {
    "name": "Name of the session",
    "notes": "Notes of the session",
    "wrap": "Next after the last shows the first",
    "host_may_drive": "Host may drive",
    "scheduled_at": "Scheduled for",
    "duration_minutes": "Minutes planned",
    "warn_seconds": "Amber, seconds before the end",
    "danger_seconds": "Red, seconds before the end",
    "freeze_at_zero": "The clock stops at zero",
    "arming": "Ready, then go",
    "presets": "Presets",
    "slug": "Short name",
    "hosts": "Hosts",
    "skip_sold_out": "Next passes over what is sold out",
    "card_theme": "Theme of the product card",
    "approve_prices": "A flash price needs a second yes",
    "is_template": "Template",
    "is_archived": "In the archive",
}
#: Where flash prices and offers of them stand.
FLASH_PATHS = ("live.flashes", "live.offer")
_STATUS = {
    ("draft", "live"): "Went live",
    ("live", "complete"): "Ended the show",
    ("draft", "rehearsal"): "Began a rehearsal",
    ("rehearsal", "draft"): "Ended the rehearsal",
    ("rehearsal", "live"): "Went live",
    ("live", "draft"): "Went back to draft",
    ("complete", "live"): "Back on air",
}
#: What moved several lines; a sentence for each would be a page.
_REORDERED = {"move_items": "Moved products in the lineup", "renumber": "Numbered the lineup from 1"}
_MOVES = {
    "jump": "Jumped to",
    "next": "Went on to",
    "previous": "Went back to",
    "first": "Went to the first,",
    "last": "Went to the last,",
    "go": "Showed, being ready,",
}
_SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "KRW": "₩", "VND": "₫", "PHP": "₱",
    "CAD": "$", "AUD": "$", "NZD": "$", "MXN": "$", "BRL": "R$", "ILS": "₪", "UAH": "₴",
}  # fmt: skip


class Change(NamedTuple):
    """One value that was replaced, as it is read."""

    label: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        """Whether it takes lines of its own, as talking points do."""
        return "\n" in self.before + self.after or len(self.before) + len(self.after) > 120


class Phrase(NamedTuple):
    """A sentence, the values it replaced, and the lines of the lineup it speaks of."""

    text: str
    changes: tuple[Change, ...] = ()
    lines: tuple[int, ...] = ()


class Names(NamedTuple):
    """What the words need beside a patch: a line by id and the item on air as they were before it, a line's name, the
    currency."""

    line: Callable[[int], Line | None]
    name: Callable[[Line], str]
    on_air: Callable[[], int | None]
    currency: str

    def label(self, item_id: int) -> str:
        """``23 · Hoops``."""
        line = self.line(item_id)
        return f"{line.get('position', '–')} · {self.name(line)}" if line else UNKNOWN_NAME


def group_of(changes: Changes) -> str:
    """To which of the ``GROUPS`` a patch belongs."""
    changes = real(changes)
    items = [path.split(".") for path in changes if path.startswith("items.")]
    if items:
        return "prices" if all(len(parts) > 2 and parts[2] in _OVERRIDES for parts in items) else "lineup"
    if "live.status" in changes:
        return "show"
    if any(path.startswith(FLASH_PATHS) for path in changes):
        return "prices"
    if any(path.startswith(("live.message", "live.question_id")) for path in changes):
        return "messages"
    if not {"live.item_id", "live.image_index", "live.armed"}.isdisjoint(changes):
        return "moves"
    return "show"


def phrase(kind: str, changes: Changes, names: Names) -> Phrase:
    """What a patch did. ``names`` knows the lineup as it was before."""
    changes = real(changes)
    if kind in _REORDERED and any(path.startswith("items.") for path in changes):
        return Phrase(_REORDERED[kind])
    if any(path.startswith("items.") for path in changes):
        return _lineup(changes, names)
    if any(path.startswith("settings.") for path in changes):
        return Phrase("Changed the settings", tuple(_settings(changes)))
    if "live.status" not in changes and any(path.startswith(FLASH_PATHS) for path in changes):
        return _flashes(kind, changes, names)
    for path, words in _SMALL.items():
        if path in changes:
            return words(kind, changes[path], names)
    return Phrase(kind.replace("_", " ").capitalize())


def offered_by(changes: Changes) -> int | None:
    """The person whose offer of a flash price this agreed to; None for a deck's."""
    offer = (changes.get("live.offer") or [None])[0]
    kind, _, number = str(offer["by"]).partition(":") if offer else ("", "", "")
    return int(number) if kind == "person" else None


def real(changes: Changes) -> Changes:
    """Without what a patch only demands to be as it is: the clock's changes name the item they were meant for."""
    return {path: change for path, change in changes.items() if change[0] != change[1]}


def aftermath(changes: Changes, names: Names) -> str:
    """What an undo or redo put on air, for behind its sentence; empty when it did not."""
    if "live.item_id" not in real(changes):
        return ""
    item_id = changes["live.item_id"][1]
    return "nothing on air" if item_id is None else f"on air: {names.label(item_id)}"


# What is on air


def _status(kind: str, change: list[Any], names: Names) -> Phrase:
    before, after = change
    return Phrase(_STATUS.get((before, after), f"From {before} to {after}"))


def _item(kind: str, change: list[Any], names: Names) -> Phrase:
    _, item_id = change
    if item_id is None:
        return Phrase("Took everything off the screen")
    return Phrase(f"{_MOVES.get(kind, 'Showed')} {names.label(item_id)}", lines=(item_id,))


def _armed(kind: str, change: list[Any], names: Names) -> Phrase:
    _, armed = change
    if not isinstance(armed, dict):
        return Phrase("Took back what was ready")
    return Phrase(f"Made ready {names.label(armed['item_id'])}", lines=(armed["item_id"],))


def _paused(kind: str, change: list[Any], names: Names) -> Phrase:
    return _of_on_air("Stopped the clock" if change[1] else "Let the clock go on", names)


def _added(kind: str, change: list[Any], names: Names) -> Phrase:
    before, after = change
    seconds = timedelta(seconds=abs(after - before))
    return _of_on_air(f"{'Gave' if after > before else 'Took'} {span(seconds)}", names)


def _of_on_air(text: str, names: Names) -> Phrase:
    item_id = names.on_air()
    return Phrase(text) if item_id is None else Phrase(f"{text}: {names.label(item_id)}", lines=(item_id,))


def _image(kind: str, change: list[Any], names: Names) -> Phrase:
    item_id = names.on_air()
    if item_id is None:
        return Phrase(f"Showed picture {change[1] + 1}")
    return Phrase(f"Showed picture {change[1] + 1} of {names.label(item_id)}", lines=(item_id,))


def _card(kind: str, change: list[Any], names: Names) -> Phrase:
    return Phrase("Showed the product card" if change[1] else "Hid the product card")


def _message(kind: str, change: list[Any], names: Names) -> Phrase:
    before, after = change
    if after is None:
        return Phrase(f"Cleared “{before['text']}”" if before else "Cleared the message")
    if before and before["id"] == after["id"] and after.get("acked_at") and not before.get("acked_at"):
        return Phrase(f"Saw “{after['text']}”")
    return Phrase(f"Sent “{after['text']}”")


def _question(kind: str, change: list[Any], names: Names) -> Phrase:
    """Without its words: they are a stranger's."""
    before, after = change
    if after is None:
        return Phrase("Took the viewers' question off the host's screen")
    return Phrase("Showed the host another question" if before else "Showed the host a viewers' question")


def _flashes(kind: str, changes: Changes, names: Names) -> Phrase:
    """Flash prices and offers: begun, agreed to, given more time, ended."""
    told = [_flash(kind, int(path.rpartition(".")[2]), before, after, names)
            for path, (before, after) in changes.items() if path.startswith("live.flashes.")]  # fmt: skip
    if not told:
        before, after = changes.get("live.offer", changes.get("live.flashes", [None, None]))
        told = [_offer(kind, before, after, names)] if "live.offer" in changes else [Phrase("Ended all flash prices")]
    return Phrase("; ".join(one.text for one in told), lines=tuple(line for one in told for line in one.lines))


def _flash(kind: str, item_id: int, before: Any, after: Any, names: Names) -> Phrase:
    label = names.label(item_id)
    if after == ABSENT:
        text = "The flash price of {} ended by itself" if kind == "flash_over" else "Ended the flash price of {}"
    elif before != ABSENT and before["id"] == after["id"]:
        length = _between(before["ends_at"], after["ends_at"])
        text = f"{'Gave' if length >= timedelta() else 'Took'} the flash price of {{}} {span(abs(length))}"
    else:
        verb = "Agreed to the flash price of" if after.get("approved_by") else "Flash price for"
        text = f"{verb} {{}}: {_lowered(after, names)} for {span(_between(after['started_at'], after['ends_at']))}"
    return Phrase(text.format(label), lines=(item_id,))


def _offer(kind: str, before: Any, after: Any, names: Names) -> Phrase:
    offer = after or before
    label, line = names.label(offer["item_id"]), (offer["item_id"],)
    if after is not None:
        length = span(timedelta(seconds=after["seconds"]))
        return Phrase(f"Offered a flash price for {label}: {_lowered(after, names)} for {length}", lines=line)
    if kind == "flash_over":
        return Phrase(f"Nobody answered the flash price offered for {label}", lines=line)
    return Phrase(f"Declined the flash price offered for {label}: {_lowered(before, names)}", lines=line)


def _lowered(values: Mapping[str, Any], names: Names) -> str:
    return f"{money(values['was_cents'], names.currency)} → {money(values['price_cents'], names.currency)}"


def _between(earlier: str, later: str) -> timedelta:
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier)


_SMALL: dict[str, Callable[[str, list[Any], Names], Phrase]] = {
    "live.status": _status,
    "live.message": _message,
    "live.question_id": _question,
    "live.item_id": _item,
    "live.armed": _armed,
    "live.image_index": _image,
    "live.card_shown": _card,
    "live.clock.paused_at": _paused,
    "live.clock.added_seconds": _added,
}


# The lineup


def _lineup(changes: Changes, names: Names) -> Phrase:
    added, removed, edited = [], [], []
    for path, (before, after) in changes.items():
        parts = path.split(".")
        if parts[0] != "items":
            continue
        item_id = int(parts[1])
        if len(parts) > 2:
            edited.append((item_id, parts[2], before, after))
        elif after == ABSENT:
            removed.append(item_id)
        elif before == ABSENT:
            added.append(item_id)
    if added and not removed:
        return Phrase(f"Added {_several(added, names)}", lines=tuple(added))
    if removed:
        return _removed(removed, changes, names)
    if edited and all(field == "position" for _, field, _, _ in edited):
        return _moved({item_id: (before, after) for item_id, _, before, after in edited}, names)
    ids = tuple(dict.fromkeys(item_id for item_id, _, _, _ in edited))
    replaced = [
        _edited(field, before, after, names.currency, of=names.label(item_id) if len(ids) > 1 else "")
        for item_id, field, before, after in edited
    ]
    return Phrase(f"Changed {_several(list(ids), names)}", tuple(replaced), ids)


def _removed(removed: list[int], changes: Changes, names: Names) -> Phrase:
    text = f"Took {_several(removed, names)} out of the lineup"
    if "live.item_id" not in changes:
        return Phrase(text, lines=tuple(removed))
    _, heir = changes["live.item_id"]
    after = "nothing is on air" if heir is None else f"{names.label(heir)} came on air"
    return Phrase(f"{text}; {after}", lines=tuple(removed))


def _moved(numbers: Mapping[int, tuple[int, int]], names: Names) -> Phrase:
    """One line travels, the others between shift by one: the traveller is the one that passed the most of them."""
    ranks = {number: rank for rank, number in enumerate(sorted(before for before, _ in numbers.values()))}
    way = {item_id: abs(ranks.get(after, 0) - ranks[before]) for item_id, (before, after) in numbers.items()}
    traveller = max(way, key=way.__getitem__)
    return Phrase(f"Moved {names.label(traveller)} to number {numbers[traveller][1]}", lines=(traveller,))


def _several(item_ids: list[int], names: Names) -> str:
    return names.label(item_ids[0]) if len(item_ids) == 1 else f"{len(item_ids):,} products"


def _edited(field: str, before: Any, after: Any, currency: str, *, of: str) -> Change:
    label = _OVERRIDES.get(field) or _OF_THE_LINE.get(field) or field.replace("_", " ").capitalize()
    return Change(
        f"{of}, {label.lower()}" if of else label, _value(field, before, currency), _value(field, after, currency)
    )


def _value(field: str, value: Any, currency: str) -> str:
    if value is None or value == ABSENT:
        return "as the product" if field in _OVERRIDES else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.endswith("_cents"):
        return money(value, currency)
    return str(value) if value != "" else "none"


def _settings(changes: Changes) -> list[Change]:
    replaced = []
    for path, (before, after) in changes.items():
        section, _, field = path.partition(".")
        if section == "settings":
            replaced.append(Change(setting_name(field), _setting(field, before), _setting(field, after)))
    return replaced


def setting_name(field: str) -> str:
    """What a setting is called."""
    if field.startswith("hosts."):
        return "A host"  # a patch has no names
    return _SETTINGS.get(field) or field.replace("_", " ").capitalize()


def _setting(field: str, value: Any) -> str:
    if field == "scheduled_at" and value:
        return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.startswith("hosts.") and value != ABSENT:
        return {"primary": "primary", "co_host": "co-host"}[value["role"]]
    if isinstance(value, list):
        return ", ".join(str(one.get("text", one) if isinstance(one, dict) else one) for one in value) or "none"
    return "none" if value is None or value == "" or value == ABSENT else str(value)


# Numbers


def money(minor_units: int, currency: str) -> str:
    """Minor units with their mark, as the screens write them: 129900 → ``$1,299.00``."""
    whole, point, part = format_price(abs(minor_units), currency).partition(".")
    amount = f"{int(whole):,}{point}{part}"
    mark = _SYMBOLS.get(currency, f"{currency} ")
    assert len(part) == minor_digits(currency)
    return f"{'-' if minor_units < 0 else ''}{mark}{amount}"


def clock(span: timedelta) -> str:
    """``h:mm:ss``, the seconds begun not counted."""
    seconds = int(span.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def span(length: timedelta) -> str:
    """How long something took, at a glance: ``4 s``, ``2 min 5 s``, ``1 h 10 min``."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds // 60 % 60} min"
