"""products.json, alone and in a zip with its pictures."""

import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from cuelight.accounts.models import Studio
from cuelight.catalog import importing, queries
from cuelight.catalog.importing import archive as archives
from cuelight.catalog.importing.images import ImagesResult
from cuelight.catalog.models import Brand, Product, ProductImage
from cuelight.catalog.tests.conftest import picture_bytes


def product(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "display_number": number,
        "name": f"Product {number}",
        "talking_points_md": "- gold\n- light",
        "original_price_cents": 4999,
        "sale_price_cents": None,
        "pid": f"172900{number}",
        "sku": f"PV-{number}",
        "stock": 5,
        "image_filename": f"{number}.jpg",
    } | fields


def list_of(*products: Any) -> str:
    return json.dumps({"brand": "Pavoi", "products": products}, indent=1)


def zipped(folder: Path, parts: dict[str, bytes | str], name: str = "list.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return folder / name


def errors_of(text: str, folder: Path) -> list[tuple[int, str]]:
    (folder / "products.json").write_text(text)
    return [(error["line"], error["message"]) for error in importing.read(folder / "products.json").preview()["errors"]]


def test_reads_products_json(tmp_path: Path) -> None:
    (tmp_path / "products.json").write_text(list_of(product(1), product(2, color="red")))
    preview = importing.read(tmp_path / "products.json").preview()
    assert (preview["layout"], preview["errors"], preview["rows_total"]) == ("products-json", [], 2)
    first, second = preview["rows"]
    assert (first["number"], first["name"], first["talking_points_md"]) == (1, "Product 1", "- gold\n- light")
    assert (first["original_price_cents"], first["sale_price_cents"], first["stock"]) == (4999, None, 5)
    assert second["extra"] == {"color": "red", "image_filename": "2.jpg"}, "a name of a picture we have not got"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = json.dumps([product(1, name="Café 💍")], ensure_ascii=False)
    (tmp_path / "products.json").write_bytes(text.encode(encoding))
    [row] = importing.read(tmp_path / "products.json").preview()["rows"]
    assert row["name"] == "Café 💍"


def test_errors_name_the_line_of_the_product(tmp_path: Path) -> None:
    text = """{"version": 3, "nested": {"products": []}, "products": [
  {"display_number": 1, "name": "A", "original_price_cents": 49.99},

  {"name": "B", "original_price_cents": 100},
  {"display_number": 3, "original_price_cents": "1,00"},
  {"display_number": 4, "name": "", "original_price_cents": 0, "sale_price_cents": 5},
  7,
  {"display_number": 5, "name": ["x"], "original_price_cents": true},
  {"display_number": 6, "name": "D", "original_price_cents": 5, "sale_price_cents": 6}
]}"""
    assert errors_of(text, tmp_path) == [
        (2, "Invalid price format"),
        (4, "Number missing"),
        (5, "Name missing"),
        (5, "Invalid price format"),
        (6, "Name missing"),
        (6, "Price must be positive"),
        (7, "A product must be an object with its fields in braces"),
        (8, "This must be a number or a text"),
        (8, "Invalid price format"),
        (9, "The sale price (0.06) is above the original price (0.05)"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[",
        '{"products": [{"name": "A"',
        '{"products": [{"name": "A"}}',
        '{"products": {"name": "A"}}',
        '{"goods": []}',
        '[{"a": NaN}]',
        '[{"a": 1} {"b": 2}]',
        "[" * 50_000,
        '[{"a": ' + "9" * 5000 + "}]",
        '[{"a": "' + "x" * 3_000_000,
    ],
)
def test_broken_json_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(importing.FileRefused):
        errors_of(text, tmp_path)


def test_a_file_of_one_line_names_the_product(tmp_path: Path) -> None:
    text = json.dumps([product(1), product(1, pid="172900"), product(2, name=""), product(3, pid="172900")])
    assert errors_of(text, tmp_path) == [
        (1, "Product 2: The number 1 is that of product 1 in this file already"),
        (1, "Product 3: Name missing"),
        (1, "Product 4: The product id 172900 is that of product 2 in this file already"),
    ]


@pytest.mark.parametrize("number", ["1e30", "1e3000000", "-1e30", "1e99999999999999999999"])
def test_a_number_beyond_all_bounds_is_told_by_line(tmp_path: Path, number: str) -> None:
    def priced(number: int) -> dict[str, Any]:
        fields = product(number, original_price=5, sale_price=4)
        return {name: value for name, value in fields.items() if not name.endswith("_cents")}

    fields = ("pid", "sku", "display_number", "stock", "original_price", "sale_price")
    rows = [
        json.dumps(priced(n) | {field: 0}).replace(f'"{field}": 0', f'"{field}": {number}')
        for n, field in enumerate(fields, start=1)
    ]
    assert sorted({line for line, _ in errors_of("[\n" + ",\n".join(rows) + "\n]", tmp_path)}) == [2, 3, 4, 5, 6, 7]
    absurd = json.dumps(product(1, color=0)).replace('"color": 0', f'"color": {number}')
    assert errors_of(f"[{absurd}]", tmp_path) == []


@pytest.mark.parametrize("tags", [[1], [None], [{"a": 1}], [["gold"]], [True], {"a": 1}])
def test_tags_that_are_no_texts_are_refused_by_line(tmp_path: Path, tags: Any) -> None:
    [(line, _)] = errors_of("[\n" + json.dumps(product(1, tags=tags)) + "]", tmp_path)
    assert line == 2
    assert errors_of(json.dumps([product(1, tags=["Gold", "Gift  set"])]), tmp_path) == []
    assert len(errors_of(json.dumps([product(1, tags=["a\x00"])]), tmp_path)) == 1


def test_a_value_may_lie_across_what_is_read_at_once(tmp_path: Path) -> None:
    text = json.dumps([product(n, name="x" * 400, note=n * 1.5) for n in range(1, 600)])
    (tmp_path / "products.json").write_text(text)
    plan = importing.read(tmp_path / "products.json")
    records = list(plan.source.records())
    assert len(records) == 599
    assert [getattr(record, "cells")["note"] for record in records] == [Decimal(str(n * 1.5)) for n in range(1, 600)]  # noqa: B009


def test_unstorable_text_is_refused_wherever_it_hides(tmp_path: Path) -> None:
    text = '[{"display_number": 1, "name": "A\\u0000", "original_price_cents": 5,'
    text += ' "x": "\\ud800", "y": {"z": ["\\u0000"]}}]'
    assert len(errors_of(text, tmp_path)) == 3


@pytest.fixture
def bring_in(studio: Studio, brand: Brand, media_folder: Path) -> Any:
    def run(path: Path, **options: Any) -> tuple[importing.ImportResult, ImagesResult]:
        with importing.read(path) as plan:
            with transaction.atomic():
                result = importing.write(plan, studio_id=studio.pk, brand_id=brand.pk, **options)
            return result, importing.store_images(plan, result)

    return run


def test_a_zip_brings_products_with_their_pictures(tmp_path: Path, bring_in: Any) -> None:
    path = zipped(
        tmp_path,
        {
            "show/products.json": list_of(product(1), product(2, image_filename="images/Two.PNG"), product(3)),
            "show/images/1.jpg": picture_bytes(),
            "show/images/two.png": picture_bytes(kind="PNG"),
            "__MACOSX/show/._products.json": b"junk",
            "show/.DS_Store": b"junk",
        },
    )
    result, images = bring_in(path)
    assert (result.new, images.stored) == (3, 2)
    assert [warning["message"] for warning in result.warnings] == ["The picture 3.jpg is not in the zip"]
    pictured = {
        pk: len(facts["images"])
        for pk, facts in queries.lineup_products(Product.objects.values_list("id", flat=True)).items()
    }
    assert [pictured[pk] for pk in Product.objects.order_by("display_number").values_list("id", flat=True)] == [1, 1, 0]


def test_pictures_named_by_number_need_no_column(tmp_path: Path) -> None:
    text = "index,name,original_price\n7,A,5\n8,B,5\n"
    with importing.read(zipped(tmp_path, {"list.csv": text, "images/7.png": picture_bytes(kind="PNG")})) as plan:
        assert [row["image"] for row in plan.preview()["rows"]] == ["7.png", None]


def test_a_minified_list_is_imported(tmp_path: Path, bring_in: Any) -> None:
    path = tmp_path / "products.json"
    path.write_text(json.dumps({"products": [product(n) for n in (3, 1, 2)]}))
    result, _ = bring_in(path)
    assert (result.new, Product.objects.count()) == (3, 3)
    assert dict(Product.objects.values_list("name", "display_number")) == {
        "Product 1": 1,
        "Product 2": 2,
        "Product 3": 3,
    }


def test_two_of_a_minified_list_that_mean_one_product_are_an_error(tmp_path: Path, bring_in: Any) -> None:
    path = tmp_path / "products.json"
    path.write_text(json.dumps([product(1)]))
    bring_in(path)
    path.write_text(json.dumps([product(7, pid="1729001"), product(1, pid=None)]))
    with pytest.raises(importing.RowsRefused) as refused:
        bring_in(path, upsert=True)
    [error] = refused.value.findings.errors.listed
    assert error.message == 'This one and product 1 of this file both mean the product "Product 1"'


@pytest.mark.parametrize("kind", ["svg", "HEIC", "avif"])
def test_a_picture_of_a_kind_that_is_not_taken_is_told_as_such(tmp_path: Path, kind: str) -> None:
    sentence = "The picture 1.{} is of a kind that is not supported; use JPEG, PNG, WebP or GIF"
    listed = list_of(product(1, image_filename=f"1.{kind}"))
    with importing.read(zipped(tmp_path, {"products.json": listed, f"images/1.{kind}": b"x"})) as plan:
        [warning] = plan.preview()["warnings"]
    assert (warning["column"], warning["message"]) == ("image_filename", sentence.format(kind))
    text = "index,name,original_price\n1,A,5\n"
    with importing.read(zipped(tmp_path, {"list.csv": text, f"1.{kind}": b"x"})) as plan:
        [warning] = plan.preview()["warnings"]
    assert warning["message"] == sentence.format(kind.lower())


def test_a_missing_picture_is_warned_of_by_line(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"products.json": list_of(product(1)), "images/2.jpg": picture_bytes()})
    with importing.read(path) as plan:
        preview = plan.preview()
    assert preview["images_found"] == 1
    assert [warning["message"] for warning in preview["warnings"]] == ["The picture 1.jpg is not in the zip"]


def test_a_picture_that_is_none_does_not_hinder_the_others(tmp_path: Path, bring_in: Any, media_folder: Path) -> None:
    path = zipped(
        tmp_path,
        {
            "products.json": list_of(product(1), product(2)),
            "images/1.jpg": b"no picture",
            "images/2.jpg": picture_bytes(),
        },
    )
    result, images = bring_in(path)
    assert (result.new, images.stored, images.warnings_total) == (2, 1, 1)
    assert "1.jpg: This is no picture" in images.warnings[0]["message"]
    assert images.warnings[0]["column"] == "image_filename"
    assert len(list(media_folder.rglob("*.*"))) == 1


def test_doing_it_again_adds_no_picture_twice(tmp_path: Path, bring_in: Any, media_folder: Path) -> None:
    path = zipped(tmp_path, {"products.json": list_of(product(1)), "images/1.jpg": picture_bytes()})
    bring_in(path)
    bring_in(path, upsert=True)
    assert ProductImage.objects.count() == 1
    assert len(list(media_folder.rglob("*.*"))) == 1


def test_a_product_that_is_skipped_gets_no_picture(tmp_path: Path, bring_in: Any) -> None:
    bring_in(zipped(tmp_path, {"products.json": list_of(product(1))}))
    path = zipped(tmp_path, {"products.json": list_of(product(1)), "images/1.jpg": picture_bytes()})
    result, images = bring_in(path)
    assert (result.skipped, images.stored, ProductImage.objects.count()) == (1, 0, 0)


def test_nothing_is_stored_when_a_row_is_wrong(tmp_path: Path, bring_in: Any, media_folder: Path) -> None:
    path = zipped(
        tmp_path,
        {"products.json": list_of(product(1), product(2, original_price_cents=-1)), "images/1.jpg": picture_bytes()},
    )
    with pytest.raises(importing.RowsRefused):
        bring_in(path)
    assert not Product.objects.exists()
    assert not list(media_folder.rglob("*.*"))


def test_a_csv_in_a_zip_will_do(tmp_path: Path) -> None:
    path = zipped(
        tmp_path, {"lineup.csv": "index,name,original_price,PIC\n1,A,5,a.jpg\n", "images/a.jpg": picture_bytes()}
    )
    with importing.read(path) as plan:
        [row] = plan.preview()["rows"]
    assert (row["name"], row["image"]) == ("A", "a.jpg")


def test_names_in_a_zip_never_leave_it(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(picture_bytes())
    path = zipped(
        tmp_path,
        {
            "in/products.json": list_of(
                product(1, image_filename="../secret.jpg"), product(2, image_filename="/etc/passwd")
            ),
            "in/images/1.jpg": picture_bytes(),
            "../../evil.json.jpg": b"x",
        },
    )
    before = sorted(tmp_path.rglob("*"))
    with importing.read(path) as plan:
        preview = plan.preview()
        assert preview["warnings_total"] == 2
        assert plan.archive is not None
        with pytest.raises(importing.FileRefused), plan.archive.picture("../secret.jpg"):
            pass
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "parts", [{"readme.md": "x"}, {"a.csv": "x", "b.csv": "y"}, {"a.csv": b"PK\x03\x04 another zip"}, {}]
)
def test_a_zip_without_exactly_one_list_is_refused(tmp_path: Path, parts: dict[str, bytes | str]) -> None:
    with pytest.raises(importing.FileRefused):
        importing.read(zipped(tmp_path, parts))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("products.json", "w", force_zip64=True) as part,
    ):
        part.write(b'{"products": [')
        for _ in range((archives.MOST_LIST_BYTES >> 20) + 1):
            part.write(b" " * (1 << 20))
    with pytest.raises(importing.FileRefused, match="too large"):
        importing.read(tmp_path / "bomb.zip")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"products.json": list_of(*[product(n) for n in range(50)])})
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)
    with pytest.raises(importing.FileRefused):
        importing.read(path).preview()


def test_the_unpacked_list_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    with importing.read(zipped(tmp_path, {"products.json": list_of(product(1))})):
        assert list((tmp_path / "scratch").iterdir())
    assert not list((tmp_path / "scratch").iterdir())
