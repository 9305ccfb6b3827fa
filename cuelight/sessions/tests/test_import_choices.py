"""How a file is read is chosen, remembered; what an import did to a lineup is taken back with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from cuelight.accounts.models import Person
from cuelight.catalog import actions as catalog
from cuelight.catalog import files
from cuelight.catalog.models import Brand, ImportMapping, Product
from cuelight.errors import Conflict, Invalid
from cuelight.live.transactional import submit_in
from cuelight.sessions import actions, imports
from cuelight.sessions.command_types import OverrideItem, SetStatus
from cuelight.sessions.models import LineupItem, Session, SheetImport

SHEET = "index,name,original_price,pid\n22,Ring,$10.00,5550001\n23,Chain,$20.00,5550002\n"
STRANGE = "Artikel;Preis;Nummer\nRing;5.00;A-1\nKette;6.00;A-2\n"

Run = Callable[..., int]


pytestmark = pytest.mark.usefixtures("data_folder", "empty_queue")


@pytest.fixture
def looked_at(brand: Brand, producer: Person) -> Run:
    def prepare(text: str, *, session: Session | None = None, upsert: bool = False) -> int:
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


def done(import_id: int) -> dict[str, Any]:
    imports.start(import_id)
    imports.run_now(import_id)
    row = imports.row(import_id)
    assert row["status"] == "done", row["result"]
    return row["result"] or {}


def preview_of(import_id: int) -> dict[str, Any]:
    preview = imports.row(import_id)["preview"]
    assert preview is not None
    return preview


def taken_back(import_id: int) -> dict[str, Any]:
    imports.take_back(import_id)
    imports.take_back_now(import_id, by=None, token_id=None)
    imports.take_back_now(import_id, by=None, token_id=None)  # a job may run twice
    reverted: dict[str, Any] = (imports.row(import_id)["result"] or {})["reverted"]
    return reverted


def test_columns_that_a_person_mapped_are_known_the_next_time(looked_at: Run) -> None:
    first = looked_at(STRANGE)
    mapping = {"Artikel": "name", "Preis": "price", "Nummer": "sku"}
    imports.choose(first, upsert=False, mapping=mapping)
    imports.preview_now(first)
    assert preview_of(first)["would"]["new"] == 2
    again = looked_at(STRANGE)
    assert preview_of(again)["is_remembered"]
    done(again)
    assert sorted(Product.objects.values_list("sku", flat=True)) == ["A-1", "A-2"]
    third = looked_at(STRANGE)
    imports.choose(third, upsert=False, mapping={}, forget=True)
    imports.preview_now(third)
    assert not preview_of(third)["is_remembered"]
    assert not ImportMapping.objects.exists()


def test_a_choice_that_does_not_fit_changes_nothing(looked_at: Run) -> None:
    import_id = looked_at(STRANGE)
    with pytest.raises(Invalid):
        imports.choose(import_id, upsert=False, mapping={"Artikel": "colour"})
    assert imports.row(import_id)["status"] == "preview"
    assert not ImportMapping.objects.exists()


def test_a_lineup_goes_with_the_import_that_made_it(looked_at: Run, brand: Brand) -> None:
    session = Session.objects.get(pk=actions.create_session(brand.studio_id, name="Friday"))
    import_id = looked_at(SHEET, session=session)
    done(import_id)
    assert LineupItem.objects.filter(session=session).count() == 2
    assert taken_back(import_id) == {"restored": 0, "removed": 2, "recreated": 0, "left": 0, "why": []}
    assert not LineupItem.objects.filter(session=session).exists()
    assert not Product.objects.exists()
    with pytest.raises(Conflict):
        imports.take_back(import_id)


def test_an_item_that_somebody_changed_stays_and_its_product(looked_at: Run, brand: Brand) -> None:
    session = Session.objects.get(pk=actions.create_session(brand.studio_id, name="Friday"))
    import_id = looked_at(SHEET, session=session)
    done(import_id)
    item = LineupItem.objects.get(session=session, position=22)
    submit_in_now(session, OverrideItem(item.pk, {"notes": "show the back"}))
    reverted = taken_back(import_id)
    assert (reverted["removed"], reverted["left"]) == (1, 1)
    assert reverted["why"] == [
        'One item of the lineup of "Friday" stays: changed there since.',
        '"Ring" is in the lineup of a session now, so it stays.',
    ]
    assert list(LineupItem.objects.values_list("position", flat=True)) == [22]


def test_a_show_that_has_begun_keeps_its_lineup(looked_at: Run, brand: Brand) -> None:
    session = Session.objects.get(pk=actions.create_session(brand.studio_id, name="Friday"))
    import_id = looked_at(SHEET, session=session)
    done(import_id)
    submit_in_now(session, SetStatus("live"))
    reverted = taken_back(import_id)
    assert (reverted["removed"], reverted["left"]) == (0, 2)
    assert reverted["why"][0] == 'The lineup of "Friday" stays as it is: its show has begun.'


def test_taking_back_by_its_change_set_is_told_on_the_page_of_the_import(looked_at: Run, brand: Brand) -> None:
    import_id = looked_at(SHEET)
    done(import_id)
    change_set_id = imports.row(import_id)["change_set_id"]
    assert change_set_id is not None
    catalog.revert(brand.studio_id, change_set_id)
    assert (imports.row(import_id)["result"] or {})["reverted"]["removed"] == 2


def test_there_is_nothing_to_take_back_before_it_is_done(looked_at: Run) -> None:
    import_id = looked_at(SHEET)
    with pytest.raises(Conflict):
        imports.take_back(import_id)


def test_a_number_that_two_brands_have_is_no_lineup(looked_at: Run, brand: Brand) -> None:
    session = Session.objects.get(pk=actions.create_session(brand.studio_id, name="Friday"))
    text = "index,name,original_price,brand\n1,Ring,5,North\n1,Chain,6,South\n"
    assert preview_of(looked_at(text))["errors"] == []
    [error] = preview_of(looked_at(text, session=session))["errors"]
    assert (error["line"], "more than once" in error["message"]) == (3, True)


def submit_in_now(session: Session, command: Any) -> None:
    with transaction.atomic():
        submit_in(connection, f"session:{session.pk}", command, actor_id=None)


def test_the_run_keeps_what_was_chosen(looked_at: Run) -> None:
    import_id = looked_at(SHEET)
    imports.choose(import_id, upsert=True, mapping={}, clear_blank=True, also_edited=True)
    run = SheetImport.objects.get(pk=import_id)
    assert (run.upsert, run.clear_blank, run.also_edited, run.format) == (True, True, True, "")


def test_a_lineup_goes_out_in_its_order(looked_at: Run, brand: Brand) -> None:
    session = Session.objects.get(pk=actions.create_session(brand.studio_id, name="Friday"))
    done(looked_at("index,name,original_price\n7,Ring,5\n2,Chain,6\n", session=session))
    done(looked_at("index,name,original_price\n1,Elsewhere,6\n"))
    chosen = files.choose(brand.studio_id, base="", session_id=session.pk)
    assert [Product.objects.get(pk=pk).name for pk in chosen.ids] == ["Chain", "Ring"]
