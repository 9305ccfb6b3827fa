"""Runs of the importer when two things happen at once: a cancel at every moment, an editor, a line that is away."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.utils import timezone

from cuelight.accounts.models import Person
from cuelight.accounts.testing import who
from cuelight.catalog import actions as catalog_actions
from cuelight.catalog import importing as files
from cuelight.catalog.importing import writing
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict, NotFound
from cuelight.live import relay_sync
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.sessions import imports
from cuelight.sessions.models import LineupItem, Session, SheetImport
from cuelight.tests.installation import until

SHEET = "index,name,original_price,pid\n22,Ring,$10.00,5550001\n"

Prepared = Callable[..., int]


pytestmark = pytest.mark.usefixtures("data_folder", "empty_queue")


@pytest.fixture
def looked_at(brand: Brand, producer: Person) -> Prepared:
    """Uploads a sheet and makes its preview; returns the run."""

    def prepare(text: str = SHEET, *, session: Session | None = None, upsert: bool = False) -> int:
        import_id = imports.upload(
            SimpleUploadedFile("show.csv", text.encode()),
            studio_id=brand.studio_id,
            brand_id=brand.pk,
            session_id=session.pk if session else None,
            upsert=upsert,
            person_id=producer.pk,
        )
        imports.preview_now(import_id)
        return import_id

    return prepare


@pytest.fixture
def started(looked_at: Prepared) -> Prepared:
    """As ``looked_at``, and somebody has pressed start: what is left is ``run_now``."""

    def prepare(*values: Any, **options: Any) -> int:
        import_id = looked_at(*values, **options)
        imports.start(import_id)
        return import_id

    return prepare


class Elsewhere(threading.Thread):
    """Somebody else's request: a function on a connection of its own, and the refusal it met."""

    def __init__(self, function: Callable[[], Any]) -> None:
        super().__init__()
        self.refusal: Conflict | None = None
        self._function = function
        self.start()

    def run(self) -> None:
        try:
            self._function()
        except Conflict as refusal:
            self.refusal = refusal
        finally:
            connections.close_all()


def then(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, happens: Callable[[], Any]) -> None:
    """After each call of ``owner.name`` something happens."""
    real = getattr(owner, name)

    def call(*values: Any, **options: Any) -> Any:
        answer = real(*values, **options)
        happens()
        return answer

    monkeypatch.setattr(owner, name, call)


def somebody_waits() -> bool:
    """Whether somebody waits for a lock that the caller's transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        [found] = cursor.fetchone()
    return bool(found)


def written(import_id: int) -> tuple[str, bool, bool]:
    """What the run says of itself, and whether its product and its line are there."""
    product = Product.objects.filter(pid="5550001").exists()
    return imports.row(import_id)["status"], product, LineupItem.objects.filter(position=22).exists()


def test_a_run_that_is_cancelled_while_it_writes_leaves_nothing(
    started: Prepared, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = started(session=session)
    then(monkeypatch, writing, "_apply", lambda: Elsewhere(lambda: imports.cancel(import_id)).join())
    imports.run_now(import_id)
    assert written(import_id) == ("cancelled", False, False)


def test_a_cancel_during_the_commit_waits_for_it_and_comes_too_late(
    started: Prepared, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = started(session=session)
    cancels: list[Elsewhere] = []

    def cancel() -> None:
        cancels.append(Elsewhere(lambda: imports.cancel(import_id)))
        until(somebody_waits, "the cancel's waiting")

    then(monkeypatch, imports, "_write_down", cancel)
    imports.run_now(import_id)
    cancels[0].join()
    assert cancels[0].refusal is not None
    assert cancels[0].refusal.reason == "import_moved_on"
    assert written(import_id) == ("done", True, True)


def test_a_cancel_while_pictures_are_stored_is_refused_because_all_is_written(
    started: Prepared, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = started(session=session)
    refusals: list[str] = []

    def cancel() -> None:
        with pytest.raises(Conflict) as caught:
            imports.cancel(import_id)
        refusals.append(caught.value.reason)

    then(monkeypatch, files, "store_images", cancel)
    imports.run_now(import_id)
    assert refusals == ["import_moved_on"]
    assert written(import_id) == ("done", True, True)


def test_a_run_that_breaks_after_its_commit_says_that_the_products_are_in(
    started: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(files, "store_images", full)
    import_id = started()
    with pytest.raises(OSError, match="no space left"):
        imports.run_now(import_id)
    row = imports.row(import_id)
    assert (row["status"], row["result"]) == (
        "failed",
        {"message": "Something broke on our side. The products are in; some of their pictures may be missing."},
    )


def test_a_cancel_of_an_import_that_is_not_there_is_not_found(transactional_db: None) -> None:
    with pytest.raises(NotFound):
        imports.cancel(2**40)


def test_a_run_whose_news_cannot_be_told_is_done_all_the_same(
    started: Prepared, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis goes away at the commit: the rows are there, and saying "nothing was written" would be untrue."""
    import_id = started(session=session)
    lost: list[str] = []

    def away(kind: str, _body: Any) -> None:
        lost.append(kind)
        raise redis.ConnectionError("away")

    monkeypatch.setattr(relay_sync, "publish", away)
    imports.run_now(import_id)
    assert "journal" in lost
    assert written(import_id) == ("done", True, True)


def test_an_import_does_not_write_back_what_an_editor_has_just_replaced(started: Prepared, brand: Brand) -> None:
    product_id = catalog_actions.create_product(
        brand.studio_id, brand.pk, name="Ring", original_price_cents=100, pid="5550001", talking_points_md="old"
    )
    import_id = started("name,original_price,pid\nRing,$2.00,5550001\n", upsert=True)
    typed = threading.Event()

    def edit() -> None:
        with transaction.atomic():
            catalog_actions.update_product(brand.studio_id, product_id, talking_points_md="new")
            typed.set()
            until(somebody_waits, "the import's waiting")

    editor = Elsewhere(edit)
    assert typed.wait(20)
    imports.run_now(import_id)
    editor.join()
    product = Product.objects.get(pk=product_id)
    assert (product.original_price_cents, product.talking_points_md) == (200, "new")


def test_files_that_were_only_looked_at_are_forgotten_after_a_week(looked_at: Prepared, data_folder: Path) -> None:
    old, new = looked_at(), looked_at()
    for import_id, days in ((old, 8), (new, 6)):
        SheetImport.objects.filter(pk=import_id).update(created_at=timezone.now() - timedelta(days=days))
    assert imports.remove_old_files() == 1
    assert [imports.row(import_id)["status"] for import_id in (old, new)] == ["cancelled", "preview"]
    kept = [path.name for path in (data_folder / "imports").iterdir()]
    assert kept == [Path(SheetImport.objects.get(pk=new).path).name]


def test_a_run_whose_file_is_kept_no_more_cannot_be_tried_again(looked_at: Prepared) -> None:
    import_id = looked_at("no table at all\n")
    SheetImport.objects.filter(pk=import_id).update(
        status="failed", finished_at=timezone.now() - timedelta(days=imports.KEPT_DAYS + 1)
    )
    assert imports.remove_old_files() == 1
    with pytest.raises(Conflict) as caught:
        imports.choose(import_id, upsert=True, mapping={})
    assert caught.value.reason == "file_gone"
    assert imports.row(import_id)["status"] == "failed"


@pytest.mark.usefixtures("live")
async def test_a_cataloger_starts_no_import_that_makes_a_lineup(
    looked_at: Prepared, session: Session, cataloger: Person
) -> None:
    lineup, products = [await run_db(looked_at, session=goal) for goal in (session, None)]
    async with connect(who(cataloger)) as socket:
        for import_id in (lineup, products):
            assert (await socket.join(f"import:{import_id}")).status == "ok"
        refused = await socket.push(f"import:{lineup}", "start")
        assert (refused.status, refused.response["reason"]) == ("error", "forbidden")
        assert (await socket.push(f"import:{products}", "start")).status == "ok"
        assert (await socket.join(f"import:{lineup}")).response["status"] == "preview"
        assert (await socket.join(f"import:{products}")).response["status"] == "running"
