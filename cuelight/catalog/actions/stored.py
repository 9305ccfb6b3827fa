"""The files behind pictures, in Django's default storage: a folder, or a bucket where one is set."""

import logging
import secrets
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from cuelight.catalog.models import ProductImage
from cuelight.catalog.pictures import Picture
from cuelight.catalog.storage import PlaceAway
from cuelight.errors import Unavailable

_log = logging.getLogger(__name__)


def store(product_id: int, folder: str, picture: Picture) -> str:
    """The path of a new file. Its name is random and never used again, so it may be cached for ever.

    Raises Unavailable (``storage_away``) when the place of the files takes none.
    """
    path = f"products/{product_id}/{folder}/{secrets.token_hex(16)}.{picture.suffix}"
    try:
        return storages["default"].save(path, ContentFile(picture.data))
    except OSError as error:
        _log.warning("A picture could not be stored: %s", error)
        raise Unavailable(
            "The place where pictures are kept does not answer. Nothing was changed; try again in a moment.",
            "storage_away",
        ) from error


def store_all(product_id: int, folder: str, several: Sequence[Picture]) -> list[str]:
    """As `store`; all of them or none."""
    paths: list[str] = []
    try:
        for picture in several:
            paths.append(store(product_id, folder, picture))  # noqa: PERF401  (those so far are deleted)
    except BaseException:
        delete(paths)
        raise
    return paths


def load(path: str) -> bytes:
    with storages["default"].open(path) as file:
        data: bytes = file.read()
    return data


def paths_of(image: ProductImage) -> list[str]:
    paths = (image.path, image.thumbnail_path, image.placeholder_path, *image.sizes.values())
    return list(dict.fromkeys(path for path in paths if path))


def delete(paths: Sequence[str]) -> bool:
    """A file that cannot be deleted is only logged: no row points at it any more, and the nightly sweep finds it.
    False: their place does not answer, and the rest was not tried."""
    for path in paths:
        try:
            storages["default"].delete(path)
        except PlaceAway as error:
            _log.warning("Files of pictures could not be deleted: %s", error)
            return False  # each try waits for seconds
        except OSError:
            _log.warning("A picture's file could not be deleted: %s", path, exc_info=True)
    return True


def delete_after_commit(paths: Sequence[str]) -> None:
    def go() -> None:
        delete(paths)

    transaction.on_commit(go)
