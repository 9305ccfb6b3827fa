"""Flash prices: a lower price for a while, that goes back by itself. Pure.

One belongs to a line of the lineup and runs on when the show moves to another product. Nothing is written into the
line: what is charged is the flash price until ``ends_at``, whoever looks. Screens stop showing it then by themselves;
``over`` takes it out of the state soon after, so that nobody can undo or extend what has passed.

Where a session asks for a second person's yes, a price is first an ``Offer``.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from cuelight.errors import Invalid, Refused
from cuelight.live.kind import Facts
from cuelight.live.patch import ABSENT
from cuelight.sessions.clock import RUNNING
from cuelight.sessions.lineup import Flash, Item, Offer, SessionState

#: How far below what is charged, in percent.
LEAST_OFF, MOST_OFF = 1, 90
#: How long, in seconds.
SHORTEST, LONGEST = 10, 3600
#: An offer that nobody answers is worth nothing after this.
OFFERED_FOR = timedelta(minutes=2)
#: At once; they are in the head, which every key press writes.
MOST_RUNNING = 20

Values = dict[str, Any]


def charged(item: Item, facts: Facts) -> int | None:
    """What a line costs without any flash: the sale price, else the price; its own, else the product's."""
    product = facts.get(item.product_id, {})
    for name in ("sale_price_cents", "original_price_cents"):
        own = getattr(item, name)
        price: int | None = own if own is not None else product.get(name)
        if price is not None:
            return price
    return None


def lowered(price_cents: int | None, percent: int | None, was_cents: int) -> int:
    """The flash price, of either a price or percent off. Raises Invalid for both or none, Refused for too much."""
    if (price_cents is None) == (percent is None):
        raise Invalid("invalid", "A flash price is a price or percent off, one of the two")
    if percent is not None:
        if not LEAST_OFF <= percent <= MOST_OFF:
            raise Refused("flash_out_of_range", f"A flash price is {LEAST_OFF} to {MOST_OFF} % below what is charged")
        price_cents = (was_cents * (100 - percent) + 50) // 100
        if not 0 < price_cents < was_cents:
            raise Refused("flash_out_of_range", f"A price this small cannot go down by {percent} %")
        return price_cents
    assert price_cents is not None
    if not was_cents * (100 - MOST_OFF) <= price_cents * 100 <= was_cents * (100 - LEAST_OFF) or price_cents <= 0:
        raise Refused("flash_out_of_range", f"A flash price is {LEAST_OFF} to {MOST_OFF} % below what is charged")
    return price_cents


def start(
    state: SessionState,
    item: Item,
    *,
    price_cents: int | None,
    percent: int | None,
    seconds: int,
    id: str,
    by: str,
    facts: Facts,
    at: datetime,
) -> Values:
    """A flash price from now on; an offer of one where the session asks for a second person."""
    _running_show(state)
    if not SHORTEST <= seconds <= LONGEST:
        raise Refused("flash_too_long", "A flash price lasts between 10 seconds and 60 minutes")
    was_cents = charged(item, facts)
    if was_cents is None:
        raise Refused("no_price", "This product has no price to go below")
    price = lowered(price_cents, percent, was_cents)
    if not state.settings.approve_prices:
        return _begin(state, Flash(id, price, was_cents, at.isoformat(), _after(at, seconds), by), item.id)
    pending = offer_of(state, at)
    if pending is not None and pending.by != by:
        raise Refused("offer_pending", "Another price waits for an answer; answer that one first")
    return {"live.offer": Offer(id, item.id, price, was_cents, seconds, by, at.isoformat())}


def approve(state: SessionState, offer_id: str | None, *, by: str, at: datetime) -> Values:
    """A second person's yes: the offered price begins now."""
    offer = _offered(state, offer_id, at)
    if offer.by == by:
        raise Refused("own_offer", "Somebody else must agree to the price that you offer")
    _running_show(state)
    state.item(offer.item_id)
    flash = Flash(
        offer.id,
        offer.price_cents,
        offer.was_cents,
        at.isoformat(),
        _after(at, offer.seconds),
        offer.by,
        approved_by=by,
    )
    return _begin(state, flash, offer.item_id) | {"live.offer": None}


def decline(state: SessionState, offer_id: str | None, at: datetime) -> Values:
    """No, or taken back by whoever offered."""
    _offered(state, offer_id, at)
    return {"live.offer": None}


def extend(state: SessionState, item: Item, seconds: int, at: datetime) -> Values:
    """More time for what runs, up to an hour from now."""
    flash = _running(state, item, at)
    if seconds < 1:
        raise Invalid("invalid", "Say how many seconds to add")
    ends_at = datetime.fromisoformat(flash.ends_at) + timedelta(seconds=min(seconds, LONGEST))
    if ends_at - at > timedelta(seconds=LONGEST):
        raise Refused("flash_too_long", "A flash price ends within 60 minutes")
    return {f"live.flashes.{item.id}": structs.replace(flash, ends_at=ends_at.isoformat())}


def end(state: SessionState, item: Item, at: datetime) -> Values:
    """Back to what was charged, now."""
    _running(state, item, at)
    return {f"live.flashes.{item.id}": ABSENT}


def over(state: SessionState, at: datetime) -> Values:
    """Without what has ended by itself. Nothing to do for the second process that says so."""
    values: Values = {f"live.flashes.{key}": ABSENT for key, flash in state.live.flashes.items() if not runs(flash, at)}
    if state.live.offer is not None and offer_of(state, at) is None:
        values["live.offer"] = None
    return values


def due_at(state: SessionState) -> datetime | None:
    """When ``over`` next has something to do."""
    moments = [datetime.fromisoformat(flash.ends_at) for flash in state.live.flashes.values()]
    if state.live.offer is not None:
        moments.append(datetime.fromisoformat(state.live.offer.at) + OFFERED_FOR)
    return min(moments, default=None)


def none_left(state: SessionState) -> Values:
    """The show is over: so is every flash price."""
    live = state.live
    return {
        **({"live.flashes": {}} if live.flashes else {}),
        **({"live.offer": None} if live.offer is not None else {}),
    }


def without(state: SessionState, item: Item) -> Values:
    """What goes when the line goes."""
    offer = state.live.offer
    return {
        **({f"live.flashes.{item.id}": ABSENT} if str(item.id) in state.live.flashes else {}),
        **({"live.offer": None} if offer is not None and offer.item_id == item.id else {}),
    }


def runs(flash: Flash, at: datetime) -> bool:
    return at < datetime.fromisoformat(flash.ends_at)


def offer_of(state: SessionState, at: datetime) -> Offer | None:
    """The offer that waits, unless it has waited too long."""
    offer = state.live.offer
    return offer if offer is not None and at < datetime.fromisoformat(offer.at) + OFFERED_FOR else None


def _begin(state: SessionState, flash: Flash, item_id: int) -> Values:
    others = state.live.flashes.keys() - {str(item_id)}
    if len(others) >= MOST_RUNNING:
        raise Refused("too_many_flashes", f"At most {MOST_RUNNING} flash prices run at the same time")
    return {f"live.flashes.{item_id}": flash}


def _running(state: SessionState, item: Item, at: datetime) -> Flash:
    flash = state.live.flashes.get(str(item.id))
    if flash is None or not runs(flash, at):
        raise Refused("no_flash", "No flash price runs for this product")
    return flash


def _offered(state: SessionState, offer_id: str | None, at: datetime) -> Offer:
    """The offer that is meant: who says yes has seen this one and no other."""
    offer = offer_of(state, at)
    if offer is None or (offer_id is not None and offer.id != offer_id):
        raise Refused("no_offer", "This offer is not open any more")
    return offer


def _running_show(state: SessionState) -> None:
    if state.live.status not in RUNNING:
        raise Refused("not_running", "A flash price needs a show that is live or rehearsed")


def _after(at: datetime, seconds: int) -> str:
    return (at + timedelta(seconds=seconds)).isoformat()
