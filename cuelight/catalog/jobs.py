"""Jobs of the catalogue; each calls one action."""

from procrastinate.contrib.django import app

from cuelight.catalog import actions
from cuelight.jobs import job


@job("catalog.make_thumbnails")
def make_thumbnails(image_id: int) -> None:
    actions.make_thumbnails(image_id)


@app.periodic(cron="41 3 * * *")
@app.task(name="catalog.purge_deleted", queue="default", pass_context=False)
def purge_deleted(timestamp: int) -> None:
    """The pictures of products that were deleted a day ago go."""
    actions.purge_deleted()
