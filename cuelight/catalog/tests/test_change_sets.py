from io import BytesIO
from pathlib import Path

import pytest

from cuelight.accounts.models import Studio
from cuelight.catalog import actions
from cuelight.catalog.models import Product, ProductChange, ProductImage
from cuelight.catalog.tests.conftest import picture_bytes
from cuelight.errors import Conflict, NotFound


def test_a_deleted_product_comes_back_with_its_pictures(studio: Studio, product_id: int, media_folder: Path) -> None:
    actions.add_image(product_id, BytesIO(picture_bytes()))
    before = Product.objects.filter(pk=product_id).values().get() | {"updated_at": None}
    image = ProductImage.objects.values().get(product_id=product_id) | {"created_at": None}
    change_set_id = actions.delete_product(studio.pk, product_id)
    assert not Product.objects.filter(pk=product_id).exists()
    assert actions.revert(studio.pk, change_set_id)["recreated"] == 1
    after = Product.objects.filter(pk=product_id).values().get()
    assert after | {"updated_at": None, "created_at": before["created_at"]} == before | {
        "search_text": after["search_text"]
    }
    assert ProductImage.objects.values().get(product_id=product_id) | {"created_at": None} == image


def test_what_somebody_changed_since_stays(studio: Studio, product_id: int) -> None:
    change_set_id = actions.open_set(studio.pk, "bulk")
    actions.update_product(studio.pk, product_id, change_set_id=change_set_id, sku="NEW-1", stock=3)
    actions.update_product(studio.pk, product_id, stock=8)
    reverted = actions.revert(studio.pk, change_set_id)
    product = Product.objects.get(pk=product_id)
    assert (product.sku != "NEW-1", product.stock) == (True, 8)
    assert (reverted["restored"], reverted["left"]) == (1, 1)


def test_only_once_and_only_in_its_studio(studio: Studio, product_id: int) -> None:
    change_set_id = actions.open_set(studio.pk, "bulk")
    actions.update_product(studio.pk, product_id, change_set_id=change_set_id, stock=3)
    with pytest.raises(NotFound):
        actions.revert(studio.pk + 1, change_set_id)
    actions.revert(studio.pk, change_set_id)
    with pytest.raises(Conflict, match="already"):
        actions.revert(studio.pk, change_set_id)


def test_what_a_person_changes_is_marked(studio: Studio, product_id: int) -> None:
    name = Product.objects.get(pk=product_id).name
    actions.update_product(studio.pk, product_id, by_hand=True, name=name, stock=77)
    assert Product.objects.get(pk=product_id).hand_edited == ["stock"]


def test_numbers_that_were_swapped_are_swapped_back(studio: Studio, brand_id: int) -> None:
    one, two = (
        actions.create_product(studio.pk, brand_id, name=name, original_price_cents=100, display_number=number)
        for name, number in (("One", 901), ("Two", 902))
    )
    change_set_id = actions.open_set(studio.pk, "import")
    for product_id, before, after in ((one, 901, 902), (two, 902, 901)):
        ProductChange.objects.create(
            change_set_id=change_set_id,
            product_id=product_id,
            before={"display_number": before},
            after={"display_number": after},
        )
    Product.objects.filter(pk=one).update(display_number=None)
    Product.objects.filter(pk=two).update(display_number=901)
    Product.objects.filter(pk=one).update(display_number=902)
    assert actions.revert(studio.pk, change_set_id)["restored"] == 2
    assert dict(Product.objects.filter(pk__in=[one, two]).values_list("pk", "display_number")) == {one: 901, two: 902}
