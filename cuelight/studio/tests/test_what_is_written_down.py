"""What other contexts write into the audit log: imports and deletions, with who did them."""

from collections.abc import Callable

import pytest

from cuelight.accounts.models import AuditEntry, Person
from cuelight.accounts.testing import who
from cuelight.catalog import actions as catalog
from cuelight.catalog.models import Brand
from cuelight.errors import Conflict
from cuelight.live.db import run_db
from cuelight.sessions import commands, imports
from cuelight.sessions.command_types import Delete
from cuelight.sessions.models import SheetImport
from cuelight.studio import log
from cuelight.studio.log import Filter
from cuelight.studio.tests.conftest import Full


def test_an_import_that_is_started(full: Full) -> None:
    run = SheetImport.objects.get()
    SheetImport.objects.update(status="preview", rows_total=24)
    imports.start(run.pk, by=full.people["producer"].pk)
    line = log.page(full.studio.pk, Filter(groups=frozenset({"files"}))).lines[0]
    assert (line.what, line.of, line.detail) == ("Imported a file", "show.csv", "rows: 24")
    assert line.who == full.people["producer"].name


def test_products_and_brands_that_are_deleted(full: Full) -> None:
    brand_id = catalog.create_brand(full.studio.pk, name="Doomed")
    product_id = catalog.create_product(full.studio.pk, brand_id, name="Hoop", original_price_cents=100)
    catalog.delete_product(full.studio.pk, product_id, by=full.people["admin"].pk)
    catalog.delete_brand(full.studio.pk, brand_id, token_id=full.token_id)
    brand, product = log.page(full.studio.pk, Filter(groups=frozenset({"files"}))).lines[:2]
    assert (product.what, product.of, product.who) == ("Deleted a product", "Hoop", full.people["admin"].name)
    assert (brand.what, brand.of, brand.who) == ("Deleted a brand", "Doomed", "OBS main")


def test_what_could_not_be_deleted_is_not_written_down(full: Full) -> None:
    brand = Brand.objects.get(studio=full.studio, slug="pavoi")
    with pytest.raises(Conflict, match="still has 3 products"):
        catalog.delete_brand(full.studio.pk, brand.pk)
    assert not AuditEntry.objects.filter(kind="brand_deleted").exists()


@pytest.fixture
def alive(full: Full, live: None) -> Full:
    return full


@pytest.mark.django_db(transaction=True)
async def test_a_session_that_is_deleted(alive: Full, person: Callable[..., Person]) -> None:
    full = alive
    admin = full.people["admin"]
    access = await commands.access_session(who(admin), full.session_id)
    await commands.submit(access, Delete())
    entry = await AuditEntry.objects.aget(kind="session_deleted")
    assert (entry.studio_id, entry.person_id, entry.target) == (full.studio.pk, admin.pk, "Spring Sparkle")
    lines = (await run_db(log.page, full.studio.pk, Filter(groups=frozenset({"live"})))).lines
    assert (lines[0].what, lines[0].of, lines[0].href) == ("Deleted the session", "A session that is gone", "")
