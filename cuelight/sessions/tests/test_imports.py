"""Runs of the importer: upload, preview, the run itself, cancel; who may watch."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import who
from cuelight.catalog.models import Brand, Product
from cuelight.errors import Conflict, CuelightError
from cuelight.live.db import run_db
from cuelight.live.testing import connect
from cuelight.live.transactional import submit_in
from cuelight.sessions import actions, importing, imports
from cuelight.sessions.command_types import MoveItem
from cuelight.sessions.import_command import import_from_command_line
from cuelight.sessions.importing import MOST_MOVES, place
from cuelight.sessions.models import LineupItem, Session, SheetImport
from cuelight.sessions.state import MOST_ITEMS
from cuelight.tests.installation import until

SHEET = "index,name,original_price,pid\n2,Ring,$10.00,5550001\n7,Chain,$20.00,5550002\n"
BROKEN = "index,name,original_price,pid\n2,Ring,,5550001\n3,Chain,abc,5550002\n"


pytestmark = pytest.mark.usefixtures("data_folder", "empty_queue")


def uploaded(client: Client, text: str, name: str = "show.csv", **form: Any) -> Any:
    return client.post("/imports", {"file": SimpleUploadedFile(name, text.encode()), **form})


def run_of(answer: Any) -> SheetImport:
    assert answer.status_code == 302, answer.content
    return SheetImport.objects.get(id=int(answer["Location"].rsplit("/", 1)[1]))


def test_a_sheet_becomes_products_and_a_lineup(client: Client, producer: Person, brand: Brand) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, SHEET, brand=brand.pk, new_session="Friday"))
    imports.preview_now(run.pk)
    shown = imports.row(run.pk)
    assert (shown["status"], shown["rows_total"]) == ("preview", 2)
    assert shown["preview"] is not None
    would = {"new": 2, "updated": 0, "unchanged": 0, "skipped": 0, "fetching": 0, "new_brands": []}
    assert shown["preview"]["would"] == would
    assert not Product.objects.exists()
    imports.start(run.pk)
    imports.run_now(run.pk)
    assert imports.row(run.pk)["status"] == "done"
    lineup = LineupItem.objects.filter(session__name="Friday").order_by("position")
    assert [(item.position, item.product.name) for item in lineup] == [(2, "Ring"), (7, "Chain")]
    imports.run_now(run.pk)  # a job may run twice
    assert Product.objects.count() == 2


def test_what_is_wrong_is_told_by_line_and_nothing_is_written(
    client: Client, producer: Person, brand: Brand, studio: Studio
) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, BROKEN, brand=brand.pk))
    imports.preview_now(run.pk)
    preview = imports.row(run.pk)["preview"]
    assert preview is not None
    assert [(error["line"], error["message"]) for error in preview["errors"]] == [
        (2, "Price missing"),
        (3, "Invalid price format"),
    ]
    SheetImport.objects.filter(pk=run.pk).update(status="running")
    imports.run_now(run.pk)
    assert imports.row(run.pk)["status"] == "failed"
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("name", "form", "sentence"),
    [
        ("show.pdf", {"new_brand": "North"}, "show.pdf is no table."),
        ("show.csv", {"brand": "999999"}, "Choose a brand, or name a new one."),
        ("show.csv", {"new_brand": "North", "session": "999999"}, ""),
    ],
)
def test_an_upload_that_is_refused_leaves_nothing_behind(
    client: Client, producer: Person, name: str, form: dict[str, str], sentence: str
) -> None:
    client.force_login(producer)
    answer = uploaded(client, SHEET, name, **form)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not Brand.objects.exists()
    assert not SheetImport.objects.exists()


def test_a_form_without_a_file_says_so(client: Client, producer: Person) -> None:
    client.force_login(producer)
    answer = client.post("/imports", {"new_brand": "North"})
    assert (answer.status_code, b"Choose a file first." in answer.content) == (422, True)


def test_a_cataloger_imports_products_but_makes_no_lineup(client: Client, cataloger: Person, session: Session) -> None:
    client.force_login(cataloger)
    assert uploaded(client, SHEET, new_brand="North").status_code == 302
    assert uploaded(client, SHEET, new_brand="South", session=session.pk).status_code == 422
    assert uploaded(client, SHEET, new_brand="South", new_session="Mine").status_code == 422
    assert not Session.objects.filter(name="Mine").exists()


def test_another_studios_run_is_not_there(
    client: Client, producer: Person, stranger: Person, host: Person, brand: Brand
) -> None:
    client.force_login(producer)
    page = uploaded(client, SHEET, brand=brand.pk)["Location"]
    assert client.get(page).status_code == 200
    for other in (stranger, host):
        client.force_login(other)
        assert client.get(page).status_code == 404


def test_steps_are_taken_in_order_only(client: Client, producer: Person, brand: Brand) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, SHEET, brand=brand.pk))
    with pytest.raises(Conflict):
        imports.start(run.pk)  # nobody has looked at it yet
    imports.cancel(run.pk)
    imports.preview_now(run.pk)
    assert imports.row(run.pk)["status"] == "cancelled"
    with pytest.raises(Conflict):
        imports.cancel(run.pk)


def test_a_run_that_is_cancelled_in_the_middle_writes_nothing(
    client: Client, producer: Person, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "REPORT_EVERY_S", 0.0)
    client.force_login(producer)
    rows = "".join(f"{number},Ring {number},$10.00,{5550000 + number}\n" for number in range(1, 20_001))
    run = run_of(uploaded(client, SHEET.partition("\n")[0] + "\n" + rows, brand=brand.pk))
    imports.preview_now(run.pk)
    imports.start(run.pk)
    seen: list[int] = []

    def cancel_when_under_way() -> None:
        try:
            seen.append(until(lambda: SheetImport.objects.get(pk=run.pk).rows_done, "the first rows"))
            imports.cancel(run.pk)
        finally:
            connections.close_all()

    watcher = threading.Thread(target=cancel_when_under_way)
    watcher.start()
    imports.run_now(run.pk)
    watcher.join()
    assert 0 < seen[0] <= 20_000
    assert imports.row(run.pk)["status"] == "cancelled"
    assert not Product.objects.exists()


def test_a_file_that_has_gone_is_told_and_not_left_running(
    client: Client, producer: Person, brand: Brand, data_folder: Path
) -> None:
    client.force_login(producer)
    run = run_of(uploaded(client, SHEET, brand=brand.pk))
    imports.preview_now(run.pk)
    imports.start(run.pk)
    for file in (data_folder / "imports").iterdir():
        file.unlink()
    with pytest.raises(FileNotFoundError):
        imports.run_now(run.pk)
    shown = imports.row(run.pk)
    assert shown["status"] == "failed"
    assert shown["result"] is not None
    assert "Nothing was written" in shown["result"]["message"]


def test_files_of_old_runs_are_forgotten(client: Client, producer: Person, brand: Brand, data_folder: Path) -> None:
    client.force_login(producer)
    old, new = (run_of(uploaded(client, SHEET, brand=brand.pk)) for _ in range(2))
    for run, days in ((old, 8), (new, 6)):
        SheetImport.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=days))
    assert imports.remove_old_files() == 1
    assert [path.name for path in (data_folder / "imports").iterdir()] == [Path(new.path).name]


@pytest.mark.usefixtures("live")
async def test_progress_reaches_whoever_may_watch(
    brand: Brand, producer: Person, cataloger: Person, host: Person, stranger: Person
) -> None:
    def upload() -> int:
        file = SimpleUploadedFile("show.csv", SHEET.encode())
        return imports.upload(
            file, studio_id=brand.studio_id, brand_id=brand.pk, session_id=None, upsert=False, person_id=producer.pk
        )

    run_id = await run_db(upload)
    topic = f"import:{run_id}"
    for person in (host, stranger):
        async with connect(who(person)) as socket:
            assert (await socket.join(topic)).response["reason"] == "not_found"
    async with connect(who(producer)) as console, connect(who(cataloger)) as other:
        assert (await console.join(topic)).response["status"] == "reading"
        await other.join(topic)
        await run_db(imports.preview_now, run_id)
        assert (await other.receive(topic, "progress"))["status"] == "preview"
        assert (await console.push(topic, "start")).status == "ok"
        assert (await other.receive(topic, "progress"))["status"] == "running"
        await run_db(imports.run_now, run_id)
        while (told := await other.receive(topic, "progress"))["status"] != "done":
            pass
        assert told["result"]["new"] == 2
        refused = await console.push(topic, "cancel")
        assert (refused.status, refused.response["reason"]) == ("error", "import_moved_on")


# Into a lineup that is there already


HEADER = "index,name,original_price,pid"


def sheet(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def errors_of(found: dict[str, Any] | None) -> list[tuple[int, str]]:
    assert found is not None
    return [(error["line"], error["message"]) for error in found["errors"]]


def lineup_of(session: Session) -> list[tuple[int, str]]:
    rows = LineupItem.objects.filter(session=session).order_by("position")
    return list(rows.values_list("position", "product__name"))


@pytest.fixture
def looked_at(client: Client, producer: Person, brand: Brand, session: Session) -> Any:
    """Uploads a sheet for the lineup 1, 5, 10 and returns its run, looked at."""

    def look(text: str, **form: Any) -> SheetImport:
        client.force_login(producer)
        run = run_of(uploaded(client, text, **{"brand": brand.pk, "session": session.pk, **form}))
        imports.preview_now(run.pk)
        return SheetImport.objects.get(pk=run.pk)

    return look


def done(run: SheetImport) -> imports.ImportRow:
    imports.start(run.pk)
    imports.run_now(run.pk)
    row = imports.row(run.pk)
    assert row["status"] == "done", row
    return row


def test_numbers_that_the_lineup_has_given_away_are_told_by_line(looked_at: Any, session: Session) -> None:
    Product.objects.update(display_number=None)
    text = sheet("1,Ring,10,551", "2,Chain,20,552", "10,Cuff,30,553")
    expected = [
        (2, 'Number 1 is "Product 1" in the lineup already'),
        (4, 'Number 10 is "Product 3" in the lineup already'),
    ]
    run = looked_at(text)
    assert errors_of(run.preview) == expected
    SheetImport.objects.filter(pk=run.pk).update(status="running")
    imports.run_now(run.pk)
    failed = imports.row(run.pk)
    assert (failed["status"], errors_of(failed["result"])) == ("failed", expected)
    assert Product.objects.count() == 3


def test_rows_without_a_number_go_to_the_end_once(looked_at: Any, session: Session) -> None:
    text = sheet("Ring,10,551", "Chain,20,552", header="name,original_price,pid")
    for _ in range(2):
        done(looked_at(text))
        assert lineup_of(session) == [
            (1, "Product 1"),
            (5, "Product 2"),
            (10, "Product 3"),
            (11, "Ring"),
            (12, "Chain"),
        ]


def test_a_lineup_that_would_be_too_long_is_told_before(looked_at: Any) -> None:
    rows = [f"Ring {number},10,{5510000 + number}" for number in range(1, MOST_ITEMS)]
    header = "name,original_price,pid"
    [(line, message)] = errors_of(looked_at(sheet(*rows, header=header)).preview)
    assert line == 1 + MOST_ITEMS - 3 + 1
    assert "A lineup holds at most 2,000 items" in message
    assert looked_at(sheet(*rows[: MOST_ITEMS - 3], header=header)).preview["errors_total"] == 0


@pytest.fixture
def shifted(looked_at: Any, studio: Studio) -> tuple[Session, Any]:
    """A show that was made of a sheet, and a way to look at the sheet with a row put in as number 2."""
    brand = Brand.objects.create(studio=studio, name="North", slug="north")
    session = Session.objects.get(pk=actions.create_session(studio.pk, name="Friday"))
    old = sheet("1,Ring,10,551", "2,Chain,20,552", "3,Cuff,30,553", "4,Band,40,554")
    done(looked_at(old, session=session.pk, brand=brand.pk))
    new = sheet("1,Ring,10,551", "2,Hoop,15,555", "3,Chain,20,552", "4,Cuff,30,553", "5,Band,40,554")
    return session, lambda **form: looked_at(new, session=session.pk, brand=brand.pk, **form)


def test_after_a_row_was_put_in_all_behind_it_move_up(shifted: tuple[Session, Any]) -> None:
    session, look_again = shifted
    items = dict(LineupItem.objects.filter(session=session).values_list("product__name", "id"))
    done(look_again(upsert="on"))
    assert lineup_of(session) == [(1, "Ring"), (2, "Hoop"), (3, "Chain"), (4, "Cuff"), (5, "Band")]
    after = dict(LineupItem.objects.filter(session=session).values_list("product__name", "id"))
    assert {name: after[name] for name in items} == items, "the items themselves stay, with what was set on them"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event->>'kind' FROM journal WHERE aggregate_id = %s ORDER BY version",
            [f"session:{session.pk}"],
        )
        assert [kind for (kind,) in cursor.fetchall()] == ["add_items", "add_items", "move_item"]
    done(look_again(upsert="on"))
    assert lineup_of(session)[-1] == (5, "Band"), "again, nothing moves"


def test_without_an_update_what_is_in_the_lineup_stays_where_it_is(shifted: tuple[Session, Any]) -> None:
    _, look_again = shifted
    sentence = (
        'This product is number {} in the lineup already; with "Update products that are there already" it becomes {}'
    )
    expected = [(line, sentence.format(line - 2, line - 1)) for line in (4, 5, 6)]
    assert errors_of(look_again().preview) == expected


@pytest.mark.parametrize(
    ("rows", "added", "renumbered"),
    [
        ([(1, 101), (5, 102)], [], {}),
        ([(0, 101), (0, 7)], [(0, 7)], {}),
        ([(7, 8), (0, 9)], [(7, 8), (0, 9)], {}),
        ([(5, 101), (1, 102)], [], {1: 5, 5: 1}),
        ([(1, 7), (5, 101), (10, 102), (11, 103)], [(11, 7)], {11: 1, 1: 5, 5: 10, 10: 11}),
        ([(1, 7), (5, 101), (8, 102), (0, 9)], [(8, 7), (0, 9)], {8: 1, 1: 5, 5: 8}),
    ],
)
def test_where_rows_go(rows: list[tuple[int, int]], added: list[tuple[int, int]], renumbered: dict[int, int]) -> None:
    assert place(rows, {1: 101, 5: 102, 10: 103}, may_move=True) == (added, renumbered, {})


@pytest.mark.parametrize(
    ("rows", "present", "sentence"),
    [
        ([(7, 101)], {1: 101}, "This product is number 1 in the lineup, which would be left empty"),
        ([(3, 101)], {1: 101, 2: 101}, "This product is in the lineup more than once (1 and 2); which one would be 3?"),
        (
            [(number, 100 + 301 - number) for number in range(1, 301)],
            {number: 100 + number for number in range(1, 301)},
            f"299 items of the lineup would change places; {MOST_MOVES} is the most",
        ),
    ],
)
@pytest.mark.django_db
def test_moves_that_are_refused(rows: list[tuple[int, int]], present: dict[int, int], sentence: str) -> None:
    [message] = place(rows, present, may_move=True).refused.values()
    assert message.startswith(sentence)


@given(st.permutations(range(12)), st.permutations(range(12)))
def test_moves_make_the_order_that_is_wanted(order: list[int], wanted: list[int]) -> None:
    row, steps = list(order), actions.moves(order, wanted)
    for item, index in steps:
        row.remove(item)
        row.insert(index, item)
    assert row == wanted
    assert len(steps) <= 11


def test_one_row_put_in_is_one_move() -> None:
    order = [*range(1, 1000), 0]
    assert actions.moves(order, sorted(order)) == [(0, 0)]
    assert actions.moves(sorted(order), order) == [(0, 999)]


def test_a_lineup_that_others_change_meanwhile_is_left_to_them(
    shifted: tuple[Session, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, look_again = shifted
    run = look_again(upsert="on")

    def be_faster(session_id: int, *rest: Any, **options: Any) -> int:
        first = LineupItem.objects.get(session=session, position=1)
        submit_in(connection, f"session:{session_id}", MoveItem(first.pk, 3), actor_id=None)
        return actions.add_products(session_id, *rest, **options)

    monkeypatch.setattr(importing, "add_products", be_faster)
    imports.start(run.pk)
    imports.run_now(run.pk)
    row = imports.row(run.pk)
    assert row["status"] == "failed"
    assert row["result"] == {
        "message": "Somebody changed the lineup while this import ran. Nothing was written; try again."
    }
    assert not Product.objects.filter(name="Hoop").exists()


# Brands and sessions by name


def test_a_file_that_was_mended_goes_to_the_brand_and_session_of_before(
    client: Client, producer: Person, studio: Studio
) -> None:
    client.force_login(producer)
    runs = [
        run_of(uploaded(client, text, new_brand=brand, new_session=name))
        for text, brand, name in ((BROKEN, "North Star", "金曜"), (SHEET, " north STAR", "金曜 "))
    ]
    assert (runs[0].brand, runs[0].session) == (runs[1].brand, runs[1].session)
    Session.objects.update(status="complete")
    third = run_of(uploaded(client, SHEET, new_brand="North Star", new_session="金曜"))
    assert third.session != runs[0].session, "a show that is over is left alone"


def test_names_in_other_scripts_get_numbered_slugs(studio: Studio) -> None:
    made = [actions.create_session(studio.pk, name=name) for name in ("金曜", "土曜", "Session")]
    slugs = Session.objects.filter(pk__in=made).order_by("id").values_list("slug", flat=True)
    assert list(slugs) == ["session", "session-2", "session-3"]
    with pytest.raises(Conflict):
        actions.create_session(studio.pk, name="Mine", slug="session-2")


# The command line


@pytest.fixture
def command(studio: Studio, brand: Brand, tmp_path: Path) -> Any:
    """Runs ``cuelight import`` on a text and returns what it said."""

    def run(text: str, session: str | None = None, brand: str = "pavoi", dry_run: bool = False) -> list[str]:
        path = tmp_path / "show.csv"
        path.write_text(text)
        said: list[str] = []
        try:
            import_from_command_line(
                path, brand_slug=brand, session_slug=session, dry_run=dry_run, upsert=False, say=said.append
            )
        except CuelightError as refused:
            said.append(refused.message)
        return said

    return run


@pytest.mark.parametrize("words", ["Friday Show", "friday-show", "金曜", "x" * 80])
def test_the_same_command_twice_is_one_session(command: Any, words: str) -> None:
    for new, skipped in ((2, 0), (0, 2)):
        said = command(SHEET, words)
        assert said == [
            f"2 rows read: {new} new, 0 updated, 0 unchanged, {skipped} skipped, 0 pictures.",
            f"The lineup of {words} has them: 2 items in the file.",
        ]
    assert Session.objects.count() == 1
    assert LineupItem.objects.count() == 2


def test_a_bad_file_makes_no_session(command: Any) -> None:
    assert command(BROKEN, "friday") == [
        "line 2: original_price: Price missing",
        "line 3: original_price: Invalid price format",
        "2 things are wrong in this file. Nothing was written.",
    ]
    assert not Session.objects.exists()


def test_a_dry_run_looks_at_the_lineup_and_makes_nothing(command: Any, session: Session) -> None:
    said = command(sheet("5,Ring,10,551"), "spring", dry_run=True)
    assert said[-1] == "One thing is wrong in this file. Nothing was written."
    assert said[-2].startswith("line 2: number: ")
    assert command(sheet("7,Ring,10,551"), "spring", dry_run=True)[-1].startswith("1 row: 1 new")
    assert command(sheet("7,Ring,10,551"), "other", dry_run=True)[-1].startswith("1 row: 1 new")
    assert Session.objects.count() == 1
    assert Product.objects.count() == 3


def test_one_is_said_of_one(command: Any) -> None:
    assert command(sheet("7,Ring,10,551"), "Friday")[-2:] == [
        "1 row read: 1 new, 0 updated, 0 unchanged, 0 skipped, 0 pictures.",
        "The lineup of Friday has them: 1 item in the file.",
    ]


def test_a_brand_may_be_called_by_its_name(command: Any, studio: Studio) -> None:
    Brand.objects.create(studio=studio, name="東京", slug="brand")
    for pid, name in enumerate(("PAVOI", "東京", "brand"), start=551):
        assert "1 row read: 1 new" in command(sheet(f"7,Ring,10,{pid}"), brand=name)[-1]
    assert command(SHEET, brand="Nobody") == ["There is no brand 'Nobody'; there is: pavoi, brand."]
