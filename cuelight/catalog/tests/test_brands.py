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


def test_names_without_latin_letters_get_numbered_slugs(studio: Studio, other_studio: Studio) -> None:
    for name in ("東京", "大阪", "Москва", "Brand"):
        actions.create_brand(studio.pk, name=name)
    actions.create_brand(other_studio.pk, name="東京")
    slugs = Brand.objects.filter(studio=studio).order_by("id").values_list("slug", flat=True)
    assert list(slugs) == ["brand", "brand-2", "brand-3", "brand-4"]


def test_a_long_name_is_numbered_within_the_slugs_length(studio: Studio) -> None:
    made = [actions.create_brand(studio.pk, name="a" * 70 + end) for end in ("b", "c")]
    slugs = Brand.objects.filter(pk__in=made).order_by("id").values_list("slug", flat=True)
    assert list(slugs) == ["a" * 60, "a" * 50 + "-2"]


def test_a_name_is_taken_once_whatever_its_case(studio: Studio, brand_id: int) -> None:
    with pytest.raises(Conflict, match='There is a brand "PAVOI" already') as refused:
        actions.create_brand(studio.pk, name=" PAVOI")
    assert refused.value.reason == "slug_taken"


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
