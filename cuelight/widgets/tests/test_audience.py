"""What of the audience goes onto overlays, and that real and rehearsed things are never taken for each other."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from cuelight.streams.rows import FeedRow
from cuelight.widgets import audience

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def feed(platform: str, **values: Any) -> FeedRow:
    usual = {"platform": platform, "status": "connected", "is_live": False, "rehearsal": platform == "simulator"}
    return cast(FeedRow, {**usual, "viewers": None, "followers": None, **values})


def event(kind: str, **values: Any) -> dict[str, Any]:
    """With everything a platform may have said."""
    return {
        "id": 7,
        "platform": "twitch",
        "platform_id": "secret-1",
        "channel": "4711",
        "kind": kind,
        "at": "2026-11-22T18:00:00Z",
        "user": {"id": "u1", "login": "ana_1990", "name": "Ana", "avatar": "https://x/y.png", "color": "#ff0000"},
        "text": "For you",
        "fragments": [{"type": "text", "text": "For you"}],
        "amount": {"value": 500, "currency": "USD"},
        "count": 2,
        "detail": {"tier": "1", "order_id": "77", "sku": "G-1", "product_id": 3, "item": "Hoops", "target": "x"},
        "rehearsal": True,
        **values,
    }


def test_of_a_donation_name_words_and_amount_are_told_and_nothing_else() -> None:
    assert audience.public_event(event("donation")) == {
        "id": 7,
        "platform": "twitch",
        "kind": "donation",
        "at": "2026-11-22T18:00:00Z",
        "user": {"name": "Ana", "color": "#ff0000"},
        "text": "For you",
        "amount": {"value": 500, "currency": "USD"},
        "count": 2,
        "detail": {"tier": "1", "item": "Hoops"},
    }


def test_who_ordered_is_not_told() -> None:
    told = audience.public_event(event("order"))
    assert told is not None
    assert set(told) == {"id", "platform", "kind", "at", "amount", "count", "detail"}
    assert told["detail"] == {"tier": "1", "item": "Hoops"}


def test_who_gave_without_a_name_has_none() -> None:
    told = audience.public_event(event("gift", detail={"is_anonymous": True}))
    assert told is not None
    assert "user" not in told
    assert "text" not in told


@pytest.mark.parametrize("kind", ["chat", "question", "system", "like", "join", ""])
def test_talk_and_small_things_are_not_told(kind: str) -> None:
    assert audience.public_event(event(kind)) is None


SIMULATOR, LIVE, CONNECTED = feed("simulator", is_live=True), feed("twitch", is_live=True), feed("twitch")


@pytest.mark.parametrize(
    ("feeds", "session", "rehearsed"),
    [
        ([], "", False),
        ([SIMULATOR], "", True),
        ([SIMULATOR], "live", True),
        ([feed("simulator", is_live=False)], "", True),
        ([SIMULATOR, CONNECTED], "", False),
        ([SIMULATOR, CONNECTED], "live", False),
        ([SIMULATOR, CONNECTED], "rehearsal", True),
        ([SIMULATOR, feed("twitch", is_live=None)], "live", False),
        ([SIMULATOR, LIVE], "rehearsal", False),
        ([SIMULATOR, LIVE], "live", False),
        ([SIMULATOR, feed("twitch", status="off")], "", True),
        ([LIVE], "live", False),
    ],
)
def test_what_is_simulated_is_shown_only_where_nothing_real_can_be_meant(
    feeds: list[FeedRow], session: str, rehearsed: bool
) -> None:
    assert audience.is_rehearsed(feeds, session) is rehearsed


def test_real_viewers_and_simulated_ones_are_never_one_sum() -> None:
    feeds = [feed("twitch", viewers=12), feed("kick", viewers=None), feed("simulator", viewers=900)]
    assert audience.counted(feeds, "viewers", rehearsal=False) == {"total": 12, "by": {"twitch": 12}}
    assert audience.counted(feeds, "viewers", rehearsal=True) == {"total": 900, "by": {"simulator": 900}}
    assert audience.counted(feeds, "followers", rehearsal=False) is None


def test_a_span_begins_with_the_stream_or_that_long_ago() -> None:
    ever, began = datetime(2020, 1, 1, tzinfo=UTC), NOW - timedelta(hours=3)
    assert audience.span_since("stream", NOW, began, ever) == began
    assert audience.span_since("stream", NOW, None, ever) == NOW
    assert audience.span_since("day", NOW, began, ever) == NOW - timedelta(days=1)
    assert audience.span_since("month", NOW, began, ever) == NOW - timedelta(days=30)
    assert audience.span_since("all", NOW, began, ever) == ever


def test_a_time_is_read_or_is_none() -> None:
    assert audience.moment("2026-11-22 18:00") == NOW
    assert audience.moment("") is None
    assert audience.moment("2026-02-30 18:00") is None
