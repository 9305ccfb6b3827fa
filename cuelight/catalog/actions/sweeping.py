"""Files that nobody needs any more: of pictures that were removed a day ago, and those that no row names."""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from cuelight.catalog.actions.stored import delete, paths_of
from cuelight.catalog.models import ProductImage, RemovedImage

#: A file younger than this may belong to a row that is not committed yet; a removed picture can come back as long.
KEPT = timedelta(days=1)
#: Files whose names are looked up at once, and the most that one night deletes.
BATCH, MOST_A_NIGHT = 20_000, 20_000
_log = logging.getLogger(__name__)

#: Those of some paths that stand in no row: of a picture, of one that was removed, of one of a deleted product.
_UNNAMED = """
    WITH pictures(image) AS (
        SELECT jsonb_build_object('path', path, 'thumbnail_path', thumbnail_path, 'placeholder_path', placeholder_path,
                                  'sizes', sizes) FROM catalog_productimage
        UNION ALL SELECT image FROM catalog_removedimage
        UNION ALL SELECT jsonb_array_elements(before -> 'images') FROM catalog_productchange
            WHERE after IS NULL AND jsonb_typeof(before -> 'images') = 'array'
    )
    SELECT given FROM unnest(%s::text[]) AS given
    EXCEPT SELECT image ->> 'path' FROM pictures
    EXCEPT SELECT image ->> 'thumbnail_path' FROM pictures
    EXCEPT SELECT image ->> 'placeholder_path' FROM pictures
    EXCEPT SELECT sized.value FROM pictures, jsonb_each_text(image -> 'sizes') AS sized
"""


def purge_removed_images() -> int:
    """Deletes the files of pictures that were removed more than a day ago; returns how many pictures. May run twice."""
    gone = RemovedImage.objects.filter(removed_at__lt=timezone.now() - KEPT).order_by("id")
    count = 0
    for row in gone.iterator(BATCH):
        # The row first: from then on nobody can put it back, and a file that stays is found by the sweep.
        if RemovedImage.objects.filter(pk=row.pk).delete()[0]:
            count += 1
            if not delete(paths_of(ProductImage(**row.image))):
                break
    return count


def sweep_files() -> int:
    """Deletes files of pictures that no row names and that are older than a day; returns how many.

    Left behind by a process that died between the file and its row, by a transaction that was rolled back, by a product
    deleted with what was removed of it. Only what lies in the folders of products is looked at; a bounded number a
    night. May run twice.
    """
    swept = 0
    before = timezone.now() - KEPT
    storage: Any = storages["default"]
    old = (path for path, written in storage.walk() if path.startswith("products/") and written < before)
    for batch in _batches(old):
        nobodys = _unnamed(batch)[: MOST_A_NIGHT - swept]
        swept += len(nobodys)
        if not delete(nobodys) or swept >= MOST_A_NIGHT:
            break
    if swept:
        _log.info("%s files of pictures that no row named were deleted.", swept)
    return swept


def _unnamed(paths: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_UNNAMED, [paths])
        return [path for (path,) in cursor.fetchall()]


def _batches(paths: Iterable[str]) -> Iterator[list[str]]:
    coming = iter(paths)
    while batch := list(islice(coming, BATCH)):
        yield batch
