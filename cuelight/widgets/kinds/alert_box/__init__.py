"""Followers, gifts, donations, raids and orders, one at a time. Which show, and for how long, is the streams' affair
(`streams.alerts`); here is how they look and sound."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.alert_box.fake import fake
from cuelight.widgets.kinds.alert_box.settings import PRESETS, Settings

KIND = Kind(
    type="alert_box",
    name="Alert box",
    says="Followers, gifts, donations, raids and orders, one at a time.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=720,
    height=260,
)
