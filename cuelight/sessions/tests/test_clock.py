"""The show clock against a simple model, and what undo makes of it: features (d3), (c) 16."""

import random
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from cuelight.errors import CuelightError, Refused
from cuelight.live import undo
from cuelight.live.journal import entry_of
from cuelight.live.kind import Command, Redo, Undo
from cuelight.sessions import clock
from cuelight.sessions.command_types import (
    AddItems,
    AddTime,
    Arm,
    ClearQuestion,
    Disarm,
    Go,
    Jump,
    Next,
    NextImage,
    PauseClock,
    PinQuestion,
    Previous,
    RemoveItem,
    ResumeClock,
    SendMessage,
    SetStatus,
    ShowCard,
)
from cuelight.sessions.lineup import Clock, Item, SessionState, Settings
from cuelight.sessions.tests.desk import KIND, TOM, Desk
from cuelight.sessions.tests.test_state import FACTS


class ShortShow(Desk):
    """Numbers 1, 5 and 10."""

    def __init__(self) -> None:
        super().__init__(Settings("Gold", "gold"), [Item(101, 1, 1), Item(105, 2, 5), Item(110, 3, 10)], FACTS)

    @property
    def clock(self) -> Clock:
        return self.state.live.clock

    @property
    def elapsed(self) -> float | None:
        """What a screen would show now."""
        return elapsed(self.clock, self.now)


def elapsed(shown: Clock, now: datetime) -> float | None:
    if shown.since is None:
        return None
    until = datetime.fromisoformat(shown.paused_at) if shown.paused_at else now
    return (until - datetime.fromisoformat(shown.since)).total_seconds()


@pytest.fixture
def desk() -> ShortShow:
    """On air since START."""
    made = ShortShow()
    made.do(SetStatus("live"))
    return made


def test_the_clock_starts_with_the_show_and_anew_with_every_item() -> None:
    desk = ShortShow()
    desk.do(Next(), Previous())
    assert desk.clock == Clock()
    desk.wait(5)
    desk.do(SetStatus("live"))
    desk.wait(30)
    desk.do(NextImage(), ShowCard(), SendMessage("m", "hi"))
    assert desk.elapsed == 30
    desk.do(Next())
    assert desk.clock == Clock(since=desk.now.isoformat())
    desk.do(SetStatus("complete"))
    assert desk.clock == Clock()


def test_a_rehearsal_has_a_clock_too() -> None:
    desk = ShortShow()
    desk.do(SetStatus("rehearsal"))
    desk.wait(10)
    assert desk.elapsed == 10
    desk.do(SetStatus("draft"))
    assert desk.clock == Clock()


def test_a_pause_does_not_count(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(PauseClock())
    desk.wait(100)
    assert desk.elapsed == 20
    desk.do(PauseClock())  # again: nothing
    assert desk.elapsed == 20
    desk.do(ResumeClock())
    desk.wait(5)
    desk.do(ResumeClock())
    assert (desk.elapsed, desk.clock.paused_at) == (25, None)


def test_a_pause_that_began_by_a_clock_ahead_of_ours_takes_no_time_away(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(PauseClock())
    desk.wait(-3)
    desk.do(ResumeClock())
    assert desk.elapsed == 17


def test_time_is_added_and_taken_away_within_an_hour(desk: ShortShow) -> None:
    desk.do(AddTime(60), AddTime(-90))
    assert desk.clock.added_seconds == -30
    desk.do(AddTime(3630))
    assert desk.clock.added_seconds == 3600
    sentence = "At most one hour can be added to a product's time, or taken away from it"
    assert desk.refused(AddTime(1)) == ("too_much_time", sentence)
    assert desk.refused(AddTime(-7201)) == ("too_much_time", sentence)
    assert desk.refused(AddTime(10**18))[0] == "too_much_time"
    desk.do(AddTime(-7200))
    assert desk.clock.added_seconds == -3600
    assert desk.refused(AddTime(0))[0] == "invalid"


@pytest.mark.parametrize("command", [PauseClock(), ResumeClock(), AddTime(60)])
def test_no_clock_runs_before_or_after_the_show_nor_without_products(command: Command) -> None:
    desk = ShortShow()
    assert desk.refused(command) == ("clock_not_running", "The clock runs once the show is live")
    desk.do(SetStatus("live"), RemoveItem(101), RemoveItem(105), RemoveItem(110))
    assert desk.clock == Clock()
    assert desk.refused(command)[0] == "no_products"
    desk.do(AddItems([Item(200, 1, 1)]))
    assert desk.elapsed == 0
    desk.do(SetStatus("complete"))
    assert desk.refused(command)[0] == "clock_not_running"


def test_undoing_a_move_brings_the_clock_back_as_if_it_had_gone_on(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(AddTime(60), Next())
    desk.wait(4)
    desk.do(Undo())
    assert (desk.elapsed, desk.clock.added_seconds) == (24, 60)
    desk.wait(2)
    desk.do(Redo())
    assert desk.elapsed == 6


def test_a_clock_that_was_paused_comes_back_paused(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(PauseClock(), Next())
    desk.wait(100)
    assert desk.clock.paused_at is None
    desk.do(Undo())
    assert (desk.elapsed, desk.clock.paused_at is not None) == (20, True)
    desk.do(Undo())
    assert (desk.elapsed, desk.clock.paused_at) == (120, None)


def test_somebody_who_pauses_is_in_the_way_of_no_undo_of_a_move(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(Next())
    desk.do(PauseClock(), AddTime(60), by=TOM)
    desk.do(Undo())
    assert (desk.state.live.item_id, desk.elapsed, desk.clock.added_seconds) == (101, 20, 0)


def test_a_minute_given_to_another_product_is_not_taken_back_in_its_place(desk: ShortShow) -> None:
    desk.do(AddTime(60))
    desk.do(Next(), AddTime(60), by=TOM)
    with pytest.raises(undo.Superseded) as caught:
        desk.do(Undo())
    assert caught.value.actor_id == TOM
    assert desk.clock.added_seconds == 60


def test_a_refused_undo_names_who_moved_and_not_who_paused_after() -> None:
    desk = ShortShow()
    desk.do(SetStatus("live"), Jump(5))
    desk.do(Jump(10), by=TOM)
    desk.do(PauseClock(), by=9)
    with pytest.raises(undo.Superseded) as caught:
        desk.do(Undo())
    assert caught.value.actor_id == TOM


def test_undoing_the_end_of_the_show_lets_its_clock_go_on(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(SetStatus("complete"))
    desk.wait(5)
    desk.do(Undo())
    assert (desk.state.live.status, desk.elapsed) == ("live", 25)


def test_a_product_removed_on_air_and_brought_back_has_its_clock(desk: ShortShow) -> None:
    desk.wait(20)
    desk.do(RemoveItem(101))
    assert (desk.state.live.item_id, desk.elapsed) == (105, 0)
    desk.do(Undo())
    assert (desk.state.live.item_id, desk.elapsed) == (101, 20)


def test_a_clock_from_too_long_ago_starts_anew(desk: ShortShow) -> None:
    """Only so many are remembered."""
    moves = clock.KEPT // 2 + 1
    for _ in range(moves):
        desk.do(Next(), Previous())
    desk.wait(50)
    desk.do(*[Undo() for _ in range(2 * moves)])
    assert (desk.state.live.item_id, desk.elapsed) == (101, 0)
    assert len(desk.state.former) == clock.KEPT


class Model:
    """A stop watch, as one would write it who knows nothing of patches."""

    def __init__(self) -> None:
        self.counted, self.added, self.going = 0.0, 0, True

    def tick(self, seconds: float) -> None:
        self.counted += seconds if self.going else 0


STEPS = st.one_of(
    st.floats(0, 600).map(lambda seconds: round(seconds, 3)),
    st.sampled_from([PauseClock(), ResumeClock(), Next(), Previous(), NextImage(), ShowCard()]),
    st.builds(AddTime, st.integers(-2000, 2000)),
)


@given(st.lists(STEPS, max_size=40))
def test_whatever_is_pressed_the_clock_shows_what_a_stop_watch_would(steps: list[Any]) -> None:
    desk, model = ShortShow(), Model()
    desk.do(SetStatus("live"))
    for step in steps:
        if isinstance(step, float | int):
            desk.wait(step)
            model.tick(step)
            continue
        on_air = desk.state.live.item_id
        try:
            desk.do(step)
        except CuelightError:
            continue
        if desk.state.live.item_id != on_air:
            model = Model()
        elif isinstance(step, PauseClock):
            model.going = False
        elif isinstance(step, ResumeClock):
            model.going = True
        elif isinstance(step, AddTime):
            model.added += step.seconds
        assert abs(model.added) <= clock.MOST_ADDED
    assert desk.elapsed == pytest.approx(model.counted, abs=0.001)
    assert (desk.clock.added_seconds, desk.clock.paused_at is None) == (model.added, model.going)


ANYTHING: list[Command] = [
    Next(), Previous(), Jump(5), Jump(10), NextImage(), SendMessage("m", "hi"), ShowCard(),
    PauseClock(), ResumeClock(), AddTime(60), AddTime(-60), SetStatus("live"), SetStatus("complete"),
    SetStatus("rehearsal"), SetStatus("draft"), RemoveItem(105), Arm(), Arm(10), Go(), Disarm(),
    PinQuestion(7), PinQuestion(9), ClearQuestion(),
]  # fmt: skip


def press(desk: ShortShow, chance: random.Random, commands: list[Command], times: int) -> None:
    for _ in range(times):
        desk.wait(chance.randint(0, 9))
        try:
            desk.do(chance.choice(commands))
        except CuelightError:
            continue


@pytest.mark.parametrize("seed", range(20))
def test_undoing_all_of_200_random_commands_leads_back_to_the_start(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "KEPT", 1000)
    chance = random.Random(seed)
    desk = ShortShow()
    before = desk.state
    press(desk, chance, ANYTHING, 200)
    with pytest.raises(Refused, match="Nothing to undo"):
        while True:
            desk.do(Undo())
    desk.do(Disarm())
    start = desk.state
    # Of the very first, what put the lineup there, nothing is left.
    assert (start.live, start.items) == (structs.replace(before.live, item_id=None), {})


@pytest.mark.parametrize("seed", range(20))
def test_the_journal_replayed_is_the_session_byte_for_byte(seed: int) -> None:
    """Undo and redo among it; from its beginning as from the head at any version."""
    chance = random.Random(seed)
    desk = ShortShow()
    press(desk, chance, [*ANYTHING, Undo(), Redo(), Undo(scope="show")], 200)
    replayed = desk.empty
    for entry in desk.entries:
        row = {
            "version": entry.version,
            "event": msgspec.json.encode(entry.event),
            "actor_id": entry.actor_id,
            "source": entry.source,
            "at": entry.at,
            "op_id": entry.op_id,
            "payload_hash": 0,
        }
        replayed = KIND.evolve(replayed, entry_of(row))
        if chance.random() < 0.1:
            replayed = loaded(replayed)
    assert KIND.dump(replayed) == KIND.dump(desk.state)
    assert replayed == desk.state


def loaded(state: SessionState) -> SessionState:
    """As another process reads it: from the head and the rows."""
    session = {
        "id": state.id,
        "studio_id": state.studio_id,
        "currency": state.currency,
        **msgspec.to_builtins(state.settings),
        "scheduled_at": None,
        "presets": msgspec.json.encode(state.settings.presets).decode(),
        "hosts": msgspec.json.encode(list(state.settings.hosts.values())).decode(),
    }
    return KIND.load({"state": KIND.dump(state)}, [[session], msgspec.to_builtins(list(state.items.values()))])


def test_a_head_of_the_version_before_has_a_clock_from_the_next_item_on() -> None:
    desk = ShortShow()
    desk.do(SetStatus("live"))
    written = msgspec.json.decode(KIND.dump(desk.state))
    del written["former"], written["live"]["clock"], written["live"]["armed"]
    session = msgspec.json.decode(msgspec.json.encode(desk.state.settings)) | {"id": 1, "studio_id": 1}
    session |= {"currency": "USD", "scheduled_at": None, "presets": "[]", "hosts": "[]"}
    rows = [[session], msgspec.to_builtins(list(desk.state.items.values()))]
    desk.state = KIND.load({"state": msgspec.json.encode(written)}, rows)
    assert (desk.clock, desk.state.live.armed, desk.state.live.status) == (Clock(), None, "live")
    assert desk.refused(PauseClock()) == ("clock_not_running", "The clock runs from the next product on")
    desk.do(Next())
    assert desk.elapsed == 0
