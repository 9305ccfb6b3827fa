"""The rules of flash prices: (c) 15, P19. Pure; what runs by itself is in ``test_flash_watch.py``."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.errors import CuelightError
from cuelight.live.kind import Command, Entry, Undo
from cuelight.live.undo import CLOCK
from cuelight.sessions import flash, history_words, payloads
from cuelight.sessions.command_types import (
    AddTime,
    ApproveFlash,
    DeclineFlash,
    EndFlash,
    ExtendFlash,
    FlashOver,
    FlashPrice,
    Jump,
    Next,
    OverrideItem,
    RemoveItem,
    SetStatus,
    ShowCard,
    UpdateSettings,
)
from cuelight.sessions.lineup import Flash, Item, Settings
from cuelight.sessions.tests.desk import KIND, MIA, START, TOM, Desk

IMAGES: list[dict[str, Any]] = [{"id": 1, "url": "/1.jpg", "thumbnail_url": None, "width": 800}]
FACTS: dict[int, dict[str, Any]] = {
    1: {**payloads.UNKNOWN, "original_price_cents": 10_000, "sale_price_cents": 8_000, "stock": 3, "images": IMAGES},
    2: {**payloads.UNKNOWN, "original_price_cents": 5_000, "sale_price_cents": None, "stock": 0, "images": IMAGES},
    3: {**payloads.UNKNOWN, "original_price_cents": None, "sale_price_cents": None, "stock": None, "images": IMAGES},
    4: {**payloads.UNKNOWN, "original_price_cents": 1, "sale_price_cents": None, "stock": None, "images": IMAGES},
}
LINES = [Item(100 + number, number, number) for number in FACTS]


class Show(Desk):
    """A show that is live, with the clock of its flash prices."""

    def __init__(self, *, status: str = "live", **settings: Any) -> None:
        super().__init__(Settings("Gold", "gold", **settings), LINES, FACTS)
        if status != "draft":
            self.do(SetStatus("live" if status == "complete" else status))
        if status == "complete":
            self.do(SetStatus("complete"))

    def tick(self) -> "Show":
        """What the server's clock does."""
        event = KIND.decide(self.state, FlashOver(), FACTS, self.now)
        if event is not None:
            version = self.state.latest.version + 1
            entry = Entry(version, event, None, CLOCK, self.now, UUID(int=version))
            self.state = KIND.evolve(self.state, entry)
            self.stacks.add(entry)
            self.entries.append(entry)
        return self

    def flash(self, item_id: int = 101) -> Flash | None:
        return self.state.live.flashes.get(str(item_id))

    def price(self, item_id: int = 101) -> int | None:
        running = self.flash(item_id)
        return running.price_cents if running and flash.runs(running, self.now) else None


def wanted(seconds: int = 60, **more: Any) -> FlashPrice:
    return FlashPrice("f1", more.pop("by", "person:3"), seconds, **(more or {"percent": 20}))


def test_percent_are_off_what_is_charged() -> None:
    show = Show().do(wanted())
    assert show.flash() == Flash(
        "f1", 6400, 8000, START.isoformat(), (START + timedelta(60 / 86400)).isoformat(), "person:3"
    )
    show.do(Jump(2), wanted(percent=50))
    assert show.price(102) == 2500
    assert show.price(101) == 6400  # goes on for its own product


def test_a_line_s_own_price_counts_before_the_product_s() -> None:
    show = Show().do(OverrideItem(101, {"sale_price_cents": 6000}), wanted(percent=10))
    assert show.price() == 5400
    show = Show().do(OverrideItem(102, {"original_price_cents": 4000}), wanted(item_id=102, percent=10))
    assert show.price(102) == 3600


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"percent": 0}, "flash_out_of_range"),
        ({"percent": 91}, "flash_out_of_range"),
        ({"price_cents": 8000}, "flash_out_of_range"),
        ({"price_cents": 7921}, "flash_out_of_range"),  # 0.99 %
        ({"price_cents": 799}, "flash_out_of_range"),
        ({"price_cents": 9000}, "flash_out_of_range"),
        ({"price_cents": 0}, "flash_out_of_range"),
        ({"price_cents": -5}, "flash_out_of_range"),
        ({"item_id": 101}, "invalid"),
        ({"percent": 10, "price_cents": 7000}, "invalid"),
        ({"item_id": 103, "percent": 10}, "no_price"),
        ({"item_id": 104, "percent": 10}, "flash_out_of_range"),  # of one cent
        ({"item_id": 999, "percent": 10}, "unknown_item"),
        ({"percent": 10, "seconds": 9}, "flash_too_long"),
        ({"percent": 10, "seconds": 3601}, "flash_too_long"),
        ({"percent": 10, "seconds": 2**62}, "flash_too_long"),
    ],
)
def test_what_is_beyond_the_limits_is_refused_in_a_sentence(more: dict[str, Any], reason: str) -> None:
    found, sentence = Show().refused(wanted(**more))
    assert found == reason
    assert sentence[0].isupper()


@pytest.mark.parametrize("price", [800, 7920, 801, 4000])
def test_the_edges_of_what_is_allowed(price: int) -> None:
    assert Show().do(wanted(price_cents=price)).price() == price


@pytest.mark.parametrize("seconds", [10, 3600])
def test_the_shortest_and_the_longest(seconds: int) -> None:
    show = Show().do(wanted(seconds))
    assert show.wait(seconds - 0.001).price() == 6400
    assert show.wait(0.001).price() is None


@pytest.mark.parametrize(
    ("status", "allowed"), [("draft", False), ("rehearsal", True), ("live", True), ("complete", False)]
)
def test_it_needs_a_show_that_runs(status: str, allowed: bool) -> None:
    show = Show(status=status)
    if allowed:
        assert show.do(wanted()).price() == 6400
    else:
        assert show.refused(wanted())[0] == "not_running"


def test_another_one_for_the_same_product_takes_its_place() -> None:
    show = Show().do(wanted(600)).wait(5).do(FlashPrice("f2", "person:4", 30, percent=50), by=TOM)
    assert (show.price(), len(show.state.live.flashes)) == (4000, 1)
    assert show.do(Undo(), by=TOM).price() == 6400


def test_it_ends_by_itself_and_only_then() -> None:
    show = Show().do(wanted(60)).wait(59).tick()
    assert show.flash() is not None
    show.wait(1).tick()
    assert show.flash() is None
    version = show.state.latest.version
    assert show.tick().state.latest.version == version  # the second process has nothing to say


def test_more_time_and_an_end_by_hand() -> None:
    show = Show().do(wanted(60)).wait(50).do(ExtendFlash(30))
    assert show.wait(39).tick().price() == 6400
    assert show.do(EndFlash()).flash() is None
    assert show.do(Undo()).price() == 6400
    assert show.wait(1).tick().flash() is None
    assert show.refused(EndFlash()) == ("no_flash", "No flash price runs for this product")
    assert show.refused(ExtendFlash(30))[0] == "no_flash"


def test_nobody_extends_beyond_an_hour() -> None:
    show = Show().do(wanted(3590))
    assert show.refused(ExtendFlash(11))[0] == "flash_too_long"
    assert show.refused(ExtendFlash(2**62))[0] == "flash_too_long"
    assert show.refused(ExtendFlash(0))[0] == "invalid"
    assert show.do(ExtendFlash(10)).price() == 6400


def test_what_is_over_cannot_be_extended_before_the_clock_has_said_so() -> None:
    show = Show().do(wanted(60)).wait(60)
    assert show.refused(ExtendFlash(30))[0] == "no_flash"
    assert show.refused(EndFlash())[0] == "no_flash"


def test_it_ends_with_the_show_and_with_its_line() -> None:
    show = Show().do(wanted(600), SetStatus("complete"))
    assert show.state.live.flashes == {}
    assert show.do(Undo()).price() == 6400
    show = Show().do(wanted(600), RemoveItem(101))
    assert show.state.live.flashes == {}
    assert show.do(Undo()).price() == 6400
    show = Show(status="rehearsal").do(wanted(600), SetStatus("draft"))
    assert show.state.live.flashes == {}


def test_no_more_than_twenty_at_once() -> None:
    lines = [Item(number, 1, number) for number in range(1, 23)]
    show = Desk(Settings("Gold", "gold"), lines, FACTS).do(SetStatus("live"))
    for number in range(1, 21):
        show.do(wanted(item_id=number, percent=10))
    assert show.refused(wanted(item_id=21, percent=10))[0] == "too_many_flashes"
    show.do(wanted(item_id=20, percent=30))


# Ctrl+Z


def test_what_the_clock_has_ended_is_not_in_the_way_of_ctrl_z() -> None:
    show = Show().do(Next(), wanted(60), ExtendFlash(30)).wait(90).tick()
    show.do(Undo())
    assert show.state.on_air is not None
    assert show.state.on_air.position == 1


def test_an_undone_flash_is_not_done_again_after_the_clock() -> None:
    show = Show().do(Next(), wanted(60), EndFlash(), Undo()).wait(60).tick()
    # Neither the end nor the beginning can be had back; the move can.
    show.do(Undo())
    assert show.state.on_air is not None
    assert show.state.on_air.position == 1


def test_the_clock_s_own_entry_is_on_nobody_s_stack() -> None:
    show = Show().do(wanted(60)).wait(60).tick()
    assert show.refused(Undo(version=show.state.latest.version))[0] == "nothing_to_undo"
    assert show.do(Undo()).state.live.status == "draft"  # going live was before


# A second person


def asks(**more: Any) -> Show:
    return Show(approve_prices=True, **more)


def test_it_is_only_offered_until_a_second_person_agrees() -> None:
    show = asks().do(wanted(60))
    offer = show.state.live.offer
    assert (show.flash(), offer and (offer.item_id, offer.price_cents, offer.seconds, offer.by)) == (
        None,
        (101, 6400, 60, "person:3"),
    )
    show.wait(100).do(ApproveFlash("person:4", "f1"), by=TOM)
    agreed = show.flash()
    assert agreed is not None
    assert (agreed.by, agreed.approved_by, agreed.started_at) == ("person:3", "person:4", show.now.isoformat())
    assert show.state.live.offer is None
    assert show.wait(59.9).price() == 6400  # from the yes on
    assert show.wait(0.1).tick().flash() is None


@pytest.mark.parametrize(
    ("offered_by", "agreed_by", "allowed"),
    [
        ("person:3", "person:4", True),
        ("person:3", "person:3", False),
        ("person:3", "token:7", True),
        ("token:7", "person:3", True),
        ("token:7", "token:7", False),
        ("token:7", "token:8", True),
        ("token:3", "person:3", True),
    ],
)
def test_who_may_agree(offered_by: str, agreed_by: str, allowed: bool) -> None:
    show = asks().do(wanted(by=offered_by, percent=20))
    if allowed:
        assert show.do(ApproveFlash(agreed_by), by=TOM).price() == 6400
    else:
        sentence = "Somebody else must agree to the price that you offer"
        assert show.refused(ApproveFlash(agreed_by)) == ("own_offer", sentence)
        assert show.flash() is None


def test_an_offer_is_good_for_two_minutes() -> None:
    show = asks().do(wanted()).wait(120)
    assert show.refused(ApproveFlash("person:4"))[0] == "no_offer"
    assert show.refused(DeclineFlash())[0] == "no_offer"
    assert show.state.live.offer is not None
    assert show.tick().state.live.offer is None


def test_another_s_offer_is_answered_first() -> None:
    show = asks().do(wanted())
    other = FlashPrice("f2", "person:4", 30, percent=50)
    assert show.refused(other, by=TOM)[0] == "offer_pending"
    show.do(FlashPrice("f3", "person:3", 30, percent=50))  # one's own may be changed
    assert show.refused(ApproveFlash("person:4", "f1"), by=TOM)[0] == "no_offer"  # that one was not seen
    show.do(DeclineFlash("f3"), by=TOM).do(other, by=TOM)
    assert show.state.live.offer is not None
    assert show.wait(120).do(wanted()).state.live.offer.by == "person:3"  # type: ignore[union-attr]


def test_an_offer_is_taken_back_and_so_is_a_yes() -> None:
    show = asks().do(wanted())
    assert show.do(Undo()).state.live.offer is None
    show.do(wanted()).do(ApproveFlash("person:4"), by=TOM)
    show.do(Undo(), by=TOM)
    assert (show.flash(), show.state.live.offer is not None) == (None, True)


def test_an_agreed_price_that_has_ended_is_in_nobody_s_way() -> None:
    show = asks().do(Next(), wanted(60)).do(AddTime(60), ApproveFlash("person:4"), by=TOM).wait(60).tick()
    show.do(Undo(), by=TOM).do(Undo())
    assert show.state.live.clock.added_seconds == 0
    assert show.state.on_air is not None
    assert show.state.on_air.position == 1


def test_no_offer_outlives_its_show_or_its_line() -> None:
    assert asks().do(wanted(), SetStatus("complete")).state.live.offer is None
    assert asks().do(wanted(), RemoveItem(101)).state.live.offer is None
    show = asks().do(wanted(), UpdateSettings({"approve_prices": False}))
    assert show.do(ApproveFlash("person:4"), by=TOM).price() == 6400


# What the public sees


def test_the_card_has_the_price_and_its_end_and_nothing_more() -> None:
    show = Show().do(ShowCard(), wanted(60))
    product = payloads.card(show.state, FACTS)["product"]
    assert product is not None
    assert product["flash"] == {"price_cents": 6400, "ends_at": (START + timedelta(seconds=60)).isoformat()}
    assert product.keys() == {
        "number", "name", "short_name", "original_price_cents", "sale_price_cents", "flash", "currency", "sold_out",
        "image_url", "image_srcset",
    }  # fmt: skip
    assert product["sold_out"] is False
    product = payloads.card(show.do(Next()).state, FACTS)["product"]
    assert product is not None
    assert (product["flash"], product["sold_out"]) == (None, True)


@pytest.mark.parametrize(
    ("thumbnail", "width", "srcset"),
    [
        ("/t.webp", 1400, "/t.webp 320w, /p.jpg 1400w"),
        ("/t.webp", 320, None),
        ("/t.webp", None, None),
        (None, 1400, None),
    ],
)
def test_the_card_names_a_picture_small_and_large(thumbnail: str | None, width: int | None, srcset: str | None) -> None:
    image = {**IMAGES[0], "url": "/p.jpg", "thumbnail_url": thumbnail, "width": width}
    facts = {**FACTS, 1: {**FACTS[1], "images": [image]}}
    product = payloads.card(Show().do(ShowCard()).state, facts)["product"]
    assert product is not None
    assert (product["image_url"], product["image_srcset"]) == ("/p.jpg", srcset)


# Whatever is pressed

LENGTHS = st.integers(10, 200)
LINE = st.sampled_from([101, 102])
PRESSES = st.one_of(
    st.builds(
        lambda s, p, item_id: FlashPrice("x", "person:3", s, item_id=item_id, percent=p),
        LENGTHS,
        st.integers(1, 90),
        LINE,
    ),
    st.builds(ExtendFlash, LENGTHS, LINE),
    st.builds(EndFlash, LINE),
    st.just(Next()),
    st.just(Jump(1)),
    st.builds(lambda by: ApproveFlash(by), st.sampled_from(["person:3", "person:4"])),
    st.just(DeclineFlash()),
    st.builds(lambda on: UpdateSettings({"approve_prices": on}), st.booleans()),
    st.just(RemoveItem(102)),
)


@given(presses=st.lists(st.tuples(PRESSES, st.sampled_from([MIA, TOM]), st.integers(0, 60)), max_size=25))
def test_undoing_everything_leads_back_to_the_beginning(presses: list[tuple[Command, int, int]]) -> None:
    show = Show()
    for command, by, seconds in presses:
        show.wait(seconds).tick()
        try:
            show.do(command, by=by)
        except CuelightError:
            continue
    show.tick()
    while show.stacks.is_anything_done:
        show.do(Undo("show")).tick()  # never refused
    assert (show.state.items, show.state.settings) == (show.empty.items, show.empty.settings)
    assert (show.state.live.flashes, show.state.live.offer, show.state.live.item_id) == ({}, None, None)


@given(presses=st.lists(st.tuples(PRESSES, st.integers(0, 90)), max_size=25))
def test_the_entries_replayed_give_the_same(presses: list[tuple[Command, int]]) -> None:
    show = Show()
    for command, seconds in presses:
        show.wait(seconds).tick()
        try:
            show.do(command)
        except CuelightError:
            continue
        for running in show.state.live.flashes.values():
            assert running.was_cents * 10 <= running.price_cents * 100 < running.was_cents * 100
            assert datetime.fromisoformat(running.ends_at) <= show.now + timedelta(hours=1)
    state = show.empty
    for entry in show.entries:
        state = KIND.evolve(state, entry)
    assert state == show.state


# In the history


def test_the_history_says_it_in_words() -> None:
    show = asks().do(wanted(60)).do(ApproveFlash("person:4"), by=TOM).do(ExtendFlash(30), EndFlash())
    show.do(wanted(60)).do(DeclineFlash(), by=TOM).do(wanted(60)).wait(120).tick()
    show.do(UpdateSettings({"approve_prices": False}), wanted(10, price_cents=4000)).wait(10).tick()
    lines = {line.id: msgspec.to_builtins(line) for line in LINES}
    names = history_words.Names(lines.get, lambda line: "Hoops", lambda: 101, "USD")
    told = [history_words.phrase(one.event.kind, one.event.changes, names).text for one in show.entries[2:]]
    assert told == [
        "Offered a flash price for 1 · Hoops: $80.00 → $64.00 for 1 min 0 s",
        "Agreed to the flash price of 1 · Hoops: $80.00 → $64.00 for 1 min 0 s",
        "Gave the flash price of 1 · Hoops 30 s",
        "Ended the flash price of 1 · Hoops",
        "Offered a flash price for 1 · Hoops: $80.00 → $64.00 for 1 min 0 s",
        "Declined the flash price offered for 1 · Hoops: $80.00 → $64.00",
        "Offered a flash price for 1 · Hoops: $80.00 → $64.00 for 1 min 0 s",
        "Nobody answered the flash price offered for 1 · Hoops",
        "Changed the settings",
        "Flash price for 1 · Hoops: $80.00 → $40.00 for 10 s",
        "The flash price of 1 · Hoops ended by itself",
    ]
    assert {history_words.group_of(one.event.changes) for one in show.entries[2:10]} == {"prices"}
    agreed = next(one for one in show.entries if one.event.kind == "approve_flash")
    assert history_words.offered_by(agreed.event.changes) == 3
