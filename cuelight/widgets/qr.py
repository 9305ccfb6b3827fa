"""An address as a picture for the camera of a phone. Pure."""

from typing import NamedTuple

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

#: White around it, in squares: without it a camera does not find it.
MARGIN = 4


class Picture(NamedTuple):
    """``path`` for an SVG of ``side`` × ``side``."""

    side: int
    path: str


def picture(text: str) -> Picture | None:
    """None for nothing."""
    if not text:
        return None
    code: QRCode[object] = QRCode(error_correction=ERROR_CORRECT_M, border=MARGIN)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return Picture(len(rows), "".join(squares))
