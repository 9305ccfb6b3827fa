"""The live session over real frames, on real commits: who may join, what a push does, who hears of it."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from cuelight.accounts import actions as accounts_actions
from cuelight.accounts.models import Membership, Person
from cuelight.accounts.testing import who
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog.models import Product
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.sessions.models import LineupItem, Session
from cuelight.sessions.tests.conftest import joined, meta_of, numbers, state_of

pytestmark = pytest.mark.usefixtures("live")


async def refused(socket: Client, topic: str, event: str, **payload: Any) -> tuple[str, str]:
    reply = await socket.push(topic, event, payload)
    assert reply.status == "error", reply
    return reply.response["reason"], reply.response["message"]


async def test_the_join_tells_what_is_on_air_and_what_one_may_do(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as socket:
        snapshot = await joined(socket, state_of(session))
    first = await run_db(lambda: LineupItem.objects.get(session=session, position=1))
    assert snapshot["live"]["item_id"] == first.pk
    assert (snapshot["live"]["status"], snapshot["live"]["image_index"]) == ("draft", 0)
    assert snapshot["can"] == {"drive": True, "acknowledge": True}


async def test_a_jump_reaches_every_screen_with_the_new_values(
    session: Session, producer: Person, host: Person
) -> None:
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        await joined(console, state_of(session))
        await joined(screen, state_of(session))
        items = (await joined(screen, meta_of(session)))["items"]
        reply = await console.push(state_of(session), "jump", {"number": 10})
        state = await screen.receive(state_of(session), "state_changed")
    assert numbers(items) == [1, 5, 10]
    assert (state["item_id"], state["image_index"]) == (items[2]["id"], 0)
    assert reply.response == {"version": state["version"]}
    assert (state["kind"], state["actor_id"]) == ("jump", producer.pk)


@pytest.mark.parametrize("number", [999, 0, -3, 2**62, "5", None, 1.5, True])
async def test_a_number_that_is_none_moves_nothing(session: Session, producer: Person, number: Any) -> None:
    async with connect(who(producer)) as console:
        before = await joined(console, state_of(session))
        answer = await refused(console, state_of(session), "jump", number=number)
        after = await joined(console, state_of(session))
    assert answer == ("invalid_position", "Invalid product number")
    assert after["live"] == before["live"]


async def test_every_command_by_its_name(session: Session, producer: Person) -> None:
    """The names are what decks and scripts will use; each does what it says."""
    topic = state_of(session)
    script: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("next_image", {}, {"image_index": 1}),
        ("previous_image", {}, {"image_index": 0}),
        ("show_image", {"index": 2}, {"image_index": 2}),
        ("next", {}, {"image_index": 0}),
        ("last", {}, {}),
        ("previous", {}, {}),
        ("first", {}, {}),
        ("jump", {"number": 5}, {}),
        ("show_card", {}, {"card_shown": True}),
        ("hide_card", {}, {"card_shown": False}),
        ("set_status", {"status": "live"}, {"status": "live"}),
        ("undo", {}, {"status": "draft"}),
        ("redo", {}, {"status": "live"}),
    ]
    async with connect(who(producer)) as console:
        await joined(console, topic)
        for event, payload, expected in script:
            reply = await console.push(topic, event, payload)
            state = await console.receive(topic, "state_changed")
            assert reply.status == "ok", (event, reply)
            assert state | expected == state, event
        await console.push(topic, "send_message", {"text": "Two left", "color": "red"})
        sent = (await console.receive(topic, "state_changed"))["message"]
        await console.push(topic, "ack_message")
        seen = (await console.receive(topic, "state_changed"))["message"]
        await console.push(topic, "clear_message")
        cleared = (await console.receive(topic, "state_changed"))["message"]
        pinned = []
        for event, payload in (("pin_question", {"question_id": 7}), ("clear_question", {}), ("undo", {})):
            await console.push(topic, event, payload)
            pinned.append((await console.receive(topic, "state_changed"))["question_id"])
    assert pinned == [7, None, 7]
    assert (sent["text"], sent["color"], sent["acked_at"]) == ("Two left", "red", None)
    assert seen["id"] == sent["id"]
    assert seen["acked_at"]
    assert cleared is None


async def test_the_same_op_id_moves_once(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as console:
        await joined(console, state_of(session))
        op_id = str(uuid4())
        replies = [await console.push(state_of(session), "next", {"op_id": op_id}) for _ in range(2)]
        answer = await refused(console, state_of(session), "previous", op_id=op_id)
        after = await joined(console, state_of(session))
    assert replies[0] == replies[1]
    assert after["live"]["version"] == replies[0].response["version"]
    assert answer[0] == "op_id_reused"


async def test_op_ids_that_are_none_are_refused(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as console:
        await joined(console, state_of(session))
        bad: tuple[Any, ...] = ("x", 7, [], {})
        for op_id in bad:
            assert (await refused(console, state_of(session), "next", op_id=op_id))[0] == "invalid"


async def test_a_host_reads_acknowledges_and_drives_only_where_the_session_says_so(
    session: Session, producer: Person, host: Person
) -> None:
    topic = state_of(session)
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        await joined(console, topic)
        await joined(console, meta_of(session))
        snapshot = await joined(screen, topic)
        assert snapshot["can"] == {"drive": False, "acknowledge": True}
        for event in ("jump", "next", "send_message", "set_status", "undo", "show_card"):
            payload = {"number": 5, "text": "hi", "status": "live"}
            assert (await refused(screen, topic, event, **payload))[0] == "forbidden"
        await console.push(topic, "send_message", {"text": "hi"})
        assert (await screen.push(topic, "ack_message")).status == "ok"
        await joined(screen, meta_of(session))
        edits: tuple[tuple[str, dict[str, Any]], ...] = (
            ("remove_item", {"item_id": 1}),
            ("update_settings", {"changes": {"host_may_drive": True}}),
            ("add_item", {"product_id": 1}),
        )
        for event, payload in edits:
            assert (await refused(screen, meta_of(session), event, **payload))[0] == "forbidden"
        await console.push(meta_of(session), "update_settings", {"changes": {"host_may_drive": True}})
        assert (await screen.push(topic, "next")).status == "ok"


async def test_strangers_and_catalogers_find_no_session(session: Session, stranger: Person, cataloger: Person) -> None:
    for person in (stranger, cataloger):
        async with connect(who(person)) as socket:
            for topic in (state_of(session), meta_of(session), f"session:{session.pk}:presence", "session:999:state"):
                reply = await socket.join(topic)
                assert (reply.status, reply.response["reason"]) == ("error", "not_found")


async def test_the_card_of_another_studio_is_not_to_be_had(session: Session, stranger: Person) -> None:
    async with connect(who(stranger)) as socket:
        reply = await socket.join(f"air:{session.studio_id}")
    assert (reply.status, reply.response["reason"]) == ("error", "not_found")


async def test_notes_never_reach_a_host(session: Session, producer: Person, host: Person) -> None:
    meta = meta_of(session)
    async with connect(who(producer)) as console, connect(who(host)) as screen:
        crew = await joined(console, meta)
        seen = await joined(screen, meta)
        item_id = crew["items"][0]["id"]
        await console.push(meta, "override_item", {"item_id": item_id, "changes": {"notes": "last box"}})
        told = await screen.receive(meta, "lineup_changed")
        known = await console.receive(meta, "lineup_changed")
        await console.push(meta, "update_settings", {"changes": {"notes": "secret"}})
        settings = await screen.receive(meta, "settings_changed")
        again = await joined(screen, meta)
    assert crew["session"]["notes"] == "Ask Ada"
    assert known["items"][0]["notes"] == "last box"
    for shown in (seen["session"], settings["session"], again["session"], *seen["items"], *told["items"]):
        assert "notes" not in shown


async def test_lineup_changes_follow_one_another_without_a_gap(session: Session, producer: Person) -> None:
    meta = meta_of(session)
    async with connect(who(producer)) as console:
        await joined(console, state_of(session))
        snapshot = await joined(console, meta)
        first, second, third = (item["id"] for item in snapshot["items"])
        await console.push(meta, "move_item", {"item_id": third, "to_index": 0})
        moved = await console.receive(meta, "lineup_changed")
        await console.push(state_of(session), "next")
        await console.push(meta, "remove_item", {"item_id": second})
        removed = await console.receive(meta, "lineup_changed")
        await console.push(meta, "undo")
        back = await console.receive(meta, "lineup_changed")
    assert moved["previous"] == snapshot["version"]
    assert {item["id"]: item["position"] for item in moved["items"]} == {third: 1, first: 5, second: 10}
    assert (removed["previous"], removed["removed"]) == (moved["version"], [second])
    assert (back["previous"], [item["id"] for item in back["items"]]) == (removed["version"], [second])
    rows = await run_db(lambda: dict(LineupItem.objects.filter(session=session).values_list("id", "position")))
    assert rows == {third: 1, first: 5, second: 10}


async def test_a_product_joins_the_lineup(
    session: Session, producer: Person, products: Callable[..., Any], stranger: Person
) -> None:
    meta = meta_of(session)
    product_id = await run_db(
        catalog_actions.create_product,
        session.studio_id,
        await run_db(lambda: LineupItem.objects.filter(session=session).first().product.brand_id),  # type: ignore[union-attr]
        name="Huggies",
        original_price_cents=1999,
    )
    async with connect(who(producer)) as console:
        await joined(console, meta)
        await console.push(meta, "add_item", {"product_id": product_id})
        change = await console.receive(meta, "lineup_changed")
        taken = await refused(console, meta, "add_item", product_id=product_id, position=5)
        unknown = await refused(console, meta, "add_item", product_id=999_999)
    assert (change["items"][0]["name"], change["items"][0]["position"]) == ("Huggies", 11)
    assert (taken[0], unknown[0]) == ("position_taken", "unknown_product")


async def test_one_can_ask_what_an_undo_would_take_back(session: Session, producer: Person, admin: Person) -> None:
    topic = state_of(session)

    async def ahead(socket: Client) -> list[str | None]:
        response = (await socket.push(topic, "undoable")).response
        return [entry and entry["kind"] for entry in (response["undo"], response["redo"])]

    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        await joined(mia, topic)
        await joined(ada, topic)
        assert await ahead(mia) == [None, None]
        await mia.push(topic, "jump", {"number": 5})
        await mia.push(topic, "send_message", {"text": "Slow down"})
        await ada.push(topic, "show_card")
        assert (await ahead(mia), await ahead(ada)) == (["send_message", None], ["show_card", None])
        await mia.push(topic, "undo")
        assert await ahead(mia) == ["jump", "send_message"]
        await mia.push(topic, "redo")
        assert await ahead(mia) == ["send_message", None]


async def test_an_override_shows_and_clearing_it_brings_back_the_product(session: Session, producer: Person) -> None:
    meta = meta_of(session)
    await run_db(lambda: Product.objects.update(short_name="Hoops"))
    async with connect(who(producer)) as console:
        item = (await joined(console, meta))["items"][0]
        changes = {
            "name": "Gold <hoops>",
            "talking_points_md": "- new\n\n<script>alert(1)</script>",
            "sale_price_cents": 500,
        }
        await console.push(meta, "override_item", {"item_id": item["id"], "changes": changes})
        shown = (await console.receive(meta, "lineup_changed"))["items"][0]
        clear = dict.fromkeys(changes)
        await console.push(meta, "override_item", {"item_id": item["id"], "changes": clear})
        back = (await console.receive(meta, "lineup_changed"))["items"][0]
        bad = await refused(console, meta, "override_item", item_id=item["id"], changes={"sale_price_cents": 99_999})
    assert (shown["name"], shown["sale_price_cents"]) == ("Gold <hoops>", 500)
    assert (item["short_name"], shown["short_name"]) == ("Hoops", "")  # else rows would go on showing the old name
    assert set(shown["overridden"]) == set(changes)
    assert "<script" not in shown["talking_points_html"]
    assert back == item
    assert bad[0] == "sale_above_original"


async def test_a_price_changed_in_the_catalogue_is_on_every_screen(session: Session, producer: Person) -> None:
    meta = meta_of(session)
    async with connect(who(producer)) as console:
        item = (await joined(console, meta))["items"][0]
        await joined(console, state_of(session))
        await joined(console, f"air:{session.studio_id}")
        await console.push(state_of(session), "set_status", {"status": "live"})
        await console.push(state_of(session), "show_card")
        card = await console.receive(f"air:{session.studio_id}", "card_changed")
        await run_db(catalog_actions.update_product, session.studio_id, item["product_id"], sale_price_cents=777)
        refreshed = await console.receive(meta, "items_refreshed")
        new_card = await console.receive(f"air:{session.studio_id}", "card_changed")
    assert card["product"]["sale_price_cents"] is None
    assert [one["sale_price_cents"] for one in refreshed["items"]] == [777]
    assert new_card["product"]["sale_price_cents"] == 777


async def test_the_card_is_public_and_holds_nothing_else(session: Session, producer: Person) -> None:
    air = f"air:{session.studio_id}"
    async with connect(who(producer)) as console:
        assert (await joined(console, air))["shown"] is False
        await joined(console, state_of(session))
        await console.push(state_of(session), "show_card")
        await console.push(state_of(session), "set_status", {"status": "live"})
        card = await console.receive(air, "card_changed")
        again = await joined(console, air)
        await console.push(state_of(session), "hide_card")
        hidden = await console.receive(air, "card_changed")
    assert card == again
    assert set(card["product"]) == {
        "number", "name", "short_name", "original_price_cents", "sale_price_cents", "currency", "image_url", "flash",
        "image_srcset", "sold_out",
    }  # fmt: skip
    assert (card["shown"], card["product"]["number"]) == (True, 1)
    assert (hidden["shown"], hidden["product"]) == (False, None)


async def test_two_producers_at_once_both_count(session: Session, producer: Person, admin: Person) -> None:
    async with connect(who(producer)) as one, connect(who(admin)) as two:
        await joined(one, state_of(session))
        await joined(two, state_of(session))
        replies = await asyncio.gather(
            *[socket.push(state_of(session), "next_image") for socket in (one, two) for _ in range(5)]
        )
        after = await joined(one, state_of(session))
    assert len({reply.response["version"] for reply in replies}) == 10
    assert after["live"]["image_index"] == 10 % 3


async def test_undo_is_refused_with_the_name_of_who_went_on(session: Session, producer: Person, admin: Person) -> None:
    async with connect(who(producer)) as one, connect(who(admin)) as two:
        await joined(one, state_of(session))
        await joined(two, state_of(session))
        await one.push(state_of(session), "jump", {"number": 5})
        await two.push(state_of(session), "jump", {"number": 10})
        assert await refused(one, state_of(session), "undo") == ("superseded", "Ada changed this since")
        undone = await two.push(state_of(session), "undo")
    assert undone.response["undone"]["kind"] == "jump"


async def test_rights_taken_away_close_the_topic(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as console:
        await joined(console, state_of(session))
        await run_db(accounts_actions.revoke, producer.pk, session.studio_id, "producer")
        await console.receive(state_of(session), "phx_close")
        reply = await console.join(state_of(session))
    assert reply.response["reason"] == "not_found"
    assert not await run_db(lambda: Membership.objects.filter(person=producer).exists())


async def test_who_is_here(session: Session, producer: Person, host: Person) -> None:
    topic = f"session:{session.pk}:presence"
    async with connect(who(producer)) as console:
        await console.join(topic, {"page": "producer"})
        async with connect(who(host)) as screen:
            await screen.join(topic, {"page": "host"})
            state = await screen.receive(topic, "presence_state")
            while f"person:{host.pk}" not in (await console.receive(topic, "presence_diff"))["joins"]:
                pass
        left = await console.receive(topic, "presence_diff")
    assert state[f"person:{producer.pk}"]["metas"][0]["name"] == "Mia"
    assert list(left["leaves"]) == [f"person:{host.pk}"]
