"""What EventSub says, in our words; and nothing that anybody could say there makes it stumble."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.streams.events import Amount, Event, Fragment, User, bounded, shown
from cuelight.streams.platforms.contract import Metadata, Removal
from cuelight.streams.platforms.twitch import wire
from cuelight.streams.platforms.twitch.subscriptions import BY_TYPE
from cuelight.streams.platforms.twitch.wire import Live, Reader

US = {"broadcaster_user_id": "1001", "broadcaster_user_login": "pavoi", "broadcaster_user_name": "Pavoi"}
ADA = {"user_id": "7", "user_login": "ada", "user_name": "Ada"}
READER = Reader("1001", datetime(2026, 11, 22, tzinfo=UTC), "https://emotes.example/v2")
AT = datetime(2026, 11, 22, 12, 0, 1, 123456, tzinfo=UTC)


def told(kind: str, event: dict[str, Any], message_id: str = "n-1") -> wire.Heard | None:
    message = wire.parsed(
        json.dumps(
            {
                "metadata": {
                    "message_id": message_id,
                    "message_type": "notification",
                    "message_timestamp": "2026-11-22T12:00:01.123456789Z",
                    "subscription_type": kind,
                },
                "payload": {"subscription": {"type": kind}, "event": event},
            }
        )
    )
    assert message is not None
    return wire.heard(message, READER)


def event(kind: str, said: dict[str, Any]) -> Event:
    found = told(kind, {**US, **said})
    assert isinstance(found, Event)
    assert found.raw == {**US, **said}
    return found


def chat(**more: Any) -> dict[str, Any]:
    return {
        **US,
        "chatter_user_id": "7",
        "chatter_user_login": "ada",
        "chatter_user_name": "Ada",
        "message_id": "m-1",
        "message": {"text": "hi", "fragments": [{"type": "text", "text": "hi"}]},
        "badges": [],
        "color": "#FF00aa",
        **more,
    }


def test_a_message_with_everything_in_it() -> None:
    pieces = [
        {"type": "text", "text": "look "},
        {"type": "emote", "text": "Kappa", "emote": {"id": "25", "format": ["static"]}},
        {"type": "mention", "text": "@pavoi", "mention": {"user_id": "1001"}},
        {"type": "cheermote", "text": "Cheer10", "cheermote": {"prefix": "Cheer", "bits": 10, "tier": 1}},
        {"type": "hologram", "text": "new"},
    ]
    badges = [{"set_id": name} for name in ("lead_moderator", "moderator", "founder", "vip", "partner", "sub-gifter")]
    said = chat(
        message={"text": "look Kappa@pavoiCheer10new", "fragments": pieces},
        badges=badges,
        reply={"parent_message_id": "m-0"},
    )
    found = event("channel.chat.message", said)
    assert found == Event(
        platform="twitch",
        platform_id="m-1",
        kind="chat",
        at=AT,
        channel="1001",
        user=User(
            id="7",
            name="Ada",
            login="ada",
            color="#ff00aa",
            roles=("moderator", "subscriber", "vip", "verified"),
        ),
        text="look Kappa@pavoiCheer10new",
        fragments=(
            Fragment(type="text", text="look "),
            Fragment(type="emote", text="Kappa", image="https://emotes.example/v2/25/default/dark/2.0"),
            Fragment(type="mention", text="@pavoi"),
            Fragment(type="cheer", text="Cheer10"),
            Fragment(type="text", text="new"),
        ),
        detail={"reply_to": "m-0"},
        raw=said,
    )


def test_an_id_of_an_emote_leads_nowhere_else() -> None:
    assert wire.emote_image("https://e.example", "../../x?y#z") == (
        "https://e.example/..%2F..%2Fx%3Fy%23z/default/dark/2.0"
    )


def test_no_color_is_none() -> None:
    assert event("channel.chat.message", chat(color="")).user == User(id="7", name="Ada", login="ada")


def test_what_the_channel_itself_says_is_its_own() -> None:
    found = event("channel.chat.message", chat(chatter_user_id="1001"))
    assert found.user is not None
    assert found.user.roles == ("broadcaster", "own")


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ({"source_broadcaster_user_id": None, "source_message_id": None}, True),
        ({"source_broadcaster_user_id": "1001", "source_message_id": "m-1"}, True),
        ({"source_broadcaster_user_id": "2002", "source_message_id": "m-9"}, False),
        ({"source_message_id": "m-9"}, False),
    ],
)
def test_a_shared_chat_is_told_once(source: dict[str, Any], is_told: bool) -> None:
    assert (told("channel.chat.message", chat(**source)) is not None) is is_told


def test_a_follow_has_the_time_it_happened() -> None:
    found = event("channel.follow", {**ADA, "followed_at": "2026-11-22T11:59:58.5Z"})
    assert (found.kind, found.platform_id) == ("follow", "n-1")
    assert found.at == datetime(2026, 11, 22, 11, 59, 58, 500000, tzinfo=UTC)


def test_subscriptions_and_gifts_are_told_once() -> None:
    found = event("channel.subscribe", {**ADA, "tier": "2000", "is_gift": False})
    assert (found.kind, found.detail) == ("subscription", {"tier": "2000", "is_gift": False})
    assert told("channel.subscribe", {**US, **ADA, "tier": "1000", "is_gift": True}) is None
    gift = event("channel.subscription.gift", {**ADA, "total": 5, "tier": "1000", "is_anonymous": False})
    assert (gift.kind, gift.count, gift.user and gift.user.name) == ("gift", 5, "Ada")
    nobody = {"user_id": None, "user_login": None, "user_name": None}
    gift = event("channel.subscription.gift", {**nobody, "total": 1, "tier": "1000", "is_anonymous": True})
    assert (gift.user, gift.detail["is_anonymous"]) == (None, True)


def test_a_renewal_has_its_message_with_its_emotes() -> None:
    message = {"text": "Kappa two years", "emotes": [{"begin": 0, "end": 4, "id": "25"}]}
    said = {**ADA, "tier": "1000", "message": message, "cumulative_months": 24}
    found = event("channel.subscription.message", said)
    assert (found.count, found.detail["months"], found.text) == (24, 24, "Kappa two years")
    assert [(one.type, one.text) for one in found.fragments] == [("emote", "Kappa"), ("text", " two years")]


def test_emotes_that_lie_about_their_place_are_left_out() -> None:
    emotes = [{"begin": 3, "end": 1}, {"begin": 0, "end": 99}, {"begin": -4, "end": 2}, {"begin": 1, "end": 1}, 5]
    pieces = wire._cut("abc", emotes, "")
    assert "".join(one.text for one in pieces) == "abc"


def test_bits_are_a_donation_once() -> None:
    cheer = event("channel.cheer", {**ADA, "is_anonymous": False, "message": "Cheer100 wow", "bits": 100})
    assert (cheer.kind, cheer.amount, cheer.text) == ("donation", Amount(value=100, currency="BITS"), "Cheer100 wow")
    assert told("channel.bits.use", {**US, **ADA, "bits": 100, "type": "cheer", "message": {"text": "x"}}) is None
    power = event("channel.bits.use", {**ADA, "bits": 50, "type": "power_up", "message": {"text": "big"}})
    assert (power.amount, power.text) == (Amount(value=50, currency="BITS"), "big")


def test_raids_come_to_us() -> None:
    raid = {
        "from_broadcaster_user_id": "9",
        "from_broadcaster_user_login": "bo",
        "from_broadcaster_user_name": "Bo",
        "viewers": 42,
    }
    found = told("channel.raid", {**raid, "to_broadcaster_user_id": "1001"})
    assert isinstance(found, Event)
    assert (found.kind, found.count, found.user and found.user.name) == ("raid", 42, "Bo")
    assert told("channel.raid", {**raid, "to_broadcaster_user_id": "2002"}) is None


def test_whether_it_is_live_and_what_it_is_called() -> None:
    started = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    online = {**US, "id": "1", "type": "live", "started_at": "2026-11-22T11:00:00Z"}
    assert told("stream.online", online) == Live(True, started)
    assert told("stream.online", {**online, "type": "rerun"}) is None
    assert told("stream.offline", US) == Live(False)
    update = {**US, "title": "Gold", "category_id": "5", "category_name": "Art"}
    assert told("channel.update", update) == Metadata(title="Gold", category="Art", category_id="5")


def test_what_is_taken_away() -> None:
    assert told("channel.chat.message_delete", {**US, "message_id": "m-1"}) == Removal("deleted", ("m-1",))
    assert told("channel.chat.clear", US) == Removal("clear", everything=True)
    gone = {**US, "target_user_id": "7"}
    assert told("channel.chat.clear_user_messages", gone) == Removal("timeout", user_id="7")
    ban = {**US, **ADA, "is_permanent": True, "ends_at": None}
    assert told("channel.ban", ban) == Removal("ban", user_id="7")
    ban = {**US, **ADA, "is_permanent": False, "ends_at": "2026-11-22T12:10:00Z"}
    assert told("channel.ban", ban) == Removal("timeout", user_id="7")


@pytest.mark.parametrize("kind", sorted(wire.READERS))
def test_what_is_of_another_channel_or_says_nothing_is_none_of_ours(kind: str) -> None:
    """Above all, a broken word clears no chat."""
    assert told(kind, {}) is None
    assert told(kind, {"broadcaster_user_id": {}, "message_id": None, "message": 3}) is None
    assert told(kind, {**chat(), **ADA, **US, "broadcaster_user_id": "2002"}) is None


def test_everything_that_is_asked_for_is_understood() -> None:
    assert set(BY_TYPE) == set(wire.READERS)


def test_without_an_id_nothing_is_told() -> None:
    assert told("channel.chat.message", chat(message_id="")) is None
    assert told("channel.chat.message", chat(message_id="x" * 201)) is None
    assert told("channel.follow", {**US, **ADA}, message_id="") is None


def test_what_is_long_or_deep_is_not_kept_as_it_came() -> None:
    found = told("channel.follow", {**US, **ADA, "more": "x" * 9_000})
    assert isinstance(found, Event)
    assert found.raw is None
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    found = told("channel.follow", {**US, **ADA, "more": deep})
    assert isinstance(found, Event)
    orjson.dumps(shown(found, 1))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1001", "live", "cheer", "emote", "notification", "session_welcome", "2026-13-41T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
FIELDS = (
    *("message_id", "message", "text", "fragments", "badges", "color", "reply", "emote", "emotes", "begin", "end"),
    *("chatter_user_id", "user_id", "user_name", "target_user_id", "total", "tier", "bits", "viewers", "type", "id"),
    *("is_gift", "is_anonymous", "cumulative_months", "followed_at", "started_at", "ends_at", "is_permanent", "title"),
    *("source_message_id", "source_broadcaster_user_id", "category_name", "parent_message_id", "set_id"),
    "from_broadcaster_user_id",
)
close = st.recursive(
    anything,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=12),
    max_leaves=30,
)


@given(data=st.binary(max_size=200) | st.text(max_size=200))
def test_no_bytes_make_it_stumble(data: bytes | str) -> None:
    wire.parsed(data)


@given(value=anything)
def test_no_json_makes_it_stumble(value: Any) -> None:
    try:
        text = orjson.dumps(value)
    except TypeError:
        return  # a number that no JSON of orjson's has
    message = wire.parsed(text)
    if message is not None:
        wire.heard(message, READER)


@given(
    kind=st.sampled_from(sorted(wire.READERS)),
    said=st.dictionaries(st.sampled_from(FIELDS), close, max_size=12),
    metadata=st.dictionaries(st.sampled_from(["message_id", "message_timestamp"]), anything, max_size=2),
)
def test_no_event_makes_it_stumble_and_all_that_comes_of_one_can_be_stored(
    kind: str, said: dict[str, Any], metadata: dict[str, Any]
) -> None:
    whole = {
        "metadata": {"message_id": "n-1", **metadata, "message_type": "notification", "subscription_type": kind},
        "payload": {"event": {**said, **US}},
    }
    try:
        text = orjson.dumps(whole)
    except TypeError:
        return
    message = wire.parsed(text)
    assert message is not None
    found = wire.heard(message, READER)
    if isinstance(found, Event):
        assert bounded(found) == found
        assert found.at.tzinfo is UTC
        orjson.dumps(shown(found, 1))
        orjson.dumps(found.raw)
    elif isinstance(found, Metadata):
        assert found.title is None or len(found.title) <= 300
