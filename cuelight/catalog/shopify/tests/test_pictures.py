"""Copying pictures: what comes, what goes, what is a person's; and where a fetch may lead."""

from io import BytesIO

import pytest
from django.core.files.storage import default_storage

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, pictures
from cuelight.catalog.models import Product, ProductImage, ShopifyProduct, ShopifyShop
from cuelight.catalog.shopify import fetching
from cuelight.catalog.shopify.faults import ShopError
from cuelight.catalog.shopify.tests.conftest import sync
from cuelight.catalog.shopify.tests.fake import DOMAIN, ShopifyFake
from cuelight.catalog.tests.conftest import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> Product:
    """One with three pictures: a, b, c."""
    urls = [fake.picture(f"{name}.png", color) for name, color in (("a", "red"), ("b", "green"), ("c", "blue"))]
    fake.add(1, "Hoops", media=ShopifyFake.media(*urls, alt="On a hand"))
    sync(studio)
    return Product.objects.get()


def names(product: Product) -> list[str]:
    """What a product's pictures are called at the shop, in order; "-" is a person's."""
    images = ProductImage.objects.filter(product=product).order_by("position")
    return [image.source_url.rpartition("/")[2].removesuffix(".png") or "-" for image in images]


def test_they_are_copied_in_their_order_with_what_they_show(product: Product) -> None:
    assert names(product) == ["a", "b", "c"]
    image = product.images.first()
    assert image is not None
    assert (image.alt_text, image.width, image.height) == ("On a hand", 60, 40)
    assert default_storage.exists(image.path)


def test_another_version_behind_the_address_is_the_same_picture(
    studio: Studio, fake: ShopifyFake, product: Product
) -> None:
    fetched = fake.count("image")
    fake.touch(1, media=ShopifyFake.media(*[fake.picture(f"{n}.png", version=9) for n in "abc"], alt="On a hand"))
    sync(studio)
    assert fake.count("image") == fetched
    assert names(product) == ["a", "b", "c"]


def test_the_shop_adds_removes_and_orders_its_own(studio: Studio, fake: ShopifyFake, product: Product) -> None:
    mine = actions.add_image(product.pk, BytesIO(picture_bytes()), alt_text="Ours")
    urls = [fake.picture(f"{name}.png", color) for name, color in (("d", "white"), ("c", "blue"), ("a", "red"))]
    fake.touch(1, media=ShopifyFake.media(*urls, alt="On a hand"))
    sync(studio)
    assert names(product) == ["d", "c", "a", "-"]
    assert ProductImage.objects.filter(pk=mine).exists()


def test_what_a_person_removed_described_and_ordered_here_stays(
    studio: Studio, fake: ShopifyFake, product: Product
) -> None:
    a, b, c = list(product.images.order_by("position"))
    actions.remove_image(b.pk)
    actions.move_image(c.pk, to_index=0)
    actions.update_image(a.pk, alt_text="My words")
    fake.touch(1, media=ShopifyFake.media(*[f"{fake.origin}/cdn/{n}.png" for n in "abc"], alt="New words"))
    sync(studio)
    assert names(product) == ["c", "a"]
    assert list(product.images.order_by("position").values_list("alt_text", flat=True)) == ["New words", "My words"]


def test_the_same_file_of_a_person_stays_theirs(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    url = fake.picture("a.png")
    fake.add(1, "Hoops")
    sync(studio)
    product = Product.objects.get()
    actions.add_image(product.pk, BytesIO(fake.images["/cdn/a.png"]))
    fake.touch(1, media=ShopifyFake.media(url))
    sync(studio)
    fake.touch(1, media=[])
    sync(studio)
    assert names(product) == ["-"]


@pytest.mark.parametrize("fault", ["500", "close", "429"])
def test_a_fault_that_passes_is_not_noticed(studio: Studio, fake: ShopifyFake, shop: ShopifyShop, fault: str) -> None:
    fake.add(1, "Hoops", media=ShopifyFake.media(fake.picture("a.png")))
    fake.fail("image", fault)
    sync(studio)
    assert names(Product.objects.get()) == ["a"]


def test_one_that_cannot_be_had_does_not_keep_the_product_nor_the_others(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.images["/cdn/text.png"] = b"<svg/>"
    gone, text = f"{fake.origin}/cdn/gone.png", f"{fake.origin}/cdn/text.png"
    fake.add(1, "Hoops", media=ShopifyFake.media(gone, fake.picture("a.png"), text))
    assert not sync(studio).is_failed
    assert names(Product.objects.get()) == ["a"]
    assert ShopifyProduct.objects.get().pictures_sentence == (
        "2 of its pictures could not be copied. The address answers 404."
    )
    fake.picture("gone.png", "green"), fake.picture("text.png", "blue")
    sync(studio, full=True)
    assert names(Product.objects.get()) == ["gone", "a", "text"]
    assert ShopifyProduct.objects.get().pictures_sentence == ""


def test_films_and_what_is_no_address_are_left_out(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    [good] = ShopifyFake.media(fake.picture("a.png"))
    film = {**good, "mediaContentType": "VIDEO"}
    fake.add(1, "Hoops", media=[film, {**good, "image": None}, good, {**good, "alt": "again"}])
    sync(studio)
    assert names(Product.objects.get()) == ["a"]


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.shopify.com/a.png",
        "https://127.0.0.1/a.png",
        "https://localhost/a.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.png",
        "https://[fd00::1]/a.png",
        "https://10.1.2.3/a.png",
        "https://user:secret@cdn.shopify.com/a.png",
        "https://cdn.shopify.com:8443/a.png",
        "file:///etc/passwd",
        "//cdn.shopify.com/a.png",
        "https://[",
        "https://cdn.shopify.com/a b.png",
        "https://cdn.shopify.com/a\r\nHost: x",
        "",
    ],
)
def test_nothing_leads_into_our_own_network(fake: ShopifyFake, url: str) -> None:
    with pytest.raises(ShopError) as refused:
        fetching.fetch(url, DOMAIN)
    assert refused.value.is_permanent


def test_a_redirect_is_not_followed(fake: ShopifyFake) -> None:
    fake.fail("image", "redirect")
    with pytest.raises(ShopError, match="address answers 301"):
        fetching.fetch(f"{fake.origin}/cdn/a.png", DOMAIN)


def test_a_gigantic_file_is_not_read_to_its_end(fake: ShopifyFake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_FILE", 1000)
    fake.images["/cdn/big.png"] = bytes(5000)
    with pytest.raises(ShopError, match="larger than"):
        fetching.fetch(f"{fake.origin}/cdn/big.png", DOMAIN)
