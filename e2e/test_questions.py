"""What viewers ask, from the producer's key to the host's screen and back ((c) 5, 10, X15)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Studio
from e2e.steps import connected, pushed, shows
from e2e.test_accessibility import findings

Enter = Callable[..., Page]

#: As the chat would bring them: rows of the streams in the studio's own database, in the place of those before.
SEED = """
import json
import sys
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from cuelight.sessions.models import LineupItem
from cuelight.streams.models import Question, Wanted

questions, wishes = json.loads(sys.argv[1])
items = {item.position: item for item in LineupItem.objects.filter(session_id=2)}
now = timezone.now()
Question.objects.all().delete()
Wanted.objects.all().delete()
for place, given in enumerate(questions):
    item = items.get(given.pop("number", None))
    at = now - timedelta(minutes=30) + timedelta(seconds=place)
    Question.objects.create(
        studio_id=1, session_id=2, item_id=item and item.pk, product_id=item and item.product_id, event_id=place + 1,
        key=str(place), first_at=at, last_at=at, **given,
    )
event_id = 0
for number, total, recent in wishes:
    for nth in range(total):
        event_id += 1
        at = now - timedelta(seconds=0 if nth < recent else 3600)
        item = items[number]
        Wanted.objects.create(
            studio_id=1, session_id=2, item_id=item.pk, product_id=item.product_id, event_id=event_id,
            platform="twitch", at=at,
        )
"""
TARNISH = "Does the gold one tarnish when you wear it in the shower every day?"
CANADA = "Do you ship to Canada?"
HOSTILE = "<img src=x onerror=alert(1)> " + " ".join(["is it real gold"] * 30)


def seed(studio: Studio, questions: list[dict[str, Any]], wishes: list[tuple[int, int, int]]) -> None:
    """Questions in the order they were asked; of each line (number, how often in all, how often just now)."""
    subprocess.run(
        [sys.executable, "-c", SEED, json.dumps([questions, wishes])],
        check=True,
        env=os.environ | {"DATABASE_URL": studio.url, "DJANGO_SETTINGS_MODULE": "cuelight.settings"},
    )


@pytest.fixture
def asked(studio: Studio) -> None:
    """Three questions, the second asked most; before any page is open."""
    seed(
        studio,
        [
            {"platform": "youtube", "user_name": "Bo", "text": CANADA},
            {"platform": "tiktok", "user_name": "sparkle_anna", "text": TARNISH, "asked": 4, "number": 12},
            {"platform": "twitch", "user_name": "<b>lou</b>", "text": HOSTILE, "number": 1},
        ],
        [(3, 9, 0), (5, 4, 2), (7, 3, 2), (1, 20, 20)],
    )


def question(page: Page) -> Locator:
    """The viewers' question as the host reads it."""
    return page.get_by_role("region", name="Host screen").locator(".host-question")


def states(studio: Studio) -> dict[str, str]:
    return {str(text): str(state) for text, state in studio.ask("SELECT text, state FROM streams_question")}


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "width"), ("y", "height"))
    )


def until_state(studio: Studio, page: Page, text: str, state: str) -> None:
    for _ in range(100):
        if states(studio)[text] == state:
            return
        page.wait_for_timeout(50)
    assert states(studio)[text] == state


def test_q_shows_the_next_done_takes_it_away_and_undo_brings_it_back(
    asked: None, producer: Page, host: Page, studio: Studio
) -> None:
    region = host.get_by_role("region", name="Host screen")
    words = [region.locator(".words.here .prices"), region.locator(".words.here .points").first]
    before = [box(one) for one in words]
    expect(producer.get_by_text("3 waiting")).to_be_visible()
    producer.keyboard.press("q")
    for page in (host, producer):
        expect(question(page)).to_contain_text(TARNISH)
        for said in ("Question", "TikTok", "sparkle_anna", "asked 4×"):
            expect(question(page)).to_contain_text(said)
        expect(question(page)).to_contain_text(re.compile(r"About 12 · \w"))
    # Nothing that the host reads has moved, and nothing of it is covered.
    assert [box(one) for one in words] == before
    assert not any(overlap(box(question(host)), one) for one in before)
    # What was shown is done, and the next is there: of those asked once the oldest.
    producer.keyboard.press("q")
    expect(question(host)).to_contain_text(CANADA)
    expect(question(host)).not_to_contain_text("asked")
    until_state(studio, producer, TARNISH, "done")
    producer.keyboard.press("w")
    expect(question(host)).to_have_count(0)
    until_state(studio, producer, CANADA, "done")
    # What was answered by mistake is asked again.
    producer.keyboard.press("Control+z")
    expect(question(host)).to_contain_text(CANADA)
    until_state(studio, producer, CANADA, "open")
    producer.keyboard.press("Control+z")
    expect(question(host)).to_contain_text(TARNISH)
    until_state(studio, producer, TARNISH, "open")
    producer.keyboard.press("Control+Shift+z")
    expect(question(host)).to_contain_text(CANADA)
    until_state(studio, producer, TARNISH, "done")
    # The show's journal holds numbers, and no stranger's words.
    [(count,)] = studio.ask("SELECT count(*) FROM journal WHERE event::text ILIKE '%tarnish%'")
    assert count == 0


def test_what_strangers_write_is_text_and_has_two_lines_beside_a_message(
    asked: None, producer: Page, host: Page
) -> None:
    host.on("dialog", lambda dialog: pytest.fail(dialog.message))
    producer.keyboard.press("Shift+Q")
    producer.keyboard.press("3")
    expect(question(host)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(question(host)).to_contain_text("<b>lou</b>")
    expect(question(host).locator("img, b")).to_have_count(0)
    # About what is on the screen anyway: not said.
    expect(question(host)).not_to_contain_text("About")
    text = question(host).locator(".text")
    size, line = text.evaluate("text => [getComputedStyle(text).fontSize, getComputedStyle(text).lineHeight]")
    assert float(size[:-2]) >= 24
    assert box(text)["height"] <= 2 * float(line[:-2]) + 1
    producer.keyboard.press("m")
    producer.keyboard.type("Two minutes left, then the hoops. " * 6)
    producer.keyboard.press("Enter")
    banner = host.get_by_role("alert")
    expect(banner).to_be_visible()
    region = host.get_by_role("region", name="Host screen")
    read = [box(banner), box(question(host)), box(region.locator(".prices").first), box(region.locator("h1").first)]
    assert not any(overlap(one, other) for place, one in enumerate(read) for other in read[place + 1 :])
    producer.keyboard.press("Escape")
    host.set_viewport_size({"width": 390, "height": 844})
    expect(question(host)).to_be_visible()
    for covered in (".prices", "h1"):
        assert not overlap(box(question(host)), box(region.locator(f".words.here {covered}")))
    pushed(producer, "session:2:state", "clear_message", {})
    pushed(producer, "session:2:state", "clear_question", {})


def test_digits_pick_a_question_only_while_the_list_is_open(asked: None, producer: Page, host: Page) -> None:
    panel = producer.get_by_role("region", name="Viewers' questions")
    producer.keyboard.press("Shift+Q")
    expect(panel.get_by_text("shows it to the host")).to_be_visible()
    expect(panel.get_by_role("button", name="Show to the host").first).to_be_focused()
    producer.keyboard.press("ArrowDown")
    expect(panel.get_by_role("button", name=f"Show to the host: {CANADA}")).to_be_focused()
    shows(producer, 1)  # the arrows are the list's
    assert findings(producer) == []
    producer.keyboard.press("2")
    expect(question(host)).to_contain_text(CANADA)
    assert findings(host) == []
    expect(panel.get_by_text("shows it to the host")).to_have_count(0)
    producer.keyboard.press("2")
    expect(producer.get_by_role("status").filter(has_text=re.compile(r"^2"))).to_be_visible()
    producer.keyboard.press("Enter")
    shows(host, 2)
    producer.keyboard.press("Shift+Q")
    producer.keyboard.press("Escape")
    producer.keyboard.press("1")
    producer.keyboard.press("Enter")
    shows(host, 1)
    expect(question(host)).to_contain_text(CANADA)
    pushed(producer, "session:2:state", "clear_question", {})


def test_done_by_a_colleague_it_is_gone_and_a_spammers_is_dismissed_from_the_list(
    asked: None, producer: Page, host: Page, studio: Studio
) -> None:
    producer.keyboard.press("q")
    expect(question(host)).to_contain_text(TARNISH)
    [(question_id,)] = studio.ask("SELECT id FROM streams_question WHERE asked = 4")
    pushed(producer, "questions:1", "done", {"id": question_id})
    for page in (host, producer):
        expect(question(page)).to_have_count(0)
    # Nothing of it is left that could come back by itself.
    assert studio.ask("SELECT state -> 'live' -> 'question_id' FROM live_aggregate WHERE id = 'session:2'") == [(None,)]
    pushed(producer, "questions:1", "reopen", {"id": question_id})
    expect(producer.get_by_text("3 waiting")).to_be_visible()
    expect(question(host)).to_have_count(0)
    pushed(producer, "questions:1", "done", {"id": question_id})
    panel = producer.get_by_role("region", name="Viewers' questions")
    producer.keyboard.press("Shift+Q")
    producer.keyboard.press("ArrowDown")
    producer.keyboard.press("Shift+W")
    expect(panel.get_by_text("1 waiting")).to_be_visible()
    until_state(studio, producer, HOSTILE, "dismissed")
    expect(panel.get_by_role("button", name=f"Show to the host: {CANADA}")).to_be_focused()
    producer.keyboard.press("Enter")
    expect(question(host)).to_contain_text(CANADA)
    # Without the server it stays: what the host reads does not blank.
    host.context.set_offline(True)
    expect(host.get_by_text("Reconnecting", exact=False).first).to_be_visible()
    expect(question(host)).to_contain_text(CANADA)
    host.context.set_offline(False)
    connected(host)
    pushed(producer, "session:2:state", "clear_question", {})
    expect(question(host)).to_have_count(0)


def test_g_goes_to_the_line_that_is_asked_for_most_and_arming_makes_it_ready_first(
    asked: None, producer: Page, host: Page
) -> None:
    lineup = producer.get_by_role("navigation", name="Lineup")

    def row(number: int) -> Locator:
        return lineup.get_by_role("button", name=re.compile(rf"^{number}\b"))

    expect(row(3)).to_contain_text("9×")
    expect(row(3)).to_contain_text("Asked for 9 times")
    expect(row(5)).to_contain_text("4 +2")
    expect(row(5)).to_contain_text("Asked for 4 times, 2 in the last two minutes")
    expect(row(2)).not_to_contain_text("Asked")
    # Number 1 is on air; of those asked for as often just now, the one asked for more in all.
    producer.keyboard.press("g")
    shows(host, 5)
    pushed(producer, "session:2:meta", "update_settings", {"changes": {"arming": True}})
    expect(producer.get_by_text("READY, THEN GO")).to_be_visible()
    producer.keyboard.press("g")
    expect(row(1)).to_contain_text("READY")
    shows(host, 5)
    producer.keyboard.press("g")
    shows(host, 1)
    pushed(producer, "session:2:meta", "update_settings", {"changes": {"arming": False}})
