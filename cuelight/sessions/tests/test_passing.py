"""What next and previous pass over: (c) 19, and that the browser does the same (``contracts/stepping``)."""

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.errors import Refused
from cuelight.live.kind import Facts
from cuelight.sessions.command_types import Arm, First, Jump, Last, Next, OverrideItem, Previous, RemoveItem
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.passing import edge, is_passed
from cuelight.sessions.state import neighbour
from cuelight.sessions.tests.desk import Desk

CASES = Path(__file__).resolve().parents[3] / "contracts" / "stepping" / "neighbours.json"
#: Products 1 to 3 can be sold, of 4 nobody knows, 5 is sold out.
STOCK = {1: 4, 2: 1, 3: 9, 4: None, 5: 0}
FACTS: Facts = {key: {"stock": stock, "images": []} for key, stock in STOCK.items()}


def desk(*products: int, skipped: tuple[int, ...] = (), **settings: Any) -> Desk:
    """A lineup of these products, numbered from 1; ``skipped`` are numbers."""
    items = [
        Item(100 + number, product, number, skipped=number in skipped) for number, product in enumerate(products, 1)
    ]
    return Desk(Settings("Gold", "gold", **settings), items, FACTS)


def number(show: Desk) -> int:
    assert show.state.on_air is not None
    return show.state.on_air.position


def test_next_and_previous_go_over_what_is_skipped() -> None:
    show = desk(1, 2, 3, 1, skipped=(2, 3))
    assert number(show.do(Next())) == 4
    assert number(show.do(Previous())) == 1


def test_sold_out_is_passed_over_only_where_the_session_says_so() -> None:
    assert number(desk(1, 5, 2).do(Next())) == 2
    assert number(desk(1, 5, 2, skip_sold_out=True).do(Next())) == 3


def test_an_unknown_stock_is_not_sold_out() -> None:
    assert number(desk(1, 4, 2, skip_sold_out=True).do(Next())) == 2


def test_a_number_shows_also_what_is_passed_over() -> None:
    show = desk(1, 5, 2, skipped=(3,), skip_sold_out=True)
    assert number(show.do(Jump(2))) == 2
    assert number(show.do(Jump(3))) == 3
    # From there the show goes on by the same rules.
    assert number(show.do(Previous())) == 1


def test_first_and_last_are_the_first_and_last_that_are_shown() -> None:
    show = desk(1, 2, 3, 1, skipped=(1, 4)).do(Last())
    assert number(show) == 3
    assert number(show.do(First())) == 2
    nothing_left = desk(1, 2, skipped=(1, 2))
    assert number(nothing_left.do(Last())) == 2
    assert number(nothing_left.do(First())) == 1


def test_where_only_skipped_ones_are_left_it_says_so() -> None:
    show = desk(1, 2, 5, skipped=(2,), skip_sold_out=True)
    assert show.refused(Next()) == ("all_skipped", "All products after this are skipped or sold out")
    assert show.refused(Arm()) == ("all_skipped", "All products after this are skipped or sold out")
    assert show.refused(Previous())[0] == "start_of_session"
    show.do(Jump(3))
    assert number(show.do(Previous())) == 1
    round_ = desk(1, 2, 5, skipped=(2,), skip_sold_out=True, wrap=True)
    assert round_.refused(Next()) == ("all_skipped", "All other products are skipped or sold out")


def test_going_round_passes_over_them_too() -> None:
    show = desk(1, 2, 3, 1, skipped=(1, 4), wrap=True).do(Jump(3))
    assert number(show.do(Next())) == 2
    assert number(show.do(Previous())) == 3


def test_ready_then_go_passes_over_them_too() -> None:
    show = desk(1, 2, 3, skipped=(2,)).do(Arm())
    assert show.state.live.armed is not None
    assert show.state.live.armed.item_id == 103


def test_what_is_removed_on_air_gives_way_to_one_that_is_shown() -> None:
    assert number(desk(1, 2, 3, skipped=(2,)).do(RemoveItem(101))) == 3
    assert number(desk(1, 2, skipped=(2,)).do(RemoveItem(101))) == 2


def test_skipping_is_a_change_of_the_line_that_can_be_taken_back() -> None:
    show = desk(1, 2, 3).do(OverrideItem(102, {"skipped": True}))
    assert show.state.items["102"].skipped
    assert number(show.do(Next())) == 3
    assert show.refused(OverrideItem(102, {"skipped": "yes"}))[0] == "invalid_value"


lineups = st.lists(st.tuples(st.sampled_from([1, 4, 5]), st.booleans()), min_size=1, max_size=7)


@given(lineup=lineups, wrap=st.booleans(), sold=st.booleans(), at=st.integers(0, 6), step=st.sampled_from([1, -1]))
def test_a_step_leads_to_the_nearest_that_is_not_passed_over(
    lineup: list[tuple[int, bool]], wrap: bool, sold: bool, at: int, step: int
) -> None:
    at %= len(lineup)
    state = made([{"product": product, "skipped": skipped} for product, skipped in lineup], wrap, sold, at)
    reachable = [place for place in range(len(lineup)) if place != at and (wrap or (place - at) * step > 0)]
    shown = [place for place in reachable if not is_passed(state.order[place], state, FACTS)]
    nearest = min(shown, key=lambda place: (place - at) * step % len(lineup), default=None)
    if nearest is not None:
        assert neighbour(state, step, FACTS) is state.order[nearest]
    elif wrap and len(lineup) == 1:
        assert neighbour(state, step, FACTS) is state.order[0]
    else:
        with pytest.raises(Refused):
            neighbour(state, step, FACTS)


# The same rules in the browser


def made(items: list[dict[str, Any]], wrap: bool, skip_sold_out: bool, at: int | None) -> SessionState:
    lines = [Item(100 + i, one["product"], i + 1, skipped=one["skipped"]) for i, one in enumerate(items)]
    show = Desk(Settings("Gold", "gold", wrap=wrap, skip_sold_out=skip_sold_out), lines, FACTS)
    return show.state if at is None else show.do(Jump(at + 1)).state


def cases() -> list[dict[str, Any]]:
    """Lineups of every sort, and where the keys lead in them."""
    dice = random.Random(19)
    found = []
    for _ in range(300):
        items = [
            {"product": dice.choice([1, 1, 2, 4, 5]), "skipped": dice.random() < 0.35}
            for _ in range(dice.randint(1, 8))
        ]
        wrap, sold, at = dice.random() < 0.5, dice.random() < 0.5, dice.randrange(len(items))
        state = made(items, wrap, sold, at)
        shown = [{"stock": STOCK[one["product"]], "skipped": one["skipped"]} for one in items]
        places = {line.id: place for place, line in enumerate(state.order)}
        found.append(
            {
                "items": shown,
                "wrap": wrap,
                "skip_sold_out": sold,
                "at": at,
                "next": led(state, places, +1),
                "previous": led(state, places, -1),
                "first": places[edge(state, state.order, +1, FACTS).id],
                "last": places[edge(state, state.order, -1, FACTS).id],
            }
        )
    return found


def led(state: SessionState, places: dict[int, int], step: int) -> int | str:
    """A place, or why there is none."""
    try:
        return places[neighbour(state, step, FACTS).id]
    except Refused as refused:
        return refused.reason


def test_the_recorded_steps_are_the_rules() -> None:
    if os.environ.get("CUELIGHT_RECORD"):
        CASES.parent.mkdir(parents=True, exist_ok=True)
        rows = ",\n".join(json.dumps(one) for one in cases())
        CASES.write_text(f"[\n{rows}\n]\n")
    recorded = json.loads(CASES.read_text())
    assert recorded == cases()
    assert {one["next"] for one in recorded if isinstance(one["next"], str)} == {"all_skipped", "end_of_session"}
