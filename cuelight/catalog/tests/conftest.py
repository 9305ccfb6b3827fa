"""The catalogue's cast: a product, a picture to upload, and an ear for broadcasts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from cuelight.accounts.models import Studio
from cuelight.catalog import actions
from cuelight.catalog.models import Brand
from cuelight.live import broadcast as broadcasting
from cuelight.live.wire import Encoded

Told = list[tuple[str, str, Any]]


@pytest.fixture
def other_studio(db: None) -> Studio:
    return Studio.objects.create(name="Somebody else", slug="somebody-else")


@pytest.fixture
def brand_id(brand: Brand) -> int:
    return brand.pk


@pytest.fixture
def product_id(studio: Studio, brand_id: int) -> int:
    return actions.create_product(studio.pk, brand_id, name="Huggie hoops", original_price_cents=4999)


@pytest.fixture
def media_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def listening(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[], AbstractContextManager[Told]]:
    """``with listening() as told:`` runs what waits for the commit, and gathers (topic, event, payload)."""

    @contextmanager
    def listen() -> Iterator[Told]:
        told: Told = []

        def witness(topic: str, event: str, payload: Encoded) -> None:
            told.append((topic, event, orjson.loads(payload.json)))

        broadcasting.witnesses.append(witness)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                yield told
        finally:
            broadcasting.witnesses.remove(witness)

    return listen


def picture_bytes(
    size: tuple[int, int] = (600, 400), kind: str = "JPEG", color: tuple[int, ...] = (200, 30, 30), **options: Any
) -> bytes:
    """A drawn picture: one colour, its upper left corner blue, so that turning it shows."""
    image = Image.new("RGBA" if len(color) == 4 else "RGB", size, color)
    image.paste((0, 0, 255), (0, 0, size[0] // 4, size[1] // 4))
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()
