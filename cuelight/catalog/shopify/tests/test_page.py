"""The page of a studio's shop, its topic, and what a studio takes out and leaves behind."""

import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from cuelight.accounts.archive import Archive
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import sign_in, who
from cuelight.catalog import actions, exporting
from cuelight.catalog.models import Product, ShopifyDelivery, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import connecting
from cuelight.catalog.shopify.tests.conftest import sync, work
from cuelight.catalog.shopify.tests.fake import CLIENT, DOMAIN, SECRET, ShopifyFake
from cuelight.live.db import run_db
from cuelight.live.testing import connect

pytestmark = pytest.mark.django_db

PAGE = "/studios/pavoi/shopify"
FORM = {"domain": "pavoi", "client_id": CLIENT, "client_secret": SECRET}


@pytest.fixture
def office(client: Client, admin: Person) -> Client:
    sign_in(client, admin)
    return client


def test_with_no_shop_the_page_offers_to_connect_one(office: Client, studio: Studio) -> None:
    page = office.get(PAGE).content.decode()
    assert "Client secret" in page
    assert 'href="/studios/pavoi/shopify" aria-current="page"' in page


def test_connecting_begins_a_sync(office: Client, studio: Studio, fake: ShopifyFake) -> None:
    fake.add(1, "Hoops")
    answer = office.post(f"{PAGE}/connect", FORM)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    work()
    assert Product.objects.get().name == "Hoops"
    page = office.get(PAGE).content.decode()
    assert fake.name in page
    assert SECRET not in page
    assert [entry.target for entry in AuditEntry.objects.filter(kind="shop_connected")] == [DOMAIN]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"domain": "other"}, "domain", "There is no shop at other.myshopify.com"),
        ({"domain": "shop.example"}, "domain", "ends in .myshopify.com"),
        ({"client_secret": "no"}, "client_secret", "does not know this client ID"),
        ({"client_secret": ""}, "client_secret", "Enter the client secret."),
        ({"client_id": ""}, "client_id", "Give the app"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    office: Client, studio: Studio, fake: ShopifyFake, wrong: dict[str, str], field: str, sentence: str
) -> None:
    answer = office.post(f"{PAGE}/connect", FORM | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page.replace("&#x27;", "'")
    assert f'id="id_{field}_error"' in page
    assert 'href="/studios/pavoi/shopify" aria-current="page"' in page
    assert f'value="{(FORM | wrong)["domain"]}"' in page
    assert SECRET not in page
    assert not ShopifyShop.objects.exists()


def test_a_blank_secret_keeps_the_present_one(
    office: Client, studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    brand_id = actions.create_brand(studio.pk, name="House")
    assert office.post(f"{PAGE}/connect", FORM | {"client_secret": "", "fallback_brand": brand_id}).status_code == 302
    found = ShopifyShop.objects.get()
    assert (found.fallback_brand_id, found.secrets_changed_at) == (brand_id, None)


def test_disconnecting_keeps_the_products_and_can_be_undone(
    office: Client, studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    office.post(f"{PAGE}/disconnect")
    page = office.get(PAGE).content.decode()
    assert "The shop is disconnected. Its products stay." in page
    undo = page.partition('name="undo" value="')[2].partition('"')[0]
    assert Product.objects.count() == 1
    office.post(f"{PAGE}/undo", {"undo": undo})
    assert ShopifyShop.objects.get().disconnected_at is None
    office.post(f"{PAGE}/disconnect")
    ShopifyShop.objects.update(disconnected_at=timezone.now() - connecting.UNDO_FOR * 2)
    assert connecting.forget_ended() == 1
    assert not ShopifyShop.objects.exists()
    office.post(f"{PAGE}/connect", FORM)
    work()
    assert Product.objects.count() == 1  # known again by its key


def test_another_shop_takes_the_place_of_the_first(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    ShopifyShop.objects.update(domain="former.myshopify.com")
    connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret=SECRET)
    assert ShopifyShop.objects.get().domain == DOMAIN


def test_a_cataloger_sees_it_but_does_not_connect(
    client: Client, cataloger: Person, studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    sign_in(client, cataloger)
    page = client.get(PAGE).content.decode()
    assert fake.name in page
    assert "Client secret" not in page
    assert str(shop.key) not in page
    for path in ("connect", "disconnect", "pause", "follow", "undo"):
        assert client.post(f"{PAGE}/{path}", FORM).status_code == 403


def test_pausing_and_following_again(office: Client, studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    actions.update_product(studio.pk, Product.objects.get().pk, by_hand=True, name="Ours")
    assert "1 product has fields that were changed here" in office.get(PAGE).content.decode()
    office.post(f"{PAGE}/follow", {"what": "fields"})
    assert Product.objects.get().hand_edited == []
    office.post(f"{PAGE}/pause", {"paused": "1"})
    assert ShopifyShop.objects.get().state == "paused"
    office.post(f"{PAGE}/pause", {"paused": "0"})
    assert ShopifyShop.objects.get().state == "connected"


def test_what_is_taken_out_has_no_secret(studio: Studio, fake: ShopifyFake, shop: ShopifyShop, tmp_path: Path) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    path = tmp_path / "out.zip"
    with Archive(path) as archive:
        exporting.export_studio(studio.pk, archive)
    with zipfile.ZipFile(path) as opened:
        texts = [opened.read(name).decode() for name in opened.namelist() if "shopify" in name]
    row = ShopifyShop.objects.get()
    assert len(texts) == 2
    assert DOMAIN in texts[0]
    assert "gid://shopify/Product/1" in texts[1]
    for secret in (SECRET, row.client_secret, row.token, str(row.key)):
        assert secret not in "".join(texts)


def test_nothing_of_it_is_left_of_an_erased_studio(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    ShopifyDelivery.objects.create(shop=shop, webhook_id="1", topic="x")
    actions.erase_studio(studio.pk)
    assert not ShopifyShop.objects.exists()
    assert not ShopifyRun.objects.exists()


@pytest.mark.django_db(transaction=True)
async def test_syncing_and_taking_back_over_the_socket(
    live: None, studio: Studio, cataloger: Person, host: Person, stranger: Person, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    fake.add(1, "Hoops")
    await run_db(work)
    topic = f"shopify:{studio.pk}"
    async with connect(who(cataloger)) as socket:
        joined = await socket.join(topic)
        assert joined.response["runs"][0]["says"] == "new 1"
        assert (await socket.push(topic, "sync", {})).status == "ok"
        again = await socket.push(topic, "sync", {})
        assert again.response["reason"] == "sync_running"
        run_id = joined.response["runs"][0]["id"]
        reverted = await socket.push(topic, "revert", {"run_id": run_id})
        assert reverted.response["removed"] == 1
        assert (await socket.push(topic, "revert", {"run_id": run_id})).response["reason"] == "already_reverted"
        assert (await socket.push(topic, "revert", {"run_id": 2**40})).response["reason"] == "not_found"
    for person in (host, stranger):
        async with connect(who(person)) as socket:
            assert (await socket.join(topic)).status == "error"
