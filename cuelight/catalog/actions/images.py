"""Writing pictures. Callers have checked access. Position 0 is the primary picture."""

import hashlib
import logging
from collections.abc import Sequence
from typing import IO

from django.db import transaction
from django.db.models import Max, Q

from cuelight.catalog import pictures
from cuelight.catalog.actions.change_sets import IMAGE_COLUMNS
from cuelight.catalog.actions.saving import changed, found, tell
from cuelight.catalog.actions.stored import delete, load, store, store_all
from cuelight.catalog.models import Product, ProductImage, RemovedImage
from cuelight.errors import Conflict, CuelightError, Invalid, NotFound
from cuelight.jobs import enqueue

MOST_IMAGES = 50
#: Pictures whose sizes one job makes; the next one goes on behind them.
BATCH = 100
_log = logging.getLogger(__name__)


def add_image(product_id: int, file: IO[bytes], *, alt_text: str = "", source_url: str = "") -> int:
    """Adds a picture behind the product's others and answers its id; the first one is the primary. As `put_image`."""
    return put_image(product_id, file, alt_text=alt_text, source_url=source_url)[0]


def put_image(product_id: int, file: IO[bytes], *, alt_text: str = "", source_url: str = "") -> tuple[int, bool]:
    """Adds a picture behind the product's others; answers its id, and whether it is a new one.

    The file is decoded, turned upright and written anew without metadata; a job makes the other sizes. The same file
    again answers the picture that is there. ``source_url``: where it was fetched from. Not inside a longer transaction:
    should that roll back, the stored file would stay until the nightly sweep. Raises NotFound, Invalid
    (``invalid_image``, ``image_too_large``, ``too_many_images``), Unavailable (``storage_away``).
    """
    data = file.read(pictures.LARGEST_FILE + 1)
    picture = pictures.full(data)
    path = store(product_id, "full", picture)
    try:
        image_id, is_new = _add_image_row(
            product_id, path, hashlib.sha256(data).hexdigest(), alt_text, picture, source_url
        )
    except BaseException:
        delete([path])
        raise
    if not is_new:
        delete([path])
    return image_id, is_new


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
        order = _order_of(product)
        if image_id not in order:
            raise NotFound  # removed while this waited for its turn
        order.remove(image_id)
        order.insert(max(to_index, 0), image_id)
        _renumber(order)
        tell(product.studio_id, product.pk)


def remove_image(image_id: int) -> None:
    """Takes a picture off its product; the others close up, so that one stays the primary. Raises NotFound.

    For a day `restore_image` puts it back; then `purge_removed_images` deletes its files.
    """
    with transaction.atomic():
        product = _locked_product_of(image_id)
        columns = found(ProductImage.objects.filter(product=product).values(*IMAGE_COLUMNS), pk=image_id)
        RemovedImage.objects.update_or_create(image_id=image_id, defaults={"product": product, "image": columns})
        ProductImage.objects.filter(pk=image_id).delete()
        _renumber(_order_of(product))
        tell(product.studio_id, product.pk)


def restore_image(image_id: int) -> int:
    """Puts a removed picture back to where it was, with what it was described as; returns its product's id.

    One that is there is left as it is. Raises NotFound when it is gone for good, Invalid (``too_many_images``), and
    Conflict (``image_there``) when the same file was added again meanwhile.
    """
    there = ProductImage.objects.filter(pk=image_id).values_list("product_id", flat=True).first()
    if there is not None:
        return there
    with transaction.atomic():
        product_id = found(RemovedImage.objects.all(), image_id=image_id).product_id
        product = found(Product.objects.select_for_update(no_key=True), pk=product_id)
        removed = found(RemovedImage.objects.select_for_update(), image_id=image_id)
        columns = removed.image
        order = _order_of(product)
        if len(order) >= MOST_IMAGES:
            raise Invalid("too_many_images", f"A product has {MOST_IMAGES} pictures at most.")
        if columns["digest"] and ProductImage.objects.filter(product=product, digest=columns["digest"]).exists():
            raise Conflict("image_there", "The same picture was added again meanwhile.")
        place = min(columns["position"], len(order))
        ProductImage.objects.create(product=product, **columns)
        removed.delete()
        _renumber([*order[:place], image_id, *order[place:]])
        tell(product.studio_id, product.pk)
    return product.pk


def make_thumbnails(image_id: int) -> None:
    """Makes and stores thumbnail and placeholder. May run twice; a picture deleted meanwhile is no error."""
    image = ProductImage.objects.select_related("product").filter(pk=image_id).first()
    if image is None or (image.thumbnail_path and image.placeholder_path):
        return
    data = load(image.path)
    made = store_all(image.product_id, "thumb", [pictures.thumbnail(data)])
    try:
        made.append(store(image.product_id, "lqip", pictures.placeholder(data)))
    except BaseException:
        delete(made)
        raise
    with transaction.atomic():
        kept = ProductImage.objects.filter(pk=image_id, thumbnail_path="").update(
            thumbnail_path=made[0], placeholder_path=made[1]
        )
        if kept:
            tell(image.product.studio_id, image.product_id)
    if not kept:
        delete(made)


def make_sizes(image_id: int) -> None:
    """Makes and stores the WebP pictures that browsers choose from. May run twice; a picture deleted meanwhile is no
    error. Broadcasts nothing: what is shown of the picture is the same in any of its sizes."""
    image = ProductImage.objects.filter(pk=image_id, sizes={}).first()
    if image is None:
        return
    made = pictures.webps(load(image.path))
    paths = store_all(image.product_id, "sized", made)
    sizes = {str(picture.width): path for picture, path in zip(made, paths, strict=True)}
    # Its own width is always among them, and so a row that has them is one that was done.
    sizes.setdefault(str(image.width or 0), image.path)
    if not ProductImage.objects.filter(pk=image_id, sizes={}).update(sizes=sizes):
        delete(paths)


def make_missing_sizes(after: int = 0) -> int | None:
    """Makes what is missing of the pictures behind id ``after``, `BATCH` of them: those that were there before there
    were sizes, and those whose job failed. Returns the id to go on behind; None: there are no more."""
    missing = ProductImage.objects.filter(Q(thumbnail_path="") | Q(placeholder_path="") | Q(sizes={}), pk__gt=after)
    ids = list(missing.order_by("id").values_list("id", flat=True)[:BATCH])
    for image_id in ids:
        try:
            make_thumbnails(image_id)
            make_sizes(image_id)
        except (OSError, CuelightError) as error:
            _log.warning("The sizes of picture %s could not be made: %s", image_id, error)
    return ids[-1] if len(ids) == BATCH else None


def _add_image_row(
    product_id: int, path: str, digest: str, alt_text: str, picture: pictures.Picture, source_url: str
) -> tuple[int, bool]:
    """The picture's id and whether it is a new one. The product's row is the lock for its pictures' places."""
    with transaction.atomic():
        product = found(Product.objects.select_for_update(no_key=True), pk=product_id)
        same = ProductImage.objects.filter(product=product, digest=digest).values_list("id", flat=True).first()
        if same is not None:
            if source_url:
                ProductImage.objects.filter(pk=same, source_url="").update(source_url=source_url[:2000])
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
            source_url=source_url[:2000],
        )
        enqueue("catalog.make_thumbnails", image_id=image.pk)
        tell(product.studio_id, product.pk)
    return image.pk, True


def _locked_product_of(image_id: int) -> Product:
    product_id = ProductImage.objects.filter(pk=image_id).values_list("product_id", flat=True).first()
    return found(Product.objects.select_for_update(no_key=True), pk=product_id)


def _order_of(product: Product) -> list[int]:
    return list(ProductImage.objects.filter(product=product).order_by("position").values_list("id", flat=True))


def _renumber(order: Sequence[int]) -> None:
    # The constraint is checked at the commit, so that two pictures may have one place in between.
    for position, image_id in enumerate(order):
        ProductImage.objects.filter(pk=image_id).exclude(position=position).update(position=position)
