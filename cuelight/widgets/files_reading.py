"""Uploaded sounds and pictures: is it one, and as what it is kept. Bytes in, bytes out.

Pictures are drawn anew from their pixels, as those of products are; an animation stays one. A sound is known by its
first bytes, and is only ever served as the sound that it says it is.
"""

from io import BytesIO
from typing import NamedTuple

from PIL import Image

from cuelight.catalog import pictures
from cuelight.errors import Invalid

LARGEST_FILE = 5 << 20
#: An animation: pixels of all frames together, and of its longer side. It is drawn anew while somebody waits.
MOST_PIXELS, MOST_FRAMES, LONGEST_SIDE = 40_000_000, 240, 1080
#: A picture may grow when it is drawn anew; beyond this it is too much for a page in OBS.
LARGEST_KEPT = 8 << 20
TYPES = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
_M4A = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso5", b"iso6", b"dash")


class Read(NamedTuple):
    """A file as it is kept. ``suffix``: one of `TYPES`."""

    data: bytes
    suffix: str


def sound(data: bytes) -> Read:
    """Raises Invalid for what is no MP3, Ogg, WAV or M4A, with what it is instead where that can be told."""
    _within_bounds(data)
    suffix = _sound_suffix(data)
    if not suffix:
        raise Invalid(
            "invalid_sound", "This is no sound that can be played. Use an MP3, OGG, WAV or M4A.", field="file"
        )
    return Read(data, suffix)


def image(data: bytes) -> Read:
    """Raises Invalid for what is no JPEG, PNG, WebP or GIF to its last row."""
    _within_bounds(data)
    try:
        read = _animation(data) or _still(data)
    except Invalid as error:
        raise Invalid(error.reason, error.message, field="file") from error
    if len(read.data) > LARGEST_KEPT:
        raise Invalid(
            "file_too_large", "This picture is too large for an overlay. Make it smaller first.", field="file"
        )
    return read


def _within_bounds(data: bytes) -> None:
    if not data:
        raise Invalid("empty_file", "This file is empty.", field="file")
    if len(data) > LARGEST_FILE:
        raise Invalid("file_too_large", f"This file is larger than {LARGEST_FILE >> 20} MB.", field="file")


def _sound_suffix(data: bytes) -> str:
    if data[:4] == b"OggS":
        return "ogg"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[4:8] == b"ftyp" and data[8:12] in _M4A:
        return "m4a"
    return "mp3" if data[:3] == b"ID3" or _is_mpeg_frame(data) else ""


def _is_mpeg_frame(data: bytes) -> bool:
    """Whether an MPEG audio frame of layer 1 to 3 begins here, with a bit rate and a sample rate that there are."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    return bool(data[1] & 0x06) and data[1] & 0x18 != 0x08 and data[2] & 0xF0 != 0xF0 and data[2] & 0x0C != 0x0C


def _still(data: bytes) -> Read:
    picture = pictures.full(data)
    return Read(picture.data, picture.suffix)


def _animation(data: bytes) -> Read | None:
    """An animated WebP of a GIF or WebP that moves; None: it does not. Nothing but pixels and durations goes over."""
    try:
        with Image.open(BytesIO(data), formats=("GIF", "WEBP")) as opened:
            count = int(getattr(opened, "n_frames", 1))
            if count <= 1:
                return None
            if count > MOST_FRAMES or opened.width * opened.height * count > MOST_PIXELS:
                raise Invalid(
                    "image_too_large", "This animation has too many frames for its size. Make it smaller first."
                )
            frames, durations = _frames(opened, count)
    except Invalid:
        raise
    except Exception:
        return None  # the still picture's reading says what it is
    written = BytesIO()
    frames[0].save(
        written, "WEBP", save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=80, method=0
    )
    return Read(written.getvalue(), "webp")


def _frames(opened: Image.Image, count: int) -> tuple[list[Image.Image], list[int]]:
    frames, durations = [], []
    for place in range(count):
        opened.seek(place)
        frame = opened.convert("RGBA")
        frame.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        clean = Image.new("RGBA", frame.size)
        clean.paste(frame)
        frames.append(clean)
        # Browsers show what is said to be faster than 20 ms at 100 ms; so does everybody expect it.
        said = int(opened.info.get("duration") or 0)
        durations.append(said if said >= 20 else 100)
    return frames, durations
