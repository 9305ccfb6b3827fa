"""A line of words that runs through the picture."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.ticker.fake import fake
from cuelight.widgets.kinds.ticker.settings import PRESETS, Settings

KIND = Kind(
    type="ticker",
    name="Ticker",
    says="A line that runs: your own words, what has just happened, the product, the goal.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=1920,
    height=64,
)
