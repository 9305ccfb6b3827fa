"""The rules of an alert queue, without a database: B5.5, T21, (c) 18, (d4) "Alerts"."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from cuelight.errors import CuelightError, NotFound, Refused
from cuelight.live.kind import Command, Redo, Undo
from cuelight.streams import alert_payloads
from cuelight.streams.alert_command_types import (
    Advance,
    Approve,
    Begun,
    Clear,
    Dismiss,
    Enqueue,
    Hold,
    Pause,
    Release,
    Replay,
    Resume,
    Skip,
    Withdraw,
)
from cuelight.streams.alert_state import KINDS, MOST_RECENT, MOST_WAITING, alive, in_order, moment
from cuelight.streams.tests.alert_scenes import GO, KIND, NOBODY, PACE, SHOWS, THREE, At, Recorder, alert, words


def after(*commands: Command) -> Recorder:
    recorder = Recorder()
    for command in commands:
        recorder.do(command)
    return recorder


def shows(recorder: Recorder) -> int | None:
    showing = recorder.state.showing
    return showing.alert.id if showing else None


def waiting(recorder: Recorder) -> list[int]:
    return [one.id for one in in_order(recorder.state)]


def over(recorder: Recorder) -> dict[int, str]:
    return {past.alert.id: past.how for past in recorder.state.recent.values()}


def test_by_priority_then_as_it_came() -> None:
    recorder = after(THREE, Enqueue([alert(4, "raid", priority=2)]))
    assert waiting(recorder) == [3, 4, 2, 1]
    recorder.do(GO)
    assert (shows(recorder), waiting(recorder)) == (3, [4, 2, 1])


def test_one_at_a_time_with_a_gap_between() -> None:
    recorder = after(*SHOWS)
    assert not recorder.do(GO)
    recorder.do(At(8.2))
    assert not recorder.do(GO)
    recorder.do(At(0.05))
    assert recorder.do(GO)
    assert (shows(recorder), over(recorder)) == (2, {3: "shown"})


def test_nothing_starts_while_nobody_draws_it_and_while_it_is_paused() -> None:
    recorder = after(THREE)
    assert not recorder.do(NOBODY)
    recorder.do(Pause())
    assert not recorder.do(GO)
    recorder.do(Resume())
    assert recorder.do(GO)


def test_what_shows_is_shown_to_its_end_when_it_is_paused() -> None:
    recorder = after(*SHOWS, Pause(), At(8.25), GO)
    assert (shows(recorder), over(recorder), waiting(recorder)) == (None, {3: "shown"}, [2, 1])


def test_what_no_overlay_has_begun_is_the_next_one_again() -> None:
    recorder = after(THREE, GO, At(60), NOBODY)
    assert (shows(recorder), waiting(recorder)) == (None, [3, 2, 1])
    recorder.do(GO)
    assert shows(recorder) == 3
    recorder.do(Begun(3))
    recorder.do(At(60))
    recorder.do(GO)
    assert over(recorder) == {3: "shown"}


def test_after_three_tries_it_is_missed_and_can_be_shown_by_hand() -> None:
    recorder = after(THREE)
    for _ in range(3):
        recorder.do(GO)
        assert shows(recorder) == 3
        recorder.do(At(9))
    recorder.do(GO)
    assert (shows(recorder), over(recorder)) == (2, {3: "missed"})
    recorder.do(Replay(3))
    assert waiting(recorder) == [3, 1]
    assert over(recorder) == {}


def test_an_overlay_that_was_cut_off_says_late_what_it_has_drawn() -> None:
    recorder = after(THREE, GO, At(60), NOBODY, Begun(3), GO)
    assert (shows(recorder), over(recorder)) == (2, {3: "shown"})
    recorder = after(Enqueue([alert(3)]), GO, At(60), NOBODY, At(600), NOBODY)
    assert over(recorder) == {3: "missed"}
    recorder.do(Begun(3))
    assert over(recorder) == {3: "shown"}


def test_saying_it_twice_or_of_something_else_changes_nothing() -> None:
    recorder = after(THREE, GO, Begun(3))
    assert not recorder.do(Begun(3))
    assert not recorder.do(Begun(2))
    assert not recorder.do(Begun(99))
    recorder = after(*SHOWS, At(9), GO, Replay(3), Skip(), At(1), GO)
    assert shows(recorder) == 3
    assert not recorder.do(Begun(3, run=0))
    assert recorder.do(Begun(3, run=1))


def test_what_waits_too_long_is_missed() -> None:
    recorder = after(THREE, At(599), Enqueue([alert(4, "raid")]), At(2), NOBODY)
    assert over(recorder) == {1: "missed", 2: "missed", 3: "missed", 4: "missed"}


def test_what_nobody_really_did_never_shows_on_a_live_stream() -> None:
    live = Advance(overlays=True, tests=True, rehearsals=False)
    recorder = after(Enqueue([alert(1, rehearsal=True), alert(2)]), live)
    assert (shows(recorder), over(recorder)) == (2, {1: "missed"})
    recorder = after(Enqueue([alert(1, rehearsal=True)]), GO)
    assert shows(recorder) == 1
    recorder.do(live)
    assert shows(recorder) is None
    assert waiting(recorder) == []


def test_a_test_shows_where_only_tests_are_drawn_and_is_over_all_the_same() -> None:
    tests = Advance(overlays=False, tests=True, rehearsals=True)
    recorder = after(THREE, Enqueue([alert(4, "raid", is_test=True)], head=True))
    recorder.do(tests)
    assert shows(recorder) == 4
    recorder.do(At(9))
    recorder.do(tests)
    assert (shows(recorder), over(recorder)) == (None, {4: "shown"})


def test_the_same_one_is_put_in_once() -> None:
    recorder = after(THREE)
    assert not recorder.do(THREE)
    recorder.do(GO)
    recorder.do(Skip())
    assert not recorder.do(THREE)


def test_when_it_is_full_the_least_gives_way_but_follows_push_out_no_raid() -> None:
    recorder = after(Enqueue([alert(1, "raid"), *(alert(number) for number in range(2, MOST_WAITING + 1))]))
    recorder.do(Enqueue([alert(100)]))
    assert len(recorder.state.queue) == MOST_WAITING
    assert over(recorder) == {2: "missed"}
    recorder.do(Enqueue([alert(101, "order", priority=1)]))
    assert over(recorder) == {2: "missed", 1: "missed"}
    precious = after(Enqueue([alert(number, "raid") for number in range(1, MOST_WAITING + 1)]), Enqueue([alert(60)]))
    assert over(precious) == {60: "missed"}
    assert "60" not in precious.state.queue


def test_skip_means_the_one_that_was_seen() -> None:
    recorder = after(*SHOWS)
    assert not recorder.do(Skip(2))
    recorder.do(Skip(3))
    assert not recorder.do(Skip(3))
    assert over(recorder) == {3: "skipped"}
    assert not recorder.do(GO)
    recorder.do(At(0.25))
    recorder.do(GO)
    assert shows(recorder) == 2
    with pytest.raises(Refused, match="No alert shows"):
        after(Skip())


def test_clear_can_be_taken_back_exactly() -> None:
    recorder = after(*SHOWS)
    before = recorder.state
    recorder.do(Clear())
    assert (waiting(recorder), over(recorder)) == ([], {2: "dismissed", 1: "dismissed"})
    recorder.do(Enqueue([alert(4)]))
    recorder.do(Undo())
    assert {key: recorder.state.queue[key] for key in before.queue} == before.queue
    assert waiting(recorder) == [2, 1, 4]
    assert over(recorder) == {}
    recorder.do(Redo())
    assert waiting(recorder) == [4]


def test_an_undo_brings_back_neither_what_was_shown_nor_what_was_taken_away_since() -> None:
    recorder = after(THREE, Clear(), Replay(3), GO, Begun(3), Withdraw([2]), Undo())
    assert (shows(recorder), waiting(recorder)) == (3, [1])
    recorder = after(Enqueue([alert(1)]), Clear(), Replay(1), GO)
    with pytest.raises(Refused, match="since"):
        recorder.do(Undo())


def test_a_dismissed_one_can_be_taken_back_and_one_that_shows_is_skipped() -> None:
    recorder = after(THREE, Dismiss(2))
    assert over(recorder) == {2: "dismissed"}
    recorder.do(Undo())
    assert waiting(recorder) == [3, 2, 1]
    recorder.do(GO)
    with pytest.raises(Refused, match="skip it instead"):
        recorder.do(Dismiss(3))
    with pytest.raises(NotFound):
        recorder.do(Dismiss(99))


def test_a_pause_can_be_taken_back() -> None:
    recorder = after(Pause(), THREE, Undo())
    assert not recorder.state.paused
    recorder.do(Redo())
    assert recorder.state.paused


def test_one_whose_name_nobody_may_read_waits_for_a_yes() -> None:
    recorder = after(Enqueue([alert(1, "donation", priority=3, text=False, stopped=True), alert(2)]), GO)
    assert shows(recorder) == 2
    recorder.do(Approve(1))
    recorder.do(Skip())
    recorder.do(At(1))
    recorder.do(GO)
    assert shows(recorder) == 1


def test_panic_freezes_what_shows_and_gives_it_the_rest_of_its_time() -> None:
    recorder = after(*SHOWS, At(3))
    before = recorder.state
    recorder.do(Hold())
    assert not recorder.do(Hold())
    recorder.do(At(1000))
    assert not recorder.do(GO)
    recorder.do(Release())
    now = recorder.state
    assert before.showing is not None
    assert now.showing is not None
    assert moment(now.showing.until) - recorder.now == timedelta(seconds=5)
    stood = timedelta(seconds=1000)
    assert {one.id: moment(one.since) - stood for one in now.queue.values()} == {
        one.id: moment(one.since) for one in before.queue.values()
    }
    assert (now.showing.alert, now.showing.begun, now.paused) == (before.showing.alert, True, False)
    recorder.do(At(5.25))
    recorder.do(GO)
    assert shows(recorder) == 2


def test_what_moderation_takes_away_leaves_no_trace() -> None:
    recorder = after(*SHOWS, At(9), GO, Withdraw([1, 2, 3, 77]))
    assert (shows(recorder), waiting(recorder), over(recorder)) == (None, [], {})
    with pytest.raises(NotFound):
        recorder.do(Replay(3))


def test_an_overlay_is_told_nothing_that_viewers_may_not_see() -> None:
    said = words()
    recorder = after(Enqueue([alert(3, "donation", text=False), alert(5, "order")]), GO)
    public = alert_payloads.overlay(recorder.state, said, PACE)
    assert public.keys() == {"version", "paused", "held", "held_at", "gap_ms", "waiting", "showing"}
    event = public["showing"]["event"]
    assert "text" not in event
    assert event["user"] == {"id": "", "name": "Nia Example", "color": "#8fb1f7"}
    recorder.do(Approve(3))
    assert "Lisbon" in alert_payloads.overlay(recorder.state, said, PACE)["showing"]["event"]["text"]
    said[5]["body"]["detail"] = {"item": "Gold hoops", "order_id": "A-1", "sku": "GH"}
    for command in (Skip(), At(1), GO):
        recorder.do(command)
    ordered = alert_payloads.overlay(recorder.state, said, PACE)["showing"]["event"]
    assert ordered["detail"] == {"item": "Gold hoops"}
    assert "user" not in ordered
    assert alert_payloads.crew(recorder.state, said, PACE, overlays=1)["showing"]["event"]["detail"]["sku"] == "GH"


# Any order of commands.

IDS = some.integers(1, 12)
ARRIVING = some.lists(
    some.builds(
        alert,
        some.integers(1, 120),
        some.sampled_from(KINDS),
        priority=some.integers(0, 3),
        text=some.booleans(),
        stopped=some.booleans(),
        is_test=some.booleans(),
        rehearsal=some.booleans(),
    ),
    max_size=30,
    unique_by=lambda one: one.id,
)
COMMANDS = some.one_of(
    some.builds(Enqueue, ARRIVING, some.booleans()),
    some.builds(Advance, some.booleans(), some.booleans(), some.booleans()),
    some.just(GO),
    some.builds(Begun, IDS, some.integers(0, 1)),
    some.sampled_from([Pause(), Resume(), Skip(), Clear(), Hold(), Release(), Undo(), Redo()]),
    some.builds(Replay, IDS),
    some.builds(Approve, IDS),
    some.builds(Dismiss, IDS),
    some.builds(Withdraw, some.lists(IDS, max_size=3)),
    some.builds(At, some.sampled_from([0.1, 1.0, 9.0, 300.0])),
)


def tried(recorder: Recorder, command: Command) -> bool:
    try:
        return recorder.do(command)
    except CuelightError:
        return False


@settings(max_examples=300, deadline=None)
@given(some.lists(COMMANDS, max_size=60))
def test_whatever_happens_one_shows_at_a_time_and_each_once(commands: list[Command]) -> None:
    recorder = Recorder()
    drawn: set[tuple[int, int]] = set()
    withdrawn: set[int] = set()
    for command in commands:
        before = recorder.state
        if not tried(recorder, command):
            continue
        state = recorder.state
        if isinstance(command, Withdraw):
            withdrawn |= set(command.ids) & (alive(before).keys() | {int(key) for key in before.recent})
        if isinstance(command, Enqueue):
            # A row is put in once: its id never comes again after moderation.
            withdrawn -= alive(state).keys()
        assert len(state.queue) <= MOST_WAITING
        assert len(state.recent) <= MOST_RECENT
        assert all(int(key) == one.id for key, one in state.queue.items())
        places = [*state.queue, *state.recent, *([str(state.showing.alert.id)] if state.showing else [])]
        assert len(places) == len(set(places))
        assert not withdrawn & {int(key) for key in places}
        showing = state.showing
        has_begun = showing is not None and (before.showing is None or before.showing.since != showing.since)
        if showing is not None and has_begun and isinstance(command, Advance):
            # What an overlay has said it draws never starts again by itself.
            assert (showing.alert.id, showing.alert.run) not in drawn
            assert not before.paused
            assert before.held_at is None
            assert not showing.alert.stopped
        if showing is not None and showing.begun:
            drawn.add((showing.alert.id, showing.alert.run))
        if isinstance(command, Enqueue | Withdraw):
            drawn = {one for one in drawn if one[0] in {int(key) for key in places}}


@settings(max_examples=150, deadline=None)
@given(some.lists(COMMANDS, max_size=40))
def test_whatever_was_before_clearing_and_panic_restore_it(commands: list[Command]) -> None:
    recorder = Recorder()
    for command in commands:
        tried(recorder, command)
    tried(recorder, Release())
    before = recorder.state
    if tried(recorder, Clear()):
        recorder.do(Undo())
        assert recorder.state.queue == before.queue
        assert recorder.state.showing == before.showing
    before = recorder.state
    recorder.do(Hold())
    recorder.do(At(77))
    recorder.do(Release())
    stood = timedelta(seconds=77)

    def since(one: Any) -> Any:
        return {alert.id: moment(alert.since) for alert in one.queue.values()}

    assert since(recorder.state) == {key: at + stood for key, at in since(before).items()}
    assert list(recorder.state.queue) == list(before.queue)
    assert (recorder.state.paused, recorder.state.recent) == (before.paused, before.recent)
    if before.showing is not None:
        assert recorder.state.showing is not None
        assert moment(recorder.state.showing.until) == moment(before.showing.until) + stood


@settings(max_examples=100, deadline=None)
@given(some.lists(COMMANDS, max_size=40))
def test_a_head_that_is_read_again_is_the_same(commands: list[Command]) -> None:
    recorder = Recorder()
    for command in commands:
        tried(recorder, command)
    assert KIND.load({"state": KIND.dump(recorder.state), "studio_id": 1}, []) == recorder.state


def test_the_clock_says_nothing_where_nothing_is_due() -> None:
    recorder = after(*SHOWS)
    assert not recorder.do(GO)
    assert not recorder.do(NOBODY)
    assert after(NOBODY).entries == []
