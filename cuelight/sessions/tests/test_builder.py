"""The session builder over real frames: what its pushes do, who hears of it, who may, and what its pages answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client as Browser

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.catalog import words
from cuelight.catalog.models import Brand, Product
from cuelight.live.db import run_db
from cuelight.live.testing import Client, connect
from cuelight.sessions.models import LineupItem, Session, SessionHost
from cuelight.sessions.tests.conftest import joined, meta_of, numbers, state_of

pytestmark = pytest.mark.usefixtures("live")


@pytest.fixture
def more(session: Session, brand: Brand) -> list[Product]:
    """Products 11 to 14 of the catalogue, which no lineup has."""
    return Product.objects.bulk_create(
        [
            Product(
                studio_id=brand.studio_id, brand=brand, display_number=n, name=f"Product {n}",
                original_price_cents=1000, sku=f"GH-{n}", pid=f"17293847560000000{n}",
            )
            for n in range(11, 15)
        ]
    )  # fmt: skip


async def push(socket: Client, session: Session, event: str, **payload: Any) -> dict[str, Any]:
    reply = await socket.push(meta_of(session), event, payload)
    assert reply.status == "ok", reply
    return reply.response


async def refused(socket: Client, session: Session, event: str, **payload: Any) -> tuple[str, str]:
    reply = await socket.push(meta_of(session), event, payload)
    assert reply.status == "error", reply
    return reply.response["reason"], reply.response["message"]


def rows(session: Session) -> list[tuple[int, int]]:
    """(number, product id) of the table, in order."""
    return list(LineupItem.objects.filter(session=session).order_by("position").values_list("position", "product_id"))


async def test_a_list_is_put_in_at_its_place_and_everybody_hears_of_it_once(
    session: Session, producer: Person, host: Person, more: list[Product]
) -> None:
    ids = [product.pk for product in more]
    async with connect(who(producer)) as builder, connect(who(host)) as screen:
        before = (await joined(builder, meta_of(session)))["items"]
        await joined(screen, meta_of(session))
        reply = await push(builder, session, "add_items", product_ids=ids, to_index=1)
        heard = await screen.receive(meta_of(session), "lineup_changed")
        snapshot = await joined(builder, meta_of(session))
    assert numbers(snapshot["items"]) == [1, 5, 10, 11, 12, 13, 14]
    assert [item["product_id"] for item in snapshot["items"]][1:5] == ids
    assert heard["version"] == reply["version"]
    assert {item["product_id"] for item in heard["items"]} == {*ids, *(item["product_id"] for item in before[1:])}
    assert await run_db(rows, session) == [(item["position"], item["product_id"]) for item in snapshot["items"]]


async def test_one_undo_takes_a_whole_list_out_again(session: Session, producer: Person, more: list[Product]) -> None:
    async with connect(who(producer)) as builder:
        before = (await joined(builder, meta_of(session)))["items"]
        await push(builder, session, "add_items", product_ids=[product.pk for product in more], to_index=0)
        await push(builder, session, "undo")
        assert (await joined(builder, meta_of(session)))["items"] == before


async def test_what_is_in_the_lineup_is_put_in_again_only_when_asked(
    session: Session, producer: Person, more: list[Product]
) -> None:
    async with connect(who(producer)) as builder:
        items = (await joined(builder, meta_of(session)))["items"]
        twice = [more[0].pk, items[1]["product_id"]]
        answer = await refused(builder, session, "add_items", product_ids=twice)
        assert answer == ("already_in_lineup", "Already in the lineup as 5")
        await push(builder, session, "add_items", product_ids=twice, again=True)
        assert numbers((await joined(builder, meta_of(session)))["items"]) == [1, 5, 10, 11, 12]


async def test_the_same_op_adds_once(session: Session, producer: Person, more: list[Product]) -> None:
    op = {"op_id": "11111111-1111-4111-8111-111111111111"}
    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        first = await push(builder, session, "add_items", product_ids=[more[0].pk], **op)
        assert await push(builder, session, "add_items", product_ids=[more[0].pk], **op) == first
        assert (await refused(builder, session, "add_items", product_ids=[more[1].pk], **op))[0] == "op_id_reused"


async def test_a_product_of_another_studio_is_none(session: Session, producer: Person, stranger: Person) -> None:
    def theirs() -> int:
        studio = Studio.objects.get(slug="elsewhere")
        brand = Brand.objects.create(studio=studio, name="Theirs", slug="theirs")
        return Product.objects.create(studio=studio, brand=brand, name="Theirs", original_price_cents=100).pk

    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        product_id = await run_db(theirs)
        assert (await refused(builder, session, "add_items", product_ids=[product_id]))[0] == "unknown_product"
        assert (await refused(builder, session, "preview_product", product_id=product_id))[0] == "unknown_product"


BAD_IDS: list[Any] = [None, [], "1", [True], [0], [1.5], ["1"], [None], {}, list(range(1, 2002))]


@pytest.mark.parametrize("bad", BAD_IDS, ids=[str(bad)[:20] for bad in BAD_IDS])
@pytest.mark.parametrize("event", ["remove_items", "move_items", "override_items", "revert_items"])
async def test_ids_that_are_none_are_refused_with_a_sentence(
    session: Session, producer: Person, event: str, bad: Any
) -> None:
    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        payload = {"item_ids": bad, "to_index": 0, "changes": {"section": "Gold"}}
        reason, message = await refused(builder, session, event, **payload)
    assert reason in ("invalid", "too_many")
    assert "item_ids" in message


async def test_more_than_200_products_are_not_added_at_once(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        answer = await refused(builder, session, "add_items", product_ids=list(range(1, 202)))
    assert answer == ("too_many", "product_ids may name 200 at most; these are 201.")


async def test_moving_planning_numbering_and_taking_out_several(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as builder:
        ids = [item["id"] for item in (await joined(builder, meta_of(session)))["items"]]
        await push(builder, session, "move_items", item_ids=[ids[1], ids[2]], to_index=0, section="Gold")
        await push(builder, session, "override_items", item_ids=ids, changes={"planned_seconds": 150, "notes": "x"})
        await push(builder, session, "renumber")
        items = (await joined(builder, meta_of(session)))["items"]
        assert [(item["id"], item["position"], item["section"], item["planned_seconds"]) for item in items] == [
            (ids[1], 1, "Gold", 150),
            (ids[2], 2, "Gold", 150),
            (ids[0], 3, "", 150),
        ]
        await push(builder, session, "remove_items", item_ids=ids[:2])
        assert await run_db(lambda: list(LineupItem.objects.filter(session=session).values_list("id", flat=True))) == [
            ids[2]
        ]


async def test_what_the_product_has_comes_with_what_the_line_has_for_the_crew_only(
    session: Session, producer: Person, host: Person
) -> None:
    async with connect(who(producer)) as builder, connect(who(host)) as screen:
        item = (await joined(builder, meta_of(session)))["items"][0]
        assert "of_product" not in item
        changes = {"name": "Hoops", "sale_price_cents": 500}
        await push(builder, session, "override_items", item_ids=[item["id"]], changes=changes)
        own = (await joined(builder, meta_of(session)))["items"][0]
        assert own["of_product"] == {"name": "Product 1", "sale_price_cents": None}
        assert "of_product" not in (await joined(screen, meta_of(session)))["items"][0]
        await push(builder, session, "revert_items", item_ids=[item["id"]])
        assert (await joined(builder, meta_of(session)))["items"][0] == item


async def test_taking_out_what_is_on_air_shows_the_next_to_the_host(
    session: Session, producer: Person, host: Person
) -> None:
    async with connect(who(producer)) as builder, connect(who(host)) as screen:
        ids = [item["id"] for item in (await joined(builder, meta_of(session)))["items"]]
        await joined(builder, state_of(session))
        await builder.push(state_of(session), "set_status", {"status": "live"})
        await joined(screen, state_of(session))
        await push(builder, session, "remove_items", item_ids=ids[:2])
        state = await screen.receive(state_of(session), "state_changed")
    assert (state["item_id"], state["kind"]) == (ids[2], "remove_items")


async def test_a_pasted_list_is_read_line_by_line_before_anything_is_added(
    session: Session, producer: Person, more: list[Product], studio: Studio
) -> None:
    def another_brand() -> None:
        brand = Brand.objects.create(studio=studio, name="Zeta", slug="zeta")
        Product.objects.create(studio=studio, brand=brand, name="Twin", display_number=12, original_price_cents=1)

    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        await run_db(another_brand)
        text = f"gh-13\r\n#11, 12;\tnothing here\n\n{more[3].pid}\n 2 3 \n99999999999999999999"
        lines = (await push(builder, session, "resolve_products", text=text))["lines"]
        assert [(line["word"], [one["display_number"] for one in line["products"]]) for line in lines] == [
            ("gh-13", [13]),
            ("11", [11]),
            ("12", [12, 12]),
            ("nothing here", []),
            (more[3].pid, [14]),
            ("2", [2]),
            ("3", [3]),
            ("99999999999999999999", []),
        ]
        [line] = (await push(builder, session, "resolve_products", text="12", brand_id=more[0].brand_id))["lines"]
        assert [one["name"] for one in line["products"]] == ["Product 12"]
        assert numbers((await joined(builder, meta_of(session)))["items"]) == [1, 5, 10]


async def test_a_list_of_200_is_read_and_one_of_201_says_so(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        lines = await push(builder, session, "resolve_products", text="\n".join(map(str, range(200))))
        assert len(lines["lines"]) == 200
        answer = await refused(builder, session, "resolve_products", text="\n".join(map(str, range(201))))
        assert answer == ("too_many", "A list has at most 200 products; this one has 201")


async def test_the_preview_is_what_the_host_would_see(session: Session, producer: Person) -> None:
    async with connect(who(producer)) as builder:
        item = (await joined(builder, meta_of(session)))["items"][0]
        shown = (await push(builder, session, "preview_product", product_id=item["product_id"]))["product"]
    assert {name: shown[name] for name in ("name", "talking_points_html", "images")} == {
        name: item[name] for name in ("name", "talking_points_html", "images")
    }


async def test_hosts_are_people_of_the_studio_each_once(
    session: Session, producer: Person, host: Person, stranger: Person
) -> None:
    async with connect(who(producer)) as builder:
        await joined(builder, meta_of(session))
        hosts = [{"person_id": host.pk, "role": "primary"}, {"person_id": producer.pk, "role": "co_host"}]
        await push(builder, session, "update_settings", changes={"hosts": hosts})
        assert (await joined(builder, meta_of(session)))["session"]["hosts"] == hosts
        named = await run_db(lambda: list(SessionHost.objects.values_list("person_id", "role")))
        assert named == [(host.pk, "primary"), (producer.pk, "co_host")]
        eve = [*hosts, {"person_id": stranger.pk, "role": "co_host"}]
        answer = await refused(builder, session, "update_settings", changes={"hosts": eve})
        assert answer == ("not_a_member", "This person does not belong to the studio")
        twice = [*hosts, {"person_id": host.pk, "role": "co_host"}]
        answer = await refused(builder, session, "update_settings", changes={"hosts": twice})
        assert answer[0] == "host_twice"
        bad_hosts: list[Any] = [7, [7], [{"person_id": "x"}], [{}]]
        for bad in bad_hosts:
            assert (await refused(builder, session, "update_settings", changes={"hosts": bad}))[0] in (
                "invalid_value",
                "not_a_member",
            )


async def test_two_who_change_hosts_at_once_both_do_and_each_takes_back_their_own(
    session: Session, producer: Person, admin: Person, host: Person
) -> None:
    async def on_camera(socket: Client) -> list[tuple[int, str]]:
        snapshot = await joined(socket, meta_of(session))
        return sorted((one["person_id"], one["role"]) for one in snapshot["session"]["hosts"])

    async with connect(who(producer)) as mia, connect(who(admin)) as ada:
        for builder in (mia, ada):
            await joined(builder, meta_of(session))
            await joined(builder, state_of(session))
        await push(mia, session, "update_settings", changes={"hosts": {str(host.pk): "primary"}})
        # Neither has heard of the other: Mia adds Ada, Ada makes Tom a co-host.
        await push(mia, session, "update_settings", changes={"hosts": {str(admin.pk): "primary"}})
        await push(ada, session, "update_settings", changes={"hosts": {str(host.pk): "co_host"}})
        assert await on_camera(ada) == sorted([(admin.pk, "primary"), (host.pk, "co_host")])
        reply = await mia.push(state_of(session), "undo", {})
        assert reply.status == "ok", reply
        assert await on_camera(mia) == [(host.pk, "co_host")]
        await push(mia, session, "update_settings", changes={"hosts": {str(host.pk): None}})
        assert await on_camera(mia) == []
        for bad in ({"x": "primary"}, {str(host.pk): "boss"}, {str(host.pk): 7}):
            answer = await refused(mia, session, "update_settings", changes={"hosts": bad})
            assert answer[0] in ("invalid_value", "invalid_role"), bad


async def test_a_host_builds_nothing(session: Session, host: Person) -> None:
    payload = {"product_ids": [1], "item_ids": [1], "to_index": 0, "changes": {"notes": "x"}, "text": "1"}
    async with connect(who(host)) as screen:
        await joined(screen, meta_of(session))
        for event in ("add_items", "remove_items", "move_items", "override_items", "revert_items", "renumber",
                      "resolve_products", "preview_product"):  # fmt: skip
            assert (await refused(screen, session, event, **payload))[0] == "forbidden"


async def test_a_colleague_sees_the_row_somebody_is_at(session: Session, producer: Person, admin: Person) -> None:
    topic = f"session:{session.pk}:presence"
    async with connect(who(producer)) as mine, connect(who(admin)) as theirs:
        await theirs.join(topic, {"page": "builder"})
        await theirs.receive(topic, "presence_state")
        await mine.join(topic, {"page": "builder", "item_id": 7})
        seen = [await metas(theirs, topic, producer)]
        await mine.push(topic, "row", {"item_id": 8})
        seen.append(await metas(theirs, topic, producer))
        await mine.push(topic, "row", {"item_id": "x"})
        seen.append(await metas(theirs, topic, producer))
    assert [(meta["page"], meta.get("row")) for meta in seen] == [("builder", 7), ("builder", 8), ("builder", None)]


async def metas(socket: Client, topic: str, person: Person) -> dict[str, Any]:
    """The newest that a diff tells of somebody."""
    while True:
        joins = (await socket.receive(topic, "presence_diff"))["joins"]
        if f"person:{person.pk}" in joins:
            meta: dict[str, Any] = joins[f"person:{person.pk}"]["metas"][-1]
            return meta


# Pages


@pytest.mark.parametrize("page", ["edit", "products"])
def test_who_may_change_the_lineup_gets_in(
    session: Session, producer: Person, host: Person, stranger: Person, page: str
) -> None:
    answers = []
    for person in (producer, host, stranger):
        browser = Browser()
        sign_in(browser, person)
        answers.append(browser.get(f"/sessions/{session.pk}/{page}").status_code)
    assert answers == [200, 403, 404]


def test_the_page_brings_the_people_and_brands_to_choose_from(
    session: Session, producer: Person, host: Person, brand: Brand
) -> None:
    browser = Browser()
    sign_in(browser, producer)
    page = browser.get(f"/sessions/{session.pk}/edit")
    assert {one["name"] for one in page.context["props"]["members"]} == {"Mia", "Tom"}
    assert page.context["props"]["brands"] == [{"id": brand.pk, "name": "Pavoi"}]


def test_the_picker_finds_products_of_the_sessions_studio_whichever_is_chosen(
    session: Session, person: Callable[..., Person], studio: Studio
) -> None:
    Product.objects.filter(name="Product 2").update(search_text=words.search_text({"name": "Product 2"}))
    other = Studio.objects.create(name="Another", slug="another")
    both = person("Bo", studio, "producer")
    both.memberships.create(studio=other, role="producer")
    browser = Browser()
    sign_in(browser, both)
    store = browser.session
    store["studio"] = other.pk
    store.save()
    found = browser.get(f"/sessions/{session.pk}/products?q=product+2").json()
    assert [one["name"] for one in found["products"]] == ["Product 2"]
    assert browser.get(f"/sessions/{session.pk}/products?q=product&stock=out&offset=x").json()["products"] == []
