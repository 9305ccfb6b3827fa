"""Jobs of the catalogue; each calls one action."""

from cuelight.catalog import actions
from cuelight.jobs import job


@job("catalog.make_thumbnails")
def make_thumbnails(image_id: int) -> None:
    actions.make_thumbnails(image_id)
