from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from cuelight.accounts.models import Studio
from cuelight.catalog import actions, pictures
from cuelight.catalog.models import ChangeSet, ProductImage
from cuelight.catalog.tests.conftest import Told, picture_bytes
from cuelight.errors import Invalid, NotFound

Listening = Callable[[], AbstractContextManager[Told]]


def stored_picture(folder: Path, path: str) -> Image.Image:
    return Image.open(BytesIO((folder / path).read_bytes()))


def add(product_id: int, data: bytes) -> int:
    return actions.add_image(product_id, BytesIO(data))


def test_a_picture_is_stored_under_its_product(studio: Studio, product_id: int, media_folder: Path) -> None:
    image = ProductImage.objects.get(pk=add(product_id, picture_bytes()))
    assert image.path.startswith(f"products/{product_id}/full/")
    assert image.path.endswith(".jpg")
    assert (image.width, image.height) == stored_picture(media_folder, image.path).size == (600, 400)


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "png")])
def test_the_kind_is_kept_but_for_gifs(product_id: int, media_folder: Path, kind: str, suffix: str) -> None:
    image = ProductImage.objects.get(pk=add(product_id, picture_bytes(kind=kind)))
    assert image.path.endswith(f".{suffix}")


def test_a_photo_is_turned_upright_and_tells_nothing_of_its_taker(product_id: int, media_folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    exif[0x010F] = "Camera of Mia"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    data = picture_bytes(exif=exif, comment=b"at home")
    assert b"Camera of Mia" in data
    image = ProductImage.objects.get(pk=add(product_id, data))
    kept = stored_picture(media_folder, image.path)
    assert kept.size == (image.width, image.height) == (400, 600)
    assert not kept.getexif()
    assert b"Mia" not in (media_folder / image.path).read_bytes()
    assert b"at home" not in (media_folder / image.path).read_bytes()
    blue = kept.convert("RGB").getpixel((390, 10))
    assert isinstance(blue, tuple)
    assert blue[2] > 200 > blue[0]


def test_what_hangs_behind_the_last_pixel_is_not_kept(product_id: int, media_folder: Path) -> None:
    image = ProductImage.objects.get(pk=add(product_id, picture_bytes(kind="PNG") + b"<script>alert(1)</script>"))
    assert b"script" not in (media_folder / image.path).read_bytes()


def test_a_large_photo_is_scaled_down(product_id: int, media_folder: Path) -> None:
    image = ProductImage.objects.get(pk=add(product_id, picture_bytes(size=(5120, 2560))))
    assert (image.width, image.height) == (2560, 1280)


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture_bytes()[:2000], b"\xff\xd8\xff\xe0junk"],
)
def test_refuses_what_does_not_decode(product_id: int, media_folder: Path, data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        add(product_id, data)
    assert refused.value.reason == "invalid_image"
    assert not list(media_folder.rglob("*.*"))


def test_refuses_a_small_file_of_gigantic_size(product_id: int, media_folder: Path) -> None:
    written = BytesIO()
    Image.new("1", (30_000, 30_000)).save(written, "PNG")
    with pytest.raises(Invalid) as refused:
        add(product_id, written.getvalue())
    assert refused.value.reason == "image_too_large"


def test_refuses_a_gigantic_file(product_id: int, media_folder: Path) -> None:
    with pytest.raises(Invalid) as refused:
        add(product_id, picture_bytes() + bytes(pictures.LARGEST_FILE))
    assert refused.value.reason == "image_too_large"


def test_the_same_file_again_is_the_same_picture(product_id: int, media_folder: Path) -> None:
    assert add(product_id, picture_bytes()) == add(product_id, picture_bytes())
    assert len(list(media_folder.rglob("*.jpg"))) == 1


def test_no_file_is_left_of_a_picture_without_a_product(db: None, media_folder: Path) -> None:
    with pytest.raises(NotFound):
        add(99, picture_bytes())
    assert not list(media_folder.rglob("*.*"))


def test_the_job_makes_thumbnail_and_placeholder(
    studio: Studio, product_id: int, media_folder: Path, listening: Listening
) -> None:
    image_id = add(product_id, picture_bytes(size=(1600, 800)))
    with listening() as told:
        actions.make_thumbnails(image_id)
    image = ProductImage.objects.get(pk=image_id)
    assert image.thumbnail_path.startswith(f"products/{product_id}/thumb/")
    assert image.placeholder_path.startswith(f"products/{product_id}/lqip/")
    assert stored_picture(media_folder, image.thumbnail_path).size == (320, 160)
    assert stored_picture(media_folder, image.placeholder_path).size == (20, 10)
    assert (media_folder / image.placeholder_path).stat().st_size < 1000
    assert told == [(f"catalog:{studio.pk}", "product_changed", {"product_ids": [product_id]})]


def test_adding_a_picture_asks_for_the_job(product_id: int, media_folder: Path) -> None:
    image_id = add(product_id, picture_bytes())
    assert list(ProcrastinateJob.objects.values_list("task_name", "args")) == [
        ("catalog.make_thumbnails", {"image_id": image_id})
    ]
    assert "catalog.make_thumbnails" in app.tasks
    app.tasks["catalog.make_thumbnails"](image_id=image_id)
    assert ProductImage.objects.get(pk=image_id).thumbnail_path


def test_the_job_may_run_twice_and_too_late(product_id: int, media_folder: Path) -> None:
    image_id = add(product_id, picture_bytes())
    actions.make_thumbnails(image_id)
    files = sorted(media_folder.rglob("*.*"))
    actions.make_thumbnails(image_id)
    assert sorted(media_folder.rglob("*.*")) == files
    actions.make_thumbnails(image_id + 1)


def test_transparency_survives_in_all_sizes(product_id: int, media_folder: Path) -> None:
    image_id = add(product_id, picture_bytes(kind="PNG", color=(10, 20, 30, 0)))
    actions.make_thumbnails(image_id)
    image = ProductImage.objects.get(pk=image_id)
    for path in (image.path, image.thumbnail_path, image.placeholder_path):
        kept = stored_picture(media_folder, path).convert("RGBA")
        corner = kept.getpixel((kept.width - 1, kept.height - 1))
        assert isinstance(corner, tuple)
        assert corner[3] < 10, path


def test_the_first_picture_is_the_primary(product_id: int, media_folder: Path) -> None:
    first, second, third = (add(product_id, picture_bytes(color=(n, n, n))) for n in (10, 90, 170))
    assert primary_and_order(product_id) == (first, [first, second, third])


def test_moving_a_picture_to_the_front_makes_it_the_primary(product_id: int, media_folder: Path) -> None:
    first, second, third = (add(product_id, picture_bytes(color=(n, n, n))) for n in (10, 90, 170))
    actions.move_image(third, to_index=0)
    assert primary_and_order(product_id) == (third, [third, first, second])
    actions.move_image(third, to_index=99)
    assert primary_and_order(product_id) == (first, [first, second, third])


def test_removing_the_primary_leaves_another_one(product_id: int, media_folder: Path, listening: Listening) -> None:
    first, second = (add(product_id, picture_bytes(color=(n, n, n))) for n in (10, 90))
    with listening() as told:
        actions.remove_image(first)
    assert primary_and_order(product_id) == (second, [second])
    assert len(told) == 1


def test_the_files_of_a_deleted_product_go_a_day_later(
    studio: Studio, product_id: int, media_folder: Path, listening: Listening
) -> None:
    actions.make_thumbnails(add(product_id, picture_bytes()))
    assert len(list(media_folder.rglob("*.*"))) == 3
    with listening():
        change_set_id = actions.delete_product(studio.pk, product_id)
    assert actions.purge_deleted() == 0
    assert len(list(media_folder.rglob("*.*"))) == 3
    ChangeSet.objects.filter(pk=change_set_id).update(made_at=timezone.now() - timedelta(days=2))
    assert actions.purge_deleted() == 3
    assert not list(media_folder.rglob("*.*"))


def primary_and_order(product_id: int) -> tuple[int, list[int]]:
    rows = list(ProductImage.objects.filter(product_id=product_id).order_by("position"))
    assert [row.position for row in rows] == list(range(len(rows)))
    [primary] = [row.pk for row in rows if row.is_primary]
    return primary, [row.pk for row in rows]


def test_a_phones_double_jpeg_stays_a_jpeg(product_id: int, media_folder: Path) -> None:
    double = BytesIO()
    front, behind = (Image.new("RGB", (60, 40), color) for color in ("red", "blue"))
    front.save(double, "MPO", save_all=True, append_images=[behind])
    assert Image.open(BytesIO(double.getvalue())).format == "MPO"
    kept = stored_picture(media_folder, ProductImage.objects.get(pk=add(product_id, double.getvalue())).path)
    assert (kept.format, kept.size) == ("JPEG", (60, 40))
    assert kept.getpixel((30, 20)) == (254, 0, 0)


def test_sixteen_bits_of_grey_keep_their_shades(product_id: int, media_folder: Path) -> None:
    deep = Image.new("I;16", (4, 1))
    for x, value in enumerate((0, 0x4000, 0x8000, 0xFFFF)):
        deep.putpixel((x, 0), value)
    written = BytesIO()
    deep.save(written, "PNG")
    kept = stored_picture(media_folder, ProductImage.objects.get(pk=add(product_id, written.getvalue())).path)
    assert [kept.getpixel((x, 0)) for x in range(4)] == [(0, 0, 0), (64, 64, 64), (128, 128, 128), (255, 255, 255)]


def test_drawing_thumbnails_lets_what_somebody_waits_for_go_first(product_id: int, media_folder: Path) -> None:
    add(product_id, picture_bytes())
    job = ProcrastinateJob.objects.get(task_name="catalog.make_thumbnails")
    assert job.priority < 0
