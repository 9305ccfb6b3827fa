"""Recorded journals, one per released format: what an older version wrote must still lead where it led then.

``contracts/journal/session-<format>.json`` holds a journal for each scene of ``test_contracts.py`` and the state it led
to. It is recorded once, when its format is new (``CUELIGHT_RECORD=1``), and never again: a change of the rules must not
change what happened. What a newer version adds to a session is not in an older recording, and not compared with it.
"""

import json
from typing import Any

import msgspec
import pytest

from cuelight.live.testing import CONTRACTS, journal_recordings, journal_rows, replayed
from cuelight.sessions.lineup import SessionState, Settings
from cuelight.sessions.tests.test_contracts import KIND, SCENES, Recorder

JOURNAL = CONTRACTS / "journal" / f"session-{KIND.format}.json"


def outcome(state: SessionState) -> dict[str, Any]:
    """What the journal made of a session: the head and the lines."""
    plain: dict[str, Any] = msgspec.to_builtins({"live": state.live, "settings": state.settings, "items": state.order})
    return plain


def record(name: str) -> dict[str, Any]:
    recorder = Recorder()
    for commands in SCENES[name]:
        for command in commands:
            recorder.do(command)
    return {"rows": journal_rows(recorder.entries), "after": outcome(recorder.state)}


def journals() -> dict[str, Any]:
    return {name: record(name) for name in SCENES}


def as_far_as_recorded(now: Any, recorded: Any) -> Any:
    """``now`` with only those fields that the recording knows."""
    if isinstance(now, dict) and isinstance(recorded, dict):
        return {name: as_far_as_recorded(value, recorded[name]) for name, value in now.items() if name in recorded}
    if isinstance(now, list) and isinstance(recorded, list) and len(now) == len(recorded):
        return [as_far_as_recorded(*pair) for pair in zip(now, recorded, strict=True)]
    return now


@pytest.mark.parametrize(("file", "name"), journal_recordings(JOURNAL, journals))
def test_a_recorded_journal_leads_where_it_led(file: str, name: str) -> None:
    recorded = json.loads(JOURNAL.with_name(file).read_text())[name]
    begun = SessionState(1, 1, "USD", Settings("Gold night", "gold-night", notes="Ask Ada"))
    state = replayed(KIND, begun, recorded["rows"])
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
    assert JOURNAL.exists()
