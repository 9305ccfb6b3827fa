"""A made-up show for the audience to watch: which product is on air when, told moment by moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cuelight.streams.events import Event
from cuelight.streams.platforms.simulator.audience import Audience
from cuelight.streams.platforms.simulator.moments import Moment, OnAir

START = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
PRODUCTS = (
    (1, "CZ Lariat Necklace", "Lariat", 4999),
    (2, "Chunky Gold Hoops", "Hoops", 3900),
    (4, "Tennis Bracelet", "Tennis", 8900),
    (5, "Stacking Ring Trio", "Ring trio", 4500),
    (9, "Velvet Travel Case", "", 2400),
    (14, "Moonlit Pendant, Silver", "Pendant", 5600),
)
LINEUP = tuple((number, short or name) for number, name, short, _ in PRODUCTS)


def product(place: int, *, sale_cents: int | None = None, since_s: float = 0.0) -> OnAir:
    """The product at this place of the show, counted on from the last to the first."""
    number, name, short, price = PRODUCTS[place % len(PRODUCTS)]
    return OnAir(
        item_id=100 + number,
        number=number,
        name=name,
        short_name=short,
        price_cents=price,
        sale_cents=sale_cents,
        since_s=since_s,
        lineup=LINEUP,
        product_id=200 + number,
        sku=f"PV-{number}",
    )


def moments(seconds: float, *, each_s: float = 150.0, a_second: int = 4, idle_s: float = 20.0) -> Iterator[Moment]:
    """Another product every ``each_s`` seconds, every third at half its price for the second half of its time."""
    for tick in range(1, round(seconds * a_second) + 1):
        second = tick / a_second
        place, since_s = divmod(second, each_s)
        is_cheap = int(place) % 3 == 2 and since_s > each_s / 2
        sale_cents = PRODUCTS[int(place) % len(PRODUCTS)][3] // 2 if is_cheap else None
        on_air = product(int(place), sale_cents=sale_cents, since_s=since_s) if second > idle_s else None
        yield Moment(second, START + timedelta(seconds=second), on_air)


def events(audience: Audience, told: Iterator[Moment]) -> list[Event]:
    return [event for moment in told for event in audience.tick(moment)]
