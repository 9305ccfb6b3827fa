"""Recorded journals, one per released format: what an older version wrote must still lead where it led then.

``contracts/journal/session-<format>.json`` holds a journal for each scene of ``test_contracts.py`` and the state it led
to. It is recorded once, when its format is new (``CUELIGHT_RECORD=1``), and never again: a change of the rules must not
change what happened. What a newer version adds to a session is not in an older recording, and not compared with it.
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
from cuelight.sessions.lineup import SessionState, Settings
from cuelight.sessions.tests.test_contracts import KIND, SCENES, Recorder

FOLDER = Path(__file__).resolve().parents[3] / "contracts" / "journal"


def outcome(state: SessionState) -> dict[str, Any]:
    """What the journal made of a session: the head and the lines."""
    plain: dict[str, Any] = msgspec.to_builtins({"live": state.live, "settings": state.settings, "items": state.order})
    return plain


def record(name: str) -> dict[str, Any]:
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


def as_far_as_recorded(now: Any, recorded: Any) -> Any:
    """``now`` with only those fields that the recording knows."""
    if isinstance(now, dict) and isinstance(recorded, dict):
        return {name: as_far_as_recorded(value, recorded[name]) for name, value in now.items() if name in recorded}
    if isinstance(now, list) and isinstance(recorded, list) and len(now) == len(recorded):
        return [as_far_as_recorded(*pair) for pair in zip(now, recorded, strict=True)]
    return now


def recordings() -> list[tuple[str, str]]:
    path = FOLDER / f"session-{KIND.format}.json"
    if os.environ.get("CUELIGHT_RECORD") and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: record(name) for name in SCENES}, indent=1) + "\n")
    return [(file.name, name) for file in sorted(FOLDER.glob("*.json")) for name in json.loads(file.read_text())]


@pytest.mark.parametrize(("file", "name"), recordings())
def test_a_recorded_journal_leads_where_it_led(file: str, name: str) -> None:
    recorded = json.loads((FOLDER / file).read_text())[name]
    state = SessionState(1, 1, "USD", Settings("Gold night", "gold-night", notes="Ask Ada"))
    for row in recorded["rows"]:
        as_stored = {
            **row,
            "event": json.dumps(row["event"]),
            "at": datetime.fromisoformat(row["at"]),
            "op_id": UUID(row["op_id"]),
            "payload_hash": 0,
        }
        state = KIND.evolve(state, entry_of(as_stored))
    now = json.loads(json.dumps(outcome(state)))
    assert as_far_as_recorded(now, recorded["after"]) == recorded["after"]


def test_a_head_from_before_there_were_questions_has_none() -> None:
    recorder = Recorder()
    session = {**msgspec.structs.asdict(recorder.state.settings), "id": 1, "studio_id": 1, "currency": "USD"}
    session |= {"scheduled_at": None, "presets": "[]", "hosts": "[]"}
    items = [msgspec.structs.asdict(line) for line in recorder.state.order]
    head = json.loads(KIND.dump(recorder.state))
    del head["live"]["question_id"]
    assert KIND.load({"state": json.dumps(head)}, [[session], items]) == recorder.state


def test_the_present_format_is_recorded() -> None:
    assert (FOLDER / f"session-{KIND.format}.json").exists()
