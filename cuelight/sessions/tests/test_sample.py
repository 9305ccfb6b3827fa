"""The sample studio (A1.2), and that only the journal's own code writes what it owns."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from cuelight.accounts.models import Membership, Studio
from cuelight.catalog.models import Brand, Product, ProductImage
from cuelight.live.models import Aggregate, JournalEntry
from cuelight.sessions import sample
from cuelight.sessions.models import LineupItem, Session

PACKAGE = Path(__file__).resolve().parents[2]


@pytest.fixture
def media(tmp_path: Path, settings: Settings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_one_brand_eight_products_one_session_with_its_state(transactional_db: None, media: Path) -> None:
    assert sample.is_missing()
    sample.seed()
    assert [brand.name for brand in Brand.objects.all()] == ["Pavoi"]
    products = list(Product.objects.order_by("display_number"))
    assert [product.display_number for product in products] == list(range(1, 9))
    assert all(product.talking_points_md and product.original_price_cents > 0 for product in products)
    for product in products:
        images = list(ProductImage.objects.filter(product=product))
        assert len(images) >= 2
        for image in images:
            assert image.thumbnail_path
            full = Image.open(BytesIO((media / image.path).read_bytes()))
            assert min(full.size) >= 600
    [session] = Session.objects.all()
    assert LineupItem.objects.filter(session=session).count() == 8
    planned = LineupItem.objects.filter(session=session).values_list("planned_seconds", flat=True)
    assert any(planned)
    assert None in planned  # the others share what is left
    head = Aggregate.objects.get(id=f"session:{session.pk}")
    first = LineupItem.objects.get(session=session, position=1)
    assert (head.state["live"]["item_id"], head.state["live"]["image_index"]) == (first.pk, 0)
    assert JournalEntry.objects.filter(aggregate_id=head.id).count() == head.version
    assert set(Membership.objects.values_list("role", flat=True)) == {"producer", "host", "admin"}


def test_seeding_again_or_beside_a_studio_of_ones_own_adds_nothing(transactional_db: None, media: Path) -> None:
    Studio.objects.create(name="Mine", slug="mine")
    sample.seed()
    sample.seed_large()
    assert (Studio.objects.count(), Product.objects.count()) == (1, 0)


def test_the_second_session_comes_from_a_file_through_the_importer(transactional_db: None, media: Path) -> None:
    sample.seed()
    sample.seed_large()
    sample.seed_large()
    session = Session.objects.get(slug=sample.LARGE_SESSION)
    lineup = LineupItem.objects.filter(session=session).order_by("position")
    assert list(lineup.values_list("position", flat=True)) == list(range(1, 41))
    assert ProductImage.objects.filter(product_id__in=lineup.values("product_id")).count() == 40


def sources() -> dict[str, str]:
    return {
        str(path.relative_to(PACKAGE)): path.read_text()
        for path in PACKAGE.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
    }


def test_lineup_rows_are_written_by_the_projection_only() -> None:
    writes = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM)\s+live_sessions_lineupitem", re.IGNORECASE)
    orm = re.compile(r"LineupItem\.objects\.[^\n]*(create|update|delete|bulk_|get_or)|LineupItem\([^)]*\)\.save")
    assert [name for name, text in sources().items() if writes.search(text)] == ["sessions/session_kind.py"]
    assert [name for name, text in sources().items() if orm.search(text)] == []


def test_journal_and_heads_are_written_by_the_journals_sql_only() -> None:
    writes = re.compile(
        r"(INSERT INTO|DELETE FROM)\s+(journal|live_aggregate)\b|UPDATE\s+live_aggregate\b", re.IGNORECASE
    )
    found = sorted(name for name, text in sources().items() if writes.search(text))
    # A kind marks its own head as deleted: its projection runs in the same transaction.
    assert found == ["documents/document_kind.py", "live/journal_sql.py", "sessions/session_kind.py"]
    orm = re.compile(r"(JournalEntry|Aggregate)\.objects\.[^\n]*(create|update|delete|bulk_|get_or)")
    assert [name for name, text in sources().items() if orm.search(text)] == []
