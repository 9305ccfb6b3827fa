"""How many follow."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.follower_count.fake import fake
from cuelight.widgets.kinds.follower_count.settings import PRESETS, Settings

KIND = Kind(
    type="follower_count",
    name="Follower count",
    says="How many follow, in all or on each platform.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=440,
    height=90,
)
