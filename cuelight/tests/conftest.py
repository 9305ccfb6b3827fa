"""For tests of the whole: a show with three products, and the people of the demo studio."""

from collections.abc import Callable

import pytest
from django.db import transaction

from cuelight.accounts import actions as accounts
from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product
from cuelight.sessions import actions
from cuelight.sessions.models import Session


@pytest.fixture
def demo(studio: Studio) -> dict[str, int]:
    return accounts.create_demo_people(studio.pk)


@pytest.fixture
def session(db: None, studio: Studio, products: Callable[..., list[Product]]) -> Session:
    session_id = actions.create_session(studio.pk, name="Spring Sparkle", slug="spring")
    with transaction.atomic():
        numbers = [(product.display_number or 0, product.pk) for product in products(3)]
        actions.add_products(session_id, studio.pk, numbers, actor_id=None)
    return Session.objects.get(pk=session_id)
