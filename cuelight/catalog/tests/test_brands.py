import pytest

from cuelight.accounts.models import Studio
from cuelight.catalog import actions
from cuelight.catalog.models import Brand
from cuelight.errors import Conflict, Invalid, NotFound


def test_a_brand_gets_a_slug_of_its_name(studio: Studio) -> None:
    brand_id = actions.create_brand(studio.pk, name=" Pavoi Jewelry ")
    assert Brand.objects.values_list("name", "slug").get(pk=brand_id) == ("Pavoi Jewelry", "pavoi-jewelry")


def test_a_slug_is_taken_once_per_studio(studio: Studio, other_studio: Studio, brand_id: int) -> None:
    with pytest.raises(Conflict):
        actions.create_brand(studio.pk, name="Pavoi")
    assert actions.create_brand(other_studio.pk, name="Pavoi")


def test_a_brand_needs_a_name_and_a_usable_slug(studio: Studio, brand_id: int) -> None:
    with pytest.raises(Invalid):
        actions.create_brand(studio.pk, name=" ")
    with pytest.raises(Invalid):
        actions.update_brand(studio.pk, brand_id, slug="not a slug")


def test_a_name_without_latin_letters_still_makes_a_brand(studio: Studio) -> None:
    assert actions.create_brand(studio.pk, name="東京")


def test_a_brand_with_products_is_not_deleted(studio: Studio, brand_id: int, product_id: int) -> None:
    with pytest.raises(Conflict, match='"Pavoi" still has 1 product') as refused:
        actions.delete_brand(studio.pk, brand_id)
    assert refused.value.reason == "brand_in_use"
    actions.delete_product(studio.pk, product_id)
    actions.delete_brand(studio.pk, brand_id)
    assert not Brand.objects.filter(pk=brand_id).exists()


def test_a_brand_of_another_studio_is_not_there(other_studio: Studio, brand_id: int) -> None:
    with pytest.raises(NotFound):
        actions.update_brand(other_studio.pk, brand_id, name="Mine")
    with pytest.raises(NotFound):
        actions.delete_brand(other_studio.pk, brand_id)
