"""A live session as screens are told of it: the JSON of snapshots and broadcasts. Pure.

A host and an overlay never see notes, stock of others, or cost: what they get is built here from named fields only.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

import msgspec
from msgspec import structs

from cuelight.catalog import markdown
from cuelight.catalog.pictures import THUMBNAIL_WIDTH
from cuelight.live.kind import Facts
from cuelight.sessions.lineup import Item, SessionState

Product = Mapping[str, Any]

#: A product that was read before its row came, or whose row is gone: the lineup still shows its line.
UNKNOWN: Product = {
    "name": "",
    "short_name": "",
    "talking_points_md": "",
    "talking_points_html": "",
    "original_price_cents": None,
    "sale_price_cents": None,
    "pid": None,
    "sku": "",
    "stock": None,
    "images": [],
}


#: What a line has of its own and no product does.
OF_THE_LINE = (
    "id",
    "position",
    "product_id",
    "section",
    "planned_seconds",
    "warn_seconds",
    "danger_seconds",
    "skipped",
    "document_id",
)


class LivePayload(TypedDict):
    """``state_changed`` on ``session:{id}:state``: all that a key press can change."""

    version: int
    lineup_version: int
    status: str
    item_id: int | None
    image_index: int
    card_shown: bool
    started_at: str | None
    message: dict[str, Any] | None
    question_id: int | None
    clock: dict[str, Any]
    armed: dict[str, Any] | None
    flashes: dict[str, Any]
    offer: dict[str, Any] | None
    actor_id: int | None
    kind: str
    at: str | None


def live(state: SessionState) -> LivePayload:
    now, latest = state.live, state.latest
    return {
        "version": latest.version,
        "lineup_version": latest.lineup_version,
        "status": now.status,
        "item_id": now.item_id,
        "image_index": now.image_index,
        "card_shown": now.card_shown,
        "started_at": now.started_at,
        "message": structs.asdict(now.message) if now.message else None,
        "question_id": now.question_id,
        "clock": structs.asdict(now.clock),
        "armed": structs.asdict(now.armed) if now.armed else None,
        "flashes": {item_id: structs.asdict(flash) for item_id, flash in now.flashes.items()},
        "offer": structs.asdict(now.offer) if now.offer else None,
        "actor_id": latest.actor_id,
        "kind": latest.kind,
        "at": latest.at,
    }


def item(line: Item, facts: Facts, *, for_crew: bool) -> dict[str, Any]:
    """One line of the lineup with its effective values: the override, else the product's."""
    product = facts.get(line.product_id, UNKNOWN)
    own = {
        name: value
        for name in ("name", "talking_points_md", "original_price_cents", "sale_price_cents")
        if (value := getattr(line, name)) is not None
    }
    shown: dict[str, Any] = {name: product[name] for name in UNKNOWN} | own
    shown |= {name: getattr(line, name) for name in OF_THE_LINE}
    if line.name is not None:
        shown["short_name"] = ""  # of the product's own name; this one has none
    if line.talking_points_md is not None:
        shown["talking_points_html"] = markdown.render(line.talking_points_md)
    if for_crew:
        shown |= {"notes": line.notes, "overridden": list(own)}
        if own:
            shown["of_product"] = {name: product[name] for name in own}
    return shown


def items(state: SessionState, facts: Facts, *, for_crew: bool) -> list[dict[str, Any]]:
    return [item(line, facts, for_crew=for_crew) for line in state.order]


def session(state: SessionState, *, for_crew: bool) -> dict[str, Any]:
    settings: dict[str, Any] = msgspec.to_builtins(state.settings)
    settings["hosts"] = list(settings["hosts"].values())
    if not for_crew:
        del settings["notes"], settings["presets"]
    return {"id": state.id, "studio_id": state.studio_id, "currency": state.currency, **settings}


class CardPayload(TypedDict):
    """``card_changed`` on ``air:{studio_id}``: what the public may see of the session on air, and nothing else.

    ``since`` and ``version`` order two cards: a session that went live later wins, then the higher version.
    """

    session_id: int | None
    since: str | None
    version: int
    shown: bool
    product: dict[str, Any] | None


NO_CARD: CardPayload = {"session_id": None, "since": None, "version": 0, "shown": False, "product": None}


def card(state: SessionState, facts: Facts) -> CardPayload:
    shown = state.live.status == "live" and state.live.card_shown and state.on_air is not None
    return {
        "session_id": state.id,
        "since": state.live.started_at,
        "version": state.latest.version,
        "shown": shown,
        "product": _card_product(state, facts) if shown else None,
    }


def _srcset(image: Mapping[str, Any]) -> str | None:
    """A card is small on most canvases: ten of them need not draw ten large pictures. None: only the large one."""
    if not image["thumbnail_url"] or (image["width"] or 0) <= THUMBNAIL_WIDTH:
        return None
    return f"{image['thumbnail_url']} {THUMBNAIL_WIDTH}w, {image['url']} {image['width']}w"


def _card_product(state: SessionState, facts: Facts) -> dict[str, Any] | None:
    line = state.on_air
    if line is None:
        return None
    shown = item(line, facts, for_crew=False)
    images = shown["images"]
    image = images[min(state.live.image_index, len(images) - 1)] if images else None
    flash = state.live.flashes.get(str(line.id))
    return {
        "number": line.position,
        "name": shown["name"],
        "short_name": shown["short_name"],
        "original_price_cents": shown["original_price_cents"],
        "sale_price_cents": shown["sale_price_cents"],
        "flash": {"price_cents": flash.price_cents, "ends_at": flash.ends_at} if flash else None,
        "currency": state.currency,
        "sold_out": shown["stock"] == 0,
        "image_url": image["url"] if image else None,
        "image_srcset": _srcset(image) if image else None,
    }
