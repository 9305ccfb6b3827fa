"""The cast for tests: a studio with its people and products, and somebody who does not belong to it."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from cuelight import socket
from cuelight.accounts import access, identity
from cuelight.accounts.models import Membership, Person, Studio
from cuelight.catalog.models import Brand, Product
from cuelight.live.relay import Relay
from cuelight.live.testing import LocalCarrier


@pytest.fixture
def studio(db: None) -> Studio:
    return Studio.objects.create(name="Pavoi Live", slug="pavoi")


@pytest.fixture
def person(db: None) -> Callable[..., Person]:
    """Makes a person with roles in a studio: ``person("Mia", studio, "producer")``."""

    def make(name: str, studio: Studio | None = None, *roles: str) -> Person:
        made = Person.objects.create_user(f"{name.lower()}@studio.example", name)
        for role in roles:
            assert studio is not None
            Membership.objects.create(person=made, studio=studio, role=role)
        return made

    return make


@pytest.fixture
def admin(person: Callable[..., Person], studio: Studio) -> Person:
    return person("Ada", studio, "admin")


@pytest.fixture
def producer(person: Callable[..., Person], studio: Studio) -> Person:
    return person("Mia", studio, "producer")


@pytest.fixture
def host(person: Callable[..., Person], studio: Studio) -> Person:
    return person("Tom", studio, "host")


@pytest.fixture
def cataloger(person: Callable[..., Person], studio: Studio) -> Person:
    return person("Cat", studio, "cataloger")


@pytest.fixture
def stranger(person: Callable[..., Person]) -> Person:
    """An admin, of another studio."""
    return person("Eve", Studio.objects.create(name="Elsewhere", slug="elsewhere"), "admin")


@pytest.fixture
def brand(studio: Studio) -> Brand:
    return Brand.objects.create(studio=studio, name="Pavoi", slug="pavoi")


@pytest.fixture
def products(brand: Brand) -> Callable[..., list[Product]]:
    """Makes products: ``products(3)`` are numbers 1 to 3, at 10, 20 and 30 dollars."""

    def make(count: int, **fields: Any) -> list[Product]:
        rows = [
            Product(
                studio_id=brand.studio_id,
                brand=brand,
                display_number=number,
                name=f"Product {number}",
                original_price_cents=1000 * number,
                **fields,
            )
            for number in range(1, count + 1)
        ]
        return Product.objects.bulk_create(rows)

    return make


@pytest.fixture
def empty_queue(transactional_db: None) -> Iterator[None]:
    """A queue without jobs, before and after: its tables are procrastinate's own, and Django does not empty them."""
    _empty_queue()
    yield
    _empty_queue()


def _empty_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """What this process remembers of people must not outlive a test's database."""
    yield
    access._known.clear()
    identity._tokens.clear()


@pytest.fixture(autouse=True)
def nobody_outside(settings: Settings) -> None:
    """No test reaches a shop or a platform that is none of its own: nothing listens there."""
    settings.SHOPIFY_URL = "http://127.0.0.1:9/{shop}"
    # An audience comes where a test asks for one.
    settings.SIMULATOR = False
    settings.TWITCH_AUTH_URL = settings.TWITCH_API_URL = "http://127.0.0.1:9"
    settings.TWITCH_EVENTSUB_URL = "ws://127.0.0.1:9/ws"


@pytest.fixture
async def live(transactional_db: None) -> AsyncIterator[None]:
    """This process's hub and journal."""
    await socket.start(Relay(LocalCarrier()))
    yield
    await socket.stop()
