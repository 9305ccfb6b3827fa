"""Taking everything out: what is in the zip, what never is, who gets it, and that it can be read in again."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from cuelight.accounts import actions as accounts
from cuelight.accounts.archive import Archive
from cuelight.accounts.models import AuditEntry, Person, Studio
from cuelight.accounts.testing import secret_of_token
from cuelight.catalog import actions as catalog
from cuelight.catalog.models import Brand, Product, ProductImage
from cuelight.errors import Conflict
from cuelight.live.db import run_db
from cuelight.sessions import importing
from cuelight.sessions.importing import Choices, Target
from cuelight.studio import exports, jobs
from cuelight.studio.contexts import exporting
from cuelight.studio.models import StudioExport
from cuelight.studio.tests.conftest import Full, body_of


def packed(full: Full) -> StudioExport:
    run_id = exports.start_export(full.studio.pk, by=full.people["admin"].pk)
    jobs.pack_export(export_id=run_id)
    return StudioExport.objects.get(pk=run_id)


def opened(run: StudioExport) -> zipfile.ZipFile:
    return zipfile.ZipFile(exports.file_of(run))


def json_lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in archive.read(name).splitlines()]


def test_everything_is_in_it(full: Full) -> None:
    run = packed(full)
    assert (run.status, run.done) == ("done", run.total)
    with opened(run) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {
            "README.txt", "accounts/studio.json", "accounts/members.csv", "accounts/invitations.jsonl",
            "accounts/tokens.csv", "accounts/passphrases.csv", "accounts/audit.jsonl", "catalog/brands.jsonl",
            "catalog/products.jsonl", "catalog/pavoi/products.csv", "catalog/pavoi/products-without-number.csv",
            "catalog/pictures.csv", "sessions/sessions.jsonl", "sessions/imports.jsonl",
            "sessions/spring/lineup.jsonl", "sessions/spring/lineup.csv", "sessions/spring/journal.jsonl",
            "sessions/spring/history.csv", "sessions/spring/messages.csv", "documents/documents.jsonl",
            "documents/links.jsonl",
        } <= names  # fmt: skip
        assert "Everything that Cuelight keeps of Pavoi Live" in archive.read("README.txt").decode()
        pictures = [name for name in names if name.startswith("catalog/pavoi/images/")]
        stored = {default_storage.open(image.path).read() for image in ProductImage.objects.all()}
        assert {archive.read(name) for name in pictures} == stored
        assert len(pictures) == 2
        assert len(json_lines(archive, "catalog/products.jsonl")) == 3
        journal = json_lines(archive, "sessions/spring/journal.jsonl")
        assert [entry["kind"] for entry in journal] == ["add_items", "set_status", "jump", "send_message"]
        assert "Sent “=12 left”" in archive.read("sessions/spring/history.csv").decode()
        assert {line["what"] for line in json_lines(archive, "accounts/audit.jsonl")} >= {"Gave a role", "Signed in"}


def test_documents_are_in_it_with_their_text_and_who_may_do_what(full: Full) -> None:
    with opened(packed(full)) as archive:
        [document] = json_lines(archive, "documents/documents.jsonl")
        folder = f"documents/{document['id']}"
        text = json.loads(archive.read(f"{folder}/text.json"))
        assert text == [{"insert": "Ring", "attributes": {"bold": True}}, {"insert": " first\n"}]
        assert archive.read(f"{folder}/text.html") == b"<p>Ring first</p>"
        assert (document["title"], document["everyone"], document["html_version"]) == ("Script", "edit", 1)
        shares: Any = document["shares"]
        assert [(one["person_id"], one["right"]) for one in shares] == [(full.people["host"].pk, "comment")]
        links = json_lines(archive, "documents/links.jsonl")
        assert [(one["right"], one["email"]) for one in links] == [("read", ""), ("read", "someone@else.example")]
        journal = json_lines(archive, f"{folder}/journal.jsonl")
        assert [(entry["version"], entry["person"]) for entry in journal] == [(1, full.people["producer"].pk)]


def test_every_file_of_it_is_explained(full: Full) -> None:
    with opened(packed(full)) as archive:
        readme = archive.read("README.txt").decode()
        for _, context in exporting():
            assert context.README in readme


def test_no_secret_is_anywhere_in_it(full: Full) -> None:
    with opened(packed(full)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            for secret in full.secrets:
                assert secret.encode() not in content, (name, secret)
                assert secret not in name
        assert len(full.secrets) > 10


def test_another_studio_is_nowhere_in_it(full: Full, furnish: Callable[..., Full]) -> None:
    other = furnish(Studio.objects.create(name="Rival TV", slug="rival"))
    Product.objects.filter(studio=other.studio).update(name="Rival hoops")
    with opened(packed(full)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"ival" not in everything


def importing_counts(preview: dict[str, Any]) -> tuple[int, int, int, int]:
    would = preview["would"]
    return would["new"], would["updated"], would["unchanged"], would["skipped"]


def test_its_products_can_be_read_in_again_and_nothing_changes(full: Full, tmp_path: Path) -> None:
    brand = Brand.objects.get(studio=full.studio, slug="pavoi")
    target = Target(full.studio.pk, brand.pk, None, "USD", None)
    with opened(packed(full)) as archive:
        for name, rows in (("products.csv", 2), ("products-without-number.csv", 1)):
            sheet = tmp_path / name
            sheet.write_bytes(archive.read(f"catalog/pavoi/{name}"))
            preview = importing.look(sheet, target, Choices(upsert=True))
            assert preview["errors"] == []
            assert importing_counts(preview) == (0, 0, rows, 0)


def test_a_brands_folder_packed_anew_brings_the_first_pictures_along(full: Full, tmp_path: Path) -> None:
    with opened(packed(full)) as archive, zipfile.ZipFile(tmp_path / "pavoi.zip", "w") as anew:
        for name in archive.namelist():
            if name.startswith(("catalog/pavoi/products.csv", "catalog/pavoi/images/")):
                anew.writestr(name.removeprefix("catalog/"), archive.read(name))
    other = Studio.objects.create(name="Fresh", slug="fresh")
    brand_id = catalog.create_brand(other.pk, name="Pavoi")
    result = importing.import_file(
        tmp_path / "pavoi.zip", Target(other.pk, brand_id, None, "USD", None), Choices(upsert=False)
    )
    assert (result["new"], result["images"], result["warnings"]) == (2, 1, [])


@pytest.mark.parametrize(("currency", "cents"), [("JPY", 1299), ("KWD", 1299), ("EUR", 123456789)])
def test_prices_of_any_currency_come_back_as_they_were(full: Full, tmp_path: Path, currency: str, cents: int) -> None:
    Studio.objects.update(currency=currency)
    Product.objects.update(original_price_cents=cents, sale_price_cents=None)
    brand = Brand.objects.get(studio=full.studio, slug="pavoi")
    sheet = tmp_path / "products.csv"
    with opened(packed(full)) as archive:
        sheet.write_bytes(archive.read("catalog/pavoi/products.csv"))
    preview = importing.look(sheet, Target(full.studio.pk, brand.pk, None, currency, None), Choices(upsert=True))
    assert importing_counts(preview) == (0, 0, 2, 0)


def test_tables_run_nothing_in_a_spreadsheet(full: Full) -> None:
    with opened(packed(full)) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                text = archive.read(name).decode("utf-8-sig")
                assert not [line for line in text.splitlines() if line.startswith(("=", "@"))], name
                assert not [mark for mark in (",=", ",@", ',"=', ',"@') if mark in text], name


def test_a_picture_whose_file_is_lost_does_not_stop_it(full: Full) -> None:
    image = ProductImage.objects.first()
    assert image is not None
    default_storage.delete(image.path)
    with opened(packed(full)) as archive:
        assert archive.read("catalog/missing.txt").decode().count("\n") == 1


def test_one_is_packed_at_a_time_and_another_studio_does_not_wait(full: Full, stranger: Person) -> None:
    exports.start_export(full.studio.pk, by=None)
    with pytest.raises(Conflict, match="packed already"):
        exports.start_export(full.studio.pk, by=None)
    assert exports.start_export(stranger.studios.get().pk, by=None)


def test_a_run_whose_worker_died_for_good_is_given_up(full: Full) -> None:
    run_id = exports.start_export(full.studio.pk, by=None)
    StudioExport.objects.filter(pk=run_id).update(updated_at=timezone.now() - timedelta(hours=2))
    assert exports.start_export(full.studio.pk, by=None) != run_id
    assert StudioExport.objects.get(pk=run_id).status == "failed"


def test_packing_twice_is_once(full: Full) -> None:
    run = packed(full)
    before = exports.file_of(run).read_bytes()
    jobs.pack_export(export_id=run.pk)
    assert exports.file_of(run).read_bytes() == before
    StudioExport.objects.filter(pk=run.pk).update(status="packing")  # as if the worker had died in the middle
    jobs.pack_export(export_id=run.pk)
    run.refresh_from_db()
    assert opened(run).testzip() is None
    assert len(list(exports.file_of(run).parent.iterdir())) == 1


def test_of_two_jobs_that_pack_at_once_the_later_one_wins(full: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a worker was taken for dead and was not."""
    run_id = exports.start_export(full.studio.pk, by=None)
    catalog_context = exporting()[1][1]
    real, turns = catalog_context.export_studio, []

    def interrupted(studio_id: int, archive: Archive) -> None:
        turns.append(1)
        if len(turns) == 1:
            jobs.pack_export(export_id=run_id)
        real(studio_id, archive)

    monkeypatch.setattr(catalog_context, "export_studio", interrupted)
    jobs.pack_export(export_id=run_id)
    run = StudioExport.objects.get(pk=run_id)
    assert (run.status, len(turns)) == ("done", 2)
    assert opened(run).testzip() is None
    assert list(exports.file_of(run).parent.iterdir()) == [exports.file_of(run)]


def test_what_fails_is_told_and_leaves_no_file(full: Full, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    def broken(studio_id: int, archive: Archive) -> None:
        raise RuntimeError

    monkeypatch.setattr(exporting()[1][1], "export_studio", broken)
    run_id = exports.start_export(full.studio.pk, by=None)
    with pytest.raises(RuntimeError):
        jobs.pack_export(export_id=run_id)
    assert StudioExport.objects.get(pk=run_id).status == "failed"
    assert list((settings.DATA_DIR / "exports").iterdir()) == []


def test_a_studio_that_is_deleted_meanwhile_is_not_packed(full: Full, settings: Settings) -> None:
    run_id = exports.start_export(full.studio.pk, by=None)
    accounts.delete_studio(full.studio.pk, by=None)
    jobs.pack_export(export_id=run_id)
    assert not any((settings.DATA_DIR / "exports").glob("*.zip"))


def test_the_file_is_removed_after_a_week(full: Full) -> None:
    run = packed(full)
    path = exports.file_of(run)
    StudioExport.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=6))
    jobs.remove_old_exports(timestamp=0)
    assert path.exists()
    StudioExport.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=8))
    jobs.remove_old_exports(timestamp=0)
    assert not path.exists()


def test_the_file_lies_where_no_picture_is_fetched(full: Full, settings: Settings) -> None:
    path = exports.file_of(packed(full))
    assert path.is_relative_to(settings.DATA_DIR)
    assert not path.is_relative_to(settings.MEDIA_ROOT)
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.stem) == 32


def test_memory_stays_flat(full: Full, settings: Settings) -> None:
    """A picture of 48 MB and 3,000 products pass through; what is held is a few pieces of them."""
    image = ProductImage.objects.first()
    assert image is not None
    with (Path(settings.MEDIA_ROOT) / image.path).open("r+b") as file:
        file.truncate(48 << 20)
    products = [
        Product(
            studio=full.studio,
            brand_id=Product.objects.values_list("brand_id", flat=True)[0],
            name=f"Hoop {number}",
            description="long " * 400,
            original_price_cents=1000,
        )
        for number in range(3000)
    ]
    Product.objects.bulk_create(products)
    del products
    run_id = exports.start_export(full.studio.pk, by=None)
    connection.queries_log.clear()
    tracemalloc.start()
    exports.pack(run_id)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert exports.file_of(StudioExport.objects.get(pk=run_id)).stat().st_size > 48 << 20
    assert peak < 12 << 20


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "a\\b"])
def test_no_name_leads_out_of_the_archive(tmp_path: Path, name: str) -> None:
    with Archive(tmp_path / "x.zip") as archive, pytest.raises(ValueError, match="no name"):
        archive.text(name, "x")


def test_an_admin_asks_for_it_and_sees_how_far_it_is(full: Full, signed_in: Callable[[str], Client]) -> None:
    admin, path = signed_in("admin"), f"/studios/{full.studio.slug}"
    answer = admin.post(f"{path}/exports")
    run = StudioExport.objects.latest("id")
    assert answer["Location"] == f"{path}/exports/{run.pk}"
    waiting = admin.get(answer["Location"])
    assert waiting["Refresh"] == "1"
    StudioExport.objects.filter(pk=run.pk).update(status="packing", done=312, total=1204)
    assert "Packing 312 of 1,204" in admin.get(answer["Location"]).content.decode()
    assert admin.post(f"{path}/exports")["Location"] == f"{path}/danger"
    assert "being packed already" in admin.get(f"{path}/danger").content.decode()
    jobs.pack_export(export_id=run.pk)
    done = admin.get(answer["Location"])
    assert "Refresh" not in done
    assert f'href="{run.pk}/file"' in done.content.decode()
    entry = AuditEntry.objects.get(kind="studio_exported")
    assert (entry.person_id, entry.address) == (full.people["admin"].pk, "127.0.0.1")


def test_nobody_else_gets_it(
    full: Full, signed_in: Callable[[str], Client], client: Client, stranger: Person, furnish: Callable[..., Full]
) -> None:
    run = packed(full)
    path = f"/studios/{full.studio.slug}/exports/{run.pk}"
    guesser = Client()
    guesser.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    bearer = {"Authorization": f"Bearer {secret_of_token(full.studio.pk, 'catalog', by=full.people['admin'])}"}
    for address in (path, f"{path}/file"):
        assert client.get(address).status_code == 302
        assert client.get(address, headers=bearer).status_code == 404
        assert guesser.get(address).status_code == 404
        # The number of another studio's file below the address of one's own.
        assert guesser.get(address.replace(full.studio.slug, "elsewhere")).status_code == 404
        for role in ("producer", "host", "station", "guest"):
            assert signed_in(role).get(address).status_code == 403
    assert guesser.post(f"/studios/{full.studio.slug}/exports").status_code == 404
    assert signed_in("producer").post(f"/studios/{full.studio.slug}/exports").status_code == 403
    assert signed_in("admin").get(f"/studios/{full.studio.slug}/exports/{2**64}").status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_the_download_is_the_file_under_a_plain_name(full: Full) -> None:
    run = await run_db(packed, full)
    client = AsyncClient()
    await client.aforce_login(full.people["admin"], backend="django.contrib.auth.backends.ModelBackend")
    answer = await client.get(f"/studios/pavoi/exports/{run.pk}/file")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == f'attachment; filename="pavoi-{run.created_at:%Y-%m-%d}.zip"'
    assert "no-store" in answer["Cache-Control"]
    body = await body_of(answer)
    assert int(answer["Content-Length"]) == len(body)
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None


def test_odd_names_of_studios_are_text_and_nothing_else(full: Full, signed_in: Callable[[str], Client]) -> None:
    odd = '<script>alert(1)</script> "\r\nX-Evil: 1 ../../etc {name} %s'
    Studio.objects.filter(pk=full.studio.pk).update(name=odd[:100])
    with opened(packed(full)) as archive:
        assert odd[:20] in archive.read("README.txt").decode()
    page = signed_in("admin").get(f"/studios/{full.studio.slug}/danger")
    assert b"<script>alert" not in page.content
