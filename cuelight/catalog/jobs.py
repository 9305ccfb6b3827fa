"""Jobs of the catalogue; each calls one action."""

from procrastinate.contrib.django import app

from cuelight.catalog import actions, fetching, search_index
from cuelight.catalog.shopify import connecting, syncing, webhooks
from cuelight.catalog.shopify import pictures as shop_pictures
from cuelight.jobs import enqueue, job


@job("catalog.make_thumbnails", nobody_waits=True)
def make_thumbnails(image_id: int) -> None:
    actions.make_thumbnails(image_id)
    actions.make_sizes(image_id)


@job("catalog.make_missing_sizes", nobody_waits=True)
def make_missing_sizes(after: int = 0) -> None:
    last = actions.make_missing_sizes(after)
    if last is not None:
        enqueue("catalog.make_missing_sizes", after=last)


@app.periodic(cron="11 4 * * *")
@app.task(name="catalog.make_missing_sizes_nightly", queue="default", pass_context=False)
def make_missing_sizes_nightly(timestamp: int) -> None:
    """Pictures that lack a size, since an earlier version stored them or a job gave up, get it."""
    enqueue("catalog.make_missing_sizes", after=0)


@app.periodic(cron="31 4 * * *")
@app.task(name="catalog.sweep_files", queue="default", pass_context=False)
def sweep_files(timestamp: int) -> None:
    """Pictures that were removed a day ago go, and files that nothing names."""
    actions.purge_removed_images()
    actions.sweep_files()


@job("catalog.note_words", nobody_waits=True)
def note_words(studio_id: int, words: list[str]) -> None:
    search_index.note_words(studio_id, words)


@job("catalog.refresh_brand", nobody_waits=True)
def refresh_brand(brand_id: int) -> None:
    search_index.refresh_brand(brand_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="catalog.fill_search", queue="default", pass_context=False)
def fill_search(timestamp: int) -> None:
    """Products from before the search, or written past it, get their words. With none of them it costs nothing."""
    search_index.fill_missing()


@job("catalog.copy_images", nobody_waits=True)
def copy_images(from_id: int, to_id: int) -> None:
    actions.copy_images(from_id, to_id)


@job("catalog.fetch_pictures", wait=4, nobody_waits=True)
def fetch_pictures(studio_id: int) -> None:
    fetching.fetch_some(studio_id)


@app.periodic(cron="47 3 * * *")
@app.task(name="catalog.prune_imports", queue="default", pass_context=False)
def prune_imports(timestamp: int) -> None:
    """What imports of a month ago have changed is forgotten."""
    actions.prune_imports()


@app.periodic(cron="41 3 * * *")
@app.task(name="catalog.purge_deleted", queue="default", pass_context=False)
def purge_deleted(timestamp: int) -> None:
    """The pictures of products that were deleted a day ago go."""
    actions.purge_deleted()


@job("catalog.sync_shopify")
def sync_shopify(run_id: int) -> None:
    syncing.run_now(run_id)


@job("catalog.copy_shopify_pictures", wait=4, nobody_waits=True)
def copy_shopify_pictures(link_id: int) -> None:
    shop_pictures.copy(link_id)


@job("catalog.hear_shopify", wait=4)
def hear_shopify(shop_id: int, gid: str, updated_at: str) -> None:
    webhooks.hear(shop_id, gid, updated_at)


@job("catalog.look_after_shopify", wait=4)
def look_after_shopify(shop_id: int, forget: bool) -> None:
    webhooks.look_after(shop_id, forget=forget)


@app.periodic(cron="* * * * *")
@app.task(name="catalog.sync_due_shops", queue="default", pass_context=False)
def sync_due_shops(timestamp: int) -> None:
    """Each shop once an hour, at the minute of its connection."""
    syncing.ask_due()
    connecting.forget_ended()


@app.periodic(cron="53 3 * * *")
@app.task(name="catalog.forget_shop_runs", queue="default", pass_context=False)
def forget_shop_runs(timestamp: int) -> None:
    """Old deliveries of webhooks and old runs are forgotten."""
    syncing.forget_old()
