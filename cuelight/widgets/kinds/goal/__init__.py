"""A bar or a ring that fills: followers, subscriptions, gifts, donations or orders, on the way to a number."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.goal.fake import fake
from cuelight.widgets.kinds.goal.settings import PRESETS, Settings

KIND = Kind(
    type="goal",
    name="Goal",
    says="How far the followers, gifts, donations or sales have come.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=620,
    height=150,
)
