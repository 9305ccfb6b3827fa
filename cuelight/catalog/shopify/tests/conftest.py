"""A shop to connect with, and a studio that is connected with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
import stamina
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from cuelight.accounts.models import Studio
from cuelight.catalog.models import ShopifyRun, ShopifyShop
from cuelight.catalog.shopify import client, connecting, syncing
from cuelight.catalog.shopify.tests.fake import CLIENT, DOMAIN, SECRET, ShopifyFake
from cuelight.catalog.tests.conftest import listening, other_studio

__all__ = ["listening", "other_studio"]

TASKS = ("catalog.sync_shopify", "catalog.copy_shopify_pictures", "catalog.hear_shopify", "catalog.look_after_shopify")


@pytest.fixture
def fake(settings: Settings, tmp_path: Path) -> Iterator[ShopifyFake]:
    """The stand-in; what is tried again is tried at once."""
    settings.MEDIA_ROOT = tmp_path / "media"
    with ShopifyFake() as fake, stamina.set_testing(True, attempts=3):
        settings.SHOPIFY_URL = fake.url
        yield fake


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits a second for an answer: half of what a slow one takes."""
    monkeypatch.setattr(client, "TIMES", httpx.Timeout(1.0))
    monkeypatch.setattr(client, "DEADLINE_S", 1.2)


@pytest.fixture
def connect(studio: Studio, fake: ShopifyFake) -> Callable[..., ShopifyShop]:
    """Connects the studio with the shop; the first sync waits to be done."""

    def connect(**values: str) -> ShopifyShop:
        connecting.connect(studio.pk, **{"domain": DOMAIN, "client_id": CLIENT, "client_secret": SECRET, **values})  # type: ignore[arg-type]
        return ShopifyShop.objects.get(studio=studio)

    return connect


@pytest.fixture
def shop(connect: Callable[..., ShopifyShop]) -> ShopifyShop:
    return connect()


#: Ids of jobs that were done; the queue itself can only be read.
DONE: set[int] = set()


def waiting() -> QuerySet[ProcrastinateJob]:
    """Jobs of the shop that are asked for and not done."""
    jobs = ProcrastinateJob.objects.filter(status="todo", task_name__in=TASKS).exclude(pk__in=DONE)
    return jobs.order_by("id")


def work() -> None:
    """Does the jobs of the shop that wait, and those they ask for."""
    while job := waiting().first():
        DONE.add(job.pk)
        app.tasks[job.task_name](**job.args)


def sync(studio: Studio, *, full: bool = False, may_remove: bool = False) -> ShopifyRun:
    """One run from asking to its end."""
    if not ShopifyRun.objects.filter(shop__studio=studio, finished_at=None).exists():
        syncing.ask(studio.pk, full=full, may_remove=may_remove)
    work()
    return ShopifyRun.objects.filter(shop__studio=studio).exclude(kind="webhook").latest("pk")
