"""The end of a studio's catalogue."""

from cuelight.accounts.actions import erase_rows
from cuelight.catalog.actions.stored import delete, paths_of
from cuelight.catalog.models import Brand, Product, ProductImage

#: Pictures at a time.
BATCH = 200


def erase_studio(studio_id: int) -> None:
    """Deletes pictures, their files, products and brands. May run twice: a file goes before the row that names it."""
    images = ProductImage.objects.filter(product__studio_id=studio_id).order_by("id")
    while batch := list(images[:BATCH]):
        delete([path for image in batch for path in paths_of(image)])
        ProductImage.objects.filter(id__in=[image.pk for image in batch]).delete()
    erase_rows(Product.objects.filter(studio_id=studio_id))
    erase_rows(Brand.objects.filter(studio_id=studio_id))
