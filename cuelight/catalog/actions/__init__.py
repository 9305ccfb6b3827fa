"""Every write to brands, products and pictures. Callers have checked access (`queries.access_*`).

What a lineup could show is broadcast after the commit, on ``catalog:{studio_id}``:
``product_changed {"product_ids": […]}``; what somebody types into a form of a product also as ``product_edited``.
"""

from cuelight.catalog.actions.brands import create_brand, delete_brand, update_brand
from cuelight.catalog.actions.bulk import Done, delete_products, edit_products
from cuelight.catalog.actions.change_sets import Reverted, open_set, prune_imports, purge_deleted, revert
from cuelight.catalog.actions.copying import copy_images
from cuelight.catalog.actions.erasing import erase_studio
from cuelight.catalog.actions.images import (
    MOST_IMAGES,
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
from cuelight.catalog.actions.products import (
    create_once,
    create_product,
    delete_product,
    duplicate_product,
    edit_product,
    follow_source,
    update_product,
)
from cuelight.catalog.actions.sweeping import purge_removed_images, sweep_files

__all__ = [
    "MOST_IMAGES",
    "Done",
    "Reverted",
    "add_image",
    "copy_images",
    "create_brand",
    "create_once",
    "create_product",
    "delete_brand",
    "delete_product",
    "delete_products",
    "duplicate_product",
    "edit_product",
    "edit_products",
    "erase_studio",
    "follow_source",
    "make_missing_sizes",
    "make_sizes",
    "make_thumbnails",
    "move_image",
    "open_set",
    "prune_imports",
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
