"""The history of a show as a pure fold of its journal."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuelight.errors import CuelightError
from cuelight.live.kind import Command, Entry, Event, Redo, Undo
from cuelight.sessions import history, history_csv, history_filter, history_words
from cuelight.sessions.command_types import (
    AckMessage,
    AddItems,
    AddTime,
    Arm,
    ClearMessage,
    ClearQuestion,
    Disarm,
    First,
    Go,
    Jump,
    Last,
    MoveItem,
    Next,
    NextImage,
    OverrideItem,
    PauseClock,
    PinQuestion,
    Previous,
    RemoveItem,
    ResumeClock,
    SendMessage,
    SetStatus,
    ShowCard,
    UpdateSettings,
)
from cuelight.sessions.history import Airtime, History, HistoryEntry
from cuelight.sessions.history_filter import Filter, chosen, parse
from cuelight.sessions.lineup import Item, Settings
from cuelight.sessions.tests.desk import MIA, START, TOM, Desk

LEFT = 9
PEOPLE = {MIA: "Mia", TOM: "Tom"}
PRODUCTS = {1: "Hoops", 2: "Chain", 3: "Ring"}
FACTS = {
    number: {"images": [1, 2, 3], "original_price_cents": 9000, "sale_price_cents": None} for number in (1, 2, 3, 4)
}


class Show(Desk):
    """Numbers 1, 5 and 10, and what its history tells of it."""

    def __init__(self) -> None:
        super().__init__(Settings("Gold night", "gold-night"), [Item(11, 1, 1), Item(12, 2, 5), Item(13, 3, 10)], FACTS)

    def patch(self, kind: str, path: str, before: Any, after: Any) -> "Show":
        """What a rule that these tests do not have would write."""
        return self.write(Event(kind, {path: [before, after]}))

    def told(self) -> History:
        return history.fold(self.entries, PRODUCTS, currency="USD", now=self.now)


def live() -> Show:
    """On air with number 1, for no time yet."""
    return Show().wait(600).do(SetStatus("live"))


def seconds(told: History) -> dict[str, float]:
    return {one.name: one.on_air.total_seconds() for one in told.products}


def one(told: History, name: str) -> Airtime:
    [found] = [product for product in told.products if product.name == name]
    return found


def last(told: History) -> HistoryEntry:
    return told.entries[-1]


def message(number: int = 1, text: str = "12 left, hurry", color: str = "amber") -> SendMessage:
    return SendMessage(f"00000000-0000-4000-8000-{number:012}", text, color)


# Time on air


def test_seconds_count_from_live_to_complete_only() -> None:
    show = Show().do(Jump(5)).wait(50).do(SetStatus("live")).wait(10).do(Jump(10)).wait(7).do(SetStatus("complete"))
    told = show.wait(100).do(Jump(1)).wait(100).told()
    assert seconds(told) == {"Chain": 10, "Ring": 7}
    assert (told.on_air.total_seconds(), told.is_live) == (17, False)
    assert (told.began, told.ended) == (START + timedelta(seconds=50), START + timedelta(seconds=67))
    assert told.moves == 1


def test_a_product_shown_twice_adds_up() -> None:
    told = live().wait(3).do(Next()).wait(4).do(Previous()).wait(5).do(SetStatus("complete")).told()
    assert seconds(told) == {"Hoops": 8, "Chain": 4}
    assert (one(told, "Hoops").times, one(told, "Chain").times) == (2, 1)


def test_a_product_on_two_lines_is_one_product_with_both_numbers() -> None:
    show = live().do(AddItems([Item(14, 1, 40)])).wait(3).do(Jump(40)).wait(4)
    told = show.told()
    assert (one(told, "Hoops").numbers, one(told, "Hoops").on_air.total_seconds()) == ((1, 40), 7)
    assert (told.product_count, told.not_shown) == (3, ["5 · Chain", "10 · Ring"])


def test_an_undone_move_was_on_the_screen_all_the_same() -> None:
    told = live().wait(3).do(Jump(10)).wait(2).do(Undo()).wait(5).told()
    assert seconds(told) == {"Hoops": 8, "Ring": 2}
    assert told.moves == 2


def test_while_live_the_product_on_air_runs_up_to_now() -> None:
    told = live().wait(3).do(Next()).wait(9).told()
    assert (told.is_live, told.ended, one(told, "Chain").is_on_air) == (True, None, True)
    assert one(told, "Chain").on_air.total_seconds() == 9
    assert not one(told, "Hoops").is_on_air


def test_a_clock_that_goes_back_a_little_takes_no_time_away() -> None:
    show = live().wait(3).do(Next()).wait(-2).do(Next()).wait(6)
    assert seconds(show.told()) == {"Hoops": 3, "Chain": 0, "Ring": 4}


def test_a_line_that_was_taken_out_keeps_its_own_name_and_has_no_number() -> None:
    show = live().do(OverrideItem(11, {"name": "Gold hoops"})).wait(6).do(RemoveItem(11)).wait(2)
    told = show.told()
    assert (one(told, "Gold hoops").numbers, one(told, "Gold hoops").on_air.total_seconds()) == ((), 6)
    assert last(told).text == "Took 1 · Gold hoops out of the lineup; 5 · Chain came on air"


def test_a_line_that_moved_has_todays_number() -> None:
    told = live().wait(1).do(MoveItem(11, 2)).wait(1).told()
    assert one(told, "Hoops").numbers == (10,)
    assert last(told).text == "Moved 1 · Hoops to number 10"


def test_time_with_nothing_to_show_is_counted_as_such() -> None:
    show = live().do(RemoveItem(11), RemoveItem(12)).wait(2).do(RemoveItem(13)).wait(5)
    told = show.do(SetStatus("complete")).told()
    assert (told.on_air.total_seconds(), told.nothing_shown.total_seconds()) == (7, 5)


def test_planned_seconds_are_read_where_a_line_has_them() -> None:
    show = live().patch("override_item", "items.11.section", "", "")  # nothing of a plan in these lines
    assert one(show.wait(5).told(), "Hoops").of_plan is None
    planned = [*show.entries, _plan(show, 11, 50)]
    told = history.fold(planned, PRODUCTS, currency="USD", now=show.now)
    assert (one(told, "Hoops").planned_seconds, one(told, "Hoops").of_plan) == (50, 0.1)


def _plan(show: Show, item_id: int, planned: int) -> Entry:
    event = Event("override_item", {f"items.{item_id}.planned_seconds": [None, planned]})
    return Entry(show.state.latest.version + 1, event, MIA, "key", show.now, UUID(int=99))


def test_a_show_that_was_never_live_has_no_times() -> None:
    told = Show().wait(50).do(Next(), message()).told()
    assert (told.began, told.ended, told.products, told.on_air) == (None, None, [], timedelta())
    assert (told.moves, told.sent, len(told.messages), len(told.entries)) == (0, 0, 1, 3)
    assert all(entry.since_start is None for entry in told.entries)


def test_an_empty_journal_is_an_empty_history() -> None:
    told = history.fold([], {}, currency="USD", now=START)
    assert (told.began, told.entries, told.product_count) == (None, [], 0)


# Rehearsals


def rehearsed() -> Show:
    show = Show().patch("set_status", "live.status", "draft", "rehearsal")
    show.wait(9).do(Jump(5)).do(message(1)).wait(4).do(AckMessage(), by=TOM).do(ClearMessage())
    return show.patch("set_status", "live.status", "rehearsal", "draft")


def test_nothing_of_a_rehearsal_enters_times_or_totals() -> None:
    told = rehearsed().wait(60).told()
    assert (told.began, told.products, told.sent, told.seen, told.moves) == (None, [], 0, 0, 0)
    told = rehearsed().do(SetStatus("live")).wait(5).do(Jump(1)).do(message(2)).told()
    assert (seconds(told), told.moves, told.sent) == ({"Chain": 5, "Hoops": 0}, 1, 1)


def test_a_rehearsal_is_in_the_list_only_when_asked_for() -> None:
    told = rehearsed().told()
    assert [entry.is_rehearsal for entry in told.entries] == [False] + [True] * 6
    assert [entry.text for entry in told.entries if entry.kind == "set_status"] == [
        "Began a rehearsal",
        "Ended the rehearsal",
    ]
    assert len(chosen(told.entries, Filter(), PEOPLE)) == 1
    assert len(chosen(told.entries, Filter(with_rehearsal=True), PEOPLE)) == 7


# Messages


def test_a_message_says_who_sent_it_and_when_the_host_saw_it() -> None:
    told = live().wait(2).do(message(color="red")).wait(4).do(AckMessage(), by=TOM).told()
    [sent] = told.messages
    assert (sent.text, sent.color, sent.actor_id, sent.acked_by) == ("12 left, hurry", "red", MIA, TOM)
    assert (sent.receipt, sent.since_start) == ("seen after 4 s", timedelta(seconds=2))
    assert (told.sent, told.seen) == (1, 1)
    assert (last(told).text, last(told).note) == ("Saw “12 left, hurry”", "after 4 s")


@pytest.mark.parametrize(
    ("then", "receipt"),
    [
        ([], "not seen"),
        ([ClearMessage()], "cleared unseen"),
        ([message(2, "next")], "not seen"),
        ([Undo()], "taken back unseen"),
        ([Undo(), Redo()], "not seen"),
        ([AckMessage(), ClearMessage()], "seen after 0 s"),
        ([ClearMessage(), Undo()], "not seen"),
    ],
)
def test_a_message_nobody_saw_says_how_it_ended(then: list[Command], receipt: str) -> None:
    told = live().do(message()).do(*then).told()
    assert told.messages[0].receipt == receipt
    assert told.messages[0].text == "12 left, hurry"


def test_a_message_that_is_brought_back_is_not_counted_twice() -> None:
    told = live().do(message(), Undo(), Redo(), message(2), Undo()).told()
    assert told.sent == 2


def test_the_same_id_sent_again_is_another_message() -> None:
    told = live().do(message(1, "one"), ClearMessage(), message(1, "two"), AckMessage()).told()
    assert [(sent.text, sent.receipt) for sent in told.messages] == [
        ("one", "cleared unseen"),
        ("two", "seen after 0 s"),
    ]


# Words


@pytest.mark.parametrize(
    ("command", "text", "group"),
    [
        (Jump(10), "Jumped to 10 · Ring", "moves"),
        (Next(), "Went on to 5 · Chain", "moves"),
        (Last(), "Went to the last, 10 · Ring", "moves"),
        (NextImage(), "Showed picture 2 of 1 · Hoops", "moves"),
        (ShowCard(), "Showed the product card", "show"),
        (SetStatus("complete"), "Ended the show", "show"),
        (message(), "Sent “12 left, hurry”", "messages"),
        (PinQuestion(7), "Showed the host a viewers' question", "messages"),
        (RemoveItem(12), "Took 5 · Chain out of the lineup", "lineup"),
        (AddItems([Item(14, 4, 0)]), "Added 11 · A product that is gone", "lineup"),
        (AddItems([Item(14, 1, 0), Item(15, 2, 0)]), "Added 2 products", "lineup"),
        (OverrideItem(11, {"section": "Opening"}), "Changed 1 · Hoops", "lineup"),
        (OverrideItem(11, {"sale_price_cents": 500}), "Changed 1 · Hoops", "prices"),
        (UpdateSettings({"wrap": True}), "Changed the settings", "show"),
    ],
)
def test_what_was_done_is_said_in_a_sentence(command: Command, text: str, group: str) -> None:
    entry = last(live().do(command).told())
    assert (entry.text, entry.group) == (text, group)


def test_a_question_on_the_hosts_screen_is_told_without_its_words() -> None:
    told = live().do(PinQuestion(7), PinQuestion(9), ClearQuestion(), Undo()).told()
    assert [entry.text for entry in told.entries[-3:]] == [
        "Showed the host another question",
        "Took the viewers' question off the host's screen",
        "Took back: Took the viewers' question off the host's screen",
    ]
    assert told.messages == []


def test_the_clock_and_what_is_ready_are_told_of_the_product_on_air() -> None:
    show = live().wait(5).do(PauseClock()).wait(5).do(ResumeClock(), AddTime(90), AddTime(-30), Arm(10), Disarm())
    told = show.do(Arm(10), Go()).told()
    assert [entry.text for entry in told.entries[-8:]] == [
        "Stopped the clock: 1 · Hoops",
        "Let the clock go on: 1 · Hoops",
        "Gave 1 min 30 s: 1 · Hoops",
        "Took 30 s: 1 · Hoops",
        "Made ready 10 · Ring",
        "Took back what was ready",
        "Made ready 10 · Ring",
        "Showed, being ready, 10 · Ring",
    ]


def test_first_and_previous_go_back() -> None:
    told = live().do(Last(), Previous(), First()).told()
    assert [entry.text for entry in told.entries[-2:]] == ["Went back to 5 · Chain", "Went to the first, 1 · Hoops"]


def test_prices_and_points_are_told_from_what_to_what() -> None:
    show = live().do(OverrideItem(11, {"sale_price_cents": 123450, "original_price_cents": 200000}))
    show.do(OverrideItem(11, {"sale_price_cents": None, "talking_points_md": "- **Gold**"}))
    first, second = show.told().entries[-2:]
    assert set(first.changes) == {
        ("Sale price", "as the product", "$1,234.50"),
        ("Price", "as the product", "$2,000.00"),
    }
    assert set(second.changes) == {
        ("Sale price", "$1,234.50", "as the product"),
        ("Talking points", "as the product", "- **Gold**"),
    }


def test_a_change_of_several_lines_says_which_is_which() -> None:
    show = live()
    plan = {f"items.{item_id}.planned_seconds": [None, 60] for item_id in (11, 12)}
    entry = Entry(show.state.latest.version + 1, Event("plan", plan), MIA, "key", show.now, UUID(int=99))
    told = history.fold([*show.entries, entry], PRODUCTS, currency="USD", now=show.now)
    assert (last(told).text, last(told).group) == ("Changed 2 products", "lineup")
    assert [change.label for change in last(told).changes] == [
        "1 · Hoops, planned seconds",
        "5 · Chain, planned seconds",
    ]


@pytest.mark.parametrize(
    ("minor_units", "currency", "text"),
    [(4999, "USD", "$49.99"), (5, "EUR", "€0.05"), (4999, "JPY", "¥4,999"), (4999, "KWD", "KWD 4.999")],
)
def test_money_has_the_marks_of_its_currency(minor_units: int, currency: str, text: str) -> None:
    assert history_words.money(minor_units, currency) == text


def test_settings_are_told_from_what_to_what() -> None:
    entry = last(live().do(UpdateSettings({"name": "Silver night", "scheduled_at": "2026-11-27T18:00:00Z"})).told())
    assert set(entry.changes) == {
        ("Name of the session", "Gold night", "Silver night"),
        ("Scheduled for", "none", "2026-11-27 18:00 UTC"),
    }


def test_undo_and_redo_say_what_they_took_back() -> None:
    show = live().do(Jump(10), Undo())
    assert (last(show.told()).text, last(show.told()).note) == ("Took back: Jumped to 10 · Ring", "on air: 1 · Hoops")
    assert [entry.is_undone for entry in show.told().entries[-2:]] == [True, False]
    show.do(Redo())
    assert (last(show.told()).text, last(show.told()).note) == ("Did again: Jumped to 10 · Ring", "on air: 10 · Ring")
    assert not any(entry.is_undone for entry in show.told().entries)
    show.do(Undo())
    assert last(show.told()).text == "Took back: Jumped to 10 · Ring"
    assert {entry.group for entry in show.told().entries[-4:]} == {"moves"}


def test_an_undo_of_somebody_elses_change_says_whose_it_was() -> None:
    told = live().do(Jump(10)).do(Undo(scope="show"), by=TOM).told()
    assert (last(told).actor_id, last(told).of_actor_id) == (TOM, MIA)
    assert last(live().do(Jump(10), Undo()).told()).of_actor_id is None


def test_an_entry_of_a_kind_that_is_not_known_is_told_by_its_name() -> None:
    show = live()
    event = Event("dim_lights", {"live.lights": [None, "low"]})
    strange = Entry(show.state.latest.version + 1, event, MIA, "key", show.now, UUID(int=77))
    told = history.fold([*show.entries, strange], PRODUCTS, currency="USD", now=show.now)
    assert (last(told).text, last(told).group) == ("Dim lights", "show")


# Filters


def test_filters_by_kind_person_and_product_narrow_together() -> None:
    show = live().do(Jump(10)).do(Jump(5), by=TOM).do(message(), by=TOM).do(Jump(10), by=LEFT)
    entries = show.told().entries

    def texts(wanted: Filter) -> list[str]:
        return [entry.text for entry in chosen(entries, wanted, PEOPLE)]

    assert texts(parse(["moves"], [str(TOM)], "", "")) == ["Jumped to 5 · Chain"]
    assert texts(parse(["moves", "messages"], [str(TOM)], "", "")) == ["Jumped to 5 · Chain", "Sent “12 left, hurry”"]
    assert texts(parse([], ["left"], "", "")) == ["Jumped to 10 · Ring"]
    assert texts(parse(["moves"], [], "RING 10", "")) == ["Jumped to 10 · Ring"] * 2
    assert texts(parse([], [], "no such", "")) == []


def test_what_an_address_says_that_is_not_known_is_left_out() -> None:
    assert parse(["nonsense"], ["x", "-1"], "  \0 ", "yes") == Filter()
    assert len(parse([], [], "x" * 999, "").product) == history_filter.MOST_TYPED


@pytest.mark.parametrize(
    ("asked", "number", "count"),
    [
        ("", 1, 200),
        ("2", 2, 200),
        ("3", 3, 1),
        ("99", 3, 1),
        ("0", 1, 200),
        ("-1", 1, 200),
        ("x", 1, 200),
        ("9" * 50, 1, 200),
    ],
)
def test_pages_have_200_entries_and_an_odd_number_gets_the_nearest(asked: str, number: int, count: int) -> None:
    entries = live().told().entries[:1] * 401
    page = history_filter.page(entries, asked)
    assert (page.number, page.pages, page.total, len(page.entries)) == (number, 3, 401, count)


def test_no_entry_is_one_empty_page() -> None:
    assert history_filter.page([], "1") == ([], 1, 1, 0)


# CSV


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    shown = Airtime(1, text, (5,), 1, timedelta(seconds=12), None, False)
    line = history_csv.products([shown]).split("\r\n", 1)[1]
    assert f"'{text}" in line
    assert line.startswith("5,")  # numbers stay numbers


def test_the_files_open_in_excel_and_name_their_columns() -> None:
    told = live().wait(3661).do(message(text="größer, „neu“")).do(AckMessage(), by=LEFT).told()
    entries = history_csv.entries(told.entries, PEOPLE)
    assert entries.startswith("\ufeffTime (UTC),Since start,Who,Kind,What,Details,Rehearsal,Taken back,Source\r\n")
    assert '2026-11-27T19:11:01Z,1:01:01,Mia,Messages,"Sent “größer, „neu“”","amber, seen after 0 s",,,key' in entries
    messages = history_csv.messages(told.messages, PEOPLE)
    assert "seen after 0 s,2026-11-27T19:11:01Z,Somebody who has left," in messages
    products = history_csv.products(told.products)
    assert products.split("\r\n")[1] == "1,Hoops,1,3661,,so far"


# Whatever happens


def any_steps() -> st.SearchStrategy[list[tuple[float, Any, int]]]:
    """(seconds before, what, by whom); a status as text is written without the rules: rehearsals, undone starts."""
    commands = st.one_of(
        st.sampled_from([Next(), Previous(), First(), Last(), NextImage(), AckMessage(), ClearMessage(), ShowCard()]),
        st.builds(Jump, st.sampled_from([1, 5, 10, 12])),
        st.builds(Undo, scope=st.sampled_from(["mine", "show"])),
        st.just(Redo()),
        st.builds(message, st.integers(1, 3)),
        st.builds(RemoveItem, st.integers(11, 15)),
        st.builds(MoveItem, st.integers(11, 15), st.integers(0, 3)),
        # A line is of one product for ever: ids are never given twice.
        st.sampled_from([AddItems([Item(14, 4, 0)]), AddItems([Item(15, 1, 0)])]),
        st.builds(lambda id_, name: OverrideItem(id_, {"name": name}), st.integers(11, 15), st.sampled_from("ab")),
        st.builds(SetStatus, st.sampled_from(["live", "complete"])),
        st.sampled_from(["draft", "rehearsal", "live"]),
    )
    waits = st.floats(0, 100).map(lambda wait: round(wait, 3))
    return st.lists(st.tuples(waits, commands, st.sampled_from([MIA, TOM, LEFT])), max_size=30)


def played(steps: Iterable[tuple[float, Any, int]]) -> tuple[Show, timedelta]:
    """The show, and how long it was live by the state that the rules led to."""
    show, on_air = Show(), timedelta()
    for wait, step, by in steps:
        if show.state.live.status == "live":
            on_air += timedelta(seconds=wait)
        show.wait(wait)
        try:
            if isinstance(step, str):
                if step != show.state.live.status:
                    show.patch("set_status", "live.status", show.state.live.status, step)
            elif not (isinstance(step, AddItems) and str(step.items[0].id) in show.state.items):
                show.do(step, by=by)
        except CuelightError:
            pass
    return show, on_air


@given(any_steps())
def test_the_seconds_of_all_products_add_up_to_the_time_on_air(steps: list[tuple[float, Any, int]]) -> None:
    show, on_air = played(steps)
    told = show.told()
    assert told.on_air == on_air
    assert sum((one.on_air for one in told.products), told.nothing_shown) == on_air
    assert told.is_live == (show.state.live.status == "live")
    assert len({one.product_id for one in told.products}) == len(told.products) <= told.product_count


@given(any_steps())
def test_undo_and_redo_leave_marked_what_was_taken_back(steps: list[tuple[float, Any, int]]) -> None:
    show, _ = played(steps)
    told = show.told()
    assert len(told.entries) == len(show.entries)
    marked = {entry.version for entry in told.entries if entry.is_undone}
    standing = set(show.stacks._done)
    for entry in show.entries:
        if entry.event.kind not in ("undo", "redo") and entry.event.undoable:
            again = any(show.stacks.original(show.stacks.entries[version]) is entry for version in standing)
            assert (entry.version in marked) != again


@given(
    any_steps(),
    st.sets(st.sampled_from(list(history_words.GROUPS))),
    st.sets(st.sampled_from([str(MIA), str(TOM), "left"])),
    st.booleans(),
)
def test_filters_may_be_put_on_in_any_order(
    steps: list[tuple[float, Any, int]], kinds: set[str], people: set[str], with_rehearsal: bool
) -> None:
    entries = played(steps)[0].told().entries
    by_kind = Filter(kinds=frozenset(kinds), with_rehearsal=with_rehearsal)
    by_person = Filter(people=frozenset(people), with_rehearsal=with_rehearsal)
    together = Filter(frozenset(kinds), frozenset(people), "", with_rehearsal)
    one_way = chosen(chosen(entries, by_kind, PEOPLE), by_person, PEOPLE)
    assert one_way == chosen(chosen(entries, by_person, PEOPLE), by_kind, PEOPLE) == chosen(entries, together, PEOPLE)
    assert [entry.version for entry in one_way] == sorted(entry.version for entry in one_way)


@given(
    st.sets(st.sampled_from(list(history_words.GROUPS))),
    st.sets(st.integers(1, 99)),
    st.text(max_size=20),
    st.booleans(),
)
def test_the_address_of_a_filter_leads_back_to_it(
    kinds: set[str], people: set[int], product: str, with_rehearsal: bool
) -> None:
    wanted = parse(kinds, map(str, people), product, "1" if with_rehearsal else "")
    asked = _asked(wanted.query(page=2))
    again = parse(asked["kind"], asked["person"], *(asked[name][0] for name in ("product", "rehearsal")))
    assert again == wanted


def _asked(query: str) -> dict[str, list[str]]:
    found = parse_qs(query)
    return {name: found.get(name, [""]) for name in ("kind", "person", "product", "rehearsal")}
