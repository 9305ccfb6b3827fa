"""The product on air with its price, as the producer's key shows it. Never notes, stock or cost."""

from cuelight.widgets.contract import Kind
from cuelight.widgets.kinds.product_card.fake import fake
from cuelight.widgets.kinds.product_card.settings import PRESETS, Settings

KIND = Kind(
    type="product_card",
    name="Product card",
    says="The product on air with its price, moved by the producer’s key.",
    settings=Settings,
    presets=PRESETS,
    fake=fake,
    width=620,
    height=230,
)
