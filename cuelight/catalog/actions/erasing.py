"""The end of a studio's catalogue."""

from cuelight.accounts.actions import erase_rows
from cuelight.catalog.actions.stored import delete, paths_of
from cuelight.catalog.models import (
    Brand,
    ChangeSet,
    ImportMapping,
    PictureToFetch,
    Product,
    ProductChange,
    ProductImage,
    RemovedImage,
    SearchWord,
    ShopifyDelivery,
    ShopifyProduct,
    ShopifyRun,
    ShopifyShop,
)

#: Pictures at a time.
BATCH = 200


def erase_studio(studio_id: int) -> None:
    """Deletes pictures, their files, products and brands. May run twice: a file goes before the row that names it."""
    for rows in (ShopifyDelivery, ShopifyProduct, ShopifyRun):
        erase_rows(rows._default_manager.filter(shop__studio_id=studio_id))
    erase_rows(ShopifyShop.objects.filter(studio_id=studio_id))
    images = ProductImage.objects.filter(product__studio_id=studio_id).order_by("id")
    while batch := list(images[:BATCH]):
        delete([path for image in batch for path in paths_of(image)])
        ProductImage.objects.filter(id__in=[image.pk for image in batch]).delete()
    removed = RemovedImage.objects.filter(product__studio_id=studio_id)
    for row in removed.iterator(BATCH):
        delete(paths_of(ProductImage(**row.image)))
    erase_rows(removed)
    changes = ProductChange.objects.filter(change_set__studio_id=studio_id)
    deleted = changes.filter(after__isnull=True, before__isnull=False)
    for change in deleted.iterator(BATCH):
        gone = [ProductImage(**image) for image in (change.before or {}).get("images", ())]
        delete([path for image in gone for path in paths_of(image)])
    erase_rows(changes)
    for model in (ChangeSet, SearchWord, ImportMapping, PictureToFetch):
        erase_rows(model._default_manager.filter(studio_id=studio_id))
    erase_rows(Product.objects.filter(studio_id=studio_id))
    erase_rows(Brand.objects.filter(studio_id=studio_id))
