"""One page at three sizes, small enough to be kept with the sources."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from arena import ROOT

TARGET = ROOT / "docs" / "screens"
SIZES = ((1920, 1080), (1280, 720), (390, 844))


def shoot(
    page: Any,
    name: str,
    before: Callable[[], None] | None = None,
    again: Callable[[], None] | None = None,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> None:
    """Writes ``name-width.webp`` for each size.

    ``before`` brings up what is to be seen, once; for each size anew where ``again`` takes it away.
    """
    from PIL import Image

    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(900)  # fades, and the preview's size
        if before and (again or width == SIZES[0][0]):
            before()
            page.wait_for_timeout(300)
        with Image.open(BytesIO(page.screenshot())) as picture:
            picture.convert("RGB").save(TARGET / f"{name}-{width}.webp", quality=72, method=6)
        if again:
            again()
    width, height = SIZES[0]
    page.set_viewport_size({"width": width, "height": height})
