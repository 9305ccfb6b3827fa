"""A whole shop into a catalogue: what comes, what stays, what is taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cuelight.accounts.models import Studio
from cuelight.catalog import actions
from cuelight.catalog.models import Brand, ChangeSet, Product, ProductChange, ShopifyProduct, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import connecting, syncing
from cuelight.catalog.shopify.status import status
from cuelight.catalog.shopify.tests.conftest import sync, waiting, work
from cuelight.catalog.shopify.tests.fake import DOMAIN, ShopifyFake
from cuelight.catalog.tests.conftest import Told
from cuelight.errors import Conflict
from cuelight.sessions import actions as sessions

pytestmark = pytest.mark.django_db


def named(name: str) -> Product:
    return Product.objects.get(name=name)


def test_a_product_comes_with_all_that_is_known_of_it(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(
        1, "Gold Huggie Hoops", price="29.99", compare_at="49.99", sku="GH-1", barcode="400638133393", quantity=7,
        tags=["New In", "gold"], descriptionHtml="<p>Light &amp; shiny.</p><ul><li>14k gold</li><li>2 mm</li></ul>",
    )  # fmt: skip
    run = sync(studio)
    product = named("Gold Huggie Hoops")
    assert (product.original_price_cents, product.sale_price_cents) == (4999, 2999)
    assert (product.sku, product.barcode, product.stock) == ("GH-1", "400638133393", 7)
    assert product.tags == ["new in", "gold"]
    assert product.description == "Light & shiny.\n\n- 14k gold\n- 2 mm"
    assert product.talking_points_md == "- 14k gold\n- 2 mm"
    assert product.external_key == "shopify:gold-huggie-hoops"
    assert product.external_url == f"https://{DOMAIN}/products/gold-huggie-hoops"
    assert product.brand.name == "Pavoi"
    assert (run.is_failed, run.counts["new"], run.done, run.total) == (False, 1, 1, 1)
    assert status(studio.pk)["runs"][0]["says"] == "new 1"


def test_a_second_sync_changes_nothing_and_keeps_no_change_set(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops", descriptionHtml="<ul><li>a</li></ul>", tags=["B", "a"], vendor="Åse & Co")
    sync(studio)
    before = list(Product.objects.values())
    run = sync(studio, full=True)
    assert list(Product.objects.values()) == before
    assert run.change_set is None
    assert run.counts["unchanged"] == 1
    assert ChangeSet.objects.count() == 1


def test_only_what_changed_is_asked_for_and_written(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    for number in range(1, 40):
        fake.add(number, f"Hoops {number}")
    for _ in range(700):  # longer than the overlap, by the shop's clock
        fake.touch(1)
    sync(studio)
    fake.touch(2, price="19.99")
    fake.asked.clear()
    run = sync(studio)
    [asked] = [arguments for kind, arguments in fake.asked if kind == "products"]
    assert "updated_at:>=" in asked["query"]
    assert run.kind == "changes"
    assert run.counts["fields"] == {"price": 1}
    assert run.done == 2
    [change] = ProductChange.objects.filter(change_set=run.change_set)
    assert change.before == {"original_price_cents": 4999}
    assert change.after == {"original_price_cents": 1999}


def test_what_falls_into_both_runs_is_not_missed(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Late"), fake.add(2, "Newer")
    hidden = fake.products.pop(1)  # the shop's search has not heard of it yet
    sync(studio)
    fake.products[1] = hidden
    assert sync(studio).counts["new"] == 1


def test_a_field_that_a_person_has_changed_stays(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    actions.update_product(studio.pk, named("Hoops").pk, by_hand=True, name="Our own hoops")
    fake.touch(1, title="Renamed hoops", price="9.99")
    run = sync(studio)
    product = Product.objects.get()
    assert (product.name, product.original_price_cents) == ("Our own hoops", 999)
    assert (run.counts["kept"], run.counts["fields"]) == (1, {"price": 1})


def test_a_price_changed_by_hand_means_both_of_its_columns(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops", price="40.00")
    sync(studio)
    actions.update_product(studio.pk, named("Hoops").pk, by_hand=True, sale_price_cents=3500)
    fake.touch(1, price="30.00")
    run = sync(studio)
    product = Product.objects.get()
    assert (product.original_price_cents, product.sale_price_cents) == (4000, 3500)
    assert (run.counts["kept"], run.counts["problems"]) == (1, 0)


def test_what_is_taken_back_stays_so(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops", price="40.00")
    sync(studio)
    fake.touch(1, price="30.00", title="Cheap hoops")
    run = sync(studio)
    assert connecting.revert(studio.pk, run.pk)["restored"] == 1
    product = Product.objects.get()
    assert (product.name, product.original_price_cents) == ("Hoops", 4000)
    again = sync(studio, full=True)
    product.refresh_from_db()
    assert (product.name, product.original_price_cents) == ("Hoops", 4000)
    assert again.counts["kept"] == 2
    assert connecting.follow_again(studio.pk) == 1
    sync(studio, full=True)
    product.refresh_from_db()
    assert (product.name, product.original_price_cents) == ("Cheap hoops", 3000)


def test_products_that_a_sync_made_and_that_are_taken_back_stay_away(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops"), fake.add(2, "Studs")
    run = sync(studio)
    assert connecting.revert(studio.pk, run.pk)["removed"] == 2
    fake.touch(1, price="1.00")
    again = sync(studio, full=True)
    assert Product.objects.count() == 0
    assert (again.counts["away"], status(studio.pk)["away"]) == (2, 2)
    assert connecting.bring_back(studio.pk) == 2
    sync(studio, full=True)
    assert Product.objects.count() == 2


def test_a_product_deleted_here_is_not_made_again_but_its_undo_is_followed(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    change_set_id = actions.delete_product(studio.pk, named("Hoops").pk)
    assert sync(studio, full=True).counts["away"] == 1
    assert Product.objects.count() == 0
    actions.revert(studio.pk, change_set_id)
    fake.touch(1, price="5.00")
    sync(studio)
    assert named("Hoops").original_price_cents == 500


def test_products_of_an_import_are_adopted(studio: Studio, brand: Brand, fake: ShopifyFake, shop: ShopifyShop) -> None:
    product_id = actions.create_product(
        studio.pk, brand.pk, name="From a file", original_price_cents=100, external_key="shopify:hoops",
        talking_points_md="Our own words",
    )  # fmt: skip
    fake.add(1, "Hoops", descriptionHtml="<ul><li>theirs</li></ul>")
    run = sync(studio)
    product = Product.objects.get()
    assert (product.pk, product.name, product.talking_points_md) == (product_id, "Hoops", "Our own words")
    assert (run.counts["new"], run.counts["updated"]) == (0, 1)


def test_another_studios_products_are_not_adopted(
    studio: Studio, other_studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    brand_id = actions.create_brand(other_studio.pk, name="Theirs")
    actions.create_product(
        other_studio.pk, brand_id, name="Theirs", original_price_cents=1, external_key="shopify:hoops"
    )
    fake.add(1, "Hoops")
    sync(studio)
    assert Product.objects.get(studio=other_studio).name == "Theirs"
    assert Product.objects.filter(studio=studio).count() == 1


def test_a_new_handle_is_the_same_product(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    fake.touch(1, handle="golden-hoops")
    sync(studio)
    assert Product.objects.get().external_key == "shopify:golden-hoops"


def test_a_key_that_another_product_has_is_left_to_it(
    studio: Studio, brand: Brand, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    fake.products[1]["handle"] = "taken"
    actions.create_product(studio.pk, brand.pk, name="Other", original_price_cents=1, external_key="shopify:taken")
    fake.touch(1, price="3.00")
    run = sync(studio)
    product = named("Hoops")
    assert (product.external_key, product.original_price_cents, run.counts["problems"]) == ("shopify:hoops", 300, 0)


def test_the_vendor_is_the_brand(studio: Studio, brand: Brand, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops", vendor="PAVOI")
    fake.add(2, "Ring", vendor="New Maker")
    fake.add(3, "Box", vendor="")
    sync(studio)
    assert named("Hoops").brand_id == brand.pk
    assert named("Ring").brand.name == "New Maker"
    assert named("Box").brand.name == fake.name
    fake.touch(1, vendor="New Maker")
    assert sync(studio).counts["fields"] == {"brand": 1}
    assert named("Hoops").brand.name == "New Maker"


def test_what_is_gone_in_the_shop_is_deleted_unless_a_session_has_it(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    for number, name in enumerate(("Used", "Unused", "There"), start=1):
        fake.add(number, name)
    sync(studio)
    session_id = sessions.create_session(studio.pk, name="Show", slug="show")
    sessions.add_products(session_id, studio.pk, [(1, named("Used").pk)], actor_id=None)
    del fake.products[1], fake.products[2]
    run = sync(studio, full=True)
    used = named("Used")
    assert (used.stock, used.extra) == (0, {"Shopify status": "not in the shop any more"})
    assert set(Product.objects.values_list("name", flat=True)) == {"Used", "There"}
    assert (run.counts["gone"], run.counts["removed"]) == (1, 1)
    assert sync(studio, full=True).change_set is None
    assert connecting.revert(studio.pk, run.pk) == {
        "restored": 1, "removed": 0, "recreated": 1, "left": 0, "why": [],
    }  # fmt: skip
    assert named("Unused").original_price_cents == 4999


def test_one_that_comes_back_is_sold_again(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Used", quantity=4)
    sync(studio)
    session_id = sessions.create_session(studio.pk, name="Show", slug="show")
    sessions.add_products(session_id, studio.pk, [(1, named("Used").pk)], actor_id=None)
    back = fake.products.pop(1)
    sync(studio, full=True)
    fake.products[1] = back
    sync(studio, full=True)
    assert (named("Used").stock, named("Used").extra) == (4, {})


def test_a_shop_that_seems_empty_deletes_nothing_until_a_person_says_so(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    for number in range(1, 21):
        fake.add(number, f"Hoops {number}")
    sync(studio)
    kept = dict(list(fake.products.items())[:3])
    fake.products.clear()
    fake.products.update(kept)
    run = sync(studio, full=True)
    assert Product.objects.count() == 20
    assert "17 of 20" in run.sentence
    assert status(studio.pk)["runs"][0]["missing"] == 17
    sync(studio, may_remove=True)
    assert Product.objects.count() == 3


def test_an_archived_product_does_not_come_but_one_that_is_here_stays(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Old", status="ARCHIVED"), fake.add(2, "Sold", status="ACTIVE")
    sync(studio)
    fake.touch(2, status="ARCHIVED")
    sync(studio)
    assert Product.objects.get().extra == {"Shopify status": "archived"}


def test_what_cannot_be_a_product_is_named_and_does_not_keep_the_others(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Free gift", price="0.00")
    fake.add(2, "Fine")
    fake.add(3, "Long tag", tags=["x" * 80, "ok"])
    run = sync(studio)
    assert (run.counts["new"], run.counts["problems"]) == (2, 1)
    assert run.notes == ['"Free gift" was left out. None of its variants has a price.']
    assert named("Long tag").tags == ["ok"]


def test_250_variants_and_30_pictures_are_read_in_pieces(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    variants = [{"title": f"Size {n}", "price": "10.00", "inventoryQuantity": n % 3} for n in range(250)]
    pictures = [fake.picture(f"{n}.png", color=f"#{n:02}{n:02}00") for n in range(30)]
    fake.add(1, "Rings", variants=variants, media=ShopifyFake.media(*pictures))
    for number in range(2, 60):
        fake.add(number, f"Hoops {number}")
    fake.cost_each = 50.0
    fake.rate = 1e9
    sync(studio)
    product = named("Rings")
    assert [variant["title"] for variant in product.variants] == [f"Size {n}" for n in range(250)]
    assert product.stock == sum(n % 3 for n in range(250))
    assert len(ShopifyProduct.objects.get(product=product).pictures) == 30
    assert Product.objects.count() == 59


def test_a_run_goes_on_where_it_was_broken_off(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 121):
        fake.add(number, f"Hoops {number}")
    take, taken = syncing._take, 0

    def dies(*arguments: Any, **options: Any) -> None:
        nonlocal taken
        taken += 1
        if taken == 2:
            raise KeyboardInterrupt  # the worker is killed
        take(*arguments, **options)

    monkeypatch.setattr(syncing, "_take", dies)
    run_id = ShopifyRun.objects.get(shop=shop).pk
    with pytest.raises(KeyboardInterrupt):
        syncing.run_now(run_id)
    assert (Product.objects.count(), ShopifyRun.objects.get(pk=run_id).done) == (50, 50)
    fake.asked.clear()
    syncing.run_now(run_id)
    assert fake.count("products") == 2
    run = ShopifyRun.objects.get(pk=run_id)
    assert (Product.objects.count(), run.done, run.counts["new"]) == (120, 120, 120)


def test_a_place_that_the_shop_has_forgotten_is_begun_anew(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops")
    ShopifyRun.objects.filter(shop=shop).update(cursor="bm8gc3VjaCBwbGFjZQ==")
    run = sync(studio)
    assert (run.is_failed, run.counts["new"]) == (False, 1)


def test_only_one_sync_of_a_shop_at_a_time(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    with pytest.raises(Conflict, match="running already"):
        syncing.ask(studio.pk)
    sync(studio)
    syncing.ask(studio.pk)


def test_a_run_that_is_lost_does_not_bar_the_next_one(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    ShopifyRun.objects.filter(shop=shop).update(beat_at=timezone.now() - syncing.LOST_AFTER * 2)
    syncing.ask(studio.pk)
    assert status(studio.pk)["runs"][0]["sentence"] == "It was broken off."


def test_each_shop_is_due_once_an_hour_unless_it_needs_somebody(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    sync(studio)
    assert syncing.ask_due() == 0
    old = timezone.now() - syncing.EVERY * 2
    ShopifyRun.objects.update(started_at=old)
    assert syncing.ask_due() == 1
    sync(studio)
    ShopifyRun.objects.update(started_at=old)
    for state in ("error", "paused"):
        ShopifyShop.objects.update(state=state)
        assert syncing.ask_due() == 0
    ShopifyShop.objects.update(state="connected")
    Studio.objects.update(deleted_at=old)
    assert syncing.ask_due() == 0


def test_everything_is_compared_once_a_day(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    assert sync(studio).kind == "full"
    assert sync(studio).kind == "changes"
    ShopifyRun.objects.update(started_at=timezone.now() - syncing.FULL_EVERY * 1.1)
    assert sync(studio).kind == "full"


def test_the_page_hears_of_each_step(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop, listening: Callable[[], Any]
) -> None:
    for number in range(1, 121):
        fake.add(number, f"Hoops {number}")
    told: Told
    with listening() as told:
        work()
    heard = [
        payload["running"] for topic, event, payload in told if (topic, event) == (f"shopify:{studio.pk}", "changed")
    ]
    assert [one["done"] if one else None for one in heard] == [0, 50, 100, 120, None]
    assert heard[1] == {"done": 50, "total": 120}


def test_a_paused_shop_is_not_synced(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    connecting.set_paused(studio.pk, paused=True)
    with pytest.raises(Conflict, match="paused"):
        syncing.ask(studio.pk)
    connecting.set_paused(studio.pk, paused=False)
    syncing.ask(studio.pk)
    assert waiting().count() == 2  # the first one finds that it was stopped
    work()
    assert not ShopifyRun.objects.filter(finished_at=None).exists()


def test_other_money_is_refused(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    fake.currency = "EUR"
    run = sync(studio)
    assert "sells in EUR and this studio in USD" in run.sentence
    assert Product.objects.count() == 0
    assert ShopifyShop.objects.get().state == "error"
