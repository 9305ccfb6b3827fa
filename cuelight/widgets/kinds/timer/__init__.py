"""A clock: down to a time, to the end of the show or of the product on air, or up since the show went live."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.timer.fake import fake
from cuelight.widgets.kinds.timer.settings import PRESETS, Settings

KIND = Kind(
    type="timer",
    name="Timer",
    says="Counts down to the start, the end of the show or of a product, or up since you went live.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=420,
    height=170,
)
