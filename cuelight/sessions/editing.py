"""What people may type into a session: its settings, a line's own values, messages. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import structs

from cuelight.errors import Invalid, Refused
from cuelight.live.kind import Facts
from cuelight.live.patch import ABSENT
from cuelight.sessions.lineup import Host, Item, Preset, Settings

MESSAGE_LENGTH = 500
COLORS = ("amber", "blue", "green", "red", "purple", "gray")
MOST_PRESETS = 12
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LENGTH = 60
MOST_HOSTS = 12
HOST_ROLES = ("primary", "co_host")
#: How the product card can look; what each is, is the widget's business.
CARD_THEMES = ("standard", "minimal", "bold", "elegant")
OVERRIDABLE = ("name", "talking_points_md", "original_price_cents", "sale_price_cents")
TIMES = ("planned_seconds", "warn_seconds", "danger_seconds")
CHANGEABLE = (
    "name", "notes", "wrap", "host_may_drive", "scheduled_at", "duration_minutes", "warn_seconds", "danger_seconds",
    "freeze_at_zero", "arming", "presets", "hosts", "skip_sold_out", "card_theme", "approve_prices", "is_template",
    "is_archived",
)  # fmt: skip
DAY_SECONDS = 24 * 60 * 60
TOO_EARLY = "Red at {} s before the end would come before amber at {} s"


def update_settings(settings: Settings, changes: Mapping[str, Any]) -> dict[str, Any]:
    only(changes, CHANGEABLE)
    hosts = hosts_after(settings.hosts, changes["hosts"]) if "hosts" in changes else settings.hosts
    changed = converted({**msgspec.to_builtins(settings), **changes, "hosts": msgspec.to_builtins(hosts)}, Settings)
    if not 0 < len(changed.name.strip()) <= 200:
        raise Invalid("invalid_name", "The name of a session has 1 to 200 characters")
    if not 1 <= changed.duration_minutes <= 24 * 60:
        raise Invalid("invalid_duration", "A session lasts between 1 minute and 24 hours")
    if changed.scheduled_at is not None:
        moment = converted(changed.scheduled_at, datetime)
        if moment.tzinfo is None:
            raise Invalid("invalid_time", "A time needs its zone, such as 2026-11-27T18:00:00Z")
        changed = structs.replace(changed, scheduled_at=in_utc(moment))
    if not (1 <= changed.warn_seconds <= 3600 and 1 <= changed.danger_seconds <= 3600):
        raise Invalid("invalid_duration", "The clock turns amber and red between 1 second and 1 hour before the end")
    if changed.danger_seconds > changed.warn_seconds:
        raise Invalid("danger_above_warn", TOO_EARLY.format(changed.danger_seconds, changed.warn_seconds))
    if changed.card_theme not in CARD_THEMES:
        raise Invalid("invalid_theme", f"The theme of the card is one of: {', '.join(CARD_THEMES)}")
    changed = structs.replace(changed, presets=possible(changed.presets))
    plain = {f"settings.{name}": getattr(changed, name) for name in changes if name != "hosts"}
    return plain | {f"settings.hosts.{key}": hosts.get(key, ABSENT) for key in [*settings.hosts, *hosts]}


def slug_of_draft(text: str, status: str) -> str:
    """A short name that a session may take. Raises Invalid, Refused ``slug_is_used``."""
    slug = text.strip()
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LENGTH:
        raise Invalid(
            "invalid_slug", f"A short name has 1 to {SLUG_LENGTH} lower-case letters and digits, with hyphens between"
        )
    if status != "draft":
        raise Refused("slug_is_used", "The short name can be changed while the session is a draft")
    return slug


def hosts_after(hosts: Mapping[str, Host], change: Any) -> dict[str, Host]:
    """Who is on camera: ``change`` is ``{person id: role or null}`` of those who come, change and go, or the list of
    all. Raises Invalid."""
    if isinstance(change, dict):
        roles = converted(change, dict[int, str | None], str_keys=True)
        kept = {key: host for key, host in hosts.items() if roles.get(host.person_id, host.role) is not None}
        after = kept | {str(one): Host(one, role) for one, role in roles.items() if role is not None}
    else:
        listed = converted(change, list[Host])
        after = {str(host.person_id): host for host in listed}
        if len(after) < len(listed):
            raise Invalid("host_twice", "This person is a host of the session already")
    if len(after) > MOST_HOSTS:
        raise Invalid("too_many_hosts", f"A session has at most {MOST_HOSTS} hosts")
    if any(host.role not in HOST_ROLES for host in after.values()):
        raise Invalid("invalid_role", "A host is primary or co_host")
    return after


def possible(presets: list[Preset]) -> list[Preset]:
    """Ready messages as they are kept. Raises Invalid."""
    if len(presets) > MOST_PRESETS:
        raise Invalid("too_many_presets", f"There are at most {MOST_PRESETS} ready messages")
    return [Preset(sayable(preset.text), known(preset.color)) for preset in presets]


def in_utc(moment: datetime) -> str:
    """As Python writes it: what msgspec reads ("…z") is more than fromisoformat does."""
    try:
        return moment.astimezone(UTC).isoformat()
    except OverflowError as error:
        raise Invalid("invalid_time", "A session cannot be that long ago") from error


def override_item(item: Item, changes: Mapping[str, Any], facts: Facts, settings: Settings) -> dict[str, Any]:
    """The item's own values; null or an empty text goes back to the product's, of the times to the session's."""
    only(changes, {*OVERRIDABLE, *TIMES, "section", "notes", "skipped", "document_id"})
    values = {name: None if name in OVERRIDABLE and value == "" else value for name, value in changes.items()}
    values |= {name: "" for name in ("section", "notes") if name in changes and changes[name] is None}
    changed = checked(converted({**structs.asdict(item), **values}, Item))
    product = facts.get(item.product_id, {})
    original = changed.original_price_cents or product.get("original_price_cents")
    sale = changed.sale_price_cents or product.get("sale_price_cents")
    if original and sale and sale > original:
        raise Invalid("sale_above_original", "The sale price is above the original price")
    if {"warn_seconds", "danger_seconds"} & changes.keys():
        warn = changed.warn_seconds or settings.warn_seconds
        danger = changed.danger_seconds or settings.danger_seconds
        if danger > warn:
            raise Invalid("danger_above_warn", TOO_EARLY.format(danger, warn))
    return {f"items.{item.id}.{name}": getattr(changed, name) for name in changes}


def checked(item: Item) -> Item:
    """An item whose own values are possible. Raises Invalid."""
    if item.name is not None and not 0 < len(item.name) <= 500:
        raise Invalid("invalid_name", "A product name has 1 to 500 characters")
    if len(item.section) > 100:
        raise Invalid("invalid_section", "A section has at most 100 characters")
    if any(not 0 < seconds <= DAY_SECONDS for name in TIMES if (seconds := getattr(item, name)) is not None):
        raise Invalid("invalid_duration", "The times of a product are between 1 second and 24 hours")
    prices = [price for price in (item.sale_price_cents, item.original_price_cents) if price is not None]
    if any(not 0 < price < 10**12 for price in prices):
        raise Invalid("invalid_price", "Price must be positive")
    if prices != sorted(prices):
        raise Invalid("sale_above_original", "The sale price is above the original price")
    return item


def sayable(text: str) -> str:
    text = text.strip()
    if "\0" in text:
        raise Invalid("invalid_value", "A message must not contain a NUL character")
    if not text:
        raise Invalid("empty_message", "Type a message first")
    if len(text) > MESSAGE_LENGTH:
        raise Invalid("message_too_long", f"A message has at most {MESSAGE_LENGTH} characters, this one {len(text)}")
    return text


def known(color: str) -> str:
    if color not in COLORS:
        raise Invalid("invalid_color", f"The color of a message is one of: {', '.join(COLORS)}")
    return color


def only(changes: Mapping[str, Any], allowed: Collection[str]) -> None:
    for name, value in changes.items():
        if isinstance(value, str) and "\0" in value:
            raise Invalid("invalid_value", f"{name} must not contain a NUL character")
        if name not in allowed:
            raise Invalid(
                "unknown_field", f"There is no field {name!r} to change; there are: {', '.join(sorted(allowed))}"
            )


def converted(values: Any, kind: Any, *, str_keys: bool = False) -> Any:
    """Values from outside as their type; ``str_keys``: keys that are numbers came as JSON has them. Raises Invalid with
    what is wrong where."""
    try:
        return msgspec.convert(values, kind, str_keys=str_keys)
    except msgspec.ValidationError as error:
        raise Invalid("invalid_value", f"{error}") from error
