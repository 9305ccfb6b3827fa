"""Who gave most, as a list or on a podium."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.supporters.fake import fake
from cuelight.widgets.kinds.supporters.settings import PRESETS, Settings

KIND = Kind(
    type="supporters",
    name="Top supporters",
    says="Who gave most: in this stream, a day, a month.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=520,
    height=360,
)
