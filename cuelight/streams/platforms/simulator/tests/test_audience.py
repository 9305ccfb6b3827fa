"""The simulated audience: the same again from the same seed, believable, and about what is on air. Features (c) 7."""

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuelight.streams.events import Event, bounded
from cuelight.streams.platforms.simulator.audience import Audience
from cuelight.streams.platforms.simulator.lines import LINES, Words, written
from cuelight.streams.platforms.simulator.moments import Moment, OnAir, Said
from cuelight.streams.platforms.simulator.phrases.viewers import NAMES
from cuelight.streams.platforms.simulator.tests.show import LINEUP, START, events, moments, product


def chats(of: list[Event]) -> list[Event]:
    return [event for event in of if event.kind == "chat"]


def at_second(event: Event) -> float:
    return (event.at - START).total_seconds()


# The same again

steps = st.builds(
    lambda seconds, place, sale_cents, text, silent: (seconds, place, sale_cents, text, silent),
    st.floats(0, 9, allow_nan=False),
    st.none() | st.integers(0, 5),
    st.none() | st.integers(1, 2400),
    st.none() | st.sampled_from(["Gold or silver?", "Hello everybody", ""]),
    st.frozensets(st.sampled_from([f"sim-viewer-{place}" for place in range(1, 30)]), max_size=3),
)


def told_by(listed: list[tuple[float, int | None, int | None, str | None, frozenset[str]]]) -> list[Moment]:
    told, second = [], 0.0
    for place, (seconds, shown, sale_cents, text, silent) in enumerate(listed):
        second += seconds
        on_air = None if shown is None else product(shown, sale_cents=sale_cents)
        said = () if text is None else (Said(f"own-{place}", text),)
        told.append(Moment(second, START + timedelta(seconds=second), on_air, said, silent))
    return told


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40), st.floats(0.2, 20), st.lists(steps, min_size=1, max_size=40))
def test_the_same_seed_and_moments_make_the_same_events(
    seed: int, rate: float, listed: list[tuple[float, int | None, int | None, str | None, frozenset[str]]]
) -> None:
    told = told_by(listed)
    first = Audience(seed, rate)
    once = [(msgspec.json.encode(first.tick(moment)), first.viewers(moment)) for moment in told]
    random.seed(seed)  # whatever others draw meanwhile
    second = Audience(seed, rate)
    again = []
    for moment in told:
        random.random()
        again.append((msgspec.json.encode(second.tick(moment)), second.viewers(moment)))
    assert again == once


def test_another_seed_makes_another_show() -> None:
    one, other = (chats(events(Audience(seed, 3), moments(60))) for seed in (1, 2))
    assert [event.text for event in one] != [event.text for event in other]


def test_ids_name_the_seed_and_no_two_are_the_same() -> None:
    made = events(Audience(7, 5), moments(120))
    assert {event.platform_id for event in made} == {f"sim-7-{n}" for n in range(1, len(made) + 1)}
    assert events(Audience(7, 5, run="b2"), moments(5))[0].platform_id == "sim-7-b2-1"


# Believable


def test_the_words_are_many_and_all_different() -> None:
    listed = [line for lines in LINES.values() for line in lines]
    assert len(set(listed)) == len(listed) >= 400
    names = [entry.split(" ")[0] for entry in NAMES]
    assert len({name.lower() for name in names}) == len(names) >= 150


def test_twenty_minutes_bring_three_hundred_different_lines() -> None:
    assert len({event.text for event in chats(events(Audience(1, 3), moments(1200)))}) >= 300


@pytest.mark.parametrize("rate", [0.2, 1.5, 6.0, 100.0])
def test_an_hour_has_about_as_many_messages_as_its_rate_says(rate: float) -> None:
    seconds = 3600 if rate < 50 else 600
    made: Counter[str] = Counter(event.kind for event in events(Audience(3, rate), moments(seconds)))
    assert 0.6 * rate < made["chat"] / seconds < 1.6 * rate
    for kind, least, most in (
        ("follow", 0.01, 0.06),
        ("like", 0.02, 0.08),
        ("join", 0.005, 0.04),
        ("order", 0.01, 0.06),
    ):
        assert least < made[kind] / made["chat"] < most, kind
    if rate > 1:
        assert all(made[kind] for kind in ("subscription", "gift", "donation"))
        assert max(made[kind] for kind in ("subscription", "gift", "donation")) < 0.02 * made["chat"]


def test_events_come_in_order_and_within_their_tick() -> None:
    audience, before = Audience(5, 8), START
    for moment in moments(90):
        made = audience.tick(moment)
        assert all(one.at <= other.at for one, other in pairwise(made))
        assert all(before <= event.at <= moment.at for event in made)
        before = moment.at


def test_nobody_makes_up_for_a_long_sleep() -> None:
    audience = Audience(1, 2)
    events(audience, moments(30))
    woken = audience.tick(Moment(4000, START + timedelta(seconds=4000), product(0)))
    assert len(woken) < 120


def test_every_event_is_rehearsal_and_within_bounds() -> None:
    made = events(Audience(11, 10), moments(1500))
    assert {event.kind for event in made} >= {"chat", "follow", "subscription", "gift", "donation", "raid", "order"}
    for event in made:
        assert bounded(event) == event
        assert event.rehearsal
        assert event.platform == "simulator"
        assert not event.fragments or "".join(piece.text for piece in event.fragments) == event.text


def test_the_audience_grows_and_a_raid_about_doubles_it() -> None:
    audience, watched, raids = Audience(2, 2), [], []
    for moment in moments(2400):
        made = audience.tick(moment)
        watched.append(audience.viewers(moment))
        raids += [(len(watched) - 1, event.count) for event in made if event.kind == "raid"]
    assert 0 < watched[0] < watched[600 * 4 - 1]
    place, people = raids[0]
    before, after = watched[place - 1], max(watched[place : place + 30 * 4])
    assert 0.6 * before < people < 1.3 * before
    assert 1.5 * before < after < 2.6 * before


def test_jumping_to_and_fro_for_minutes_does_not_fill_the_room_without_end() -> None:
    audience, most = Audience(2, 1.5), 0
    for moment in moments(600, each_s=0.5):
        audience.tick(moment)
        most = max(most, audience.viewers(moment))
    assert most < 4 * audience.viewers(Moment(9_000, START))


# About what is on air


def test_a_new_product_makes_the_chat_burst() -> None:
    made = chats(events(Audience(4, 4), moments(3600)))
    changes = [150 * place for place in range(1, 24)]
    fresh = sum(1 for event in made for change in changes if 0 <= at_second(event) - change < 10)
    later = sum(1 for event in made for change in changes if 60 <= at_second(event) - change < 70)
    assert fresh > 1.4 * later


def test_they_name_what_is_on_air_and_its_price() -> None:
    made = chats(events(Audience(4, 4), moments(600)))
    names = {1: "lariat", 2: "hoops", 4: "tennis", 5: "ring trio"}
    for place, number in enumerate(names):
        during = [event.text.lower() for event in made if 150 * place + 25 < at_second(event) < 150 * (place + 1)]
        assert sum(names[number] in text for text in during) > 10
        assert sum(str(number) in text for text in during) > 20
    cheap = [event.text for event in made if 375 < at_second(event) < 400]
    assert sum("$44.50" in text for text in cheap) >= 5
    assert not any("{" in event.text or "$$" in event.text for event in made)


def test_questions_fit_the_kind_of_product() -> None:
    made = [event.text.lower() for event in chats(events(Audience(6, 6), moments(1800, each_s=300)))]
    in_case = [
        event.text.lower()
        for event in chats(events(Audience(6, 6), moments(1800, each_s=300)))
        if 1230 < at_second(event) < 1500
    ]
    assert any("how long is the chain" in text for text in made)
    assert any("heavy on the ears" in text for text in made)
    assert not any("how long is the chain" in text or "on the ears" in text for text in in_case)


def test_a_question_is_asked_again_by_others() -> None:
    """Within a minute: by chance alone the same line comes back much later, when all others have been said."""
    asked: dict[str, list[Event]] = {}
    for event in chats(events(Audience(9, 3), moments(600))):
        if event.text.endswith("?"):
            asked.setdefault(event.text.lower(), []).append(event)
    merged = 0
    for same_ones in asked.values():
        soon = [event for event in same_ones if event.at - same_ones[0].at < timedelta(seconds=60)]
        merged += len({event.user.id for event in soon if event.user}) >= 3
    assert merged >= 10


def test_orders_are_of_what_was_on_air_and_follow_a_request() -> None:
    made = events(Audience(8, 5), moments(1800))
    orders = [event for event in made if event.kind == "order"]
    assert len(orders) > 50
    assert len({order.detail["order_id"] for order in orders}) == len(orders)
    lately = {on_air.product_id: on_air for on_air in map(product, range(6))}
    for order in orders:
        bought = lately[order.detail["product_id"]]
        assert (order.detail["item"], order.detail["sku"]) == (bought.name, bought.sku)
        assert order.count == order.detail["quantity"] in (1, 2, 3)
        assert order.amount is not None
        assert order.amount.currency == "USD"
        assert order.amount.value / order.count in (bought.price_cents, (bought.price_cents or 0) // 2)
        spoke = [at_second(order) - at_second(e) for e in chats(made) if e.user == order.user and e.at < order.at]
        assert any(3.5 < seconds < 125 for seconds in spoke)


def test_nothing_is_ordered_that_has_no_price() -> None:
    on_air = OnAir(item_id=1, number=3, name="Prototype")
    told = (Moment(second, START + timedelta(seconds=second), on_air) for second in range(1, 900))
    made = events(Audience(8, 5), told)
    assert len(chats(made)) > 1000
    assert not [event for event in made if event.kind == "order"]
    assert not any("{" in event.text for event in made)


def test_some_answer_what_the_studio_says() -> None:
    for text, category in (("Gold or silver?", "answer"), ("Thanks for watching", "thanks")):
        audience = Audience(3, 2)
        before = events(audience, moments(30))
        at = before[-1].at + timedelta(seconds=1)
        made = audience.tick(Moment(31, at, None, (Said("own-1", text),)))
        made += [e for s in range(32, 60) for e in audience.tick(Moment(s, at + timedelta(seconds=s - 31)))]
        answers = [event for event in chats(made) if any(same(event.text, line) for line in LINES[category])]
        assert len(answers) >= 1
        assert all(event.detail.get("reply_to") in (None, "own-1") for event in made)


def same(text: str, line: str) -> bool:
    return text.lower().rstrip("!?. 😊😍✨💛🙈🥰") == line.lower().rstrip("!?. 😊😍✨💛🙈🥰") != ""


def test_who_is_silent_says_nothing() -> None:
    audience, silent = Audience(3, 6), frozenset({"sim-viewer-1", "sim-viewer-2", "sim-viewer-3"})
    free = {event.user.id for event in events(Audience(3, 6), moments(300)) if event.user}
    assert silent < free
    for moment in moments(300):
        made = audience.tick(Moment(moment.second, moment.at, moment.on_air, silent=silent))
        assert not silent & {event.user.id for event in made if event.user}


# How it is said


def test_a_products_own_braces_are_text() -> None:
    on_air = OnAir(item_id=1, number=2, name="{other} {price}", price_cents=100)
    words = Words(on_air, LINEUP)
    assert words.fill("love the {short}", random.Random(1)) == "love the {other} {price}"
    assert words.fill("{sale} for {number}", random.Random(1)) == "$1 for 2"
    assert words.fill("@{who} hi", random.Random(1)) is None
    assert Words(None, ()).fill("show {other}", random.Random(1)) is None


def test_habits_change_how_a_line_is_written_and_not_what_it_says() -> None:
    chance = random.Random(1)
    assert written("How long is it?", "bare", chance) == "How long is it"
    assert written("???", "bare", chance) == "???"
    assert written("So nice!", "loud", chance) == "So nice!!"
    assert written("How long is it?", "loud", chance) == "How long is it?"
    assert written("So Nice", "lower", chance) == "so nice"
