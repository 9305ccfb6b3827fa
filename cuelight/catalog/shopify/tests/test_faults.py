"""Everything that can go wrong between a shop and us: the fault as it looks on the wire, and what we make of it."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import stamina
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product, ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import client as clients
from cuelight.catalog.shopify import connecting, syncing
from cuelight.catalog.shopify.client import Bucket, Client
from cuelight.catalog.shopify.faults import ShopError
from cuelight.catalog.shopify.graphql import SHOP
from cuelight.catalog.shopify.locks import held
from cuelight.catalog.shopify.tests.conftest import sync
from cuelight.catalog.shopify.tests.fake import CLIENT, DOMAIN, SECRET, ShopifyFake
from cuelight.catalog.shopify.tokens import GivenToken, ShopTokens, opened
from cuelight.errors import Invalid

pytestmark = pytest.mark.django_db

#: What passes: met once or twice, the sync is as if nothing had been. (kind of request, faults, requests in all)
PASSING = [
    ("graphql", ["429"]),
    ("graphql", ["429", "429"]),
    ("graphql", ["500"]),
    ("graphql", ["503", "500"]),
    ("graphql", ["close"]),
    ("graphql", ["truncated"]),
    ("graphql", ["slow"]),
    ("graphql", ["drip"]),
    ("graphql", ["garbage"]),
    ("graphql", ["html"]),
    ("graphql", ["list"]),
    ("graphql", ["401"]),
    ("graphql", ["", "", "500"]),
    ("token", ["500"]),
    ("token", ["close"]),
    ("token", ["truncated"]),
    ("token", ["garbage"]),
    ("token", ["429"]),
]
#: What does not: (kind, faults, is it for a person, words of the sentence, state of the shop).
LASTING = [
    ("graphql", ["500"] * 3, False, "does not answer", "connected"),
    ("graphql", ["close"] * 3, False, "does not answer", "connected"),
    ("graphql", ["slow"] * 3, False, "does not answer", "connected"),
    ("graphql", ["html"] * 3, False, "cannot be read", "connected"),
    ("graphql", ["429"] * 3, False, "busy", "connected"),
    ("graphql", ["429 for ever"], False, "busy", "connected"),
    ("graphql", ["internal"], False, "does not answer", "connected"),
    ("graphql", ["401", "401"], True, "not installed", "error"),
    ("graphql", ["403"], True, "read_products", "error"),
    ("graphql", ["denied"], True, "read_products", "error"),
    ("graphql", ["404"], True, "version 2026-10", "error"),
    ("graphql", ["402"], True, "frozen", "error"),
    ("graphql", ["423"], True, "frozen", "error"),
    ("graphql", ["redirect"], True, "another address", "error"),
    ("graphql", ["no data"], True, "no data", "error"),
    ("token", ["invalid_client"], True, "does not know this client ID", "error"),
    ("token", ["401"], True, "does not know this client ID", "error"),
    ("token", ["shop_not_permitted"], True, "same organization", "error"),
    ("token", ["403"], True, "same organization", "error"),
    ("token", ["app_not_installed"], True, "not installed", "error"),
    ("token", ["404"], True, "There is no shop at pavoi.myshopify.com", "error"),
]


def forget_token() -> None:
    """As a day later: the next request needs a new one."""
    ShopifyShop.objects.update(token_ends_at=timezone.now())


@pytest.mark.parametrize(
    ("kind", "faults"), PASSING, ids=lambda value: "-".join(value) if isinstance(value, list) else value
)
def test_what_passes_is_not_noticed(
    request: pytest.FixtureRequest, studio: Studio, fake: ShopifyFake, shop: ShopifyShop, kind: str, faults: list[str]
) -> None:
    if {"slow", "drip"} & set(faults):
        request.getfixturevalue("impatient")
    fake.add(1, "Hoops")
    forget_token()
    fake.fail(kind, *faults)
    run = sync(studio)
    assert (run.is_failed, run.sentence, run.counts["new"]) == (False, "", 1)


@pytest.mark.parametrize(
    ("kind", "faults", "needs_person", "words", "state"),
    LASTING,
    ids=[f"{kind}-{'-'.join(faults)}" for kind, faults, *_ in LASTING],
)
def test_what_lasts_is_a_sentence_and_stops_the_hourly_sync_where_a_person_is_needed(
    request: pytest.FixtureRequest, studio: Studio, fake: ShopifyFake, shop: ShopifyShop, kind: str, faults: list[str],
    needs_person: bool, words: str, state: str,
) -> None:  # fmt: skip
    if "slow" in faults:
        request.getfixturevalue("impatient")
    fake.add(1, "Hoops")
    forget_token()
    fake.fail(kind, *faults)
    run = sync(studio)
    found = ShopifyShop.objects.get()
    assert run.is_failed
    assert words in run.sentence
    assert (found.state, found.sentence) == (state, run.sentence)
    ShopifyRun.objects.update(started_at=timezone.now() - syncing.EVERY * 2)
    assert syncing.ask_due() == (0 if needs_person else 1)
    fake.calm()
    assert sync(studio).counts["new"] == 1
    assert ShopifyShop.objects.get().state == "connected"


def test_a_fault_in_the_middle_keeps_what_was_written_and_goes_on_next_time(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    for number in range(1, 121):
        fake.add(number, f"Hoops {number}")
    fake.fail("graphql", "", "", "", *["500"] * 3)
    assert sync(studio).is_failed
    assert Product.objects.count() == 50
    assert ShopifyShop.objects.get().synced_to is None
    run = sync(studio)
    assert (run.kind, run.counts["new"], run.counts["unchanged"]) == ("full", 70, 50)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_drips_is_not_waited_for(fake: ShopifyFake) -> None:
    with Client(DOMAIN, GivenToken(granted(fake), DOMAIN)) as client:
        fake.fail("graphql", *["drip"] * 3)
        started = time.monotonic()
        with pytest.raises(ShopError, match="does not answer"):
            client.query(SHOP)
    assert time.monotonic() - started < 9  # three times what it would take is 15 s


# Throttling.


def test_a_throttled_answer_is_waited_for_as_long_as_it_takes(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop
) -> None:
    for number in range(1, 151):
        fake.add(number, f"Hoops {number}")
    fake.most, fake.rate = 60.0, 40.0
    fake._available = -60.0  # somebody else has just spent it all, and more
    started = time.monotonic()
    run = sync(studio)
    assert (run.is_failed, run.counts["new"]) == (False, 150)
    assert 1 <= fake.throttled <= 2  # the first answer tells what there is; from then on nobody need say so
    assert time.monotonic() - started > (3 * 52 - 60) / 40.0


def test_waits_are_computed_from_what_the_shop_says() -> None:
    now = 100.0
    bucket = Bucket(clock=lambda: now)
    assert bucket.wait_for("q") == 0
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 30.0, "restoreRate": 100.0}
    bucket.heard("q", {"requestedQueryCost": 152, "throttleStatus": status})
    assert bucket.wait_for("q") == pytest.approx(1.22)
    now = 101.0
    assert bucket.wait_for("q") == pytest.approx(0.22)
    now = 110.0
    assert bucket.wait_for("q") == 0
    bucket.heard("q", {"throttleStatus": {**status, "restoreRate": 0.001}})
    assert bucket.wait_for("q") == clients.LONGEST_WAIT_S
    for odd in (None, "x", {}, {"throttleStatus": None}, {"requestedQueryCost": "152"}):
        bucket.heard("r", odd)


def test_others_who_spend_from_the_same_bucket_do_not_make_it_give_up_at_once(fake: ShopifyFake) -> None:
    waits: list[float] = []
    fake.rate = 1.0
    with Client(DOMAIN, GivenToken(granted(fake), DOMAIN), sleep=waits.append) as client:
        fake._available = 0.0
        with pytest.raises(ShopError, match="busy"):
            client.query(SHOP)
    assert len(waits) >= clients.MOST_WAITS - 1
    assert min(waits) >= 0.5


def test_a_query_that_costs_too_much_is_made_smaller(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    for number in range(1, 31):
        fake.add(number, f"Hoops {number}")
    fake.cost_each, fake.rate = 100.0, 1e9
    assert sync(studio).counts["new"] == 30
    sizes = [arguments["first"] for kind, arguments in fake.asked if kind == "products"]
    assert max(sizes) <= 9


def test_one_product_that_costs_too_much_is_said(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    fake.cost_each = 5000.0
    assert "one product is more than it gives" in sync(studio).sentence


def test_retry_after_is_obeyed(fake: ShopifyFake) -> None:
    token = granted(fake)
    with stamina.set_testing(False), Client(DOMAIN, GivenToken(token, DOMAIN)) as client:
        fake.fail("graphql", "429 after 1")
        started = time.monotonic()
        client.query(SHOP)
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3", 3.0), ("2.5", 2.5), ("", None), ("soon", None), ("-5", None), ("9" * 400, None)],
)
def test_retry_after_as_a_number(text: str, seconds: float | None) -> None:
    assert clients._retry_after(text) == seconds


def test_retry_after_as_a_date() -> None:
    soon = (timezone.now() + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    found = clients._retry_after(soon)
    assert found is not None
    assert 28 <= found <= 30
    assert clients._retry_after("Sat, 01 Jan 2000 00:00:00 GMT") == 0


# Tokens.


def granted(fake: ShopifyFake) -> str:
    with Client(DOMAIN) as client:
        return str(client.grant(CLIENT, SECRET)["access_token"])


def test_a_token_is_kept_sealed_and_used_again(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.add(1, "Hoops")
    sync(studio)
    sync(studio)
    assert fake.count("token") == 1
    kept = ShopifyShop.objects.get()
    assert "shpat_" not in kept.token
    assert opened(kept.token).startswith("shpat_")
    assert SECRET not in kept.client_secret
    assert opened(kept.client_secret) == SECRET


def test_it_is_renewed_before_it_ends(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    ShopifyShop.objects.update(token_ends_at=timezone.now() + timedelta(minutes=5))
    assert not sync(studio).is_failed
    assert fake.count("token") == 2
    ends_at = ShopifyShop.objects.get().token_ends_at
    assert ends_at is not None
    assert ends_at > timezone.now() + timedelta(hours=23)


def test_one_that_ends_in_the_middle_is_renewed(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    for number in range(1, 61):
        fake.add(number, f"Hoops {number}")
    fake.fail("graphql", "", "", "", "401")
    run = sync(studio)
    assert (run.is_failed, run.counts["new"], fake.count("token")) == (False, 60, 2)


def test_a_secret_that_was_rotated_is_told(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.client_secret = "shpss_another"
    fake.revoke()
    run = sync(studio)
    assert "does not know this client ID" in run.sentence
    assert ShopifyShop.objects.get().state == "error"
    connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret="shpss_another")
    assert not sync(studio).is_failed


def test_an_odd_lifetime_of_a_token_is_not_believed(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.lasts = -5
    fake.really_lasts = 60
    forget_token()
    assert not sync(studio).is_failed
    ends_at = ShopifyShop.objects.get().token_ends_at
    assert ends_at is not None
    assert ends_at > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_two_workers_renew_one_token_once(fake: ShopifyFake, shop: ShopifyShop) -> None:
    fake.asked.clear()
    forget_token()
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(ShopTokens(shop.pk).current())
        finally:
            connection.close()

    workers = [threading.Thread(target=ask) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert fake.count("token") == 1
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_run_that_another_worker_is_at_is_left_to_it(studio: Studio, fake: ShopifyFake, shop: ShopifyShop) -> None:
    run = ShopifyRun.objects.get(shop=shop)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            assert held("sync", shop.pk)
            holding.set()
            done.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert holding.wait(20)
    fake.asked.clear()
    syncing.run_now(run.pk)
    done.set()
    other.join(20)
    assert fake.asked == []
    assert ShopifyRun.objects.get(pk=run.pk).finished_at is None


def test_a_secret_that_can_no_longer_be_read_is_told(
    studio: Studio, fake: ShopifyFake, shop: ShopifyShop, settings: Settings
) -> None:
    settings.SECRET_KEY = "another secret of the installation, long enough"
    assert "can no longer be read" in sync(studio).sentence


# Connecting.


def test_connecting_with_a_wrong_secret_changes_nothing(studio: Studio, fake: ShopifyFake) -> None:
    with pytest.raises(ShopError, match="does not know"):
        connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret="wrong")
    assert not ShopifyShop.objects.exists()


def test_connecting_with_a_shop_that_is_none(studio: Studio, fake: ShopifyFake) -> None:
    with pytest.raises(ShopError, match=r"no shop at other\.myshopify\.com"):
        connecting.connect(studio.pk, domain="other", client_id=CLIENT, client_secret=SECRET)


def test_connecting_without_the_scope(studio: Studio, fake: ShopifyFake) -> None:
    fake.scope = "read_orders,write_discounts"
    with pytest.raises(ShopError, match="read_products"):
        connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret=SECRET)
    fake.scope = "write_products"
    connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret=SECRET)


def test_nobody_at_home(studio: Studio, settings: Settings) -> None:
    settings.SHOPIFY_URL = "http://127.0.0.1:9/{shop}"
    with stamina.set_testing(True, attempts=2), pytest.raises(ShopError, match="does not answer"):
        connecting.connect(studio.pk, domain=DOMAIN, client_id=CLIENT, client_secret=SECRET)


@pytest.mark.parametrize(
    "text",
    ["pavoi", "Pavoi.MyShopify.com", "https://pavoi.myshopify.com/admin", "admin.shopify.com/store/pavoi/products",
     " pavoi.myshopify.com "],
)  # fmt: skip
def test_a_shops_address_as_people_paste_it(text: str) -> None:
    assert connecting.domain_of(text) == DOMAIN


@pytest.mark.parametrize(
    "text",
    ["", "pavoi.com", "evil.example/pavoi.myshopify.com", "pavoi.myshopify.com.evil.example", "-pavoi", "a b",
     "pavoi.myshopify.com@evil.example", "pavoi.myshopify.com:443", "127.0.0.1", "pavoi\n.myshopify.com", "ü",
     "x" * 80],
)  # fmt: skip
def test_an_address_that_is_no_shops(text: str) -> None:
    with pytest.raises(Invalid, match="myshopify"):
        connecting.domain_of(text)


def test_a_version_that_is_retired_is_warned_of(
    studio: Studio, fake: ShopifyFake, connect: Callable[..., ShopifyShop]
) -> None:
    fake.serves = "2027-01"
    assert "2026-10" in connect().warning
    run = sync(studio)
    found = ShopifyShop.objects.get()
    assert (run.is_failed, found.state) == (False, "connected")
    assert "answers as 2027-01" in found.warning
    fake.serves = ""
    sync(studio)
    assert ShopifyShop.objects.get().warning == ""
