"""What comes in as a picture: hostile files, odd ones, and what is made of them. Bytes in, bytes out."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from cuelight.catalog import pictures
from cuelight.catalog.tests.conftest import picture_bytes
from cuelight.errors import Invalid

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300)


def opened(picture: pictures.Picture) -> Image.Image:
    return Image.open(BytesIO(picture.data))


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        pictures.full(data)
    return refused.value


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (HEIC, "This is a HEIC photo, no picture that can be shown; use a JPEG, PNG or WebP."),
        (HEIC.replace(b"heic", b"avif"), "This is an AVIF picture, no picture that can be shown; "),
        (HEIC.replace(b"heic", b"isom"), "This is a film, no picture that can be shown; "),
        (b"%PDF-1.7\n%...", "This is a PDF, no picture that can be shown; "),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is an SVG drawing, which can hold a program; "),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><svg/>", "This is an SVG drawing, which can hold a program; "),
        (b"<!-- x --><svg/>", "This is an SVG drawing, which can hold a program; "),
        (b" \n<!DOCTYPE html><script>1</script>", "This is a web page, no picture that can be shown; "),
        (b"II*\0" + bytes(50), "This is a TIFF, no picture that can be shown; "),
        (b"BM" + bytes(50), "This is a BMP, no picture that can be shown; "),
        (b"PK\3\4" + bytes(50), "This is a zip, no picture that can be shown; "),
        (picture_bytes()[:900], "This picture is broken or cut off: it cannot be drawn to its last row."),
        (picture_bytes(kind="PNG")[:200], "This picture is broken or cut off: it cannot be drawn to its last row."),
        (b"\x89PNG\r\n\x1a\n", "This picture is broken or cut off: it cannot be drawn to its last row."),
        (b"just words", "This is no picture that can be shown; use a JPEG, PNG or WebP."),
    ],
)
def test_what_is_no_picture_is_told_apart(data: bytes, sentence: str) -> None:
    error = refusal(data)
    assert error.reason == "invalid_image"
    assert error.message.startswith(sentence)
    assert error.message.endswith(".")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
    st.floats(0, 1),
)
def test_a_damaged_picture_is_a_picture_or_refused_and_nothing_else(
    kind: str, damage: list[tuple[float, int]], kept: float
) -> None:
    data = bytearray(picture_bytes((60, 40), kind))
    for place, value in damage:
        data[int(place * len(data))] = value
    data = data[: max(1, int(len(data) * (kept if kept > 0.3 else 1)))]
    try:
        made = pictures.full(bytes(data))
    except Invalid:
        return
    opened(made).load()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    upright = Image.new("RGB", (80, 60), (200, 30, 30))
    upright.paste((0, 0, 255), (0, 0, 20, 20))  # blue in the upper left corner
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # FLIP_LEFT_RIGHT, ROTATE_180, …: what the camera did to it
    held = upright.transpose(Image.Transpose(undo[orientation])) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    written = BytesIO()
    held.save(written, "JPEG", exif=exif, quality=95)
    made = pictures.full(written.getvalue())
    kept = opened(made)
    assert (made.width, made.height) == kept.size == (80, 60)
    assert pixel(kept, 5, 5)[2] > 200
    for x, y in ((75, 5), (5, 55), (75, 55)):
        assert pixel(kept, x, y)[0] > 150
    assert b"Exif" not in made.data
    assert not kept.getexif()


def wide_profile() -> bytes:
    """A profile in which red and blue have changed places: what is drawn by it is told from what is not."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">L", profile[128:132])[0]
    entries = {bytes(profile[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    red, blue = entries[b"rXYZ"] + 4, entries[b"bXYZ"] + 4
    profile[red : red + 8], profile[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]
    return bytes(profile)


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "JPEG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("RGB", "WEBP")])
def test_colours_are_those_of_the_profile_the_picture_came_with(mode: str, kind: str) -> None:
    image = Image.new(mode, (40, 30), (250, 10, 10, 255)[: len(mode)])
    written = BytesIO()
    image.save(written, kind, icc_profile=wide_profile())
    kept = opened(pictures.full(written.getvalue()))
    red, _, blue, *alpha = pixel(kept, 20, 15)
    assert (blue > 200, red < 60) == (True, True)
    assert alpha in ([], [255])
    assert "icc_profile" not in kept.info


def test_a_broken_profile_leaves_the_plain_colours() -> None:
    data = picture_bytes(kind="PNG", icc_profile=b"nonsense" * 30)
    assert pixel(opened(pictures.full(data)), 300, 200) == (200, 30, 30)


def test_a_picture_for_printing_is_shown_in_its_colours() -> None:
    written = BytesIO()
    Image.new("CMYK", (50, 40), (0, 255, 255, 0)).save(written, "JPEG", quality=95)  # red
    kept = opened(pictures.full(written.getvalue()))
    assert kept.mode == "RGB"
    red, green, blue = pixel(kept, 20, 20)
    assert red > 180
    assert max(green, blue) < 80


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGB", "RGBA"])
def test_every_kind_of_png_is_drawn(mode: str) -> None:
    written = BytesIO()
    source = Image.new("RGBA", (3000, 20), (240, 240, 240, 255))
    (Image.new(mode, (3000, 20), 60000) if mode == "I;16" else source.convert(mode)).save(written, "PNG")
    made = pictures.full(written.getvalue())
    assert (made.width, made.height, made.suffix) == (2560, 17, "png")
    assert min(pixel(opened(made), 1000, 8)[:3]) > 220


def test_the_first_frame_of_what_moves_is_kept() -> None:
    frames = [Image.new("RGB", (30, 20), color) for color in ("red", "lime", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        written = BytesIO()
        frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=100)
        kept = opened(pictures.full(written.getvalue()))
        assert getattr(kept, "n_frames", 1) == 1
        assert pixel(kept.convert("RGB"), 10, 10)[0] > 240


def png_of(width: int, height: int) -> bytes:
    """A black PNG, made row by row: of any size in a few kilobytes."""
    packer, rows = zlib.compressobj(), []
    row = bytes(1 + width)
    rows = [packer.compress(row) for _ in range(height)]
    chunks = [
        (b"IHDR", struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", b"".join(rows) + packer.flush()),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data)) for name, data in chunks
    )


def test_sixty_million_pixels_are_refused_before_one_is_drawn() -> None:
    data = png_of(10_000, 6_000)
    tracemalloc.start()
    error = refusal(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (error.reason, error.message) == ("image_too_large", "This picture has more than 50 million pixels.")
    assert peak < 4 << 20


def test_forty_eight_million_pixels_are_drawn_small() -> None:
    made = pictures.full(png_of(8_000, 6_000))
    assert (made.width, made.height) == (2560, 1920)


def test_a_file_may_have_25_mb_and_no_byte_more() -> None:
    data = picture_bytes()
    pictures.full(data + bytes(pictures.LARGEST_FILE - len(data)))
    assert refusal(data + bytes(pictures.LARGEST_FILE - len(data) + 1)).message == "This picture is larger than 25 MB."


@pytest.mark.parametrize(
    "tail", [b"<script>alert(1)</script>", b"PK\3\4" + bytes(90), b"%PDF-1.7", b"<?php system('id')?>"]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_of_a_picture_that_is_also_something_else_only_the_picture_is_kept(kind: str, tail: bytes) -> None:
    for data in (picture_bytes(kind=kind) + tail, commented(kind, tail)):
        made = pictures.full(data)
        for one in (made, pictures.thumbnail(made.data), pictures.placeholder(made.data), *pictures.webps(made.data)):
            assert tail[:12] not in one.data


def commented(kind: str, text: bytes) -> bytes:
    """The same within: in a comment, or in what tells of the camera."""
    if kind == "JPEG":
        return picture_bytes(kind=kind, comment=text)
    exif = Image.Exif()
    exif[0x010E] = text.decode("latin-1")
    return picture_bytes(kind=kind, **({"exif": exif} if kind != "GIF" else {"comment": text}))


def photo(size: tuple[int, int]) -> bytes:
    """Something with edges and shades, as a photo has."""
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for n in range(0, size[0], 40):
        draw.line((n, 0, size[0] - n, size[1]), fill=(n % 255, 90, 160), width=3)
    written = BytesIO()
    image.save(written, "JPEG", quality=92)
    return written.getvalue()


@pytest.mark.parametrize(
    ("size", "widths"), [((2560, 1440), [640, 1280, 2560]), ((1280, 900), [640, 1280]), ((500, 500), [500])]
)
def test_browsers_choose_from_narrower_pictures_and_a_smaller_file_of_the_same_width(
    size: tuple[int, int], widths: list[int]
) -> None:
    data = photo(size)
    made = pictures.webps(data)
    assert [one.width for one in made] == widths
    assert [opened(one).format for one in made] == ["WEBP"] * len(widths)
    assert [opened(one).size[1] for one in made] == [round(size[1] * width / size[0]) for width in widths]
    assert len(made[-1].data) < len(data)


def test_a_webp_of_its_own_width_that_is_no_smaller_is_not_made() -> None:
    small = BytesIO()
    Image.new("RGB", (700, 2), "red").save(small, "PNG", optimize=True)
    assert [one.width for one in pictures.webps(small.getvalue())] in ([640], [640, 700])
    webp = picture_bytes((700, 300), "WEBP")
    assert [one.width for one in pictures.webps(webp)] == [640]


def test_transparency_is_kept_in_every_size() -> None:
    clear = pictures.full(picture_bytes((1400, 700), "PNG", (10, 20, 30, 0)))
    for one in pictures.webps(clear.data):
        assert pixel(opened(one).convert("RGBA"), one.width - 2, one.height - 2)[3] < 10


@pytest.mark.parametrize("make", [pictures.thumbnail, pictures.placeholder])
def test_a_picture_of_one_pixel_has_all_its_sizes(make: Callable[[bytes], pictures.Picture]) -> None:
    one = pictures.full(picture_bytes((1, 1), "PNG"))
    assert (make(one.data).width, make(one.data).height) == (1, 1)
    assert all(size.width == 1 for size in pictures.webps(one.data))
