"""Which events become alerts, what of them nobody may read, and how long it is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from cuelight.accounts.models import Studio
from cuelight.errors import Invalid
from cuelight.streams import alert_actions
from cuelight.streams.alert_rules import DEFAULTS, KindRule, Rules, checked, is_wanted, looked_at, read
from cuelight.streams.events import Amount, Event, User
from cuelight.streams.models import Alert, StreamSettings


def event(kind: str, name: str = "Nia", **fields: Any) -> Event:
    user = User(id="1", name=name)
    return Event(platform="puppet", platform_id="1", kind=kind, at=datetime.now(UTC), user=user, **fields)  # type: ignore[arg-type]


def ruled(**kinds: KindRule) -> Rules:
    return Rules(kinds={**DEFAULTS, **kinds})


def money(value: int, currency: str = "USD") -> Amount:
    return Amount(value=value, currency=currency)


def test_without_rules_everything_shows_but_talk_and_likes() -> None:
    shown = {kind for kind in ("chat", "like", "join", "question", *DEFAULTS) if is_wanted(event(kind), Rules())}
    assert shown == set(DEFAULTS)


@pytest.mark.parametrize(
    ("one", "rule", "wanted"),
    [
        (event("follow"), KindRule(on=False), False),
        (event("donation", amount=money(499)), KindRule(least=500), False),
        (event("donation", amount=money(500)), KindRule(least=500), True),
        (event("donation", amount=money(500, "JPY")), KindRule(least=500), True),
        (event("donation", amount=money(99, "BITS")), KindRule(least=5, least_units=100), False),
        (event("donation", amount=money(100, "BITS")), KindRule(least=500, least_units=100), True),
        (event("donation"), KindRule(least=1), False),
        (event("order", amount=money(100)), KindRule(least=500), False),
        (event("raid", count=9), KindRule(least=10), False),
        (event("raid", count=10), KindRule(least=10), True),
        (event("gift"), KindRule(least=1), True),
        (event("gift", count=4), KindRule(least=5), False),
        (event("subscription", detail={"is_gift": True}), KindRule(), False),
        (event("subscription", detail={"is_gift": False}), KindRule(), True),
    ],
)
def test_what_is_too_small_is_not_shown(one: Event, rule: KindRule, wanted: bool) -> None:
    assert is_wanted(one, ruled(**{one.kind: rule})) is wanted


@pytest.mark.parametrize(
    ("blocked", "text", "is_blocked"),
    [
        ("scam", "this is a SCAM!", True), ("scam", "scampi", False), ("scam*", "scampi", True),
        ("*scam", "bigscam", True), ("sc*m", "scheme scxxm", True), ("crème", "CREME brulee", True),
        ("buy now", "please buy now", True), ("a.b", "axb", False), ("scam", "ＳＣＡＭ", True),
    ],
)  # fmt: skip
def test_blocked_words(blocked: str, text: str, is_blocked: bool) -> None:
    rules = Rules(blocked=(blocked,))
    assert looked_at(event("donation", text=text), rules) == (not is_blocked, False)
    assert looked_at(event("donation", name=text), rules) == (not is_blocked, is_blocked)


def test_a_text_that_needs_a_yes() -> None:
    rules = ruled(donation=KindRule(approve=True))
    assert looked_at(event("donation", text="hello"), rules) == (False, False)
    assert looked_at(event("donation", text=" "), rules) == (True, False)
    assert looked_at(event("follow", text="hello"), rules) == (True, False)


def test_many_stars_cost_little() -> None:
    rules = Rules(blocked=("a*a*a*b",))
    assert looked_at(event("donation", text="a" * 2000), rules) == (True, False)


@pytest.mark.parametrize(
    "rules",
    [
        Rules(gap_ms=-1), Rules(gap_ms=10_001), Rules(wait_minutes=0), Rules(blocked=("**",)), Rules(blocked=("a\0",)),
        Rules(blocked=("a*b*c*d*",)), Rules(kinds={"chat": KindRule()}), ruled(raid=KindRule(seconds=0)),
        ruled(raid=KindRule(priority=4)), ruled(raid=KindRule(least=-1)),
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(rules: Rules) -> None:
    with pytest.raises(Invalid):
        checked(rules)


def test_what_makes_no_sense_in_the_table_is_as_if_nothing_was_set() -> None:
    nonsense: list[Any] = [
        {"gap_ms": "x"},
        {"unknown": 1},
        {"kinds": {"raid": {"colour": "red"}}},
        [],
        "x",
        {"gap_ms": -5},
    ]
    for stored in nonsense:
        assert read(stored) == Rules()
    assert read({"gap_ms": 500}).gap_ms == 500


@pytest.mark.django_db
def test_what_alerts_said_is_kept_as_long_as_their_events_and_tests_for_a_day(studio: Studio) -> None:
    now = timezone.now()
    StreamSettings.objects.create(studio=studio, keep_days=10)
    for number, (days, is_test) in enumerate([(1, False), (9, False), (11, False), (0, True), (2, True)]):
        Alert.objects.create(
            studio=studio, platform="puppet", platform_id=str(number), kind="follow", body={}, is_test=is_test,
            at=now - timedelta(days=days, minutes=1),
        )  # fmt: skip
    alert_actions.forget_old(now)
    assert list(Alert.objects.order_by("id").values_list("platform_id", flat=True)) == ["0", "1", "3"]
    StreamSettings.objects.all().delete()
    alert_actions.forget_old(now + timedelta(days=85))
    assert list(Alert.objects.order_by("id").values_list("platform_id", flat=True)) == ["0"]
