"""Recorded contracts: for every command of a live session what a screen held before, was told, and holds after.

The server's rules must produce each recording (here), and the browser's store must turn *before* and *events* into
*after* (``frontend/src/sessions/contracts.test.ts``). ``CUELIGHT_RECORD=1 pytest <this file>`` writes them anew.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cuelight.errors import Refused
from cuelight.live import undo
from cuelight.live.kind import Command, Entry, Event, Redo, Undo
from cuelight.live.testing import CONTRACTS, recording
from cuelight.live.undo import CLOCK, ELSEWHERE
from cuelight.sessions import payloads
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    AddTime,
    ApproveFlash,
    Arm,
    ChangeSlug,
    ClearMessage,
    ClearQuestion,
    DeclineFlash,
    Delete,
    Disarm,
    EndFlash,
    ExtendFlash,
    First,
    FlashOver,
    FlashPrice,
    Go,
    HideCard,
    Jump,
    Last,
    MoveItem,
    MoveItems,
    Next,
    NextImage,
    OverrideItem,
    OverrideItems,
    PauseClock,
    PinQuestion,
    Previous,
    PreviousImage,
    RemoveItem,
    RemoveItems,
    Renumber,
    ResumeClock,
    RevertItems,
    SendMessage,
    SessionCommand,
    SetStatus,
    ShowCard,
    ShowImage,
    UpdateSettings,
)
from cuelight.sessions.lineup import Item, SessionState, Settings
from cuelight.sessions.session_kind import SessionKind
from cuelight.sessions.state import neighbour

FOLDER = CONTRACTS / "sessions"
START = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
KIND = SessionKind()
MIA = 3


def product(number: int, pictures: int) -> dict[str, Any]:
    return {
        "name": f"Product {number}",
        "short_name": "",
        "talking_points_md": "- **Gold** plated",
        "talking_points_html": "<ul>\n<li><strong>Gold</strong> plated</li>\n</ul>\n",
        "original_price_cents": 1000 * number,
        "sale_price_cents": None if number == 2 else 700 * number,
        "pid": str(1729384756000000000 + number),
        "sku": f"PV-{number}",
        "stock": 4,
        "images": [
            {
                "id": number * 10 + place,
                "url": f"/media/products/{number}/full/{place}.jpg",
                "thumbnail_url": None,
                "placeholder_url": None,
                "alt": "",
                "width": 800,
                "height": 800,
            }
            for place in range(pictures)
        ],
    }


FACTS = {number: product(number, pictures) for number, pictures in ((1, 3), (2, 1), (3, 0), (4, 2), (5, 1))}
FACTS[5]["stock"] = 0
FLASH = "00000000-0000-4000-8000-000000000002"
LINEUP = [Item(11, 1, 1), Item(12, 2, 5), Item(13, 3, 10)]


class At(Command, frozen=True):
    """Nothing is done for a while."""

    seconds: int


SCENES: dict[str, tuple[list[Command], list[Command]]] = {
    # name: (what led there, what is recorded)
    "jump": ([], [Jump(10)]),
    "next": ([], [Next(), Next()]),
    "previous": ([Jump(10)], [Previous()]),
    "first": ([Jump(10)], [First()]),
    "last": ([], [Last()]),
    "next_image": ([], [NextImage(), NextImage(), NextImage()]),
    "previous_image": ([], [PreviousImage()]),
    "show_image": ([], [ShowImage(2)]),
    "send_message": ([], [SendMessage("00000000-0000-4000-8000-000000000001", "12 left, hurry", "red")]),
    "ack_message": ([SendMessage("00000000-0000-4000-8000-000000000001", "Slow down", "amber")], [AckMessage()]),
    "clear_message": ([SendMessage("00000000-0000-4000-8000-000000000001", "Slow down", "amber")], [ClearMessage()]),
    "pin_question": ([], [PinQuestion(7), PinQuestion(9)]),
    "clear_question": ([PinQuestion(7)], [ClearQuestion()]),
    "question_answered": ([Jump(5), PinQuestion(7)], [PinQuestion(9), ClearQuestion(9), Undo()]),
    "undo_of_a_question_taken_off": ([PinQuestion(7), ClearQuestion()], [Undo(), Undo(), Redo()]),
    "show_card": ([], [ShowCard()]),
    "hide_card": ([ShowCard()], [HideCard()]),
    "set_status": ([], [SetStatus("live"), SetStatus("complete")]),
    "rehearsal": (
        [SendMessage("00000000-0000-4000-8000-000000000001", "Slow down", "amber")],
        [SetStatus("rehearsal"), Jump(5), ShowCard(), PinQuestion(7), SetStatus("draft")],
    ),
    "arm_and_go": ([SetStatus("live")], [Arm(), Arm(10), Go()]),
    "arm_what_is_on_air": ([Arm(10)], [Arm(1)]),
    "disarm": ([Arm(10)], [Disarm()]),
    "remove_the_armed_item": ([Arm(10)], [RemoveItem(13)]),
    "pause_clock": ([SetStatus("live")], [PauseClock()]),
    "resume_clock": ([SetStatus("live"), PauseClock(), ShowCard()], [ResumeClock()]),
    "add_time": ([SetStatus("live")], [AddTime(60), AddTime(-90)]),
    "clock_of_the_next_item": ([SetStatus("live"), AddTime(60), PauseClock()], [Next(), Previous()]),
    "undo_of_a_move_brings_the_clock_back": ([SetStatus("live"), AddTime(60), Next()], [Undo(), Redo()]),
    "flash_price": ([SetStatus("live")], [ShowCard(), FlashPrice(FLASH, "person:3", 120, percent=20)]),
    "flash_price_of_another_item": (
        [SetStatus("live")],
        [FlashPrice(FLASH, "person:3", 60, item_id=13, price_cents=1500), Jump(10), Undo(), Undo()],
    ),
    "extend_flash": ([SetStatus("live"), FlashPrice(FLASH, "person:3", 60, percent=50)], [ExtendFlash(30)]),
    "end_flash": ([SetStatus("live"), FlashPrice(FLASH, "person:3", 60, percent=50)], [EndFlash(), Undo()]),
    "flash_over": ([SetStatus("live"), FlashPrice(FLASH, "person:3", 10, percent=50), At(60)], [FlashOver()]),
    "flash_ends_with_the_show": (
        [SetStatus("live"), FlashPrice(FLASH, "person:3", 60, percent=50)],
        [SetStatus("complete")],
    ),
    "approve_flash": (
        [UpdateSettings({"approve_prices": True}), SetStatus("live")],
        [FlashPrice(FLASH, "person:3", 60, percent=10), ApproveFlash("person:4", FLASH)],
    ),
    "decline_flash": (
        [UpdateSettings({"approve_prices": True}), SetStatus("live")],
        [FlashPrice(FLASH, "person:3", 60, percent=10), DeclineFlash()],
    ),
    "next_over_what_is_skipped": ([OverrideItem(12, {"skipped": True})], [Next(), Previous()]),
    "next_over_what_is_sold_out": (
        [AddItems([Item(15, 5, 7), Item(14, 4, 0)]), UpdateSettings({"skip_sold_out": True, "wrap": True}), Jump(5)],
        [Next(), OverrideItem(14, {"skipped": True}), Next(), Last()],
    ),
    "add_items": ([], [AddItems([Item(14, 4, 7), Item(15, 1, 0)])]),
    "add_items_to_an_empty_session": ([RemoveItem(11), RemoveItem(12), RemoveItem(13)], [AddItems([Item(14, 4, 3)])]),
    "add_items_at_a_place": ([], [AddItems([Item(14, 4, 0), Item(15, 4, 0)], to_index=1)]),
    "remove_item": ([], [RemoveItem(12)]),
    "remove_items": ([], [RemoveItems([11, 13])]),
    "remove_the_item_on_air": ([Jump(5)], [RemoveItem(12)]),
    "move_item": ([], [MoveItem(13, 0)]),
    "move_items": ([], [MoveItems([12, 13], 0, section="Gold")]),
    "renumber": ([], [Renumber()]),
    "override_items": ([], [OverrideItems([11, 13], {"section": "Gold", "planned_seconds": 150, "skipped": True})]),
    "revert_items": (
        [OverrideItems([11, 12], {"name": "Gold hoops", "sale_price_cents": 500, "notes": "last box"})],
        [RevertItems([11, 12])],
    ),
    "undo_into_a_number_taken_since": ([RemoveItem(12), Renumber()], [Undo(version=2)]),
    "override_item": ([], [OverrideItem(11, {"name": "Gold hoops", "sale_price_cents": 500, "notes": "last box"})]),
    "plan_item": ([], [OverrideItem(11, {"planned_seconds": 240, "warn_seconds": 90, "danger_seconds": 30})]),
    "hosts": (
        [UpdateSettings({"hosts": {"7": "primary"}})],
        [UpdateSettings({"hosts": {"8": "co_host"}}), UpdateSettings({"hosts": {"7": None, "8": "primary"}}), Undo()],
    ),
    "clock_and_preset_settings": (
        [],
        [
            UpdateSettings({"warn_seconds": 90, "danger_seconds": 30, "freeze_at_zero": True, "arming": True}),
            UpdateSettings({"presets": [{"text": " Show the clasp ", "color": "purple"}]}),
        ],
    ),
    "update_settings": ([], [UpdateSettings({"name": "Silver night", "wrap": True})]),
    "change_slug": ([], [ChangeSlug("silver-night")]),
    "undo": ([Jump(5), SendMessage("00000000-0000-4000-8000-000000000001", "hi", "blue")], [Undo(), Undo()]),
    "redo": ([Jump(5), Undo()], [Redo()]),
    "undo_of_a_removal": ([RemoveItem(11)], [Undo()]),
    "deleted": ([], [Delete()]),
}


class Recorder:
    """A session as the journal would carry it, without a database."""

    def __init__(self) -> None:
        self.state = SessionState(1, 1, "USD", Settings("Gold night", "gold-night", notes="Ask Ada"))
        self.stacks = undo.Stacks()
        self.events: list[dict[str, Any]] = []
        self.entries: list[Entry] = []
        self.waited = 0
        self.do(AddItems(LINEUP))

    def do(self, command: Command) -> None:
        if isinstance(command, At):
            self.waited += command.seconds
            return
        version = self.state.latest.version + 1
        at = START + timedelta(seconds=version + self.waited)
        event: Event | None
        if isinstance(command, Undo | Redo):
            event = KIND.mend(self.state, undo.decide(self.state, command, MIA, self.stacks))
        else:
            event = KIND.decide(self.state, command, FACTS, at)  # type: ignore[arg-type]
        assert event is not None, "a recording needs a command that changes something"
        source = CLOCK if isinstance(command, FlashOver) else "key"
        source = ELSEWHERE if isinstance(command, ClearQuestion) and command.question_id else source
        entry = Entry(version, event, MIA, source, at, UUID(int=version))
        before, self.state = self.state, KIND.evolve(self.state, entry)
        self.stacks.add(entry)
        self.entries.append(entry)
        for publication in KIND.publish(before, self.state, entry, FACTS):
            topic = publication.topic.rpartition(":")[2]
            if publication.audience != "host" and topic in ("state", "meta"):
                self.events.append({"topic": topic, "event": publication.event, "payload": publication.payload})

    def snapshot(self) -> dict[str, Any]:
        return {
            "state": {
                "live": payloads.live(self.state),
                "can": {"drive": True, "acknowledge": True},
                "server_time": START.isoformat(),
            },
            "meta": {
                "version": self.state.latest.lineup_version,
                "session": payloads.session(self.state, for_crew=True),
                "items": payloads.items(self.state, FACTS, for_crew=True),
            },
        }


def reached(state: SessionState, step: int) -> int | None:
    """Which item next or previous would show now."""
    try:
        return neighbour(state, step, FACTS).id
    except Refused:
        return None


def record(name: str) -> dict[str, Any]:
    led_there, recorded = SCENES[name]
    recorder = Recorder()
    for command in led_there:
        recorder.do(command)
    before = recorder.snapshot()
    recorder.events.clear()
    for command in recorded:
        recorder.do(command)
    after = recorder.snapshot()
    told = {
        "name": name,
        "before": before,
        "events": recorder.events,
        "after": {
            "live": after["state"]["live"],
            "items": after["meta"]["items"],
            "session": after["meta"]["session"],
            "next": reached(recorder.state, +1),
            "previous": reached(recorder.state, -1),
        },
    }
    plain: dict[str, Any] = json.loads(json.dumps(told))
    return plain


@pytest.mark.parametrize("name", SCENES)
def test_the_rules_produce_the_recording(name: str) -> None:
    made = record(name)
    assert made == recording(FOLDER / f"{name}.json", made)


def test_every_command_has_a_recording() -> None:
    recorded = {type(command) for led, scene in SCENES.values() for command in [*led, *scene]}
    assert set(SessionCommand.__subclasses__()) <= recorded


def test_no_recording_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SCENES)
