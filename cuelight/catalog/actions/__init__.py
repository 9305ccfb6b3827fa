"""Every write to brands, products and pictures. Callers have checked access (`queries.access_*`).

What a lineup could show is broadcast after the commit, on ``catalog:{studio_id}``:
``product_changed {"product_ids": […]}``.
"""

from cuelight.catalog.actions.brands import create_brand, delete_brand, update_brand
from cuelight.catalog.actions.change_sets import Reverted, open_set, purge_deleted, revert
from cuelight.catalog.actions.erasing import erase_studio
from cuelight.catalog.actions.images import (
    add_image,
    make_missing_sizes,
    make_sizes,
    make_thumbnails,
    move_image,
    put_image,
    remove_image,
    restore_image,
    update_image,
)
from cuelight.catalog.actions.products import create_product, delete_product, update_product
from cuelight.catalog.actions.sweeping import purge_removed_images, sweep_files

__all__ = [
    "Reverted",
    "add_image",
    "create_brand",
    "create_product",
    "delete_brand",
    "delete_product",
    "erase_studio",
    "make_missing_sizes",
    "make_sizes",
    "make_thumbnails",
    "move_image",
    "open_set",
    "purge_deleted",
    "purge_removed_images",
    "put_image",
    "remove_image",
    "restore_image",
    "revert",
    "sweep_files",
    "update_brand",
    "update_image",
    "update_product",
]
