"""A session with three products on its lineup, and a running hub to speak to."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.catalog.models import Product, ProductImage
from cuelight.live.testing import Client
from cuelight.sessions import actions
from cuelight.sessions.models import Session


@pytest.fixture
def data_folder(tmp_path: Path, settings: Settings) -> Path:
    """Where a test's uploads lie."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def session(transactional_db: None, studio: Studio, products: Callable[..., list[Product]]) -> Session:
    """Numbers 1, 5 and 10; product 1 has three pictures, product 2 has one, product 3 none."""
    made = products(3, stock=4, talking_points_md="- **Gold** plated")
    for product, count in zip(made, (3, 1, 0), strict=True):
        for position in range(count):
            ProductImage.objects.create(
                product=product, position=position, path=f"products/{product.pk}/full/{position}.jpg"
            )
    session_id = actions.create_session(studio.pk, name="Spring Sparkle", slug="spring", notes="Ask Ada")
    with transaction.atomic():
        numbers = [(number, product.pk) for number, product in zip((1, 5, 10), made, strict=True)]
        actions.add_products(session_id, studio.pk, numbers, actor_id=None)
    return Session.objects.get(pk=session_id)


def numbers(items: list[dict[str, Any]]) -> list[int]:
    return [item["position"] for item in items]


def state_of(session: Session) -> str:
    return f"session:{session.pk}:state"


def meta_of(session: Session) -> str:
    return f"session:{session.pk}:meta"


async def joined(socket: Client, topic: str) -> dict[str, Any]:
    reply = await socket.join(topic)
    assert reply.status == "ok", reply
    return reply.response
