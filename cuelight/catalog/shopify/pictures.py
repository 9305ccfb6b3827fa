"""Copying a product's pictures into our own storage. Products do not wait for it.

What the shop adds, describes or orders anew is followed; a picture that a person added, removed or described here is
that person's.
"""

from io import BytesIO

import structlog
from django.db import transaction

from cuelight.catalog import actions
from cuelight.catalog.models import ProductImage, ShopifyProduct
from cuelight.catalog.shopify import faults, fetching
from cuelight.catalog.shopify.locks import held, let_go
from cuelight.catalog.shopify.products import bare
from cuelight.errors import CuelightError

log = structlog.get_logger(__name__)

Wanted = dict[str, str]


def copy(link_id: int) -> None:
    """The job: makes the product's pictures those of the shop. May run twice. Raises ShopError for what passes, so that
    it is tried again."""
    if not held("pictures", link_id):
        raise faults.busy()
    try:
        link = ShopifyProduct.objects.select_related("shop").filter(pk=link_id, product__isnull=False).first()
        if link is not None and link.shop.disconnected_at is None:
            _copy(link)
    finally:
        let_go("pictures", link_id)


def _copy(link: ShopifyProduct) -> None:
    assert link.product_id is not None
    wanted: list[Wanted] = link.pictures[: actions.MOST_IMAGES]
    before = {bare(one["url"]): one["alt"] for one in link.copied}
    wrong, passing = _fetch_new(link, link.product_id, wanted, before)
    _remove_old(link.product_id, wanted, before)
    _describe(link.product_id, wanted, before)
    if [bare(one["url"]) for one in wanted] != list(before):
        _order(link.product_id, wanted)
    failed = {url for url, _ in wrong}
    done = [one for one in wanted if bare(one["url"]) not in failed]
    sentence = f"{len(wrong)} of its pictures could not be copied. {wrong[0][1]}" if wrong else ""
    ShopifyProduct.objects.filter(pk=link.pk).update(copied=done, pictures_sentence=sentence[:300])
    if passing is not None:
        raise passing


def _fetch_new(
    link: ShopifyProduct, product_id: int, wanted: list[Wanted], before: dict[str, str]
) -> tuple[list[tuple[str, str]], faults.ShopError | None]:
    """Adds what was not there last time. What did not work, with why; and the fault that may pass, if there is one."""
    wrong: list[tuple[str, str]] = []
    passing = None
    have = _of_shop(product_id)
    for one in wanted:
        url = bare(one["url"])
        if url in before or url in have:
            continue
        try:
            data = fetching.fetch(one["url"], link.shop.domain)
            _add(product_id, data, url, one["alt"])
        except CuelightError as error:
            wrong.append((url, error.message))
            if isinstance(error, faults.ShopError) and not error.is_permanent:
                passing = error
    return wrong, passing


def _add(product_id: int, data: bytes, url: str, alt: str) -> None:
    known = set(ProductImage.objects.filter(product_id=product_id).values_list("pk", flat=True))
    image_id = actions.add_image(product_id, BytesIO(data), alt_text=alt)
    if image_id not in known:  # else a person has added the same file, and it stays theirs
        ProductImage.objects.filter(pk=image_id).update(source_url=url)


def _remove_old(product_id: int, wanted: list[Wanted], before: dict[str, str]) -> None:
    """Only those that came from the shop."""
    now = {bare(one["url"]) for one in wanted}
    for url, image in _of_shop(product_id).items():
        if url in before and url not in now:
            actions.remove_image(image.pk)


def _describe(product_id: int, wanted: list[Wanted], before: dict[str, str]) -> None:
    """A description that a person has written here stays."""
    have = _of_shop(product_id)
    for one in wanted:
        url = bare(one["url"])
        image = have.get(url)
        if image is not None and url in before and image.alt_text == before[url].strip() != one["alt"].strip():
            actions.update_image(image.pk, alt_text=one["alt"])


def _order(product_id: int, wanted: list[Wanted]) -> None:
    """Those of the shop in its order, before those that people have added."""
    have = _of_shop(product_id)
    ours = [have[url].pk for one in wanted if (url := bare(one["url"])) in have]
    with transaction.atomic():
        for index, image_id in enumerate(ours):
            if _place(image_id) != index:
                actions.move_image(image_id, to_index=index)


def _place(image_id: int) -> int:
    return ProductImage.objects.values_list("position", flat=True).get(pk=image_id)


def _of_shop(product_id: int) -> dict[str, ProductImage]:
    """Pictures that were fetched, by where from."""
    images = ProductImage.objects.filter(product_id=product_id).exclude(source_url="")
    return {bare(image.source_url): image for image in images}
