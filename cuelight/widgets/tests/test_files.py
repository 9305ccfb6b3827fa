"""Sounds and pictures for widgets: what is taken, how it is served, how much, whose, and when it goes."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from cuelight.accounts.access import Access
from cuelight.accounts.models import Person, Studio
from cuelight.accounts.testing import sign_in
from cuelight.errors import Conflict, Invalid, NotFound
from cuelight.widgets import actions, erasing, files, files_reading
from cuelight.widgets.models import WidgetFile
from cuelight.widgets.tests.rows import wav

MP3 = b"\xff\xfb\x90\x00" + bytes(400)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def access(studio: Studio, producer: Person) -> Access:
    return Access(studio.pk, frozenset({"producer"}), producer.pk)


def picture(kind: str = "PNG", frames: int = 1, size: tuple[int, int] = (30, 20)) -> bytes:
    images = [Image.new("RGB", size, (50 * place % 256, 90, 20)) for place in range(frames)]
    written = BytesIO()
    images[0].save(written, kind, **({"save_all": True, "append_images": images[1:]} if frames > 1 else {}))
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        (b"ID3\x04" + bytes(40), "mp3"),
        (MP3, "mp3"),
        (b"OggS" + bytes(40), "ogg"),
        (wav(), "wav"),
        (b"\0\0\0\x20ftypM4A " + bytes(40), "m4a"),
    ],
)
def test_a_sound_is_known_by_its_first_bytes(data: bytes, suffix: str) -> None:
    assert files_reading.sound(data) == (data, suffix)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script>",
        b"<svg onload='alert(1)'/>",
        b"\xff\xd8\xff\xe0" + bytes(40),
        b"\xff\xf1\x50\x80" + bytes(40),
        b"MZ" + bytes(60),
        b"RIFF\0\0\0\0AVI " + bytes(40),
        b"\0\0\0\x20ftypqt  " + bytes(40),
        b"\xff",
        b"",
    ],
)
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        files_reading.sound(data)
    assert refused.value.more == {"field": "file"}


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")])
def test_a_picture_is_drawn_anew(kind: str, suffix: str) -> None:
    made = files_reading.image(picture(kind) + b"<script>alert(1)</script>")
    assert made.suffix == suffix
    assert b"<script" not in made.data
    assert Image.open(BytesIO(made.data)).size == (30, 20)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_stays_one(kind: str) -> None:
    made = files_reading.image(picture(kind, frames=4))
    opened = Image.open(BytesIO(made.data))
    assert (made.suffix, getattr(opened, "n_frames", 1)) == ("webp", 4)


def test_an_animation_without_end_is_refused() -> None:
    with pytest.raises(Invalid, match="too many frames"):
        files_reading.image(picture("GIF", frames=files_reading.MOST_FRAMES + 2, size=(4, 4)))


@pytest.mark.parametrize("data", [b"<svg onload='alert(1)'/>", b"%PDF-1.7", MP3, picture()[:40], b""])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        files_reading.image(data)
    assert refused.value.more == {"field": "file"}


def test_a_file_larger_than_five_megabytes_is_refused() -> None:
    for reads in (files_reading.sound, files_reading.image):
        with pytest.raises(Invalid, match="larger than 5 MB"):
            reads(b"ID3" + bytes(5 << 20))


def test_anybody_may_fetch_it_and_it_runs_nowhere(client: Client, access: Access) -> None:
    made = files.put_file("sound", "Bell.mp3", MP3, access=access)
    answer = client.get(made.address)
    assert (answer.status_code, answer.content) == (200, MP3)
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    for away in (f"/widget-files/{'0' * 32}.mp3", "/widget-files/x.html", "/widget-files/..%2f..%2fetc%2fpasswd"):
        assert client.get(away).status_code == 404


def test_the_same_file_again_is_the_one_that_is_there(access: Access, folder: Path) -> None:
    first = files.put_file("sound", "a.mp3", MP3, access=access)
    again = files.put_file("sound", "b.mp3", MP3, access=access)
    assert again.pk == first.pk
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1
    files.remove_file(first.pk, access=access)
    back = files.put_file("sound", "c.mp3", MP3, access=access)
    assert (back.pk, back.removed_at) == (first.pk, None)


def test_a_studio_keeps_so_much_and_not_more(access: Access, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "QUOTA", 1_000)
    first = files.put_file("sound", "a.mp3", MP3, access=access)
    files.put_file("sound", "b.mp3", MP3 + b"b", access=access)
    with pytest.raises(Invalid, match=r"0\.0 MB are left") as refused:
        files.put_file("sound", "c.mp3", MP3 + b"c", access=access)
    assert refused.value.reason == "quota"
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2
    files.remove_file(first.pk, access=access)
    files.put_file("sound", "c.mp3", MP3 + b"c", access=access)
    with pytest.raises(Invalid):
        files.restore_file(first.pk, access=access)


def test_what_a_widget_uses_is_not_removed(access: Access) -> None:
    made = files.put_file("image", "logo.png", picture(), access=access)
    css = f".card {{ background: url({made.address}) }}"
    actions.change_settings("product_card", {"css": css}, access=access)
    with pytest.raises(Conflict, match=r"“logo\.png” is used by Product card"):
        files.remove_file(made.pk, access=access)
    actions.change_settings("product_card", {"css": ""}, access=access)
    files.remove_file(made.pk, access=access)
    assert files.listed(access.studio_id) == []
    assert files.restore_file(made.pk, access=access).address == made.address
    assert [row["name"] for row in files.listed(access.studio_id)] == ["logo.png"]


def test_another_studios_file_is_not_found(access: Access, producer: Person) -> None:
    rival = Studio.objects.create(name="Rival TV", slug="rival")
    theirs = files.put_file("sound", "a.mp3", MP3, access=Access(rival.pk, frozenset({"producer"}), producer.pk))
    for change in (files.remove_file, files.restore_file):
        with pytest.raises(NotFound):
            change(theirs.pk, access=access)
    assert files.unknown(access.studio_id, {"sound": theirs.address, "text": "x"}) == ["sound"]
    assert files.unknown(rival.pk, {"sound": theirs.address}) == []


def test_removed_and_forgotten_files_go_after_a_day(access: Access, folder: Path) -> None:
    kept = files.put_file("sound", "kept.mp3", MP3, access=access)
    gone = files.put_file("sound", "gone.mp3", MP3 + b"2", access=access)
    young = files.put_file("sound", "young.mp3", MP3 + b"3", access=access)
    for one in (gone, young):
        files.remove_file(one.pk, access=access)
    WidgetFile.objects.filter(pk=gone.pk).update(removed_at=timezone.now() - timedelta(days=2))
    assert files.purge() == 1
    assert set(WidgetFile.objects.values_list("stored", flat=True)) == {kept.stored, young.stored}
    assert {path.name for path in folder.rglob("*.mp3")} == {kept.stored, young.stored}
    assert files.purge() == 0


def test_a_file_that_no_row_names_goes_after_a_day(access: Access, folder: Path) -> None:
    kept = files.put_file("sound", "kept.mp3", MP3, access=access)
    WidgetFile.objects.filter(pk=kept.pk).delete()
    assert files.purge() == 0
    path = folder / "widgets" / kept.stored
    old = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(path, (old, old))
    assert files.purge() == 1
    assert not path.exists()


def test_the_end_of_a_studio_is_the_end_of_its_files(access: Access, folder: Path) -> None:
    files.put_file("sound", "a.mp3", MP3, access=access)
    erasing.erase_studio(access.studio_id)
    erasing.erase_studio(access.studio_id)
    assert not WidgetFile.objects.exists()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_files_come_and_go_over_pages(client: Client, studio: Studio, producer: Person, host: Person) -> None:
    sign_in(client, producer)
    given = {"kind": "sound", "file": SimpleUploadedFile("C:\\Sounds\\Bell 1.mp3", MP3)}
    made = client.post("/widgets/files", given)
    assert made.status_code == 201
    assert made.json()["name"] == "Bell 1.mp3"
    path = f"/widgets/files/{made.json()['id']}"
    assert client.post(f"{path}/remove").status_code == 200
    assert client.post(f"{path}/restore").json() == made.json()
    for wrong in ({"kind": "program", "file": SimpleUploadedFile("a", MP3)}, {"kind": "sound"}):
        assert client.post("/widgets/files", wrong).status_code == 422
    sign_in(client, host)
    for closed in ("/widgets/files", f"{path}/remove", f"{path}/restore"):
        assert client.post(closed).status_code == 403


def test_a_place_that_is_away_says_so_and_keeps_no_row(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> str:
        raise OSError("no room left")

    monkeypatch.setattr(type(storages["default"]), "save", away)
    with pytest.raises(Exception, match="does not answer"):
        files.put_file("sound", "a.mp3", MP3, access=access)
    assert not WidgetFile.objects.exists()
