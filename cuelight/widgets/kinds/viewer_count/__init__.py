"""How many watch right now."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.viewer_count.fake import fake
from cuelight.widgets.kinds.viewer_count.settings import PRESETS, Settings

KIND = Kind(
    type="viewer_count",
    name="Viewer count",
    says="How many watch, in all or on each platform.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=360,
    height=90,
)
