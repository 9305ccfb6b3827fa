"""Recorded contracts: for every command of an alert queue what a screen held before, was told, and holds after.

The server's rules must produce each recording (here), and the browser's store must turn *before* and *events* into
*after* (``frontend/src/streams/alerts.test.ts``). ``CUELIGHT_RECORD=1 pytest <this file>`` writes them anew.

And recorded journals, one per released format: what an older version wrote must still lead where it led then. Those
are recorded once, when their format is new.
"""

import json
from typing import Any

import pytest

from cuelight.live.testing import CONTRACTS, journal_recordings, journal_rows, recording, replayed
from cuelight.streams.alert_command_types import AlertCommand
from cuelight.streams.alert_state import AlertsState
from cuelight.streams.tests.alert_scenes import KIND, SCENES, START, Recorder

FOLDER = CONTRACTS / "alerts"
JOURNAL = CONTRACTS / "alerts_journal" / f"alerts-{KIND.format}.json"
CAN = {"run": True, "rules": True, "begun": False}


def record(name: str) -> dict[str, Any]:
    led_there, recorded = SCENES[name]
    recorder = Recorder()
    for command in led_there:
        recorder.do(command)
    before = {**recorder.crew(), "can": CAN, "server_time": START.isoformat()}
    recorder.told.clear()
    for command in recorded:
        recorder.do(command)
    assert recorder.told, "a recording needs a command that changes something"
    plain: dict[str, Any] = json.loads(
        json.dumps(
            {
                "name": name,
                "before": before,
                "events": recorder.told,
                "after": recorder.crew(),
                "overlay": recorder.overlay(),
            }
        )
    )
    return plain


@pytest.mark.parametrize("name", SCENES)
def test_the_rules_produce_the_recording(name: str) -> None:
    made = record(name)
    assert made == recording(FOLDER / f"{name}.json", made)


def test_every_command_has_a_recording() -> None:
    recorded = {type(command) for led, scene in SCENES.values() for command in [*led, *scene]}
    assert set(AlertCommand.__subclasses__()) <= recorded


def test_no_recording_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SCENES)


def outcome(state: AlertsState) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(KIND.dump(state))
    return plain


def journal_of(name: str) -> dict[str, Any]:
    recorder = Recorder()
    for commands in SCENES[name]:
        for command in commands:
            recorder.do(command)
    return {"rows": journal_rows(recorder.entries), "after": outcome(recorder.state)}


def journals() -> dict[str, Any]:
    return {name: journal_of(name) for name in SCENES}


@pytest.mark.parametrize(("file", "name"), journal_recordings(JOURNAL, journals))
def test_a_recorded_journal_leads_where_it_led(file: str, name: str) -> None:
    recorded = json.loads(JOURNAL.with_name(file).read_text())[name]
    state = replayed(KIND, AlertsState(1, facts=frozenset((1,))), recorded["rows"])
    assert outcome(state) == recorded["after"]
    assert KIND.load({"state": json.dumps(recorded["after"]), "studio_id": 1}, []) == state


def test_the_present_format_is_recorded() -> None:
    assert JOURNAL.exists()
