"""Panic and hidden widgets: pure rules, and that whatever is done can be taken back."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.errors import Invalid
from cuelight.live import patch
from cuelight.live.kind import Entry
from cuelight.widgets.state import (
    EndPanic,
    HideWidget,
    OverlaysCommand,
    OverlaysState,
    ShowWidget,
    StartPanic,
    decide,
    evolve,
)

AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def after(state: OverlaysState, command: OverlaysCommand) -> OverlaysState:
    event = decide(state, command, AT)
    return state if event is None else evolve(state, Entry(state.version + 1, event, 1, "key", AT, uuid4()))


def test_panic_hides_everything_and_its_end_restores_exactly() -> None:
    before = after(OverlaysState(7), HideWidget("product_card"))
    panicking = after(before, StartPanic())
    assert panicking.panic is not None
    assert panicking.hidden == {"product_card": True}
    restored = after(panicking, EndPanic())
    assert (restored.panic, restored.hidden) == (before.panic, before.hidden)


def test_what_is_so_already_changes_nothing() -> None:
    state = OverlaysState(7)
    assert decide(state, EndPanic(), AT) is None
    assert decide(state, ShowWidget("product_card"), AT) is None
    assert decide(after(state, StartPanic()), StartPanic(), AT) is None


def test_a_widget_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid):
        decide(OverlaysState(7), HideWidget("panic.at"), AT)


commands = st.sampled_from([StartPanic(), EndPanic(), HideWidget("product_card"), ShowWidget("product_card")])


@given(st.lists(commands, max_size=30))
def test_every_change_reversed_leads_back(done: list[OverlaysCommand]) -> None:
    states, changes = [OverlaysState(7)], []
    for command in done:
        event = decide(states[-1], command, AT)
        if event is not None:
            changes.append(event.changes)
            states.append(evolve(states[-1], Entry(states[-1].version + 1, event, 1, "key", AT, uuid4())))
    state = states[-1]
    for change in reversed(changes):
        state = patch.apply(state, patch.reverse(change))
    assert (state.panic, state.hidden) == (None, {})
