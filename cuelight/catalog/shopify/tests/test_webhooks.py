"""What a shop says by itself: who may, what comes of it, what does not."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product, ShopifyDelivery, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import connecting, subscribing, syncing, webhooks
from cuelight.catalog.shopify.tests.conftest import sync, waiting, work
from cuelight.catalog.shopify.tests.fake import CLIENT, DOMAIN, SECRET, ShopifyFake
from cuelight.sessions import actions as sessions

pytestmark = pytest.mark.django_db


@pytest.fixture
def synced(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> ShopifyShop:
    fake.add(1, "Hoops", price="10.00")
    sync(studio)
    return shop


def send(shop: ShopifyShop, delivery: dict[str, Any]) -> int:
    answer = Client(enforce_csrf_checks=True).post(
        f"/shopify/webhooks/{shop.key}", content_type="application/json", **delivery
    )
    assert answer.content == b""
    return answer.status_code


def test_the_worked_example() -> None:
    body = '{"a":1,"b":"é"}\n'.encode()
    assert len(body) == 17
    expected = "He5CdMU92BoEyl4pcCErgm/Wyw5KaXDgzmhnffHUzUE="
    assert webhooks.signature("test-secret-0123456789", body) == expected
    assert webhooks.is_signed(["other", "test-secret-0123456789"], body, expected)
    assert not webhooks.is_signed(["test-secret-0123456789"], body + b"\n", expected)
    assert not webhooks.is_signed([""], body, webhooks.signature("", body))


def test_a_change_comes_at_once(fake: ShopifyFake, synced: ShopifyShop) -> None:
    fake.touch(1, price="12.50")
    assert send(synced, fake.webhook("products/update", fake.rest(1))) == 200
    assert Product.objects.get().original_price_cents == 1000  # nothing is written before it is read anew
    work()
    assert Product.objects.get().original_price_cents == 1250
    run = ShopifyRun.objects.latest("pk")
    assert (run.kind, run.counts["fields"]) == ("webhook", {"price": 1})
    assert connecting.revert(synced.studio_id, run.pk)["restored"] == 1


def test_a_new_one_and_a_deleted_one(fake: ShopifyFake, synced: ShopifyShop) -> None:
    fake.add(2, "Studs")
    send(synced, fake.webhook("products/create", fake.rest(2)))
    work()
    assert Product.objects.count() == 2
    del fake.products[2]
    send(synced, fake.webhook("products/delete", {"id": 2}))
    work()
    assert Product.objects.get().name == "Hoops"


def test_a_deleted_one_that_a_session_has_is_sold_out(studio: Studio, fake: ShopifyFake, synced: ShopifyShop) -> None:
    session_id = sessions.create_session(studio.pk, name="Show", slug="show")
    sessions.add_products(session_id, studio.pk, [(1, Product.objects.get().pk)], actor_id=None)
    del fake.products[1]
    send(synced, fake.webhook("products/delete", {"id": 1}))
    work()
    assert Product.objects.get().stock == 0


def test_one_that_is_said_to_be_deleted_and_is_there_stays(fake: ShopifyFake, synced: ShopifyShop) -> None:
    send(synced, fake.webhook("products/delete", {"id": 1}))
    work()
    assert Product.objects.count() == 1


def test_the_same_delivery_again_does_nothing(fake: ShopifyFake, synced: ShopifyShop) -> None:
    fake.touch(1, price="12.50")
    delivery = fake.webhook("products/update", fake.rest(1))
    assert [send(synced, delivery) for _ in range(3)] == [200, 200, 200]
    assert waiting().count() == 1
    assert ShopifyDelivery.objects.count() == 1


def test_the_same_body_without_an_id_twice_is_one(fake: ShopifyFake, synced: ShopifyShop) -> None:
    delivery = fake.webhook("products/update", fake.rest(1), X_Shopify_Webhook_Id="")
    assert [send(synced, delivery) for _ in range(2)] == [200, 200]
    assert waiting().count() == 1


def test_one_that_was_overtaken_asks_for_nothing(fake: ShopifyFake, synced: ShopifyShop) -> None:
    fake.touch(1, price="11.00")
    first = fake.rest(1)
    fake.touch(1, price="12.00")
    send(synced, fake.webhook("products/update", fake.rest(1)))
    send(synced, fake.webhook("products/update", first))
    fake.asked.clear()
    work()
    assert fake.count("product") == 1
    assert Product.objects.get().original_price_cents == 1200


def test_one_that_comes_behind_a_sync_asks_for_nothing(studio: Studio, fake: ShopifyFake, synced: ShopifyShop) -> None:
    fake.touch(1, price="11.00")
    sync(studio)
    send(synced, fake.webhook("products/update", fake.rest(1)))
    work()
    assert fake.count("product") == 0


def test_a_page_that_is_older_than_a_webhook_changes_nothing(
    studio: Studio, fake: ShopifyFake, synced: ShopifyShop
) -> None:
    older = dict(fake.products[1], title="Older")
    fake.touch(1, title="Newer")
    send(synced, fake.webhook("products/update", fake.rest(1)))
    work()
    fake.products[1] = older
    sync(studio, full=True)
    assert Product.objects.get().name == "Newer"


@pytest.mark.parametrize(
    "wrong",
    [
        {"X_Shopify_Hmac_SHA256": ""},
        {"X_Shopify_Hmac_SHA256": "AAAA"},
        {"X_Shopify_Hmac_SHA256": "é\u0301" * 20},
        {"X_Shopify_Shop_Domain": "other.myshopify.com"},
        {"X_Shopify_Shop_Domain": ""},
    ],
)
def test_what_is_not_the_shops_is_not_taken(fake: ShopifyFake, synced: ShopifyShop, wrong: dict[str, str]) -> None:
    assert send(synced, fake.webhook("products/update", fake.rest(1), **wrong)) == 401
    assert not ShopifyDelivery.objects.exists()


def test_another_secret_or_another_body_is_not_taken(fake: ShopifyFake, synced: ShopifyShop) -> None:
    assert send(synced, fake.webhook("products/update", {}, secret="shpss_other")) == 401
    delivery = fake.webhook("products/update", fake.rest(1))
    assert send(synced, delivery | {"data": delivery["data"] + b"\n"}) == 401
    assert send(synced, delivery) == 200


def test_a_shop_nobody_knows(fake: ShopifyFake, synced: ShopifyShop) -> None:
    path = "/shopify/webhooks/00000000-0000-4000-8000-000000000000"
    answer = Client().post(path, content_type="application/json", **fake.webhook("products/update", {}))
    assert answer.status_code == 404


def test_the_former_secret_signs_for_an_hour(studio: Studio, fake: ShopifyFake, synced: ShopifyShop) -> None:
    fake.client_secret = "shpss_new"
    connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret="shpss_new")
    assert send(synced, fake.webhook("products/update", {"id": 1}, secret=SECRET)) == 200
    assert send(synced, fake.webhook("products/update", {"id": 1})) == 200
    ShopifyShop.objects.update(secrets_changed_at=timezone.now() - timedelta(minutes=61))
    assert send(synced, fake.webhook("products/update", {"id": 1}, secret=SECRET)) == 401
    assert send(synced, fake.webhook("products/update", {"id": 1})) == 200


def test_webhooks_made_by_hand_have_a_secret_of_their_own(
    studio: Studio, fake: ShopifyFake, synced: ShopifyShop
) -> None:
    assert send(synced, fake.webhook("products/update", {"id": 1}, secret="by-hand")) == 401
    connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret="", webhook_secret="by-hand")
    assert send(synced, fake.webhook("products/update", {"id": 1}, secret="by-hand")) == 200


@pytest.mark.parametrize(
    "topic", ["orders/create", "products/sold", "", "x" * 500, "customers/redact", "customers/data_request"]
)
def test_topics_that_ask_for_nothing(fake: ShopifyFake, synced: ShopifyShop, topic: str) -> None:
    assert send(synced, fake.webhook(topic, {"customer": {"email": "mia@example.com"}})) == 200
    assert waiting().count() == 0
    assert "mia" not in str(list(ShopifyDelivery.objects.values()))


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'{"id": "x"}', b'{"id": 1e400}', b'{"id": -1}', b'{"id": true, "updated_at": 5}',
     b"\xff\xfe",
     b'{"id": 1, "updated_at": "yesterday"}', b'{"admin_graphql_api_id": ["gid"]}', b"[" * 5000],
)  # fmt: skip
def test_signed_nonsense_is_taken_and_nothing_comes_of_it(fake: ShopifyFake, synced: ShopifyShop, body: bytes) -> None:
    delivery = fake.webhook("products/update", {})
    delivery["data"] = body
    delivery["headers"]["X-Shopify-Hmac-SHA256"] = webhooks.signature(SECRET, body)
    assert send(synced, delivery) == 200
    work()
    assert Product.objects.get().name == "Hoops"


def test_a_form_is_no_webhook(fake: ShopifyFake, synced: ShopifyShop) -> None:
    answer = Client().post(f"/shopify/webhooks/{synced.key}", {"a": "b"}, headers=fake.webhook("x", {})["headers"])
    assert answer.status_code == 401


def test_too_large_a_body(fake: ShopifyFake, synced: ShopifyShop, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert send(synced, fake.webhook("products/update", {"a": "x" * 2000})) == 413


def test_the_answer_waits_for_nothing_but_a_few_rows(
    fake: ShopifyFake, synced: ShopifyShop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fake.asked.clear()
    delivery = fake.webhook("products/update", fake.rest(1) | {"updated_at": "2027-01-01T00:00:00Z"})
    with django_assert_num_queries(8):  # shop, delivery looked for and inserted, job; the rest is savepoints
        send(synced, delivery)
    assert fake.asked == []


def test_an_app_that_is_gone_needs_somebody_but_only_if_it_is(fake: ShopifyFake, synced: ShopifyShop) -> None:
    send(synced, fake.webhook("app/uninstalled", {}))
    work()
    assert ShopifyShop.objects.get().state == "connected"
    fake.is_installed = False
    send(synced, fake.webhook("app/uninstalled", {}))
    work()
    found = ShopifyShop.objects.get()
    assert (found.state, found.token) == ("error", "")
    assert "not installed" in found.sentence


def test_a_redacted_shop_is_forgotten_and_its_products_stay(fake: ShopifyFake, synced: ShopifyShop) -> None:
    send(synced, fake.webhook("shop/redact", {}))
    work()
    assert ShopifyShop.objects.exists()
    fake.is_installed = False
    send(synced, fake.webhook("shop/redact", {}))
    work()
    assert not ShopifyShop.objects.exists()
    assert Product.objects.count() == 1


def test_a_shop_that_is_disconnected_or_paused_is_not_listened_to(
    studio: Studio, fake: ShopifyFake, synced: ShopifyShop
) -> None:
    connecting.set_paused(studio.pk, paused=True)
    assert send(synced, fake.webhook("products/update", fake.rest(1))) == 200
    connecting.set_paused(studio.pk, paused=False)
    connecting.disconnect(studio.pk)
    assert send(synced, fake.webhook("products/update", fake.rest(1))) == 200
    assert waiting().count() == 0


def test_the_shop_is_asked_for_webhooks_once_it_can_reach_us(
    studio: Studio, fake: ShopifyFake, synced: ShopifyShop, settings: Settings
) -> None:
    assert fake.subscriptions == []
    settings.PUBLIC_URL = "https://studio.example"
    sync(studio, full=True)
    assert {one["topic"] for one in fake.subscriptions} == {
        "PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE", "APP_UNINSTALLED",
    }  # fmt: skip
    assert {one["uri"] for one in fake.subscriptions} == {f"https://studio.example/shopify/webhooks/{synced.key}"}
    del fake.subscriptions[2]  # it failed for hours
    sync(studio, full=True)
    assert len(fake.subscriptions) == 4
    assert ShopifyShop.objects.get().has_webhooks


@pytest.mark.parametrize(
    ("url", "reachable"),
    [("https://studio.example", True), ("http://studio.example", False), ("https://localhost", False),
     ("https://10.0.0.4", False), ("https://studio.local", False), ("https://8.8.8.8", True)],
)  # fmt: skip
def test_who_can_be_reached(settings: Settings, url: str, reachable: bool) -> None:
    settings.PUBLIC_URL = url
    assert subscribing.is_reachable() == reachable


def test_deliveries_are_kept_for_a_week(fake: ShopifyFake, synced: ShopifyShop) -> None:
    for _ in range(2):
        send(synced, fake.webhook("orders/create", {}))
    ShopifyDelivery.objects.filter(pk=ShopifyDelivery.objects.latest("pk").pk).update(
        received_at=timezone.now() - timedelta(days=8)
    )
    syncing.forget_old()
    assert ShopifyDelivery.objects.count() == 1


def test_a_delivery_says_nothing_of_what_was_in_it(fake: ShopifyFake, synced: ShopifyShop) -> None:
    send(synced, fake.webhook("products/update", fake.rest(1) | {"vendor": "Secret maker"}))
    assert "Secret maker" not in json.dumps([job.args for job in waiting()])
