"""What next and previous pass over: lines that are skipped, and where the session says so what is sold out. Pure.

The browser has the same rules (``frontend/src/sessions/passing.ts``); ``contracts/stepping`` holds both to them.
"""

from cuelight.errors import Refused
from cuelight.live.kind import Facts
from cuelight.sessions.lineup import Item, SessionState


def is_sold_out(item: Item, facts: Facts) -> bool:
    """None in stock, as far as the catalogue knows: an unknown stock is not sold out."""
    return facts.get(item.product_id, {}).get("stock") == 0


def is_passed(item: Item, state: SessionState, facts: Facts) -> bool:
    """Whether next and previous go over it; its number still shows it."""
    return item.skipped or (state.settings.skip_sold_out and is_sold_out(item, facts))


def neighbour(state: SessionState, items: tuple[Item, ...], step: int, facts: Facts) -> Item:
    """The item before (-1) or after (+1) the one on air; past the ends only where the session wraps.

    From nowhere: the first. Raises Refused ``end_of_session``, ``start_of_session`` or ``all_skipped``.
    """
    if state.on_air is None:
        return edge(state, items, +1, facts)
    place = state.place
    ahead, behind = (items[place + 1 :], items[:place]) if step > 0 else (items[:place][::-1], items[place + 1 :][::-1])
    reached = (*ahead, *behind) if state.settings.wrap else ahead
    found = next((item for item in reached if not is_passed(item, state, facts)), None)
    if found is not None:
        return found
    if state.settings.wrap and len(items) == 1:
        return items[0]
    if reached:
        where = (
            "All other products" if state.settings.wrap else f"All products {'after' if step > 0 else 'before'} this"
        )
        raise Refused("all_skipped", f"{where} are skipped or sold out")
    if step > 0:
        raise Refused("end_of_session", "End of session reached")
    raise Refused("start_of_session", "Already at first product")


def edge(state: SessionState, items: tuple[Item, ...], step: int, facts: Facts) -> Item:
    """The first (+1) or last (-1) that is not passed over; where all are, the very first or last: a show must begin."""
    ordered = items if step > 0 else items[::-1]
    return next((item for item in ordered if not is_passed(item, state, facts)), ordered[0])


def heir(state: SessionState, item: Item, facts: Facts) -> Item | None:
    """What takes the place of the item on air when that is removed: the next; else the one before; else none.

    One that is passed over only where nothing else is left.
    """
    place = state.order.index(item)
    left = (*state.order[place + 1 :], *state.order[:place][::-1])
    return next((one for one in left if not is_passed(one, state, facts)), left[0] if left else None)
