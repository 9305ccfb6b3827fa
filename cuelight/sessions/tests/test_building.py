"""Building a lineup: many items with one command, taken back with one undo. P6, P8, P9."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuelight.errors import Refused
from cuelight.live.kind import Redo, Undo
from cuelight.sessions.command_types import (
    AddItems,
    Jump,
    MoveItems,
    OverrideItems,
    RemoveItem,
    RemoveItems,
    Renumber,
    RevertItems,
    SessionCommand,
    SetStatus,
)
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.tests.desk import MIA, TOM, Desk

FACTS: dict[int, dict[str, Any]] = {
    n: {"images": [], "original_price_cents": 5000, "sale_price_cents": None} for n in range(1, 400)
}


def desk(*numbers: int) -> Desk:
    """Items 101, 102 … at these numbers, of products 1, 2 …"""
    items = [Item(101 + place, 1 + place, number) for place, number in enumerate(numbers)]
    return Desk(Settings("Gold", "gold"), items, FACTS)


def order(state: SessionState) -> list[int]:
    return [item.id for item in state.order]


def numbers(state: SessionState) -> list[int]:
    return [item.position for item in state.order]


def new(*product_ids: int) -> list[Item]:
    return [Item(1000 + product_id, product_id, 0) for product_id in product_ids]


def test_products_put_at_a_place_have_the_numbers_there_and_the_others_move_on() -> None:
    show = desk(1, 5, 10).do(AddItems(new(7, 8), to_index=1))
    assert order(show.state) == [101, 1007, 1008, 102, 103]
    assert numbers(show.state) == [1, 5, 10, 11, 12]
    show.do(Undo())
    assert (order(show.state), numbers(show.state)) == ([101, 102, 103], [1, 5, 10])


def test_a_place_that_is_none_is_refused() -> None:
    assert desk(1, 5).refused(AddItems(new(7), to_index=3))[0] == "invalid_index"
    assert desk(1, 5).refused(MoveItems([101], 2))[0] == "invalid_index"


def test_a_product_that_is_in_already_is_put_in_again_only_when_asked() -> None:
    show = desk(1, 5, 10)
    assert show.refused(AddItems(new(7, 2), once=True)) == ("already_in_lineup", "Already in the lineup as 5")
    assert show.refused(AddItems(new(1, 3), once=True)) == ("already_in_lineup", "Already in the lineup as 1 and 10")
    assert show.refused(AddItems([*new(7), Item(9, 7, 0)], once=True))[0] == "already_in_lineup"
    assert len(show.do(AddItems(new(2), to_index=0)).state.order) == 4


def test_several_keep_their_order_wherever_they_are_put() -> None:
    show = desk(1, 2, 3, 4, 5).do(MoveItems([104, 102], 1))
    assert (order(show.state), numbers(show.state)) == ([101, 102, 104, 103, 105], [1, 2, 3, 4, 5])


def test_a_move_into_a_section_is_one_change() -> None:
    show = desk(1, 2, 3).do(OverrideItems([102, 103], {"section": "Gold"}), MoveItems([101], 1, section="Gold"))
    assert [(item.id, item.section) for item in show.state.order] == [(102, "Gold"), (101, "Gold"), (103, "Gold")]
    show.do(Undo())
    assert [(item.id, item.section) for item in show.state.order] == [(101, ""), (102, "Gold"), (103, "Gold")]


def test_a_section_may_change_without_the_order() -> None:
    show = desk(1, 2).do(MoveItems([102], 1, section="Silver"))
    assert (order(show.state), show.state.item(102).section) == ([101, 102], "Silver")
    assert show.refused(MoveItems([102], 1, section="x" * 101))[0] == "invalid_section"


@pytest.mark.parametrize(("removed", "shown"), [([102], 103), ([102, 103], 104), ([102, 103, 104], 101)])
def test_what_is_on_air_gives_way_to_the_next_that_stays(removed: list[int], shown: int) -> None:
    show = desk(1, 2, 3, 4).do(SetStatus("live"), Jump(2), RemoveItems(removed))
    assert show.state.live.item_id == shown
    assert show.do(Undo()).state.live.item_id == 102


def test_what_is_skipped_gives_way_to_what_is_not() -> None:
    show = desk(1, 2, 3, 4).do(OverrideItems([103], {"skipped": True}), SetStatus("live"), Jump(1))
    assert show.do(RemoveItems([101, 102])).state.live.item_id == 104
    assert show.do(RemoveItems([104])).state.live.item_id == 103


def test_the_whole_lineup_taken_out_leaves_nothing_on_air() -> None:
    assert desk(1, 2).do(RemoveItems([101, 102])).state.live.item_id is None


def test_those_that_are_gone_already_are_no_reason_to_keep_the_rest() -> None:
    show = desk(1, 2, 3).do(RemoveItem(102), by=TOM).do(RemoveItems([101, 102]))
    assert order(show.state) == [103]
    assert show.refused(RemoveItems([101, 102]))[0] == "unknown_item"
    assert show.refused(RemoveItems([101]))[1] == "This item is not in the lineup any more"


def test_one_that_cannot_have_the_value_is_named_and_none_has_it() -> None:
    show = desk(1, 5).do(OverrideItems([102], {"original_price_cents": 1000}))
    reason, message = show.refused(OverrideItems([101, 102], {"sale_price_cents": 2000}))
    assert (reason, message) == ("sale_above_original", "Number 5: The sale price is above the original price")
    assert show.state.item(101).sale_price_cents is None


def test_one_action_gives_all_values_back_to_the_product_and_keeps_what_only_the_line_has() -> None:
    own = {"name": "Hoops", "talking_points_md": "- gold", "original_price_cents": 900, "sale_price_cents": 800}
    line = {"section": "Gold", "planned_seconds": 90, "notes": "last box", "skipped": True}
    show = desk(1, 2).do(OverrideItems([101, 102], own | line), RevertItems([101, 102]))
    item = show.state.item(101)
    assert (item.name, item.talking_points_md, item.original_price_cents, item.sale_price_cents) == (None,) * 4
    assert (item.section, item.planned_seconds, item.notes, item.skipped) == ("Gold", 90, "last box", True)
    assert show.do(Undo()).state.item(102).name == "Hoops"


def test_null_takes_a_section_and_notes_away() -> None:
    show = desk(1).do(OverrideItems([101], {"section": "Gold", "notes": "x"}))
    item = show.do(OverrideItems([101], {"section": None, "notes": None})).state.item(101)
    assert (item.section, item.notes) == ("", "")


def test_numbers_are_made_whole_and_the_gaps_come_back() -> None:
    show = desk(3, 50, 1000).do(Renumber())
    assert numbers(show.state) == [1, 2, 3]
    assert numbers(show.do(Undo()).state) == [3, 50, 1000]


def test_a_line_comes_back_before_the_one_that_has_its_number_now() -> None:
    show = desk(1, 2, 3, 4).do(RemoveItem(102), by=MIA).do(Renumber(), by=TOM).do(Undo(), by=MIA)
    assert (order(show.state), numbers(show.state)) == ([101, 102, 103, 104], [1, 2, 3, 4])
    assert order(show.do(Redo(), by=MIA).state) == [101, 103, 104]


def test_gaps_that_come_back_where_somebody_has_added_meanwhile() -> None:
    show = desk(1, 5).do(Renumber(), by=MIA).do(AddItems(new(7, 8, 9)), by=TOM).do(Undo(), by=MIA)
    assert (order(show.state), numbers(show.state)) == ([101, 1007, 1008, 102, 1009], [1, 3, 4, 5, 6])


# Any sequence


@dataclass
class Wish:
    """What somebody may want, whatever the lineup holds then."""

    kind: str
    picks: list[int] = field(default_factory=list)
    index: int = 0
    text: str = ""


wishes = st.lists(
    st.builds(
        Wish,
        st.sampled_from(["add", "remove", "move", "section", "price", "revert", "renumber", "skip"]),
        st.lists(st.integers(0, 60), min_size=1, max_size=6),
        st.integers(0, 60),
        st.sampled_from(["", "Gold", "Silver"]),
    ),
    max_size=25,
)


def command(wish: Wish, state: SessionState, fresh: int) -> SessionCommand | None:
    """The wish as a command that the lineup can take; None when there is nothing to do it to."""
    if wish.kind == "add":
        items = [Item(fresh * 10 + place, pick % 300 + 1, 0) for place, pick in enumerate(wish.picks)]
        return AddItems(items, to_index=wish.index % (len(state.order) + 1))
    if not state.order:
        return None
    ids = [state.order[pick % len(state.order)].id for pick in wish.picks]
    match wish.kind:
        case "remove":
            return RemoveItems(ids)
        case "move":
            return MoveItems(ids, wish.index % (len(state.order) - len(set(ids)) + 1), section=wish.text or None)
        case "section":
            return OverrideItems(ids, {"section": wish.text})
        case "price":
            return OverrideItems(ids, {"sale_price_cents": 100 + wish.index})
        case "skip":
            return OverrideItems(ids, {"skipped": bool(wish.index % 2)})
        case "revert":
            return RevertItems(ids)
    return Renumber()


@settings(deadline=None)
@given(wishes)
def test_whatever_was_done_undo_brings_the_lineup_back(wanted: list[Wish]) -> None:
    show = desk(1, 5, 10, 11, 40)
    before, entries = show.state, len(show.entries)
    for fresh, wish in enumerate(wanted, start=100):
        wished = command(wish, show.state, fresh)
        if wished is not None:
            show.do(wished)
    for _ in show.entries[entries:].copy():
        show.do(Undo())
    assert (show.state.items, show.state.live) == (before.items, before.live)
    assert show.state.order == before.order


@settings(deadline=None)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=12), st.integers(0, 12))
def test_a_move_loses_and_makes_nothing(picks: list[int], to_index: int) -> None:
    show = desk(*range(3, 63, 5))
    ids = {101 + pick for pick in picks}
    before = show.state
    show.do(MoveItems(sorted(ids), min(to_index, 12 - len(ids))))
    after = show.state
    assert sorted(order(after)) == sorted(order(before))
    assert numbers(after) == numbers(before)
    moved = [item_id for item_id in order(before) if item_id in ids]
    at = order(after).index(moved[0])
    assert order(after)[at : at + len(moved)] == moved
    assert [one for one in order(after) if one not in ids] == [one for one in order(before) if one not in ids]


@settings(deadline=None)
@given(st.lists(st.tuples(wishes.map(lambda some: some[:3]), st.sampled_from([MIA, TOM]), st.booleans()), max_size=12))
def test_two_at_once_never_share_a_number(turns: list[tuple[list[Wish], int, bool]]) -> None:
    show = desk(1, 2, 3, 7)
    fresh = 100
    for wanted, by, takes_back in turns:
        for wish in wanted:
            fresh += 1
            wished = command(wish, show.state, fresh)
            if wished is not None:
                show.do(wished, by=by)
        if takes_back:
            _try(show, Undo(), by)
            _try(show, Redo(), by)
            _try(show, Undo(), by)
        assert len(set(numbers(show.state))) == len(show.state.items)
        assert show.state.live.item_id is None or show.state.on_air is not None


def _try(show: Desk, wanted: Undo | Redo, by: int) -> None:
    """Or it is refused: somebody has changed it since."""
    with suppress(Refused):
        show.do(wanted, by=by)
