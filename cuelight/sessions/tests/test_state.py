"""The rules of a live session, row by row: A3.4, A4.2-A4.8, A6.8, A7.3, P1, P2, P6, T2, T3, T8."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cuelight.errors import CuelightError
from cuelight.live.kind import Command, Entry, Facts
from cuelight.live.patch import reverse
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    AddTime,
    Arm,
    ClearMessage,
    ClearQuestion,
    Delete,
    Disarm,
    First,
    Go,
    HideCard,
    Jump,
    Last,
    MoveItem,
    Next,
    NextImage,
    OverrideItem,
    PauseClock,
    PinQuestion,
    Previous,
    PreviousImage,
    RemoveItem,
    ResumeClock,
    SendMessage,
    SessionCommand,
    SetStatus,
    ShowCard,
    ShowImage,
    UpdateSettings,
)
from cuelight.sessions.editing import MESSAGE_LENGTH
from cuelight.sessions.lineup import Armed, Item, SessionState, Settings
from cuelight.sessions.state import MOST_ITEMS, decide, evolve

AT = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
#: Products 1 to 3 have three pictures, 4 has one, 5 has none.
FACTS: Facts = {
    product: {"images": [{}] * count, "original_price_cents": 5000, "sale_price_cents": None}
    for product, count in {1: 3, 2: 3, 3: 3, 4: 1, 5: 0}.items()
}


def entry(state: SessionState, event: Any, actor_id: int = 7) -> Entry:
    return Entry(state.latest.version + 1, event, actor_id, "key", AT, UUID(int=state.latest.version + 1))


def do(state: SessionState, *commands: SessionCommand) -> SessionState:
    for command in commands:
        event = decide(state, command, FACTS, AT)
        if event is not None:
            state = evolve(state, entry(state, event))
    return state


def refusal(state: SessionState, command: SessionCommand) -> tuple[str, str]:
    with pytest.raises(CuelightError) as caught:
        decide(state, command, FACTS, AT)
    return caught.value.reason, caught.value.message


def session(*numbers: int, **settings: Any) -> SessionState:
    empty = SessionState(1, 1, "USD", Settings("Gold", "gold", **settings))
    items = [Item(100 + number, (place % 5) + 1, number) for place, number in enumerate(numbers)]
    return do(empty, AddItems(items)) if items else empty


SPARSE = session(1, 5, 10)


def number_on_air(state: SessionState) -> int | None:
    return state.on_air.position if state.on_air else None


def test_a_new_lineup_shows_its_lowest_number_and_first_picture() -> None:
    state = session(10, 1, 5)
    assert (number_on_air(state), state.live.image_index) == (1, 0)


def test_jump_lands_on_the_number_and_its_first_picture() -> None:
    state = do(SPARSE, NextImage(), Jump(10))
    assert (number_on_air(state), state.live.image_index) == (10, 0)


@pytest.mark.parametrize("number", [999, 2, 0, -1, 10**20])
def test_jump_refuses_a_number_that_is_not_in_the_lineup(number: int) -> None:
    assert refusal(SPARSE, Jump(number)) == ("invalid_position", "Invalid product number")


def test_next_and_previous_go_by_number_with_gaps() -> None:
    state = do(SPARSE, NextImage(), Next())
    assert (number_on_air(state), state.live.image_index) == (5, 0)
    assert number_on_air(do(state, Next())) == 10
    assert number_on_air(do(state, Previous())) == 1


def test_the_ends_stop_with_a_sentence() -> None:
    assert refusal(do(SPARSE, Last()), Next()) == ("end_of_session", "End of session reached")
    assert refusal(SPARSE, Previous()) == ("start_of_session", "Already at first product")


def test_a_session_that_wraps_goes_round() -> None:
    state = session(1, 5, 10, wrap=True)
    assert number_on_air(do(state, Previous())) == 10
    assert number_on_air(do(state, Last(), Next())) == 1


def test_first_and_last_are_the_lowest_and_highest_number() -> None:
    assert number_on_air(do(SPARSE, Last())) == 10
    assert number_on_air(do(SPARSE, Last(), First())) == 1


def test_jumping_to_what_is_on_air_changes_nothing() -> None:
    assert decide(SPARSE, Jump(1), FACTS, AT) is None


def test_pictures_go_round() -> None:
    indexes, state = [], SPARSE
    for _ in range(4):
        indexes.append(state.live.image_index)
        state = do(state, NextImage())
    assert indexes == [0, 1, 2, 0]
    assert do(SPARSE, PreviousImage()).live.image_index == 2


def test_a_product_without_pictures_says_so() -> None:
    state = do(session(1, 2, 3, 4, 5), Jump(5))
    for command in (NextImage(), PreviousImage(), ShowImage(0)):
        assert refusal(state, command)[0] == "no_images"


def test_a_picture_that_is_not_there_is_refused() -> None:
    assert refusal(SPARSE, ShowImage(3)) == ("invalid_image", "This product has 3 pictures")
    assert do(SPARSE, ShowImage(2)).live.image_index == 2


@pytest.mark.parametrize("command", [Jump(1), Next(), Previous(), First(), Last(), NextImage(), ShowImage(0)])
def test_an_empty_session_has_no_products(command: SessionCommand) -> None:
    assert refusal(session(), command)[0] == "no_products"


def test_a_message_is_shown_acknowledged_once_and_cleared() -> None:
    state = do(SPARSE, SendMessage("m1", "  12 left, hurry ", "red"))
    assert state.live.message is not None
    assert (state.live.message.id, state.live.message.text, state.live.message.color) == ("m1", "12 left, hurry", "red")
    assert state.live.message.acked_at is None
    seen = do(state, AckMessage())
    assert seen.live.message is not None
    assert seen.live.message.acked_at == AT.isoformat()
    assert decide(seen, AckMessage(), FACTS, AT) is None
    assert do(seen, ClearMessage()).live.message is None


def test_a_message_must_say_something_and_not_too_much() -> None:
    assert refusal(SPARSE, SendMessage("m", " \n "))[0] == "empty_message"
    assert refusal(SPARSE, SendMessage("m", "x" * (MESSAGE_LENGTH + 1)))[0] == "message_too_long"
    assert refusal(SPARSE, SendMessage("m", "hi", "pink"))[0] == "invalid_color"
    assert refusal(SPARSE, AckMessage())[0] == "no_message"


def test_an_acknowledgement_cannot_be_undone() -> None:
    state = do(SPARSE, SendMessage("m", "hi"))
    event = decide(state, AckMessage(), FACTS, AT)
    assert event is not None
    assert not event.undoable


def test_a_question_is_shown_until_it_is_cleared_or_another_is() -> None:
    state = do(SPARSE, PinQuestion(7))
    assert state.live.question_id == 7
    assert do(state, Next(), SendMessage("m", "hi"), ClearMessage()).live.question_id == 7
    assert do(state, PinQuestion(9)).live.question_id == 9
    assert do(state, ClearQuestion()).live.question_id is None
    assert do(state, ClearQuestion(7)).live.question_id is None
    for unchanged, command in (
        (state, PinQuestion(7)), (SPARSE, ClearQuestion()), (SPARSE, ClearQuestion(7)), (state, ClearQuestion(9)),
    ):  # fmt: skip
        assert decide(unchanged, command, FACTS, AT) is None


def test_the_card_is_shown_and_hidden() -> None:
    assert do(SPARSE, ShowCard()).live.card_shown
    assert not do(SPARSE, ShowCard(), HideCard()).live.card_shown


def test_a_session_goes_from_draft_to_live_to_complete_and_nowhere_else() -> None:
    live = do(SPARSE, SetStatus("live"))
    assert (live.live.status, live.live.started_at) == ("live", AT.isoformat())
    complete = do(live, SetStatus("complete"))
    assert complete.live.status == "complete"
    for state, wanted in [(SPARSE, "complete"), (live, "draft"), (complete, "live"), (SPARSE, "paused"), (SPARSE, "")]:
        assert refusal(state, SetStatus(wanted))[0] == "invalid_status"


def test_a_rehearsal_leads_back_to_draft_and_nowhere_else() -> None:
    rehearsal = do(SPARSE, SetStatus("rehearsal"))
    assert (rehearsal.live.status, rehearsal.live.started_at) == ("rehearsal", AT.isoformat())
    live = do(SPARSE, SetStatus("live"))
    complete = do(live, SetStatus("complete"))
    steps = [(rehearsal, "live"), (rehearsal, "complete"), (live, "rehearsal"), (complete, "rehearsal")]
    sentences = [refusal(state, SetStatus(wanted)) for state, wanted in steps]
    assert {reason for reason, _ in sentences} == {"invalid_status"}
    assert len({sentence for _, sentence in sentences}) == 4


def test_what_was_done_in_a_rehearsal_is_gone_with_it() -> None:
    busy = [Jump(10), NextImage(), SendMessage("m", "hi"), PinQuestion(7), ShowCard(), Arm(5)]
    over = do(SPARSE, SetStatus("rehearsal"), *busy, SetStatus("draft"))
    assert over.live == SPARSE.live
    empty = do(session(), SetStatus("rehearsal"), ShowCard(), SetStatus("draft"))
    assert empty.live == session().live


def test_arming_stages_and_shows_nothing() -> None:
    state = do(SPARSE, Arm())
    assert state.live.armed == Armed(105, AT.isoformat())
    assert number_on_air(state) == 1
    assert do(SPARSE, Arm(), Go()).live.armed is None
    assert number_on_air(do(SPARSE, Arm(10), Go())) == 10
    for disarming in (Arm(1), Disarm(), Jump(10), RemoveItem(105)):
        assert do(state, disarming).live.armed is None
    for command in (NextImage(), ShowCard(), SetStatus("live"), MoveItem(105, 2), Jump(1)):
        assert do(state, command).live.armed == state.live.armed
    assert do(do(state, SetStatus("live")), SetStatus("complete")).live.armed is None
    event = decide(SPARSE, Arm(), FACTS, AT)
    assert event is not None
    assert not event.undoable


def test_arming_refuses_what_moving_would() -> None:
    assert refusal(do(SPARSE, Last()), Arm()) == refusal(do(SPARSE, Last()), Next())
    assert refusal(SPARSE, Arm(7)) == refusal(SPARSE, Jump(7))
    assert refusal(session(), Arm()) == refusal(session(), Next())
    assert refusal(SPARSE, Go()) == ("not_armed", "Nothing is armed")
    assert decide(SPARSE, Disarm(), FACTS, AT) is None
    assert decide(SPARSE, Arm(1), FACTS, AT) is None
    wrapping = do(session(1, 5, wrap=True), Last(), Arm(), Go())
    assert number_on_air(wrapping) == 1


def test_adding_keeps_numbers_unique_and_the_item_on_air() -> None:
    state = do(SPARSE, Jump(5), AddItems([Item(200, 1, 0), Item(201, 2, 7)]))
    assert [item.position for item in state.order] == [1, 5, 7, 10, 11]
    assert number_on_air(state) == 5
    assert refusal(state, AddItems([Item(202, 1, 7)]))[0] == "position_taken"


def test_a_lineup_has_a_size() -> None:
    many = [Item(number, 1, 0) for number in range(1, MOST_ITEMS + 2)]
    assert refusal(session(), AddItems(many))[0] == "lineup_full"


def test_removing_the_item_on_air_shows_the_next_else_the_previous_else_none() -> None:
    state = do(SPARSE, Jump(5), RemoveItem(105))
    assert number_on_air(state) == 10
    state = do(state, RemoveItem(110))
    assert number_on_air(state) == 1
    state = do(state, RemoveItem(101))
    assert (state.live.item_id, state.order) == (None, ())


def test_removing_another_item_leaves_what_is_on_air() -> None:
    state = do(SPARSE, Jump(5), NextImage(), RemoveItem(101))
    assert (number_on_air(state), state.live.image_index) == (5, 1)
    assert refusal(state, RemoveItem(101))[0] == "unknown_item"


def test_moving_an_item_keeps_the_set_of_numbers() -> None:
    state = do(SPARSE, MoveItem(110, 0))
    assert [(item.id, item.position) for item in state.order] == [(110, 1), (101, 5), (105, 10)]
    assert state.live.item_id == 101
    assert refusal(SPARSE, MoveItem(110, 3))[0] == "invalid_index"


def test_an_override_is_set_and_taken_back() -> None:
    state = do(SPARSE, OverrideItem(101, {"name": "Gold hoops", "sale_price_cents": 1999, "notes": "last box"}))
    item = state.item(101)
    assert (item.name, item.sale_price_cents, item.notes) == ("Gold hoops", 1999, "last box")
    timed = do(state, OverrideItem(101, {"planned_seconds": 86_400, "warn_seconds": 15, "danger_seconds": 15}))
    assert (timed.item(101).planned_seconds, timed.item(101).warn_seconds) == (86_400, 15)
    assert do(timed, OverrideItem(101, {"planned_seconds": None})).item(101).planned_seconds is None
    cleared = do(state, OverrideItem(101, {"name": "", "sale_price_cents": None}))
    assert (cleared.item(101).name, cleared.item(101).sale_price_cents) == (None, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sale_price_cents": 5001}, "sale_above_original"),
        ({"original_price_cents": 100, "sale_price_cents": 101}, "sale_above_original"),
        ({"sale_price_cents": 0}, "invalid_price"),
        ({"sale_price_cents": -5}, "invalid_price"),
        ({"sale_price_cents": 19.99}, "invalid_value"),
        ({"name": "x" * 501}, "invalid_name"),
        ({"product_id": 9}, "unknown_field"),
        ({"section": "x" * 101}, "invalid_section"),
        ({"notes": "\0"}, "invalid_value"),
        ({"planned_seconds": 0}, "invalid_duration"),
        ({"planned_seconds": -60}, "invalid_duration"),
        ({"planned_seconds": 86_401}, "invalid_duration"),
        ({"planned_seconds": 10**30}, "invalid_duration"),
        ({"planned_seconds": True}, "invalid_value"),
        ({"planned_seconds": "240"}, "invalid_value"),
        ({"planned_seconds": 240.0}, "invalid_value"),
        ({"planned_seconds": [240]}, "invalid_value"),
        ({"warn_seconds": 0}, "invalid_duration"),
        ({"danger_seconds": 86_401}, "invalid_duration"),
        ({"warn_seconds": 30, "danger_seconds": 31}, "danger_above_warn"),
        ({"warn_seconds": 14}, "danger_above_warn"),  # the session's danger is 15
        ({"danger_seconds": 61}, "danger_above_warn"),
    ],
)
def test_an_impossible_override_is_refused(changes: dict[str, Any], reason: str) -> None:
    assert refusal(SPARSE, OverrideItem(101, changes))[0] == reason


def test_settings_change_by_name() -> None:
    state = do(SPARSE, UpdateSettings({"wrap": True, "name": "Silver", "scheduled_at": "2026-11-27T18:00:00Z"}))
    assert (state.settings.wrap, state.settings.name) == (True, "Silver")
    assert state.latest.lineup_version == state.latest.version


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": "  "}, "invalid_name"),
        ({"duration_minutes": 0}, "invalid_duration"),
        ({"wrap": "yes"}, "invalid_value"),
        ({"scheduled_at": "tomorrow"}, "invalid_value"),
        ({"scheduled_at": "2026-11-27T18:00:00"}, "invalid_time"),
        ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, "invalid_time"),
        ({"studio_id": 2}, "unknown_field"),
        ({"slug": "x"}, "unknown_field"),
        ({"name": "A\0"}, "invalid_value"),
        ({"warn_seconds": 0}, "invalid_duration"),
        ({"warn_seconds": 3601}, "invalid_duration"),
        ({"warn_seconds": True}, "invalid_value"),
        ({"danger_seconds": 0}, "invalid_duration"),
        ({"danger_seconds": 61}, "danger_above_warn"),
        ({"danger_seconds": None}, "invalid_value"),
        ({"freeze_at_zero": 1}, "invalid_value"),
        ({"arming": "true"}, "invalid_value"),
        ({"presets": None}, "invalid_value"),
        ({"presets": {"text": "hi", "color": "red"}}, "invalid_value"),
        ({"presets": ["hi"]}, "invalid_value"),
        ({"presets": [{"text": "hi"}]}, "invalid_value"),
        ({"presets": [{"text": 7, "color": "red"}]}, "invalid_value"),
        ({"presets": [{"text": " ", "color": "red"}]}, "empty_message"),
        ({"presets": [{"text": "a\0b", "color": "red"}]}, "invalid_value"),
        ({"presets": [{"text": "x" * 501, "color": "red"}]}, "message_too_long"),
        ({"presets": [{"text": "hi", "color": "pink"}]}, "invalid_color"),
        ({"presets": [{"text": "hi", "color": "red"}] * 13}, "too_many_presets"),
    ],
)
def test_impossible_settings_are_refused(changes: dict[str, Any], reason: str) -> None:
    assert refusal(SPARSE, UpdateSettings(changes))[0] == reason


def test_deleting_empties_everything() -> None:
    state = do(SPARSE, Delete())
    assert (state.order, state.live.status, state.latest.kind) == ((), "deleted", "deleted")


def test_only_lineup_and_settings_move_the_lineup_version() -> None:
    state = do(SPARSE, Next(), SendMessage("m", "hi"))
    assert (state.latest.version, state.latest.lineup_version) == (3, 1)
    assert do(state, RemoveItem(101)).latest.lineup_version == 4


presets = st.lists(st.fixed_dictionaries({"text": st.sampled_from(["hi", " hurry "]), "color": st.just("red")}))


def any_command() -> st.SearchStrategy[Command]:
    item_ids = st.sampled_from([101, 105, 110, 300])
    return st.one_of(
        st.sampled_from(
            [Next(), Previous(), First(), Last(), NextImage(), PreviousImage(), ClearMessage(), AckMessage()]
        ),
        st.sampled_from([ShowCard(), HideCard(), Arm(), Arm(10), Go(), Disarm(), PauseClock(), ResumeClock()]),
        st.builds(SetStatus, st.sampled_from(["draft", "rehearsal", "live", "complete"])),
        st.builds(AddTime, st.sampled_from([60, -60, 3600])),
        st.builds(Jump, st.sampled_from([1, 5, 10, 11, 99])),
        st.builds(SendMessage, st.just("m"), st.sampled_from(["hi", "hurry", ""]), st.sampled_from(["red", "blue"])),
        st.one_of(st.just(ClearQuestion()), st.builds(PinQuestion, st.integers(7, 9))),
        st.builds(RemoveItem, item_ids),
        st.builds(MoveItem, item_ids, st.integers(0, 3)),
        st.builds(
            OverrideItem, item_ids, st.fixed_dictionaries({"sale_price_cents": st.none() | st.integers(1, 6000)})
        ),
        st.builds(UpdateSettings, st.fixed_dictionaries({"wrap": st.booleans(), "presets": presets})),
        st.builds(AddItems, st.lists(st.builds(Item, st.just(300), st.integers(1, 5), st.integers(0, 12)), max_size=1)),
    )


@given(st.lists(any_command(), max_size=30))
def test_whatever_happens_the_session_stays_sound_and_every_change_can_be_swapped_back(commands: list[Any]) -> None:
    state = SPARSE
    for command in commands:
        try:
            event = decide(state, command, FACTS, AT)
        except CuelightError:
            continue
        if event is None:
            continue
        after = evolve(state, entry(state, event))
        assert (after.on_air is None) == (not after.order)
        running = after.live.status in ("live", "rehearsal")
        assert (after.live.clock.since is not None) == (running and after.on_air is not None)
        assert after.live.armed is None or str(after.live.armed.item_id) in after.items
        assert [item.position for item in after.order] == sorted({item.position for item in after.items.values()})
        swapped = type(event)("undo", reverse(event.changes), reverses=after.latest.version)
        undone = evolve(after, entry(after, swapped))
        assert undone.live.armed in (None, state.live.armed)  # a move disarms, also back
        as_it_was = replace(state.live, armed=undone.live.armed)
        assert (undone.live, undone.items, undone.settings) == (as_it_was, state.items, state.settings)
        state = after
