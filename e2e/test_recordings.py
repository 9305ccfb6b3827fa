"""A past stream becomes a recording, and is played again as a rehearsal."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Studio
from e2e.test_accessibility import findings
from e2e.test_csp import listening, violations
from e2e.test_dashboard import messages

Enter = Callable[..., Page]
SAID = ("Is the lariat real gold?", "I want number 12", "Hidden by somebody", "See you next Friday!")


@pytest.fixture(scope="module")
def stream(studio: Studio) -> int:
    """A stream of yesterday, and what was written in its minute and a half."""
    began = datetime.now(UTC) - timedelta(days=1)
    with psycopg.connect(studio.url) as database:
        [studio_id] = database.execute("SELECT id FROM accounts_studio ORDER BY id LIMIT 1").fetchone() or [0]
        for number, text in enumerate(SAID):
            at = began + timedelta(seconds=30 * number)
            user = {"id": f"u{number}", "name": f"Viewer {number}"}
            body = {"platform": "twitch", "kind": "chat", "text": text, "user": user}
            body |= {"platform_id": f"past-{number}", "at": at.isoformat(), "rehearsal": False}
            database.execute(
                "INSERT INTO streams_event (id, studio_id, received_at, at, platform, platform_id, kind, user_id, body,"
                " rehearsal, hidden_at, hidden_why) VALUES (nextval('streams_event_id'), %s, %s, %s, 'twitch', %s,"
                " 'chat', %s, %s, false, %s, '')",
                [studio_id, at, at, f"past-{number}", user["id"], json.dumps(body),
                 at if text.startswith("Hidden") else None],
            )  # fmt: skip
        [stream_id] = database.execute(
            "INSERT INTO streams_stream (studio_id, title, started_at, ended_at, platforms, rehearsal)"
            " VALUES (%s, 'Friday drop', %s, %s, '{twitch}', false) RETURNING id",
            [studio_id, began, began + timedelta(minutes=2)],
        ).fetchone() or [0]
    return int(stream_id)


def test_a_past_stream_is_kept_chosen_and_played_again(
    enter: Enter, studio: Studio, stream: int, tmp_path: Path
) -> None:
    page = enter("admin", path=f"/dashboard/streams/{stream}", prepare=listening)
    page.get_by_role("button", name="Keep as a recording").click()
    kept = page.get_by_role("region", name="As a recording")
    expect(kept).to_contain_text("Kept: 0:01:30, 3 events.", timeout=30_000)
    assert findings(page) == []
    kept.get_by_role("link", name="Platforms").click()

    recordings = page.get_by_role("region", name="Recordings")
    expect(recordings.get_by_role("listitem").filter(has_text="Friday drop")).to_have_count(1)
    with page.expect_download() as download:
        recordings.get_by_role("link", name="Download Friday drop").click()
    download.value.save_as(path := tmp_path / "drop.jsonl")
    assert [json.loads(line)["text"] for line in path.read_text().splitlines()] == [
        text for text in SAID if not text.startswith("Hidden")
    ]

    page.get_by_label("What plays").select_option(label=option(page, "Friday drop"))
    expect(page.get_by_label("Messages a second")).to_be_hidden()
    page.get_by_label("Speed").select_option("20×")
    page.get_by_role("button", name=re.compile("Play from the beginning|Switch on")).click()
    simulated = page.locator("[data-platform=simulator]")
    expect(simulated).to_contain_text("at 20×")

    dashboard = enter("producer", path="/dashboard", width=1920, height=1080)
    lines = messages(dashboard).get_by_role("option")
    for text in (SAID[0], SAID[1], SAID[3]):
        # Beside what really was said, which is still there.
        expect(lines.filter(has_text=text)).to_have_count(2, timeout=30_000)
        expect(lines.and_(dashboard.locator(".rehearsal")).filter(has_text=text)).to_have_count(1)
    expect(lines.filter(has_text=SAID[2])).to_have_count(0)
    expect(dashboard.get_by_text("REHEARSAL", exact=True).first).to_be_visible()
    expect(dashboard.get_by_role("region", name="Platforms").get_by_text("The recording is over.")).to_be_visible()
    page.reload()
    assert findings(page) == []
    expect(simulated.get_by_text("Over", exact=True)).to_be_visible()

    # The stream itself counts what it counted before.
    page.goto(f"{studio.base}/dashboard/streams/{stream}")
    expect(page.get_by_label("Totals").locator("div").filter(has_text="Messages")).to_contain_text("3")
    assert violations(page) == []


def test_one_is_sent_in_removed_and_taken_back(enter: Enter, tmp_path: Path) -> None:
    page = enter("admin", path="/dashboard/platforms", width=390, height=844)
    recordings = page.get_by_role("region", name="Recordings")
    (broken := tmp_path / "broken.jsonl").write_text('{"t": 0, "kind": "chat"}\n{"t": "soon", "kind": "chat"}\n')
    recordings.get_by_label("A recording from elsewhere").set_input_files(broken)
    recordings.get_by_role("button", name="Send it in").click()
    expect(page.get_by_text("Line 2 of the recording cannot be read: t: expected float, got str.")).to_be_visible()
    (good := tmp_path / "Autumn show.jsonl").write_text('{"t": 61, "kind": "chat", "text": "hi"}\n')
    recordings.get_by_label("A recording from elsewhere").set_input_files(good)
    recordings.get_by_role("button", name="Send it in").click()
    mine = recordings.get_by_role("listitem").filter(has_text="Autumn show")
    expect(mine).to_contain_text("0:01:01 · 1 event ·")
    mine.get_by_role("button", name="Remove").click()
    expect(mine).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(mine).to_have_count(1)
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def option(page: Page, title: str) -> str:
    """What the choice of a recording says, which begins with its title."""
    said = page.get_by_label("What plays").locator("option").filter(has_text=title).inner_text()
    return said.strip()
