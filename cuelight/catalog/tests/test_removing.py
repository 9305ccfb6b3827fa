"""Products go many at a time, each with all that is its own and with nothing that another table needs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db.models import CASCADE, ForeignObjectRel
from django.utils import timezone

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, uses
from cuelight.catalog.actions.change_sets import open_set
from cuelight.catalog.actions.removing import remove_products
from cuelight.catalog.models import (
    PictureToFetch,
    Product,
    ProductChange,
    ProductImage,
    RemovedImage,
    ShopifyProduct,
    ShopifyShop,
)
from cuelight.catalog.tests.conftest import Told, picture_bytes
from cuelight.catalog.tests.test_bulk import ids, in_lineup

Listening = Callable[[], AbstractContextManager[Told]]
Products = Callable[..., list[Product]]


def made_by_an_import(studio: Studio, product_ids: list[int]) -> int:
    change_set_id = open_set(studio.pk, "import", "list.csv")
    ProductChange.objects.bulk_create(
        ProductChange(change_set_id=change_set_id, product_id=pk, before=None, after={}) for pk in product_ids
    )
    return change_set_id


def test_what_belongs_to_a_product_goes_with_it_and_what_refers_to_it_lets_go(
    studio: Studio, products: Products, media_folder: Path
) -> None:
    gone, stays = ids(products(2))
    for product_id in (gone, stays):
        removed = actions.add_image(product_id, BytesIO(picture_bytes(color=(9, 9, 9))))
        actions.add_image(product_id, BytesIO(picture_bytes()))
        actions.remove_image(removed)
        PictureToFetch.objects.create(studio=studio, product_id=product_id, position=1, url="https://x.example/1.jpg")
    shop = ShopifyShop.objects.create(studio=studio, domain="x.myshopify.com")
    for product_id in (gone, stays):
        ShopifyProduct.objects.create(
            shop=shop, product_id=product_id, gid=str(product_id), remote_updated_at=timezone.now()
        )
    assert remove_products([gone]) == set()
    assert ids(list(Product.objects.all())) == [stays]
    for model in (ProductImage, RemovedImage, PictureToFetch):
        assert list(model._default_manager.values_list("product_id", flat=True)) == [stays]
    assert set(ShopifyProduct.objects.values_list("gid", "product_id")) == {(str(gone), None), (str(stays), stays)}


def test_nothing_hangs_on_what_goes_with_a_product() -> None:
    """Else that would have to go first."""
    for relation in Product._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and getattr(relation, "on_delete", None) is CASCADE:
            hanging = [one for one in relation.related_model._meta.get_fields(include_hidden=True) if one.auto_created]
            assert not [one for one in hanging if isinstance(one, ForeignObjectRel)], relation.related_model


def test_an_import_that_is_taken_back_leaves_what_a_lineup_took_up_and_its_files(
    studio: Studio, products: Products, media_folder: Path, listening: Listening
) -> None:
    made = ids(products(3))
    paths = {}
    for product_id in made:
        image = ProductImage.objects.get(pk=actions.add_image(product_id, BytesIO(picture_bytes())))
        paths[product_id] = image.path
    change_set_id = made_by_an_import(studio, made)
    in_lineup(studio, made[1])
    with listening():
        result = actions.revert(studio.pk, change_set_id)
    assert (result["removed"], result["left"]) == (2, 1)
    assert result["why"] == ['"Product 2" is in the lineup of a session now, so it stays.']
    assert {pk: default_storage.exists(path) for pk, path in paths.items()} == {
        made[0]: False, made[1]: True, made[2]: False,
    }  # fmt: skip


def test_what_a_session_takes_up_at_the_last_moment_stays(
    studio: Studio, products: Products, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has told of this use: the foreign key has it all the same."""
    made = ids(products(3))
    in_lineup(studio, made[1])
    monkeypatch.setattr(uses, "_sources", [])
    done = actions.delete_products(studio.pk, made)
    assert (done["changed"], done["why"]) == (2, ['"Product 2" stays: it is in the lineup.'])
    assert ids(list(Product.objects.all())) == [made[1]]
    assert sorted(ProductChange.objects.values_list("product_id", flat=True)) == [made[0], made[2]]
