"""The sample studio, what a first ``make run`` shows. Its files are in ``samples/``; added twice it is there once."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from cuelight.accounts import actions as accounts_actions
from cuelight.accounts import queries as accounts
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog import queries as catalog
from cuelight.errors import NotFound
from cuelight.sessions import actions, queries
from cuelight.sessions.importing import Choices, Target, import_file

SAMPLES: Path = settings.ROOT / "samples"
STUDIO, BRAND = "pavoi", "pavoi"
SESSION, LARGE_SESSION = "spring-sparkle-live", "holiday-vault"
#: By number. The others share what is left of the show.
PLANNED_SECONDS = {1: 240, 2: 300, 3: 180, 5: 360, 7: 240}


def is_missing() -> bool:
    """Whether ``seed`` has something to do: never in a database that has a studio of its own, be it a deleted one."""
    return not accounts.has_studio()


def seed() -> None:
    """One studio with its people, one brand, eight products with two pictures each, one session holding all eight."""
    if not is_missing():
        return
    with transaction.atomic():
        studio_id = accounts_actions.create_studio("Pavoi Live", STUDIO)
        accounts_actions.create_demo_people(studio_id)
        brand_id = catalog_actions.create_brand(studio_id, name="Pavoi", slug=BRAND)
    listed = json.loads((SAMPLES / "pavoi" / "products.json").read_text())["products"]
    product_ids = [_add_product(studio_id, brand_id, fields) for fields in listed]
    session_id = actions.create_session(studio_id, name="Spring Sparkle Live", slug=SESSION)
    with transaction.atomic():
        lineup = list(enumerate(product_ids, start=1))
        actions.add_products(session_id, studio_id, lineup, actor_id=None)
        actions.plan(session_id, PLANNED_SECONDS, actor_id=None)


def seed_large() -> None:
    """A second session of forty products, made by the importer from the zip that a team would bring."""
    try:
        studio = accounts.studio_by_slug(STUDIO)
        brand = next(one for one in catalog.list_brands(studio["id"]) if one["slug"] == BRAND)
    except (NotFound, StopIteration):
        return
    try:
        queries.session_by_slug(studio["id"], LARGE_SESSION)
        return
    except NotFound:
        session_id = actions.create_session(studio["id"], name="Holiday Vault", slug=LARGE_SESSION)
    target = Target(studio["id"], brand["id"], session_id, studio["currency"], None)
    import_file(SAMPLES / "holiday-vault.zip", target, Choices())


def _add_product(studio_id: int, brand_id: int, listed: dict[str, Any]) -> int:
    fields = dict(listed)
    picture = Path(fields.pop("image_filename"))
    product_id = catalog_actions.create_product(studio_id, brand_id, **fields)
    for name in (picture.name, f"{picture.stem}b{picture.suffix}"):
        image = BytesIO((SAMPLES / "pavoi" / "images" / name).read_bytes())
        # At once, not by the job that add_image asks for: the first page shall be complete.
        catalog_actions.make_thumbnails(catalog_actions.add_image(product_id, image, alt_text=str(fields["name"])))
    return product_id
