"""Recorded contracts: for every command of an alert queue what a screen held before, was told, and holds after.

The server's rules must produce each recording (here), and the browser's store must turn *before* and *events* into
*after* (``frontend/src/streams/alerts.test.ts``). ``CUELIGHT_RECORD=1 pytest <this file>`` writes them anew.

And recorded journals, one per released format: what an older version wrote must still lead where it led then. Those
are recorded once, when their format is new.
"""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from cuelight.live.journal import entry_of
from cuelight.streams.alert_command_types import AlertCommand
from cuelight.streams.alert_state import AlertsState
from cuelight.streams.tests.alert_scenes import KIND, SCENES, START, Recorder

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"
FOLDER = CONTRACTS / "alerts"
JOURNAL = CONTRACTS / "alerts_journal"
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
    path = FOLDER / f"{name}.json"
    if os.environ.get("CUELIGHT_RECORD"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record(name), indent=1) + "\n")
    assert record(name) == json.loads(path.read_text())


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
    rows = [
        {
            "version": entry.version,
            "event": msgspec.to_builtins(entry.event),
            "actor_id": entry.actor_id,
            "source": entry.source,
            "at": entry.at.isoformat(),
            "op_id": str(entry.op_id),
        }
        for entry in recorder.entries
    ]
    return {"rows": rows, "after": outcome(recorder.state)}


def journals() -> list[tuple[str, str]]:
    path = JOURNAL / f"alerts-{KIND.format}.json"
    if os.environ.get("CUELIGHT_RECORD") and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: journal_of(name) for name in SCENES}, indent=1) + "\n")
    return [(file.name, name) for file in sorted(JOURNAL.glob("*.json")) for name in json.loads(file.read_text())]


@pytest.mark.parametrize(("file", "name"), journals())
def test_a_recorded_journal_leads_where_it_led(file: str, name: str) -> None:
    recorded = json.loads((JOURNAL / file).read_text())[name]
    state = AlertsState(1, facts=frozenset((1,)))
    for row in recorded["rows"]:
        as_stored = {
            **row,
            "event": json.dumps(row["event"]),
            "at": datetime.fromisoformat(row["at"]),
            "op_id": UUID(row["op_id"]),
            "payload_hash": 0,
        }
        state = KIND.evolve(state, entry_of(as_stored))
    assert outcome(state) == recorded["after"]
    assert KIND.load({"state": json.dumps(recorded["after"]), "studio_id": 1}, []) == state


def test_the_present_format_is_recorded() -> None:
    assert (JOURNAL / f"alerts-{KIND.format}.json").exists()
