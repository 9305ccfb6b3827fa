"""What happened last: followers, subscriptions, gifts, donations, raids and orders, one below the other."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.event_list.fake import fake
from cuelight.widgets.kinds.event_list.settings import PRESETS, Settings

KIND = Kind(
    type="event_list",
    name="Event list",
    says="The newest followers, gifts, donations, raids and orders.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=460,
    height=300,
)
