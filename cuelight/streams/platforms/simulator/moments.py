"""What the audience is told of the show: one moment of it. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OnAir:
    """The product that the screens show. Prices in minor units; ``sale_cents`` is what a flash price makes of it, too.

    ``since_s``: how long it has been there. ``lineup``: number and short name of every line, this one among them.
    """

    item_id: int
    number: int
    name: str
    short_name: str = ""
    price_cents: int | None = None
    sale_cents: int | None = None
    currency: str = "USD"
    since_s: float = 0.0
    lineup: tuple[tuple[int, str], ...] = ()
    product_id: int | None = None
    sku: str = ""

    @property
    def charged_cents(self) -> int | None:
        """What one costs now."""
        return self.price_cents if self.sale_cents is None else self.sale_cents

    @property
    def is_reduced(self) -> bool:
        return None not in (self.price_cents, self.sale_cents) and self.sale_cents != self.price_cents


@dataclass(frozen=True, slots=True)
class Said:
    """What the studio wrote into the chat."""

    platform_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """``second``: since the audience came. ``said``: since the moment before. ``silent``: ids of viewers who may not
    speak now."""

    second: float
    at: datetime
    on_air: OnAir | None = None
    said: tuple[Said, ...] = ()
    silent: frozenset[str] = frozenset()
