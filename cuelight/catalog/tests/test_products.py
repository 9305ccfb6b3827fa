from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.apps import apps

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, queries
from cuelight.catalog.models import Product
from cuelight.catalog.tests.conftest import Told
from cuelight.errors import Conflict, Invalid, NotFound

Listening = Callable[[], AbstractContextManager[Told]]


def test_creating_a_product_stores_it_tidied(studio: Studio, brand_id: int) -> None:
    product_id = actions.create_product(
        studio.pk,
        brand_id,
        name="  Huggie   hoops ",
        original_price_cents=4999,
        pid=" 1729384756123456789 ",
        tags=["Gold", "gold ", "New In"],
    )
    product = Product.objects.get(pk=product_id)
    assert product.name == "Huggie hoops"
    assert product.pid == "1729384756123456789"
    assert product.tags == ["gold", "new in"]


def test_a_blank_pid_is_none_so_that_many_products_may_lack_one(studio: Studio, brand_id: int) -> None:
    for name in ("One", "Two"):
        actions.create_product(studio.pk, brand_id, name=name, original_price_cents=100, pid="")
    assert Product.objects.filter(pid=None).count() == 2


def test_changing_a_product_changes_nothing_else_and_tells(
    studio: Studio, product_id: int, listening: Listening
) -> None:
    stale = Product.objects.get(pk=product_id)
    Product.objects.filter(pk=product_id).update(stock=7)
    with listening() as told:
        actions.update_product(studio.pk, product_id, sale_price_cents=2999)
    product = Product.objects.get(pk=product_id)
    assert (product.sale_price_cents, product.stock) == (2999, 7)
    assert product.updated_at > stale.updated_at
    assert told == [(f"catalog:{studio.pk}", "product_changed", {"product_ids": [product_id]})]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "x" * 501}, "500"),
        ({"name": "   "}, "blank"),
        ({"original_price_cents": 0}, "Price must be positive"),
        ({"sale_price_cents": 0}, "Price must be positive"),
        ({"sale_price_cents": 5000}, "above the original price"),
        ({"stock": -1}, "Stock"),
        ({"tags": ["x" * 51]}, "50"),
        ({"external_url": "javascript:alert(1)"}, "URL"),
        ({"pid": "1.73E+18"}, "rounded"),
    ],
)
def test_refuses_what_breaks_a_rule(studio: Studio, product_id: int, changes: dict[str, Any], sentence: str) -> None:
    before = Product.objects.filter(pk=product_id).values().get()
    with pytest.raises(Invalid, match=sentence):
        actions.update_product(studio.pk, product_id, **changes)
    assert Product.objects.filter(pk=product_id).values().get() == before


def test_a_pid_is_taken_once_per_studio(studio: Studio, other_studio: Studio, brand_id: int) -> None:
    actions.create_product(studio.pk, brand_id, name="First", original_price_cents=100, pid="77")
    with pytest.raises(Conflict, match="product id"):
        actions.create_product(studio.pk, brand_id, name="Second", original_price_cents=100, pid="77")
    theirs = actions.create_brand(other_studio.pk, name="Theirs")
    assert actions.create_product(other_studio.pk, theirs, name="Third", original_price_cents=100, pid="77")


def test_a_number_is_taken_once_per_brand(studio: Studio, brand_id: int) -> None:
    actions.create_product(studio.pk, brand_id, name="First", original_price_cents=100, display_number=1)
    with pytest.raises(Conflict, match="number"):
        actions.create_product(studio.pk, brand_id, name="Second", original_price_cents=100, display_number=1)


def test_a_product_of_another_studio_is_not_there(other_studio: Studio, brand_id: int, product_id: int) -> None:
    with pytest.raises(NotFound):
        actions.update_product(other_studio.pk, product_id, name="Mine now")
    with pytest.raises(NotFound):
        actions.delete_product(other_studio.pk, product_id)
    with pytest.raises(NotFound):
        actions.create_product(other_studio.pk, brand_id, name="In their brand", original_price_cents=1)


def test_columns_that_are_not_for_changing_are_a_bug(studio: Studio, product_id: int) -> None:
    with pytest.raises(TypeError, match="search_text"):
        actions.update_product(studio.pk, product_id, search_text="hoops")


def test_a_product_does_not_go_to_a_brand_of_another_studio(
    studio: Studio, other_studio: Studio, product_id: int
) -> None:
    theirs, ours = (actions.create_brand(one.pk, name="Another") for one in (other_studio, studio))
    with pytest.raises(NotFound):
        actions.update_product(studio.pk, product_id, brand_id=theirs)
    actions.update_product(studio.pk, product_id, brand_id=ours)
    assert Product.objects.get(pk=product_id).brand_id == ours


def test_a_product_in_a_lineup_is_not_deleted(studio: Studio, product_id: int) -> None:
    # Sessions stand above the catalogue, which knows of them only that they hold on to their products.
    session = apps.get_model("live_sessions", "Session").objects.create(studio=studio, name="Show", slug="show")
    session.items.create(studio=studio, product_id=product_id, position=1)
    with pytest.raises(Conflict, match=r'"Huggie hoops" is in the lineup of a session \("Show"\)') as refused:
        actions.delete_product(studio.pk, product_id)
    assert refused.value.reason == "product_in_use"
    assert product_id in queries.lineup_products([product_id])


def test_deleting_a_product_tells(studio: Studio, product_id: int, listening: Listening) -> None:
    with listening() as told:
        actions.delete_product(studio.pk, product_id)
    assert [event for _, event, _ in told] == ["product_changed"]
    assert queries.lineup_products([product_id]) == {}
