"""Writing pictures. Callers have checked access. Position 0 is the primary picture."""

import hashlib
from collections.abc import Sequence
from typing import IO

from django.db import transaction
from django.db.models import Max

from cuelight.catalog import pictures
from cuelight.catalog.actions.saving import changed, found, tell
from cuelight.catalog.actions.stored import delete, delete_after_commit, load, paths_of, store
from cuelight.catalog.models import Product, ProductImage
from cuelight.errors import Invalid
from cuelight.jobs import enqueue

MOST_IMAGES = 50


def add_image(product_id: int, file: IO[bytes], *, alt_text: str = "") -> int:
    """Adds a picture behind the product's others and answers its id; the first one is the primary.

    The file is decoded, turned upright and written anew without metadata; a job makes thumbnail and placeholder. The
    same file again answers the picture that is there. Not inside a longer transaction: should that roll back, the
    stored file would stay. Raises NotFound, Invalid (``invalid_image``, ``image_too_large``, ``too_many_images``).
    """
    data = file.read(pictures.LARGEST_FILE + 1)
    picture = pictures.full(data)
    path = store(product_id, "full", picture)
    try:
        image_id, is_new = _add_image_row(product_id, path, hashlib.sha256(data).hexdigest(), alt_text, picture)
    except BaseException:
        delete([path])
        raise
    if not is_new:
        delete([path])
    return image_id


def update_image(image_id: int, *, alt_text: str) -> None:
    """Changes what a picture is described as. Raises NotFound, Invalid if it is longer than 300 characters."""
    with transaction.atomic():
        image = found(ProductImage.objects.select_related("product").select_for_update(of=("self",)), pk=image_id)
        changed(image, {"alt_text": alt_text.strip()})
        tell(image.product.studio_id, image.product_id)


def move_image(image_id: int, *, to_index: int) -> None:
    """Puts a picture at a place (0 makes it the primary); places beyond the end are the end. Raises NotFound."""
    with transaction.atomic():
        product = _locked_product_of(image_id)
        order = list(ProductImage.objects.filter(product=product).order_by("position").values_list("id", flat=True))
        order.remove(image_id)
        order.insert(max(to_index, 0), image_id)
        _renumber(order)
        tell(product.studio_id, product.pk)


def remove_image(image_id: int) -> None:
    """Deletes a picture and its files; the others close up, so that one stays the primary. Raises NotFound."""
    with transaction.atomic():
        product = _locked_product_of(image_id)
        image = ProductImage.objects.get(pk=image_id)
        delete_after_commit(paths_of(image))
        image.delete()
        order = ProductImage.objects.filter(product=product).order_by("position").values_list("id", flat=True)
        _renumber(list(order))
        tell(product.studio_id, product.pk)


def make_thumbnails(image_id: int) -> None:
    """Makes and stores thumbnail and placeholder. May run twice; a picture deleted meanwhile is no error."""
    image = ProductImage.objects.select_related("product").filter(pk=image_id).first()
    if image is None or (image.thumbnail_path and image.placeholder_path):
        return
    data = load(image.path)
    made = [
        store(image.product_id, "thumb", pictures.thumbnail(data)),
        store(image.product_id, "lqip", pictures.placeholder(data)),
    ]
    with transaction.atomic():
        kept = ProductImage.objects.filter(pk=image_id, thumbnail_path="").update(
            thumbnail_path=made[0], placeholder_path=made[1]
        )
        if kept:
            tell(image.product.studio_id, image.product_id)
    if not kept:
        delete(made)


def _add_image_row(
    product_id: int, path: str, digest: str, alt_text: str, picture: pictures.Picture
) -> tuple[int, bool]:
    """The picture's id and whether it is a new one. The product's row is the lock for its pictures' places."""
    with transaction.atomic():
        product = found(Product.objects.select_for_update(no_key=True), pk=product_id)
        same = ProductImage.objects.filter(product=product, digest=digest).values_list("id", flat=True).first()
        if same is not None:
            return same, False
        last = ProductImage.objects.filter(product=product).aggregate(last=Max("position"))["last"]
        if last is not None and last + 1 >= MOST_IMAGES:
            raise Invalid("too_many_images", f"A product has {MOST_IMAGES} pictures at most.")
        image = ProductImage.objects.create(
            product=product,
            position=0 if last is None else last + 1,
            path=path,
            alt_text=alt_text.strip()[:300],
            digest=digest,
            width=picture.width,
            height=picture.height,
        )
        enqueue("catalog.make_thumbnails", image_id=image.pk)
        tell(product.studio_id, product.pk)
    return image.pk, True


def _locked_product_of(image_id: int) -> Product:
    product_id = ProductImage.objects.filter(pk=image_id).values_list("product_id", flat=True).first()
    return found(Product.objects.select_for_update(no_key=True), pk=product_id)


def _renumber(order: Sequence[int]) -> None:
    # The constraint is checked at the commit, so that two pictures may have one place in between.
    for position, image_id in enumerate(order):
        ProductImage.objects.filter(pk=image_id).exclude(position=position).update(position=position)
