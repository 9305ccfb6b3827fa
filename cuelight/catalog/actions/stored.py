"""The files behind pictures, in Django's default storage: a folder now, a bucket when there is one."""

import logging
import secrets
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from cuelight.catalog.models import ProductImage
from cuelight.catalog.pictures import Picture

_log = logging.getLogger(__name__)


def store(product_id: int, folder: str, picture: Picture) -> str:
    """The path of a new file. Its name is random and never used again, so it may be cached for ever."""
    path = f"products/{product_id}/{folder}/{secrets.token_hex(16)}.{picture.suffix}"
    return storages["default"].save(path, ContentFile(picture.data))


def load(path: str) -> bytes:
    with storages["default"].open(path) as file:
        data: bytes = file.read()
    return data


def paths_of(image: ProductImage) -> list[str]:
    paths = (image.path, image.thumbnail_path, image.placeholder_path, *image.sizes.values())
    return [path for path in paths if path]


def delete(paths: Sequence[str]) -> None:
    """A file that cannot be deleted is only logged: no row points at it any more."""
    for path in paths:
        try:
            storages["default"].delete(path)
        except OSError:
            _log.warning("A picture's file could not be deleted: %s", path, exc_info=True)


def delete_after_commit(paths: Sequence[str]) -> None:
    transaction.on_commit(lambda: delete(paths))
