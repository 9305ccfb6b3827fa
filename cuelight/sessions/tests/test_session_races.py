"""A live session when two things happen at once: undo under somebody's feet, news during a read, a cut line."""

import asyncio
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from django.db import OperationalError, transaction

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog.models import Brand, Product
from cuelight.live import journal as journals
from cuelight.live import patch, process
from cuelight.live.backlog import Backlog
from cuelight.live.db import run_db
from cuelight.live.kind import Entry, Event, Publication
from cuelight.live.testing import Client, connect
from cuelight.live.tests.desk import eventually
from cuelight.live.topic import Outgoing
from cuelight.sessions import actions
from cuelight.sessions.lineup import Live, SessionState, Settings
from cuelight.sessions.models import LineupItem, Session
from cuelight.sessions.session_kind import SessionKind
from cuelight.sessions.tests.conftest import joined, meta_of, numbers, state_of

pytestmark = pytest.mark.usefixtures("live")

Facts = dict[int, Mapping[str, Any]]
NEW_PRICE = 777


class Gate:
    """Where a thread of ``run_db`` stops until it is let on."""

    def __init__(self) -> None:
        self.reached = 0
        self._open = threading.Event()

    def wait(self) -> None:
        self.reached += 1
        assert self._open.wait(20), "nobody opened the gate"

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


@pytest.fixture
def new_product(brand: Brand) -> Product:
    return Product.objects.create(studio_id=brand.studio_id, brand=brand, name="Huggies", original_price_cents=1999)


async def done(socket: Client, topic: str, event: str, **payload: Any) -> dict[str, Any]:
    reply = await socket.push(topic, event, payload)
    assert reply.status == "ok", reply
    return reply.response


async def reason(socket: Client, topic: str, event: str, **payload: Any) -> str:
    reply = await socket.push(topic, event, payload)
    assert reply.status == "error", reply
    found: str = reply.response["reason"]
    return found


async def number_on_air(session: Session) -> int | None:
    """What the crew sees; the lineup's rows must have it, too."""
    item = (await process.journal.aggregate(f"session:{session.pk}")).state.on_air
    if item is not None:
        assert await run_db(LineupItem.objects.filter(id=item.id, position=item.position).exists)
    return item.position if item else None


# Undo and redo under somebody's feet


@pytest.mark.parametrize(("number", "shown"), [(7, 10), (11, 10)])
async def test_undoing_an_item_that_somebody_put_on_air_shows_the_next_or_else_the_last(
    session: Session, producer: Person, admin: Person, new_product: Product, number: int, shown: int
) -> None:
    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        await joined(mia, meta_of(session))
        await joined(ada, state_of(session))
        await done(mia, meta_of(session), "add_item", product_id=new_product.pk, position=number)
        await done(ada, state_of(session), "jump", number=number)
        await done(mia, meta_of(session), "undo")
    assert await number_on_air(session) == shown


async def test_undoing_the_last_item_that_is_left_leaves_nothing_on_air(
    session: Session, producer: Person, admin: Person, new_product: Product
) -> None:
    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        items = (await joined(mia, meta_of(session)))["items"]
        await joined(ada, meta_of(session))
        await joined(ada, state_of(session))
        await done(mia, meta_of(session), "add_item", product_id=new_product.pk)
        await done(ada, state_of(session), "last")
        for item in items:
            await done(ada, meta_of(session), "remove_item", item_id=item["id"])
        await done(mia, meta_of(session), "undo")
        assert (await joined(ada, state_of(session)))["live"]["item_id"] is None


async def test_redoing_a_removal_of_what_is_on_air_by_now_shows_the_next(
    session: Session, producer: Person, admin: Person
) -> None:
    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        second = (await joined(mia, meta_of(session)))["items"][1]
        await joined(ada, state_of(session))
        await done(mia, meta_of(session), "remove_item", item_id=second["id"])
        await done(mia, meta_of(session), "undo")
        await done(ada, state_of(session), "jump", number=second["position"])
        await done(mia, meta_of(session), "redo")
    assert await number_on_air(session) == 10


async def test_an_undo_does_not_show_what_somebody_has_taken_out(
    session: Session, producer: Person, admin: Person
) -> None:
    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        await joined(mia, state_of(session))
        first = (await joined(ada, meta_of(session)))["items"][0]
        await done(mia, state_of(session), "jump", number=5)
        await done(ada, meta_of(session), "remove_item", item_id=first["id"])
        assert await reason(mia, state_of(session), "undo") == "unknown_item"
    assert await number_on_air(session) == 5


async def test_a_host_who_may_drive_takes_back_own_key_presses_and_nothing_of_others(
    session: Session, producer: Person, host: Person
) -> None:
    async with connect(who(producer)) as mia, connect(who(host)) as tom:
        await joined(mia, meta_of(session))
        await joined(tom, state_of(session))
        await done(mia, meta_of(session), "update_settings", changes={"host_may_drive": True})
        changed = await done(mia, meta_of(session), "update_settings", changes={"notes": "secret"})
        await done(tom, state_of(session), "next")
        assert (await done(tom, state_of(session), "undo"))["undone"]["kind"] == "next"
        assert await reason(tom, state_of(session), "undo", version=changed["version"]) == "forbidden"
        assert await reason(tom, state_of(session), "undo", scope="show") == "forbidden"
        assert (await joined(mia, meta_of(session)))["session"]["notes"] == "secret"


# The same push again


async def test_a_product_added_again_with_the_same_op_id_is_answered_as_the_first_time(
    session: Session, producer: Person, new_product: Product
) -> None:
    push = {"product_id": new_product.pk, "op_id": str(uuid4())}
    async with connect(who(producer)) as mia:
        before = await joined(mia, meta_of(session))
        first, again = [await done(mia, meta_of(session), "add_item", **push) for _ in range(2)]
        other = push | {"product_id": before["items"][0]["product_id"]}
        assert await reason(mia, meta_of(session), "add_item", **other) == "op_id_reused"
        after = await joined(mia, meta_of(session))
    assert first == again
    assert numbers(after["items"]) == [1, 5, 10, 11]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2026-11-27T18:00:00z", "2026-11-27T18:00:00+00:00"),
        ("2026-11-27t18:00:00.1234567+01:00", "2026-11-27T17:00:00.123457+00:00"),
    ],
)
async def test_a_time_is_kept_as_everybody_can_read_it(
    session: Session, producer: Person, text: str, kept: str
) -> None:
    async with connect(who(producer)) as mia:
        await joined(mia, meta_of(session))
        await done(mia, meta_of(session), "update_settings", changes={"scheduled_at": text})
        changed = await mia.receive(meta_of(session), "settings_changed")
    assert changed["session"]["scheduled_at"] == kept


# News during a read


async def test_nobody_sees_a_line_without_its_product(
    session: Session,
    producer: Person,
    host: Person,
    new_product: Product,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = SessionKind.read_facts

    def slowly(kind: SessionKind, keys: Collection[int]) -> Facts:
        if new_product.pk in keys:
            gate.wait()
        return read(kind, keys)

    async with connect(who(producer)) as mia, connect(who(host)) as tom, connect(who(host)) as tim:
        await joined(mia, meta_of(session))
        monkeypatch.setattr(SessionKind, "read_facts", slowly)
        await done(mia, meta_of(session), "add_item", product_id=new_product.pk)
        joining = asyncio.create_task(joined(tom, meta_of(session)))
        await eventually(lambda: gate.reached == 2 or joining.done())  # the broadcast's read, and the join's
        gate.open()
        early = await joining
        told = await mia.receive(meta_of(session), "lineup_changed")
        late = await joined(tim, meta_of(session))
    assert [items[-1]["name"] for items in (early["items"], told["items"], late["items"])] == ["Huggies"] * 3


def first_read_stops_at(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first reader of facts found is only looked at when the gate is open."""
    read = SessionKind.read_facts

    def slowly(kind: SessionKind, keys: Collection[int]) -> Facts:
        found = read(kind, keys)
        if not gate.reached:
            gate.wait()
        return found

    monkeypatch.setattr(SessionKind, "read_facts", slowly)


async def test_a_price_that_changes_while_a_session_is_loaded_is_the_new_one(
    session: Session, producer: Person, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    product_id = await run_db(lambda: LineupItem.objects.get(session=session, position=1).product_id)
    refresh, heard = process.journal.refresh_facts, asyncio.Event()

    async def refresh_and_say(kind: str, keys: Iterable[int]) -> set[int]:
        refreshed = await refresh(kind, keys)
        heard.set()
        return refreshed

    first_read_stops_at(gate, monkeypatch)
    monkeypatch.setattr(process.journal, "refresh_facts", refresh_and_say)
    async with connect(who(producer)) as mia:
        joining = asyncio.create_task(joined(mia, meta_of(session)))
        await eventually(lambda: gate.reached == 1)
        await run_db(catalog_actions.update_product, session.studio_id, product_id, original_price_cents=NEW_PRICE)
        await heard.wait()
        gate.open()
        assert (await joining)["items"][0]["original_price_cents"] == NEW_PRICE


async def nothing() -> None:
    """In place of what mends everything within seconds: here it must be right at once."""


async def test_an_import_that_commits_while_a_session_is_loaded_is_not_missed(
    session: Session, producer: Person, new_product: Product, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.journal, "compare_heads", nothing)
    first_read_stops_at(gate, monkeypatch)
    async with connect(who(producer)) as mia:
        joining = asyncio.create_task(joined(mia, meta_of(session)))
        await eventually(lambda: gate.reached == 1)
        await run_db(put_on_lineup, session.pk, session.studio_id, 77, new_product.pk)
        gate.open()
        await joining
        loaded = await process.journal.aggregate(f"session:{session.pk}")
        await eventually(lambda: loaded.state.numbered(77) is not None)
        assert numbers((await joined(mia, meta_of(session)))["items"]) == [1, 5, 10, 77]


def put_on_lineup(session_id: int, studio_id: int, number: int, product_id: int) -> None:
    """As an import does: in a Django transaction."""
    with transaction.atomic():
        actions.add_products(session_id, studio_id, [(number, product_id)], actor_id=None)


# A line that was cut, a read that failed


async def test_a_price_that_changed_while_the_line_was_cut_is_read_when_it_is_back(
    session: Session, producer: Person
) -> None:
    async with connect(who(producer)) as mia:
        item = (await joined(mia, meta_of(session)))["items"][0]
        changed = Product.objects.filter(pk=item["product_id"])
        await changed.aupdate(original_price_cents=NEW_PRICE)  # of which nobody is told
        process.relay._lost()
        told = await mia.receive(meta_of(session), "items_refreshed")
        again = await joined(mia, meta_of(session))
    assert told["items"][0]["original_price_cents"] == again["items"][0]["original_price_cents"] == NEW_PRICE


async def test_a_product_that_could_not_be_read_is_read_again(
    session: Session, producer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = SessionKind.read_facts
    failed: list[str] = []

    def fail_once(kind: SessionKind, keys: Collection[int]) -> Facts:
        if not failed:
            failed.append("once")
            raise OperationalError("no connection is free")
        return read(kind, keys)

    async with connect(who(producer)) as mia:
        item = (await joined(mia, meta_of(session)))["items"][0]
        monkeypatch.setattr(SessionKind, "read_facts", fail_once)
        await run_db(
            catalog_actions.update_product, session.studio_id, item["product_id"], original_price_cents=NEW_PRICE
        )
        told = await mia.receive(meta_of(session), "items_refreshed")
    assert (failed, told["items"][0]["original_price_cents"]) == (["once"], NEW_PRICE)


# The card


async def test_the_first_products_of_a_live_session_are_on_its_card_at_once(
    session: Session, studio: Studio, producer: Person, new_product: Product
) -> None:
    """Imported while the card is on the stream and empty."""
    session_id = await run_db(actions.create_session, studio.pk, name="Empty")
    topic, air = f"session:{session_id}:state", f"air:{studio.pk}"
    async with connect(who(producer)) as mia:
        await joined(mia, topic)
        await done(mia, topic, "set_status", status="live")
        await done(mia, topic, "show_card")
        empty = await joined(mia, air)
        await run_db(put_on_lineup, session_id, studio.pk, 3, new_product.pk)
        card = await mia.receive(air, "card_changed")
    assert (empty["session_id"], empty["shown"]) == (session_id, False)
    assert (card["shown"], card["product"]["number"], card["product"]["name"]) == (True, 3, "Huggies")


async def test_an_overlay_that_is_alone_for_eleven_minutes_still_hears_of_a_price(
    session: Session, producer: Person
) -> None:
    air = f"air:{session.studio_id}"
    async with connect(who(producer)) as mia:
        await joined(mia, state_of(session))
        product_id = (await joined(mia, meta_of(session)))["items"][0]["product_id"]
        await done(mia, state_of(session), "set_status", status="live")
        await done(mia, state_of(session), "show_card")
    async with connect(who(producer)) as overlay:
        assert (await joined(overlay, air))["shown"]
        held = await process.journal.aggregate(f"session:{session.pk}")
        await eventually(lambda: held.followers == 1)  # the console is gone
        held.used_at = monotonic() - journals.KEPT - 60
        process.journal._forget_idle()
        await run_db(catalog_actions.update_product, session.studio_id, product_id, original_price_cents=NEW_PRICE)
        card = await overlay.receive(air, "card_changed")
    assert card["product"]["original_price_cents"] == NEW_PRICE


def card_of(session_id: int, *, version: int) -> Publication:
    """What is broadcast when a live session without products shows its card."""
    before = SessionState(session_id, 1, "USD", Settings("Gold", "gold"), Live(status="live"))
    event = Event("show_card", patch.change(before, {"live.card_shown": True}))
    entry = Entry(version, event, None, "key", datetime(2026, 11, 27, tzinfo=UTC), UUID(int=version))
    kind = SessionKind()
    told = kind.publish(before, kind.evolve(before, entry), entry, {})
    [card] = [publication for publication in told if publication.topic == "air:1"]
    return card


def test_a_slow_overlay_ends_with_the_card_that_was_sent_last() -> None:
    """Two sessions share a studio's topic, and the versions of one say nothing about those of the other."""
    overlay: Any = object()
    backlog = Backlog(0.0)
    for card in (card_of(1, version=500), card_of(2, version=3)):
        backlog.add(overlay, Outgoing(orjson.dumps(card.payload), card.version))
    assert [orjson.loads(data)["session_id"] for data in backlog.take()] == [1, 2]
