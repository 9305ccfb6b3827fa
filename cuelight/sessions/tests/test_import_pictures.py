"""The pictures of an import that come from elsewhere: who waits hears of them, and of those that cannot be had."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from pytest_django import Settings

from cuelight.accounts.models import Person, Studio
from cuelight.catalog import fetching
from cuelight.catalog.models import Brand, PictureToFetch, Product
from cuelight.catalog.tests.test_fetching import serving
from cuelight.errors import Conflict
from cuelight.live import broadcast as broadcasting
from cuelight.live.wire import Encoded
from cuelight.sessions import imports
from cuelight.sessions.tests.test_imports import run_of, uploaded

pytestmark = pytest.mark.usefixtures("data_folder", "empty_queue")


def heard(do: Callable[[], object]) -> list[Any]:
    """What a run tells whoever watches it while something is done."""
    told: list[Any] = []

    def witness(topic: str, event: str, payload: Encoded) -> None:
        if topic.startswith("import:") and event == "progress":
            told.append(orjson.loads(payload.json))

    broadcasting.witnesses.append(witness)
    try:
        do()
    finally:
        broadcasting.witnesses.remove(witness)
    return told


def test_pictures_that_could_not_be_fetched_are_told_and_tried_again(
    client: Client, producer: Person, brand: Brand, studio: Studio, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    client.force_login(producer)
    sheet = "URL handle,Title,Price,Product image URL\nring,Ring,10.00,http://127.0.0.1:9/ring.jpg\n"
    run = run_of(uploaded(client, sheet, brand=brand.pk))
    imports.preview_now(run.pk)
    imports.start(run.pk)
    with pytest.raises(Conflict):
        imports.fetch_again(run.pk)
    imports.run_now(run.pk)
    assert imports.row(run.pk)["pictures"] == {"waiting": 1, "failed": 0, "listed": []}
    told = heard(lambda: fetching.fetch_some(studio.pk))
    ring = Product.objects.get(name="Ring")
    why = "This address is not a public one, so nothing is fetched from it."
    missing = {"url": "http://127.0.0.1:9/ring.jpg", "product_id": ring.pk, "product": "Ring", "why": why}
    assert [row["pictures"] for row in told] == [{"waiting": 0, "failed": 1, "listed": [missing]}]
    told = heard(lambda: imports.fetch_again(run.pk))
    assert [row["pictures"]["waiting"] for row in told] == [1]
    with serving() as address:
        PictureToFetch.objects.update(url=f"{address}/red.jpg")
        settings.PICTURE_NETWORKS = [ip_network("127.0.0.1/32")]
        told = heard(lambda: fetching.fetch_some(studio.pk))
    assert [row["pictures"] for row in told] == [{"waiting": 0, "failed": 0, "listed": []}]
    assert ring.images.count() == 1
