"""The chat of all platforms in one list. What is removed anywhere vanishes here."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.chat.fake import fake
from cuelight.widgets.kinds.chat.settings import PRESETS, Settings

KIND = Kind(
    type="chat",
    name="Chat",
    says="Messages of every platform in one list.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=480,
    height=720,
)
