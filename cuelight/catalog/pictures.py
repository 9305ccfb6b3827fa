"""Pictures: is it one, and its three sizes. Bytes in, bytes out; what comes out was drawn anew from the pixels, so
nothing that came along (EXIF with the place it was taken, comments, a script behind the last pixel) is ever served."""

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
    image, kept_format = _decoded(data)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return _encoded(image, kept_format, quality=90)


def thumbnail(data: bytes) -> Picture:
    """320 pixels wide, for lists; a narrower picture keeps its width."""
    return _scaled(data, THUMBNAIL_WIDTH, quality=80, blur=0)


def placeholder(data: bytes) -> Picture:
    """20 pixels wide, quality 50, slightly blurred: a few hundred bytes to show until the picture is there."""
    return _scaled(data, PLACEHOLDER_WIDTH, quality=50, blur=1)


def _decoded(data: bytes) -> tuple[Image.Image, str]:
    try:
        image = Image.open(BytesIO(data), formats=_FORMATS)
        if image.width * image.height > MOST_PIXELS:
            # Before a pixel is decoded: a file of some kilobytes may unpack to gigabytes.
            raise Invalid("image_too_large", f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels.")
        image.load()
    except Image.DecompressionBombError as error:
        raise Invalid("image_too_large", "This picture has too many pixels.") from error
    except Invalid:
        raise
    except Exception as error:
        # Decoders of broken files raise whatever comes first: OSError, SyntaxError, struct.error, ValueError …
        raise Invalid("invalid_image", "This is no picture that can be shown; use a JPEG, PNG or WebP.") from error
    # Many phones write MPO: a JPEG with a second one behind it, for depth or a preview.
    opened_as = "JPEG" if image.format == "MPO" else image.format
    kept_format = opened_as if opened_as in _SUFFIXES else "PNG"
    return _in_srgb(ImageOps.exif_transpose(image)), kept_format


def _in_srgb(image: Image.Image) -> Image.Image:
    """Phones photograph in wider colours; without their profile those would be shown pale."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey; convert() would cut off all above 255 and so make it white
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if profile and image.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):  # a broken profile: the plain pixels are good enough
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = "L" if image.mode == "L" else "RGB"
            if target == "RGB":
                converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
                image = converted or image
    return image.convert("RGBA" if has_alpha else "RGB")


def _scaled(data: bytes, width: int, *, quality: int, blur: float) -> Picture:
    with Image.open(BytesIO(data), formats=_FORMATS) as opened:
        opened.draft("RGB", (width * 2, width * 2 * opened.height // max(opened.width, 1)))
        image = opened.convert("RGBA" if "A" in opened.getbands() else "RGB")
    if image.width > width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    return _encoded(image, "WEBP" if image.mode == "RGBA" else "JPEG", quality=quality)


def _encoded(image: Image.Image, kept_format: str, *, quality: int) -> Picture:
    if kept_format == "JPEG" and image.mode != "RGB":
        image = image.convert("RGB")
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    written = BytesIO()
    clean.save(written, kept_format, quality=quality, optimize=kept_format != "WEBP")
    return Picture(written.getvalue(), _SUFFIXES[kept_format], image.width, image.height)
