"""Pictures: is it one, and its sizes. Bytes in, bytes out; what comes out was drawn anew from the pixels, so
nothing that came along (EXIF with the place it was taken, comments, a script behind the last pixel) is ever served."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageFilter, ImageOps

from cuelight.errors import Invalid

LARGEST_FILE = 25 << 20
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2560
"""Pixels kept of a full picture: the host's picture pane on a 4K screen. More only fills the pages' memory."""
THUMBNAIL_WIDTH = 320
PLACEHOLDER_WIDTH = 20
#: Of the WebP pictures that browsers choose from, beside the full one.
WIDTHS = (640, 1280)
#: Large pictures that one process draws at a time: one of 50 million pixels takes some 400 MB while it is drawn.
_drawing = threading.BoundedSemaphore(2)
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoded picture. ``suffix`` is jpg, png or webp."""

    data: bytes
    suffix: str
    width: int
    height: int


def full(data: bytes) -> Picture:
    """The picture as it is shown large: upright, in sRGB, without metadata, 2560 pixels at most on its longer side.

    JPEG, PNG and WebP stay what they are; of a GIF the first frame becomes a PNG. Raises Invalid with reason
    ``invalid_image`` for what does not decode to the last row, ``image_too_large`` for a file or size beyond bounds.
    """
    if len(data) > LARGEST_FILE:
        raise Invalid("image_too_large", f"This picture is larger than {LARGEST_FILE >> 20} MB.")
    with _drawing:
        image, kept_format = _decoded(data)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        return _encoded(image, kept_format, quality=90)


def thumbnail(data: bytes) -> Picture:
    """320 pixels wide, for lists; a narrower picture keeps its width."""
    return _scaled(data, THUMBNAIL_WIDTH, quality=80, blur=0)


def placeholder(data: bytes) -> Picture:
    """20 pixels wide, quality 50, slightly blurred: a few hundred bytes to show until the picture is there."""
    return _scaled(data, PLACEHOLDER_WIDTH, quality=50, blur=1)


def webps(data: bytes) -> list[Picture]:
    """What browsers choose from, of a stored full picture: WebP 640 and 1280 pixels wide where those are narrower than
    it, then one of its own width if that is the smaller file."""
    with _drawing, Image.open(BytesIO(data), formats=_FORMATS) as opened:
        image = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
        narrower = [_encoded(_of_width(image, width), "WEBP", quality=80) for width in WIDTHS if width < image.width]
        whole = None if opened.format == "WEBP" else _encoded(image, "WEBP", quality=82)
    return [*narrower, whole] if whole and len(whole.data) < len(data) else narrower


def what_is_wrong(data: bytes) -> str:
    """A sentence for bytes that do not decode: what they are instead, if they say so in their first ones."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "This file is empty."
    if data.startswith(_BEGINNINGS):
        return "This picture is broken or cut off: it cannot be drawn to its last row."
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return f"This is a HEIC photo, {_NOT_SHOWN}"
    if data[4:8] == b"ftyp":
        return f"This is {'an AVIF picture' if data[8:11] == b'avi' else 'a film'}, {_NOT_SHOWN}"
    if head.startswith((b"<svg", b"<?xml")) or b"<svg" in head:
        return "This is an SVG drawing, which can hold a program; save it as a PNG."
    if head.startswith((b"<!doctype", b"<html", b"<script", b"<!--")):
        return f"This is a web page, {_NOT_SHOWN}"
    kind = next((kind for beginning, kind in _OTHERS.items() if data.startswith(beginning)), "")
    return f"This is {kind}, {_NOT_SHOWN}" if kind else f"This is {_NOT_SHOWN}"


_NOT_SHOWN = "no picture that can be shown; use a JPEG, PNG or WebP."
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_OTHERS = {
    b"%PDF": "a PDF",
    b"II*\0": "a TIFF",
    b"MM\0*": "a TIFF",
    b"BM": "a BMP",
    b"8BPS": "a Photoshop file",
    b"PK\3\4": "a zip",
    b"\x1a\x45\xdf\xa3": "a film",
}


def _decoded(data: bytes) -> tuple[Image.Image, str]:
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
        if image.width * image.height > MOST_PIXELS:
            # Before a pixel is decoded: a file of some kilobytes may unpack to gigabytes.
            raise Invalid("image_too_large", f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
        # A JPEG is decoded at a half or a quarter of its size where that is still enough.
        image.draft(None, _within(image, LONGEST_SIDE))
        image.load()
    except Image.DecompressionBombError as error:
        raise Invalid("image_too_large", "This picture has too many pixels.") from error
    except Invalid:
        raise
    except Exception as error:
        # Decoders of broken files raise whatever comes first: OSError, SyntaxError, struct.error, ValueError …
        raise Invalid("invalid_image", what_is_wrong(data)) from error
    # Many phones write MPO: a JPEG with a second one behind it, for depth or a preview.
    opened_as = "JPEG" if image.format == "MPO" else image.format
    kept_format = opened_as if opened_as in _SUFFIXES else "PNG"
    if image.mode in ("RGB", "RGBA", "CMYK", "L") and "transparency" not in image.info:
        # What follows copies the picture some times; better a small one.
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _in_srgb(ImageOps.exif_transpose(image)), kept_format


def _within(image: Image.Image, longest: int) -> tuple[int, int]:
    """The size of a picture when its longer side has so many pixels, or its own."""
    scale = min(1.0, longest / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones photograph in wider colours; without their profile those would be shown pale."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey; convert() would cut off all above 255 and so make it white
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        with suppress(ImageCms.PyCMSError, OSError, ValueError):  # a broken profile: the plain pixels are good enough
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            opaque = image.convert("RGB") if alpha is not None else image
            converted = ImageCms.profileToProfile(opaque, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            image = converted or image
        if alpha is not None and image.mode == "RGB":
            image.putalpha(alpha)
    return image.convert("RGBA" if has_alpha else "RGB")


def _scaled(data: bytes, width: int, *, quality: int, blur: float) -> Picture:
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        opened.draft("RGB", (width * 2, width * 2 * opened.height // max(opened.width, 1)))
        image = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    if image.width > width:
        image = _of_width(image, width)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    return _encoded(image, "WEBP" if image.mode == "RGBA" else "JPEG", quality=quality)


def _of_width(image: Image.Image, width: int) -> Image.Image:
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _encoded(image: Image.Image, kept_format: str, *, quality: int) -> Picture:
    if kept_format == "JPEG" and image.mode != "RGB":
        image = image.convert("RGB")
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    written = BytesIO()
    clean.save(written, kept_format, quality=quality, optimize=kept_format != "WEBP")
    return Picture(written.getvalue(), _SUFFIXES[kept_format], image.width, image.height)
