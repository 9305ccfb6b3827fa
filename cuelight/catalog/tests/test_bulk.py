"""Edits of many products: one change set each, and one step back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps

from cuelight.accounts.models import AuditEntry, Studio
from cuelight.catalog import actions
from cuelight.catalog.actions import bulk
from cuelight.catalog.models import Brand, ChangeSet, Product, ProductChange
from cuelight.catalog.repricing import Put, Reprice, Tag
from cuelight.catalog.tests.conftest import Told
from cuelight.errors import Conflict, Invalid, NotFound

Listening = Callable[[], AbstractContextManager[Told]]
Products = Callable[..., list[Product]]


def ids(made: list[Product]) -> list[int]:
    return [product.pk for product in made]


def column(name: str) -> list[Any]:
    return list(Product.objects.order_by("id").values_list(name, flat=True))


def in_lineup(studio: Studio, product_id: int, name: str = "Friday show") -> None:
    sessions = apps.get_model("live_sessions", "Session").objects
    session, _ = sessions.get_or_create(studio=studio, slug="friday", defaults={"name": name})
    session.items.create(studio=studio, product_id=product_id, position=session.items.count() + 1)


def test_one_edit_is_one_change_set_that_one_step_takes_back(
    studio: Studio, products: Products, listening: Listening
) -> None:
    made = ids(products(3))
    with listening() as told:
        done = actions.edit_products(studio.pk, made, Tag("  Summer  Sale "), title="Tag")
    assert (done["changed"], done["unchanged"], done["left"]) == (3, 0, 0)
    assert column("tags") == [["summer sale"]] * 3
    assert column("hand_edited") == [["tags"]] * 3
    assert all("summer" in text for text in column("search_text"))
    assert told == [(f"catalog:{studio.pk}", "product_changed", {"product_ids": made})]
    assert done["change_set_id"] is not None
    assert actions.revert(studio.pk, done["change_set_id"])["restored"] == 3
    assert (column("tags"), column("hand_edited")) == ([[]] * 3, [[]] * 3)


def test_an_edit_that_changes_nothing_leaves_no_change_set(studio: Studio, products: Products) -> None:
    made = ids(products(2, stock=4))
    done = actions.edit_products(studio.pk, made, Put("stock", 4))
    assert done == {"change_set_id": None, "changed": 0, "unchanged": 2, "left": 0, "why": []}
    assert not ChangeSet.objects.exists()


def test_what_an_edit_would_break_stays_and_is_told_of(studio: Studio, products: Products) -> None:
    made = ids(products(3))  # 10, 20 and 30 dollars
    done = actions.edit_products(studio.pk, made, Put("sale_price_cents", 1500))
    assert column("sale_price_cents") == [None, 1500, 1500]
    assert (done["changed"], done["left"]) == (2, 1)
    assert done["why"] == ['"Product 1" stays: its sale price would be above the original price.']


def test_a_percentage_is_of_each_products_own_price(studio: Studio, products: Products) -> None:
    made = ids(products(3))
    actions.edit_products(studio.pk, made, Reprice("sale_price_cents", -1000))
    actions.edit_products(studio.pk, made, Reprice("sale_price_cents", -1000))
    assert column("sale_price_cents") == [810, 1620, 2430]


def test_products_move_to_a_brand_unless_their_number_is_taken_there(studio: Studio, products: Products) -> None:
    made = products(2)
    other = Brand.objects.create(studio=studio, name="Other", slug="other")
    actions.create_product(studio.pk, other.pk, name="There", original_price_cents=100, display_number=2)
    done = actions.edit_products(studio.pk, ids(made), Put("brand_id", other.pk))
    assert Product.objects.get(pk=made[0].pk).brand_id == other.pk
    assert done["why"] == ['"Product 2" stays: the brand has another product with number 2.']


def test_nothing_of_another_studio_is_touched(studio: Studio, other_studio: Studio, products: Products) -> None:
    made = ids(products(1))
    done = actions.edit_products(other_studio.pk, made, Put("stock", 0))
    assert (done["changed"], done["left"]) == (0, 1)
    assert actions.delete_products(other_studio.pk, made)["changed"] == 0
    theirs = Brand.objects.create(studio=other_studio, name="Theirs", slug="theirs")
    with pytest.raises(NotFound):
        actions.edit_products(studio.pk, made, Put("brand_id", theirs.pk))
    assert column("stock") == [None]


def test_more_than_five_thousand_are_refused(studio: Studio, db: None) -> None:
    with pytest.raises(Invalid, match="5,000 products at most"):
        actions.edit_products(studio.pk, range(1, 5_002), Put("stock", 0))
    with pytest.raises(Invalid, match="5,000 products at most"):
        actions.delete_products(studio.pk, range(1, 5_002))


def test_a_batch_after_the_first_is_in_the_same_change_set(
    studio: Studio, products: Products, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BATCH", 2)
    made = ids(products(5))
    done = actions.edit_products(studio.pk, made, Put("is_featured", True))
    assert done["changed"] == 5
    assert set(ProductChange.objects.values_list("change_set_id", flat=True)) == {done["change_set_id"]}
    assert ProductChange.objects.count() == 5


def test_a_tag_is_checked_before_anything_is_written(studio: Studio, products: Products) -> None:
    made = ids(products(1))
    for tag in ("", "   ", "x" * 51):
        with pytest.raises(Invalid):
            actions.edit_products(studio.pk, made, Tag(tag))
    assert not ChangeSet.objects.exists()


def test_deleting_several_leaves_those_in_a_lineup(studio: Studio, products: Products, listening: Listening) -> None:
    made = ids(products(3))
    in_lineup(studio, made[1])
    with listening() as told:
        done = actions.delete_products(studio.pk, made)
    assert column("id") == [made[1]]
    assert done["why"] == ['"Product 2" stays: it is in the lineup of Friday show.']
    assert told == [(f"catalog:{studio.pk}", "product_changed", {"product_ids": [made[0], made[2]]})]
    assert AuditEntry.objects.get(kind="product_deleted").target == "2 products"
    assert done["change_set_id"] is not None
    assert actions.revert(studio.pk, done["change_set_id"])["recreated"] == 2
    assert column("id") == made


def test_the_fields_somebody_edited_are_marked_once(studio: Studio, products: Products) -> None:
    made = ids(products(1))
    actions.edit_product(studio.pk, made[0], {"stock": 4}, expected={"stock": None}, by=None)
    actions.edit_products(studio.pk, made, Put("stock", 5))
    assert column("hand_edited") == [["stock"]]


def test_an_edit_of_what_was_changed_meanwhile_is_refused(
    studio: Studio, product_id: int, listening: Listening
) -> None:
    actions.update_product(studio.pk, product_id, name="Theirs")
    with pytest.raises(Conflict) as refused:
        actions.edit_product(studio.pk, product_id, {"name": "Mine"}, expected={"name": "Huggie hoops"}, by=None)
    assert refused.value.reason == "changed_meanwhile"
    assert column("name") == ["Theirs"]
    with listening() as told:
        actions.edit_product(
            studio.pk, product_id, {"name": "Mine"}, expected={"name": "Theirs"}, by=7, name="Mia", page="p1"
        )
    assert column("name") == ["Mine"]
    event, payload = told[-1][1:]
    assert event == "product_edited"
    assert payload | {"updated_at": ""} == {
        "product_id": product_id,
        "updated_at": "",
        "values": {"name": "Mine"},
        "hand_edited": ["name"],
        "person_id": 7,
        "name": "Mia",
        "page": "p1",
    }


def test_saving_what_somebody_else_saved_already_is_no_conflict(studio: Studio, product_id: int) -> None:
    actions.update_product(studio.pk, product_id, name="Same")
    actions.edit_product(studio.pk, product_id, {"name": " Same "}, expected={"name": "Huggie hoops"}, by=None)
    assert column("name") == ["Same"]


def test_a_field_follows_its_source_again(studio: Studio, product_id: int, listening: Listening) -> None:
    actions.update_product(studio.pk, product_id, by_hand=True, stock=3, name="New")
    with listening() as told:
        actions.follow_source(studio.pk, product_id, "name")
    assert column("hand_edited") == [["stock"]]
    assert [event for _, event, _ in told] == ["product_edited"]


def test_a_product_is_made_once_however_often_it_is_asked_for(studio: Studio, brand_id: int) -> None:
    key = uuid4()
    made = [actions.create_once(studio.pk, brand_id, key, name="Once", original_price_cents=100) for _ in range(3)]
    assert len(set(made)) == 1
    assert Product.objects.count() == 1
    actions.delete_product(studio.pk, made[0])
    assert actions.create_once(studio.pk, brand_id, key, name="Once", original_price_cents=100) != made[0]


def test_a_copy_has_no_id_of_its_original(studio: Studio, brand_id: int) -> None:
    product_id = actions.create_product(
        studio.pk,
        brand_id,
        name="Hoops",
        original_price_cents=4999,
        display_number=4,
        pid="77",
        sku="H-1",
        tags=["gold"],
        external_key="shopify:hoops",
        variants=[{"title": "S", "sku": "H-1-S", "stock": 2}],
    )
    copy = Product.objects.get(pk=actions.duplicate_product(studio.pk, product_id))
    assert (copy.name, copy.tags, copy.original_price_cents) == ("Hoops (copy)", ["gold"], 4999)
    assert (copy.pid, copy.sku, copy.display_number, copy.external_key) == (None, "", None, "")
    assert [(row["title"], row["sku"], row["stock"]) for row in copy.variants] == [("S", "", 2)]


@pytest.mark.parametrize(
    ("variant", "sentence"),
    [
        ({"title": " "}, "Variant 1: a title"),
        ({"title": "S", "stock": -1}, "its stock must be 0 or more"),
        ({"title": "S", "price_cents": "12"}, "its price"),
        ({"title": "S", "sku": "1.73E+18"}, "rounded"),
    ],
)
def test_a_variant_that_breaks_a_rule_is_named(
    studio: Studio, product_id: int, variant: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        actions.update_product(studio.pk, product_id, variants=[variant])


def test_a_product_changes_its_brand(studio: Studio, other_studio: Studio, product_id: int) -> None:
    other, theirs = actions.create_brand(studio.pk, name="Other"), actions.create_brand(other_studio.pk, name="Theirs")
    actions.update_product(studio.pk, product_id, brand_id=other)
    assert column("brand_id") == [other]
    with pytest.raises(NotFound):
        actions.update_product(studio.pk, product_id, brand_id=theirs)
