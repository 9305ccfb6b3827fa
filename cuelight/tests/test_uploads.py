"""What is uploaded is judged by its content; what is refused leaves nothing behind, and no bomb goes off on the way.

Pictures have their tests in ``catalog/tests/test_images.py``, zips and workbooks that are merely wrong in
``test_archives.py`` and ``test_workbooks.py``.
"""

import gzip
import json
import struct
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from cuelight.accounts.models import Person
from cuelight.catalog import importing, pictures
from cuelight.catalog.importing import kinds
from cuelight.catalog.models import Brand
from cuelight.errors import Invalid
from cuelight.sessions import imports
from cuelight.sessions.models import SheetImport

CSV = b"#,name,original price\n1,Hoop,$40\n"
JSON = b'[{"display_number": 1, "name": "Hoop", "original_price_cents": 4000}]'


def zipped(parts: dict[str, bytes], *, stored: bool = False) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return written.getvalue()


def picture(kind: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (8, 8), "red").save(written, kind)
    return written.getvalue()


WORKBOOK = zipped({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"})
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"\n <!doctype html><script>alert(1)</script>"


@pytest.fixture
def folders(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Path]]:
    """Everything that lies in the data folder and in the temporary one."""
    data, scratch = tmp_path / "data", tmp_path / "scratch"
    scratch.mkdir()
    settings.DATA_DIR, settings.MEDIA_ROOT = data, data / "media"
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    return lambda: [path for folder in (data, scratch) for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def send(client: Client, producer: Person, brand: Brand, folders: Callable[[], list[Path]]) -> Callable[..., Any]:
    client.force_login(producer)

    def upload(name: str, data: bytes) -> Any:
        return client.post("/imports", {"file": SimpleUploadedFile(name, data), "brand": str(brand.pk)})

    return upload


# --- by content


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("list.csv", CSV, "table"),
        ("list.csv", "#,name\n1,Ohrring für Öhrchen\n".encode("utf-16"), "table"),
        ("list.csv", "#,name\n1,Ohrring\n".encode("utf-16-le"), "table"),
        ("list.csv", b"#,name\n1,A\0B\n", "table"),  # a stray NUL is told by its line
        ("list.json", JSON, "json"),
        ("list.csv", JSON, "json"),
        ("list.xlsx", WORKBOOK, "workbook"),
        ("list.csv", WORKBOOK, "workbook"),
        ("list.zip", zipped({"products.json": JSON}), "zip"),
        ("list.txt", zipped({"products.json": JSON}), "zip"),
    ],
)
def test_a_file_is_what_is_in_it(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert importing.checked(tmp_path / name) == kind


REFUSED = {
    "a picture": picture("PNG"),
    "a photo": picture("JPEG"),
    "a WebP": picture("WEBP"),
    "a drawing": SVG,
    "a page": HTML,
    "a page with a mark": b"\xef\xbb\xbf" + HTML,
    "a page in UTF-16": "<html>".encode("utf-16"),
    "a PDF": b"%PDF-1.7\n",
    "a program": b"\x7fELF\2\1\1" + bytes(200),
    "a program of Windows": b"MZ\x90\0" + bytes(200),
    "a gzip": gzip.compress(CSV),
    "a film": b"\0\0\0\x20ftypisom" + bytes(100),
    "noise": bytes(range(256)) * 8,
    "zeros": bytes(5_000),
    "nothing": b"",
    "half a zip": zipped({"products.json": JSON})[:40],
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "products.json", "list.zip"])
def test_what_is_no_list_is_refused_whatever_it_is_called_and_leaves_nothing(
    send: Callable[..., Any], folders: Callable[[], list[Path]], what: str, name: str
) -> None:
    answer = send(name, REFUSED[what])
    assert answer.status_code == 422
    assert b'class="error"' in answer.content or b'role="alert"' in answer.content
    assert folders() == []
    assert not SheetImport.objects.exists()


def test_a_name_does_not_become_a_path(send: Callable[..., Any], folders: Callable[[], list[Path]]) -> None:
    assert send("../../../../tmp/evil.csv", CSV).status_code == 302
    [kept] = folders()
    assert kept.parent.name == "imports"
    assert SheetImport.objects.get().filename == "evil.csv"


def test_both_at_once_is_what_a_zip_says(tmp_path: Path) -> None:
    """A picture with a zip behind it: read as a zip, and its picture half is never served."""
    both = picture("PNG") + zipped({"products.json": JSON})
    (tmp_path / "both.png").write_bytes(both)
    assert importing.checked(tmp_path / "both.png") == "zip"
    drawn = pictures.full(both)
    assert b"products.json" not in drawn.data


# --- limits of each kind


@pytest.mark.parametrize(("kind", "data"), [("table", CSV), ("json", JSON), ("workbook", WORKBOOK)])
def test_each_kind_has_its_limit(
    send: Callable[..., Any],
    folders: Callable[[], list[Path]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    data: bytes,
) -> None:
    monkeypatch.setitem(kinds.KINDS, kind, kinds.Kind("This kind", 0))
    answer = send("list.csv", data)
    assert (answer.status_code, b"This kind may have 0 MB at most." in answer.content) == (422, True)
    assert folders() == []


def test_the_table_of_limits_is_within_what_a_request_may_have() -> None:
    assert max(kind.most_bytes for kind in kinds.KINDS.values()) == imports.MOST_BYTES
    assert all(kind.most_bytes >= 100 << 20 for kind in kinds.KINDS.values())


# --- bombs, on the way through the whole importer


def nested(levels: int) -> bytes:
    data = zipped({"products.json": JSON})
    for _ in range(levels):
        data = zipped({"list.json": data})
    return data


def overlapping() -> bytes:
    """Each of a thousand files is said to be the same megabytes of zeros."""
    one = zipped({"a.csv": bytes(8 << 20)})
    with zipfile.ZipFile(BytesIO(one)) as archive:
        end = archive.start_dir
        directory = one[end : one.rindex(b"PK\5\6")]
    count = 1_000
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory) * count, end, 0)
    return one[:end] + directory * count + tail


def long_directory() -> bytes:
    """A hundred thousand empty files."""
    return zipped({f"{number:06}-{'x' * 60}.txt": b"" for number in range(100_000)}, stored=True)


def lying(part: str) -> bytes:
    """A part that is said to be small and is not."""
    data = bytearray(zipped({part: b" " * (4 << 20) + JSON}))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = struct.pack("<L", 100)
    return bytes(data)


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheet: bytes) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return zipped(
        {
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            b'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
            b'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets><sheet name="A" sheetId="1" '
            'r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            f'relationships"><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
            "</Relationships>".encode(),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(12))
    + b"]>"
)

BOMBS: dict[str, Callable[[], bytes]] = {
    "a zip of zeros": lambda: zipped({"products.json": b" " * (600 << 20)}),
    "a zip in a zip": lambda: nested(1),
    "a zip in a zip in a zip": lambda: nested(4),
    "overlapping files": overlapping,
    "a long directory": long_directory,
    "a part that lies": lambda: lying("products.json"),
    "a workbook of spaces": lambda: zipped(
        {"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b" " * (600 << 20)}
    ),
    "a workbook of entities": lambda: workbook(LAUGHS + SHEET.format("<row r='1'><c><v>&k;</v></c></row>").encode()),
    "a workbook of another's files": lambda: workbook(
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        + SHEET.format("<row r='1'><c><v>&a;</v></c></row>").encode()
    ),
    "deep JSON": lambda: b"[" * 2_000_000,
    "deep JSON in a product": lambda: b'[{"name": ' + b"[" * 500_000 + b"]" * 500_000 + b"}]",
    "giant JSON of one product": lambda: b'[{"name": "' + b"x" * (12 << 20) + b'"}]',
    "a giant number": lambda: b'[{"display_number": ' + b"9" * (1 << 20) + b"}]",
    "a table of one giant cell": lambda: b'#,name,original price\n1,"' + b"x" * (12 << 20) + b'",$1\n',
    "a table that never closes its quote": lambda: b'#,name\n1,"' + b"x,\n" * 200_000,
    "a table of one giant line": lambda: b"#,name" + b",x" * (1 << 20) + b"\n1,2\n",
    "a table of 200,000 columns": lambda: b",".join(b"c%d" % n for n in range(200_000)) + b"\n1\n",
}


@pytest.mark.django_db
@pytest.mark.timeout(120)
@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_ends_in_a_sentence_and_leaves_little(
    send: Callable[..., Any], folders: Callable[[], list[Path]], what: str
) -> None:
    """Refused at the door, or by the job that reads it."""
    data = BOMBS[what]()
    answer = send("list.csv", data)
    if answer.status_code == 422:
        assert folders() == []
        return
    assert answer.status_code == 302
    run = SheetImport.objects.get()
    imports.preview_now(run.pk)
    row = imports.row(run.pk)
    said = row["result"] or row["preview"] or {}
    assert row["status"] in ("failed", "preview")
    assert row["status"] == "failed" or said["errors_total"] > 0 or said["missing"], said
    assert "broke on our side" not in json.dumps(said)
    assert len(json.dumps(said)) < 200_000
    assert "root:" not in json.dumps(said)
    left = folders()
    assert len(left) <= 1
    assert all(path.parent.name == "imports" for path in left), "only the file itself, for another choice of columns"
    if row["status"] == "failed" and not SheetImport.objects.get().path:
        assert left == []


# --- pictures


def flood(kind: str) -> bytes:
    """A small file that is said to hold gigabytes of pixels."""
    if kind == "WEBP":
        # An extended WebP says its canvas in 24 bits a side; the frame within need not be as large.
        data = bytearray(picture("WEBP"))
        body = b"VP8X" + struct.pack("<L", 10) + bytes(4) + (16382).to_bytes(3, "little") * 2 + bytes(data[12:])
        return b"RIFF" + struct.pack("<L", len(body) + 4) + b"WEBP" + body
    head = struct.pack(">2L5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1 << 20))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data)) for name, data in chunks
    )


@pytest.mark.parametrize(
    "data",
    [
        flood("PNG"),
        flood("WEBP"),
        SVG,
        HTML,
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + HTML,
        b"RIFF\x10\0\0\0WEBP" + HTML,
        CSV,
        zipped({"1.png": b"x"}),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_never_drawn(data: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(Invalid) as refused:
        pictures.full(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.reason in ("invalid_image", "image_too_large")
    assert refused.value.message.endswith(".")
    assert peak < 100 << 20


@pytest.mark.parametrize("tail", [HTML, SVG, zipped({"a.html": HTML})])
def test_a_picture_that_is_also_something_else_is_only_a_picture_afterwards(tail: bytes) -> None:
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        drawn = pictures.full(picture(kind) + tail)
        assert b"script" not in drawn.data
        assert b"PK" not in drawn.data
        assert b"onload" not in drawn.data
