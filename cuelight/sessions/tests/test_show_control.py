"""Clock, rehearsal, arming, presets and the host's screen over real frames: features (d3), (c) 7, 13, 16."""

from datetime import timedelta
from typing import Any

import pytest

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.catalog import actions as catalog_actions
from cuelight.errors import Refused
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.sessions import actions, queries
from cuelight.sessions.command_types import Arm, Go
from cuelight.sessions.models import LineupItem, Session
from cuelight.sessions.state import decide
from cuelight.sessions.tests.conftest import joined, meta_of, state_of
from cuelight.sessions.tests.test_channel import refused
from cuelight.sessions.tests.test_state import AT, FACTS, SPARSE, do

pytestmark = pytest.mark.usefixtures("live")

NO_CLOCK = {"since": None, "paused_at": None, "added_seconds": 0}


async def told(socket: Client, topic: str, event: str, **payload: Any) -> dict[str, Any]:
    """Pushes what must change something; returns the state that everybody hears of then."""
    reply = await socket.push(topic, event, payload)
    assert reply.status == "ok", (event, reply)
    while True:
        state = await socket.receive(topic, "state_changed")
        if state["version"] >= reply.response["version"]:
            return state


async def version_of(socket: Client, topic: str) -> int:
    found: int = (await joined(socket, topic))["live"]["version"]
    return found


# The clock and arming


async def test_the_clock_runs_is_paused_and_given_time(session: Session, producer: Person) -> None:
    topic = state_of(session)
    async with connect(who(producer)) as mia:
        assert (await joined(mia, topic))["live"]["clock"] == NO_CLOCK
        sentence = "The clock runs once the show is live"
        assert await refused(mia, topic, "pause_clock") == ("clock_not_running", sentence)
        live = await told(mia, topic, "set_status", status="live")
        assert live["clock"] == {**NO_CLOCK, "since": live["at"]}
        paused = await told(mia, topic, "pause_clock")
        assert paused["clock"] == {**live["clock"], "paused_at": paused["at"]}
        again = await mia.push(topic, "pause_clock")
        assert again.response["version"] == paused["version"]
        resumed = await told(mia, topic, "resume_clock")
        assert resumed["clock"]["since"] > live["clock"]["since"]
        given = await told(mia, topic, "add_time", seconds=-60)
        assert given["clock"]["added_seconds"] == -60
        assert (await refused(mia, topic, "add_time", seconds=-3600))[0] == "too_much_time"
        undone = await mia.push(topic, "undo")
        assert undone.response["undone"]["kind"] == "add_time"
        assert (await told(mia, topic, "next"))["clock"]["added_seconds"] == 0


async def test_ready_then_go(session: Session, producer: Person) -> None:
    topic = state_of(session)
    async with connect(who(producer)) as mia:
        await joined(mia, topic)
        first, second, third = [item["id"] for item in (await joined(mia, meta_of(session)))["items"]]
        assert await refused(mia, topic, "go") == ("not_armed", "Nothing is armed")
        assert (await told(mia, topic, "arm"))["armed"]["item_id"] == second
        staged = await told(mia, topic, "arm", number=10)
        assert (staged["armed"], staged["item_id"]) == ({"item_id": third, "at": staged["at"]}, first)
        gone = await told(mia, topic, "go")
        assert (gone["item_id"], gone["image_index"], gone["armed"]) == (third, 0, None)
        assert (await refused(mia, topic, "arm"))[0] == "end_of_session"
        assert (await refused(mia, topic, "arm", number=7)) == ("invalid_position", "Invalid product number")
        undone = await mia.push(topic, "undo")
        assert undone.response["undone"]["kind"] == "go"
        await told(mia, topic, "arm", number=5)
        assert (await told(mia, topic, "disarm"))["armed"] is None
        before = await version_of(mia, topic)
        for event, payload in (("disarm", {}), ("arm", {"number": 1})):  # number 1 is on air
            assert (await mia.push(topic, event, payload)).response["version"] == before
        await told(mia, topic, "arm", number=5)
        await mia.push(meta_of(session), "remove_item", {"item_id": second})
        assert (await mia.receive(topic, "state_changed"))["armed"] is None
        assert (await refused(mia, topic, "go"))[0] == "not_armed"


async def test_what_was_armed_is_forgotten_after_fifteen_seconds() -> None:
    armed = do(SPARSE, Arm(10))
    for seconds, shown in ((-3, True), (15, True), (15.001, False), (3600, False)):
        at = AT + timedelta(seconds=seconds)
        if shown:
            event = decide(armed, Go(), FACTS, at)
            assert event is not None
            assert event.changes["live.item_id"] == [101, 110]
            assert event.undoable
        else:
            with pytest.raises(Refused, match="Nothing is armed"):
                decide(armed, Go(), FACTS, at)


@pytest.mark.parametrize(
    ("event", "key", "reason"),
    [("arm", "number", "invalid_position"), ("add_time", "seconds", "invalid")],
)
@pytest.mark.parametrize("value", ["60", True, False, 1.5, [], {}, 2**64 - 1, -(2**63), float("1e308"), "\0"])
async def test_a_number_that_is_none_is_refused(
    session: Session, producer: Person, event: str, key: str, reason: str, value: Any
) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, state_of(session))
        await told(mia, state_of(session), "set_status", status="live")
        assert (await refused(mia, state_of(session), event, **{key: value}))[0] == reason
        assert await version_of(mia, state_of(session)) == 2


@pytest.mark.parametrize("value", [0, None])
async def test_no_time_cannot_be_added(session: Session, producer: Person, value: Any) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, state_of(session))
        await told(mia, state_of(session), "set_status", status="live")
        assert (await refused(mia, state_of(session), "add_time", seconds=value))[0] == "invalid"


async def test_pushes_that_need_nothing_mind_nothing_that_comes_along(session: Session, producer: Person) -> None:
    topic, odd = state_of(session), {"number": True, "seconds": 2**63, "clock": {"since": "x"}, "item_id": []}
    async with connect(who(producer)) as mia:
        await joined(mia, topic)
        await told(mia, topic, "set_status", status="live")
        await told(mia, topic, "pause_clock", **odd)
        await told(mia, topic, "resume_clock", **odd)
        await told(mia, topic, "arm")
        assert (await told(mia, topic, "go", **odd))["armed"] is None
        assert (await mia.push(topic, "disarm", odd)).status == "ok"


async def test_a_host_who_drives_moves_the_show_and_leaves_the_rest_to_producers(
    session: Session, producer: Person, host: Person
) -> None:
    topic = state_of(session)
    pushes: list[tuple[str, dict[str, Any]]] = [
        ("arm", {}), ("arm", {"number": 5}), ("go", {}), ("disarm", {}), ("pause_clock", {}), ("resume_clock", {}),
        ("add_time", {"seconds": 60}), ("set_status", {"status": "rehearsal"}), ("set_status", {"status": "live"}),
        ("pin_question", {"question_id": 7}), ("clear_question", {}),
    ]  # fmt: skip
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, topic)
        await joined(mia, meta_of(session))
        await joined(tom, topic)
        for event, payload in pushes:
            reason, sentence = await refused(tom, topic, event, **payload)
            assert reason == "forbidden", event
            assert sentence.startswith("Your role in this studio does not let you "), event
        await mia.push(meta_of(session), "update_settings", {"changes": {"host_may_drive": True}})
        await told(mia, topic, "arm")
        before = await version_of(tom, topic)
        for event, payload in pushes:
            reason, sentence = await refused(tom, topic, event, **payload)
            assert reason == "forbidden", event
            assert sentence.endswith("let you arm, run the clock, start and end the show.")
        assert await version_of(tom, topic) == before
        for event in ("next", "previous", "next_image"):
            assert (await tom.push(topic, event)).status == "ok"


# Viewers' questions


async def test_a_question_taken_off_by_its_number_is_that_one_and_on_no_undo_stack(
    session: Session, producer: Person
) -> None:
    topic = state_of(session)
    async with connect(who(producer)) as mia:
        await joined(mia, topic)
        await told(mia, topic, "jump", number=5)
        version = (await told(mia, topic, "pin_question", question_id=7))["version"]
        assert (await mia.push(topic, "clear_question", {"question_id": 8})).response == {"version": version}
        assert (await told(mia, topic, "clear_question", question_id=7))["question_id"] is None
        # What showed it is forgotten with it: the move before is what is taken back.
        undone = await told(mia, topic, "undo")
        assert (undone["question_id"], undone["kind"]) == (None, "undo")
        assert (await mia.push(topic, "undoable")).response["redo"]["kind"] == "jump"
        assert (await refused(mia, topic, "clear_question", question_id="7"))[0] == "invalid"


# Rehearsal


async def test_a_rehearsal_begins_and_ends_and_leaves_nothing(session: Session, producer: Person) -> None:
    topic = state_of(session)
    async with connect(who(producer)) as mia:
        before = (await joined(mia, topic))["live"]
        rehearsal = await told(mia, topic, "set_status", status="rehearsal")
        assert (rehearsal["status"], rehearsal["started_at"]) == ("rehearsal", rehearsal["at"])
        assert await run_db(lambda: Session.objects.get(pk=session.pk).status) == "rehearsal"
        for event, payload in (
            ("next", {}), ("send_message", {"text": "hi"}), ("show_card", {}), ("arm", {}), ("pause_clock", {}),
            ("pin_question", {"question_id": 7}),
        ):  # fmt: skip
            await told(mia, topic, event, **payload)
        for wanted, sentence in (
            ("live", "End the rehearsal first, then go live"),
            ("complete", "A rehearsal is ended by going back to draft"),
        ):
            assert await refused(mia, topic, "set_status", status=wanted) == ("invalid_status", sentence)
        over = await told(mia, topic, "set_status", status="draft")
    changing = {"version", "actor_id", "kind", "at"}
    assert {key: value for key, value in over.items() if key not in changing} == {
        key: value for key, value in before.items() if key not in changing
    }
    row = await run_db(Session.objects.get, pk=session.pk)
    assert (row.status, row.started_at) == ("draft", None)


async def test_a_rehearsal_in_which_something_happened_is_ended_not_undone(
    session: Session, producer: Person, admin: Person
) -> None:
    topic = state_of(session)
    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        await joined(mia, topic)
        await joined(ada, topic)
        await mia.push(topic, "set_status", {"status": "rehearsal"})
        assert (await mia.push(topic, "undo")).status == "ok"
        await mia.push(topic, "redo")
        await ada.push(topic, "show_card")
        assert await refused(mia, topic, "undo") == ("superseded", "Ada changed this since")
        await ada.push(topic, "undo")
        assert (await mia.push(topic, "undo")).status == "ok"


async def test_nothing_of_a_rehearsal_reaches_the_stream(session: Session, producer: Person) -> None:
    """Not the card, not a price, not to who joins then; what goes live afterwards is the first that is heard."""
    topic, air = state_of(session), f"air:{session.studio_id}"
    item = await run_db(lambda: LineupItem.objects.get(session=session, position=1))
    async with connect(who(producer)) as mia, connect(who(producer)) as overlay:
        await joined(mia, topic)
        await joined(mia, meta_of(session))
        quiet = await joined(overlay, air)
        await told(mia, topic, "show_card")
        await told(mia, topic, "set_status", status="rehearsal")
        assert await run_db(queries.session_on_air, session.studio_id) is None
        for event in ("hide_card", "show_card", "next", "previous", "arm", "go", "first"):
            assert (await mia.push(topic, event)).status == "ok"
        await run_db(catalog_actions.update_product, session.studio_id, item.product_id, sale_price_cents=777)
        await mia.receive(meta_of(session), "items_refreshed")
        changes = {"sale_price_cents": 555}
        await mia.push(meta_of(session), "override_item", {"item_id": item.pk, "changes": changes})
        late = await joined(overlay, air)
        await mia.push(topic, "set_status", {"status": "draft"})
        await mia.push(topic, "set_status", {"status": "live"})
        shown = await mia.push(topic, "show_card")
        first = await overlay.receive(air, "card_changed")
    assert quiet == late == {"session_id": None, "since": None, "version": 0, "shown": False, "product": None}
    assert first["version"] == shown.response["version"]
    assert (first["session_id"], first["shown"], first["product"]["sale_price_cents"]) == (session.pk, True, 555)


async def test_a_show_that_is_live_stays_on_the_stream_while_another_is_rehearsed(
    session: Session, studio: Studio, producer: Person
) -> None:
    other = await run_db(actions.create_session, studio.pk, name="Tomorrow")
    async with connect(who(producer)) as mia:
        await joined(mia, state_of(session))
        await joined(mia, f"session:{other}:state")
        await told(mia, state_of(session), "set_status", status="live")
        await told(mia, f"session:{other}:state", "set_status", status="rehearsal")
        assert await run_db(queries.session_on_air, studio.pk) == session.pk
        assert (await joined(mia, f"air:{studio.pk}"))["session_id"] == session.pk
    listed = await run_db(queries.list_sessions, [studio.pk])
    assert [row["status"] for row in listed] == ["live", "rehearsal"]


# Planned times, settings, presets


async def test_a_line_has_planned_and_warning_times_of_its_own(
    session: Session, producer: Person, host: Person
) -> None:
    meta = meta_of(session)
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        item = (await joined(mia, meta))["items"][0]
        await joined(tom, meta)
        times = {"planned_seconds": 240, "warn_seconds": 90, "danger_seconds": 30}
        await mia.push(meta, "override_item", {"item_id": item["id"], "changes": times})
        shown = (await mia.receive(meta, "lineup_changed"))["items"][0]
        seen = (await tom.receive(meta, "lineup_changed"))["items"][0]
        row = await run_db(lambda: LineupItem.objects.filter(pk=item["id"]).values(*times).get())
        again = (await joined(mia, meta))["items"][0]
        await mia.push(meta, "override_item", {"item_id": item["id"], "changes": dict.fromkeys(times)})
        cleared = (await mia.receive(meta, "lineup_changed"))["items"][0]
    assert shown == {**item, **times} == again  # and "overridden" is empty: no product has times
    assert {name: seen[name] for name in times} == times == row
    assert cleared == item


async def test_settings_of_the_clock_and_ready_messages_are_kept(
    session: Session, producer: Person, host: Person
) -> None:
    meta = meta_of(session)
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        given = (await joined(mia, meta))["session"]
        seen = (await joined(tom, meta))["session"]
        changes = {
            "warn_seconds": 90, "danger_seconds": 30, "freeze_at_zero": True, "arming": True,
            "presets": [{"text": "  Show the clasp ", "color": "purple"}],
        }  # fmt: skip
        await mia.push(meta, "update_settings", {"changes": changes})
        changed = (await mia.receive(meta, "settings_changed"))["session"]
        told_host = (await tom.receive(meta, "settings_changed"))["session"]
        await mia.push(meta, "undo")
        back = (await mia.receive(meta, "settings_changed"))["session"]
        await mia.push(meta, "redo")
        await mia.receive(meta, "settings_changed")
    kept = {**changes, "presets": [{"text": "Show the clasp", "color": "purple"}]}
    assert [preset["text"] for preset in given["presets"]] == [
        "Wrap it up", "Slow down", "Show the back", "Sold out soon", "Great, keep going", "Two minutes left",
    ]  # fmt: skip
    assert [preset["color"] for preset in given["presets"]] == ["amber", "blue", "purple", "red", "green", "amber"]
    assert (given["warn_seconds"], given["danger_seconds"]) == (60, 15)
    assert (given["freeze_at_zero"], given["arming"]) == (False, False)
    assert changed == {**given, **kept}
    assert back == given
    for shown in (seen, told_host):
        assert "presets" not in shown
    row = await run_db(lambda: Session.objects.filter(pk=session.pk).values(*kept).get())
    assert row == kept
    next_one = await run_db(actions.create_session, session.studio_id, name="Next week")
    assert await run_db(lambda: Session.objects.filter(pk=next_one).values(*kept).get()) == kept


async def test_a_session_of_another_studio_does_not_lend_its_presets(session: Session, producer: Person) -> None:
    def make() -> list[Any]:
        Session.objects.filter(pk=session.pk).update(presets=[])
        other = Studio.objects.create(name="Other", slug="other")
        presets: list[Any] = Session.objects.get(pk=actions.create_session(other.pk, name="First")).presets
        return presets

    assert len(await run_db(make)) == 6


# The host's screen


async def test_the_size_of_the_hosts_screen_is_told(session: Session, producer: Person, host: Person) -> None:
    topic, key = f"session:{session.pk}:presence", f"person:{host.pk}"
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await mia.join(topic, {"page": "producer", "screen": {"width": 1920, "height": 1080}})
        there = await mia.receive(topic, "presence_state")
        await tom.join(topic, {"page": "host", "screen": {"width": 1280, "height": 800}})
        came = await presence_of(mia, topic, key)
        for odd in ({}, {"width": 1280}, {"width": 1, "height": 800}, {"width": True, "height": 800}, {"width": "900"}):
            assert (await tom.push(topic, "screen", odd)).status == "ok"
        await tom.push(topic, "screen", {"width": 800, "height": 1280})
        turned = await presence_of(mia, topic, key)
        await mia.push(topic, "screen", {"width": 800, "height": 1280})
        now = await joined_presence(tom, topic)
    assert "screen" not in there[f"person:{producer.pk}"]["metas"][0]
    assert came["screen"] == {"width": 1280, "height": 800}
    assert turned["screen"] == {"width": 800, "height": 1280}
    assert (turned["page"], len(now[key]["metas"])) == ("host", 1)
    assert "screen" not in now[f"person:{producer.pk}"]["metas"][0]


@pytest.mark.parametrize(
    "screen",
    [None, 7, "1280x800", [1280, 800], {}, {"width": 199, "height": 800}, {"width": 1280, "height": 10_001},
     {"width": 1280.0, "height": 800}, {"width": 2**63, "height": 800}, {"width": True, "height": True}],
)  # fmt: skip
async def test_a_screen_that_is_none_is_not_told(session: Session, host: Person, screen: Any) -> None:
    topic = f"session:{session.pk}:presence"
    async with connect(who(host)) as tom:
        assert (await tom.join(topic, {"page": "host", "screen": screen})).status == "ok"
        state = await tom.receive(topic, "presence_state")
    assert "screen" not in state[f"person:{host.pk}"]["metas"][0]


async def presence_of(socket: Client, topic: str, key: str) -> dict[str, Any]:
    """The next meta somebody comes with."""
    while True:
        joins = (await socket.receive(topic, "presence_diff"))["joins"]
        if key in joins:
            meta: dict[str, Any] = joins[key]["metas"][0]
            return meta


async def joined_presence(socket: Client, topic: str) -> dict[str, Any]:
    assert (await socket.join(topic, {"page": "host"})).status == "ok"
    state: dict[str, Any] = await socket.receive(topic, "presence_state")
    return state
